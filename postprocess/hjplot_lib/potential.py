"""The averaged learning potential in time: paper, figure 2."""
import numpy as np

from hjplot_lib import measures, style
from hjplot_lib.verb import PICTURE, Verb, label, option, run_files

FITS = (("lj", "Lennard-Jones", "--"), ("mie", "Mie", ":"))


def draw(runs, mie=True, title=None):
    fits = FITS if mie else FITS[:1]
    found = [[(run.fit(prefix), name, pattern) for prefix, name, pattern in fits] for run in runs]
    groups = [legend_of(run, number, fits) for number, (run, fits) in enumerate(zip(runs, found))]
    columns = style.in_columns(groups, marks_legend())
    figure, (axes,), strip = style.with_legend([4.4], columns)
    for number, (run, fits) in enumerate(zip(runs, found)):
        draw_run(axes, run, number, fits)
    style.time_limits(axes, runs)
    style.epoch_axis(axes, runs)
    axes.set_xlabel("time $t$")
    averaged = any(run.members for run in runs)
    axes.set_ylabel(r"learning potential $\langle H_\mathrm{int}\rangle$" if averaged
                    else r"learning potential $H_\mathrm{int}$")
    axes.set_title(title or ("Averaged learning potential in time" if averaged else "Learning potential in time"))
    state_windows(axes, runs, found)
    style.fill_legend(strip, columns)
    return figure


def legend_of(run, number, fits):
    colour = style.colour(number)
    text = f"{run.label}:\nmean of {run.members} members ± standard error" if run.members > 1 else run.label
    entries = [(style.line(color=colour), text)]
    for fit, name, pattern in fits:
        if fit is not None:
            entries.append((style.line(color=tone(colour), linestyle=pattern), fit_text(fit, name)))
    return entries


def fit_text(fit, name):
    exponents = f" ({fit['exponent_repulsive']:.3g}, {fit['exponent_attractive']:.3g})" if name == "Mie" else ""
    doubt = ""
    if fit.get("at_bound", 0.0) != 0.0:
        doubt = ", undetermined"
    elif fit.get("converged", 1.0) == 0.0:
        doubt = ", not converged"
    return f"{name}{exponents}: $R^2$ = {fit['r2']:.3f}{doubt}"


def marks_legend():
    look = {"color": "0.3", "linestyle": "", "markerfacecolor": "white", "markersize": 7}
    return [(style.line(marker="o", **look), "start"), (style.line(marker="v", **look), "minimum"),
            (style.line(color="0.3", linewidth=5, alpha=0.4), "mean of the last epoch")]


def tone(colour):
    """A darker tone of a run's colour, so that a fit stays visible upon its data."""
    return style.toned(colour, 0.5)


def state_windows(axes, runs, found):
    """A fit means little without its window: once where all share it, else a line a run."""
    windows = {}
    for run, fits in zip(runs, found):
        for fit, _, _ in fits:
            if fit is not None:
                windows.setdefault((fit["window_first"], fit["window_last"]), []).append(run.label)
    lines = []
    for (first, last), names in windows.items():
        whose = "" if len(windows) == 1 else f" ({', '.join(dict.fromkeys(names))})"
        lines.append(f"fit window: $t$ = {first:g} to {last:g}{whose}")
    axes.text(0.985, 0.97, "\n".join(lines), transform=axes.transAxes, ha="right", va="top", fontsize=9,
              bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2.0})


def draw_run(axes, run, number, fits):
    """One run's mean, the band of its standard error, its fits and marks."""
    value, error = run.mean_and_error("interaction", "/series/interaction")
    colour = style.colour(number)
    index = style.thinned(run, value)
    t, v = style.broken(run, index, run.time, value)
    axes.plot(t, v, color=colour, zorder=3)
    if error is not None:
        _, e = style.broken(run, index, run.time, error)
        style.band(axes, t, v, e, colour)
    for fit, _, pattern in fits:
        if fit is not None:
            t = np.linspace(fit["window_first"], fit["window_last"], 1200)
            axes.plot(t, measures.fitted(fit, t), pattern, color=tone(colour), linewidth=1.5, zorder=4)
    draw_marks(axes, run, colour)


def draw_marks(axes, run, colour):
    figures = measures.potential_figures(run)
    style_of = {"color": colour, "markerfacecolor": "white", "markeredgewidth": 1.4, "markersize": 7, "zorder": 5,
                "linestyle": "", "clip_on": False}
    axes.plot([run.time[0]], [figures.start], marker="o", **style_of)
    axes.plot([figures.minimum_time], [figures.minimum], marker="v", **style_of)
    axes.plot([run.time[-run.epoch_samples], run.time[-1]], [figures.plateau] * 2, color=colour, linewidth=5, alpha=0.4,
              solid_capstyle="butt", zorder=2)


def make(runs, arguments):
    yield arguments.output, draw(runs, mie=not arguments.no_mie, title=arguments.title)


VERB = Verb("potential", "Draws",
            "averaged learning potential H_int(t), its standard error and its fits (paper, figure 2)", make,
            [run_files("run files, drawn into one picture"), label(), *PICTURE,
             option("--no-mie", action="store_true", help="leave out the Mie fit")])
