"""Whole runs of hjnet, each test's in a folder of its own: the ground of the tests that meet the program as a user."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import h5py

HJNET = os.environ["HJNET_BINARY"]
MPIEXEC = os.environ["MPIEXEC"]
SOURCE = pathlib.Path(os.environ["HJNET_SOURCE_DIR"])
SANITIZED = b"__asan_init" in pathlib.Path(HJNET).read_bytes()


def datasets(group):
    """Every dataset below a group of an HDF5 file, by its path."""
    found = {}
    group.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


class WholeRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def write(self, text):
        (self.path / "case.toml").write_text(text)

    @staticmethod
    def command(*arguments, ranks=1):
        """hjnet on some ranks; with ranks = None without a launcher."""
        launcher = [] if ranks is None else [MPIEXEC, "-n", str(ranks)]
        return [*launcher, HJNET, *map(str, arguments)]

    def launch(self, *arguments, ranks=1, status=0):
        """Runs hjnet in the test's folder and expects its exit status; status = None takes any."""
        done = subprocess.run(self.command(*arguments, ranks=ranks), cwd=self.path, capture_output=True, text=True,
                              timeout=300, check=False)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done
