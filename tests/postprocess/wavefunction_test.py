"""hjplot wavefunction on made-up families: pictures come out in one and two dimensions, errors are exact."""
import h5py
import numpy as np

from hjplot_test import HjplotCase

FAMILY = """
[ensemble]
family = [{ vary = "stimulus", neuron = 0, low = -1.0, high = 1.0, count = 101 }%s]
[wavefunction]
neurons = %s
hbar = 0.02
"""


def add_wave(path, axes=1, times=3):
    """A fold y = a^2 in every direction, with two branches in each."""
    y = np.linspace(0.0025, 0.9975, 200 // axes**2)
    wave = np.sqrt(0.25 / np.sqrt(y)) * (np.exp(100j * y**1.5 / 3) + np.exp(-100j * y**1.5 / 3 + 0.5j * np.pi))
    rho = 0.5 / np.sqrt(y)
    psi = wave if axes == 1 else wave[:, None] * wave
    classical = rho if axes == 1 else rho[:, None] * rho
    a = np.linspace(-1.0, 1.0, 101)
    with h5py.File(path, "a") as f:
        group = f.create_group("wavefunction")
        for d in range(axes):
            group[f"axis_{d}"] = y
        group["time"] = f["/series/time"][: times * 3 : 3]
        for name, values in (("psi", psi), ("density", np.abs(psi) ** 2), ("classical", classical),
                             ("histogram", classical), ("branches", np.full(classical.shape, 2))):
            group[name] = np.repeat(values[None], times, axis=0)
        group["distance"] = np.full(times, 0.01)
        samples = len(f["/series/time"])
        f["/ensemble/member/wave_y"] = np.broadcast_to(a[:, None, None] ** 2, (101, samples, axes))
        f["/ensemble/member/parameter"] = np.repeat(a[:, None], axes, axis=1)
    return path


class Wavefunction(HjplotCase):
    def with_wave(self, axes=1, times=3, **options):
        other = ', { vary = "initial_state", neuron = 1, low = 0.0, high = 1.0, count = 5 }' if axes == 2 else ""
        more = FAMILY % (other, list(range(5, 5 + axes)))
        return add_wave(self.write(particles=False, members=101, more=more, **options), axes, times)

    def test_one_axis(self):
        image = self.expect_picture("wavefunction", self.with_wave(times=9))
        self.assertLess(image.shape[0], 2000)  # four of the times
        colours = np.ptp(image[..., :3], axis=2) > 0.3
        self.assertGreater(colours.mean(), 0.02, "the phase has no colours")

    def test_two_axes(self):
        self.expect_picture("wavefunction", self.with_wave(axes=2))

    def test_without_a_wavefunction(self):
        run = self.write()
        self.expect_error(f"{run}: no /wavefunction: the input has no [wavefunction]", "wavefunction", run)
