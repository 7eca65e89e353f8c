"""Pictures of a parameter scan: curves against one key, curves or maps of two, else against the run's number."""
import numpy as np

from hjplot_lib import inputs, style, table
from hjplot_lib.runfile import RunFile
from hjplot_lib.scan import collect, numeric
from hjplot_lib.verb import PICTURE, Verb, csv, noted, run_files

POTENTIAL = ("H_int start", "minimum", "plateau")
CONCURRENCE = ("largest C", "final C")
LABELS = {"H_int start": r"$H_\mathrm{int}$ at the start", "minimum": r"minimum of $H_\mathrm{int}$",
          "plateau": r"$H_\mathrm{int}$, mean of the last epoch", "largest C": "largest concurrence", "final C": "final concurrence"}
OF_TWO = ("minimum", "plateau", "largest C")  # what is drawn against two keys
MAX_TICKS = 12
ROOM = 120  # letters along an axis
MAX_KEYS = 4  # that one axis is named after
MAX_CURVES = 7  # of a second key; more values make maps
LOG_RATIO = 50.0  # largest over smallest value of a key from which on its axis is logarithmic


def draw(scan, title=None):
    keys = scan.axes()
    title = title or "Parameter scan"
    if any(unplaceable(scan.varied[key]) for key in keys):
        keys = {}
    if len(keys) == 2:
        return draw_two(scan, keys, title)
    if len(keys) == 1:
        return draw_one(scan, axes_of(scan, keys)[0], title)
    return draw_one(scan, Axis("run's number", list(range(1, len(scan.runs) + 1)), joined=False), title)


def axes_of(scan, keys):
    called = {key: inputs.label(key, scan.runs[0].input) for key in scan.varied}
    return [Axis(named([called[one] for one in (key, *along)]), scan.varied[key]) for key, along in keys.items()]


def named(keys):
    more = [f"{len(keys) - MAX_KEYS} more"] if len(keys) > MAX_KEYS else []
    return " and\n".join(keys[:MAX_KEYS] + more)


def unplaceable(values):
    """Whether the runs are better numbered: lists and long texts have no room along an axis."""
    texts = {inputs.text(value) for value in values}
    return not numeric(values) and (inputs.is_long(texts) or min(len(texts), MAX_TICKS) * max(map(len, texts)) > ROOM)


def geometric(values):
    """Whether each of several numbers is the one before times the same."""
    ratios = np.divide(values[1:], values[:-1])
    return len(values) > 2 and bool(np.allclose(ratios, ratios[0], rtol=0.01))


class Axis:
    """Where the values of a key lie: numbers where they are, anything else one beside the other."""

    def __init__(self, name, values, joined=True):
        self.name = name
        self.values = values  # of every run
        self.numeric = numeric(values)
        self.joined = joined and self.numeric
        self.distinct = sorted(set(values)) if self.numeric else list(dict.fromkeys(values))
        self.indices = np.array([self.distinct.index(value) for value in values])
        self.places = np.array(values, float) if self.numeric else self.indices.astype(float)

    def dress(self, axes):
        axes.set_xlabel(self.name)
        if not self.numeric:
            self.tick(axes.set_xticks)
            axes.margins(x=0.15)
        elif self.distinct[0] > 0 and (self.distinct[-1] >= LOG_RATIO * self.distinct[0] or geometric(self.distinct)):
            axes.set_xscale("log")
            if len(self.distinct) <= MAX_TICKS:  # a few values are better named than powers of ten
                self.tick_values(axes)
        elif all(isinstance(value, int) for value in self.distinct):
            axes.xaxis.get_major_locator().set_params(integer=True)

    def tick_values(self, axes):
        axes.set_xticks(self.distinct, [inputs.text(value) for value in self.distinct])
        axes.set_xticks([], minor=True)

    def tick(self, set_ticks):
        """The values by their numbers, as far as there is room."""
        step = -(-len(self.distinct) // MAX_TICKS)
        set_ticks(range(0, len(self.distinct), step), [inputs.text(value) for value in self.distinct[::step]])


def draw_one(scan, axis, title):
    panels = [heads for heads in (POTENTIAL, CONCURRENCE) if has_numbers(scan, heads)]
    number_of = {head: i for i, head in enumerate(POTENTIAL + CONCURRENCE)}
    columns = [[(look_of(number_of[head]), LABELS[head]) for head in heads] for heads in panels]
    columns[-1] += unfinished_legend(scan)
    figure, grid, strip = style.with_legend([3.4, 2.8][: len(panels)], columns)
    for axes, heads, label in zip(grid, panels, (r"learning potential $H_\mathrm{int}$", "physical concurrence")):
        for head in heads:
            # The final concurrence is often the largest: its mark lies within that one's.
            draw_curve(axes, scan, axis, head, number_of[head], np.ones(len(scan.runs), bool),
                       8.5 if head == "largest C" else 5)
        dress(axes, axis, heads[0])
        axes.set_ylabel(label)
    grid[0].set_title(title)
    style.fill_legend(strip, columns)
    return figure


def draw_two(scan, keys, title):
    """Along the key with more values; the other one makes curves, or rows of a map."""
    axis, second = sorted(axes_of(scan, keys), key=lambda one: -len(one.distinct))
    heads = [head for head in OF_TWO if has_numbers(scan, [head])]
    if len(second.distinct) > MAX_CURVES:
        return draw_maps(scan, axis, second, heads, title)
    curves = [(look_of(i), f"{second.name} = {inputs.text(value)}") for i, value in enumerate(second.distinct)]
    half = -(-(len(curves) + 1) // 2)
    columns = [curves[:half], curves[half:] + unfinished_legend(scan)]
    columns = [column for column in columns if column]
    figure, grid, strip = style.with_legend([2.6] * len(heads), columns)
    for axes, head in zip(grid, heads):
        for number in range(len(second.distinct)):
            draw_curve(axes, scan, axis, head, number, second.indices == number)
        dress(axes, axis, head)
        axes.set_ylabel(LABELS[head])
    grid[0].set_title(title)
    style.fill_legend(strip, columns)
    return figure


def dress(axes, axis, head):
    axis.dress(axes)
    if head in CONCURRENCE:
        axes.set_ylim(bottom=0.0)


def draw_curve(axes, scan, axis, head, number, chosen, size=5):
    """The chosen runs in the order of their places; hollow where unfinished."""
    order = [i for i in np.argsort(axis.places, kind="stable") if chosen[i]]
    numbers = [scan.numbers(head)[i] for i in order]
    where = axis.places[order]
    value = np.array([np.nan if v is None else v for v, _ in numbers])
    error = np.array([0.0 if e is None else e for _, e in numbers])
    colour = style.colour(number)
    axes.errorbar(where, value, error if error.any() else None, color=colour, capsize=2.5, elinewidth=1.0,
                  linestyle="-" if axis.joined else "", linewidth=1.2)
    done = np.array([scan.runs[i].finished for i in order])
    for part, inside in ((done, colour), (~done, "white")):
        axes.plot(where[part], value[part], linestyle="", color=colour, marker=style.marker(number),
                  markersize=size, markerfacecolor=inside, zorder=4)


def draw_maps(scan, axis, second, heads, title):
    late = np.array([not run.finished for run in scan.runs])
    columns = [[(style.line(**CROSS), "unfinished run") if late.any() else (style.line(linestyle=""), "")]]
    height = min(5.0, max(2.4, 0.28 * len(second.distinct) + 0.8))
    figure, grid, strip = style.with_legend([height] * len(heads), columns)
    for axes, head in zip(grid, heads):
        image = np.full((len(second.distinct), len(axis.distinct)), np.nan)
        for i, (value, _) in enumerate(scan.numbers(head)):
            image[second.indices[i], axis.indices[i]] = np.nan if value is None else value
        shown = axes.imshow(image, origin="lower", aspect="auto", cmap="viridis", interpolation="nearest")
        figure.colorbar(shown, ax=axes, label=LABELS[head])
        axes.plot(axis.indices[late], second.indices[late], **CROSS)
        label_cells(axes, axis, second)
    grid[0].set_title(title)
    style.fill_legend(strip, columns)
    return figure


CROSS = {"linestyle": "", "marker": "x", "color": "white", "markeredgecolor": "0.15", "markersize": 6}


def label_cells(axes, axis, second):
    for one, ticks in ((axis, axes.set_xticks), (second, axes.set_yticks)):
        one.tick(ticks)
    axes.set_xlabel(axis.name)
    axes.set_ylabel(second.name)


def has_numbers(scan, heads):
    return any(value is not None and np.isfinite(value) for head in heads for value, _ in scan.numbers(head))


def look_of(number):
    return style.line(color=style.colour(number), marker=style.marker(number), markersize=6, linewidth=1.2)


def unfinished_legend(scan):
    if all(run.finished for run in scan.runs):
        return []
    hollow = style.line(linestyle="", marker="o", color="0.3", markerfacecolor="white", markersize=6)
    return [(hollow, "unfinished run")]


def make(runs, arguments):
    found, rows = collect(runs)
    if arguments.csv is not None:
        yield arguments.csv, table.render_csv(rows)
    yield arguments.output, draw(found, arguments.title)


VERB = Verb("scan", "Draws", "what came of the runs of a parameter scan, against the input keys in which they differ", make,
            [run_files(), *PICTURE, csv("also write a table, a row a run")],
            lambda arguments: noted([RunFile(path, may_be_empty=True) for path in arguments.runs]))
