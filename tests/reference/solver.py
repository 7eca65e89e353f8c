"""The characteristic equations of the model, epoch by epoch, on a spectral mesh (model.md, sections 2-6).

Order within an epoch: y forwards, Delta (backwards or forwards), M and W. W(t-T) is the previous epoch's W at the same
nodes. The tangents along the six Stokes components go the same way behind the values they depend on.
Node arrays are (elements, p, ...); synapse matrices N x (N+1), column 0 the threshold; tangents have a last axis of 6.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from mesh import Mesh
import lyapunov
import quantum

MOST_SWEEPS = 60
SERIES = ("coupling", "error", "interaction", "kinetic", "hamiltonian", "action")


@dataclass
class Columns:
    """A quantity and its six tangents (None without particles)."""

    value: np.ndarray
    tangent: np.ndarray = None

    def end(self):
        return Columns(self.value[-1, -1], None if self.tangent is None else self.tangent[-1, -1])


@dataclass
class Epoch:
    """What an epoch leaves behind, at the nodes."""

    y: Columns
    force: Columns  # F
    delta: Columns
    momentum: Columns
    velocity: Columns  # dW/dt
    weights: Columns
    gradient: Columns  # P f' y / lambda: minus dM/dt without decay
    kinetic: np.ndarray  # K, the sum over epochs of mu^v |M(t-vT)|^2
    field: np.ndarray  # A
    slopes: tuple  # f', f'' at net, and the tangents of net
    series: dict  # name -> (elements, p)
    pauli: np.ndarray
    stokes: np.ndarray  # fed in: 6, None without particles
    slope: np.ndarray  # dH_int/ds: (elements, p, 6), None without particles
    mesh: Mesh


class Solver:
    """Integrates a Problem; `refine` > 1 divides the elements further and adds nodes, for self-convergence."""

    def __init__(self, problem, refine=1.0):
        self.problem = p = problem
        self.tangents = bool(p.ports)
        longest = [0.4 * p.lam, p.length] + [0.5 * port.width for port in p.ports]
        longest += [0.15 / abs(f[1]) for f in p.fields if f[1] != 0.0]
        self.mesh = Mesh(p.breakpoints(), min(longest) / refine, 14 if refine == 1.0 else 18)
        self.target = p.target  # of the epoch at hand
        self.two_point = self._two_point() if p.kappa != 0.0 and p.learning else None

    def _two_point(self):
        """LU of the weight equation with decay, W +- (kappa/omega) I I W = ..., all nodes of an epoch at once."""
        p, forward = self.problem, self.mesh.operator()
        inner = forward[-1] - forward if p.momentum == "terminal" else -forward
        return forward, inner, lu_factor(np.eye(len(forward)) - p.kappa / p.omega * forward @ inner)

    def run(self, fed=None):
        """All epochs, in order. `fed`, epochs x 6: what the ports are fed whatever the particles do (a test hook)."""
        epochs = self.integrate(fed)
        if self.problem.closure == "mixed":
            self.add_mixed(epochs)
        return epochs

    def add_mixed(self, epochs, h=4e-3):
        """c_alpha of the closure `mixed` at the nodes: mixed derivatives are differences of dH_int/ds_A along s_B."""
        if self.problem.feedback:
            raise NotImplementedError("mixed with feedback")
        base = np.stack([e.stokes for e in epochs])
        second = [np.zeros(self.mesh.shape + (3, 3)) for _ in epochs]
        for nu in range(3):
            for place, factor in ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12)):
                fed = base.copy()
                fed[:, 3 + nu] += place * h
                for total, epoch in zip(second, self.integrate(fed)):
                    total[..., nu] += factor / h * epoch.slope[..., :3]
        for total, epoch in zip(second, epochs):
            epoch.pauli = quantum.mixed_coefficients(epoch.stokes, epoch.slope, total)

    def integrate(self, fed):
        p, n = self.problem, self.problem.neurons
        zero = lambda *shape: np.zeros(shape + (6,)) if self.tangents else None
        nodes = self.mesh.shape
        state = {"y": Columns(p.y0, zero(n)), "delta": Columns(p.delta0, zero(n)),
                 "weights": Columns(p.weights, zero(n, n + 1)),
                 "momentum": Columns(np.zeros((n, n + 1)), zero(n, n + 1)), "action": 0.0}
        delayed = Columns(np.broadcast_to(p.weights, nodes + (n, n + 1)), zero(*nodes, n, n + 1))
        velocity = Columns(np.zeros(nodes + (n, n + 1)), zero(*nodes, n, n + 1))
        kinetic = np.zeros(nodes)
        epochs = []
        for index in range(p.epochs):
            if index in p.delayed_shift:
                delayed = Columns(delayed.value + p.delayed_shift[index], delayed.tangent)
            state["stokes"] = self.stokes(epochs) if fed is None else fed[index]
            epoch = self.epoch(index, state, delayed, velocity, kinetic)
            epochs.append(epoch)
            state = {"y": epoch.y.end(), "delta": epoch.delta.end(), "weights": epoch.weights.end(),
                     "momentum": epoch.momentum.end(), "action": epoch.series["action"][-1, -1]}
            delayed, velocity, kinetic = epoch.weights, epoch.velocity, epoch.kinetic
        return epochs

    def stokes(self, epochs):
        """What the ports are fed after `epochs`: with feedback the Stokes vectors of the mixture as it is then."""
        p = self.problem
        if not p.ports:
            return None
        if not epochs or not p.feedback:
            return np.concatenate([port.stokes for port in p.ports])
        rho = quantum.evolve(p, epochs)[-1]
        return quantum.stokes(np.einsum("m,mij->ij", quantum.modes(p)[1], rho))

    def epoch(self, index, state, delayed, velocity, kinetic):
        """One epoch from the state at its start and W, dW/dt, K of the previous one."""
        p, mesh = self.problem, self.mesh
        self.target = p.targets(index, mesh.tau.mean(-1))
        inputs = [p.stimulus(index, tau, state["stokes"]) for tau in mesh.tau]
        field = np.stack([p.gauge_field(index * p.length + tau) for tau in mesh.tau])
        y, force, slopes = self.forward(inputs, delayed, state["y"])
        weights = delayed
        for _ in range(MOST_SWEEPS):  # more than one only where E contains W
            before = weights.value
            slope = self.error_slopes(inputs, y, weights)
            delta = self.backward(y, force, slopes, field, delayed, state["delta"], slope)
            gradient = self.gradient(y, force, slopes, field, delta)
            momentum, speed, weights = self.learn(gradient, velocity, state)
            if p.error != "lyapunov" or np.abs(weights.value - before).max() < 1e-12 * np.abs(before).max():
                break
        else:
            raise ArithmeticError("Delta and W do not settle")
        kinetic = (momentum.value ** 2).sum((-1, -2)) + p.mu * kinetic
        error = self.error_value(inputs, y.value, weights.value)
        series = self.energies(y, force, delta, momentum, speed, weights, kinetic, field, error, state["action"])
        pauli, along = np.zeros(mesh.shape + (16,)), None
        if self.tangents:
            along = self.interaction_slope(y, force, delta, field, slope[0], weights)
        if self.tangents and p.closure != "mixed":
            pauli = quantum.coefficients(p, state["stokes"], y, force, delta, field, self.outputs_error(y.value))
        return Epoch(y, force, delta, momentum, speed, weights, gradient, kinetic, field, slopes, series, pauli,
                     state["stokes"], along, mesh)

    def interaction_slope(self, y, force, delta, field, error_slope, weights):
        """dH_int/ds at all nodes; not with the Lyapunov energy, whose E depends on more than y."""
        p = self.problem
        big = delta.value + 2.0 * p.gauge * field * force.value
        out = (force.value[..., None] * delta.tangent + big[..., None] * force.tangent).sum(-2)
        out = out + (error_slope[..., None] * y.tangent).sum(-2)
        return out + p.kappa * (weights.value[..., None] * weights.tangent).sum((-2, -3))

    def forward(self, inputs, delayed, start):
        """y and F, then their tangents; also f', f'' and the tangents of net."""
        p, mesh = self.problem, self.mesh

        def net(e, y):
            w = delayed.value[e]
            return inputs[e][0] + w[:, :, 0] + (w[:, :, 1:] @ y[..., None])[..., 0]

        y = mesh.march(lambda e, x: (p.transfer(net(e, x))[0] - x) / p.lam, start.value)
        f, slope, curve = p.transfer(np.stack([net(e, y[e]) for e in range(len(y))]))
        force = (f - y) / p.lam
        if not self.tangents:
            return Columns(y), Columns(force), (slope, curve, None)

        dw = delayed.tangent
        source = np.stack([i[1] for i in inputs]) + dw[..., 0, :]
        source += np.einsum("epkla,epl->epka", dw[..., 1:, :], y)

        def dnet(e, dy):
            return source[e] + delayed.value[e][:, :, 1:] @ dy

        dy = mesh.march(lambda e, x: (slope[e][..., None] * dnet(e, x) - x) / p.lam, start.tangent)
        dn = np.stack([dnet(e, dy[e]) for e in range(len(dy))])
        return Columns(y, dy), Columns(force, (slope[..., None] * dn - dy) / p.lam), (slope, curve, dn)

    def error_slopes(self, inputs, y, weights):
        """dE/dy and its tangents at all nodes."""
        if self.problem.error == "lyapunov":
            return lyapunov.slopes(self.problem, inputs, y, weights)
        _, first, second = self.error_derivatives(y.value)
        return first, second @ y.tangent if self.tangents else None

    def outputs_error(self, y):
        """What the full closure takes of E; there is none for the Lyapunov energy, which the program refuses there."""
        return (None, None, None) if self.problem.error == "lyapunov" else self.error_derivatives(y)

    def error_value(self, inputs, y, weights):
        """E without decay at all nodes."""
        if self.problem.error == "lyapunov":
            return lyapunov.energy(self.problem, inputs, y, weights)
        return self.error_derivatives(y)[0]

    def error_derivatives(self, y):
        """E without decay (...), dE/dy (... x N) and d2E/dy2 (... x N x N)."""
        p, out, d = self.problem, self.problem.outputs, self.target
        first, second = np.zeros_like(y), np.zeros(y.shape + y.shape[-1:])
        u = y[..., out]
        if p.error == "squared":
            first[..., out] = u - d
            second[..., out, out] = np.eye(u.shape[-1])
            return 0.5 * ((u - d) ** 2).sum(-1), first, second
        shifted = u - u.max(-1, keepdims=True)
        logp = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        prob = np.exp(logp)
        first[..., out] = prob * d.sum(-1, keepdims=True) - d
        second[..., out, out] = d.sum(-1)[..., None, None] * (
            prob[..., :, None] * np.eye(u.shape[-1]) - prob[..., :, None] * prob[..., None, :])
        return -(d * logp).sum(-1), first, second

    def backward(self, y, force, slopes, field, delayed, start, error_slopes):
        """Delta and its tangents: from 0 at the end of the epoch, from the start of the run, or absent."""
        p, mesh = self.problem, self.mesh
        nodes = self.mesh.shape
        if p.delta == "off":
            shape = nodes + (p.neurons,)
            return Columns(np.zeros(shape), np.zeros(shape + (6,)) if self.tangents else None)
        terminal = p.delta == "terminal"
        slope, curve, dnet = slopes
        transposed = np.swapaxes(delayed.value[..., 1:], -1, -2)
        first, turned = error_slopes
        gauge = 2.0 * p.gauge * field * force.value

        def rhs(e, delta):
            big = delta + gauge[e]
            back = (transposed[e] @ (big * slope[e])[..., None])[..., 0]
            return (big - back) / p.lam - first[e]

        delta = mesh.march(rhs, np.zeros(p.neurons) if terminal else start.value, reverse=terminal)
        if not self.tangents:
            return Columns(delta)

        big = delta + gauge
        dgauge = 2.0 * p.gauge * field[..., None] * force.tangent
        source = np.einsum("epk,epkla->epla", big * slope, delayed.tangent[..., 1:, :]) / p.lam + turned
        bent = (big * curve)[..., None] * dnet

        def rhs_tangent(e, x):
            dbig = x + dgauge[e]
            return (dbig - transposed[e] @ (dbig * slope[e][..., None] + bent[e])) / p.lam - source[e]

        start_tangent = np.zeros((p.neurons, 6)) if terminal else start.tangent
        return Columns(delta, mesh.march(rhs_tangent, start_tangent, reverse=terminal))

    def gradient(self, y, force, slopes, field, delta):
        """P_k f'_k y_l / lambda and its tangents, 0 where there is no synapse."""
        p = self.problem
        slope, curve, dnet = slopes
        big = delta.value + 2.0 * p.gauge * field * force.value
        ones = np.ones(y.value.shape[:-1] + (1,))
        pre = np.concatenate([ones, y.value], axis=-1)
        post = big * slope / p.lam
        value = post[..., :, None] * pre[..., None, :] * p.mask
        shares = p.mask * lyapunov.shares(p.neurons) if p.error == "lyapunov" else np.zeros_like(p.mask)
        value = value - y.value[..., :, None] * pre[..., None, :] * shares
        if not self.tangents:
            return Columns(value)
        dbig = delta.tangent + 2.0 * p.gauge * field[..., None] * force.tangent
        dpost = (dbig * slope[..., None] + (big * curve)[..., None] * dnet) / p.lam
        dpre = np.concatenate([np.zeros(ones.shape + (6,)), y.tangent], axis=-2)
        tangent = dpost[..., :, None, :] * pre[..., None, :, None] + post[..., :, None, None] * dpre[..., None, :, :]
        own = y.tangent[..., :, None, :] * pre[..., None, :, None] + y.value[..., :, None, None] * dpre[..., None, :, :]
        return Columns(value, tangent * p.mask[..., None] - own * shares[..., None])

    def learn(self, gradient, velocity, state):
        """M, dW/dt and W of the epoch."""
        sweep = self._frozen if not self.problem.learning else self._decay if self.two_point else self._quadrature
        parts = [sweep(gradient.value, velocity.value, state["weights"].value, state["momentum"].value)]
        if self.tangents:
            parts.append(sweep(gradient.tangent, velocity.tangent, state["weights"].tangent, state["momentum"].tangent))
        return [Columns(*column) for column in zip(*parts)]

    def _frozen(self, gradient, velocity, weights, momentum):
        zero = np.zeros_like(gradient)
        return zero, zero, np.broadcast_to(weights, gradient.shape)

    def _quadrature(self, gradient, velocity, weights, momentum):
        p, mesh = self.problem, self.mesh
        m = mesh.remainder(gradient) if p.momentum == "terminal" else momentum - mesh.integral(gradient)
        speed = p.mu * velocity + m / p.omega
        return m, speed, weights + mesh.integral(speed)

    def _decay(self, gradient, velocity, weights, momentum):
        """M' = -G - kappa W, W' = mu V + M/omega together: W = W0 + I(mu V + M/omega), M = M0 + inner(G + kappa W)."""
        p = self.problem
        forward, inner, factors = self.two_point
        flat = lambda f: f.reshape(len(forward), -1)
        start = np.zeros_like(momentum) if p.momentum == "terminal" else momentum
        known = start.ravel() + inner @ flat(gradient)
        w = lu_solve(factors, weights.ravel() + forward @ (p.mu * flat(velocity) + known / p.omega))
        m = known + p.kappa * inner @ w
        m, w = m.reshape(gradient.shape), w.reshape(gradient.shape)
        return m, p.mu * velocity + m / p.omega, w

    def energies(self, y, force, delta, momentum, speed, weights, kinetic, field, error, action):
        """The series of the run file at the nodes; the action lacks the gauge term in its first sum (93)."""
        p = self.problem
        plain = (delta.value * force.value).sum(-1)
        coupling = plain + p.gauge * (field * force.value ** 2).sum(-1)
        error = error + 0.5 * p.kappa * (weights.value ** 2).sum((-1, -2))
        energy = kinetic / (2.0 * p.omega)
        hamiltonian = coupling + error + energy
        power = (momentum.value * speed.value).sum((-1, -2))
        total = action + self.mesh.integral(plain + power - hamiltonian)
        return dict(zip(SERIES, (coupling, error, coupling + error, energy, hamiltonian, total)))

    def sample(self, epochs):
        """All series and states at the sample times, nt = epochs (S+1), as in the run file."""
        p = self.problem
        phases = np.linspace(0.0, p.length, p.samples + 1)
        at = self.mesh.at(phases)
        join = lambda get: np.concatenate([at(get(e)) for e in epochs])
        out = {f"series/{name}": join(lambda e: e.series[name]) for name in SERIES}
        out["series/time"] = np.concatenate([i * p.length + phases for i in range(p.epochs)])
        out["series/epoch"] = np.repeat(np.arange(p.epochs), p.samples + 1)
        out["states/y"] = join(lambda e: e.y.value)
        out["states/delta"] = join(lambda e: e.delta.value)
        if self.tangents:
            out["series/pauli"] = join(lambda e: e.pauli)
        if p.feedback:
            out["particles/stokes"] = np.stack([e.stokes for e in epochs])
        return out
