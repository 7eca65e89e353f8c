#!/usr/bin/python3
"""Slices of the `full` tests, so that continuous integration runs all of them in the course of some commits.

    tests/tools/slices.py BUILD N/M       the names in slice N (1 to M) of M, as a regular expression for ctest -R
    tests/tools/slices.py BUILD auto      the slice that the commit's hash chooses, of as few as stay below LONGEST

Every test is in exactly one slice. Slices are balanced by what the tests cost: the COST that their CMakeLists.txt
state, seconds on two cores.
"""

import json
import pathlib
import re
import subprocess
import sys

LONGEST = 1200  # seconds of a slice, unless one test alone takes longer


def divided(costs, count):
    """`costs` (name: seconds) in `count` lists of names: the heaviest first, each to the list that has least."""
    slices = [[] for _ in range(count)]
    loads = [0.0] * count
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        least = loads.index(min(loads))
        slices[least].append(name)
        loads[least] += costs[name]
    return slices


def fewest(costs):
    """As few slices as have no more than LONGEST each, but for a test alone."""
    for count in range(1, len(costs) + 1):
        slices = divided(costs, count)
        if all(len(names) == 1 or sum(costs[name] for name in names) <= LONGEST for names in slices):
            return slices
    raise ValueError("there is no test")


def chosen(costs, which, commit):
    """The slice that `which` names, and what it is called."""
    if which == "auto":
        slices = fewest(costs)
        number = int(commit, 16) % len(slices) + 1
    else:
        match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", which)
        if not match or int(match[1]) > int(match[2]):
            raise SystemExit(f"slices: expected N/M with 1 <= N <= M, or auto, got '{which}'")
        number, slices = int(match[1]), divided(costs, int(match[2]))
    return slices[number - 1], f"{number}/{len(slices)}"


def full_tests(build):
    """The costs of all tests labelled `full`."""
    shown = subprocess.run(["ctest", "--test-dir", build, "-L", "^full$", "--show-only=json-v1"], capture_output=True,
                           text=True, check=True)
    costs = {}
    for test in json.loads(shown.stdout)["tests"]:
        properties = {entry["name"]: entry["value"] for entry in test["properties"]}
        costs[test["name"]] = float(properties.get("COST", 0))
    if missing := sorted(name for name, cost in costs.items() if cost <= 0):
        raise SystemExit(f"slices: these full tests state no COST: {', '.join(missing)}")
    return costs


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    commit = subprocess.run(["git", "-C", pathlib.Path(__file__).parent, "rev-parse", "HEAD"], capture_output=True,
                            text=True, check=False).stdout.strip()
    if sys.argv[2] == "auto" and not commit:
        raise SystemExit("slices: auto needs a git clone, to take the commit's hash")
    costs = full_tests(sys.argv[1])
    names, label = chosen(costs, sys.argv[2], commit)
    print(f"slice {label}, {sum(costs[name] for name in names):.0f} s: {' '.join(names)}", file=sys.stderr)
    # A slice may be empty where there are more slices than tests: nothing is named so.
    print("^(" + "|".join(re.escape(name) for name in names) + ")$" if names else "^$")


if __name__ == "__main__":
    main()
