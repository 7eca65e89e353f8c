#!/usr/bin/python3
r"""A billion weights: four dense layers of 18258 neurons, learning for three epochs on two ranks.

    benchmarks/waveform/billion.py --hjnet build/release/apps/hjnet --folder /where/32/GB/fit
    benchmarks/waveform/plot.py billion

A hundred billion, of which none is stored (15 minutes, 3.2 GiB of memory, 0.2 GB of disk):

    benchmarks/waveform/billion.py --hjnet build/release/apps/hjnet --folder DIRECTORY --neurons 182575 \
        --weights factors --output benchmarks/results/waveform-hundred-billion.csv
    benchmarks/waveform/plot.py hundred-billion

The first and the last W and M are written in row blocks (output.weights = "last": 32 GB; --weights none: nothing). The
run file is removed together with the folder where that had to be made, otherwise it stays. Two rows: what `hjnet check`
expected, and what came out. Memory is the largest rank's times the ranks; rows are those of W and M together.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import runs

MODEL = runs.HERE / "billion.toml"
LAYERS = 4
OPTIONS = {
    "folder": (Path, Path("billion"), "for the run file, made if need be"),
    "neurons": (int, 18258, "a layer"),
    "epochs": (int, 3, "of the run"),
    "tolerance": (float, 1e-6, "relative"),
    "ranks": (int, 2, "MPI ranks"),
    "weights": (str, "last", "output.weights"),
}


def row(source, synapses, seconds, epochs, memory, output, rows):
    return {"source": source, "synapses": int(synapses), "seconds_per_epoch": seconds and f"{seconds / epochs:.4g}",
            "memory_gib": f"{memory / 2**30:.3g}", "output_seconds": output and f"{output:.4g}",
            "rows_per_second": output and f"{rows / output:.4g}"}


def expected(options, settings):
    words = ["mpiexec", "-n", str(options.ranks), str(options.hjnet), "check", str(MODEL), "--json"]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    options = runs.arguments(__doc__, "billion", OPTIONS)
    settings = {f"network.layer[{i}].neurons": options.neurons for i in range(LAYERS)}
    settings |= {"run.epochs": options.epochs, "learning.inertia": -float(options.neurons),
                 "solver.relative_tolerance": options.tolerance, "solver.absolute_tolerance": 1e-2 * options.tolerance,
                 "output.weights": options.weights}
    estimate = expected(options, settings)
    own_folder = not options.folder.exists()
    options.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(options.folder).free
    if estimate["file_bytes"] > 0.95 * free:
        sys.exit(f"{options.folder}: {free / 1e9:.3g} GB free, the run file takes {estimate['file_bytes'] / 1e9:.3g}")
    path = options.folder / "billion.h5"
    try:
        timing = runs.solve(options.hjnet, MODEL, path, settings, options.ranks)
        size = os.path.getsize(path)
    finally:
        if own_folder:
            shutil.rmtree(options.folder)
    snapshots = {"none": 0, "factors": 0, "last": 4, "all": 4 + 2 * options.epochs}[options.weights]
    written = snapshots * (LAYERS - 1) * options.neurons
    runs.write(options.output, [
        row("expected", estimate["synapses"], "", options.epochs, options.ranks * estimate["peak_bytes"], "", 0),
        row("measured", timing["synapses"], timing["integration"], options.epochs,
            options.ranks * timing["peak_memory"], timing["output"] if snapshots else "", written)])
    print(f"run file {size / 1e9:.3g} GB, set-up {timing['set_up']:.3g} s, in all {timing['total']:.3g} s")


if __name__ == "__main__":
    main()
