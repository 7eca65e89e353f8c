"""Spectral elements in time: Gauss-Lobatto collocation on one mesh of phases, the same in every epoch.

The same mesh in every epoch means that W(t-T) stands at the very nodes where it is needed: nothing is resampled.
Collocation systems are solved by Picard iteration, which for Volterra equations converges faster than any power.
"""

import numpy as np
from numpy.polynomial import chebyshev, legendre


def lobatto(p):
    """The p Gauss-Lobatto nodes on [0, 1] and Q (p x p), Q f = integral of f's interpolant from 0 to each node."""
    inner = legendre.Legendre.basis(p - 1).deriv().roots()
    x = np.concatenate([[-1.0], np.sort(inner.real), [1.0]])
    modes = np.linalg.inv(chebyshev.chebvander(x, p - 1))
    integrals = np.stack([chebyshev.chebval(x, chebyshev.chebint(np.eye(p)[k], lbnd=-1.0)) for k in range(p)], axis=1)
    return 0.5 * (x + 1.0), 0.5 * integrals @ modes


def barycentric_rows(x, targets):
    """Matrix that interpolates values at nodes x to the targets."""
    scale = 4.0 / (x[-1] - x[0])
    weights = 1.0 / np.array([np.prod([scale * (a - b) for b in x if b != a]) for a in x])
    rows = np.zeros((len(targets), len(x)))
    for i, t in enumerate(targets):
        hit = np.nonzero(x == t)[0]
        if hit.size:
            rows[i, hit[0]] = 1.0
        else:
            terms = weights / (t - x)
            rows[i] = terms / terms.sum()
    return rows


class Mesh:
    """Elements between `breakpoints`, none longer than `longest`, p nodes each. Arrays on it are (elements, p, ...)."""

    def __init__(self, breakpoints, longest, p=14):
        edges = [breakpoints[0]]
        for a, b in zip(breakpoints, breakpoints[1:]):
            count = max(1, int(np.ceil((b - a) / longest - 1e-9)))
            edges.extend(np.linspace(a, b, count + 1)[1:])
        self.edges = np.array(edges)
        self.p = p
        self.x, self.q = lobatto(p)
        self.h = np.diff(self.edges)
        self.tau = self.edges[:-1, None] + self.h[:, None] * self.x
        self.tau[:, -1] = self.edges[1:]

    @property
    def shape(self):
        return self.tau.shape

    def march(self, rhs, start, reverse=False):
        """Solves dX/dtau = rhs(element, X at its nodes) with X = start at the left end (right end if reverse)."""
        out = np.empty(self.shape + start.shape)
        flow = self.q[-1] - self.q if reverse else self.q
        order = range(len(self.h))[::-1] if reverse else range(len(self.h))
        for e in order:
            weights = (-self.h[e] if reverse else self.h[e]) * flow
            out[e] = self._picard(lambda x: rhs(e, x), start, weights)
            start = out[e, 0] if reverse else out[e, -1]
        return out

    def _picard(self, rhs, start, weights):
        x = np.broadcast_to(start, (self.p,) + start.shape)
        last = np.inf
        for _ in range(200):
            new = start + np.tensordot(weights, rhs(x), axes=1)
            change, scale = np.abs(new - x).max(), np.abs(new).max()
            x = new
            if not np.isfinite(scale):
                break
            if change <= 2e-16 * scale or (change >= last and change <= 1e-13 * scale):
                return x
            last = change
        raise ArithmeticError("Picard iteration does not converge: shorten the elements")

    def integral(self, f):
        """Integral of f (elements, p, ...) from the start of the epoch to every node."""
        inside = np.einsum("ij,ej...->ei...", self.q, f * self.h.reshape((-1,) + (1,) * (f.ndim - 1)))
        before = np.cumsum(inside[:, -1], axis=0) - inside[:, -1]
        return inside + before[:, None]

    def remainder(self, f):
        """Integral of f from every node to the end of the epoch."""
        total = self.integral(f)
        return total[-1, -1] - total

    def operator(self):
        """`integral` as one dense matrix over all nodes."""
        size = self.tau.size
        return self.integral(np.eye(size).reshape(self.shape + (size,))).reshape(size, size)

    def at(self, phases):
        """Function that takes f (elements, p, ...) to the phases; at an inner edge the right-hand limit."""
        phases = np.asarray(phases)
        element = np.clip(np.searchsorted(self.edges, phases + 1e-13, side="right") - 1, 0, len(self.h) - 1)
        rows = [barycentric_rows(self.x, [np.clip((t - self.edges[e]) / self.h[e], 0.0, 1.0)])[0]
                for t, e in zip(phases, element)]

        def interpolate(f):
            return np.stack([np.tensordot(row, f[e], axes=1) for row, e in zip(rows, element)])

        return interpolate
