#!/usr/bin/python3
"""The files that a run owns: what it must not write, who else may, behind which links and at which lengths."""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import processes  # noqa: E402
from whole_run import SOURCE, WholeRun  # noqa: E402

NETWORK = """
[[network.layer]]
name = "ports"
neurons = 3
[[network.layer]]
name = "out"
neurons = 2
"""
PATTERNS = """
[stimulus]
patterns = { file = "NAME", inputs = "/x", targets = "/d", layer = "ports" }
"""
EVERY = 'output.checkpoint={every_epochs=1,keep=2}'


class Files(WholeRun):
    def setUp(self):
        super().setUp()
        self.input(NETWORK)

    def input(self, text):
        self.write("run = { epochs = 2, samples_per_epoch = 4 }\n" + text)

    def run_case(self, output, *arguments, status=0):
        return self.launch("run", "case.toml", "--output", output, *arguments, status=status).stderr

    def data(self, name):
        with h5py.File(self.path / name, "w") as file:
            file["x"] = np.full((4, 3), 0.5)
            file["d"] = np.full((4, 2), 0.5)
        return self.path / name

    def checkpoints(self, folder="checkpoints"):
        return sorted(file.name for file in (self.path / folder).glob("*.h5"))

    def start(self, output, *arguments):
        """A run that is under way, and would be for minutes."""
        process = subprocess.Popen(self.command("run", "case.toml", "--output", output, "--set", "run.epochs=100000",
                                                *arguments, ranks=2), cwd=self.path, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True)
        self.addCleanup(lambda: process.poll() is None and processes.kill(process))
        deadline = time.monotonic() + 60
        while processes.epochs_completed(self.path / output) < 1 and time.monotonic() < deadline:
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        return process


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
        self.input(NETWORK + PATTERNS.replace("NAME", "stars.h5"))
        self.refused(stars, "stars.h5", "--overwrite", says=["the run file 'stars.h5'", "it is stimulus.patterns ('"])
        os.link(stars, self.path / "hard.h5")
        (self.path / "soft.h5").symlink_to("stars.h5")
        for name in ("hard.h5", "soft.h5"):
            self.refused(stars, name, "--overwrite")
        os.link(stars, self.path / "run.h5.partial")
        self.refused(stars, "run.h5", says=["what is to become the run file 'run.h5.partial'"])

    def test_overwrite_data_that_is_a_value_of_any_table(self):
        stars = self.data("stars.h5")
        with h5py.File(stars, "a") as file:
            file["w"] = np.ones((2, 3))
        self.input(NETWORK + '[[network.projection]]\nfrom = "ports"\nto = "out"\n'
                   'weights = { file = "stars.h5", dataset = "/w" }\n')
        self.refused(stars, "stars.h5", "--overwrite", says=["it is network.projection[0] ('"])

    def test_overwrite_input(self):
        self.refused(self.path / "case.toml", "case.toml", "--overwrite", says=["it is the input ('case.toml')"])

    def test_overwrite_a_checkpoint_that_is_read(self):
        self.run_case("run.h5", "--set", EVERY)
        last = self.path / "checkpoints" / self.checkpoints()[-1]
        self.refused(last, last, "--restart", last, says=["it is the checkpoint to restart from"])
        # A checkpoint of the run may be removed while it goes on.
        stars = self.data("stars.h5")
        os.remove(last)
        os.link(stars, last)
        self.input(NETWORK + PATTERNS.replace("NAME", "stars.h5"))
        self.refused(stars, "run.h5", "--overwrite", says=["a checkpoint of the run file, 'checkpoints/run-"])

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
        first = self.start("run.h5")
        for arguments in (("--overwrite",), ("--restart", "auto")):
            said = self.run_case("run.h5", *arguments, status=2)
            self.assertRegex(said, r"'run.h5' is being written by another hjnet \(process \d+ on \S+, since 20\S+Z\); wait")
        self.run_case("other.h5")
        processes.kill(first)
        self.assertTrue((self.path / "run.h5.lock").exists())
        self.run_case("run.h5", "--overwrite")
        self.assertEqual(list(self.path.glob("*.lock")), [])

    def test_the_lock_is_gone_after_an_error(self):
        self.run_case("run.h5", "--set", "output.checkpoint={every_epochs=1,directory='case.toml'}", status=1)
        self.assertEqual(sorted(file.name for file in self.path.iterdir()), ["case.toml"])


class Checkpoints(Files):
    def test_checkpoint_names(self):
        for folder in ("d1", "d2"):
            (self.path / folder).mkdir()
        outputs = ["scan-0.1", "scan-0.2", "d1/run.h5", "d2/run.h5"]
        for i, output in enumerate(outputs):
            self.run_case(output, "--set", EVERY)
            self.assertEqual(len(self.checkpoints()), 2 * (i + 1))
        for output in outputs:
            said = self.run_case(output, "--restart", "auto", "--set", EVERY, "--set", "run.epochs=3")
            self.assertNotIn("WARNING", said)
            with h5py.File(self.path / output) as file:
                origin = file.attrs["origin_run_id"]
            with h5py.File(self.path / "checkpoints" / self.newest(output)) as file:
                self.assertEqual(file.attrs["origin_run_id"], origin)
                self.assertEqual(file.attrs["epochs_done"], 3)
            self.assertEqual(len(self.checkpoints()), 8)

    def newest(self, output):
        absolute = str((self.path / output).resolve())
        found = []
        for name in self.checkpoints():
            with h5py.File(self.path / "checkpoints" / name) as file:
                if os.path.realpath(file.attrs["run_file"]) == absolute:
                    found.append(name)
        return found[-1]

    def test_names_of_older_versions_are_found(self):
        self.run_case("run.h5", "--set", EVERY)
        for name in self.checkpoints():
            stem, number = name.rsplit("-", 1)
            os.rename(self.path / "checkpoints" / name, self.path / "checkpoints" / f"{stem.rsplit('-', 1)[0]}-{number}")
        said = self.run_case("run.h5", "--restart", "auto", "--set", EVERY, "--set", "run.epochs=3")
        self.assertIn("Restarting from checkpoints/run-000002.h5, 2 epochs done", said)

    def test_a_run_file_is_moved_without_its_checkpoints(self):
        self.run_case("run.h5", "--set", EVERY)
        (self.path / "moved").mkdir()
        os.rename(self.path / "run.h5", self.path / "moved" / "run.h5")
        said = self.run_case("moved/run.h5", "--restart", "auto", "--set", EVERY, "--set", "run.epochs=3")
        self.assertRegex(said, r"Restarting from checkpoints/run-[0-9a-f]{16}-000002.h5, 2 epochs done")

    def test_keep_counts_those_of_runs_that_were_overwritten(self):
        self.run_case("other.h5", "--set", EVERY)
        for _ in range(3):
            self.run_case("run.h5", "--overwrite", "--set", EVERY)
        self.assertEqual(sum(name.startswith("run-") for name in self.checkpoints()), 2)
        self.assertEqual(sum(name.startswith("other-") for name in self.checkpoints()), 2)
        said = self.run_case("run.h5", "--restart", "auto", "--set", EVERY, "--set", "run.epochs=3")
        self.assertNotIn("WARNING", said)

    def test_an_unwritable_folder_leaves_no_run_file(self):
        (self.path / "checkpoints").write_text("")
        self.run_case("run.h5", "--set", EVERY, status=1)
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
        self.run_case("run.h5", "--set", "output.checkpoint.final=false")
        self.assertNotIn("--restart", self.run_case("run.h5", status=2))
        self.run_case("run.h5", "--overwrite", "--set", EVERY)
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
        self.run_case("run.h5", "--set", EVERY)
        for arguments in (("--restart", "auto", "--set", "run.epochs=3"), ("--overwrite",)):
            self.run_case("run.h5", "--set", EVERY, *arguments)
            self.assertTrue(link.is_symlink())
            self.assertFalse(target.is_symlink())
        self.assertEqual(processes.epochs_completed(target), 2)
        # The same run file by its own name.
        said = self.run_case("scratch/run.h5", "--restart", "auto", "--set", EVERY, "--set", "run.epochs=3")
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
    def test_long_path(self):
        folder = self.path
        while len(str(folder)) < 3500:
            folder = folder / ("d" * 200)
        folder.mkdir(parents=True)
        output = folder / "run.h5"
        checkpoint = 'output.checkpoint={every_epochs=1,keep=9,directory="' + str(folder / "checkpoints") + '"}'
        for arguments in ((), ("--restart", "auto", "--set", "run.epochs=3"), ("--overwrite",)):
            self.run_case(output, "--set", checkpoint, *arguments)
        self.assertEqual(processes.epochs_completed(output), 2)

    def test_long_name(self):
        self.launch("run", "case.toml", "--set", "run.name=" + "n" * 215, "--set", EVERY)
        self.launch("run", "case.toml", "--set", "run.name=" + "n" * 215, "--set", EVERY, "--set", "ensemble.members=2",
                    "--overwrite")
        self.run_case("ä" * 122 + ".h5", "--set", EVERY)
        self.run_case("n" * 247, "--set", EVERY)
        said = self.run_case("n" * 248, status=2)
        self.assertIn("expected a name of at most 247 bytes", said)
        self.assertIn("expected a path of at most", self.run_case("./" * 2100 + "run.h5", status=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
