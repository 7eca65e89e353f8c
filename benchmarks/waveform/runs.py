"""What the scripts here share: a run of hjnet, its timing, tables."""
import argparse
import csv
import os
import subprocess
import sys
from pathlib import Path

import h5py

HERE = Path(__file__).resolve().parent
DENSE = HERE.parent / "peers" / "dense-2000.toml"
RESULTS = HERE.parent / "results"
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}


def arguments(description, name, parser_options):
    """Command line: --hjnet, --output (the CSV) and `parser_options`, name -> (type, default, help); default None: must
    be given."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hjnet", required=True, type=Path, help="the executable")
    parser.add_argument("--output", type=Path, default=RESULTS / f"waveform-{name}.csv", help="default: %(default)s")
    for option, (kind, default, text) in parser_options.items():
        parser.add_argument(f"--{option}", type=kind, default=default, required=default is None,
                            help=f"{text} (default: %(default)s)")
    options = parser.parse_args()
    options.hjnet = options.hjnet.resolve()
    return options


def integers(text):
    return [int(part) for part in text.split(",")]


def dense(neurons, epochs, tolerance, engine="waveform"):
    """Settings that make of peers/dense-2000.toml a network of so many neurons a layer."""
    changes = {f"network.layer[{i}].neurons": neurons for i in range(3)}
    return changes | {"run.epochs": epochs, "learning.inertia": -float(neurons), "solver.engine": engine,
                      "solver.relative_tolerance": tolerance, "solver.absolute_tolerance": 1e-2 * tolerance}


def command(hjnet, model, output, settings, ranks=1):
    launcher = ["mpiexec", "-n", ranks] if ranks > 1 else []
    words = [*launcher, hjnet, "run", model, "--output", output, "--overwrite"]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    return [str(word) for word in words]


def solve(hjnet, model, output, settings, ranks=1):
    """Runs hjnet, one BLAS thread a rank. The file's /timing as a dictionary."""
    done = subprocess.run(command(hjnet, model, output, settings, ranks), check=False, capture_output=True, text=True,
                          env=os.environ | ONE_THREAD)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(model).name}: {done.stderr.strip()}")
    with h5py.File(output) as file:
        return {name: float(value) for name, value in file["timing"].attrs.items()}


def write(path, rows):
    """Rows, all with the same keys, as CSV; and on standard output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        for target in (file, sys.stdout):
            table = csv.DictWriter(target, rows[0].keys(), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
