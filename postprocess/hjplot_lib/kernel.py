"""The path kernel of a learning run, and what it says of the change of the network's outputs."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, run_files

ROUND_OFF = 1e-17  # relative eigenvalues are drawn no lower
EPSILON = np.finfo(float).eps
MAX_TRACES = 12
ACCOUNTS = {
    "chain_rule": "chain rule (checks the run)",
    "two_time": "learning rule, kernel of two times",
    "tangent": "gradient of the moment (tangent kernel)",
    "machine": "kernel machine, averaged derivative",
}


class Kernel:
    def __init__(self, run):
        why = "the run has no table [kernel]"
        if not run.finished:
            raise PlotError(f"{run.path}: the path kernel is written when a run ends ({run.progress()})")
        group = run.require("/kernel", why)
        self.path = group["path"][:]
        self.eigenvalues = group["eigenvalues"][:]
        self.change = group["change"][:]
        self.time, self.outputs = group["time"][:], group["outputs"][:]
        self.error = float(group["path_error"][()])
        self.output = group["output"][:]
        self.has_stimulus = bool(group.attrs["stimulus"])
        reason = group.attrs["no_prediction"]
        self.no_prediction = reason.decode() if isinstance(reason, bytes) else str(reason)
        self.predicted = {name: group["predicted"][name][:] for name in ACCOUNTS if name in group["predicted"]}

    @property
    def patterns(self):
        return self.change.shape[0]

    def pattern_name(self, p):
        return "stimulus" if self.has_stimulus and p == 0 else f"pattern {p}"

    def largest_change(self):
        return float(np.abs(self.change).max())

    def relative_error(self, name):
        """Largest error of an account over the largest change; of no change at all the error itself."""
        error = float(np.abs(self.predicted[name] - self.change).max())
        return error / self.largest_change() if self.largest_change() > 0.0 else error


def report(kernel):
    lowest = kernel.eigenvalues[0] / kernel.eigenvalues[-1] if kernel.eigenvalues[-1] > 0.0 else 0.0
    lines = [f"path kernel: {kernel.patterns} patterns, {len(kernel.output)} outputs; estimated error "
             f"{kernel.error:.1e}; smallest eigenvalue over the largest {lowest:.1e}",
             f"largest change of an output at rest: {kernel.largest_change():.4g}"]
    lines += [f"{name}: off by {kernel.relative_error(name):.2e} of that" for name in kernel.predicted]
    if kernel.no_prediction:
        lines.append(f"no prediction from the learning rule: {kernel.no_prediction}")
    return "\n".join(lines) + "\n"


def draw(run, kernel, title=None):
    figure, panels = style.grid(2, 2, 9.6, 8.2)
    figure.suptitle(title or f"{run.label}: path kernel of {kernel.patterns} patterns and {len(kernel.output)} outputs",
                    fontsize=12)
    draw_matrix(figure, panels[0], kernel)
    draw_eigenvalues(panels[1], kernel)
    draw_outputs(panels[2], kernel)
    draw_accounts(panels[3], kernel)
    return figure


def draw_matrix(figure, axes, kernel):
    limit = np.abs(kernel.path).max() or 1.0
    image = axes.imshow(kernel.path, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
    figure.colorbar(image, ax=axes, shrink=0.82, pad=0.02, label="path kernel $K$")
    size = len(kernel.output)
    if size > 1 and kernel.patterns <= 64:
        for p in range(1, kernel.patterns):
            axes.axhline(p * size - 0.5, color="0.6", linewidth=0.4)
            axes.axvline(p * size - 0.5, color="0.6", linewidth=0.4)
    ticks = np.arange(0, kernel.patterns, max(1, -(-kernel.patterns // 12)))
    names = ["$x_0$" if kernel.has_stimulus and p == 0 else str(p) for p in ticks]
    places = ticks * size + 0.5 * (size - 1)
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.tick_params(length=0)
    axes.set_xlabel("pattern $x'$" + (", outputs within" if size > 1 else ""))
    axes.set_ylabel("pattern $x$")
    axes.set_title("$K(x, x')$")


def draw_eigenvalues(axes, kernel):
    values = kernel.eigenvalues[::-1]
    scale = values[0] if values[0] > 0.0 else 1.0
    relative = values / scale
    number = np.arange(1, len(values) + 1)
    shown = np.maximum(np.abs(relative), ROUND_OFF)
    positive = relative > 0.0
    axes.semilogy(number[positive], shown[positive], "o", color=style.colour(0), markersize=4, label="positive")
    if not positive.all():
        axes.semilogy(number[~positive], shown[~positive], "o", color=style.colour(1), markersize=5, mfc="none",
                      label="negative or zero: modulus")
        axes.legend(loc="best", frameon=False)
    lowest = shown.min()
    if lowest < 1e-12:
        lowest = min(lowest, EPSILON)
        axes.axhline(EPSILON, color="0.5", linewidth=0.8, linestyle=":")
        axes.annotate("round-off", (0.01, EPSILON), xycoords=("axes fraction", "data"), ha="left", va="bottom",
                      fontsize=8.5, color="0.4")
    axes.set_ylim(0.3 * lowest, 3.0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("number")
    axes.set_ylabel("eigenvalue over the largest")
    axes.set_title("spectrum of $K$")


def draw_outputs(axes, kernel):
    """y at rest along the run, and so what there is to predict."""
    count = kernel.outputs.shape[2]
    lines = [(p, o) for p in range(kernel.patterns) for o in range(count)]
    lines.sort(key=lambda line: -abs(kernel.change[line]))
    chosen = sorted(lines[:MAX_TRACES])
    for p, o in chosen:
        axes.plot(kernel.time, kernel.outputs[:, p, o], color=style.colour(p), linewidth=1.3,
                  linestyle=["-", "--", ":", "-."][o % 4],
                  label=kernel.pattern_name(p) if o == min(b for a, b in chosen if a == p) else None)
    axes.set_xlabel("time $t$")
    axes.set_ylabel("output at rest $y(x; W(t))$")
    axes.set_title("what the run did" + (f" ({MAX_TRACES} largest changes)" if len(lines) > MAX_TRACES else ""))
    axes.set_xlim(kernel.time[0], kernel.time[-1])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False, ncol=3, fontsize=8.5)


def draw_accounts(axes, kernel):
    own = kernel.change.ravel()
    span = np.array([own.min(), own.max()])
    span += np.array([-0.08, 0.08]) * (span[1] - span[0] or 1.0)
    axes.plot(span, span, color="0.6", linewidth=0.9, zorder=0)
    for i, (name, values) in enumerate(kernel.predicted.items()):
        axes.plot(own, values.ravel(), linestyle="", marker=style.marker(i), markersize=8 - 1.3 * i, mfc="none",
                  markeredgewidth=1.2, color=style.colour(i),
                  label=f"{ACCOUNTS[name]}: off by {100 * kernel.relative_error(name):.2g} %")
    if kernel.no_prediction:
        axes.plot([], [], linestyle="", label=f"no more: {kernel.no_prediction}")
    axes.set_xlabel("the network's own change")
    axes.set_ylabel("predicted change")
    axes.set_title("accounts of the change (errors of the largest)")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False, fontsize=8.5)


def make(runs, arguments):
    found = Kernel(runs[0])
    yield arguments.output, draw(runs[0], found, arguments.title)
    yield None, report(found)


VERB = Verb("kernel", "Draws and prints",
            "the path kernel of a learning run, its spectrum, and its accounts of the change of the outputs", make,
            [run_files("a run with a table [kernel]", 1), *PICTURE])
