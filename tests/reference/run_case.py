#!/usr/bin/python3
"""One comparison as a test: run_case.py CASE.toml RANKS ENGINE runs hjnet (environment HJNET_BINARY, MPIEXEC) and
compares."""

import os
import subprocess
import sys
import tempfile

from reference import compare_run


def main():
    case, ranks, engine = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "run.h5")
        command = [os.environ["MPIEXEC"], "-n", ranks, os.environ["HJNET_BINARY"], "run", case, "--output", output,
                   "--set", f"solver.engine={engine}"]
        subprocess.run(command, check=True, cwd=folder)
        return compare_run(output, 1e-6, check_self=False)


if __name__ == "__main__":
    sys.exit(main())
