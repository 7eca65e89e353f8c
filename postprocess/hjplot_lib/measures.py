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


def partial_transpose(rho):
    """Transpose of the second particle; rho is (..., 4, 4)."""
    return rho.reshape(*rho.shape[:-2], 2, 2, 2, 2).swapaxes(-1, -3).reshape(rho.shape)


def negativity(rho):
    values = np.linalg.eigvalsh(partial_transpose(rho))
    return -np.minimum(values, 0.0).sum(axis=-1)


@dataclass
class Entanglement:
    """Along time; errors are standard errors of an ensemble's mean, None without an ensemble."""
    concurrence: np.ndarray
    concurrence_error: np.ndarray | None
    negativity: np.ndarray
    negativity_error: np.ndarray | None
    smallest: np.ndarray  # smallest eigenvalue of rho; over the members the least
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
    if run.members:
        return _ensemble(run, concurrence, error)
    physical = (run.series("/entanglement/mean/physical") == 1) | ~known
    return Entanglement(concurrence, error, run.series("/entanglement/mean/negativity"), None,
                        run.series("/entanglement/mean/min_eigenvalue"), physical, 1.0 - physical.mean())


def _reached(run):
    """Which of the drawn members have been through the Boltzmann stage."""
    reached = np.isfinite(run.require("/ensemble/member/concurrence")[run.rows, 0])
    if not reached.any():
        raise PlotError(f"{run.path}: no entanglement yet: no member has reached its Boltzmann stage")
    return reached


def _ensemble(run, concurrence, error):
    density = run.require("/ensemble/member/density")
    smallest = np.full(run.samples, np.inf)
    unphysical, total, squares = np.zeros((3, run.samples))
    for member in run.rows:  # one at a time: a long ensemble's density need not fit into memory
        rho = density[member, : run.samples]
        low = np.linalg.eigvalsh(rho)[:, 0]
        value = negativity(rho)
        smallest = np.minimum(smallest, low)
        unphysical += low < -run.tolerance
        total += value
        squares += value**2
    members = run.members
    mean = total / members
    spread = np.sqrt(np.maximum(squares / members - mean**2, 0.0) / max(members - 1, 1))
    known = run.finished and run.has("/ensemble/state")
    return Entanglement(concurrence, error, mean, spread if members > 1 else None, smallest, unphysical == 0,
                        float(unphysical.sum()) / (members * run.samples),
                        run.series("/ensemble/state/concurrence") if known else None,
                        run.series("/ensemble/state_error/concurrence") if known and members > 1 else None)
