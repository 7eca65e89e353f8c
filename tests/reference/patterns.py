"""Patterns shown in slots of the epoch: the sequence, the input with its onset, and the target (docs/patterns.md).

The shuffled order is worked out here from the definition of the generator, Philox4x32-10 of J. K. Salmon et al.,
Parallel random numbers: as easy as 1, 2, 3 (SC11, 2011), and not by the program's library.
"""

from dataclasses import dataclass
from functools import lru_cache

import h5py
import numpy as np

STREAM = 13  # what hjnet draws orders for
PARTS = 1 << 24
WORD = 0xFFFFFFFF


def write_patterns(path):
    """The data file of cases/patterns*.toml: three patterns of four numbers, with class labels and with probabilities for three outputs."""
    with h5py.File(path, "w") as file:
        file["inputs"] = [[0.9, -0.4, 0.2, -1.1], [-0.6, 0.8, 1.0, 0.3], [0.1, 0.5, -0.9, 0.7]]
        file["labels"] = np.array([2, 0, 1])
        file["shares"] = [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.25, 0.5, 0.25]]


def philox(counter, key):
    """Four words of 32 bits from four and two."""
    c, (k0, k1) = list(counter), key
    for _ in range(10):
        high, low = divmod(0xD2511F53 * c[0], 1 << 32)
        high2, low2 = divmod(0xCD9E8D57 * c[2], 1 << 32)
        c = [high2 ^ c[1] ^ k0, low2, high ^ c[3] ^ k1, low]
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c


def permutation(seed, number, patterns):
    """The order of pass `number`: Fisher and Yates's shuffle from the end."""
    order = list(range(patterns))
    key = (seed & WORD, seed >> 32)
    for i in range(patterns - 1, 0, -1):
        words = philox((i, 0, STREAM | (number % PARTS) << 8, 0), key)
        j = (words[1] << 32 | words[0]) % (i + 1)
        order[i], order[j] = order[j], order[i]
    return order


@dataclass(frozen=True, eq=False)
class Patterns:
    inputs: np.ndarray  # patterns x N
    targets: np.ndarray  # patterns x outputs, or None
    per_epoch: int
    shuffled: bool
    onset: float
    seed: int
    length: float  # of an epoch

    def start(self, slot):
        return self.length * (slot / self.per_epoch)

    def breakpoints(self):
        starts = [self.start(slot) for slot in range(self.per_epoch)]
        return starts[1:] + ([start + self.onset for start in starts] if self.onset > 0.0 else [])

    @lru_cache(maxsize=None)
    def order(self, number):
        return permutation(self.seed, number, len(self.inputs))

    def pattern(self, number):
        place = number % len(self.inputs)
        return self.order(number // len(self.inputs))[place] if self.shuffled else place

    def slot(self, phase):
        return int(phase / self.length * self.per_epoch)

    def input(self, n, tau):
        """Y at the nodes tau of one element of epoch n, which lies in one slot."""
        middle = 0.5 * (tau[0] + tau[-1])
        slot = self.slot(middle)
        number = n * self.per_epoch + slot
        own = self.inputs[self.pattern(number)]
        if middle >= self.start(slot) + self.onset:
            return np.tile(own, (len(tau), 1))
        before = self.inputs[self.pattern(number - 1)] if number > 0 else np.zeros_like(own)
        u = ((tau - self.start(slot)) / self.onset)[:, None]
        return before + (6 * u**5 - 15 * u**4 + 10 * u**3) * (own - before)

    def target(self, n, middles):
        """One row for each element, given by a phase inside it."""
        return np.stack([self.targets[self.pattern(n * self.per_epoch + self.slot(m))] for m in middles])


def read(table, layers, neurons, length, seed):
    """Patterns of a [stimulus.patterns] whose file is given by its whole path."""
    names = [layer[0] for layer in layers]
    _, first, count, _ = layers[names.index(table["layer"])]
    with h5py.File(table["file"], "r") as file:
        given = file[table["inputs"]][...]
        targets = file[table["targets"]][...] if "targets" in table else None
    inputs = np.zeros((len(given), neurons))
    inputs[:, first:first + count] = given
    if targets is not None and targets.ndim == 1:
        targets = np.eye(layers[-1][2])[targets]
    return Patterns(inputs, targets, int(table.get("per_epoch", len(given))), table.get("order", "file") == "shuffled",
                    float(table.get("onset", 0.0)), seed, length)
