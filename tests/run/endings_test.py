#!/usr/bin/python3
"""Whole runs that end badly, or that are repeated: what they say, how they exit, and what they leave on disk."""

import pathlib
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import processes  # noqa: E402
from whole_run import WholeRun, datasets  # noqa: E402

NETWORK = """
[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "hidden"
neurons = 5
[[network.layer]]
name = "out"
neurons = 2
"""
PARTICLES = """
[particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.12 }
"""


class Run(WholeRun):
    def hjnet(self, *arguments, ranks=1, status=0):
        return self.launch("run", "case.toml", *arguments, ranks=ranks, status=status)

    def test_sigkill_leaves_all_completed_epochs(self):
        self.write("[run]\nepochs = 4000\nsamples_per_epoch = 16\n" + NETWORK + PARTICLES + "[output]\nstates = true\n")
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                file = self.path / f"killed-{ranks}.h5"
                process = subprocess.Popen(self.command("run", "case.toml", "--output", file, ranks=ranks), cwd=self.path,
                                           stderr=subprocess.DEVNULL, start_new_session=True)
                deadline = time.monotonic() + 120
                while processes.epochs_completed(file) < 3 and time.monotonic() < deadline:
                    self.assertIsNone(process.poll(), "the run ended before it could be killed")
                    time.sleep(0.05)
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
        self.write('[run]\nepochs = 12\nsamples_per_epoch = 4\n[learning]\ndelta = "initial"\n'
                   '[stimulus]\nconstant = { layer = "ports", value = 0.5 }\n' + NETWORK)
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
                self.write('[run]\nepochs = 3\n[network]\ninitial_state = 1.0\n'
                           '[[network.layer]]\nname = "a"\nneurons = 2\ntransfer = "identity"\n'
                           '[[network.projection]]\nfrom = "a"\nto = "a"\nweights = 1000.0\n'
                           f'[solver]\nengine = "{engine}"\n')
                result = self.hjnet("--overwrite", status=1)
                self.assertRegex(result.stderr, words)
                self.assertTrue((self.path / "case.h5").exists())

    def test_singular_two_point_problem(self):
        kappa = (np.pi / 2) ** 2
        self.write(f"[learning]\ninertia = 1.0\nweight_decay = {kappa!r}\n" + NETWORK)
        result = self.hjnet(ranks=2, status=1)
        self.assertIn("two-point problem of weight decay is singular", result.stderr)

    def refused(self, neurons, engine):
        """What a run of two such layers says, which must be refused before it starts."""
        self.write(f'[[network.layer]]\nname = "a"\nneurons = {neurons}\n[[network.layer]]\nname = "b"\n'
                   f'neurons = {neurons}\n[solver]\nengine = "{engine}"\n')
        result = self.hjnet(status=2)
        self.assertFalse((self.path / "case.h5").exists())
        return result.stderr

    def test_a_network_that_cannot_fit_is_refused(self):
        memory = r"needs [\d.]+ GiB of memory per rank, but [\d.]+ GiB are available: the {} engine holds"
        said = self.refused(30000, "coupled")
        self.assertRegex(said, memory.format("coupled"))
        self.assertIn('use solver.engine = "waveform"', said)
        for engine in ("waveform", "auto"):
            said = self.refused(200000, engine)
            self.assertRegex(said, memory.format("waveform"))
            self.assertNotIn("solver.engine", said)

    def test_a_state_beyond_petsc_indices_is_refused(self):
        said = self.refused(40000, "coupled")
        self.assertIn("W and M have 3200000000 components, but a vector of this PETSc (32-bit indices) holds", said)
        self.assertIn('use solver.engine = "waveform", which needs none', said)

    def test_an_existing_file_is_kept(self):
        self.write("[run]\nepochs = 1\nsamples_per_epoch = 4\n" + NETWORK)
        self.hjnet()
        before = (self.path / "case.h5").read_bytes()
        result = self.hjnet(ranks=2, status=2)
        self.assertIn("case.h5", result.stderr)
        self.assertEqual((self.path / "case.h5").read_bytes(), before)
        self.hjnet("--overwrite")

    def test_repeated_on_the_same_ranks_is_bit_identical(self):
        self.write("[run]\nepochs = 3\nsamples_per_epoch = 8\nseed = 5\n[network]\nthresholds = true\n" + NETWORK +
                   PARTICLES + '[output]\nstates = true\nweights = "all"\n[ensemble]\nmembers = 3\n')
        for ranks in (1, 2, 3, 4):
            files = []
            for attempt in "ab":
                file = self.path / f"{ranks}{attempt}.h5"
                self.hjnet("--output", file, ranks=ranks)
                with h5py.File(file) as run:
                    files.append({name: np.asarray(data) for name, data in datasets(run).items()})
            self.assertEqual(files[0].keys(), files[1].keys())
            for name, data in files[0].items():
                self.assertEqual(data.tobytes(), files[1][name].tobytes(), f"{name} on {ranks} ranks")

if __name__ == "__main__":
    unittest.main(verbosity=2)
