"""Neurons only, stepped by rate_neurons.cpp as NEST's rate neurons are; over epoch 0, where the weights are W(0)."""
import subprocess
from pathlib import Path

import numpy as np

from problem import EPOCH_LENGTH, SAMPLES, TIME_CONSTANT

SOURCE = Path(__file__).with_name("rate_neurons.cpp")


class RateNeurons:
    """Compiles the program into `folder` and writes the network there."""

    def __init__(self, problem, folder):
        self._problem, self._folder = problem, Path(folder)
        self._program, self._given = self._folder / "rate_neurons", self._folder / "rate_neurons.bin"
        subprocess.run(["g++", "-std=c++20", "-O3", "-march=native", SOURCE, "-lopenblas", "-o", self._program],
                       check=True)
        np.concatenate([*(w.ravel() for w in problem.weights), problem.stimulus]).tofile(self._given)

    def solve(self, steps):
        """Seconds of one epoch, and E at the samples."""
        intervals, result = len(SAMPLES) - 1, self._folder / "rate_neurons.out"
        command = [self._program, self._given, self._problem.neurons, steps, EPOCH_LENGTH, TIME_CONSTANT, intervals,
                   result]
        done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
        y = np.fromfile(result).reshape(intervals + 1, -1)
        return float(done.stdout), 0.5 * np.sum((y - self._problem.target) ** 2, axis=1)
