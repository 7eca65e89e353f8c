#!/usr/bin/python3
"""Whole runs in which the particles act back on the network: against the plain run, on several ranks, and in words."""

import pathlib
import signal
import subprocess
import sys
import time
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, case  # noqa: E402
from whole_run import WholeRun, unsanitized  # noqa: E402

SAMPLES = 12  # S
INPUT = case(
    run={"epochs": 4, "samples_per_epoch": SAMPLES, "seed": 7},
    network={"thresholds": True},
    learning={"target": {"values": [0.6, -0.5]}},
    particles={"amplitude": 1.5, "feedback": True, "a": PARTICLES["a"],
               "b": {**PARTICLES["b"], "stokes": [0.6, 0, 0], "epochs": [1, 3]}},
    boltzmann={"charge": 2.0, "k0": [1.0, 2.0, 4.0], "weights": [0.5, 0.25, 0.25]},
    output={"states": True, "weights": "all"},
    solver={"relative_tolerance": 1e-9, "absolute_tolerance": 1e-11})
GIVEN = [0, 0, 1, 0.6, 0, 0]
PAULI = [np.array(m) for m in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]


def stokes(rho):
    """Tr(rho sigma x 1), Tr(rho 1 x sigma) of (..., 4, 4)."""
    operators = [np.kron(PAULI[mu], PAULI[0]) for mu in (1, 2, 3)] + [np.kron(PAULI[0], PAULI[nu]) for nu in (1, 2, 3)]
    return np.stack([np.einsum("...ij,ji->...", rho, o).real for o in operators], axis=-1)


class Feedback(WholeRun):
    def run_case(self, *settings, ranks=1, engine="waveform", **more):
        """Every dataset by its path, and what the run said."""
        self.write(INPUT, **more)
        done = self.launch("run", "case.toml", "--output", "run.h5", "--overwrite",
                           settings=(f"solver.engine={engine}", *settings), ranks=ranks)
        return self.datasets("run.h5"), done.stderr + done.stdout

    def expect_close(self, first, second, tolerance, skip=()):
        """All datasets that both have, relative to each one's largest number."""
        compared = 0
        for name, a in first.items():
            if name not in second or name.startswith(skip):
                continue
            b = second[name]
            scale = np.nanmax(np.abs(a), initial=0.0) or 1.0
            self.assertLessEqual(np.nanmax(np.abs(a - b), initial=0.0), tolerance * scale, name)
            self.assertTrue((np.isnan(a) == np.isnan(b)).all(), name)
            compared += 1
        self.assertGreater(compared, 20)

    def test_particles_that_do_not_move_change_nothing(self):
        for engine in ("waveform", "coupled"):
            with self.subTest(engine=engine):
                fed, _ = self.run_case("boltzmann.charge=0.0", engine=engine)
                plain, _ = self.run_case("boltzmann.charge=0.0", "particles.feedback=false", engine=engine)
                self.assertNotIn("particles/stokes", plain)
                self.assertTrue((fed["particles/stokes"] == GIVEN).all())
                self.expect_close(plain, fed, 0.0)

    def test_the_first_epoch_is_the_plain_runs_and_later_ones_are_fed_the_mixture(self):
        for name, settings in (("learning", []), ("frozen", ["learning.enabled=false"]),
                               ("causal", ["boltzmann.memory=causal"]), ("full", ["particles.closure=full"])):
            with self.subTest(case=name):
                fed, said = self.run_case(*settings)
                plain, _ = self.run_case(*settings, "particles.feedback=false")
                first = slice(0, SAMPLES + 1)
                for series in ("interaction", "action", "pauli"):
                    a, b = fed[f"series/{series}"], plain[f"series/{series}"]
                    self.assertTrue((a[first] == b[first]).all(), series)
                    self.assertGreater(np.abs(a - b).max(), 1e-4 * np.abs(b).max(), series)
                self.assertTrue((fed["density/mean"][first] == plain["density/mean"][first]).all())
                rows = fed["particles/stokes"]
                self.assertEqual(rows[0].tolist(), GIVEN)
                mixture = stokes(fed["density/mean"][::SAMPLES + 1])
                self.assertLess(np.abs(rows - mixture).max(), 1e-15)
                self.assertGreater(np.abs(rows[1:] - GIVEN).max(), 0.01)
                lengths = np.linalg.norm(rows[-1, :3]), np.linalg.norm(rows[-1, 3:])
                self.assertIn("Feedback: in the last epoch the ports were fed |s_A| = %.4g, |s_B| = %.4g" % lengths, said)

    def test_pulses_do_not_come_where_they_are_not_asked_for(self):
        fed, _ = self.run_case("particles.a.epochs=[0,0]", "particles.b.epochs=[0,0]", "learning.enabled=false")
        plain, _ = self.run_case("particles.a.epochs=[0,0]", "particles.b.epochs=[0,0]", "learning.enabled=false",
                                 "particles.feedback=false")
        self.assertGreater(np.abs(fed["particles/stokes"][1:] - GIVEN).max(), 0.001)
        self.assertLess(np.abs(fed["states/y"] - plain["states/y"]).max(), 1e-12)

    def test_engines_and_ranks_agree(self):
        alone, _ = self.run_case("boltzmann.memory=causal")
        # Of states that are pure or nearly so the entropy and the concurrence are roots of round-off.
        skip = ("timing", "entanglement")
        for ranks, engine in ((2, "waveform"), (4, "waveform"), (2, "coupled"), (4, "coupled")):
            with self.subTest(ranks=ranks, engine=engine):
                shared, _ = self.run_case("boltzmann.memory=causal", ranks=ranks, engine=engine)
                self.expect_close(alone, shared, 1e-9 if engine == "waveform" else 1e-6, skip)

    def test_every_member_has_its_own_particles(self):
        found, said = self.run_case(ensemble={"members": 3, "first": 2}, ranks=2)
        members = found["ensemble/member/stokes"]
        self.assertLess(np.abs(members - stokes(found["ensemble/member/density"][:, ::SAMPLES + 1])).max(), 1e-15)
        self.assertTrue((members[0] == found["particles/stokes"]).all())
        self.assertGreater(np.abs(members[1] - members[0]).max(), 1e-3)
        self.assertIn("Feedback (member 2): in the last epoch", said)

    def test_a_mixture_that_is_no_state_is_fed_and_said(self):
        strong = ("boltzmann.memory=causal", "boltzmann.k0=[1.0]", "boltzmann.weights=[1.0]",
                  "particles.b.stokes=[1,0,0]")
        for ranks in (1, 2):
            found, said = self.run_case(*strong, ranks=ranks)
            bad = int((found["entanglement/mean/physical"][SAMPLES + 1::SAMPLES + 1] == 0).sum())
            self.assertGreater(bad, 0)
            warning = "the ports are fed the Stokes vectors of a mixture that is not positive"
            self.assertEqual(said.count(warning), 1, said)
            self.assertIn(f"in {bad} of 4 epochs what was fed was of a mixture that is not positive", said)
        _, said = self.run_case()
        self.assertNotIn("not positive", said)

    @unsanitized
    def test_stops_within_the_particles_epoch_and_goes_on(self):
        """Found by random settings: a wall time was not heeded while particles turned fast."""
        fast = ("run.epochs=2", "particles.b.epochs=[1, 1]", "boltzmann.charge=1e5", "boltzmann.k0=[1.0]",
                "boltzmann.weights=[1.0]", 'output.checkpoint.directory="there"')
        straight, _ = self.run_case(*fast)
        (self.path / "run.h5").rename(self.path / "straight.h5")
        chosen = ("solver.engine=waveform", *fast)
        process = self.start("run", "case.toml", "--output", "run.h5", settings=chosen, ranks=None, stderr=subprocess.DEVNULL)
        self.until_epoch(process, 1, "run.h5")  # on file before its particles begin
        begin = time.monotonic()
        self.stop(process, signal.SIGUSR1)
        self.assertLess(time.monotonic() - begin, 0.8)
        done = self.launch("run", "case.toml", "--output", "run.h5", "--restart", "auto", settings=chosen, ranks=None)
        self.assertRegex(done.stderr, "[1-3] epochs done")
        found = self.datasets("run.h5")
        for name in ("particles/stokes", "density/mean", "series/pauli"):
            self.assertTrue((found[name] == straight[name]).all(), name)

    def test_info_says_what_was_fed(self):
        found, _ = self.run_case()
        said = self.launch("info", "run.h5", ranks=None).stdout
        last = found["particles/stokes"][-1]
        lengths = np.linalg.norm(last[:3]), np.linalg.norm(last[3:])
        self.assertIn("fed |s_A| = 1, |s_B| = 0.6 in epoch 0; %.4g, %.4g in epoch 3" % lengths, said)
        self.assertIn("/particles/stokes", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
