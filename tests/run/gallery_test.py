#!/usr/bin/python3
"""hjgallery with the program itself: two quick cases, or all of them (argument `all`)."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["HJNET_SOURCE_DIR"])
QUICK = ["--only", "torus-pendulum", "--only", "gauge-second-class"]


class Gallery(unittest.TestCase):
    def test_cases(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            chosen = [] if "all" in sys.argv else QUICK
            environment = {**os.environ, "MPLCONFIGDIR": str(folder / "matplotlib")}
            done = subprocess.run([sys.executable, "-B", str(ROOT / "postprocess/hjgallery"), *chosen, "--hjnet",
                                   os.environ["HJNET_BINARY"], "--launcher", os.environ["MPIEXEC"], "--output",
                                   str(folder / "page"), "--runs", str(folder / "runs")], capture_output=True, text=True,
                                  env=environment, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            print(done.stdout)
            page = (folder / "page/gallery.md").read_text(encoding="utf-8")
            pictures = list((folder / "page/figures/gallery").glob("*.png"))
            self.assertEqual(page.count("](figures/gallery/"), len(pictures))
            self.assertGreaterEqual(len(pictures), 2)
            self.assertLess(sum(path.stat().st_size for path in pictures), 4_000_000)
            self.assertIn("9 tori", page)
            self.assertNotIn("failed", page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
