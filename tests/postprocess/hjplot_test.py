"""hjplot: pictures come out and are not empty, errors are exact, tables carry the right numbers."""
import contextlib
import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import h5py
import numpy as np

import synthetic

HJPLOT = Path(__file__).resolve().parents[2] / "postprocess" / "hjplot"
sys.path.insert(0, str(HJPLOT.parent))

import matplotlib  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import matplotlib.text  # noqa: E402

from hjplot_lib import cli, difference, entanglement, measures, potential, style, table  # noqa: E402
from hjplot_lib.runfile import RunFile  # noqa: E402
from hjplot_lib.weights import MAX_SHOWN, blocks, dense  # noqa: E402


class HjplotCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(plt.close, "all")
        self.folder = Path(folder.name)
        self.picture = self.folder / "out.png"

    def write(self, file="run.h5", **options):
        path = self.folder / file
        path.unlink(missing_ok=True)  # hjplot may still hold it open
        return synthetic.write(path, **options)

    def hjplot(self, *arguments):
        """What hjplot says and returns, without a Python of its own, which takes longer to start than to draw."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), matplotlib.rc_context():
            try:
                status = cli.main([str(argument) for argument in arguments])
            except SystemExit as ended:
                status = ended.code
        return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())

    def program(self, *arguments):
        """The same by the program itself."""
        environment = {**os.environ, "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(self.folder))}
        return subprocess.run(["/usr/bin/python3", "-B", str(HJPLOT), *map(str, arguments)], capture_output=True,
                              text=True, env=environment, check=False)

    def expect_picture(self, *arguments, message=""):
        done = self.hjplot(*arguments, "-o", self.picture, "--dpi", 150)
        self.assertEqual((done.returncode, done.stderr), (0, message))
        return self.expect_drawn()

    def draw(self, *arguments, message="", most=0.6):
        """What hjplot says besides a picture."""
        done = self.hjplot(*arguments, "-o", self.picture)
        self.assertEqual((done.returncode, done.stderr), (0, message))
        self.expect_drawn(most)
        return done.stdout

    def expect_drawn(self, most=0.6):
        image = plt.imread(self.picture)
        self.assertGreaterEqual(image.shape[1], 1080)  # 7.2 in at 150 dpi
        self.assertTrue(np.all(image[:3, :3, :3] == 1.0), "the background is not white")
        dark = (image[..., :3].min(axis=2) < 0.9).mean()
        self.assertGreater(dark, 0.01, "the picture is empty")
        self.assertLess(dark, most)
        return image

    def texts(self, figure):
        legend = next(axes.get_legend() for axes in figure.axes if axes.get_legend())
        return [text.get_text() for text in legend.get_texts()]

    def expect_error(self, message, *arguments):
        done = self.hjplot(*arguments, "-o", self.picture)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"hjplot: {message}\n"))
        self.assertFalse(self.picture.exists())


class Pictures(HjplotCase):
    def test_potential_of_an_ensemble_and_a_single_run(self):
        self.expect_picture("potential", self.write(members=8), self.write("b.h5", name="single"))

    def test_potential_without_mie_and_with_labels(self):
        self.expect_picture("potential", self.write(members=8), "--no-mie", "--label", "4-2", "--title", "Potential")

    def test_potential_without_particles(self):
        self.expect_picture("potential", self.write(particles=False, members=4))

    def test_a_picture_for_a_column_of_a_journal(self):
        """Its text is large enough to be read, and nothing of it is cut off."""
        ensemble, other = self.write(members=5), self.write("b.h5", members=3, defect=1e-4)
        for verb in ("potential", "entanglement", "difference", "network"):
            with mock.patch.object(plt, "close"):
                done = self.hjplot(verb, ensemble, other, "-o", self.picture, "--dpi", 100, "--width", "column")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(plt.imread(self.picture).shape[1], 340)
            figure = plt.figure(plt.get_fignums()[-1])
            page = figure.bbox.padded(0.5)
            for text in figure.findobj(matplotlib.text.Text):
                if text.get_text().strip() and text.get_visible():
                    self.assertGreater(text.get_fontsize(), 6.0, text.get_text())
            for axes in figure.axes:
                box = axes.get_tightbbox(figure.canvas.get_renderer())
                legend = axes.get_legend()
                if legend:
                    box = legend.get_window_extent()
                self.assertTrue(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, (verb, box))
            plt.close("all")
        for width in ("2", "wide", "nan"):
            self.assertEqual(self.hjplot("potential", ensemble, "-o", self.picture, "--width", width).returncode, 2)
        self.picture.unlink()
        self.expect_error("--width: expected at least 3.2 inches for what is in this picture", "potential", ensemble,
                          "--width", "2.6")

    def test_entanglement_of_a_single_run(self):
        self.expect_picture("entanglement", self.write())

    def test_entanglement_with_unphysical_stretch(self):
        plain = self.expect_picture("entanglement", self.write(), "--panel", "eigenvalue")
        hatched = self.expect_picture("entanglement", self.write(defect=1e-3))
        self.assertGreater((hatched[..., :3].min(axis=2) < 0.95).mean(), (plain[..., :3].min(axis=2) < 0.95).mean())

    def test_entanglement_of_several_ensembles(self):
        self.expect_picture("entanglement", self.write(members=5), self.write("b.h5", members=3, defect=1e-4))

    def test_entanglement_of_an_ensemble_has_the_observers_state(self):
        texts = self.texts(entanglement.draw([RunFile(self.write(members=5))]))
        self.assertIn("the pair to one who\ndoes not know the members", texts)
        self.assertNotIn("the pair to one who\ndoes not know the members", self.texts(entanglement.draw([RunFile(self.write())])))

    def test_difference_of_paired_members(self):
        first, second = self.write(members=5), self.write("b.h5", members=4)
        with h5py.File(second, "a") as f:
            member = f["/ensemble/member/concurrence"]
            member[:] = member[:] - 0.01 * np.arange(1, 5)[:, None]
        self.expect_picture("difference", first, second)
        runs = [RunFile(first), RunFile(second)]
        mean, error, each = difference.difference(*runs, "concurrence")
        self.assertEqual(len(each), 4)
        np.testing.assert_allclose(mean, 0.025, rtol=1e-9)
        np.testing.assert_allclose(error, 0.01 * np.std([1, 2, 3, 4], ddof=1) / 2, rtol=1e-9)
        self.assertIn("at the end: +0.025 +- 0.0065", difference.describe(runs, "concurrence"))
        self.expect_picture("difference", first, second, "--quantity", "interaction")

    def test_difference_needs_pairs(self):
        single = self.write()
        self.expect_error(f"{single}: expected a run with [ensemble], of which members can be paired", "difference",
                          single, self.write("b.h5", members=4))
        first, other = self.write(members=3), self.write("c.h5", members=3, epochs=5)
        self.expect_error(f"{other}: run.epochs = 5 and 6 in {first}: members cannot be paired", "difference", first, other)

    def test_network_dense_sparse_large_and_with_states(self):
        self.expect_picture("network", self.write(states=True))
        self.expect_picture("network", self.write(sparse=True))
        self.expect_picture("network", self.write(hidden=1500))
        self.expect_picture("network", self.write(), self.write("b.h5", states=True))

    def test_pictures_say_where_they_come_from(self):
        run = self.write()
        with h5py.File(run, "a") as file:
            file.attrs.update({"run_id": "1b4e28ba-2fa1", "code_version": "0.1.0", "git_commit": "abc123"})
        for suffix in ("png", "svg", "pdf"):
            with self.subTest(suffix=suffix):
                picture = self.folder / f"out.{suffix}"
                self.assertEqual(self.program("potential", run, "-o", picture).returncode, 0)
                said = picture.read_bytes().replace(b"\\", b"")  # PDF escapes brackets
                self.assertIn(f"hjplot potential {run} -o {picture}".encode(), said)
                self.assertIn(f"{run}: 1b4e28ba-2fa1, hjnet 0.1.0, commit abc123".encode(), said)

    def test_pdf_by_the_program(self):
        done = self.program("potential", self.write(), "-o", self.folder / "out.pdf")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertTrue((self.folder / "out.pdf").read_bytes().startswith(b"%PDF"))

    def test_unfinished_run_is_drawn_as_far_as_it_is_good(self):
        run = self.write(completed=4, states=True)
        told = f"hjplot: {run}: unfinished, 4 of 6 epochs\n"
        for verb in ("potential", "network"):
            self.expect_picture(verb, run, message=told)
        opened = RunFile(run)
        self.assertEqual(opened.label, "synthetic (unfinished, 4 of 6 epochs)")
        self.assertEqual(opened.time[-1], 4.0)
        self.assertTrue(np.isfinite(opened.series("/series/interaction")).all())

    def test_unfinished_ensemble_is_drawn_from_the_members_so_far(self):
        run = self.write(members=5, member_epochs=[6, 6, 4, 6, 0])
        told = f"hjplot: {run}: unfinished, 6 of 6 epochs, 3 of 5 members\n"
        self.expect_picture("potential", run, message=told)
        self.expect_picture("entanglement", run, message=told)
        opened = RunFile(run)
        mean, error = opened.mean_and_error("interaction", "")
        member = opened.file["/ensemble/member/interaction"][:]
        np.testing.assert_allclose(mean, member[[0, 1, 3]].mean(0), rtol=1e-14)
        np.testing.assert_allclose(error, member[[0, 1, 3]].std(0, ddof=1) / np.sqrt(3), rtol=1e-12)
        opened = RunFile(self.write("early.h5", members=4, member_epochs=[2, 3, 1, 0]))
        self.assertEqual((opened.time[-1], opened.members), (2.0, 2))

    def test_long_run(self):
        self.expect_picture("entanglement", self.write(epochs=600))
        self.expect_picture("potential", self.write(epochs=600, members=2))


class Drawn(HjplotCase):
    """What stands in the pictures, asked of matplotlib."""

    def test_fit_r2_and_window_are_stated(self):
        figure = potential.draw([RunFile(self.write(members=8))])
        self.assertIn("Lennard-Jones: $R^2$ = 0.932", self.texts(figure))
        self.assertIn("Mie (12, 6): $R^2$ = 0.932", self.texts(figure))
        self.assertIn("synthetic:\nmean of 8 members ± standard error", self.texts(figure))
        self.assertIn("fit window: $t$ = 0 to 6", [t.get_text() for t in figure.axes[0].texts])

    def test_doubtful_fits_say_so(self):
        run = self.write()
        with h5py.File(run, "a") as f:
            f["/fit"].attrs["lj_converged"] = 0.0
            f["/fit"].attrs["mie_at_bound"] = 1.0
        texts = self.texts(potential.draw([RunFile(run)]))
        self.assertIn("Lennard-Jones: $R^2$ = 0.932, not converged", texts)
        self.assertIn("Mie (12, 6): $R^2$ = 0.932, undetermined", texts)

    def test_data_breaks_between_epochs(self):
        figure = potential.draw([RunFile(self.write())])
        curve = figure.axes[0].lines[0].get_ydata()
        self.assertEqual(np.count_nonzero(np.isnan(curve)), 5)

    def test_unphysical_is_named_in_the_legend_only_where_it_is(self):
        name = "unphysical (negative eigenvalue)"
        self.assertNotIn(name, self.texts(entanglement.draw([RunFile(self.write())])))
        self.assertIn(name, self.texts(entanglement.draw([RunFile(self.write(defect=1e-3))])))
        several = entanglement.draw([RunFile(self.write("a.h5", members=3, defect=1e-3)), RunFile(self.write())])
        self.assertIn(name + "\nin at least one member", self.texts(several))

    def test_solid_where_physical_and_dashed_where_not(self):
        run = RunFile(self.write(defect=1e-3))
        axes = entanglement.draw([run]).axes[0]
        curves = [line for line in axes.lines if len(line.get_xdata()) == run.samples]
        solid, dashed = (np.isfinite(line.get_ydata()) for line in curves[:2])
        bad = run.time > 3.0
        self.assertTrue(np.array_equal(solid, ~bad))
        self.assertTrue(dashed[bad].all())
        self.assertEqual(np.count_nonzero(dashed[~bad]), 1)  # the sample that joins the two
        self.assertFalse(curves[0].is_dashed())
        self.assertTrue(curves[1].is_dashed())

    def test_arrivals_are_marked_where_all_runs_agree(self):
        runs = [RunFile(self.write()), RunFile(self.write("b.h5"))]
        self.assertIn("particle A enters", self.texts(entanglement.draw(runs)))
        self.assertEqual(entanglement.common_arrivals(runs)["b"][:2], [0.6, 1.6])
        runs[1].input["particles"]["a"]["epochs"] = [0, 2]
        self.assertEqual(entanglement.common_arrivals(runs), {})

    def test_thinning_keeps_ends_and_spikes(self):
        run = RunFile(self.write(epochs=600))
        value = np.zeros(run.samples)
        value[[1234, 4321]] = 1.0, -1.0
        index = style.thinned(run, value, 2000)
        self.assertLess(len(index), 4500)
        self.assertTrue({0, run.samples - 1, 1234, 4321, 17 * 5, 17 * 5 - 1} <= set(index.tolist()))


class Errors(HjplotCase):
    def test_missing_file(self):
        self.expect_error(f"{self.folder}/none.h5: no such file", "potential", self.folder / "none.h5")

    def test_not_hdf5(self):
        path = self.folder / "text.h5"
        path.write_text("nothing")
        self.expect_error(f"{path}: not an HDF5 file", "potential", path)

    def test_other_formats(self):
        path = self.folder / "other.h5"
        with h5py.File(path, "w") as f:
            f["x"] = 1
        self.expect_error(f"{path}: not an hjnet run file (no attribute 'format')", "network", path)
        with h5py.File(path, "a") as f:
            f.attrs["format"] = "hjnet-torus"
        self.expect_error(f"{path}: not an hjnet run file (format = 'hjnet-torus', expected 'hjnet-run')", "network",
                          path)

    def test_no_particles(self):
        run = self.write(particles=False)
        self.expect_error(f"{run}: no /entanglement: the run has no [particles]", "entanglement", run)

    def test_no_weights(self):
        run = self.write(weights="none")
        self.expect_error(f'{run}: no /weights/initial: the run kept no weights (output.weights = "none")', "network",
                          run)

    def test_nothing_completed(self):
        run = self.write(completed=0)
        self.expect_error(f"{run}: no epoch is complete: nothing to show", "potential", run)

        run = self.write(members=3, member_epochs=[0, 0, 0])
        self.expect_error(f"{run}: no epoch is complete: nothing to show", "potential", run)

    def test_boltzmann_stage_not_reached(self):
        run = self.write(completed=4)
        with h5py.File(run, "a") as f:
            f["/entanglement/mean/concurrence"][:] = np.nan
        done = self.hjplot("entanglement", run, "-o", self.picture)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.splitlines()[1],
                         f"hjplot: {run}: no entanglement yet: the run ended before its Boltzmann stage")
        run = self.write(members=3, member_epochs=[5, 5, 5])
        done = self.hjplot("entanglement", run, "-o", self.picture)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.splitlines()[1],
                         f"hjplot: {run}: no entanglement yet: no member has reached its Boltzmann stage")
        self.assertEqual(self.hjplot("table", run).returncode, 0)

    def test_damaged_layout(self):
        run = self.write()
        with h5py.File(run, "a") as f:
            del f["/series/interaction"]
        self.expect_error(f"{run}: no /series/interaction", "potential", run)

    def test_labels_must_match(self):
        run = self.write()
        self.expect_error("1 --label given for 2 runs", "potential", run, run, "--label", "a")

    def test_output_that_cannot_be_written(self):
        run = self.write()
        done = self.hjplot("potential", run, "-o", self.folder / "none" / "out.png")
        self.assertEqual((done.returncode, done.stderr),
                         (2, f"hjplot: {self.folder}/none/out.png: there is no folder {self.folder}/none\n"))
        done = self.hjplot("potential", run, "-o", self.folder / "out.gif")
        self.assertEqual(done.returncode, 2)
        self.assertIn("out.gif: cannot write the picture: ", done.stderr)

    def test_usage(self):
        for arguments in ([], ["dance"], ["potential"], ["potential", "x.h5"]):
            self.assertEqual(self.hjplot(*arguments).returncode, 2)
        self.assertEqual(self.hjplot("--help").returncode, 0)

    def test_help_and_errors_do_not_wait_for_matplotlib(self):
        code = "import sys; from hjplot_lib import cli; cli.parser(); sys.exit(bool({'matplotlib', 'scipy'} & set(sys.modules)))"
        done = subprocess.run(["/usr/bin/python3", "-B", "-c", code], cwd=HJPLOT.parent, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_the_program_says_and_returns_the_same(self):
        gone = self.folder / "gone.h5"
        for arguments in (["dance"], ["potential", gone, "-o", self.picture], ["table", self.write()]):
            done, same = self.program(*arguments), self.hjplot(*arguments)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (same.returncode, same.stdout, same.stderr))


class Tables(HjplotCase):
    def rows(self, *runs):
        done = self.hjplot("table", *runs, "--format", "csv")
        self.assertEqual(done.returncode, 0)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def test_csv_numbers(self):
        path = self.write(members=8)
        row = self.rows(path)[0]
        run = RunFile(path)
        member = run.file["/ensemble/member/interaction"][:]
        mean = member.mean(0)
        self.assertEqual(row["run"], "synthetic")
        self.assertEqual(row["members"], "8")
        self.assertAlmostEqual(float(row["H_int start"]), mean[0], 14)
        self.assertAlmostEqual(float(row["H_int start standard error"]), member[:, 0].std(ddof=1) / np.sqrt(8), 14)
        self.assertAlmostEqual(float(row["minimum"]), mean.min(), 14)
        self.assertEqual(float(row["minimum at t"]), run.time[mean.argmin()])
        self.assertAlmostEqual(float(row["plateau"]), mean[-17:].mean(), 14)
        self.assertEqual(float(row["R2 LJ"]), 0.9321)
        concurrence = run.file["/ensemble/member/concurrence"][:]
        self.assertAlmostEqual(float(row["largest C"]), concurrence.mean(0).max(), 14)
        self.assertEqual(float(row["largest C at t"]), 6.0)
        self.assertAlmostEqual(float(row["final C standard error"]), concurrence[:, -1].std(ddof=1) / np.sqrt(8), 14)
        self.assertEqual(row["unphysical"], "0 %")

    def test_unphysical_concurrence_is_not_quoted(self):
        row = self.rows(self.write(defect=1e-3))[0]
        self.assertEqual(row["final C"], "unphysical")
        self.assertEqual(row["unphysical"], "49 %")  # 50 samples of 102: mid-run itself is good
        self.assertEqual(float(row["largest C at t"]), 3.0)
        row = self.rows(self.write(members=4, defect=1e-3))[0]
        self.assertEqual(row["final C"], "unphysical")
        self.assertEqual(float(row["largest C at t"]), 3.0)

    def test_tolerance_is_the_runs_own(self):
        self.assertEqual(self.rows(self.write(members=2, defect=9e-7))[0]["unphysical"], "0 %")
        self.assertEqual(self.rows(self.write(members=2, defect=1.1e-6))[0]["unphysical"], "49 %")

    def test_markdown_and_text(self):
        runs = [self.write(members=4), self.write("b.h5", name="plain", particles=False, fit=False)]
        markdown = self.hjplot("table", *runs, "--format", "markdown").stdout.splitlines()
        self.assertEqual(len(markdown), 4)
        self.assertTrue(markdown[0].startswith("| run | members | H_int start | minimum | at t | plateau |"))
        self.assertTrue(markdown[3].endswith("| - | - | - | - | - | - |"))
        self.assertEqual({line.count("|") for line in markdown}, {13})
        text = self.folder / "t.txt"
        self.assertEqual(self.hjplot("table", *runs, "-o", text).stdout, "")
        self.assertEqual(len(text.read_text().splitlines()), 3)

    def test_round_off_is_zero(self):
        self.assertEqual(table.number(3e-17), "0")
        self.assertEqual(table.number(float("nan")), "-")
        self.assertEqual(table.with_error(0.15713, 0.02876), "0.1571 ± 0.029")


class Measures(unittest.TestCase):
    def test_negativity_of_bell_werner_and_product_states(self):
        bell = np.zeros((4, 4), complex)
        bell[np.ix_([0, 3], [0, 3])] = 0.5
        for p in (0.0, 0.2, 0.5, 1.0):
            werner = p * bell + (1 - p) * np.eye(4) / 4
            self.assertAlmostEqual(measures.negativity(werner), max(0.0, (3 * p - 1) / 4), 14)
        a, b = np.array([[0.7, 0.2j], [-0.2j, 0.3]]), np.array([[0.5, 0.4], [0.4, 0.5]])
        self.assertAlmostEqual(measures.negativity(np.kron(a, b)), 0.0, 14)

    def test_fitted_curve(self):
        fit = {**synthetic.FIT}
        t = np.linspace(0, 24, 50)
        np.testing.assert_allclose(measures.fitted(fit, t), synthetic.potential(t), rtol=1e-13)

    def test_blocks_average_and_sparse_matrices_leave_holes(self):
        matrix = np.arange(2.0 * MAX_SHOWN * 3).reshape(2 * MAX_SHOWN, 3)
        small = blocks(matrix)
        self.assertEqual(small.shape, (MAX_SHOWN, 3))
        self.assertEqual(small[0, 0], (matrix[0, 0] + matrix[1, 0]) / 2)
        with h5py.File("memory", "w", driver="core", backing_store=False) as f:
            f["g/indptr"], f["g/indices"], f["g/data"] = [0, 1, 3], [2, 0, 1], [5.0, 6.0, 7.0]
            full = dense(f["g"], 2, 3)
        np.testing.assert_array_equal(full, [[np.nan, np.nan, 5.0], [6.0, 7.0, np.nan]])


if __name__ == "__main__":
    unittest.main()
