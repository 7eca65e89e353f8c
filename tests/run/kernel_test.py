#!/usr/bin/python3
"""The path kernel of whole runs: restarts to the last bit, ensembles, what is said, and what `hjnet check` counts."""

import json
import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case  # noqa: E402
from whole_run import WholeRun  # noqa: E402

PATTERNS = [[1, 0, 0, 0], [0, 1, -1, 0.5], [0.2, 0.2, 0.2, 0.2]]
INPUT = case(
    {"a": 4, "b": 5, "c": 2},
    run={"epochs": 4, "samples_per_epoch": 4, "seed": 6},
    network={"time_constant": 0.05, "thresholds": True,
             "projection": [{"from": "a", "to": "b"}, {"from": "b", "to": "c", "connect": {"fan_in": 3}}]},
    learning={"inertia": -4.0, "target": [0.4, -0.3]},
    stimulus={"constant": {"layer": "a", "distribution": "normal"}},
    kernel={"layer": "a", "patterns": PATTERNS},
    output={"checkpoint": {"every_epochs": 2}})


class Kernel(WholeRun):
    def setUp(self):
        super().setUp()
        self.write(INPUT)

    def run_case(self, file, *settings, ranks=1, restart=()):
        """All of /kernel of a run, and what it said."""
        done = self.launch("run", "case.toml", "--output", file, *restart, settings=settings, ranks=ranks)
        return self.datasets(file, "kernel"), done.stderr + done.stdout

    def expect_same(self, a, b):
        for name, values in a.items():
            self.assertTrue(np.all(np.isfinite(values)), name)
        super().expect_same(a, b)

    def test_restart_is_bit_identical(self):
        for engine, ranks in (("waveform", 2), ("coupled", 1)):
            with self.subTest(engine=engine):
                more = [f"solver.engine={engine}"]
                straight, _ = self.run_case(f"{engine}-straight.h5", *more, ranks=ranks)
                self.run_case(f"{engine}.h5", "run.epochs=2", *more, ranks=ranks)
                restarted, said = self.run_case(f"{engine}.h5", *more, restart=("--restart", "auto"), ranks=ranks)
                self.assertIn("2 epochs done", said)
                self.expect_same(straight, restarted)

    def test_accounts_and_shapes(self):
        kernel, said = self.run_case("one.h5", "kernel.nodes_per_epoch=64")
        self.assertIn("Path kernel: 4 patterns (0: the stimulus), 2 outputs", said)
        self.assertEqual(kernel["patterns"].shape, (4, 4))
        self.assertEqual(kernel["outputs"].shape, (260, 4, 2))
        self.assertEqual(kernel["time"][64:66].tolist(), [1.0, 1.0])
        change = kernel["outputs"][-1] - kernel["outputs"][0]
        np.testing.assert_array_equal(change, kernel["change"])
        error = np.abs(kernel["predicted/chain_rule"] - change).max() / np.abs(change).max()
        self.assertLess(error, 1e-8)
        np.testing.assert_array_equal(kernel["path"], kernel["path"].T)
        coarse, _ = self.run_case("coarse.h5")
        error = np.abs(coarse["path"] - kernel["path"]).max() / kernel["path"].max()
        self.assertLess(error, coarse["path_error"])
        self.assertGreater(error, 0.0)
        eigenvalues = np.linalg.eigvalsh(kernel["path"])
        np.testing.assert_allclose(kernel["eigenvalues"], eigenvalues, atol=1e-13 * eigenvalues[-1])
        machine = kernel["path"][:, :2] @ self.mean_force(kernel)
        np.testing.assert_allclose(kernel["predicted/machine"].ravel(), machine, rtol=0.0,
                                   atol=1e-3 * np.abs(machine).max())

    @staticmethod
    def mean_force(kernel):
        """The average of rate dE/dy by the trapezium rule."""
        flow = kernel["rate"][:, None] * kernel["loss_derivative"]
        return (0.5 * (flow[1:] + flow[:-1]) * np.diff(kernel["time"])[:, None]).sum(axis=0) / 4.0

    def test_ensemble_keeps_the_first_member(self):
        # Member 0 draws what a run without an ensemble draws.
        one, _ = self.run_case("one.h5")
        ensemble, said = self.run_case("ensemble.h5", "ensemble.members=3")
        self.assertIn("Path kernel: 4 patterns", said)
        self.expect_same(one, ensemble)

    def test_patterns_from_a_file(self):
        with h5py.File(self.path / "p.h5", "w") as file:
            file["x"] = np.array(PATTERNS)
        inline, _ = self.run_case("one.h5")
        there = 'kernel.patterns={ file = "p.h5", dataset = "/x" }'
        self.run_case("file.h5", there, "run.epochs=3")
        read, _ = self.run_case("file.h5", there, restart=("--restart", "auto"))
        self.expect_same(inline, read)

    def test_no_prediction_is_said(self):
        kernel, said = self.run_case("decay.h5", "learning.weight_decay=0.1")
        self.assertIn("no prediction from the learning rule: weight decay moves the weights too", said)
        self.assertEqual([name for name in kernel if name.startswith("predicted")], ["predicted/chain_rule"])

    def test_check_counts_it(self):
        def sizes(*settings):
            return json.loads(self.launch("check", "case.toml", "--json", settings=settings, ranks=None).stdout)

        few = sizes()
        # Twenty times the nodes: outputs of 8 numbers, and y and delta of 11 neurons, at each.
        many = sizes("kernel.nodes_per_epoch=160")
        self.assertGreater(many["peak_bytes"] - few["peak_bytes"], 4 * 152 * 8 * (8 + 22))
        self.assertGreater(many["operations"], few["operations"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
