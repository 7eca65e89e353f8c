#!/usr/bin/python3
"""Whole runs of families: the wavefunction against a closed form, on several ranks and with both engines, restarted,
and how well the Hamilton-Jacobi equation holds."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case, changed  # noqa: E402
from whole_run import WholeRun, unsanitized  # noqa: E402

SOLVER = {"relative_tolerance": 1e-10, "absolute_tolerance": 1e-12}

# y = 0.3 + (a - 0.3) exp(-t/lambda), E = (y - 0.1)^2 / 2.
NEURON = case(
    {"one": {"neurons": 1, "transfer": "identity"}},
    run={"samples_per_epoch": 20},
    network={"time_constant": 0.5},
    learning={"delta": "terminal", "target": 0.1},
    stimulus={"constant": {"layer": "one", "value": 0.3}},
    ensemble={"family": {"vary": "initial_state", "neuron": 0, "low": -1.0, "high": 2.0, "count": 61}},
    wavefunction={"neurons": [0], "hbar": 0.05, "times": [0.0, 0.4], "grid": [40], "range": [[-1.0, 2.0]]},
    solver=SOLVER)

NETWORK = case(
    {"in": {"neurons": 2, "transfer": "identity"}, "hidden": 4, "out": 2},
    run={"epochs": 2, "samples_per_epoch": 80, "seed": 5},
    network={"thresholds": True, "time_constant": 0.25, "projection": [
        {"from": "in", "to": "hidden", "weights": [[1.5, 2.2], [2.5, 0.2], [2.0, -2.8], [0.8, 0.5]]},
        {"from": "hidden", "to": "out", "weights": [[0.9, -1.4, 0.8, 0.2], [0.5, 0.3, -0.6, 0.7]]}]},
    learning={"target": [0.8, 0.1]},
    stimulus={"constant": {"layer": "in", "values": [0.0, 1.0]}},
    ensemble={"family": {"vary": "stimulus", "neuron": 0, "low": -2.0, "high": 2.0, "count": 61}},
    wavefunction={"neurons": [6], "hbar": 0.02, "times": [0.35, 0.6, 1.4], "grid": [120]},
    solver=SOLVER)


class Wavefunction(WholeRun):
    def hjnet(self, content, *settings, ranks=1, options=("--overwrite",)):
        """/wavefunction, /diagnostics and /ensemble/member of a run, and what it said."""
        self.write(content)
        done = self.launch("run", "case.toml", "--output", "run.h5", *options, settings=settings, ranks=ranks)
        with h5py.File(self.path / "run.h5") as run:
            wave = {name: run["/wavefunction"][name][()] for name in run["/wavefunction"]}
            wave["members"] = {name: data[()] for name, data in run["/ensemble/member"].items()}
            wave.update(run["/diagnostics"].attrs)
        wave["said"] = done.stderr + done.stdout
        return wave

    def test_linear_neuron_in_closed_form(self):
        def action(y, t):
            """J(t) - J(T) along y(s) = Y + (y - Y) exp(-(s - t)/lambda): the integral of E from t to T."""
            u, d, rest = y - 0.3, 0.3 - 0.1, 1.0 - t
            one, two = 0.5 * (1 - np.exp(-rest / 0.5)), 0.25 * (1 - np.exp(-2 * rest / 0.5))
            return 0.5 * (d**2 * rest + 2 * d * u * one + u**2 * two)

        for ranks, engine in ((1, "waveform"), (2, "coupled"), (4, "waveform")):
            with self.subTest(ranks=ranks, engine=engine):
                wave = self.hjnet(NEURON, f'solver.engine="{engine}"', ranks=ranks)
                y = wave["axis_0"]
                for i, t in enumerate((0.0, 0.4)):
                    # Cells that are covered as a whole: the family has shrunk towards 0.3.
                    inside = np.abs(y - 0.3) + 0.05 < np.where(y > 0.3, 1.7, 1.3) * np.exp(-t / 0.5)
                    psi = np.sqrt(np.exp(t / 0.5) / 3.0) * np.exp(-1j * action(y, t) / 0.05)
                    error = np.abs(wave["psi"][i] - psi)[inside].max()
                    print(f"    {ranks} ranks, {engine}, t = {t}: psi off by {error:.1e}")
                    self.assertLess(error, 2e-7)
                    self.assertTrue((wave["branches"][i][inside] == 1).all())
                self.assertEqual(list(wave["time"]), [0.0, 0.4])
                np.testing.assert_allclose(wave["inside"], 1.0, atol=1e-9)
                np.testing.assert_allclose(wave["density"], wave["classical"], rtol=1e-12)
                self.assertLess(wave["distance"].max(), 2.0 / 61)
                self.assertLess(wave["conjugate_residual"], 1e-7)
                self.assertLess(wave["hamiltonian_drift"], 1e-8)

    @unsanitized
    def test_engines_and_ranks_agree(self):
        first = self.hjnet(NETWORK)
        self.assertIn("Wavefunction at 3 times: up to 3 branches", first["said"])
        one = first["branches"] == 1
        np.testing.assert_allclose(first["density"][one], first["classical"][one], rtol=1e-12)
        several = first["branches"] >= 3
        self.assertGreater(np.count_nonzero(several), 20)
        self.assertGreater(np.abs(first["density"][several] / first["classical"][several] - 1.0).max(), 0.5)
        np.testing.assert_allclose(first["inside"], 1.0, atol=1e-9)
        self.assertLess(first["distance"].max(), 3.0 / 61)
        for ranks, engine in ((2, "waveform"), (4, "waveform"), (2, "coupled")):
            with self.subTest(ranks=ranks, engine=engine):
                again = self.hjnet(NETWORK, f'solver.engine="{engine}"', ranks=ranks)
                smooth = (first["branches"] == again["branches"]) & (first["classical"] < 5.0)
                self.assertGreater(np.mean(smooth), 0.95)
                error = np.abs(again["psi"] - first["psi"])[smooth].max()
                print(f"    {ranks} ranks, {engine}: psi differs by {error:.1e}")
                self.assertLess(error, 1e-4 if engine == "coupled" else 1e-7)

    @unsanitized
    def test_more_ranks_than_members(self):
        """A member over several ranks: each writes its own neurons."""
        settings = ("ensemble.family.count=5", "wavefunction.times=[0.5]")
        one = self.hjnet(NETWORK, *settings)
        many = self.hjnet(NETWORK, *settings, ranks=8)
        for name in ("wave_y", "wave_delta", "state_y", "state_delta", "neuron_action", "conjugate", "parameter"):
            np.testing.assert_allclose(many["members"][name], one["members"][name], atol=1e-9, err_msg=name)
        self.assertTrue(np.isfinite(many["members"]["state_y"]).all())

    @unsanitized
    def test_conjugates_are_derivatives_of_the_action(self):
        two = ('ensemble.family=[{ vary = "stimulus", neuron = 0, low = -0.02, high = 0.02, count = 7 }, '
               '{ vary = "initial_state", neuron = 3, low = -0.02, high = 0.02, count = 7 }]',
               "wavefunction.neurons=[6, 7]", "wavefunction.grid=[8, 8]")
        initial = ('learning.delta="initial"', "learning.initial_delta=0.3", "wavefunction.times=[0.35, 0.6]")
        cases = {
            "terminal": (), "frozen": ("learning.enabled=false",), "initial": initial,
            "initial, frozen": (*initial, "learning.enabled=false"),
            "momentum initial, decay": ('learning.momentum="initial"', "learning.weight_decay=0.2"),
            "gauge": ("run.samples_per_epoch=320", "gauge.charge=0.5", 'gauge.field={ layer = "hidden", constant = 0.7 }'),
        }
        for name, settings in cases.items():
            with self.subTest(name):
                wave = self.hjnet(NETWORK, *two, *settings)
                print(f"    {name}: Delta = dJ/dy to {wave['conjugate_residual']:.1e}, dJ/dt + H to "
                      f"{wave['action_residual']:.1e}, H_int to {wave['hamiltonian_drift']:.1e}")
                self.assertLess(wave["conjugate_residual"], 3e-6)
                self.assertLess(wave["action_residual"], 1e-5)
                if "decay" in name:
                    self.assertTrue(np.isnan(wave["hamiltonian_drift"]))
                else:
                    self.assertLess(wave["hamiltonian_drift"], 1e-7)

    @unsanitized
    def test_residual_falls_with_the_fourth_power_of_the_members(self):
        coarse = self.hjnet(NETWORK, "ensemble.family.count=41", "wavefunction.times=[0.6]")["conjugate_residual"]
        fine = self.hjnet(NETWORK, "ensemble.family.count=81", "wavefunction.times=[0.6]")["conjugate_residual"]
        print(f"    41 members {coarse:.2e}, 81 members {fine:.2e}")
        self.assertGreater(coarse / fine, 10.0)
        self.assertLess(coarse / fine, 24.0)

    def test_later_epochs_of_learning_are_not_judged(self):
        wave = self.hjnet(NETWORK, "wavefunction.times=[1.4]", "ensemble.family.count=9")
        self.assertTrue(np.isnan(wave["conjugate_residual"]))
        self.assertIn("Delta = dJ/dy was not looked at", wave["said"])

    def test_restart_goes_on_to_the_same_wavefunction(self):
        checkpointed = changed(NETWORK, wavefunction={"times": [0.35, 0.6]}, output={"checkpoint": {"every_epochs": 1}})
        small = "ensemble.family.count=9"
        straight = self.hjnet(checkpointed, small)
        self.hjnet(checkpointed, small, "run.epochs=1", ranks=2)
        again = self.hjnet(checkpointed, small, ranks=2, options=("--restart", "auto"))
        self.assertIn("Restarting", again["said"])
        for name in ("psi", "classical", "branches", "axis_0"):
            np.testing.assert_allclose(again[name], straight[name], atol=1e-7, err_msg=name)
        for name in ("wave_y", "neuron_action", "action_residual"):
            np.testing.assert_allclose(again["members"][name], straight["members"][name], atol=1e-8, err_msg=name)
        self.assertAlmostEqual(again["conjugate_residual"], straight["conjugate_residual"], delta=1e-6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
