"""hjdata hopfield writes what it says; hjplot hopfield draws a recall and reports it, on a run made by Euler's steps."""
import contextlib
import io

import h5py
import numpy as np

from hjplot_test import HjplotCase

from hjdata_lib.cli import main as hjdata  # on the path by hjplot_test
from hjplot_lib.hopfield import Recalls
from hjplot_lib.runfile import RunFile


class Hopfield(HjplotCase):
    def make(self, *options):
        data = self.folder / "data.h5"
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = hjdata(["hopfield", str(data), "--overwrite", *options])
        return data, status, out.getvalue(), err.getvalue()

    def recall(self, data, transfer="tanh"):
        """A run file of the data's starts, 8 time constants long."""
        with h5py.File(data) as file:
            weights, start, copies = file["weights"][:], file["start"][:], len(file["shown"])
        y = start.reshape(copies, -1)
        states = [y]
        for _ in range(160):
            states.append(states[-1] + 0.05 * (np.tanh(states[-1] @ weights) - states[-1]))
        states = np.array(states)[::10]
        layers = "".join(f'[[network.layer]]\nname = "copy{i}"\nneurons = {y.shape[1]}\ntransfer = "{transfer}"\n'
                         for i in range(copies))
        run = self.folder / "run.h5"
        with h5py.File(run, "w") as file:
            file.attrs["format"], file.attrs["format_version"], file.attrs["ranks"] = "hjnet-run", 1, 1
            file.attrs["input"] = (f'[network]\ninitial_state = {{ file = "{data}", dataset = "/start" }}\n' + layers)
            file["/progress/epochs_completed"], file["/progress/finished"] = 1, 1
            file["/series/time"], file["/series/epoch"] = np.linspace(0.0, 0.8, len(states)), np.zeros(len(states))
            energy = (states * np.arctanh(states) + 0.5 * np.log(1 - states**2)).sum(axis=(1, 2))
            file["/series/error"] = energy - 0.5 * np.einsum("trk,kl,trl->t", states, weights, states)
            file["/states/y"] = states.reshape(len(states), -1)
        return run

    def test_data_is_hebbs_rule(self):
        data, status, said, _ = self.make("--patterns", "5", "--neurons", "40", "--flips", "0.1", "--recalls", "7")
        self.assertEqual(status, 0)
        self.assertIn("/start: 7 starts, 4 of 40 signs flipped in each", said)
        with h5py.File(data) as file:
            weights, patterns, shown = file["weights"][:], file["patterns"][:], file["shown"][:]
            start = file["start"][:].reshape(7, 40)
        expected = 3.0 / 40 * patterns.T @ patterns
        np.fill_diagonal(expected, 0.0)
        np.testing.assert_allclose(weights, expected, atol=1e-14)
        np.testing.assert_array_equal(weights, weights.T)
        np.testing.assert_array_equal(shown, np.arange(7) % 5)
        np.testing.assert_array_equal(np.count_nonzero(np.sign(start) != patterns[shown], axis=1), 4)
        np.testing.assert_array_equal(np.abs(start), 0.5)

    def test_recall_of_the_letters(self):
        run = self.recall(self.make()[0])
        said = self.draw("hopfield", run)
        self.assertEqual(said.count("13 of 64 wrong at the start, 0 at the end"), 4)
        self.assertEqual(said.count("largest rise between samples 0.0e+00"), 4)
        self.assertLess(float(said.split("against the run's: ")[1]), 1e-10)

    def test_outputs_that_are_1_to_round_off_have_an_energy(self):
        run = self.recall(self.make("--patterns", "1", "--neurons", "8")[0])
        with h5py.File(run, "a") as file:
            signs = np.sign(file["/states/y"][-1])
            file["/states/y"][-1] = signs
            weights = h5py.File(self.folder / "data.h5")["weights"][:]
        energy = Recalls(RunFile(run)).energy()[-1, 0]
        self.assertAlmostEqual(energy, 8 * np.log(2.0) - 0.5 * signs @ weights @ signs)

    def test_what_is_refused(self):
        for option, value, expected in (("--flips", "1.5", "from 0 to 1"), ("--amplitude", "1", "the range of tanh"),
                                        ("--patterns", "0", "from 1"), ("--neurons", "9", "the letters have 64")):
            _, status, said, why = self.make(option, value)
            self.assertEqual((status, said), (2, ""))
            self.assertIn(expected, why)
        run = self.recall(self.make("--patterns", "2", "--neurons", "30")[0], transfer="erf")
        self.expect_error(f'{run}: expected layers with transfer = "tanh"', "hopfield", run)
        bare = self.write()
        self.expect_error(f"{bare}: network.initial_state is not from a file of `hjdata hopfield`; expected --data FILE",
                          "hopfield", bare)
