"""PyTorch: explicit Runge-Kutta steps for y, Delta by automatic differentiation; and the epoch solved all at once.

The delayed weights are factors (history.py) or, as one would do without that idea, a matrix for every stage's time.

Delta(t_n) is the gradient of the epoch's cost, integrated by the same Runge-Kutta method, with respect to y(t_n).
"""
import numpy as np
import torch
from scipy.integrate import DOP853, RK45

from history import DelayedWeights, TimeNodes, finish_epoch
from problem import EPOCH_LENGTH, TIME_CONSTANT

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

# (A, b, c); the higher orders are SciPy's tableaux.
TABLEAUX = {
    "RK4": (np.array([[0, 0, 0, 0], [0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 1.0, 0]]),
            np.array([1, 2, 2, 1]) / 6.0, np.array([0, 0.5, 0.5, 1.0])),
    "RK45": (RK45.A, RK45.B, RK45.C),
    "DOP853": (DOP853.A, DOP853.B, DOP853.C),
}


class Factors:
    """W(t - T) at the times whose TimeNodes.learned is given, as factors."""

    def __init__(self, problem, nodes, learned):
        weights = [torch.tensor(w) for w in problem.weights]
        self._delayed = DelayedWeights(weights, problem.inertia, nodes, torch)
        self._learned, self._kernel = learned, None

    def add(self, g, y):
        self._delayed.add(g, y)
        self._kernel = torch.tensor(self._delayed.kernel(self._learned))

    def apply(self, p, time, x):
        """W_p at time number `time` times x; slice(None): at all times, a column of x each."""
        return self._delayed.apply(p, None if self._kernel is None else self._kernel[:, time], x)


class Snapshots:
    """The same as matrices, one for each distinct time: W(t) = W(t - T) + what this epoch and those before add."""

    def __init__(self, problem, nodes, learned):
        distinct, slot = np.unique(learned.round(14), axis=0, return_inverse=True)
        self._slot = slot.ravel()  # NumPy 2.0 gives it the shape of a column
        self._learned = torch.tensor(distinct / problem.inertia)
        self._end = torch.tensor(nodes.learned([EPOCH_LENGTH])[0] / problem.inertia)
        self._weights = [torch.tensor(w).repeat(len(distinct), 1, 1) for w in problem.weights]
        self._before = [torch.zeros(w.shape) for w in problem.weights]

    def add(self, g, y):
        for p, weights in enumerate(self._weights):
            for matrix, learned in zip(weights, self._learned):
                matrix.add_(self._before[p]).addmm_(g[p] * learned, y[p].T)
            self._before[p].addmm_(g[p] * self._end, y[p].T)

    def apply(self, p, time, x):
        return self._weights[p][self._slot[time]] @ x


class Network:
    """The problem as tensors, with its delayed weights (Factors or Snapshots)."""

    def __init__(self, problem, delayed):
        self.problem, self.delayed = problem, delayed
        self.stimulus, self.target = torch.tensor(problem.stimulus), torch.tensor(problem.target)

    def rate(self, time, y):
        """F(t, y), y of length 3 N, at time number `time` of the delayed weights."""
        n = self.problem.neurons
        net = [self.stimulus, self.delayed.apply(0, time, y[:n]), self.delayed.apply(1, time, y[n:2 * n])]
        return (torch.tanh(torch.cat(net)) - y) / TIME_CONSTANT

    def cost(self, y):
        return 0.5 * torch.sum((y - self.target) ** 2)


class Steps:
    """Runge-Kutta steps between Chebyshev points of the epoch, short where y and Delta are fast: at both ends."""

    def __init__(self, method, count, nodes):
        self.a, self.b, self.c = TABLEAUX[method]
        self.times = 0.5 * EPOCH_LENGTH * (1.0 - np.cos(np.pi * np.arange(count + 1) / count))
        self.lengths = np.diff(self.times)
        stages = self.times[:-1, None] + self.lengths[:, None] * self.c
        self.learned = nodes.learned(np.append(stages.ravel(), EPOCH_LENGTH))  # the last is for the rate at the end
        self.combine = [torch.tensor(row[:s]) for s, row in enumerate(self.a)]
        self.weights = torch.tensor(np.asarray(self.b))
        self.to_nodes = torch.tensor(self._interpolation(nodes.tau)).T

    def _interpolation(self, times):
        """From values at the points to the times."""
        degree = len(self.times) - 1
        basis = np.polynomial.chebyshev.chebvander
        x = 2.0 * self.times / EPOCH_LENGTH - 1.0
        return basis(2.0 * times / EPOCH_LENGTH - 1.0, degree) @ np.linalg.inv(basis(x, degree))

    def forwards(self, network, y):
        """y (with gradients kept) and its rate at the points, and the epoch's cost."""
        states, rates, cost = [], [], 0.0
        n = network.problem.neurons
        for step, h in enumerate(self.lengths):
            if y.requires_grad:
                y.retain_grad()
            else:
                y.requires_grad_()
            slopes = []
            for s, combination in enumerate(self.combine):
                stage = y if s == 0 else y + h * (combination @ torch.stack(slopes))
                slopes.append(network.rate(step * len(self.b) + s, stage))
                if self.b[s] != 0.0:
                    cost = cost + h * self.b[s] * network.cost(stage[2 * n:])
            states.append(y)
            rates.append(slopes[0].detach())
            y = y + h * (self.weights @ torch.stack(slopes))
        states.append(y.detach())
        rates.append(network.rate(-1, states[-1]))
        return states, rates, cost

    def epoch(self, network, start):
        """y, its rate and Delta at the nodes; y at the end."""
        states, rates, cost = self.forwards(network, start)
        cost.backward()
        delta = [y.grad for y in states[:-1]] + [torch.zeros_like(start)]
        y = [state.detach() for state in states]
        return [torch.stack(part, dim=1) @ self.to_nodes for part in (y, rates, delta)] + [y[-1]]


class Collocation:
    """hjnet's own method: layer after layer, all nodes of the epoch at once; gradients through it are automatic."""

    def __init__(self, nodes):
        integral = nodes.integral(nodes.tau)
        identity = np.eye(len(nodes.tau))
        relax = np.linalg.inv(TIME_CONSTANT * identity + integral)
        self.respond = torch.tensor(relax @ integral).T
        self.decay = torch.tensor(TIME_CONSTANT * relax @ np.ones(len(nodes.tau)))
        self.end = torch.tensor(nodes.integral([EPOCH_LENGTH])[0]) / TIME_CONSTANT
        self.weights = torch.tensor(nodes.weights)
        self.learned = nodes.learned(nodes.tau)

    def epoch(self, network, start):
        """As Steps.epoch."""
        n = network.problem.neurons
        net = network.stimulus[:, None].expand(n, len(self.weights))
        forced, y = [], []
        for layer in range(3):
            forced.append(torch.tanh(net).requires_grad_())
            forced[-1].retain_grad()
            y.append(forced[-1] @ self.respond + start[layer * n:(layer + 1) * n, None] * self.decay)
            if layer < 2:
                net = network.delayed.apply(layer, slice(None), y[-1])
        cost = 0.5 * torch.sum((y[-1] - network.target[:, None]) ** 2 @ self.weights)
        cost.backward()
        delta = torch.cat([f.grad for f in forced]) / self.weights * TIME_CONSTANT
        y = torch.cat(y).detach()
        rate = (torch.cat(forced).detach() - y) / TIME_CONSTANT
        return y, rate, delta, start + TIME_CONSTANT * rate @ self.end


def solve(problem, method, steps, count=32):
    """Generator of H_int at the samples of one epoch after another.

    `method`: a key of TABLEAUX, with `steps` an epoch and `count` nodes for quadrature, with "stored" after it to keep
    W itself; or "collocation", on `steps` nodes.
    """
    method, *stored = method.split()
    nodes = TimeNodes(steps if method == "collocation" else count)
    scheme = Collocation(nodes) if method == "collocation" else Steps(method, steps, nodes)
    network = Network(problem, (Snapshots if stored else Factors)(problem, nodes, scheme.learned))

    def epochs():
        end = torch.zeros(3 * problem.neurons)
        for _ in range(problem.epochs):
            y, rate, delta, end = scheme.epoch(network, end)
            yield finish_epoch(problem, nodes, network.delayed, y, rate, delta)

    return epochs()
