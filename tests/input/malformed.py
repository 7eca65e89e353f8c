#!/usr/bin/python3
"""Malformed inputs: each case must end with its exact message on stderr, nothing on stdout, and its exit status.

Usage: malformed.py DRIVER. Every case is `hjnet check` (torus for inputs of tori) in a folder of its own. Starting MPI
is mostly waiting, so DRIVER runs all cases in one process; some run as $HJNET_BINARY besides, several at a time.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple, Sequence

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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from processes import own_sessions  # noqa: E402

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
EVERY, USAGE_ALONE = 100, 6


class Job(NamedTuple):
    name: str
    folder: str
    arguments: Sequence[str]
    message: str
    exact: bool


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


def judge(job, status, stdout, stderr):
    """What differs, or None. Where not exact, mpirun adds lines of its own; ours must stand there once."""
    expected = job.message.replace("{dir}", job.folder) + "\n"
    said = stderr == expected if job.exact else stderr.count(expected) == 1
    if status == BAD_INPUT and stdout == "" and said:
        return None
    return f"{job.name}:\n  expected status {BAD_INPUT}: {expected}  got status {status}: {stderr}{stdout[:200]}"


def run_alone(job):
    """The case as a process, or several, of its own."""
    with tempfile.TemporaryDirectory() as sessions:
        done = subprocess.run(job.arguments, cwd=job.folder, capture_output=True, text=True, timeout=120, check=False,
                              env=own_sessions(sessions))
    return judge(job, done.returncode, done.stdout, done.stderr)


def run_together(driver, jobs):
    """All cases in one process."""
    fields = [field for job in jobs for field in (job.folder, str(len(job.arguments) - 1), *job.arguments[1:])]
    text = "".join(field + "\0" for field in fields)
    done = subprocess.run([driver], input=text, capture_output=True, text=True, timeout=240, check=False)
    results = []
    for job in jobs:
        try:
            files = (pathlib.Path(job.folder, name) for name in ("status", "stdout", "stderr"))
            status, stdout, stderr = (file.read_text() for file in files)
        except FileNotFoundError:
            return [*results, f"{job.name}: the process of all cases ended here, with status {done.returncode}"]
        results.append(judge(job, int(status), stdout, stderr))
    return results


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
        together, alone = [], []
        for number, (name, text, arguments, message, exact) in enumerate(all_cases(binary)):
            job = Job(name, prepare(parent, number, text), arguments, message, exact)
            (together if exact else alone).append(job)
        # Some also as the program itself, so that it is seen to do what its parts do in another process.
        alone += together[::EVERY] + together[-USAGE_ALONE:]
        of_processes = pool.map(run_alone, alone)
        results = [*run_together(os.path.abspath(sys.argv[1]), together), *of_processes]
    failures = [result for result in results if result]
    print("\n".join(failures))
    print(f"{len(results) - len(failures)} of {len(results)} refused as they must be; {len(alone)} by processes of their own")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
