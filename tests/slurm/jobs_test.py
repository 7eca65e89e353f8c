#!/usr/bin/python3
"""The job scripts on a real Slurm: early signal, requeue, arrays, scaling studies. Run it by with_slurm.sh 1 8."""

import csv
import math
import unittest

import h5py

from slurm_case import SOURCE, SlurmCase, epochs_completed

TWO_RANKS = ("--nodes=1", "--ntasks-per-node=2")
ONE_RANK = ("--nodes=1", "--ntasks-per-node=1")


class Run(SlurmCase):
    def test_signalled_run_is_requeued_and_ends_as_if_nothing_had_happened(self):
        job = self.signalled(60, 10, TWO_RANKS)
        self.await_job("requeue", job, lambda: "requeued (restart 1 of at most 100)" in self.log(job))
        done = epochs_completed(self.path / "case.h5")
        self.assertTrue(10 <= done < 60, f"{done} epochs before the requeue")
        self.assertEqual(len(list((self.path / "checkpoints").glob("case-*-??????.h5"))), 1)
        self.await_end(job)
        self.assert_job(job, "COMPLETED", "0:0", restarts=1)
        self.assertEqual(self.log(job).count("SIGUSR1"), 1)
        self.assertEqual(epochs_completed(self.path / "case.h5"), 60)
        self.assert_same(self.straight_run(2), self.path / "case.h5")
        print(f"requeued after {done} of 60 epochs: all datasets bit-identical to a straight run")

    def test_log_records_environment_and_versions(self):
        self.write_input(epochs=4)
        job = self.submit("run.sbatch", options=ONE_RANK, HJNET_INPUT="case.toml", HJNET_OPTIONS="--set run.seed=8")
        self.await_end(job)
        self.assert_job(job, "COMPLETED", "0:0", restarts=0)
        log = self.log(job)
        for expected in ("restart 0", f"JobId={job} ", "OPENBLAS_NUM_THREADS=1", "SLURM_NTASKS=1", "PETSc: ", "HDF5: "):
            self.assertIn(expected, log)
        with h5py.File(self.path / "case.h5") as run:
            self.assertIn("seed = 8", run.attrs["input"])

    def test_cancelled_job_leaves_a_checkpoint_and_stays_cancelled(self):
        self.write_input(epochs=4000)
        job = self.submit("run.sbatch", "case.toml", options=TWO_RANKS)
        self.await_epoch(job, "case.h5", 3)
        self.call("scancel", job)
        self.await_end(job)
        self.await_job("last line of the log", job, lambda: "not requeued" in self.log(job))
        self.assert_job(job, "CANCELLED", "75:0", restarts=0)
        self.assertEqual(len(list((self.path / "checkpoints").glob("case-*-??????.h5"))), 1)

    def test_restarts_are_limited(self):
        job = self.signalled(4000, 3, ONE_RANK, HJNET_MAX_RESTARTS="0")
        self.await_end(job)
        self.assert_job(job, "FAILED", "75:0", restarts=0)
        self.assertIn("not requeued after 0 restarts", self.log(job))

    def test_failure_is_passed_on(self):
        self.write_input(epochs=0)
        job = self.submit("run.sbatch", "case.toml", options=ONE_RANK)
        self.await_end(job)
        self.assert_job(job, "FAILED", "2:0", restarts=0)
        self.assertIn("run.epochs", self.log(job))


class Array(SlurmCase):
    def test_three_tasks_one_of_them_signalled(self):
        self.write_input(epochs=4)
        (self.path / "table.txt").write_text(
            "# three runs\nboltzmann.charge=0.5  # weak\n\nboltzmann.charge=2.0 learning.target='{ values = [0.1, 0.2] }'\n"
            "boltzmann.charge=1.0 run.epochs=60\r\n", newline="")  # the last as some editors end a line
        array = self.submit("array.sbatch", "case.toml", "table.txt", options=("--array=1-3", *ONE_RANK))
        # Slurm gives the last task the array's own job number, which elsewhere stands for all of its tasks.
        self.await_epoch(f"{array}_3", "case-3.h5", 3)
        self.signal(f"{array}_3")
        self.await_end(array)
        for task, (charge, epochs, restarts) in enumerate([(0.5, 4, 0), (2.0, 4, 0), (1.0, 60, 1)], 1):
            self.assert_job(f"{array}_{task}", "COMPLETED", "0:0", restarts)
            with h5py.File(self.path / f"case-{task}.h5") as run:
                self.assertIn(f"charge = {charge}\n", run.attrs["input"])
                self.assertEqual(run["progress/finished"][()], 1)
                self.assertEqual(run["progress/epochs_completed"][()], epochs)
                self.assertEqual("values = [0.1, 0.2]" in run.attrs["input"], task == 2)
        self.call(SOURCE / "postprocess" / "hjplot", "scan", *sorted(self.path.glob("case-?.h5")), "-o", "scan.png",
                     "--csv", "scan.csv")
        with open(self.path / "scan.csv", newline="", encoding="utf-8") as table:
            self.assertEqual(len(list(csv.DictReader(table))), 3)

    def test_table_that_is_too_short(self):
        self.write_input(epochs=1)
        (self.path / "table.txt").write_text("# nothing but this\n")
        array = self.submit("array.sbatch", "case.toml", "table.txt", options=("--array=1", *ONE_RANK))
        self.await_end(array)
        self.assert_job(f"{array}_1", "FAILED", "2:0", restarts=0)
        self.assertIn("table.txt has no line number 1", self.log(f"{array}_1"))


class Scaling(SlurmCase):
    SMALL = ("--set", "network.layer[1].neurons=40", "--set", "network.layer[2].neurons=40", "--set", "run.epochs=1")

    def study(self, kind):
        """Runs a study of input/scaling.toml, made small, on one and two ranks; the table's two rows."""
        job = self.submit(f"scaling-{kind}.sbatch", SOURCE / "input" / "scaling.toml", *self.SMALL, options=TWO_RANKS,
                          HJNET_RESULTS=kind)
        self.await_end(job)
        self.assert_job(job, "COMPLETED", "0:0", restarts=0)
        self.assertEqual((self.path / kind / "scaling.png").read_bytes()[:4], b"\x89PNG")
        with open(self.path / kind / "scaling.csv", newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual([int(row["ranks"]) for row in rows], [1, 2])
        for row in rows:
            self.assertGreater(float(row["integration (s)"]), 0.0)
            for column in ("set-up (s)", "communication (s)", "output (s)", "memory (bytes)"):
                self.assertTrue(math.isfinite(float(row[column])), column)
        return rows

    def test_strong(self):
        self.assertEqual([int(row["size (synapses)"]) for row in self.study("strong")], [2400, 2400])

    def test_weak(self):
        # 16-40-40-4 and 16-57-57-4
        self.assertEqual([int(row["size (synapses)"]) for row in self.study("weak")], [2400, 4389])


if __name__ == "__main__":
    unittest.main(verbosity=2)
