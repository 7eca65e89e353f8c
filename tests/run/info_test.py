#!/usr/bin/python3
"""What run files say of themselves, to people and to programs, and how two of them differ."""

import json
import pathlib
import platform
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, case  # noqa: E402
from whole_run import WholeRun  # noqa: E402

SMALL = case(run={"epochs": 2, "samples_per_epoch": 8, "seed": 5}, particles=PARTICLES)


class Info(WholeRun):
    def run_case(self, output, *settings, ranks=1):
        self.write(SMALL)
        self.launch("run", "case.toml", "--output", output, settings=settings, ranks=ranks)

    def json(self, file):
        return json.loads(self.launch("info", file, "--json").stdout)

    def diff(self, first, second, status):
        return self.launch("diff", first, second, status=status).stdout

    def test_json_says_what_the_file_holds(self):
        self.run_case("run.h5")
        said = self.json("run.h5")
        with h5py.File(self.path / "run.h5") as run:
            self.assertEqual(said["attributes"]["run_id"], run.attrs["run_id"])
            self.assertEqual(said["attributes"]["epochs"], 2)
            self.assertEqual(said["timing"]["steps"], run["timing"].attrs["steps"])
            sets = {found["path"]: found for found in said["datasets"]}
            self.assertEqual(sets.keys(), {f"/{name}" for name in self.datasets("run.h5")})
            for name, values in self.datasets("run.h5").items():
                self.assertEqual(sets[f"/{name}"]["shape"], list(np.shape(values)), name)
            self.assertEqual(sets["/density/rho"]["type"], "complex128")
        self.assertEqual(said["summary"]["progress"], "2 of 2 epochs, finished")
        for label, content in said["summary"].items():  # the same lines as people see
            self.assertIn(f"  {label:<14}{content}\n", self.launch("info", "run.h5").stdout)

    def test_numbers_that_are_not_known_are_null(self):
        self.run_case("run.h5", "run.epochs=1")
        with h5py.File(self.path / "run.h5", "a") as run:
            run["fit"].attrs["lj_r2"] = np.nan
        self.assertIsNone(self.json("run.h5")["fit"]["lj_r2"])

    def test_hosts_and_launch(self):
        self.run_case("run.h5", "run.name=a name", ranks=2)
        attributes = self.json("run.h5")["attributes"]
        self.assertEqual(attributes["hosts"], platform.node())
        self.assertRegex(attributes["launch"], r"(mpi|prte)\S+ -n 2 \S*hjnet run case.toml --output run.h5 --set 'run.name=a name'$")
        self.launch("run", "case.toml", "--output", "alone.h5", ranks=None)
        self.assertRegex(self.json("alone.h5")["attributes"]["launch"], r"^\S*hjnet run case.toml --output alone.h5$")

    def test_of_the_same_run_nothing_differs(self):
        self.run_case("a.h5")
        self.run_case("b.h5")
        self.assertEqual(self.diff("a.h5", "b.h5", 0), "a.h5 and b.h5 hold the same\n")

    def test_what_differs_and_by_how_much(self):
        self.run_case("a.h5")
        self.run_case("b.h5", "learning.inertia=-2.0", "output.weights=none")
        with h5py.File(self.path / "b.h5", "a") as run:
            run.attrs["petsc_version"] = "3.99"
            run["entanglement/mean/physical"][:2] = 0
        lines = self.diff("a.h5", "b.h5", 1).splitlines()
        self.assertEqual([line for line in lines if not line.startswith(" ")], ["Input", "Code", "Results"])
        self.assertIn("  learning.inertia: -1.0 -> -2.0", lines)
        self.assertIn('  output.weights: "last" -> "none"', lines)
        self.assertTrue(any(line.startswith("  petsc_version: ") and line.endswith(" -> 3.99") for line in lines), lines)
        self.assertIn("  /weights/final/hidden-out: only in the first", lines)
        self.assertIn("  /entanglement/mean/physical: 2 entries differ", lines)
        a, b = (self.datasets(file)["series/interaction"] for file in ("a.h5", "b.h5"))
        apart = abs(a - b)
        self.assertIn(f"  /series/interaction: by up to {apart.max():.2g}, {apart.max() / abs(a).max():.2g} of its largest number "
                      f"({np.count_nonzero(apart)} entries)", lines)
        self.assertFalse(any("/series/time" in line for line in lines))

    def test_without_the_data_that_was_learned(self):
        with h5py.File(self.path / "data.h5", "w") as data:
            data["target"] = [0.25, -0.5]
        self.write(SMALL, learning={"target": {"file": "data.h5", "dataset": "/target"}})
        self.launch("run", "case.toml", "--output", "a.h5")
        self.launch("run", "case.toml", "--output", "b.h5", settings=["learning.inertia=-2.0"])
        (self.path / "data.h5").unlink()
        self.assertIn("  learning.inertia: -1.0 -> -2.0\n", self.diff("a.h5", "b.h5", 1))

    def test_other_shapes(self):
        self.run_case("a.h5")
        self.run_case("b.h5", "run.epochs=3")
        self.assertIn("  /series/time: float64 [18] against float64 [27]", self.diff("a.h5", "b.h5", 1))

    def test_what_is_no_run_file(self):
        self.run_case("a.h5")
        with h5py.File(self.path / "b.h5", "w") as other:
            other["numbers"] = [1.0]
        self.assertIn("'b.h5' is no run file", self.launch("diff", "a.h5", "b.h5", status=1).stderr)
        self.assertIn("absent.h5", self.launch("diff", "a.h5", "absent.h5", status=1).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
