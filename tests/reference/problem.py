"""From an input file (TOML, resolved or not) and drawn weights to plain arrays: all that the reference solver reads."""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.special import erf, expit

from patterns import Patterns, read as read_patterns


class NotComparable(Exception):
    """The run rests on numbers that neither the input nor the run file states."""


# f, f' and f'' of every transfer function.
def _identity(x):
    return x, np.ones_like(x), np.zeros_like(x)


def _tanh(x):
    f = np.tanh(x)
    slope = 1.0 - f * f
    return f, slope, -2.0 * f * slope


def _logistic(x):
    f = expit(x)
    slope = f * (1.0 - f)
    return f, slope, slope * (1.0 - 2.0 * f)


def _softplus(x):
    slope = expit(x)
    return np.logaddexp(0.0, x), slope, slope * (1.0 - slope)


def _erf(x):
    slope = 2.0 / math.sqrt(math.pi) * np.exp(-x * x)
    return erf(x), slope, -2.0 * x * slope


TRANSFER = {"identity": _identity, "tanh": _tanh, "logistic": _logistic, "softplus": _softplus, "erf": _erf}


@dataclass
class Step:
    value: np.ndarray  # N
    start: float
    stop: float
    epochs: tuple  # first, last, inclusive


@dataclass
class Port:
    stokes: np.ndarray  # 3
    coupling: np.ndarray  # N x 3
    time: float
    width: float
    epochs: tuple


@dataclass
class Problem:
    """The whole model as numbers. N neurons; synapses in one N x (N+1) matrix, column 0 the threshold."""

    epochs: int
    length: float
    samples: int
    lam: float
    layers: list  # (name, first, count, transfer)
    neurons: int
    mask: np.ndarray  # N x (N+1), 1 where there is a synapse (or threshold)
    weights: np.ndarray  # N x (N+1), W(0)
    y0: np.ndarray
    delta0: np.ndarray
    learning: bool
    omega: float
    mu: float
    delta: str
    momentum: str
    error: str
    target: np.ndarray
    kappa: float
    constant: np.ndarray  # N
    steps: list
    ports: tuple  # () or (a, b)
    amplitude: float
    closure: str
    feedback: bool
    gauge: float
    fields: list  # (N amplitudes, frequency, phase)
    boltzmann: dict
    projections: list  # (name, from, to)
    patterns: Patterns = None
    delayed_shift: dict = field(default_factory=dict)  # epoch -> N x (N+1), a test hook: added to W(t-T) there

    @property
    def outputs(self):
        _, first, count, _ = self.layers[-1]
        return slice(first, first + count)

    def transfer(self, net):
        """f, f', f'' of net, whose axis -1 runs over the neurons."""
        parts = [TRANSFER[kind](net[..., first:first + count]) for _, first, count, kind in self.layers]
        return [np.concatenate(p, axis=-1) for p in zip(*parts)]

    def breakpoints(self):
        inside = {p for s in self.steps for p in (s.start, s.stop) if 0.0 < p < self.length}
        inside |= set(self.patterns.breakpoints()) if self.patterns else set()
        return [0.0] + sorted(inside) + [self.length]

    def targets(self, n, middles):
        """The target in epoch n: of all elements at once, or a row for each, given by a phase inside it."""
        shown = self.patterns is not None and self.patterns.targets is not None
        return self.patterns.target(n, middles)[:, None, :] if shown else self.target

    def stimulus(self, n, tau, stokes):
        """Y_k (len(tau) x N) and dY_k/ds_a (len(tau) x N x 6) in epoch n; a step is decided at the middle of tau.

        `stokes`: s_A, s_B of the state fed in (6; not used without particles).
        """
        y = np.tile(self.constant, (len(tau), 1))
        middle = 0.5 * (tau[0] + tau[-1])
        for s in self.steps:
            if s.epochs[0] <= n <= s.epochs[1] and s.start <= middle < s.stop:
                y += s.value
        if self.patterns:
            y += self.patterns.input(n, tau)
        tangent = np.zeros((len(tau), self.neurons, 6))
        for i, port in enumerate(self.ports):
            if port.epochs[0] <= n <= port.epochs[1]:
                shape = self.amplitude * np.exp(-(((tau - port.time) / port.width) ** 2))
                tangent[:, :, 3 * i:3 * i + 3] = shape[:, None, None] * port.coupling
                y += tangent[:, :, 3 * i:3 * i + 3] @ stokes[3 * i:3 * i + 3]
        return y, tangent

    def gauge_field(self, t):
        a = np.zeros((len(t), self.neurons))
        for amplitude, frequency, phase in self.fields:
            a += np.cos(2.0 * math.pi * frequency * t + phase)[:, None] * amplitude
        return a


def value(v, count, what):
    """A *value* of the input over `count` items; what is drawn or read from a file is not known here."""
    while isinstance(v, dict):
        inner = [v[key] for key in ("values", "constant", "value") if key in v]
        if not inner:
            raise NotComparable(f"{what} is drawn or read from a file: give it inline to compare the run")
        v = inner[0]
    array = np.ravel(np.asarray(v, dtype=float))
    if array.size == 1:
        return np.full(count, array[0])
    if array.size != count:
        raise ValueError(f"{what}: {array.size} numbers for {count} items")
    return array


def read_layers(table):
    layers, first = [], 0
    for layer in table["layer"]:
        layers.append((layer["name"], first, int(layer["neurons"]), layer.get("transfer", "tanh")))
        first += int(layer["neurons"])
    return layers, first


def read_projections(table, layers):
    names = [layer[0] for layer in layers]
    given = table.get("projection")
    pairs = list(zip(names, names[1:])) if given is None else [(p["from"], p["to"]) for p in given]
    return [(f"{a}-{b}", names.index(a), names.index(b)) for a, b in pairs]


def dense_of(node):
    """A projection's matrix and pattern as the run file stores them: a dense dataset or a compressed-row group."""
    if hasattr(node, "shape"):
        matrix = np.asarray(node, dtype=float)
        return matrix, np.ones_like(matrix)
    indptr, indices, data = (np.asarray(node[k]) for k in ("indptr", "indices", "data"))
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    return (rows, indices, data.astype(float)), None


def assemble(stored, layers, neurons, projections, thresholds):
    """W (N x (N+1)) and its mask from a mapping name -> dataset or group, such as /weights/initial."""
    weights, mask = np.zeros((neurons, neurons + 1)), np.zeros((neurons, neurons + 1))
    for name, source, target in projections:
        rows = slice(layers[target][1], layers[target][1] + layers[target][2])
        columns = slice(1 + layers[source][1], 1 + layers[source][1] + layers[source][2])
        matrix, pattern = dense_of(stored[name])
        if pattern is None:
            r, c, data = matrix
            weights[rows, columns][r, c] = data
            mask[rows, columns][r, c] = 1.0
        else:
            weights[rows, columns], mask[rows, columns] = matrix, pattern
    if thresholds:
        weights[:, 0], mask[:, 0] = np.asarray(stored["thresholds"]), 1.0
    return weights, mask


def over_layer(entry, layers, neurons, what):
    """A table { layer, ...value } as N numbers."""
    names = [layer[0] for layer in layers]
    _, first, count, _ = layers[names.index(entry["layer"])]
    out = np.zeros(neurons)
    out[first:first + count] = value({k: v for k, v in entry.items() if k != "layer"}, count, what)
    return out


def as_list(v):
    return v if isinstance(v, list) else [v]


def read_port(table, neurons, epochs):
    coupling = np.zeros((neurons, 3))
    listed = table["neurons"]
    rows = table.get("coupling")
    for i, k in enumerate(listed):
        if rows is not None:
            coupling[k] += rows[i]
        elif i < 3:
            coupling[k, i] += 1.0
    span = table.get("epochs", [0, epochs - 1])
    return Port(np.asarray(table["stokes"], float), coupling, float(table["time"]), float(table["width"]), tuple(span))


def build(tree, stored):
    """A Problem from the parsed input `tree` and `stored`, a mapping like /weights/initial."""
    if tree.get("ensemble", {}).get("members", 1) > 1:
        raise NotComparable("an ensemble: /series holds means over members")
    run, net, learn = tree.get("run", {}), tree["network"], tree.get("learning", {})
    layers, n = read_layers(net)
    projections = read_projections(net, layers)
    weights, mask = assemble(stored, layers, n, projections, net.get("thresholds", False))
    epochs, length = int(run.get("epochs", 1)), float(run.get("epoch_length", 1.0))
    error = learn.get("error", "squared")
    if error not in ("squared", "cross_entropy", "lyapunov"):
        raise NotComparable(f"error = {error}")
    stimulus, particles, gauge = tree.get("stimulus", {}), tree.get("particles"), tree.get("gauge", {})
    constant = sum((over_layer(c, layers, n, "stimulus.constant") for c in as_list(stimulus.get("constant", []))),
                   np.zeros(n))
    steps = []
    for s in as_list(stimulus.get("step", [])):
        inner = {k: v for k, v in s.items() if k not in ("start", "stop", "epochs")}
        steps.append(Step(over_layer(inner, layers, n, "stimulus.step"), float(s.get("start", 0.0)),
                          float(s.get("stop", length)), tuple(s.get("epochs", [0, epochs - 1]))))
    fields = []
    for f in as_list(gauge.get("field", [])):
        inner = {k: v for k, v in f.items() if k not in ("frequency", "phase")}
        fields.append((over_layer(inner, layers, n, "gauge.field"), f.get("frequency", 0.0), f.get("phase", 0.0)))
    return Problem(
        epochs=epochs, length=length, samples=int(run.get("samples_per_epoch", 64)),
        lam=float(net.get("time_constant", 0.1)), layers=layers, neurons=n, mask=mask, weights=weights,
        y0=value(net.get("initial_state", 0.0), n, "network.initial_state"),
        delta0=value(learn.get("initial_delta", 0.0), n, "learning.initial_delta"),
        learning=learn.get("enabled", True), omega=float(learn.get("inertia", -1.0)),
        mu=float(learn.get("epoch_memory", 1.0)), delta=learn.get("delta", "terminal"),
        momentum=learn.get("momentum", "terminal"), error=error,
        target=value(learn.get("target", 0.0), layers[-1][2], "learning.target"),
        kappa=float(learn.get("weight_decay", 0.0)), constant=constant, steps=steps,
        ports=tuple(read_port(particles[p], n, epochs) for p in "ab") if particles else (),
        amplitude=float(particles.get("amplitude", 1.0)) if particles else 0.0,
        closure=particles.get("closure", "bilinear") if particles else "",
        feedback=particles.get("feedback", False) if particles else False,
        gauge=float(gauge.get("charge", 0.0)), fields=fields,
        boltzmann=tree.get("boltzmann", {}), projections=projections,
        patterns=read_patterns(stimulus["patterns"], layers, n, length, int(run.get("seed", 0)))
        if "patterns" in stimulus else None)


def draw(tree, seed=0):
    """Initial weights for an input solved without a run file: inline ones where given, else drawn by numpy."""
    rng = np.random.default_rng(seed)
    net = tree["network"]
    layers, n = read_layers(net)
    given = net.get("projection") or [{} for _ in layers[1:]]
    stored = {}
    for (name, source, target), p in zip(read_projections(net, layers), given):
        shape = (layers[target][2], layers[source][2])
        stored[name] = draw_projection(p, shape, rng)
    thresholds = net.get("initial_thresholds", 0.0)
    if isinstance(thresholds, dict) and thresholds.get("distribution") == "normal":
        stored["thresholds"] = thresholds.get("mean", 0.0) + thresholds.get("sd", 1.0) * rng.standard_normal(n)
    else:
        stored["thresholds"] = value(thresholds, n, "network.initial_thresholds")
    return stored


def draw_projection(table, shape, rng):
    connect, weights = table.get("connect", "dense"), table.get("weights", {})
    if isinstance(connect, dict) and "fan_in" in connect:
        pattern = np.zeros(shape, bool)
        for row in pattern:
            row[rng.choice(shape[1], connect["fan_in"], replace=False)] = True
    elif isinstance(connect, dict):
        post, pre = np.indices(shape)
        pattern = np.abs(pre / shape[1] - post / shape[0]) * shape[1] <= connect["band"] + 1e-12
    else:
        pattern = np.ones(shape, bool)
    if "values" in weights and np.size(weights["values"]) == pattern.size:
        matrix = np.reshape(np.asarray(weights["values"], float), shape)
    else:
        gain = weights.get("gain", 1.0) if isinstance(weights, dict) else 1.0
        matrix = rng.standard_normal(shape) * gain / np.sqrt(np.maximum(pattern.sum(1, keepdims=True), 1))
    if pattern.all():
        return matrix
    rows, columns = np.nonzero(pattern)
    indptr = np.concatenate([[0], np.cumsum(pattern.sum(1))])
    return {"indptr": indptr, "indices": columns, "data": matrix[rows, columns]}
