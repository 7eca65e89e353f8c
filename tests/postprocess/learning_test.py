"""hjplot learning and confusion on made-up evaluations: pictures come out, reports carry the right numbers."""
import contextlib
import io
from types import SimpleNamespace

import h5py
import numpy as np

from hjplot_test import HjplotCase
from hjcommon_lib.notes import store
from hjplot_lib import cli, confusion
from hjplot_lib.runfile import RunFile

EVALUATE = '\n[evaluate]\n[[evaluate.set]]\nname = "validation"\n[[evaluate.set]]\nname = "test"\n'
CLASSES = 4
PATTERNS = 40


def curves(members, times, shift):
    """Accuracy that rises to its best at the last but one evaluation, and an error that falls; member k is k lower."""
    right = np.minimum(np.round(30 - 20 * np.exp(-np.arange(times)) + shift), PATTERNS)
    right[-1] -= 3
    accuracy = (right - np.arange(members)[:, None]) / PATTERNS
    return accuracy, 2.0 * (1.0 - accuracy)


def answers(right):
    """So many right answers, the rest class 1 taken for 3."""
    counts = np.zeros((CLASSES, CLASSES), int)
    counts[1, 3] = PATTERNS - right
    counts[0, 0] = right
    return counts


def add_evaluations(path, members=0, epochs=6, choose=True, classes=True, done=None):
    times = np.arange(0, epochs + 1, 2)
    done = epochs if done is None else done
    known = times <= done
    with h5py.File(path, "a") as f:
        for kind in ("error", "kinetic", "hamiltonian"):
            t = f["series/time"][:]
            value = np.where(np.isfinite(f["series/interaction"][:]), np.exp(-0.3 * t), np.nan)
            f[f"series/{kind}"] = value
            if members:
                f[f"ensemble/member/{kind}"] = value * (1.0 + 0.1 * np.arange(members)[:, None])
        group = f.create_group("evaluation")
        group["epoch"] = np.where(known, times, -1)
        if choose:
            group.attrs["choose"], group.attrs["best_epoch"] = "validation", 4 if done == epochs else -1
        for name, shift in (("validation", 4), ("test", 2)):
            accuracy, error = curves(max(members, 1), len(times), shift)
            for quantity, values in (("accuracy", accuracy), ("error", error))[0 if classes else 1:]:
                values = np.where(known, values, np.nan)
                group[f"{name}/{quantity}"] = values[0]
                if members:
                    f[f"ensemble/member/evaluation/{name}/{quantity}"] = values
            if classes:
                right = np.round(accuracy[0] * PATTERNS).astype(int)
                group[f"{name}/confusion"] = np.array([answers(r) for r in right]) * known[:, None, None]
    return path


class Learning(HjplotCase):
    def evaluated(self, file="run.h5", members=0, completed=None, choose=True, **options):
        path = self.write(file, particles=False, members=members, completed=completed, more=EVALUATE)
        return add_evaluations(path, members, choose=choose, done=completed, **options)

    def hjplot(self, *arguments):
        """In this process, which has matplotlib already."""
        said, told = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
            status = cli.main([str(argument) for argument in arguments] + ["--dpi", "150"])
        return SimpleNamespace(returncode=status, stdout=said.getvalue(), stderr=told.getvalue())

    def draw(self, *arguments, message=""):
        return super().draw(*arguments, message=message, most=0.7)

    def test_a_single_run(self):
        said = self.draw("learning", self.evaluated())
        # 30 - 20 exp(-2) + 4 = 31.3 of 40, and two less on the test set; then three less.
        self.assertEqual(said, "synthetic: best epoch 4 by 'validation': validation 77.50 % (E = 0.45), test 72.50 % "
                               "(E = 0.55)\n"
                               "synthetic: after 6 epochs: validation 75.00 % (E = 0.5), test 70.00 % (E = 0.6)\n")

    def test_an_ensemble(self):
        said = self.draw("learning", self.evaluated(members=3))
        # Members have 31, 30 and 29 of 40: 75 per cent, and 2.5 / sqrt(3) of a standard error.
        self.assertIn("synthetic, 3 members: best epoch 4 by 'validation': validation 75.00 ± 1.44 % "
                      "(E = 0.5 ± 0.02887)", said)

    def test_several_runs_and_one_without_evaluation(self):
        plain = self.write("plain.h5", particles=False, name="plain")
        add_evaluations(plain)
        with h5py.File(plain, "a") as f:
            del f["evaluation"]
        said = self.draw("learning", self.evaluated(), self.evaluated("b.h5", members=4), plain, "--label", "one",
                         "--label", "four", "--label", "none")
        self.assertIn("one: best epoch 4", said)
        self.assertIn("four, 4 members: best epoch 4", said)
        self.assertNotIn("none", said)

    def test_a_single_output_and_no_choice(self):
        said = self.draw("learning", self.evaluated(classes=False, choose=False))
        self.assertEqual(said, "synthetic: after 6 epochs: validation E = 0.5, test E = 0.6\n")
        path = self.evaluated("b.h5", classes=False)
        done = self.hjplot("confusion", path, "-o", self.folder / "none.png")
        self.assertEqual((done.returncode, done.stderr), (2, f"hjplot: {path}: no confusion matrix: the network has a "
                                                             "single output, and so no classes\n"))

    def test_an_unfinished_run_is_drawn_as_far_as_it_is_good(self):
        run = self.evaluated(completed=4)
        said = self.draw("learning", run, message=f"hjplot: {run}: unfinished, 4 of 6 epochs\n")
        self.assertIn("after 4 epochs: validation 77.50 %", said)

    def test_confusion(self):
        run = self.evaluated()
        said = self.draw("confusion", run)
        self.assertEqual(said, "synthetic: set test after 4 epochs, the best by validation\n"
                               "29 of 40 right: accuracy 72.50 %\n11 of class 1 taken for 3\n")
        said = self.draw("confusion", run, "--set", "validation", "--epoch", "last")
        self.assertIn("set validation after 6 epochs\n30 of 40 right", said)
        said = self.draw("confusion", run, "--epoch", "2")
        self.assertIn("set test after 2 epochs\n", said)

    def test_confusion_calls_classes_by_their_names(self):
        data, run = self.folder / "data.h5", self.evaluated()
        with h5py.File(data, "w") as file:
            store(file, "classes", [f"n{i}" for i in range(5000)])
        self.expect_error(f"{data}: names 5000 classes; expected 4, as the network has outputs", "confusion", run, "--data",
                          data)
        with h5py.File(data, "w") as file:
            store(file, "classes", ["ash", "oak", "yew", "US$ of a very long name"])
        self.assertIn("\n11 of class oak taken for US$ of", self.draw("confusion", run, "--data", data))
        with h5py.File(data, "w") as file, h5py.File(run, "a") as f:
            store(file, "classes", ["ash", "oak", "yew", "elm"])
            f["evaluation/test"].attrs["file"] = str(data)
        chosen = confusion.collect(RunFile(run), "test", "last")
        axes = confusion.draw(*chosen, confusion.class_names(*chosen[:2])).axes[0]
        self.assertEqual([tick.get_text() for tick in axes.get_xticklabels()], ["ash", "oak", "yew", "elm"])
        data.unlink()
        self.assertEqual(confusion.class_names(*chosen[:2]), ["0", "1", "2", "3"])

    def test_confusion_that_is_not_there(self):
        run = self.evaluated()
        self.expect_error(f"{run}: no set 'train'; there are validation, test", "confusion", run, "--set", "train")
        self.expect_error(f"{run}: no evaluation after 5 epochs; the nearest is after 4", "confusion", run, "--epoch",
                          "5")
        self.expect_error("--epoch: expected best, last or a number of epochs, got first", "confusion", run, "--epoch",
                          "first")
        other = self.evaluated("b.h5", choose=False)
        self.expect_error(f"{other}: no best epoch: the run has no evaluate.choose", "confusion", other, "--epoch",
                          "best")
        plain = self.write("plain.h5")
        self.expect_error(f"{plain}: no /evaluation: the run has no table [evaluate]", "confusion", plain)
