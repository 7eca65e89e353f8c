#!/usr/bin/python3
"""Closure `branches`: four networks that learn apart, the phase that they leave, and the record that they keep."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import quantum  # noqa: E402
from input_text import PARTICLES, case  # noqa: E402
from whole_run import WholeRun, unsanitized  # noqa: E402

EPOCHS, SAMPLES = 4, 16
INPUT = case(
    run={"epochs": EPOCHS, "samples_per_epoch": SAMPLES, "seed": 7},
    learning={"target": {"distribution": "normal", "sd": 0.5}, "weight_decay": 0.05},
    solver={"relative_tolerance": 1e-10},
    particles={"closure": "branches", "amplitude": 1.5, "a": {**PARTICLES["a"], "axis": [3, 0, 0]},
               "b": {**PARTICLES["b"], "axis": [0, 1, 1]}},
    boltzmann={"charge": 6.0})
AXES = np.array([[1.0, 0.0, 0.0], [0.0, np.sqrt(0.5), np.sqrt(0.5)]])
SIGNS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]


class Branches(WholeRun):
    def run_case(self, *changes, ranks=1, output="run.h5", options=("--overwrite",)):
        self.write(INPUT)
        done = self.launch("run", "case.toml", "--output", output, *options, settings=changes, ranks=ranks)
        return self.datasets(output), done.stdout

    def test_leave_the_phase_of_their_interactions(self):
        run, said = self.run_case()
        self.assertIn("the network's record", said)
        boundaries, phases = run["operator/boundaries"], run["operator/phases"]
        nodes = len(phases) // (len(boundaries) - 1)
        rule = np.polynomial.chebyshev.chebint(np.eye(nodes), lbnd=-1.0, axis=1).sum(1)
        x = -np.cos(np.pi * np.arange(nodes) / (nodes - 1))
        rule = rule @ np.linalg.inv(np.polynomial.chebyshev.chebvander(x, nodes - 1))  # of the nodes' values
        # c of n_A n_B is a quarter of H_++ - H_+- - H_-+ + H_--.
        c = run["operator/coefficients"][0].reshape(EPOCHS, -1, nodes, 4, 4)[..., 1:, 1:]
        both = np.einsum("i,nejik,k->nej", AXES[0], np.moveaxis(c, -2, -2), AXES[1])
        phase = 6.0 * 4.0 * np.cumsum(np.einsum("j,nej,e->n", rule, both, 0.5 * np.diff(boundaries)))
        concurrence = run["entanglement/mean/concurrence"].reshape(EPOCHS, SAMPLES + 1)[:, -1]
        print("phases", phase, "concurrence", concurrence)
        self.assertLess(np.abs(concurrence - np.abs(np.sin(0.5 * phase))).max(), 1e-8)
        self.assertGreater(concurrence.max(), 0.05)

    def test_each_is_a_run_of_its_own(self):
        run, _ = self.run_case("output.states=true")
        states = []
        for branch, (a, b) in enumerate(SIGNS):
            stokes = [f"particles.{port}.stokes={(sign * axis * (1 - 1e-16)).tolist()}"
                      for port, sign, axis in zip("ab", (a, b), AXES)]
            plain, _ = self.run_case(*stokes, "output.states=true", "output.weights=last", output="plain.h5")
            for name in ("interaction", "action"):
                difference = np.abs(run[f"branches/{name}"][:, branch] - plain[f"series/{name}"]).max()
                self.assertLess(difference, 1e-12, (name, branch))
            weights = np.concatenate([plain[f"weights/final/{name}"].ravel() for name in
                                      ("ports-hidden", "hidden-out", "thresholds") if f"weights/final/{name}" in plain])
            states.append((plain["states/y"], weights))
        for i, (y, w) in enumerate(states):
            for j, (other_y, other_w) in enumerate(states):
                apart = np.linalg.norm(y - other_y, axis=1)
                self.assertLess(np.abs(run["branches/distance_y"][:, i, j] - apart).max(), 1e-10)
                self.assertAlmostEqual(run["branches/distance_weights"][-1, i, j], np.linalg.norm(w - other_w), delta=1e-9)

    def test_the_record_takes_the_coherence_that_it_knows_of(self):
        whole, _ = self.run_case()
        sigma = {"neurons": 0.4, "weights": 2.0}
        changes = [f"boltzmann.sigma_{name}={value}" for name, value in sigma.items()]
        known, _ = self.run_case(*changes, output="known.h5")
        along = [np.linalg.eigh(np.tensordot(n, quantum.SIGMA[1:], 1))[1][:, ::-1] for n in AXES]
        basis = np.kron(*along)
        loss = np.exp(-whole["branches/distance_y"] ** 2 / (8.0 * sigma["neurons"] ** 2)
                      - whole["branches/distance_weights"] ** 2 / (8.0 * sigma["weights"] ** 2))
        expected = basis @ (loss * (basis.conj().T @ whole["density/mean"] @ basis)) @ basis.conj().T
        self.assertLess(np.abs(known["density/mean"] - expected).max(), 1e-13)
        self.assertGreater(np.abs(known["density/mean"] - whole["density/mean"]).max(), 1e-2)
        self.launch("quantum", "run.h5", "--output", "again.h5", settings=changes)
        with h5py.File(self.path / "again.h5") as again:
            self.assertLess(np.abs(again["density/mean"][:] - known["density/mean"]).max(), 1e-12)

    @unsanitized
    def test_critical_record(self):
        critical, said = self.run_case("boltzmann.critical=true")
        self.assertIn("outputs told apart to", said)
        for name in ("neurons", "weights"):
            found = critical[f"critical/sigma_{name}"][0]
            self.assertTrue(0.0 < found < np.inf)
            for factor, entangled in ((0.99, False), (1.01, True)):
                run, _ = self.run_case(f"boltzmann.sigma_{name}={found * factor}", output="near.h5")
                self.assertEqual(run["entanglement/mean/negativity"].max() > 1e-9, entangled, (name, factor))

    @unsanitized
    def test_engines_ranks_and_restarts(self):
        run, _ = self.run_case()
        compared = ("series/pauli", "branches/interaction", "branches/action", "branches/distance_y",
                    "branches/distance_weights", "density/mean")
        for changes, ranks in ((("solver.engine=coupled",), 1), ((), 2), ((), 3)):
            other, _ = self.run_case(*changes, ranks=ranks, output="other.h5")
            for name in compared:
                self.assertLess(np.abs(other[name] - run[name]).max(), 1e-7, (name, changes, ranks))
        for engine in ("waveform", "coupled"):
            chosen = f"solver.engine={engine}"
            straight, _ = self.run_case(chosen)
            self.run_case(chosen, "run.epochs=2", output="parts.h5")
            parts, _ = self.run_case(chosen, output="parts.h5", options=("--restart", "auto"))
            for name in compared:
                self.assertTrue((parts[name] == straight[name]).all(), (name, engine))

    def test_members_have_their_own(self):
        self.write(INPUT, ensemble={"members": 3})
        self.launch("run", "case.toml", "--output", "run.h5", ranks=2)
        alone = self.run_case(output="alone.h5")[0]
        with h5py.File(self.path / "run.h5") as run:
            for name, field in (("interaction", "branch_interaction"), ("distance_weights", "distance_weights")):
                members = run[f"ensemble/member/{field}"][:]
                self.assertLess(np.abs(members[0] - alone[f"branches/{name}"]).max(), 1e-10)
                self.assertLess(np.abs(members.mean(0) - run[f"branches/{name}"][:]).max(), 1e-13)
                self.assertGreater(np.abs(members[1] - members[0]).max(), 1e-3)
        self.launch("quantum", "run.h5", "--output", "again.h5", settings=["boltzmann.sigma_neurons=0.3"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
