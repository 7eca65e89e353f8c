#!/usr/bin/python3
"""Random inputs over the whole reference page, extremes of every range included.

    random_settings.py [--minutes M | --count N] [--seed S] [--keep FOLDER]

Each goes to `hjnet check`, and where that says it is small to `hjnet run`, under limits of processor time and memory. It
must be refused with a key's name, run, stop at its wall time, or end with an error of ours; whatever else is a finding,
printed with its number and the smallest input that still shows it. $HJNET_BINARY is the program.
"""

import collections
import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import h5py
import numpy
from inputs import RandomInput
from limits import complaint, launch, numbers, options
from page import parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import dump  # noqa: E402

CHECK_SECONDS, RUN_SECONDS = 5, 20
WALL_TIME = "00:00:03"
SMALL_MEMORY, SMALL_WORK = 400 << 20, 3e9


class Subject:
    """The program, and the keys that its reference page names."""

    def __init__(self, binary):
        self.binary = binary
        page = subprocess.run([binary, "reference"], capture_output=True, text=True, check=True).stdout
        self.page = parse(page)
        self.names = self.page.names() | {"dataset '/"}  # what is wrong within a data file stands in its words

    def failure(self, text, data, folder):
        """What is wrong with the program's treatment of an input, and what it said; None and what it did otherwise."""
        (folder / "case.toml").write_text(text)
        write_data(folder / "data.h5", data)
        ending = launch([self.binary, "check", "case.toml", "--json"], folder, CHECK_SECONDS)
        if wrong := complaint(ending, self.names, (0, 2)):
            return f"check {wrong}", ending.err[-1500:]
        if ending.status == 2:
            return None, ending.err
        try:
            cost = json.loads(ending.out)
        except ValueError:
            return "check prints what is no JSON", ending.out[:500]
        if negative := [name for name, value in cost.items() if isinstance(value, (int, float)) and not value >= 0]:
            return f"check says that {negative[0]} is {cost[negative[0]]}", ending.out
        if unknown := [name for name, value in cost.items() if value is None]:
            return f"check does not know {unknown[0]}", ending.out
        if cost["peak_bytes"] > SMALL_MEMORY or cost["file_bytes"] > SMALL_MEMORY or cost["operations"] > SMALL_WORK:
            return None, "large"
        command = [self.binary, "run", "case.toml", "--output", "run.h5", "--overwrite", "--max-walltime", WALL_TIME]
        ending = launch(command, folder, RUN_SECONDS)
        if wrong := complaint(ending, self.names):
            return f"run {wrong}", ending.err[-1500:]
        return None, {0: "ran", 1: "failed", 2: "refused by run", 75: "stopped"}[ending.status]


REFUSED = re.compile(r"case\.toml:\d+:\d+: ([\w.\[\]]+): ")
REPAIRS = 4


def repaired(content, said):
    """The input without the key that a message refuses; None where that is not in it."""
    match = REFUSED.match(said)
    path = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", match[1])] if match else []
    less = copy.deepcopy(content)
    node = less
    try:
        for name in path[:-1]:
            node = node[name]
        del node[path[-1]]
    except (LookupError, TypeError):
        return None
    return less


def tried(subject, drawn, folder):
    """An input and what became of it; a key that is refused is taken out, some times over."""
    content = drawn.content
    for _ in range(REPAIRS):
        wrong, said = subject.failure(dump(content), drawn.data, folder)
        if wrong or not said.startswith("case.toml"):
            return content, wrong, said
        content = repaired(content, said)
        if content is None:
            break
    return drawn.content, None, "refused"


def write_data(path, data):
    with h5py.File(path, "w") as file:
        for name, (shape, flat, dtype) in data.items():
            with numpy.errstate(all="ignore"):
                file[name] = numpy.array(flat, "f8" if dtype != "i8" else "i8").astype(dtype).reshape(shape)


def smaller(content):
    """Every input with one key, table or item less, the larger parts first."""
    paths = []

    def walk(node, path):
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, inner in items:
            paths.append([*path, name])
            walk(inner, [*path, name])

    walk(content, [])
    for path in sorted(paths, key=len):
        less = copy.deepcopy(content)
        node = less
        for name in path[:-1]:
            node = node[name]
        del node[path[-1]]
        yield less


def shrunk(content, shows, until):
    """A part of the input that still `shows` the defect and of which nothing can be taken away."""
    found = True
    while found:
        found = False
        for less in smaller(content):
            if time.monotonic() > until:
                return content
            if shows(less):
                content, found = less, True
                break
    return content


def main():
    known = options(__doc__, count=100)
    known.add_argument("--keep", type=pathlib.Path, help="a folder for the inputs of findings and their data files")
    known.add_argument("--shrink", type=float, default=60, help="seconds spent on making a finding small")
    chosen = known.parse_args()
    subject = Subject(os.path.abspath(os.environ["HJNET_BINARY"]))
    count, outcomes, findings = 0, collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for count, number in enumerate(numbers(chosen), 1):
            drawn = RandomInput(subject.page, random.Random(number))
            content, wrong, said = tried(subject, drawn, folder)
            if wrong:
                findings[wrong] += 1
                if findings[wrong] <= 3:
                    small = shrunk(content, lambda less: subject.failure(dump(less), drawn.data, folder)[0] == wrong,
                                   time.monotonic() + chosen.shrink)
                    if chosen.keep:
                        chosen.keep.mkdir(parents=True, exist_ok=True)
                        (chosen.keep / f"{number}.toml").write_text(dump(small))
                        write_data(chosen.keep / f"{number}.h5", drawn.data)
                    print(f"--- {number}: {wrong}\n{dump(small)}\n{said}\n", flush=True)
            else:
                outcomes[said if len(said) < 20 else "refused"] += 1
    print(f"{count} inputs: {dict(outcomes)}; findings: {dict(findings)}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
