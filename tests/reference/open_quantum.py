"""Noise, baths and the second orders that are states (meaning.md's C, D and E), by SciPy's integrators on generators that
are put together from Lindblad operators."""

import numpy as np
from scipy.integrate import solve_ivp

from quantum import COMMUTATOR, PAULI, SIGMA, Drive, initial_density

TOLERANCE = {"rtol": 1e-11, "atol": 1e-13}
NODES, DEPTH = 64, 40


def is_open(p):
    table = p.boltzmann
    return (table.get("second_order", "redfield") != "redfield" or table.get("memory") == "exponential"
            or table.get("mediator_noise", 0.0) != 0.0 or bool(table.get("bath")) or p.closure == "mean_field")


def dissipator(left, right):
    """rho -> L rho R - (1/2){R L, rho} on Pauli coefficients."""
    out = np.empty((16, 16))
    for a, basis in enumerate(PAULI):
        image = left @ basis @ right - 0.5 * (right @ left @ basis + basis @ right @ left)
        out[:, a] = 0.25 * np.einsum("aij,ji->a", PAULI, image).real
    return out


PAIRS = np.array([[dissipator(a, b) for b in PAULI] for a in PAULI])
LOCAL = {0: [4, 8, 12], 1: [1, 2, 3]}  # alpha of sigma_j of A, of B


def both(value):
    return np.broadcast_to(np.asarray(value, float), 2)


def bath(table):
    out = np.zeros((16, 16))
    axes = np.asarray(table.get("axis", [0.0, 0.0, 1.0]), float)
    axes = np.broadcast_to(axes, (2, 3))
    for p in (0, 1):
        n = axes[p] / np.linalg.norm(axes[p])
        one = np.tensordot(n, SIGMA[1:], axes=1)
        # sigma_-: from the eigenvector of +1 to that of -1.
        _, vectors = np.linalg.eigh(one)
        lowering = np.outer(vectors[:, 0], vectors[:, 1].conj())
        embed = (lambda m: np.kron(m, SIGMA[0])) if p == 0 else (lambda m: np.kron(SIGMA[0], m))
        gamma, occupation = both(table.get("relaxation", 0.0))[p], both(table.get("occupation", 0.0))[p]
        out += 0.5 * both(table.get("dephasing", 0.0))[p] * dissipator(embed(one), embed(one))
        low = embed(lowering)
        out += gamma * (occupation + 1.0) * dissipator(low, low.conj().T)
        out += gamma * occupation * dissipator(low.conj().T, low)
    return out


def mediator(h):
    """sum_j |kappa_j| {D[u_j.sigma^A] + D[v_j.sigma^B]} of coefficients h."""
    c = h.reshape(4, 4)[1:, 1:]
    out = np.zeros((16, 16))
    for p, square in ((0, c @ c.T), (1, c.T @ c)):
        values, vectors = np.linalg.eigh(square)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        out += np.einsum("ij,ijab->ab", root, PAIRS[np.ix_(LOCAL[p], LOCAL[p])])
    return out


def second_order(kind, h, k, strength):
    """eta q^2 times the paper's term, or its positive part."""
    h, k = h.copy(), k.copy()
    h[0] = k[0] = 0.0
    if kind == "redfield":
        return 0.5 * strength * np.tensordot(h, COMMUTATOR, axes=1) @ np.tensordot(k, COMMUTATOR, axes=1)
    shift = 0.25 * strength * np.tensordot(h, COMMUTATOR, axes=1) @ k
    rates, vectors = np.linalg.eigh(0.5 * strength * (np.outer(h, k) + np.outer(k, h)))
    positive = (vectors * np.maximum(rates, 0.0)) @ vectors.T
    return np.tensordot(shift, COMMUTATOR, axes=1) + np.tensordot(positive, PAIRS, axes=2)


class Mode:
    """One momentum mode: blocks of 16 coefficients, and what moves them."""

    def __init__(self, p, drive, eta):
        table = p.boltzmann
        self.drive, self.eta = drive, eta
        self.charge = float(table.get("charge", 1.0))
        self.kind = table.get("second_order", "redfield")
        self.noise = float(table.get("mediator_noise", 0.0)) * eta * abs(self.charge)
        self.mean_field = p.closure == "mean_field"
        self.local = bath(table.get("bath", {}))
        self.tau = float(table.get("correlation_time", 0.7))
        self.exponential = drive.memory == "exponential"
        self.average = self.kind == "average" and drive.memory != "none"
        # Strengths of the blocks, what they leave in rho, and how they are coupled: H acts on `strengths @ blocks`.
        if self.average and self.exponential:
            n = np.arange(DEPTH + 1.0)
            self.couple = np.eye(DEPTH + 1) + (np.diag(np.sqrt(n[1:]), 1) + np.diag(np.sqrt(n[1:]), -1)) / np.sqrt(eta)
            self.decay, self.read = n / self.tau, np.eye(DEPTH + 1)[0]
        elif self.average:
            nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
            self.couple, self.decay = np.diag(1.0 + nodes / np.sqrt(eta)), np.zeros(NODES)
            self.read = weights / np.sqrt(2.0 * np.pi)
        else:
            self.couple, self.decay, self.read = np.eye(1), np.zeros(1), np.ones(1)

    @staticmethod
    def seen_as_means(c, r):
        out = np.zeros((4, 4))
        out[1:, 0] = c[1:, 0] + c[1:, 1:] @ r[0, 1:]
        out[0, 1:] = c[0, 1:] + r[1:, 0] @ c[1:, 1:]
        return out.ravel()

    def start(self, r):
        blocks = np.zeros((len(self.read), 16))
        blocks[:] = r if self.average and not self.exponential else 0.0
        blocks[0] = r
        return np.concatenate([blocks.ravel(), np.zeros(16)])

    def rate(self, n, inside, t, state):
        h = self.drive.parts[n](t - n * self.drive.length, inside)
        if self.mean_field:
            h = self.seen_as_means(h.reshape(4, 4), state[:16].reshape(4, 4))
        blocks, k = state[:-16].reshape(-1, 16), state[-16:]
        unitary = self.eta * self.charge * np.tensordot(h, COMMUTATOR, axes=1)
        local = self.local + (self.noise * mediator(h) if self.noise else 0.0)
        if not self.average and self.drive.memory != "none":
            seen = k if self.exponential else self.drive.memory_at(np.array([t]))[0]
            local = local + second_order(self.kind, h, seen, self.eta * self.charge ** 2)
        moved = self.couple @ blocks @ unitary.T + blocks @ local.T - self.decay[:, None] * blocks
        return np.concatenate([moved.ravel(), 2.0 * h - k / self.tau])

    def rho(self, state):
        return self.read @ state[:-16].reshape(-1, 16)


def evolve(p, epochs):
    """As quantum.evolve(), nt x m x 4 x 4."""
    drive = Drive(p, epochs)
    k0 = np.asarray(p.boltzmann.get("k0", [1.0]), float)
    out = np.empty((len(epochs) * (p.samples + 1), len(k0), 16))
    start = np.einsum("aij,ji->a", PAULI, initial_density(p)).real
    for m, eta in enumerate(1.0 / (2.0 * k0 * float(p.boltzmann.get("volume", 0.5)))):
        mode = Mode(p, drive, eta)
        state, row = mode.start(start), 0
        for n in range(drive.epochs):
            out[row, m] = mode.rho(state)
            for i in range(p.samples):
                edges = drive.edges(n, i)
                for a, b in zip(edges, edges[1:]):
                    inside = 0.5 * (a + b) - n * drive.length
                    done = solve_ivp(lambda t, x, n=n, inside=inside: mode.rate(n, inside, t, x), (a, b), state,
                                     method="DOP853", **TOLERANCE)
                    state = done.y[:, -1]
                out[row + i + 1, m] = mode.rho(state)
            row += p.samples + 1
    return np.einsum("tma,aij->tmij", 0.25 * out, PAULI)
