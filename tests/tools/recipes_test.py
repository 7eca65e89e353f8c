#!/usr/bin/python3
"""Recipes that cannot be tried here: what can be read of them is right."""

import ast
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "cmake/packages"
# Of Debian's packages that hjnet needs, the names elsewhere; None: of the machine.
SPACK = {"g++": "cxx", "ninja-build": "ninja", "pkg-config": "pkgconfig", "libopenmpi-dev": "mpi", "openmpi-bin": "mpi", "petsc-dev": "petsc",
         "libsundials-dev": "sundials", "libhdf5-openmpi-dev": "hdf5", "libopenblas-dev": "blas", "libfftw3-dev": "fftw",
         "libeigen3-dev": "eigen", "libtomlplusplus-dev": "tomlplusplus", "libspdlog-dev": "spdlog", "libfmt-dev": "fmt",
         "libcli11-dev": "cli11", "librandom123-dev": "random123", "nlohmann-json3-dev": "nlohmann-json"}


class Recipes(unittest.TestCase):
    def spack_needs(self):
        """{package: what of it} of the recipe."""
        recipe = ast.parse((PACKAGES / "spack/packages/hjnet/package.py").read_text())
        self.assertEqual([node.name for node in recipe.body if isinstance(node, ast.ClassDef)], ["Hjnet"])
        calls = [node for node in ast.walk(recipe) if isinstance(node, ast.Call) and node.func.id == "depends_on"]
        named = [node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)]
        loops = [item.value for node in ast.walk(recipe) if isinstance(node, ast.For) for item in node.iter.elts]
        return dict(re.fullmatch(r"([a-z0-9-]+)(.*)", need).groups() for need in named + loops)

    def test_spack_needs_what_debian_needs(self):
        needs = self.spack_needs()
        listed = subprocess.run(["bash", ROOT / "jobscripts/setup.sh", "--list"], check=True, capture_output=True, text=True).stdout.split()
        for package in listed:
            name = SPACK.get(package) or package.replace("python3-", "py-")
            self.assertIn(name, needs, package)

    def test_spack_versions_are_cmakes(self):
        needs = self.spack_needs()
        cmake = (ROOT / "cmake/Dependencies.cmake").read_text() + (ROOT / "CMakeLists.txt").read_text()
        for name, pattern in {"cmake": r"cmake_minimum_required\(VERSION ([\d.]+)", "eigen": r"find_package\(Eigen3 ([\d.]+)",
                              "tomlplusplus": r"find_package\(tomlplusplus ([\d.]+)", "fmt": r"find_package\(fmt ([\d.]+)",
                              "spdlog": r"find_package\(spdlog ([\d.]+)", "nlohmann-json": r"find_package\(nlohmann_json ([\d.]+)",
                              "sundials": r"SUNDIALS_VERSION VERSION_LESS ([\d.]+)"}.items():
            self.assertTrue(needs[name].startswith(f"@{re.search(pattern, cmake)[1]}:"), f"{name}{needs[name]}")
        self.assertIn("+hl", needs["hdf5"])

    def test_apptainer(self):
        text = (PACKAGES / "apptainer.def").read_text()
        header, *sections = re.split(r"^%", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
        self.assertEqual(dict(line.split(": ") for line in header.split("\n") if line), {"Bootstrap": "docker", "From": "debian:trixie-slim"})
        names = [section.split()[0] for section in sections]
        self.assertEqual(names, ["files", "post", "environment", "runscript", "test", "labels", "help"])
        for name, section in zip(names, sections):
            if name in ("post", "environment", "runscript", "test"):
                subprocess.run(["bash", "-n"], input=section.partition("\n")[2], text=True, check=True)
        post = sections[names.index("post")]
        for command in re.findall(r"bash (\S+)", post):
            self.assertTrue((ROOT / command).is_file(), command)
        self.assertRegex((ROOT / "CMakePresets.json").read_text(), '"name": "release"')


if __name__ == "__main__":
    unittest.main(verbosity=2)
