#!/usr/bin/python3
"""What `hjnet check` says of the engine and of the delayed weights, for people and as JSON."""

import json
import os
import pathlib
import resource
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case  # noqa: E402
from whole_run import WholeRun  # noqa: E402

SANITIZED = "HJNET_SANITIZE" in os.environ  # whose shadow is all of the address space


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


class Check(WholeRun):
    def check(self, *arguments, a=500, b=400, settings=(), **connect):
        projections = [{"from": "a", "to": "b", **connect}, {"from": "b", "to": "c"}]
        self.write(case({"a": a, "b": b, "c": 3}, run={"epochs": 4}, network={"projection": projections}))
        return self.launch("check", "case.toml", *arguments, ranks=None, settings=settings).stdout

    def weights(self, *arguments, **case):
        """Engine and, by projection, what JSON says of the delayed weights."""
        said = json.loads(self.check("--json", *arguments, **case))
        return said["engine"], {one["projection"]: one for one in said["delayed_weights"]}

    def test_wide_layers_are_kept_as_factors(self):
        engine, weights = self.weights()
        self.assertEqual(engine, "waveform")
        self.assertEqual(list(weights), ["a-b", "b-c"])
        self.assertGreater(weights["a-b"]["rank"], 0)
        self.assertLess(weights["a-b"]["rank"], 400)
        self.assertEqual(weights["b-c"]["rank"], 3)  # no more directions than neurons
        for one in weights.values():
            self.assertEqual(one["rank"] > 0, one["factored_operations"] < one["synapse_operations"])
        text = self.check()
        self.assertIn("# engine waveform (chosen); state", text)
        self.assertIn(f"# delayed weights of a-b: factors, up to {weights['a-b']['rank']} directions", text)
        self.assertIn('engine = "auto"', text)

    def test_single_neurons_and_sparse_ones_are_not(self):
        for case in ({"a": 1, "b": 1}, {"connect": {"fan_in": 450}}):
            with self.subTest(**case):
                engine, weights = self.weights(**case)
                self.assertEqual((engine, weights["a-b"]["rank"]), ("waveform", 0))
                self.assertIn("# delayed weights of a-b: synapse by synapse (", self.check(**case))

    def test_an_engine_asked_for(self):
        self.assertIn("# engine waveform; state", self.check(settings=["solver.engine=waveform"]))
        self.assertIn("# engine coupled; state", self.check(settings=["solver.engine=coupled"]))
        self.assertEqual(self.weights(settings=["solver.engine=coupled"])[0], "coupled")

    def test_frozen_weights_have_no_history(self):
        frozen = {"settings": ["learning.enabled=false"]}
        self.assertNotIn("# delayed weights", self.check(**frozen))
        self.assertTrue(all(one["rank"] == 0 for one in self.weights(**frozen)[1].values()))

    def test_extremes_are_counted_without_being_held(self):
        """Layers of 2^31 neurons, millions of slots, classes for many outputs: found by tests/fuzz/random_settings.py."""
        files = {
            "band": """layer = [{ name = "a", neurons = 2147483647 }]
                       projection = [{ from = "a", to = "a", connect = { band = 3 } }]""",
            "classes": """layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 65535 }]
                          [evaluate]
                          layer = "a"
                          set = [{ name = "test", file = "data.h5", inputs = "/x", targets = "/class" }]""",
            "slots": """layer = [{ name = "a", neurons = 4 }]
                        [stimulus]
                        patterns = { layer = "a", file = "data.h5", inputs = "/x", per_epoch = 16777215 }""",
        }
        said = {}
        with h5py.File(self.path / "data.h5", "w") as data:
            data["x"], data["class"] = [[0.5] * 4] * 7, [0, 1, 2, 65534, 4, 5, 6]
        for name, text in files.items():
            self.write("[network]\n" + text)
            said[name] = json.loads(self.launch("check", "case.toml", "--json", ranks=None,
                                                preexec_fn=None if SANITIZED else limit_memory).stdout)
        self.assertEqual(said["band"]["synapses"], 7 * 2147483647 - 12)
        self.assertEqual(said["slots"]["mesh_elements"], 16777215)
        self.assertGreater(said["classes"]["peak_bytes"], 8 * 65535**2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
