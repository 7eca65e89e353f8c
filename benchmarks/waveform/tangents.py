#!/usr/bin/python3
"""What tangents cost: the same network without particles (one column), with closure "bilinear" (7), "mixed" (16) and
"branches" (five networks of one column), pulses of both particles in every epoch.

    benchmarks/waveform/tangents.py --hjnet build/release/apps/hjnet
    benchmarks/waveform/plot.py tangents

One rank. A row a width and closure: seconds an epoch, directions of all columns in the largest layer's bases, peak
memory. The closures of a width are run in turn, the fastest of `--repeats` counts.
"""
import tempfile
from pathlib import Path

import runs

OPTIONS = {
    "widths": (runs.integers, [400, 2000], "neurons a layer"),
    "epochs": (int, 4, "of a run"),
    "tolerance": (float, 1e-6, "relative"),
    "repeats": (int, 2, "runs of each"),
}
COLUMNS = {"none": 1, "bilinear": 7, "mixed": 16, "branches": 5}


def settings(width, closure, options):
    out = runs.dense(width, options.epochs, options.tolerance)
    if closure == "none":
        return out
    when = f"width = 0.12, epochs = [0, {options.epochs - 1}]"
    return out | {"particles.closure": f'"{closure}"',
                  "particles.a": f"{{ stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, {when} }}",
                  "particles.b": f"{{ stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.6, {when} }}"}


def main():
    options = runs.arguments(__doc__, "tangents", OPTIONS)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for width in options.widths:
            timings = {closure: [] for closure in COLUMNS}
            for _ in range(options.repeats):
                for closure, all_of_it in timings.items():
                    all_of_it.append(runs.solve(options.hjnet, runs.DENSE, Path(folder) / "run.h5",
                                                settings(width, closure, options)))
            for closure, all_of_it in timings.items():
                best = min(all_of_it, key=lambda timing: timing["integration"])
                rows.append({"neurons": width, "closure": closure, "columns": COLUMNS[closure],
                             "seconds_per_epoch": f"{best['integration'] / options.epochs:.4g}",
                             "directions": int(best["factor_rank"]),
                             "memory_mib": f"{best['peak_memory'] / 2**20:.4g}"})
                print(rows[-1])
    runs.write(options.output, rows)


if __name__ == "__main__":
    main()
