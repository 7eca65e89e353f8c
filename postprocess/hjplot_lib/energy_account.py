"""Where H_int goes while a network learns from patterns: an account drawn up from y and Δ alone.

Within the time that a pattern is shown (docs/learning.md)

    dH_int/dt = Σ_kl (Δ_k f'_k/λ) y_l Ẇ_kl(t-T) + κ W·Ẇ,

the work that is done by the weights as they move; where the next pattern comes, H_int jumps by what that changes in E
and ΣΔF. From y and Δ at the samples and W(0) this rebuilds g = Δ f'/λ, M, Ẇ and W by quadrature and the epoch
recursion, so that nothing of the program's own weights or energies enters."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hjplot_lib import weights
from hjplot_lib.runfile import PlotError, open_hdf5
from hjplot_lib.verb import Verb, run_files


def logistic(x):
    from scipy.special import expit

    return expit(x)


TRANSFER = {"identity": (lambda x: x, np.ones_like),
            "tanh": (np.tanh, lambda x: 1.0 / np.cosh(x) ** 2),
            "logistic": (logistic, lambda x: logistic(x) * logistic(-x))}
DECAY_SWEEPS = 30  # M contains W and W contains M where weights decay: repeated until they agree
FEWEST_SAMPLES = 16  # of a pattern: the splines through fewer would be the largest error


@dataclass
class Entry:
    """One epoch of the account: H_int at its start and end, what the patterns' changes and the weights' work add, what
    is then missing, and how far H_int and K/2ω are from the program's own at the worst sample."""

    start: float
    patterns: float
    work: float
    end: float
    kinetic: float  # largest |K/2ω| of the epoch
    missing: float
    interaction_off: float
    kinetic_off: float


class Account:
    def __init__(self, run):
        self.run, self.layers = run, weights.layers(run)
        self._settings()
        self._patterns()
        self.y, self.delta = self._states("y"), self._states("delta")
        self._weights()
        self.entries = [self._epoch(n) for n in range(run.epochs_completed)]

    def _settings(self):
        table = self.run.input
        learning, network, stimulus = table["learning"], table["network"], table.get("stimulus", {})
        patterns, gauge = stimulus.get("patterns", {}), table.get("gauge", {})
        self.constant, self.inertia = network["time_constant"], learning["inertia"]
        self.memory, self.decay = learning.get("epoch_memory", 1.0), learning.get("weight_decay", 0.0)
        self.terminal, self.kind = learning.get("momentum", "terminal") == "terminal", learning.get("error", "squared")
        for why, wrong in (("an ensemble of several members", self.run.members > 1),
                           ("no stimulus.patterns", not patterns),
                           ("patterns without targets", "targets" not in patterns),
                           ("stimulus.constant", "constant" in stimulus), ("stimulus.step", "step" in stimulus),
                           ("particles", "particles" in table),
                           ("a gauge field or constraint", "field" in gauge or "constraint" in gauge),
                           ("split thresholds", network.get("split_thresholds", False)),
                           ("learning is not enabled", not learning.get("enabled", True)),
                           ("a projection is not dense", any(one.get("connect", "dense") != "dense"
                                                             for one in network.get("projection", []))),
                           ("delta is not terminal", learning.get("delta", "terminal") != "terminal"),
                           ("the error is of another kind", self.kind not in ("squared", "cross_entropy"))):
            if wrong:
                raise PlotError(f"{self.run.path}: no account can be drawn up: {why}")
        unknown = {layer.transfer for layer in self.layers} - set(TRANSFER)
        if unknown:
            raise PlotError(f"{self.run.path}: no account can be drawn up: transfer {', '.join(sorted(unknown))}")

    def _patterns(self):
        shown = self.run.input["stimulus"]["patterns"]
        samples = self.run.epoch_samples - 1
        self.slots = int(shown["per_epoch"])
        if shown.get("order", "file") != "file" or shown.get("onset", 0.0) != 0.0:
            raise PlotError(f"{self.run.path}: no account can be drawn up: patterns must come in the file's order, "
                            "without onset")
        if samples % self.slots or samples < FEWEST_SAMPLES * self.slots:
            raise PlotError(f"{self.run.path}: {samples} samples an epoch; expected a multiple of the {self.slots} "
                            f"patterns, {FEWEST_SAMPLES} or more each")
        self.each = samples // self.slots
        with open_hdf5(Path(shown["file"])) as file:
            missing = [shown[name] for name in ("inputs", "targets") if shown[name] not in file]
            if missing:
                raise PlotError(f"{shown['file']}: no {', '.join(missing)}, which {self.run.path} was shown")
            self.inputs, targets = file[shown["inputs"]][:], file[shown["targets"]][:]
        outputs = self.layers[-1].neurons
        self.targets = np.eye(outputs)[targets] if targets.ndim == 1 else targets
        self.layer = next(layer for layer in self.layers if layer.name == shown["layer"])

    def _states(self, name):
        """[epoch][slot][sample, ends included][neuron]: samples between two patterns stand in both slots."""
        flat = self.run.series(f"/states/{name}", "expected output.states = true")
        epochs = flat.reshape(self.run.epochs_completed, self.run.epoch_samples, -1)
        index = np.arange(self.slots)[:, None] * self.each + np.arange(self.each + 1)
        return epochs[:, index]

    def _weights(self):
        """W with the threshold as its last column, for every pair of layers one block; of the prehistory."""
        first = self.run.require("/weights/initial", "expected output.weights other than \"none\"")
        count = sum(layer.neurons for layer in self.layers)
        whole = np.zeros((count, count + 1))
        self.mask = np.zeros_like(whole)
        for table in self.run.input["network"]["projection"]:
            pre, post = (next(one for one in self.layers if one.name == table[end]) for end in ("from", "to"))
            block = np.s_[post.first: post.first + post.neurons, pre.first: pre.first + pre.neurons]
            whole[block], self.mask[block] = first[f"{table['from']}-{table['to']}"][...], 1.0
        if "thresholds" in first:
            whole[:, -1], self.mask[:, -1] = first["thresholds"][...], 1.0
        shape = (self.slots, self.each + 1, *whole.shape)
        self.w, self.velocity = np.broadcast_to(whole, shape), np.zeros(shape)
        self.w_end, self.m_end, self.kinetic = whole, np.zeros_like(whole), np.zeros(shape[:2])

    def _rise(self, values):
        """Integral from the epoch's start to each sample, slot by slot by cubic splines."""
        from scipy.interpolate import CubicSpline

        time = np.arange(self.each + 1) * self.run.epoch_length / (self.slots * self.each)
        inside = np.stack([CubicSpline(time, slot).antiderivative()(time) for slot in values])
        before = np.concatenate([np.zeros_like(inside[:1, -1]), np.cumsum(inside[:, -1], axis=0)[:-1]])
        return inside + before[:, None]

    def _transfer(self, net, which):
        return np.concatenate([TRANSFER[layer.transfer][which](net[..., layer.first: layer.first + layer.neurons])
                               for layer in self.layers], axis=-1)

    def _shown(self, epoch, shift=0):
        """(Y, targets) of every slot; `shift` 1: of the slot after it."""
        number = (epoch * self.slots + np.arange(self.slots) + shift) % len(self.inputs)
        external = np.zeros((self.slots, 1, self.y.shape[-1]))
        external[..., self.layer.first: self.layer.first + self.layer.neurons] = self.inputs[number][:, None]
        return external, self.targets[number][:, None]

    def _error(self, y, target):
        outputs = y[..., self.layers[-1].first:]
        if self.kind == "squared":
            return 0.5 * ((outputs - target) ** 2).sum(axis=-1)
        top = outputs.max(axis=-1)
        return (np.log(np.exp(outputs - top[..., None]).sum(axis=-1)) + top) * target.sum(axis=-1) - \
            (outputs * target).sum(axis=-1)

    def _interaction(self, y, delta, recurrent, shown):
        external, target = shown
        force = self._transfer(recurrent + external, 0) - y
        return (delta * force).sum(axis=-1) / self.constant + self._error(y, target)

    def _learn(self, gy):
        """(M, Ẇ, W) of an epoch from g y: the epoch recursion (41), (94)."""
        w = self.w
        for _ in range(DECAY_SWEEPS if self.decay > 0.0 else 1):
            fall = self._rise(gy + self.decay * w * self.mask)
            m = fall[-1, -1] - fall if self.terminal else self.m_end - fall
            velocity = self.memory * self.velocity + m / self.inertia
            w = self.w_end + self._rise(velocity)
        return m, velocity, w

    def _epoch(self, n):
        y, delta = self.y[n], self.delta[n]
        wide = np.concatenate([y, np.ones_like(y[..., :1])], axis=-1)
        recurrent = np.einsum("stkl,stl->stk", self.w, wide)  # W(t-T): self.w still holds the epoch before
        g = delta * self._transfer(recurrent + self._shown(n)[0], 1) / self.constant
        gy = g[..., :, None] * wide[..., None, :] * self.mask
        m, velocity, w = self._learn(gy)
        kinetic = (m**2).sum(axis=(-2, -1)) + self.memory * self.kinetic
        decayed = 0.5 * self.decay * (w**2 * self.mask).sum(axis=(-2, -1))
        interaction = self._interaction(y, delta, recurrent, self._shown(n)) + decayed
        power = (gy * self.velocity + self.decay * w * velocity * self.mask).sum(axis=(-2, -1))
        jumps = interaction[1:, 0] - interaction[:-1, -1]
        entry = self._entry(n, interaction, jumps.sum(), self._rise(power)[-1, -1], kinetic / (2.0 * self.inertia))
        self.w, self.velocity, self.kinetic = w, velocity, kinetic
        self.w_end, self.m_end = w[-1, -1], m[-1, -1]
        return entry

    def _entry(self, n, interaction, jumps, work, kinetic):
        start, end = interaction[0, 0], interaction[-1, -1]
        samples = slice(n * self.run.epoch_samples, (n + 1) * self.run.epoch_samples)
        own = [self.run.file[f"/series/{name}"][samples][:-1].reshape(self.slots, self.each)
               for name in ("interaction", "kinetic")]
        off = [np.abs(mine[:, :-1] - theirs).max() for mine, theirs in zip((interaction, kinetic), own)]
        return Entry(start, jumps, work, end, np.abs(kinetic).max(), end - start - jumps - work, *off)


def report(account):
    heading = ("epoch", "H_int at its start", "patterns", "weights' work", "H_int at its end", "missing",
               "largest |K/2ω|", "H_int off by", "K/2ω off by")
    rows = [heading] + [(str(n), *(f"{value:.5g}" for value in (one.start, one.patterns, one.work, one.end)),
                         f"{one.missing:.1e}", f"{one.kinetic:.4g}", f"{one.interaction_off:.1e}",
                         f"{one.kinetic_off:.1e}") for n, one in enumerate(account.entries)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heading))]
    return "".join("  ".join(text.rjust(width) for text, width in zip(row, widths)) + "\n" for row in rows)


def make(runs, _):
    for run in runs:
        yield None, f"{run.label}\n{report(Account(run))}\n"


VERB = Verb("learning-account", "Prints",
            "where H_int goes while a network learns: the patterns' changes and the work of the weights, from y and Delta", make,
            [run_files("runs with output.states and patterns in file order")])
