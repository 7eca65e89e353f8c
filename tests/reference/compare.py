"""A run file against the reference, dataset by dataset."""

import numpy as np

import open_quantum
import quantum
from problem import assemble

ZERO = 1e-12  # what is smaller throughout


class Table:
    """Collects and prints one line a dataset; `failed` counts those beyond the tolerance."""

    def __init__(self, tolerance):
        self.tolerance = tolerance
        self.failed = 0

    def add(self, name, mine, theirs, scale=None, tolerance=None):
        """max |difference| over the dataset's largest |value| (or `scale`); zero throughout must be so to 1e-10."""
        tolerance = tolerance or self.tolerance
        if mine.shape != theirs.shape:
            self._line(name, np.inf, 0.0, tolerance, f"shape {theirs.shape}, expected {mine.shape}")
            return
        largest = np.abs(mine).max(initial=0.0) if scale is None else scale
        difference = np.abs(mine - theirs).max(initial=0.0)
        difference = difference if np.isfinite(difference) else np.inf
        if largest < ZERO:
            self._line(name, difference, largest, 1e-10, "zero: absolute")
        else:
            self._line(name, difference / largest, largest, tolerance, "")

    def note(self, name, text):
        print(f"{name:<34} {text}")

    def _line(self, name, difference, largest, tolerance, text):
        ok = difference <= tolerance
        self.failed += not ok
        print(f"{name:<34} {difference:10.2e}  of {largest:10.3e}  {'PASS' if ok else 'FAIL'} {text}")


def synapses(table, name, group, expected, problem, scale):
    """One line a projection and one for the thresholds; `expected` is N x (N+1)."""
    thresholds = problem.mask[:, 0].any()
    stored, mask = assemble(group, problem.layers, problem.neurons, problem.projections, thresholds)
    if not np.array_equal(mask, problem.mask):
        table.note(name, "another pattern of synapses")
        table.failed += 1
        return
    for projection, source, target in problem.projections:
        rows = slice(problem.layers[target][1], problem.layers[target][1] + problem.layers[target][2])
        first = 1 + problem.layers[source][1]
        columns = slice(first, first + problem.layers[source][2])
        table.add(f"{name}/{projection}", expected[rows, columns], stored[rows, columns], scale)
    if thresholds:
        table.add(f"{name}/thresholds", expected[:, 0], stored[:, 0], scale)


def networks(table, run, problem, epochs, samples):
    """/series, /states, /weights and /momenta."""
    for name, mine in samples.items():
        if name in run:
            table.add(name, mine, run[name][...])
        elif not name.startswith("states/"):
            table.note(name, "absent")
            table.failed += 1
    weight_scale = max(np.abs(e.weights.value).max() for e in epochs)
    momentum_scale = max(np.abs(e.momentum.value).max() for e in epochs)
    for kind, scale in (("weights", weight_scale), ("momenta", momentum_scale)):
        if f"{kind}/final" not in run:
            zero = kind == "momenta" and np.abs(epochs[-1].momentum.value[-1, -1]).max() < ZERO  # and so not written
            table.note(f"{kind}/final", "absent: zero" if zero else "absent")
            table.failed += not zero
        for part in run.get(kind, {}):
            after = problem.epochs if part == "final" else int(part[6:]) if part.startswith("epoch_") else 0
            if after == 0:
                continue
            mine = getattr(epochs[after - 1], "momentum" if kind == "momenta" else kind).value[-1, -1]
            synapses(table, f"{kind}/{part}", run[f"{kind}/{part}"], mine, problem, scale)


def entanglement(table, group, path, density, tolerance):
    """Measures recomputed from the run's own density matrices, where physical; by the reference's formulas.

    The concurrence enters squared: eigenvalues of rho rho~ that are 0 are defective, their round-off 1e-8 and more.
    """
    flat = density.reshape(-1, 4, 4)
    mine = [quantum.measures(rho, tolerance) for rho in flat]
    lowest = np.array([m["min_eigenvalue"] for m in mine])
    flag = np.array([m["physical"] for m in mine])
    certain = np.abs(lowest + tolerance) > 1e-9
    physical = (flag == 1) & certain
    table.note(path, f"{int(physical.sum())} of {len(flat)} samples physical")
    for name in mine[0]:
        if name not in group:
            table.note(f"{path}/{name}", "absent")
            table.failed += 1
            continue
        values = np.array([m[name] for m in mine])
        theirs = group[name][...].reshape(-1).astype(float)
        use = certain if name == "physical" else physical
        if name == "concurrence":
            table.add(f"{path}/{name}^2", values[use] ** 2, theirs[use] ** 2, 1.0, 5e-8)
        elif name == "min_eigenvalue":
            table.add(f"{path}/{name}", values, theirs, 1.0, 1e-9)
        else:
            table.add(f"{path}/{name}", values[use], theirs[use], 1.0, 1e-9)


def particles(table, run, problem, epochs):
    """/density against the reference's own evolution, and /entanglement."""
    k0, weight = quantum.modes(problem)
    evolve = open_quantum.evolve if open_quantum.is_open(problem) else quantum.evolve
    rho = evolve(problem, epochs)
    table.add("density/k0", k0, run["density/k0"][...])
    table.add("density/weight", weight, run["density/weight"][...])
    theirs, mean = run["density/rho"][...], run["density/mean"][...]
    table.add("density/rho", rho, theirs)
    table.add("density/mean", np.einsum("m,tmij->tij", weight, rho), mean)
    tolerance = float(problem.boltzmann.get("positivity_tolerance", 1e-6))
    entanglement(table, run["entanglement"], "entanglement", theirs, tolerance)
    entanglement(table, run["entanglement/mean"], "entanglement/mean", mean, tolerance)
