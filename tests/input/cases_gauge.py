"""Cases of constraints, and of split thresholds."""

from case import added

# Eleven lines with the network: what a case adds starts on line 12.
SPLIT = """[network]
thresholds = true
split_thresholds = true
[learning]
momentum = "initial"
"""
TERM = 'terms = [{ of = "momentum", synapse = "thresholds", neuron = 0 }]\n'


def constraint(name, text, message):
    """A case with one constraint; its text starts on line 14."""
    return added(name, SPLIT + '[[gauge.constraint]]\nname = "g"\n' + text, message)


def term(name, text, message):
    """A case with one constraint of one term, which stands on line 14 from column 10."""
    return constraint(name, "terms = [" + text + "]\n", message)


CASES = [
    added(
        "split thresholds without thresholds",
        "[network]\nsplit_thresholds = true\n",
        "case.toml:8:1: network.split_thresholds: has no effect: expected network.thresholds = true",
    ),
    added(
        "biases without split thresholds",
        "[network]\nthresholds = true\ninitial_biases = 0.5\n",
        "case.toml:9:1: network.initial_biases: has no effect: expected network.split_thresholds = true",
    ),
    added(
        "a constraint without a name",
        SPLIT + "[[gauge.constraint]]\n" + TERM,
        "case.toml:12:1: gauge.constraint[0].name: expected letters, digits and _, got nothing",
    ),
    added(
        "a constraint's name with a space",
        SPLIT + '[[gauge.constraint]]\nname = "a b"\n' + TERM,
        'case.toml:13:1: gauge.constraint[0].name: expected letters, digits and _, got "a b"',
    ),
    constraint(
        "a constraint's name twice",
        TERM + '[[gauge.constraint]]\nname = "g"\n' + TERM,
        'case.toml:16:1: gauge.constraint[1].name: expected a name that no other constraint has, got "g"',
    ),
    constraint(
        "no terms",
        "value = 1.0\n",
        "case.toml:12:1: gauge.constraint[0].terms: expected a list of terms, each a table with `of`, got none",
    ),
    constraint(
        "terms that are no tables",
        "terms = [1]\n",
        "case.toml:14:10: gauge.constraint[0].terms[0]: expected a table, got 1",
    ),
    constraint(
        "a misspelt key of a constraint",
        TERM + "multiplyer = 1.0\n",
        "case.toml:15:1: gauge.constraint[0].multiplyer: unknown key, expected one of name, layer, value, "
        "displacement, terms, multiplier (did you mean 'multiplier'?)",
    ),
    term(
        "a misspelt key of a term",
        '{ of = "state", neurons = 1 }',
        "case.toml:14:26: gauge.constraint[0].terms[0].neurons: unknown key, expected one of of, synapse, neuron, "
        "post, pre, coefficient (did you mean 'neuron'?)",
    ),
    term(
        "a term of nothing",
        "{ neuron = 0 }",
        "case.toml:14:10: gauge.constraint[0].terms[0].of: expected one of state, delta, weight, momentum, got nothing",
    ),
    term(
        "a term of something else",
        '{ of = "weights", neuron = 0 }',
        "case.toml:14:12: gauge.constraint[0].terms[0].of: expected one of state, delta, weight, momentum, "
        'got "weights" (did you mean \'weight\'?)',
    ),
    term(
        "a coefficient of zero",
        '{ of = "state", neuron = 0, coefficient = 0.0 }',
        "case.toml:14:38: gauge.constraint[0].terms[0].coefficient: expected a number other than 0, got 0.0",
    ),
    term(
        "the synapse of a state",
        '{ of = "state", neuron = 0, synapse = "thresholds" }',
        "case.toml:14:38: gauge.constraint[0].terms[0].synapse: has no effect: "
        'expected of = "weight" or "momentum"',
    ),
    term(
        "a weight without a synapse",
        '{ of = "weight", neuron = 0 }',
        "case.toml:14:10: gauge.constraint[0].terms[0].synapse: expected thresholds, biases or the FROM-TO of a "
        "projection, got nothing",
    ),
    term(
        "a synapse that nobody has",
        '{ of = "weight", synapse = "port-out", post = 0, pre = 0 }',
        "case.toml:14:27: gauge.constraint[0].terms[0].synapse: expected thresholds, biases or the FROM-TO of a "
        'projection, got "port-out" (did you mean \'ports-out\'?)',
    ),
    term(
        "the global index of a projection's neuron",
        '{ of = "weight", synapse = "ports-out", neuron = 6, pre = 0 }',
        "case.toml:14:50: gauge.constraint[0].terms[0].neuron: has no effect: "
        "expected post and pre, for the synapse of a projection",
    ),
    term(
        "a synapse without its pre-synaptic neuron",
        '{ of = "weight", synapse = "ports-out", post = 0 }',
        "case.toml:14:10: gauge.constraint[0].terms[0].pre: expected a neuron of the pre-synaptic layer, from 0, "
        "got nothing",
    ),
    term(
        "a neuron beyond its layer",
        '{ of = "weight", synapse = "ports-out", post = 2, pre = 0 }',
        "case.toml:14:50: gauge.constraint[0].terms[0].post: expected a neuron of layer 'out', from 0 to 1, got 2",
    ),
    term(
        "a neuron beyond the network",
        '{ of = "state", neuron = 8 }',
        "case.toml:14:26: gauge.constraint[0].terms[0].neuron: expected a neuron of the network, from 0 to 7, got 8",
    ),
    term(
        "a threshold without its neuron",
        '{ of = "momentum", synapse = "thresholds" }',
        "case.toml:14:10: gauge.constraint[0].terms[0].neuron: expected a neuron of the network, from 0, got nothing",
    ),
    term(
        "a pre-synaptic neuron of a threshold",
        '{ of = "momentum", synapse = "thresholds", neuron = 0, pre = 1 }',
        "case.toml:14:65: gauge.constraint[0].terms[0].pre: has no effect: "
        "expected the name of a projection for synapse",
    ),
    added(
        "a constraint on thresholds that nobody has",
        '[[gauge.constraint]]\nname = "g"\n' + TERM,
        "case.toml:9:29: gauge.constraint[0].terms[0].synapse: expected network.thresholds = true for the thresholds "
        'of neurons, got "thresholds"',
    ),
    added(
        "a constraint on biases that nobody has",
        '[network]\nthresholds = true\n[[gauge.constraint]]\nname = "g"\n' + TERM.replace("thresholds", "biases"),
        "case.toml:11:29: gauge.constraint[0].terms[0].synapse: expected network.split_thresholds = true for the "
        'biases of neurons, got "biases"',
    ),
    constraint(
        "a layer that no term follows",
        'layer = "out"\n' + TERM,
        "case.toml:14:1: gauge.constraint[0].layer: expected no layer, as every term names its neuron, got \"out\"",
    ),
    constraint(
        "a layer that the projection does not lead to",
        'layer = "ports"\nterms = [{ of = "weight", synapse = "ports-out", pre = 0 }]\n',
        "case.toml:15:10: gauge.constraint[0].terms[0].post: expected a neuron of layer 'out', as the constraint's "
        "layer is another, got nothing",
    ),
    added(
        "an index in the name of a layer's constraints",
        SPLIT + '[[gauge.constraint]]\nname = "g[0]"\nlayer = "out"\nterms = [{ of = "state" }]\n',
        "case.toml:13:1: gauge.constraint[0].name: expected letters, digits and _, as the layer adds [0], [1], ..., "
        'got "g[0]"',
    ),
    constraint(
        "a multiplier without amplitude",
        TERM + 'multiplier = { function = "cosine" }\n',
        "case.toml:15:1: gauge.constraint[0].multiplier.amplitude: expected a finite number, got nothing",
    ),
    constraint(
        "a multiplier that is no function",
        TERM + 'multiplier = { function = "sine", amplitude = 1.0 }\n',
        "case.toml:15:16: gauge.constraint[0].multiplier.function: expected one of constant, cosine, random, "
        'got "sine" (did you mean \'cosine\'?)',
    ),
    constraint(
        "the frequency of a constant",
        TERM + "multiplier = { amplitude = 1.0, frequency = 2.0 }\n",
        "case.toml:15:33: gauge.constraint[0].multiplier.frequency: has no effect: "
        'expected function = "cosine" or "random" beside it',
    ),
    constraint(
        "the phase of a random multiplier",
        TERM + 'multiplier = { function = "random", amplitude = 1.0, phase = 2.0 }\n',
        "case.toml:15:54: gauge.constraint[0].multiplier.phase: has no effect: "
        'expected function = "cosine" beside it',
    ),
    constraint(
        "a displacement for somebody else",
        TERM + "displacement = [0.1, 0.2]\n",
        "case.toml:15:1: gauge.constraint[0].displacement: expected 1 number, one for each constraint, got 2 numbers",
    ),
    constraint(
        "multipliers that cannot vary",
        TERM + 'multiplier.amplitude = 1.0\n[ensemble]\nmembers = 2\nvary = ["multipliers"]\n',
        "case.toml:18:1: ensemble.vary: has no effect: expected a gauge.constraint whose multiplier has "
        'function = "random", as multipliers are to vary',
    ),
    constraint(
        "displacements that cannot vary",
        TERM + '[ensemble]\nmembers = 2\nvary = ["displacements"]\n',
        "case.toml:17:1: ensemble.vary: has no effect: expected a gauge.constraint whose displacement has a "
        "distribution, as displacements are to vary",
    ),
    # What the analysis finds.
    constraint(
        "terms that cancel",
        'terms = [{ of = "state", neuron = 0 }, { of = "state", neuron = 0, coefficient = -1 }]\n',
        "case.toml: gauge.constraint 'g': its terms cancel",
    ),
    constraint(
        "the same constraint twice",
        TERM + '[[gauge.constraint]]\nname = "h"\nvalue = 0.5\n' + TERM.replace("}", ", coefficient = 2.0 }"),
        "case.toml: gauge.constraint: expected linearly independent constraints, but 'g' - 0.5 'h' contains no "
        "component of phase space, and they contradict each other: it reads 0.25 = 0",
    ),
    constraint(
        "a second-class pair with terminal conditions",
        TERM + '[[gauge.constraint]]\nname = "h"\n' + TERM.replace("momentum", "weight"),
        "case.toml: gauge.constraint 'g': is of second class: its multiplier, and with it y or W, depends on Delta "
        'and M at the same time; expected learning.delta = "initial" and learning.momentum = "initial", with initial '
        "data on the surface",
    ),
    constraint(
        "Delta constrained with terminal conditions",
        'terms = [{ of = "delta", neuron = 0 }]\n',
        "case.toml: gauge.constraint 'g': contains Delta, which moves y together with Delta; "
        'expected learning.delta = "initial" and learning.momentum = "initial"',
    ),
    constraint(
        "a displacement of a Delta that follows from the epoch's end",
        'terms = [{ of = "state", neuron = 0 }]\ndisplacement = 0.5\n',
        "case.toml: gauge.constraint 'g': its displacement would have no effect on Delta, which has no initial value "
        'to move; expected learning.delta = "initial", or no displacement',
    ),
    added(
        "a displacement of an M that follows from the epoch's end",
        "[network]\nthresholds = true\n"
        '[[gauge.constraint]]\nname = "g"\n' + TERM.replace('"momentum"', '"weight"') +
        'displacement = { distribution = "normal" }\n[ensemble]\nmembers = 2\nvary = ["displacements"]\n',
        "case.toml: gauge.constraint 'g': its displacement would have no effect on M, which has no initial value to "
        'move; expected learning.momentum = "initial", or no displacement',
    ),
]
