"""The delayed weights W(t - T) of the peers: as factors, or as SciPy would have them without that idea, stored.

Terminal momentum, no decay, epoch memory 1: dM/dt = -g y^T with g = Delta f' / lambda, M(end) = 0. So an epoch adds
C[g y^T](t) / omega to W up to phase t, C[phi](t) = int_0^t int_s^T phi, and every later epoch adds C[g y^T](T) / omega
again. On Gauss-Legendre nodes the product W(t - T) x is W(0) x plus two products with thin matrices of g and y at the
nodes. Works on NumPy arrays and on PyTorch tensors alike; the latter's automatic differentiation goes through it.
"""
import numpy as np
from numpy.polynomial import legendre

from problem import EPOCH_LENGTH, SAMPLES, TIME_CONSTANT


class TimeNodes:
    """K Gauss-Legendre nodes of the epoch, and matrices (times x K) that act on values at them."""

    def __init__(self, count):
        x, weights = legendre.leggauss(count)
        self.tau = 0.5 * EPOCH_LENGTH * (x + 1.0)
        self.weights = 0.5 * EPOCH_LENGTH * weights
        self._modes = np.linalg.inv(legendre.legvander(x, count - 1))
        self._integral = self._integrate(self._modes, -1.0)
        self._learned = self._integrate(-self._integrate(self._modes, 1.0), -1.0)

    def values(self, times):
        """The interpolating polynomial at the times."""
        return self._evaluate(times, self._modes)

    def integral(self, times):
        """Its integral from 0 to each time."""
        return self._evaluate(times, self._integral)

    def learned(self, times):
        """C: the integral from 0 to each time of the integral from there to the end."""
        return self._evaluate(times, self._learned)

    @staticmethod
    def _integrate(modes, start):
        return 0.5 * EPOCH_LENGTH * legendre.legint(modes, lbnd=start, axis=0)

    @staticmethod
    def _evaluate(times, modes):
        return legendre.legvander(2.0 * np.asarray(times) / EPOCH_LENGTH - 1.0, len(modes) - 1) @ modes


class DelayedWeights:
    """W(t - T) of both projections in the epoch that follows those added. `arrays`: numpy or torch."""

    def __init__(self, weights, inertia, nodes, arrays=np):
        self._weights, self._inertia, self._nodes, self._arrays = weights, inertia, nodes, arrays
        self._end = nodes.learned([EPOCH_LENGTH])
        self._g, self._y = [], []
        self._epochs = 0

    def add(self, g, y):
        """Factors of the epoch just solved: g and y of every projection, each neurons x K."""
        if self._epochs == 0:
            self._g, self._y = list(g), list(y)
        else:
            self._g = [self._arrays.hstack(pair) for pair in zip(self._g, g)]
            self._y = [self._arrays.hstack(pair) for pair in zip(self._y, y)]
        self._epochs += 1

    def at(self, times):
        """What apply() wants to know of one phase, for a vector, or of several, for a block."""
        kernel = self.kernel(self._nodes.learned(np.atleast_1d(times)))
        return kernel if kernel is None or np.ndim(times) else kernel[:, 0]

    def kernel(self, learned):
        """Weights of all factors, a column a time; `learned` is TimeNodes.learned at the phases. None in epoch 0."""
        if self._epochs == 0:
            return None
        ages = np.arange(self._epochs)[::-1]
        return np.hstack([learned + age * self._end for age in ages]).T / self._inertia

    def apply(self, p, kernel, x):
        """W_p(t - T) x: for a vector and a column of the kernel, or for a block of columns at as many times."""
        product = self._weights[p] @ x
        return product if kernel is None else product + self._g[p] @ (kernel * (self._y[p].T @ x))

    def apply_transpose(self, p, kernel, x):
        """W_p(t - T)^T x, likewise."""
        product = self._weights[p].T @ x
        return product if kernel is None else product + self._y[p] @ (kernel * (self._g[p].T @ x))


class StoredWeights:
    """The same as matrices: W of the last epoch at equidistant phases, polynomials through the nearest in between."""

    INTERVALS, POINTS = 48, 8

    def __init__(self, weights, inertia, nodes):
        self._inertia, self._epochs = inertia, 0
        self._phases = np.linspace(0.0, EPOCH_LENGTH, self.INTERVALS + 1)
        self._learned, self._end = nodes.learned(self._phases), nodes.learned([EPOCH_LENGTH])
        self._initial = weights
        self._stored = [[w.copy() for _ in self._phases] for w in weights]
        self._drift = [np.zeros_like(w) for w in weights]  # what every epoch adds of those before it

    def add(self, g, y):
        for p, (left, right) in enumerate(zip(g, y)):
            for matrix, row in zip(self._stored[p], self._learned):
                matrix += self._drift[p]
                matrix += (left * (row / self._inertia)) @ right.T
            self._drift[p] += (left * (self._end / self._inertia)) @ right.T
        self._epochs += 1

    def at(self, times):
        """For each time the nearest phases, and the weights of their values."""
        return [self._interpolation(t) for t in np.atleast_1d(times)] if self._epochs else None

    def _interpolation(self, t):
        first = int(t / EPOCH_LENGTH * self.INTERVALS) - self.POINTS // 2 + 1
        near = np.arange(self.POINTS) + min(max(first, 0), self.INTERVALS + 1 - self.POINTS)
        x = self._phases[near]
        return near, [np.prod([(t - b) / (a - b) for b in x if b != a]) for a in x]

    def apply(self, p, moments, x):
        return self._product(p, moments, x, lambda matrix: matrix)

    def apply_transpose(self, p, moments, x):
        return self._product(p, moments, x, np.transpose)

    def _product(self, p, moments, x, turn):
        if moments is None:
            return turn(self._initial[p]) @ x
        columns = [sum(c * (turn(self._stored[p][i]) @ column) for i, c in zip(*moment))
                   for moment, column in zip(moments, x.T if x.ndim == 2 else [x])]
        return np.stack(columns, axis=1) if x.ndim == 2 else columns[0]


def finish_epoch(problem, nodes, delayed, y, rate, delta):
    """Adds the epoch to the delayed weights and returns H_int at the samples.

    y, rate = dy/dt and delta at the nodes, (3 N) x K.
    """
    n = problem.neurons
    slope = 1.0 - (y + TIME_CONSTANT * rate) ** 2  # f' of tanh, as f = y + lambda dy/dt
    g = delta * slope / TIME_CONSTANT
    delayed.add([g[n:2 * n], g[2 * n:]], [y[:n], y[n:2 * n]])
    sampled = nodes.values(SAMPLES).T
    y, rate, delta = (np.asarray(a) @ sampled for a in (y[2 * n:], rate, delta))
    return np.sum(delta * rate, axis=0) + 0.5 * np.sum((y - problem.target[:, None]) ** 2, axis=0)
