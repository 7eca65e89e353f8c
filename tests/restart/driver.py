"""Runs of hjnet that are stopped, killed and taken up again, for the tests of this folder."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import compare_runs  # noqa: E402
from processes import kill, ranks_of  # noqa: E402,F401  (for the tests of this folder)

HJNET = os.environ["HJNET_BINARY"]
MPIEXEC = os.environ["MPIEXEC"]
STOPPED = 75
FULL = "--full" in sys.argv

# Small, but with everything that a checkpoint has to carry: recurrent and sparse projections, thresholds, breakpoints,
# particles with two modes, states and weights of all epochs.
INPUT = """
[run]
name = "case"
epochs = {epochs}
samples_per_epoch = 12
seed = 5
[network]
time_constant = {time_constant}
thresholds = true
[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "hidden"
neurons = 7
[[network.layer]]
name = "out"
neurons = 2
[[network.projection]]
from = "ports"
to = "hidden"
[[network.projection]]
from = "hidden"
to = "hidden"
connect = {{ fan_in = 3 }}
weights = {{ distribution = "normal", gain = 0.5 }}
[[network.projection]]
from = "hidden"
to = "out"
[learning]
target = {{ values = [0.4, -0.3] }}
{learning}
[stimulus]
constant = {{ layer = "ports", values = [0.1, 0.2, 0.3, -0.1, -0.2, 0.2] }}
step = {{ layer = "hidden", value = 0.2, start = 0.3, stop = 0.7 }}
[particles]
a = {{ stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }}
b = {{ stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.12 }}
[boltzmann]
k0 = [1.0, 2.0]
weights = [0.6, 0.4]
[solver]
engine = "{engine}"
method = "adams"
relative_tolerance = 1e-9
absolute_tolerance = 1e-11
[output]
states = true
weights = "all"
checkpoint = {{ {checkpoint} }}
{more}
"""

BOUNDARIES = {
    "terminal": "",
    "initial-momentum": 'momentum = "initial"',
    "initial-delta": 'delta = "initial"',
    "both-initial": 'delta = "initial"\nmomentum = "initial"',
    "delta-off": 'delta = "off"',
    "decay-riccati": "weight_decay = 0.5",
    "decay-superposition": "weight_decay = 0.5\ninertia = 1.0",
    "decay-initial": 'weight_decay = 0.5\nmomentum = "initial"',
    "memory": "epoch_memory = 0.7",
    "frozen": "enabled = false",
}


class Bench:
    """A directory with one input, in which runs are made."""

    def __init__(self, folder, learning="", checkpoint="every_epochs = 1, keep = 20", more="", epochs=6,
                 engine="waveform"):
        self.path = pathlib.Path(folder)
        self.path.mkdir(parents=True, exist_ok=True)
        time_constant = 1.0 if 'delta = "initial"' in learning else 0.2  # Delta then grows like exp(t/lambda)
        (self.path / "case.toml").write_text(INPUT.format(learning=learning, checkpoint=checkpoint, more=more,
                                                          epochs=epochs, time_constant=time_constant, engine=engine))

    def command(self, ranks, output, *arguments):
        return [MPIEXEC, "-n", str(ranks), HJNET, "run", "case.toml", "--output", output, *arguments]

    def run(self, ranks, output, *arguments, status=0):
        """A run from start to end; asserts its exit status and returns what it said."""
        done = subprocess.run(self.command(ranks, output, *arguments), cwd=self.path, capture_output=True, text=True,
                              timeout=600)
        assert done.returncode == status, f"exit status {done.returncode} instead of {status}:\n{done.stderr}"
        return done.stderr + done.stdout

    def start(self, ranks, output, *arguments):
        """A run in a session of its own."""
        return subprocess.Popen(self.command(ranks, output, *arguments), cwd=self.path, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)

    def checkpoints(self, output="run.h5"):
        stem = pathlib.Path(output).stem
        return sorted((self.path / "checkpoints").glob(f"{stem}*-[0-9]*.h5"))

    def differences(self, first, second, tolerance=0.0, skip=()):
        return compare_runs.differences(self.path / first, self.path / second, tolerance, skip)

    def copy(self, folder):
        """A copy of all that is there, for one more way to go on."""
        other = Bench.__new__(Bench)
        other.path = pathlib.Path(folder)
        shutil.copytree(self.path, other.path)
        return other


class Case(unittest.TestCase):
    """A test with a directory of its own, for benches."""

    ENGINE = "waveform"

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

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
