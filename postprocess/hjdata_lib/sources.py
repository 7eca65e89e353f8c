"""Where data sets come from: scikit-learn's own, NumPy files, made-up points and the functions that tell the depths of
networks apart (tables: table.py)."""
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
    at_least(("patterns", patterns, classes), ("inputs", inputs, 1), ("classes", classes, 2))
    if not (np.isfinite(noise) and noise >= 0):
        raise DataError(f"--noise: {noise}; expected a number not below 0")
    generator = np.random.RandomState(seed)
    centres = on_sphere(generator, classes, inputs)
    labels = np.arange(patterns) % classes
    return made(centres[labels] + noise * generator.standard_normal((patterns, inputs)), labels, "synthetic",
                source=f"drawn: {classes} classes about centres at distance 1, deviation {noise:g}")


def at_least(*options):
    for name, value, least in options:
        if value < least:
            raise DataError(f"--{name}: {value}; expected at least {least}")


def on_sphere(generator, count, dimension):
    """Points drawn uniformly from the unit sphere of that many dimensions."""
    points = generator.standard_normal((count, dimension))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def sphere(patterns, dimension, frequency, seed):
    """F(x, x') = sin(pi frequency <x, x'>) at pairs of points of a unit sphere (70): what a network of depth 2 needs
    exponentially many neurons for, and one of depth 3 does not, where the frequency is high (A. Daniely, Depth
    separation for neural networks, COLT 2017, with frequency = dimension^3)."""
    at_least(("patterns", patterns, 1), ("dimension", dimension, 2))
    if not (np.isfinite(frequency) and frequency > 0):
        raise DataError(f"--frequency: {frequency}; expected a number above 0")
    generator = np.random.RandomState(seed)
    x, other = (on_sphere(generator, patterns, dimension) for _ in range(2))
    return made(np.hstack([x, other]), np.sin(np.pi * frequency * np.sum(x * other, axis=1)), "sphere",
                source=f"drawn: sin(pi {frequency:g} <x, x'>) on the sphere of {dimension} dimensions",
                columns=[f"{name}_{i}" for name in ("x", "x'") for i in range(dimension)])


def ball(patterns, dimension, seed):
    """Whether a point lies in the unit ball (I. Safran and O. Shamir, Depth-width tradeoffs in approximating natural
    functions with neural networks, ICML 2017): half of them drawn uniformly from it, half from the shell around it of
    the same volume."""
    at_least(("patterns", patterns, 2), ("dimension", dimension, 1))
    generator = np.random.RandomState(seed)
    inside = np.arange(patterns) % 2
    volume = generator.random_sample(patterns) + (1 - inside)
    return made(on_sphere(generator, patterns, dimension) * volume[:, None] ** (1 / dimension), inside, "ball",
                source=f"drawn: the indicator of the unit ball of {dimension} dimensions",
                classes=["outside", "inside"])
