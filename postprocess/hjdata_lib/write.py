"""The file: a group a part, with what was done to the data as attributes."""
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from hjdata_lib.dataset import DataError
from hjdata_lib.split import parts, scaling

FORMAT_VERSION = 1


def write(data, path, options):
    """Splits, scales and writes `data`; returns a line a part for the reader. `options`: split, seed, scale,
    scale_targets, overwrite, command. The same command always writes the same bytes."""
    check_place(path, options.overwrite)
    if options.scale_targets != "none" and data.labelled:
        raise DataError("--scale-targets: the targets are classes, which have no scale")
    rows = parts(data, options.split, options.seed)
    offset, divisor = scaling(data.inputs[rows["train"]], options.scale)
    shift = None if data.labelled else scaling(data.targets[rows["train"]], options.scale_targets)
    with new_file(path, "hjnet-data", options.command) as file:
        describe(file, data, options)
        file.attrs["input_offset"], file.attrs["input_divisor"] = offset, divisor
        if shift is not None:
            file.attrs["target_offset"], file.attrs["target_divisor"] = shift
        for name, mine in rows.items():
            targets = data.targets[mine] if shift is None else (data.targets[mine] - shift[0]) / shift[1]
            fill(file.create_group(name), (data.inputs[mine] - offset) / divisor, targets, mine)
    return [line(name, data, mine) for name, mine in rows.items()]


def check_place(path, overwrite):
    path = Path(path)
    if path.exists() and not overwrite:
        raise DataError(f"{path}: exists; --overwrite replaces it")
    if not path.parent.is_dir():
        raise DataError(f"{path}: there is no folder {path.parent}")


@contextmanager
def new_file(path, kind, command):
    """An HDF5 file to be filled, which appears complete or not at all."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with h5py.File(part, "w") as file:
            file.attrs["format"], file.attrs["format_version"], file.attrs["command"] = kind, FORMAT_VERSION, command
            file.attrs["numpy_version"], file.attrs["python_version"] = np.__version__, sys.version.split()[0]
            yield file
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written: {error}") from error


def describe(file, data, options):
    file.attrs["source"] = data.source
    file.attrs["split"], file.attrs["seed"] = np.asarray(options.split, float), options.seed
    file.attrs["scale"], file.attrs["scale_targets"] = options.scale, options.scale_targets
    if data.labelled:
        file.attrs["classes"] = data.classes
    if data.columns:
        file.attrs["columns"] = data.columns


def fill(group, inputs, targets, rows):
    group["inputs"], group["targets"], group["rows"] = inputs, targets, rows.astype(np.int64)
    group["inputs"].attrs["description"] = "inputs, a row a pattern: (value - input_offset) / input_divisor"
    group["targets"].attrs["description"] = ("class of each pattern, from 0" if targets.ndim == 1 else
                                             "targets, a row a pattern: (value - target_offset) / target_divisor")
    group["rows"].attrs["description"] = "number of each pattern in the source, from 0"
    for dataset in group.values():
        dataset.attrs["units"] = "1"


def line(name, data, rows):
    text = f"/{name}: {len(rows)} patterns of {data.inputs.shape[1]} inputs"
    if not data.labelled:
        return f"{text}, {data.targets.shape[1]} targets"
    counts = np.bincount(data.targets[rows], minlength=len(data.classes))
    return f"{text}, {len(data.classes)} classes of {counts.min()} to {counts.max()}"
