"""Where data sets come from: scikit-learn's own, CSV and NumPy files, and made-up points."""
import csv
import io
import re
from pathlib import Path

import numpy as np

from hjdata_lib.dataset import DataError, made, numeric

# What Debian's python3-sklearn holds, with the source that its documentation names.
BUNDLED = {
    "digits": "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository (1998): 8 x 8 grey "
              "values from 0 to 16, the repository's test part",
    "iris": "R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 179 (1936)",
    "wine": "M. Forina et al., PARVUS, Genoa; Wine recognition data, UCI repository (1991)",
    "breast_cancer": "W. Wolberg, O. Mangasarian and N. Street, Breast Cancer Wisconsin (Diagnostic), UCI repository "
                     "(1995)",
    "diabetes": "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, Annals of Statistics 32, "
                "407 (2004)",
}


def bundled(name):
    try:
        import sklearn
        from sklearn import datasets
    except ImportError as error:
        raise DataError(f"{name}: scikit-learn is missing, with which this set comes: install Debian's package "
                        "python3-sklearn") from error
    found = getattr(datasets, f"load_{name}")()
    numbers = found.target.dtype.kind == "f"
    return made(found.data, found.target, name, source=f"{BUNDLED[name]}; scikit-learn {sklearn.__version__}",
                columns=[str(column) for column in found.feature_names],
                **({} if numbers else {"classes": [str(target) for target in found.target_names]}))


def table(path, names, separator, numbers):
    """A CSV file with a heading; `names` are the target columns, the rest are inputs. `numbers`: no classes."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        lines = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: cannot be read: {error}") from error
    if len(lines) < 2:
        raise DataError(f"{path}: expected a heading and at least one line of data")
    heading = [cell.strip() for cell in lines[0][1]]
    for name in names:
        if heading.count(name) != 1:
            what = "no column" if name not in heading else "several columns"
            raise DataError(f"{path}: {what} '{name}'; the columns are: {', '.join(heading)}")
    for number, row in lines[1:]:
        if len(row) != len(heading):
            raise DataError(f"{path}:{number}: {len(row)} cells, but the heading has {len(heading)}")
    picked = [heading.index(name) for name in names]
    rest = [column for column in range(len(heading)) if column not in picked]
    inputs = [[number_in(path, line, heading[c], row[c]) for c in rest] for line, row in lines[1:]]
    return made(np.array(inputs, float).reshape(len(inputs), len(rest)),
                targets_of(path, lines[1:], heading, picked, numbers), path,
                source=f"{Path(path).name}, target {', '.join(names)}", columns=[heading[c] for c in rest])


def targets_of(path, lines, heading, picked, numbers):
    """One column of whole numbers or text: classes; else numbers."""
    if len(picked) == 1 and not numbers:
        cells = [row[picked[0]].strip() for _, row in lines]
        empty = next((line for (line, _), cell in zip(lines, cells) if not cell), None)
        if empty is not None:
            raise DataError(f"{path}:{empty}: column '{heading[picked[0]]}' is empty")
        if all(is_whole(cell) for cell in cells):
            return np.array([int(cell) for cell in cells], np.int64)
        if not any(is_number(cell) for cell in cells):
            return np.array(cells)
    return np.array([[number_in(path, line, heading[c], row[c]) for c in picked] for line, row in lines])


def number_in(path, line, column, cell):
    if not is_number(cell):
        raise DataError(f"{path}:{line}: column '{column}' holds '{cell.strip()}', which is no number")
    return float(cell)


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # which Python allows between digits


def is_whole(cell):
    return re.fullmatch(r"[+-]?[0-9]{1,18}", cell) is not None  # of 64 bits


def arrays(inputs, targets, numbers):
    values = loaded(targets)
    return made(loaded(inputs), numeric(values, targets) if numbers else values, f"{inputs}, {targets}",
                source=f"{Path(inputs).name} and {Path(targets).name}")


def loaded(path):
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read as a NumPy file: {why}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: an archive of several arrays; expected one array (.npy)")
    if array.ndim == 0:
        raise DataError(f"{path}: a single number; expected an array")
    return array


def synthetic(patterns, inputs, classes, noise, seed):
    """Points scattered normally, with the deviation `noise`, about one centre a class; the centres are drawn and put
    at distance 1 from the origin. As many patterns of each class, to within one."""
    for name, value, least in (("patterns", patterns, classes), ("inputs", inputs, 1), ("classes", classes, 2)):
        if value < least:
            raise DataError(f"--{name}: {value}; expected at least {least}")
    if not (np.isfinite(noise) and noise >= 0):
        raise DataError(f"--noise: {noise}; expected a number not below 0")
    generator = np.random.RandomState(seed)
    centres = generator.standard_normal((classes, inputs))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    labels = np.arange(patterns) % classes
    return made(centres[labels] + noise * generator.standard_normal((patterns, inputs)), labels, "synthetic",
                source=f"drawn: {classes} classes about centres at distance 1, deviation {noise:g}")
