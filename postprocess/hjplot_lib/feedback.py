"""A run whose particles act back on the network beside the plain run: Stokes vectors, concurrence, its difference."""
from dataclasses import dataclass

import numpy as np

from hjplot_lib import entanglement, measures, style
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, label, run_file

FED = "/particles/stokes"
PARTICLES = "AB"
DASHES = (0, (4, 2))
SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
OPERATORS = np.array([np.kron(s, np.eye(2)) for s in SIGMA] + [np.kron(np.eye(2), s) for s in SIGMA])


@dataclass
class Mean:
    """Over the members; the error is a standard error, None without an ensemble."""
    value: np.ndarray
    error: np.ndarray | None


def mean_of(members):
    """`members`: a row a member, or a single one of a run without an ensemble."""
    if len(members) == 1:
        return Mean(members[0], None)
    return Mean(members.mean(0), members.std(0, ddof=1) / np.sqrt(len(members)))


def lengths(stokes):
    """|s_A|, |s_B| of (..., 6)."""
    return np.linalg.norm(stokes.reshape(*stokes.shape[:-1], 2, 3), axis=-1)


def distances(stokes):
    """How far s_A, s_B of (members, epochs, 6) are from those of epoch 0."""
    return lengths(stokes - stokes[:, :1])


def fed_stokes(run):
    """What the ports were fed: members x epochs x 6."""
    if run.members:
        return run.require("/ensemble/member/stokes")[run.rows, : run.epochs_completed]
    return run.require(FED)[: run.epochs_completed][None]


def mixture_stokes(run):
    """The Stokes vectors of the mixture of the modes at the start of every epoch: members x epochs x 6."""
    starts = slice(0, run.samples, run.epoch_samples)
    if run.members:
        density = run.require("/ensemble/member/density")
        rho = np.stack([density[member, starts] for member in run.rows])
    else:
        rho = run.require("/density/mean")[starts][None]
    return np.einsum("mtij,aji->mta", rho, OPERATORS).real


def concurrences(run):
    """A row a member."""
    if run.members:
        return run.require("/ensemble/member/concurrence")[run.rows, : run.samples]
    return run.series("/entanglement/mean/concurrence")[None]


def check(plain, fed):
    """The two runs must be one with feedback and the same without."""
    if not fed.has(FED):
        raise PlotError(f"{fed.path}: no {FED}: the second run must be one with particles.feedback = true")
    if plain.has(FED):
        raise PlotError(f"{plain.path}: has {FED}: the first run must be one without particles.feedback")
    same = (len(plain.time) == len(fed.time) and np.allclose(plain.time, fed.time, rtol=0.0, atol=1e-9)
            and np.array_equal(plain.rows, fed.rows))
    if not same:
        raise PlotError(f"{plain.path}, {fed.path}: the runs differ in samples, completed epochs or members")


def draw(runs, title=None):
    plain, fed = runs
    data = [measures.entanglement(run) for run in runs]  # leaves out members that have no entanglement yet
    check(plain, fed)
    columns = [[entanglement.legend_of(run, i) for i, run in enumerate(runs)],
               [(step_handle(p), rf"$\mathbf{{s}}_{name}$ as it was fed, with feedback")
                for p, name in enumerate(PARTICLES)]
               + [(style.line(color="0.3", linestyle=DASHES, linewidth=1.2),
                   "the same of the plain run's mixture,\nwhich is not fed back")]]
    figure, panels, strip = style.with_legend([1.7, 1.5, 2.4, 1.5], columns)
    for axes in panels[1:]:
        axes.sharex(panels[0])
    for axes in panels[:-1]:
        axes.tick_params(labelbottom=False)
    for axes, measure in zip(panels, (lengths, distances)):
        draw_steps(axes, fed, mean_of(measure(fed_stokes(fed))), mean_of(measure(mixture_stokes(plain))))
    for i, (run, d) in enumerate(zip(runs, data)):
        entanglement.draw_curve(panels[2], run, d.concurrence, d.concurrence_error, d.physical, i)
    draw_difference(panels[3], plain, fed)
    label_axes(panels, runs, data, title)
    style.fill_legend(strip, columns)
    return figure


def colour(particle):
    """Other than those of the two runs."""
    return style.colour(particle + 2)


def step_handle(particle):
    return style.line(color=colour(particle), marker=style.marker(particle + 2), markersize=4.5, markerfacecolor="white",
                      linewidth=(3.2, 1.4)[particle])


def draw_steps(axes, run, given, loose):
    """A step an epoch, of both particles: what was fed, and the same of the plain run (dashed). In a pure state both
    Stokes vectors are equally long, so A's line is broad enough to be seen behind B's."""
    length = run.epoch_length
    left = run.time[0] + length * np.arange(run.epochs_completed)
    for p in range(2):
        value = given.value[:, p]
        axes.hlines(value, left, left + length, color=colour(p), linewidth=(3.2, 1.4)[p], zorder=3 + p)
        axes.plot(left + (0.3, 0.7)[p] * length, value, linestyle="", zorder=5, color=colour(p),
                  marker=style.marker(p + 2), markersize=4.5, markerfacecolor="white")
        if given.error is not None:
            for x, v, e in zip(left, value, given.error[:, p]):
                style.band(axes, np.array([x, x + length]), np.array([v, v]), e, colour(p))
        axes.hlines(loose.value[:, p], left, left + length, color=colour(p), linestyle=DASHES, linewidth=1.2, zorder=2)


def draw_difference(axes, plain, fed):
    """Member by member, so that the scatter between members does not hide it."""
    change = mean_of(concurrences(fed) - concurrences(plain))
    axes.axhline(0.0, color="0.35", linewidth=0.9, linestyle="-.")
    index = style.thinned(fed, change.value)
    t, value = fed.time[index], change.value[index]
    axes.plot(t, value, color="0.1", zorder=3)
    if change.error is not None:
        style.band(axes, t, value, change.error[index], "0.1")


def label_axes(panels, runs, data, title):
    style.time_limits(panels[0], runs)
    style.epoch_axis(panels[0], runs)
    for axes in panels[1:]:
        style.epoch_axis(axes, runs, top=False)
    panels[0].set_title(title or "The particles' state fed back to the network, and not")
    panels[0].set_ylabel("Stokes lengths\n" r"$|\mathbf{s}_A|$, $|\mathbf{s}_B|$")
    panels[1].set_ylabel("distance from\nepoch 0's")
    panels[1].set_ylim(bottom=0.0)
    ensemble = all(run.members > 1 for run in runs)
    panels[2].set_ylabel("concurrence\n" + (r"$\langle C(\bar\rho)\rangle$" if ensemble else r"$C(\bar\rho)$"))
    panels[2].set_ylim(0.0, max(1e-3, 1.08 * max(np.nanmax(entanglement.top_of(d)) for d in data)))
    panels[3].set_ylabel("change of\nconcurrence")
    panels[3].set_xlabel("time $t$")


VERB = Verb("feedback", "Draws",
            "Stokes vectors and concurrence of a run with particles.feedback beside the same run without",
            lambda runs, arguments: [(arguments.output, draw(runs, arguments.title))],
            [run_file("PLAIN.h5", "the run without feedback"), run_file("FEEDBACK.h5", "the run with it"), label(), *PICTURE])
