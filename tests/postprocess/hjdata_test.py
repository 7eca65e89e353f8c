"""hjdata: what it writes, that a seed fixes it, that only the training part scales it, and what it refuses."""
import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

HJDATA = Path(__file__).resolve().parents[2] / "postprocess" / "hjdata"
sys.path.insert(0, str(HJDATA.parent))

from hjdata_lib.cli import main  # noqa: E402
from hjdata_lib.dataset import Dataset  # noqa: E402
from hjdata_lib.split import parts, scaling  # noqa: E402

BUNDLED = importlib.util.find_spec("sklearn") is not None


class HjdataCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.h5"

    def hjdata(self, *arguments):
        """In this process, in the test's folder: many small calls cost nothing then."""
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def written(self, *arguments):
        done = self.hjdata(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with h5py.File(self.out) as file:
            return {name: value[:] for part in file.values() for name, value in
                    ((f"{part.name}/{key}", dataset) for key, dataset in part.items())}, dict(file.attrs)

    def expect_error(self, message, *arguments):
        done = self.hjdata(*arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"hjdata: {message}\n"))
        self.assertEqual(list(self.folder.glob("*.h5")), [])

    def csv(self, text):
        (self.folder / "a.csv").write_text(text)
        return "csv", "a.csv", "out.h5", "--target", "kind"


class Split(unittest.TestCase):
    def test_every_class_has_its_share_in_every_part(self):
        labels = np.repeat([0, 1, 2], [100, 37, 11])
        found = parts(Dataset(np.zeros((148, 1)), labels, ["a", "b", "c"]), [0.5, 0.3, 0.2], seed=4)
        self.assertEqual([len(rows) for rows in found.values()], [74, 44, 30])
        self.assertEqual(sorted(np.concatenate(list(found.values()))), list(range(148)))
        for share, rows in zip((0.5, 0.3, 0.2), found.values()):
            np.testing.assert_array_less(abs(np.bincount(labels[rows]) - share * np.array([100, 37, 11])), 1.5)

    def test_a_seed_means_the_same_split_for_ever(self):
        data = Dataset(np.zeros((10, 1)), np.arange(10) % 2, ["a", "b"])
        self.assertEqual({name: rows.tolist() for name, rows in parts(data, [0.6, 0.2, 0.2], seed=0).items()},
                         {"train": [1, 7, 9, 8, 4, 2], "validation": [6, 3], "test": [0, 5]})

    def test_scales_take_the_training_part_to_its_range(self):
        values = np.array([[1.0, 7.0, 0.1], [3.0, 7.0, 0.5], [2.0, 7.0, 0.2]])
        for kind, check in (("standard", lambda x: (x[:, 0].mean(), x[:, 0].std())),
                            ("unit", lambda x: (x[:, 0].min(), x[:, 0].max())),
                            ("common", lambda x: (x.mean(), x.std()))):
            offset, divisor = scaling(values, kind)
            np.testing.assert_allclose(check((values - offset) / divisor), (0.0, 1.0), atol=1e-15)
        np.testing.assert_array_equal(scaling(values, "none"), [[0, 0, 0], [1, 1, 1]])
        np.testing.assert_array_equal(np.array(scaling(values, "standard"))[:, 1], [7.0, 1.0])  # a column that is flat


class Files(HjdataCase):
    def test_synthetic_sets_hold_the_layout_and_are_the_same_again(self):
        arrays, attributes = self.written("synthetic", "out.h5", "--seed", 3, "--scale", "standard")
        self.assertEqual({name: (a.shape, a.dtype.name) for name, a in arrays.items() if "test" in name},
                         {"/test/inputs": ((12, 4), "float64"), "/test/targets": ((12,), "int64"),
                          "/test/rows": ((12,), "int64")})
        self.assertEqual(attributes["command"], "hjdata synthetic out.h5 --seed 3 --scale standard")
        np.testing.assert_allclose(arrays["/train/inputs"].std(axis=0), 1.0)
        self.assertGreater(abs(arrays["/test/inputs"].std(axis=0) - 1.0).max(), 1e-3)  # scaled by the training part
        first = self.out.read_bytes()
        self.out.unlink()
        self.written("synthetic", "out.h5", "--seed", 3, "--scale", "standard")
        self.assertEqual(self.out.read_bytes(), first)
        done = self.hjdata("synthetic", "out.h5")
        self.assertEqual((done.returncode, done.stderr), (2, "hjdata: out.h5: exists; --overwrite replaces it\n"))

    def test_csv_with_classes_by_name(self):
        text = "a,kind,b\n" + "".join(f"{i},{'yes' if i % 3 else 'no'},{i / 8}\n" for i in range(20))
        arrays, attributes = self.written(*self.csv(text))
        self.assertEqual((list(attributes["classes"]), list(attributes["columns"])), (["no", "yes"], ["a", "b"]))
        rows = arrays["/train/rows"]
        np.testing.assert_array_equal(arrays["/train/inputs"], np.stack([rows, rows / 8], axis=1))
        np.testing.assert_array_equal(arrays["/train/targets"], (rows % 3 > 0).astype(int))

    def test_csv_with_whole_numbers_as_classes_or_as_numbers(self):
        text = "a;kind\n" + "".join(f"{i}; {10 * (i % 2)}\n" for i in range(10))
        arrays, _ = self.written(*self.csv(text), "--separator", ";")
        self.assertEqual(set(arrays["/train/targets"]), {0, 1})
        arrays, attributes = self.written(*self.csv(text), "--separator", ";", "--numbers", "--overwrite",
                                          "--scale-targets", "unit", "--split", "0.5", "0", "0.5")
        self.assertEqual((arrays["/train/targets"].shape, attributes["target_divisor"].tolist()), ((5, 1), [10.0]))
        self.assertNotIn("/validation/inputs", arrays)

    def test_csv_with_whole_numbers_beyond_64_bits_and_superscripts(self):
        rows = "".join(f"{i},{10**19 + i % 2}\n" for i in range(10))
        arrays, _ = self.written(*self.csv("a,kind\n" + rows))
        self.assertEqual(arrays["/train/targets"].shape, (6, 1))  # numbers
        rows = "".join(f"{i},{'²³'[i % 2]}\n" for i in range(10))
        _, attributes = self.written(*self.csv("a,kind\n" + rows), "--overwrite")
        self.assertEqual(list(attributes["classes"]), ["²", "³"])  # text

    def test_numpy_files(self):
        np.save(self.folder / "x.npy", np.arange(12.0).reshape(6, 2))
        np.save(self.folder / "d.npy", np.arange(12.0).reshape(6, 2) / 12)
        arrays, _ = self.written("numpy", "x.npy", "d.npy", "out.h5", "--split", 1, 0, 0)
        np.testing.assert_array_equal(arrays["/train/inputs"] / 12, arrays["/train/targets"])

    @unittest.skipUnless(BUNDLED, "needs python3-sklearn")
    def test_digits(self):
        arrays, attributes = self.written("digits", "out.h5")
        rows = [arrays[f"/{part}/rows"] for part in ("train", "validation", "test")]
        self.assertEqual([len(part) for part in rows], [1078, 360, 359])
        self.assertEqual((arrays["/train/inputs"].shape, arrays["/train/inputs"].max()), ((1078, 64), 16.0))
        self.assertEqual(len(set(np.concatenate(rows))), 1797)
        self.assertIn("Alpaydin", attributes["source"])


class Refused(HjdataCase):
    def test_bad_tables(self):
        good = "a,kind\n1,x\n2,y\n3,x\n4,y\n5,x\n"
        self.expect_error("a.csv: no column 'size'; the columns are: a, kind", *self.csv(good)[:3], "--target", "size")
        self.expect_error("a.csv:3: column 'a' holds 'two', which is no number", *self.csv(good.replace("2", "two")))
        self.expect_error("a.csv: the inputs hold nan at pattern 1, column 0 (from 0)",
                          *self.csv(good.replace("2", "nan")))
        self.expect_error("a.csv:3: 1 cells, but the heading has 2", *self.csv(good.replace("2,y", "2")))
        self.expect_error("a.csv:3: column 'kind' is empty", *self.csv(good.replace("2,y", "2,")))
        self.expect_error("a.csv: expected a heading and at least one line of data", *self.csv("a,kind\n"))
        for cell in ("--5", "+-3", "1_000"):  # not whole numbers, beside others that are
            self.expect_error(f"a.csv:3: column 'kind' holds '{cell}', which is no number",
                              *self.csv(f"a,kind\n1,1\n2,{cell}\n3,1\n"))
        self.expect_error("a.csv:3: column 'a' holds '1_000', which is no number", *self.csv(good.replace("2", "1_000")))
        self.expect_error("a.csv:3: cannot be read: field larger than field limit (131072)",
                          *self.csv(good.replace("2", "x" * 131073)))
        self.expect_error("b.csv: cannot be read: No such file or directory", "csv", "b.csv", "out.h5", "--target", "a")
        self.expect_error("a.csv: the inputs have the shape (2, 0); expected patterns x inputs, none of them 0",
                          *self.csv("kind\nx\ny\n"))

    def test_bad_arrays(self):
        np.save(self.folder / "x.npy", np.ones((6, 2)))
        np.save(self.folder / "d.npy", np.arange(5))
        self.expect_error("x.npy, d.npy: 6 patterns of inputs but 5 of targets", "numpy", "x.npy", "d.npy", "out.h5")
        np.save(self.folder / "x.npy", np.array([[1.0, np.inf], [np.nan, 2.0]]))
        self.expect_error("x.npy, x.npy: the inputs hold inf at pattern 0, column 1 (from 0), and 1 more that are no "
                          "finite numbers", "numpy", "x.npy", "x.npy", "out.h5")
        np.save(self.folder / "x.npy", np.array(["a", "b"]).reshape(2, 1))
        self.expect_error("x.npy, d.npy: the inputs are not real numbers", "numpy", "x.npy", "d.npy", "out.h5")
        (self.folder / "x.npy").write_text("no array")
        done = self.hjdata("numpy", "x.npy", "d.npy", "out.h5")
        self.assertEqual(done.returncode, 2)
        self.assertIn("hjdata: x.npy: cannot be read as a NumPy file", done.stderr)

    def test_bad_options(self):
        self.expect_error("--split: 0.6 0.3 0.2: expected three shares (training, validation, test), none below 0, the "
                          "first above, that sum to 1", "synthetic", "out.h5", "--split", 0.6, 0.3, 0.2)
        self.expect_error("--split: the share 0.005 of 60 patterns leaves none for /test", "synthetic", "out.h5",
                          "--split", 0.6, 0.395, 0.005)
        self.expect_error("--scale-targets: the targets are classes, which have no scale", "synthetic", "out.h5",
                          "--scale-targets", "unit")
        self.expect_error("--patterns: 2; expected at least 3", "synthetic", "out.h5", "--patterns", 2)
        self.expect_error("no/out.h5: there is no folder no", "synthetic", "no/out.h5")

    def test_scikit_learn_missing_names_its_package(self):
        (self.folder / "sklearn.py").write_text("raise ImportError\n")
        done = subprocess.run(["/usr/bin/python3", "-B", str(HJDATA), "iris", str(self.out)], capture_output=True,
                              text=True, env={"PYTHONPATH": str(self.folder)}, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "hjdata: iris: scikit-learn is missing, with which this set comes: install "
                                      "Debian's package python3-sklearn\n")


if __name__ == "__main__":
    unittest.main()
