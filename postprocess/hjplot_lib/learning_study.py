"""Which choices of a learning Hamiltonian learn: runs that differ from a base run in one key each, beside linear
theory. Errors are those of an evaluated set, with the network at rest."""
import numpy as np

from hjplot_lib import growth, inputs, style
from hjplot_lib.evaluations import Evaluations, mean_and_error
from hjplot_lib.runfile import PlotError
from hjplot_lib.table import with_error
from hjplot_lib.verb import PICTURE, Verb, option, run_files

# Say where a run goes or for how long, not how it learns.
IGNORED = ("run.name", "run.epochs", "output.", "solver.", "evaluate.every")
MEMORY, INERTIA, MOMENTUM = "learning.epoch_memory", "learning.inertia", "learning.momentum"
CONSTANT, DECAY = "network.time_constant", "learning.weight_decay"


class Learner:
    """A run's error on one set: a row a member, a column an evaluation."""

    def __init__(self, run, set_name):
        self.run = run
        self.values = inputs.flattened(run.input)
        found = Evaluations(run)
        if set_name not in found.sets:
            raise PlotError(f"{run.path}: no set '{set_name}' was evaluated; the sets are: {', '.join(found.sets)}")
        self.epoch, self.error = found.epoch, found.curve(set_name, "error")
        self.accuracy = found.curve(set_name, "accuracy") if found.has_classes else None

    def value(self, key):
        return self.values.get(key)

    def slot(self):
        """The time that a pattern is shown, in units of lambda."""
        slots = self.value("stimulus.patterns.per_epoch")
        if slots is None:
            raise PlotError(f"{self.run.path}: no stimulus.patterns: it learns nothing")
        return self.value("run.epoch_length") / slots / self.value(CONSTANT)


class Study:
    def __init__(self, runs, set_name):
        """The first run is the base."""
        self.learners = [Learner(run, set_name) for run in runs if run.has("/evaluation")]
        if not self.learners:
            raise PlotError("no run was evaluated: nothing to compare")
        self.growths = [growth_of(run) for run in runs if not run.has("/evaluation")]
        self.base, self.set_name = self.learners[0], set_name

    def along(self, key, *fixed):
        """The runs that differ from the base in `key`, beside the (key, value) of `fixed`; in ascending order."""
        allowed = {key} | {other for other, _ in fixed}
        found = [one for one in self.learners if all(one.value(other) == value for other, value in fixed)
                 and set(inputs.differing([self.base.run, one.run], IGNORED)) <= allowed]
        return sorted(found, key=lambda one: one.value(key))


def growth_of(run):
    """(curvature, memory, momentum, growth) of a run of one weight with E = w²/2 (input/learning-growth.toml)."""
    count = run.epochs_completed
    names = [f"/weights/epoch_{n:05d}" for n in range(1, count + 1)]
    weights = [np.ravel(next(iter(run.require(name, "expected output.weights = \"all\"").values()))) for name in names]
    if len(weights[0]) != 1:
        raise PlotError(f"{run.path}: neither evaluated nor of a single weight: it has no place in this study")
    values = inputs.flattened(run.input)
    curvature = values["run.epoch_length"] ** 2 / abs(values[INERTIA])
    return curvature, values[MEMORY], values[MOMENTUM], growth.measured(np.ravel(weights))


def draw(study, title=None):
    figure, panels = style.grid(2, 3, 13.5, 7.8)
    base = study.base
    draw_curves(panels[0], study, study.along(MEMORY)[::-1], lambda one: f"μ = {one.value(MEMORY):g}")
    panels[0].set_title(f"terminal, ω = {base.value(INERTIA):g}: forgetting damps")
    others = [one for one in study.learners if one.value(MOMENTUM) == "initial" or one.value(INERTIA) > 0.0]
    draw_curves(panels[1], study, others,
                lambda one: f"{one.value(MOMENTUM)}, ω = {one.value(INERTIA):g}, μ = {one.value(MEMORY):g}")
    panels[1].set_title("initial, and the wrong signs of ω")
    growth.draw(panels[2], study.growths)
    draw_ends(panels[3], study, INERTIA, lambda one: abs(one.value(INERTIA)), (base.value(MEMORY), 1.0))
    panels[3].set_xlabel("|inertia|, ω < 0")
    draw_ends(panels[4], study, CONSTANT, Learner.slot, (base.value(MEMORY),))
    panels[4].set_xlabel("time that a pattern is shown, in λ")
    draw_ends(panels[5], study, DECAY, lambda one: one.value(DECAY), (base.value(MEMORY), 1.0))
    panels[5].set_xscale("symlog", linthresh=1e-3)  # it begins at 0
    panels[5].set_xlabel("weight decay κ")
    for axes in (panels[0], panels[1], *panels[3:]):
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(style.pyplot().matplotlib.ticker.LogFormatterSciNotation(minor_thresholds=(1.5, 0.5)))
        axes.set_ylabel(f"mean error of /{study.set_name}")
        if axes.get_legend_handles_labels()[1]:
            style.legend_above(axes, len(axes.get_legend_handles_labels()[1]))
    figure.suptitle(title or f"Which Hamiltonians learn ({max(base.run.members, 1)} members each)",
                    fontsize=12)
    return figure


def draw_curves(axes, study, learners, name):
    for i, one in enumerate(learners):
        mean, error = mean_and_error(one.error)
        axes.plot(one.epoch, mean, color=style.colour(i), label=name(one))
        if error is not None:
            style.band(axes, one.epoch, mean, error, style.colour(i), lowest=1e-3 * mean)
    axes.set_xlabel("epochs")


def draw_ends(axes, study, key, place, memories):
    """What the last epoch left and, open, the lowest error on the way, against `place`; a line a memory."""
    for i, memory in enumerate(dict.fromkeys(memories)):
        found = [one for one in study.along(key, (MEMORY, memory)) if one.value(INERTIA) < 0.0]
        where = np.array([place(one) for one in found])
        order = np.argsort(where)
        for values, look, label in (([one.error[:, -1] for one in found], {}, "after the last epoch"),
                                    ([one.error.min(axis=1) for one in found],
                                     {"markerfacecolor": "white", "linestyle": "--"}, "lowest on the way")):
            pairs = [mean_and_error(each) for each in values]
            axes.errorbar(where[order], [pairs[n][0] for n in order], [pairs[n][1] or 0.0 for n in order], capsize=2.5,
                          color=style.colour(i), marker=style.marker(i), label=f"μ = {memory:g}, {label}", **look)
    if key != DECAY:
        axes.set_xscale("log")


def report(study):
    """A line a run: what is left of the error, the lowest on the way, and the accuracy."""
    rows = [("run", "momentum", "omega", "mu", "slot/lambda", "decay", "last error", "lowest error", "last accuracy")]
    for one in study.learners:
        accuracy = "" if one.accuracy is None else with_error(*mean_and_error(one.accuracy[:, -1]))
        rows.append((one.run.name, str(one.value(MOMENTUM)), f"{one.value(INERTIA):g}", f"{one.value(MEMORY):g}",
                     f"{one.slot():.3g}", f"{one.value(DECAY):g}",
                     with_error(*mean_and_error(one.error[:, -1])), with_error(*mean_and_error(one.error.min(axis=1))),
                     accuracy))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]
    for curvature, memory, momentum, found in study.growths:
        sign = -1.0 if momentum == "terminal" else 1.0
        lines.append(f"growth an epoch, {momentum}, h T²/|omega| = {curvature:g}, mu = {memory:g}: {found:.4f}, linear "
                     f"theory {growth.rate(curvature, memory, momentum, sign):.4f}")
    return "\n".join(lines) + "\n"


def make(runs, arguments):
    study = Study(runs, arguments.set)
    yield None, report(study)
    yield arguments.output, draw(study, arguments.title)


VERB = Verb("learning-study", "Draws and prints",
            "which Hamiltonians learn: runs that differ from the first in inertia, memory, ..., beside linear theory", make,
            [run_files("the base run first (jobscripts/learning-study.sh)"),
             option("--set", default="train", metavar="NAME", help="whose error is drawn (default train)"), *PICTURE])
