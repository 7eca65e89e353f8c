#!/usr/bin/python3
"""scikit-learn's MLPClassifier on the digits of input/digits.toml: same file, split and layers 64-64-10, tanh.

    /usr/bin/python3 benchmarks/peers/digits_mlp.py input/digits.h5

Prints the mean accuracy and its standard deviation over the seeds. Needs Debian's python3-sklearn."""
import sys
import time
import warnings

import h5py
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

SEEDS = range(5)
ITERATIONS = 400


def main(path):
    with h5py.File(path, "r") as file:
        sets = {name: (part["inputs"][:], part["targets"][:]) for name, part in file.items()}
    warnings.simplefilter("ignore", ConvergenceWarning)
    start, scores = time.perf_counter(), []
    for seed in SEEDS:
        model = MLPClassifier((64,), activation="tanh", max_iter=ITERATIONS, random_state=seed).fit(*sets["train"])
        scores.append([model.score(*sets[name]) for name in ("validation", "test")] + [model.n_iter_])
    (validation, test, passes), (_, deviation, _) = np.mean(scores, axis=0), np.std(scores, axis=0, ddof=1)
    print(f"validation {100 * validation:.2f} %, test {100 * test:.2f} +- {100 * deviation:.2f} % over {len(SEEDS)} seeds; "
          f"{passes:.0f} passes, {(time.perf_counter() - start) / len(SEEDS):.1f} s each")


if __name__ == "__main__":
    main(*sys.argv[1:])
