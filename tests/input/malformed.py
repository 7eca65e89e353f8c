#!/usr/bin/python3
"""Malformed inputs: each case must end with its exact message on stderr, nothing on stdout, and its exit status.

Runs $HJNET_BINARY check (torus for inputs of tori) on every case, each in a folder of its own. Starting MPI is mostly
waiting, so several run at a time.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile

import case
import cases_checkpoint
import cases_environment
import cases_evaluate
import cases_family
import cases_file
import cases_kernel
import cases_gauge
import cases_lyapunov
import cases_network
import cases_patterns
import cases_quantum
import cases_torus
import cases_usage
import cases_values
import data

CASES = (
    cases_file.CASES
    + cases_network.CASES
    + cases_gauge.CASES
    + cases_values.CASES
    + cases_quantum.CASES
    + cases_family.CASES
    + cases_checkpoint.CASES
    + cases_kernel.CASES
    + cases_environment.CASES
    + cases_lyapunov.CASES
    + cases_evaluate.CASES
    + cases_patterns.CASES
)
BAD_INPUT = 2
AT_A_TIME = 4


def prepare(parent, number, text):
    """A folder with case.toml and the files that cases refer to."""
    folder = os.path.join(parent, f"{number:03}")
    os.mkdir(folder)
    ensemble = case.NETWORK + "[ensemble]\nmembers = 2\n"
    constrained = case.NETWORK + cases_gauge.SPLIT + '[[gauge.constraint]]\nname = "g"\n' + cases_gauge.TERM
    for name, content in (
        ("case.toml", text.encode()),
        ("network.toml", case.NETWORK.encode()),
        ("ensemble.toml", ensemble.encode()),
        ("constrained.toml", constrained.encode()),
        ("data.h5", data.CONTENT),
        ("patterns.h5", data.PATTERNS),
        ("text.h5", b"not HDF5\n"),
    ):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    return folder


def judge(name, arguments, expected, folder, exact):
    """What differs, or None. Where not exact, mpirun adds lines of its own; ours must stand there once."""
    expected = expected.replace("{dir}", folder) + "\n"
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    said = done.stderr == expected if exact else done.stderr.count(expected) == 1
    if done.returncode == BAD_INPUT and done.stdout == "" and said:
        return None
    got = f"status {done.returncode}: {done.stderr}{done.stdout[:200]}"
    return f"{name}:\n  expected status {BAD_INPUT}: {expected}  got {got}"


def all_cases(binary):
    """Yields (name, input text, arguments, message, exact)."""
    for verb, cases in (("check", CASES), ("torus", cases_torus.CASES)):
        for malformed in cases:
            overrides = [word for setting in malformed.overrides for word in ("--set", setting)]
            yield malformed.name, malformed.text, [binary, verb, "case.toml", *overrides], malformed.message, True
    for usage in cases_usage.USAGE:
        yield usage.name, case.NETWORK, [binary, *usage.arguments], usage.message, True
    mpirun = [os.environ.get("MPIEXEC", "mpirun"), "-n", "2", binary]
    text = case.NETWORK + "[run]\nepochs = 0\n"
    message = "case.toml:8:1: run.epochs: expected an integer >= 1, got 0"
    yield "two ranks, check", text, [*mpirun, "check", "case.toml"], message, False
    yield "two ranks, run", text, [*mpirun, "run", "case.toml"], message, False
    yield "two ranks, usage", text, [*mpirun, "check"], "hjnet: INPUT is required", False


def main():
    binary = os.path.abspath(os.environ["HJNET_BINARY"])
    with tempfile.TemporaryDirectory() as parent, concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        parent = os.path.realpath(parent)
        jobs = []
        for number, (name, text, arguments, message, exact) in enumerate(all_cases(binary)):
            folder = prepare(parent, number, text)
            jobs.append(pool.submit(judge, name, arguments, message, folder, exact))
        results = [job.result() for job in jobs]
    failures = [result for result in results if result]
    print("\n".join(failures))
    print(f"{len(results) - len(failures)} of {len(results)} malformed inputs refused as they must be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
