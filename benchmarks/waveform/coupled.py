#!/usr/bin/python3
"""Time per epoch of the coupled engine against the waveform engine's, on the same dense network.

    benchmarks/waveform/coupled.py --hjnet build/release/apps/hjnet [--neurons 2000]
    benchmarks/waveform/plot.py coupled

Three dense layers, one thread. The runs take turns, --repeat times, and the fastest counts. The error of each is that
of H_int in the epochs that both have, relative to its largest value there, against the waveform engine at --reference.
"""
import tempfile
from pathlib import Path

import h5py
import numpy as np
import runs

OPTIONS = {
    "neurons": (int, 2000, "a layer"),
    "coupled-epochs": (int, 1, "of the coupled engine; in its first epoch it has no history yet"),
    "waveform-epochs": (int, 8, "of the waveform engine"),
    "coupled-tolerance": (float, 1e-5, "relative"),
    "waveform-tolerance": (float, 3e-5, "relative"),
    "reference": (float, 1e-11, "tolerance of the run that errors refer to"),
    "repeat": (int, 1, "runs of each"),
}


def solve(options, folder, engine, epochs, tolerance):
    """Timing, and H_int: a row of samples an epoch."""
    path = folder / "run.h5"
    timing = runs.solve(options.hjnet, runs.DENSE, path, runs.dense(options.neurons, epochs, tolerance, engine))
    with h5py.File(path) as file:
        return timing, file["series/interaction"][...].reshape(epochs, -1)


def main():
    options = runs.arguments(__doc__, "coupled", OPTIONS)
    plan = {"coupled": (options.coupled_epochs, options.coupled_tolerance),
            "waveform": (options.waveform_epochs, options.waveform_tolerance)}
    best, samples = {}, {}
    with tempfile.TemporaryDirectory(prefix="coupled-") as name:
        for _ in range(options.repeat):
            for engine, (epochs, tolerance) in plan.items():
                timing, samples[engine] = solve(options, Path(name), engine, epochs, tolerance)
                if engine not in best or timing["integration"] < best[engine]["integration"]:
                    best[engine] = timing
        common = min(epochs for epochs, _ in plan.values())
        _, reference = solve(options, Path(name), "waveform", common, options.reference)
    an_epoch = {engine: best[engine]["integration"] / epochs for engine, (epochs, _) in plan.items()}
    runs.write(options.output, [
        {"engine": engine, "neurons": options.neurons, "tolerance": tolerance, "epochs": epochs,
         "seconds_per_epoch": f"{an_epoch[engine]:.4g}",
         "times_waveform": f"{an_epoch[engine] / an_epoch['waveform']:.4g}",
         "peak_memory": int(best[engine]["peak_memory"]),
         "error": f"{np.max(np.abs(samples[engine][:common] - reference)) / np.max(np.abs(reference)):.2g}"}
        for engine, (epochs, tolerance) in plan.items()])


if __name__ == "__main__":
    main()
