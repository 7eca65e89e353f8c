"""What a network learns along a run: accuracy and error of its sets of patterns, and the account of its energies."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.evaluations import Evaluations, mean_and_error, report
from hjplot_lib.verb import PICTURE, Verb, label, run_files

ENERGIES = (("error", "$E$ under the run's own input, and weight decay", "-"),
            ("kinetic", r"kinetic term $K/2\omega$", "--"), ("hamiltonian", "$H$", ":"))
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (8, 2, 2, 2)))
FEW = 40  # evaluations of one run that are marked one by one; of several runs, a third as many
TICKS = np.array([0, 20, 40, 60, 70, 80, 85, 90, 93, 95, 97, 98, 99, 100])  # of an accuracy
STRETCHED = 90.0  # accuracies beyond this are drawn on an axis on which the last per cents have more room
LOGARITHMIC = 30.0  # a range of errors beyond this is drawn on a logarithmic axis


def collect(runs):
    """The evaluations of each run, None where a run has none."""
    return [Evaluations(run) if run.has("/evaluation") else None for run in runs]


def draw(runs, found, title=None):
    kinds = []
    if any(f is not None and f.has_classes for f in found):
        kinds.append("accuracy")
    if any(f is not None for f in found):
        kinds.append("error")
    columns = legend(runs, found)
    figure, panels, strip = style.with_legend([2.3] * len(kinds) + [2.6], columns)
    for axes in panels[1:]:
        axes.sharex(panels[0])
    for axes in panels[:-1]:
        axes.tick_params(labelbottom=False)
    for axes, kind in zip(panels, kinds):
        for number, evaluations in enumerate(found):
            if evaluations is not None and (kind == "error" or evaluations.has_classes):
                draw_sets(axes, evaluations, kind, number, len(runs))
        finish_panel(axes, kind)
    for number, run in enumerate(runs):
        draw_energies(panels[-1], run, number, len(runs))
    finish_energies(panels[-1])
    mark_best(panels, found)
    panels[0].set_xlim(0, max(run.epochs_completed for run in runs))
    panels[0].set_title(title or "Learning" + (f": {runs[0].label}" if len(runs) == 1 else ""))
    panels[-1].set_xlabel("epochs done")
    style.fill_legend(strip, columns)
    return figure


def look(number, set_index, runs):
    """One run: a colour a set. Several: a colour a run, a dash pattern a set."""
    if runs == 1:
        return {"color": style.colour(set_index), "marker": style.marker(set_index)}
    dashes = DASHES[set_index % len(DASHES)]
    return {"color": style.colour(number), "linestyle": dashes, "marker": style.marker(set_index)}


def draw_sets(axes, evaluations, kind, number, runs):
    for i, name in enumerate(evaluations.sets):
        mean, error = mean_and_error(evaluations.curve(name, kind) * (100.0 if kind == "accuracy" else 1.0))
        step = max(1, len(mean) // (FEW if runs == 1 else FEW // 3))
        shown = look(number, i, runs)
        axes.plot(evaluations.epoch, mean, markersize=3.6, markevery=(step * i // 4, step), linewidth=1.4, zorder=3,
                  clip_on=False, **shown)
        if error is not None:
            style.band(axes, evaluations.epoch, mean, error, shown["color"])


def finish_panel(axes, kind):
    if kind == "accuracy":
        axes.set_ylabel("accuracy (%)")
        stretch_accuracy(axes)
    else:
        axes.set_ylabel("error $E$,\nmean of the patterns")
        values = np.concatenate([line.get_ydata() for line in axes.get_lines()])
        if values.min() > 0.0 and values.max() > LOGARITHMIC * values.min():
            axes.set_yscale("log")
    axes.grid(color="0.9", linewidth=0.6)


def stretch_accuracy(axes):
    values = np.concatenate([line.get_ydata() for line in axes.get_lines()])
    low, high = values.min(), values.max()
    if high < STRETCHED:
        return
    axes.set_yscale("function", functions=(lambda a: -np.log(101.5 - np.minimum(a, 101.4)),
                                           lambda f: 101.5 - np.exp(-f)))
    low = max(low - 0.05 * (high - low) - 0.2, -2.0)
    axes.set_ylim(low, 100.3)
    place = -np.log(101.5 - TICKS)
    gap = 0.075 * (-np.log(101.5 - 100.3) + np.log(101.5 - low))
    kept = []
    for tick, at in sorted(zip(TICKS, place), reverse=True):  # from the top, none closer than its text is high
        if tick >= low and (not kept or kept[-1][1] - at > gap):
            kept.append((tick, at))
    axes.set_yticks([tick for tick, _ in kept], [str(tick) for tick, _ in kept])
    axes.minorticks_off()


def per_epoch(run, name):
    """Means over time within each epoch: members x epochs."""
    if run.members:
        data = run.require(f"/ensemble/member/{name}")[run.rows, : run.samples]
    else:
        data = run.series(f"/series/{name}")[None]
    data = data.reshape(len(data), -1, run.epoch_samples)
    time = run.time.reshape(-1, run.epoch_samples)
    # By hand: NumPy 2 has given trapz another name.
    return (0.5 * (data[..., 1:] + data[..., :-1]) * np.diff(time)).sum(axis=2) / run.epoch_length


def draw_energies(axes, run, number, runs):
    for i, (name, _, dashes) in enumerate(ENERGIES):
        mean, error = mean_and_error(per_epoch(run, name))
        epoch = np.arange(len(mean)) + 0.5
        colour = style.colour(i + 4) if runs == 1 else style.colour(number)
        axes.plot(epoch, mean, color=colour, linestyle=dashes, zorder=3)
        if error is not None:
            style.band(axes, epoch, mean, error, colour)


def finish_energies(axes):
    """Energies may grow by orders of magnitude, with either sign: then a linear stretch about zero joins the decades."""
    axes.axhline(0.0, color="0.6", linewidth=0.7, zorder=0)
    values = np.abs(np.concatenate([line.get_ydata() for line in axes.get_lines()[:-1]]))
    typical = np.median(values[values > 0.0]) if (values > 0.0).any() else 0.0
    if typical > 0.0 and values.max() > LOGARITHMIC * typical:
        axes.set_yscale("symlog", linthresh=10.0 ** np.floor(np.log10(typical)))
        axes.yaxis.get_major_locator().set_params(numticks=7)
    axes.set_ylabel("energies,\nmean of an epoch")
    axes.grid(color="0.9", linewidth=0.6)


def mark_best(panels, found):
    """The epoch that a set chose, of runs without an ensemble."""
    for number, evaluations in enumerate(found):
        if evaluations is None or evaluations.choose is None or evaluations.run.members:
            continue
        epoch = evaluations.epoch[evaluations.best()[0]]
        colour = "0.35" if len(found) == 1 else style.colour(number)
        for axes in panels:
            axes.axvline(epoch, color=colour, linewidth=1.0, linestyle=(0, (2, 2)), zorder=2)


def legend(runs, found):
    """Columns: sets (or runs with their sets), then energies."""
    if len(runs) == 1:
        sets = found[0].sets if found[0] is not None else []
        first = [(style.line(markersize=4.5, **look(0, i, 1)), name) for i, name in enumerate(sets)]
        energies = [(style.line(color=style.colour(i + 4), linestyle=dashes), text)
                    for i, (_, text, dashes) in enumerate(ENERGIES)]
    else:
        first = [(style.line(color=style.colour(number), linewidth=3.0), run.label) for number, run in enumerate(runs)]
        sets = list(dict.fromkeys(name for f in found if f is not None for name in f.sets))
        first += [(style.line(markersize=4.5, **{**look(0, i, 2), "color": "0.3"}), name) for i, name in enumerate(sets)]
        energies = [(style.line(color="0.3", linestyle=dashes), text) for _, text, dashes in ENERGIES]
    if any(f is not None and f.choose is not None and not f.run.members for f in found):
        chosen = next(f.choose for f in found if f is not None and f.choose is not None)
        first.append((style.line(color="0.35", linewidth=1.0, linestyle=(0, (2, 2))), f"best epoch, by {chosen}"))
    members = [run.members for run in runs if run.members > 1]
    if members:
        count = f"{min(members)} to {max(members)}" if min(members) < max(members) else str(members[0])
        energies.append((style.line(color="0.3", linewidth=6, alpha=0.25), f"means of {count} members ± standard error"))
    return [column for column in (first, energies) if column]


def make(runs, arguments):
    found = collect(runs)
    yield arguments.output, draw(runs, found, arguments.title)
    yield None, "".join(report(f) for f in found if f is not None)


VERB = Verb("learning", "Draws and prints",
            "accuracy and error of every set of patterns against epochs, and the account of the energies", make,
            [run_files("run files, drawn into one picture"), label(), *PICTURE])
