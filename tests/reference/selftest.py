#!/usr/bin/python3
"""The reference against closed forms, conservation laws, differences and other integrators; prints what it finds."""

import glob
import os
import tempfile
import tomllib
import unittest
from types import SimpleNamespace
from unittest import mock

import h5py
import numpy as np
from scipy.integrate import solve_ivp

import compare
import quantum
from mesh import Mesh
from patterns import write_patterns
from problem import build, draw
from reference import compare_run, self_convergence, solve
from solver import Solver

FOLDER = os.path.dirname(os.path.abspath(__file__))


def problem(text, seed=1):
    tree = tomllib.loads(text)
    return build(tree, draw(tree, seed))


def case(name):
    with open(os.path.join(FOLDER, "cases", name + ".toml"), "rb") as f:
        tree = tomllib.load(f)
    return build(tree, draw(tree))


SMALL = """
[run]
epochs = {epochs}
samples_per_epoch = 8
[network]
time_constant = 0.3
thresholds = true
initial_thresholds = 0.1
layer = [{{ name = "a", neurons = 3 }}, {{ name = "b", neurons = 2, transfer = "erf" }}]
projection = [{{ from = "a", to = "b" }}, {{ from = "b", to = "a" }}, {{ from = "a", to = "a" }}]
[learning]
target = {{ values = [0.5, -0.4] }}
{learning}
[stimulus]
constant = {{ layer = "a", values = [0.5, -0.7, 0.3] }}
{more}
"""


GAUGE = '[gauge]\ncharge = 0.4\nfield = { layer = "a", constant = 0.7 }'
GAUGE_WAVE = '[gauge]\ncharge = 0.3\nfield = { layer = "a", constant = 0.6, frequency = 0.4 }'


def relative(a, b):
    return np.abs(a - b).max() / np.abs(b).max()


class Dynamics(unittest.TestCase):
    def found(self, what, error, bound):
        print(f"{what:<64} {error:.1e}")
        self.assertLess(error, bound, what)

    def test_linear_neuron(self):
        p = problem("""
            [run]
            epoch_length = 1.3
            [network]
            time_constant = 0.2
            thresholds = true
            initial_thresholds = 0.3
            initial_state = -0.4
            layer = [{ name = "a", neurons = 1, transfer = "identity" }]
            [learning]
            inertia = -2.0
            target = 0.9
            [stimulus]
            constant = { layer = "a", value = 0.25 }
            """)
        epochs, samples = solve(p)
        t, lam, end = samples["series/time"], 0.2, 1.3
        decay = lambda x: np.exp(x / lam)
        a, b = 0.55 - 0.9, -0.4 - 0.55
        y = 0.55 + b * decay(-t)
        delta = lam * a * (1 - decay(t - end)) + 0.5 * lam * b * (decay(-t) - decay(t - 2 * end))
        self.found("linear neuron, y", np.abs(samples["states/y"][:, 0] - y).max(), 1e-13)
        self.found("linear neuron, Delta", np.abs(samples["states/delta"][:, 0] - delta).max(), 1e-13)
        m = lambda t: (a * (end - t - lam * (1 - decay(t - end)))
                       + 0.5 * b * lam * (decay(-t) - 2 * decay(-end) + decay(t - 2 * end)))
        at = Solver(p).mesh.at(np.linspace(0, end, 65))
        self.found("linear neuron, M", np.abs(at(epochs[0].momentum.value)[:, 0, 0] - m(t)).max(), 1e-13)
        fall = lam * (1 - decay(-end))
        moved = (a * (end ** 2 / 2 - lam * (end - fall))
                 + 0.5 * b * lam * (fall - 2 * end * decay(-end) + fall * decay(-end)))
        self.found("linear neuron, W(T)", abs(epochs[0].weights.value[-1, -1, 0, 0] - 0.3 + moved / 2.0), 1e-13)

    def test_energy_is_conserved(self):
        p = problem(SMALL.format(epochs=1, learning="enabled = false\nweight_decay = 0.2", more=GAUGE))
        h = solve(p)[1]["series/hamiltonian"]
        self.found("H constant, frozen, constant inputs, gauge field", np.ptp(h), 1e-12)

    def test_interaction_is_final_error(self):
        p = problem(SMALL.format(epochs=1, learning="", more=""))
        s = solve(p)[1]
        self.found("H_int = E(t_end)", np.abs(s["series/interaction"] - s["series/error"][-1]).max(), 1e-12)
        p = problem(SMALL.format(epochs=1, learning="", more=GAUGE))
        epochs, s = solve(p)
        e = epochs[0]
        end = s["series/error"][-1] + 0.4 * (e.field * e.force.value ** 2).sum(-1)[-1, -1]
        self.found("H_int = E(t_end) + c A F^2 with a gauge field", np.abs(s["series/interaction"] - end).max(), 1e-12)

    def test_momentum_is_gradient(self):
        for more in ("", GAUGE_WAVE):
            p = problem(SMALL.format(epochs=2, learning="", more=more))
            for n in (0, 1):
                momentum = Solver(p).run()[n].momentum.value[0, 0]
                difference, step = np.zeros_like(momentum), 1e-4
                for k, l in zip(*np.nonzero(p.mask)):
                    costs = []
                    for sign in (1, -1):
                        shift = np.zeros_like(momentum)
                        shift[k, l] = sign * step
                        p.delayed_shift = {n: shift}
                        solver = Solver(p)
                        e = solver.run()[n]
                        cost = e.series["error"] + p.gauge * (e.field * e.force.value ** 2).sum(-1)
                        costs.append(solver.mesh.integral(cost)[-1, -1])
                    difference[k, l] = (costs[0] - costs[1]) / (2 * step)
                p.delayed_shift = {}
                self.found(f"M(nT), n = {n}, against differences{' (gauge)' if more else ''}",
                           relative(momentum, difference), 1e-6)

    def test_recursion_is_plain_sum(self):
        for mu in (1.0, 0.6):
            p = problem(SMALL.format(epochs=4, learning=f"epoch_memory = {mu}", more=""))
            epochs = Solver(p).run()
            m = [e.momentum.value for e in epochs]
            plain = sum(mu ** v * m[3 - v] for v in range(4)) / p.omega
            kinetic = sum(mu ** v * (m[3 - v] ** 2).sum((-1, -2)) for v in range(4))
            self.found(f"recursion against the plain sum, mu = {mu}", relative(epochs[3].velocity.value, plain), 1e-13)
            self.found(f"K against the plain sum, mu = {mu}", relative(epochs[3].kinetic, kinetic), 1e-13)

    def test_other_integrator(self):
        """Two epochs forwards by DOP853 with dense output, from the reference's own initial Delta and M."""
        forwards = "delta = 'initial'\nmomentum = 'initial'\ninitial_delta = 0.1\nweight_decay = 0.3"
        for learning in (forwards, "weight_decay = 0.8\nepoch_memory = 0.7",
                         "weight_decay = 0.8\nmomentum = 'initial'\ninertia = 1.0",
                         "delta = 'initial'\nweight_decay = 0.6\ninertia = 1.0"):
            p = problem(SMALL.format(epochs=2, learning=learning, more=GAUGE_WAVE))
            epochs = Solver(p).run()
            worst = self.march(p, epochs)
            self.found("against DOP853: " + learning.replace("\n", ", "), worst, 1e-9)

    def march(self, p, epochs):
        n, w_old, v_old, worst = p.neurons, lambda t: p.weights, lambda t: 0.0, 0.0
        for index, e in enumerate(epochs):
            start = [x.value[0, 0].ravel() for x in (e.y, e.delta, e.momentum, e.weights)]
            split = lambda x: (x[:n], x[n:2 * n], x[2 * n:-n * (n + 1)].reshape(n, -1), x[-n * (n + 1):].reshape(n, -1))

            def rhs(t, x, w_old=w_old, v_old=v_old, index=index):
                y, delta, m, w = split(x)
                delayed = w_old(t)
                pre = np.concatenate([[1.0], y])
                f, slope, _ = p.transfer(p.constant + delayed @ pre)
                force = (f - y) / p.lam
                big = delta + 2 * p.gauge * p.gauge_field(np.array([index * p.length + t]))[0] * force
                ddelta = (big - delayed[:, 1:].T @ (big * slope)) / p.lam
                ddelta[p.outputs] -= y[p.outputs] - p.target
                dm = -np.outer(big * slope, pre) / p.lam * p.mask - p.kappa * w
                return np.concatenate([force, ddelta, dm.ravel(), (p.mu * v_old(t) + m / p.omega).ravel()])

            s = solve_ivp(rhs, (0, p.length), np.concatenate(start), "DOP853", rtol=3e-14, atol=1e-14,
                          dense_output=True)
            for mine, other in zip((e.y, e.delta, e.momentum, e.weights), split(s.y[:, -1])):
                worst = max(worst, np.abs(mine.value[-1, -1] - other).max() / max(np.abs(mine.value).max(), 1e-12))
            w_old, v_old = (lambda t, s=s: split(s.sol(t))[3],
                            lambda t, s=s, v=v_old: p.mu * v(t) + split(s.sol(t))[2] / p.omega)
        return worst

    def test_tangents(self):
        for name in ("gauge", "decay-initial", "recurrent-initial", "recurrent-terminal", "delta-off", "gauge-initial",
                     "frozen"):
            p = case(name)
            p.samples = 8
            epochs = Solver(p).run()
            worst, step = 0.0, 1e-4
            for a in (0, 4):
                runs = []
                port = p.ports[a // 3]
                for sign in (1, -1):
                    port.stokes[a % 3] += sign * step
                    runs.append(Solver(p).run()[-1])
                    port.stokes[a % 3] -= sign * step
                for what in ("y", "force", "delta", "momentum", "weights"):
                    difference = (getattr(runs[0], what).value - getattr(runs[1], what).value) / (2 * step)
                    tangent = getattr(epochs[-1], what).tangent[..., a]
                    worst = max(worst, np.abs(tangent - difference).max() / max(np.abs(difference).max(), 1e-3))
            self.found(f"tangents against differences: {name}", worst, 1e-6)

    def test_tangents_with_feedback(self):
        """They are with respect to a shift of what is fed in all epochs, what the particles do held fixed."""
        p = case("feedback")
        p.samples = 8
        epochs = Solver(p).run()
        fed = np.stack([e.stokes for e in epochs])
        self.assertGreater(np.abs(fed[-1] - fed[0]).max(), 0.1)
        worst, step = 0.0, 1e-4
        for a in (0, 4):
            runs = [Solver(p).run(fed + sign * step * np.eye(6)[a])[-1] for sign in (1, -1)]
            for what in ("y", "force", "delta", "momentum", "weights"):
                difference = (getattr(runs[0], what).value - getattr(runs[1], what).value) / (2 * step)
                tangent = getattr(epochs[-1], what).tangent[..., a]
                worst = max(worst, np.abs(tangent - difference).max() / max(np.abs(difference).max(), 1e-3))
        self.found("tangents against differences: feedback", worst, 1e-6)


class Quantum(unittest.TestCase):
    found = Dynamics.found

    def test_coefficients_as_operators(self):
        """c_alpha by multiplying out 4 x 4 operators; E expanded to second order in y for the full closure."""
        for name in ("gauge", "decay-terminal", "gauge-backpropagation", "feedback"):
            p = case(name)
            e = Solver(p).run()[1]
            stokes = e.stokes
            basis = np.concatenate([quantum.PAULI[[4, 8, 12]], quantum.PAULI[[1, 2, 3]]])
            shifted = basis - stokes[:, None, None] * np.eye(4)
            node = (1, 5)
            operator = lambda x: x.value[node][:, None, None] * np.eye(4) + np.tensordot(x.tangent[node], shifted, 1)
            if p.closure == "backpropagation":
                h = np.tensordot(e.force.value[node], operator(e.delta), 1)
            else:
                f, d = operator(e.force), operator(e.delta)
                h = 0.5 * (d @ f + f @ d).sum(0) + p.gauge * np.tensordot(e.field[node], f @ f, 1)
            if p.closure == "full":
                y = operator(e.y)[p.outputs] - p.target[:, None, None] * np.eye(4)
                h = h + 0.5 * (y @ y).sum(0)
            c = np.einsum("aij,ji->a", quantum.PAULI, h).real / 4
            c[0] = 0.0
            self.found(f"c_alpha against operators, {p.closure}", relative(e.pauli[node], c), 1e-12)

    def test_boltzmann(self):
        for memory in ("none", "symmetric", "causal", "window"):
            p = case("sparse")
            p.epochs, p.samples = 2, 10
            p.boltzmann = {"memory": memory, "window": 0.23, "charge": 1.7, "k0": [0.5, 2.0], "volume": 0.6}
            mesh = Mesh([0.0, 0.4, 1.0], 0.25)
            size = 0.3 * np.random.default_rng(5).standard_normal((2, 16))
            size[:, 0] = 0.0
            wave = lambda n, t: size[n] * np.cos(2.0 * np.asarray(t)[..., None] * np.arange(1, 17))
            epochs = [SimpleNamespace(mesh=mesh, pauli=wave(n, mesh.tau)) for n in (0, 1)]
            mine = quantum.evolve(p, epochs)
            pauli = lambda c: np.tensordot(c, quantum.PAULI, 1)
            h = lambda n, t: pauli(wave(n, t - n))
            rate = 2.0 * np.arange(1, 17)
            part = lambda n, t: size[n] * np.sin(rate * np.clip(t - n, 0, 1)) / rate
            whole = lambda a, b: sum(pauli(part(n, b) - part(n, a)) for n in (0, 1))
            kernel = {"none": lambda t: np.zeros((4, 4)), "symmetric": lambda t: whole(0, 2),
                      "causal": lambda t: 2 * whole(0, t), "window": lambda t: whole(t - 0.23, t + 0.23)}[memory]
            eta, rho = 1 / (2 * 2.0 * 0.6), quantum.initial_density(p).astype(complex)
            comm = lambda a, b: a @ b - b @ a
            for n in (0, 1):
                rhs = lambda t, r: (eta * (-1.7j * comm(h(n, t), r.reshape(4, 4)) - 0.5 * 1.7 ** 2 * comm(
                    h(n, t), comm(kernel(t), r.reshape(4, 4))))).ravel()
                for i in range(10):
                    span = (n + i / 10, n + (i + 1) / 10)
                    rho = solve_ivp(rhs, span, rho.ravel(), "DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
            self.found(f"rho against DOP853, {memory}", np.abs(mine[-1, 1] - rho.reshape(4, 4)).max(), 1e-9)
            if memory == "none":
                purity = np.einsum("tmij,tmji->tm", mine, mine).real
                self.found("purity without memory", np.abs(purity - 1).max(), 1e-12)

    def test_measures(self):
        bell = np.zeros((4, 4))
        bell[np.ix_([0, 3], [0, 3])] = 0.5
        m = quantum.measures(bell, 1e-6)
        expected = {"concurrence": 1, "negativity": 0.5, "log_negativity": 1, "purity": 1, "entropy": 0,
                    "chsh": 8 ** 0.5}
        self.found("Bell state", max(abs(m[k] - v) for k, v in expected.items()), 1e-7)
        w = 0.7
        m = quantum.measures(w * bell + (1 - w) * np.eye(4) / 4, 1e-6)
        expected = {"concurrence": (3 * w - 1) / 2, "negativity": (3 * w - 1) / 4, "purity": (1 + 3 * w * w) / 4,
                    "chsh": w * 8 ** 0.5}
        self.found("Werner state", max(abs(m[k] - v) for k, v in expected.items()), 1e-12)
        psi = np.random.default_rng(2).standard_normal((4, 2)) @ [1, 1j]
        psi /= np.linalg.norm(psi)
        m = quantum.measures(np.outer(psi, psi.conj()), 1e-6)
        self.found("pure state", abs(m["concurrence"] - 2 * abs(psi[0] * psi[3] - psi[1] * psi[2])), 1e-6)


class Comparison(unittest.TestCase):
    """A run file made of the reference's own numbers passes, and each number set wrong is found."""

    def test_run_file(self):
        p = case("sparse")
        epochs, samples = solve(p)
        run = h5py.File("memory.h5", "w", driver="core", backing_store=False)
        self.write(run, p, epochs, samples)
        self.assertEqual(self.failures(run, p, epochs, samples), 0)
        for name in ("series/action", "series/pauli", "states/delta", "weights/final/hidden-out",
                     "weights/final/thresholds", "weights/epoch_00001/ports-hidden/data", "density/rho", "density/mean",
                     "entanglement/negativity", "entanglement/mean/chsh"):
            good = run[name][...]
            flat = good.copy().reshape(-1)
            flat[0] += 1e-4 * max(np.abs(flat).max(), 1e-3)
            run[name][...] = flat.reshape(good.shape)
            self.assertGreater(self.failures(run, p, epochs, samples), 0, name)
            run[name][...] = good

    def test_command(self):
        """The whole way from a file on disk, for a case without particles; 0 where it agrees, 1 where not."""
        p = case("feedforward")
        epochs, samples = solve(p)
        with tempfile.TemporaryDirectory() as folder, mock.patch("builtins.print"):
            path = os.path.join(folder, "run.h5")
            with h5py.File(path, "w") as run, open(os.path.join(FOLDER, "cases", "feedforward.toml")) as text:
                run.attrs["input"] = text.read()
                last = epochs[-1]
                for part, matrix in (("weights/initial", p.weights), ("weights/final", last.weights.value[-1, -1]),
                                     ("momenta/final", last.momentum.value[-1, -1])):
                    self.network(run.create_group(part), p, matrix)
                for name, a in samples.items():
                    run[name] = a
            self.assertEqual(compare_run(path, 1e-6, False), 0)
            with h5py.File(path, "a") as run:
                del run["momenta"]
            self.assertEqual(compare_run(path, 1e-6, False), 0)  # terminal: zero by definition
            with h5py.File(path, "a") as run:
                run["series/kinetic"][7] = np.nan
            self.assertEqual(compare_run(path, 1e-6, False), 1)

    def failures(self, run, p, epochs, samples):
        table = compare.Table(1e-6)
        with mock.patch("builtins.print"):
            compare.networks(table, run, p, epochs, samples)
            compare.particles(table, run, p, epochs)
        return table.failed

    def write(self, run, p, epochs, samples):
        for name, a in samples.items():
            run[name] = a
        for part, e in (("final", epochs[-1]), ("epoch_00001", epochs[0])):
            for kind, matrix in (("weights", e.weights), ("momenta", e.momentum)):
                self.network(run.create_group(f"{kind}/{part}"), p, matrix.value[-1, -1])
        rho = quantum.evolve(p, epochs)
        k0, weight = quantum.modes(p)
        mean = np.einsum("m,tmij->tij", weight, rho)
        for name, a in (("k0", k0), ("weight", weight), ("rho", rho), ("mean", mean)):
            run[f"density/{name}"] = a
        for path, matrices in (("entanglement", rho), ("entanglement/mean", mean)):
            found = [quantum.measures(m, 1e-6) for m in matrices.reshape(-1, 4, 4)]
            for name in found[0]:
                run[f"{path}/{name}"] = np.array([m[name] for m in found]).reshape(matrices.shape[:-2])

    def network(self, group, p, matrix):
        for name, source, target in p.projections:
            rows = slice(p.layers[target][1], p.layers[target][1] + p.layers[target][2])
            columns = slice(1 + p.layers[source][1], 1 + p.layers[source][1] + p.layers[source][2])
            block, mask = matrix[rows, columns], p.mask[rows, columns].astype(bool)
            if mask.all():
                group[name] = block
                continue
            group[f"{name}/indptr"] = np.concatenate([[0], np.cumsum(mask.sum(1))])
            group[f"{name}/indices"] = np.nonzero(mask)[1]
            group[f"{name}/data"] = block[mask]
        group["thresholds"] = matrix[:, 0]


class SelfConvergence(unittest.TestCase):
    def test_every_case(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        write_patterns("patterns.h5")
        for path in sorted(glob.glob(os.path.join(FOLDER, "cases", "*.toml"))):
            p = case(os.path.basename(path)[:-5])
            change, where = self_convergence(p, *solve(p))
            print(f"own change on a finer mesh: {os.path.basename(path):<36} {change:.1e} ({where})")
            self.assertLess(change, 1e-10, path)


if __name__ == "__main__":
    unittest.main()
