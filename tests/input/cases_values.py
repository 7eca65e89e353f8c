"""Cases of values, of learning, of stimuli and of the gauge field."""

from case import added

CASES = [
    # Values.
    added(
        "a string for a value",
        '[learning]\ntarget = "high"\n',
        "case.toml:8:1: learning.target: expected a value (a number, a list, { values }, { distribution } or { "
        'file, dataset }), got "high"',
    ),
    added(
        "none of the forms",
        "[learning]\ntarget = {}\n",
        "case.toml:8:1: learning.target: expected one of values, distribution, file, got none of them",
    ),
    added(
        "two forms",
        '[learning]\ntarget = { values = [1, 2], distribution = "normal" }\n',
        "case.toml:8:29: learning.target.distribution: expected only one of values, distribution, file, got "
        "values and distribution",
    ),
    added(
        "an unknown distribution",
        '[learning]\ntarget = { distribution = "nromal" }\n',
        'case.toml:8:12: learning.target.distribution: expected one of normal, uniform, got "nromal" (did you '
        "mean 'normal'?)",
    ),
    added(
        "a negative standard deviation",
        '[learning]\ntarget = { distribution = "normal", sd = -1.0 }\n',
        "case.toml:8:37: learning.target.sd: expected a number >= 0, got -1.0",
    ),
    added(
        "a mean that is not a number",
        '[learning]\ntarget = { distribution = "normal", mean = nan }\n',
        "case.toml:8:37: learning.target.mean: expected a finite number, got nan",
    ),
    added(
        "an empty range",
        '[learning]\ntarget = { distribution = "uniform", low = 1.0, high = 1.0 }\n',
        "case.toml:8:38: learning.target.low: expected low < high, got low = 1.0 and high = 1.0",
    ),
    added(
        "ends of a normal distribution",
        '[learning]\ntarget = { distribution = "normal", low = -2.0 }\n',
        'case.toml:8:37: learning.target.low: has no effect: expected distribution = "uniform" beside it',
    ),
    added(
        "the mean of a uniform distribution",
        '[learning]\ntarget = { distribution = "uniform", mean = 0.5 }\n',
        'case.toml:8:38: learning.target.mean: has no effect: expected distribution = "normal" beside it',
    ),
    added(
        "gain of what is not a weight",
        '[learning]\ntarget = { distribution = "normal", gain = 1.0 }\n',
        "case.toml:8:37: learning.target.gain: unknown key, expected one of values, distribution, mean, sd, "
        "low, high, file, dataset",
    ),
    added(
        "a list that is none",
        "[learning]\ntarget = { values = 3 }\n",
        "case.toml:8:12: learning.target.values: expected a list of numbers, got 3",
    ),
    added(
        "a missing file",
        '[learning]\ntarget = { file = "nowhere.h5", dataset = "/a" }\n',
        'case.toml:8:12: learning.target.file: expected an existing HDF5 file, got "nowhere.h5"',
    ),
    added(
        "a file that is not HDF5",
        '[learning]\ntarget = { file = "text.h5", dataset = "/a" }\n',
        "case.toml:8:30: learning.target.dataset: expected a numeric dataset: '{dir}/text.h5' is not an HDF5 file",
    ),
    added(
        "a missing dataset",
        '[learning]\ntarget = { file = "data.h5", dataset = "/nothing" }\n',
        "case.toml:8:30: learning.target.dataset: expected a numeric dataset: '{dir}/data.h5' has no dataset "
        "'/nothing'",
    ),
    added(
        "a group for a dataset",
        '[learning]\ntarget = { file = "data.h5", dataset = "/group" }\n',
        "case.toml:8:30: learning.target.dataset: expected a numeric dataset: '/group' in '{dir}/data.h5' is a "
        "group, not a dataset",
    ),
    added(
        "a dataset of text",
        '[learning]\ntarget = { file = "data.h5", dataset = "/text" }\n',
        "case.toml:8:30: learning.target.dataset: expected a numeric dataset: dataset '/text' of "
        "'{dir}/data.h5' does not hold real numbers",
    ),
    added(
        "a dataset with NaN",
        '[learning]\ntarget = { file = "data.h5", dataset = "/nan" }\n',
        "case.toml:8:30: learning.target.dataset: expected finite numbers, got nan at index 1",
    ),
    added(
        "a dataset too long",
        '[learning]\ntarget = { file = "data.h5", dataset = "/six" }\n',
        "case.toml:8:30: learning.target.dataset: expected 2 numbers, one for each output, got shape 6",
    ),
    added(
        "a dataset of two dimensions",
        '[network]\ninitial_state = { file = "data.h5", dataset = "/matrix" }\n',
        "case.toml:8:37: network.initial_state.dataset: expected 8 numbers, one for each neuron, got shape 2 x 6",
    ),
    added(
        "a file without a dataset",
        '[learning]\ntarget = { file = "data.h5" }\n',
        "case.toml:8:1: learning.target.dataset: expected the path of a dataset in the file, got nothing",
    ),
    added(
        "a dataset without a file",
        '[learning]\ntarget = { values = [1, 2], dataset = "/six" }\n',
        'case.toml:8:29: learning.target.dataset: has no effect: expected file = "..." beside it',
    ),
    # [learning].
    added(
        "no inertia",
        "[learning]\ninertia = 0.0\n",
        "case.toml:8:1: learning.inertia: expected a number other than 0, got 0.0",
    ),
    added(
        "inertia as a string",
        '[learning]\ninertia = "light"\n',
        'case.toml:8:1: learning.inertia: expected a number other than 0, got "light"',
    ),
    added(
        "enabled as a string",
        '[learning]\nenabled = "yes"\n',
        'case.toml:8:1: learning.enabled: expected true or false, got "yes"',
    ),
    added(
        "memory above 1",
        "[learning]\nepoch_memory = 1.5\n",
        "case.toml:8:1: learning.epoch_memory: expected a number in [0, 1], got 1.5",
    ),
    added(
        "memory below 0",
        "[learning]\nepoch_memory = -0.1\n",
        "case.toml:8:1: learning.epoch_memory: expected a number in [0, 1], got -0.1",
    ),
    added(
        "an unknown boundary condition",
        '[learning]\ndelta = "terminl"\n',
        'case.toml:8:1: learning.delta: expected one of terminal, initial, off, got "terminl" (did you mean '
        "'terminal'?)",
    ),
    added(
        "a momentum that is off",
        '[learning]\nmomentum = "off"\n',
        'case.toml:8:1: learning.momentum: expected one of terminal, initial, got "off"',
    ),
    added(
        "an unknown error",
        '[learning]\nerror = "square"\n',
        'case.toml:8:1: learning.error: expected one of squared, cross_entropy, lyapunov, bellman, got "square" (did you mean '
        "'squared'?)",
    ),
    added(
        "negative decay",
        "[learning]\nweight_decay = -0.1\n",
        "case.toml:8:1: learning.weight_decay: expected a number >= 0, got -0.1",
    ),
    added(
        "a target of the wrong length",
        "[learning]\ntarget = { values = [1, 2, 3] }\n",
        "case.toml:8:12: learning.target.values: expected 2 numbers, one for each output, got 3 numbers",
    ),
    added(
        "Delta(0) without its boundary condition",
        "[learning]\ninitial_delta = 0.3\n",
        'case.toml:8:1: learning.initial_delta: has no effect: expected learning.delta = "initial"',
    ),
    added(
        "cross entropy without a target",
        '[learning]\nerror = "cross_entropy"\n',
        'case.toml:7:2: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, '
        "got sum 0",
    ),
    added(
        "cross entropy with a negative target",
        '[learning]\nerror = "cross_entropy"\ntarget = [1.5, -0.5]\n',
        'case.toml:9:1: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, '
        "got -0.5",
    ),
    added(
        "cross entropy with a sum other than 1",
        '[learning]\nerror = "cross_entropy"\ntarget = [0.5, 0.75]\n',
        'case.toml:9:1: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, '
        "got sum 1.25",
    ),
    added(
        "cross entropy with a drawn target",
        '[learning]\nerror = "cross_entropy"\ntarget = { distribution = "normal" }\n',
        'case.toml:9:1: learning.target: expected numbers >= 0 with sum 1, as error = "cross_entropy" asks, '
        "got a distribution",
    ),
    # [stimulus] and [gauge].
    added(
        "a stimulus without a layer",
        "[stimulus]\nconstant = { values = [1] }\n",
        "case.toml:8:1: stimulus.constant.layer: expected the name of a layer, got nothing",
    ),
    added(
        "a stimulus on an unknown layer",
        '[stimulus]\nconstant = { layer = "prots", value = 1.0 }\n',
        'case.toml:8:14: stimulus.constant.layer: expected the name of a layer, got "prots" (did you mean '
        "'ports'?)",
    ),
    added(
        "a stimulus without a value",
        '[stimulus]\nconstant = { layer = "ports" }\n',
        "case.toml:8:1: stimulus.constant: expected one of value, values, distribution, file, got none of them",
    ),
    added(
        "a stimulus that is a number",
        "[stimulus]\nconstant = 1.0\n",
        "case.toml:8:1: stimulus.constant: expected a table or a list of tables, got 1.0",
    ),
    added(
        "the second of two stimuli too short",
        '[stimulus]\nconstant = [{ layer = "out", value = 1.0 }, { layer = "ports", values = [1, 2] }]\n',
        "case.toml:8:64: stimulus.constant[1].values: expected 6 numbers, one for each neuron of layer "
        "'ports', got 2 numbers",
    ),
    added(
        "a step without an end",
        '[[stimulus.step]]\nlayer = "ports"\nvalue = 1.0\nstart = 0.2\n',
        "case.toml:7:1: stimulus.step[0].stop: expected a phase in [0, run.epoch_length], after start, got nothing",
    ),
    added(
        "a step outside the epoch",
        '[[stimulus.step]]\nlayer = "ports"\nvalue = 1.0\nstart = 0.2\nstop = 1.2\n',
        "case.toml:11:1: stimulus.step[0].stop: expected a phase in [0, run.epoch_length], after start, got 1.2",
    ),
    added(
        "a step that ends before it starts",
        '[[stimulus.step]]\nlayer = "ports"\nvalue = 1.0\nstart = 0.6\nstop = 0.4\n',
        "case.toml:11:1: stimulus.step[0].stop: expected a phase after start = 0.6, got 0.4",
    ),
    added(
        "a step in epochs that are not run",
        '[[stimulus.step]]\nlayer = "ports"\nvalue = 1.0\nstart = 0.2\nstop = 0.4\nepochs = [0, 1]\n',
        "case.toml:12:1: stimulus.step[0].epochs: expected two integers [first, last], 0 <= first <= last < "
        "run.epochs, got [0, 1] with run.epochs = 1",
    ),
    added(
        "a field without charge",
        '[gauge]\nfield = { layer = "out", constant = 0.1 }\n',
        "case.toml:8:1: gauge.field: has no effect: expected gauge.charge other than 0",
    ),
    added(
        "a charge without a field",
        "[gauge]\ncharge = 0.1\n",
        "case.toml:8:1: gauge.charge: has no effect: expected gauge.field",
    ),
    added(
        "a field without a strength",
        '[gauge]\ncharge = 0.1\nfield = { layer = "out", frequency = 1.0 }\n',
        "case.toml:9:1: gauge.field: expected one of constant, values, distribution, file, got none of them",
    ),
    added(
        "a frequency that is infinite",
        '[gauge]\ncharge = 0.1\nfield = { layer = "out", constant = 0.1, frequency = inf }\n',
        "case.toml:9:42: gauge.field.frequency: expected a finite number, got inf",
    ),
]
