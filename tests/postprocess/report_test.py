"""hjplot report: a page that stands by itself, says what the run files hold, and hides nothing."""
import contextlib
import io
import re
import shutil
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

import synthetic

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("postprocess", "tests/support")]
import browser  # noqa: E402

import h5py  # noqa: E402
import matplotlib  # noqa: E402
import numpy as np  # noqa: E402

matplotlib.use("Agg")

from hjplot_lib import cli, measures, table  # noqa: E402
from hjplot_lib.runfile import RunFile  # noqa: E402

EMPTY = {"meta", "br", "path", "use", "rect", "image", "link"}  # elements that have no end, or end themselves


class Seen(HTMLParser):
    """What stands in a page: its elements must end in the order in which they began."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.ids, self.links, self.captions, self.violated = [], [], [], [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.links += [value for name, value in attrs.items() if name in ("src", "href", "xlink:href")]
        self.ids += [attrs["id"]] if "id" in attrs else []
        if tag not in EMPTY:
            self.open.append((tag, attrs.get("class")))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in EMPTY:
            return
        assert self.open and self.open[-1][0] == tag, f"</{tag}> inside {self.open}"
        self.open.pop()

    def handle_data(self, data):
        if not data.strip():
            return
        self.text.append(data.strip())
        within = [name for name, _ in self.open]
        if within and within[-1] == "figcaption":
            self.captions.append(data.strip())
        if ("div", "violated") in self.open:
            self.violated.append(data.strip())


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.page = self.folder / "report.html"

    def write(self, file="run.h5", **options):
        return synthetic.write(self.folder / file, **options)

    def hjplot(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), matplotlib.rc_context():
            try:
                status = cli.main(["report", *map(str, arguments)])
            except SystemExit as ended:
                status = ended.code
        return status, out.getvalue(), err.getvalue()

    def report(self, *arguments):
        status, out, err = self.hjplot(*arguments, "-o", self.page)
        self.assertEqual((status, out), (0, ""), err)
        return Seen(self.page.read_text(encoding="utf-8"))

    def test_one_run(self):
        path = self.write(ranks=2)
        seen = self.report(path)
        self.assertIn("Does a network of 6 - 8 - 2 neurons entangle the two particles that feed it? (closure bilinear, memory "
                      "none, 6 epochs)", seen.text)
        self.assertEqual(seen.captions, ["Learning potential", "Entanglement", "Network"])
        self.assertEqual(seen.violated, [])
        run = RunFile(path)
        for cell in table.row(run):
            self.assertIn(table.shown(cell), seen.text)
        self.assertIn(f"mpiexec -n 2 hjnet run input.toml --output {path.name}", seen.text)
        self.assertIn(run.file.attrs["input"].strip(), "\n".join(seen.text))

    def test_nothing_is_fetched_and_no_two_marks_are_one(self):
        seen = self.report(self.write(members=4), self.write("other.h5", name="other", members=3))
        self.assertEqual([link for link in seen.links if not link.startswith(("#", "data:image/png;base64,"))], [])
        self.assertEqual(len(seen.ids), len(set(seen.ids)))
        self.assertLessEqual({link[1:] for link in seen.links if link[0] == "#"}, set(seen.ids))
        text = self.page.read_text(encoding="utf-8")
        self.assertLessEqual({mark for mark in re.findall(r"url\(#([^)]*)\)", text)}, set(seen.ids))
        self.assertNotIn("@import", text)
        self.assertNotIn("<script", text)

    def test_several_runs_say_what_they_differ_in(self):
        seen = self.report(self.write(members=4), self.write("wide.h5", name="wide", members=4, hidden=12))
        self.assertEqual(seen.captions, ["Learning potential", "Entanglement", "Network: synthetic", "Network: wide"])
        place = seen.text.index("network.layer[1].neurons")
        self.assertEqual(seen.text[place + 1: place + 3], ["8", "12"])
        self.assertEqual(sum("Do 4 networks of" in line for line in seen.text), 2)

    def test_what_is_violated_stands_first(self):
        path = self.write(defect=0.05)
        seen = self.report(path)
        share = 100 * measures.entanglement(RunFile(path)).unphysical_share
        self.assertGreater(share, 10)
        self.assertEqual(len(seen.violated), 1)
        self.assertTrue(seen.violated[0].startswith(f"{share:.3g} % of the density matrices are not positive"), seen.violated)
        self.assertLess(seen.text.index(seen.violated[0]), seen.text.index("Numbers"))
        seen = self.report(self.write("begun.h5", completed=3))
        self.assertEqual(seen.violated[0], "The run is not complete: unfinished, 3 of 6 epochs.")

    def test_what_a_run_has_not_is_left_out(self):
        seen = self.report(self.write(particles=False, fit=False))
        self.assertEqual(seen.captions, ["Learning potential", "Network"])
        self.assertNotIn("largest C", seen.text)
        self.assertIn("How does the learning potential of a network of 6 - 8 - 2 neurons go over 6 epochs?", seen.text)

    def test_a_potential_that_stays_is_said_and_not_drawn(self):
        path = self.write(particles=False)
        with h5py.File(path, "r+") as file:
            value = file["series/interaction"][:]
            file["series/interaction"][:] = -191.0 + 1e-9 * (value - value.min()) / np.ptp(value)
        seen = self.report(path)
        self.assertEqual(seen.captions, ["Network"])
        self.assertIn("H_int stays at -191, to 1e-09.", seen.text)
        self.assertNotIn("minimum", seen.text)

    def test_letters_of_html_stay_letters(self):
        seen = self.report(self.write(name="a < b & c"), "--title", "<script>alert(1)</script>")
        self.assertIn("<script>alert(1)</script>", seen.text)
        self.assertNotIn("<script", self.page.read_text(encoding="utf-8"))

    def test_the_same_again_to_the_last_byte(self):
        path = self.write(members=3)
        self.report(path)
        first = self.page.read_bytes()
        self.report(path)  # hjplot's own page is replaced
        self.assertEqual(self.page.read_bytes(), first)

    def test_a_page_of_others_stays(self):
        self.page.write_text("<!doctype html>\n<p>mine</p>\n", encoding="utf-8")
        status, _, err = self.hjplot(self.write(), "-o", self.page)
        self.assertEqual(status, 2, err)
        self.assertIn("exists, and is no page of hjplot's", err)
        self.assertIn("mine", self.page.read_text(encoding="utf-8"))

    @unittest.skipUnless(shutil.which("chromium"), "no Chromium here")
    def test_in_a_browser_nothing_is_wider_than_the_screen(self):
        self.report(self.write(members=4), self.write("other.h5", name="a-run-with-quite-a-long-name", members=3))
        script = ("document.title = [document.documentElement.scrollWidth, innerWidth, "
                  "document.querySelectorAll('figure svg').length].join(' ')")
        for width in (500, 1200):
            page, screen, pictures = browser.measured(self.page, script, width, self.folder / "profile")
            self.assertLessEqual(page, screen)
            self.assertEqual(pictures, 4)


if __name__ == "__main__":
    unittest.main()
