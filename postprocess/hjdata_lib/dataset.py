"""A data set in memory, and the checks that every one passes before it is written."""
from dataclasses import dataclass, field

import numpy as np

from hjcommon_lib.ending import UserError

DROP, MEAN = "drop", "mean"
MISSING = ("refuse", DROP, MEAN)  # what is done with patterns in which a value is missing


class DataError(UserError):
    pass


@dataclass
class Dataset:
    """P patterns. `targets` are class numbers from 0 (int64, P) with a name a class in `classes`, or numbers (float64,
    P x outputs) with `classes` empty."""

    inputs: np.ndarray  # float64, P x n_in; NaN where a value is missing, which `missing` then fills
    targets: np.ndarray
    classes: list = field(default_factory=list)
    source: str = ""  # where it comes from, in words
    columns: list = field(default_factory=list)  # a name an input, or none
    rows: np.ndarray | None = None  # number of each pattern in the source; None: 0 .. P-1
    missing: str = MISSING[0]
    dropped: int = 0  # patterns
    left_out: list = field(default_factory=list)  # names of columns

    @property
    def labelled(self):
        return bool(self.classes)


def made(inputs, targets, where, missing=MISSING[0], **described):
    """A checked Dataset. `targets` with one dimension and whole numbers or text are classes, else numbers. NaN is a
    value that is missing, with which `missing` deals; class -1 is none that is known, where `classes` are given.
    `where` names the source in messages, `described` goes to Dataset."""
    inputs = numeric(inputs, f"{where}: the inputs")
    if inputs.ndim != 2 or 0 in inputs.shape:
        raise DataError(f"{where}: the inputs have the shape {inputs.shape}; expected patterns x inputs, none of them "
                        "0")
    targets = np.asarray(targets)
    if len(targets) != len(inputs):
        raise DataError(f"{where}: {len(inputs)} patterns of inputs but {len(targets)} of targets")
    if targets.ndim == 1 and targets.dtype.kind in "iubUS":
        if "classes" not in described:
            # In ascending order of what stands there: classes that are 0 .. K-1 already keep their numbers.
            names, targets = np.unique(targets, return_inverse=True)
            described["classes"] = [name.decode() if isinstance(name, bytes) else str(name) for name in names]
        targets = targets.astype(np.int64)
        unknown = targets < 0
    else:
        described.pop("classes", None)
        targets = numeric(targets, f"{where}: the targets").reshape(len(targets), -1)
        unknown = np.isnan(targets).any(axis=1)
    return without_missing(Dataset(inputs, targets, missing=missing, **described), unknown, where)


def without_missing(data, unknown, where):
    """Patterns that lack a value go with "drop"; with "mean" inputs are filled in later, from the training part."""
    if data.missing == DROP:
        kept = np.nonzero(~(np.isnan(data.inputs).any(axis=1) | unknown))[0]
        if len(kept) == 0:
            raise DataError(f"{where}: --missing drop leaves nothing: every pattern lacks a value")
        data.dropped = len(unknown) - len(kept)
        data.inputs, data.targets, data.rows = data.inputs[kept], data.targets[kept], kept
        drop_classes(data)
    elif data.missing == MEAN and unknown.any():
        raise DataError(f"{where}: the target of pattern {np.argmax(unknown)} (from 0) is missing, for which there is "
                        "no mean: --missing drop")
    way = "" if data.missing == MEAN else "; --missing drop or mean deals with nan"
    check_finite(data.inputs, f"{where}: the inputs", way, data.missing == MEAN)
    if not data.labelled:
        check_finite(data.targets, f"{where}: the targets", way)
    return data


def drop_classes(data):
    """Leaves out the classes of which no pattern is left."""
    if data.labelled:
        left, data.targets = np.unique(data.targets, return_inverse=True)
        data.classes = [data.classes[number] for number in left]


def numeric(values, what):
    try:
        values = np.asarray(values)
        if values.dtype.kind == "c":
            raise ValueError
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{what} are not real numbers") from error


def check_finite(values, what, way, nan_may_be=False):
    bad = np.argwhere(np.isinf(values) if nan_may_be else ~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        more = f", and {len(bad) - 1} more that are no finite numbers" if len(bad) > 1 else ""
        way = way if np.isnan(values).any() else ""
        raise DataError(f"{what} hold {values[row, column]} at pattern {row}, column {column} (from 0){more}{way}")
