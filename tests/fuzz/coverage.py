#!/usr/bin/python3
"""Runs command_fuzzer on its targets, as many at once as there are cores: coverage.py BUILD MINUTES CORPUS, as
coverage.sh calls it."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import page
from damaged_files import RUN, Ground  # which puts tests/support in the path
from processes import own_sessions

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TARGETS = ("settings", "info", "restart", "data")
LARGEST = {"settings": 20000}  # bytes of an input that libFuzzer makes
SECONDS, MEGABYTES = 20, 3000


# MPI's own leaks; a size that cannot be had is refused by our code, not by the sanitizer.
os.environ.update(ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1",
                  UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")


def seeds(ground, folder):
    """Good files of every kind, from which fuzzing begins."""
    for target in TARGETS:
        (folder / target).mkdir(parents=True, exist_ok=True)
    for file in [*SOURCE.glob("input/*.toml"), *SOURCE.glob("tests/reference/cases/*.toml")]:
        shutil.copy(file, folder / "settings")
    sys.path.insert(0, str(SOURCE / "tests/input"))
    import malformed  # noqa: PLC0415

    for number, case in enumerate(malformed.CASES):
        (folder / "settings" / f"malformed-{number}").write_bytes(case.text if isinstance(case.text, bytes) else case.text.encode())
    for name in ("run.h5", "torus.h5", f"checkpoints/{ground.checkpoint}"):
        shutil.copy(ground.folder / name, folder / "info")
    shutil.copy(ground.folder / "checkpoints" / ground.checkpoint, folder / "restart")
    shutil.copy(ground.folder / "data.h5", folder / "data")


def write_dictionary(binary, path):
    """Names of tables and keys, and the words that the reference page quotes."""
    reference = subprocess.run([binary, "reference"], capture_output=True, text=True, check=True).stdout
    tables = page.parse(reference).tables
    words = {f"[{name}]" for name in tables} | {f"[[{name}]]" for name in tables}
    for keys in tables.values():
        for key in keys:
            words.add(f"{key.name} = ")
            words.update(re.findall(r"[a-z_]{3,}", key.expected))
    path.write_text("".join(f'"{word}"\n' for word in sorted(words)))


def fuzz(build, target, minutes, corpus, ground):
    """What libFuzzer says of a target, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "case.toml").write_text(RUN)
        shutil.copy(ground.folder / "data.h5", folder / "data.h5")
        write_dictionary(build / "apps/hjnet", folder / "words")
        command = [build / "tests/fuzz/command_fuzzer", f"-max_total_time={60 * minutes:.0f}", "-close_fd_mask=3",
                   f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", "-print_final_stats=1", "-reload=0",
                   f"-artifact_prefix={corpus}/{target}-", corpus / target]
        if target in LARGEST:
            command[1:1] = [f"-max_len={LARGEST[target]}", "-dict=words", "-only_ascii=1"]
        done = subprocess.run(command, cwd=folder, env=own_sessions(folder, HJNET_FUZZ=target), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        return done.stdout, done.returncode


def main():
    build, minutes, corpus = pathlib.Path(sys.argv[1]).resolve(), float(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(os.environ.get("HJNET_BINARY", str(build / "apps/hjnet")), pathlib.Path(folder))
        seeds(ground, corpus)
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            done = list(pool.map(lambda target: fuzz(build, target, minutes, corpus, ground), TARGETS))
        for target, (said, status) in zip(TARGETS, done):
            stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
            coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)
            print(f"{target}: {stats.get('number_of_executed_units', 0)} executions, coverage, features and corpus "
                  f"{coverage[-1] if coverage else 'none'}, status {status}", flush=True)
            if status != 0:
                failed = 1
                print(said[-6000:], flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
