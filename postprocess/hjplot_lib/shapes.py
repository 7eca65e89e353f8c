"""Which shape the averaged learning potential has in time: Lennard-Jones and Mie (model.md, (M14)), a damped oscillation, or a
plain relaxation, compared by Bayes' information criterion."""
from dataclasses import dataclass

import numpy as np

from hjplot_lib import style
from hjplot_lib.runfile import PlotError
from hjplot_lib.verb import PICTURE, Verb, label, run_files

RESAMPLED = 40  # times that members are drawn anew, with replacement, for the errors
POINTS = 600  # samples that are fitted: more say nothing new of a shape


@dataclass(frozen=True)
class Shape:
    """V(t) = V_inf + sum of coefficients times functions of time, which depend on some parameters besides."""
    name: str
    functions: object  # (parameters, t from 0 to 1) -> columns beside the constant
    starts: object  # parameters to begin from
    low: tuple
    high: tuple
    attractive: bool = False  # the coefficient is a depth, > 0

    def parameters(self):
        return len(self.low) + 1 + self.functions(self.starts()[0], np.array([0.5])).shape[1]


def mie(log_minimum, log_before, m, gap, t):
    """(m r^n - n r^m)/(n - m), r = x_min/x, x = t + d: its minimum, -1, is at r = 1."""
    before = np.exp(log_before)
    log_r = np.log(np.exp(log_minimum) + before) - np.log(t + before)
    power = [np.exp(np.minimum(exponent * log_r, 150.0)) for exponent in (m + gap, m)]
    return ((m * power[0] - (m + gap) * power[1]) / gap)[:, None]


def grid(*axes):
    return list(map(np.array, np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))))


MINIMA, BEFORE = np.log([0.02, 0.05, 0.1, 0.2, 0.4]), np.log([0.01, 0.05, 0.2, 0.8])
SHAPES = (
    Shape("Lennard-Jones", lambda p, t: mie(p[0], p[1], 6.0, 6.0, t), lambda: grid(MINIMA, BEFORE),
          (np.log(1e-4), np.log(1e-4)), (np.log(1e3), np.log(1e3)), attractive=True),
    Shape("Mie", lambda p, t: mie(p[0], p[1], np.exp(p[2]), np.exp(p[3]), t),
          lambda: grid(MINIMA, BEFORE, np.log([1.0, 6.0]), np.log([1.0, 6.0])),
          (np.log(1e-4), np.log(1e-4), np.log(0.1), np.log(0.1)), (np.log(1e3), np.log(1e3), np.log(50.0), np.log(50.0)),
          attractive=True),
    Shape("damped oscillation", lambda p, t: np.exp(-p[0] * t)[:, None] * np.stack([np.cos(p[1] * t), np.sin(p[1] * t)], axis=1),
          lambda: grid([0.0, 1.0, 4.0, 16.0], [3.0, 6.0, 12.0, 25.0, 50.0, 100.0]), (-5.0, 0.5), (200.0, 400.0)),
    Shape("relaxation", lambda p, t: np.exp(-p[0] * t)[:, None], lambda: grid([1.0, 5.0, 25.0]), (-5.0,), (1000.0,)),
)


@dataclass
class Fit:
    shape: Shape
    parameters: np.ndarray
    coefficients: np.ndarray  # V_inf first
    residual: np.ndarray

    def value(self, t):
        return columns(self.shape, self.parameters, t) @ self.coefficients

    def r2(self, values):
        return 1.0 - np.sum(self.residual**2) / np.sum((values - values.mean())**2)


def columns(shape, parameters, t):
    return np.hstack([np.ones((len(t), 1)), shape.functions(parameters, t)])


def project(shape, parameters, t, values):
    """The coefficients of given parameters, by linear least squares."""
    matrix = columns(shape, parameters, t)
    found = np.linalg.lstsq(matrix, values, rcond=None)[0]
    if shape.attractive and found[1] < 0.0:
        found = np.array([values.mean(), 0.0])
    return Fit(shape, np.asarray(parameters), found, values - matrix @ found)


def fit(shape, t, values, starts=None):
    from scipy.optimize import least_squares  # slow to import

    if starts is None:
        ranked = sorted((project(shape, start, t, values) for start in shape.starts()), key=lambda one: np.sum(one.residual**2))
        starts = [one.parameters for one in ranked[:4]]
    ends = [least_squares(lambda p: project(shape, p, t, values).residual, np.clip(start, shape.low, shape.high),
                          bounds=(shape.low, shape.high)).x for start in starts]
    return min((project(shape, end, t, values) for end in ends), key=lambda one: np.sum(one.residual**2))


def independent(residual):
    """How many of the residuals count: their number over the integrated autocorrelation, up to where it is first 0."""
    r = residual - residual.mean()
    size = float(r @ r)
    if size == 0.0:
        return float(len(r))
    time = 1.0
    for lag in range(1, len(r)):
        correlation = float(r[lag:] @ r[:-lag]) / size
        if correlation <= 0.0:
            break
        time += 2.0 * correlation
    return max(len(r) / time, 2.0)


def criteria(fits, count):
    """Bayes' information criterion of each, less the smallest."""
    values = np.array([count * np.log(np.mean(one.residual**2)) + one.shape.parameters() * np.log(count) for one in fits])
    return values - values.min()


@dataclass
class Comparison:
    time: np.ndarray  # of the samples fitted
    values: np.ndarray
    fits: list
    count: float  # independent samples
    criteria: np.ndarray
    errors: np.ndarray | None  # of the criteria, by drawing members anew

    def scaled(self, t):
        return (t - self.time[0]) / (self.time[-1] - self.time[0])


def compare(run):
    value, _ = run.mean_and_error("interaction", "/series/interaction")
    distinct = np.concatenate([[True], np.diff(run.time) > 0.0])
    index = np.nonzero(distinct)[0]
    if len(index) < 10:
        raise PlotError(f"{run.path}: {len(index)} samples; a shape needs 10 at least")
    index = index[:: -(-len(index) // POINTS)]
    if np.ptp(value[index]) == 0.0:
        raise PlotError(f"{run.path}: the potential does not vary: it has no shape")
    t = (run.time[index] - run.time[index[0]]) / (run.time[index[-1]] - run.time[index[0]])
    fits = [fit(shape, t, value[index]) for shape in SHAPES]
    best = min(fits, key=lambda one: np.sum(one.residual**2))
    count = independent(best.residual)
    errors = None
    if run.members and run.members > 1:
        members = run.require("/ensemble/member/interaction")[run.rows, : run.samples][:, index]
        generator = np.random.RandomState(1)
        found = []
        for _ in range(RESAMPLED):
            mean = members[generator.randint(0, len(members), len(members))].mean(axis=0)
            found.append(criteria([fit(one.shape, t, mean, [one.parameters]) for one in fits], count))
        errors = np.std(found, axis=0, ddof=1)
    return Comparison(run.time[index], value[index], fits, count, criteria(fits, count), errors)


def describe(run, found):
    lines = [f"{run.label}: {len(found.time)} samples, of which {found.count:.0f} count as independent\n"]
    for i, one in enumerate(found.fits):
        error = "" if found.errors is None else f" +- {found.errors[i]:.2g}"
        lines.append(f"  {one.shape.name:<18} {one.shape.parameters()} parameters  R2 = {one.r2(found.values):.4f}  "
                     f"BIC above the best = {found.criteria[i]:.1f}{error}{numbers(one, found)}\n")
    return "".join(lines)


def numbers(one, found):
    span = found.time[-1] - found.time[0]
    if one.shape.name == "damped oscillation":
        decay, turn = one.parameters / span
        return f"  period {2.0 * np.pi / turn:.3g}, " + (f"damped in {1.0 / decay:.3g}" if decay > 0.0 else f"growing in {-1.0 / decay:.3g}")
    return ""


def draw(runs, comparisons, title=None):
    groups = []
    for number, (run, found) in enumerate(zip(runs, comparisons)):
        entries = [(style.line(color=style.colour(number)), run.label)]
        entries += [(style.line(color=style.toned(style.colour(number), 0.5), linestyle=pattern),
                     f"{one.shape.name}: BIC {found.criteria[i]:+.0f}, $R^2$ = {one.r2(found.values):.3f}")
                    for i, (one, pattern) in enumerate(zip(found.fits, PATTERNS))]
        groups.append(entries)
    columns_of_legend = style.in_columns(groups, [])
    figure, (axes,), strip = style.with_legend([4.4], columns_of_legend)
    for number, (run, found) in enumerate(zip(runs, comparisons)):
        colour = style.colour(number)
        axes.plot(found.time, found.values, color=colour, zorder=3)
        t = np.linspace(found.time[0], found.time[-1], 1200)
        for one, pattern in zip(found.fits, PATTERNS):
            axes.plot(t, one.value(found.scaled(t)), linestyle=pattern, color=style.toned(colour, 0.5), linewidth=1.3, zorder=4)
    style.time_limits(axes, runs)
    style.epoch_axis(axes, runs)
    low, high = min(found.values.min() for found in comparisons), max(found.values.max() for found in comparisons)
    axes.set_ylim(low - 0.1 * (high - low), high + 0.1 * (high - low))  # a fit may leave the data
    axes.set_xlabel("time $t$")
    axes.set_ylabel(r"learning potential $\langle H_\mathrm{int}\rangle$")
    axes.set_title(title or "Shapes of the learning potential")
    style.fill_legend(strip, columns_of_legend)
    return figure


PATTERNS = ("--", ":", "-.", (0, (1, 3)))


def make(runs, arguments):
    comparisons = [compare(run) for run in runs]
    yield arguments.output, draw(runs, comparisons, arguments.title)
    yield None, "".join(describe(run, found) for run, found in zip(runs, comparisons))


VERB = Verb("shapes", "Draws and prints",
            "which shape the averaged learning potential has: Lennard-Jones, Mie, damped oscillation or relaxation, by Bayes' "
            "information criterion", make, [run_files("run files, drawn into one picture"), label(), *PICTURE])
