"""The file: a group a part, with what was done to the data as attributes."""
import os
import sys
from contextlib import contextmanager

import h5py
import numpy as np

from hjcommon_lib.ending import first_line
from hjcommon_lib.notes import store
from hjcommon_lib.places import is_stream, replacement
from hjcommon_lib.survey import survives
from hjdata_lib.dataset import MEAN, MISSING, DataError
from hjdata_lib.split import parts, scaling

FORMAT_VERSION = 1
DATA, HOPFIELD = "hjnet-data", "hjnet-hopfield"  # formats of hjdata's own files


def write(data, path, options):
    """Splits, scales and writes `data`; returns a line a part for the reader. `options`: split, seed, scale,
    scale_targets, command. The same command always writes the same bytes."""
    if options.scale_targets != "none" and data.labelled:
        raise DataError("--scale-targets: the targets are classes, which have no scale")
    rows = parts(data, options.split, options.seed)
    filled = fill_missing(data, rows["train"])
    offset, divisor = scaling(data.inputs[rows["train"]], options.scale)
    shift = None if data.labelled else scaling(data.targets[rows["train"]], options.scale_targets)
    with new_file(path, DATA, options.command) as file:
        describe(file, data, options)
        if data.missing != MISSING[0]:
            file.attrs["missing"], file.attrs["dropped"], file.attrs["filled"] = data.missing, data.dropped, filled
        store(file, "input_offset", offset)
        store(file, "input_divisor", divisor)
        if shift is not None:
            store(file, "target_offset", shift[0])
            store(file, "target_divisor", shift[1])
        for name, mine in rows.items():
            targets = data.targets[mine] if shift is None else (data.targets[mine] - shift[0]) / shift[1]
            fill(file.create_group(name), (data.inputs[mine] - offset) / divisor, targets,
                 mine if data.rows is None else data.rows[mine])
    lost = [f"column '{name}' left out" for name in data.left_out]
    lost += [f"{data.dropped} patterns dropped: values are missing"] if data.dropped else []
    lost += [f"{filled} missing values are the training part's means"] if filled else []
    return lost + [line(name, data, mine) for name, mine in rows.items()]


def fill_missing(data, train):
    """Puts means over the patterns `train` where inputs are NaN; returns how many."""
    if data.missing != MEAN:
        return 0
    absent = np.isnan(data.inputs)
    known = (~absent[train]).sum(axis=0)
    if (empty := np.nonzero(absent.any(axis=0) & (known == 0))[0]).size:
        name = data.columns[empty[0]] if data.columns else f"{empty[0]} (from 0)"
        raise DataError(f"--missing mean: input {name} has no value in the training part")
    means = np.where(absent[train], 0.0, data.inputs[train]).sum(axis=0) / np.maximum(known, 1)
    data.inputs = np.where(absent, means, data.inputs)
    return int(absent.sum())


def check_replaced(path, overwrite):
    """What exists is replaced on request, and only where hjdata has made it: a run's results never are."""
    if is_stream(path):
        raise DataError(f"{path}: is no regular file, which an HDF5 file must be")
    if not os.path.exists(path):
        return
    if not overwrite:
        raise DataError(f"{path}: exists; --overwrite replaces it")
    if os.path.getsize(path) > 0 and kind_of(path) not in (DATA, HOPFIELD):
        raise DataError(f"{path}: is no data file of hjdata, and so not replaced: remove it, or give another name")


def kind_of(path):
    """The attribute `format`; None where it is no file of hjnet's."""
    try:
        if not survives(path):
            return None
        with h5py.File(path, "r", locking=False) as file:
            return file.attrs.get("format")
    except OSError:
        return None


@contextmanager
def new_file(path, kind, command):
    """An HDF5 file to be filled, which appears complete or not at all."""
    try:
        with replacement(path) as part, h5py.File(part, "w") as file:
            file.attrs["format"], file.attrs["format_version"], file.attrs["command"] = kind, FORMAT_VERSION, command
            file.attrs["numpy_version"], file.attrs["python_version"] = np.__version__, sys.version.split()[0]
            yield file
    except OSError as error:
        # HDF5's own words run over several lines and name the unfinished file.
        why = os.strerror(error.errno) if error.errno else first_line(error)
        raise DataError(f"{path}: cannot be written: {why}") from error


def describe(file, data, options):
    file.attrs["source"] = data.source
    file.attrs["split"], file.attrs["seed"] = np.asarray(options.split, float), options.seed
    file.attrs["scale"], file.attrs["scale_targets"] = options.scale, options.scale_targets
    if data.labelled:
        store(file, "classes", data.classes)
    if data.columns:
        store(file, "columns", data.columns)


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
