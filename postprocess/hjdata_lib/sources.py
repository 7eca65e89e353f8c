"""Where data sets come from: scikit-learn's own, NumPy files, and made-up points (tables: table.py)."""
import io
from pathlib import Path

import numpy as np

from hjdata_lib.dataset import DataError, made, numeric
from hjdata_lib.table import content_of

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


def arrays(inputs, targets, numbers, missing):
    values = loaded(targets)
    return made(loaded(inputs), numeric(values, targets) if numbers else values, f"{inputs}, {targets}", missing,
                source=f"{Path(inputs).name} and {Path(targets).name}")


def loaded(path):
    try:
        array = np.load(io.BytesIO(content_of(path)), allow_pickle=False)
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
