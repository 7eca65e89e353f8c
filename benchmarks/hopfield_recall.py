#!/usr/bin/python3
"""How many patterns a Hopfield network recalls, from how corrupted copies: hjnet's dynamics, many recalls a run.

For each load P/N and share of flipped signs several networks of drawn patterns are made; a run holds one network in as
many copies (layers) as there are starts. A pattern counts as recalled where at most one sign in a hundred is wrong at
the end. Writes hopfield-recall.csv and hopfield-recall.png.
"""
import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np

SOURCE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "postprocess"))
from hjdata_lib import hopfield  # noqa: E402  (the path comes first)
from hjplot_lib import style  # noqa: E402

NEURONS = 100
LOADS = [4, 8, 11, 14, 17, 22, 28]
FLIPS = [0.1, 0.2, 0.3]
NETWORKS, RECALLS = 3, 20
WRONG = 0.01

INPUT = """[run]
epochs = 1
epoch_length = 3.0
samples_per_epoch = 30
[network]
time_constant = 0.1
initial_state = {{ file = "data.h5", dataset = "/start" }}
layer = [{layers}]
projection = [{projections}]
[learning]
enabled = false
error = "lyapunov"
delta = "off"
[solver]
relative_tolerance = 1e-6
absolute_tolerance = 1e-8
[output]
file = "run.h5"
states = true
weights = "none"
"""


def run_one(hjnet, folder, patterns, flips, seed):
    """Shares of wrong signs at the end of every recall, and the largest rise of E between samples
    over its whole fall."""
    arguments = SimpleNamespace(patterns=patterns, neurons=NEURONS, gain=3.0, flips=flips, amplitude=0.5,
                                recalls=RECALLS, seed=seed, output=folder / "data.h5", overwrite=True,
                                command="hopfield_recall")
    made = hopfield.make(arguments)
    hopfield.save(made, arguments)
    layers = ", ".join(f'{{ name = "c{i}", neurons = {NEURONS} }}' for i in range(RECALLS))
    weights = 'weights = { file = "data.h5", dataset = "/weights" }'
    projections = ", ".join(f'{{ from = "c{i}", to = "c{i}", {weights} }}' for i in range(RECALLS))
    (folder / "case.toml").write_text(INPUT.format(layers=layers, projections=projections), encoding="utf-8")
    subprocess.run([hjnet, "run", "case.toml", "--overwrite"], cwd=folder, check=True, capture_output=True)
    with h5py.File(folder / "run.h5") as file:
        end = file["states/y"][-1].reshape(RECALLS, NEURONS)
        energy = file["series/error"][:]
    wrong = np.mean(np.sign(end) != made["patterns"][made["shown"]], axis=1)
    return wrong, max(0.0, np.diff(energy).max()) / (energy[0] - energy[-1])


def study(hjnet):
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for flips in FLIPS:
            for patterns in LOADS:
                found = [run_one(hjnet, Path(name), patterns, flips, 1000 * patterns + seed) for seed in range(NETWORKS)]
                recalled = np.array([np.mean(wrong <= WRONG) for wrong, _ in found])
                rows.append({"patterns": patterns, "load": patterns / NEURONS, "flips": flips,
                             "recalled": recalled.mean(), "error": recalled.std(ddof=1) / np.sqrt(NETWORKS),
                             "wrong": np.mean([wrong.mean() for wrong, _ in found]),
                             "largest_rise": max(rise for _, rise in found)})
                print({key: round(float(value), 12) for key, value in rows[-1].items()}, flush=True)
    return rows


def draw(rows, path):
    figure, axes = style.pyplot().subplots(figsize=(6.4, 4.0))
    for i, flips in enumerate(sorted({row["flips"] for row in rows})):
        mine = [row for row in rows if row["flips"] == flips]
        axes.errorbar([row["load"] for row in mine], [row["recalled"] for row in mine],
                      yerr=[row["error"] for row in mine], color=style.colour(i), marker=style.marker(i), capsize=2.5,
                      markersize=5, label=f"{100 * flips:.0f} % flipped")
    axes.axvline(0.138, color="0.5", linestyle=":", linewidth=1.2)
    axes.annotate("0.138", (0.141, 0.93), color="0.35", fontsize=9)
    axes.set_xlabel("load $P/N$")
    axes.set_ylabel("share of patterns recalled")
    axes.set_ylim(-0.04, 1.05)
    axes.set_title(f"Recall of drawn patterns, {NEURONS} neurons, {NETWORKS} networks of {RECALLS} recalls each")
    axes.legend(frameon=False, loc="upper right")
    style.save(figure, path, 150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("hjnet", type=Path, help="the executable")
    parser.add_argument("-o", "--output", type=Path, default=Path("."), metavar="FOLDER")
    arguments = parser.parse_args()
    rows = study(arguments.hjnet.resolve())
    with open(arguments.output / "hopfield-recall.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows({key: f"{value:.6g}" for key, value in row.items()} for row in rows)
    draw(rows, arguments.output / "hopfield-recall.png")


if __name__ == "__main__":
    main()
