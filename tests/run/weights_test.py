#!/usr/bin/python3
"""W(0) in memory or drawn where it is needed, weights as factors, and hjnet weights."""

import json
import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import TINY, case, changed  # noqa: E402
from whole_run import WholeRun  # noqa: E402

# One projection as factors, a sparse one, and one so small that it is kept synapse by synapse.
MIXED = case({"a": 300, "b": 260, "c": 4, "d": 2}, run={"epochs": 3, "samples_per_epoch": 4, "seed": 11},
             network={"thresholds": True, "initial_thresholds": {"distribution": "normal", "sd": 0.1},
                      "projection": [{"from": "a", "to": "b"}, {"from": "b", "to": "c", "connect": {"fan_in": 9}},
                                     {"from": "c", "to": "d"}]},
             learning={"inertia": -5.0, "momentum": "initial"},
             stimulus={"constant": {"layer": "a", "distribution": "normal"}},
             solver={"relative_tolerance": 1e-6, "absolute_tolerance": 1e-8})
PROJECTIONS = ("a-b", "b-c", "c-d")


class Weights(WholeRun):
    def run_case(self, output, *settings, ranks=1, content=MIXED):
        self.write(content)
        self.launch("run", "case.toml", "--output", output, settings=settings, ranks=ranks)

    def printed(self, file, *words):
        """The numbers of hjnet weights."""
        return np.loadtxt(self.launch("weights", file, *words).stdout.splitlines(), ndmin=2)

    def whole(self, file, kind, projection):
        """W or M as a run with output.weights = "last" leaves it."""
        with h5py.File(self.path / file) as run:
            found = run[f"{kind}/final/{projection}"]
            if isinstance(found, h5py.Dataset):
                return found[()]
            matrix = np.zeros((found.attrs["rows"], found.attrs["columns"]))
            for row, (first, last) in enumerate(zip(found["indptr"][:-1], found["indptr"][1:], strict=True)):
                matrix[row, found["indices"][first:last]] = found["data"][first:last]
            return matrix

    def compare_factors(self, *settings):
        self.run_case("last.h5", *settings)
        self.run_case("factors.h5", "output.weights=factors", *settings, ranks=2)
        for moment, kind in (((), "weights"), (("--moment",), "momenta")):
            for projection in PROJECTIONS:
                expected = self.whole("last.h5", kind, projection)
                for file in ("last.h5", "factors.h5"):
                    got = self.printed(file, "--projection", projection, *moment)
                    self.assertEqual(got.shape, expected.shape)
                    # Ranks apart by round-off, which factors add up in another order.
                    self.assertLess(abs(got - expected).max(), 1e-12 * abs(expected).max(), (projection, kind, file))
                    few = self.printed(file, "--projection", projection, *moment, "--rows", "1:3" if len(expected) > 2 else "1:2")
                    np.testing.assert_array_equal(few, got[1:1 + len(few)])

    def test_factors_give_the_weights_that_would_have_been_stored(self):
        self.compare_factors()
        with h5py.File(self.path / "factors.h5") as run:
            factors = run["factors/a-b"]
            self.assertEqual(factors.attrs["weight_initial"], 1.0)
            self.assertEqual(factors.attrs["momentum_initial"], 0.0)
            self.assertEqual(factors.attrs["distribution"], "normal")
            self.assertAlmostEqual(factors.attrs["sd"], 300 ** -0.5, 15)
            for side in ("g", "y"):
                columns = factors[side][()]
                np.testing.assert_allclose(columns.T @ columns, np.eye(columns.shape[1]), atol=1e-12)
            self.assertEqual(factors["x"].shape, (factors["g"].shape[1], factors["y"].shape[1]))
            self.assertLess(factors["x"].size, 300 * 260 / 4)
            moved = factors["g"] @ factors["x"][()] @ factors["y"][()].T
            self.assertGreater(abs(moved).max(), 1e-6)
            self.assertNotIn("weights/final/a-b", run)
            self.assertEqual(run["factors/c-d/weights"].shape, (2, 4))
            self.assertEqual(run["weights/final/thresholds"].shape, (566,))

    def test_factors_with_decay(self):
        self.compare_factors("learning.weight_decay=0.3")
        with h5py.File(self.path / "factors.h5") as run:
            self.assertNotEqual(run["factors/a-b"].attrs["weight_initial"], 1.0)
            self.assertNotEqual(run["factors/a-b"].attrs["momentum_initial"], 0.0)

    def test_momenta_that_vanish_and_weights_that_do_not_move(self):
        terminal = ("learning.momentum=terminal",)
        for settings in (terminal, (*terminal, "learning.enabled=false")):
            self.run_case("factors.h5", "output.weights=factors", "run.epochs=1", *settings)
            for projection in PROJECTIONS:
                self.assertEqual(abs(self.printed("factors.h5", "--projection", projection, "--moment")).max(), 0.0)
            (self.path / "factors.h5").unlink()
        self.run_case("last.h5", "run.epochs=1", *terminal, "learning.enabled=false")
        self.run_case("factors.h5", "output.weights=factors", "run.epochs=1", *terminal, "learning.enabled=false")
        np.testing.assert_array_equal(self.printed("factors.h5", "--projection", "a-b"), self.whole("last.h5", "weights", "a-b"))

    def test_given_weights_as_factors(self):
        values = [[0.1 * row + 0.01 * column for column in range(30)] for row in range(40)]
        given = case({"a": 30, "b": 40}, run={"epochs": 2, "samples_per_epoch": 4},
                     network={"projection": [{"from": "a", "to": "b", "weights": {"values": values}}]},
                     stimulus={"constant": {"layer": "a", "distribution": "normal"}})
        self.run_case("last.h5", content=given)
        self.run_case("factors.h5", "output.weights=factors", content=given)
        np.testing.assert_allclose(self.printed("factors.h5"), self.whole("last.h5", "weights", "a-b"), rtol=0, atol=1e-13)

    def test_a_file_of_rows(self):
        self.run_case("run.h5", "output.weights=factors", "run.epochs=1")
        words = ("weights", "run.h5", "--projection", "a-b", "--rows", "250:")
        self.launch(*words, "--output", "rows.h5")
        with h5py.File(self.path / "rows.h5") as rows:
            np.testing.assert_array_equal(rows["weights"][()], self.printed("run.h5", *words[2:]))
            np.testing.assert_array_equal(rows["weights"].dims[0][0][()], np.arange(250, 260))
        self.assertIn("exists already", self.launch(*words, "--output", "rows.h5", status=2).stderr)
        self.launch(*words, "--moment", "--output", "rows.h5", "--overwrite")
        (self.path / "link.h5").hardlink_to(self.path / "run.h5")
        said = self.launch(*words, "--output", "link.h5", "--overwrite", status=2).stderr
        self.assertIn("would destroy what is read", said)
        self.launch("info", "run.h5")

    def test_what_is_refused(self):
        self.run_case("run.h5", "output.weights=none", "run.epochs=1")
        for words, expected in (((), "--projection: expected one of a-b, b-c, c-d, got nothing"),
                                (("--projection", "a-v"), "did you mean 'a-b'?"),
                                (("--projection", "a-b"), 'output.weights was "none"')):
            self.assertIn(expected, self.launch("weights", "run.h5", *words, status=2).stderr)
        self.run_case("last.h5", "run.epochs=1")
        for rows in ("5", "3:3", "-1:4", "0:261", "a:b"):
            said = self.launch("weights", "last.h5", "--projection", "a-b", f"--rows={rows}", status=2).stderr
            self.assertIn(f"--rows: expected FIRST:END with 0 <= FIRST < END <= 260, got '{rows}'", said)
        with h5py.File(self.path / "last.h5", "a") as run:
            run["progress/finished"][()] = 0
        self.assertIn("is not complete", self.launch("weights", "last.h5", "--projection", "a-b", status=2).stderr)
        self.write(TINY, ensemble={"members": 2, "vary": ["weights"]}, output={"weights": "factors"})
        self.assertRegex(self.launch("check", "case.toml", status=2).stderr, r"case.toml:\d+:\d+: output.weights")

    def test_weights_that_no_disk_holds_are_refused(self):
        n = 1_000_000  # of W and M, at both ends
        self.write(case({"a": n, "b": n}, run={"epochs": 1, "samples_per_epoch": 4}, network={"storage": "procedural"},
                        learning={"momentum": "initial"},
                        stimulus={"constant": {"layer": "a", "distribution": "normal"}}))
        said = self.launch("run", "case.toml", status=2).stderr
        self.assertRegex(said, r'output.file: the run file .* would take .* TiB, but its disk has .*output.weights = "factors"')
        self.assertFalse((self.path / "case.h5").exists())

    def test_a_run_that_ended_while_it_wrote_factors(self):
        self.run_case("run.h5", "output.weights=factors", "output.checkpoint.final=true")
        before = self.datasets("run.h5")
        with h5py.File(self.path / "run.h5", "a") as run:
            run["progress/finished"][()] = 0
            del run["factors/a-b/m"], run["factors/c-d/weights"]
            run["factors/a-b/x"][()] = np.nan
        self.launch("run", "case.toml", "--output", "run.h5", "--restart", "auto", settings=("output.weights=factors",))
        self.expect_same(before, self.datasets("run.h5"))

    def test_more_epochs_have_other_factors(self):
        self.run_case("run.h5", "output.weights=factors", "run.epochs=2", "output.checkpoint.final=true")
        self.launch("run", "case.toml", "--output", "run.h5", "--restart", "auto", settings=("output.weights=factors",))
        self.run_case("whole.h5", "output.weights=factors")
        self.expect_same(self.datasets("whole.h5"), self.datasets("run.h5"))


class Storage(WholeRun):
    """Stored or procedural, the results are the same to the last bit."""

    CASES = (MIXED, changed(MIXED, learning={"momentum": "terminal", "weight_decay": 0.2}),
             case({"ports": 12, "b": 150, "c": 140}, run={"epochs": 2, "samples_per_epoch": 4},
                  learning={"target": 0.4},
                  particles={"closure": "mixed", "a": {"stokes": [0, 0, 1], "neurons": [0, 1, 2], "time": 0.25, "width": 0.12},
                             "b": {"stokes": [1, 0, 0], "neurons": [3, 4, 5], "time": 0.60, "width": 0.12}},
                  solver={"relative_tolerance": 1e-5, "absolute_tolerance": 1e-7}))

    def test_results(self):
        for content in self.CASES:
            for ranks in (1, 2):
                for storage in ("stored", "procedural"):
                    self.write(content, network={"storage": storage})
                    self.launch("run", "case.toml", "--output", f"{storage}.h5", "--overwrite", ranks=ranks)
                self.expect_same(self.datasets("stored.h5"), self.datasets("procedural.h5"))

    def test_restart_with_the_other(self):
        self.write(MIXED)
        self.launch("run", "case.toml", "--output", "whole.h5", settings=("network.storage=stored",))
        self.launch("run", "case.toml", "--output", "parts.h5",
                    settings=("network.storage=stored", "run.epochs=2", "output.checkpoint.final=true"))
        self.launch("run", "case.toml", "--output", "parts.h5", "--restart", "auto", settings=("network.storage=procedural",))
        self.expect_same(self.datasets("whole.h5"), self.datasets("parts.h5"))

    def test_check_says_which(self):
        self.write(case({"a": 5000, "b": 5000}, stimulus={"constant": {"layer": "a", "distribution": "normal"}}))
        stored, drawn = (json.loads(self.launch("check", "case.toml", "--json", settings=(f"network.storage={how}",)).stdout)
                         for how in ("stored", "procedural"))
        self.assertEqual((stored["initial_weights"], drawn["initial_weights"]), ("stored", "procedural"))
        self.assertEqual(stored["history_bytes"] - drawn["history_bytes"], 4 * 5000 ** 2)
        self.assertIn("# W(0) is drawn anew wherever it is needed; stored it would take 95.4 MiB per rank\n",
                      self.launch("check", "case.toml", settings=("network.storage=procedural",)).stdout)
        # More than any machine has: procedural without being asked.
        self.write(case({"a": 1_000_000, "b": 1_000_000}, stimulus={"constant": {"layer": "a", "distribution": "normal"}}))
        self.assertEqual(json.loads(self.launch("check", "case.toml", "--json").stdout)["initial_weights"], "procedural")


if __name__ == "__main__":
    unittest.main()
