"""The timings of a scaling study: from run files or a table into rows, and what kind of study they are."""
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hjplot_lib import inputs
from hjplot_lib.runfile import PlotError, RunFile, note

# Column of the table, and the attribute of /timing that it holds.
SECONDS = {"set-up (s)": "set_up", "integration (s)": "integration", "communication (s)": "communication",
           "output (s)": "output", "checkpoint (s)": "checkpoint", "total (s)": "total"}
SENT = {"messages": "messages", "message bytes": "message_bytes", "collectives": "collectives",
        "collective bytes": "collective_bytes"}
COLUMNS = ["ranks", "size (synapses)", "neurons", "steps", *SECONDS, "memory (bytes)", *SENT]
NAME = "file"  # the last column; the others are numbers

# Run files of one study may differ in these; in whatever else they differ, their times cannot be compared.
MAY_DIFFER = ("run.name", "run.seed", "network.", "stimulus.", "learning.target", "ensemble.members", "output.")
SAME_SIZE = 1.01  # largest size over smallest of a strong study
SAME_SHARE = 1.5  # likewise of the sizes a rank of a weak one, whose layers are whole numbers of neurons


@dataclass
class Study:
    """Measured times: of every number of ranks, ascending, the run that took least."""
    kind: str  # "strong" or "weak"
    ranks: np.ndarray
    size: np.ndarray  # synapses, of all members of an ensemble
    neurons: np.ndarray
    steps: np.ndarray  # of the integrator
    seconds: dict  # attribute of /timing: seconds a number of ranks
    sent: dict  # likewise: what the ranks sent each other
    repeats: tuple  # ranks and total seconds of all runs

    def speed_up(self, ranks, size, seconds):
        """Work done in a second against the smallest number of ranks, p0, taken to speed up p0-fold. For networks of
        one size this is p0 T(p0) / T(p)."""
        return self.ranks[0] * (size / self.size[0]) * (self.seconds["total"][0] / seconds)


def rows_of(paths):
    """A dict a run, by COLUMNS and NAME, from run files and tables."""
    runs = [RunFile(path, may_be_empty=True) for path in paths if Path(path).suffix != ".csv"]
    for key, values in inputs.differing(runs, MAY_DIFFER).items():
        other = next(run for run, value in zip(runs, values) if value != values[0])
        raise PlotError(f"{runs[0].path} and {other.path} differ in {key}: their times cannot be compared")
    rows = [row_of(run) for run in runs]
    for path in paths:
        if Path(path).suffix == ".csv":
            rows += read_table(path)
    return rows


def row_of(run):
    if run.restarted:
        note(f"{run.path}: was restarted; its times are not those of one straight run")
    members = run.members or 1
    numbers = [run.ranks, members * run.timing("synapses"), members * run.timing("neurons"), run.timing("steps"),
               *(run.timing(attribute) for attribute in SECONDS.values()), run.timing("peak_memory"),
               *(run.timing(attribute) for attribute in SENT.values())]
    return {**dict(zip(COLUMNS, map(float, numbers))), NAME: str(run.path)}


def read_table(path):
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlotError(f"{path}: cannot be read: {error}") from error
    table = csv.DictReader(io.StringIO(text))
    missing = [column for column in [*COLUMNS, NAME] if column not in (table.fieldnames or [])]
    if missing:
        raise PlotError(f"{path}: not a table of timings: no column '{missing[0]}'")
    rows = []
    for row in table:
        try:
            numbers = {column: float(row[column]) for column in COLUMNS}
        except (TypeError, ValueError):
            numbers = {column: np.nan for column in COLUMNS}
        if not all(map(np.isfinite, numbers.values())) or min(numbers["ranks"], numbers["total (s)"]) <= 0:
            raise PlotError(f"{path}: line {table.line_num}: not a row of timings")
        rows.append({**numbers, NAME: row[NAME]})
    return rows


def render_csv(rows):
    """One row a run; whole numbers without a point, seconds in full precision."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, NAME])
    for row in rows:
        writer.writerow([repr(float(row[c])) if c in SECONDS else f"{row[c]:.0f}" for c in COLUMNS] + [row[NAME]])
    return out.getvalue()


def study_of(rows):
    rows = sorted(rows, key=lambda row: (row["ranks"], row["total (s)"]))
    ranks = sorted({row["ranks"] for row in rows})
    if len(ranks) < 2:
        raise PlotError(f"scaling needs runs on two or more different numbers of ranks, all {len(rows)} given are on "
                        f"{ranks[0]:.0f}" if ranks else "no row of timings given")
    best = [next(row for row in rows if row["ranks"] == p) for p in ranks]
    column = {name: np.array([row[name] for row in best]) for name in COLUMNS}
    return Study(kind_of(rows), column["ranks"], column["size (synapses)"], column["neurons"], column["steps"],
                 {attribute: column[name] for name, attribute in SECONDS.items()},
                 {attribute: column[name] for name, attribute in SENT.items()},
                 tuple(np.array([row[name] for row in rows]) for name in ("ranks", "total (s)")))


def kind_of(rows):
    size = np.array([row["size (synapses)"] for row in rows])
    share = size / np.array([row["ranks"] for row in rows])
    if size.max() <= SAME_SIZE * size.min():
        return "strong"
    if share.max() <= SAME_SHARE * share.min():
        return "weak"
    raise PlotError(f"sizes of {size.min():.0f} to {size.max():.0f} synapses are neither the same on all numbers of "
                    "ranks (strong scaling) nor proportional to them (weak scaling)")
