"""What every program solves: drawn inputs, targets and weights, the same for all; and hjnet's own run of it."""
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

INPUT = Path(__file__).with_name("dense-2000.toml")
LAYERS = ("senses", "hidden", "output")
EPOCH_LENGTH = 1.0
TIME_CONSTANT = 0.1
SAMPLES = np.linspace(0.0, EPOCH_LENGTH, 17)  # phases at which the learning potential is compared
SEED = 1


@dataclass
class Problem:
    """N neurons in each of three layers; weights[p] is W(0), N x N, rows = post-synaptic neurons."""

    stimulus: np.ndarray  # N, on the first layer
    target: np.ndarray  # N, of the last layer
    weights: list
    inertia: float
    epochs: int

    @property
    def neurons(self):
        return len(self.stimulus)


class Hjnet:
    """Runs hjnet on a network of `neurons` a layer for `epochs`; files go to `folder`."""

    def __init__(self, executable, engine, neurons, epochs, folder):
        self._executable, self._engine, self._neurons, self._epochs = executable, engine, neurons, epochs
        self._folder = Path(folder)
        self._given = self._folder / "given.h5"

    def draw(self):
        """The problem. Inputs and targets are drawn here; the weights are hjnet's, read from a run without learning."""
        random = np.random.default_rng(SEED)
        stimulus = random.standard_normal(self._neurons)
        target = random.uniform(-0.8, 0.8, self._neurons)
        with h5py.File(self._given, "w") as file:
            file["stimulus"], file["target"] = stimulus, target
        path = self._run("weights", {"solver.engine": "coupled", "learning.enabled": "false", "run.epochs": 1,
                                     "output.weights": "last", "solver.relative_tolerance": 1e-3})
        with h5py.File(path) as file:
            weights = [file[f"weights/initial/{a}-{b}"][...] for a, b in zip(LAYERS, LAYERS[1:])]
        path.unlink()
        return Problem(stimulus, target, weights, -float(self._neurons), self._epochs)

    def solve(self, tolerance):
        """Seconds of integration and H_int, a row of samples an epoch."""
        path = self._run("hjnet", {"solver.engine": self._engine, "solver.relative_tolerance": tolerance,
                                   "solver.absolute_tolerance": 1e-2 * tolerance})
        with h5py.File(path) as file:
            return float(file["timing"].attrs["integration"]), file["series/interaction"][...].reshape(self._epochs, -1)

    def _run(self, name, changes):
        output = self._folder / f"{name}.h5"
        given = f'file = "{self._given}", dataset ='
        settings = {f"network.layer[{i}].neurons": self._neurons for i in range(len(LAYERS))}
        settings |= {"run.epochs": self._epochs, "learning.inertia": -float(self._neurons),
                     "learning.target": f'{{ {given} "/target" }}',
                     "stimulus.constant": f'{{ layer = "{LAYERS[0]}", {given} "/stimulus" }}'} | changes
        command = [self._executable, "run", INPUT, "--output", output, "--overwrite"]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"hjnet failed:\n{done.stderr}")
        return output
