#!/usr/bin/python3
"""Malformed inputs: each case must end with its exact message on stderr, nothing on stdout, and its exit status.

Runs $HJNET_BINARY check on every case in a temporary directory; --show prints the messages as they are instead of
comparing them, which is how expectations are written down in the first place (and then read with care).
"""

import os
import subprocess
import sys
import tempfile

import cases
import data

BAD_INPUT = 2


def run(arguments, directory):
    done = subprocess.run(arguments, cwd=directory, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def judge(name, arguments, expected, directory, status=BAD_INPUT, exact=True):
    """Returns a description of what differs, or None. Not exact: mpirun adds lines of its own after ours."""
    code, out, err = run(arguments, directory)
    expected = expected.replace("{dir}", directory)
    message = err if exact else err[: len(expected) + 1]
    repeated = not exact and err.count(expected) != 1
    if code == status and out == "" and message == expected + "\n" and not repeated:
        return None
    return f"{name}:\n  expected status {status}: {expected}\n  got      status {code}: {err.strip()}\n  stdout: {out[:200]}"


def all_cases(binary, directory):
    """Yields (name, arguments, expected message, exact)."""
    for case in cases.CASES:
        with open(os.path.join(directory, "case.toml"), "w", encoding="utf-8") as file:
            file.write(case.text)
        overrides = [word for override in case.overrides for word in ("--set", override)]
        yield case.name, [binary, "check", "case.toml", *overrides], case.message, True
    for usage in cases.USAGE:
        yield f"usage: {usage.name}", [binary, *usage.arguments], usage.message, True
    with open(os.path.join(directory, "case.toml"), "w", encoding="utf-8") as file:
        file.write(cases.NETWORK + "[run]\nepochs = 0\n")
    mpirun = [os.environ.get("MPIEXEC", "mpirun"), "-n", "2", binary]
    yield "two ranks: input", [*mpirun, "check", "case.toml"], (
        "case.toml:8:1: run.epochs: expected an integer >= 1, got 0"), False
    yield "two ranks: run", [*mpirun, "run", "case.toml"], (
        "case.toml:8:1: run.epochs: expected an integer >= 1, got 0"), False
    yield "two ranks: usage", [*mpirun, "check"], (
        "hjnet: INPUT is required\nRun with --help for more information."), False


def main():
    binary = os.path.abspath(os.environ["HJNET_BINARY"])
    show = "--show" in sys.argv[1:]
    failures = []
    count = 0
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        with open(os.path.join(directory, "data.h5"), "wb") as file:
            file.write(data.CONTENT)
        with open(os.path.join(directory, "text.h5"), "w", encoding="utf-8") as file:
            file.write("not HDF5\n")
        for name, arguments, expected, exact in all_cases(binary, directory):
            count += 1
            if show:
                print(name, "->", run(arguments, directory)[2].strip())
                continue
            failure = judge(name, arguments, expected, directory, exact=exact)
            if failure:
                failures.append(failure)
    print("\n".join(failures))
    print(f"{count - len(failures)} of {count} malformed inputs refused as they must be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
