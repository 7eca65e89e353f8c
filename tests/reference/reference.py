#!/usr/bin/python3
"""Independent reference for hjnet's run files.

    reference.py RUN.h5 [--tolerance 1e-6] [--self]     compares a run file with the reference, exit 1 on failure
    reference.py --solve INPUT.toml [--weights FILE.h5] [--output OUT.h5]   solves an input without the program

--self also solves on a finer mesh and prints by how much the reference itself changes. Exit 3: not comparable.
"""

import argparse
import sys
import tomllib

import h5py
import numpy as np

import compare
import quantum
from problem import NotComparable, build, draw
from solver import Solver


def solve(problem, refine=1.0):
    solver = Solver(problem, refine)
    epochs = solver.run()
    return epochs, solver.sample(epochs)


def self_convergence(problem, epochs, samples):
    """Largest relative change of any sampled quantity on a mesh with shorter elements and more nodes."""
    _, finer = solve(problem, 1.4)
    change = {}
    for name, a in samples.items():
        largest = np.abs(a).max()
        change[name] = np.abs(a - finer[name]).max() / largest if largest > 1e-12 else np.abs(a - finer[name]).max()
    if problem.ports:
        coarse, fine = (quantum.evolve(problem, epochs, n) for n in (8, 11))
        change["density/rho"] = np.abs(coarse - fine).max()
    return max(change.values()), max(change, key=change.get)


def compare_run(path, tolerance, check_self):
    with h5py.File(path, "r") as run:
        text = run.attrs["input"]
        tree = tomllib.loads(text.decode() if isinstance(text, bytes) else text)
        if "weights/initial" not in run:
            raise NotComparable("no /weights/initial: set output.weights to last or all")
        problem = build(tree, run["weights/initial"])
        epochs, samples = solve(problem)
        table = compare.Table(tolerance)
        if check_self:
            print("reference's own change on a finer mesh: %.1e (%s)" % self_convergence(problem, epochs, samples))
        compare.networks(table, run, problem, epochs, samples)
        if problem.ports:
            compare.particles(table, run, problem, epochs)
    print(f"{path}: {'FAIL, ' + str(table.failed) + ' datasets' if table.failed else 'PASS'}")
    return 1 if table.failed else 0


def solve_input(path, weights, output):
    with open(path, "rb") as f:
        tree = tomllib.load(f)
    if weights:
        with h5py.File(weights, "r") as run:
            problem = build(tree, run["weights/initial"])
    else:
        problem = build(tree, draw(tree))
    epochs, samples = solve(problem)
    print("%s: own change on a finer mesh %.1e (%s)" % (path, *self_convergence(problem, epochs, samples)))
    for name, a in samples.items():
        print(f"{name:<20} first {np.ravel(a)[0]: .6e}  last {np.ravel(a)[-1]: .6e}  largest {np.abs(a).max():.3e}")
    if output:
        with h5py.File(output, "w") as out:
            for name, a in samples.items():
                out[name] = a
            if problem.ports:
                out["density/rho"] = quantum.evolve(problem, epochs)
            for kind, part in (("weights", "weights"), ("momenta", "momentum")):
                out[f"{kind}/final_matrix"] = getattr(epochs[-1], part).value[-1, -1]
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", help="run file to compare")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--self", action="store_true", dest="check_self")
    parser.add_argument("--solve", metavar="INPUT")
    parser.add_argument("--weights", help="run file that holds /weights/initial")
    parser.add_argument("--output")
    options = parser.parse_args()
    try:
        if options.solve:
            return solve_input(options.solve, options.weights, options.output)
        if not options.run:
            parser.error("a run file or --solve is needed")
        return compare_run(options.run, options.tolerance, options.check_self)
    except NotComparable as reason:
        print(f"not comparable: {reason}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
