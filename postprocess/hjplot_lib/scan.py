"""A parameter scan: which input keys differ between runs, and what came of each."""
from dataclasses import dataclass

from hjplot_lib import inputs, table
from hjplot_lib.runfile import PlotError


@dataclass
class Scan:
    runs: list
    varied: dict  # key: a value a run, None where the input has no such key
    cells: list  # of every run: {heading: (value or None, standard error or None)}

    def numbers(self, heading):
        """(value, standard error) a run, None where there is no number or an unphysical one."""
        found = [cells[heading] for cells in self.cells]
        return [(None, None) if isinstance(value, str) else (value, error) for value, error in found]

    def axes(self):
        """The varied keys, each with those that go along with it: {key: [others]}."""
        kept = {}
        for key, values in self.varied.items():
            leader = next((other for other in kept if go_together(self.varied[other], values)), None)
            if leader is None:
                kept[key] = []
            else:
                kept[leader].append(key)
        return kept


def go_together(one, other):
    """Whether two keys are varied as one: their values belong together in pairs. Numbers that differ from run to run
    do so anyway; those must also rise or fall together."""
    pairs = set(zip(map(str, one), map(str, other)))
    if not len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}):
        return False
    if len(pairs) < len(one) or not (numeric(one) and numeric(other)):
        return True
    ordered = [b for _, b in sorted(zip(one, other))]
    return ordered in (sorted(ordered), sorted(ordered, reverse=True))


def numeric(values):
    return all(isinstance(value, (int, float)) for value in values)


def collect(runs):
    if all(run.samples == 0 for run in runs):
        raise PlotError("no run has completed an epoch: nothing to show")
    rows = [table.row(run) if run.samples else None for run in runs]
    nothing = [(name, None, None) for name, _, _ in next(row for row in rows if row)]
    varied = inputs.differing(runs, inputs.IGNORED)
    rows = [described(run, number, varied) + (row or nothing)[1:]  # without the table's own name of the run
            for number, (run, row) in enumerate(zip(runs, rows))]
    return Scan(runs, varied, [{name: (value, error) for name, value, error in row} for row in rows]), rows


def described(run, number, varied):
    """The first cells of a row: which run it is and how far it got."""
    cells = [("number", str(number + 1), None), ("file", str(run.path), None)]
    cells += [(key, "" if values[number] is None else inputs.text(values[number]), None)
              for key, values in varied.items()]
    return cells + [("epochs completed", str(run.epochs_completed), None), ("of", str(run.epochs), None),
                    ("finished", "yes" if run.finished else "no", None)]
