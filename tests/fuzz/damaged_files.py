#!/usr/bin/python3
"""Damaged files: flipped bits, overwritten blocks, cut ends of run, torus, checkpoint and data files, tables and arrays.

    damaged_files.py [--minutes M | --count N] [--seed S]

`hjnet info`, a restart, a run that reads the data, hjplot and hjdata get them, under limits of processor time and memory.
Each must end with status 0 or a message of ours; whatever else is a finding, printed with its number and what was done to
the file. $HJNET_BINARY is the program, $HJNET_SOURCE_DIR has hjplot and hjdata.
"""

import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import numpy
from limits import complaint, launch, numbers, options

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import case, dump  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("HJNET_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SECONDS = 20
RUN = dump(case(
    {"in": 2, "out": 2},
    run={"epochs": 3, "samples_per_epoch": 4},
    stimulus={"patterns": {"file": "data.h5", "inputs": "/train/inputs", "targets": "/train/targets", "layer": "in"}},
    output={"states": True, "file": "run.h5", "checkpoint": {"every_epochs": 1}}))
TORUS = dump({"torus": {"quadratic": [[1.0]], "epsilon": 0.1, "action": [[1.2, 1.5]], "term": [{"mode": [1]}]},
              "output": {"file": "torus.h5"}})
TABLE = "x,y,kind\n" + "".join(f"{i % 7},{i * i % 11},{'ab'[i % 2]}\n" for i in range(24))
SCAN_TABLE = "# comment\nrun.epochs=1\nrun.epochs=2 'run.seed=3' output.states=true\n\nnetwork.layer[0].neurons=2\n"
SCAN = ["scan", "run.h5", "second.h5", "-o", "p.png"]
HJPLOT = [["potential", "run.h5", "-o", "p.png"], ["learning", "run.h5", "-o", "p.png"], ["network", "run.h5", "-o", "p.png"],
          ["table", "run.h5"], ["learning-account", "run.h5"], ["torus", "torus.h5", "-o", "p.png"], SCAN]


class Ground:
    """A folder of good files, made once."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        (folder / "run.toml").write_text(RUN)
        (folder / "torus.toml").write_text(TORUS)
        (folder / "table.csv").write_text(TABLE)
        (folder / "scan.txt").write_text(SCAN_TABLE)
        numpy.save(folder / "inputs.npy", numpy.arange(48.0).reshape(24, 2))
        numpy.save(folder / "targets.npy", numpy.arange(24) % 3)
        self.make(self.hjdata("csv", "table.csv", "data.h5", "--target", "kind"))
        self.make([binary, "run", "run.toml"])
        shutil.copy(folder / "run.h5", folder / "second.h5")
        self.make([binary, "torus", "torus.toml"])
        self.checkpoint = sorted(path.name for path in (folder / "checkpoints").iterdir())[-1]

    @staticmethod
    def hjdata(*arguments):
        return [sys.executable, str(SOURCE / "postprocess/hjdata"), *arguments]

    @staticmethod
    def hjplot(*arguments):
        return [sys.executable, str(SOURCE / "postprocess/hjplot"), *arguments]

    def scan(self, task):
        """A task of a job array on the scan table, without a Slurm."""
        return ["env", f"PATH={pathlib.Path(self.binary).parent}:{os.environ['PATH']}", "HJNET_LAUNCHER=env", "SLURM_JOB_ID=1",
                "SLURM_ARRAY_JOB_ID=1", f"SLURM_ARRAY_TASK_ID={task}", f"HJNET_JOBSCRIPTS={SOURCE / 'jobscripts'}", "bash",
                str(SOURCE / "jobscripts/array.sbatch"), "run.toml", "scan.txt"]

    def make(self, command):
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def trials(self, rng):
        """A file to damage, and the commands that are to read it."""
        info = [self.binary, "info"]
        restart = [self.binary, "run", "run.toml", "--restart", "auto", "--set", "run.epochs=4"]
        checkpoint = f"checkpoints/{self.checkpoint}"
        table = self.hjdata("csv", "table.csv", "made.h5", "--target", "kind")
        return rng.choice([
            ("run.h5", [[*info, "run.h5"], restart]),
            ("run.h5", [self.hjplot(*rng.choice([verb for verb in HJPLOT if "run.h5" in verb]))]),
            ("torus.h5", [[*info, "torus.h5"], self.hjplot(*HJPLOT[5])]),
            (checkpoint, [[*info, checkpoint], [self.binary, "run", "run.toml", "--restart", checkpoint]]),
            ("data.h5", [[self.binary, "run", "run.toml", "--output", "new.h5"]]),
            ("table.csv", [table]),
            (rng.choice(["inputs.npy", "targets.npy"]), [self.hjdata("numpy", "inputs.npy", "targets.npy", "made.h5")]),
            ("scan.txt", [self.scan(rng.randint(1, 3))]),
        ])


def flipped(content, rng):
    for _ in range(rng.choice([1, 1, 4, 32])):
        place = rng.randrange(len(content))
        content[place] ^= 1 << rng.randrange(8)
    return "bits flipped"


def overwritten(content, rng):
    place, length = rng.randrange(len(content)), rng.choice([1, 4, 8, 64, 512])
    block = rng.choice([bytes(length), b"\xff" * length, rng.randbytes(length)])
    content[place:place + length] = block[:len(content) - place]
    return f"{length} bytes overwritten at {place}"


def cut(content, rng):
    length = rng.choice([0, 1, 7, 8, len(content) // 2, len(content) - 1, rng.randrange(len(content))])
    del content[length:]
    return f"cut to {length} bytes"


def header(content, rng):
    """Where HDF5 keeps its structure: the start of the file."""
    place = rng.randrange(min(len(content), 2048))
    content[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    return f"byte {place} set to {content[place]}"


def moved(content, rng):
    """A piece of the file stands where another should."""
    length = rng.choice([1, 8, 100])
    start, place = rng.randrange(len(content)), rng.randrange(len(content))
    content[place:place] = content[start:start + length]
    return f"{length} bytes of {start} put in at {place}"


def trial(ground, number, folder):
    """What is wrong after a file's damage, with what was done and said; None where nothing is."""
    rng = random.Random(number)
    shutil.copytree(ground.folder, folder)
    name, commands = ground.trials(rng)
    content = bytearray((folder / name).read_bytes())
    done = rng.choice([flipped, overwritten, cut, header, header, moved])(content, rng)
    (folder / name).write_bytes(content)
    for command in commands:
        ending = launch(command, folder, SECONDS)
        if wrong := complaint(ending, ()):
            return f"{name} {wrong}", f"{name}: {done}; {' '.join(command)}\n{ending.err[-1500:]}"
    return None


def main():
    chosen = options(__doc__, count=50).parse_args()
    count, findings = 0, collections.Counter()
    with tempfile.TemporaryDirectory() as parent:
        parent = pathlib.Path(parent)
        (parent / "good").mkdir()
        ground = Ground(os.path.abspath(os.environ["HJNET_BINARY"]), parent / "good")
        for count, number in enumerate(numbers(chosen), 1):
            if found := trial(ground, number, parent / "damaged"):
                findings[found[0]] += 1
                print(f"--- {number}: {found[0]}\n{found[1]}\n", flush=True)
            shutil.rmtree(parent / "damaged")
    print(f"{count} damaged files; findings: {dict(findings)}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
