#!/usr/bin/python3
"""Levels, wavefunctions and orbits in torus files: what is in them, and that they do not depend on the ranks."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import WholeRun  # noqa: E402


def torus(epsilon, action, *modes, power=0, **more):
    """A Hamiltonian J^2/2 + epsilon V, and V = -(cos of each mode), or J^power cos."""
    monomial = {"power": [power], "coefficient": 1.0} if power else {"coefficient": -1.0}
    quadratic = np.eye(len(action)).tolist()
    return {"torus": {"dimensions": len(action), "quadratic": quadratic, "epsilon": epsilon, "action": action,
                      "term": [{"mode": mode, "polynomial": [monomial]} for mode in modes], **more}}


# J = 0.4 and m = 4 librate: no torus.
PENDULUM = torus(0.3, [[1.2, 0.4, -0.9]], [1],
                 wavefunction={"hbar": 0.1, "levels": [[9], [4], [-12]], "grid": [96], "times": [0.0, 2.0]},
                 trajectory={"count": 2, "time": 300.0, "samples": 2000})
ROTORS = torus(0.03, [[1.3, 1.618], [-0.8]], [1, 0], [1, -1],
               wavefunction={"hbar": 0.1, "maslov": [0, 2], "levels": [[13, -9]], "grid": [48, 40]},
               trajectory={"time": 300.0, "samples": 500})
# V = I^4 cos phi: orbits run away.
RUNAWAY = torus(0.5, [[3.0, 0.05]], [1], power=4, trajectory={"count": 4, "time": 100.0, "samples": 20})


class TorusWave(WholeRun):
    def torus(self, text, ranks=1):
        self.write(text)
        name = f"case-{ranks}.h5"
        done = self.launch("torus", "case.toml", "--output", name, "--overwrite", ranks=ranks)
        with h5py.File(self.path / name) as file:
            data = {}
            for path in ("torus", "generator", "levels", "wavefunction", "trajectory"):
                for dataset in file.get(path, []):
                    data[f"{path}/{dataset}"] = file[path][dataset][()]
            bounds = dict(file["trajectory/ks_distance"].attrs)
        return data, bounds, done.stdout

    def test_levels_and_wavefunctions(self):
        data, _, said = self.torus(PENDULUM)
        np.testing.assert_array_equal(data["levels/number"], [[9], [4], [-12]])
        np.testing.assert_allclose(data["levels/action"][:, 0], [0.9, 0.4, -1.2], rtol=1e-15)
        self.assertEqual(data["levels/status"][[0, 2]].tolist(), [0, 0])
        self.assertNotEqual(data["levels/status"][1], 0)
        # The same actions are on the grid of J: the levels are those tori.
        for level, torus in ((0, 2), (2, 0)):
            self.assertAlmostEqual(data["levels/energy"][level], data["torus/hamiltonian"][torus], delta=1e-13)
            self.assertAlmostEqual(data["wavefunction/norm"][level], 1.0, delta=1e-12)
            self.assertAlmostEqual(data["levels/cycle"][level, 0], data["levels/number"][level, 0], delta=1e-12)
        for name in ("levels/energy", "wavefunction/norm", "wavefunction/psi", "wavefunction/density"):
            self.assertTrue(np.isnan(data[name][1]).all(), name)
        self.assertEqual(data["wavefunction/psi"].shape, (3, 2, 96))
        good = [0, 2]
        born = np.abs(data["wavefunction/psi"][good])**2
        np.testing.assert_allclose(born, data["wavefunction/density"][good], atol=1e-14)
        turned = data["wavefunction/psi"][good, 0] * np.exp(1j * data["levels/energy"][good] * 2.0 / 0.1)[:, None]
        np.testing.assert_allclose(data["wavefunction/psi"][good, 1], turned, atol=1e-12)
        self.assertIn("m = 4  J = 0.4  no torus", said)
        self.assertIn("m = 9  J = 0.9  K = ", said)

    def test_orbits_beside_tori(self):
        data, bounds, said = self.torus(PENDULUM)
        self.assertEqual(data["trajectory/torus"].tolist(), [0, 0, 1, 1, 2, 2] + 6 * [-1])
        self.assertEqual(data["trajectory/level"].tolist(), 6 * [-1] + [0, 0, 1, 1, 2, 2])
        self.assertEqual(bounds["independent_samples"], 2000)
        self.assertAlmostEqual(bounds["bound_99"], 1.628 / np.sqrt(2000))
        on = np.array([0, 1, 4, 5, 6, 7, 10, 11])
        frequency = np.repeat(np.vstack([data["torus/frequency"], data["levels/frequency"]]), 2, axis=0)
        np.testing.assert_allclose(data["trajectory/frequency"][on], frequency[on], atol=1e-8)
        self.assertLess(np.nanmax(data["trajectory/energy_drift"]), 1e-8)
        self.assertTrue((data["trajectory/ks_distance"][on] < 1.2 * bounds["bound_99"]).all())
        self.assertTrue(np.isnan(data["trajectory/ks_distance"][[2, 3, 8, 9]]).all())
        angle = data["trajectory/angle"]
        self.assertTrue(((angle >= 0.0) & (angle < 2.0 * np.pi)).all())
        self.assertTrue((np.diff(data["trajectory/time"], axis=1) >= 0.0).all())
        energy = 0.5 * data["trajectory/action"]**2 - 0.3 * np.cos(angle)
        np.testing.assert_allclose(energy[:, :, 0], data["trajectory/energy"][:, None] * np.ones(2000), atol=1e-8)
        self.assertIn("12 orbits over 300", said)

    def test_passages_lie_on_the_curve_of_the_generator(self):
        data, _, _ = self.torus(ROTORS)
        for row in range(2):
            angle, action = (data[f"trajectory/section_{name}"][row] for name in ("angle", "action"))
            passed = np.isfinite(angle[:, 0])
            self.assertGreater(np.count_nonzero(passed), 30)
            distance = np.abs(np.angle(np.exp(1j * angle[passed, 1])))
            self.assertLess(distance.max(), 1e-9)
            first, last = data["generator/offset"][row: row + 2]
            mode, coefficient = (data[f"generator/{name}"][first:last] for name in ("mode", "coefficient"))
            wave = np.exp(1j * angle[passed] @ mode.T.astype(float)) * coefficient
            momentum = data["torus/action"][row] - 2.0 * (wave @ mode).imag
            np.testing.assert_allclose(action[passed], momentum, atol=1e-8)

    def test_maslov_index_shifts_the_action(self):
        data, _, _ = self.torus(ROTORS)
        np.testing.assert_allclose(data["levels/action"], [[1.3, -0.85]], rtol=1e-14)
        np.testing.assert_allclose(data["levels/cycle"], [[13.0, -8.5]], atol=1e-11)
        self.assertEqual(data["wavefunction/psi"].shape, (1, 1, 48, 40))

    def test_ranks_do_not_matter(self):
        for text in (PENDULUM, ROTORS):
            one = self.torus(text, 1)[0]
            for ranks in (2, 4):
                other = self.torus(text, ranks)[0]
                self.assertEqual(one.keys(), other.keys())
                for name, value in one.items():
                    np.testing.assert_array_equal(value, other[name], err_msg=f"{name} on {ranks} ranks")

    def test_orbits_that_run_away_leave_nan(self):
        data, _, said = self.torus(RUNAWAY)
        lost = np.isnan(data["trajectory/energy_drift"])
        self.assertTrue(lost[:4].any())
        self.assertFalse(lost[4:].any())
        self.assertTrue(np.isnan(data["trajectory/angle"][lost]).all())
        self.assertIn(f"; {np.count_nonzero(lost)} could not be followed", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
