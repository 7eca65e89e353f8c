"""What a run file holds of evaluations: the sets, how they were answered along the run, and the best epoch."""
import numpy as np

from hjplot_lib.runfile import PlotError, text_of


class Evaluations:
    """Those of the epochs that are complete. Curves are members x evaluations; a single run is one member."""

    def __init__(self, run):
        self.run = run
        group = run.require("/evaluation", "the run has no table [evaluate]")
        epoch = group["epoch"][:]
        self.known = np.nonzero((epoch >= 0) & (epoch <= run.epochs_completed))[0]
        self.epoch = epoch[self.known]
        self.sets = [table["name"] for table in run.input["evaluate"]["set"]]
        self.has_classes = "accuracy" in group[self.sets[0]]
        self.choose = text_of(group.attrs["choose"]) if "choose" in group.attrs else None

    def curve(self, name, quantity):
        if self.run.members:
            data = self.run.require(f"/ensemble/member/evaluation/{name}/{quantity}")[self.run.rows]
        else:
            data = self.run.require(f"/evaluation/{name}/{quantity}")[:][None]
        return data[:, self.known]

    def best(self):
        """The best evaluation of each member: the highest accuracy, of equals the lowest error, then the first."""
        error = self.curve(self.choose, "error")
        accuracy = self.curve(self.choose, "accuracy") if self.has_classes else np.zeros_like(error)
        return np.array([np.lexsort((e, -a))[0] for a, e in zip(accuracy, error)])

    def confusion(self, name, row):
        """Of the run, or of an ensemble's first member."""
        return self.run.require(f"/evaluation/{name}/confusion")[self.known[row]]

    def row_of(self, epoch):
        """The evaluation after so many epochs; `epoch`: a number, "last", or "best" of the (first) member."""
        if epoch == "last":
            return len(self.epoch) - 1
        if epoch == "best":
            if self.choose is None:
                raise PlotError(f"{self.run.path}: no best epoch: the run has no evaluate.choose")
            return int(self.best()[0])
        found = np.nonzero(self.epoch == int(epoch))[0]
        if len(found) == 0:
            nearest = self.epoch[np.argmin(np.abs(self.epoch - int(epoch)))]
            raise PlotError(f"{self.run.path}: no evaluation after {epoch} epochs; the nearest is after {nearest}")
        return int(found[0])


def mean_and_error(values):
    """Over members (rows), and the standard error; None for one member."""
    if len(values) == 1:
        return values[0], None
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def spread(values, form):
    """A number of each member: the only one, or mean ± standard error."""
    mean, error = mean_and_error(np.asarray(values, float)[:, None])
    return form.format(mean[0]) + ("" if error is None else " ± " + form.format(error[0]))


def answers(found, rows):
    """How all sets were answered at one evaluation a member."""
    texts = []
    for name in found.sets:
        values = {q: [curve[row] for curve, row in zip(found.curve(name, q), rows)]
                  for q in (("error", "accuracy") if found.has_classes else ("error",))}
        if found.has_classes:
            texts.append(f"{name} {spread(100.0 * np.array(values['accuracy']), '{:.2f}')} %"
                         f" (E = {spread(values['error'], '{:.4g}')})")
        else:
            texts.append(f"{name} E = {spread(values['error'], '{:.4g}')}")
    return ", ".join(texts)


def report(found):
    """A line or two of one run."""
    members = len(found.curve(found.sets[0], "error"))
    lines = []
    if found.choose is not None:
        rows = found.best()
        epochs = sorted({int(found.epoch[row]) for row in rows})
        which = str(epochs[0]) if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}"
        lines.append(f"best epoch {which} by '{found.choose}': {answers(found, rows)}")
    last = len(found.epoch) - 1
    lines.append(f"after {found.epoch[last]} epochs: {answers(found, [last] * members)}")
    name = found.run.label + (f", {members} members" if members > 1 else "")
    return "".join(f"{name}: {line}\n" for line in lines)
