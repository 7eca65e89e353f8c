"""The command line of hjplot. Exit status 0: written; 2: bad input or usage."""
import argparse
import sys
from pathlib import Path

from hjplot_lib.runfile import PlotError, RunFile, note

PICTURES = {
    "potential": "averaged learning potential H_int(t), its standard error and its fits (paper, figure 2)",
    "entanglement": "concurrence of the two particles over time, unphysical stretches marked (paper, figure 3)",
    "network": "layers, weights at the start and at the end, and y(t) where the run holds it",
}


def parser():
    top = argparse.ArgumentParser(prog="hjplot", description="Pictures and tables from hjnet run files.")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in PICTURES.items():
        verb = verbs.add_parser(name, help=text, description=f"Draws: {text}.")
        verb.add_argument("runs", nargs="+", metavar="RUN.h5", help="run files, drawn into one picture")
        verb.add_argument("-o", "--output", required=True, metavar="FILE", help="picture: .png, .pdf or .svg")
        verb.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
        verb.add_argument("--title", metavar="TEXT", help="title instead of the usual one")
        verb.add_argument("--dpi", type=int, default=200, help="dots per inch (default 200)")
        if name == "potential":
            verb.add_argument("--no-mie", action="store_true", help="leave out the Mie fit")
        if name == "entanglement":
            verb.add_argument("--panel", choices=["auto", "eigenvalue", "negativity"], default="auto",
                              help="lower panel (default: smallest eigenvalue where a stretch is unphysical)")
    table = verbs.add_parser("table", help="key figures, a line a run", description="Key figures, a line a run.")
    table.add_argument("runs", nargs="+", metavar="RUN.h5")
    table.add_argument("--label", action="append", metavar="TEXT", help="name of a run, once a run, in their order")
    table.add_argument("--format", choices=["text", "csv", "markdown"], default="text")
    table.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    return top


def open_runs(arguments):
    labels = arguments.label or [None] * len(arguments.runs)
    if len(labels) != len(arguments.runs):
        raise PlotError(f"{len(labels)} --label given for {len(arguments.runs)} runs")
    runs = [RunFile(path, label) for path, label in zip(arguments.runs, labels)]
    for run in runs:
        if not run.finished:
            note(f"{run.path}: {run.progress()}")
    return runs


def draw(arguments, runs):
    # Late, so that `hjplot table` and errors do not wait for matplotlib.
    from hjplot_lib import entanglement, network, potential, style

    style.use_print_style()
    if arguments.verb == "potential":
        figure = potential.draw(runs, mie=not arguments.no_mie, title=arguments.title)
    elif arguments.verb == "entanglement":
        figure = entanglement.draw(runs, panel=arguments.panel, title=arguments.title)
    else:
        figure = network.draw(runs, title=arguments.title)
    style.save(figure, arguments.output, arguments.dpi)


def tabulate(arguments, runs):
    from hjplot_lib import table

    text = table.render(runs, arguments.format)
    if arguments.output is None:
        sys.stdout.write(text)
        return
    try:
        Path(arguments.output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlotError(f"{arguments.output}: {error.strerror}") from error


def main(argv=None):
    arguments = parser().parse_args(argv)
    try:
        runs = open_runs(arguments)
        (tabulate if arguments.verb == "table" else draw)(arguments, runs)
    except PlotError as error:
        note(str(error))
        return 2
    return 0
