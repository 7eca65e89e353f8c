#!/usr/bin/python3
"""The shipped inputs of the paper's two results show what the README says they show."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import SOURCE, WholeRun  # noqa: E402


class Figures(WholeRun):
    SECONDS = 250

    def run_input(self, name, *settings):
        output = self.path / f"{name}.h5"
        self.launch("run", SOURCE / "input" / f"{name}.toml", "--output", output, settings=settings, ranks=2)
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
        learning = self.run_input("entangle-apart", "ensemble.members=8")["ensemble/mean/concurrence"][-1]
        frozen = self.run_input("entangle-apart-frozen", "ensemble.members=8")["ensemble/mean/concurrence"][-1]
        print(f"apart: {learning:.3g} with learning, {frozen:.3g} frozen")
        self.assertGreater(learning, 0.02)
        self.assertLess(frozen, 1e-6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
