"""Speed-up, efficiency and the parts of the time against the number of ranks, with a fitted model."""
import numpy as np

from hjcommon_lib.places import Read
from hjplot_lib import scaling_model, style, timings
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, csv, option

# Of the lowest panel, with their names in the legend.
PARTS = {"total": "measured (total)", "integration": "integration", "communication": "communication, with waiting",
         "set_up": "set-up", "output": "output"}
LEAST_SECONDS = 1e-4  # what is less is not drawn
EXTRAPOLATED = 8  # times the measured ranks, where nothing else is asked for
IDEAL = {"color": "0.45", "linewidth": 1.0, "linestyle": "-."}
WITHIN = {"color": "0.1", "linewidth": 1.2}
BEYOND = {"color": "0.1", "linewidth": 1.2, "linestyle": (0, (4, 2))}


def last_rank(study, wanted):
    """How far to extrapolate."""
    measured = study.ranks[-1]
    if wanted is None:
        return EXTRAPOLATED * measured
    if wanted <= measured:
        raise PlotError(f"--extrapolate {wanted}: runs on {measured:.0f} ranks were measured, ask for more")
    return float(wanted)


def report(study, model, last):
    """The numbers behind the picture, as text."""
    sizes, steps = (span(values) for values in (study.size, study.steps))
    total = study.seconds["total"]
    speed_up = study.speed_up(study.ranks, study.size, total)
    lines = [f"{study.kind} scaling, {sizes} synapses, {steps} integrator steps", "",
             "ranks   total (s)   speed-up   efficiency   communication"]
    for row in zip(study.ranks, total, speed_up, speed_up / study.ranks, study.seconds["communication"] / total):
        lines.append("{:5.0f}{:12.4g}{:11.3g}{:12.1%}{:16.1%}".format(*row))
    counts = model.counts
    lines += ["", f"counted: {counts.collectives:.0f} collectives; a rank sends {counts.messages:.3g} messages to each other one, "
              f"{counts.bytes:.4g} bytes for each neuron of the others"]
    lines += ["", "T(p) = serial + compute size/p + latency collectives log2 p + bandwidth bytes + messages number"]
    lines += [f"  {name:10}{value:12.4g} {scaling_model.UNITS[name]}" for name, value in model.terms.items()]
    lines += [f"  {name:10}{'-':>12} not fitted: {why_left_out(name)}" for name in model.left_out]
    ranks = np.array([last])
    seconds = model.seconds(ranks)
    gain = study.speed_up(ranks, model.size(ranks), seconds)[0]
    lines.append(f"  deviation {100 * model.deviation:.2g} % of T (root mean square, {len(study.ranks)} numbers of "
                 "ranks)")
    lines.append(f"extrapolation to {last:.0f} ranks: total {seconds[0]:.4g} s, speed-up {gain:.3g}, "
                 f"efficiency {gain / last:.1%}")
    return "\n".join(lines) + "\n"


def span(values):
    low, high = values.min(), values.max()
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"


def why_left_out(name):
    return "too few numbers of ranks" if name in scaling_model.INSIDE else "at one size a rank it is part of compute"


def draw(study, model, last, title=None):
    columns = legend(study, model, last)
    figure, (upper, middle, lower), strip = style.with_legend([3.2, 2.3, 2.9], columns)
    measured = np.geomspace(study.ranks[0], study.ranks[-1], 200)
    beyond = np.geomspace(study.ranks[-1], last, 200)
    every = np.array([study.ranks[0], last])
    draw_gain(upper, study, model, measured, beyond, relative=False)
    draw_gain(middle, study, model, measured, beyond, relative=True)
    upper.plot(every, every, **IDEAL)
    middle.plot(every, [1.0, 1.0], **IDEAL)
    draw_seconds(lower, study, model, measured, beyond)
    for axes in (upper, middle, lower):
        ranks_axis(axes, study.ranks[0], last)
        axes.axvspan(study.ranks[-1], last, color="0.95", zorder=0, linewidth=0)
    for axes in (upper, middle):
        axes.tick_params(labelbottom=False)
    upper.set_title(title or f"{study.kind.capitalize()} scaling, {span(study.size)} synapses")
    upper.set_yscale("log", base=2)
    upper.yaxis.set_major_formatter("{x:g}")
    upper.set_ylabel("speed-up" if study.kind == "strong" else "speed-up\n(work per second)")
    middle.set_ylim(0.0, max(1.1, 1.02 * middle.get_ylim()[1]))
    middle.yaxis.set_major_formatter(style.pyplot().matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    middle.set_ylabel("efficiency")
    lower.set_xlabel("MPI ranks $p$")
    style.fill_legend(strip, columns)
    return figure


def draw_gain(axes, study, model, measured, beyond, relative):
    """Speed-up, or (relative) efficiency: measured runs, and the model within and beyond them."""
    for ranks, look in ((measured, WITHIN), (beyond, BEYOND)):
        gain = study.speed_up(ranks, model.size(ranks), model.seconds(ranks))
        axes.plot(ranks, gain / ranks if relative else gain, **look)
    ranks, seconds = study.repeats
    for p, t, small in ((ranks, seconds, True), (study.ranks, study.seconds["total"], False)):
        gain = study.speed_up(p, study.size[np.searchsorted(study.ranks, p)], t)
        axes.plot(p, gain / p if relative else gain, clip_on=False, **measured_look(small))


def measured_look(small=False):
    return {"linestyle": "", "color": style.colour(0), "marker": "o", "zorder": 4 if small else 5,
            "markersize": 3 if small else 6, "markerfacecolor": style.colour(0) if small else "white"}


def draw_seconds(axes, study, model, measured, beyond):
    for number, name in enumerate(PARTS):
        seconds = study.seconds[name]
        axes.plot(study.ranks, np.where(seconds >= LEAST_SECONDS, seconds, np.nan), zorder=4, clip_on=False,
                  **part_look(number))
    for ranks, look in ((measured, WITHIN), (beyond, BEYOND)):
        axes.plot(ranks, model.seconds(ranks), **look)
    axes.set_yscale("log")
    axes.set_ylabel("wall time (s)")


def part_look(number):
    return {"color": style.colour(number), "marker": style.marker(number), "markerfacecolor": "white",
            "markersize": 6 if number == 0 else 5, "linestyle": "" if number == 0 else "-", "linewidth": 1.0}


def legend(study, model, last):
    used = ", ".join(name for name, value in model.terms.items() if value > 0.0)
    few = f"\n{len(study.ranks)} numbers of ranks: no {' or '.join(few_terms(model))} term" if few_terms(model) else ""
    first = [(style.line(**measured_look()), PARTS["total"]), (style.line(**IDEAL), "ideal"),
             (style.line(**WITHIN), f"model: {used}{few}"), (style.line(**BEYOND), f"extrapolation to {last:.0f} ranks")]
    second = [(style.line(**part_look(number)), text) for number, text in enumerate(PARTS.values()) if number > 0]
    return [first, second]


def few_terms(model):
    return [name for name in model.left_out if name in scaling_model.INSIDE]


def ranks_axis(axes, first, last):
    ticker = style.pyplot().matplotlib.ticker
    axes.set_xscale("log", base=2)
    axes.set_xlim(first / 1.08, last * 1.08)
    powers = 2.0 ** np.arange(np.ceil(np.log2(first)), np.floor(np.log2(last)) + 1)
    axes.xaxis.set_major_locator(ticker.FixedLocator(powers[:: max(1, len(powers) // 10)]))
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.grid(color="0.9", linewidth=0.6)


def make(rows, arguments):
    study = timings.study_of(rows)
    if arguments.csv is not None:  # it comes first: it is what took hours of computing
        yield arguments.csv, timings.render_csv(rows)
    last = last_rank(study, arguments.extrapolate)
    model = scaling_model.fit(study)
    yield arguments.output, draw(study, model, last, arguments.title)
    yield None, report(study, model, last)


VERB = Verb("scaling", "Draws and prints", "speed-up, efficiency and a fitted model of runs on several numbers of ranks", make,
            [option("files", nargs="+", type=Read, metavar="FILE",
                    help="run files, or tables that --csv wrote (.csv); of repeated runs the fastest counts"),
             *PICTURE, csv("also write the timings as a table, a row a run"),
             option("--extrapolate", type=int, metavar="RANKS",
                    help="evaluate the model up to so many ranks (default: 8 times the most measured)")],
            read=lambda arguments: timings.rows_of(arguments.files))
