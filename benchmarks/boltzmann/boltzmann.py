#!/usr/bin/python3
"""The Boltzmann stage against QuTiP: the same equation, the same 10,001 samples of one mode, one thread each.

    apt-get install --no-install-recommends python3-qutip python3-scipy python3-matplotlib
    benchmarks/boltzmann/boltzmann.py BUILD/benchmarks/boltzmann_stage [--rounds 5] [--results benchmarks/results]

Writes boltzmann-stage.csv and boltzmann-stage.png into the results folder. Both sides are timed alternately, and the
best of all rounds counts. QuTiP runs at the solver settings that are fastest among those whose error is at most 1e-6;
hjnet at its defaults. "evolution" is what a caller waits for, from samples to all rho: mesolve() with its preparation
of the coefficients, and hjnet's polynomials and evolution. "stepping" leaves the preparation out on both sides. Errors are
the largest of any element of rho at any sample, against SciPy's DOP853 at 1e-13 with the not-a-knot spline of the
samples; for the measures, the largest difference between the two sides on the same rho.
"""
import os

os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})

import argparse
import csv
import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import time

import matplotlib
import numpy as np
import qutip
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

ACCURACY = 1e-6
SIGMA = [qutip.qeye(2), qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
PRODUCTS = [qutip.tensor(SIGMA[a // 4], SIGMA[a % 4]) for a in range(16)]
MATRICES = np.array([p.full() for p in PRODUCTS])
MEASURES = {
    "concurrence": qutip.concurrence,
    "negativity": lambda rho: qutip.negativity(rho, 0, method="eigenvalues"),  # three times as fast as its default
    "entropy": lambda rho: qutip.entropy_vn(rho, 2),
    "purity": lambda rho: rho.purity(),
}


@dataclasses.dataclass
class Case:
    """Samples c[epoch, sample, alpha] of epochs of length 1; q = eta = 1."""

    name: str
    epochs: int
    intervals: int
    memory: str
    stokes: tuple

    def __post_init__(self):
        """Four harmonics an epoch with random phases, |c| about 2, and a jump between epochs."""
        self.c = self.coefficients(self.times())
        a, b = (SIGMA[0] + sum(s * p for s, p in zip(x, SIGMA[1:])) for x in (self.stokes[:3], self.stokes[3:]))
        self.start = 0.25 * qutip.tensor(a, b)

    def times(self):
        return np.linspace(0.0, 1.0, self.intervals + 1)

    def coefficients(self, times):
        """c_alpha at some times of every epoch."""
        random = np.random.default_rng(1)
        c = np.zeros((self.epochs, len(times), 16))
        for epoch in range(self.epochs):
            for k in range(4):
                phase, size = random.uniform(0.0, 2.0 * np.pi, 15), random.normal(size=15)
                c[epoch, :, 1:] += 0.5 * size / np.sqrt(1 + k) * np.cos(2.0 * np.pi * k * times[:, None] + phase)
        return c

    def at_nodes(self):
        """The same at the 24 Chebyshev-Lobatto nodes of 8 elements: hjnet's form of it, where QuTiP has samples."""
        inside = 0.5 * (1.0 - np.cos(np.pi * np.arange(24) / 23.0)) / 8
        return self.coefficients((np.arange(8)[:, None] / 8 + inside).ravel())

    def samples(self):
        return self.epochs * (self.intervals + 1)

    def memory_matrix(self):
        """K of the "symmetric" memory, constant in time; None without memory."""
        if self.memory == "none":
            return None
        total = sum(CubicSpline(self.times(), c).integrate(0.0, 1.0) for c in self.c)
        return np.tensordot(total, MATRICES, 1)


def reference(case):
    memory = case.memory_matrix()
    rho, states = case.start.full(), []
    for c in case.c:
        spline = CubicSpline(case.times(), c)

        def rate(t, y):
            x, h = y.reshape(4, 4), np.tensordot(spline(t), MATRICES, 1)
            if memory is not None:
                x = x - 0.5j * (memory @ x - x @ memory)
            return (-1j * (h @ x - x @ h)).ravel()

        # short steps: dense output is of lower order than the steps
        solution = solve_ivp(rate, (0.0, 1.0), rho.ravel(), "DOP853", case.times(), rtol=1e-13, atol=1e-14,
                             max_step=0.01)
        states.append(solution.y.T.reshape(-1, 4, 4))
        rho = states[-1][-1]
    return np.concatenate(states)


def commutator(x):
    return qutip.spre(x) - qutip.spost(x)


def qutip_operators(case):
    """For mesolve: the P_alpha, or, with memory, the superoperators of -i [P, . - i/2 [K, .]]."""
    memory = case.memory_matrix()
    if memory is None:
        return PRODUCTS
    outer = qutip.Qobj(memory, dims=PRODUCTS[0].dims)
    inner = qutip.qeye([2, 2])
    inner = qutip.spre(inner) - 0.5j * commutator(outer)
    return [-1j * commutator(p) * inner for p in PRODUCTS]


class SteppingClock:
    """Adds up the time in mesolve's loop over the output times, its preparation left out."""

    def __init__(self):
        self.seconds = 0.0
        module = sys.modules["qutip.mesolve"]
        loop = module._generic_ode_solve

        def timed(*arguments, **options):
            begin = time.perf_counter()
            result = loop(*arguments, **options)
            self.seconds += time.perf_counter() - begin
            return result

        module._generic_ode_solve = timed


def run_qutip(case, operators, method, tolerance, clock):
    """One mesolve an epoch, as c may jump between epochs. Returns states, seconds in all, seconds of stepping."""
    t = case.times()
    terms = [[[operators[a], c[:, a].copy()] for a in range(1, 16)] for c in case.c]
    options = qutip.Options(method=method, rtol=tolerance, atol=0.01 * tolerance, nsteps=100000, store_states=True,
                            use_openmp=False)
    rho, states, clock.seconds = case.start, [], 0.0
    begin = time.perf_counter()
    for epoch in terms:
        result = qutip.mesolve(epoch, rho, t, [], [], options=options)
        states += result.states
        rho = result.states[-1]
    return states, time.perf_counter() - begin, clock.seconds


def run_hjnet(program, case, repeats=3):
    """Returns rho, the four measures, and seconds: set-up, evolution, measures, whole stage."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "c.bin"), pathlib.Path(folder, "out.bin")
        case.at_nodes().tofile(source)
        command = [program, source, target, case.epochs, case.intervals, case.memory, repeats, *case.stokes]
        printed = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
        values = np.fromfile(target).reshape(case.samples(), 36)
    rho = values[:, :32].copy().view(complex).reshape(-1, 4, 4)
    return rho, dict(zip(MEASURES, values[:, 32:].T)), np.array(list(map(float, printed.split())))


def error(states, exact):
    return np.abs(np.array([s.full() for s in states]) - exact).max()


def tuned(case, operators, exact, clock):
    """The fastest of QuTiP's settings that keep ACCURACY."""
    found = []
    for method in ("adams", "bdf"):
        for tolerance in (1e-5, 1e-6, 1e-7, 1e-8):
            states, seconds, _ = min((run_qutip(case, operators, method, tolerance, clock) for _ in range(2)),
                                     key=lambda run: run[1])
            if error(states, exact) <= ACCURACY:
                found.append((seconds, method, tolerance))
    return min(found)[1:]


def compare_evolution(program, case, rounds, clock):
    operators, exact = qutip_operators(case), reference(case)
    method, tolerance = tuned(case, operators, exact, clock)
    theirs, ours = np.full(2, np.inf), np.full(4, np.inf)
    for _ in range(rounds):
        rho, measures, seconds = run_hjnet(program, case)
        ours = np.minimum(ours, seconds)
        states, *seconds = run_qutip(case, operators, method, tolerance, clock)
        theirs = np.minimum(theirs, seconds)
    settings = f"{method}, rtol {tolerance:.0e}"
    errors = [error(states, exact), np.abs(rho - exact).max()]
    rows = [[case.name, "evolution", settings, theirs[0], ours[0] + ours[1], *errors],
            [case.name, "stepping", settings, theirs[1], ours[1], *errors]]
    return rows, rho, measures, ours, theirs


def compare_measures(case, rho, measures, ours, evolution, rounds):
    """QuTiP's measures of hjnet's own rho; also the whole stage, evolution and measures."""
    states = [qutip.Qobj(x, dims=PRODUCTS[0].dims) for x in rho]
    difference, total = 0.0, 0.0
    for name, function in MEASURES.items():
        best = np.inf
        for _ in range(rounds):
            begin = time.perf_counter()
            values = np.array([function(state) for state in states])
            best = min(best, time.perf_counter() - begin)
        difference, total = max(difference, np.abs(values - measures[name]).max()), total + best
        print(f"  {name}: QuTiP {1e6 * best / len(states):.1f} us a state, largest difference "
              f"{np.abs(values - measures[name]).max():.1e}", flush=True)
    return [[case.name, "measures", ", ".join(MEASURES), total, ours[2], difference, ""],
            [case.name, "whole stage", "evolution and measures", evolution + total, ours[3], "", ""]]


def picture(rows, file):
    figure, axes = plt.subplots(figsize=(8.0, 0.42 * len(rows) + 1.2))
    for i, (_, _, _, theirs, ours, *_) in enumerate(rows):
        axes.barh(i - 0.2, theirs, 0.38, color="tab:orange", label="QuTiP" if i == 0 else None)
        axes.barh(i + 0.2, ours, 0.38, color="tab:blue", label="hjnet" if i == 0 else None)
        axes.text(theirs * 1.1, i, f"{theirs / ours:.0f}x", va="center", fontsize=9)
    axes.set_yticks(range(len(rows)), [f"{row[0]}: {row[1]}" for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(right=axes.get_xlim()[1] * 3.0)
    axes.set_xlabel("seconds for 10,001 samples, one mode, one thread")
    axes.legend(loc="upper right", fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="boltzmann_stage, built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path(__file__).parents[1] / "results")
    arguments = parser.parse_args()
    pure, mixed = (0.6, 0.0, 0.8, 0.0, 1.0, 0.0), (0.5, 0.0, 0.7, 0.0, 0.9, 0.0)
    cases = [Case("1 x 10,001, pure", 1, 10000, "none", pure), Case("1 x 10,001, mixed", 1, 10000, "none", mixed),
             Case("16 x 626, pure", 16, 625, "none", pure),
             Case("1 x 10,001, symmetric memory", 1, 10000, "symmetric", pure)]
    clock, rows = SteppingClock(), []
    for case in cases:
        print(case.name, flush=True)
        more, rho, measures, ours, theirs = compare_evolution(arguments.program, case, arguments.rounds, clock)
        if case.memory == "none" and case.epochs == 1:
            more += compare_measures(case, rho, measures, ours, theirs[0], min(arguments.rounds, 2))
        for row in more:
            errors = ", ".join(f"{x:.1e}" for x in row[5:] if x != "")
            print(f"  {row[1]}: QuTiP {row[3]:.4f} s, hjnet {row[4]:.4f} s, {row[3] / row[4]:.0f} times; {errors}",
                  flush=True)
        rows += more
    arguments.results.mkdir(parents=True, exist_ok=True)
    with open(arguments.results / "boltzmann-stage.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "part", "qutip_settings", "qutip_s", "hjnet_s", "ratio", "qutip_error", "hjnet_error"])
        for case, part, settings, theirs, ours, *errors in rows:
            shown = [f"{x:.1e}" if x != "" else "" for x in errors]
            writer.writerow([case, part, settings, f"{theirs:.4g}", f"{ours:.4g}", f"{theirs / ours:.1f}", *shown])
    picture(rows, arguments.results / "boltzmann-stage.png")


if __name__ == "__main__":
    main()
