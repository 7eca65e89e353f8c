"""Recall in a Hopfield network: stored patterns, corrupted copies of them, what the network made of these, and E(t)."""
from pathlib import Path

import numpy as np

from hjcommon_lib.places import Read
from hjplot_lib import style
from hjplot_lib.runfile import PlotError, open_hdf5
from hjplot_lib.verb import PICTURE, Verb, option, run_files

MAX_DRAWN = 6  # recalls drawn as pictures


class Recalls:
    """The recalls of a run: each layer is a copy of the network, started from a corrupted pattern of the data file."""

    def __init__(self, run, data=None):
        network = run.input.get("network", {})
        start = network.get("initial_state", {})
        found = data or (start.get("file") if isinstance(start, dict) else None)
        if found is None:
            raise PlotError(f"{run.path}: network.initial_state is not from a file of `hjdata hopfield`; expected --data FILE")
        with open_hdf5(Path(found)) as file:
            for name in ("weights", "patterns", "shown"):
                if name not in file:
                    raise PlotError(f"{found}: no /{name}: not a file of `hjdata hopfield`")
            self.weights, patterns, shown = file["weights"][:], file["patterns"][:], file["shown"][:]
        y = run.series("/states/y", "the run was made without output.states = true")
        layers = network.get("layer", [])
        neurons = patterns.shape[1]
        if [layer["neurons"] for layer in layers] != [neurons] * len(shown):
            raise PlotError(f"{run.path}: {len(layers)} layers; expected {len(shown)} of {neurons} neurons, as {found} has starts")
        if any(layer.get("transfer", "tanh") != "tanh" for layer in layers):
            raise PlotError(f"{run.path}: expected layers with transfer = \"tanh\"")
        self.time, self.total = run.time, run.series("/series/error")
        self.y = y.reshape(len(y), len(shown), neurons)
        self.stored = patterns[shown]
        self.names = [layer["name"] for layer in layers]

    def wrong(self, sample):
        """Of each recall, neurons whose sign is not the stored one."""
        return np.count_nonzero(np.sign(self.y[sample]) != self.stored, axis=1)

    def overlap(self):
        """xi . y / N of each recall against time."""
        return np.einsum("trk,rk->tr", self.y, self.stored) / self.stored.shape[1]

    def energy(self):
        """E of each recall against time (Y = theta = 0)."""
        from scipy.special import xlog1py

        inverse = 0.5 * (xlog1py(1 + self.y, self.y) + xlog1py(1 - self.y, -self.y))
        return inverse.sum(axis=2) - 0.5 * np.einsum("trk,kl,trl->tr", self.y, self.weights, self.y)


def report(recalls):
    energy = recalls.energy()
    first, last = recalls.wrong(0), recalls.wrong(-1)
    lines = [f"{name}: {a} of {recalls.stored.shape[1]} wrong at the start, {b} at the end, overlap {m:.4f}; "
             f"E from {e[0]:.4f} to {e[-1]:.4f}, largest rise between samples {max(0.0, np.diff(e).max()):.1e}"
             for name, a, b, m, e in zip(recalls.names, first, last, recalls.overlap()[-1], energy.T)]
    off = np.abs(energy.sum(axis=1) - recalls.total).max()
    return "\n".join(lines) + f"\nsum of these E against the run's: {off:.1e}\n"


def draw(run, recalls, title=None):
    drawn = min(len(recalls.names), MAX_DRAWN)
    height = 1.25 * drawn + 0.9
    narrow = style.Width.is_narrow()
    figure = style.pyplot().figure(figsize=(style.Width.STACKED, 2.0 * height) if narrow else (9.2, height))
    figure.suptitle(title or f"{run.label}: stored patterns recalled by the network's dynamics", fontsize=12)
    left, right = style.beside(figure, [1.0, 1.05])
    middle = int(np.searchsorted(recalls.time, recalls.time[0] + 0.1 * (recalls.time[-1] - recalls.time[0])))
    samples = [0, middle, len(recalls.time) - 1]
    panels = left.subplots(drawn, 4, squeeze=False)
    for r in range(drawn):
        pictures = [recalls.stored[r]] + [recalls.y[s, r] for s in samples]
        for axes, values in zip(panels[r], pictures):
            image = axes.imshow(as_picture(values), cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
            axes.set_xticks([])
            axes.set_yticks([])
        panels[r, 0].set_ylabel(recalls.names[r].replace("_", " "))
    titles = ["stored"] + [f"$t$ = {recalls.time[s]:.3g}" for s in samples]
    for axes, text in zip(panels[0], titles):
        axes.set_title(text, fontsize=10)
    left.colorbar(image, ax=panels.ravel().tolist(), orientation="horizontal", fraction=0.03, pad=0.02, label="output $y$")
    draw_curves(right, recalls)
    return figure


def as_picture(values):
    """A square where the neurons make one, a row otherwise."""
    side = int(round(np.sqrt(values.size)))
    return values.reshape(side, side) if side * side == values.size else values.reshape(1, -1)


def draw_curves(figure, recalls):
    top, bottom = figure.subplots(2, 1, sharex=True)
    energy, overlap = recalls.energy(), recalls.overlap()
    for r, name in enumerate(recalls.names):
        step = max(1, len(recalls.time) // 8)
        look = {"color": style.colour(r), "marker": style.marker(r), "markersize": 4,
                "markevery": (r * step // MAX_DRAWN % step, step), "alpha": 1.0 if r < len(style.COLOURS) else 0.4}
        label = name.replace("_", " ") if r < MAX_DRAWN else None
        top.plot(recalls.time, energy[:, r], label=label, **look)
        bottom.plot(recalls.time, overlap[:, r], **look)
    top.set_ylabel("energy $E(t)$")
    top.legend(frameon=False)
    bottom.set_ylabel(r"overlap $\xi\cdot y/N$")
    bottom.set_xlabel("time $t$")
    bottom.set_ylim(top=1.03)
    bottom.axhline(1.0, color="0.8", linewidth=0.8, zorder=0)


def make(runs, arguments):
    recalls = Recalls(runs[0], arguments.data)
    yield arguments.output, draw(runs[0], recalls, arguments.title)
    yield None, report(recalls)


VERB = Verb("hopfield", "Draws and prints",
            "recall in a Hopfield network: patterns stored, started from and ended at, energy and overlap over time", make,
            [run_files("a run from a file of hjdata hopfield", 1),
             option("--data", type=Read, metavar="FILE", help="that file (default: the one that the run names)"), *PICTURE])
