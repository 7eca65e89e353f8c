"""Paired differences of two ensembles: members of one number are drawn from the same seed, so that what they have in
common cancels."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, label, option, run_file

QUANTITIES = {"concurrence": "concurrence $C$", "interaction": "learning potential $H_\\mathrm{int}$", "action": "action $J$"}


def paired(first, second, quantity):
    """(members x nt, members x nt) of the members that both ensembles have."""
    for run in (first, second):
        if not run.members:
            raise PlotError(f"{run.path}: expected a run with [ensemble], of which members can be paired")
    for name in ("seed", "epochs", "epoch_length", "samples_per_epoch"):
        values = [run.input.get("run", {}).get(name) for run in (first, second)]
        if values[0] != values[1]:
            raise PlotError(f"{second.path}: run.{name} = {values[1]} and {values[0]} in {first.path}: members cannot be paired")
    samples = min(first.samples, second.samples)
    rows = [{int(run.file["/ensemble"].attrs.get("first", 0)) + int(row): int(row) for row in run.rows} for run in (first, second)]
    common = sorted(rows[0].keys() & rows[1].keys())
    if not common:
        raise PlotError(f"{second.path}: no member of it has the number of one in {first.path}")
    path = f"/ensemble/member/{quantity}"
    values = [np.array([run.require(path)[row[number], :samples] for number in common])
              for run, row in zip((first, second), rows)]
    known = np.isfinite(values[0]).all(axis=1) & np.isfinite(values[1]).all(axis=1)
    if not known.any():
        raise PlotError(f"{first.path}: no member with {quantity} in both runs yet")
    return values[0][known], values[1][known]


def difference(first, second, quantity):
    """Mean of first minus second over the pairs and its standard error (None of a single pair), along time; pairs."""
    one, other = paired(first, second, quantity)
    each = one - other
    error = each.std(axis=0, ddof=1) / np.sqrt(len(each)) if len(each) > 1 else None
    return each.mean(axis=0), error, each


def draw(runs, quantity, title=None):
    first, second = runs
    mean, error, each = difference(first, second, quantity)
    one, other = paired(first, second, quantity)
    time = first.time[: len(mean)]
    columns = style.in_columns([[(style.line(color=style.colour(i)), run.label)] for i, run in enumerate(runs)],
                               [(style.line(color="black"), f"their difference, {len(each)} pairs, ± standard error")])
    figure, (upper, lower), strip = style.with_legend([2.6, 2.6], columns)
    lower.sharex(upper)
    upper.tick_params(labelbottom=False)
    index = style.thinned(first, mean) if len(mean) == first.samples else np.arange(len(mean))
    for i, values in enumerate((one, other)):
        upper.plot(time[index], values.mean(axis=0)[index], color=style.colour(i), linestyle=("-", (0, (4, 2)))[i])
    lower.axhline(0.0, color="0.5", linewidth=0.8)
    lower.plot(time[index], mean[index], color="black")
    if error is not None:
        style.band(lower, time[index], mean[index], error[index], "black")
    style.time_limits(upper, runs)
    style.epoch_axis(upper, runs)
    style.epoch_axis(lower, runs, top=False)
    upper.set_title(title or f"Paired members: {first.label} minus {second.label}")
    upper.set_ylabel("mean " + QUANTITIES[quantity])
    lower.set_ylabel("difference")
    lower.set_xlabel("time $t$")
    style.fill_legend(strip, columns)
    return figure


def describe(runs, quantity):
    mean, error, each = difference(*runs, quantity)
    per_epoch = runs[0].epoch_samples
    averages = np.array([part.mean(axis=1) for part in np.split(each, np.arange(per_epoch, each.shape[1], per_epoch), axis=1)])
    lines = [f"{quantity}: {runs[0].label} minus {runs[1].label}, {len(each)} pairs\n"]
    for epoch, values in enumerate(averages):
        spread = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
        lines.append(f"  epoch {epoch:>4}: {values.mean():+.4g} +- {spread:.2g}\n")
    final = "" if error is None else f" +- {error[-1]:.2g}"
    return "".join(lines) + f"  at the end: {mean[-1]:+.4g}{final}\n"


def make(runs, arguments):
    yield arguments.output, draw(runs, arguments.quantity, arguments.title)
    yield None, describe(runs, arguments.quantity)


VERB = Verb("difference", "Draws and prints",
            "what one ensemble has more than another, member by member: differences of pairs drawn from the same seed", make,
            [run_file("RUN.h5", "an ensemble"), run_file("OTHER.h5", "what is taken from it: an ensemble of the same seed"),
             option("--quantity", choices=list(QUANTITIES), default="concurrence"), label(), *PICTURE])
