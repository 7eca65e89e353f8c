"""Dividing a data set into training, validation and test parts, and scaling it by what the training part says."""
import numpy as np

from hjdata_lib.dataset import DataError

PARTS = ("train", "validation", "test")
SCALES = ("none", "standard", "unit", "common")


def parts(data, shares, seed):
    """{part: numbers of its patterns}, in a drawn order; a part of share 0 is left out. Where there are classes, each
    part has of every class its share, to within one pattern.

    The generator is NumPy's RandomState, whose numbers are promised never to change: a seed means the same split on
    every machine and in every year."""
    shares = checked(shares)
    generator = np.random.RandomState(seed)
    count = len(data.inputs)
    order = generator.permutation(count)
    if data.labelled:
        # The patterns of a class, in drawn order, spread evenly over 0 .. 1: whatever is cut off there is stratified.
        place = np.empty(count)
        for label in np.unique(data.targets):
            mine = np.nonzero(data.targets[order] == label)[0]
            place[mine] = (np.arange(len(mine)) + generator.random_sample()) / len(mine)
        order = order[np.argsort(place, kind="stable")]
    edges = np.rint(count * np.concatenate([[0.0], np.cumsum(shares)])).astype(int)
    found = {}
    for name, share, low, high in zip(PARTS, shares, edges[:-1], edges[1:]):
        if share > 0 and high == low:
            raise DataError(f"--split: the share {share:g} of {count} patterns leaves none for /{name}")
        if high > low:
            found[name] = order[low:high][generator.permutation(high - low)]
    if data.labelled:
        missing = np.setdiff1d(np.unique(data.targets), data.targets[found["train"]])
        if len(missing):
            name = data.classes[missing[0]]
            raise DataError(f"--split: no pattern of class '{name}' falls to /train: it has too few")
    return found


def checked(shares):
    shares = np.asarray(shares, float)
    if np.any(shares < 0) or not np.isclose(shares.sum(), 1.0, rtol=0, atol=1e-9) or shares[0] <= 0:
        raise DataError(f"--split: {' '.join(f'{share:g}' for share in shares)}: expected three shares (training, "
                        "validation, test), none below 0, the first above, that sum to 1")
    return shares


def scaling(values, kind):
    """(offset, divisor), a number a column, from the training part's `values`: a pattern is written as
    (value - offset) / divisor. A column that never changes there is only shifted."""
    columns = values.shape[1]
    if kind == "standard":
        offset, divisor = values.mean(axis=0), values.std(axis=0)
    elif kind == "unit":
        offset, divisor = values.min(axis=0), np.ptp(values, axis=0)
    elif kind == "common":
        offset, divisor = np.full(columns, values.mean()), np.full(columns, values.std())
    else:
        offset, divisor = np.zeros(columns), np.ones(columns)
    # A column of equal numbers has a deviation of round-off, not of 0.
    flat = divisor <= 1e-12 * np.maximum(np.abs(values).max(axis=0), np.abs(offset))
    return offset, np.where(flat, 1.0, divisor)
