"""Operator coefficients, the Boltzmann equation in Pauli coefficients, and measures (model.md, sections 6 and 7)."""

import numpy as np
from numpy.polynomial import chebyshev

from mesh import lobatto

SIGMA = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
PAULI = np.array([np.kron(SIGMA[m], SIGMA[n]) for m in range(4) for n in range(4)])  # alpha = 4 mu + nu
# COMMUTATOR[a] is r -> -i [P_a, .] on Pauli coefficients: real and antisymmetric.
COMMUTATOR = np.array([[[0.25 * np.trace(-1j * b @ (a @ c - c @ a)).real for c in PAULI] for b in PAULI]
                       for a in PAULI])


def coefficients(p, stokes, y, force, delta, field, error):
    """c_alpha (... x 16) of the closure `p.closure`; Columns with tangents (... x N x 6)."""
    out = np.zeros(y.value.shape[:-1] + (16,))
    cross = np.zeros(y.value.shape[:-1] + (3, 3))
    df, dd, dy = force.tangent, delta.tangent, y.tangent
    a, b = slice(0, 3), slice(3, 6)
    pair = lambda x, z: np.swapaxes(x[..., a], -1, -2) @ z[..., b]
    if p.closure == "backpropagation":
        local = (force.value[..., None] * dd).sum(-2)
    else:
        force0 = force.value - df @ stokes
        delta0 = delta.value - dd @ stokes
        local = (force0[..., None] * dd + delta0[..., None] * df).sum(-2)
        cross = pair(dd, df) + pair(df, dd)
        weighted = 2.0 * p.gauge * field[..., None] * df
        local = local + (weighted * force0[..., None]).sum(-2)
        cross = cross + pair(weighted, df)
    if p.closure == "full":
        _, first, second = error
        bent = (second @ (dy @ stokes)[..., None])[..., 0]
        local = local + (dy * (first - bent)[..., None]).sum(-2)
        cross = cross + pair(dy, second @ dy)
    for m in range(3):
        out[..., 4 * (m + 1)] = local[..., m]
        out[..., m + 1] = local[..., 3 + m]
        out[..., 4 * (m + 1) + 1:4 * (m + 1) + 4] = cross[..., m, :]
    return out


def mixed_coefficients(stokes, first, second):
    """c_alpha of a function linear in each state, from its derivatives (... x 6) and mixed ones (... x 3 x 3)."""
    out = np.zeros(first.shape[:-1] + (16,))
    for m in range(3):
        out[..., 4 * (m + 1)] = first[..., m] - second[..., m, :] @ stokes[3:]
        out[..., m + 1] = first[..., 3 + m] - second[..., :, m] @ stokes[:3]
        out[..., 4 * (m + 1) + 1:4 * (m + 1) + 4] = second[..., m, :]
    return out


def initial_density(p):
    a, b = (0.5 * (SIGMA[0] + np.tensordot(port.stokes, SIGMA[1:], axes=1)) for port in p.ports)
    return np.kron(a, b)


class Polynomials:
    """A function of one epoch from its values at the nodes of a mesh (elements, p, 16), and its exact integral."""

    def __init__(self, mesh, values):
        self.edges, self.h = mesh.edges, mesh.h
        modes = np.linalg.inv(chebyshev.chebvander(2.0 * mesh.x - 1.0, mesh.p - 1))
        self.modes = np.einsum("nj,ejk->enk", modes, values)
        primitive = chebyshev.chebint(self.modes, axis=1, lbnd=-1.0) * (0.5 * self.h[:, None, None])
        before = np.concatenate([np.zeros((1, 16)), np.cumsum(primitive.sum(1), axis=0)])  # T_n(1) = 1
        primitive[:, 0] += before[:-1]
        self.primitive, self.whole = primitive, before[-1]

    def _of(self, modes, t, inside):
        t = np.asarray(t, float)
        e = np.clip(np.searchsorted(self.edges, t if inside is None else inside, side="right") - 1, 0, len(self.h) - 1)
        x = 2.0 * (t - self.edges[e]) / self.h[e] - 1.0
        rows = chebyshev.chebvander(x, modes.shape[1] - 1).reshape(t.shape + (-1,))
        return np.einsum("...n,...nk->...k", rows, modes[e])

    def __call__(self, t, inside=None):
        """At times t of the epoch; all on the element that holds `inside` where it is given."""
        return self._of(self.modes, t, inside)

    def integral(self, t):
        return self._of(self.primitive, t, None)


class Drive:
    """c_alpha(t) and K(t): the solver's polynomials of every epoch and their exact integrals."""

    def __init__(self, p, epochs):
        self.length, self.epochs = p.length, len(epochs)
        self.phases = np.linspace(0.0, p.length, p.samples + 1)
        self.inner = epochs[0].mesh.edges
        self.parts = [Polynomials(e.mesh, e.pauli) for e in epochs]
        ends = [f.whole for f in self.parts]
        self.before = np.concatenate([np.zeros((1, 16)), np.cumsum(ends, axis=0)])
        self.memory = p.boltzmann.get("memory", "none")
        self.window = float(p.boltzmann.get("window", 0.5))

    def integral(self, t):
        """Integral of c from 0 to each t (clipped to the run)."""
        t = np.clip(t, 0.0, self.epochs * self.length)
        n = np.clip((t / self.length).astype(int), 0, self.epochs - 1)
        return np.stack([self.before[i] + self.parts[i].integral(x - i * self.length) for i, x in zip(n, t)])

    def memory_at(self, t):
        if self.memory == "none":
            return np.zeros((len(t), 16))
        if self.memory == "symmetric":
            return np.tile(self.before[-1], (len(t), 1))
        if self.memory == "causal":
            return 2.0 * self.integral(t)
        return self.integral(t + self.window) - self.integral(t - self.window)

    def edges(self, n, i):
        """Ends of the smooth pieces between samples i and i+1 of epoch n: the window's ends pass elements' ends too."""
        a, b = n * self.length + self.phases[i], n * self.length + self.phases[i + 1]
        knots = (np.arange(self.epochs)[:, None] * self.length + self.inner).ravel()
        if self.memory == "window":
            knots = np.concatenate([knots, knots - self.window, knots + self.window])
        inner = np.unique(knots[(knots > a + 1e-12) & (knots < b - 1e-12)])
        return np.concatenate([[a], inner, [b]])


def evolve(p, epochs, nodes=8):
    """rho at every sample for every mode, nt x m x 4 x 4, from c_alpha of all epochs, or of the first."""
    drive = Drive(p, epochs)
    charge = float(p.boltzmann.get("charge", 1.0))
    k0 = np.asarray(p.boltzmann.get("k0", [1.0]), float)
    eta = 1.0 / (2.0 * k0 * float(p.boltzmann.get("volume", 0.5)))
    x, q = lobatto(nodes)
    rho = initial_density(p)
    r = np.tile(np.einsum("aij,ji->a", PAULI, rho).real, (len(k0), 1))
    out = []
    for n in range(drive.epochs):
        out.append(r)
        for i in range(p.samples):
            edges = drive.edges(n, i)
            for a, b in zip(edges, edges[1:]):
                r = _advance(drive, charge, eta, n, a, b, r, x, q)
            out.append(r)
    return np.einsum("tma,aij->tmij", 0.25 * np.array(out), PAULI)


def _advance(drive, charge, eta, n, a, b, r, x, q):
    """Lobatto collocation from a to b inside one smooth piece, divided until the step is short for the generator."""
    inside = 0.5 * (a + b) - n * drive.length
    h_at = lambda t: np.tensordot(drive.parts[n](t - n * drive.length, np.full(t.shape, inside)), COMMUTATOR, axes=1)
    k_at = lambda t: np.tensordot(drive.memory_at(t), COMMUTATOR, axes=1)
    generator = lambda t: (lambda h: charge * h + 0.5 * charge ** 2 * h @ k_at(t))(h_at(t))
    size = np.abs(generator(np.array([a, 0.5 * (a + b), b]))).sum(-1).max() * eta.max() * (b - a)
    pieces = max(1, int(np.ceil(size / 0.5)))
    for left, right in zip(*(lambda e: (e[:-1], e[1:]))(np.linspace(a, b, pieces + 1))):
        step = right - left
        matrix = generator(left + step * x)
        blocks = np.einsum("ij,jab->iajb", q, matrix).reshape(16 * len(x), -1)
        for m, scale in enumerate(eta):
            system = np.eye(16 * len(x)) - step * scale * blocks
            r = r.copy()
            r[m] = np.linalg.solve(system, np.tile(r[m], len(x)))[-16:]
    return r


def modes(p):
    k0 = np.asarray(p.boltzmann.get("k0", [1.0]), float)
    weight = np.asarray(p.boltzmann.get("weights", np.full(len(k0), 1.0 / len(k0))), float)
    return k0, weight


def stokes(rho):
    """s_A = Tr(rho sigma x 1) and s_B = Tr(rho 1 x sigma) of one 4 x 4 matrix, 6 numbers."""
    return np.array([np.trace(rho @ PAULI[alpha]).real for alpha in (4, 8, 12, 1, 2, 3)])


def measures(rho, tolerance):
    """The measures of model.md, section 7, of one 4 x 4 matrix."""
    rho = 0.5 * (rho + rho.conj().T)
    spectrum = np.linalg.eigvalsh(rho)
    flip = np.kron(SIGMA[2], SIGMA[2])
    lam = np.sort(np.sqrt(np.maximum(np.linalg.eigvals(rho @ flip @ rho.conj() @ flip).real, 0.0)))[::-1]
    partial = rho.reshape(2, 2, 2, 2).transpose(0, 3, 2, 1).reshape(4, 4)
    transposed = np.linalg.eigvalsh(partial)
    negativity = -transposed[transposed < 0.0].sum()
    positive = spectrum[spectrum > 0.0]
    tensor = np.einsum("aij,ji->a", PAULI, rho).real.reshape(4, 4)[1:, 1:]
    singular = np.linalg.svd(tensor, compute_uv=False)
    return {
        "concurrence": max(0.0, lam[0] - lam[1:].sum()), "negativity": negativity,
        "log_negativity": np.log2(2.0 * negativity + 1.0), "purity": np.trace(rho @ rho).real,
        "entropy": -(positive * np.log2(positive)).sum(), "chsh": 2.0 * np.hypot(singular[0], singular[1]),
        "min_eigenvalue": spectrum[0], "physical": float(spectrum[0] >= -tolerance)}
