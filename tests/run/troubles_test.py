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
import compare_runs  # noqa: E402
import processes  # noqa: E402
from whole_run import HJNET, MPIEXEC, SANITIZED, WholeRun  # noqa: E402

CASE = """
[run]
epochs = 4
samples_per_epoch = 4
[[network.layer]]
name = "in"
neurons = 3
[[network.layer]]
name = "out"
neurons = 2
[stimulus.constant]
layer = "in"
value = 1.0
[learning]
epoch_memory = 0.5
target = 0.5
"""
LONG = ("--set", "run.epochs=1000000")


class Troubles(WholeRun):
    def setUp(self):
        super().setUp()
        self.write(CASE)

    def run_case(self, *arguments, ranks=None, status=0):
        return self.launch("run", "case.toml", "--output", "run.h5", *arguments, ranks=ranks, status=status).stderr

    def start(self, *arguments, **how):
        """A run under way that would take minutes."""
        process = subprocess.Popen(self.command("run", "case.toml", "--output", "run.h5", *LONG, *arguments, ranks=None),
                                   cwd=self.path, stderr=subprocess.PIPE, text=True, **how)
        self.addCleanup(lambda: process.poll() is None and processes.kill(process))
        deadline = time.monotonic() + 60
        while processes.epochs_completed(self.path / "run.h5") < 1:
            self.assertIsNone(process.poll())
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return process

    def test_ranks_that_disagree(self):
        (self.path / "other.toml").write_text(CASE + "weight_decay = 0.1\n")
        (self.path / "one").mkdir()
        (self.path / "one/case.toml").write_text(CASE)
        (self.path / "two").mkdir()
        (self.path / "two/case.toml").write_text(CASE.replace("epochs = 4", "epochs = 5"))
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
            self.assertIn("4 epochs done", self.run_case("--restart", "auto", "--set", "run.epochs=6"))
            process.kill()
        self.launch("run", "case.toml", "--output", "straight.h5", "--set", "run.epochs=6", ranks=None)
        self.assertEqual(compare_runs.differences(self.path / "run.h5", self.path / "straight.h5"), [])

    @unittest.skipIf(SANITIZED, "a sanitizer will be the first library itself")
    def test_a_file_system_without_locks(self):
        (self.path / "none.c").write_text("#include <errno.h>\nint flock(int f, int o) { (void)f, (void)o; errno = ENOLCK; return -1; }\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", "none.so", "none.c"], cwd=self.path, check=True)
        environment = {**os.environ, "LD_PRELOAD": str(self.path / "none.so")}
        for arguments in ((), ("--restart", "auto", "--set", "run.epochs=6")):
            done = subprocess.run(self.command("run", "case.toml", "--output", "run.h5", *arguments, ranks=None),
                                  cwd=self.path, capture_output=True, text=True, env=environment, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("4 epochs done", done.stderr)

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
            said = self.run_case("--set", target, status=2)
            self.assertIn(told, said)
            self.assertIn("learning.target", said)
        self.run_case("--set", f'learning.target={{file="{self.path}/data.h5",dataset="/packed"}}')
        self.write(CASE.replace("target = 0.5\n", "") + '[stimulus.patterns]\nlayer = "in"\nfile = "data.h5"\ninputs = "/inputs"\n')
        self.assertIn("was never written, or not all of it", self.run_case(status=2))

    def test_a_limit_on_the_size_of_files(self):
        self.run_case()
        before = (self.path / "run.h5").read_bytes()
        limit = 20000000

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(self.command("run", "case.toml", "--output", "run.h5", "--overwrite", "--set",
                                           "run.epochs=100000", "--set", "run.samples_per_epoch=64", ranks=None),
                              cwd=self.path, capture_output=True, text=True, preexec_fn=limited, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, r"hjnet: cannot .*run\.h5")
        self.assertEqual((self.path / "run.h5").read_bytes(), before)  # the old one is lost only to a new one
        self.assertEqual(sorted(file.name for file in self.path.glob("run.h5*")), ["run.h5"])

    def test_signals_of_batch_systems(self):
        for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGXCPU):
            with self.subTest(number=number):
                process = self.start("--overwrite")
                process.send_signal(number)
                said = process.communicate(timeout=60)[1]
                self.assertEqual(process.returncode, 75, said)
                self.assertIn("the checkpoint is", said)
                (self.path / "run.h5").unlink()

    def test_a_terminal_that_closes_on_nohup(self):
        process = self.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75)

    def test_output_that_nobody_takes(self):
        full = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, full)
        for arguments, status in ((("check", "case.toml"), 1), (("check", "case.toml", "--json"), 1),
                                  (("run", "case.toml"), 0), (("info", "case.h5"), 1)):
            done = subprocess.run(self.command(*arguments, ranks=None), cwd=self.path, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn("cannot write to standard output: No space left on device", done.stderr)
        process = self.start()
        process.stderr.close()  # a reader that goes
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 75)

    def test_a_checkpoint_that_cannot_be_opened(self):
        """It is not damaged: the run does not begin afresh."""
        process = self.start()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        before = (self.path / "run.h5").read_bytes()
        checkpoint = next((self.path / "checkpoints").glob("*.h5"))
        checkpoint.rename(self.path / "kept.h5")
        checkpoint.symlink_to(checkpoint.name)
        self.assertRegex(self.run_case("--restart", "auto", *LONG, status=1), r"cannot open 'checkpoints/run-\w+-\d+\.h5': ")
        self.assertEqual((self.path / "run.h5").read_bytes(), before)

    def test_the_wrong_folder(self):
        process = self.start()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        (self.path / "other").mkdir()
        command = [HJNET, "run", "../case.toml", "--output", str(self.path / "run.h5"), "--restart", "auto", *LONG]
        done = subprocess.run(command, cwd=self.path / "other", capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"--set output.checkpoint.directory={self.path}/checkpoints; --overwrite begins afresh", done.stderr)
        self.assertEqual(os.listdir(self.path / "other"), [])
        done = subprocess.run([*command, "--set", f"output.checkpoint.directory={self.path}/checkpoints", "--max-walltime",
                               "00:00:01"], cwd=self.path / "other", capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("Restarting from", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
