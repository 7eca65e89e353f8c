"""peers.png from peers.csv: a bar a peer, seconds on a logarithmic axis."""
import csv

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)

COLOURS = {"hjnet": "#0072B2", "SciPy": "#009E73", "PyTorch": "#D55E00", "NEST-like": "#CC79A7"}


def draw(table, path):
    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(figsize=(8.5, 0.5 * len(rows) + 1.3), constrained_layout=True)
    for place, row in enumerate(rows):
        extrapolated = row["note"].startswith("extrapolated")
        colour = next(c for name, c in COLOURS.items() if row["peer"].startswith(name))
        seconds = float(row["seconds"])
        axes.barh(place, seconds, color="white" if extrapolated else colour, edgecolor=colour,
                  hatch="//" if extrapolated else None)
        label = f" {seconds:.3g} s, {float(row['times_hjnet']):.3g} x, error {float(row['error']):.0e}"
        axes.text(seconds, place, label + (" (extrapolated)" if extrapolated else ""), va="center", fontsize=9)
    axes.set_yticks(range(len(rows)), [f"{row['peer']}\n{row['setting']}" for row in rows], fontsize=9)
    axes.invert_yaxis()
    axes.set_xscale("log")
    largest, smallest = (pick(float(row["seconds"]) for row in rows) for pick in (max, min))
    axes.set_xlim(0.5 * smallest, largest * (largest / smallest) ** 0.75)
    n = rows[0]["neurons_a_layer"]
    axes.set_xlabel(f"seconds for {rows[0]['epochs']} epochs of {n}-{n}-{n}, one thread; times hjnet's")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
