#!/usr/bin/python3
"""Draws what coupled_bandwidth wrote:  coupled_bandwidth.py coupled_bandwidth.csv  ->  coupled_bandwidth.png

Left: triad passes a step of the weight sweep, by the traffic of the vectors and by time, against at most 32. Right: the
right-hand side's bandwidth against at least 80 % of the triad's.
"""
import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

MOST_PASSES = 32
LEAST_FRACTION = 0.8
STEP_BARS = {
    "vector operations as CVODE calls them (triad passes a step)": "vectors,\nas called",
    "vector operations as done (triad passes a step)": "vectors,\nas done",
    "time of a step (triad passes)": "time",
}


def main():
    path = pathlib.Path(sys.argv[1])
    with path.open(newline="") as file:
        figures = {(row["figure"], row["of"]): float(row["value"]) for row in csv.DictReader(file)}
    picture, (step, rhs) = pyplot.subplots(1, 2, figsize=(9, 4), width_ratios=(3, 1), layout="constrained")
    for shift, method in ((-0.2, "bdf"), (0.2, "adams")):
        places = [place + shift for place in range(len(STEP_BARS))]
        bars = step.bar(places, [figures[name, method] for name in STEP_BARS], 0.38, label=method)
        step.bar_label(bars, fmt="%.1f")
    step.axhline(MOST_PASSES, color="black", linestyle="--", label=f"at most {MOST_PASSES}")
    step.set_xticks(range(len(STEP_BARS)), STEP_BARS.values())
    step.set_ylabel("STREAM-triad passes over the state")
    step.set_title("A step of the weight sweep")
    step.legend()
    names = {"triad (GB/s)": "triad", "right-hand side (GB/s)": "right-hand\nside"}
    bars = rhs.bar(list(names.values()), [figures[name, "rhs"] for name in names], 0.6)
    rhs.bar_label(bars, fmt="%.1f")
    rhs.axhline(LEAST_FRACTION * figures["triad (GB/s)", "rhs"], color="black", linestyle="--")
    rhs.set_ylabel("GB/s")
    rhs.set_title(f"Right-hand side\n(dashed: {LEAST_FRACTION:.0%})")
    picture.savefig(path.with_suffix(".png"), dpi=150)


if __name__ == "__main__":
    main()
