#!/usr/bin/python3
"""What compare_runs.py takes for a difference: other tests of restarts rest on it."""

import pathlib
import sys
import tempfile
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from compare_runs import differences  # noqa: E402  (the path comes first)

INPUT = '[run]\nseed = 1\n[output]\nfile = "a.h5"\n'


class CompareRuns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.first, self.second = (pathlib.Path(folder.name) / name for name in ("a.h5", "b.h5"))
        for name in (self.first, self.second):
            with h5py.File(name, "w") as run:
                run.attrs.update({"created": str(name), "run_id": str(name), "ranks": 2, "input": INPUT})
                run["series/action"] = np.array([0.0, 1.0, np.nan])
                run["series/action"].attrs["units"] = "1"
                run["series/epoch"] = np.arange(3, dtype=np.int32)
                run["density/rho"] = np.array([1.0 + 1.0j, 0.5])
                run.create_group("timing").attrs["total"] = float(len(str(name)))
                run.create_group("fit").attrs["lj_depth"] = np.nan

    def changed(self, change, tolerance=0.0, skip=()):
        """The paths that differ once the second file is changed."""
        with h5py.File(self.second, "r+") as run:
            change(run)
        return [line.split(":")[0] for line in differences(self.first, self.second, tolerance, skip)]

    def test_what_may_differ(self):
        def change(run):
            run.attrs["created"] = "later"
            run.attrs["restarts"] = "one"
            run.attrs["input"] = INPUT.replace("a.h5", "b.h5")
            run["timing"].attrs["total"] = 7.0
            run["timing/extra"] = 1
        self.assertEqual(self.changed(change), [])

    def test_one_bit_of_a_number(self):
        def change(run):
            run["series/action"][1] = np.nextafter(1.0, 2.0)
        self.assertEqual(self.changed(change), ["/series/action"])
        self.assertEqual(self.changed(lambda run: None, tolerance=1e-15), [])

    def test_sign_of_zero(self):
        def change(run):
            run["series/action"][0] = -0.0
        self.assertEqual(self.changed(change), ["/series/action"])

    def test_beyond_the_tolerance(self):
        def change(run):
            run["density/rho"][1] = 0.5 + 2e-7j
        self.assertEqual(self.changed(change, tolerance=1e-7), ["/density/rho"])
        self.assertEqual(self.changed(change, tolerance=1e-6), [])

    def test_nan_elsewhere(self):
        def change(run):
            run["series/action"][:] = [0.0, np.nan, 1.0]
        self.assertEqual(self.changed(change, tolerance=0.5), ["/series/action"])

    def test_infinity(self):
        def change(run):
            run["series/action"][1] = np.inf
        self.assertEqual(self.changed(change, tolerance=0.5), ["/series/action"])

    def test_whole_numbers_have_no_tolerance(self):
        def change(run):
            run["series/epoch"][2] = 3
        self.assertEqual(self.changed(change, tolerance=10.0), ["/series/epoch"])

    def test_ranks_count_unless_there_is_a_tolerance(self):
        def change(run):
            run.attrs["ranks"] = 3
        self.assertEqual(self.changed(change), ["/@ranks"])
        self.assertEqual(self.changed(change, tolerance=1e-7), [])

    def test_input(self):
        def change(run):
            run.attrs["input"] = INPUT.replace("seed = 1", "seed = 2")
        self.assertEqual(self.changed(change), ["/@input"])

    def test_shape_and_type(self):
        def change(run):
            del run["series/action"], run["series/epoch"]
            run["series/action"] = np.zeros(4)
            run["series/epoch"] = np.arange(3, dtype=np.int64)
        self.assertEqual(self.changed(change, tolerance=1.0, skip=["*@*"]), ["/series/action", "/series/epoch"])

    def test_missing_extra_and_attributes(self):
        def change(run):
            del run["density/rho"]
            run["density/other"] = 1.0
            run["series/action"].attrs["units"] = "s"
            run["fit"].attrs["lj_depth"] = 1.0
        expected = ["/density/other", "/density/rho", "/fit@lj_depth", "/series/action@units"]
        self.assertEqual(self.changed(change), expected)
        self.assertEqual(self.changed(lambda run: None, skip=["/density*", "/fit@*"]), expected[3:])


if __name__ == "__main__":
    unittest.main(verbosity=2)
