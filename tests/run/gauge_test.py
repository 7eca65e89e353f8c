#!/usr/bin/python3
"""Gauge orbits from input to table: what members with other multipliers and displacements agree on, on 1 and 2 ranks."""

import csv
import os
import pathlib
import subprocess
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import SOURCE, WholeRun  # noqa: E402

SMALLER = ["ensemble.members=3", "run.epochs=3", "run.samples_per_epoch=16"]


class GaugeOrbits(WholeRun):
    def run_case(self, case, ranks=1, more=(), output="run.h5", status=0):
        return self.launch("run", SOURCE / "input" / f"{case}.toml", "--output", output, settings=(*SMALLER, *more),
                           ranks=ranks, status=status)

    def table(self, *runs):
        environment = {**os.environ, "MPLCONFIGDIR": str(self.path)}
        done = subprocess.run(["/usr/bin/python3", "-B", str(SOURCE / "postprocess" / "hjplot"), "gauge", *runs, "-o",
                               "out.png", "--csv", "out.csv"], cwd=self.path, capture_output=True, text=True,
                              env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(self.path / "out.csv", encoding="utf-8") as file:
            return {row["quantity"]: row for row in csv.DictReader(file)}

    def test_split_thresholds(self):
        for ranks in (1, 2):
            self.run_case("gauge-orbits", ranks, output=f"on{ranks}.h5")
        rows = self.table("on1.h5", "on2.h5")
        self.assertEqual(len(rows), 12)
        for quantity, row in rows.items():
            self.assertEqual(row["invariant"], row["expected"], quantity)
            if row["expected"] == "yes":
                self.assertLess(float(row["relative spread"]), 1e-8, quantity)
        for quantity in ("W: thresholds", "W: biases"):
            self.assertGreater(float(rows[quantity]["largest spread"]), 0.5)

    def test_twins_have_a_secondary_constraint_that_nobody_wrote(self):
        self.run_case("gauge-twins")
        rows = self.table("run.h5")
        self.assertEqual({quantity for quantity, row in rows.items() if row["invariant"] == "no"},
                         {"Delta", "W: senses-hidden"})
        with h5py.File(self.path / "run.h5") as file:
            delta = file["/ensemble/member/gauge_delta"][:]
        self.assertGreater(np.ptp(delta[..., 0] - delta[..., 1], axis=0).max(), 1e-3)
        for kept in (delta[..., 0] + delta[..., 1], delta[..., 2:]):
            self.assertLess(np.ptp(kept, axis=0).max(), 1e-9)

    def test_twins_that_differ_are_refused(self):
        stimulus = 'stimulus.constant={ layer = "senses", values = [0.8, 0.7, 0.3] }'
        done = self.run_case("gauge-twins", more=[stimulus, "ensemble.members=1"], status=1)
        self.assertIn("{G, H} of the first-class constraint 'twins[", done.stderr)

    def test_check_prints_the_analysis(self):
        done = self.launch("check", SOURCE / "input" / "gauge-orbits.toml", ranks=None)
        self.assertIn("# constraints: 4; 4 first class (multipliers free), 0 second class (solved for)\n"
                      "#   first class: 'split[0]', 'split[1]', 'split[2]', 'split[3]'\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
