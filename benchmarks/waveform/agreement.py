#!/usr/bin/python3
"""Agreement of the two engines on every input that the tests and the cases use.

    benchmarks/waveform/agreement.py --hjnet build/release/apps/hjnet [--tolerance 1e-10]
    benchmarks/waveform/plot.py agreement

All of tests/reference/cases/*.toml and input/*.toml, ensembles cut to two members, runs with patterns or an environment
to three epochs, both engines at the same tolerance. Data that an input needs are made first, as its head says.
A row a dataset of /series, of the members, of the density matrices and of the final weights: the largest difference,
relative to the dataset's largest value. Standard error tells of inputs that an engine refuses, or needs more than
--minutes for.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
import runs

ROOT = runs.HERE.parent.parent
ENGINES = ("coupled", "waveform")
OPTIONS = {
    "tolerance": (float, 1e-10, "relative; the absolute one is a hundredth"),
    "only": (str, "", "inputs whose names match this regular expression"),
    "minutes": (float, 20.0, "most for one input and engine"),
}
# Measures are left out: roots and logarithms in them magnify differences of rho that are none.
COMPARED = re.compile(r"^(series/(?!time)|density/(rho|mean)$|ensemble/member/(?!concurrence|physical)|weights/final/)")


def inputs(only):
    paths = sorted((ROOT / "tests" / "reference" / "cases").glob("*.toml")) + sorted((ROOT / "input").glob("*.toml"))
    return [path for path in paths if re.search(only, path.stem)]


def solve(options, model, engine, output):
    changes = {"solver.engine": engine, "solver.relative_tolerance": options.tolerance,
               "solver.absolute_tolerance": 1e-2 * options.tolerance, "output.weights": "last"}
    text = model.read_text(encoding="utf-8")
    if re.search(r"^\[ensemble\]|^ensemble", text, re.MULTILINE):
        changes["ensemble.members"] = 2
    if re.search(r"^\[stimulus\.patterns\]|^patterns|^\[environment\]", text, re.MULTILINE):
        changes["run.epochs"] = 3
    words = runs.command(options.hjnet, model, output, changes)
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60 * options.minutes,
                              env=os.environ | runs.ONE_THREAD)
    except subprocess.TimeoutExpired:
        return f"more than {options.minutes:g} minutes"
    return done.stderr.strip() if done.returncode != 0 else ""


def datasets(file):
    """path -> values of all floating-point datasets that are compared."""
    found = {}

    def take(path, item):
        if isinstance(item, h5py.Dataset) and COMPARED.search(path) and item.dtype.kind in "fc":
            found[path] = item[...]

    file.visititems(take)
    return found


def compare(model, paths):
    with h5py.File(paths[0]) as a, h5py.File(paths[1]) as b:
        first, second = datasets(a), datasets(b)
    for path, values in first.items():
        largest = np.max(np.abs(values), initial=0.0)
        apart = np.max(np.abs(values - second[path]), initial=0.0)
        yield {"input": model.stem, "dataset": path, "largest": f"{largest:.3g}",
               "difference": f"{apart / largest if largest > 0 else apart:.2e}"}


def main():
    options = runs.arguments(__doc__, "agreement", OPTIONS)
    rows = []
    with tempfile.TemporaryDirectory(prefix="agreement-") as name:
        paths = [Path(name) / f"{engine}.h5" for engine in ENGINES]
        for model in inputs(options.only):
            failures = [solve(options, model, engine, path) for engine, path in zip(ENGINES, paths)]
            if any(failures):
                print(f"{model.stem}: " + "; ".join(filter(None, failures)), file=sys.stderr)
            else:
                rows += compare(model, paths)
    runs.write(options.output, rows)


if __name__ == "__main__":
    main()
