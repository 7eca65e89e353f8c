#!/usr/bin/python3
"""Evaluations of whole runs against NumPy: engines and ranks, restarts, ensembles, killed runs, bad data."""

import pathlib
import signal
import subprocess
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case  # noqa: E402
from whole_run import WholeRun, datasets  # noqa: E402

PATTERNS, TESTS, INPUTS, CLASSES = 300, 7, 4, 3  # more patterns than are taken at once
CONSTANT = [0.3, -0.2, 0.1, 0.4]
INPUT = case(
    {"a": {"neurons": 4, "transfer": "erf"}, "b": 5, "c": {"neurons": 3, "transfer": "identity"}},
    run={"epochs": 5, "samples_per_epoch": 4, "seed": 6},
    network={"time_constant": 0.05, "thresholds": True, "initial_thresholds": {"distribution": "normal", "sd": 0.3},
             "projection": [{"from": pre, "to": post} for pre, post in ("ab", "bc", "ac")]},
    learning={"inertia": -6.0, "target": [1, 0, 0]},
    stimulus={"constant": {"layer": "a", "values": CONSTANT}},
    evaluate={"layer": "a", "every": 2, "choose": "train",
              "set": [{"name": name, "file": "data.h5", "inputs": f"/{group}/inputs", "targets": f"/{group}/targets"}
                      for name, group in (("train", "train"), ("final", "test"))]},
    output={"weights": "all", "checkpoint": {"every_epochs": 1}})
EPOCHS = [0, 2, 4, 5]
QUANTITIES = ("error", "accuracy", "confusion")


def erf(x):
    """To round-off where it matters here, by the Gauss-Legendre rule."""
    points, weights = np.polynomial.legendre.leggauss(40)
    half = 0.5 * np.asarray(x)[..., None]
    return 2.0 / np.sqrt(np.pi) * (half * weights * np.exp(-((half * (points + 1.0)) ** 2))).sum(-1)


def softmax_error(y, d):
    return np.log(np.exp(y).sum(1)) - (d * y).sum(1)


def squared_error(y, d):
    return 0.5 * ((y - d) ** 2).sum(1)


class Evaluation(WholeRun):
    SECONDS = 120

    def setUp(self):
        super().setUp()
        self.write(INPUT)
        random = np.random.default_rng(1)
        self.data = {"train": (random.normal(size=(PATTERNS, INPUTS)), random.integers(CLASSES, size=PATTERNS)),
                     "final": (random.normal(size=(TESTS, INPUTS)), random.dirichlet([1.0] * CLASSES, size=TESTS))}
        with h5py.File(self.path / "data.h5", "w") as file:
            for group, name in (("train", "train"), ("test", "final")):
                file[f"{group}/inputs"], file[f"{group}/targets"] = self.data[name]

    def hjnet(self, *words, ranks=1, settings=(), status=0):
        done = self.launch(*words, ranks=ranks if ranks > 1 else None, settings=settings, status=status)
        return done.stderr + done.stdout

    def run_case(self, file, *settings, ranks=1, restart=()):
        """All evaluations of a run, and what it said."""
        said = self.hjnet("run", "case.toml", "--output", file, *restart, settings=settings, ranks=ranks)
        return self.read(file), said

    def read(self, file):
        with h5py.File(self.path / file, locking=False) as run:
            return {**datasets(run["evaluation"]), "best_epoch": run["evaluation"].attrs["best_epoch"]}

    def expected(self, run, epoch, name, error=squared_error):
        """Error, accuracy and confusion of one set, from the weights on file."""
        place = f"weights/epoch_{epoch:05}" if epoch else "weights/initial"
        w = {key: run[f"{place}/{key}"][:] for key in ("a-b", "b-c", "a-c", "thresholds")}
        inputs, targets = self.data[name]
        a = erf(inputs + CONSTANT + w["thresholds"][:4])
        b = np.tanh(a @ w["a-b"].T + w["thresholds"][4:9])
        y = b @ w["b-c"].T + a @ w["a-c"].T + w["thresholds"][9:]
        d = np.eye(CLASSES)[targets] if targets.ndim == 1 else targets
        true, answered = d.argmax(1), y.argmax(1)
        confusion = np.zeros((CLASSES, CLASSES), int)
        np.add.at(confusion, (true, answered), 1)
        return error(y, d).mean(), (true == answered).mean(), confusion

    def expect_right(self, file, found, error=squared_error):
        self.assertEqual(found["epoch"].tolist(), EPOCHS)
        with h5py.File(self.path / file) as run:
            for name in self.data:
                for row, epoch in enumerate(EPOCHS):
                    e, accuracy, confusion = self.expected(run, epoch, name, error)
                    # The coupled engine's past is a resampled one, good to its tolerance.
                    self.assertAlmostEqual(found[f"{name}/error"][row], e, delta=1e-10 * e)
                    self.assertEqual(found[f"{name}/accuracy"][row], accuracy)
                    np.testing.assert_array_equal(found[f"{name}/confusion"][row], confusion)

    def test_agrees_with_numpy_on_any_engine_and_ranks(self):
        one, said = self.run_case("one.h5")
        self.expect_right("one.h5", one)
        self.assertGreater(np.ptp(one["train/error"]), 0.01, "nothing was learned that could be seen")
        best = EPOCHS[np.lexsort((one["train/error"], -one["train/accuracy"]))[0]]
        self.assertEqual(one["best_epoch"], best)
        row = EPOCHS.index(best)
        self.assertIn(f"Evaluation: best epoch {best} by 'train': train {100 * one['train/accuracy'][row]:.2f} %", said)
        self.assertIn(f"after the last epoch (5): train {100 * one['train/accuracy'][-1]:.2f} %", said)
        info = self.hjnet("info", "one.h5")
        self.assertRegex(info, rf"best epoch +{best} of those so far, by 'train': train .*, final ")
        self.assertRegex(info, r"evaluation +after 5 epochs: train ")
        for more, ranks in ((("solver.engine=coupled",), 2), ((), 4)):
            other, _ = self.run_case(f"other-{ranks}.h5", *more, ranks=ranks)
            self.expect_right(f"other-{ranks}.h5", other)
            for name in self.data:
                np.testing.assert_allclose(other[f"{name}/error"], one[f"{name}/error"], rtol=1e-7)

    def test_cross_entropy(self):
        found, _ = self.run_case("x.h5", "learning.error=cross_entropy", "learning.inertia=-8", ranks=2)
        self.expect_right("x.h5", found, softmax_error)

    def test_accuracy_that_is_known_by_construction(self):
        """Outputs are the inputs themselves, and 40 of the 300 labels are not those of the largest input."""
        inputs = np.random.default_rng(2).normal(size=(PATTERNS, 4))
        labels = inputs.argmax(1)
        labels[:40] = (labels[:40] + 1) % 4
        with h5py.File(self.path / "data.h5", "a") as file:
            file["same/inputs"], file["same/targets"] = inputs, labels.astype(np.int32)
        self.write(case(
            {"a": {"neurons": 4, "transfer": "identity"}, "b": {"neurons": 4, "transfer": "identity"}},
            network={"projection": [{"from": "a", "to": "b", "weights": np.eye(4, dtype=int).tolist()}]},
            learning={"enabled": False}, run={"epochs": 2},
            evaluate={"layer": "a", "every": 9, "choose": "s",
                      "set": [{"name": "s", "file": "data.h5", "inputs": "/same/inputs", "targets": "/same/targets"}]}))
        for ranks in (1, 3):
            found, said = self.run_case(f"same-{ranks}.h5", ranks=ranks)
            self.assertEqual(found["epoch"].tolist(), [0, 2])
            self.assertEqual(found["s/accuracy"].tolist(), [260 / 300] * 2)
            self.assertEqual(found["s/confusion"][1].trace(), 260)
            self.assertEqual(found["s/confusion"][1].sum(), PATTERNS)
            self.assertEqual(found["best_epoch"], 0)  # of equals the first
            self.assertIn("best epoch 0 by 's': s 86.67 %", said)

    def test_restart_is_bit_identical(self):
        straight, _ = self.run_case("straight.h5", ranks=2)
        self.run_case("run.h5", "run.epochs=3", ranks=2)
        self.assertEqual(self.read("run.h5")["epoch"].tolist(), [0, 2, 3])
        restarted, said = self.run_case("run.h5", restart=("--restart", "auto"), ranks=2)
        self.assertIn("3 epochs done", said)
        self.expect_same(straight, restarted)
        said = self.hjnet("run", "case.toml", "--output", "run.h5", "--restart", "auto",
                          settings=["run.epochs=6", "evaluate.every=1"], status=2)
        self.assertIn("in what a restart may not change: evaluate.every: 2 -> 1", said)

    def test_restart_with_fewer_epochs_than_were_done(self):
        """The file's row of the last evaluation is then that of a later epoch."""
        short, _ = self.run_case("short.h5", "run.epochs=3")
        self.run_case("run.h5", "output.checkpoint={ every_epochs = 1, keep = 9 }")
        checkpoint = next((self.path / "checkpoints").glob("run-*-000003.h5"))
        found, _ = self.run_case("run.h5", "run.epochs=3", restart=("--restart", checkpoint))
        self.assertEqual(found["epoch"].tolist(), [0, 2, 3])
        self.expect_same(short, {name: found[name] for name in short})

    def test_ensemble(self):
        one, _ = self.run_case("one.h5")
        found, said = self.run_case("ensemble.h5", "ensemble.members=3", ranks=2)
        with h5py.File(self.path / "ensemble.h5") as run:
            member = {name: {q: run[f"ensemble/member/evaluation/{name}/{q}"][:] for q in QUANTITIES[:2]}
                      for name in self.data}
            for name, quantities in member.items():
                for q, values in quantities.items():
                    np.testing.assert_allclose(values[0], one[f"{name}/{q}"], rtol=1e-9)
                    np.testing.assert_array_equal(values[0], found[f"{name}/{q}"])
                    if q == "error":  # accuracies of so few patterns may well be the same
                        self.assertGreater(np.ptp(values[:, -1]), 0.0)
                    np.testing.assert_allclose(run[f"ensemble/mean/evaluation/{name}/{q}"], values.mean(0), rtol=1e-13)
                    np.testing.assert_allclose(run[f"ensemble/deviation/evaluation/{name}/{q}"],
                                               values.std(0, ddof=1), rtol=1e-10)
            rows = [np.lexsort((e, -a))[0] for a, e in zip(member["train"]["accuracy"], member["train"]["error"])]
            best = run["ensemble/member/evaluation_best_epoch"][:]
        self.assertEqual(best.tolist(), [EPOCHS[row] for row in rows])
        self.assertEqual(found["best_epoch"], best[0])
        at_best = 100 * np.array([a[row] for a, row in zip(member["final"]["accuracy"], rows)])
        self.assertIn(f"final {at_best.mean():.2f} +- {at_best.std(ddof=1) / np.sqrt(3):.2f} %", said)
        again, _ = self.run_case("ensemble.h5", "ensemble.members=3", "run.epochs=6", restart=("--restart", "auto"), ranks=2)
        self.assertEqual(again["epoch"].tolist(), [0, 2, 4, 6])
        for q in QUANTITIES:
            np.testing.assert_array_equal(again[f"train/{q}"][:3], found[f"train/{q}"][:3])

    def test_a_killed_run_keeps_what_it_found(self):
        process = self.start("run", "case.toml", "--output", "killed.h5", ranks=None, stderr=subprocess.DEVNULL,
                             settings=["run.epochs=100000", "learning.epoch_memory=0.5", 'output.weights="none"',
                                       "output.checkpoint={}"])
        self.until_epoch(process, 6, "killed.h5")
        self.stop(process, signal.SIGKILL, status=-signal.SIGKILL)
        found = self.read("killed.h5")
        self.assertEqual(found["best_epoch"], -1)
        self.assertEqual(found["epoch"][:4].tolist(), [0, 2, 4, 6])
        self.assertTrue(np.isfinite(found["train/error"][:4]).all())
        self.assertEqual(found["epoch"][-1], -1)
        self.assertTrue(np.isnan(found["train/accuracy"][-1]))
        self.assertRegex(self.hjnet("info", "killed.h5"), r"evaluation +after \d+ epochs: train ")

    def test_bad_data_is_refused(self):
        with h5py.File(self.path / "data.h5", "a") as file:
            file["bad/nan"] = np.where(np.arange(TESTS * INPUTS).reshape(TESTS, INPUTS) == 9, np.nan, 1.0)
            file["bad/labels"] = np.array([0, 1, 2, 3, 0, 1, 2])
            file["bad/targets"] = np.full((TESTS, CLASSES), 0.5)
            file["bad/empty"] = np.zeros((0, INPUTS))
        data = self.path / "data.h5"
        for key, dataset, more, message in (
                ("inputs", "/bad/nan", (), f"'{data}': dataset '/bad/nan': expected finite numbers, got nan at [2, 1]"),
                ("targets", "/bad/labels", (),
                 f"'{data}': dataset '/bad/labels': expected class labels from 0 to 2, one of the 3 outputs, got 3 at "
                 "[3]"),
                ("targets", "/bad/targets", ('learning.error="cross_entropy"',), "got sum 1.5 in row 0"),
                ("inputs", "/bad/empty", (), "inputs: expected at least one pattern, got an empty set"),
                ("inputs", "/none", (), "has no dataset '/none'")):
            with self.subTest(dataset=dataset):
                said = self.hjnet("run", "case.toml", settings=(f'evaluate.set[1].{key}="{dataset}"', *more), ranks=2, status=2)
                self.assertIn(message, said)
                self.assertFalse((self.path / "case.h5").exists())

    def test_check_says_what_is_evaluated(self):
        said = self.hjnet("check", "case.toml")
        self.assertIn("# evaluation of train (300 patterns), final (7 patterns): before the first epoch, every 2 "
                      "epochs and at the end, 4 times, ", said)
        self.assertIn("the best epoch is chosen by 'train'", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
