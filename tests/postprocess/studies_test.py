"""hjplot scaling and hjplot scan: the right study is recognised, fitted, tabulated and drawn."""
import csv
import unittest

import h5py
import numpy as np

from hjplot_test import HjplotCase  # puts hjplot_lib into the path

from hjplot_lib import inputs, potential, scaling_model, scan, scan_picture, style, table, timings  # noqa: E402
from hjplot_lib.runfile import PlotError, RunFile  # noqa: E402

TERMS = {"serial": 3.0, "compute": 2e-6, "latency": 8e-4, "bandwidth": 1e-8, "messages": 2e-4}
COUNTS = scaling_model.Counts(collectives=1000.0, bytes=1e4, messages=100.0)


def timing(ranks, size=1e8, factor=1.0, terms=TERMS):
    """What /timing would hold after a run on so many ranks, by the model itself; `factor` slows the whole run."""
    neurons = 2.0 * np.sqrt(size)
    parts = scaling_model.bases(float(ranks), size, neurons, COUNTS)
    inside = sum(terms[name] * parts[name] for name in scaling_model.INSIDE)
    total = terms["serial"] + terms["compute"] * parts["compute"] + inside
    return {"set_up": 1.0, "integration": factor * (total - 2.0), "reduction": 0.1, "quantum": 0.0, "output": 0.5,
            "checkpoint": 0.25, "communication": factor * inside, "total": factor * total, "peak_memory": 3e9 / ranks,
            "synapses": size, "neurons": neurons, "steps": 730.0, "messages": COUNTS.messages * ranks * (ranks - 1.0),
            "message_bytes": COUNTS.bytes * neurons * (ranks - 1.0), "collectives": COUNTS.collectives * (ranks > 1),
            "collective_bytes": 8.0 * COUNTS.collectives * ranks}


def row(ranks, **options):
    found = timing(ranks, **options)
    named = {"ranks": float(ranks), "size (synapses)": found["synapses"], "memory (bytes)": found["peak_memory"]}
    return {**{column: found[{**timings.SECONDS, **timings.SENT}.get(column, column)] for column in timings.COLUMNS if column not in named},
            **named, timings.NAME: f"{ranks}.h5"}


def study(ranks, weak=False, **options):
    return timings.study_of([row(p, size=1e8 * (p if weak else 1), **options) for p in ranks])


class Model(unittest.TestCase):
    def test_strong_scaling_gives_all_terms_back(self):
        model = scaling_model.fit(study([1, 2, 4, 8, 16, 32]))
        self.assertEqual(model.left_out, [])
        for name, value in vars(COUNTS).items():
            self.assertAlmostEqual(vars(model.counts)[name] / value, 1.0, 12, name)
        for name, value in TERMS.items():
            self.assertAlmostEqual(model.terms[name] / value, 1.0, 8, name)
        self.assertLess(model.deviation, 1e-9)
        self.assertAlmostEqual(model.seconds(np.array([512.0]))[0] / timing(512)["total"], 1.0, 8)

    def test_weak_scaling_takes_the_constant_as_compute(self):
        measured = study([1, 2, 4, 8, 16], weak=True)
        self.assertEqual(measured.kind, "weak")
        model = scaling_model.fit(measured)
        self.assertEqual(model.left_out, ["serial"])
        self.assertAlmostEqual(model.terms["compute"] * 1e8, 203.0, 6)
        self.assertAlmostEqual(model.terms["bandwidth"] / 1e-8, 1.0, 6)
        self.assertAlmostEqual(model.seconds(np.array([1024.0]))[0] / timing(1024, size=1024e8)["total"], 1.0, 6)

    def test_terms_grow_with_the_numbers_of_ranks(self):
        for ranks, left_out in (([1, 2], ["bandwidth", "messages"]), ([2, 4], ["bandwidth", "messages"]),
                                ([1, 2, 4], ["bandwidth", "messages"]), ([1, 2, 4, 8], ["messages"])):
            with self.subTest(ranks=ranks):
                model = scaling_model.fit(study(ranks))
                self.assertEqual(model.left_out, left_out)
                self.assertAlmostEqual(model.terms["compute"] / TERMS["compute"], 1.0, 6)
                self.assertTrue(all(value >= 0.0 for value in model.terms.values()))

    def test_least_squares_is_the_non_negative_optimum(self):
        random = np.random.default_rng(3)
        for _ in range(50):
            matrix, wanted = random.normal(size=(6, 3)), random.normal(size=6)
            x = scaling_model.non_negative_least_squares(matrix, wanted)
            gradient = matrix.T @ (matrix @ x - wanted)
            self.assertTrue((x >= 0.0).all())
            self.assertTrue((gradient > -1e-12).all())  # going up helps nowhere ...
            self.assertLess(abs(gradient @ x), 1e-12)  # ... and where x > 0, going down neither

    def test_superlinear_times_give_no_negative_terms(self):
        rows = [row(1), row(2, factor=0.8), row(4, factor=0.6)]
        terms = scaling_model.fit(timings.study_of(rows)).terms
        self.assertEqual(terms["serial"], 0.0)
        self.assertTrue(all(value >= 0.0 for value in terms.values()))


class Study(unittest.TestCase):
    def test_speed_up_and_efficiency(self):
        strong = study([2, 4, 8])
        gain = strong.speed_up(strong.ranks, strong.size, strong.seconds["total"])
        self.assertEqual(gain[0], 2.0)  # the smallest number of ranks counts as ideal
        self.assertAlmostEqual(gain[2], 2.0 * timing(2)["total"] / timing(8)["total"], 12)
        weak = study([1, 2, 4, 8], weak=True)
        gain = weak.speed_up(weak.ranks, weak.size, weak.seconds["total"])
        self.assertAlmostEqual(gain[3] / 8.0, timing(1)["total"] / timing(8, size=8e8)["total"], 12)

    def test_fastest_of_repeats_counts(self):
        found = timings.study_of([row(1), row(2, factor=1.3), row(2), row(2, factor=1.1)])
        self.assertEqual(found.seconds["total"][1], timing(2)["total"])
        self.assertEqual(len(found.repeats[0]), 4)

    def test_kinds(self):
        self.assertEqual(study([1, 2]).kind, "strong")
        uneven = [row(p, size=size) for p, size in ((1, 1664.0), (2, 2925.0), (4, 5376.0))]  # whole neurons
        self.assertEqual(timings.study_of(uneven).kind, "weak")
        with self.assertRaisesRegex(PlotError, "^sizes of 100 to 400 synapses are neither the same"):
            timings.study_of([row(p, size=100.0 * p**2) for p in (1, 2)])


class Scaling(HjplotCase):
    def runs(self, ranks, weak=False, **options):
        return [self.write(f"r{p}.h5", ranks=p, timing=timing(p, size=1e8 * (p if weak else 1)), **options)
                for p in ranks]

    def draw(self, *arguments):
        return super().draw("scaling", *arguments)

    def test_strong_with_table_and_extrapolation(self):
        # T(2) = 3 + 100 + 0.8 + 1 + 0.02; T(128) = 3 + 1.5625 + 5.6 + 1.984 + 2.54; T(1) = 203
        told = self.draw(*self.runs([1, 2, 4, 8, 16]), "--csv", self.folder / "a.csv", "--extrapolate", 128)
        self.assertIn("strong scaling, 100,000,000 synapses, 730 integrator steps\n", told)
        self.assertRegex(told, r"\n +2 +104\.8 +1\.94 +96\.8% +1\.7%\n")
        self.assertRegex(told, r"\n  latency +0\.0008 s per collective and doubling of the ranks\n")
        self.assertRegex(told, r"\nextrapolation to 128 ranks: total 14\.69 s, speed-up 13\.8, efficiency 10\.8%\n$")
        text = (self.folder / "a.csv").read_text()
        rows = list(csv.reader(text.splitlines()))
        self.assertEqual(rows[0], ["ranks", "size (synapses)", "neurons", "steps", "set-up (s)", "integration (s)",
                                   "communication (s)", "output (s)", "checkpoint (s)", "total (s)", "memory (bytes)",
                                   "messages", "message bytes", "collectives", "collective bytes", "file"])
        self.assertEqual(rows[2][:4], ["2", "100000000", "20000", "730"])
        self.assertEqual(rows[2][7:], ["0.5", "0.25", repr(float(timing(2)["total"])), "1500000000",
                                       "200", "200000000", "1000", "16000", str(self.folder / "r2.h5")])
        again = self.draw(self.folder / "a.csv", "--csv", self.folder / "b.csv", "--extrapolate", 128)
        self.assertEqual(again, told)
        self.assertEqual((self.folder / "b.csv").read_text(), text)

    def test_weak_and_the_members_of_ensembles(self):
        self.assertIn("weak scaling, 100,000,000 to 400,000,000 synapses", self.draw(*self.runs([1, 2, 4], weak=True)))
        runs = [self.write(f"e{p}.h5", ranks=p, members=2 * p, timing=timing(p),
                           more=f"[ensemble]\nmembers = {2 * p}\n") for p in (1, 3)]
        self.assertIn("weak scaling, 200,000,000 to 600,000,000 synapses", self.draw(*runs))

    def test_two_numbers_of_ranks_say_what_they_cannot_tell(self):
        told = self.draw(*self.runs([1, 2]))
        self.assertIn("  bandwidth            - not fitted: too few numbers of ranks\n", told)
        self.assertIn("extrapolation to 16 ranks", told)

    def test_errors(self):
        one, two = self.runs([1, 2])
        self.expect_error("scaling needs runs on two or more different numbers of ranks, all 2 given are on 1",
                          "scaling", one, one)
        self.expect_error("--extrapolate 2: runs on 2 ranks were measured, ask for more", "scaling", one, two,
                          "--extrapolate", 2)
        bare = self.write("bare.h5", ranks=4)
        self.expect_error(f"{bare}: no /timing attribute 'synapses': an older hjnet wrote it", "scaling", one, bare)
        early = self.write("early.h5", completed=3, ranks=4, timing=timing(4))
        self.expect_error(f"{early}: no /timing attribute 'synapses': unfinished, 3 of 6 epochs", "scaling", one, early)
        other = self.write("other.h5", ranks=4, timing=timing(4), epochs=7)
        self.expect_error(f"{one} and {other} differ in run.epochs: their times cannot be compared", "scaling", one,
                          two, other)

    def test_tables_that_are_none(self):
        path = self.folder / "x.csv"
        self.expect_error(f"{path}: cannot be read: [Errno 2] No such file or directory: '{path}'", "scaling", path)
        path.write_text("ranks,total (s)\n1,2\n")
        self.expect_error(f"{path}: not a table of timings: no column 'size (synapses)'", "scaling", path)
        path.write_text(timings.render_csv([row(1), row(2)]))
        text = path.read_text()
        path.write_text(text.splitlines()[0] + "\n")
        self.expect_error("no row of timings given", "scaling", path)
        good = text.splitlines()[1]
        for wrong in ("1,2", good.replace("730", "many"), f"0{good[1:]}"):
            path.write_text(f"{text}{wrong}\n")
            self.expect_error(f"{path}: line 4: not a row of timings", "scaling", path)

    def test_restarted_runs_are_noted(self):
        runs = self.runs([1, 2], restarts="2026-11-22T10:00:00Z from checkpoints/a-000002.h5\n")
        done = self.hjplot("scaling", *runs, "-o", self.picture)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, "".join(
            f"hjplot: {run}: was restarted; its times are not those of one straight run\n" for run in runs))


class Inputs(unittest.TestCase):
    def test_flattened(self):
        found = inputs.flattened({"run": {"epochs": 2}, "network": {"layer": [{"name": "a"}, {"name": "b"}]},
                                  "x": [1, True, "y"], "on": False, "none": []})
        self.assertEqual(found, {"run.epochs": 2, "network.layer[0].name": "a", "network.layer[1].name": "b",
                                 "x": "[1, true, y]", "on": "false", "none": "[]"})

    def test_keys_that_go_together(self):
        self.assertTrue(scan.go_together([1, 1, 2, 2], ["a", "a", "b", "b"]))
        self.assertFalse(scan.go_together([1, 1, 2, 2], ["a", "b", "a", "b"]))
        self.assertTrue(scan.go_together([1.0, 2.0, 3.0], [5, 4, 1]))
        self.assertFalse(scan.go_together([1.0, 2.0, 3.0], [5, 9, 1]))  # scattered points of two keys
        self.assertTrue(scan.go_together([1.0, None], ["a", "b"]))


class Scan(HjplotCase):
    def collected(self, *runs):
        return scan.collect([RunFile(run, may_be_empty=True) for run in runs])[0]

    def rows(self, *runs, message=""):
        table_file = self.folder / "scan.csv"
        self.expect_picture("scan", *runs, "--csv", table_file, message=message)
        with open(table_file, encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def test_one_key_of_ensembles(self):
        runs = [self.write(f"{i}.h5", name=f"n{i}", members=4, more=f"charge = {2.0**i}\n", defect=1e-3 * (i == 2))
                for i in range(3)]
        rows = self.rows(*runs)
        self.assertEqual(list(rows[0])[:7], ["number", "file", "boltzmann.charge", "epochs completed", "of", "finished",
                                             "members"])
        self.assertEqual([r["boltzmann.charge"] for r in rows], ["1.0", "2.0", "4.0"])
        self.assertEqual([r["final C"] == "unphysical" for r in rows], [False, False, True])
        run = RunFile(runs[0])
        mean, error = run.mean_and_error("interaction", "")
        self.assertEqual(float(rows[0]["H_int start"]), mean[0])
        self.assertEqual(float(rows[0]["minimum standard error"]), error[mean.argmin()])
        self.assertEqual(float(rows[0]["minimum at t"]), run.time[mean.argmin()])
        self.assertEqual(float(rows[0]["plateau"]), mean[-17:].mean())
        self.assertEqual(float(rows[2]["largest C at t"]), 3.0)
        self.assertEqual(self.collected(*runs).numbers("final C")[2], (None, None))

    def test_unfinished_runs_are_marked(self):
        runs = [self.write(f"{i}.h5", more=f"charge = {i}.5\n", completed=done) for i, done in enumerate((6, 4, 0))]
        told = f"hjplot: {runs[1]}: unfinished, 4 of 6 epochs\nhjplot: {runs[2]}: unfinished, 0 of 6 epochs\n"
        rows = self.rows(*runs, message=told)
        self.assertEqual([(r["epochs completed"], r["of"], r["finished"]) for r in rows],
                         [("6", "6", "yes"), ("4", "6", "no"), ("0", "6", "no")])
        self.assertEqual((rows[2]["plateau"], rows[2]["final C"]), ("", ""))
        self.expect_no_result(runs[2])

    def expect_no_result(self, run):
        done = self.hjplot("scan", run, "-o", self.folder / "none.png")
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                         (2, "hjplot: no run has completed an epoch: nothing to show"))

    def two_keys(self, charges, memories):
        return [self.write(f"{charge}-{memory}.h5", weights="none", epochs=2,
                           more=f"charge = {charge}.0\nmemory = \"{memory}\"\n")
                for charge in range(charges) for memory in memories]

    def test_two_keys_make_curves(self):
        runs = self.two_keys(3, ["none", "causal"])
        self.assertEqual(self.collected(*runs).axes(), {"boltzmann.charge": [], "boltzmann.memory": []})
        self.assertEqual(len(self.rows(*runs)), 6)
        figure = scan_picture.draw(self.collected(*runs))
        curve = figure.axes[2].lines[0]
        self.assertEqual(curve.get_xdata().tolist(), [0.0, 1.0, 2.0])
        self.assertEqual(figure.axes[0].get_xlabel(), "charge $q$")
        self.assertEqual(figure.axes[0].get_xscale(), "linear")

    def test_geometric_values_have_a_logarithmic_axis(self):
        runs = [self.write(f"{i}.h5", epochs=2, more=f"charge = {3.0 * 2.0**i}\n") for i in range(4)]
        axes = scan_picture.draw(self.collected(*runs)).axes[0]
        self.assertEqual(axes.get_xscale(), "log")
        self.assertEqual([tick.get_text() for tick in axes.get_xticklabels()], ["3.0", "6.0", "12.0", "24.0"])

    def test_layers_are_called_by_name(self):
        table = {"network": {"layer": [{"name": "ports"}, {"name": "hidden"}]}}
        self.assertEqual(inputs.label("network.layer[1].neurons", table), "neurons of layer hidden")
        self.assertEqual(inputs.label("network.layer[1].transfer", table), "network.layer[1].transfer")

    def test_two_keys_of_many_values_make_maps(self):
        runs = self.two_keys(9, "abcdefgh")
        with h5py.File(runs[8 * 2 + 3], "a") as f:  # charge 2, memory d
            f["/series/interaction"][:] += 7.0
        figure = scan_picture.draw(self.collected(*runs))
        image = figure.axes[1].images[0].get_array()
        self.assertEqual(image.shape, (8, 9))
        self.assertEqual(np.unravel_index(image.argmax(), image.shape), (3, 2))
        style.save(figure, self.picture, 150)
        self.expect_drawn(most=0.8)

    def test_other_numbers_of_keys(self):
        for changes in (["charge = 1.0\nvolume = 1.0\nwindow = 1.0", "charge = 1.0\nvolume = 2.0\nwindow = 1.0",
                         "charge = 2.0\nvolume = 1.0\nwindow = 1.0", "charge = 1.0\nvolume = 1.0\nwindow = 2.0"],
                        ["", ""]):
            runs = [self.write(f"{bool(more)}-{i}.h5", more=more + "\n") for i, more in enumerate(changes)]
            found = self.collected(*runs)
            self.assertEqual(len(found.axes()), 3 if changes[0] else 0)
            self.assertEqual([r["number"] for r in self.rows(*runs)], [str(i + 1) for i in range(len(runs))])

    def test_without_particles_and_with_keys_that_some_lack(self):
        runs = [self.write("a.h5", particles=False),
                self.write("b.h5", particles=False, more="[gauge]\ncharge = 0.5\n")]
        rows = self.rows(*runs)
        self.assertEqual([r["gauge.charge"] for r in rows], ["", "0.5"])
        self.assertEqual([r["largest C"] for r in rows], ["", ""])


class NothingYet(HjplotCase):
    def test_a_fit_that_is_nan_is_none(self):
        run = RunFile(self.write(completed=4, timing=timing(1)))
        self.assertTrue(np.isnan(run.file["/fit"].attrs["lj_r2"]))
        self.assertIsNone(run.fit("lj"))
        self.assertEqual([cell for name, cell, _ in table.row(run) if name.startswith("R2")], [None, None])
        axes = potential.draw([run]).axes[0]
        self.assertEqual([t.get_text() for t in axes.texts], [""])
        self.assertEqual(len([line for line in axes.lines if len(line.get_xdata()) > run.samples + 5]), 0)


if __name__ == "__main__":
    unittest.main()
