#!/usr/bin/python3
"""Whole runs that end badly, or that are repeated: what they say, how they exit, and what they leave on disk."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import processes  # noqa: E402
from input_text import PARTICLES, case, changed  # noqa: E402
from whole_run import WholeRun  # noqa: E402


class Run(WholeRun):
    def hjnet(self, *arguments, ranks=1, status=0):
        return self.launch("run", "case.toml", *arguments, ranks=ranks, status=status)

    def test_sigkill_leaves_all_completed_epochs(self):
        self.write(case(run={"epochs": 4000, "samples_per_epoch": 16}, particles=PARTICLES, output={"states": True}))
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                file = self.path / f"killed-{ranks}.h5"
                process = self.start("run", "case.toml", "--output", file, ranks=ranks)
                self.until_epoch(process, 3, file, seconds=120)
                processes.kill(process)
                with h5py.File(file) as run:
                    epochs = int(run["progress/epochs_completed"][()])
                    self.assertGreaterEqual(epochs, 3)
                    self.assertEqual(run["progress/finished"][()], 0)
                    rows = epochs * 17
                    for name in ("interaction", "action", "pauli"):
                        self.assertTrue(np.isfinite(run["series"][name][:rows]).all(), name)
                    self.assertTrue(np.isfinite(run["states/y"][:rows]).all())
                    self.assertTrue(np.isnan(run["series/interaction"][rows + 17 * 2:]).all())
                print(f"killed on {ranks} rank(s): {epochs} epochs completed, all readable")

    def test_growth_of_delta_ends_with_our_error(self):
        self.write(case(run={"epochs": 12, "samples_per_epoch": 4}, learning={"delta": "initial"},
                        stimulus={"constant": {"layer": "ports", "value": 0.5}}))
        result = self.hjnet(ranks=2, status=1)
        self.assertRegex(result.stderr, r'\|Delta\| exceeds 1e\+12 at t = \S+ \(epoch \d+\) with delta = "initial"')
        self.assertEqual(result.stderr.count("|Delta| exceeds"), 1)
        with h5py.File(self.path / "case.h5") as run:
            epochs = int(run["progress/epochs_completed"][()])
            self.assertGreaterEqual(epochs, 1)
            self.assertTrue(np.isfinite(run["series/interaction"][: epochs * 5]).all())

    def test_overflow_ends_with_our_error(self):
        said = {"coupled": r'epoch 0, y forwards \(delta = "terminal"\): a right-hand side is not finite at any step size '
                           r"after s = 0\.035",
                "waveform": r'epoch 0, y \(delta = "terminal"\): between t = \S+ and \S+ the solution grows or jumps faster'}
        for engine, words in said.items():
            with self.subTest(engine=engine):
                self.write(case({"a": {"neurons": 2, "transfer": "identity"}}, run={"epochs": 3}, solver={"engine": engine},
                                network={"initial_state": 1.0, "projection": [{"from": "a", "to": "a", "weights": 1000.0}]}))
                result = self.hjnet("--overwrite", status=1)
                self.assertRegex(result.stderr, words)
                self.assertTrue((self.path / "case.h5").exists())

    def test_singular_two_point_problem(self):
        kappa = (np.pi / 2) ** 2
        self.write(case(learning={"inertia": 1.0, "weight_decay": kappa}))
        result = self.hjnet(ranks=2, status=1)
        self.assertIn("two-point problem of weight decay is singular", result.stderr)

    def refused(self, neurons, engine, **network):
        """What a run of two such layers says, which must be refused before it starts."""
        content = case({"a": neurons, "b": neurons}, solver={"engine": engine}, output={"weights": "none"})
        self.write(changed(content, network=network))
        result = self.hjnet(status=2)
        self.assertFalse((self.path / "case.h5").exists())
        return result.stderr

    def test_a_network_that_cannot_fit_is_refused(self):
        memory = r"needs [\d.]+ GiB of memory per rank, but [\d.]+ GiB are available: the {} engine holds"
        said = self.refused(30000, "coupled")
        self.assertRegex(said, memory.format("coupled"))
        self.assertIn('use solver.engine = "waveform"', said)
        for engine in ("waveform", "auto"):
            said = self.refused(200000, engine, storage="stored")
            self.assertRegex(said, memory.format("waveform"))
            self.assertNotIn("solver.engine", said)
            self.assertIn('network.storage = "procedural" (149.01 GiB of W(0) less)', said)

    def test_a_state_beyond_petsc_indices_is_refused(self):
        said = self.refused(40000, "coupled")
        self.assertIn("W and M have 3200000000 components, but a vector of this PETSc (32-bit indices) holds", said)
        self.assertIn('use solver.engine = "waveform", which needs none', said)

    def test_an_existing_file_is_kept(self):
        self.write(case(run={"epochs": 1, "samples_per_epoch": 4}))
        self.hjnet()
        before = (self.path / "case.h5").read_bytes()
        result = self.hjnet(ranks=2, status=2)
        self.assertIn("case.h5", result.stderr)
        self.assertEqual((self.path / "case.h5").read_bytes(), before)
        self.hjnet("--overwrite")

    def test_repeated_on_the_same_ranks_is_bit_identical(self):
        self.write(case(run={"epochs": 3, "samples_per_epoch": 8, "seed": 5}, network={"thresholds": True},
                        particles=PARTICLES, output={"states": True, "weights": "all"}, ensemble={"members": 3}))
        for ranks in (1, 2, 3, 4):
            files = []
            for attempt in "ab":
                self.hjnet("--output", f"{ranks}{attempt}.h5", ranks=ranks)
                files.append(self.datasets(f"{ranks}{attempt}.h5"))
            with self.subTest(ranks=ranks):
                self.expect_same(*files)


if __name__ == "__main__":
    unittest.main(verbosity=2)
