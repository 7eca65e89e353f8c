#!/usr/bin/python3
"""hjnet scan: a run for every combination of values, over groups of ranks, taken up where it was left."""

import csv
import itertools
import math
import os
import pathlib
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, TINY, case  # noqa: E402
from whole_run import SOURCE, STOPPED, WholeRun, unsanitized  # noqa: E402

SMALL = case(run={"epochs": 2, "samples_per_epoch": 8, "seed": 5}, particles=PARTICLES)
KEYS = ("network.layer[hidden].neurons=3,5", "learning.target={ values = [0.1, 0.2] },0.5")
POINTS = list(itertools.product(("3", "5"), ("{ values = [0.1, 0.2] }", "0.5")))
SINGULAR = str((math.pi / 2) ** 2)  # of weight decay with this inertia
# Where a run lies is no part of what it computed.
PLACE = ("/@input", "/@name", "/@restarts")


class Scan(WholeRun):
    def scan(self, *arguments, **how):
        return self.launch("scan", "case.toml", *arguments, **how)

    def table(self, folder="case-scan"):
        with (self.path / folder / "scan.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def test_is_a_run_for_every_combination(self):
        self.write(SMALL)
        done = self.scan(*KEYS)
        self.assertIn("4 of 4 points are complete", done.stdout)
        self.assertIn("point 2 of 4, network.layer[hidden].neurons = 3, learning.target = 0.5: complete in ", done.stderr)
        rows = self.table()
        self.assertEqual([(row["network.layer[hidden].neurons"], row["learning.target"]) for row in rows], POINTS)
        for number, (row, (neurons, target)) in enumerate(zip(rows, POINTS), 1):
            self.assertEqual((row["number"], row["file"], row["state"]), (str(number), f"case-scan/case-{number}.h5", "complete"))
            self.launch("run", "case.toml", "--output", "straight.h5", "--overwrite",
                        settings=[f"network.layer[1].neurons={neurons}", f"learning.target={target}"])
            self.assertEqual(self.differences("straight.h5", row["file"], skip=PLACE), [])

    @unsanitized
    def test_on_any_ranks(self):
        self.write(SMALL)
        self.scan(*KEYS, "--output", "one")
        for ranks, jobs in ((3, None), (3, 2), (2, 1)):
            with self.subTest(ranks=ranks, jobs=jobs):
                self.scan(*KEYS, "--overwrite", *([] if jobs is None else ["--jobs", jobs]), ranks=ranks)
                for number in range(1, 5):
                    self.assertEqual(self.differences(f"one/case-{number}.h5", f"case-scan/case-{number}.h5",
                                                      1e-9, (*PLACE, "/entanglement*", "/fit*", "/witness*")), [])

    def test_goes_on_with_the_points_that_are_left(self):
        self.write(TINY, run={"epochs": 8000, "samples_per_epoch": 1})
        seeds = "run.seed=" + ",".join(map(str, range(1, 9)))
        status, stops = STOPPED, 0
        while status == STOPPED:
            before = {row["file"]: (self.path / row["file"]).stat().st_mtime_ns for row in self.table()
                      if row["state"] == "complete"} if stops else {}
            done = self.scan(seeds, "--max-walltime", "00:00:02", ranks=2, status=None)
            status = done.returncode
            self.assertIn(status, (0, STOPPED), done.stderr)
            for file, written in before.items():
                self.assertEqual((self.path / file).stat().st_mtime_ns, written)
            stops += status == STOPPED
            self.assertLess(stops, 60)
        self.assertGreater(stops, 0)
        self.assertEqual({row["state"] for row in self.table()}, {"complete"})
        self.launch("run", "case.toml", "--output", "straight.h5", settings=["run.seed=7"])
        self.assertEqual(self.differences("straight.h5", "case-scan/case-7.h5", skip=(*PLACE, "/fit*")), [])

    def test_a_point_that_fails_leaves_the_others(self):
        self.write(SMALL, learning={"inertia": 1.0})
        done = self.scan(f"learning.weight_decay=0.1,{SINGULAR},0.2", ranks=2, status=1)
        self.assertIn(f"point 2 of 3, learning.weight_decay = {SINGULAR}: the two-point problem of weight decay is singular", done.stderr)
        self.assertIn("2 of 3 points are complete, 1 failed", done.stdout)
        self.assertEqual([row["state"] for row in self.table()], ["complete", "failed", "complete"])

    @unsanitized
    def test_is_read_before_any_point_is_taken(self):
        self.write(SMALL)
        for words, said in ((["run.epochs=2,-1"], "--set run.epochs=-1: run.epochs: expected"),
                            (["run.epochs=2,,3"], "run.epochs=2,,3: expected values with commas between them"),
                            (["run.epochs"], "run.epochs: expected KEY=V1,V2,..."),
                            (["run.epochs=2", "run.epochs=3"], "run.epochs=3: run.epochs stands there twice"),
                            (["network.layer[hiden].neurons=3"], "expected an index or one of ports, hidden, out, got 'hiden'"),
                            (["run.seed=1,2", "--jobs", "3"], "--jobs: expected 1 to 1, the number of ranks, got 3")):
            with self.subTest(words=words):
                self.assertIn(said, self.scan(*words, status=2).stderr)
        self.assertEqual(sorted(file.name for file in self.path.iterdir()), ["case.toml"])

    @unsanitized
    def test_another_scan_is_not_written_over(self):
        self.write(SMALL)
        self.scan("run.seed=1,2")
        self.assertIn("may not change: run.seed: 1 -> 3", self.scan("run.seed=3", "--output", "case-scan", status=1).stderr)

    def test_lists_what_it_would_take(self):
        self.write(SMALL)
        self.assertEqual(self.scan(*KEYS, "--set", "run.name=a width", "--list").stdout.splitlines(),
                         [f"'run.name=a width' network.layer[hidden].neurons={neurons} " +
                          (f"'learning.target={target}'" if " " in target else f"learning.target={target}")
                          for neurons, target in POINTS])
        self.assertFalse((self.path / "case-scan").exists())
        self.scan("run.seed=1,2")
        self.assertEqual(self.scan("run.seed=1,2,3", "--dry-run").stdout.splitlines(),
                         ["   1  case-scan/case-1.h5  run.seed = 1: complete", "   2  case-scan/case-2.h5  run.seed = 2: complete",
                          "   3  case-scan/case-3.h5  run.seed = 3: to do"])

    @unsanitized
    def test_one_command_and_one_picture(self):
        self.write(SMALL)
        self.scan("network.layer[hidden].neurons=2,4,8")
        subprocess.run([SOURCE / "postprocess/hjplot", "scan", *sorted((self.path / "case-scan").glob("*.h5")), "-o", "scan.png"],
                       cwd=self.path, env={**os.environ, "MPLBACKEND": "Agg"}, check=True, capture_output=True)
        self.assertGreater((self.path / "scan.png").stat().st_size, 10000)
        with h5py.File(self.path / "case-scan/case-3.h5") as run:
            self.assertEqual(run["progress/finished"][()], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
