"""Runs and pictures of the gallery: what is called, how long it took, and what went wrong."""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image  # matplotlib itself needs it

POSTPROCESS = Path(__file__).resolve().parents[1]
DPI = 110
LARGEST_PICTURE = 120_000  # bytes: pictures are part of the repository
STOP_SECONDS = 20  # that a run that is out of time has to end by itself


class MakingError(Exception):
    """Why a run or a picture could not be made."""


@dataclass
class Made:
    """A run that is there, or why it is not."""
    seconds: float = 0.0
    error: str = ""


def digest_of(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def files_named_in(path, seen=()):
    """An input file and the inputs beside it that it names."""
    found = [path]
    for name in re.findall(r'"([^"\n]+\.toml)"', path.read_text(encoding="utf-8")):
        other = path.parent / name
        if other.is_file() and other != path and other not in seen:
            found += files_named_in(other, (*seen, path))
    return found


def last_words(text):
    """The last line of a program's output, before what Open MPI's launcher has to say about its end."""
    text = re.split(r"-{20,}\s*(?:Primary job|mpi(?:run|exec)\b|MPI_ABORT)", text.replace("\r", "\n"))[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


@dataclass
class Workshop:
    hjnet: Path
    launcher: list[str]  # with the number of ranks
    ranks: int
    inputs: Path  # folder
    runs: Path  # folder of the run files; inputs are copied below it, so that data may be put beside them
    pictures: Path  # folder
    resume: bool
    limit: float  # seconds, of one run

    @property
    def desk(self):
        """Where inputs and data lie side by side, as the inputs expect it."""
        return self.runs / "input"

    def lay_out(self):
        for folder in (self.desk, self.pictures):
            folder.mkdir(parents=True, exist_ok=True)
        for path in self.inputs.glob("*.toml"):
            shutil.copyfile(path, self.desk / path.name)

    def command(self, run):
        return [*self.launcher, str(self.hjnet), run.verb, str(self.desk / run.toml),
                "--output", run.file, "--overwrite", *run.options]

    def fingerprint(self, run):
        """What must be the same for a run file of an earlier call to be this one's."""
        data = [self.desk / run.data[1]] if run.data else []
        files = digest_of([self.hjnet, *files_named_in(self.inputs / run.toml), *data])
        return hashlib.sha256(json.dumps([files, run.verb, run.options, run.data, self.ranks]).encode()).hexdigest()

    def earlier(self, run):
        """Seconds of a run that is there already and is the one wanted; None otherwise."""
        record = self.runs / f"{run.name}.json"
        if not self.resume or not record.is_file() or not (self.runs / run.file).is_file():
            return None
        try:
            found = json.loads(record.read_text(encoding="utf-8"))
            return float(found["seconds"]) if found["fingerprint"] == self.fingerprint(run) else None
        except (ValueError, KeyError, TypeError):
            return None

    def make(self, run):
        try:
            if not (self.inputs / run.toml).is_file():
                raise MakingError(f"there is no input/{run.toml}")
            self.make_data(run)
            seconds = self.earlier(run)
            return Made(self.compute(run) if seconds is None else seconds)
        except (MakingError, OSError) as error:
            return Made(error=str(error))

    def make_data(self, run):
        """Every time, as the fingerprint holds what is in the file."""
        if run.data:
            self.call([sys.executable, "-B", str(POSTPROCESS / "hjdata"), *run.data, "--overwrite"], self.desk,
                      self.runs / f"{run.name}.data.log")

    def compute(self, run):
        record, fingerprint = self.runs / f"{run.name}.json", self.fingerprint(run)
        record.unlink(missing_ok=True)
        seconds = self.call(self.command(run), self.runs, self.runs / f"{run.name}.log")
        record.write_text(json.dumps({"seconds": seconds, "fingerprint": fingerprint}), encoding="utf-8")
        return seconds

    def call(self, command, folder, log):
        """A program, its output into `log`; the seconds that it took."""
        start = time.monotonic()
        with open(log, "wb") as output:
            # A session of its own, so that a launcher's ranks end with it.
            with subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, start_new_session=True) as process:
                try:
                    status = process.wait(self.limit)
                except subprocess.TimeoutExpired as error:
                    end(process)
                    raise MakingError(f"not done after {self.limit:g} s ({log.name})") from error
                except BaseException:
                    end(process)
                    raise
        if status != 0:
            said = last_words(log.read_text(encoding="utf-8", errors="replace"))
            raise MakingError(f"{said} (status {status}; {log.name})")
        return time.monotonic() - start

    def draw(self, picture):
        """Through hjplot's own command line, as a user would."""
        raw, kept = self.runs / f"{picture.name}.png", self.pictures / f"{picture.name}.png"
        raw.unlink(missing_ok=True)
        self.call([sys.executable, "-B", str(POSTPROCESS / "hjplot"), *picture.hjplot, "-o", raw.name, "--dpi",
                   str(DPI)], self.runs, self.runs / f"{picture.name}.log")
        # 256 colours are plenty for these pictures and a third of the size.
        Image.open(raw).convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE).save(kept, optimize=True)
        raw.unlink()
        if kept.stat().st_size > LARGEST_PICTURE:
            raise MakingError(f"{kept.name} has {kept.stat().st_size // 1000} kB, {LARGEST_PICTURE // 1000} at most")


def end(process):
    for number, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return
