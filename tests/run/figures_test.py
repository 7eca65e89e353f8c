#!/usr/bin/python3
"""The shipped inputs of the paper's two results show what the README says they show."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

INPUT = pathlib.Path(os.environ["HJNET_SOURCE_DIR"]) / "input"


class Figures(unittest.TestCase):
    def run_input(self, name, *arguments):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        output = pathlib.Path(folder.name) / "run.h5"
        subprocess.run([os.environ["MPIEXEC"], "-n", "2", os.environ["HJNET_BINARY"], "run", str(INPUT / f"{name}.toml"),
                        "--output", str(output), *arguments], check=True, capture_output=True, timeout=250)
        run = h5py.File(output)
        self.addCleanup(run.close)
        self.assertEqual(run["progress/finished"][()], 1)
        return run

    def potential(self, name):
        run = self.run_input(name)
        time, mean = run["series/time"][:], run["ensemble/mean/interaction"][:]
        samples = int(run.attrs["samples_per_epoch"]) + 1
        lowest = mean.argmin()
        plateau = mean[-samples:].mean()
        error = run["ensemble/deviation/interaction"][:] / np.sqrt(int(run["ensemble"].attrs["members"]))
        print(f"{name}: start {mean[0]:.3f} +- {error[0]:.3f}, minimum {mean[lowest]:.3f} at t = {time[lowest]:.2f}, "
              f"last epoch {plateau:.3f}, R^2 {run['fit'].attrs['lj_r2']:.3f}")
        self.assertGreater(mean[0] - mean[lowest], 3 * error[0])
        self.assertGreater(plateau - mean[lowest], 3 * error[lowest])
        self.assertGreater(time[lowest], 1.0)

    def test_potential_of_one_layer(self):
        self.potential("potential-one-layer")

    def test_potential_of_two_layers(self):
        self.potential("potential-two-layer")

    def test_concurrence_starts_at_zero_and_grows(self):
        run = self.run_input("entangle-ensemble")
        mean = run["ensemble/mean/concurrence"][:]
        self.assertTrue((run["ensemble/member/physical"][:] == 1).all())
        ends = mean.reshape(12, -1)[:, -1]
        print("concurrence at the ends of epochs:", " ".join(f"{value:.3f}" for value in ends))
        self.assertLess(mean[0], 1e-12)
        self.assertGreater(ends[-1], 0.1)
        self.assertGreater(np.polyfit(np.arange(12), ends, 1)[0], 0.005)

    def test_apart_in_time_only_the_delayed_weights_entangle(self):
        learning = self.run_input("entangle-apart", "--set", "ensemble.members=8")["ensemble/mean/concurrence"][-1]
        frozen = self.run_input("entangle-apart-frozen", "--set", "ensemble.members=8")["ensemble/mean/concurrence"][-1]
        print(f"apart: {learning:.3g} with learning, {frozen:.3g} frozen")
        self.assertGreater(learning, 0.02)
        self.assertLess(frozen, 1e-6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
