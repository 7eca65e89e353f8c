"""Cases of the file as a whole: not TOML, unknown keys, [run], overrides."""

from case import Case, added, override, projection, quantum

CASES = [
    # Text that is not TOML, or not of the file's shape.
    Case(
        "not TOML",
        "[run\n",
        "case.toml:1:5: not TOML: Error while parsing table header: expected ']', saw '\\n'",
    ),
    Case(
        "a value without quotes",
        "[run]\nname = abc\n",
        "case.toml:2:8: not TOML: Error while parsing value: could not determine value type",
    ),
    Case(
        "a key twice",
        "[run]\nepochs = 1\nepochs = 2\n",
        "case.toml:3:10: not TOML: Error while parsing key-value pair: cannot redefine existing integer 'epochs'",
    ),
    Case(
        "an empty file",
        "",
        "case.toml:1:1: network.layer: expected at least one [[network.layer]], got none",
    ),
    added(
        "a table that is a number",
        "[network]\n[run.epochs]\n",
        "case.toml:8:6: run.epochs: expected an integer >= 1, got a table",
    ),
    Case(
        "a run that is a number",
        "run = 3\n",
        "case.toml:1:1: run: expected a table, got 3",
    ),
    Case(
        "a layer that is a single table",
        '[network.layer]\nname = "a"\nneurons = 3\n',
        "case.toml:1:10: network.layer: expected a list of tables, got a table",
    ),
    Case(
        "layers that are numbers",
        "[network]\nlayer = [1, 2]\n",
        "case.toml:2:10: network.layer[0]: expected a table, got 1",
    ),
    # Unknown keys, each with the nearest valid name.
    added(
        "a misspelt key",
        "[run]\nepoch = 3\n",
        "case.toml:8:1: run.epoch: unknown key, expected one of name, epochs, epoch_length, samples_per_epoch, "
        "seed (did you mean 'epochs'?)",
    ),
    added(
        "letters swapped",
        "[run]\nsede = 3\n",
        "case.toml:8:1: run.sede: unknown key, expected one of name, epochs, epoch_length, samples_per_epoch, "
        "seed (did you mean 'seed'?)",
    ),
    added(
        "upper case",
        "[run]\nEpochs = 3\n",
        "case.toml:8:1: run.Epochs: unknown key, expected one of name, epochs, epoch_length, "
        "samples_per_epoch, seed (did you mean 'epochs'?)",
    ),
    added(
        "a misspelt table",
        "[learn]\nenabled = true\n",
        "case.toml:7:2: learn: unknown key, expected one of run, network, learning, stimulus, particles, "
        "boltzmann, gauge, kernel, environment, evaluate, ensemble, wavefunction, solver, output (did you mean 'learning'?)",
    ),
    added(
        "a key of another table",
        "[network]\nrelative_tolerance = 1e-6\n",
        "case.toml:8:1: network.relative_tolerance: unknown key, expected one of time_constant, thresholds, "
        "initial_thresholds, split_thresholds, initial_biases, initial_state, storage, layer, projection (did you mean 'solver.relative_tolerance'?)",
    ),
    added(
        "a key like no other",
        "[run]\nzzzzzzzzzzzzzzzz = 3\n",
        "case.toml:8:1: run.zzzzzzzzzzzzzzzz: unknown key, expected one of name, epochs, epoch_length, "
        "samples_per_epoch, seed",
    ),
    Case(
        "in a layer",
        '[[network.layer]]\nname = "a"\nneurons = 2\ntranfer = "tanh"\n',
        "case.toml:4:1: network.layer[0].tranfer: unknown key, expected one of name, neurons, transfer (did "
        "you mean 'transfer'?)",
    ),
    projection(
        "in connect",
        "connect = { fanin = 3 }\n",
        "case.toml:10:13: network.projection[0].connect.fanin: unknown key, expected one of fan_in, band (did "
        "you mean 'fan_in'?)",
    ),
    projection(
        "in weights",
        'weights = { distribution = "normal", gian = 1.0 }\n',
        "case.toml:10:38: network.projection[0].weights.gian: unknown key, expected one of values, "
        "distribution, gain, mean, sd, low, high, file, dataset (did you mean 'gain'?)",
    ),
    added(
        "in a value",
        "[learning]\ntarget = { value = [1, 2] }\n",
        "case.toml:8:12: learning.target.value: unknown key, expected one of values, distribution, mean, sd, "
        "low, high, file, dataset (did you mean 'values'?)",
    ),
    added(
        "in a stimulus",
        '[stimulus]\nconstant = { layer = "ports", valeus = [1] }\n',
        "case.toml:8:31: stimulus.constant.valeus: unknown key, expected one of layer, value, values, "
        "distribution, mean, sd, low, high, file, dataset (did you mean 'values'?)",
    ),
    quantum(
        "a third particle",
        "[particles.c]\n",
        "case.toml:10:12: particles.c: unknown key, expected one of amplitude, closure, feedback, a, b",
    ),
    override(
        "in a port by --set",
        "particles.a.with=0.1",
        "--set particles.a.with=0.1: particles.a.with: unknown key, expected one of stokes, neurons, time, "
        "width, epochs, coupling, axis (did you mean 'width'?)",
    ),
    added(
        "two of them: the first in the file is reported",
        "[output]\nstats = true\n[learning]\nenable = true\n",
        "case.toml:8:1: output.stats: unknown key, expected one of file, states, weights, checkpoint (did "
        "you mean 'states'?)",
    ),
    added(
        "tori",
        "[torus]\ndimensions = 2\n",
        "case.toml:7:2: torus: is no part of a run: expected an input of `hjnet torus` where there is [torus]",
    ),
    # [run].
    added(
        "no epochs",
        "[run]\nepochs = 0\n",
        "case.toml:8:1: run.epochs: expected an integer >= 1, got 0",
    ),
    added(
        "epochs as a float",
        "[run]\nepochs = 2.0\n",
        "case.toml:8:1: run.epochs: expected an integer >= 1, got 2.0",
    ),
    added(
        "epochs as a string",
        '[run]\nepochs = "two"\n',
        'case.toml:8:1: run.epochs: expected an integer >= 1, got "two"',
    ),
    added(
        "too many epochs",
        "[run]\nepochs = 99999999999\n",
        "case.toml:8:1: run.epochs: expected an integer >= 1 and <= 2147483646, got 99999999999",
    ),
    added(
        "no time",
        "[run]\nepoch_length = 0\n",
        "case.toml:8:1: run.epoch_length: expected a number > 0, got 0",
    ),
    added(
        "negative time",
        "[run]\nepoch_length = -1.0\n",
        "case.toml:8:1: run.epoch_length: expected a number > 0, got -1.0",
    ),
    added(
        "infinite time",
        "[run]\nepoch_length = inf\n",
        "case.toml:8:1: run.epoch_length: expected a number > 0, got inf",
    ),
    added(
        "no samples",
        "[run]\nsamples_per_epoch = 0\n",
        "case.toml:8:1: run.samples_per_epoch: expected an integer >= 1, got 0",
    ),
    added(
        "a negative seed",
        "[run]\nseed = -1\n",
        "case.toml:8:1: run.seed: expected an integer >= 0, got -1",
    ),
    added(
        "a name with a folder",
        '[run]\nname = "a/b"\n',
        'case.toml:8:1: run.name: expected a name without /, got "a/b"',
    ),
    added(
        "an empty name",
        '[run]\nname = ""\n',
        'case.toml:8:1: run.name: expected a name without /, got ""',
    ),
    # Overrides.
    override(
        "no value",
        "run.epochs",
        "--set run.epochs: expected KEY=VALUE, got no =",
    ),
    override(
        "no key",
        "=3",
        "--set =3: expected KEY=VALUE with a dotted KEY",
    ),
    override(
        "an empty part",
        "run..epochs=3",
        "--set run..epochs=3: expected KEY=VALUE with a dotted KEY",
    ),
    override(
        "an index that is nothing",
        "network.layer[].neurons=3",
        "--set network.layer[].neurons=3: expected an index such as [0], or a name such as [hidden], after the name of a list",
    ),
    override(
        "an index that is not there",
        "network.layer[2].neurons=3",
        "--set network.layer[2].neurons=3: expected an index below 2, got 2",
    ),
    override(
        "an index of what is not a list",
        "network[0]=3",
        "--set network[0]=3: expected a list before [0], got a table",
    ),
    override(
        "a list that is not there",
        "gauge.field[0].phase=0.1",
        "--set gauge.field[0].phase=0.1: expected a list that exists before an index",
    ),
    override(
        "below a number",
        "network.layer[0].neurons.first=3",
        "--set network.layer[0].neurons.first=3: expected a table before '.', got 6",
    ),
    override(
        "a value out of range",
        "run.epochs=0",
        "--set run.epochs=0: run.epochs: expected an integer >= 1, got 0",
    ),
    override(
        "a value that is not TOML",
        "run.epochs=many",
        '--set run.epochs=many: run.epochs: expected an integer >= 1, got "many"',
    ),
    override(
        "an unknown key",
        "run.epoch=3",
        "--set run.epoch=3: run.epoch: unknown key, expected one of name, epochs, epoch_length, "
        "samples_per_epoch, seed (did you mean 'epochs'?)",
    ),
    override(
        "an element",
        "network.layer[1].neurons=0",
        "--set network.layer[1].neurons=0: network.layer[1].neurons: expected an integer from 1 to 2147483647, "
        "got 0",
    ),
]
