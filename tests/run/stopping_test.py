#!/usr/bin/python3
"""How runs end in time: on Ctrl-C, by the wall time, in what follows the last epoch, and what goes on from there."""

import os
import pathlib
import pty
import signal
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, TINY, case, changed  # noqa: E402
from whole_run import SANITIZED, STOPPED, WholeRun, unsanitized  # noqa: E402

PAIR = case({"ports": 6, "out": 2}, run={"epochs": 4, "samples_per_epoch": 16, "seed": 5}, particles=PARTICLES)
ENDLESS = changed(PAIR, boltzmann={"k0": [1e-8]})  # months of density matrices
SECOND = ("--max-walltime", "00:00:01")


class Stopping(WholeRun):
    def hjnet(self, *arguments, ranks=None, settings=(), status=0):
        return self.launch("run", "case.toml", *arguments, ranks=ranks, settings=settings, status=status)

    def same(self, first, second):
        self.assertEqual(self.differences(first, second, skip=("/@input", "/@name")), [])

    @unsanitized
    def test_after_the_last_epoch_fits_are_short(self):
        self.write(TINY, run={"epochs": 1000, "samples_per_epoch": 64})
        done = self.hjnet()
        with h5py.File(self.path / "case.h5") as run:
            timing = dict(run["timing"].attrs)
        parts = sum(timing[name] for name in ("set_up", "integration", "reduction", "output", "checkpoint"))
        print(f"integration {timing['integration']:.2f} s, the rest but output {timing['total'] - parts:.2f} s")
        self.assertLess(timing["total"] - parts, 3.0)  # 34 s where the fits see every sample
        self.assertNotIn("0 s left", done.stderr)

    @unittest.skipIf(SANITIZED, "a sanitizer has a memory of its own")
    def test_memory_does_not_grow_with_the_epochs(self):
        peaks = []
        for epochs in (2000, 40000):
            self.write(TINY, run={"epochs": epochs, "samples_per_epoch": 16})
            self.hjnet("--overwrite")
            with h5py.File(self.path / "case.h5") as run:
                peaks.append(run["timing"].attrs["peak_memory"] / 1e6)
                self.assertGreater(run["fit"].attrs["mie_window_last"], epochs - 1)
        print(f"2000 epochs: {peaks[0]:.0f} MB, 40000: {peaks[1]:.0f} MB")
        self.assertLess(peaks[1] - peaks[0], 10.0)  # the samples of all epochs are 44 MB, and were held twice

    def test_summary_on_stdout_progress_on_stderr(self):
        self.write(TINY, run={"epochs": 2, "samples_per_epoch": 4})
        done = self.hjnet()
        self.assertRegex(done.stdout, r"^Learning: [\s\S]*\nWrote case\.h5 in \d+ s\.\n$")
        self.assertRegex(done.stderr, r"^epoch 2/2, member 0, t = 2, \d+ steps\n$")

    def test_wall_time_and_signals_end_the_density_matrices(self):
        self.write(ENDLESS)
        start = time.monotonic()
        said = self.hjnet(*SECOND, ranks=2, status=STOPPED).stderr
        self.assertLess(time.monotonic() - start, 15)
        self.assertIn("Stopped early, as asked after 4 epochs; the checkpoint is", said)
        for number in (signal.SIGUSR1, signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                (self.path / "case.h5").unlink()  # its epochs would be taken for those of the next one
                process = self.start("run", "case.toml", ranks=None)
                self.until_epoch(process, 4)
                time.sleep(0.2)
                said = self.stop(process, number, seconds=20)
                self.assertIn("Stopped early, as asked after 4 epochs", said)
                self.assertLessEqual(len(self.checkpoints()), 2)  # those of the runs that were replaced among them
                said = self.hjnet("--restart", "auto", *SECOND, status=STOPPED).stderr
                self.assertIn("4 epochs done", said)
                with h5py.File(self.path / "case.h5") as run:
                    self.assertEqual((run["progress/epochs_completed"][()], run["progress/finished"][()]), (4, 0))
                    self.assertTrue(np.isfinite(run["series/pauli"][:]).all())

    @unsanitized
    def test_what_was_left_after_the_last_epoch_is_done_by_a_restart(self):
        self.write(PAIR, boltzmann={"k0": [1e-5] * 40, "weights": [0.025] * 40})
        process = self.start("run", "case.toml", "--output", "run.h5", settings=["output.checkpoint.final=false"], ranks=None)
        self.until_epoch(process, 4, "run.h5")
        self.stop(process, signal.SIGINT, seconds=20)
        said = self.hjnet("--output", "run.h5", "--restart", "auto").stderr
        self.assertIn("4 epochs done", said)
        self.hjnet("--output", "straight.h5")
        self.same("run.h5", "straight.h5")

    def test_statistics_of_an_ensemble_stop_and_are_done_by_a_restart(self):
        self.write(ENDLESS, ensemble={"members": 2})
        said = self.hjnet(*SECOND, ranks=2, status=STOPPED).stderr
        self.assertIn("Stopped early, as asked; --restart auto goes on.", said)
        self.assertIn("Restarting", self.hjnet("--restart", "auto", *SECOND, ranks=2, status=STOPPED).stderr)

    def test_last_checkpoint_extends_a_finished_run(self):
        longer = ["run.epochs=6"]
        for more in ({}, {"ensemble": {"members": 2}}):
            with self.subTest(more=more):
                self.write(PAIR, **more)
                self.hjnet("--output", "run.h5", "--overwrite")
                self.assertEqual(len(self.checkpoints()), 2 if more else 1)
                said = self.hjnet("--output", "run.h5", "--restart", "auto", settings=longer).stderr
                self.assertIn("member by member" if more else "4 epochs done", said)
                self.hjnet("--output", "straight.h5", "--overwrite", settings=[*longer, "output.checkpoint.final=false"])
                self.same("run.h5", "straight.h5")
                for file in self.checkpoints():
                    file.unlink()

    def test_last_checkpoint_is_declined(self):
        self.write(PAIR, output={"checkpoint": {"final": False}})
        self.hjnet()
        self.assertFalse((self.path / "checkpoints").exists())
        said = self.hjnet("--restart", "auto", "--set", "run.epochs=6", status=2).stderr
        self.assertIn("finished run with no checkpoint", said)

    def test_ctrl_c(self):
        self.write(TINY, run={"epochs": 2000 if SANITIZED else 20000, "samples_per_epoch": 1})
        # As users have it, whose launcher does not kill at once.
        patient = {name: value for name, value in os.environ.items() if not name.endswith("sigkill_timeout")}
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                process = self.start("run", "case.toml", "--overwrite", ranks=ranks, env=patient)
                self.until_epoch(process, 3)
                said = self.stop(process, signal.SIGINT, status=STOPPED if ranks is None else None)
                if ranks is None:  # mpiexec has a status of its own
                    self.assertIn("Stopped early, as asked after ", said)
                self.assertEqual(len(self.checkpoints()), 1, said)
                said = self.hjnet("--restart", "auto", ranks=ranks).stderr
                self.assertRegex(said, r"Restarting from .*, \d+ epochs done")
                self.hjnet("--output", "straight.h5", "--overwrite", ranks=ranks)
                self.same("case.h5", "straight.h5")
                (self.path / "case.h5").unlink()
                for file in self.checkpoints():
                    file.unlink()

    @unsanitized
    def test_progress_within_an_epoch(self):
        for engine, neurons in (("coupled", 800), ("waveform", 5000)):
            with self.subTest(engine=engine):
                self.write(case(dict.fromkeys("abc", neurons), run={"epochs": 3}, output={"weights": "none"},
                                solver={"engine": engine}))
                terminal, end = pty.openpty()
                with self.start("run", "case.toml", "--overwrite", ranks=None, stderr=end) as process:
                    os.close(end)
                    said = b""
                    while b" under way for " not in said:
                        try:
                            said += os.read(terminal, 4096)
                        except OSError:
                            break
                    process.kill()
                os.close(terminal)
                self.assertRegex(said.decode(), r"epoch [1-3]/3 under way for \d+ s( \(\d+ %\))?, member 0")

    @unsanitized
    def test_modes_are_written_in_blocks(self):
        modes = 1500
        self.write(PAIR, run={"epochs": 12}, boltzmann={"k0": [1.0] * modes, "weights": [1 / modes] * modes})
        self.hjnet()
        with h5py.File(self.path / "case.h5") as run:
            timing = dict(run["timing"].attrs)
            rho = run["density/rho"]
            self.assertTrue((rho[:, 0] == rho[:, modes - 1]).all())
            self.assertTrue(np.isfinite(run["entanglement/concurrence"][:]).all())
        print(f"{modes} modes: {timing['quantum']:.2f} s to compute, {timing['output']:.2f} s to write")
        self.assertLess(timing["output"], 3.0 * timing["quantum"])  # ten times as long, number by number


class Torus(WholeRun):
    def test_wall_time_leaves_the_tori_found(self):
        self.write('[torus]\ndimensions = 2\nlinear = [1.0, 0.618033988749895]\nquadratic = [[1, 0], [0, 1]]\n'
                   'epsilon = 0.02\naction = [{ from = 0.1, to = 0.9, count = 300 }, { from = 0.1, to = 0.9, count = 300 }]\n'
                   '[[torus.term]]\nmode = [1, -1]\npolynomial = [{ power = [0, 0], coefficient = 1.0 }]\n')
        done = self.launch("torus", "case.toml", *SECOND, ranks=2, status=STOPPED)
        self.assertIn("Stopped early, as asked", done.stderr)
        with h5py.File(self.path / "case.h5") as file:
            status = file["torus/status"][:]
            self.assertTrue((status == -1).any())
            self.assertTrue((status == 0).any())
            self.assertTrue(np.isnan(file["torus/hamiltonian"][:][status == -1]).all())
            self.assertTrue(np.isfinite(file["torus/action"][:]).all())


if __name__ == "__main__":
    unittest.main(verbosity=2)
