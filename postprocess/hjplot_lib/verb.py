"""What the command line knows of a verb, and what verbs have in common: options, and how run files are opened."""
from collections.abc import Callable
from dataclasses import dataclass

from hjcommon_lib.places import Read
from hjplot_lib import style
from hjplot_lib.inputs import tell_apart
from hjplot_lib.outputs import Picture, Table
from hjplot_lib.runfile import PlotError, RunFile, note


def open_runs(arguments):
    labels = vars(arguments).get("label") or [None] * len(arguments.runs)
    if len(labels) != len(arguments.runs):
        raise PlotError(f"{len(labels)} --label given for {len(arguments.runs)} runs")
    runs = [RunFile(path, label) for path, label in zip(arguments.runs, labels)]
    tell_apart(runs)
    return noted(runs)


def noted(runs):
    for run in runs:
        if not run.finished:
            note(f"{run.path}: {run.progress()}")
    return runs


def inches(text):
    width = style.Width.COLUMN if text == "column" else float(text)
    if not style.Width.LEAST <= width <= 30.0:
        raise ValueError
    return width


@dataclass(frozen=True)
class Verb:
    """A module that has one, called VERB, is a verb of hjplot's where cli.py lists it."""
    name: str
    does: str  # what its own help begins with: "Draws", ...; may be empty
    text: str
    # make(what `read` returned, arguments) yields (place, what comes there), each as it is ready: a picture or a table at
    # the path that an argument is, or a text at None, which is standard output.
    make: Callable
    options: list
    read: Callable = open_runs  # of the arguments

    def description(self):
        return f"{self.does}: {self.text}." if self.does else f"{self.text[0].upper()}{self.text[1:]}."


def option(*names, **keywords):
    """As argparse's add_argument takes it."""
    return names, keywords


def run_files(text=None, count="+"):
    return option("runs", nargs=count, type=Read, metavar="RUN.h5", help=text)


def run_file(name, text):
    """One of several that differ in what they are."""
    return option("runs", action="append", type=Read, metavar=name, help=text)


def label(what="legend text"):
    return option("--label", action="append", metavar="TEXT", help=f"{what}, once a run, in their order")


def csv(text):
    return option("--csv", type=Table, metavar="FILE", help=text)


PICTURE = (option("-o", "--output", type=Picture, required=True, metavar="FILE", help="picture: .png, .pdf or .svg"),
           option("--title", metavar="TEXT", help="title instead of the usual one"),
           option("--width", type=inches, metavar="INCHES", help="of the picture, or column: 3.4, one of a journal's"),
           option("--dpi", type=int, default=200, help="dots per inch (default 200)"))
