#!/usr/bin/python3
"""Troubles that users of comparable programs have met: ranks that were given different things, files that others hold,
data that are not there, disks that end, signals of batch systems, output that nobody takes, the wrong folder."""

import os
import pathlib
import resource
import shlex
import signal
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import TINY, case  # noqa: E402
from whole_run import HJNET, MPIEXEC, SANITIZED, STOPPED, WholeRun  # noqa: E402

CASE = {**TINY, **case({"in": 3, "out": 2})}
LONG = ("--set", "run.epochs=1000000")


class Troubles(WholeRun):
    def setUp(self):
        super().setUp()
        self.write(CASE)

    def run_case(self, *arguments, status=0, **how):
        return self.launch("run", "case.toml", "--output", "run.h5", *arguments, ranks=None, status=status, **how).stderr

    def under_way(self, *arguments, **how):
        """A run that would take minutes."""
        process = self.start("run", "case.toml", "--output", "run.h5", *LONG, *arguments, ranks=None, **how)
        self.until_epoch(process, 1, "run.h5")
        return process

    def test_ranks_that_disagree(self):
        self.write(CASE, "other.toml", learning={"weight_decay": 0.1})
        for folder, epochs in (("one", 4), ("two", 5)):
            (self.path / folder).mkdir()
            self.write(CASE, f"{folder}/case.toml", run={"epochs": epochs})
        first = ["run", "case.toml", "--output", "run.h5"]
        for second, what in ((["run", "other.toml", "--output", "run.h5"], "words on its command line"),
                             ([*first, "--set", "run.seed=6"], "words on its command line"),
                             (["info", "case.toml"], "words on its command line"),
                             (first, "settings in its input file")):
            with self.subTest(second=second):
                # Each rank with words and a folder of its own. (Open MPI 5.0.7 crashes where its own syntax for that, with
                # a colon, is used.)
                folders = ("one", "two") if second == first else (".", ".")
                words = [f"cd {folder} && exec {shlex.join([HJNET, *said])}" for folder, said in zip(folders, (first, second))]
                command = [MPIEXEC, "-n", "2", "bash", "-c", 'if [[ $OMPI_COMM_WORLD_RANK == 0 ]]; then eval "$0"; else eval "$1"; fi',
                           *words]
                done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(f"rank 1 has other {what} than rank 0", done.stderr)
                self.assertFalse(list(self.path.rglob("run.h5")))

    def test_a_file_that_somebody_holds(self):
        self.run_case()
        holder = "import h5py, sys, time\nf = h5py.File('run.h5', 'r+')\nprint('held', flush=True)\nsys.stdin.read()\n"
        environment = {**os.environ, "HDF5_USE_FILE_LOCKING": "TRUE"}
        with subprocess.Popen([sys.executable, "-c", holder], cwd=self.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=environment) as process:
            self.assertEqual(process.stdout.readline(), b"held\n")
            self.assertIn("progress", self.launch("info", "run.h5", ranks=None).stdout)
            self.assertIn("4 epochs done", self.run_case("--restart", "auto", settings=["run.epochs=6"]))
            process.kill()
        self.launch("run", "case.toml", "--output", "straight.h5", settings=["run.epochs=6"], ranks=None)
        self.assertEqual(self.differences("run.h5", "straight.h5"), [])

    @unittest.skipIf(SANITIZED, "a sanitizer will be the first library itself")
    def test_a_file_system_without_locks(self):
        (self.path / "none.c").write_text("#include <errno.h>\nint flock(int f, int o) { (void)f, (void)o; errno = ENOLCK; return -1; }\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", "none.so", "none.c"], cwd=self.path, check=True)
        environment = {**os.environ, "LD_PRELOAD": str(self.path / "none.so")}
        for arguments in ((), ("--restart", "auto", "--set", "run.epochs=6")):
            said = self.run_case(*arguments, env=environment)
        self.assertIn("4 epochs done", said)

    def test_data_that_are_not_there(self):
        with h5py.File(self.path / "source.h5", "w") as file:
            file["x"] = np.full(2, 0.5)
        with h5py.File(self.path / "data.h5", "w") as file:
            view = h5py.VirtualLayout((2,), "f8")
            view[:] = h5py.VirtualSource("source.h5", "x", (2,))
            file.create_virtual_dataset("view", view)
            file.create_dataset("elsewhere", (2,), "f8", external=[("numbers.bin", 0, 16)])
            file.create_dataset("never", (2,), "f8")
            file.create_dataset("half", (2000,), "f8", chunks=(1000,))[:1000] = 1.0
            file.create_dataset("packed", data=np.zeros(2), chunks=(1,), compression="gzip")
            file.create_dataset("inputs", (4, 3), "f8")
        for name, told in (("view", "is only a view of data in other files"),
                           ("elsewhere", "is only a view of data in other files"),
                           ("never", "was never written, or not all of it"), ("half", "was never written, or not all of it")):
            target = f'learning.target={{file="{self.path}/data.h5",dataset="/{name}"}}'
            said = self.run_case(settings=[target], status=2)
            self.assertIn(told, said)
            self.assertIn("learning.target", said)
        self.run_case(settings=[f'learning.target={{file="{self.path}/data.h5",dataset="/packed"}}'])
        self.write(CASE, learning={"target": None},
                   stimulus={"patterns": {"layer": "in", "file": "data.h5", "inputs": "/inputs"}})
        self.assertIn("was never written, or not all of it", self.run_case(status=2))

    def test_a_limit_on_the_size_of_files(self):
        self.run_case()
        before = (self.path / "run.h5").read_bytes()
        limit = 20000000

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        said = self.run_case("--overwrite", settings=["run.epochs=100000", "run.samples_per_epoch=64"], preexec_fn=limited,
                             timeout=None, status=1)
        self.assertRegex(said, r"hjnet: cannot .*run\.h5")
        self.assertEqual((self.path / "run.h5").read_bytes(), before)  # the old one is lost only to a new one
        self.assertEqual(sorted(file.name for file in self.path.glob("run.h5*")), ["run.h5"])

    def test_signals_of_batch_systems(self):
        for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGXCPU):
            with self.subTest(number=number):
                process = self.under_way("--overwrite")
                self.assertIn("the checkpoint is", self.stop(process, number))
                (self.path / "run.h5").unlink()

    def test_a_terminal_that_closes_on_nohup(self):
        process = self.under_way(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        self.stop(process)

    def test_output_that_nobody_takes(self):
        full = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, full)
        for arguments, status in ((("check", "case.toml"), 1), (("check", "case.toml", "--json"), 1),
                                  (("run", "case.toml"), 0), (("info", "case.h5"), 1)):
            said = self.launch(*arguments, ranks=None, stdout=full, status=status).stderr
            self.assertIn("cannot write to standard output: No space left on device", said)
        process = self.under_way()
        process.stderr.close()  # a reader that goes
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), STOPPED)

    def test_a_checkpoint_that_cannot_be_opened(self):
        """It is not damaged: the run does not begin afresh."""
        self.stop(self.under_way())
        before = (self.path / "run.h5").read_bytes()
        checkpoint = next((self.path / "checkpoints").glob("*.h5"))
        checkpoint.rename(self.path / "kept.h5")
        checkpoint.symlink_to(checkpoint.name)
        self.assertRegex(self.run_case("--restart", "auto", *LONG, status=1), r"cannot open 'checkpoints/run-\w+-\d+\.h5': ")
        self.assertEqual((self.path / "run.h5").read_bytes(), before)

    def test_the_wrong_folder(self):
        self.stop(self.under_way())
        (self.path / "other").mkdir()
        there, checkpoints = self.path / "other", f"output.checkpoint.directory={self.path}/checkpoints"
        words = ("run", "../case.toml", "--output", self.path / "run.h5", "--restart", "auto", *LONG)
        said = self.launch(*words, ranks=None, cwd=there, timeout=60, status=2).stderr
        self.assertIn(f"--set {checkpoints}; --overwrite begins afresh", said)
        self.assertEqual(os.listdir(there), [])
        said = self.launch(*words, "--max-walltime", "00:00:01", settings=[checkpoints], ranks=None, cwd=there, timeout=60,
                           status=STOPPED).stderr
        self.assertIn("Restarting from", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
