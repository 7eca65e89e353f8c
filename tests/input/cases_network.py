"""Cases of the network: layers and projections."""

from case import NETWORK, Case, added, projection

CASES = [
    # [network] and its layers.
    Case(
        "no layer",
        "[network]\ntime_constant = 0.1\n",
        "case.toml:1:2: network.layer: expected at least one [[network.layer]], got none",
    ),
    Case(
        "a layer without a name",
        "[[network.layer]]\nneurons = 2\n",
        "case.toml:1:1: network.layer[0].name: expected letters, digits and _, got nothing",
    ),
    Case(
        "a layer without neurons",
        '[[network.layer]]\nname = "a"\n',
        "case.toml:1:1: network.layer[0].neurons: expected an integer from 1 to 2147483647, got nothing",
    ),
    Case(
        "an empty layer",
        '[[network.layer]]\nname = "a"\nneurons = 0\n',
        "case.toml:3:1: network.layer[0].neurons: expected an integer from 1 to 2147483647, got 0",
    ),
    Case(
        "an illegal name",
        '[[network.layer]]\nname = "a-b"\nneurons = 1\n',
        'case.toml:2:1: network.layer[0].name: expected letters, digits and _, got "a-b"',
    ),
    added(
        "a name twice",
        '[[network.layer]]\nname = "ports"\nneurons = 1\n',
        'case.toml:8:1: network.layer[2].name: expected a name that no other layer has, got "ports"',
    ),
    Case(
        "an unknown transfer function",
        '[[network.layer]]\nname = "a"\nneurons = 2\ntransfer = "tahn"\n',
        "case.toml:4:1: network.layer[0].transfer: expected one of identity, tanh, logistic, softplus, erf, "
        'got "tahn" (did you mean \'tanh\'?)',
    ),
    added(
        "no time constant",
        "[network]\ntime_constant = 0.0\n",
        "case.toml:8:1: network.time_constant: expected a number > 0, got 0.0",
    ),
    added(
        "a time constant that is not a number",
        "[network]\ntime_constant = nan\n",
        "case.toml:8:1: network.time_constant: expected a number > 0, got nan",
    ),
    added(
        "thresholds as a number",
        "[network]\nthresholds = 1\n",
        "case.toml:8:1: network.thresholds: expected true or false, got 1",
    ),
    added(
        "thresholds that nobody has",
        "[network]\ninitial_thresholds = 0.5\n",
        "case.toml:8:1: network.initial_thresholds: has no effect: expected network.thresholds = true",
    ),
    added(
        "too few states",
        "[network]\ninitial_state = [0.1, 0.2]\n",
        "case.toml:8:1: network.initial_state: expected 8 numbers, one for each neuron, got 2 numbers",
    ),
    added(
        "states in rows",
        "[network]\ninitial_state = [[1, 2, 3, 4], [5, 6, 7, 8]]\n",
        "case.toml:8:18: network.initial_state[0]: expected a finite number, got a list of 4",
    ),
    added(
        "a date for a state",
        "[network]\ninitial_state = 2024-01-01\n",
        "case.toml:8:1: network.initial_state: expected a value (a number, a list, { values }, { distribution "
        "} or { file, dataset }), got the date or time 2024-01-01",
    ),
    added(
        "a string in a list",
        '[network]\ninitial_state = { values = [1, 2, "3", 4, 5, 6, 7, 8] }\n',
        'case.toml:8:35: network.initial_state.values[2]: expected a finite number, got "3"',
    ),
    added(
        "infinity in a list",
        "[network]\ninitial_state = { values = [1, 2, inf, 4, 5, 6, 7, 8] }\n",
        "case.toml:8:35: network.initial_state.values[2]: expected a finite number, got inf",
    ),
    # Projections.
    added(
        "from an unknown layer",
        '[[network.projection]]\nfrom = "port"\nto = "out"\n',
        'case.toml:8:1: network.projection[0].from: expected the name of a layer, got "port" (did you mean '
        "'ports'?)",
    ),
    added(
        "to nowhere",
        '[[network.projection]]\nfrom = "ports"\n',
        "case.toml:7:1: network.projection[0].to: expected the name of a layer, got nothing",
    ),
    projection(
        "two for one pair",
        '[[network.projection]]\nfrom = "ports"\nto = "out"\n',
        "case.toml:10:1: network.projection[1]: expected one projection for each pair of layers, got a second "
        "from 'ports' to 'out'",
    ),
    projection(
        "an unknown way to connect",
        'connect = "dens"\n',
        'case.toml:10:1: network.projection[0].connect: expected "dense", { fan_in = K } or { band = B }, got '
        '"dens" (did you mean \'dense\'?)',
    ),
    projection(
        "a fan-in above the number of neurons",
        "connect = { fan_in = 7 }\n",
        "case.toml:10:13: network.projection[0].connect.fan_in: expected an integer from 1 to 6, the number of "
        "pre-synaptic neurons, got 7",
    ),
    projection(
        "a fan-in of 0",
        "connect = { fan_in = 0 }\n",
        "case.toml:10:13: network.projection[0].connect.fan_in: expected an integer from 1 to 6, the number of "
        "pre-synaptic neurons, got 0",
    ),
    projection(
        "a negative band",
        "connect = { band = -1 }\n",
        "case.toml:10:13: network.projection[0].connect.band: expected an integer >= 0, got -1",
    ),
    projection(
        "a band that is a string",
        'connect = { band = "wide" }\n',
        'case.toml:10:13: network.projection[0].connect.band: expected an integer >= 0, got "wide"',
    ),
    projection(
        "fan-in and band",
        "connect = { fan_in = 2, band = 1 }\n",
        "case.toml:10:1: network.projection[0].connect: expected one of fan_in and band, got both",
    ),
    projection(
        "neither fan-in nor band",
        "connect = {}\n",
        "case.toml:10:1: network.projection[0].connect: expected one of fan_in and band, got neither",
    ),
    projection(
        "sd and gain",
        'weights = { distribution = "normal", sd = 1.0, gain = 1.0 }\n',
        "case.toml:10:48: network.projection[0].weights.gain: expected one of sd and gain, got both",
    ),
    projection(
        "a negative gain",
        'weights = { distribution = "normal", gain = -1.0 }\n',
        "case.toml:10:38: network.projection[0].weights.gain: expected a number >= 0, got -1.0",
    ),
    projection(
        "gain of a uniform distribution",
        'weights = { distribution = "uniform", gain = 1.0 }\n',
        'case.toml:10:39: network.projection[0].weights.gain: has no effect: expected distribution = "normal" '
        "beside it",
    ),
    projection(
        "too few rows",
        "weights = [[1, 2, 3, 4, 5, 6]]\n",
        "case.toml:10:1: network.projection[0].weights: expected 2 rows of 6 (rows = post), got 1 row",
    ),
    projection(
        "a short row",
        "weights = { values = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]] }\n",
        "case.toml:10:43: network.projection[0].weights.values[1]: expected 2 rows of 6 (rows = post), got a "
        "row of 5",
    ),
    projection(
        "a number among rows",
        "weights = { values = [[1, 2, 3, 4, 5, 6], 1] }\n",
        "case.toml:10:43: network.projection[0].weights.values[1]: expected a row of numbers, got 1",
    ),
    projection(
        "a flat list too short",
        "weights = { values = [1, 2, 3] }\n",
        "case.toml:10:13: network.projection[0].weights.values: expected 2 rows of 6 (rows = post), got 3 numbers",
    ),
    projection(
        "neither a matrix nor one a synapse",
        "connect = { fan_in = 2 }\nweights = [1, 2, 3]\n",
        "case.toml:11:1: network.projection[0].weights: expected 2 rows of 6 (rows = post), or 4 numbers, one "
        "for each synapse, got 3 numbers",
    ),
    projection(
        "more than a band has",
        "connect = { band = 1 }\nweights = [1, 2, 3, 4, 5, 6]\n",
        "case.toml:11:1: network.projection[0].weights: expected 2 rows of 6 (rows = post), or 5 numbers, one "
        "for each synapse, got 6 numbers",
    ),
    projection(
        "a dataset of another shape",
        'weights = { file = "data.h5", dataset = "/six" }\n',
        "case.toml:10:31: network.projection[0].weights.dataset: expected 2 rows of 6 (rows = post), got shape 6",
    ),
    # Sizes.
    Case("more neurons than bytes can be counted of", NETWORK,
         "case.toml: network.layer: expected at most 2^60 bytes of neurons and synapses, got about 4e+22",
         ["network.layer[0].neurons=2147483647", "network.layer[1].neurons=2147483647"]),
    Case("more samples than bytes can be counted of", NETWORK,
         "case.toml: run.samples_per_epoch: expected at most 2^60 bytes of samples, got about 8e+21",
         ["run.epochs=2147483646", "run.samples_per_epoch=2147483646"]),
    Case("more members than bytes can be counted of", NETWORK,
         "case.toml: run.samples_per_epoch: expected at most 2^60 bytes of samples, got about 4e+24",
         ["ensemble.members=2147483647", "run.epochs=1000000", "run.samples_per_epoch=1000000"]),
    Case("weights of too many epochs", NETWORK,
         'case.toml: output.weights: expected at most 1000000 epochs with "all", got 1000001',
         ["run.epochs=1000001", "output.weights=all"]),
]
