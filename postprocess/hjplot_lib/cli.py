"""The command line of hjplot. Exit status 0: written; 2: bad input or usage."""
import argparse
import sys

from hjplot_lib.runfile import PlotError, RunFile, format_of, note, write_text

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
        verb.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
        picture_options(verb, draw)
        if name == "potential":
            verb.add_argument("--no-mie", action="store_true", help="leave out the Mie fit")
        if name == "entanglement":
            verb.add_argument("--panel", choices=["auto", "eigenvalue", "negativity"], default="auto",
                              help="lower panel (default: smallest eigenvalue where a stretch is unphysical)")
    text = "Stokes vectors and concurrence of a run with particles.feedback beside the same run without"
    feedback = verbs.add_parser("feedback", help=text, description=f"Draws: {text}.")
    feedback.add_argument("plain", metavar="PLAIN.h5", help="the run without feedback")
    feedback.add_argument("fed", metavar="FEEDBACK.h5", help="the run with it")
    feedback.add_argument("--label", action="append", metavar="TEXT", help="legend text, once a run, in their order")
    picture_options(feedback, draw_feedback)
    text = "orbits of gauge constraints: members that differ in multipliers and displacements, and what they agree on"
    gauge = verbs.add_parser("gauge", help=text, description=f"Draws and prints: {text}.")
    gauge.add_argument("runs", nargs="+", metavar="RUN.h5", help="an ensemble, or several runs of one input")
    gauge.add_argument("--constraint", metavar="NAME", help="whose orbits are drawn (default: the one across which the weights learn most)")
    gauge.add_argument("--csv", metavar="FILE", help="also write the table: quantity, spread, invariant or not")
    gauge.set_defaults(label=None)
    picture_options(gauge, draw_gauge)
    text = "the path kernel of a learning run, its spectrum, and its accounts of the change of the outputs"
    kernel = verbs.add_parser("kernel", help=text, description=f"Draws and prints: {text}.")
    kernel.add_argument("runs", nargs=1, metavar="RUN.h5", help="a run with a table [kernel]")
    kernel.set_defaults(label=None)
    picture_options(kernel, draw_kernel)
    text = "tori over a section of orbits (one or two dimensions), and where there are none"
    torus = verbs.add_parser("torus", help=text, description=f"Draws: {text}.")
    torus.add_argument("file", metavar="TORUS.h5", help="a file of hjnet torus")
    picture_options(torus, draw_torus)
    text = "a wavefunction: its phase as colour, its density against the members of a family, or against orbits"
    wave = verbs.add_parser("wavefunction", help=text, description=f"Draws: {text}.")
    wave.add_argument("runs", nargs=1, metavar="RUN.h5", help="a run with a table [wavefunction], or a file of hjnet torus")
    wave.add_argument("--level", type=int, metavar="N",
                      help="of a torus file: row of its levels, from 0 (default: the first that has a torus)")
    wave.add_argument("--time", type=int, default=0, metavar="N", help="of a torus file: number of the time, from 0")
    wave.set_defaults(label=None)
    picture_options(wave, draw_wavefunction)
    table = verbs.add_parser("table", help="key figures, a line a run", description="Key figures, a line a run.")
    table.add_argument("runs", nargs="+", metavar="RUN.h5")
    table.add_argument("--label", action="append", metavar="TEXT", help="name of a run, once a run, in their order")
    table.add_argument("--format", choices=["text", "csv", "markdown"], default="text")
    table.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    table.set_defaults(act=tabulate)
    add_studies(verbs)
    return top


def add_studies(verbs):
    """Verbs that read many runs as one study."""
    text = "speed-up, efficiency and a fitted model of runs on several numbers of ranks"
    scaling = verbs.add_parser("scaling", help=text, description=f"Draws and prints: {text}.")
    scaling.add_argument("files", nargs="+", metavar="FILE",
                         help="run files, or tables that --csv wrote (.csv); of repeated runs the fastest counts")
    picture_options(scaling, scale)
    scaling.add_argument("--csv", metavar="FILE", help="also write the timings as a table, a row a run")
    scaling.add_argument("--extrapolate", type=int, metavar="RANKS",
                         help="evaluate the model up to so many ranks (default: 8 times the most measured)")
    text = "what came of the runs of a parameter scan, against the input keys in which they differ"
    scan = verbs.add_parser("scan", help=text, description=f"Draws: {text}.")
    scan.add_argument("runs", nargs="+", metavar="RUN.h5")
    picture_options(scan, draw_scan)
    scan.add_argument("--csv", metavar="FILE", help="also write a table, a row a run")


def picture_options(verb, act):
    verb.add_argument("-o", "--output", required=True, metavar="FILE", help="picture: .png, .pdf or .svg")
    verb.add_argument("--title", metavar="TEXT", help="title instead of the usual one")
    verb.add_argument("--dpi", type=int, default=200, help="dots per inch (default 200)")
    verb.set_defaults(act=act)


def open_runs(arguments):
    labels = arguments.label or [None] * len(arguments.runs)
    if len(labels) != len(arguments.runs):
        raise PlotError(f"{len(labels)} --label given for {len(arguments.runs)} runs")
    return noted([RunFile(path, label) for path, label in zip(arguments.runs, labels)])


def noted(runs):
    for run in runs:
        if not run.finished:
            note(f"{run.path}: {run.progress()}")
    return runs


def draw(arguments):
    runs = open_runs(arguments)
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


def draw_feedback(arguments):
    arguments.runs = [arguments.plain, arguments.fed]
    runs = open_runs(arguments)
    from hjplot_lib import feedback, style

    style.use_print_style()
    style.save(feedback.draw(runs, arguments.title), arguments.output, arguments.dpi)


def draw_gauge(arguments):
    from hjplot_lib import gauge

    runs = open_runs(arguments)
    orbits = gauge.collect(runs)
    rows = gauge.table(orbits)
    if arguments.csv is not None:
        write_text(arguments.csv, gauge.render_csv(rows))
    from hjplot_lib import gauge_picture, style

    style.use_print_style()
    style.save(gauge_picture.draw(runs, orbits, arguments.constraint, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(gauge.render(rows) + f"largest |G|: {orbits.surface:.2e}\n")


def draw_kernel(arguments):
    from hjplot_lib import kernel

    run = open_runs(arguments)[0]
    found = kernel.Kernel(run)
    from hjplot_lib import style

    style.use_print_style()
    style.save(kernel.draw(run, found, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(kernel.report(found))


def draw_torus(arguments):
    from hjplot_lib import style, torus, torusfile

    style.use_print_style()
    style.save(torus.draw(torusfile.TorusFile(arguments.file), arguments.title), arguments.output, arguments.dpi)


def draw_torus_wave(arguments):
    from hjplot_lib import style, torus_wave, torusfile

    style.use_print_style()
    figure = torus_wave.draw(torusfile.TorusFile(arguments.runs[0]), arguments.level, arguments.time, arguments.title)
    style.save(figure, arguments.output, arguments.dpi)


def draw_wavefunction(arguments):
    if format_of(arguments.runs[0]) == "hjnet-torus":
        draw_torus_wave(arguments)
        return
    run = open_runs(arguments)[0]
    from hjplot_lib import network_wave, style

    style.use_print_style()
    style.save(network_wave.draw(run, arguments.title), arguments.output, arguments.dpi)


def tabulate(arguments):
    from hjplot_lib import table

    text = table.render(open_runs(arguments), arguments.format)
    if arguments.output is None:
        sys.stdout.write(text)
    else:
        write_text(arguments.output, text)


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
    style.use_print_style()
    style.save(scaling.draw(study, model, last, arguments.title), arguments.output, arguments.dpi)
    sys.stdout.write(scaling.report(study, model, last))


def draw_scan(arguments):
    from hjplot_lib import scan, table

    found, rows = scan.collect(noted([RunFile(path, may_be_empty=True) for path in arguments.runs]))
    if arguments.csv is not None:
        write_text(arguments.csv, table.render_csv(rows))
    from hjplot_lib import scan_picture, style

    style.use_print_style()
    style.save(scan_picture.draw(found, arguments.title), arguments.output, arguments.dpi)


def main(argv=None):
    arguments = parser().parse_args(argv)
    try:
        arguments.act(arguments)
    except PlotError as error:
        note(str(error))
        return 2
    return 0
