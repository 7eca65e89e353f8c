"""The Lyapunov energy (model.md, section 4): E of all neurons and of the W of its own epoch, of which it sees the
symmetric part.

    E = -1/2 y.W y - sum (Y + theta) y + sum int_0^y f^-1,      dE/dy = f^-1(y) - h,   h = Y + theta + 1/2 (W + W^T) y
"""

import math

import numpy as np
from scipy.special import erfinv, spence, xlogy


def inverse(kind, y):
    """f^-1, its slope and its integral from 0."""
    if kind == "identity":
        return y, np.ones_like(y), 0.5 * y * y
    if kind == "tanh":
        return np.arctanh(y), 1.0 / (1.0 - y * y), y * np.arctanh(y) + 0.5 * np.log(1.0 - y * y)
    if kind == "logistic":
        return np.log(y / (1.0 - y)), 1.0 / (y * (1.0 - y)), xlogy(y, y) + xlogy(1.0 - y, 1.0 - y)
    if kind == "softplus":  # Li_2(z) = spence(1 - z)
        integral = 0.5 * y * y + spence(1.0 - np.exp(-y)) - math.pi ** 2 / 6.0
        return np.log(np.expm1(y)), 1.0 / (1.0 - np.exp(-y)), integral
    x = erfinv(y)
    return x, 0.5 * math.sqrt(math.pi) * np.exp(x * x), (1.0 - np.exp(-x * x)) / math.sqrt(math.pi)


def inverses(problem, y):
    parts = [inverse(kind, y[..., first:first + count]) for _, first, count, kind in problem.layers]
    return [np.concatenate(p, axis=-1) for p in zip(*parts)]


def symmetric_part(weights):
    """1/2 (W + W^T) over the axes -2, -1."""
    return 0.5 * (weights + np.swapaxes(weights, -1, -2))


def field(stimulus, y, weights):
    """h, and Y + theta, at all nodes; weights ... x N x (N+1)."""
    bias = stimulus + weights[..., 0]
    return bias + (symmetric_part(weights[..., 1:]) @ y[..., None])[..., 0], bias


def slopes(problem, inputs, y, weights):
    """dE/dy at all nodes, and its tangents (None without particles)."""
    h, _ = field(np.stack([i[0] for i in inputs]), y.value, weights.value)
    back, slope, _ = inverses(problem, y.value)
    if y.tangent is None:
        return back - h, None
    dh = np.stack([i[1] for i in inputs]) + weights.tangent[..., 0, :]
    dh = dh + symmetric_part(weights.value[..., 1:]) @ y.tangent
    dw = np.moveaxis(weights.tangent[..., 1:, :], -1, -3)
    dh = dh + np.moveaxis((symmetric_part(dw) @ y.value[..., None, :, None])[..., 0], -2, -1)
    return back - h, slope[..., None] * y.tangent - dh


def energy(problem, inputs, y, weights):
    """E without decay at all nodes."""
    h, bias = field(np.stack([i[0] for i in inputs]), y, weights)
    return (inverses(problem, y)[2] - 0.5 * y * (h + bias)).sum(-1)


def shares(neurons):
    """c_l of -dE/dW_kl = c_l y_k y_l: 1 for the threshold (y_0 = 1), 1/2 for a synapse."""
    return np.concatenate([[1.0], np.full(neurons, 0.5)])
