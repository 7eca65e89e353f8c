#!/usr/bin/python3
"""hjnet against its peers at equal accuracy, one thread each; see README.md. Writes peers.csv and peers.png.

    benchmarks/peers/run.py --hjnet build/release/apps/hjnet
    benchmarks/peers/run.py --hjnet build/release/apps/hjnet --engine coupled --neurons 40 --output results
"""
import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # before anything loads the libraries
    os.environ[_name] = "1"

import argparse
import csv
import itertools
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import picture
import scipy_peer
import torch_peer
from history import TimeNodes
from problem import SAMPLES, Hjnet
from rate_peer import RateNeurons

ACCURACY = 1e-6
RESULTS = Path(__file__).resolve().parents[1] / "results"
OURS = [1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6, 1e-7, 1e-8]
TOLERANCES = [1e-4, 2e-5, 1e-5, 5e-6, 2e-6, 1e-6, 5e-7, 2e-7, 1e-7, 5e-8, 2e-8, 1e-8]
RATE_STEPS = (512, 1024)  # an epoch; multiples of the 16 intervals between samples

# Peers that solve the whole problem: what solves it, its settings from coarse to fine, what a setting is.
PEERS = {
    "PyTorch, RK4, W stored": (torch_peer, "RK4 stored", [52, 56, 64, 80], "steps"),
    "PyTorch, RK4": (torch_peer, "RK4", [48, 52, 56, 64, 80, 96], "steps"),
    "PyTorch, Dormand-Prince 5": (torch_peer, "RK45", [24, 28, 30, 32, 36, 40, 48], "steps"),
    "PyTorch, Dormand-Prince 8": (torch_peer, "DOP853", [18, 20, 22, 24, 26, 28, 32, 40], "steps"),
    "SciPy, DOP853, W stored": (scipy_peer, "DOP853 stored", TOLERANCES, "rtol"),
    "SciPy, DOP853": (scipy_peer, "DOP853", TOLERANCES, "rtol"),
    "SciPy, LSODA": (scipy_peer, "LSODA", TOLERANCES, "rtol"),
    "PyTorch, hjnet's method": (torch_peer, "collocation", [20, 22, 24, 26, 28, 32, 36, 40], "nodes"),
}
HJNET, RATE = "hjnet", "NEST-like, neurons only"


@dataclass
class Result:
    """Seconds for all epochs; error relative to the largest |H_int| (of E for neurons only)."""

    peer: str
    setting: str
    seconds: float
    error: float
    note: str = ""


class Contest:
    """One problem, its reference H_int (a row of samples an epoch), and what solves it."""

    def __init__(self, options, folder):
        self._hjnet = Hjnet(options.hjnet, options.engine, options.neurons, options.epochs, folder)
        self._problem, self._folder, self._engine = self._hjnet.draw(), folder, options.engine
        self._reference = np.array(list(scipy_peer.solve(self._problem, "DOP853", 1e-10, 44)))
        other = np.array(list(torch_peer.solve(self._problem, "collocation", 48)))
        difference = self.error(other)
        print(f"reference: SciPy, DOP853 at 1e-10; collocation on 48 nodes differs by {difference:.1e}", flush=True)

    def error(self, potential):
        """Of the first len(potential) epochs."""
        difference = np.abs(potential - self._reference[:len(potential)]).max()
        return difference / np.abs(self._reference).max()

    def run(self, name, setting):
        """Seconds and error; stops, with infinite seconds, after an epoch that is not accurate enough."""
        if name == HJNET:
            seconds, potential = self._hjnet.solve(setting)
            error = self.error(potential)
            return (seconds if error < ACCURACY else np.inf), error
        module, method, _, _ = PEERS[name]
        rows, error, seconds = [], 0.0, 0.0
        epochs = module.solve(self._problem, method, setting)
        for _ in range(self._problem.epochs):
            start = time.perf_counter()
            rows.append(next(epochs))
            seconds += time.perf_counter() - start
            error = self.error(np.array(rows))
            if not error < ACCURACY:
                return np.inf, error
        return seconds, error

    def cheapest(self, name):
        """The coarsest setting that is accurate enough."""
        settings, kind = (OURS, "rtol") if name == HJNET else PEERS[name][2:]
        for setting in settings:
            seconds, error = self.run(name, setting)
            print(f"{name}, {kind} {setting:g}: error {error:.1e}, {seconds:.3g} s", flush=True)
            if seconds < np.inf:
                return setting, Result(name, f"{kind} {setting:g}", seconds, error)
        sys.exit(f"{name} does not reach {ACCURACY:g}")

    def neurons_only(self):
        """Measured at the finest step, and from there to the accuracy asked for, by the order that was observed."""
        peer = RateNeurons(self._problem, self._folder)
        exact = self._error_functional()
        runs = [peer.solve(steps) for steps in RATE_STEPS]
        errors = [np.abs(e - exact).max() / np.abs(exact).max() for _, e in runs]
        order = np.log(errors[0] / errors[1]) / np.log(RATE_STEPS[1] / RATE_STEPS[0])
        seconds = runs[1][0] * self._problem.epochs
        factor = (errors[1] / ACCURACY) ** (1.0 / order)
        note = f"error in E, epoch 0; no Delta, M, W; order {order:.2f}"
        return [Result(RATE, f"steps {RATE_STEPS[1]}", seconds, errors[1], note),
                Result(RATE, f"steps {RATE_STEPS[1] * factor:.3g}", seconds * factor, ACCURACY,
                       f"extrapolated; {note}")]

    def _error_functional(self):
        """E at the samples of epoch 0, from a tight solution."""
        nodes = TimeNodes(48)
        epoch = scipy_peer.Epoch(self._problem, nodes, scipy_peer.DelayedWeights(
            self._problem.weights, self._problem.inertia, nodes), "DOP853", 1e-11)
        y, _, _ = epoch.forwards(np.zeros(3 * self._problem.neurons))
        y = y[2 * self._problem.neurons:] @ nodes.values(SAMPLES).T
        return 0.5 * np.sum((y - self._problem.target[:, None]) ** 2, axis=0)


def contest(options):
    """All results, hjnet's first."""
    names = [HJNET, *options.peers]
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        stage = Contest(options, folder)
        solvers = [name for name in names if name != RATE]
        chosen = {name: stage.cheapest(name) for name in solvers}
        # All in turn, so that a slow stretch of the machine meets each; the best counts.
        for _, name in itertools.product(range(options.repeat - 1), solvers):
            setting, result = chosen[name]
            result.seconds = min(result.seconds, stage.run(name, setting)[0])
        results = [result for _, result in chosen.values()]
        return results + (stage.neurons_only() if RATE in names else [])


def write(results, options, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["peer", "setting", "neurons_a_layer", "epochs", "seconds", "seconds_per_epoch", "error",
                       "times_hjnet", "note"])
        for r in results:
            note = f"engine {options.engine}" if r.peer == HJNET else r.note
            rows.writerow([r.peer, r.setting, options.neurons, options.epochs, f"{r.seconds:.4g}",
                           f"{r.seconds / options.epochs:.4g}", f"{r.error:.2e}",
                           f"{r.seconds / results[0].seconds:.4g}", note])


def arguments():
    parser = argparse.ArgumentParser(description="hjnet against its peers at equal accuracy, one thread each")
    parser.add_argument("--hjnet", required=True, type=Path, help="the executable")
    parser.add_argument("--engine", default="waveform", help="hjnet's: coupled or waveform (default)")
    parser.add_argument("--neurons", type=int, default=2000, help="of each of the three layers (2000)")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--peers", nargs="*", default=[*PEERS, RATE], choices=[*PEERS, RATE], metavar="PEER",
                        help=f"which (all): {'; '.join([*PEERS, RATE])}")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the fastest counts (3)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for peers.csv and peers.png")
    options = parser.parse_args()
    if options.hjnet.exists():
        options.hjnet = options.hjnet.resolve()
    return options


def main():
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    results = contest(options)
    write(results, options, options.output / "peers.csv")
    picture.draw(options.output / "peers.csv", options.output / "peers.png")
    for r in results:
        print(f"{r.peer:<28} {r.setting:<14} {r.seconds:10.4g} s   error {r.error:.1e}   "
              f"{r.seconds / results[0].seconds:8.3g} x hjnet   {r.note}")


if __name__ == "__main__":
    main()
