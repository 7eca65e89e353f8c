"""A data set in memory, and the checks that every one passes before it is written."""
from dataclasses import dataclass, field

import numpy as np


class DataError(Exception):
    """Something that the user can put right; the message names the file or the option."""


@dataclass
class Dataset:
    """P patterns. `targets` are class numbers from 0 (int64, P) with a name a class in `classes`, or numbers (float64,
    P x outputs) with `classes` empty."""

    inputs: np.ndarray  # float64, P x n_in
    targets: np.ndarray
    classes: list = field(default_factory=list)
    source: str = ""  # where it comes from, in words
    columns: list = field(default_factory=list)  # a name an input, or none

    @property
    def labelled(self):
        return bool(self.classes)


def made(inputs, targets, where, **described):
    """A checked Dataset. `targets` with one dimension and whole numbers or text are classes, else numbers. `where`
    names the source in messages, `described` goes to Dataset."""
    inputs = numeric(inputs, f"{where}: the inputs")
    if inputs.ndim != 2 or 0 in inputs.shape:
        raise DataError(f"{where}: the inputs have the shape {inputs.shape}; expected patterns x inputs, none of them "
                        "0")
    targets = np.asarray(targets)
    if len(targets) != len(inputs):
        raise DataError(f"{where}: {len(inputs)} patterns of inputs but {len(targets)} of targets")
    check_finite(inputs, f"{where}: the inputs")
    if targets.ndim == 1 and targets.dtype.kind in "iubUS":
        # Numbered in ascending order of what stands there: classes that are 0 .. K-1 already keep their numbers.
        names, numbers = np.unique(targets, return_inverse=True)
        classes = described.pop("classes", None) or [str(name) for name in names]
        return Dataset(inputs, numbers.astype(np.int64), classes, **described)
    targets = numeric(targets, f"{where}: the targets")
    targets = targets.reshape(len(targets), -1)
    check_finite(targets, f"{where}: the targets")
    return Dataset(inputs, targets, **described)


def numeric(values, what):
    try:
        values = np.asarray(values)
        if values.dtype.kind == "c":
            raise ValueError
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{what} are not real numbers") from error


def check_finite(values, what):
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        more = f", and {len(bad) - 1} more that are no finite numbers" if len(bad) > 1 else ""
        raise DataError(f"{what} hold {values[row, column]} at pattern {row}, column {column} (from 0){more}")
