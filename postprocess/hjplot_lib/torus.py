"""Tori and orbits: the phase portrait for n = 1, the section phi_2 = 0 for n = 2."""
import numpy as np

from hjcommon_lib.places import Read
from hjplot_lib import style
from hjplot_lib.runfile import PlotError
from hjplot_lib.torusfile import TorusFile
from hjplot_lib.verb import PICTURE, Verb, option

POINTS = 721  # of a curve
MOST_DOTS = 1500  # of one orbit
WITHOUT = style.colour(1)  # where there is no torus
PI_TICKS = ([-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi], ["$-\\pi$", r"$-\pi/2$", "0", r"$\pi/2$", r"$\pi$"])


def draw(file, title=None):
    if file.dimensions > 2:
        raise PlotError(f"{file.path}: {file.dimensions} dimensions: pictures are of one or two")
    groups = colours_of(file)
    entries = legend_of(file, groups)
    half = (len(entries) + 1) // 2
    columns = [column for column in (entries[:half], entries[half:]) if column]
    figure, (axes,), strip = style.with_legend([5.0], columns)
    for row in range(len(file.action)):
        colour = groups.get(file.action[row, -1], WITHOUT) if file.dimensions == 2 else style.colour(0)
        draw_orbits(axes, file, row, colour)
        if file.status[row] == 0:
            draw_curve(axes, file, row, colour)
    mark_missing(axes, file)
    axes.set_xlim(-np.pi, np.pi)
    axes.set_xticks(*PI_TICKS)
    axes.set_xlabel(r"angle $\varphi$" if file.dimensions == 1 else r"angle $\varphi_1$")
    axes.set_ylabel(r"action $I$" if file.dimensions == 1 else r"action $I_1$")
    what = "Tori and orbits" if file.has_orbits() else "Tori"
    what += "" if file.dimensions == 1 else r", section $\varphi_2 = 0$"
    axes.set_title(title or f"{what}: {file.name}")
    style.fill_legend(strip, columns)
    return figure


def colours_of(file):
    """For n = 2 a colour for each value of J_2 that has a torus, since curves of different J_2 may lie upon one another."""
    return {value: shade(i) for i, value in enumerate(np.unique(file.action[file.status == 0, -1]))}


def shade(number):
    """The palette without the colour of orbits that have no torus."""
    palette = [colour for colour in style.COLOURS if colour != WITHOUT]
    return palette[number % len(palette)]


def draw_curve(axes, file, row, colour):
    angles = np.zeros((POINTS, file.dimensions))
    angles[:, 0] = np.linspace(-np.pi, np.pi, POINTS)
    axes.plot(angles[:, 0], file.momentum(row, angles)[:, 0], color=colour, linewidth=1.0, zorder=3)


def draw_orbits(axes, file, row, colour):
    """Points of the orbits at random times, or where they pass the section; on a torus they lie on its curve."""
    kind = "section_" if file.dimensions == 2 else ""
    for orbit in file.orbits("torus", row):
        angle, action = (file.trajectory(kind + name, [orbit])[:, 0] for name in ("angle", "action"))
        step = max(1, len(angle) // MOST_DOTS)
        on_torus = file.status[row] == 0
        axes.plot(centred(angle[::step]), action[::step], linestyle="", marker="o", markersize=4.5 if on_torus else 1.6,
                  markeredgewidth=0, color=pale(colour) if on_torus else WITHOUT, zorder=1 if on_torus else 2)


def pale(colour):
    """A tone of a colour on which a line of that colour can be seen."""
    return style.toned(colour, 0.4, white=0.6)


def centred(angle):
    """In [-pi, pi)."""
    return np.mod(angle + np.pi, 2.0 * np.pi) - np.pi


def mark_missing(axes, file):
    """A cross at both sides where I = J of a torus that was not found."""
    missing = np.unique(file.action[file.status != 0, 0])
    for side in (-np.pi, np.pi):
        axes.plot(np.full(missing.size, side), missing, linestyle="", marker="x", color=WITHOUT, markersize=7,
                  markeredgewidth=1.6, clip_on=False, zorder=4)


def legend_of(file, groups):
    look = {"linestyle": "", "marker": "o", "markeredgewidth": 0}
    main = style.colour(0)
    entries = [(style.line(color=main, linewidth=1.4), r"torus: $I = J + \partial G/\partial\varphi$")]
    if file.dimensions == 2:
        entries = [(style.line(color=colour, linewidth=1.4), f"torus, $J_2$ = {value:.4g}")
                   for value, colour in list(groups.items())[:6]]
    on, off = (any(file.orbits("torus", row).size for row in np.nonzero(chosen)[0])
               for chosen in (file.status == 0, file.status != 0))
    if on:
        entries.append((style.line(color=pale(main), markersize=5, **look), "orbits that start on a torus"))
    if off:
        entries.append((style.line(color=WITHOUT, markersize=3, **look), "orbits from $I = J$ without a torus"))
    if np.any(file.status != 0):
        entries.append((style.line(linestyle="", marker="x", color=WITHOUT, markersize=7, markeredgewidth=1.6),
                        missing_text(file)))
    return entries


def missing_text(file):
    """How many J have no torus; of two dimensions which, as a cross shows J_1 alone, if they are few."""
    missing = file.action[file.status != 0]
    if file.dimensions == 1 or len(missing) > 4:
        return f"$J$ without a torus ({len(missing)} of {len(file.status)})"
    return "no torus for $J$ =\n" + ", ".join(f"({first:.4g}, {second:.4g})" for first, second in missing)


VERB = Verb("torus", "Draws", "tori over a section of orbits (one or two dimensions), and where there are none",
            lambda file, arguments: [(arguments.output, draw(file, arguments.title))],
            [option("file", type=Read, metavar="TORUS.h5", help="a file of hjnet torus"), *PICTURE],
            read=lambda arguments: TorusFile(arguments.file))
