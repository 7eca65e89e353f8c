#!/usr/bin/python3
"""Numbers that a user reads: times, weights, errors of means, estimates, and what is said about them."""

import json
import pathlib
import signal
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import input_text  # noqa: E402
from input_text import PARTICLES, case, changed, dump  # noqa: E402
from whole_run import SOURCE, WholeRun  # noqa: E402

TINY = changed(input_text.TINY, run={"epochs": 20, "samples_per_epoch": 7, "epoch_length": 0.1})
PAIR = case({"ports": 6, "out": 2}, run={"epochs": 3, "samples_per_epoch": 8, "seed": 5}, particles=PARTICLES,
            learning={"target": {"distribution": "uniform", "low": -0.8, "high": 0.8}})


class Numbers(WholeRun):
    def run_case(self, *pairs, status=0, ranks=None):
        """What a run says."""
        done = self.launch("run", "case.toml", "--overwrite", settings=pairs, ranks=ranks, status=status)
        return done.stdout + done.stderr

    def check(self, *pairs, status=0):
        """What a check says."""
        done = self.launch("check", "case.toml", settings=pairs, ranks=None, status=status)
        return done.stdout + done.stderr

    def json(self, *settings, file="case.toml"):
        """What a check says as JSON."""
        return json.loads(self.launch("check", file, "--json", settings=settings, ranks=None).stdout)

    def test_time_steps_back(self):
        self.write(TINY)
        for engine in ("waveform", "coupled"):
            self.run_case(f"solver.engine={engine}", "output.checkpoint.every_epochs=7")
            self.launch("run", "case.toml", "--restart", "auto", ranks=None,
                        settings=[f"solver.engine={engine}", "run.epochs=30"])
            with h5py.File(self.path / "case.h5") as run:
                times = run["series/time"][:].reshape(30, 8)
            self.assertTrue((np.diff(times.ravel()) >= 0).all(), engine)
            self.assertTrue((times[:-1, -1] == times[1:, 0]).all(), engine)

    def test_one_member_has_no_error(self):
        self.write(PAIR)
        said = self.run_case("ensemble.members=1")
        info = self.launch("info", "case.h5", ranks=None).stdout
        for text in (said, info):
            self.assertIn("mean over 1 member:", text)
            self.assertNotIn("+-", text)
        with h5py.File(self.path / "case.h5") as run:
            for name in ("interaction", "action", "concurrence"):
                self.assertTrue(np.isnan(run["ensemble/deviation"][name][:]).all(), name)

    def test_info_of_an_ensemble_quotes_its_mean(self):
        self.write(PAIR)
        said = self.run_case("ensemble.members=3")
        info = self.launch("info", "case.h5", ranks=None).stdout
        with h5py.File(self.path / "case.h5") as run:
            mean, error = run["ensemble/mean/concurrence"][:], run["ensemble/deviation/concurrence"][:] / np.sqrt(3)
        words = f"final {mean[-1]:.4g} +- {error[-1]:.2g} (+- is a standard error)"
        self.assertIn(words, said)
        self.assertIn(words, info)
        potential = next(line for line in info.splitlines() if line.startswith("  potential"))
        self.assertRegex(potential, r"mean over 3 members: H_int from \S+ \+- \S+ at")
        timing = next(line for line in info.splitlines() if line.startswith("  timing"))
        self.assertRegex(timing, r"integration = [\d.e-]+ s,")
        self.assertRegex(timing, r"peak_memory = [\d.]+ MiB")
        self.assertNotRegex(info, r"\d\.\d{9}")

    def test_mode_weights_are_normalised_and_the_mixture_is_judged(self):
        self.write(PAIR)
        seven = "boltzmann.weights=[" + ",".join(["0.1428571"] * 7) + "]"
        said = self.run_case("boltzmann.k0=[1.0,1.1,1.2,1.3,1.4,1.5,1.6]", seven)
        self.assertRegex(said, r"trace kept to \S+ \(of the mixture to \de-1[5-7]\)|\(of the mixture to 0\)")
        with h5py.File(self.path / "case.h5") as run:
            self.assertLess(abs(run["density/weight"][:].sum() - 1), 1e-15)
            trace = np.trace(run["density/mean"][:], axis1=1, axis2=2)
        self.assertLess(abs(trace - 1).max(), 1e-14)
        refused = self.check("boltzmann.k0=[1.0,2.0]", "boltzmann.weights=[0.5,0.6]", status=2)
        self.assertIn("boltzmann.weights: expected numbers >= 0 with sum 1", refused)

    def test_endless_mesh(self):
        cases = {
            "network.time_constant=1e-12": "network.time_constant = 1e-12",
            "network.time_constant=1e-300": "network.time_constant = 1e-300",
            "particles.a.width=1e-300": "particles.a.width = 1e-300",
            "particles.b.width=1e-13": "particles.b.width = 1e-13",
            "learning.weight_decay=1e300": "learning.weight_decay = 1e+300",
        }
        self.write(PAIR)
        for engine in ("waveform", "coupled"):
            for pair, words in cases.items():
                for verb in (self.check, self.run_case):
                    said = verb(pair, f"solver.engine={engine}", status=2)
                    self.assertIn(f"case.toml: {words}", said)
        said = self.check("learning.weight_decay=1e30", "learning.inertia=1.0", status=2)
        self.assertIn("learning.weight_decay = 1e+30", said)

    def test_round_off_divides_no_element(self):
        self.write(PAIR)
        for engine in ("waveform", "coupled"):
            found = [self.json(f"network.time_constant={size}", f"solver.engine={engine}")["mesh_elements"]
                     for size in ("1e-6", "1e-7")]
            print(f"{engine}: {found[0]} elements at 1e-6, {found[1]} at 1e-7")
            self.assertLessEqual(found[1], 1.3 * found[0])  # 3.3 halvings more beside each of two ends

    def test_frequencies_have_an_end(self):
        self.write(dump(TINY) + '[gauge]\ncharge = 0.1\n[[gauge.field]]\nlayer = "out"\nconstant = 0.1\nfrequency = 1e12\n')
        said = self.check(status=2)
        self.assertRegex(said, r"case.toml:\d+:1: gauge.field\[0\].frequency: expected at most 65536 periods in an epoch")

    def test_sigterm_ends_check(self):
        self.write(TINY)
        process = self.start("check", "case.toml", ranks=None, settings=[
            "learning.weight_decay=1e11", "learning.inertia=1.0", "run.epoch_length=1.0"])
        time.sleep(1.0)
        self.stop(process, seconds=5, status=None)
        self.assertIn(process.returncode, (-signal.SIGTERM, 0))

    def test_json_of_a_name_with_quotes(self):
        name = 'so-called "tiny" \\ run\u00e9'
        self.write(TINY, run={"name": name})
        self.assertEqual(self.json()["name"], name)

    def test_help(self):
        for words in (["help"], ["--help"]):
            said = self.launch(*words, ranks=None)
            self.assertIn("Run an input file", said.stdout)
        self.assertIn("--restart", self.launch("help", "run", ranks=None).stdout)
        said = self.launch(ranks=None, status=2)
        self.assertIn("hjnet: expected a verb, got nothing", said.stderr)
        self.assertIn("Run an input file", said.stderr)
        self.write(TINY)
        self.launch("run", "case.toml", "-o", "short.h5", ranks=None)
        self.assertTrue((self.path / "short.h5").exists())

    def test_check_of_a_torus_input(self):
        inputs = [file for file in sorted((SOURCE / "input").glob("torus*.toml")) if "[torus]" in file.read_text()]
        self.assertGreater(len(inputs), 3)
        for file in inputs:
            said = self.launch("check", file, ranks=None).stdout
            self.assertIn("[torus]", said)
            self.assertRegex(said, r"# \d+ tori on 1 rank")
            self.assertGreater(self.json(file=file)["tori"], 0)

    def test_a_run_without_charge_is_of_lindblad_form(self):
        self.write(PAIR)
        for charge, words in (("0.0", "no Kossakowski eigenvalue is negative: the second order is of Lindblad form"),
                              ("1.0", "the second order is not of Lindblad form")):
            self.assertIn(words, self.run_case('boltzmann.memory="symmetric"', f"boltzmann.charge={charge}"))

    def test_a_summary_answers_what_was_asked(self):
        self.write(TINY)
        said = self.run_case()
        self.assertIn("Learning: the mean of E is", said)
        self.assertNotIn("Lennard-Jones", said)
        self.assertNotIn("diverges", said)
        self.assertIn("Lennard-Jones", self.run_case("ensemble.members=2"))

    def test_accuracy_with_class_names(self):
        """Names in an attribute of the data file, or in a dataset where there are too many."""
        shown = {"file": "data.h5", "inputs": "/x", "targets": "/d"}
        self.write(case({"in": 2, "out": 2}, run=TINY["run"], learning={"epoch_memory": 0.5},
                        stimulus={"patterns": {**shown, "layer": "in", "per_epoch": 2}},
                        evaluate={"layer": "in", "set": [{"name": "all", **shown}]}))
        names = np.array(["wei\u00df", "schwarz"], dtype=h5py.string_dtype())
        for where in ("attribute", "dataset", "nowhere"):
            with h5py.File(self.path / "data.h5", "w") as data:
                data["x"], data["d"] = np.eye(2), np.arange(2)
                if where != "nowhere":
                    (data.attrs if where == "attribute" else data)["classes"] = names
            said = self.run_case("run.epochs=2")
            words = r"all by class: wei\u00df \d+\.00 %, schwarz \d+\.00 %\."
            (self.assertNotRegex if where == "nowhere" else self.assertRegex)(said, words)

    def test_learning_that_diverges_says_so(self):
        self.write(TINY)
        said = self.run_case("learning.epoch_memory=1.0", "learning.inertia=0.1", "run.epoch_length=1.0", "learning.target=-0.8",
                             "run.seed=2")
        self.assertEqual(said.count("Learning diverges: the mean of |H_int| was"), 2, said)

    def test_momenta_that_are_zero_by_definition_are_not_on_file(self):
        self.write(TINY)
        for pairs, groups in (([], ["initial"]), (['learning.momentum="initial"', "learning.inertia=10.0"], ["final"]),
                              (["learning.enabled=false"], [])):
            self.run_case("run.epochs=2", *pairs)
            with h5py.File(self.path / "case.h5") as run:
                self.assertEqual(sorted(run["weights"]), ["final", "initial"])
                self.assertEqual(sorted(run.get("momenta", {})), groups, pairs)
                for group in groups:
                    self.assertTrue((run["momenta"][group]["in-out"][:] != 0).any())


if __name__ == "__main__":
    unittest.main(verbosity=2)
