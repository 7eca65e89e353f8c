"""The values that a network has learned of a grid world, beside those of value iteration."""
import numpy as np

from hjplot_lib import style
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, label, run_files

ARROWS = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])  # rows and columns of the actions: up, right, down, left
TIE = 1e-9  # of the largest value: as good as each other
MAX_NUMBERS = 100  # cells beyond which no numbers are written into them


class World:
    def __init__(self, run):
        group = run.require("/environment", "the run has no table [environment]")
        if run.epochs_completed == 0:
            raise PlotError(f"{run.path}: no epoch is complete ({run.progress()})")
        self.grid = run.input.get("environment", {}).get("grid")
        self.learned, self.optimal = group["q"][:], group["value_iteration"]["q"][:]
        self.error = group["q_error"][:run.epochs_completed]
        self.right = group["policy_optimal"][:run.epochs_completed].astype(int)
        self.acting = int(group.attrs["acting_states"])
        self.returns = group["return"][:run.epochs_completed] if "return" in group else None  # not in older files
        self.promised = None if self.returns is None else self.returns + group["overestimation"][:run.epochs_completed]
        self.best_return = float(np.max(shown(self.optimal), axis=1).mean())
        members = run.file.get("/ensemble/member/q_error")
        self.member_errors = None if members is None else members[run.rows, :run.epochs_completed]

    def require_grid(self, path):
        if self.grid is None:
            raise PlotError(f"{path}: the environment is no grid world")

    def largest(self):
        return float(np.nanmax(np.abs(self.optimal)))

    def entry_error(self):
        """Largest error of an entry of Q in units of Q* itself, or of the largest |Q*| where Q* is 0: that of the
        program's own summary."""
        scale = self.largest() or 1.0
        size = np.abs(self.optimal)
        return float(np.nanmax(np.abs(self.learned - self.optimal) / np.where(size <= TIE * scale, scale, size)))

    def best(self, values):
        """States x actions: whether an action is one of the best by these values."""
        with np.errstate(invalid="ignore"):
            return values >= np.nanmax(np.where(np.isnan(values), -np.inf, values), axis=1, keepdims=True) - TIE * self.largest()


def report(runs, worlds):
    lines = []
    for run, world in zip(runs, worlds):
        lines.append(f"{run.label}: greedy policy optimal in {world.right[-1]} of {world.acting} states; largest error "
                     f"of Q {100 * world.error[-1]:.3g} % of max |Q*|, after {len(world.error)} epochs")
        if world.returns is not None:
            lines.append(f"  acting by it returns {world.returns[-1]:.4g} of {world.best_return:.4g}; the values promise "
                         f"{world.promised[-1]:.4g} (means over the states)")
        if world.member_errors is not None:
            last = world.member_errors[:, -1]
            spread = np.std(last, ddof=1) if len(last) > 1 else 0.0
            lines.append(f"  {len(last)} members: mean {100 * np.mean(last):.3g} %, standard deviation {100 * spread:.2g} %")
    return "\n".join(lines) + "\n"


def draw(runs, worlds, title=None):
    world = worlds[0]
    world.require_grid(runs[0].path)
    rows, columns = world.grid["rows"], world.grid["columns"]
    height = 4.4 * min(1.6, max(0.5, rows / columns))
    returns = world.returns is not None
    if style.Width.is_narrow():
        figure = style.pyplot().figure(figsize=(style.Width.STACKED, 2.0 * height + (7.6 if returns else 4.6)))
        places = figure.add_gridspec(4 if returns else 3, 1, height_ratios=[height, height] + [3.0] * (2 if returns else 1))
        places = [places[i, 0] for i in range(places.nrows)]
    else:
        figure = style.pyplot().figure(figsize=(9.6, height + 3.6))
        grid = figure.add_gridspec(2, 2, height_ratios=[height, 3.0])
        places = [grid[0, 0], grid[0, 1], *([grid[1, 0], grid[1, 1]] if returns else [grid[1, :]])]
    left, right, *curves = [figure.add_subplot(place) for place in places]
    figure.suptitle(title or f"{runs[0].label}: values of a grid world", fontsize=12)
    limits = np.nanmin(np.nanmax(shown(world.optimal), axis=1)), np.nanmax(world.optimal)
    image = draw_values(left, world, world.learned, limits, single=True)
    left.set_title(f"learned, greedy actions\n({world.right[-1]} of {world.acting} optimal)")
    draw_values(right, world, world.optimal, limits, single=False)
    right.set_title("value iteration,\nall best actions")
    figure.colorbar(image, ax=[left, right], location="bottom" if style.Width.is_narrow() else "right", shrink=0.85, pad=0.02,
                    label=r"$\max_a\,Q(s, a)$")
    draw_errors(curves[0], runs, worlds)
    if returns:
        draw_returns(curves[1], runs, worlds)
    return figure


def shown(values):
    """Rows of terminal states, which have no values, as -inf, so that maxima do not warn."""
    return np.where(np.isnan(values), -np.inf, values)[~np.isnan(values).all(axis=1)]


def draw_values(axes, world, values, limits, single):
    rows, columns = world.grid["rows"], world.grid["columns"]
    acting = ~np.isnan(values).all(axis=1)
    worth = np.full(rows * columns, np.nan)
    worth[acting] = np.max(values[acting], axis=1)
    best = np.zeros_like(values, bool)
    best[acting] = world.best(values[acting])
    image = axes.imshow(worth.reshape(rows, columns), cmap="viridis", vmin=limits[0], vmax=limits[1])
    middle = 0.5 * (limits[0] + limits[1])
    for state in np.nonzero(acting)[0]:
        row, column = divmod(state, columns)
        ink = "white" if worth[state] < middle else "black"
        actions = np.nonzero(best[state])[0]
        for action in actions[:1] if single else actions:
            step = 0.32 * ARROWS[action]
            axes.annotate("", (column + step[1], row - 0.1 + step[0]), (column, row - 0.1),
                          arrowprops={"arrowstyle": "-|>", "color": ink, "linewidth": 1.2, "mutation_scale": 9,
                                      "shrinkA": 0, "shrinkB": 0})
        if rows * columns <= MAX_NUMBERS:
            axes.text(column, row + 0.38, f"{worth[state]:.2f}", ha="center", va="center", fontsize=7, color=ink)
    for row, column in world.grid.get("walls", []):
        fill(axes, row, column, facecolor="0.35", edgecolor="none")
    mark(axes, world.grid["goal"], "goal", "#009E73")
    for cell in world.grid.get("pits", []):
        mark(axes, cell, "pit", "#D55E00")
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.0)
    axes.tick_params(which="both", length=0)
    axes.set_xticks(range(0, columns, max(1, columns // 10)))
    axes.set_yticks(range(0, rows, max(1, rows // 10)))
    axes.set_xlabel("column")
    axes.set_ylabel("row")
    return image


def fill(axes, row, column, **look):
    axes.add_patch(style.pyplot().Rectangle((column - 0.5, row - 0.5), 1, 1, **look))


def mark(axes, cell, text, colour):
    row, column = cell
    fill(axes, row, column, facecolor="white", edgecolor=colour, linewidth=2.5, zorder=3)
    axes.text(column, row, text, ha="center", va="center", fontsize=9.5, color=colour, zorder=4, fontweight="bold")


def draw_errors(axes, runs, worlds):
    for i, (run, world) in enumerate(zip(runs, worlds)):
        epochs = np.arange(1, len(world.error) + 1)
        if world.member_errors is not None:
            axes.semilogy(epochs, world.member_errors.T, color=style.colour(i), linewidth=0.5, alpha=0.4)
        wrong = f"{world.acting - world.right[-1]} of {world.acting} states wrong at the end"
        axes.semilogy(epochs, world.error, color=style.colour(i), marker=style.marker(i), markevery=max(1, len(epochs) // 12),
                      markersize=4, label=f"{run.label} ({wrong})")
        first = first_for_good(world)
        if first is not None:
            axes.axvline(first, color=style.colour(i), linewidth=0.9, linestyle=":")
            axes.annotate("policy optimal from here on ", (first, 0.03), xycoords=("data", "axes fraction"), ha="right",
                          va="bottom", rotation=90, fontsize=8, color=style.colour(i))
    axes.axhline(0.05, color="0.5", linewidth=0.8, linestyle="--")
    axes.annotate(" 5 %", (0.0, 0.05), xycoords=("axes fraction", "data"), ha="left", va="bottom", fontsize=8.5, color="0.4")
    axes.set_xlim(0, max(len(world.error) for world in worlds))
    axes.set_xlabel("epochs")
    axes.set_ylabel("max $|Q - Q^*|$ / max $|Q^*|$")
    if len(runs) > 1:  # one run's is in the picture's title, and what is wrong in its map's
        axes.legend(loc="best", frameon=False)


def draw_returns(axes, runs, worlds):
    for i, (run, world) in enumerate(zip(runs, worlds)):
        if world.returns is None:
            continue
        epochs = np.arange(1, len(world.returns) + 1)
        name = f" ({run.label})" if len(runs) > 1 else ""
        axes.plot(epochs, world.returns, color=style.colour(i), label=f"return of the greedy policy{name}")
        axes.plot(epochs, world.promised, color=style.colour(i), linestyle="--", label=f"promised, $\\max_a Q${name}")
    axes.axhline(worlds[0].best_return, color="0.5", linewidth=0.8, linestyle=":", label="return of the best policy")
    axes.set_xlim(0, max(len(world.error) for world in worlds))
    axes.set_xlabel("epochs")
    axes.set_ylabel("mean over states")
    axes.legend(loc="best", frameon=False)


def first_for_good(world):
    """The epoch from which on every greedy action is a best one; None where the last epoch is not."""
    wrong = np.nonzero(world.right < world.acting)[0]
    if len(wrong) == 0:
        return 1
    return None if wrong[-1] == len(world.right) - 1 else int(wrong[-1]) + 2


def make(runs, arguments):
    worlds = [World(run) for run in runs]
    yield arguments.output, draw(runs, worlds, arguments.title)
    yield None, report(runs, worlds)


VERB = Verb("gridworld", "Draws and prints",
            "learned values and greedy actions of a grid world beside those of value iteration, and how they got there", make,
            [run_files("runs with [environment]; the cells are the first one's, the errors those of all"), label(), *PICTURE])
