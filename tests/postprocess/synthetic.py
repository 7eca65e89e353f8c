"""Run files with made-up content in the layout that hjnet writes, for the tests of hjplot.

The numbers come from formulas, not from a network: a Mie-shaped potential, and a pair of particles whose state is
cos(a)|00> + sin(a)|11> with a slowly growing angle, mixed with a matrix that is not positive where asked for.
"""
import pathlib
import sys

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, case, dump  # noqa: E402

SAMPLES = 16  # S


def resolved(name, epochs, hidden=8, particles=True):
    """An input as far as hjplot reads it; [boltzmann] comes last."""
    content = case({"ports": {"neurons": 6, "transfer": "tanh"}, "hidden": {"neurons": hidden, "transfer": "tanh"},
                    "outputs": {"neurons": 2, "transfer": "identity"}},
                   run={"name": name, "epochs": epochs, "epoch_length": 1.0, "samples_per_epoch": SAMPLES, "seed": 1})
    pair = {"particles": {port: {**keys, "epochs": [0, epochs - 1]} for port, keys in PARTICLES.items()},
            "boltzmann": {"positivity_tolerance": 1e-6}}
    return dump({**content, **(pair if particles else {})})


FIT = {"depth": 0.17, "sigma": 3.0, "t0": -2.85, "plateau": 0.25, "r2": 0.9321, "exponent_repulsive": 12.0,
       "exponent_attractive": 6.0, "converged": 1.0, "at_bound": 0.0}


def time_and_epoch(epochs):
    n = np.repeat(np.arange(epochs), SAMPLES + 1)
    return n + np.tile(np.arange(SAMPLES + 1) / SAMPLES, epochs), n


def potential(t):
    r = FIT["sigma"] / (t - FIT["t0"])
    return FIT["plateau"] + 4 * FIT["depth"] * (r**12 - r**6)


def density(t, epochs, angle=0.02, defect=0.0):
    """rho of cos(a)|00> + sin(a)|11>, a = angle t / epochs; `defect` lowers an eigenvalue by as much after mid-run."""
    a = angle * t / epochs
    psi = np.zeros((t.size, 4))
    psi[:, 0], psi[:, 3] = np.cos(a), np.sin(a)
    rho = np.einsum("ti,tj->tij", psi, psi).astype(complex)
    late = defect * (t > 0.5 * epochs)
    rho[:, 1, 1] -= late
    rho[:, 2, 2] += late
    return rho


def write(path, name="synthetic", epochs=6, completed=None, members=0, particles=True, defect=0.0, states=False,
          hidden=8, weights="last", fit=True, sparse=False, member_epochs=None, more="", ranks=1, timing=None,
          restarts="", fed=False):
    """`completed`: epochs done of a single run; `member_epochs`: of every member of an unfinished ensemble; `more`:
    added to the end of the input, inside [boltzmann]; `timing`: attributes of /timing; `fed`: with feedback."""
    completed = epochs if completed is None else completed
    random = np.random.default_rng(5)
    t, n = time_and_epoch(epochs)
    known = n < completed
    with h5py.File(path, "w") as f:
        f.attrs["format"], f.attrs["format_version"] = "hjnet-run", 1
        f.attrs["input"] = resolved(name, epochs, hidden, particles) + more
        f.attrs["ranks"], f.attrs["restarts"] = ranks, restarts
        finished = completed == epochs and member_epochs is None
        f["/progress/epochs_completed"], f["/progress/finished"] = completed, int(finished)
        f["/series/time"], f["/series/epoch"] = t, n
        member = potential(t) + 0.05 * random.normal(size=(max(members, 1), 1)) * (1.0 + np.exp(-t))
        f["/series/interaction"] = np.where(known, member.mean(0), np.nan)
        if members:
            write_quantity(f, "interaction", member, known)
            write_quantity(f, "action", -member, known)
        if particles:
            write_particles(f, t, epochs, known, members, defect)
            if fed:
                write_stokes(f, epochs, completed, members)
        if member_epochs is not None:
            cut_ensemble(f, n, np.array(member_epochs))
        if fit:
            write_fit(f, t, finished)
        if timing is not None:
            f.create_group("timing").attrs.update({k: v if finished else np.nan for k, v in timing.items()})
        if weights != "none":
            write_weights(f, random, hidden, finished, sparse)
        if states:
            k = np.arange(8 + hidden)
            y = np.tanh(np.sin(2 * np.pi * t[:, None] + k) * (0.2 + 0.1 * k))
            f["/states/y"] = np.where(known[:, None], y, np.nan)
    return path


def write_quantity(f, name, member, known):
    member = np.where(known, member, np.nan)
    f[f"/ensemble/member/{name}"] = member
    f[f"/ensemble/mean/{name}"] = member.mean(0)
    f[f"/ensemble/deviation/{name}"] = member.std(0, ddof=1) if len(member) > 1 else np.zeros(member.shape[1])


def cut_ensemble(f, n, member_epochs):
    """Leaves of an ensemble what stands in the file while its members are at `member_epochs`: no means, and
    concurrence and density of those members alone that are through."""
    f["/progress/member_epochs"] = member_epochs
    for name, data in f["/ensemble/member"].items():
        through = member_epochs > n.max()
        known = through[:, None] | ((n < member_epochs[:, None]) & (name == "interaction"))
        unknown = -1 if data.dtype.kind == "i" else np.nan
        data[:] = np.where(known.reshape(known.shape + (1,) * (data.ndim - 2)), data[:], unknown)
    for kind in ("mean", "deviation"):
        for data in f[f"/ensemble/{kind}"].values():
            data[:] = np.nan


def write_particles(f, t, epochs, known, members, defect):
    angles = 0.04 * (1.0 + 0.3 * np.sin(np.arange(max(members, 1))))
    rho = np.array([density(t, epochs, angle, defect) for angle in angles])
    concurrence = np.sin(2 * angles[:, None] * t / epochs)
    smallest = np.linalg.eigvalsh(rho)[..., 0]
    gone = np.where(known, 0.0, np.nan)
    f["/density/mean"] = rho[0] + gone[:, None, None]
    f["/entanglement/mean/concurrence"] = concurrence[0] + gone
    f["/entanglement/mean/negativity"] = 0.5 * concurrence[0] + gone
    f["/entanglement/mean/min_eigenvalue"] = smallest[0] + gone
    f["/entanglement/mean/physical"] = (smallest[0] >= -1e-6).astype(np.int8)
    if members:
        write_quantity(f, "concurrence", concurrence, known)
        f["/ensemble/member/physical"] = (smallest >= -1e-6).astype(np.int32)
        f["/ensemble/member/density"] = rho + gone[:, None, None]
        f["/ensemble/state/concurrence"] = 0.6 * concurrence.mean(0) + gone
        f["/ensemble/state_error/concurrence"] = 0.02 * concurrence.mean(0) + gone


def write_stokes(f, epochs, completed, members):
    """What ports are fed that get shorter Stokes vectors from epoch to epoch, B's faster; member k by 0.01 k less."""
    length = 1.0 - np.outer(np.arange(epochs), [0.02, 0.04])
    member = length - 0.01 * np.arange(max(members, 1))[:, None, None]
    stokes = np.zeros((*member.shape[:2], 6))
    stokes[..., 2], stokes[..., 3] = member[..., 0], member[..., 1]
    stokes[:, completed:] = np.nan
    f["/particles/stokes"] = stokes[0]
    if members:
        f["/ensemble/member/stokes"] = stokes


def write_fit(f, t, finished):
    """NaN, as it is laid out, until the run has finished."""
    group = f.create_group("fit")
    for prefix in ("lj", "mie"):
        for key, value in {**FIT, "window_first": t[0], "window_last": t[-1]}.items():
            group.attrs[f"{prefix}_{key}"] = value if finished else np.nan


def write_weights(f, random, hidden, finished, sparse):
    for name, shape in (("ports-hidden", (hidden, 6)), ("hidden-outputs", (2, hidden))):
        start = random.normal(size=shape)
        end = start + 0.1 * random.normal(size=shape)
        for when, w in (("initial", start), ("final", end if finished else np.full(shape, np.nan))):
            if sparse:
                group = f.create_group(f"/weights/{when}/{name}")
                pre = np.tile([0, 1], shape[0])
                group["indptr"], group["indices"] = np.arange(0, 2 * shape[0] + 1, 2), pre
                group["data"] = w[np.repeat(np.arange(shape[0]), 2), pre]
            else:
                f[f"/weights/{when}/{name}"] = w
