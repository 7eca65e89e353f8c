"""Reading an hjnet run file: what it holds, how far it is good, and clear errors where something is missing.

Samples: an epoch has S+1, both ends included, so an epoch boundary stands twice. Only the samples of completed epochs
are ever handed out.
"""
import sys
import tomllib
from pathlib import Path

import h5py
import numpy as np

from hjcommon_lib.ending import UserError
from hjcommon_lib.survey import survives


class PlotError(UserError):
    pass


def note(text):
    print(f"hjplot: {text}", file=sys.stderr)


def text_of(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def open_hdf5(path):
    if not path.is_file():
        raise PlotError(f"{path}: no such file")
    if not h5py.is_hdf5(path):
        raise PlotError(f"{path}: not an HDF5 file")
    if not survives(path):
        raise PlotError(f"{path}: is damaged, or in the middle of being written")
    try:
        return h5py.File(path, "r", locking=False)
    except OSError as error:
        raise PlotError(f"{path}: cannot be read: {error}") from error


def format_of(path):
    """What kind of file of hjnet's this is: "hjnet-run", "hjnet-torus", ...; "" where it does not say."""
    with open_hdf5(Path(path)) as file:
        return text_of(file.attrs.get("format", ""))


def check_format(path, file, wanted):
    """`wanted`: the name of the format, and of a file of it."""
    name, kind = wanted
    found = file.attrs.get("format")
    if found is None:
        raise PlotError(f"{path}: not an hjnet {kind} file (no attribute 'format')")
    if text_of(found) != name:
        raise PlotError(f"{path}: not an hjnet {kind} file (format = '{text_of(found)}', expected '{name}')")


def read_input(path, file):
    """The resolved input, as tables."""
    text = file.attrs.get("input")
    if text is None:
        return {}
    try:
        return tomllib.loads(text_of(text))
    except tomllib.TOMLDecodeError as error:
        raise PlotError(f"{path}: attribute 'input' is not TOML: {error}") from error


class RunFile:
    def __init__(self, path, label=None, may_be_empty=False):
        """`may_be_empty`: a run without a completed epoch is no error; it has no samples."""
        self.path = Path(path)
        self.file = open_hdf5(self.path)
        check_format(self.path, self.file, ("hjnet-run", "run"))
        self.input = read_input(self.path, self.file)
        self.name = self.input.get("run", {}).get("name") or self.path.stem
        self._label = label
        self._read_progress(may_be_empty)

    def _read_progress(self, may_be_empty):
        self.finished = bool(self.require("/progress/finished")[()])
        self.epochs_completed = int(self.require("/progress/epochs_completed")[()])
        ensemble = self.file.get("/ensemble/member/interaction")
        self.rows = np.arange(0 if ensemble is None else ensemble.shape[0])  # members that are drawn
        self.all_members = len(self.rows)
        if ensemble is not None and not self.finished:
            self._read_member_progress()
        if self.epochs_completed <= 0:
            if not may_be_empty:
                raise PlotError(f"{self.path}: no epoch is complete: nothing to show")
            self.epochs, self.samples = self.input.get("run", {}).get("epochs", 1), 0
            return
        epoch = self.require("/series/epoch")[:]
        total = len(epoch)
        self.epoch_samples = int(np.count_nonzero(epoch == epoch[0]))  # S+1
        self.epochs = total // self.epoch_samples
        self.samples = min(self.epochs_completed * self.epoch_samples, total)
        self.time = self.require("/series/time")[: self.samples]
        self.epoch = epoch[: self.samples].astype(int)

    def _read_member_progress(self):
        """An ensemble in the making: its members are at different epochs, and the first one wrote the times."""
        done = self.require("/progress/member_epochs")[:]
        self.epochs_completed = int(done[0])
        self.rows = np.nonzero(done >= self.epochs_completed)[0]

    def call(self, text):
        """Names the run in pictures and tables, where it was given no label."""
        self._label = self._label or text

    @property
    def label(self):
        name = self._label or self.name
        return name if self.finished else f"{name} ({self.progress()})"

    def progress(self):
        members = f", {len(self.rows)} of {self.all_members} members" if self.all_members else ""
        return f"unfinished, {self.epochs_completed} of {self.epochs} epochs{members}"

    @property
    def ranks(self):
        found = self.file.attrs.get("ranks")
        if found is None:
            raise PlotError(f"{self.path}: no attribute 'ranks'")
        return int(found)

    @property
    def restarted(self):
        return bool(text_of(self.file.attrs.get("restarts", "")))

    @property
    def epoch_length(self):
        return float(self.time[self.epoch_samples - 1] - self.time[0])

    @property
    def members(self):
        """Number of members of the ensemble that are drawn; 0 where the run has no ensemble."""
        return len(self.rows)

    @property
    def tolerance(self):
        """A smallest eigenvalue below minus this is unphysical."""
        return float(self.input.get("boltzmann", {}).get("positivity_tolerance", 1e-6))

    def has(self, name):
        return name in self.file

    def require(self, name, why=""):
        if name not in self.file:
            raise PlotError(f"{self.path}: no {name}{': ' + why if why else ''}")
        return self.file[name]

    def series(self, name, why=""):
        """A dataset along time, cut to the completed epochs."""
        return self.require(name, why)[: self.samples]

    def mean_and_error(self, quantity, single):
        """Mean over members and its standard error; without an ensemble the run itself (`single`) and None."""
        if self.members == 0:
            return self.series(single), None
        if not self.finished:
            return self._mean_of_members(quantity)
        mean = self.series(f"/ensemble/mean/{quantity}")
        error = self.series(f"/ensemble/deviation/{quantity}") / np.sqrt(self.members)
        return mean, error if self.members > 1 else None

    def _mean_of_members(self, quantity):
        """The same from the members so far: the file's own means are written when all are done."""
        data = self.require(f"/ensemble/member/{quantity}")[self.rows, : self.samples]
        mean = data.mean(axis=0)
        if len(data) == 1:
            return mean, None
        return mean, data.std(axis=0, ddof=1) / np.sqrt(len(data))

    def timing(self, name):
        """An attribute of /timing, which is NaN until the run ends."""
        value = float(self.file["/timing"].attrs.get(name, np.nan)) if self.has("/timing") else np.nan
        if not np.isfinite(value):
            why = "an older hjnet wrote it" if self.finished else self.progress()
            raise PlotError(f"{self.path}: no /timing attribute '{name}': {why}")
        return value

    def fit(self, prefix):
        """The fit `prefix` ("lj" or "mie") from the attributes of /fit as a dict, or None where there is none."""
        if not self.has("/fit"):
            return None
        start = prefix + "_"
        found = {k[len(start):]: float(v) for k, v in self.file["/fit"].attrs.items() if k.startswith(start)}
        needed = {"depth", "sigma", "t0", "plateau", "r2"}
        if not needed <= found.keys() or not all(np.isfinite(found[k]) for k in needed) or found["depth"] == 0.0:
            return None
        found.setdefault("exponent_repulsive", 12.0)
        found.setdefault("exponent_attractive", 6.0)
        found.setdefault("window_first", float(self.time[0]))
        found.setdefault("window_last", float(self.time[-1]))
        return found
