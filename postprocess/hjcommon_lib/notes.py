"""Arrays that describe a data file: attributes, or datasets of the same name where HDF5's 64 KiB for attributes are
too few."""
import h5py
import numpy as np

LARGEST = 60_000  # bytes; of text, 16 a string stand in the attribute


def store(file, name, values):
    text = isinstance(values, list)
    size = 16 * len(values) if text else np.asarray(values).nbytes
    if text:
        values = np.array(values, dtype=h5py.string_dtype())
    if size <= LARGEST:
        file.attrs[name] = values
    else:
        file[name] = values


def stored_text(file, name):
    """The strings, empty where there are none."""
    values = file.attrs[name] if name in file.attrs else file[name][:] if name in file else []
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]
