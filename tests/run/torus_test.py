#!/usr/bin/python3
"""hjnet torus as a user meets it: the file, the table, the exit statuses, and the same answers on any number of ranks."""

import pathlib
import re
import sys
import unittest

import h5py
import numpy as np
from scipy.optimize import brentq
from scipy.special import ellipe, ellipk

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import SOURCE, WholeRun  # noqa: E402

PENDULUM = {"torus": {"dimensions": 1, "quadratic": [[1.0]], "epsilon": 0.5, "action": [[-1.2, 0.3, 0.99035, 2.0]],
                      "term": [{"mode": [1], "polynomial": [{"coefficient": -1.0}]}]}}


def pendulum(epsilon, action):
    """K and dK/dJ of a rotating pendulum."""
    def missing(energy):
        return 2 / np.pi * np.sqrt(2 * (energy + epsilon)) * ellipe(2 * epsilon / (energy + epsilon)) - abs(action)
    energy = brentq(missing, epsilon * (1 + 1e-12), action**2 + 2 * epsilon, xtol=1e-15, rtol=1e-15)
    rate = np.pi / 2 * np.sqrt(2 * (energy + epsilon)) / ellipk(2 * epsilon / (energy + epsilon))
    return energy, np.copysign(rate, action)


def generator(file, row, angle):
    """G and dG/dphi at an angle, from /generator as it stands in the file."""
    start, end = file["generator/offset"][row:row + 2]
    mode = file["generator/mode"][start:end]
    terms = 2 * file["generator/coefficient"][start:end] * np.exp(1j * (mode @ angle))
    return terms.sum().real, (1j * mode * terms[:, None]).sum(axis=0).real


class Torus(WholeRun):
    def setUp(self):
        super().setUp()
        self.write(PENDULUM)

    def hjnet(self, *arguments, input_file="case.toml", **how):
        return self.launch("torus", input_file, *arguments, **how)

    def test_pendulum_file(self):
        result = self.hjnet()
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], r"^J = -1\.2  K = 0\.765249\d+  dK/dJ = -1\.11758\d+  \|H - K\| <= \S+  modes 32  fixed")
        self.assertRegex(lines[1], r"^J = 0\.3  no torus: resonant \(within the resonance of mode \[1\]")
        self.assertEqual(lines[-1], "3 of 4 tori converged")
        with h5py.File(self.path / "case.h5") as file:
            self.assertEqual(file.attrs["format"], "hjnet-torus")
            self.assertEqual(file.attrs["format_version"], 1)
            for name in ("code_version", "git_commit", "created", "run_id", "input", "fftw_version", "petsc_version"):
                self.assertTrue(file.attrs[name], name)
            torus = file["torus"]
            self.assertEqual(list(torus["status"]), [0, 2, 0, 0])
            self.assertEqual(torus["frequency"].shape, (4, 1))
            self.assertTrue(np.isnan(torus["hamiltonian"][1]) and np.isnan(torus["frequency"][1, 0]))
            self.assertIn("1: within the resonance", torus.attrs["reasons"])
            for row in (0, 2, 3):
                action = torus["action"][row]
                energy, rate = pendulum(0.5, action[0])
                self.assertAlmostEqual(torus["hamiltonian"][row], energy, delta=1e-12)
                self.assertAlmostEqual(torus["frequency"][row, 0], rate, delta=1e-12)
                self.assertLessEqual(torus["residual"][row], 1e-12)
                for angle in np.linspace(0, 6, 7):
                    moved = action + generator(file, row, np.array([angle]))[1]
                    self.assertAlmostEqual(moved[0]**2 / 2 - 0.5 * np.cos(angle), energy, delta=3e-12)
            self.assertEqual(file["generator/offset"][1], file["generator/offset"][2], "no torus has no modes")
            self.assertEqual(file["generator/offset"][-1], len(file["generator/coefficient"]))
            for name in ("torus/action", "generator/mode"):
                self.assertTrue(file[name].attrs["description"])
                self.assertEqual(file[name].attrs["units"], "1")

    def test_info_counts_the_tori(self):
        self.hjnet()
        info = self.launch("info", "case.h5", ranks=None)
        self.assertIn("hjnet-torus, version 1", info.stdout)
        self.assertRegex(info.stdout, r"status +3 converged, 1 resonant")
        self.assertRegex(info.stdout, r"/torus/frequency +4 x 1 +float64")

    def test_ranks_agree_to_the_last_bit(self):
        found = {}
        for ranks in (1, 2, 4):
            self.hjnet("--output", f"{ranks}.h5", settings=["torus.action=[[1.0], [-0.618, 1.0, 1.618, 2.0, 2.414]]"],
                       ranks=ranks, input_file=SOURCE / "input" / "torus-rotors.toml")
            with h5py.File(self.path / f"{ranks}.h5") as file:
                found[ranks] = {}
                for group in ("torus", "generator"):
                    for name, data in file[group].items():
                        found[ranks][f"{group}/{name}"] = data[()].tobytes()
                found[ranks]["reasons"] = file["torus"].attrs["reasons"]
                self.assertEqual(file.attrs["ranks"], ranks)
                self.assertEqual(list(file["torus/status"]), [0, 2, 0, 2, 0])
        for ranks in (2, 4):
            self.assertEqual(found[1], found[ranks])

    def test_resonance_is_reported_as_such(self):
        self.hjnet(settings=["torus.action=[[1.0], [1.0, 1.3]]"], input_file=SOURCE / "input" / "torus-resonant.toml")
        with h5py.File(self.path / "torus-resonant.h5") as file:
            self.assertEqual(list(file["torus/status"]), [2, 0])
            self.assertEqual(list(file["torus/divisor_mode"][0]), [-1, 1])
            self.assertEqual(file["torus/smallest_divisor"][0], 0.0)

    def test_hamiltonian_from_a_network(self):
        stored = []
        for ranks in (1, 3):
            result = self.hjnet("--output", f"{ranks}.h5", settings=["torus.action=[[0.2, 0.5, -1.5]]"], ranks=ranks,
                                input_file=SOURCE / "input" / "torus-network.toml")
            self.assertRegex(result.stdout, r"\n  defect of the window, \|V periodic - V\|: max 0\.\d+, rms 0\.\d+")
            with h5py.File(self.path / f"{ranks}.h5") as file:
                stored.append([data[()].tobytes() for data in file["network"].values()])
        self.assertEqual(stored[0], stored[1])
        with h5py.File(self.path / "1.h5") as file:
            network = file["network"]
            self.assertNotEqual(file["torus/status"][0], 0)  # inside the separatrix; whose resonance comes first is drawn
            self.assertEqual(list(file["torus/status"][1:]), [0, 0])
            weight = network["weight_1"]
            centre, width = weight.attrs["centre"], weight.attrs["width"]
            defect = np.abs(network["windowed"][:] - network["potential"][:])
            self.assertLessEqual(defect.max(), network.attrs["defect_max"] * (1 + 1e-6))
            self.assertGreater(defect.max(), 0.9 * network.attrs["defect_max"])
            self.assertEqual(defect[np.abs(weight[:] - centre) <= width / 4].max(), 0.0)
            self.assertLess(network.attrs["series_error"], 1e-10)
            # On the torus M^2/2 omega + V is K, in the network's own variables.
            for row in (1, 2):
                for value, potential in zip(weight[:], network["windowed"][:]):
                    angle = 2 * np.pi * (value - centre) / width
                    action = file["torus/action"][row] + generator(file, row, np.array([angle]))[1]
                    momentum = 2 * np.pi / width * action[0]
                    energy = momentum**2 / (2 * network.attrs["inertia"]) + potential
                    self.assertAlmostEqual(energy, file["torus/hamiltonian"][row], delta=1e-10)

    def test_without_any_torus_the_file_is_there_and_the_status_1(self):
        result = self.hjnet(settings=["torus.action=[[0.0, 0.2]]"], ranks=2, status=1)
        self.assertIn("No torus found, for none of the 2 actions.", result.stderr)
        self.assertIn("0 of 2 tori converged", result.stdout)
        with h5py.File(self.path / "case.h5") as file:
            self.assertEqual(list(file["torus/status"]), [2, 2])
            self.assertTrue(np.isnan(file["torus/hamiltonian"][:]).all())
            self.assertEqual(file["generator/coefficient"].shape, (0,))
            self.assertEqual(list(file["generator/offset"]), [0, 0, 0])

    def test_an_existing_file_is_kept_unless_overwritten(self):
        self.hjnet()
        before = (self.path / "case.h5").read_bytes()
        refused = self.hjnet(ranks=2, status=2)
        self.assertRegex(refused.stderr, r"case\.h5.*exists")
        self.assertEqual(refused.stdout, "")
        self.assertEqual((self.path / "case.h5").read_bytes(), before)
        self.hjnet("--overwrite", settings=["torus.epsilon=0.4"])
        with h5py.File(self.path / "case.h5") as file:
            self.assertAlmostEqual(file["torus/hamiltonian"][3], pendulum(0.4, 2.0)[0], delta=1e-12)
            self.assertTrue(re.search(r"epsilon = 0\.4", file.attrs["input"]))


if __name__ == "__main__":
    unittest.main()
