"""hjplot torus and wavefunction on torus files: pictures come out, curves are right, and errors are exact."""
import unittest

import h5py
import numpy as np

import synthetic
from hjplot_test import HjplotCase

from hjplot_lib import torus_wave
from hjplot_lib.torusfile import TorusFile

HEIGHT = 0.2  # of the generator HEIGHT sin(phi_1 - phi_2), so that I_1 = J_1 + HEIGHT cos(phi_1 - phi_2)
POINTS = 24
LEVELS = np.array([3, 1])  # times the dimensions; the second has no torus


def write(path, n=1, orbits=True, waves=True, finished=True):
    """Two tori, of which the second was not found; two levels of the same kind; an orbit beside each."""
    mode = np.array([[1, -1, 0][:n]])
    action = np.array([[1.2, 0.9, 1.1][:n], [0.3, 0.9, 1.1][:n]])
    with h5py.File(path, "w") as f:
        f.attrs.update({"format": "hjnet-torus", "format_version": 1, "input": '[run]\nname = "made up"\n'})
        f["/torus/action"] = action
        f["/torus/status"] = np.array([0, 2] if finished else [0, -1], "i4")
        f["/generator/offset"] = np.array([0, 1, 1])
        f["/generator/mode"] = mode.astype("i4")
        f["/generator/coefficient"] = np.array([-0.5j * HEIGHT])
        if orbits:
            write_orbits(f, n, action, mode[0], 4 if waves else 2)
        if waves:
            write_waves(f, n, orbits)
    return path


def write_orbits(f, n, action, mode, count):
    random = np.random.default_rng(3)
    angle = 2.0 * np.pi * random.random((count, 400, n))
    f["/trajectory/torus"] = np.array([0, 1, -1, -1])[:count]
    f["/trajectory/level"] = np.array([-1, -1, 0, 1])[:count]
    f["/trajectory/angle"] = angle
    momentum = action[[0, 1, 0, 1][:count], None] + HEIGHT * np.cos(angle @ mode)[..., None] * mode
    f["/trajectory/action"] = momentum
    f["/trajectory/energy_drift"] = np.array([1e-10, 1e-10, 1e-10, np.nan])[:count]
    f["/trajectory/ks_distance"] = np.full((count, n), 0.02)
    f["/trajectory/ks_distance"].attrs["bound_99"] = 1.628 / 20.0
    if n > 1:
        passages = angle[:, :50].copy()
        passages[:, :, -1] = 0.0
        passages[:, 40:] = np.nan
        f["/trajectory/section_angle"] = passages
        kick = HEIGHT * np.cos(passages @ mode)[..., None]
        f["/trajectory/section_action"] = action[[0, 1, 0, 1][:count], None] + kick * mode


def write_waves(f, n, orbits):
    axis = 2.0 * np.pi * np.arange(POINTS) / POINTS
    grid = np.meshgrid(*[axis] * n, indexing="ij")
    psi = np.exp(-3j * sum(grid)) / (2.0 * np.pi) ** (0.5 * n)
    f["/levels/number"] = np.repeat(LEVELS[:, None], n, axis=1)
    f["/levels/status"] = np.array([0, 3], "i4")
    f["/levels/energy"] = np.array([1.5, np.nan])
    f["/wavefunction/time"] = np.array([0.0, 2.0])
    for d in range(n):
        f[f"/wavefunction/angle_{d}"] = axis
    f["/wavefunction/psi"] = np.array([[psi, psi * 1j], [np.nan * psi, np.nan * psi]])
    f["/wavefunction/density"] = np.abs(f["/wavefunction/psi"][:]) ** 2
    f["/wavefunction"].attrs["hbar"] = 0.4


class TorusPictures(HjplotCase):
    def make(self, name="torus.h5", **options):
        return write(self.folder / name, **options)

    def test_phase_portrait_and_section(self):
        self.expect_picture("torus", self.make())
        self.expect_picture("torus", self.make("two.h5", n=2), "--title", "Section")
        self.expect_picture("torus", self.make("bare.h5", orbits=False, waves=False))

    def test_wavefunctions(self):
        first = self.expect_picture("wavefunction", self.make())
        second = self.expect_picture("wavefunction", self.folder / "torus.h5", "--time", "1", "--level", "0")
        self.assertGreater(np.abs(first - second).max(), 0.2, "the phase did not turn")
        self.expect_picture("wavefunction", self.make("alone.h5", orbits=False), "--title", "No orbits")
        self.hjplot("wavefunction", self.make("two.h5", n=2), "-o", self.picture)
        self.expect_drawn(most=0.8)  # the phase fills its panel

    def test_numbers(self):
        file = TorusFile(self.make(n=2))
        angles = np.array([[0.3, 0.1], [2.0, 5.0]])
        momentum = file.momentum(0, angles)
        np.testing.assert_allclose(momentum[:, 0], 1.2 + HEIGHT * np.cos([0.2, -3.0]), rtol=1e-14)
        np.testing.assert_allclose(momentum[:, 1], 0.9 - HEIGHT * np.cos([0.2, -3.0]), rtol=1e-14)
        self.assertEqual(file.trajectory("section_angle", [0]).shape, (40, 2))
        self.assertEqual(file.orbits("level", 1).size, 0, "an orbit that was lost")
        wave = torus_wave.Wave(file, None, 0)
        self.assertEqual((wave.number, wave.samples.shape), ("(3, 3)", (400, 2)))
        np.testing.assert_allclose(wave.marginal(1), 0.5 / np.pi, rtol=1e-14)

    def test_errors(self):
        file = self.make()
        self.expect_error(f"{file}: level 1 (m = 1) has no torus: folded", "wavefunction", file, "--level", "1")
        self.expect_error(f"{file}: no level 2: there are 0 to 1", "wavefunction", file, "--level", "2")
        self.expect_error(f"{file}: no time 2: there are 0 to 1", "wavefunction", file, "--time", "2")
        bare = self.make("bare.h5", waves=False)
        self.expect_error(f"{bare}: no /levels/number: the input has no [torus.wavefunction]", "wavefunction", bare)
        three = self.make("three.h5", n=3)
        for verb in ("torus", "wavefunction"):
            self.expect_error(f"{three}: 3 dimensions: pictures are of one or two", verb, three)
        killed = self.make("killed.h5", finished=False)
        self.expect_error(f"{killed}: unfinished: not all tori were looked for", "torus", killed)
        run = synthetic.write(self.folder / "run.h5")
        self.expect_error(f"{run}: not an hjnet torus file (format = 'hjnet-run', expected 'hjnet-torus')", "torus",
                          run)
        self.expect_error(f"{self.folder / 'gone.h5'}: no such file", "wavefunction", self.folder / "gone.h5")


if __name__ == "__main__":
    unittest.main()
