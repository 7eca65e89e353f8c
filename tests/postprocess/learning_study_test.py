"""hjplot learning-study: the linear theory beside its known numbers, which runs go to which panel, and the table."""
import unittest

import h5py
import numpy as np

import synthetic
from hjplot_test import HjplotCase  # puts hjplot_lib into the path

from hjplot_lib import energy_account, growth, learning_study  # noqa: E402
from hjplot_lib.runfile import PlotError, RunFile  # noqa: E402

INPUT = """
[run]
name = "{name}"
epochs = 4
epoch_length = 1.0
[network]
time_constant = {constant}
[learning]
inertia = {inertia}
epoch_memory = {memory}
momentum = "{momentum}"
weight_decay = {decay}
[stimulus.patterns]
per_epoch = 20
"""
EVALUATE = '[[evaluate.set]]\nname = "train"\n'
BASE = {"name": "base", "constant": 0.005, "inertia": -1.0, "memory": 0.5, "momentum": "terminal", "decay": 0.0}


def write(path, error=None, weights=None, done=None, **choices):
    """A run of 3 members with the errors `error` at the last evaluation, or, with `weights`, of one weight; `done`:
    epochs of each member of a run in the making."""
    t, n = synthetic.time_and_epoch(4)
    with h5py.File(path, "w") as f:
        f.attrs["format"], f.attrs["format_version"] = "hjnet-run", 1
        f.attrs["input"] = INPUT.format(**{**BASE, **choices})
        f["/progress/epochs_completed"], f["/progress/finished"] = 4, 1
        f["/series/time"], f["/series/epoch"] = t, n
        if weights is not None:
            for k, w in enumerate(weights):
                f[f"/weights/epoch_{k + 1:05d}/one-answer"] = [[w]]
            f["/progress/epochs_completed"][()] = len(weights)
            return path
        f.attrs["input"] += EVALUATE
        f["/ensemble/member/interaction"] = np.zeros((3, t.size))
        if done is not None:
            f["/progress/finished"][()] = 0
            f["/progress/member_epochs"] = done
        f["/evaluation/epoch"] = np.array([0, 2, 4, -1])
        f["/evaluation/train/accuracy"] = np.zeros(4)
        curves = np.array([[1.0, 0.2, e, np.nan] for e in error])
        f["/ensemble/member/evaluation/train/error"] = curves
        f["/ensemble/member/evaluation/train/accuracy"] = 1.0 - curves / 4
    return path


class Growth(unittest.TestCase):
    def test_initial_momenta_grow_at_every_memory(self):
        """docs/learning.md: the solutions of s^2 (e^s - mu) = -h."""
        for memory, expected in ((1.0, 0.247), (0.5, 0.118), (0.0, 0.047)):
            self.assertAlmostEqual(growth.rate(0.1, memory, "initial", 1.0), expected, delta=5e-4)
        s = np.log(max(np.linalg.eigvals(growth.epoch_map(0.1, 0.5, "initial", 1.0)), key=abs))
        self.assertLess(abs(s**2 * (np.exp(s) - 0.5) + 0.1), 1e-9)

    def test_terminal_momenta_grow_slowly_without_forgetting_and_die_away_with_it(self):
        self.assertAlmostEqual(growth.rate(0.01, 1.0, "terminal", -1.0), 0.01 / 24, delta=2e-7)
        for memory in (0.0, 0.5, 0.9):
            self.assertLess(growth.rate(0.1, memory, "terminal", -1.0), -0.04)
        self.assertGreater(growth.rate(0.1, 0.5, "terminal", 1.0), 0.05)  # uphill

    def test_growth_is_read_from_a_sequence(self):
        n = np.arange(40)
        self.assertAlmostEqual(growth.measured(1.02**n * np.cos(0.3 * n)), np.log(1.02), delta=1e-10)
        self.assertAlmostEqual(growth.measured(0.9**n + 0.1**n), np.log(0.9), delta=1e-10)


class Account(HjplotCase):
    def test_what_it_does_not_know_is_refused(self):
        shown = '[stimulus.patterns]\nper_epoch = 4\nlayer = "ports"\ninputs = "/x"\ntargets = "/d"\nfile = "gone.h5"\n'
        learning = "[learning]\ninertia = -1.0\n[network]\ntime_constant = 0.01\n"
        layer = '[[network.layer]]\nname = "ports"\nneurons = 2\n'
        for number, (added, why) in enumerate((
                ("[[stimulus.constant]]\nvalue = 1.0\n", "stimulus.constant"), ("[[stimulus.step]]\n", "stimulus.step"),
                ("[particles]\n", "particles"), ("[[gauge.field]]\n", "a gauge field or constraint"),
                (shown.replace("targets", "other"), "patterns without targets"), ("", "no stimulus.patterns"))):
            path = self.folder / f"account-{number}.h5"
            self.write(path.name, particles=False)
            with h5py.File(path, "a") as f:
                f.attrs["input"] = learning + layer + ("" if "patterns" in why else shown) + added
            with self.assertRaisesRegex(PlotError, f"no account can be drawn up: {why}$"):
                energy_account.Account(RunFile(path))


class Study(HjplotCase):
    def runs(self):
        choices = [{}, {"memory": 1.0}, {"memory": 0.0}, {"inertia": -3.0}, {"inertia": -3.0, "memory": 1.0},
                   {"constant": 0.02}, {"decay": 0.1}, {"inertia": 10.0, "momentum": "initial"},
                   {"inertia": 1.0}]
        return [write(self.folder / f"{i}.h5", [0.1 + 0.1 * i, 0.2 + 0.1 * i, 0.3 + 0.1 * i],
                      **{"name": f"case-{i}", **some}) for i, some in enumerate(choices)]

    def test_runs_go_along_the_key_in_which_they_differ(self):
        study = learning_study.Study([RunFile(path) for path in self.runs()], "train")
        names = lambda found: [one.run.name for one in found]  # noqa: E731
        self.assertEqual(names(study.along(learning_study.MEMORY)), ["case-2", "case-0", "case-1"])
        self.assertEqual(names(study.along(learning_study.INERTIA, (learning_study.MEMORY, 0.5))),
                         ["case-3", "case-0", "case-8"])
        self.assertEqual(names(study.along(learning_study.INERTIA, (learning_study.MEMORY, 1.0))), ["case-4", "case-1"])
        self.assertEqual([one.slot() for one in study.along(learning_study.CONSTANT)], [10.0, 2.5])

    def test_picture_and_table(self):
        weights = write(self.folder / "w.h5", weights=[0.9**n + 0.1**n for n in range(12)], inertia=-10.0, name="growth")
        said = self.draw("learning-study", *self.runs(), weights)
        lines = {line.split()[0]: line for line in said.splitlines()}
        self.assertIn("0.2 ± 0.058", lines["case-0"])
        self.assertIn("h T²/|omega| = 0.1, mu = 0.5: -0.1054, linear theory -0.1255", lines["growth"])

    def test_of_a_run_in_the_making_what_is_complete_counts(self):
        path = write(self.folder / "part.h5", [0.1, 0.3, 0.5], done=[2, 4, 0])
        learner = learning_study.Learner(RunFile(path), "train")
        np.testing.assert_array_equal(learner.epoch, [0, 2])
        np.testing.assert_array_equal(learner.error, [[1.0, 0.2], [1.0, 0.2]])
        with self.assertRaisesRegex(PlotError, "no set 'other' was evaluated; the sets are: train"):
            learning_study.Learner(RunFile(path), "other")

    def test_a_run_that_was_not_evaluated_is_refused(self):
        path = self.write()
        with self.assertRaisesRegex(PlotError, "weights"):
            learning_study.Study([RunFile(self.runs()[0]), RunFile(path)], "train")


if __name__ == "__main__":
    unittest.main()
