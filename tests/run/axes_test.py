#!/usr/bin/python3
"""Named axes: every dataset of every kind of file says what its dimensions are, by scales in its own group."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import shipped  # noqa: E402
from input_text import PARTICLES, case  # noqa: E402
from whole_run import SOURCE, WholeRun, unsanitized  # noqa: E402

# Shipped inputs which between them have every kind of dataset, cut short.
RUNS = {"entangle-ensemble": ("particles.closure=branches",), "entangle-feedback": (), "gridworld": (), "path-kernel": (),
        "gauge-orbits": (), "digits": (), "learning": (), "network-wavefunction": ()}
TORI = ("torus-network", "torus-wavefunction-rotors")


def is_scale(dataset):
    return dataset.attrs.get("CLASS", b"") == b"DIMENSION_SCALE"


class Axes(WholeRun):
    def inputs(self, names):
        """Shipped inputs, by name."""
        shipped.copy(self.path / "input")
        return {name: self.path / f"input/{name}.toml" for name in names}

    def expect_axes(self, file):
        """Names of a dataset's axes, by its path."""
        found = {}

        def look(path, item):
            if not isinstance(item, h5py.Dataset) or item.ndim == 0:
                return
            if is_scale(item):
                self.assertEqual((path.split("/")[-1], item.ndim), (item.attrs["NAME"].decode(), 1))
                return
            found[path] = []
            for dimension, size in zip(item.dims, item.shape):
                self.assertEqual(len(dimension), 1, f"{path}: {len(dimension)} scales of an axis")
                name = dimension[0].name.split("/")[-1]
                known = item.parent if name in item.parent else item.file  # where those of weights are
                self.assertEqual(known[name], dimension[0], f"{path}: another {name} in its group")
                self.assertEqual(dimension[0].shape, (size,), path)
                found[path].append(name)
            self.assertEqual(len(set(found[path])), item.ndim, f"{path}: {found[path]}")

        with h5py.File(self.path / file) as opened:
            opened.visititems(look)
        return found

    @unsanitized
    def test_of_shipped_inputs(self):
        for name, path in self.inputs(RUNS).items():
            with self.subTest(name):
                settings = ["run.epochs=2", *RUNS[name]]
                if "\n[particles]" in path.read_text():
                    settings += ["particles.a.epochs=[0, 1]", "particles.b.epochs=[0, 1]"]
                if "\nmembers = " in path.read_text():
                    settings += ["ensemble.members=3", "ensemble.first=7"]
                if name == "entangle-ensemble":
                    settings += ["output.states=true", "output.weights=all"]
                self.launch("run", path, "--output", f"{name}.h5", settings=settings, ranks=2)
                self.assertGreater(len(self.expect_axes(f"{name}.h5")), 10)

    def test_of_torus_files(self):
        for name, path in self.inputs(TORI).items():
            with self.subTest(name):
                self.launch("torus", path, "--output", f"{name}.h5", ranks=2)
                self.assertGreater(len(self.expect_axes(f"{name}.h5")), 10)

    def test_names_and_values(self):
        self.write(case(run={"epochs": 2, "samples_per_epoch": 4}, particles=PARTICLES, boltzmann={"k0": [1.0, 2.0], "weights": [0.5, 0.5]},
                        ensemble={"members": 3, "first": 5, "vary": ["weights"]}, output={"states": True, "weights": "all"}))
        self.launch("run", "case.toml", ranks=2)
        axes = self.expect_axes("case.h5")
        self.assertEqual(axes["density/rho"], ["time", "mode", "row", "column"])
        self.assertEqual(axes["series/pauli"], ["time", "alpha"])
        self.assertEqual(axes["states/y"], ["time", "neuron"])
        self.assertEqual(axes["ensemble/member/density"], ["member", "time", "row", "column"])
        self.assertEqual(axes["operator/coefficients"], ["member", "epoch", "node", "alpha"])
        self.assertEqual(axes["weights/epoch_00001/ports-hidden"], ["post_hidden", "pre_ports"])
        self.assertEqual(axes["witness"], ["row", "column"])
        with h5py.File(self.path / "case.h5") as run:
            self.assertEqual(list(run["ensemble/member/member"]), [5, 6, 7])
            self.assertEqual(list(run["density/mode"]), [0, 1])
            self.assertEqual(list(run["states/neuron"]), list(range(13)))
            self.assertEqual(run["entanglement/time"], run["series/time"])
            self.assertEqual(run["states/neuron"].attrs["description"], "neuron number")

    def test_sparse_matrices_and_other_lengths(self):
        """Each synapse goes by its pre-synaptic neuron. What a longer run takes over has the longer run's axes."""
        self.write(case(run={"epochs": 2, "samples_per_epoch": 4}, output={"weights": "all", "checkpoint": {"every_epochs": 2}},
                        network={"projection": [{"from": "ports", "to": "hidden", "connect": {"fan_in": 3}}, {"from": "hidden", "to": "out"}]}))
        self.launch("run", "case.toml")
        self.assertEqual(self.expect_axes("case.h5")["weights/final/ports-hidden/data"], ["indices"])
        self.launch("run", "case.toml", "--restart", "auto", settings=["run.epochs=4"], ranks=2)
        self.assertIn("weights/epoch_00004/ports-hidden/data", self.expect_axes("case.h5"))
        with h5py.File(self.path / "case.h5") as run:
            self.assertEqual(run["series/action"].dims[0][0].shape, (20,))
            self.assertTrue(np.all(np.isfinite(run["series/time"])))


if __name__ == "__main__":
    unittest.main(verbosity=2)
