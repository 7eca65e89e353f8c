"""Runs of hjnet that are stopped, killed and taken up again, for the tests of this folder."""

import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, case, changed  # noqa: E402
from processes import kill, ranks_of  # noqa: E402,F401  (for the tests of this folder)
from whole_run import STOPPED, Folder, WholeRun  # noqa: E402,F401

FULL = "--full" in sys.argv

# Small, but with everything that a checkpoint has to carry: recurrent and sparse projections, thresholds, breakpoints,
# particles with two modes, states and weights of all epochs.
INPUT = case(
    {"ports": 6, "hidden": 7, "out": 2},
    run={"name": "case", "samples_per_epoch": 12, "seed": 5},
    network={"thresholds": True, "projection": [
        {"from": "ports", "to": "hidden"},
        {"from": "hidden", "to": "hidden", "connect": {"fan_in": 3}, "weights": {"distribution": "normal", "gain": 0.5}},
        {"from": "hidden", "to": "out"}]},
    learning={"target": {"values": [0.4, -0.3]}},
    stimulus={"constant": {"layer": "ports", "values": [0.1, 0.2, 0.3, -0.1, -0.2, 0.2]},
              "step": {"layer": "hidden", "value": 0.2, "start": 0.3, "stop": 0.7}},
    particles=PARTICLES,
    boltzmann={"k0": [1.0, 2.0], "weights": [0.6, 0.4]},
    solver={"method": "adams", "relative_tolerance": 1e-9, "absolute_tolerance": 1e-11},
    output={"states": True, "weights": "all"})

BOUNDARIES = {
    "terminal": {},
    "initial-momentum": {"momentum": "initial"},
    "initial-delta": {"delta": "initial"},
    "both-initial": {"delta": "initial", "momentum": "initial"},
    "delta-off": {"delta": "off"},
    "decay-riccati": {"weight_decay": 0.5},
    "decay-superposition": {"weight_decay": 0.5, "inertia": 1.0},
    "decay-initial": {"weight_decay": 0.5, "momentum": "initial"},
    "memory": {"epoch_memory": 0.7},
    "frozen": {"enabled": False},
}
ELSEWHERE = ("--set", 'output.checkpoint.directory="elsewhere"')
EVERY_EPOCH = {"every_epochs": 1, "keep": 20}


class Bench(Folder):
    """A directory with one input, in which runs are made."""

    SECONDS = 600

    def __init__(self, folder, learning=BOUNDARIES["terminal"], checkpoint=EVERY_EPOCH, epochs=6, engine="waveform", **more):
        super().__init__(folder)
        self.path.mkdir(parents=True, exist_ok=True)
        slow = 1.0 if learning.get("delta") == "initial" else 0.2  # Delta then grows like exp(t/lambda)
        content = changed(INPUT, run={"epochs": epochs}, network={"time_constant": slow}, learning=learning,
                          solver={"engine": engine}, output={"checkpoint": checkpoint})
        self.write(content, **more)

    def run(self, ranks, output, *arguments, status=0):
        """A run from start to end; what it said."""
        done = self.launch("run", "case.toml", "--output", output, *arguments, ranks=ranks, status=status)
        return done.stderr + done.stdout

    def restart(self, ranks, *arguments, after=None, status=0):
        """run.h5 taken up again from its newest checkpoint, or from that after so many epochs."""
        checkpoint = f"checkpoints/{self.checkpoints()[after - 1].name}" if after else "auto"
        return self.run(ranks, "run.h5", "--restart", checkpoint, *arguments, status=status)

    def start(self, ranks, output, *arguments):
        return super().start("run", "case.toml", "--output", output, *arguments, ranks=ranks)

    def checkpoints(self):
        return super().checkpoints("run")

    def copy(self, folder):
        """A copy of all that is there, for one more way to go on."""
        other = Bench.__new__(Bench)
        other.path = pathlib.Path(folder)
        shutil.copytree(self.path, other.path)
        return other


class Case(WholeRun):
    """A test with a directory of its own, for benches."""

    ENGINE = "waveform"

    def bench(self, name="bench", **options):
        return Bench(self.path / name, **{"engine": self.ENGINE, **options})


def main():
    """Runs the calling script's tests: `--engine NAME` chooses the engine, `--full` the long matrices; names of
    tests as of unittest."""
    arguments = [argument for argument in sys.argv if argument != "--full"]
    if "--engine" in arguments:
        at = arguments.index("--engine")
        Case.ENGINE = arguments[at + 1]
        del arguments[at:at + 2]
    unittest.main(argv=arguments, verbosity=2)
