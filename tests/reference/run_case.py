#!/usr/bin/python3
"""One comparison as a test: run_case.py CASE.toml RANKS ENGINE runs hjnet (environment HJNET_BINARY, MPIEXEC) and
compares."""

import os
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np

from reference import compare_run


def write_patterns(path):
    """Three patterns of four numbers, with class labels and with probabilities for three outputs."""
    with h5py.File(path, "w") as file:
        file["inputs"] = [[0.9, -0.4, 0.2, -1.1], [-0.6, 0.8, 1.0, 0.3], [0.1, 0.5, -0.9, 0.7]]
        file["labels"] = np.array([2, 0, 1])
        file["shares"] = [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.25, 0.5, 0.25]]


def main():
    given, ranks, engine = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        case, output = os.path.join(folder, "case.toml"), os.path.join(folder, "run.h5")
        shutil.copy(given, case)
        write_patterns(os.path.join(folder, "patterns.h5"))
        command = [os.environ["MPIEXEC"], "-n", ranks, os.environ["HJNET_BINARY"], "run", case, "--output", output,
                   "--set", f"solver.engine={engine}"]
        subprocess.run(command, check=True, cwd=folder)
        return compare_run(output, 1e-6, check_self=False)


if __name__ == "__main__":
    sys.exit(main())
