#!/usr/bin/python3
"""Puts deliberate errors into a scratch copy of the tree, one at a time, and sees that the tests notice.

    tests/mutants/run.py [--work DIRECTORY] [--list FILE] [--only NAME ...]

The list (mutants.toml) holds one [[mutant]] per error:

    name  = "omega-sign"                  # unique
    file  = "src/dynamics/flow.cpp"       # from the top of the tree
    old   = "momentum / inertia"          # stands there exactly once
    new   = "-momentum / inertia"
    tests = "unit\\.flow_test"             # ctest -R; these pass without the mutant and must fail with it

Exit status: 0 when every mutant is noticed; 1 when one survives, does not compile, or its text or tests are not there.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", "build", "results", "__pycache__"}
FIELDS = {"name", "file", "old", "new", "tests"}


class Unusable(Exception):
    """A mutant, or the list itself, that cannot be judged."""


def read_list(path, only):
    mutants = tomllib.loads(path.read_text()).get("mutant", [])
    for number, mutant in enumerate(mutants, 1):
        if set(mutant) != FIELDS:
            raise Unusable(f"mutant {number} of {path.name}: its keys must be {', '.join(sorted(FIELDS))}")
    names = [mutant["name"] for mutant in mutants]
    if not names or len(set(names)) != len(names):
        raise Unusable(f"{path.name} needs at least one mutant, and unique names")
    if unknown := set(only) - set(names):
        raise Unusable(f"no such mutant: {', '.join(sorted(unknown))}")
    return [mutant for mutant in mutants if not only or mutant["name"] in only]


def mutated(mutant):
    """The text of the mutant's file with the error put in."""
    path = ROOT / mutant["file"]
    if not path.is_file():
        raise Unusable(f"{mutant['name']}: no file {mutant['file']}")
    text = path.read_text()
    if (count := text.count(mutant["old"])) != 1:
        raise Unusable(f"{mutant['name']}: its text stands {count} times in {mutant['file']}, not once")
    return text.replace(mutant["old"], mutant["new"])


def synchronise(tree):
    """Makes `tree` a copy of ROOT, writing only what differs: a changed file gets a new time stamp, the others keep
    theirs, so that the build that follows is incremental whatever an interrupted run has left behind."""
    wanted = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in files:
            source = pathlib.Path(folder, name)
            wanted.add(relative := source.relative_to(ROOT))
            copy = tree / relative
            if copy.is_file() and copy.read_bytes() == source.read_bytes():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    for copy in [path for path in tree.rglob("*") if path.is_file()]:
        if copy.relative_to(tree) not in wanted:
            copy.unlink()


def call(log, *command):
    with log.open("a") as stream:
        print("$", *command, file=stream, flush=True)
        return subprocess.run([str(part) for part in command], stdout=stream, stderr=subprocess.STDOUT).returncode


class Scratch:
    def __init__(self, work):
        self.tree, self.binary, self.log = work / "tree", work / "build", work / "log"
        work.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        self.jobs = str(len(os.sched_getaffinity(0)))

    def prepare(self):
        synchronise(self.tree)
        # A mutant may leave a variable unused; that is no way to notice it.
        options = ["-DCMAKE_BUILD_TYPE=Release", "-DHJNET_WERROR=OFF"]
        if shutil.which("ccache"):
            options += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
        if call(self.log, "cmake", "-G", "Ninja", "-S", self.tree, "-B", self.binary, *options):
            raise Unusable(f"the tree cannot be configured; see {self.log}")
        if not self.builds():
            raise Unusable(f"the tree does not build without any mutant; see {self.log}")

    def builds(self):
        return call(self.log, "cmake", "--build", self.binary, "--parallel", self.jobs) == 0

    def passes(self, tests):
        return call(self.log, "ctest", "--test-dir", self.binary, "-R", tests, "--no-tests=error",
                    "--output-on-failure", "--parallel", self.jobs) == 0

    def judge(self, mutant):
        """Is the mutant noticed?"""
        path = self.tree / mutant["file"]
        text = mutated(mutant)
        if not self.passes(mutant["tests"]):
            raise Unusable(f"its tests ({mutant['tests']}) are not there, or fail without it")
        path.write_text(text)
        try:
            if not self.builds():
                raise Unusable("it does not compile")
            return not self.passes(mutant["tests"])
        finally:
            shutil.copy(ROOT / mutant["file"], path)
            self.builds()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "mutants", help="scratch directory")
    parser.add_argument("--list", type=pathlib.Path, default=ROOT / "tests" / "mutants" / "mutants.toml")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    arguments = parser.parse_args()
    try:
        mutants = read_list(arguments.list, arguments.only)
        for mutant in mutants:
            mutated(mutant)
        scratch = Scratch(arguments.work.resolve())
        scratch.prepare()
    except (Unusable, tomllib.TOMLDecodeError) as problem:
        sys.exit(f"mutants: {problem}")
    bad = 0
    for mutant in mutants:
        start = time.monotonic()
        try:
            verdict = "noticed" if scratch.judge(mutant) else "SURVIVED"
        except Unusable as problem:
            verdict = f"UNUSABLE: {problem}"
        bad += verdict != "noticed"
        print(f"{mutant['name']:32} {time.monotonic() - start:6.0f} s  {verdict}", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} mutants noticed; log: {scratch.log}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
