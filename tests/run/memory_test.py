#!/usr/bin/python3
"""Memory beyond start-up against what `hjnet check --json` predicts, for runs of more than a gigabyte."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case  # noqa: E402
from whole_run import HJNET, WholeRun  # noqa: E402

STIMULUS = {"constant": {"layer": "a", "distribution": "normal"}}


def high_water(*command, **how):
    """Peak resident bytes of a process, by the kernel's own count; it must succeed."""
    child = subprocess.Popen([HJNET, *command], **how, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode != 0:
        raise AssertionError(f"hjnet {' '.join(command)} ended with {child.returncode}: {message}")
    return usage.ru_maxrss * 1024


class Memory(WholeRun):
    SECONDS = None  # CTest has its own

    def judge(self, name, used, predicted):
        ratio = used / predicted
        print(f"{name}: {used / 1e9:.3f} GB beyond start-up, predicted {predicted / 1e9:.3f} GB, ratio {ratio:.3f}")
        self.assertGreater(ratio, 0.8)

    def check(self, name, n, epochs=2, **learning):
        self.write(case({"a": n, "b": n}, run={"epochs": epochs, "samples_per_epoch": 8}, network={"time_constant": 0.2},
                        learning={"inertia": -1000.0, **learning}, stimulus=STIMULUS,
                        solver={"engine": "coupled", "relative_tolerance": 1e-5, "absolute_tolerance": 1e-7}))
        predicted = json.loads(self.launch("check", "case.toml", "--json", ranks=None).stdout)["peak_bytes"]
        used = high_water("run", "case.toml", "--output", "run.h5", cwd=self.path) - high_water("--version")
        self.judge(name, used, predicted)
        self.assertGreater(used, 1e9)
        self.assertLess(used / predicted, 1.2)

    def test_default_settings(self):
        """Wide layers as factors, on two ranks, whose largest the run file names; then learning that diverges."""
        for n, epochs, most in ((3000, 1, "peak_bytes"), (3000, 6, "most_bytes")):
            self.write(case({"a": n, "b": n, "c": n}, run={"epochs": epochs}, stimulus=STIMULUS,
                            learning={"target": {"distribution": "uniform", "low": -0.8, "high": 0.8}}))
            said = json.loads(self.launch("check", "case.toml", "--json", ranks=2).stdout)
            start = high_water("--version")
            self.launch("run", "case.toml", "--output", "run.h5", "--overwrite", ranks=2)
            with h5py.File(self.path / "run.h5") as run:
                used = run["timing"].attrs["peak_memory"] - start
            self.judge(f"defaults, {epochs} epochs", used, said["peak_bytes"])
            self.assertLess(used, 1.2 * said[most])

    def test_learning(self):
        self.check("learning", n=1000)

    def test_weight_decay(self):
        self.check("weight decay, two-point problem", n=1000, weight_decay=0.1)

    def test_frozen_weights(self):
        self.check("frozen", n=7200, enabled=False, epochs=1)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(verbosity=2)
