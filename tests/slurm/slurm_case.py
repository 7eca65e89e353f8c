"""What the tests of the job scripts share: jobs of the Slurm that with_slurm.sh has started."""

import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from input_text import PARTICLES, case  # noqa: E402
from processes import epochs_completed  # noqa: E402
from whole_run import HJNET, SOURCE, WholeRun  # noqa: E402

PATIENCE = 150.0  # seconds for anything to happen, on a machine that is busy

# Some hundredths of a second an epoch: long runs have many epochs.
INPUT = case(
    {"ports": 6, "hidden": 8, "out": 2},
    run={"samples_per_epoch": 8, "seed": 5},
    stimulus={"constant": {"layer": "ports", "distribution": "normal"}},
    learning={"target": {"distribution": "uniform", "low": -0.8, "high": 0.8}},
    solver={"engine": "coupled", "relative_tolerance": 1e-6, "absolute_tolerance": 1e-8},
    output={"states": True},
    particles={name: {**port, "epochs": [0, 3]} for name, port in PARTICLES.items()})


class SlurmCase(WholeRun):
    def write_input(self, epochs):
        self.write(INPUT, run={"epochs": epochs})

    def call(self, *words):
        return subprocess.run([str(w) for w in words], cwd=self.path, check=True, capture_output=True, text=True).stdout

    def submit(self, script, *arguments, options=(), **environment):
        """Submits a job script of the project from the test's directory; the job's number."""
        settings = {"HJNET": HJNET, **environment}
        exports = ",".join(["ALL", *(f"{name}={value}" for name, value in settings.items())])
        job = self.call("sbatch", "--parsable", f"--export={exports}", "--output=job-%j.log", "--cpus-per-task=1",
                        *options, SOURCE / "jobscripts" / script, *arguments).strip()
        self.addCleanup(subprocess.run, ["scancel", job], check=False, capture_output=True)
        return job

    def fields(self, job):
        words = self.call("scontrol", "show", "job", "-o", job).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def log(self, job):
        file = self.path / f"job-{self.fields(job)['JobId']}.log"
        return file.read_text() if file.exists() else ""

    def await_job(self, what, job, condition):
        """Waits while the job is queued or runs; fails with its log where the condition does not come true."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.ended(job) and not condition():
                self.fail(f"the job ended before {what}: {self.fields(job)}\n{self.log(job)}")
            self.assertLess(time.monotonic(), deadline, f"no {what}: {self.fields(job)}\n{self.log(job)}")
            time.sleep(0.2)

    def ended(self, job):
        return not self.call("squeue", "--noheader", "--jobs", job).strip()

    def await_end(self, job):
        self.await_job("end of the job", job, lambda: self.ended(job))

    def await_epoch(self, job, file, epoch):
        self.await_job(f"epoch {epoch}", job, lambda: epochs_completed(self.path / file) >= epoch)

    def signal(self, job):
        """What Slurm does itself shortly before a job's time is over, but without waiting for it."""
        self.call("scancel", "--batch", "--signal=USR1", job)

    def signalled(self, epochs, at, options, **environment):
        """A job of one run, signalled after some of its epochs."""
        self.write_input(epochs)
        job = self.submit("run.sbatch", "case.toml", options=options, **environment)
        self.await_epoch(job, "case.h5", at)
        self.signal(job)
        return job

    def assert_job(self, job, state, exit_code, restarts):
        fields = self.fields(job)
        self.assertEqual((fields["JobState"], fields["ExitCode"], int(fields["Restarts"])), (state, exit_code, restarts),
                         self.log(job))

    def straight_run(self, tasks, *options, folder="straight"):
        """The same input without an interruption, on as many ranks; the run file."""
        (self.path / folder).mkdir()
        subprocess.run(["srun", "--mpi=pmix", *options, "-n", str(tasks), HJNET, "run", "../case.toml"], check=True,
                       cwd=self.path / folder, capture_output=True)
        return self.path / folder / "case.h5"

    def assert_same(self, first, second):
        self.assertEqual(self.differences(first, second), [])
