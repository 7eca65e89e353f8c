#!/usr/bin/python3
"""How runs end in time: on Ctrl-C, by the wall time, in what follows the last epoch, and what goes on from there."""

import os
import pathlib
import pty
import signal
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import compare_runs  # noqa: E402
import processes  # noqa: E402
from whole_run import SANITIZED, WholeRun  # noqa: E402

TINY = """
[run]
epochs = {epochs}
samples_per_epoch = {samples}
seed = 1
[[network.layer]]
name = "in"
neurons = 2
[[network.layer]]
name = "out"
neurons = 1
[learning]
epoch_memory = 0.5
target = 0.5
[stimulus.constant]
layer = "in"
value = 1.0
"""
PARTICLES = """
[run]
epochs = 4
samples_per_epoch = 16
seed = 5
[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "out"
neurons = 2
[particles]
a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.12 }
[boltzmann]
"""
ENDLESS = "k0 = [1e-8]\n"  # months of density matrices
STOPPED = 75
SECOND = ("--max-walltime", "00:00:01")


class Stopping(WholeRun):
    def hjnet(self, *arguments, ranks=None, status=0):
        return self.launch("run", "case.toml", *arguments, ranks=ranks, status=status)

    def start(self, *arguments, ranks=None):
        return subprocess.Popen(self.command("run", "case.toml", *arguments, ranks=ranks), cwd=self.path,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def await_epochs(self, process, epochs, file="case.h5"):
        deadline = time.monotonic() + 60
        while processes.epochs_completed(self.path / file) < epochs:
            self.assertIsNone(process.poll(), "the run ended before it could be stopped")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def checkpoints(self):
        return sorted((self.path / "checkpoints").glob("*.h5"))

    def same(self, first, second):
        self.assertEqual(compare_runs.differences(self.path / first, self.path / second,
                                                  skip=("/@input", "/@name")), [])

    def test_after_the_last_epoch_fits_are_short(self):
        self.write(TINY.format(epochs=1000, samples=64))
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
            self.write(TINY.format(epochs=epochs, samples=16))
            self.hjnet("--overwrite")
            with h5py.File(self.path / "case.h5") as run:
                peaks.append(run["timing"].attrs["peak_memory"] / 1e6)
                self.assertGreater(run["fit"].attrs["mie_window_last"], epochs - 1)
        print(f"2000 epochs: {peaks[0]:.0f} MB, 40000: {peaks[1]:.0f} MB")
        self.assertLess(peaks[1] - peaks[0], 10.0)  # the samples of all epochs are 44 MB, and were held twice

    def test_summary_on_stdout_progress_on_stderr(self):
        self.write(TINY.format(epochs=2, samples=4))
        done = self.hjnet()
        self.assertRegex(done.stdout, r"^Learning: [\s\S]*\nWrote case\.h5 in \d+ s\.\n$")
        self.assertRegex(done.stderr, r"^epoch 2/2, member 0, t = 2, \d+ steps\n$")

    def test_wall_time_and_signals_end_the_density_matrices(self):
        self.write(PARTICLES + ENDLESS)
        start = time.monotonic()
        said = self.hjnet(*SECOND, ranks=2, status=STOPPED).stderr
        self.assertLess(time.monotonic() - start, 15)
        self.assertIn("Stopped early, as asked after 4 epochs; the checkpoint is", said)
        for number in (signal.SIGUSR1, signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                (self.path / "case.h5").unlink()  # its epochs would be taken for those of the next one
                process = self.start()
                self.await_epochs(process, 4)
                time.sleep(0.2)
                process.send_signal(number)
                said = process.communicate(timeout=20)[1]
                self.assertEqual(process.returncode, STOPPED, said)
                self.assertIn("Stopped early, as asked after 4 epochs", said)
                self.assertLessEqual(len(self.checkpoints()), 2)  # those of the runs that were replaced among them
                said = self.hjnet("--restart", "auto", *SECOND, status=STOPPED).stderr
                self.assertIn("4 epochs done", said)
                with h5py.File(self.path / "case.h5") as run:
                    self.assertEqual((run["progress/epochs_completed"][()], run["progress/finished"][()]), (4, 0))
                    self.assertTrue(np.isfinite(run["series/pauli"][:]).all())

    def test_what_was_left_after_the_last_epoch_is_done_by_a_restart(self):
        modes = f"k0 = [{', '.join(['1e-5'] * 40)}]\nweights = [{', '.join(['0.025'] * 40)}]\n"
        self.write(PARTICLES + modes)
        process = self.start("--output", "run.h5", "--set", "output.checkpoint.final=false")
        self.await_epochs(process, 4, "run.h5")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
        self.assertEqual(process.returncode, STOPPED, said)
        said = self.hjnet("--output", "run.h5", "--restart", "auto").stderr
        self.assertIn("4 epochs done", said)
        self.hjnet("--output", "straight.h5")
        self.same("run.h5", "straight.h5")

    def test_statistics_of_an_ensemble_stop_and_are_done_by_a_restart(self):
        self.write(PARTICLES + ENDLESS + "[ensemble]\nmembers = 2\n")
        said = self.hjnet(*SECOND, ranks=2, status=STOPPED).stderr
        self.assertIn("Stopped early, as asked; --restart auto goes on.", said)
        self.assertIn("Restarting", self.hjnet("--restart", "auto", *SECOND, ranks=2, status=STOPPED).stderr)

    def test_last_checkpoint_extends_a_finished_run(self):
        longer = ("--set", "run.epochs=6")
        for more in ("", "[ensemble]\nmembers = 2\n"):
            with self.subTest(more=more):
                self.write(PARTICLES + more)
                self.hjnet("--output", "run.h5", "--overwrite")
                self.assertEqual(len(self.checkpoints()), 2 if more else 1)
                said = self.hjnet("--output", "run.h5", "--restart", "auto", *longer).stderr
                self.assertIn("member by member" if more else "4 epochs done", said)
                self.hjnet("--output", "straight.h5", "--overwrite", *longer, "--set", "output.checkpoint.final=false")
                self.same("run.h5", "straight.h5")
                for file in self.checkpoints():
                    file.unlink()

    def test_last_checkpoint_is_declined(self):
        self.write(PARTICLES + "[output]\ncheckpoint = { final = false }\n")
        self.hjnet()
        self.assertFalse((self.path / "checkpoints").exists())
        said = self.hjnet("--restart", "auto", "--set", "run.epochs=6", status=2).stderr
        self.assertIn("finished run with no checkpoint", said)

    def test_ctrl_c(self):
        self.write(TINY.format(epochs=20000, samples=1))
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                process = self.start("--overwrite", ranks=ranks)
                self.await_epochs(process, 3)
                process.send_signal(signal.SIGINT)
                said = process.communicate(timeout=60)[1]
                if ranks is None:  # mpiexec has a status of its own
                    self.assertEqual(process.returncode, STOPPED, said)
                    self.assertIn("Stopped early, as asked after ", said)
                self.assertEqual(len(self.checkpoints()), 1, said)
                said = self.hjnet("--restart", "auto", ranks=ranks).stderr
                self.assertRegex(said, r"Restarting from .*, \d+ epochs done")
                self.hjnet("--output", "straight.h5", "--overwrite", ranks=ranks)
                self.same("case.h5", "straight.h5")
                (self.path / "case.h5").unlink()
                for file in self.checkpoints():
                    file.unlink()

    def test_progress_within_an_epoch(self):
        for engine, neurons in (("coupled", 800), ("waveform", 5000)):
            with self.subTest(engine=engine):
                layers = "".join(f'[[network.layer]]\nname = "{name}"\nneurons = {neurons}\n' for name in "abc")
                self.write(f'[run]\nepochs = 3\n{layers}[output]\nweights = "none"\n[solver]\nengine = "{engine}"\n')
                terminal, end = pty.openpty()
                with subprocess.Popen(self.command("run", "case.toml", "--overwrite", ranks=None), cwd=self.path,
                                      stdout=subprocess.DEVNULL, stderr=end) as process:
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

    def test_modes_are_written_in_blocks(self):
        modes = 1500
        self.write(PARTICLES.replace("epochs = 4", "epochs = 12") + f"k0 = [{', '.join(['1.0'] * modes)}]\n" +
                   f"weights = [{', '.join([repr(1 / modes)] * modes)}]\n")
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
