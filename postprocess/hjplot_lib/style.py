"""How all pictures look: readable in print, in grey as well as in colour."""
import numpy as np

from hjplot_lib.outputs import write_picture
from hjplot_lib.runfile import PlotError

# Okabe and Ito's palette, which colour-blind readers can tell apart (its yellow is too pale for print).
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
MAX_POINTS = 4000  # of one curve
LEAST_SHARE = 0.44  # of its own width: less cannot be read
PRINT = {
    "figure.facecolor": "white", "axes.facecolor": "white", "savefig.facecolor": "white",
    "font.size": 10, "axes.labelsize": 11, "axes.titlesize": 11.5, "legend.fontsize": 9,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "lines.linewidth": 1.6, "axes.linewidth": 0.8,
    "mathtext.fontset": "dejavusans", "hatch.linewidth": 0.5, "figure.constrained_layout.use": True,
    "pdf.fonttype": 42, "ps.fonttype": 42,  # TrueType: publishers refuse matplotlib's usual type 3
}


def pyplot():
    """matplotlib's, for print. Whatever of matplotlib's a picture needs is imported where it is drawn, so that help,
    tables and errors do not wait for it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt  # the backend comes first

    plt.rcParams.update(PRINT)
    return plt


def line(**look):
    """A line of a legend."""
    return pyplot().Line2D([], [], **look)


def patch(**look):
    """A patch of a legend."""
    return pyplot().matplotlib.patches.Patch(**look)


class Width:
    """How wide pictures are to be, in inches; None: as they are drawn. It is set before they are drawn, for narrow ones have
    their legends in one column."""
    inches = None
    COLUMN = 3.4  # of a journal
    LEAST = 2.5
    STACKED = 5.4  # a narrow picture of panels that stand side by side elsewhere, before it is brought to its width

    @classmethod
    def is_narrow(cls):
        return cls.inches is not None and cls.inches < 5.0


def save(figure, path, dpi, source=""):
    try:
        if Width.inches is not None:
            fit(figure, Width.inches)
        write_picture(path, figure, dpi, source)
    finally:
        pyplot().close(figure)


def fit(figure, inches):
    """Brings a picture to a width. Text and lines shrink less than the width does, and so does the height: on the 3.4 inches
    of a column text is 0.69 of its size, 7 points."""
    artists = pyplot().matplotlib
    share = inches / figure.get_figwidth()
    gentle = np.sqrt(share)
    if share < LEAST_SHARE:
        raise PlotError(f"--width: expected at least {LEAST_SHARE * figure.get_figwidth():.1f} inches for what is in this picture")
    figure.set_size_inches(inches, figure.get_figheight() * gentle)
    sizes = {text: text.get_fontsize() for text in figure.findobj(artists.text.Text)}
    for axis in figure.findobj(artists.axis.Axis):  # whose labels are made anew at will
        for which, ticks in (("major", axis.get_major_ticks()), ("minor", axis.get_minor_ticks())):
            if ticks:
                axis.set_tick_params(which=which, labelsize=gentle * sizes.get(ticks[0].label1, ticks[0].label1.get_fontsize()))
    for text, size in sizes.items():
        text.set_fontsize(gentle * size)
        if text.get_window_extent().width > 0.86 * figure.bbox.width:
            in_two_lines(text)
    for curve in figure.findobj(artists.lines.Line2D):
        curve.set_linewidth(gentle * curve.get_linewidth())
        curve.set_markersize(gentle * curve.get_markersize())
    figure.draw_without_rendering()
    for text in sizes:
        extent = text.get_window_extent()
        if text.get_text() and (extent.x0 < 0.0 or extent.x1 > figure.bbox.width):
            in_two_lines(text)
    for legend in figure.findobj(artists.legend.Legend):
        shrink_to_fit(legend, figure)


def in_two_lines(text):
    words = text.get_text().split(" ")
    half = (len(words) + 1) // 2
    lines = [" ".join(words[:half]), " ".join(words[half:])]
    # Not within a formula.
    if text.get_rotation() == 0 and len(words) > 1 and "\n" not in text.get_text() and lines[0].count("$") % 2 == 0:
        text.set_text("\n".join(lines))


def shrink_to_fit(legend, figure):
    """A legend may not be wider than the panel that it lies in, or than the picture where it lies elsewhere."""
    extent = legend.get_window_extent()
    panel = legend.axes.bbox if legend.axes is not None else figure.bbox
    inside = panel.y0 <= 0.5 * (extent.y0 + extent.y1) <= panel.y1 and legend.axes is not None and legend.axes.axison
    middle = 0.5 * (extent.x0 + extent.x1)
    room = 0.97 * (panel.width if inside else 2.0 * min(middle, figure.bbox.width - middle))
    if extent.width <= room:
        return
    handles = extent.width - max(text.get_window_extent().width for text in legend.get_texts())
    share = max((room - handles) / (extent.width - handles), 0.7)
    for text in legend.get_texts():
        text.set_fontsize(share * text.get_fontsize())


def grid(rows, columns, width, height):
    """A figure of panels in rows and columns, one below the other where it is narrow, and its panels row by row."""
    if Width.is_narrow():
        rows, columns, width, height = rows * columns, 1, Width.STACKED, 0.62 * Width.STACKED * rows * columns
    figure, panels = pyplot().subplots(rows, columns, figsize=(width, height), squeeze=False)
    return figure, panels.ravel()


def beside(figure, shares):
    """Two parts of a figure side by side, the first so many times as wide as the second; where it is narrow, one below the
    other."""
    if Width.is_narrow():
        return figure.subfigures(2, 1)
    return figure.subfigures(1, 2, width_ratios=shares)


def legend_above(axes, lines):
    """A legend of so many lines over what a panel shows, and room for it at the panel's top."""
    low, high = axes.get_ylim()
    share = min(0.1 * lines, 0.5) / (1.0 - min(0.1 * lines, 0.5))
    axes.set_ylim(top=high * (high / low) ** share if axes.get_yscale() == "log" else high + share * (high - low))
    axes.legend(loc="upper left", frameon=False, borderaxespad=0.2)


def band(axes, x, value, error, colour, lowest=None):
    """One error to either side of a curve. Its edges are drawn, so that bands that overlap can be told apart."""
    low = value - error if lowest is None else np.maximum(value - error, lowest)
    axes.fill_between(x, low, value + error, color=colour, alpha=0.16, linewidth=0, zorder=1)
    for edge in (low, value + error):
        axes.plot(x, edge, color=colour, alpha=0.55, linewidth=0.5, zorder=1)


def colour(index):
    return COLOURS[index % len(COLOURS)]


def toned(colour, share, white=0.0):
    return tuple(share * c + white for c in pyplot().matplotlib.colors.to_rgb(colour))


def marker(index):
    return MARKERS[index % len(MARKERS)]


def thinned(run, value, limit=MAX_POINTS):
    """Indices of the samples to draw: every epoch keeps both ends and, of each of its equal stretches, the lowest and
    the highest sample, so that no spike is lost."""
    if run.samples <= limit:
        return np.arange(run.samples)
    per_epoch = run.epoch_samples
    stretches = max(1, limit // (2 * run.epochs_completed))
    edges = np.linspace(0, per_epoch, min(stretches, per_epoch) + 1).astype(int)
    keep = []
    for first in range(0, run.samples, per_epoch):
        keep += [first, first + per_epoch - 1]
        for low, high in zip(edges[:-1], edges[1:]):
            part = value[first + low: first + high]
            if part.size:
                keep += [first + low + int(np.argmin(part)), first + low + int(np.argmax(part))]
    return np.unique(keep)


def broken(run, index, *arrays):
    """The samples at `index` with a gap between epochs, where quantities may jump."""
    cuts = np.nonzero(np.diff(run.epoch[index]))[0] + 1
    return [np.insert(np.asarray(a, float)[index], cuts, np.nan) for a in arrays]


def mark_every(index, count, run_index):
    """Markers on about `count` places of a curve, shifted from run to run so that they do not hide each other."""
    step = max(1, len(index) // count)
    return (step * (run_index + 1) // 4 % step if step > 1 else 0, step)


def epoch_axis(axes, runs, top=True):
    """Lines at epoch boundaries and an epoch scale on top, where all runs share the epoch length."""
    lengths = [run.epoch_length for run in runs]
    if max(lengths) - min(lengths) > 1e-9 * max(lengths):
        return
    length, epochs = lengths[0], max(run.epochs_completed for run in runs)
    origin = runs[0].time[0]
    step = next(s * 10**k for k in range(9) for s in (1, 2, 5) if epochs / (s * 10**k) <= 26)
    boundaries = np.arange(0, epochs + 1, step)
    for n in boundaries:
        axes.axvline(origin + n * length, color="0.88", linewidth=0.6, zorder=0)
    if not top:
        return
    scale = axes.secondary_xaxis("top")
    label_step = next(s * 10**k for k in range(9) for s in (1, 2, 5) if epochs / (s * 10**k) <= 13)
    ticks = np.arange(0, epochs, label_step)
    scale.set_xticks(origin + (ticks + 0.5) * length, [str(n) for n in ticks])
    scale.tick_params(length=0)
    scale.set_xlabel("epoch $n$")


def time_limits(axes, runs):
    axes.set_xlim(min(run.time[0] for run in runs), max(run.time[-1] for run in runs))


def with_legend(heights, columns):
    """A figure of panels of the given heights (inches) over a strip for the legend, whose columns are lists of
    (handle, text). The strip is as high as its text, so that long names never squeeze the panels."""
    rows = max(sum(text.count("\n") + 1 + 0.25 for _, text in column) for column in one_if_narrow(columns))
    strip = (0.25 if Width.is_narrow() else 0.215) * rows + 0.12  # labels and title take their share of it, too
    figure, panels = pyplot().subplots(len(heights) + 1, 1, figsize=(7.2, sum(heights) + strip),
                                       gridspec_kw={"height_ratios": [*heights, strip]})
    panels[-1].set_axis_off()
    return figure, panels[:-1], panels[-1]


def one_if_narrow(columns):
    return [sum(columns, [])] if Width.is_narrow() else columns


def fill_legend(axes, columns):
    """Legend entries column by column; short columns are filled up, since matplotlib would pour them over."""
    columns = one_if_narrow(columns)
    longest = max(len(column) for column in columns)
    entries = []
    for column in columns:
        entries += column + [(line(linestyle=""), "")] * (longest - len(column))
    handles, labels = zip(*entries)
    legend = axes.legend(handles, labels, loc="upper center", ncol=len(columns), frameon=False, handlelength=2.6,
                         columnspacing=1.6, borderaxespad=0.0)
    legend.set_in_layout(False)


def in_columns(groups, extra):
    """Legend columns: whole groups (a group a run) in two columns where there are several, then `extra` entries."""
    count = 1 if Width.is_narrow() or (len(groups) == 1 and len(groups[0]) + len(extra) < 3) else 2
    columns = [[] for _ in range(count)]
    for i, group in enumerate(groups):
        columns[i % count] += group
    for entry in extra:
        min(columns, key=len).append(entry)
    return columns
