"""Key figures, a line a run. Entanglement is quoted where it is physical only."""
import csv
import io

import numpy as np

from hjplot_lib import measures
from hjplot_lib.outputs import Table
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import Verb, label, option, run_files

NOTHING = "-"
UNPHYSICAL = "unphysical"


def number(value, digits=4):
    """A number in short; what is below 1e-12 is round-off and shown as 0."""
    if value is None or not np.isfinite(value):
        return NOTHING
    return "0" if abs(value) < 1e-12 else f"{value:.{digits}g}"


def with_error(value, error):
    return number(value) if error is None else f"{number(value)} ± {number(error, 2)}"


OF_POTENTIAL = ("H_int start", "minimum", "at t", "plateau", "R2 LJ", "R2 Mie")


def row(run):
    """(heading, mean, standard error or None) of every column; text stands as it is."""
    shape = measures.potential_figures(run)
    lj, mie = run.fit("lj"), run.fit("mie")
    cells = [
        ("run", run.label, None),
        ("members", str(run.members or 1), None),
        ("H_int start", shape.start, shape.start_error),
        ("minimum", shape.minimum, shape.minimum_error),
        ("at t", shape.minimum_time, None),
        ("plateau", shape.plateau, None),
        ("R2 LJ", lj and lj["r2"], None),
        ("R2 Mie", mie and mie["r2"], None),
    ]
    return cells + entanglement_cells(run)


def entanglement_cells(run):
    names = ("largest C", "at t ", "final C", "unphysical")
    try:
        d = measures.entanglement(run)
    except PlotError:  # no particles, or not reached yet
        return [(name, None, None) for name in names]
    error = d.concurrence_error
    cells = [(names[0], UNPHYSICAL, None), (names[1], None, None)]
    quotable = d.physical & np.isfinite(d.concurrence)
    if quotable.any():
        best = int(np.argmax(np.where(quotable, d.concurrence, -np.inf)))
        cells = [(names[0], d.concurrence[best], None if error is None else error[best]),
                 (names[1], run.time[best], None)]
    final = (names[2], d.concurrence[-1], None if error is None else error[-1])
    cells.append(final if d.physical[-1] else (names[2], UNPHYSICAL, None))
    cells.append((names[3], f"{100 * d.unphysical_share:.3g} %", None))
    return cells


def shown(cell):
    _, value, error = cell
    return value if isinstance(value, str) else with_error(value, error)


def render(runs, form):
    rows = [row(run) for run in runs]
    if form == "csv":
        return render_csv(rows)
    lines = [[name.strip() for name, _, _ in rows[0]]] + [[shown(cell) for cell in cells] for cells in rows]
    if form == "markdown":
        lines.insert(1, ["---"] * len(lines[0]))
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() + "\n"
                   for line in lines)


def render_csv(rows):
    """Full precision, standard errors in columns of their own, empty where there is no number."""
    has_error = [any(cells[i][2] is not None for cells in rows) for i in range(len(rows[0]))]
    heading, seen = [], ""
    for i, (name, _, _) in enumerate(rows[0]):
        name = f"{seen} {name.strip()}" if name.startswith("at t") else name
        seen = name
        heading += [name, f"{name} standard error"] if has_error[i] else [name]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    for cells in rows:
        line = []
        for i, (_, value, error) in enumerate(cells):
            line.append("" if value is None else value if isinstance(value, str) else repr(float(value)))
            if has_error[i]:
                line.append("" if error is None else repr(float(error)))
        writer.writerow(line)
    return out.getvalue()


VERB = Verb("table", "", "key figures, a line a run",
            lambda runs, arguments: [(arguments.output, render(runs, arguments.format))],
            [run_files(), label("name of a run"), option("--format", choices=["text", "csv", "markdown"], default="text"),
             option("-o", "--output", type=Table, metavar="FILE", help="default: standard output")])
