#!/usr/bin/python3
"""Several hosts, each a network namespace of this machine: results, bytes on the links, a host that dies."""

import pathlib
import subprocess
import sys
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import hosts  # noqa: E402
import processes  # noqa: E402
from exchange_test import CASE  # noqa: E402
from input_text import changed  # noqa: E402
from whole_run import HJNET, WholeRun, unsanitized  # noqa: E402

WHY_NOT = hosts.missing()
HEADERS = 1.15  # of what is sent, at the most: frames, and what the runtime says to start and end


@unittest.skipIf(WHY_NOT is not None, str(WHY_NOT))
class SeveralHosts(WholeRun):
    def on(self, several, output, **how):
        command = several.command(HJNET, "run", "case.toml", "--output", output, **how)
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=self.SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_results_are_those_of_one_host(self):
        self.write(CASE)
        self.launch("run", "case.toml", "--output", "one.h5")
        for count, ranks_each in ((2, 1), (2, 2), (4, 1)):
            with self.subTest(hosts=count, ranks_each=ranks_each), hosts.Hosts(self.path, count, "1gbit") as several:
                self.on(several, f"h{count}{ranks_each}.h5", ranks_each=ranks_each)
                self.assertEqual(self.differences("one.h5", f"h{count}{ranks_each}.h5", 1e-12, ("/fit*",)), [])
                with h5py.File(self.path / f"h{count}{ranks_each}.h5") as file:
                    self.assertEqual(file.attrs["hosts"], ", ".join(f"hj-host{i}" for i in range(1, count + 1)))

    def test_links_carry_what_the_run_counts(self):
        self.write(changed(CASE, run={**CASE["run"], "epochs": 40}))
        with hosts.Hosts(self.path, 2) as several:
            before = several.sent()
            self.on(several, "run.h5")
            carried = several.sent() - before
        with h5py.File(self.path / "run.h5") as file:
            sent = dict(file["timing"].attrs)
        counted = sent["message_bytes"] + sent["collective_bytes"]
        print(f"links carried {carried} bytes; counted {counted:.0f}, ratio {carried / counted:.3f}")
        self.assertGreater(carried, 0.98 * counted)
        self.assertLess(carried, HEADERS * counted + 1e6)

    def losing(self, how, settings=()):
        """A run of two hosts whose second is lost after two checkpoints, and what it says of it."""
        self.write(changed(CASE, run={**CASE["run"], "epochs": 100000},
                           output={"weights": "none", "checkpoint": {"every_epochs": 1}}))
        with hosts.Hosts(self.path, 2) as several:
            command = several.command(HJNET, "run", "case.toml", settings=settings)
            process = subprocess.Popen(command, cwd=self.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            self.addCleanup(lambda: process.poll() is None and process.kill())
            self.until(process, lambda: len(self.checkpoints()) > 1)
            how(several)
            begin = time.monotonic()
            said = process.communicate(timeout=120)[1]
            print(f"ended {time.monotonic() - begin:.1f} s after the host was lost, with {process.returncode}")
            self.assertNotEqual(process.returncode, 0)
            return said

    def goes_on(self):
        """On one host, from a checkpoint of the two."""
        done = processes.epochs_completed(self.path / "case.h5")
        last = max(int(path.stem.rsplit("-", 1)[1]) for path in self.checkpoints())
        self.launch("run", "case.toml", "--restart", "auto", settings=(f"run.epochs={max(done, last) + 2}",))
        self.assertEqual(processes.epochs_completed(self.path / "case.h5"), max(done, last) + 2)

    @unsanitized
    def test_a_host_that_crashes_ends_the_run_with_a_message_and_a_checkpoint(self):
        said = self.losing(lambda several: several.kill(2))
        self.assertRegex(said, "lost communication|exited|terminated|daemon")
        self.goes_on()

    @unsanitized
    def test_a_cable_that_is_cut_ends_the_run(self):
        """Nothing arrives any more, not even an end: the runtime asks whether the other one lives."""
        keepalive = [("oob_tcp_keepalive_time", 5), ("oob_tcp_keepalive_intvl", 2), ("oob_tcp_keepalive_probes", 3)]
        self.losing(lambda several: several.cut(2), keepalive)
        self.goes_on()


if __name__ == "__main__":
    unittest.main()
