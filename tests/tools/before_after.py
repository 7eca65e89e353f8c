#!/usr/bin/python3
"""Does a change of the inside leave everything as it was outside? Two builds of hjnet on all of input/, byte for byte.

    tests/tools/before_after.py BEFORE AFTER [--only NAME ...] [--epochs N]

BEFORE and AFTER are hjnet executables. Of every input, cut to N epochs (default 3) and few members: what `check`,
`check --json` and `info` print; run files of both engines on one and two ranks, and of a run that is stopped in the middle
and restarted; their checkpoints; torus files; all with their datasets in the order of the file. Besides, the reference
page and the help of every verb. Prints what differs; exit status 1 where anything does.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import compare_runs  # noqa: E402
import shipped  # noqa: E402

MPIEXEC = os.environ.get("MPIEXEC", "mpiexec")
MEMBERS = 4
# What a machine is at the moment, and when and by what a file was made.
PASSING = (r"available per rank [^\n;]*", r'"available_bytes":\s*\d+', r"in \d+ s\.", r"\d+(\.\d+)? s\b", r"[0-9a-f]{8}-[0-9a-f-]{27}",
           r"\d{4}-\d\d-\d\dT[\d:]+Z?", r"Process name: [^\n]*", r"commit [^\n]*", r"[^\n]*\b(created|versions?|run id|timing|memory)\b[^\n]*")
# The input stands in what `check` says, too; here it holds the folder's name.
SKIPPED = ("/@input", "/@hosts", "/@launch", "/*@file", "/@git_commit", "/@commit", "/@*version*", "/@run_file", "/@epoch_seconds", "/@write_seconds", "/@seconds_to_next")


def command(binary, ranks, *arguments):
    return [*([] if ranks is None else [MPIEXEC, "-n", str(ranks)]), str(binary), *map(str, arguments)]


def spoken(done):
    """Exit status and words, without what passes."""
    words = f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    for pattern in PASSING:
        words = re.sub(pattern, "...", words)
    return words


def order(path):
    """Objects of a file as they lie in it."""
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.append((h5py.h5o.get_info(item.id).addr, name)))
    return [name for _, name in sorted(found)]


def cases(path, epochs):
    """Settings that make an input short, with engines and ranks; and commands of `hjnet`."""
    text = path.read_text()
    if re.search(r"^\[torus", text, re.M):
        return [("torus", 1, ()), ("torus", 2, ())]
    found = re.search(r"^epochs = (\d+)", text, re.M)
    short = ["--set", f"run.epochs={min(epochs, int(found[1]) if found else 1)}"]
    if re.search(r"^members = ", text, re.M):
        short += ["--set", f"ensemble.members={MEMBERS}"]
    return [("run", ranks, (*short, "--set", f"solver.engine={engine}")) for engine in ("auto", "coupled") for ranks in (1, 2)]


class Build:
    """What an executable says and leaves, in a folder of its own."""

    def __init__(self, binary, folder):
        self.binary, self.folder = pathlib.Path(binary).resolve(), folder
        shipped.copy(folder)
        self.said = {}

    def call(self, name, *arguments, ranks=None):
        done = subprocess.run(command(self.binary, ranks, *arguments), cwd=self.folder, capture_output=True, text=True,
                              timeout=1800, check=False)
        self.said[name] = spoken(done).replace(str(self.folder), "FOLDER").replace(str(self.binary), "HJNET")

    def take(self, path, case):
        verb, ranks, settings = case
        name = f"{path.stem}-{ranks}-{settings[-1].rpartition('=')[2] if settings else 'torus'}"
        for more in ((), ("--json",)):
            self.call(f"check {name} {' '.join(more)}", "check", path.name, *settings, *more)
        self.call(f"{verb} {name}", verb, path.name, *settings, "--output", f"{name}.h5", ranks=ranks)
        self.call(f"info {name}", "info", f"{name}.h5")
        if verb == "torus":
            return
        output = f"{name}-again.h5"
        self.call(f"first part of {name}", "run", path.name, *settings, "--set", "run.epochs=1", "--output", output, ranks=ranks)
        self.call(f"restart of {name}", "run", path.name, *settings, "--output", output, "--restart", "auto", ranks=ranks)


def different(before, after):
    """All differences between two builds' words and files, a line of text each."""
    found = []
    for name in {**before.said, **after.said}:
        words = [build.said.get(name, "").split("\n") for build in (before, after)]
        if words[0] != words[1]:
            found.append("\n".join([f"{name}: other words", *difflib.unified_diff(*words, n=0, lineterm="")]))
    files = sorted(path.relative_to(before.folder) for path in before.folder.rglob("*.h5"))
    if others := sorted({path.relative_to(after.folder) for path in after.folder.rglob("*.h5")} ^ set(files)):
        found.append(f"files of one only: {', '.join(map(str, others))}")
    for name in files:
        pair = before.folder / name, after.folder / name
        if not pair[1].exists():
            continue
        found += [f"{name}: {line}" for line in compare_runs.differences(*pair, skip=SKIPPED)]
        if order(pair[0]) != order(pair[1]):
            found.append(f"{name}: another order of objects")
    return found, len(files)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("before")
    options.add_argument("after")
    options.add_argument("--only", nargs="+", default=[], metavar="NAME")
    options.add_argument("--epochs", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = [Build(binary, pathlib.Path(folder) / name) for name, binary in (("before", chosen.before), ("after", chosen.after))]
        for build in builds:
            build.call("reference", "reference")
            for verb in ("", "run", "check", "torus", "quantum", "info"):
                build.call(f"help {verb}", "help", *([verb] if verb else []))
        for path in sorted((ROOT / "input").glob("*.toml")):
            if chosen.only and path.stem not in chosen.only:
                continue
            for case in cases(path, chosen.epochs):
                for build in builds:
                    build.take(path, case)
            print(path.name, flush=True)
        found, files = different(*builds)
        print(f"{files} files and the words of {len(builds[0].said)} commands compared: {len(found)} differences")
        print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
