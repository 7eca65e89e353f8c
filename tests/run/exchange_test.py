#!/usr/bin/python3
"""What ranks send each other, counted, against what the layers say: exchange_test.py RANKS..."""

import pathlib
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import WholeRun  # noqa: E402

RANKS = []
LAYERS = (192, 256, 128)
CASE = {
    "run": {"epochs": 3, "samples_per_epoch": 4, "seed": 5},
    "network": {"time_constant": 0.1,
                "layer": [{"name": name, "neurons": neurons} for name, neurons in zip(("in", "mid", "out"), LAYERS)]},
    "learning": {"inertia": -200.0, "target": {"distribution": "uniform", "low": -0.5, "high": 0.5}},
    "stimulus": {"constant": {"layer": "in", "distribution": "normal"}},
    "solver": {"engine": "waveform", "relative_tolerance": 1e-6},
    "output": {"weights": "none", "states": True, "checkpoint": {"final": False}},
}


def predicted_bytes(ranks, node_products):
    """An epoch gathers y of the two lower layers on all ranks for the products forwards, adds up what the products backwards
    give to them, and gathers the outputs twice, for the error and for the record. A rank has its own already. `node_products`
    counts nodes at which a layer was multiplied, forwards and backwards: four an epoch's node."""
    layers = 2 * (LAYERS[0] + LAYERS[1]) + 2 * LAYERS[2]
    return 8 * (ranks - 1) * layers * node_products / 4


class Exchange(WholeRun):
    SECONDS = None  # CTest has its own

    def test_traffic_is_what_the_layers_say_and_results_are_those_of_one_rank(self):
        self.write(CASE)
        self.launch("run", "case.toml", "--output", "one.h5")
        with h5py.File(self.path / "one.h5") as file:
            alone = dict(file["timing"].attrs)
        for name in ("messages", "message_bytes", "collectives", "collective_bytes"):
            self.assertEqual(alone[name], 0.0, name)
        collectives = None
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.launch("run", "case.toml", "--output", "many.h5", "--overwrite", ranks=ranks)
                self.assertEqual(self.differences("one.h5", "many.h5", 1e-12, ("/fit*",)), [])
                with h5py.File(self.path / "many.h5") as file:
                    sent = dict(file["timing"].attrs)
                wanted = predicted_bytes(ranks, sent["right_hand_sides"])
                print(f"{ranks} ranks: {sent['message_bytes']:.0f} bytes in {sent['messages']:.0f} messages, predicted "
                      f"{wanted:.0f}; {sent['collectives']:.0f} collectives with {sent['collective_bytes']:.0f} bytes")
                self.assertLess(abs(sent["message_bytes"] / wanted - 1.0), 0.01)
                # One message to each other rank an exchange, of which an epoch has six; a few at the start and the end.
                exchanges = sent["messages"] / (ranks * (ranks - 1))
                self.assertLessEqual(18, exchanges)
                self.assertLess(exchanges, 30)
                # What is summed over the ranks does not depend on how many they are.
                if collectives is not None:
                    self.assertLess(abs(sent["collectives"] / collectives - 1.0), 0.05)
                collectives = sent["collectives"]


if __name__ == "__main__":
    RANKS = [int(word) for word in sys.argv[1:]]
    unittest.main(argv=sys.argv[:1])
