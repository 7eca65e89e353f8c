#!/usr/bin/python3
"""The documentation as a site: built without a warning, no link leads nowhere, its search finds, its equations are drawn.

    site_test.py BUILD
"""

import html.parser
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import browser  # noqa: E402

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SITE = BUILD / "site"


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.equations = set(), [], 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.update(filter(None, (attrs.get("id"), attrs.get("name"))))
        self.links += [attrs[name] for name in ("href", "src") if attrs.get(name)]
        self.equations += "math" in (attrs.get("class") or "").split()


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["cmake", BUILD], check=True, capture_output=True)  # Sphinx may be newer than the build
        done = subprocess.run(["cmake", "--build", BUILD, "--target", "site"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        cls.pages = {path: Page(path) for path in SITE.rglob("*.html") if "_static" not in path.parts}

    def test_every_page_of_docs_is_there(self):
        source = pathlib.Path(__file__).resolve().parents[2]
        for page in (*source.glob("docs/*.md"), *source.glob("*.md")):
            self.assertIn(SITE / page.relative_to(source).with_suffix(".html"), self.pages)

    def test_links(self):
        checked = 0
        for path, page in self.pages.items():
            for link in page.links:
                parts = urllib.parse.urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue
                target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
                target = target / "index.html" if target.is_dir() else target
                self.assertTrue(target.is_file(), f"{path.name}: {link}")
                if parts.fragment and target in self.pages:
                    self.assertIn(urllib.parse.unquote(parts.fragment), self.pages[target].ids | {"top", "#"}, f"{path.name}: {link}")
                checked += 1
        self.assertGreater(checked, 500)

    def test_search(self):
        index = (SITE / "searchindex.js").read_text(encoding="utf-8")
        for word in ("concurr", "checkpoint", "lyapunov"):  # as they are stemmed
            self.assertIn(word, index)

    def test_in_a_browser(self):
        """Equations are drawn, and no page is wider than a phone's screen or a desk's."""
        script = """addEventListener("load", () => MathJax.Hub.Register.StartupHook("End", () => { document.title =
            [document.documentElement.scrollWidth, innerWidth, document.querySelectorAll(".mjx-chtml.MathJax_CHTML").length].join(" "); }))"""
        model = SITE / "docs/model.html"
        with tempfile.TemporaryDirectory() as folder:
            for width in (500, 1400):
                page, screen, drawn = browser.measured(model, script, width, folder)
                self.assertLessEqual(page, screen)
                self.assertEqual(drawn, self.pages[model].equations)


if __name__ == "__main__":
    unittest.main(verbosity=2)
