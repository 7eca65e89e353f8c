"""The wavefunction of a torus: its phase as colour, the Born density against the orbits."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.network_wave import CYCLE, cycle, phase
from hjplot_lib.runfile import PlotError
from hjplot_lib.torusfile import STATUS

BINS = 40
TURN = ([0, np.pi, 2 * np.pi], ["0", r"$\pi$", r"$2\pi$"])


class Wave:
    """One level at one time, and the orbits on its torus."""

    def __init__(self, file, level, time):
        if file.dimensions > 2:
            raise PlotError(f"{file.path}: {file.dimensions} dimensions: pictures are of one or two")
        numbers = file.require("/levels/number", "the input has no [torus.wavefunction]")[:]
        self.times = file.require("/wavefunction/time")[:]
        self.level = first_found(file) if level is None else level
        if not 0 <= self.level < len(numbers):
            raise PlotError(f"{file.path}: no level {self.level}: there are 0 to {len(numbers) - 1}")
        if not 0 <= time < len(self.times):
            raise PlotError(f"{file.path}: no time {time}: there are 0 to {len(self.times) - 1}")
        self.number = text_of(numbers[self.level])
        status = int(file.file["/levels/status"][self.level])
        if status != 0:
            raise PlotError(f"{file.path}: level {self.level} (m = {self.number}) has no torus: {STATUS[status]}")
        self.time = self.times[time]
        wave = file.file["/wavefunction"]
        self.hbar = float(wave.attrs["hbar"])
        self.energy = float(file.file["/levels/energy"][self.level])
        self.axes = [wave[f"angle_{d}"][:] for d in range(file.dimensions)]
        self.psi, self.density = wave["psi"][self.level, time], wave["density"][self.level, time]
        orbits = file.orbits("level", self.level)
        self.samples = file.trajectory("angle", orbits)
        self.distance = file.file["/trajectory/ks_distance"][:][orbits] if orbits.size else None
        self.bound = file.file["/trajectory/ks_distance"].attrs["bound_99"] if orbits.size else None

    def heading(self):
        time = f", $t$ = {self.time:.4g}" if len(self.times) > 1 or self.time != 0.0 else ""
        return rf"Wavefunction of level $m$ = {self.number}: $\hbar$ = {self.hbar:g}, $K$ = {self.energy:.8g}{time}"

    def marginal(self, d):
        """The density of angle d alone."""
        others = tuple(i for i in range(len(self.axes)) if i != d)
        cell = np.prod([2.0 * np.pi / len(self.axes[i]) for i in others]) if others else 1.0
        return self.density.sum(axis=others) * cell


def text_of(numbers):
    """3, or (3, -2)."""
    joined = ", ".join(str(m) for m in numbers)
    return joined if len(numbers) == 1 else f"({joined})"


def first_found(file):
    good = np.nonzero(file.file["/levels/status"][:] == 0)[0]
    if good.size == 0:
        raise PlotError(f"{file.path}: no level has a torus")
    return int(good[0])


def draw(file, level=None, time=0, title=None):
    wave = Wave(file, level, time)
    figure = draw_line(wave) if len(wave.axes) == 1 else draw_plane(wave)
    figure.suptitle(title or wave.heading(), fontsize=11.5)
    return figure


def draw_line(wave):
    figure, (upper, lower) = style.pyplot().subplots(2, 1, figsize=(7.2, 6.0), sharex=True)
    density_panel(upper, wave, 0, coloured=True)
    angle, psi = closed(wave.axes[0]), closed_values(wave.psi)
    lower.plot(angle, psi.real, color=style.colour(0), label=r"Re $\psi$")
    lower.plot(angle, psi.imag, color=style.colour(1), linestyle="--", label=r"Im $\psi$")
    lower.plot(angle, np.abs(psi), color="0.4", linewidth=1.0, label=r"$\pm|\psi|$")
    lower.plot(angle, -np.abs(psi), color="0.4", linewidth=1.0)
    lower.set_ylabel(r"$\psi$")
    lower.set_xlabel(r"angle $\varphi$")
    lower.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncol=3, frameon=False)
    phase_bar(figure, [upper, lower])
    return figure


def draw_plane(wave):
    figure, panels = style.pyplot().subplots(2, 2, figsize=(7.6, 6.6))
    extent = [0, 2 * np.pi, 0, 2 * np.pi]
    panels[0, 0].imshow(cycle(phase(wave.psi)).swapaxes(0, 1), origin="lower", extent=extent, interpolation="nearest")
    panels[0, 0].set_title(r"phase of $\psi$", fontsize=10)
    image = panels[0, 1].imshow(wave.density.T, origin="lower", extent=extent, cmap="Greys", interpolation="nearest")
    panels[0, 1].set_title(r"$|\psi|^2$ and an orbit", fontsize=10)
    figure.colorbar(image, ax=panels[0, 1], shrink=0.85, label=r"$|\psi|^2$")
    some = wave.samples[:: max(1, len(wave.samples) // 1500)]
    panels[0, 1].plot(some[:, 0], some[:, 1], linestyle="", marker=".", markersize=1.5, color=style.colour(1),
                      alpha=0.6)
    for axes in panels[0]:
        axes.set(xlabel=r"$\varphi_1$", ylabel=r"$\varphi_2$", xlim=(0, 2 * np.pi), ylim=(0, 2 * np.pi))
        axes.set_xticks(*TURN)
        axes.set_yticks(*TURN)
    phase_bar(figure, [panels[0, 0]])
    for d in range(2):
        density_panel(panels[1, d], wave, d, coloured=False)
        panels[1, d].set_xlabel(rf"angle $\varphi_{d + 1}$")
    return figure


def density_panel(axes, wave, d, coloured):
    """The density of one angle over the histogram of the orbits; coloured by the phase where there is but one angle."""
    angle, density = closed(wave.axes[d]), closed_values(wave.marginal(d))
    entries = []
    if coloured:
        colours = cycle(phase(wave.psi))
        axes.bar(wave.axes[0], wave.density, width=angle[1], align="edge", color=colours, linewidth=0, zorder=1)
    if len(wave.samples):
        edges = np.linspace(0.0, 2.0 * np.pi, BINS + 1)
        counts, _ = np.histogram(wave.samples[:, d], edges)
        height = counts / (len(wave.samples) * np.diff(edges))
        error = np.sqrt(np.maximum(counts, 1.0)) / (len(wave.samples) * np.diff(edges))
        axes.errorbar(0.5 * (edges[1:] + edges[:-1]), height, error, linestyle="", marker="o", markersize=2.6,
                      elinewidth=0.8, color=style.colour(1), zorder=3)
        entries.append((style.line(linestyle="", marker="o", markersize=3.5, color=style.colour(1)),
                        f"orbit, {len(wave.samples)} samples"))
    axes.plot(angle, density, color="k", linewidth=1.4, zorder=2)
    entries.insert(0, (style.line(color="k"), r"$|\psi|^2$"))
    if coloured:
        entries.append((style.patch(facecolor=cycle(0.3)), r"phase of $\psi$"))
    zoom(axes, density, coloured)
    axes.set_xlim(0.0, 2.0 * np.pi)
    axes.set_xticks(*TURN)
    axes.set_ylabel("density")
    axes.legend(*zip(*entries), loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=3, frameon=False, fontsize=8.5,
                columnspacing=1.0, handletextpad=0.5)
    if wave.distance is not None:
        text = f"KS distance {wave.distance[:, d].max():.4f}\n99% bound {wave.bound:.4f}"
        axes.text(0.02, 0.04, text, transform=axes.transAxes, fontsize=8.5, zorder=4,
                  bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2.0})


def zoom(axes, density, from_zero):
    """From zero where colour fills the area; else the density's own range, which may be narrow."""
    if from_zero:
        axes.set_ylim(0.0, 1.15 * density.max())
        return
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.35 * (high - low), high)


def closed(axis):
    """The angles with 2 pi as the last one."""
    return np.append(axis, 2.0 * np.pi)


def closed_values(values):
    return np.append(values, values[0])


def phase_bar(figure, axes):
    plt = style.pyplot()
    bar = figure.colorbar(plt.cm.ScalarMappable(plt.Normalize(0.0, 2.0 * np.pi), CYCLE), ax=axes, shrink=0.85, aspect=30,
                          location="right" if len(axes) > 1 else "left")
    bar.set_ticks(TURN[0], labels=TURN[1])
    bar.set_label(r"phase of $\psi$")
