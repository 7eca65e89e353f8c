#!/usr/bin/python3
"""Random inputs through hjnet and the reference: whatever features meet in them must agree.

    random_cases.py FIRST_SEED COUNT

Each seed makes one input (the same on any machine), run on 1 to 4 ranks, with even seeds by the waveform engine and
with odd ones by the coupled engine. A run that ends with a numerical error (a
problem without a solution, growth beyond all bounds) is counted apart. Exit status 1 where any pair disagrees.
"""

import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from whole_run import Folder  # noqa: E402

TOLERANCE = "1e-6"


def numbers(r, count, low, high):
    return [round(r.uniform(low, high), 3) for _ in range(count)]


def network(r, sizes, slow):
    """Time constant, thresholds, layers and projections."""
    text = f"[network]\ntime_constant = {slow!r}\n"
    if r.random() < 0.5:
        text += f"thresholds = true\ninitial_thresholds = {numbers(r, sum(sizes), -0.5, 0.5)}\n"
    if r.random() < 0.5:
        text += f"initial_state = {numbers(r, sum(sizes), -0.5, 0.5)}\n"
    for index, size in enumerate(sizes):
        transfer = r.choice(["tanh", "tanh", "logistic", "softplus", "erf", "identity"])
        text += f'[[network.layer]]\nname = "l{index}"\nneurons = {size}\ntransfer = "{transfer}"\n'
    pairs = {(i, i + 1) for i in range(len(sizes) - 1)}
    pairs |= {(r.randrange(len(sizes)), r.randrange(len(sizes))) for _ in range(r.randint(0, 3))}
    for pre, post in sorted(pairs):
        connect = r.choice(['"dense"', '"dense"', f"{{ fan_in = {r.randint(1, sizes[pre])} }}", f"{{ band = {r.randint(1, 3)} }}"])
        gain = r.uniform(0.3, 0.7) if pre >= post else r.uniform(0.5, 1.3)
        text += (f'[[network.projection]]\nfrom = "l{pre}"\nto = "l{post}"\nconnect = {connect}\n'
                 f'weights = {{ distribution = "normal", gain = {gain:.2f} }}\n')
    return text


def learning(r, delta, neurons, outputs):
    text = (f"[learning]\nenabled = {'false' if r.random() < 0.1 else 'true'}\n"
            f"inertia = {r.choice([-1.0, -2.0, 1.5, -5.0])}\nepoch_memory = {r.choice([1.0, 1.0, 0.5, 0.0, 0.8])}\n"
            f'delta = "{delta}"\nmomentum = "{r.choice(["terminal", "terminal", "initial"])}"\n')
    if delta == "initial" and r.random() < 0.5:
        text += f"initial_delta = {numbers(r, neurons, -0.2, 0.2)}\n"
    if r.random() < 0.4:
        text += f"weight_decay = {r.choice([0.05, 0.3, 1.0, 2.0])}\n"
    if r.random() < 0.3:
        shares = [r.uniform(0.1, 1.0) for _ in range(outputs)]
        shares = [share / sum(shares) for share in shares]
        shares[-1] = 1.0 - sum(shares[:-1])
        return text + f'error = "cross_entropy"\ntarget = {shares}\n'
    return text + f"target = {numbers(r, outputs, -0.8, 0.8)}\n"


def port(r, name, neurons, epoch):
    stokes = [r.gauss(0, 1) for _ in range(3)]
    size = sum(s * s for s in stokes) ** 0.5 / r.choice([0.999999, 0.999999, 0.6])
    return (f"{name} = {{ stokes = {[s / size for s in stokes]}, neurons = {neurons}, "
            f"time = {r.uniform(0.05, 0.95) * epoch:.3f}, width = {10 ** r.uniform(-1.3, -0.5) * epoch:.4f} }}\n")


def particles(r, neurons, epoch):
    chosen = r.sample(range(neurons), 6)
    closure = r.choice(["bilinear", "bilinear", "full", "backpropagation"])
    text = f'[particles]\nclosure = "{closure}"\namplitude = {r.uniform(0.3, 1.5):.2f}\n'
    text += port(r, "a", chosen[:3], epoch) + port(r, "b", chosen[3:], epoch)
    memory = r.choice(["none", "none", "symmetric", "causal", "window"])
    text += f'[boltzmann]\nmemory = "{memory}"\ncharge = {r.uniform(0.3, 1.5):.2f}\n'
    if memory == "window":
        text += f"window = {r.uniform(0.1, 0.8) * epoch:.2f}\n"
    return text + ("k0 = [1.0, 2.0]\nweights = [0.3, 0.7]\n" if r.random() < 0.3 else "")


def make_input(seed):
    r = random.Random(seed)
    sizes = [r.randint(1, 7) for _ in range(r.randint(1, 4))]
    epochs, epoch = r.randint(1, 5), r.choice([1.0, 1.0, 0.7, 2.5])
    delta = r.choice(["terminal"] * 4 + ["initial", "off"])
    slow = 10 ** r.uniform(-2.3, 0.5)
    if delta == "initial":  # Delta grows as exp(t/lambda)
        slow = max(slow, epochs * epoch / r.uniform(2, 6))
    text = (f"[run]\nepochs = {epochs}\nepoch_length = {epoch}\nsamples_per_epoch = {r.choice([5, 16, 33])}\n"
            f"seed = {r.randint(0, 999)}\n" + network(r, sizes, slow) + learning(r, delta, sum(sizes), sizes[-1]))
    text += f'[stimulus]\nconstant = {{ layer = "l0", values = {numbers(r, sizes[0], -1.0, 1.0)} }}\n'
    if r.random() < 0.3:
        text += (f'step = [{{ layer = "l{r.randrange(len(sizes))}", value = {r.uniform(-0.5, 0.5):.3f}, '
                 f"start = {r.uniform(0.1, 0.5) * epoch!r}, stop = {r.uniform(0.6, 0.9) * epoch!r} }}]\n")
    if r.random() < 0.4:
        wave = ", frequency = 0.7, phase = 0.3" if r.random() < 0.4 else ""
        text += (f"[gauge]\ncharge = {r.uniform(0.1, 0.5):.3f}\n"
                 f'field = {{ layer = "l{r.randrange(len(sizes))}", constant = {r.uniform(0.05, 0.5):.3f}{wave} }}\n')
    if sum(sizes) >= 6 and r.random() < 0.6:
        text += particles(r, sum(sizes), epoch)
    method = r.choice(["bdf", "bdf", "adams"])
    engine = "coupled" if seed % 2 else "waveform"
    text += (f'[solver]\nengine = "{engine}"\nrelative_tolerance = 1e-9\nmethod = "{method}"\n'
             '[output]\nstates = true\nweights = "all"\n')
    ranks = r.choice([1, 1, 2, 3, 4])
    if 'memory = "none"' in text or 'memory = "causal"' in text:
        feedback = "true" if r.random() < 0.4 else "false"
        text = text.replace("[particles]\n", f"[particles]\nfeedback = {feedback}\n")
    return text, ranks


def judge(seed, folder):
    """agrees, disagrees, or why there is nothing to compare."""
    text, ranks = make_input(seed)
    run = folder.path / f"random-{seed}.h5"
    folder.write(text, f"random-{seed}.toml")
    result = folder.launch("run", f"random-{seed}.toml", "--output", run, ranks=ranks, status=None)
    if result.returncode == 1:
        return "no solution: " + result.stderr.splitlines()[0]
    if result.returncode != 0:
        return f"disagrees: hjnet ended with {result.returncode}: {result.stderr}"
    check = subprocess.run([sys.executable, str(HERE / "reference.py"), str(run), "--tolerance", TOLERANCE],
                           capture_output=True, text=True, timeout=600)
    if check.returncode == 3:
        return "not comparable: " + check.stderr.strip()
    failures = [line for line in check.stdout.splitlines() if "FAIL" in line]
    return "agrees" if check.returncode == 0 else f"disagrees on {ranks} ranks: {failures} {check.stderr[-300:]}\n{text}"


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    verdicts = []
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(name)
        for seed in range(first, first + count):
            verdicts.append(judge(seed, folder))
            print(f"seed {seed}: {verdicts[-1]}", flush=True)
    agreed = verdicts.count("agrees")
    bad = sum(verdict.startswith("disagrees") for verdict in verdicts)
    print(f"{agreed} of {count} agree within {TOLERANCE}, {bad} disagree, {count - agreed - bad} not compared")
    sys.exit(1 if bad or agreed < count // 2 else 0)


if __name__ == "__main__":
    main()
