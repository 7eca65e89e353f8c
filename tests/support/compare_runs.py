#!/usr/bin/python3
"""Do two run files hold the same? Every dataset and every attribute is compared, bit by bit unless told otherwise.

    compare_runs.py A.h5 B.h5 [--tolerance T] [--skip PATTERN ...] [--most N]

Exit status 0: the same; 1: not, the first differences are printed; 2: a file cannot be read. What must differ between
two runs of one input is left out: everything in /timing, and the root's attributes in IGNORED. With --tolerance
floating-point numbers may differ by T times the largest |number| of their dataset in A, and the numbers of ranks may
differ; NaN must stand in the same places, and whole numbers and texts must be the same all the same. PATTERN is a
shell pattern for a path such as "/series/action" or "/fit*", or for an attribute, "/fit@lj_*".
"""

import argparse
import fnmatch
import functools
import sys
import tomllib

import h5py
import numpy as np

# Restarting is noted in attributes whose names start with "restart".
IGNORED = ("/timing*", "/@created", "/@run_id", "/@origin_run_id", "/@parent_run_id", "/@restart*", "/@hosts", "/@launch")


def differences(first, second, tolerance=0.0, skip=()):
    """All differences between two run files, a line of text each; `first` and `second` are file names."""
    ignored = (*IGNORED, *skip, *(("/@ranks",) if tolerance else ()))
    with h5py.File(first) as a, h5py.File(second) as b:
        items_a, items_b = _items(a), _items(b)
        found = []
        for name in sorted(items_a.keys() | items_b.keys()):
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in ignored):
                continue
            if name not in items_a or name not in items_b:
                found.append(f"{name}: only in {first if name in items_a else second}")
                continue
            difference = _difference(name, items_a[name](), items_b[name](), tolerance)
            if difference:
                found.append(f"{name}: {difference}")
    return found


def _items(file):
    """Path -> a function that reads it: datasets as "/path", attributes as "/path@name", groups as "/path" and None."""
    items = {}

    def add(path, item):
        if isinstance(item, h5py.Dataset):
            items[path] = lambda: item[()]
            if any(map(len, item.dims)):
                items[f"{path}@axes"] = lambda: " ".join(axis[0].name.rpartition("/")[2] if len(axis) else "-" for axis in item.dims)
        elif path != "/":
            items[path] = lambda: None
        for name in item.attrs.keys() - {"DIMENSION_LIST", "REFERENCE_LIST"}:  # what "@axes" says
            items[f"{path}@{name}"] = functools.partial(item.attrs.__getitem__, name)

    add("/", file)
    file.visititems(lambda path, item: add("/" + path, item))
    return items


def _difference(name, a, b, tolerance):
    """How b differs from a, in words; an empty text where it does not."""
    if name == "/@input":
        a, b = _meaning(a), _meaning(b)
        other = [table for table in sorted(a.keys() | b.keys()) if a.get(table) != b.get(table)]
        return _text_difference(a.get(other[0]), b.get(other[0])) + f" in [{other[0]}]" if other else ""
    if a is None or b is None:
        return "" if a is b else "a group in one file only"
    if isinstance(a, str) or isinstance(b, str):
        return "" if a == b else _text_difference(a, b)
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{a.dtype} {a.shape} against {b.dtype} {b.shape}"
    if a.dtype == object:
        return "" if np.array_equal(a, b) else "other texts"
    if a.tobytes() == b.tobytes():
        return ""
    if not np.issubdtype(a.dtype, np.inexact):
        return _number_difference(a, b, a != b)
    same_nan = np.isnan(a) == np.isnan(b)
    if not same_nan.all():
        return _number_difference(a, b, ~same_nan)
    distance, size = np.abs(a - b), np.abs(a)
    infinite = ~np.isfinite(a) | ~np.isfinite(b)
    if not np.array_equal(a[infinite], b[infinite], equal_nan=True):
        return _number_difference(a, b, infinite & (a != b))
    finite = ~infinite
    if tolerance and np.max(distance[finite], initial=0.0) <= tolerance * np.max(size[finite], initial=0.0):
        return ""
    differs = (a.reshape(-1).view(np.uint8).reshape(a.size, -1) != b.reshape(-1).view(np.uint8).reshape(a.size, -1))
    return _number_difference(a, b, differs.any(axis=1).reshape(a.shape))


def _meaning(resolved):
    """A resolved input without the names of what it writes, which are no part of what is computed."""
    tables = tomllib.loads(resolved)
    for key in ("file", "checkpoint"):
        tables.get("output", {}).pop(key, None)
    return tables


def _text_difference(a, b):
    return f"{str(a)[:200]!r} against {str(b)[:200]!r}"


def _number_difference(a, b, differs):
    """Where the first of the numbers marked in `differs` stands, and how far all of them are apart."""
    where = tuple(int(i) for i in np.argwhere(differs)[0]) if a.shape else ()
    text = f"{int(np.sum(differs))} of {a.size} differ, the first at {list(where)}: {a[where]} against {b[where]}"
    if np.issubdtype(a.dtype, np.inexact):
        usable = np.isfinite(a) & np.isfinite(b)
        apart, size = np.max(np.abs(a - b)[usable], initial=0.0), np.max(np.abs(a)[usable], initial=0.0)
        text += f"; at most {apart:.3g} apart, largest {size:.3g}"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", metavar="A.h5")
    parser.add_argument("second", metavar="B.h5")
    parser.add_argument("--tolerance", type=float, default=0.0, metavar="T", help="default 0: bit-identical")
    parser.add_argument("--skip", action="append", default=[], metavar="PATTERN", help="leave out what matches")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="lines printed at most (default 20)")
    arguments = parser.parse_args()
    try:
        found = differences(arguments.first, arguments.second, arguments.tolerance, arguments.skip)
    except OSError as error:
        print(f"compare_runs: {error}", file=sys.stderr)
        return 2
    for line in found[: arguments.most]:
        print(line)
    if len(found) > arguments.most:
        print(f"... and {len(found) - arguments.most} more")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
