#!/usr/bin/python3
"""The exchange between hosts on links of several rates: time, bytes and what the overlap with products hides.

    benchmarks/waveform/hosts.py --hjnet build/release/apps/hjnet      (as root)
    benchmarks/waveform/plot.py hosts

Two hosts, one rank each: network namespaces of this machine behind a switch (tests/support/hosts.py), their links held to a
rate each way. Three dense layers. `seconds` is an epoch's integration, the fastest of --repeat runs that take turns; `sent`
what a rank sent to the other an epoch, counted by the run; `transfer` what that takes on the link; `one_after_the_other`
the epoch on unlimited links and the transfer together: the time without any overlap.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import runs

sys.path.insert(0, str(runs.HERE.parents[1] / "tests/support"))
import hosts  # noqa: E402

OPTIONS = {
    "rates": (lambda text: [float(part) for part in text.split(",")], [100.0, 300.0, 1000.0, 10000.0], "Mbit/s, each way"),
    "neurons": (int, 2000, "a layer"),
    "epochs": (int, 8, "of every run"),
    "tolerance": (float, 3e-5, "relative"),
    "repeat": (int, 3, "runs of each"),
}


def solve(options, folder, several):
    settings = runs.dense(options.neurons, options.epochs, options.tolerance) | {"output.checkpoint.final": "false"}
    words = runs.command(options.hjnet, runs.DENSE, folder / "run.h5", settings)
    done = subprocess.run(several.command(*words), check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    with h5py.File(folder / "run.h5") as file:
        return {name: float(value) for name, value in file["timing"].attrs.items()}


def main():
    options = runs.arguments(__doc__, "hosts", OPTIONS)
    if hosts.missing() is not None:
        sys.exit(f"hosts: {hosts.missing()}")
    best = {}
    with tempfile.TemporaryDirectory(prefix="hosts-") as name:
        for _ in range(options.repeat):
            for rate in [None, *options.rates]:
                with hosts.Hosts(name, 2, rate and f"{rate:.0f}mbit") as several:
                    timing = solve(options, Path(name), several)
                if rate not in best or timing["integration"] < best[rate]["integration"]:
                    best[rate] = timing
    free = best[None]["integration"] / options.epochs
    rows = []
    for rate, timing in best.items():
        sent = (timing["message_bytes"] + timing["collective_bytes"]) / 2 / options.epochs
        transfer = 8.0 * sent / (1e6 * rate) if rate else 0.0
        rows.append({"mbit": "unlimited" if rate is None else f"{rate:.0f}", "seconds": f"{timing['integration'] / options.epochs:.4g}",
                     "sent_mb": f"{sent / 1e6:.4g}", "transfer": f"{transfer:.4g}", "one_after_the_other": f"{free + transfer:.4g}"})
        print(rows[-1])
    runs.write(options.output, rows)


if __name__ == "__main__":
    main()
