"""hjgallery with a made-up hjnet: what it makes, keeps, refuses and reports; and what its list of cases must be."""
import contextlib
import io
import os
import re
import stat
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import h5py
import synthetic
from hjplot_test import HJPLOT  # makes the modules of postprocess/ known

from hjgallery_lib import cli, page
from hjgallery_lib.case import Case, Chapter, Facts, Picture, Run
from hjgallery_lib.cases import PAGES, entanglement
from hjgallery_lib.figures import percent, plus_minus, short, table, vector

ROOT = HJPLOT.parents[1]
NO_CASE = {"scaling", "torus-network-learner"}  # for scaling studies; read by torus-network
LAUNCHER = '#!/bin/sh\n[ "$1 $2" = "-n 3" ] || exit 9\nshift 2\nexec "$@"\n'
MPI_SAYS = '''{line}
Primary job  terminated normally, but 1 process returned
a non-zero exit code.
{line}
'''.format(line="-" * 74)
HJNET = """#!/bin/sh
echo "$@" >> {calls}
case "$*" in
  *fail=true*) echo 'hjnet: error: it was told to'; echo '{launcher}'; exit 1 ;;
  *sleep=true*) sleep 60 ;;
esac
cp {file} "$4"
"""


def first_error(facts):
    run = facts.run("alpha")
    facts.claim("false" not in run.path.name, "never seen")
    return f"It has {run.epochs} epochs.\n\n{table(['a'], [['|x|']])}"


def wrong_claim(facts):
    facts.claim(facts.run("beta").epochs > 100, "there are more than 100 epochs")
    return "A claim."


def picture(name, run):
    return Picture(name, ("potential", f"{run}.h5"), "H_int")


def cases(*more):
    alpha, beta = Run("alpha", "entangle"), Run("beta", "entangle", ("--set", "run.seed=2"))
    return (Chapter("Made up", (Case("one", "The first", (alpha,), (picture("one", "alpha"),), first_error, ("tori.md",)),
                                Case("two", "The second", (alpha, beta), (picture("two", "beta"),), first_error), *more)),)


class Gallery(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.calls, self.output = self.folder / "calls", self.folder / "page"
        file = synthetic.write(self.folder / "made.h5")
        self.program("launch", LAUNCHER)
        self.program("hjnet", HJNET.format(calls=self.calls, file=file, launcher=MPI_SAYS))

    def program(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def gallery(self, chapters, *arguments):
        """Exit status, standard output and error."""
        out, error = io.StringIO(), io.StringIO()
        call = ["--hjnet", self.folder / "hjnet", "--launcher", self.folder / "launch", "--ranks", 3, "--output",
                self.output, "--runs", self.folder / "runs", *arguments]
        with mock.patch.dict(cli.PAGES, gallery=chapters), contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(error):
            status = cli.main([str(argument) for argument in call])
        return status, out.getvalue(), error.getvalue()

    def page(self):
        return (self.output / "gallery.md").read_text(encoding="utf-8")

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def test_runs_pictures_and_page(self):
        status, out, error = self.gallery(cases())
        self.assertEqual((status, error), (0, ""), out)
        self.assertEqual(len(self.called()), 2)  # the shared run is made once
        self.assertIn("run.seed=2", self.called()[1])
        text = self.page()
        for part in ("# Gallery", "## Made up", "### The first", "It has 6 epochs.", "| \\|x\\| |", "More: [tori](tori.md).",
                     "![H_int](figures/gallery/one.png)", "The 2 runs took", "on 3 MPI ranks",
                     "mpiexec -n 3 hjnet run input/entangle.toml --set run.seed=2 --output beta.h5    # 0.",
                     "hjplot potential beta.h5 -o two.png", "| [The second](#two) | `alpha`, `beta` |"):
            self.assertIn(part, text)
        for name in ("one", "two"):
            self.assertLess((self.output / "figures/gallery" / f"{name}.png").stat().st_size, 120_000)

    @mock.patch.object(cli.Workshop, "draw", lambda workshop, picture: (workshop.pictures / f"{picture.name}.png").touch())
    def test_nothing_is_replaced_unasked_and_resume_keeps_what_is_the_same(self):
        self.assertEqual(self.gallery(cases())[0], 0)
        status, _, error = self.gallery(cases())
        self.assertEqual(status, 2)
        self.assertIn("gallery.md and 4 more of its files would be replaced; --overwrite allows it", error)
        self.assertEqual(self.gallery(cases(), "--resume")[0], 2)  # the page is there
        self.assertEqual(len(self.called()), 2)
        self.assertEqual(self.gallery(cases(), "--resume", "--overwrite")[0], 0)
        self.assertEqual(len(self.called()), 2)
        with open(self.folder / "hjnet", "a", encoding="utf-8") as program:
            program.write("# another executable\n")
        self.assertEqual(self.gallery(cases(), "--resume", "--overwrite", "--only", "one")[0], 0)
        self.assertEqual(len(self.called()), 3)
        self.assertNotIn("The second", self.page())

    @mock.patch.object(cli.Workshop, "draw", lambda workshop, picture: None)
    def test_resume_does_not_keep_a_run_of_other_data(self):
        run = Run("alpha", "entangle", data=("synthetic", "set.h5"))
        chapters = (Chapter("Made up", (Case("one", "The first", (run,), (), first_error),)),)
        with mock.patch("hjgallery_lib.making.POSTPROCESS", self.folder):
            for content, calls in (("a", 1), ("a", 1), ("b", 2)):
                (self.folder / "hjdata").write_text(f"import sys\nopen(sys.argv[2], 'w').write('{content}')\n")
                self.assertEqual(self.gallery(chapters, "--resume", "--overwrite")[0], 0)
                self.assertEqual(len(self.called()), calls)

    @mock.patch.object(cli.Workshop, "draw", lambda workshop, picture: None)
    def test_a_failure_stops_nothing_and_is_reported(self):
        bad = Run("gamma", "entangle", ("--set", "fail=true"))
        beta = cases()[0].cases[1].runs[1]
        status, out, error = self.gallery(cases(Case("three", "The third", (bad,), (picture("three", "gamma"),), first_error),
                                                Case("four", "The fourth", (beta,), (picture("four", "beta"),), wrong_claim),
                                                Case("five", "The fifth", (Run("no-such"),), (), first_error)))
        self.assertEqual(status, 1)
        self.assertIn("2 of 5 cases", out)
        self.assertIn("hjgallery: three: `gamma`: hjnet: error: it was told to (status 1; gamma.log)", error)
        self.assertIn("hjgallery: four: the runs do not bear out: there are more than 100 epochs", error)
        self.assertIn("hjgallery: five: `no-such`: there is no input/no-such.toml", error)
        self.assertEqual(self.page().count("**This case failed when the page was written:**"), 3)
        self.assertNotIn("three.png)", self.page())

    def test_a_run_that_does_not_end(self):
        slow = Run("slow", "entangle", ("--set", "sleep=true"))
        chapters = (Chapter("Slow", (Case("slow", "Slow", (slow,), (), first_error),)),)
        status, _, error = self.gallery(chapters, "--limit", "0.3")
        self.assertEqual(status, 1)
        self.assertIn("slow: `slow`: not done after 0.3 s", error)

    def test_usage(self):
        for arguments, told in ((["--only", "six"], "--only six: there is no such case; there are one, two"),
                                (["--hjnet", self.folder / "none"], "is no executable"),
                                (["--launcher", "no-such-launcher"], "there is no program no-such-launcher"),
                                (["--ranks", "0"], "must be positive")):
            status, out, error = self.gallery(cases(), *arguments)
            self.assertEqual((status, out), (2, ""))
            self.assertIn(told, error)
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            self.assertEqual(cli.main(["--only", "figure-2"]), 2)
        self.assertIn("say by --output DIR where to", error.getvalue())
        self.assertEqual(self.called(), [])
        self.assertEqual(self.gallery(cases(), "--list")[:2], (0, "one: alpha\ntwo: alpha, beta\n"))


class Cases(unittest.TestCase):
    def setUp(self):
        self.cases = [case for chapters in PAGES.values() for chapter in chapters for case in chapter.cases]

    def test_every_shipped_input_is_on_a_page(self):
        used = {run.toml.removesuffix(".toml") for case in self.cases for run in case.runs}
        shipped = {path.stem for path in (ROOT / "input").glob("*.toml")}
        self.assertEqual(used, shipped - NO_CASE)

    def test_names(self):
        for names in ([case.name for case in self.cases], [p.name for case in self.cases for p in case.pictures]):
            self.assertEqual(len(names), len(set(names)))
        runs = {}
        for case in self.cases:
            files = {run.file for run in case.runs}
            for run in case.runs:
                self.assertEqual(runs.setdefault(run.name, run), run)
            for shown in case.pictures:
                self.assertLessEqual({part for part in shown.hjplot if part.endswith(".h5")}, files)
            for name in case.see:
                self.assertTrue((ROOT / "docs" / name).is_file(), name)

    def test_links_within_a_page_are_there(self):
        source = "".join(path.read_text(encoding="utf-8") for path in Path(page.__file__).parent.glob("cases/*.py"))
        self.assertLessEqual(set(re.findall(r"\]\(#([\w-]+)\)", source)), {case.name for case in self.cases})


class Statements(unittest.TestCase):
    """What the page says of entanglement, with made-up run files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.facts = Facts(self.folder)

    def made(self, *runs, defect=0.0, factor=1.0):
        for run in runs:
            path = synthetic.write(self.folder / run.file, members=4, defect=defect)
            with h5py.File(path, "r+") as file:
                file["/ensemble/member/concurrence"][:] *= factor

    def test_no_concurrence_is_quoted_of_what_is_no_state(self):
        self.made(entanglement.LEARNING)
        self.made(*entanglement.MEMORIES, defect=0.01)
        lines = [line for line in entanglement.figure_3(self.facts).splitlines() if line.startswith("| `")]
        self.assertRegex(lines[0], r"`entangle-ensemble` \| 0\.\d+ ± 0\.\d+ \|")
        self.assertEqual(len(lines), 1 + len(entanglement.MEMORIES))
        for line in lines[1:]:
            self.assertIn("| not quoted: 100 % of the members are no state |", line)

    def test_learning_adds_nothing_where_the_frozen_control_is_the_same(self):
        added = "learning adds to the final concurrence"
        case = next(case for case in entanglement.CASES if case.name == "controls")
        self.made(*(run for run in case.runs if run is not entanglement.FROZEN))
        for factor, broken in ((1.0, True), (0.5, False)):
            self.made(entanglement.FROZEN, factor=factor)
            self.facts.broken.clear()
            entanglement.controls(self.facts)
            self.assertEqual(added in self.facts.broken, broken, self.facts.broken)


class Figures(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual([short(v) for v in (0.0, 0.06823, -1270.4, 4.1e-9, -2e-7, 123456.0)],
                         ["0", "0.0682", "−1270", "4.10·10⁻⁹", "−2.00·10⁻⁷", "1.23·10⁵"])
        self.assertEqual(plus_minus(0.1502, 0.0231), "0.150 ± 0.023")
        self.assertEqual(plus_minus(-0.0449, 0.0092, sign=True), "−0.0449 ± 0.0092")
        self.assertEqual(plus_minus(8.33e-9, 1.37e-9), "(8.3 ± 1.4)·10⁻⁹")
        self.assertEqual(plus_minus(1e-5, 0.02), "0.000 ± 0.020")
        self.assertEqual(plus_minus(2.0, 0.0), "2.00")
        self.assertEqual(percent(0.9237), "92 %")
        self.assertEqual(vector((1.0, -0.618)), "(1,\u00a0−0.618)")


if __name__ == "__main__":
    os.environ.setdefault("MPLCONFIGDIR", tempfile.mkdtemp())
    unittest.main(verbosity=2)
