"""Numbers behind pictures and tables: fitted shapes, key figures of a potential, entanglement and its positivity."""
from dataclasses import dataclass

import numpy as np

from hjplot_lib.runfile import PlotError


def fitted(fit, t):
    """V_inf + C eps [(sigma/x)^n - (sigma/x)^m], x = t - t0, of a fit as RunFile.fit() gives it."""
    n, m = fit["exponent_repulsive"], fit["exponent_attractive"]
    r = fit["sigma"] / (t - fit["t0"])
    return fit["plateau"] + n / (n - m) * (n / m) ** (m / (n - m)) * fit["depth"] * (r**n - r**m)


@dataclass
class PotentialFigures:
    start: float
    start_error: float | None
    minimum: float
    minimum_time: float
    minimum_error: float | None
    plateau: float  # mean over the last completed epoch


def potential_figures(run):
    value, error = run.mean_and_error("interaction", "/series/interaction")
    lowest = int(np.argmin(value))
    return PotentialFigures(
        start=value[0], start_error=None if error is None else error[0],
        minimum=value[lowest], minimum_time=run.time[lowest],
        minimum_error=None if error is None else error[lowest],
        plateau=value[-run.epoch_samples:].mean())


@dataclass
class Entanglement:
    """Along time, as the run file has it; errors are standard errors of an ensemble's mean, None without an ensemble."""
    concurrence: np.ndarray
    concurrence_error: np.ndarray | None
    physical: np.ndarray  # bool: no member is unphysical
    unphysical_share: float  # of all samples of all members
    state: np.ndarray | None = None  # concurrence of the observer's state, who knows what the ensemble says; with its
    state_error: np.ndarray | None = None  # jackknife error


def entanglement(run):
    run.require("/entanglement", "the run has no [particles]")
    if run.members:
        run.rows = run.rows[_reached(run)]
    concurrence, error = run.mean_and_error("concurrence", "/entanglement/mean/concurrence")
    # The Boltzmann stage comes last: an unfinished run may not have reached it, or have failed in it.
    known = np.isfinite(concurrence)
    if not known.any():
        raise PlotError(f"{run.path}: no entanglement yet: the run ended before its Boltzmann stage")
    if not run.members:
        physical = (run.series("/entanglement/mean/physical") == 1) | ~known
        return Entanglement(concurrence, error, physical, 1.0 - physical.mean())
    physical = run.require("/ensemble/member/physical")[run.rows, : run.samples] == 1
    told = run.finished and run.has("/ensemble/state")
    return Entanglement(concurrence, error, physical.all(axis=0), float((~physical).mean()),
                        run.series("/ensemble/state/concurrence") if told else None,
                        run.series("/ensemble/state_error/concurrence") if told and run.members > 1 else None)


def _reached(run):
    """Which of the drawn members have been through the Boltzmann stage."""
    reached = np.isfinite(run.require("/ensemble/member/concurrence")[run.rows, 0])
    if not reached.any():
        raise PlotError(f"{run.path}: no entanglement yet: no member has reached its Boltzmann stage")
    return reached


def negativity(rho):
    """Of matrices (..., 4, 4)."""
    transposed = rho.reshape(*rho.shape[:-2], 2, 2, 2, 2).swapaxes(-1, -3).reshape(rho.shape)  # of the second particle
    return -np.minimum(np.linalg.eigvalsh(transposed), 0.0).sum(axis=-1)


def negativity_and_error(run):
    """Along time; of an ensemble, whose members' negativities are not in the file, from their density matrices."""
    if not run.members:
        return run.series("/entanglement/mean/negativity"), None
    values = [negativity(rho) for rho in _densities(run)]
    mean = sum(values) / run.members
    spread = np.sqrt(np.maximum(sum(value**2 for value in values) / run.members - mean**2, 0.0) / max(run.members - 1, 1))
    return mean, spread if run.members > 1 else None


def smallest_eigenvalue(run):
    """Of rho along time; over the members the least, likewise."""
    if not run.members:
        return run.series("/entanglement/mean/min_eigenvalue")
    return np.min([np.linalg.eigvalsh(rho)[:, 0] for rho in _densities(run)], axis=0)


def _densities(run):
    """One member at a time: a long ensemble's need not fit into memory."""
    density = run.require("/ensemble/member/density")
    return (density[member, : run.samples] for member in run.rows)
