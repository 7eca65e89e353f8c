"""Random inputs of `hjnet run`: every table and key of the reference page, small networks, data files where they are named."""

import string

from draw import INTEGER, LARGEST, Draw, by_text

# What comes together: tables that need each other, and what goes with them.
KINDS = {
    "plain": (),
    "patterns": ("stimulus.patterns", "evaluate"),
    "particles": ("particles", "boltzmann"),
    "kernel": ("kernel",),
    "environment": ("environment",),
    "lyapunov": (),
    "family": ("ensemble.family", "wavefunction"),
    "constraints": ("gauge.constraint",),
    "evaluate": ("evaluate",),
}
OPTIONAL = ("stimulus.constant", "stimulus.step", "gauge.field", "ensemble", "output.checkpoint")
NAMES = ("a", "_", "A1", "x" * 64, "y" * 256)
RUN_NAMES = ("case", "two words", "ü", "a.b", "-v", "n" * 200, "n" * 255, "quote\"d", "back\\slash", "{}")


class RandomInput:
    """`content` is the input as nested dictionaries, `data` the arrays of data.h5 by path."""

    def __init__(self, page, rng):
        self.page, self.rng = page, rng
        self.draw = Draw(rng, rng.choice([0.0, 0.0, 0.02, 0.1, 0.3]))
        self.density = rng.choice([0.1, 0.3, 0.6])
        self.data = {}
        self.kind = rng.choice(list(KINDS))
        self.length = self.draw.number(0.0, open_low=True)
        self.epochs = self.draw.integer(1)
        self.layers = self.draw_layers()
        self.synapses = []
        self.content = self.draw_input()

    # The page's own words, or a drawer of this class called after the key.
    def value(self, table, key):
        if special := SPECIAL.get(f"{table}.{key.name}"):
            return special(self)
        if key.expected == "a value":
            return self.values(self.neurons())
        if key.expected == "the name of a layer":
            return self.rng.choice(self.layers)[0]
        found = by_text(self.draw, key.expected, key.default)
        if found is None:
            raise SystemExit(f"random_settings: the reference page says of {table}.{key.name} '{key.expected}', which is not drawn")
        return found

    def table(self, name, skip=(), must=()):
        content = {}
        for key in self.page.keys(name):
            required = key.default == "required" or key.name in must
            if key.name not in skip and (required or self.draw.chance(self.density)):
                content[key.name] = self.value(name, key)
        return content

    def neurons(self):
        return sum(size for _, size in self.layers)

    def draw_layers(self):
        count = self.rng.choice([1, 2, 2, 3, 4])
        names = [self.rng.choice(string.ascii_letters) + str(i) for i in range(count)]
        if self.draw.at_the_end():
            names[0] = self.rng.choice(NAMES)
        sizes = [self.draw.integer(1, 2**31 - 1, 5) if self.draw.chance(0.3) else self.rng.randint(1, 6) for _ in names]
        return list(zip(names, sizes))

    def dataset(self, shape, kind="numbers"):
        """A new dataset of data.h5; now and then not of the shape or the numbers that are wanted."""
        if self.draw.at_the_end():
            shape = self.rng.choice([(), (0,), (*shape, 1), tuple(n + 1 for n in shape), shape])
        path = f"/d{len(self.data)}"
        total = 1
        for n in shape:
            total *= n
        if total > 4096:
            shape, total = (1,), 1
        if kind == "labels":
            flat = [self.rng.randrange(max(1, self.layers[-1][1])) for _ in range(total)]
        else:
            flat = [self.draw.number() for _ in range(total)]
        dtype = "i8" if kind == "labels" else self.rng.choice(["f8", "f8", "f4", ">f8", "i4"])
        self.data[path] = (shape, flat, dtype)
        return path

    def values(self, count, rows=None):
        """A value, in one of its forms, of `count` items (or rows x count)."""
        shape = (count,) if rows is None else (rows, count)
        total = count * (rows or 1)
        form = self.rng.choice(["number", "list", "values", "normal", "uniform", "file"])
        if form in ("list", "values") and total <= 256:
            flat = [self.draw.number() for _ in range(total)]
            items = flat if rows is None else [flat[i * count:(i + 1) * count] for i in range(rows)]
            return items if form == "list" else {"values": items}
        if form == "normal":
            return self.some({"distribution": "normal"}, mean=self.draw.finite, sd=lambda: self.draw.number(0.0))
        if form == "uniform":
            low, high = sorted([self.draw.finite(), self.draw.finite()])
            return {"distribution": "uniform", "low": low, "high": high}
        if form == "file":
            return {"file": "data.h5", "dataset": self.dataset(shape)}
        return self.draw.number()

    def some(self, content, **optional):
        for name, drawn in optional.items():
            if self.draw.chance(0.5):
                content[name] = drawn()
        return content

    def acting(self, constant):
        """What stands in a table that acts on a layer: the layer and one of the forms of a value."""
        name, size = self.rng.choice(self.layers)
        form = self.rng.choice(["number", "list", "normal", "file"])
        content = {"layer": name}
        if form == "list" and size <= 256:
            content["values"] = [self.draw.number() for _ in range(size)]
        elif form == "normal":
            content.update(self.some({"distribution": "normal"}, mean=self.draw.finite, sd=lambda: self.draw.number(0.0)))
        elif form == "file":
            content.update({"file": "data.h5", "dataset": self.dataset((size,))})
        else:
            content[constant] = self.draw.number()
        return content

    def phase(self):
        if self.draw.at_the_end():
            return self.rng.choice([0.0, self.length])
        return self.rng.uniform(0.0, self.length) if self.length < LARGEST / 2 else 0.0

    def interval(self):
        return sorted(min(self.draw.integer(0, INTEGER, 3), self.epochs - 1) for _ in range(2))

    def step(self):
        start, stop = sorted([self.phase(), self.phase()])
        return {**self.acting("value"), "start": start, "stop": stop,
                **self.some({}, epochs=self.interval)}

    def field(self):
        return {**self.acting("constant"), **self.some({}, frequency=self.draw.finite, phase=self.draw.finite)}

    def port(self, offset):
        size = min(self.neurons(), 100)
        count = self.rng.choice([1, 2, 3])
        neurons = [min(size - 1, offset * count + i) for i in range(count)]
        stokes = self.rng.choice([[0, 0, 1], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.6, 0.0, -0.8], [1e-300, 0.1, 0.2]])
        port = {"stokes": stokes, "neurons": neurons, "time": self.phase(),
                "width": self.draw.number(0.0, open_low=True, typical=self.length / 5 or 1.0)}
        if self.draw.chance(0.2):
            port["coupling"] = [[self.draw.number() for _ in range(3)] for _ in neurons]
        return self.some(port, epochs=self.interval)

    def boltzmann(self):
        count = self.rng.choice([1, 1, 2, 3])
        content = self.table("boltzmann", skip=("k0", "weights", "window"))
        if content.get("memory") == "window":
            content["window"] = self.draw.number(0.0, open_low=True)
        content["k0"] = [self.draw.number(0.0, open_low=True) for _ in range(count)]
        if count > 1 or self.draw.chance(0.5):
            content["weights"] = [1.0] + [0.0] * (count - 1) if self.draw.chance(0.5) else [1 / count] * count
        return content

    def projections(self):
        """Pairs of layers, mostly forwards."""
        count = len(self.layers)
        pairs = [(i, j) for i in range(count) for j in range(count) if i < j or self.draw.chance(0.15)]
        self.rng.shuffle(pairs)
        return [self.projection(i, j) for i, j in pairs[:self.rng.randint(0, 4)]]

    def projection(self, i, j):
        (name, size), (other, rows) = self.layers[i], self.layers[j]
        self.synapses.append((f"{name}-{other}", rows, size))
        form = self.rng.choice(["none", "none", "value", "gain", "fan_in", "band"])
        content = {"from": name, "to": other}
        if form == "value":
            content["weights"] = self.values(size, rows)
        elif form == "gain":
            content["weights"] = {"distribution": "normal", "gain": self.draw.number(0.0)}
        elif form != "none":
            content["connect"] = {form: self.draw.integer(1, min(size, 2**31 - 1), 3) if form == "fan_in" else self.draw.integer(0)}
        return content

    def network(self):
        content = self.table("network")
        if self.draw.chance(0.95):
            drop_idle(content)
        content["layer"] = []
        for name, size in self.layers:
            content["layer"].append(self.some({"name": name, "neurons": size}, transfer=lambda: self.rng.choice(
                ["identity", "tanh", "logistic", "softplus", "erf"])))
        if self.draw.chance(0.4):
            content["projection"] = self.projections()
        else:
            self.synapses = [(f"{a}-{b}", m, n) for (a, n), (b, m) in zip(self.layers, self.layers[1:])]
        return content

    def learning(self):
        content = self.table("learning")
        special = {"lyapunov": "lyapunov", "environment": "bellman"}
        if self.kind in special:
            content["error"] = special[self.kind]
            content.pop("target", None)
            content.pop("weight_decay", None)
        elif content.get("error") in special.values():
            del content["error"]
        if content.get("error") == "cross_entropy" and self.kind != "patterns":
            size = self.layers[-1][1]
            content["target"] = [1.0] + [0.0] * (size - 1) if size <= 100 else 1.0 / size
        if self.kind == "patterns" and self.draw.chance(0.9):
            content.pop("target", None)
        if content.get("delta") != "initial":
            content.pop("initial_delta", None)
        return content

    def patterns(self):
        name, size = self.rng.choice(self.layers)
        count = self.rng.choice([1, 2, 5])
        content = self.table("stimulus.patterns", skip=("targets",))
        content.update({"file": "data.h5", "layer": name, "inputs": self.dataset((count, size))})
        if self.draw.chance(0.7):
            content["targets"] = self.targets(count)
        return content

    def targets(self, count):
        return self.dataset((count,), "labels") if self.draw.chance(0.5) else self.dataset((count, self.layers[-1][1]))

    def evaluate(self):
        name, size = self.rng.choice(self.layers)
        content = {**self.table("evaluate", skip=("choose",)), "layer": name, "set": []}
        for label in ("test", "check")[:self.rng.randint(1, 2)]:
            count = self.rng.choice([1, 4])
            content["set"].append({"name": label, "file": "data.h5", "inputs": self.dataset((count, size)),
                                   "targets": self.targets(count)})
        return self.some(content, choose=lambda: "test")

    def kernel(self):
        name, size = self.layers[0]
        rows = [[self.draw.number() for _ in range(min(size, 64))] for _ in range(self.rng.randint(1, 3))]
        patterns = rows if self.draw.chance(0.6) else {"file": "data.h5", "dataset": self.dataset((2, size))}
        return {**self.table("kernel", skip=("outputs",)), "layer": name, "patterns": patterns}

    def environment(self):
        """Sizes of layers follow: the first shows states, outputs are actions."""
        content = self.table("environment", skip=("features", "terminal", "transitions", "rewards"))
        states, actions = self.rng.choice([(4, 4), (6, 4)]) if self.draw.chance(0.7) else (2, 2)
        self.layers[0] = (self.layers[0][0], states)
        self.layers[-1] = (self.layers[-1][0], actions + (content.get("readout") == "dueling"))
        content["layer"] = self.layers[0][0]
        if content.get("policy") != "uniform":
            content.pop("per_epoch", None)
            content.pop("episode_steps", None)
        else:
            content["per_epoch"] = self.draw.integer(1, 16777216)
            content.pop("order", None)
        if actions == 4:
            content["grid"] = {**self.table("environment.grid", skip=("reward_pit", "walls", "pits")), "rows": 2,
                               "columns": states // 2, "goal": [1, 1]}
            return self.some(content, features=lambda: [[self.draw.number() for _ in range(states)] for _ in range(states)])
        row = self.rng.choice([[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]])
        content["transitions"] = [[row] * actions] * states
        content["rewards"] = [[self.draw.number() for _ in range(actions)] for _ in range(states)]
        return self.some(content, terminal=lambda: [1])

    def ensemble(self):
        if self.kind == "family":
            count = self.rng.choice([1, 1, 2])
            axes = []
            for axis in range(count):
                low, high = sorted([self.draw.finite(), self.draw.finite()])
                axes.append({"vary": self.rng.choice(["initial_state", "stimulus"]), "neuron": min(axis, self.neurons() - 1),
                             "low": low, "high": high, "count": self.draw.integer(2, INTEGER, 4)})
            return {"family": axes if count > 1 else axes[0]}
        return self.table("ensemble")

    def wavefunction(self, axes):
        neurons = [min(axis, self.neurons() - 1) for axis in range(axes)]
        content = self.some({}, hbar=lambda: self.draw.number(0.0, open_low=True))
        content.update({"neurons": neurons, "times": sorted(self.draw.number(0.0) for _ in range(self.rng.randint(1, 3)))})
        if self.draw.chance(0.5):
            content["grid"] = [self.draw.integer(2, 65536, 30) for _ in neurons]
        if self.draw.chance(0.3):
            content["range"] = [sorted([self.draw.finite(), self.draw.finite()]) for _ in neurons]
        return content

    def constraint(self, number):
        content = {**self.table("gauge.constraint", skip=("layer", "displacement")), "name": f"g{number}", "terms": []}
        for _ in range(self.rng.randint(1, 3)):
            term = {"of": self.rng.choice(["state", "delta", "weight", "momentum"])}
            if term["of"] in ("state", "delta"):
                term["neuron"] = self.rng.randrange(min(100, self.neurons()))
            elif self.synapses:
                name, rows, size = self.rng.choice(self.synapses)
                term.update({"synapse": name, "post": self.rng.randrange(rows), "pre": self.rng.randrange(size)})
            content["terms"].append(self.some(term, coefficient=lambda: self.draw.finite() or 1.0))
        if self.draw.chance(0.5):
            content["multiplier"] = self.table("gauge.constraint.multiplier")
        return self.some(content, displacement=self.draw.finite)

    def one_or_more(self, drawn):
        return drawn() if self.draw.chance(0.5) else [drawn() for _ in range(self.rng.randint(1, 3))]

    def draw_input(self):
        tables = set(KINDS[self.kind])
        tables.update(name for name in OPTIONAL if self.draw.chance(0.2))
        if self.draw.chance(0.1):
            tables.update(KINDS[self.rng.choice(list(KINDS))])
        content = {}
        environment = self.environment() if "environment" in tables else None
        content["run"] = {**self.table("run"), "epochs": self.epochs, "epoch_length": self.length}
        content["network"] = self.network()
        content["learning"] = self.learning()
        if environment:
            content["environment"] = environment
        self.add_inputs(content, tables)
        self.add_stages(content, tables)
        content["solver"] = self.table("solver")
        content["output"] = self.table("output", skip=("file",))
        if "output.checkpoint" in tables:
            content["output"]["checkpoint"] = self.table("output.checkpoint", skip=("directory",))
        return {name: table for name, table in content.items() if table}

    def add_inputs(self, content, tables):
        stimulus = {}
        if "stimulus.constant" in tables:
            stimulus["constant"] = self.one_or_more(lambda: self.acting("value"))
        if "stimulus.step" in tables:
            stimulus["step"] = self.one_or_more(self.step)
        if "stimulus.patterns" in tables:
            stimulus["patterns"] = self.patterns()
        content["stimulus"] = stimulus
        gauge = {}
        if "gauge.field" in tables:
            gauge = {"charge": self.draw.finite(), "field": self.one_or_more(self.field)}
        if "gauge.constraint" in tables:
            gauge["constraint"] = [self.constraint(i) for i in range(self.rng.randint(1, 3))]
        content["gauge"] = gauge

    def add_stages(self, content, tables):
        if "particles" in tables:
            content["particles"] = {**self.table("particles"), "a": self.port(0), "b": self.port(1)}
            content["boltzmann"] = self.boltzmann()
        if "kernel" in tables:
            content["kernel"] = self.kernel()
        if "evaluate" in tables and self.draw.chance(0.8):
            content["evaluate"] = self.evaluate()
        if "ensemble" in tables or "ensemble.family" in tables:
            content["ensemble"] = self.ensemble()
        if "wavefunction" in tables and self.draw.chance(0.8):
            family = content["ensemble"].get("family", [{}])
            content["wavefunction"] = self.wavefunction(len(family) if isinstance(family, list) else 1)


def drop_idle(network):
    """Takes out what acts only with another key."""
    if not network.get("thresholds"):
        for name in ("split_thresholds", "initial_thresholds"):
            network.pop(name, None)
    if not network.get("split_thresholds"):
        network.pop("initial_biases", None)


def file_name(drawn):
    return drawn.rng.choice(RUN_NAMES) if drawn.draw.at_the_end() else "case"


def word(drawn):
    return drawn.rng.choice(NAMES)


# Keys whose place needs more than the page's words say.
SPECIAL = {
    "run.name": file_name,
    "run.samples_per_epoch": lambda drawn: drawn.draw.integer(1, INTEGER, 20),
    "learning.target": lambda drawn: drawn.values(drawn.layers[-1][1]),
    "gauge.constraint.name": word,
    "kernel.patterns": lambda drawn: [],
    "stimulus.patterns.file": lambda drawn: "data.h5",
    "stimulus.patterns.inputs": lambda drawn: "/d0",
    "stimulus.patterns.onset": lambda drawn: drawn.draw.number(0.0, typical=drawn.length / 40 or 1.0),
    "environment.grid.goal": lambda drawn: [1, 1],
}
