#!/usr/bin/python3
"""Strong and weak scaling of the waveform engine over MPI ranks, one BLAS thread each.

    benchmarks/waveform/ranks.py --hjnet build/release/apps/hjnet [--ranks 1,2] [--neurons 2000,4000]
    benchmarks/waveform/plot.py ranks

Three dense layers. Strong: each width of --neurons on all numbers of ranks. Weak: the first width on one rank, times
sqrt(ranks) on more, so that every rank keeps as many synapses. The numbers of ranks take turns, and the fastest of
--repeat runs counts; time is that of the integration, epochs only. Ranks beyond the cores measure nothing.
"""
import math
import tempfile
from pathlib import Path

import runs

OPTIONS = {
    "ranks": (runs.integers, "1,2", "numbers of ranks, ascending"),
    "neurons": (runs.integers, "2000,4000", "a layer"),
    "epochs": (int, 8, "of every run"),
    "tolerance": (float, 3e-5, "relative; H_int is then right to 1e-6"),
    "repeat": (int, 3, "runs of each"),
}


def best_times(options, folder, neurons_on):
    """ranks -> the timing of the fastest run; neurons_on gives the width."""
    best = {}
    for _ in range(options.repeat):
        for ranks in options.ranks:
            settings = runs.dense(neurons_on(ranks), options.epochs, options.tolerance)
            timing = runs.solve(options.hjnet, runs.DENSE, folder / "run.h5", settings, ranks)
            if ranks not in best or timing["integration"] < best[ranks]["integration"]:
                best[ranks] = timing
    return best


def rows_of(kind, options, neurons_on, best):
    first = options.ranks[0]
    for ranks, timing in best.items():
        share = first / ranks if kind == "strong" else 1.0
        yield {"scaling": kind, "neurons": neurons_on(ranks), "ranks": ranks,
               "seconds": f"{timing['integration']:.4g}", "communication": f"{timing['communication']:.3g}",
               "efficiency": f"{share * best[first]['integration'] / timing['integration']:.3f}"}


def main():
    options = runs.arguments(__doc__, "ranks", OPTIONS)
    rows = []
    with tempfile.TemporaryDirectory(prefix="ranks-") as name:
        studies = [("strong", lambda _, n=n: n) for n in options.neurons]
        studies.append(("weak", lambda ranks: round(options.neurons[0] * math.sqrt(ranks / options.ranks[0]))))
        for kind, neurons_on in studies:
            rows += rows_of(kind, options, neurons_on, best_times(options, Path(name), neurons_on))
    runs.write(options.output, rows)


if __name__ == "__main__":
    main()
