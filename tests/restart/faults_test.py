#!/usr/bin/python3
"""What a checkpointed run survives: SIGKILL at any instant, damaged checkpoints, disks that are full or read-only."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import driver

KILLS = 30 if driver.FULL else 6
# Wide enough for its checkpoints to take a good part of the time.
WIDE = "--set", "network.layer[1].neurons=120", "--set", "solver.relative_tolerance=1e-6"


class Faults(driver.Case):
    def same(self, bench):
        self.assertEqual(bench.differences("straight.h5", "run.h5", skip=("/@input",)), [])

    def mount(self, bench, options):
        """A small file system for the checkpoints."""
        folder = bench.path / "checkpoints"
        folder.mkdir(exist_ok=True)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "hjnet", folder], check=False,
                                               capture_output=True).returncode != 0:
            self.skipTest("may not mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=False)
        return folder


class Killed(Faults):
    def test_sigkill_at_random_instants(self):
        seed = int(os.environ.get("HJNET_TEST_SEED", "7"))
        chance = random.Random(seed)
        bench = self.bench(epochs=KILLS + 4, checkpoint={"every_epochs": 1, "keep": 2})
        arguments = ("--restart", "auto", *WIDE)
        start = time.monotonic()
        bench.run(2, "straight.h5", *WIDE, *driver.ELSEWHERE)
        epoch = (time.monotonic() - start) / (KILLS + 4)
        kills = writing = beginning = 0
        while kills < KILLS:
            process = bench.start(2, "run.h5", *arguments)
            if kills % 2 == 0:
                # While a checkpoint is written: as soon as its file is seen, or a little later.
                deadline = time.monotonic() + 60
                while not list(bench.path.glob("checkpoints/run-*.partial")) and time.monotonic() < deadline:
                    if process.poll() is not None:
                        break
                time.sleep(chance.random() * 0.02)
            else:
                time.sleep(chance.random() * (1.0 + 2.0 * epoch))
            if process.poll() is not None:
                process.communicate()
                break
            driver.kill(process)
            kills += 1
            writing += bool(list(bench.path.glob("checkpoints/run-*.partial")))
            beginning += not bench.checkpoints()
        bench.run(2, "run.h5", *arguments)
        print(f"seed {seed}: {kills} kills, {writing} of them while a checkpoint was written, "
              f"{beginning} before there was one")
        self.assertGreaterEqual(writing, 2)
        self.same(bench)

    def test_sigkill_at_the_end(self):
        """Also where the run file's last attributes are written."""
        chance = random.Random(3)
        bench = self.bench(epochs=2)
        start = time.monotonic()
        bench.run(1, "straight.h5", *driver.ELSEWHERE)
        whole = time.monotonic() - start
        for _ in range(10 if driver.FULL else 4):
            process = bench.start(1, "run.h5", "--restart", "auto")
            time.sleep(whole * (0.6 + 0.5 * chance.random()))
            driver.kill(process)
            bench.restart(1)
            self.same(bench)
            (bench.path / "run.h5").unlink()
            shutil.rmtree(bench.path / "checkpoints")


class Damaged(Faults):
    @classmethod
    def setUpClass(cls):
        """A run of 4 epochs with its checkpoints, and a straight one of 5."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.whole = driver.Bench(pathlib.Path(folder.name) / "whole", epochs=4, engine=cls.ENGINE)
        cls.whole.run(2, "straight.h5", "--set", "run.epochs=5", *driver.ELSEWHERE)
        cls.whole.run(2, "run.h5")

    def damaged(self, damage, words):
        bench = self.whole.copy(self.path / "damaged")
        good, bad = bench.checkpoints()[1:3]
        for later in bench.checkpoints()[3:]:
            later.unlink()
        content = bytearray(bad.read_bytes())
        bad.write_bytes(damage(content))
        said = bench.run(2, "run.h5", "--restart", f"checkpoints/{bad.name}", "--set", "run.epochs=5", status=1)
        self.assertRegex(said, words)
        self.assertIn(bad.name, said)
        # --restart auto says so, and goes on from the one before. The run file is complete: it has to be asked for more.
        said = bench.restart(2, "--set", "run.epochs=5")
        self.assertRegex(said, rf"WARNING: checkpoint passed over: .*{bad.name}")
        self.assertIn(f"Restarting from checkpoints/{good.name}, 2 epochs done", said)
        self.same(bench)

    def test_truncated(self):
        self.damaged(lambda content: content[:len(content) // 2], "incomplete or damaged")

    def test_zero_length(self):
        self.damaged(lambda content: b"", "is empty")

    def test_a_flipped_bit_of_the_data(self):
        def flip(content):
            content[len(content) * 3 // 4] ^= 4
            return content
        self.damaged(flip, "does not match its checksum|do not match their checksum")

    def test_a_flipped_bit_of_the_input(self):
        def flip(content):
            content[content.index(b"samples_per_epoch = 12") + 21] ^= 1
            return content
        self.damaged(flip, "attributes or structure do not match their checksum")

    def test_all_of_them(self):
        bench = self.whole.copy(self.path / "damaged")
        for file in bench.checkpoints():
            file.write_bytes(b"")
        said = bench.restart(1, "--set", "run.epochs=5", status=2)
        self.assertEqual(said.count("WARNING: checkpoint passed over"), 4)
        self.assertIn("finished run with no checkpoint", said)


class Disks(Faults):
    def test_full_disk(self):
        for ranks in (1, 2, 3) if driver.FULL else (2,):
            with self.subTest(ranks=ranks):
                bench = self.bench(f"full-{ranks}", epochs=5, checkpoint={"every_epochs": 1, "keep": 9})
                bench.run(ranks, "straight.h5", *WIDE, *driver.ELSEWHERE)
                size = max(file.stat().st_size for file in (bench.path / "elsewhere").iterdir())
                folder = self.mount(bench, f"size={2.7 * size + 2e6:.0f}")
                said = bench.run(ranks, "run.h5", *WIDE)
                self.assertIn("no room for a checkpoint", said)
                self.assertIn("the run goes on without this checkpoint", said)
                kept = bench.checkpoints()
                self.assertTrue(kept)
                self.assertLess(len(kept), 5)
                self.same(bench)
                # Somebody else fills the disk, and the run must stop: it fails, and names the last good checkpoint. Asked
                # to only after an epoch of its own, else there is nothing to write.
                rest = folder / "of-somebody-else"
                rest.write_bytes(bytes(shutil.disk_usage(folder).free - 2 ** 20))
                process = bench.start(ranks, "run.h5", *WIDE, "--restart", "auto", "--set", "run.epochs=900")
                said = ""
                for line in process.stderr:
                    said += line
                    if "the run goes on without this checkpoint" in line:
                        break
                said += bench.stop(process, signal.SIGUSR1, seconds=120, status=1)
                self.assertIn("the last good one is", said)
                self.assertEqual(bench.checkpoints(), kept)
                for file in [rest, *kept[1:]]:
                    file.unlink()
                self.assertEqual(list(folder.glob("*.partial")), [])
                bench.restart(ranks, *WIDE, "--set", "run.epochs=5")
                self.same(bench)

    def test_read_only_directory(self):
        bench = self.bench(epochs=2)
        folder = self.mount(bench, "size=4m,ro")
        said = bench.run(2, "run.h5", status=1)
        self.assertIn("cannot write checkpoints to 'checkpoints': Read-only file system", said)
        self.assertEqual(list(folder.iterdir()), [])

    def test_directory_that_is_a_file(self):
        bench = self.bench(epochs=2)
        (bench.path / "checkpoints").write_text("")
        self.assertIn("cannot make the directory 'checkpoints'", bench.run(2, "run.h5", status=1))


if __name__ == "__main__":
    driver.main()
