#!/usr/bin/python3
"""The first steps: help, shipped inputs and copies of them, completion in a shell."""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import HJNET, SOURCE, WholeRun  # noqa: E402

SHIPPED = {file.stem: file for file in (SOURCE / "input").glob("*.toml")}


class Inputs(WholeRun):
    def test_all_shipped_inputs_are_listed(self):
        lines = self.launch("examples").stdout.splitlines()
        self.assertEqual(sorted(line.split()[0] for line in lines), sorted(SHIPPED))
        for line in lines:
            name, purpose = line.split(maxsplit=1)
            first = SHIPPED[name].read_text().splitlines()[0].removeprefix("# ")
            self.assertTrue(first.startswith(purpose[:25]), line)
            self.assertEqual(purpose.endswith("(hjnet torus)"), "\n[torus]" in SHIPPED[name].read_text(), name)

    def test_a_copy_to_start_from(self):
        for words, file, source in ((["mine"], "mine.toml", "entangle"), (["gridworld.toml"], "gridworld.toml", "gridworld"),
                                    (["a.b", "--from", "torus-pendulum"], "a.b.toml", "torus-pendulum")):
            said = self.launch("init", *words, ranks=2).stdout
            self.assertEqual((self.path / file).read_bytes(), SHIPPED[source].read_bytes())
            self.assertIn(f"Wrote {file}, as shipped as {source}: ", said)
            self.launch(*said.splitlines()[-1].replace("hjnet run", "hjnet check").replace("hjnet torus", "hjnet check").split()[1:])

    def test_a_run_file_is_called_after_its_input(self):
        self.launch("init", "flowers", "--from", "digits")
        shipped = SHIPPED["digits"].read_text()
        self.assertIn('\nfile = "digits-run.h5"', shipped)
        self.assertEqual((self.path / "flowers.toml").read_text(), shipped.replace('"digits-run.h5"', '"flowers-run.h5"'))

    def test_nothing_is_written_over(self):
        self.write("mine\n", "mine.toml")
        self.assertIn("mine.toml exists already", self.launch("init", "mine", status=2).stderr)
        self.assertEqual((self.path / "mine.toml").read_text(), "mine\n")
        self.assertIn("got 'entagle' (did you mean 'entangle'?)", self.launch("init", "x", "--from", "entagle", status=2).stderr)
        self.assertIn("cannot write 'absent/x.toml'", self.launch("init", "absent/x", status=1).stderr)


class Help(WholeRun):
    def test_says_how_to_begin_and_what_statuses_mean(self):
        said = self.launch("--help").stdout
        self.assertIn("Examples:\n  $ hjnet init first && hjnet check first.toml\n", said)
        self.assertIn("75 stopped early with a checkpoint", said)


class Completion(WholeRun):
    def complete(self, *words):
        script = f'source "{SOURCE}/apps/completion.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hjnet; echo "${{COMPREPLY[*]}}"'
        done = subprocess.run(["bash", "-c", script, "bash", "hjnet", *words], cwd=self.path, capture_output=True, text=True,
                              check=True, env={**os.environ, "PATH": f"{pathlib.Path(HJNET).parent}:{os.environ['PATH']}"})
        return done.stdout.split()

    def test_of_verbs_options_files_and_inputs(self):
        self.write("", "case.toml")
        self.assertEqual(self.complete("s"), ["scan", "schema"])
        self.assertEqual(self.complete("help", "qu"), ["quantum"])
        self.assertEqual(self.complete("run", "--o"), ["--output", "--overwrite"])
        self.assertEqual(self.complete("run", "ca"), ["case.toml"])
        self.assertEqual(self.complete("init", "gridw"), ["gridworld"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
