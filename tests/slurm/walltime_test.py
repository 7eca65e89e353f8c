#!/usr/bin/python3
"""Wall times that Slurm itself watches, over two nodes, and the other launcher. Run it by with_slurm.sh 2 4."""

import unittest

import h5py

from slurm_case import SlurmCase

TWO_NODES = ("--nodes=2", "--ntasks-per-node=1")
LENGTH = 120.0  # seconds of a run that is too long for a job of one minute


class WallTime(SlurmCase):
    def test_run_longer_than_its_wall_time(self):
        self.write_input(epochs=20)
        with h5py.File(self.straight_run(2, "--nodes=2", folder="trial")) as trial:
            epochs = int(20 * LENGTH / trial["timing"].attrs["integration"])
        self.write_input(epochs)
        # Slurm looks at its jobs every 30 s: the signal comes 15 to 45 s before the minute is over.
        job = self.submit("run.sbatch", "case.toml", options=(*TWO_NODES, "--time=1", "--signal=B:USR1@15"))
        while not self.ended(job):  # a step at a time: each may take PATIENCE
            lines = self.log(job).count("] job")
            self.await_job("next step", job, lambda: self.log(job).count("] job") > lines or self.ended(job))
        restarts = int(self.fields(job)["Restarts"])
        self.assertGreaterEqual(restarts, 1, self.log(job))
        self.assert_job(job, "COMPLETED", "0:0", restarts)
        self.assertEqual(self.log(job).count("; requeued (restart"), restarts)
        self.assert_same(self.straight_run(2, "--nodes=2"), self.path / "case.h5")
        print(f"{epochs} epochs over {restarts} restarts: all datasets bit-identical to a straight run")

    def test_mpirun(self):
        job = self.signalled(100, 10, TWO_NODES, HJNET_LAUNCHER="mpirun")
        self.await_end(job)
        self.assert_job(job, "COMPLETED", "0:0", restarts=1)
        self.assert_same(self.straight_run(2, "--nodes=2"), self.path / "case.h5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
