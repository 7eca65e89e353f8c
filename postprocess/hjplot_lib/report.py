"""A page of one or several runs that stands by itself: what was asked, what came out, what is wrong with it, and how to
have it again. Pictures are those of the other verbs."""
import io
import re

import numpy as np

from hjplot_lib import (confusion, entanglement, evaluations, gauge_picture, gridworld, hopfield, inputs, kernel, learning,
                        measures, network, network_wave, potential, style, table)
from hjplot_lib.report_page import page
from hjplot_lib.outputs import Page
from hjplot_lib.runfile import PlotError, text_of
from hjplot_lib.verb import Verb, label, option, run_files

PROVENANCE = {"run id": "run_id", "continues": "parent_run_id", "made": "created", "hjnet": "code_version", "commit": "git_commit",
              "ranks": "ranks", "MPI": "mpi_version", "PETSc": "petsc_version", "SUNDIALS": "sundials_version",
              "HDF5": "hdf5_version", "random numbers": "random_numbers", "data read": "data_digest", "restarts": "restarts"}


STILL = 1e-6  # of its size: less is round-off of a solution


def has_classes(run):
    return run.has("/evaluation") and any("confusion" in group for group in run.file["/evaluation"].values()
                                          if hasattr(group, "keys"))


def draw_confusion(run):
    found, name, row = confusion.collect(run)
    return confusion.draw(found, name, row, confusion.class_names(found, name))


def potential_moves(run):
    """Whether H_int does: without anything that drives a network it is conserved, and its last digits are no picture."""
    value = run.series("/series/interaction")
    return np.ptp(value) > STILL * np.abs(value).max()


def has_recall(run):
    return (run.has("/states/y") and run.input.get("learning", {}).get("error") == "lyapunov"
            and isinstance(run.input.get("network", {}).get("initial_state"), dict))


# What a picture is called, whether a run has it, how it is drawn, and of how many runs.
EACH, TOGETHER = "each", "together"
PICTURES = (
    ("Learning potential", potential_moves, TOGETHER, potential.draw),
    ("Recall", has_recall, EACH, lambda run: hopfield.draw(run, hopfield.Recalls(run))),
    ("Entanglement", lambda run: run.has("/entanglement"), TOGETHER, entanglement.draw),
    ("Wavefunction", lambda run: run.has("/wavefunction"), EACH, network_wave.draw),
    ("Gauge orbits", lambda run: run.has("/ensemble/member/gauge_constraint"), EACH,
     lambda run: gauge_picture.draw([run], gauge_picture.collect([run]), None)),
    ("Evaluation", lambda run: run.has("/evaluation"), TOGETHER, lambda runs: learning.draw(runs, learning.collect(runs))),
    ("Confusion", has_classes, EACH, draw_confusion),
    ("Values of a decision process", lambda run: run.has("/environment"), TOGETHER,
     lambda runs: gridworld.draw(runs, [gridworld.World(run) for run in runs])),
    ("Path kernel", lambda run: run.has("/kernel"), EACH, lambda run: kernel.draw(run, kernel.Kernel(run))),
    ("Network", lambda run: True, EACH, lambda run: network.draw([run])),
)


def question(run):
    """What a run asks, in a sentence."""
    given = run.input
    layers = " - ".join(str(layer.get("neurons")) for layer in given.get("network", {}).get("layer", []))
    still = "" if given.get("learning", {}).get("enabled", True) else ", whose weights do not move,"
    several = run.all_members > 1
    who = f"{run.all_members} networks" if several else "a network"
    what = f"{who} of {layers} neurons{still}"
    do = "Do" if several else "Does"
    if run.has("/entanglement"):
        closure = given.get("particles", {}).get("closure", "bilinear")
        memory = given.get("boltzmann", {}).get("memory", "none")
        return (f"{do} {what} entangle the two particles that feed {'them' if several else 'it'}? (closure {closure}, "
                f"memory {memory}, {run.epochs} epochs)")
    if run.has("/environment"):
        return f"{do} {what} learn the values of a decision process in {run.epochs} epochs?"
    if run.has("/evaluation"):
        sets = ", ".join(one["name"] for one in given.get("evaluate", {}).get("set", []))
        return f"How well {do.lower()} {what} answer {sets} after {run.epochs} epochs?"
    if run.has("/wavefunction"):
        return f"Which wavefunction {do.lower()} {what} have?"
    if has_recall(run):
        return f"What {do.lower()} {what} come to rest at?"
    return f"How does the learning potential of {what} go over {run.epochs} epochs?"


def found(run):
    """What came out, as far as the table of numbers does not say it."""
    if not potential_moves(run):
        value = run.series("/series/interaction")
        yield f"H_int stays at {value[0]:.6g}, to {np.ptp(value):.1g}."
    if run.has("/evaluation"):
        yield from evaluations.report(evaluations.Evaluations(run)).strip().split("\n")
    if run.has("/entanglement"):
        try:
            known = measures.entanglement(run)
        except PlotError:
            return
        if known.state is not None:
            error = None if known.state_error is None else known.state_error[-1]
            yield ("To an observer who knows of the networks what ensemble.known says the concurrence is "
                   f"{table.with_error(known.state[-1], error)} at the end, {table.number(known.state.max())} at most.")


def violated(run):
    """What is wrong with a run's numbers; nothing where nothing is."""
    if not run.finished:
        yield f"The run is not complete: {run.progress()}."
    if run.has("/entanglement"):
        try:
            found = measures.entanglement(run)
        except PlotError as missing:
            yield f"{missing}."
        else:
            if found.unphysical_share > 0.0:
                yield (f"{100 * found.unphysical_share:.3g} % of the density matrices are not positive (smallest eigenvalue "
                       f"{measures.smallest_eigenvalue(run).min():.2g}): their measures mean nothing, and are not quoted.")
    if run.has("/gauge/constraint"):
        largest = np.abs(run.series("/gauge/constraint")).max()
        yield f"Constraints are kept to |G| = {largest:.2g}."
    if run.has("/diagnostics"):
        residual = float(run.file["/diagnostics"].attrs.get("action_residual", np.nan))
        if np.isfinite(residual):
            yield f"dJ/dt + H = 0 holds to {residual:.2g} (relative)."


def svg(figure):
    """The picture as text to stand in a page: no head, and a view box in place of a size."""
    out = io.StringIO()
    try:
        with style.pyplot().rc_context({"svg.hashsalt": "hjnet"}):  # marks that are the same in every page
            figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    finally:
        style.pyplot().close(figure)
    text = out.getvalue()[out.getvalue().index("<svg"):]
    return re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"([^>]*?) (?:width|height)="[^"]*"', r"\1\2", text, count=1)


def unique(text, number):
    """The marks that matplotlib names by their content may be those of another picture of the page: each gets its own.
    Images, to which nothing refers, need none."""
    text = re.sub(r'(<image\b[^>]*?) id="[^"]*"', r"\1", text)
    return re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\1p{number}-", text)


def pictures(runs):
    """(title, SVG) of all pictures that the runs have; why one could not be drawn instead of it."""
    for title, has, of, draw in PICTURES:
        owners = [run for run in runs if has(run)]
        for part in ([owners] if of == TOGETHER and owners else owners if of == EACH else []):
            name = title if of == TOGETHER or len(runs) == 1 else f"{title}: {part.label}"
            try:
                yield name, svg(draw(part)), None
            except PlotError as missing:
                yield name, None, str(missing)


def provenance(run):
    attributes = run.file.attrs
    for name, key in PROVENANCE.items():
        value = text_of(attributes[key]).strip() if key in attributes else ""
        if value:
            yield name, value
    for name in ("total", "integration", "quantum", "output"):
        seconds = float(run.file["/timing"].attrs.get(name, np.nan)) if run.has("/timing") else np.nan
        if np.isfinite(seconds):
            yield f"seconds, {name}", f"{seconds:.3g}"


def section(run):
    """What the page says of one run."""
    return {"name": run.label, "file": run.path.name, "question": question(run), "found": list(found(run)), "violated": list(violated(run)),
            "provenance": list(provenance(run)), "input": text_of(run.file.attrs.get("input", "")), "ranks": run.file.attrs.get("ranks")}


def make(runs, arguments):
    cells = [table.row(run) for run in runs]
    if not any(map(potential_moves, runs)):
        cells = [[cell for cell in row if cell[0] not in table.OF_POTENTIAL] for row in cells]
    kept = [i for i in range(len(cells[0])) if any(table.shown(row[i]) != table.NOTHING for row in cells)]
    figures = [(name, None if text is None else unique(text, number), missing)
               for number, (name, text, missing) in enumerate(pictures(runs))]
    varied = inputs.differing(runs, inputs.IGNORED) if len(runs) > 1 else {}
    yield arguments.output, page(
        arguments.title or (runs[0].label if len(runs) == 1 else f"{len(runs)} runs"),
        [section(run) for run in runs],
        [[cells[0][i][0].strip(), *(table.shown(row[i]) for row in cells)] for i in kept],
        [["key", *(run.label for run in runs)]] + [[key, *map(inputs.text, values)] for key, values in varied.items()],
        figures)


VERB = Verb("report", "Writes",
            "a page of its own on one or several runs: the question, pictures, numbers, what is violated, input and provenance",
            make,
            [run_files("run files, told on one page"), label("name of a run"),
             option("-o", "--output", type=Page, required=True, metavar="FILE.html", help="the page"),
             option("--title", metavar="TEXT", help="title instead of the usual one")])
