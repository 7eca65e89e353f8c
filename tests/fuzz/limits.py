"""A program under limits of time and memory, what may be said of how it ended, and how often that is tried."""

import argparse
import os
import re
import resource
import signal
import subprocess
import time
from typing import NamedTuple

MEMORY = 3 << 30
# What only a defect says: words of libraries, of the language's runtime, of Python.
FOREIGN = re.compile(r"terminate called|what\(\):|Assertion|PETSC ERROR|HDF5-DIAG|std::|vector::|basic_string|map::|Traceback|"
                     r"Sanitizer|MPI_ABORT|bad optional|bad variant|stoi|Signal: |SUNDIALS_ERROR|\[ERROR\]|#000:")


class Ending(NamedTuple):
    status: int
    out: str
    err: str
    timed_out: bool


def limited(cpu):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit


def launch(command, folder, cpu):
    """Runs a command with so many seconds of processor time, and eight times as many by the clock."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                          preexec_fn=limited(cpu), start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=8 * cpu)
            return Ending(process.returncode, out, err, process.returncode in (-signal.SIGXCPU, -signal.SIGKILL))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            return Ending(process.returncode, out, err, True)


def complaint(ending, names, allowed=(0, 1, 2, 75)):
    """What is wrong with how it ended, in words that are the same for the same defect; None where nothing is.

    Status 2 must name one of `names`; where there are none any message does.
    """
    if ending.timed_out:
        return "does not end"
    if ending.status < 0:
        return f"signal {-ending.status}"
    if ending.status not in allowed:
        return f"exit status {ending.status}"
    if foreign := FOREIGN.search(ending.err):
        return f"says '{foreign[0]}'"
    if ending.status == 0:
        return None
    if not ending.err.strip():
        return f"exit status {ending.status} without a word"
    said = re.sub(r"\[\d+\]", "", ending.err)
    if ending.status == 2 and names and not any(name in said for name in names):
        return "exit status 2 without the name of a key"
    return None


def options(text, count):
    """Of a script that tries numbered cases, so many unless told otherwise."""
    known = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--minutes", type=float)
    known.add_argument("--count", type=int, default=count)
    known.add_argument("--seed", type=int, default=0)
    return known


def numbers(chosen):
    """From the seed on, until the minutes are over or the count is full."""
    number, end = chosen.seed, time.monotonic() + 60 * (chosen.minutes or 0)
    while time.monotonic() < end if chosen.minutes else number < chosen.seed + chosen.count:
        yield number
        number += 1
