#!/usr/bin/python3
"""Reinforcement as a whole run: what is on file, restarts to the last bit, numbers of ranks, ensembles, walks."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

HJNET = os.environ["HJNET_BINARY"]
MPIEXEC = os.environ["MPIEXEC"]
# A corridor: from the left end it takes three moves to the goal; a wall, a pit.
INPUT = """
[run]
epochs = 4
epoch_length = 16.0
samples_per_epoch = 16
seed = 2
[network]
time_constant = 0.05
layer = [{ name = "s", neurons = 8, transfer = "identity" }, { name = "q", neurons = 4, transfer = "identity" }]
[learning]
error = "bellman"
inertia = -24.0
epoch_memory = 0.2
[environment]
layer = "s"
discount = 0.9
order = "shuffled"
grid = { rows = 2, columns = 4, goal = [0, 3], walls = [[1, 1]], pits = [[1, 2], [1, 3]] }
[solver]
relative_tolerance = 1e-6
absolute_tolerance = 1e-8
[output]
checkpoint = { every_epochs = 2 }
"""
ACTING = [0, 1, 2, 4]


class Environment(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        (self.path / "case.toml").write_text(INPUT)

    def run_case(self, file, *more, ranks=1):
        """/environment and the final weights of a run, and what it said."""
        done = subprocess.run([MPIEXEC, "-n", str(ranks), HJNET, "run", "case.toml", "--output", file, *more],
                              cwd=self.path, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = {}
        with h5py.File(self.path / file) as run:
            for group in ("environment", "weights/final", "series", "ensemble/member"):
                if group in run:
                    run[group].visititems(lambda name, item, group=group: found.update({f"{group}/{name}": item[()]})
                                          if isinstance(item, h5py.Dataset) else None)
        return found, done.stderr + done.stdout

    def expect_same(self, a, b, tolerance=None):
        self.assertEqual(a.keys(), b.keys())
        for name, values in a.items():
            if tolerance is None:
                self.assertEqual(np.asarray(values).tobytes(), np.asarray(b[name]).tobytes(), name)
            else:
                np.testing.assert_allclose(values, b[name], rtol=tolerance, atol=tolerance, err_msg=name)

    def test_learns_on_two_ranks_and_says_so(self):
        found, said = self.run_case("long.h5", "--set", "run.epochs=45", "--set", "network.time_constant=0.01", ranks=2)
        self.assertIn("Values: the greedy policy is optimal in 4 of 4 states; Q is off value iteration by 0.0", said)
        best, learned = found["environment/value_iteration/q"], found["environment/q"]
        np.testing.assert_allclose(best[[0, 1, 2, 4], [1, 1, 1, 0]], [0.81, 0.9, 1.0, 0.729], rtol=1e-14)
        np.testing.assert_array_equal(np.isnan(best[:, 0]), [s not in ACTING for s in range(8)])
        np.testing.assert_array_equal(np.isnan(learned), np.isnan(best))
        np.testing.assert_array_equal(found["environment/greedy"], [1, 1, 1, -1, 0, -1, -1, -1])
        error = np.max(np.abs(learned - best)[ACTING])
        self.assertLess(error, 0.05)
        self.assertAlmostEqual(found["environment/q_error"][-1], error, places=12)
        self.assertEqual(found["environment/policy_optimal"][-1], 4)
        self.assertEqual(len(found["environment/q_error"]), 45)

    def test_restart_is_bit_identical(self):
        for engine, ranks, policy in (("waveform", 2, "sweep"), ("coupled", 1, "uniform")):
            with self.subTest(engine=engine, policy=policy):
                more = ["--set", f"solver.engine={engine}", "--set", f"output.checkpoint.directory={engine}-{policy}"]
                if policy == "uniform":
                    more += ["--set", "environment.policy=uniform", "--set", "environment.order=fixed",
                             "--set", "environment.per_epoch=8", "--set", "environment.episode_steps=5"]
                whole, _ = self.run_case(f"whole-{engine}-{policy}.h5", *more, ranks=ranks)
                file = f"parts-{engine}-{policy}.h5"
                self.run_case(file, *more, "--set", "run.epochs=2", ranks=ranks)
                parts, _ = self.run_case(file, *more, "--restart", "auto", ranks=ranks)
                self.assertTrue(np.all(np.isfinite(whole["environment/q_error"])))
                self.expect_same(whole, parts)

    def test_ranks_and_tables_make_no_difference(self):
        one, _ = self.run_case("one.h5")
        three, _ = self.run_case("three.h5", ranks=3)
        self.expect_same(one, three, 1e-9)
        # The same process from tables in a file, with features and rewards r(s, a).
        with h5py.File(self.path / "tables.h5", "w") as file:
            moves = [(-1, 0), (0, 1), (1, 0), (0, -1)]
            transitions, rewards = np.zeros((8, 4, 8)), np.zeros((8, 4))
            for s in range(8):
                for a, (down, right) in enumerate(moves):
                    row, column = s // 4 + down, s % 4 + right
                    moved = s in ACTING and 0 <= row < 2 and 0 <= column < 4 and (row, column) != (1, 1)
                    to = row * 4 + column if moved else s
                    transitions[s, a, to] = 1.0
                    rewards[s, a] = {3: 1.0, 6: -1.0, 7: -1.0}.get(to, 0.0) if moved else 0.0
            file["p"], file["r"], file["x"] = transitions, rewards, np.eye(8)
        text = INPUT.split("grid = ")[0] + (
            'transitions = { file = "tables.h5", dataset = "/p" }\nrewards = { file = "tables.h5", dataset = "/r" }\n'
            'features = { file = "tables.h5", dataset = "/x" }\nterminal = [3, 5, 6, 7]\n[solver]'
            + INPUT.split("[solver]")[1])
        (self.path / "case.toml").write_text(text)
        tables, _ = self.run_case("tables-run.h5")
        self.expect_same(one, tables)

    def test_ensemble(self):
        found, said = self.run_case("many.h5", "--set", "ensemble.members=3", ranks=2)
        errors = found["ensemble/member/q_error"]
        self.assertEqual(errors.shape, (3, 4))
        self.assertTrue(np.all(np.isfinite(errors)))
        np.testing.assert_array_equal(errors[0], found["environment/q_error"])
        self.assertGreater(np.ptp(errors[:, -1]), 0.0)
        self.assertIn("Values (member 0)", said)


if __name__ == "__main__":
    unittest.main()
