"""Whole runs of hjnet, each test's in a folder of its own: the ground of the tests that meet the program as a user."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy as np

import compare_runs
import processes
from input_text import changed, dump

HJNET = os.environ["HJNET_BINARY"]
MPIEXEC = os.environ.get("MPIEXEC", "mpiexec")
SOURCE = pathlib.Path(os.environ.get("HJNET_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SANITIZED = b"__asan_init" in pathlib.Path(HJNET).read_bytes()
unsanitized = unittest.skipIf(SANITIZED, "a sanitizer takes its time")  # of what is long, or counts seconds
STOPPED = 75  # the exit status of a run that was asked to stop


def datasets(group):
    """Every dataset below a group of an HDF5 file, by its path."""
    found = {}
    group.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


class Folder:
    """A folder in which hjnet runs."""

    SECONDS = 300  # for a run from start to end

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def write(self, content, file="case.toml", **tables):
        """An input: its text, or its tables, with other keys in some."""
        (self.path / file).write_text(content if isinstance(content, str) else dump(changed(content, **tables)))

    @staticmethod
    def command(*arguments, ranks=1, settings=()):
        """hjnet on some ranks, with some --set; with ranks = None without a launcher."""
        launcher = [] if ranks is None else [MPIEXEC, "-n", str(ranks)]
        return [*launcher, HJNET, *map(str, arguments), *(word for setting in settings for word in ("--set", setting))]

    def launch(self, *arguments, ranks=1, settings=(), status=0, **how):
        """Runs hjnet and expects its exit status; status = None takes any."""
        how = {"cwd": self.path, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": self.SECONDS, **how}
        done = subprocess.run(self.command(*arguments, ranks=ranks, settings=settings), text=True, check=False, **how)
        assert status in (None, done.returncode), f"{done.returncode}, not {status}: {done.stdout or ''}{done.stderr or ''}"
        return done

    def start(self, *arguments, ranks=1, settings=(), **how):
        """hjnet under way, in a session of its own."""
        how = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **how}
        return subprocess.Popen(self.command(*arguments, ranks=ranks, settings=settings), cwd=self.path, text=True,
                                start_new_session=True, **how)

    def until(self, process, condition, seconds=60):
        """Waits for something to come true of a run under way."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert process.poll() is None, "the run ended before"
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.01)

    def until_epoch(self, process, epoch, file="case.h5", seconds=60):
        self.until(process, lambda: processes.epochs_completed(self.path / file) >= epoch, seconds)

    @staticmethod
    def stop(process, number=signal.SIGTERM, seconds=60, status=STOPPED):
        """Sends a signal to a run, and returns what it then said until it ended, with that exit status."""
        process.send_signal(number)
        said = process.communicate(timeout=seconds)[1]
        assert status in (None, process.returncode), f"{process.returncode}, not {status}: {said}"
        return said

    def datasets(self, file, group="/"):
        """Every dataset below a group of a run file, by its path."""
        with h5py.File(self.path / file) as run:
            return datasets(run[group])

    def checkpoints(self, stem=""):
        return sorted((self.path / "checkpoints").glob(f"{stem}*-[0-9]*.h5"))

    def differences(self, first, second, tolerance=0.0, skip=()):
        return compare_runs.differences(self.path / first, self.path / second, tolerance, skip)


class WholeRun(unittest.TestCase, Folder):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def start(self, *arguments, **how):
        """hjnet under way, at the longest until the end of the test."""
        process = super().start(*arguments, **how)
        self.addCleanup(lambda: process.poll() is None and processes.kill(process))
        return process

    def expect_same(self, first, second):
        """The same datasets, to the last bit."""
        self.assertEqual(first.keys(), second.keys())
        for name, values in first.items():
            self.assertEqual(np.asarray(values).tobytes(), np.asarray(second[name]).tobytes(), name)
