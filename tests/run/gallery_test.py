#!/usr/bin/python3
"""hjgallery with the program itself: two quick cases, or all of them (argument `all`)."""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import HJNET, MPIEXEC, SOURCE, WholeRun  # noqa: E402

QUICK = ["--only", "torus-pendulum", "--only", "gauge-second-class"]


class Gallery(WholeRun):
    def test_cases(self):
        chosen = [] if "all" in sys.argv else QUICK
        environment = {**os.environ, "MPLCONFIGDIR": str(self.path / "matplotlib")}
        done = subprocess.run([sys.executable, "-B", SOURCE / "postprocess/hjgallery", *chosen, "--hjnet", HJNET, "--launcher",
                               MPIEXEC, "--output", self.path / "page", "--runs", self.path / "runs"], capture_output=True,
                              text=True, env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        print(done.stdout)
        page = (self.path / "page/gallery.md").read_text(encoding="utf-8")
        pictures = list((self.path / "page/figures/gallery").glob("*.png"))
        self.assertEqual(page.count("](figures/gallery/"), len(pictures))
        self.assertGreaterEqual(len(pictures), 2)
        self.assertLess(sum(path.stat().st_size for path in pictures), 4_000_000)
        self.assertIn("9 tori", page)
        self.assertNotIn("failed", page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
