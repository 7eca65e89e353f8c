#!/usr/bin/python3
"""docs/results.md and docs/tutorial.md as a reader would try them: their commands and their Python; and xarray on every group."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import h5py
import numpy as np
import xarray

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from whole_run import HJNET, SOURCE, WholeRun  # noqa: E402


class Pages(WholeRun):
    def page(self, name, **other):
        """Runs the commands of a page, with other words in some; returns its text."""
        text = (SOURCE / f"docs/{name}.md").read_text()
        (self.path / "bin").mkdir()
        for program in (HJNET, SOURCE / "postprocess/hjplot"):
            (self.path / "bin" / pathlib.Path(program).name).symlink_to(program)
        commands = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
        for word, instead in other.items():
            self.assertIn(word, commands)
            commands = re.sub(rf"{word}=\d+", f"{word}={instead}", commands)
        done = subprocess.run(["bash", "-euc", commands], env={**os.environ, "PATH": f"{self.path}/bin:{os.environ['PATH']}"}, cwd=self.path,
                              text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return text

    def test_tutorial(self):
        self.page("tutorial", members=3)
        for file in ("width.png", "width.csv", "difference.png", "closures/width-6.h5", "width.html"):
            self.assertGreater((self.path / file).stat().st_size, 100, file)

    def test_results(self):
        page = self.page("results")
        where = {"cwd": self.path, "text": True, "capture_output": True, "check": False}
        said = {}
        for title, text in re.findall(r"^## (\w+)\n.*?```python\n(.*?)```", page, re.S | re.M):
            with self.subTest(title):
                self.assertLessEqual(text.count("\n"), 5)
                done = subprocess.run(["/usr/bin/python3", "-W", "error::FutureWarning", "-c", text], **where)
                self.assertEqual(done.returncode, 0, done.stderr)
                said[title] = done.stdout
        self.assertEqual(said.keys(), {"NumPy", "xarray", "pandas", "QuTiP"})
        with h5py.File(self.path / "entangle.h5") as run, h5py.File(self.path / "entangle-ensemble.h5") as ensemble:
            concurrence, error = run["entanglement/mean/concurrence"][:], run["series/error"][:]
            self.assertIn(f"largest concurrence {concurrence.max():.4f} ", said["NumPy"])
            self.assertAlmostEqual(float(re.search(r"concurrence (\S+)", said["QuTiP"])[1]), concurrence[-1], places=7)
            rho = run["density/mean"][-1]
            self.assertAlmostEqual(float(re.search(r"sigma_z> (\S+)", said["QuTiP"])[1]), np.diag(rho).real @ [1, -1, -1, 1], places=7)
            last = ensemble["ensemble/member/concurrence"][:, -1]
            quartiles = [float(number) for number in re.search(r"\[(.*)\]", said["xarray"])[1].split()]
            np.testing.assert_allclose(quartiles, np.quantile(last, [0.25, 0.5, 0.75]), atol=1e-7)
            self.assertRegex(said["pandas"], rf"(?m)^0 +{error.reshape(12, -1)[0].mean():.6f}$")

        for file in ("entangle.h5", "entangle-ensemble.h5"):
            with h5py.File(self.path / file) as run:
                groups = ["/"]
                run.visititems(lambda path, item: groups.append(path) if isinstance(item, h5py.Group) else None)
                for group in groups:
                    with self.subTest(f"{file}, {group}"), xarray.open_dataset(self.path / file, engine="h5netcdf", group=group) as opened:
                        for name, item in run[group].items():
                            if isinstance(item, h5py.Dataset):
                                self.assertEqual(opened[name].shape, item.shape, name)
                                numbered = {dim for dim in opened[name].dims if dim in run["/"]}  # 0, 1, ... of weights
                                self.assertTrue(set(opened[name].dims) <= set(opened.coords) | numbered, f"{name}: {opened[name].dims}")
                                np.testing.assert_array_equal(opened[name].values, item[()], name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
