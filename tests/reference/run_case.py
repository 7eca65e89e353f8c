#!/usr/bin/python3
"""One comparison as a test: run_case.py CASE.toml RANKS ENGINE runs hjnet (environment HJNET_BINARY, MPIEXEC) and
compares."""

import pathlib
import sys
import tempfile

from patterns import write_patterns
from reference import compare_run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import Folder  # noqa: E402


def main():
    given, ranks, engine = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(name)
        folder.write(pathlib.Path(given).read_text())
        write_patterns(folder.path / "patterns.h5")
        folder.launch("run", "case.toml", "--output", "run.h5", ranks=ranks, timeout=None,
                      settings=[f"solver.engine={engine}"])
        return compare_run(folder.path / "run.h5", 1e-6, check_self=False)


if __name__ == "__main__":
    sys.exit(main())
