#!/usr/bin/python3
"""The files that a run owns: what it must not write, who else may, behind which links and at which lengths."""

import os
import pathlib
import shutil
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import processes  # noqa: E402
from input_text import case  # noqa: E402
from whole_run import SOURCE, WholeRun, unsanitized  # noqa: E402

INPUT = case({"ports": 3, "out": 2}, run={"epochs": 2, "samples_per_epoch": 4})
STARS = {"patterns": {"file": "stars.h5", "inputs": "/x", "targets": "/d", "layer": "ports"}}
EVERY = "output.checkpoint={every_epochs=1,keep=2}"
LONGER = "run.epochs=3"


class Files(WholeRun):
    def setUp(self):
        super().setUp()
        self.write(INPUT)

    def run_case(self, output, *arguments, settings=(), status=0):
        return self.launch("run", "case.toml", "--output", output, *arguments, settings=settings, status=status).stderr

    def data(self, name):
        with h5py.File(self.path / name, "w") as file:
            file["x"] = np.full((4, 3), 0.5)
            file["d"] = np.full((4, 2), 0.5)
        return self.path / name


class ReadIsNotWritten(Files):
    def refused(self, file, output, *arguments, says=()):
        before = file.read_bytes()
        said = self.run_case(output, *arguments, status=2)
        self.assertEqual(file.read_bytes(), before)
        for words in ("would destroy what is read", *says):
            self.assertIn(words, said)
        self.assertEqual(list(self.path.glob("*.lock")), [])

    def test_overwrite_data(self):
        stars = self.data("stars.h5")
        self.write(INPUT, stimulus=STARS)
        self.refused(stars, "stars.h5", "--overwrite", says=["the run file 'stars.h5'", "it is stimulus.patterns ('"])
        os.link(stars, self.path / "hard.h5")
        (self.path / "soft.h5").symlink_to("stars.h5")
        for name in ("hard.h5", "soft.h5"):
            self.refused(stars, name, "--overwrite")
        os.link(stars, self.path / "run.h5.partial")
        self.refused(stars, "run.h5", says=["what is to become the run file 'run.h5.partial'"])

    @unsanitized
    def test_overwrite_data_that_is_a_value_of_any_table(self):
        stars = self.data("stars.h5")
        with h5py.File(stars, "a") as file:
            file["w"] = np.ones((2, 3))
        weights = {"file": "stars.h5", "dataset": "/w"}
        self.write(INPUT, network={"projection": [{"from": "ports", "to": "out", "weights": weights}]})
        self.refused(stars, "stars.h5", "--overwrite", says=["it is network.projection[0] ('"])

    def test_overwrite_input(self):
        self.refused(self.path / "case.toml", "case.toml", "--overwrite", says=["it is the input ('case.toml')"])

    def test_overwrite_a_checkpoint_that_is_read(self):
        self.run_case("run.h5", settings=[EVERY])
        last = self.checkpoints()[-1]
        self.refused(last, last, "--restart", last, says=["it is the checkpoint to restart from"])
        # A checkpoint of the run may be removed while it goes on.
        stars = self.data("stars.h5")
        os.remove(last)
        os.link(stars, last)
        self.write(INPUT, stimulus=STARS)
        self.refused(stars, "run.h5", "--overwrite", says=["a checkpoint of the run file, 'checkpoints/run-"])

    @unsanitized
    def test_overwrite_by_torus(self):
        text = (SOURCE / "input" / "torus-network.toml").read_text()
        network = next(line.split('"')[1] for line in text.splitlines() if line.startswith("input"))
        shutil.copy(SOURCE / "input" / network, self.path)
        (self.path / "torus.toml").write_text(text)
        for name, role in (("torus.toml", "the input"), (network, "torus.network.input")):
            before = (self.path / name).read_bytes()
            said = self.launch("torus", "torus.toml", "--output", name, "--overwrite", status=2).stderr
            self.assertIn(f"the torus file '{name}' would destroy what is read: it is {role} ('", said)
            self.assertEqual((self.path / name).read_bytes(), before)

    def test_overwrite_options_of_petsc(self):
        options = self.path / "petsc.h5"
        options.write_text("-malloc_debug 0\n")
        self.refused(options, "petsc.h5", "--overwrite", "--", "-options_file", "petsc.h5", says=["PETSc's options"])


class Writers(Files):
    def test_two_writers(self):
        first = self.start("run", "case.toml", "--output", "run.h5", ranks=2, settings=["run.epochs=100000"])
        self.until_epoch(first, 1, "run.h5")
        for arguments in (("--overwrite",), ("--restart", "auto")):
            said = self.run_case("run.h5", *arguments, status=2)
            self.assertRegex(said, r"'run.h5' is being written by another hjnet \(process \d+ on \S+, since 20\S+Z\); wait")
        self.run_case("other.h5")
        processes.kill(first)
        self.assertTrue((self.path / "run.h5.lock").exists())
        self.run_case("run.h5", "--overwrite")
        self.assertEqual(list(self.path.glob("*.lock")), [])

    def test_the_lock_is_gone_after_an_error(self):
        self.run_case("run.h5", settings=["output.checkpoint={every_epochs=1,directory='case.toml'}"], status=1)
        self.assertEqual(sorted(file.name for file in self.path.iterdir()), ["case.toml"])


class Checkpoints(Files):
    @unsanitized
    def test_checkpoint_names(self):
        for folder in ("d1", "d2"):
            (self.path / folder).mkdir()
        outputs = ["scan-0.1", "scan-0.2", "d1/run.h5", "d2/run.h5"]
        for i, output in enumerate(outputs):
            self.run_case(output, settings=[EVERY])
            self.assertEqual(len(self.checkpoints()), 2 * (i + 1))
        for output in outputs:
            said = self.run_case(output, "--restart", "auto", settings=[EVERY, LONGER])
            self.assertNotIn("WARNING", said)
            with h5py.File(self.path / output) as file:
                origin = file.attrs["origin_run_id"]
            with h5py.File(self.newest(output)) as file:
                self.assertEqual(file.attrs["origin_run_id"], origin)
                self.assertEqual(file.attrs["epochs_done"], 3)
            self.assertEqual(len(self.checkpoints()), 8)

    def newest(self, output):
        absolute = str((self.path / output).resolve())
        found = []
        for name in self.checkpoints():
            with h5py.File(name) as file:
                if os.path.realpath(file.attrs["run_file"]) == absolute:
                    found.append(name)
        return found[-1]

    def test_names_of_older_versions_are_found(self):
        self.run_case("run.h5", settings=[EVERY])
        for file in self.checkpoints():
            stem, number = file.name.rsplit("-", 1)
            file.rename(file.with_name(f"{stem.rsplit('-', 1)[0]}-{number}"))
        said = self.run_case("run.h5", "--restart", "auto", settings=[EVERY, LONGER])
        self.assertIn("Restarting from checkpoints/run-000002.h5, 2 epochs done", said)

    def test_a_run_file_is_moved_without_its_checkpoints(self):
        self.run_case("run.h5", settings=[EVERY])
        (self.path / "moved").mkdir()
        os.rename(self.path / "run.h5", self.path / "moved" / "run.h5")
        said = self.run_case("moved/run.h5", "--restart", "auto", settings=[EVERY, LONGER])
        self.assertRegex(said, r"Restarting from checkpoints/run-[0-9a-f]{16}-000002.h5, 2 epochs done")

    @unsanitized
    def test_keep_counts_those_of_runs_that_were_overwritten(self):
        self.run_case("other.h5", settings=[EVERY])
        for _ in range(3):
            self.run_case("run.h5", "--overwrite", settings=[EVERY])
        for stem in ("run-", "other-"):
            self.assertEqual(len(self.checkpoints(stem)), 2)
        said = self.run_case("run.h5", "--restart", "auto", settings=[EVERY, LONGER])
        self.assertNotIn("WARNING", said)

    def test_an_unwritable_folder_leaves_no_run_file(self):
        (self.path / "checkpoints").write_text("")
        self.run_case("run.h5", settings=[EVERY], status=1)
        self.assertFalse((self.path / "run.h5").exists())


class Words(Files):
    def test_restart_from_a_run_file(self):
        self.run_case("run.h5")
        shutil.copy(self.path / "run.h5", self.path / "copy.h5")
        for name in ("run.h5", "copy.h5"):
            said = self.run_case("run.h5", "--restart", name, status=2)
            self.assertIn(f"'{name}' is a run file, not a checkpoint; to go on with it give --output {name} and --restart "
                          "auto", said)

    def test_exists_already_names_restart_where_a_checkpoint_stands_beside_it(self):
        self.run_case("run.h5", settings=["output.checkpoint.final=false"])
        self.assertNotIn("--restart", self.run_case("run.h5", status=2))
        self.run_case("run.h5", "--overwrite", settings=[EVERY])
        said = self.run_case("run.h5", status=2)
        self.assertRegex(said, r"'run.h5' exists already; give --overwrite to replace it, or --restart auto to go on with "
                               r"it \('checkpoints/run-\w+-000002.h5' stands beside it\)")

    def test_a_missing_data_file_names_the_line_that_makes_it(self):
        found = 0
        for file in sorted((SOURCE / "input").glob("*.toml")):
            text = file.read_text()
            if "hjdata " not in text:
                continue
            shutil.copy(file, self.path)
            said = self.launch("run", file.name, status=2).stderr
            self.assertRegex(said, r"its comments say how to make it: postprocess/hjdata \w+ input/\w+\.h5", file.name)
            found += 1
        self.assertGreaterEqual(found, 4)


class Links(Files):
    def test_symlink(self):
        (self.path / "scratch").mkdir()
        link = self.path / "run.h5"
        link.symlink_to("scratch/run.h5")
        target = self.path / "scratch" / "run.h5"
        self.run_case("run.h5", settings=[EVERY])
        for arguments in (("--restart", "auto", "--set", LONGER), ("--overwrite",)):
            self.run_case("run.h5", *arguments, settings=[EVERY])
            self.assertTrue(link.is_symlink())
            self.assertFalse(target.is_symlink())
        self.assertEqual(processes.epochs_completed(target), 2)
        # The same run file by its own name.
        said = self.run_case("scratch/run.h5", "--restart", "auto", settings=[EVERY, LONGER])
        self.assertIn("2 epochs done", said)
        for checkpoint in (self.path / "checkpoints").iterdir():
            checkpoint.write_bytes(b"")
        with h5py.File(target, "a") as file:
            file["progress/finished"][()] = 0
        self.run_case("run.h5", "--restart", "auto")
        self.assertTrue(link.is_symlink())
        self.assertEqual(processes.epochs_completed(self.path / "scratch" / "run.h5.old-1"), 3)

    def test_links_in_a_circle(self):
        (self.path / "a.h5").symlink_to("b.h5")
        (self.path / "b.h5").symlink_to("a.h5")
        self.assertIn("lead nowhere", self.run_case("a.h5", "--overwrite", status=2))


class Lengths(Files):
    @unsanitized
    def test_long_path(self):
        folder = self.path
        while len(str(folder)) < 3500:
            folder = folder / ("d" * 200)
        folder.mkdir(parents=True)
        output = folder / "run.h5"
        checkpoint = 'output.checkpoint={every_epochs=1,keep=9,directory="' + str(folder / "checkpoints") + '"}'
        for arguments in ((), ("--restart", "auto", "--set", LONGER), ("--overwrite",)):
            self.run_case(output, *arguments, settings=[checkpoint])
        self.assertEqual(processes.epochs_completed(output), 2)

    @unsanitized
    def test_long_name(self):
        named = ["run.name=" + "n" * 215, EVERY]
        self.launch("run", "case.toml", settings=named)
        self.launch("run", "case.toml", "--overwrite", settings=[*named, "ensemble.members=2"])
        self.run_case("ä" * 122 + ".h5", settings=[EVERY])
        self.run_case("n" * 247, settings=[EVERY])
        said = self.run_case("n" * 248, status=2)
        self.assertIn("expected a name of at most 247 bytes", said)
        self.assertIn("expected a path of at most", self.run_case("./" * 2100 + "run.h5", status=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
