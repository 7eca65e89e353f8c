"""What differs between the inputs of several runs, and what pictures call it."""
import re

IGNORED = ("run.name", "output.")  # say where a run goes, not what it computes
MOST_KEYS = 3  # that name a run
MOST_LETTERS = 48  # of a value, in a picture


# What the documentation writes for a key. Times are in epochs' units, everything else has none.
SYMBOLS = {
    "run.epochs": "epochs", "run.epoch_length": "epoch length $T$", "run.seed": "seed",
    "network.time_constant": r"time constant $\lambda$", "learning.inertia": r"inertia $\omega$",
    "learning.epoch_memory": r"epoch memory $\mu$", "learning.weight_decay": r"weight decay $\kappa$",
    "gauge.charge": "gauge charge $c$", "boltzmann.charge": "charge $q$", "boltzmann.k0": "momentum $k_0$",
    "boltzmann.volume": "volume $V$", "boltzmann.memory": "memory $K$", "boltzmann.window": "half-width of the memory",
    "boltzmann.mediator_noise": "mediator noise $x$", "boltzmann.bath.dephasing": "dephasing of the bath",
    "particles.amplitude": "amplitude of the pulses", "particles.closure": "closure",
    "particles.a.time": "time of A's pulse", "particles.b.time": "time of B's pulse",
    "particles.a.width": "width of A's pulse", "particles.b.width": "width of B's pulse",
    "solver.relative_tolerance": "relative tolerance", "ensemble.members": "members",
}


def label(key, table):
    """What a picture calls a key of such an input; the key itself where it has no other name."""
    found = re.fullmatch(r"network\.layer\[(\d+)\]\.neurons", key)
    if found:
        return f"neurons of layer {table['network']['layer'][int(found[1])]['name']}"
    return SYMBOLS.get(key, key)


def flattened(table, prefix=""):
    """{"network.layer[1].neurons": 8, ...}: a key a number or text; lists of plain values as text."""
    found = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            found.update(flattened(value, f"{key}."))
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for i, item in enumerate(value):
                found.update(flattened(item, f"{key}[{i}]."))
        else:
            found[key] = text(value) if isinstance(value, (bool, list)) else value
    return found


def text(value):
    """A value as TOML writes it, strings without quotes; "-" where the key is absent."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(text(item) for item in value)}]"
    return str(value)


def differing(runs, ignored):
    """{key: a value a run, None where absent} of the keys in which `runs` differ and that begin with none of
    `ignored`, in the order of the inputs."""
    inputs = [flattened(run.input) for run in runs]
    keys = dict.fromkeys(key for one in inputs for key in one)
    found = {}
    for key in keys:
        values = [one.get(key) for one in inputs]
        if not key.startswith(tuple(ignored)) and any(value != values[0] for value in values):
            found[key] = values
    return found


def is_long(values):
    """Whether a picture has no room for these values."""
    return any(len(text(value)) > MOST_LETTERS for value in values)


def tell_apart(runs):
    """Gives runs of one name others: what differs between their inputs, or else their files."""
    names = [run.name for run in runs]
    if len(set(names)) == len(names):
        return
    varied = differing(runs, IGNORED)
    found = [", ".join(f"{key} = {text(values[i])}" for key, values in varied.items()) for i in range(len(runs))]
    if len(set(names)) > 1:
        found = [f"{name}: {values}" for name, values in zip(names, found)]
    if len(set(found)) < len(runs) or len(varied) > MOST_KEYS or any(map(is_long, varied.values())):
        stems = [run.path.stem for run in runs]
        found = stems if len(set(stems)) == len(runs) else [str(run.path) for run in runs]
    for run, name in zip(runs, found):
        run.call(name)
