"""A look through an HDF5 file before it is read: HDF5 may loop or crash on a damaged one, and a child then does so."""
import os
import resource
from functools import lru_cache

SECONDS = 5  # of the processor, and one more for each MiB
MEMORY = 4 << 30  # bytes beyond what the process has
LARGEST = 16 << 20  # bytes of a dataset stored in pieces that is read: the list of its pieces may be damaged


def survives(path):
    """Whether all structure of the file can be read."""
    status = os.stat(path)
    return _survives(os.fspath(path), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=None)
def _survives(path, device, inode, size, changed):  # noqa: ARG001  (what tells one state of a file from another)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _limit(SECONDS + (size >> 20))
            _look(path)
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def _limit(seconds):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying library says
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with open("/proc/self/statm", encoding="ascii") as pages:
        mapped = int(pages.read().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (mapped + MEMORY, mapped + MEMORY))


def _look(path):
    import h5py

    def at(name, item):  # noqa: ARG001
        for attribute in item.attrs:
            item.attrs[attribute]
        if isinstance(item, h5py.Dataset) and item.chunks and item.size * item.dtype.itemsize <= LARGEST:
            item[()]

    with h5py.File(path, "r", locking=False) as file:
        at("/", file)
        file.visititems(at)
