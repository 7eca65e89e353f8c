"""The picture of a gauge study: orbits in the plane of two weights, their invariant combination over time, spreads."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.gauge import AGREE, collect, invariant_directions, render, render_csv, spread, table
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, csv, option, run_files

MOST_DRAWN = 6  # members in the orbit plane and over time
MOST_LINES = 8  # orbits in the plane
FLOOR = 1e-17  # spreads of 0 are drawn here


def chosen(orbits, name):
    """The constraint whose orbits are drawn, and the two components that it moves first."""
    fitting = [c for c in orbits.constraints if c.kind != "second" and np.count_nonzero(c.flow) >= 2]
    if name is not None:
        known = [c.name for c in orbits.constraints]
        if name not in known:
            raise PlotError(f"--constraint: expected one of {', '.join(known)}, got '{name}'")
        fitting = [c for c in fitting if c.name == name]
    if not fitting:
        raise PlotError(f"{'no constraint' if name is None else name}: expected a first-class constraint whose flow moves "
                        "two weights")
    pairs = [np.nonzero(c.flow)[0][:2] for c in fitting]
    best = int(np.argmax([np.ptp(kept(orbits, c, pair)[0]) for c, pair in zip(fitting, pairs)]))
    return fitting[best], pairs[best]


def kept(orbits, constraint, pair):
    """The combination of two weights that the flow leaves alone, of every member."""
    return orbits.weights[..., pair[0]] + kept_ratio(constraint, pair) * orbits.weights[..., pair[1]]


def kept_ratio(constraint, pair):
    return -constraint.flow[pair[0]] / constraint.flow[pair[1]]


def short(component):
    """θ and b for the two parts of a threshold, W with indices otherwise."""
    text = component.removeprefix("W of ")
    for kind, symbol in (("threshold ", "θ"), ("bias ", "b")):
        if text.startswith(kind):
            return f"${symbol}_{{{text.removeprefix(kind)}}}$"
    return f"$W_{{{text.split(', neuron ')[1].replace(' from ', ',')}}}$"


def colours(members):
    return style.pyplot().get_cmap("viridis")(np.linspace(0.0, 0.88, members))


def make_room(axes):
    """For the legend below the curves."""
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.22 * (high - low), high)


def draw_plane(axes, runs, orbits, constraint, pair):
    """Members wander along lines; at any one time all are on the same line, the orbit."""
    first, second = (orbits.weights[..., i] for i in pair)
    drawn = min(len(first), MOST_DRAWN)
    slope = constraint.flow[pair[1]] / constraint.flow[pair[0]]
    step = runs[0].epoch_samples * -(-runs[0].epochs_completed // MOST_LINES)
    moments = [0, *range(step - 1, len(orbits.time), step)]
    for member, colour in zip(range(drawn), colours(drawn)):
        axes.plot(first[member], second[member], color=colour, linewidth=1.0)
        axes.plot(first[member, moments], second[member, moments], "o", color=colour, markersize=3.5)
    axes.margins(0.05)
    make_room(axes)
    limits = axes.get_xlim(), axes.get_ylim()
    for moment in moments:
        axes.axline((first[0, moment], second[0, moment]), slope=slope, color="0.6", linewidth=0.7, zorder=0)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_xlabel(short(orbits.components[pair[0]]))
    axes.set_ylabel(short(orbits.components[pair[1]]))
    axes.legend(handles=[
        style.line(color=colours(3)[1], linewidth=1.0, marker="o", markersize=3.5, label=narrow("members", f"{drawn} of the members")),
        style.line(color="0.6", linewidth=0.7, label=narrow("orbits", "orbits at " + times_text(orbits.time[moments]))),
    ], loc="lower left", fontsize=7.5, framealpha=0.85)


def narrow(text, longer):
    """What a legend within a panel says where there is little room."""
    return text if style.Width.is_narrow() else longer


def times_text(times):
    return f"$t$ = {times[0]:.3g}, {times[1]:.3g}, …, {times[-1]:.3g}" if len(times) > 2 else "start and end"


def draw_time(axes, orbits, constraint, pair):
    """The first weight of all members, and the combination that the flow leaves alone."""
    values = orbits.weights[..., pair[0]]
    drawn = min(len(values), MOST_DRAWN)
    for member, colour in zip(range(drawn), colours(drawn)):
        axes.plot(orbits.time, values[member], color=colour, linewidth=0.8)
    for combination in kept(orbits, constraint, pair):
        axes.plot(orbits.time, combination, color=style.colour(1), linewidth=1.8)
    ratio = kept_ratio(constraint, pair)
    first, second = (short(orbits.components[i]) for i in pair)
    number = "" if abs(abs(ratio) - 1.0) < AGREE else f"{abs(ratio):.3g} "
    text = f"{first} {'+' if ratio > 0 else '−'} {number}{second}"
    axes.set_ylabel("weight")
    make_room(axes)
    axes.legend(handles=[style.line(color=style.colour(1), linewidth=1.8, label=narrow(text, f"{text}, all {len(values)} members")),
                         style.line(color=colours(3)[1], linewidth=0.8, label=narrow(first, f"{first} of {drawn} of them"))],
                loc="lower left", fontsize=7.5, framealpha=0.85)


def curves(orbits):
    """(text, values, whether the flow moves it) of what the lowest panel shows."""
    found = [(text, values, False) for text, values in orbits.states.items()]
    found += [(text, orbits.scalars[text], False) for text in ("H_int", "J") if text in orbits.scalars]
    found += [(text, orbits.weights @ rows.T, False) for text, rows in invariant_directions(orbits)]
    moved = np.zeros(len(orbits.components), bool)
    for constraint in orbits.constraints:
        if constraint.kind != "second":
            moved |= constraint.flow != 0.0
    return found + [("W: what the flows move", orbits.weights[..., moved], True)]


def draw_spreads(axes, orbits):
    symbols = {"H_int": "$H_{int}$", "J": "$J$", "y": "$y$", "Delta": "Δ"}
    for i, (text, values, moved) in enumerate(curves(orbits)):
        size = np.abs(values).max(initial=0.0)
        relative = np.maximum(spread(values) / size if size > 0 else spread(values), FLOOR)
        axes.semilogy(orbits.time, relative, color=style.colour(i), linewidth=1.8 if moved else 1.1,
                      label=symbols.get(text, text))
    axes.axhline(AGREE, color="0.4", linestyle=(0, (4, 2)), linewidth=0.9)
    axes.annotate("counts as invariant below", (0.995, AGREE), xycoords=("axes fraction", "data"), xytext=(0, -2),
                  textcoords="offset points", ha="right", va="top", fontsize=7.5, color="0.3")
    axes.set_ylim(FLOOR, 30.0)
    axes.set_xlabel("time $t$")
    axes.set_ylabel("largest difference\nbetween members, relative")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncol=3, fontsize=8.5, frameon=False)


def draw(runs, orbits, constraint_name=None, title=None):
    constraint, pair = chosen(orbits, constraint_name)
    figure = style.pyplot().figure(figsize=(7.2, 6.9))
    grid = figure.add_gridspec(2, 2, height_ratios=[3.2, 2.6])
    plane, over_time = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
    spreads = figure.add_subplot(grid[1, :])
    draw_plane(plane, runs, orbits, constraint, pair)
    draw_time(over_time, orbits, constraint, pair)
    draw_spreads(spreads, orbits)
    for axes in (over_time, spreads):
        style.epoch_axis(axes, runs, top=False)
        style.time_limits(axes, runs)
    over_time.set_xlabel("time $t$")
    figure.suptitle(title or f"Gauge orbits of {constraint.name}: {len(orbits.weights)} members", fontsize=11.5)
    return figure


def make(runs, arguments):
    orbits = collect(runs)
    rows = table(orbits)
    if arguments.csv is not None:
        yield arguments.csv, render_csv(rows)
    yield arguments.output, draw(runs, orbits, arguments.constraint, arguments.title)
    yield None, render(rows) + f"largest |G|: {orbits.surface:.2e}\n"


VERB = Verb("gauge", "Draws and prints",
            "orbits of gauge constraints: members that differ in multipliers and displacements, and what they agree on", make,
            [run_files("an ensemble, or several runs of one input"),
             option("--constraint", metavar="NAME",
                    help="whose orbits are drawn (default: the one across which the weights learn most)"),
             csv("also write the table: quantity, spread, invariant or not"), *PICTURE])
