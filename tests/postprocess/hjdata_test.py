"""hjdata: what it writes, that a seed fixes it, that only the training part scales it, and what it refuses."""
import contextlib
import gzip
import importlib.util
import io
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import h5py
import numpy as np

HJDATA = Path(__file__).resolve().parents[2] / "postprocess" / "hjdata"
sys.path.insert(0, str(HJDATA.parent))

from hjcommon_lib.notes import stored_text  # noqa: E402
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

    def test_functions_that_tell_depths_apart(self):
        arrays, attributes = self.written("sphere", "out.h5", "--dimension", 4, "--frequency", 2.5, "--patterns", 900)
        x, other = np.split(arrays["/train/inputs"], 2, axis=1)
        np.testing.assert_allclose([np.linalg.norm(x, axis=1), np.linalg.norm(other, axis=1)], 1.0, atol=1e-15)
        products = np.sum(x * other, axis=1)
        np.testing.assert_allclose(arrays["/train/targets"][:, 0], np.sin(np.pi * 2.5 * products), atol=1e-15)
        self.assertLess(abs(np.mean(products**2) - 0.25), 0.03)  # 1/d for independent points; 4 standard errors
        self.assertEqual(attributes["columns"][5], "x'_1")
        self.written("ball", "out.h5", "--dimension", 4, "--patterns", 900, "--overwrite")
        with h5py.File(self.out) as file:
            inputs, targets = file["train/inputs"][:], file["train/targets"][:]
            self.assertEqual(list(file.attrs["classes"]), ["outside", "inside"])
        volume = np.linalg.norm(inputs, axis=1)**4
        np.testing.assert_array_equal(targets, volume < 1.0)
        np.testing.assert_allclose([volume[targets == 1].mean(), volume[targets == 0].mean()], [0.5, 1.5], atol=0.07)
        self.assertEqual(self.hjdata("sphere", "out.h5", "--dimension", 1, "--overwrite").stderr,
                         "hjdata: --dimension: 1; expected at least 2\n")

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

    def classes_of(self, labels, *options):
        rows = "".join(f"{i},{labels[i % len(labels)]}\n" for i in range(10 * len(labels)))
        arrays, attributes = self.written(*self.csv("a,kind\n" + rows), "--overwrite", *options)
        return list(attributes.get("classes", arrays["/train/targets"].shape))

    def test_labels_are_text(self):
        for labels in (["1.0", "2.0", "10.0"], [str(10**19), str(10**19 + 1)], ["NA", "nan", "x"], ["²", "³"], ["-1", "+7"]):
            self.assertEqual(self.classes_of(labels), labels)
        self.assertEqual(self.classes_of(["1.0", "2.0"], "--numbers"), [12, 1])
        self.assertEqual(self.classes_of(["0.5", "2.0"]), [12, 1])
        self.assertEqual(self.classes_of(["2", "1", "other", "nan"], "--labels"), ["1", "2", "nan", "other"])

    def test_gzip_and_tabs(self):
        text = "a\tkind\n" + "".join(f"{i}\t{i % 2}\n" for i in range(10))
        arguments = self.csv(text)
        expected = self.written(*arguments)[0]
        packed = self.folder / "a.csv.gz"
        for separator in ([], ["--separator", r"\t"], ["--separator", "tab"]):
            packed.write_bytes(gzip.compress(text.encode()))
            found = self.written("csv", packed, *arguments[2:], "--overwrite", *separator)[0]
            np.testing.assert_equal(found, expected)
        found = self.written(*self.csv(text.replace("\t", "  ")), "--separator", " ", "--overwrite")[0]
        np.testing.assert_equal(found, expected)
        packed.write_bytes(packed.read_bytes()[:20])
        done = self.hjdata("csv", packed, *arguments[2:], "--overwrite")
        self.assertEqual((done.returncode, "damaged gzip file" in done.stderr), (2, True))

    def test_columns_that_are_no_inputs(self):
        rows = [(i, 3 * i, f"r{i}", "xy"[i % 2]) for i in range(10)]
        text = ",a,id,kind\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)  # as pandas writes its index
        arrays, attributes = self.written(*self.csv(text), "--without", "id")
        self.assertEqual(list(attributes["columns"]), ["a"])
        np.testing.assert_array_equal(arrays["/train/inputs"][:, 0], 3 * arrays["/train/rows"])
        said = self.hjdata(*self.csv(text), "--without", "id", "--overwrite").stdout
        self.assertTrue(said.startswith("column '' left out\ncolumn 'id' left out\n"), said)
        self.out.unlink()
        self.expect_error("a.csv: no column 'ID'; the columns are: , a, id, kind", *self.csv(text), "--without", "ID")
        self.expect_error("--without: 'kind' is the target", *self.csv(text), "--without", "kind")

    def test_missing_values(self):
        rows = [[str(i), str(2 * i), "xy"[i % 2]] for i in range(20)]
        rows[3][0], rows[4][1], rows[5][2] = "NA", "", ""
        text = "a,b,kind\n" + "".join(",".join(row) + "\n" for row in rows)
        arrays, attributes = self.written(*self.csv(text), "--missing", "drop")
        kept = np.concatenate([arrays[f"/{part}/rows"] for part in ("train", "validation", "test")])
        self.assertEqual(sorted(kept), [i for i in range(20) if i not in (3, 4, 5)])
        self.assertEqual((attributes["missing"], attributes["dropped"]), ("drop", 3))
        np.testing.assert_array_equal(arrays["/train/inputs"][:, 1], 2 * arrays["/train/rows"])
        arrays, attributes = self.written(*self.csv(text.replace(",\n", ",x\n")), "--missing", "mean", "--overwrite")
        self.assertEqual((attributes["missing"], attributes["filled"]), ("mean", 2))
        filled = {int(row): x for part in ("train", "validation", "test")
                  for row, x in zip(arrays[f"/{part}/rows"], arrays[f"/{part}/inputs"])}
        train = [i for i in arrays["/train/rows"] if i != 3]  # the test part must not tell what it holds
        self.assertAlmostEqual(filled[3][0], np.mean(train), 12)
        self.out.unlink()
        self.expect_error("a.csv: the target of pattern 5 (from 0) is missing, for which there is no mean: --missing drop",
                          *self.csv(text), "--missing", "mean")

    def test_missing_values_of_arrays(self):
        x = np.arange(20.0).reshape(10, 2)
        x[4, 1] = np.nan
        np.save(self.folder / "x.npy", x)
        np.save(self.folder / "d.npy", np.where(np.arange(10) == 7, np.nan, 0.5))
        arrays, _ = self.written("numpy", "x.npy", "d.npy", "out.h5", "--missing", "drop", "--split", 1, 0, 0)
        self.assertEqual(sorted(arrays["/train/rows"]), [0, 1, 2, 3, 5, 6, 8, 9])
        np.save(self.folder / "d.npy", np.arange(10) % 2)
        arrays, _ = self.written("numpy", "x.npy", "d.npy", "out.h5", "--missing", "mean", "--split", 1, 0, 0, "--overwrite")
        self.assertEqual(arrays["/train/inputs"][arrays["/train/rows"] == 4, 1], np.nanmean(x[:, 1]))

    def test_a_signal_leaves_nothing(self):
        """In the middle of writing."""
        (self.folder / "slow.py").write_text(
            "import sys, time\nfrom unittest import mock\n"
            f"sys.path.insert(0, {str(HJDATA.parent)!r})\nfrom hjcommon_lib.ending import launch\n"
            "def late(*_):\n    print('writing', flush=True)\n    time.sleep(60)\n"
            "with mock.patch('hjdata_lib.write.describe', late):\n    sys.exit(launch('hjdata', 'hjdata_lib.cli'))\n")
        with subprocess.Popen(["/usr/bin/python3", "-B", "slow.py", "synthetic", "out.h5"], cwd=self.folder,
                              stdout=subprocess.PIPE, text=True) as program:
            self.assertEqual(program.stdout.readline(), "writing\n")
            self.assertEqual(len(list(self.folder.iterdir())), 2)
            program.terminate()
        self.assertEqual(program.returncode, 128 + signal.SIGTERM)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["slow.py"])

    def test_wide_data(self):
        values = np.arange(6 * 9000.0).reshape(6, 9000)
        text = ",".join(f"c{i}" for i in range(9000)) + ",kind\n" + "".join(
            ",".join(map(str, row)) + f",{i % 2}\n" for i, row in enumerate(values))
        self.assertEqual(self.hjdata(*self.csv(text), "--scale", "unit").stderr, "")
        with h5py.File(self.out) as file:
            np.testing.assert_array_equal(file["train/inputs"][:] * file["input_divisor"] + file["input_offset"],
                                          values[file["train/rows"][:]])
            self.assertEqual(stored_text(file, "columns")[8999], "c8999")
        labels = "".join(f"{i},name{i:04}\n" for i in range(5000))
        done = self.hjdata(*self.csv("a,kind\n" + labels), "--split", 1, 0, 0, "--overwrite")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with h5py.File(self.out) as file:
            self.assertEqual(stored_text(file, "classes"), [f"name{i:04}" for i in range(5000)])

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


class NothingLost(HjdataCase):
    TABLE = "a,kind\n" + "".join(f"{i},{i % 2}\n" for i in range(10))

    def test_overwrite_input(self):
        _, table, *_ = self.csv(self.TABLE)
        os.symlink(table, self.folder / "link.csv")
        os.link(self.folder / table, self.folder / "hard.csv")
        np.save(self.folder / "x.npy", np.arange(10.0).reshape(5, 2))
        np.save(self.folder / "d.npy", np.arange(5))
        told = ": is read by this command{}; expected another name for what is written"
        for name in (table, "link.csv", "hard.csv", f"../{self.folder.name}/a.csv"):
            done = self.hjdata("csv", table, name, "--target", "kind", "--overwrite")
            as_what = "" if name == table else f" as {table}"
            self.assertEqual((done.returncode, done.stderr), (2, f"hjdata: {name}{told.format(as_what)}\n"))
            self.assertEqual((self.folder / table).read_text(), self.TABLE)
        self.expect_error(f"d.npy{told.format('')}", "numpy", "x.npy", "d.npy", "d.npy", "--overwrite")

    def test_only_its_own_files_are_replaced(self):
        (self.folder / "notes.txt").write_text("results of a month")
        with h5py.File(self.folder / "run.hdf", "w") as file:
            file.attrs["format"] = "hjnet-run"
        for name in ("notes.txt", "run.hdf"):
            for source in ("synthetic", "hopfield"):
                self.expect_error(f"{name}: is no data file of hjdata, and so not replaced: remove it, or give another "
                                  "name", source, name, "--overwrite")
        self.assertEqual((self.folder / "notes.txt").read_text(), "results of a month")

    def test_symlink(self):
        scratch = self.folder / "scratch"
        scratch.mkdir()
        self.out.symlink_to("scratch/data.h5")
        self.written("synthetic", "out.h5")  # to where there is nothing yet
        first = (scratch / "data.h5").read_bytes()
        self.written("synthetic", "out.h5", "--seed", 1, "--overwrite")
        self.assertTrue(self.out.is_symlink())
        self.assertNotEqual((scratch / "data.h5").read_bytes(), first)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["out.h5", "scratch"])

    def test_a_full_disk_is_told_in_a_line(self):
        done = self.limited("synthetic", "out.h5", "--patterns", "5000")
        self.assertEqual((done.returncode, done.stderr), (2, "hjdata: out.h5: cannot be written: File too large\n"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def limited(self, *arguments):
        """By the program itself, to which 8 kB a file are granted."""
        return subprocess.run(["bash", "-c", 'ulimit -f 8; exec "$@"', "-", "/usr/bin/python3", "-B", str(HJDATA), *arguments],
                              cwd=self.folder, capture_output=True, text=True, check=False)

    def test_nothing_is_left_of_a_failure(self):
        for failure, status, told in ((RuntimeError("no\nmore"), 1, r"^hjdata: unexpected RuntimeError in write.py:\d+: no\n$"),
                                      (OSError("disk full"), 2, r"^hjdata: out.h5: cannot be written: disk full\n$"),
                                      (MemoryError(), 1, "^hjdata: not enough memory\n$"),
                                      (KeyboardInterrupt(), 130, "^hjdata: interrupted\n$")):
            with mock.patch("hjdata_lib.write.describe", side_effect=failure):
                done = self.hjdata("synthetic", "out.h5")
            self.assertEqual((done.returncode, done.stdout), (status, ""))
            self.assertRegex(done.stderr, told)
            self.assertEqual(list(self.folder.iterdir()), [])


class Refused(HjdataCase):
    def test_bad_tables(self):
        good = "a,kind\n1,x\n2,y\n3,x\n4,y\n5,x\n"
        self.expect_error("a.csv: no column 'size'; the columns are: a, kind", *self.csv(good)[:3], "--target", "size")
        self.expect_error("a.csv:3: column 'a' holds 'two', which is no number", *self.csv(good.replace("2", "two")))
        way = "--missing drop leaves such patterns out, --missing mean fills inputs"
        for cell in ("nan", "NA", "?"):
            self.expect_error(f"a.csv:3: column 'a' has no value ({cell}): {way}", *self.csv(good.replace("2", cell)))
        self.expect_error("a.csv:3: 1 cells, but the heading has 2", *self.csv(good.replace("2,y", "2")))
        self.expect_error(f"a.csv:3: column 'kind' has no value: {way}", *self.csv(good.replace("2,y", "2,")))
        self.expect_error("a.csv: expected a heading and at least one line of data", *self.csv("a,kind\n"))
        self.expect_error("a.csv: column 'kind' writes one number as '1' and as '1.0': --labels takes them as two classes",
                          *self.csv("a,kind\n1,1\n2,1.0\n3,2\n"))
        for cell in ("--5", "+-3", "1_000"):  # not whole numbers, beside others that are
            self.expect_error(f"a.csv:3: column 'kind' holds '{cell}', which is no number as others are: --labels takes "
                              "all as text",
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
                          "finite numbers; --missing drop or mean deals with nan", "numpy", "x.npy", "x.npy", "out.h5")
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
        self.expect_error("--separator: 'ab'; expected one character, or tab", *self.csv("a,kind\n1,2\n"), "--separator", "ab")
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
