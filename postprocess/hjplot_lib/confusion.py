"""Which classes a network takes for which: the confusion matrix of one set after one epoch."""
from pathlib import Path

import h5py
import numpy as np

from hjcommon_lib.notes import stored_text
from hjcommon_lib.places import Read
from hjplot_lib import style
from hjplot_lib.evaluations import Evaluations
from hjplot_lib.runfile import PlotError, text_of, open_hdf5
from hjplot_lib.verb import PICTURE, Verb, option, run_files

MOST_LETTERS = 16  # of a class at an axis
MOST_WRITTEN = 20  # classes whose counts are written into the cells
MOST_TICKS = 26
ROOM = 60  # letters along an axis


def collect(run, chosen_set=None, epoch=None):
    """The evaluations, the name of the set, and the row of the evaluation."""
    found = Evaluations(run)
    if not found.has_classes:
        raise PlotError(f"{run.path}: no confusion matrix: the network has a single output, and so no classes")
    name = chosen_set or ("test" if "test" in found.sets else found.sets[-1])
    if name not in found.sets:
        raise PlotError(f"{run.path}: no set '{name}'; there are {', '.join(found.sets)}")
    if epoch is None:
        epoch = "last" if found.choose is None else "best"
    if epoch not in ("best", "last") and not epoch.isdecimal():
        raise PlotError(f"--epoch: expected best, last or a number of epochs, got {epoch}")
    return found, name, found.row_of(epoch)


def class_names(found, name, data=None):
    """What the classes of a set are called in the file of `hjdata` that the run names, or in `data`: numbers where that
    file is gone or does not say."""
    group = found.run.require(f"/evaluation/{name}")
    classes = group["confusion"].shape[-1]
    numbers = [str(number) for number in range(classes)]
    path = Path(data or text_of(group.attrs.get("file", "")))
    if not data and not h5py.is_hdf5(path):
        return numbers
    with open_hdf5(path) as file:
        names = stored_text(file, "classes")
    if data and len(names) != classes:
        raise PlotError(f"{path}: names {len(names)} classes; expected {classes}, as the network has outputs")
    return names if len(names) == classes else numbers


def draw(found, name, row, names, title=None):
    counts = found.confusion(name, row)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    classes = len(counts)
    side = float(np.clip(0.5 * classes + 2.2, 5.4, 9.0))
    figure, axes = style.pyplot().subplots(figsize=(max(side + 1.0, 7.2), side))
    image = axes.imshow(100.0 * shares, cmap="Blues", vmin=0.0, vmax=100.0, interpolation="nearest")
    figure.colorbar(image, ax=axes, shrink=0.85, pad=0.02, label="share of the true class (%)")
    if classes <= MOST_WRITTEN:
        write_counts(axes, counts, shares)
    ticks = np.arange(0, classes, max(1, -(-classes // MOST_TICKS)))
    texts = [shortened(names[tick]) for tick in ticks]
    longest = max(map(len, texts))
    axes.set_xticks(ticks, texts, rotation=90 if longest * len(texts) > ROOM else 0)
    axes.set_yticks(ticks, texts)
    axes.tick_params(length=0)
    axes.set_xlabel("class answered")
    axes.set_ylabel("true class")
    axes.set_title(title or heading(found, name, row))
    return figure


def shortened(name):
    """As matplotlib takes it: its dollar begins mathematics."""
    name = name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1] + "…"
    return name.replace("$", r"\$")


def write_counts(axes, counts, shares):
    size = 9 if len(counts) <= 12 else 6.5
    for true, answered in np.argwhere(counts > 0):
        axes.text(answered, true, str(counts[true, answered]), ha="center", va="center", fontsize=size,
                  color="white" if shares[true, answered] > 0.55 else "black",
                  fontweight="normal" if true == answered else "bold")


def heading(found, name, row):
    counts = found.confusion(name, row)
    right = int(np.trace(counts))
    total = int(counts.sum())
    first = f", member {int(found.run.file['/ensemble'].attrs.get('first', 0))}" if found.run.members else ""
    chosen = ""
    if found.choose is not None and row == found.best()[0]:
        chosen = f", the best by {found.choose}"
    return (f"{found.run.label}{first}: set {name} after {found.epoch[row]} epochs{chosen}\n"
            f"{right} of {total} right: accuracy {100.0 * right / max(total, 1):.2f} %")


def report(found, name, row, names):
    """The heading, and the confusions that are most frequent."""
    counts = found.confusion(name, row).copy()
    np.fill_diagonal(counts, 0)
    lines = [heading(found, name, row)]
    order = np.argsort(-counts, axis=None, kind="stable")[:5]
    for true, answered in zip(*np.unravel_index(order, counts.shape)):
        if counts[true, answered] > 0:
            lines.append(f"{counts[true, answered]} of class {names[true]} taken for {names[answered]}")
    return "\n".join(lines) + "\n"


def make(runs, arguments):
    found, name, row = collect(runs[0], arguments.set, arguments.epoch)
    names = class_names(found, name, arguments.data)
    yield arguments.output, draw(found, name, row, names, arguments.title)
    yield None, report(found, name, row, names)


VERB = Verb("confusion", "Draws and prints",
            "which classes are taken for which: the confusion matrix of a set of patterns", make,
            [run_files("a run with a table [evaluate]", 1),
             option("--set", metavar="NAME", help="which set (default: test, or the last)"),
             option("--data", type=Read, metavar="FILE",
                    help="file of hjdata that names the classes (default: the one that the run names, if it is there)"),
             option("--epoch", metavar="EPOCH",
                    help="best, last, or a number of epochs done (default: best where a set chooses it, else last)"), *PICTURE])
