"""Runs of hjnet from outside: how far they are, and how to end them."""

import os
import signal
import subprocess
import time

import h5py


def own_sessions(folder, **more):
    """The environment of a program that starts beside others of the same test: two that start at once stumble over each
    other in Open MPI's folder of sessions."""
    return {**os.environ, "OMPI_MCA_orte_tmpdir_base": str(folder), "PRTE_MCA_prte_tmpdir_base": str(folder), **more}


def epochs_completed(file):
    """Of a run file that may be in the making, or not be there yet."""
    try:
        with h5py.File(file) as run:
            return int(run["progress/epochs_completed"][()])
    except (OSError, KeyError):
        return 0


def ranks_of(process):
    """The processes of the ranks, which mpiexec starts in process groups of their own."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def kill(process):
    """SIGKILL to mpiexec and to all ranks."""
    for pid in [*ranks_of(process), process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    if process.stderr:
        process.stderr.close()
    time.sleep(0.1)
