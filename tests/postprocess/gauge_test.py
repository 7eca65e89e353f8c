"""hjplot gauge: what a study of gauge orbits finds invariant, what it draws, and what it refuses to compare."""
import csv
import unittest

import h5py
import numpy as np

import synthetic
from hjplot_test import HjplotCase  # puts hjplot_lib into the path

from hjplot_lib import gauge, gauge_picture  # noqa: E402
from hjplot_lib.runfile import PlotError, RunFile  # noqa: E402

EPOCHS = 4
CONSTRAINT = """
[[gauge.constraint]]
name = "split[{k}]"
terms = [{{ of = "momentum", synapse = "thresholds", neuron = {n}, coefficient = 1.0 }}, {{ of = "momentum", synapse = "biases", neuron = {n}, coefficient = {c} }}]
value = 0.0
multiplier = {{ function = "random", amplitude = {amplitude}, frequency = 1.0 }}
displacement = 0.0
"""
ENSEMBLE = """
[ensemble]
members = {members}
first = 0
vary = [{vary}]
"""


def write(path, members=5, fault=0.0, coefficient=-1.0, amplitude=0.5, vary='"multipliers"', error=0.5):
    """Two hidden neurons with thresholds theta and biases b, G = M_theta + coefficient M_b. The learned theta + b is
    sin(t) of all members; each moves along the flow by a cosine of its own. `fault` spoils y of the last member,
    `error` is E. Without members a run by itself."""
    t, n = synthetic.time_and_epoch(EPOCHS)
    count = max(members, 1)
    text = synthetic.resolved("gauge", EPOCHS, particles=False)
    for k in range(2):
        text += CONSTRAINT.format(k=k, n=6 + k, c=coefficient, amplitude=amplitude)
    if members:
        text += ENSEMBLE.format(members=members, vary=vary)
    shift = amplitude * np.sin((1.0 + np.arange(count))[:, None] * t)
    weights = np.stack([0.5 * np.sin(t) + shift, np.sin(t) - shift,
                        0.5 * np.sin(t) + coefficient * shift, np.sin(t) - coefficient * shift], axis=-1)
    y = np.repeat(np.cos(t)[None, :, None] * np.arange(1.0, 17.0), count, axis=0)
    y[-1, -3, 2] += fault
    same = np.repeat(np.sin(3 * t)[None], count, axis=0)
    data = {"weights": weights, "momenta": np.repeat(weights[:1], count, axis=0) * 0.1, "y": y, "delta": 0.1 * y,
            "constraint": np.full((count, t.size, 2), 1e-13)}
    with h5py.File(path, "w") as f:
        f.attrs["format"], f.attrs["format_version"], f.attrs["input"] = "hjnet-run", 1, text
        f["/progress/epochs_completed"], f["/progress/finished"] = EPOCHS, 1
        f["/series/time"], f["/series/epoch"] = t, n
        group = f.create_group("gauge")
        group.attrs["names"], group.attrs["classes"] = "split[0]\nsplit[1]", "first\nfirst"
        group.attrs["components"] = "W of threshold 6\nW of threshold 7\nW of bias 6\nW of bias 7"
        for name in ("interaction", "action", "hamiltonian", "kinetic", "error"):
            values = same * (error if name == "error" else 1.0)
            f[f"/series/{name}"] = values[0]
            if members:
                f[f"/ensemble/member/{name}"] = values
        for name, values in data.items():
            single = {"y": "/states/y", "delta": "/states/delta"}.get(name, f"/gauge/{name}")
            f[single] = values[0]
            if members:
                f[f"/ensemble/member/gauge_{name}"] = values
    return path


class Gauge(HjplotCase):
    def write(self, file="gauge.h5", **options):
        return write(self.folder / file, **options)

    def rows(self, *paths):
        return {row.quantity: row for row in gauge.table(gauge.collect([RunFile(path) for path in paths]))}

    def test_the_flow_moves_thresholds_and_biases_and_nothing_else(self):
        rows = self.rows(self.write())
        for quantity, row in rows.items():
            moved = quantity in ("W: thresholds", "W: biases")
            self.assertEqual((row.invariant, row.expected), (not moved, not moved), quantity)
        self.assertIn("W: thresholds + biases", rows)
        self.assertEqual(rows["Delta"].spread, 0.0)
        t, _ = synthetic.time_and_epoch(EPOCHS)
        self.assertAlmostEqual(rows["W: thresholds"].spread,
                               np.ptp(0.5 * np.sin(np.outer(np.arange(1, 6), t)), axis=0).max(), places=12)

    def test_a_difference_in_one_sample_of_one_member_shows(self):
        row = self.rows(self.write(fault=1e-5))["y"]
        self.assertEqual((row.invariant, row.expected), (False, True))
        self.assertAlmostEqual(row.relative, 1e-5 / 16, delta=1e-12)

    def test_another_combination_is_kept_where_the_flow_is_another(self):
        rows = self.rows(self.write(coefficient=-0.5))
        self.assertTrue(rows["W: thresholds + 2 biases"].invariant)
        self.assertIsNone(rows["y"].expected)  # M_theta - M_b / 2 is no symmetry of H
        self.assertIs(rows["W: biases"].expected, False)

    def test_several_runs_are_one_study(self):
        rows = self.rows(self.write(members=0), self.write("b.h5", members=0, amplitude=0.1))
        self.assertTrue(rows["W: thresholds + biases"].invariant)
        self.assertFalse(rows["W: thresholds"].invariant)

    def test_picture_table_and_csv(self):
        written = self.folder / "table.csv"
        said = self.draw("gauge", self.write(), "--csv", written)
        self.assertIn("largest |G|: 1.00e-13\n", said)
        found = {row["quantity"]: row for row in csv.DictReader(written.read_text(encoding="utf-8").splitlines())}
        self.assertEqual((found["W: biases"]["invariant"], found["W: biases"]["expected"]), ("no", "no"))
        self.assertEqual((found["J"]["invariant"], found["J"]["expected"]), ("yes", "yes"))
        self.assertEqual(len(said.splitlines()), len(found) + 2)

    def test_the_picture_names_what_it_shows(self):
        run = RunFile(self.write())
        figure = gauge_picture.draw([run], gauge.collect([run]), "split[1]")
        self.assertEqual(figure._suptitle.get_text(), "Gauge orbits of split[1]: 5 members")
        self.assertEqual((figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()), ("$θ_{7}$", "$b_{7}$"))
        texts = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
        self.assertIn("$θ_{7}$ + $b_{7}$, all 5 members", texts)

    def test_what_is_no_study_is_refused(self):
        run = self.write()
        self.expect_error("--constraint: expected one of split[0], split[1], got 'split'", "gauge", run,
                          "--constraint", "split")
        other = self.write("b.h5", coefficient=-0.5)
        self.expect_error(f"{run}, {other}: the inputs differ in more than multipliers and displacements",
                          "gauge", run, other)
        varied = self.write("c.h5", vary='"multipliers", "weights"')
        self.expect_error(f"{varied}: its members differ in weights too: a study of the gauge varies \"multipliers\" and "
                          "\"displacements\" alone", "gauge", varied)
        alone = self.write("d.h5", members=0)
        self.expect_error(f"{alone}: a study needs at least two members, or two files", "gauge", alone)
        plain = synthetic.write(self.folder / "plain.h5", members=2)
        with self.assertRaisesRegex(PlotError, "no /gauge: the run has no gauge.constraint"):
            gauge.collect([RunFile(plain)])


if __name__ == "__main__":
    unittest.main()
