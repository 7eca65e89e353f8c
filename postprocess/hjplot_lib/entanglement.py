"""The concurrence of the two particles over time: paper, figure 3."""
import numpy as np

from hjplot_lib import measures, style
from hjplot_lib.verb import PICTURE, Verb, label, option, run_files

DASHES = (0, (4, 2))
MAX_PULSE_EPOCHS = 40  # beyond, arrivals of the particles would be a smear


def draw(runs, panel="auto", start=None, title=None):
    data = [measures.entanglement(run) for run in runs]
    unphysical = any(not d.physical.all() for d in data)
    if panel == "auto":
        panel = "eigenvalue" if unphysical else "negativity"
    pulses = common_arrivals(runs)
    extra = [(unphysical_handle(runs), unphysical_text(runs))] if unphysical else []
    extra += common_state(runs, data)
    extra += [(pulse_handle(p), f"particle {p.upper()} enters") for p in pulses]
    columns = style.in_columns([legends_of(run, d, i) for i, (run, d) in enumerate(zip(runs, data))], extra)
    figure, (upper, lower), strip = style.with_legend([4.0, 2.0], columns)
    lower.sharex(upper)
    upper.tick_params(labelbottom=False)
    for i, (run, d) in enumerate(zip(runs, data)):
        draw_curve(upper, run, d.concurrence, d.concurrence_error, d.physical, i)
        if d.state is not None:
            draw_state(upper, run, d, i)
    (draw_negativity if panel == "negativity" else draw_eigenvalues)(lower, runs, data)
    if unphysical and len(runs) == 1:
        hatch_unphysical((upper, lower), runs[0], data[0])
    for p, when in pulses.items():
        upper.plot(when, np.zeros(len(when)), **pulse_look(p))
    label_axes(upper, lower, runs, data, title)
    if start is not None:
        cut_before((upper, lower), start)
    style.fill_legend(strip, columns)
    return figure


def cut_before(panels, start):
    """Shows what is later than `start`; marks are not clipped, so earlier ones go."""
    for axes in panels:
        axes.set_xlim(left=start)
        for line in axes.lines:
            if line.get_marker() != "None" and line.get_linestyle() == "None":
                x, y = map(np.asarray, line.get_data())
                line.set_data(x[x >= start], y[x >= start])


def curve_look(number):
    return {"color": style.colour(number), "marker": style.marker(number), "markersize": 4.5,
            "markerfacecolor": "white"}


STATE = {"linestyle": (0, (1, 1.2)), "linewidth": 2.0}


def legend_of(run, number):
    text = f"{run.label}:\nmean of {run.members} members ± standard error" if run.members > 1 else run.label
    return style.line(**curve_look(number)), text


def legends_of(run, d, number):
    lines = [legend_of(run, number)]
    if d.state is not None and known_of(run):
        text = f"the pair to one who knows the {', '.join(known_of(run))}"
        lines.append((style.line(color=style.colour(number), **STATE), text))
    return lines


def known_of(run):
    return run.input.get("ensemble", {}).get("known", [])


def common_state(runs, data):
    """One entry for the states of all observers who know nothing but the distribution."""
    if all(d.state is None or known_of(run) for run, d in zip(runs, data)):
        return []
    return [(style.line(color="0.3", **STATE), "the pair to one who\ndoes not know the members")]


def draw_state(axes, run, d, number):
    """The concurrence of the mean density matrix, which is the observer's state."""
    index = style.thinned(run, d.state)
    t, v = run.time[index], d.state[index]
    axes.plot(t, v, color=style.colour(number), zorder=3, **STATE)
    if d.state_error is not None:
        style.band(axes, t, v, d.state_error[index], style.colour(number), lowest=0.0)


def draw_curve(axes, run, value, error, physical, number):
    """Solid where physical, dashed and pale where not; the band is one standard error."""
    colour = style.colour(number)
    index = np.union1d(style.thinned(run, value), np.nonzero(np.diff(physical))[0])
    t, v, good = run.time[index], value[index], physical[index]
    axes.plot(t, np.where(good, v, np.nan), color=colour, zorder=3)
    if not good.all():
        # A good sample beside a bad one belongs to both curves, so that no gap opens between them.
        inside = good & np.append(good[1:], True) & np.insert(good[:-1], 0, True)
        axes.plot(t, np.where(inside, np.nan, v), color=colour, linestyle=DASHES, linewidth=1.2, alpha=0.8, zorder=2)
    start, step = style.mark_every(index, 9, number)
    axes.plot(t[start::step], v[start::step], linestyle="", zorder=4, clip_on=False, **curve_look(number))
    if error is not None:
        style.band(axes, t, v, error[index], colour)


HATCH = {"facecolor": "0.93", "edgecolor": "0.7", "hatch": "////", "linewidth": 0}


def unphysical_handle(runs):
    """Grey hatching where a single run is unphysical; several runs show it by their dashes alone."""
    return style.patch(**HATCH) if len(runs) == 1 else style.line(color="0.3", linestyle=DASHES, linewidth=1.2)


def unphysical_text(runs):
    where = "\nin at least one member" if any(run.members > 1 for run in runs) else ""
    return f"unphysical (negative eigenvalue){where}"


def hatch_unphysical(panels, run, d):
    edges = np.diff(np.concatenate([[0], ~d.physical, [0]]).astype(int))
    t = run.time
    closest = (t[-1] - t[0]) / 1000.0  # stretches nearer to each other than a line is wide are drawn as one
    spans = []
    for first, last in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0] - 1):
        if spans and t[first] - spans[-1][1] < closest:
            spans[-1][1] = t[last]
        else:
            spans.append([t[first], t[last]])
    for axes in panels:
        for first, last in spans:
            axes.axvspan(first, last, zorder=0.5, **HATCH)


def label_axes(upper, lower, runs, data, title):
    style.time_limits(upper, runs)
    style.epoch_axis(upper, runs)
    style.epoch_axis(lower, runs, top=False)
    ensemble = all(run.members > 1 for run in runs)
    upper.set_title(title or "Concurrence of two particles mediated by the network")
    upper.set_ylabel(r"concurrence $\langle C(\bar\rho)\rangle$" if ensemble else r"concurrence $C(\bar\rho)$")
    upper.set_ylim(0.0, max(1e-3, 1.08 * max(np.nanmax(top_of(d)) for d in data)))
    lower.set_xlabel("time $t$")


def draw_negativity(axes, runs, data):
    for i, (run, d) in enumerate(zip(runs, data)):
        draw_curve(axes, run, *measures.negativity_and_error(run), d.physical, i)
    axes.set_ylabel("negativity $N$")
    axes.set_ylim(bottom=0.0)


def draw_eigenvalues(axes, runs, data):
    smallest = [measures.smallest_eigenvalue(run) for run in runs]
    for i, (run, d) in enumerate(zip(runs, data)):
        draw_curve(axes, run, smallest[i], None, d.physical, i)
    tolerance = max(run.tolerance for run in runs)
    axes.set_yscale("symlog", linthresh=tolerance, linscale=0.6)
    axes.axhline(-tolerance, color="0.35", linewidth=0.9, linestyle="-.")
    least = " (least member)" if all(run.members > 1 for run in runs) else ""
    axes.set_ylabel(r"smallest eigenvalue" "\n" r"of $\bar\rho$" + least)
    lowest = min(np.nanmin(values) for values in smallest)
    highest = max(np.nanmax(values) for values in smallest)
    axes.set_ylim(min(5 * lowest, -10 * tolerance), max(5 * highest, 3 * tolerance))
    decades = np.arange(np.ceil(np.log10(tolerance)), 0, 2)
    ticks = [-(10.0**d) for d in decades if -(10.0**d) > 5 * lowest] + [0.0]
    ticks += [10.0**d for d in decades if 10.0**d < 5 * highest]
    axes.set_yticks(sorted(ticks))
    axes.minorticks_off()


def top_of(d):
    top = d.concurrence if d.concurrence_error is None else d.concurrence + d.concurrence_error
    return top if d.state is None else np.fmax(top, d.state)


def pulse_look(particle):
    from matplotlib.markers import CARETUP

    return {"linestyle": "", "marker": CARETUP, "markersize": 6.5, "color": "0.25", "clip_on": False, "zorder": 5,
            "markerfacecolor": "0.25" if particle == "a" else "white"}


def pulse_handle(particle):
    return style.line(**{**pulse_look(particle), "marker": "^"})


def common_arrivals(runs):
    """{"a": times, "b": times} at which the particles enter; empty where runs differ or there are too many."""
    if max(run.epochs_completed for run in runs) > MAX_PULSE_EPOCHS:
        return {}
    every = [{p: arrivals(run, run.input.get("particles", {}).get(p)) for p in "ab"} for run in runs]
    if any(one != every[0] for one in every[1:]):
        return {}
    return {p: when for p, when in every[0].items() if when}


def arrivals(run, port):
    """Times at which a port's pulse peaks, from the input that the run file holds."""
    if port is None:
        return []
    first, last = port.get("epochs", [0, run.epochs - 1])
    last = min(last, run.epochs_completed - 1)
    return [float(run.time[0]) + n * run.epoch_length + port["time"] for n in range(first, last + 1)]


def make(runs, arguments):
    yield arguments.output, draw(runs, panel=arguments.panel, start=arguments.start, title=arguments.title)


VERB = Verb("entanglement", "Draws",
            "concurrence of the two particles over time, unphysical stretches marked (paper, figure 3)", make,
            [run_files("run files, drawn into one picture"), label(), *PICTURE,
             option("--panel", choices=["auto", "eigenvalue", "negativity"], default="auto",
                    help="lower panel (default: smallest eigenvalue where a stretch is unphysical)"),
             option("--from", dest="start", type=float, metavar="TIME", help="leave out what is earlier")])
