"""hjplot loses nothing: no output is what a command reads or a stranger's file, and no failure leaves anything behind."""
import argparse
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import h5py
import matplotlib.pyplot as plt

from hjplot_test import HjplotCase
from studies_test import timing

from hjcommon_lib import survey
from hjcommon_lib.places import Read, Written
from hjplot_lib import cli, gauge, outputs, timings
from hjplot_lib.runfile import RunFile


def verbs():
    """(name, positional arguments, options that name a file) of every verb."""
    chosen = next(a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, verb in chosen.choices.items():
        positional = [a for a in verb._actions if not a.option_strings]
        yield name, positional, [a for a in verb._actions if a.metavar == "FILE" and a.option_strings]


class Overwriting(HjplotCase):
    def expect_untouched(self, told, *arguments):
        before = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        done = self.hjplot(*arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"hjplot: {told}\n"))
        self.assertEqual({path.name: path.read_bytes() for path in self.folder.iterdir()}, before)

    def test_overwrite_input_by_every_verb_and_option(self):
        run = self.write()
        (self.folder / "hard.h5").hardlink_to(run)
        (self.folder / "link.h5").symlink_to("run.h5")
        tried = 0
        for verb, positional, options in verbs():
            self.assertTrue(all(a.type is Read for a in positional), verb)
            for option in options:
                if option.type is Read:
                    continue
                self.assertTrue(issubclass(option.type, Written), f"{verb} {option.dest}")
                read = [run] * len(positional)
                beside = [] if option.dest == "output" else ["-o", self.picture]
                for name in ("run.h5", "hard.h5", "link.h5"):
                    path = self.folder / name
                    as_what = "" if path == run else f" as {run}"
                    self.expect_untouched(f"{path}: is read by this command{as_what}; expected another name for what is "
                                          "written", verb, *read, option.option_strings[0], path, *beside)
                    tried += 1
        self.assertGreater(tried, 50)  # 18 verbs

    def test_one_name_for_two_outputs(self):
        run = self.write()
        self.expect_untouched(f"{self.folder}/A.PNG: named for two outputs; expected a name for each", "scan", run, "--csv",
                              self.folder / "A.PNG", "-o", self.folder / "a.png")

    def test_strangers_files_are_not_replaced(self):
        run = self.write()
        holds = {"photo.png": b"\x89PNG\r\n of a cat", "data.csv": b"time,voltage\n0,1\n", "text.svg": b"hjplot of hjnet"}
        for name, content in holds.items():
            (self.folder / name).write_bytes(content)
            kind, verb = ("table", "table") if name == "data.csv" else ("picture", "potential")
            self.expect_untouched(f"{self.folder}/{name}: exists, and is no {kind} of hjplot's, and so not replaced: remove "
                                  "it, or give another name", verb, run, "-o", self.folder / name)
        self.expect_untouched(f"{self.folder}: is a folder; expected the name of a file", "table", run, "-o", self.folder)

    def test_its_own_files_are_replaced(self):
        run = self.write(timing=timing(1))
        for name in ("a.png", "a.svg", "a.pdf"):
            (self.folder / name).touch()  # what is empty loses nothing
            for _ in range(2):
                outputs.check_replaced([outputs.Picture(self.folder / name)])
                outputs.write_picture(self.folder / name, plt.figure(figsize=(1, 1)), 30)
        out = self.folder / "table"
        for form in ("text", "csv", "markdown", "text"):
            self.assertEqual(self.hjplot("table", run, "-o", out, "--format", form).stderr, "")
        out.write_text(timings.render_csv([timings.row_of(RunFile(run))]))
        outputs.check_replaced([outputs.Table(out)])
        out.write_text(gauge.render_csv([]))
        outputs.check_replaced([outputs.Table(out)])
        for _ in range(2):
            self.assertEqual(self.hjplot("scan", run, "--csv", out, "-o", self.folder / "a.png", "--dpi", 30).stderr, "")
        self.assertEqual(self.hjplot("table", run, "-o", "/dev/null").returncode, 0)

    def test_symlink(self):
        run = self.write()
        for verb, name, behind in (("table", "t.txt", "away.txt"), ("potential", "p.png", "away.png")):
            (self.folder / name).symlink_to(behind)
            for _ in range(2):
                self.assertEqual(self.hjplot(verb, run, "-o", self.folder / name).stderr, "")
            self.assertTrue((self.folder / name).is_symlink())
            self.assertGreater((self.folder / behind).stat().st_size, 100)


class Failing(HjplotCase):
    def test_nothing_is_left_of_a_failure(self):
        run = self.write()
        for failure, status, told in ((KeyError("x"), 1, rf"^hjplot: {run}: unexpected KeyError in outputs.py:\d+: 'x'\n$"),
                                      (OSError("disk full"), 2, "cannot write the picture: disk full\n$"),
                                      (KeyboardInterrupt(), 130, "^hjplot: interrupted\n$")):
            def half(_, path, failure=failure, **__):
                Path(path).write_bytes(b"half a picture")
                raise failure

            with mock.patch("matplotlib.figure.Figure.savefig", half):
                done = self.hjplot("potential", run, "-o", self.picture)
            self.assertEqual(done.returncode, status)
            self.assertRegex(done.stderr, told)
            self.assertEqual(os.listdir(self.folder), ["run.h5"])

    def test_damaged_files_make_no_traceback(self):
        for damage in ("series/time", "series/epoch", "progress", "weights/initial/ports-hidden", "density/mean"):
            run = self.write()
            with h5py.File(run, "a") as file:
                del file[damage]
                file[damage] = "text"
            for verb in ("entanglement", "network", "scan", "table"):
                with mock.patch("hjplot_lib.style.save"):
                    done = self.hjplot(verb, run, "-o", self.folder / ("t.txt" if verb == "table" else "out.png"))
                self.assertNotIn("Traceback", done.stderr)
                self.assertEqual(done.stderr.count("\n"), int(done.returncode != 0), done.stderr)

    def test_files_on_which_hdf5_loops_or_crashes(self):
        run = self.write()
        self.assertTrue(survey.survives(run))

        def loop(_):
            while True:
                pass

        def crash(_):
            os.kill(os.getpid(), signal.SIGSEGV)

        for harm in (loop, crash):
            os.utime(run, ns=(0, 1 if harm is loop else 2))
            with mock.patch("hjcommon_lib.survey._look", harm), mock.patch("hjcommon_lib.survey.SECONDS", 1):
                done = self.hjplot("table", run)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr, f"hjplot: {run}: is damaged, or in the middle of being written\n")

    def test_standard_output_that_is_closed_or_ascii(self):
        run = self.write()
        program = f"{sys.executable} -B {Path(__file__).resolve().parents[2] / 'postprocess/hjplot'}"
        done = subprocess.run(f"{program} table {run} >&-", shell=True, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        named = self.folder / "τ.h5"
        run.rename(named)
        done = subprocess.run(f"{program} table {named}", shell=True, capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONIOENCODING": "ascii"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_missing_module_is_named(self):
        (self.folder / "h5py.py").write_text("raise ImportError(\"No module named 'h5py'\")\n")
        with mock.patch.dict(os.environ, {"PYTHONPATH": str(self.folder)}):
            done = self.program("table", "x.h5")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^hjplot: No module named 'h5py': the tools need [^\n]*\n$")


class Pictures(HjplotCase):
    def test_fonts_of_a_pdf_are_truetype(self):
        picture = self.folder / "a.pdf"
        self.assertEqual(self.hjplot("potential", self.write(), "-o", picture).stderr, "")
        content = picture.read_bytes()
        self.assertNotIn(b"/Type3", content)
        self.assertIn(b"/FontFile2", content)

    def names(self, *runs):
        done = self.hjplot("table", *runs, "--format", "csv")
        return [line.split(",")[0].strip('"') for line in done.stdout.splitlines()[1:]]

    def test_runs_of_one_name_are_called_after_what_differs(self):
        one, two = (self.write(f"{c}.h5", more=f"charge = {c}\n") for c in (1, 2))
        self.assertEqual(self.names(one, two), ["boltzmann.charge = 1", "boltzmann.charge = 2"])
        self.assertEqual(self.names(one), ["synthetic"])
        named = self.write("named.h5", name="other")
        self.assertEqual(self.names(one, named), ["synthetic", "other"])
        self.assertEqual(self.names(one, two, named)[2], "other: boltzmann.charge = -")
        self.assertEqual(self.names(one, self.write("again.h5", more="charge = 1\n")), ["1", "again"])
        long = [self.write(f"l{i}.h5", more=f"k0 = {[i + 0.5] * 400}\n") for i in (0, 1)]
        self.assertEqual(self.names(*long), ["l0", "l1"])

    def test_scan_of_lists_numbers_the_runs(self):
        runs = [self.write(f"{i}.h5", more=f"k0 = {[i + n / 7 for n in range(400)]}\n") for i in range(3)]
        self.expect_picture("scan", *runs)
        with mock.patch("hjplot_lib.style.save") as saved:
            self.assertEqual(self.hjplot("scan", *runs, "-o", self.picture).stderr, "")
        axes = saved.call_args.args[0].axes[0]
        self.assertEqual(axes.get_xlabel(), "run's number")
        self.assertEqual(sorted(axes.lines[0].get_xdata()), [1, 2, 3])


if __name__ == "__main__":
    unittest.main()
