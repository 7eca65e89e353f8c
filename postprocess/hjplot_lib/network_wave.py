"""The multivalued wavefunction of a family of networks: phase as colour, the Born density against the members."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.runfile import PlotError

MAX_TIMES = 4  # beyond, the pictures would be stamps
HISTOGRAM_BARS = 50
CYCLE = "twilight_shifted"  # matplotlib's map of a phase's colours


class NetworkWave:
    """What a run file holds of a wavefunction; axes and members at the wavefunction's times."""

    def __init__(self, run):
        if not run.has("/wavefunction/psi"):
            raise PlotError(f"{run.path}: no /wavefunction: the input has no [wavefunction]")
        if not run.finished:
            raise PlotError(f"{run.path}: {run.progress()}: the wavefunction is formed when all members are complete")
        wave = run.file["/wavefunction"]
        self.time = wave["time"][:]
        self.psi, self.density, self.classical = wave["psi"][:], wave["density"][:], wave["classical"][:]
        self.branches, self.distance = wave["branches"][:], wave["distance"][:]
        self.axes = [wave[f"axis_{d}"][:] for d in range(self.psi.ndim - 1)]
        settings = run.input["wavefunction"]
        self.neurons, self.hbar = settings["neurons"], float(settings.get("hbar", 1.0))
        self.histogram = wave["histogram"][:]
        rows = [int(np.argmin(np.abs(run.time - t) + 1e-9 * np.arange(run.samples)[::-1])) for t in self.time]
        self.members = run.file["/ensemble/member/wave_y"][:, rows, :]  # members x times x axes
        self.parameters = run.file["/ensemble/member/parameter"][:]
        self.family = run.input["ensemble"]["family"]

    def chosen(self):
        """Indices of the times to draw: all, or so many spread over them."""
        count = len(self.time)
        return np.unique(np.linspace(0, count - 1, min(count, MAX_TIMES)).round().astype(int))

    def parameter_text(self, p):
        quantity = "y_{%d}(0)" if self.family[p]["vary"] == "initial_state" else "Y_{%d}"
        return "$a$, added to $" + quantity % self.family[p]["neuron"] + "$"


def draw(run, title=None):
    found = NetworkWave(run)
    return draw_curves(found, run, title) if len(found.axes) == 1 else draw_sheets(found, run, title)


def heading(found, run, title):
    return title or rf"Wavefunction of {len(found.members)} members of {run.label}, $\hbar$ = {found.hbar:g}"


def draw_curves(found, run, title):
    chosen = found.chosen()
    strip_height = 0.9 if style.Width.is_narrow() else 0.3  # a line an entry
    figure = style.pyplot().figure(figsize=(7.2, 1.9 * len(chosen) + 0.8 + strip_height))
    grid = figure.add_gridspec(len(chosen) + 1, 2, width_ratios=[1.0, 0.45], height_ratios=[1.9] * len(chosen) + [strip_height])
    left = right = None
    for row, i in enumerate(chosen):
        left, right = figure.add_subplot(grid[row, 0], sharex=left), figure.add_subplot(grid[row, 1], sharex=right)
        density_panel(left, found, i)
        branch_panel(right, found, i)
        for axes in (left, right):
            axes.tick_params(labelbottom=row + 1 == len(chosen))
        if row == 0:
            right.set_title("the family", fontsize=10)
    left.set_xlabel(f"output $y_{{{found.neurons[0]}}}$")
    right.set_xlabel(found.parameter_text(0))
    figure.suptitle(heading(found, run, title), fontsize=11.5)
    strip = figure.add_subplot(grid[-1, :])
    strip.set_axis_off()
    style.fill_legend(strip, [[(style.patch(facecolor="0.82"), "members (histogram)")],
                              [(style.line(color="k", linestyle="--", linewidth=1.0), r"sum of branches $\rho_b$")],
                              [(style.patch(facecolor=cycle(0.3)), r"$|\psi|^2$, coloured by the phase of $\psi$")]])
    return figure


def density_panel(axes, found, i):
    y = found.axes[0]
    step = y[1] - y[0]
    edges = np.append(y - 0.5 * step, y[-1] + 0.5 * step)
    bars = max(1, len(y) // HISTOGRAM_BARS)
    coarse = edges[::bars] if len(y) % bars == 0 else np.append(edges[::bars], edges[-1])
    counts, _ = np.histogram(found.members[:, i, 0], coarse)
    axes.stairs(counts / (len(found.members) * np.diff(coarse)), coarse, fill=True, color="0.82", zorder=1)
    colours = cycle(phase(found.psi[i]))
    axes.bar(y, found.density[i], width=step, color=colours, linewidth=0, alpha=0.85, zorder=2)
    axes.step(y, found.classical[i], where="mid", color="k", linestyle="--", linewidth=0.9, zorder=3)
    # A caustic's cell stands far above all else: the axis ends where the rest does.
    shown = np.sort(found.density[i])
    axes.set_ylim(0.0, 1.15 * max(shown[int(0.985 * (len(shown) - 1))], 1e-12))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylabel("density")
    axes.text(0.015, 0.93, f"$t$ = {found.time[i]:.4g}", transform=axes.transAxes, va="top", fontsize=9.5,
              bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.5})


def branch_panel(axes, found, i):
    axes.plot(found.parameters[:, 0], found.members[:, i, 0], color=style.colour(0), linewidth=1.4)
    axes.set_ylabel(f"$y_{{{found.neurons[0]}}}$")
    axes.margins(x=0.02)


def phase(psi):
    """From 0 to 1 once around."""
    return np.mod(np.angle(psi) / (2.0 * np.pi), 1.0)


def cycle(phases):
    return style.pyplot().get_cmap(CYCLE)(phases)


def draw_sheets(found, run, title):
    chosen = found.chosen()[-3:]
    figure, panels = style.pyplot().subplots(len(chosen), 3, figsize=(7.6, 2.5 * len(chosen) + 0.9), squeeze=False,
                                             sharex=True, sharey=True)
    y, z = found.axes
    extent = [*ends(y), *ends(z)]
    for number, (row, i) in enumerate(zip(panels, chosen)):
        top = np.quantile(found.density[i][found.density[i] > 0.0], 0.985)
        pictures = [coloured(found.psi[i], top), found.classical[i], blocks(found.histogram[i])]
        for axes, picture, name in zip(row, pictures, (r"$|\psi|^2$, hue: phase", r"sum of $\rho_b$", "members")):
            image = np.swapaxes(picture, 0, 1)
            axes.imshow(image, origin="lower", extent=extent, aspect="auto", cmap="Greys", vmin=0.0, vmax=top,
                        interpolation="nearest")
            if number == 0:
                axes.set_title(name, fontsize=10)
        row[0].set_ylabel(f"$t$ = {found.time[i]:.4g}\n$y_{{{found.neurons[1]}}}$")
    for axes in panels[-1]:
        axes.set_xlabel(f"$y_{{{found.neurons[0]}}}$")
    figure.suptitle(heading(found, run, title), fontsize=11.5)
    return figure


def ends(axis):
    half = 0.5 * (axis[1] - axis[0])
    return axis[0] - half, axis[-1] + half


def coloured(psi, top):
    """White where psi vanishes, the phase's hue where it does not: stronger slowly, for densities vary by decades."""
    from matplotlib.colors import hsv_to_rgb

    strength = np.clip(np.abs(psi) ** 2 / top, 0.0, 1.0) ** 0.3
    return hsv_to_rgb(np.stack([phase(psi), strength, 1.0 - 0.25 * strength], axis=-1))


def blocks(histogram, cells=2):
    """Means over blocks of cells, so that single members do not stand out."""
    rows, columns = (n // cells * cells for n in histogram.shape)
    cut = histogram[:rows, :columns]
    mean = cut.reshape(rows // cells, cells, columns // cells, cells).mean(axis=(1, 3))
    return np.repeat(np.repeat(mean, cells, axis=0), cells, axis=1)
