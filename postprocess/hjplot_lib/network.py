"""A network: its layers and synapses, its weights at both ends of the run, and its outputs in time."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.verb import PICTURE, Verb, label, run_files
from hjplot_lib.weights import layers, projections

MAX_NODES = 24  # of a layer; a larger one is drawn as a box
MAX_TRACES = 8  # of a layer
TRACES = 2.6  # inches
MOST_BESIDE = 3  # panels of y(t)
WEIGHTS = "RdBu_r"


def draw(runs, title=None):
    parts = [(run, layers(run)) for run in runs]
    parts = [(run, all_layers, projections(run, all_layers)) for run, all_layers in parts]
    heights = [run_height(*part) for part in parts]
    width = style.Width.STACKED if style.Width.is_narrow() else 9.2
    figure = style.pyplot().figure(figsize=(width, sum(heights) + (0.4 if title else 0.0)))
    if title:
        figure.suptitle(title, fontsize=13)
    rows = figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0]
    for sub, part in zip(rows, parts):
        draw_run(sub, *part)
    figure.draw_without_rendering()  # the layout takes legends below panels fully in at its second pass
    return figure


def run_height(run, all_layers, synapses):
    return 0.5 + weights_height(synapses) + (traces_height(all_layers) if run.has("/states/y") else 0.0)


def traces_rows(all_layers):
    """Rows of panels of y(t) and how many are beside each other."""
    beside = 1 if style.Width.is_narrow() else min(len(all_layers), MOST_BESIDE)
    return -(-len(all_layers) // beside), beside


def traces_height(all_layers):
    return TRACES * traces_rows(all_layers)[0]


def weights_height(synapses):
    graph, matrices = 3.2, 2.1 * len(synapses)
    return 2.0 * max(graph, matrices) if style.Width.is_narrow() else max(graph, matrices)


def draw_run(figure, run, all_layers, synapses):
    sizes = "-".join(str(layer.neurons) for layer in all_layers)
    figure.suptitle(f"{run.label}: network {sizes}", fontsize=12)
    with_states = run.has("/states/y")
    bands = figure.subfigures(2 if with_states else 1, 1, squeeze=False,
                              height_ratios=[weights_height(synapses), traces_height(all_layers)] if with_states else [1.0])[:, 0]
    left, right = style.beside(bands[0], [1.0, 1.45])
    limit = max(np.nanmax(np.abs(m)) for p in synapses for m in (p.initial, p.final) if m is not None)
    draw_graph(left.subplots(), run, all_layers, synapses, limit)
    draw_matrices(right, all_layers, synapses, limit)
    if with_states:
        draw_traces(bands[1], run, all_layers)


def places(all_layers):
    """(x, y) of every neuron that is drawn as a node, and the x of every layer."""
    tallest = max([8] + [layer.neurons for layer in all_layers if layer.neurons <= MAX_NODES])
    found = []
    for x, layer in enumerate(all_layers):
        count = layer.neurons if layer.neurons <= MAX_NODES else 0
        spread = np.linspace(0.5, -0.5, count) * (count - 1) / max(tallest - 1, 1) if count > 1 else np.zeros(count)
        found.append(np.column_stack([np.full(count, float(x)), spread]))
    return found


def draw_graph(axes, run, all_layers, synapses, limit):
    from matplotlib.patches import FancyBboxPatch

    axes.set_axis_off()
    axes.set_xlim(-0.45, len(all_layers) - 0.55)
    axes.set_ylim(-0.86, 0.66)
    nodes = places(all_layers)
    for synapse in synapses:
        draw_synapses(axes, nodes, synapse, limit)
    particles = run.input.get("particles", {})
    ports = {k: p.upper() for p in "ab" for k in particles.get(p, {}).get("neurons", [])}
    for x, (layer, points) in enumerate(zip(all_layers, nodes)):
        axes.text(x, -0.64, f"{layer.name}\n{layer.neurons} × {layer.transfer}", ha="center", va="top", fontsize=9.5)
        if not len(points):
            box = FancyBboxPatch((x - 0.1, -0.5), 0.2, 1.0, boxstyle="round,pad=0.02", facecolor="0.93",
                                 edgecolor="0.2", zorder=3)
            axes.add_patch(box)
        for i, (px, py) in enumerate(points):
            size = 15 if len(points) <= 10 else 9
            axes.plot([px], [py], marker="o", markersize=size, color="0.2", markerfacecolor="white", zorder=3)
            if layer.first + i in ports:
                axes.text(px, py - 0.003, ports[layer.first + i], ha="center", va="center", fontsize=size * 0.58,
                          zorder=4)
    axes.set_title("synapses" + (f" ({synapses[0].final_name} weights)" if synapses[0].final is not None
                                 else " (initial weights)"), fontsize=10.5)


def draw_synapses(axes, nodes, synapse, limit):
    from matplotlib.collections import LineCollection

    weights = synapse.initial if synapse.final is None else synapse.final
    source, target = nodes[synapse.source], nodes[synapse.target]
    if not len(source) or not len(target) or synapse.target <= synapse.source:
        draw_bundle(axes, synapse)
        return
    post, pre = np.nonzero(np.isfinite(weights))
    values = weights[post, pre] / limit
    order = np.argsort(np.abs(values))  # the strongest on top
    lines = np.stack([source[pre], target[post]], axis=1)[order]
    axes.add_collection(LineCollection(lines, colors=style.pyplot().get_cmap(WEIGHTS)(0.5 + 0.5 * values[order]),
                                       linewidths=0.3 + 2.4 * np.abs(values[order]), zorder=1))


def draw_bundle(axes, synapse):
    """A projection between large layers, within a layer or backwards: one arrow that stands for all its synapses."""
    from matplotlib.patches import FancyArrowPatch

    if synapse.target > synapse.source:
        ends, bend = ((synapse.source + 0.13, 0.0), (synapse.target - 0.13, 0.0)), 0.0
    elif synapse.target == synapse.source:
        ends, bend = ((synapse.source - 0.12, 0.56), (synapse.source + 0.12, 0.56)), -1.4
    else:
        ends, bend = ((synapse.source, 0.56), (synapse.target, 0.56)), 0.25
    axes.add_patch(FancyArrowPatch(*ends, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=13,
                                   color="0.35", linewidth=1.4, zorder=1, clip_on=False))


def draw_matrices(figure, all_layers, synapses, limit):
    grid = figure.subplots(len(synapses), 3, squeeze=False)
    for row, synapse in zip(grid, synapses):
        change = None if synapse.final is None else synapse.final - synapse.initial
        shown = [(synapse.initial, "initial $W$"), (synapse.final, f"{synapse.final_name} $W$"), (change, "change")]
        for axes, (matrix, name) in zip(row, shown):
            draw_matrix(figure, axes, matrix, name, limit)
        source, target = all_layers[synapse.source], all_layers[synapse.target]
        row[0].set_ylabel(f"{target.name} (post)")
        for axes in row:
            axes.set_xlabel(f"{source.name} (pre)")


def draw_matrix(figure, axes, matrix, name, limit):
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(name, fontsize=10)
    if matrix is None:
        axes.text(0.5, 0.5, "not yet\nknown", ha="center", va="center", transform=axes.transAxes)
        return
    axes.set_facecolor("0.85")  # where there is no synapse
    # The change has its own scale: it may be far smaller than the weights.
    top = np.nanmax(np.abs(matrix)) if name == "change" else limit
    if top == 0.0:
        axes.text(0.5, 0.5, "none", ha="center", va="center", transform=axes.transAxes)
        axes.set_facecolor("white")
        return
    image = axes.imshow(matrix, cmap=WEIGHTS, vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
    bar = figure.colorbar(image, ax=axes, fraction=0.08, pad=0.03)
    bar.set_label("change of $W$" if name == "change" else "$W$", fontsize=8, labelpad=1.0)
    bar.ax.tick_params(labelsize=8)
    bar.locator = style.pyplot().MaxNLocator(5, symmetric=True)
    bar.update_ticks()


def draw_traces(figure, run, all_layers):
    """y(t), a panel a layer; of large layers evenly chosen neurons."""
    states = run.require("/states/y")
    panels = figure.subplots(*traces_rows(all_layers), squeeze=False).ravel()
    for axes in panels[len(all_layers):]:
        axes.set_axis_off()
    for axes, layer in zip(panels, all_layers):
        chosen = np.unique(np.linspace(0, layer.neurons - 1, min(layer.neurons, MAX_TRACES)).round().astype(int))
        for i, k in enumerate(chosen):
            y = states[: run.samples, layer.first + k]
            index = style.thinned(run, y, 1500)
            axes.plot(run.time[index], y[index], linewidth=0.9,
                      color=style.pyplot().get_cmap("viridis")(0.85 * i / max(len(chosen) - 1, 1)), label=str(k))
        style.time_limits(axes, [run])
        style.epoch_axis(axes, [run], top=False)
        some = "" if len(chosen) == layer.neurons else f" ({len(chosen)} of {layer.neurons})"
        axes.set_title(f"$y_k(t)$, {layer.name}{some}", fontsize=10)
        axes.set_xlabel("time $t$")
        axes.legend(title="neuron $k$", title_fontsize=8, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.38), ncol=4,
                    frameon=False, handlelength=1.0, columnspacing=0.9, borderaxespad=0.0)
        axes.set_ylabel("output $y_k$")


VERB = Verb("network", "Draws", "layers, weights at the start and at the end, and y(t) where the run holds it",
            lambda runs, arguments: [(arguments.output, draw(runs, arguments.title))],
            [run_files("run files, drawn into one picture"), label(), *PICTURE])
