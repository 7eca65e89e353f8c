#!/usr/bin/python3
"""Puts deliberate errors into a scratch copy of the tree, one at a time, and sees that the tests notice.

    tests/mutants/run.py [--work DIRECTORY] [--list FILE] [--only NAME ...]
    tests/mutants/run.py --check BUILD    sees only that the list fits the sources, and the tests of a build directory

The list (mutants.toml) holds one [[mutant]] per error:

    name  = "omega-sign"                  # unique
    file  = "src/dynamics/pointwise.cpp"  # from the top of the tree
    old   = "momentum / inertia"          # stands there exactly once
    new   = "-momentum / inertia"
    tests = "unit\\.flow_test"             # ctest -R; these pass without the mutant and must fail with it

Only the programs that a mutant's tests need are built, once, and one file of them for every mutant.

Exit status: 0 when every mutant is noticed; 1 when one survives, does not compile, or its text or tests are not there.
"""

import argparse
import os
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = {ROOT / ".git", ROOT / "build", ROOT / "results"}
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


def tests_of(binary):
    """What CTest would run in a build directory: the names, each with the targets it needs built."""
    shown = subprocess.run(["ctest", "--test-dir", binary, "--show-only=json-v1"], capture_output=True, text=True,
                           check=True)
    needs = {}
    for test in json.loads(shown.stdout)["tests"]:
        # The command of a program that is not built yet is left out; the program is named as the test.
        command = test.get("command", [str(binary / test["name"].partition(".")[2])])
        targets = {pathlib.Path(word).name for word in command if word.startswith(f"{binary}/")}
        needs[test["name"]] = targets | ({"hjnet"} if "python" in command[0] else set())
    return needs


def chosen(mutant, names):
    """Those of the tests that should notice the mutant."""
    if found := [name for name in names if re.search(mutant["tests"], name)]:
        return found
    raise Unusable(f"{mutant['name']}: no test is named {mutant['tests']}")


def synchronise(tree):
    """Makes `tree` a copy of ROOT, writing only what differs: a changed file gets a new time stamp, the others keep
    theirs, so that the build that follows is incremental whatever an interrupted run has left behind."""
    wanted = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name != "__pycache__" and pathlib.Path(folder, name) not in LEFT_OUT]
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


def require_usable(mutants, tests):
    """Names all mutants whose text is not there, or, where `tests` are given, whose tests are not."""
    problems = []
    for mutant in mutants:
        try:
            mutated(mutant)
            if tests is not None:
                chosen(mutant, tests)
        except Unusable as problem:
            problems.append(str(problem))
    if problems:
        raise Unusable("\n         ".join(problems))


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

    def prepare(self, mutants):
        synchronise(self.tree)
        # A mutant may leave a variable unused; that is no way to notice it. Compilers take longer than tests here.
        options = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG", "-DHJNET_WERROR=OFF"]
        if shutil.which("ccache"):
            options += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
        if call(self.log, "cmake", "-G", "Ninja", "-S", self.tree, "-B", self.binary, *options):
            raise Unusable(f"the tree cannot be configured; see {self.log}")
        self.needs = tests_of(self.binary)
        tests = {name for mutant in mutants for name in chosen(mutant, self.needs)}
        if not self.builds(tests):
            raise Unusable(f"the tree does not build without any mutant; see {self.log}")
        if failed := self.failures(tests):
            raise Unusable(f"without any mutant these fail: {', '.join(failed)}; see {self.log}")

    def builds(self, tests):
        targets = sorted(set().union(*(self.needs[name] for name in tests)))
        return call(self.log, "cmake", "--build", self.binary, "--parallel", self.jobs, "--target", *targets) == 0

    def failures(self, tests, *options):
        """The names of tests that do not pass."""
        results = self.binary / "results.xml"
        results.unlink(missing_ok=True)
        pattern = "^(" + "|".join(re.escape(name) for name in sorted(tests)) + ")$"
        call(self.log, "ctest", "--test-dir", self.binary, "-R", pattern, "--no-tests=error", "--output-on-failure",
             "--parallel", self.jobs, "--output-junit", results, *options)
        cases = xml.etree.ElementTree.parse(results).iter("testcase")
        passed = {case.get("name") for case in cases if case.get("status") == "run"}
        return sorted(set(tests) - passed)

    def judge(self, mutant):
        """Is the mutant noticed?"""
        path = self.tree / mutant["file"]
        tests = chosen(mutant, self.needs)
        path.write_text(mutated(mutant))
        try:
            if not self.builds(tests):
                raise Unusable("it does not compile")
            return bool(self.failures(tests, "--stop-on-failure"))
        finally:
            shutil.copy(ROOT / mutant["file"], path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "mutants", help="scratch directory")
    parser.add_argument("--list", type=pathlib.Path, default=ROOT / "tests" / "mutants" / "mutants.toml")
    parser.add_argument("--check", type=pathlib.Path, metavar="BUILD", help="put no error in; see that each could be")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    arguments = parser.parse_args()
    try:
        mutants = read_list(arguments.list, arguments.only)
        require_usable(mutants, tests_of(arguments.check.resolve()) if arguments.check else None)
        if arguments.check:
            print(f"{len(mutants)} mutants: each text stands in its file once, each has its tests")
            return
        scratch = Scratch(arguments.work.resolve())
        scratch.prepare(mutants)
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
