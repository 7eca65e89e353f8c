"""The command line of hjplot. Exit status 0: written; 1: failed; 2: bad input or usage."""
import argparse
import sys

from hjcommon_lib.ending import ended
from hjcommon_lib.places import Read, Written, check_places, paths_of
from hjplot_lib.inputs import tell_apart
from hjplot_lib.outputs import Picture, Table, check_replaced, write_table
from hjplot_lib.runfile import PlotError, RunFile, format_of, note

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
        verb.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5", help="run files, drawn into one picture")
        verb.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
        picture_options(verb, draw)
        if name == "potential":
            verb.add_argument("--no-mie", action="store_true", help="leave out the Mie fit")
        if name == "entanglement":
            verb.add_argument("--panel", choices=["auto", "eigenvalue", "negativity"], default="auto",
                              help="lower panel (default: smallest eigenvalue where a stretch is unphysical)")
            verb.add_argument("--from", dest="start", type=float, metavar="TIME", help="leave out what is earlier")
    text = "Stokes vectors and concurrence of a run with particles.feedback beside the same run without"
    feedback = verbs.add_parser("feedback", help=text, description=f"Draws: {text}.")
    feedback.add_argument("plain", type=Read, metavar="PLAIN.h5", help="the run without feedback")
    feedback.add_argument("fed", type=Read, metavar="FEEDBACK.h5", help="the run with it")
    feedback.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
    picture_options(feedback, draw_feedback)
    text = "what one ensemble has more than another, member by member: differences of pairs drawn from the same seed"
    pairs = verbs.add_parser("difference", help=text, description=f"Draws and prints: {text}.")
    pairs.add_argument("first", type=Read, metavar="RUN.h5", help="an ensemble")
    pairs.add_argument("second", type=Read, metavar="OTHER.h5", help="what is taken from it: an ensemble of the same seed")
    pairs.add_argument("--quantity", choices=["concurrence", "interaction", "action"], default="concurrence")
    pairs.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
    picture_options(pairs, draw_difference)
    text = "orbits of gauge constraints: members that differ in multipliers and displacements, and what they agree on"
    gauge = verbs.add_parser("gauge", help=text, description=f"Draws and prints: {text}.")
    gauge.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5", help="an ensemble, or several runs of one input")
    gauge.add_argument("--constraint", metavar="NAME", help="whose orbits are drawn (default: the one across which the weights learn most)")
    gauge.add_argument("--csv", type=Table, metavar="FILE", help="also write the table: quantity, spread, invariant or not")
    gauge.set_defaults(label=None)
    picture_options(gauge, draw_gauge)
    text = "the path kernel of a learning run, its spectrum, and its accounts of the change of the outputs"
    kernel = verbs.add_parser("kernel", help=text, description=f"Draws and prints: {text}.")
    kernel.add_argument("runs", nargs=1, type=Read, metavar="RUN.h5", help="a run with a table [kernel]")
    kernel.set_defaults(label=None)
    picture_options(kernel, draw_kernel)
    add_evaluations(verbs)
    text = "learned values and greedy actions of a grid world beside those of value iteration, and how they got there"
    gridworld = verbs.add_parser("gridworld", help=text, description=f"Draws and prints: {text}.")
    gridworld.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5",
                           help="runs with [environment]; the cells are the first one's, the errors those of all")
    gridworld.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
    picture_options(gridworld, draw_gridworld)
    text = "recall in a Hopfield network: patterns stored, started from and ended at, energy and overlap over time"
    hopfield = verbs.add_parser("hopfield", help=text, description=f"Draws and prints: {text}.")
    hopfield.add_argument("runs", nargs=1, type=Read, metavar="RUN.h5", help="a run from a file of hjdata hopfield")
    hopfield.add_argument("--data", type=Read, metavar="FILE", help="that file (default: the one that the run names)")
    hopfield.set_defaults(label=None)
    picture_options(hopfield, draw_hopfield)
    text = "tori over a section of orbits (one or two dimensions), and where there are none"
    torus = verbs.add_parser("torus", help=text, description=f"Draws: {text}.")
    torus.add_argument("file", type=Read, metavar="TORUS.h5", help="a file of hjnet torus")
    picture_options(torus, draw_torus)
    text = "a wavefunction: its phase as colour, its density against the members of a family, or against orbits"
    wave = verbs.add_parser("wavefunction", help=text, description=f"Draws: {text}.")
    wave.add_argument("runs", nargs=1, type=Read, metavar="RUN.h5", help="a run with a table [wavefunction], or a file of hjnet torus")
    wave.add_argument("--level", type=int, metavar="N",
                      help="of a torus file: row of its levels, from 0 (default: the first that has a torus)")
    wave.add_argument("--time", type=int, default=0, metavar="N", help="of a torus file: number of the time, from 0")
    wave.set_defaults(label=None)
    picture_options(wave, draw_wavefunction)
    table = verbs.add_parser("table", help="key figures, a line a run", description="Key figures, a line a run.")
    table.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5")
    table.add_argument("--label", action="append", metavar="TEXT", help="name of a run, once a run, in their order")
    table.add_argument("--format", choices=["text", "csv", "markdown"], default="text")
    table.add_argument("-o", "--output", type=Table, metavar="FILE", help="default: standard output")
    table.set_defaults(act=tabulate)
    add_studies(verbs)
    return top


def add_evaluations(verbs):
    """Verbs about what a network learns."""
    text = "accuracy and error of every set of patterns against epochs, and the account of the energies"
    learning = verbs.add_parser("learning", help=text, description=f"Draws and prints: {text}.")
    learning.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5", help="run files, drawn into one picture")
    learning.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
    picture_options(learning, draw_learning)
    text = "which classes are taken for which: the confusion matrix of a set of patterns"
    confusion = verbs.add_parser("confusion", help=text, description=f"Draws and prints: {text}.")
    confusion.add_argument("runs", nargs=1, type=Read, metavar="RUN.h5", help="a run with a table [evaluate]")
    confusion.add_argument("--set", metavar="NAME", help="which set (default: test, or the last)")
    confusion.add_argument("--data", type=Read, metavar="FILE",
                           help="file of hjdata that names the classes (default: the one that the run names, if it is there)")
    confusion.add_argument("--epoch", metavar="EPOCH",
                           help="best, last, or a number of epochs done (default: best where a set chooses it, else last)")
    confusion.set_defaults(label=None)
    picture_options(confusion, draw_confusion)


def add_studies(verbs):
    """Verbs that read many runs as one study."""
    text = "speed-up, efficiency and a fitted model of runs on several numbers of ranks"
    scaling = verbs.add_parser("scaling", help=text, description=f"Draws and prints: {text}.")
    scaling.add_argument("files", nargs="+", type=Read, metavar="FILE",
                         help="run files, or tables that --csv wrote (.csv); of repeated runs the fastest counts")
    picture_options(scaling, scale)
    scaling.add_argument("--csv", type=Table, metavar="FILE", help="also write the timings as a table, a row a run")
    scaling.add_argument("--extrapolate", type=int, metavar="RANKS",
                         help="evaluate the model up to so many ranks (default: 8 times the most measured)")
    text = "which Hamiltonians learn: runs that differ from the first in inertia, memory, ..., beside linear theory"
    learners = verbs.add_parser("learning-study", help=text, description=f"Draws and prints: {text}.")
    learners.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5", help="the base run first (jobscripts/learning-study.sh)")
    learners.add_argument("--set", default="train", metavar="NAME", help="whose error is drawn (default train)")
    learners.set_defaults(label=None)
    picture_options(learners, draw_learning_study)
    text = "where H_int goes while a network learns: the patterns' changes and the work of the weights, from y and Delta"
    account = verbs.add_parser("learning-account", help=text, description=f"Prints: {text}.")
    account.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5", help="runs with output.states and patterns in file order")
    account.set_defaults(label=None, act=draw_up_account)
    text = "what came of the runs of a parameter scan, against the input keys in which they differ"
    scan = verbs.add_parser("scan", help=text, description=f"Draws: {text}.")
    scan.add_argument("runs", nargs="+", type=Read, metavar="RUN.h5")
    picture_options(scan, draw_scan)
    scan.add_argument("--csv", type=Table, metavar="FILE", help="also write a table, a row a run")


def picture_options(verb, act):
    verb.add_argument("-o", "--output", type=Picture, required=True, metavar="FILE", help="picture: .png, .pdf or .svg")
    verb.add_argument("--title", metavar="TEXT", help="title instead of the usual one")
    verb.add_argument("--dpi", type=int, default=200, help="dots per inch (default 200)")
    verb.set_defaults(act=act)


def open_runs(arguments):
    labels = arguments.label or [None] * len(arguments.runs)
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


def draw(arguments):
    runs = open_runs(arguments)
    # Late, so that `hjplot table` and errors do not wait for matplotlib.
    from hjplot_lib import entanglement, network, potential, style

    if arguments.verb == "potential":
        figure = potential.draw(runs, mie=not arguments.no_mie, title=arguments.title)
    elif arguments.verb == "entanglement":
        figure = entanglement.draw(runs, panel=arguments.panel, start=arguments.start, title=arguments.title)
    else:
        figure = network.draw(runs, title=arguments.title)
    style.save(figure, arguments.output, arguments.dpi)


def draw_feedback(arguments):
    arguments.runs = [arguments.plain, arguments.fed]
    runs = open_runs(arguments)
    from hjplot_lib import feedback, style

    style.save(feedback.draw(runs, arguments.title), arguments.output, arguments.dpi)


def draw_difference(arguments):
    from hjplot_lib import difference

    arguments.runs = [arguments.first, arguments.second]
    runs = open_runs(arguments)
    text = difference.describe(runs, arguments.quantity)
    from hjplot_lib import style

    style.save(difference.draw(runs, arguments.quantity, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(text)


def draw_gauge(arguments):
    from hjplot_lib import gauge

    runs = open_runs(arguments)
    orbits = gauge.collect(runs)
    rows = gauge.table(orbits)
    if arguments.csv is not None:
        write_table(arguments.csv, gauge.render_csv(rows))
    from hjplot_lib import gauge_picture, style

    style.save(gauge_picture.draw(runs, orbits, arguments.constraint, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(gauge.render(rows) + f"largest |G|: {orbits.surface:.2e}\n")


def draw_kernel(arguments):
    from hjplot_lib import kernel

    run = open_runs(arguments)[0]
    found = kernel.Kernel(run)
    from hjplot_lib import style

    style.save(kernel.draw(run, found, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(kernel.report(found))


def draw_learning(arguments):
    from hjplot_lib import evaluations, learning

    runs = open_runs(arguments)
    found = learning.collect(runs)
    from hjplot_lib import style

    style.save(learning.draw(runs, found, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write("".join(evaluations.report(f) for f in found if f is not None))


def draw_confusion(arguments):
    from hjplot_lib import confusion

    chosen = confusion.collect(open_runs(arguments)[0], arguments.set, arguments.epoch)
    chosen = *chosen, confusion.class_names(*chosen[:2], arguments.data)
    from hjplot_lib import style

    style.save(confusion.draw(*chosen, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(confusion.report(*chosen))


def draw_gridworld(arguments):
    from hjplot_lib import gridworld

    runs = open_runs(arguments)
    worlds = [gridworld.World(run) for run in runs]
    from hjplot_lib import style

    style.save(gridworld.draw(runs, worlds, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(gridworld.report(runs, worlds))


def draw_hopfield(arguments):
    from hjplot_lib import hopfield

    run = open_runs(arguments)[0]
    recalls = hopfield.Recalls(run, arguments.data)
    from hjplot_lib import style

    style.save(hopfield.draw(run, recalls, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(hopfield.report(recalls))


def draw_torus(arguments):
    from hjplot_lib import style, torus, torusfile

    style.save(torus.draw(torusfile.TorusFile(arguments.file), arguments.title), arguments.output, arguments.dpi)


def draw_torus_wave(arguments):
    from hjplot_lib import style, torus_wave, torusfile

    figure = torus_wave.draw(torusfile.TorusFile(arguments.runs[0]), arguments.level, arguments.time, arguments.title)
    style.save(figure, arguments.output, arguments.dpi)


def draw_wavefunction(arguments):
    if format_of(arguments.runs[0]) == "hjnet-torus":
        draw_torus_wave(arguments)
        return
    run = open_runs(arguments)[0]
    from hjplot_lib import network_wave, style

    style.save(network_wave.draw(run, arguments.title), arguments.output, arguments.dpi)


def tabulate(arguments):
    from hjplot_lib import table

    text = table.render(open_runs(arguments), arguments.format)
    if arguments.output is None:
        sys.stdout.write(text)
    else:
        write_table(arguments.output, text)


def scale(arguments):
    from hjplot_lib import timings

    rows = timings.rows_of(arguments.files)
    study = timings.study_of(rows)
    # The table comes first: it is what took hours of computing.
    if arguments.csv is not None:
        timings.write_table(rows, arguments.csv)
    from hjplot_lib import scaling, scaling_model, style

    last = scaling.last_rank(study, arguments.extrapolate)
    model = scaling_model.fit(study)
    style.save(scaling.draw(study, model, last, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(scaling.report(study, model, last))


def draw_learning_study(arguments):
    from hjplot_lib import learning_study, style

    study = learning_study.Study(open_runs(arguments), arguments.set)
    sys.stdout.write(learning_study.report(study))
    style.save(learning_study.draw(study, arguments.title), arguments.output, arguments.dpi)


def draw_up_account(arguments):
    from hjplot_lib import energy_account

    for run in open_runs(arguments):
        sys.stdout.write(f"{run.label}\n{energy_account.report(energy_account.Account(run))}\n")


def draw_scan(arguments):
    from hjplot_lib import scan, table

    found, rows = scan.collect(noted([RunFile(path, may_be_empty=True) for path in arguments.runs]))
    if arguments.csv is not None:
        write_table(arguments.csv, table.render_csv(rows))
    from hjplot_lib import scan_picture, style

    style.save(scan_picture.draw(found, arguments.title), arguments.output, arguments.dpi)


def main(argv=None):
    arguments = parser().parse_args(argv)
    return ended("hjplot", lambda: act(arguments), paths_of(arguments, Read))


def act(arguments):
    check_places(arguments)
    check_replaced(paths_of(arguments, Written))
    arguments.act(arguments)
