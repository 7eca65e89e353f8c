"""SciPy: solve_ivp for y forwards and Delta backwards, quadrature for M and W, NumPy products."""
import numpy as np
from scipy.integrate import solve_ivp

from history import DelayedWeights, StoredWeights, TimeNodes, finish_epoch
from problem import EPOCH_LENGTH, TIME_CONSTANT


class Epoch:
    """One epoch of one network; y and Delta are (3 N), or (3 N) x K at the nodes."""

    def __init__(self, problem, nodes, delayed, method, tolerance):
        self._problem, self._nodes, self._delayed = problem, nodes, delayed
        self._options = {"method": method, "rtol": tolerance, "atol": 0.1 * tolerance}
        self._layers = [slice(i * problem.neurons, (i + 1) * problem.neurons) for i in range(3)]

    def _transfer(self, moments, y):
        first, hidden, _ = self._layers
        f = np.empty_like(y)
        f[first] = self._problem.stimulus if y.ndim == 1 else self._problem.stimulus[:, None]
        for p, layer in enumerate((first, hidden)):
            f[self._layers[p + 1]] = self._delayed.apply(p, moments, y[layer])
        return np.tanh(f, out=f)

    def forwards(self, start):
        """y and its rate at the nodes, y at the end."""
        solution = solve_ivp(lambda t, y: (self._transfer(self._delayed.at(t), y) - y) / TIME_CONSTANT,
                             (0.0, EPOCH_LENGTH), start, t_eval=[*self._nodes.tau, EPOCH_LENGTH], **self._options)
        y = np.ascontiguousarray(solution.y[:, :-1])
        return y, (self._transfer(self._delayed.at(self._nodes.tau), y) - y) / TIME_CONSTANT, solution.y[:, -1]

    def backwards(self, y, rate):
        """Delta at the nodes, from Delta = 0 at the end; time runs from the end."""
        first, hidden, output = self._layers
        slope = 1.0 - (y[hidden.start:] + TIME_CONSTANT * rate[hidden.start:]) ** 2
        distance = y[output] - self._problem.target[:, None]

        def right_hand_side(s, delta):
            t = EPOCH_LENGTH - s
            row, moments = self._nodes.values([t])[0], self._delayed.at(t)
            back = delta[hidden.start:] * (slope @ row)
            change = -delta / TIME_CONSTANT
            n = self._problem.neurons
            change[first] += self._delayed.apply_transpose(0, moments, back[:n]) / TIME_CONSTANT
            change[hidden] += self._delayed.apply_transpose(1, moments, back[n:]) / TIME_CONSTANT
            change[output] += distance @ row
            return change

        solution = solve_ivp(right_hand_side, (0.0, EPOCH_LENGTH), np.zeros(len(y)),
                             t_eval=EPOCH_LENGTH - self._nodes.tau[::-1], **self._options)
        return np.ascontiguousarray(solution.y[:, ::-1])


def solve(problem, method, tolerance, count=32):
    """Generator of H_int at the samples of one epoch after another. "METHOD stored": without factors."""
    nodes = TimeNodes(count)
    method, *stored = method.split()
    delayed = (StoredWeights if stored else DelayedWeights)(problem.weights, problem.inertia, nodes)
    epoch = Epoch(problem, nodes, delayed, method, tolerance)

    def epochs():
        end = np.zeros(3 * problem.neurons)
        for _ in range(problem.epochs):
            y, rate, end = epoch.forwards(end)
            yield finish_epoch(problem, nodes, delayed, y, rate, epoch.backwards(y, rate))

    return epochs()
