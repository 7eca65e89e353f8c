"""Kills a run between two epochs (run_file_killed.cpp) and checks that its file holds all that was complete."""

import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

EPOCHS, ROWS, NEURONS = 4, 4, 10


def main(program, ranks):
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "killed.h5")
        run = subprocess.run([os.environ.get("MPIEXEC", "mpirun"), "-n", ranks, program, name], capture_output=True)
        assert run.returncode != 0, "the program was not killed"
        with h5py.File(name, "r") as f:
            assert f.attrs["format"] == "hjnet-run" and f.attrs["ranks"] == int(ranks)
            done = f["/progress/epochs_completed"][()]
            assert done == 2 and f["/progress/finished"][()] == 0
            good = np.arange(done * ROWS)
            assert np.array_equal(f["/series/interaction"][: done * ROWS], 300.0 + good / 1000.0)
            assert np.array_equal(f["/series/epoch"][: done * ROWS], good // ROWS)
            expected = 1000.0 * np.arange(NEURONS) + good[:, None] / 1000.0
            assert np.array_equal(f["/states/y"][: done * ROWS], expected)
            assert np.all(np.isnan(f["/states/y"][3 * ROWS :])) and np.all(np.isnan(f["/series/time"][3 * ROWS :]))
            assert np.array_equal(f["/weights/epoch_00002/a-b"][()], 2.0 + np.arange(15.0).reshape(5, 3))
            assert np.all(np.isnan(f["/weights/epoch_00003/a-b"][()]))
            assert np.array_equal(f["/weights/epoch_00001/b-c/data"][()], 201.0 + np.arange(5))
            assert len(f["/weights"]) == EPOCHS + 2


main(*sys.argv[1:])
