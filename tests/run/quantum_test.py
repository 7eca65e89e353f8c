#!/usr/bin/python3
"""The quantum stage as a user meets it: `hjnet quantum`, critical noise, and the states of who knows what."""

import pathlib
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import quantum  # noqa: E402
from input_text import PARTICLES, case  # noqa: E402
from whole_run import STOPPED, WholeRun, unsanitized  # noqa: E402

INPUT = case(
    run={"epochs": 3, "samples_per_epoch": 16, "seed": 7},
    learning={"target": {"distribution": "normal", "sd": 0.5}},
    particles={"amplitude": 1.5, **PARTICLES},
    boltzmann={"charge": 2.0, "k0": [1.0, 2.0], "weights": [0.7, 0.3]})
ENSEMBLE = {"ensemble": {"members": 6}}
CHANGES = ("boltzmann.charge=1.2", "boltzmann.memory=exponential", "boltzmann.second_order=average",
           "boltzmann.bath={ dephasing = 0.1 }")
QUANTUM = ("density/rho", "density/mean", "entanglement/concurrence", "entanglement/mean/negativity")
MEASURES = ("concurrence", "negativity", "log_negativity", "purity", "entropy", "chsh", "min_eigenvalue")


class Case(WholeRun):
    def run_case(self, *changes, ranks=1, output="run.h5", **more):
        self.write(INPUT, **more)
        done = self.launch("run", "case.toml", "--output", output, "--overwrite", settings=changes, ranks=ranks)
        return self.datasets(output), done.stdout

    def again(self, *changes, ranks=1, status=0):
        done = self.launch("quantum", "run.h5", "--output", "again.h5", "--overwrite", settings=changes, ranks=ranks,
                           status=status)
        return (self.datasets("again.h5"), done.stdout) if status == 0 else (None, done.stderr)


class Resolution(Case):
    @unsanitized
    def test_no_pulse_is_too_short_for_the_samples(self):
        for width in (1e-5, 3e-3, 0.1):
            pulses = [f"particles.{port}.width={width}" for port in "ab"]
            strong = [f"particles.amplitude={max(10.0, 0.03 / width)}", "boltzmann.charge=30"]
            found = {}
            for samples in (1, 16, 17, 1000):
                run, _ = self.run_case(*pulses, *strong, f"run.samples_per_epoch={samples}")
                found[samples] = run["density/mean"].reshape(3, samples + 1, 4, 4)[:, -1]
                concurrence = run["entanglement/mean/concurrence"]
            print(f"width {width:g}: C up to {concurrence.max():.3f}")
            self.assertGreater(concurrence.max(), 1e-3)
            for samples in (16, 17, 1000):
                self.assertLess(np.abs(found[samples] - found[1]).max(), 1e-9, (width, samples))

    def test_the_file_holds_what_the_particles_see(self):
        run, _ = self.run_case()
        boundaries, phases = run["operator/boundaries"], run["operator/phases"]
        per_element = len(phases) // (len(boundaries) - 1)
        values = run["operator/coefficients"][0].reshape(3, -1, per_element, 16)
        for n, c in enumerate(run["series/pauli"].reshape(3, 17, 16)):
            for phase, expected in zip(np.linspace(0.0, 1.0, 17), c):
                e = min(np.searchsorted(boundaries, phase, side="right") - 1, len(boundaries) - 2)
                x = 2.0 * (phase - boundaries[e]) / (boundaries[e + 1] - boundaries[e]) - 1.0
                modes = np.polynomial.chebyshev.chebfit(
                    2.0 * (phases.reshape(-1, per_element)[e] - boundaries[e]) / (boundaries[e + 1] - boundaries[e]) - 1.0,
                    values[n, e], per_element - 1)
                self.assertLess(np.abs(np.polynomial.chebyshev.chebval(x, modes) - expected).max(), 1e-7)


class Quantum(Case):
    def test_equals_a_run_with_those_settings(self):
        self.run_case()
        straight, _ = self.run_case(*CHANGES, output="straight.h5")
        for ranks in (1, 2):
            found, _ = self.again(*CHANGES, ranks=ranks)
            for name in QUANTUM:
                self.assertLess(abs(found[name] - straight[name]).max(), 1e-12, name)
        with h5py.File(self.path / "run.h5") as parent, h5py.File(self.path / "again.h5") as child:
            self.assertEqual(child.attrs["parent_run_id"], parent.attrs["run_id"])
            self.assertNotEqual(child.attrs["run_id"], parent.attrs["run_id"])
            self.assertEqual(child["progress/finished"][()], 1)
            self.assertIn('second_order = "average"', child.attrs["input"])
            self.assertNotIn("weights/final", child)
        self.launch("info", "again.h5")

    @unsanitized
    def test_of_an_ensemble(self):
        self.run_case(**ENSEMBLE, ranks=2)
        straight, _ = self.run_case(*CHANGES, **ENSEMBLE, output="straight.h5", ranks=2)
        for ranks in (1, 3):
            found, said = self.again(*CHANGES, ranks=ranks)
            for name in (*QUANTUM, "ensemble/member/density", "ensemble/mean/concurrence",
                         *(f"ensemble/{place}/{measure}" for place in ("state", "state_error") for measure in MEASURES)):
                self.assertLess(abs(found[name] - straight[name]).max(), 1e-11, name)
            self.assertIn("To an observer who knows the distribution alone", said)

    def test_twice_in_a_row(self):
        self.run_case()
        first, _ = self.again()
        (self.path / "again.h5").rename(self.path / "run.h5")
        second, _ = self.again()
        for name in QUANTUM:
            self.assertTrue((first[name] == second[name]).all(), name)

    def test_refuses_what_it_cannot_know(self):
        self.run_case()
        for change, words in (("network.layer[1].neurons=4", "expected a key of boltzmann"),
                              ("particles.amplitude=2.0", "expected a key of boltzmann"),
                              ("boltzmann.chargee=2.0", "charge"),
                              ("boltzmann.memory=window", None),
                              ("boltzmann.second_order=regularised", "second_order")):
            _, said = self.again(change, status=0 if words is None else 2)
            if words:
                self.assertIn(words, said)
        _, said = self.again("boltzmann.memory=window", "boltzmann.second_order=average", status=2)
        self.assertIn("regularised", said)
        self.launch("quantum", "run.h5", "--output", "run.h5", "--overwrite", status=2)
        self.launch("quantum", "case.toml", "--output", "x.h5", status=1)
        self.launch("quantum", "absent.h5", "--output", "x.h5", status=1)
        self.launch("run", "case.toml", "--output", "long.h5", "--max-walltime", "00:00:01",
                    settings=["run.epochs=100000"], status=STOPPED)
        done = self.launch("quantum", "long.h5", "--output", "x.h5", status=2)
        self.assertIn("is not complete", done.stderr)
        self.run_case("particles.feedback=true")
        _, said = self.again("boltzmann.charge=1.0", status=2)
        self.assertIn("particles.feedback", said)

    def test_no_particles(self):
        self.write({table: INPUT[table] for table in ("network", "run", "learning")})
        self.launch("run", "case.toml", "--output", "run.h5")
        _, said = self.again(status=2)
        self.assertIn("without particles", said)


class Critical(Case):
    @unsanitized
    def test_is_continuous_in_the_charge(self):
        found = [self.run_case("boltzmann.critical=true", f"boltzmann.charge={charge}")[0]["critical/mediator_noise"][0]
                 for charge in (2.0, 2.002, 2.004)]
        print("critical x at q = 2, 2.002, 2.004:", found)
        self.assertGreater(abs(np.diff(found)).max(), 0.0)
        self.assertLess(abs(np.diff(found)).max(), 2e-3)
    @unsanitized
    def test_is_where_the_entanglement_vanishes(self):
        found, said = self.run_case("boltzmann.critical=true")
        self.assertIn("Critical noise", said)
        self.assertGreater(found["entanglement/mean/concurrence"].max(), 0.02)
        for name, key in (("mediator_noise", "boltzmann.mediator_noise={}"), ("dephasing", "boltzmann.bath={{dephasing={}}}")):
            critical = found[f"critical/{name}"][0]
            self.assertTrue(0.0 < critical < (1.0 if name == "mediator_noise" else 100.0), critical)
            for factor, entangled in ((0.99, True), (1.01, False)):
                there, _ = self.again(key.format(factor * critical))
                self.assertEqual(there["entanglement/mean/negativity"].max() > 1e-9, entangled, f"{name} {factor}")

    @unsanitized
    def test_of_members_and_of_their_state(self):
        found, said = self.run_case("boltzmann.critical=true", **ENSEMBLE, ranks=2)
        self.assertIn("of the observer's state", said)
        again, _ = self.again(ranks=3)
        for name in ("mediator_noise", "dephasing"):
            self.assertTrue(np.isfinite(found[f"critical/{name}"]).all())
            self.assertLess(abs(found[f"critical/{name}"] - again[f"critical/{name}"]).max(), 1e-9)
            with h5py.File(self.path / "run.h5") as run:
                self.assertLessEqual(run[f"critical/{name}"].attrs["state"], 1.01 * found[f"critical/{name}"].max())

    def test_not_asked_for(self):
        found, _ = self.run_case()
        self.assertTrue(np.isnan(found["critical/mediator_noise"]).all())

    def test_nothing_to_vanish(self):
        found, _ = self.run_case("boltzmann.critical=true", "boltzmann.charge=0.0")
        self.assertEqual(found["critical/mediator_noise"][0], 0.0)


class Witness(Case):
    def test_is_of_the_most_entangled_sample(self):
        found, _ = self.run_case()
        with h5py.File(self.path / "run.h5") as run:
            attributes = dict(run["witness"].attrs)
            at = int(found["entanglement/mean/negativity"].argmax())
            self.assertEqual(attributes["time"], found["series/time"][at])
        rho, witness = found["density/mean"][at], found["witness"]
        self.assertLess(attributes["expectation"], -0.01)
        self.assertAlmostEqual(np.trace(witness @ rho).real, attributes["expectation"], 12)
        names = [a + b for a in "IXYZ" for b in "IXYZ"]
        correlators = np.einsum("aij,ji->a", quantum.PAULI, rho).real
        self.assertAlmostEqual(sum(attributes[name] * c for name, c in zip(names, correlators)), attributes["expectation"], 12)

    def test_of_a_separable_pair_there_is_none(self):
        found, _ = self.run_case("boltzmann.charge=0.0")
        self.assertTrue(np.isnan(found["witness"]).all())


class Knowledge(Case):
    """Measures of E[rho], against NumPy on the members' density matrices."""

    def expect_state(self, found, groups, size):
        density = found["ensemble/member/density"].reshape(groups, size, -1, 4, 4)
        table = lambda rho: np.array([[quantum.measures(r, 1e-6)[name] for name in MEASURES] for r in rho])  # noqa: E731
        states = np.array([table(group.mean(0)) for group in density])
        if groups > 1:
            error = states.std(0, ddof=1) / np.sqrt(groups)
        else:
            without = np.array([table((density[0].sum(0) - one) / (size - 1)) for one in density[0]])
            error = without.std(0, ddof=1) * (size - 1) / np.sqrt(size)
        for i, name in enumerate(MEASURES):
            tolerance = 2e-7 if name == "concurrence" else 1e-9
            self.assertLess(abs(found[f"ensemble/state/{name}"] - states.mean(0)[:, i]).max(), tolerance, name)
            self.assertLess(abs(found[f"ensemble/state_error/{name}"] - error[:, i]).max(), 10 * tolerance, name)

    def test_nothing_is_known(self):
        found, said = self.run_case(**ENSEMBLE, ranks=2)
        self.expect_state(found, 1, 6)
        self.assertIn("To an observer who knows the distribution alone", said)
        self.assertLess(found["ensemble/state/concurrence"].max(), found["ensemble/mean/concurrence"].max())

    @unsanitized
    def test_some_is_known(self):
        found, said = self.run_case(ensemble={"members": 3, "known": ["weights"], "groups": 2}, ranks=2)
        self.expect_state(found, 2, 3)
        self.assertIn("To an observer who knows weights", said)
        # A group's members share the weights, and differ in what is drawn by the member: the same in both groups.
        self.write(INPUT, ensemble={"members": 3, "vary": ["target"]})
        self.launch("run", "case.toml", "--output", "flat.h5")
        with h5py.File(self.path / "flat.h5") as flat:
            self.assertTrue((flat["ensemble/member/action"][()] == found["ensemble/member/action"][:3]).all())

    @unsanitized
    def test_two_levels_where_nothing_or_all_is_known(self):
        flat, _ = self.run_case(**ENSEMBLE)
        one, _ = self.run_case(ensemble={"members": 6, "known": [], "groups": 1})
        for name in MEASURES:
            self.assertTrue((flat[f"ensemble/state/{name}"] == one[f"ensemble/state/{name}"]).all(), name)
        everything = ["weights", "stimulus", "target"]
        known, _ = self.run_case(ensemble={"members": 1, "known": everything, "groups": 6})
        self.assertTrue((flat["ensemble/member/action"] == known["ensemble/member/action"]).all())
        self.assertLess(abs(known["ensemble/state/concurrence"] - flat["ensemble/mean/concurrence"]).max(), 1e-12)

    def test_refusals(self):
        for more, words in (({"known": ["initial_state"]}, "a part of ensemble.vary"),
                            ({"groups": 2}, "ensemble.known"),
                            ({"known": ["weights"], "first": 4}, "a multiple of ensemble.members"),
                            ({"known": ["weight"]}, "weights")):
            self.write(INPUT, ensemble={"members": 6, **more})
            self.assertIn(words, self.launch("check", "case.toml", ranks=None, status=2).stderr)

    def test_restart(self):
        straight, _ = self.run_case(ensemble={"members": 2, "known": ["target"], "groups": 2}, ranks=2)
        self.launch("run", "case.toml", "--output", "part.h5", settings=["run.epochs=2"], ranks=2)
        self.launch("run", "case.toml", "--output", "part.h5", "--restart", "auto", ranks=2)
        with h5py.File(self.path / "part.h5") as run:
            for name in MEASURES:
                self.assertTrue((run[f"ensemble/state/{name}"][()] == straight[f"ensemble/state/{name}"]).all(), name)


class Words(Case):
    @unsanitized
    def test_causality_is_reported(self):
        _, said = self.run_case()
        self.assertIn("Before the later particle arrives (t < 0.24)", said)
        self.assertIn("Delta, given at the end of an epoch, knows what is to come", said)
        _, said = self.run_case("learning.delta=initial", "learning.enabled=false", "run.epochs=1", "network.time_constant=0.5")
        self.assertIn("Before the later particle arrives", said)
        self.assertNotIn("knows what is to come", said)

    @unsanitized
    def test_second_orders(self):
        for kind, words in (("redfield", "Lindblad"), ("regularised", "completely positive part"),
                            ("average", "average over noise")):
            _, said = self.run_case("boltzmann.memory=causal", f"boltzmann.second_order={kind}")
            self.assertIn(words, said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
