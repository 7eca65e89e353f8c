#!/usr/bin/python3
"""Pictures of the waveform benchmarks:  plot.py NAME ... [--results FOLDER]

NAME is one of dense, growth, rank, exponents, ranks, hosts, predict, products, coupled, agreement, billion, hundred-billion,
profile, tangents; FOLDER (default benchmarks/results) holds waveform-NAME.csv and gets waveform-NAME.png. The dashed lines
are what was set out for.
"""
import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)
import numpy as np  # noqa: E402

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
MARKED = {"color": "black", "linestyle": "--", "linewidth": 1}


def numbers(rows, key):
    return np.array([float(row[key]) for row in rows])


def panels(count, width=4.6, height=3.8):
    return plt.subplots(1, count, figsize=(width * count, height), layout="constrained", squeeze=False)[1][0]


def dense(rows):
    figures = {}
    for row in rows:
        figures.setdefault(row["figure"], {})[row["epoch"]] = float(row["value"])
    time, memory = panels(2)
    epochs = [name for name in figures["epoch (s)"] if name != "all"]
    for figure, colour, shift in (("epoch (s)", BLUE, -0.2), ("products (s)", ORANGE, 0.2)):
        seconds = [figures[figure][e] for e in epochs]
        time.bar([int(e) + shift for e in epochs], seconds, 0.4, color=colour, label=figure)
    for e in epochs:
        time.text(int(e), figures["epoch (s)"][e], f"{figures['ratio'][e]:.2f}", ha="center", va="bottom", fontsize=8)
    time.set(xlabel="epoch", ylabel="seconds", xticks=[int(e) for e in epochs],
             ylim=(0, 1.35 * max(figures["epoch (s)"][e] for e in epochs)),
             title=f"all epochs: {figures['ratio']['all']:.2f} times the products (at most 1.5)")
    time.legend()
    history = figures["history (bytes)"][epochs[-1]]
    parts = {"W(0)": figures["W(0) (bytes)"]["all"], "history": history, "peak": figures["peak memory (bytes)"]["all"]}
    memory.bar(list(parts), [value / 2**20 for value in parts.values()], 0.6, color=[GREEN, ORANGE, BLUE])
    memory.axhline(1.5 * (parts["W(0)"] + history) / 2**20, **MARKED)
    memory.set(ylabel="MiB", title=f"memory; error of H_int {figures['error of H_int']['all']:.1e}")


def by_value(rows, key):
    return {value: [row for row in rows if row[key] == value] for value in dict.fromkeys(row[key] for row in rows)}


def growth(rows):
    time, rank, size = panels(3)
    for (memory, part), colour in zip(by_value(rows, "memory").items(), (BLUE, ORANGE, GREEN)):
        epochs, seconds = numbers(part, "epoch"), numbers(part, "seconds")
        label = f"mu = {memory}"
        time.plot(epochs, seconds, ".", color=colour, label=label)
        if len(epochs) > 10:
            early, late = np.median(seconds[8:12]), np.median(seconds[-4:])
            time.axhline(2 * early, **MARKED | {"color": colour})
            print(f"{label}: the last epochs cost {late / early:.2f} times epoch 10 (medians)")
        rank.plot(epochs, numbers(part, "rank"), color=colour, label=label)
        size.plot(epochs, numbers(part, "bytes") / 2**20, color=colour, label=label)
    time.set(ylabel="seconds", title="an epoch (dashed: twice epoch 10)", ylim=(0, None))
    rank.set(ylabel="rank", title="largest rank of a basis")
    size.set(ylabel="MiB", title="history")
    for axes in (time, rank, size):
        axes.set_xlabel("epoch")
        axes.legend()


def rank(rows):
    memories = by_value(rows, "memory")
    for axes, (memory, part) in zip(panels(len(memories)), memories.items()):
        colours = plt.cm.viridis(np.linspace(0, 0.9, 4))
        for (threshold, some), colour in zip(by_value(part, "threshold").items(), colours):
            largest = {epoch: max(int(row["rank"]) for row in at) for epoch, at in by_value(some, "epoch").items()}
            axes.plot([int(e) for e in largest], list(largest.values()), ".-", color=colour, label=f"above {threshold}")
        kept = {int(row["epoch"]): int(row["kept"]) for row in part}
        axes.plot(list(kept), list(kept.values()), "ks--", markersize=4, label="kept by the engine")
        columns = {int(row["epoch"]): int(row["columns"]) for row in part}
        axes.plot(list(columns), list(columns.values()), ":", color="grey", label="vectors in all")
        axes.set(xlabel="epochs", ylabel="largest rank of any y or g", yscale="log", title=f"mu = {memory}")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(fontsize=7, loc="upper left")


def exponents(rows):
    studies = by_value(rows, "study")
    for axes, (study, part) in zip(panels(len(studies)), studies.items()):
        x = numbers(part, "value")
        for column, colour, marker in (("seconds", BLUE, "o"), ("products", ORANGE, "s")):
            if study == "epochs" and column == "products":
                continue  # the same in all epochs
            y = numbers(part, column)
            exponent, constant = np.polyfit(np.log(x), np.log(y), 1)
            name = "epoch" if column == "seconds" else column
            axes.loglog(x, y, marker, color=colour, label=f"{name}: {exponent:.2f}")
            axes.loglog(x, np.exp(constant) * x**exponent, color=colour, linewidth=1)
            print(f"{study}: {column} grow with exponent {exponent:.2f}")
        axes.set(xlabel=study, ylabel="seconds an epoch")
        axes.legend(title="exponent")


def ranks(rows):
    efficiency, = panels(1)
    for kind, style in (("strong", "o-"), ("weak", "s--")):
        part = [row for row in rows if row["scaling"] == kind]
        groups = by_value(part, "neurons") if kind == "strong" else {part[0]["neurons"]: part}
        for neurons, some in groups.items():
            efficiency.plot(numbers(some, "ranks"), numbers(some, "efficiency"), style,
                            label=f"{kind}, {neurons} neurons a layer{' on the first' if kind == 'weak' else ''}")
    efficiency.axhline(0.9, **MARKED)
    efficiency.set(xlabel="ranks", ylabel="parallel efficiency", ylim=(0, 1.15),
                   xticks=sorted(set(numbers(rows, "ranks"))))
    efficiency.legend()


def hosts(rows):
    (axes,) = panels(1, 5.2)
    measured = [row for row in rows if row["mbit"] != "unlimited"]
    rate = numbers(measured, "mbit")
    axes.semilogx(rate, numbers(measured, "seconds"), "o-", color=BLUE, label="measured")
    axes.semilogx(rate, numbers(measured, "one_after_the_other"), "s--", color=ORANGE, label="products, then transfer")
    axes.axhline(next(float(row["seconds"]) for row in rows if row["mbit"] == "unlimited"), color=GREEN, linewidth=1,
                 label="links without a limit")
    axes.set(xlabel="rate of a link (Mbit/s)", ylabel="seconds an epoch", ylim=(0, None), title="2000-2000-2000 on two hosts")
    axes.legend()


def predict(rows):
    time, efficiency = panels(2, 5.2)
    strong = by_value([row for row in rows if row["scaling"] == "strong"], "weights")
    weak = {"weak": [row for row in rows if row["scaling"] == "weak"]}
    for (name, part), colour in zip([*strong.items(), *weak.items()], (BLUE, ORANGE, GREEN, "black")):
        label = "$10^{10}$ weights a rank" if name == "weak" else f"$10^{{{round(np.log10(float(name)))}}}$ weights"
        time.loglog(numbers(part, "ranks"), numbers(part, "seconds"), "o-", color=colour, label=label)
        efficiency.semilogx(numbers(part, "ranks"), numbers(part, "efficiency"), "o-", color=colour)
    time.set(xlabel="ranks", ylabel="seconds an epoch (predicted)")
    time.legend()
    efficiency.set(xlabel="ranks", ylabel="share of the products", ylim=(0, 1.05))


def products(rows):
    several = by_value([row for row in rows if row["product"] != "draw"], "product")
    for axes, (product, part) in zip(panels(len(several)), several.items()):
        for (store, some), colour in zip(by_value(part, "store").items(), ("grey", BLUE, ORANGE, GREEN)):
            axes.semilogx(numbers(some, "width"), numbers(some, "of_peak"), "o-", color=colour, label=store)
        axes.axhline(0.8, **MARKED)
        axes.set(xlabel="columns", ylabel="share of the peak of a square dgemm", ylim=(0, 1.1),
                 title=f"{product}, {part[0]['neurons']} neurons, peak {part[0]['peak_gflops']} Gflop/s")
        axes.legend()


def coupled(rows):
    axes, = panels(1)
    bars = axes.bar([row["engine"] for row in rows], numbers(rows, "seconds_per_epoch"), 0.6, color=[ORANGE, BLUE])
    axes.bar_label(bars, [f"{float(row['seconds_per_epoch']):.3g} s, error {float(row['error']):.0e}" for row in rows])
    ratio = max(numbers(rows, "times_waveform"))
    axes.set(yscale="log", ylabel="seconds an epoch", title=f"{rows[0]['neurons']} neurons a layer: {ratio:.3g} times")
    axes.margins(y=0.2)


def agreement(rows):
    inputs = by_value(rows, "input")
    axes, = panels(1, 7.5, 0.28 * len(inputs) + 1.2)
    kinds = {"series/": BLUE, "ensemble/": GREEN, "density/": ORANGE, "weights/": "grey"}
    for kind, colour in kinds.items():
        some = [row for row in rows if row["dataset"].startswith(kind)]
        places = [list(inputs).index(row["input"]) for row in some]
        axes.semilogx(np.maximum(numbers(some, "difference"), 1e-17), places, ".", color=colour, label=kind.strip("/"))
    axes.axvline(1e-7, **MARKED)
    axes.set_yticks(range(len(inputs)), list(inputs), fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("largest difference of a dataset between the engines, relative to its largest value")
    axes.legend(fontsize=8)


def billion(rows):
    axes, = panels(1, 5.5)
    bars = axes.bar([row["source"] for row in rows], numbers(rows, "memory_gib"), 0.5, color=[ORANGE, BLUE])
    axes.bar_label(bars)
    axes.axhline(24.0, **MARKED)
    measured = rows[-1]
    speed = f", {float(measured['rows_per_second']):.3g} rows/s written" if measured["rows_per_second"] else ""
    axes.set(ylabel="memory of all ranks (GiB)", title=f"{float(measured['synapses']):.4g} weights: "
             f"{float(measured['seconds_per_epoch']):.3g} s an epoch{speed}")


def tangents(rows):
    time, memory = panels(2)
    for (neurons, part), shift, colour in zip(by_value(rows, "neurons").items(), (-0.2, 0.2), (BLUE, ORANGE)):
        places = np.arange(len(part)) + shift
        seconds = numbers(part, "seconds_per_epoch")
        bars = time.bar(places, seconds, 0.4, color=colour, label=f"{neurons} neurons a layer")
        time.bar_label(bars, [f"{value:.3g} s\n{value / seconds[0]:.3g}×" for value in seconds], fontsize=7)
        memory.bar_label(memory.bar(places, numbers(part, "memory_mib"), 0.4, color=colour), fontsize=7)
    for axes in (time, memory):
        axes.set_xticks(range(len(part)), [f"{row['closure']}\n({row['columns']})" for row in part])
        axes.set(yscale="log")
        axes.margins(y=0.2)
    time.set_ylabel("seconds an epoch")
    memory.set_ylabel("peak memory (MiB)")
    time.legend(loc="upper left")


def profile(rows):
    print("| part | share | seconds | at the limit | which limit |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        share = f"{100 * float(row['share']):.1f} %"
        print("| " + " | ".join((row["part"], share, row["seconds"], row["least_seconds"], row["limit"])) + " |")
    axes, = panels(1, 8, 0.4 * len(rows) + 1.2)
    places = np.arange(len(rows))
    bars = axes.barh(places - 0.2, numbers(rows, "seconds"), 0.4, color=BLUE, label="measured")
    axes.bar_label(bars, [f" {100 * float(row['share']):.1f} %" for row in rows], fontsize=8)
    bounded = [i for i, row in enumerate(rows) if row["least_seconds"]]
    axes.barh(places[bounded] + 0.2, numbers([rows[i] for i in bounded], "least_seconds"), 0.4, color=ORANGE,
              label="at the machine's limit")
    axes.set_yticks(places, [row["part"] for row in rows], fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel("seconds of processor time")
    axes.legend(loc="lower right")


DRAWN = {draw.__name__: draw for draw in
         (dense, growth, rank, exponents, ranks, hosts, predict, products, coupled, agreement, billion, profile, tangents)}
DRAWN["hundred-billion"] = billion


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=DRAWN, metavar="NAME")
    parser.add_argument("--results", type=Path, default=Path(__file__).resolve().parent.parent / "results")
    options = parser.parse_args()
    for name in options.names:
        path = options.results / f"waveform-{name}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            DRAWN[name](list(csv.DictReader(file)))
        plt.savefig(path.with_suffix(".png"), dpi=150)
        plt.close("all")


if __name__ == "__main__":
    main()
