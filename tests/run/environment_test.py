#!/usr/bin/python3
"""Reinforcement as a whole run: what is on file, restarts to the last bit, numbers of ranks, ensembles, walks."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case  # noqa: E402
from whole_run import WholeRun  # noqa: E402

# A corridor: from the left end it takes three moves to the goal; a wall, a pit.
INPUT = case(
    {"s": {"neurons": 8, "transfer": "identity"}, "q": {"neurons": 4, "transfer": "identity"}},
    run={"epochs": 4, "epoch_length": 16.0, "samples_per_epoch": 16, "seed": 2},
    network={"time_constant": 0.05},
    learning={"error": "bellman", "inertia": -24.0, "epoch_memory": 0.2},
    environment={"layer": "s", "discount": 0.9, "order": "shuffled",
                 "grid": {"rows": 2, "columns": 4, "goal": [0, 3], "walls": [[1, 1]], "pits": [[1, 2], [1, 3]]}},
    solver={"relative_tolerance": 1e-6, "absolute_tolerance": 1e-8},
    output={"checkpoint": {"every_epochs": 2}})
ACTING = [0, 1, 2, 4]


class Environment(WholeRun):
    SECONDS = 120

    def setUp(self):
        super().setUp()
        self.write(INPUT)

    def run_case(self, file, *more, ranks=1, settings=()):
        """/environment and the final weights of a run, and what it said."""
        done = self.launch("run", "case.toml", "--output", file, *more, ranks=ranks, settings=settings)
        kept = ("environment/", "weights/final/", "series/", "ensemble/member/")
        found = {name: values for name, values in self.datasets(file).items() if name.startswith(kept)}
        return found, done.stderr + done.stdout

    def test_learns_on_two_ranks_and_says_so(self):
        found, said = self.run_case("long.h5", settings=["run.epochs=45", "network.time_constant=0.01"], ranks=2)
        self.assertIn("Values: the greedy policy is optimal in 4 of 4 states; Q is off value iteration by 0.0", said)
        self.assertRegex(said, r"Acting by them returns 0\.8598 of the 0\.8598 of the best policy, and they promise 0\.0\d+ ")
        self.assertAlmostEqual(found["environment/return"][-1], np.mean([0.81, 0.9, 1.0, 0.729]), places=12)
        promised = np.mean(np.nanmax(found["environment/q"][ACTING], axis=1))
        self.assertAlmostEqual(found["environment/overestimation"][-1], promised - 0.85975, places=12)
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
        for engine, ranks, policy, *other in (("waveform", 2, "sweep"), ("coupled", 1, "uniform"), (
                "waveform", 1, "dueling", "environment.readout=dueling", "network.layer[q].neurons=5", "environment.target_epochs=3")):
            with self.subTest(engine=engine, policy=policy):
                more = [f"solver.engine={engine}", f"output.checkpoint.directory={engine}-{policy}", *other]
                if policy == "uniform":
                    more += ["environment.policy=uniform", "environment.order=fixed", "environment.per_epoch=8",
                             "environment.episode_steps=5"]
                whole, _ = self.run_case(f"whole-{engine}-{policy}.h5", settings=more, ranks=ranks)
                file = f"parts-{engine}-{policy}.h5"
                self.run_case(file, settings=[*more, "run.epochs=2"], ranks=ranks)
                parts, _ = self.run_case(file, "--restart", "auto", settings=more, ranks=ranks)
                self.assertTrue(np.all(np.isfinite(whole["environment/q_error"])))
                self.expect_same(whole, parts)

    def test_ranks_and_tables_make_no_difference(self):
        one, _ = self.run_case("one.h5")
        three, _ = self.run_case("three.h5", ranks=3)
        self.assertEqual(one.keys(), three.keys())
        for name, values in one.items():
            np.testing.assert_allclose(values, three[name], rtol=1e-9, atol=1e-9, err_msg=name)
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
        given = {name: {"file": "tables.h5", "dataset": f"/{path}"}
                 for name, path in (("transitions", "p"), ("rewards", "r"), ("features", "x"))}
        self.write(INPUT, environment={"grid": None, **given, "terminal": [3, 5, 6, 7]})
        tables, _ = self.run_case("tables-run.h5")
        self.expect_same(one, tables)

    def test_ensemble(self):
        found, said = self.run_case("many.h5", settings=["ensemble.members=3"], ranks=2)
        errors = found["ensemble/member/q_error"]
        self.assertEqual(errors.shape, (3, 4))
        self.assertTrue(np.all(np.isfinite(errors)))
        np.testing.assert_array_equal(errors[0], found["environment/q_error"])
        self.assertGreater(np.ptp(errors[:, -1]), 0.0)
        self.assertIn("Values (member 0)", said)


if __name__ == "__main__":
    unittest.main()
