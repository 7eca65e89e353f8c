#!/usr/bin/python3
"""Memory beyond start-up against what `hjnet check --json` predicts, for runs of more than a gigabyte."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import h5py

HJNET = os.environ["HJNET_BINARY"]
INPUT = """
[run]
epochs = {epochs}
samples_per_epoch = 8
[network]
time_constant = 0.2
[[network.layer]]
name = "a"
neurons = {n}
[[network.layer]]
name = "b"
neurons = {n}
[learning]
enabled = {learning}
inertia = -1000.0
{more}
[stimulus]
constant = {{ layer = "a", distribution = "normal" }}
[solver]
engine = "{engine}"
relative_tolerance = 1e-5
absolute_tolerance = 1e-7
"""

DEFAULTS = """
[run]
epochs = {epochs}
[[network.layer]]
name = "a"
neurons = {n}
[[network.layer]]
name = "b"
neurons = {n}
[[network.layer]]
name = "c"
neurons = {n}
[learning]
target = {{ distribution = "uniform", low = -0.8, high = 0.8 }}
[stimulus]
constant = {{ layer = "a", distribution = "normal" }}
"""


def high_water(*command):
    """Peak resident bytes of a process, by the kernel's own count; it must succeed."""
    child = subprocess.Popen([HJNET, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode != 0:
        raise AssertionError(f"hjnet {' '.join(command)} ended with {child.returncode}: {message}")
    return usage.ru_maxrss * 1024


class Memory(unittest.TestCase):
    def check(self, name, **case):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "case.toml"
            path.write_text(INPUT.format(**{"more": "", "epochs": 2, "learning": "true", "engine": "coupled", **case}))
            said = json.loads(subprocess.run([HJNET, "check", str(path), "--json"], check=True, capture_output=True).stdout)
            start = high_water("--version")
            used = high_water("run", str(path), "--output", str(pathlib.Path(folder) / "run.h5")) - start
        ratio = used / said["peak_bytes"]
        print(f"{name}: {used / 1e9:.3f} GB beyond start-up, predicted {said['peak_bytes'] / 1e9:.3f} GB, ratio {ratio:.3f}")
        self.assertGreater(used, 1e9)
        self.assertGreater(ratio, 0.8)
        self.assertLess(ratio, 1.2)

    def test_default_settings(self):
        """Wide layers as factors, on two ranks, whose largest the run file names; then learning that diverges."""
        for n, epochs, most in ((3000, 1, "peak_bytes"), (3000, 6, "most_bytes")):
            with tempfile.TemporaryDirectory() as folder:
                path, output = pathlib.Path(folder) / "case.toml", pathlib.Path(folder) / "run.h5"
                path.write_text(DEFAULTS.format(n=n, epochs=epochs))
                two = [os.environ["MPIEXEC"], "-n", "2", HJNET]
                said = json.loads(subprocess.run([*two, "check", str(path), "--json"], check=True, capture_output=True).stdout)
                start = high_water("--version")
                subprocess.run([*two, "run", str(path), "--output", str(output)], check=True, capture_output=True)
                with h5py.File(output) as run:
                    used = run["timing"].attrs["peak_memory"] - start
            ratio = used / said["peak_bytes"]
            print(f"defaults, {epochs} epochs: {used / 1e6:.0f} MB beyond start-up, predicted {said['peak_bytes'] / 1e6:.0f} MB, "
                  f"ratio {ratio:.3f}")
            self.assertGreater(ratio, 0.8)
            self.assertLess(used, 1.2 * said[most])

    def test_learning(self):
        self.check("learning", n=1000)

    def test_weight_decay(self):
        self.check("weight decay, two-point problem", n=1000, more="weight_decay = 0.1")

    def test_frozen_weights(self):
        self.check("frozen", n=6800, learning="false", epochs=1)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(verbosity=2)
