"""Cases of families of members, [[ensemble.family]], and of the wavefunction over them."""

from case import added, override

# On lines 7 and 8; what a case adds starts on line 9.
FAMILY = '[ensemble]\nfamily = { vary = "stimulus", neuron = 0, low = -1.0, high = 1.0, count = 9 }\n'
WAVE = FAMILY + "[wavefunction]\nneurons = [7]\ntimes = [0.5]\n"


def family(name, fields, column, message):
    """A case of one parameter with these fields, at this column of line 8."""
    return added(name, f"[ensemble]\nfamily = {{ {fields} }}\n", f"case.toml:8:{column}: ensemble.family{message}")


def wave(name, text, message):
    """A case of a table [wavefunction], whose keys start on line 10."""
    return added(name, FAMILY + "[wavefunction]\n" + text, "case.toml:" + message)


CASES = [
    family("a parameter of nothing", "neuron = 0", 1, '.vary: expected one of initial_state, stimulus, got nothing'),
    family(
        "a parameter of weights",
        'vary = "weights", neuron = 0, low = 0, high = 1, count = 5',
        12,
        '.vary: expected one of initial_state, stimulus, got "weights"',
    ),
    family(
        "a misspelt parameter",
        'vary = "stimuli", neuron = 0, low = 0, high = 1, count = 5',
        12,
        """.vary: expected one of initial_state, stimulus, got "stimuli" (did you mean 'stimulus'?)""",
    ),
    family(
        "a parameter of a neuron that is not there",
        'vary = "stimulus", neuron = 8, low = 0, high = 1, count = 5',
        31,
        ".neuron: expected a neuron from 0 to 7, got 8",
    ),
    family(
        "a parameter that goes nowhere",
        'vary = "stimulus", neuron = 0, low = 1, high = 1, count = 5',
        52,
        ".high: expected a number > low = 1, got 1",
    ),
    family(
        "a family of one",
        'vary = "stimulus", neuron = 0, low = 0, high = 1, count = 1',
        62,
        ".count: expected an integer >= 2, got 1",
    ),
    family(
        "a step in place of a count",
        'vary = "stimulus", neuron = 0, low = 0, high = 1, step = 0.1',
        62,
        ".step: unknown key, expected one of vary, neuron, low, high, count",
    ),
    added(
        "no parameters",
        "[ensemble]\nfamily = []\n",
        "case.toml:8:1: ensemble.family: expected one or two parameters, got a list of 0",
    ),
    added(
        "the same parameter twice",
        FAMILY.replace("{ vary", "[{ vary").replace(" }", " },\n")
        + '  { vary = "stimulus", neuron = 0, low = 0, high = 1, count = 5 }]\n',
        "case.toml:10:24: ensemble.family[1].neuron: the two parameters are the same: expected another neuron or "
        "another `vary`",
    ),
    added(
        "a family beside what is drawn",
        FAMILY + 'vary = ["weights"]\n',
        "case.toml:9:1: ensemble.vary: cannot stand beside ensemble.family, whose members differ in its parameters alone",
    ),
    added(
        "another number of members than the family's",
        FAMILY + "members = 10\n",
        "case.toml:9:1: ensemble.members: expected 9, the product of the family's counts (it may be left out), got 10",
    ),
    added(
        "a part of a family",
        FAMILY + "first = 3\n",
        "case.toml:9:1: ensemble.first: expected 0 beside ensemble.family, which is run as a whole, got 3",
    ),
    # [wavefunction].
    added(
        "a wavefunction of one network",
        "[wavefunction]\nneurons = [7]\ntimes = [0.5]\n",
        "case.toml:7:2: wavefunction: has no effect: expected ensemble.family, over whose members it is",
    ),
    added(
        "a wavefunction of an ensemble",
        "[ensemble]\nmembers = 9\n[wavefunction]\nneurons = [7]\ntimes = [0.5]\n",
        "case.toml:9:2: wavefunction: has no effect: expected ensemble.family, over whose members it is",
    ),
    added(
        "a wavefunction without Delta",
        WAVE + '[learning]\ndelta = "off"\n',
        'case.toml:9:2: wavefunction: cannot be with learning.delta = "off": without Delta = dJ/dy the action is no '
        "phase",
    ),
    override(
        "a wavefunction of four members",
        "ensemble.family.count=4",
        "--set ensemble.family.count=4: ensemble.family.count: expected an integer >= 5 with [wavefunction], got 4",
        added("", WAVE, "").text,
    ),
    wave("no axes", "times = [0.5]\n", "9:2: wavefunction.neurons: expected a list of neurons, got nothing"),
    wave(
        "more axes than parameters",
        "neurons = [6, 7]\ntimes = [0.5]\n",
        "10:1: wavefunction.neurons: expected 1 neuron, as many as ensemble.family has parameters, got a list of 2",
    ),
    wave(
        "an axis that is not there",
        "neurons = [8]\ntimes = [0.5]\n",
        "10:12: wavefunction.neurons[0]: expected a neuron from 0 to 7, got 8",
    ),
    wave("no times", "neurons = [7]\n", "9:2: wavefunction.times: expected a list of numbers, ascending, got nothing"),
    wave(
        "a time after the run",
        "neurons = [7]\ntimes = [0.5, 1.5]\n",
        "11:15: wavefunction.times[1]: expected a time from 0 to 1, the end of the run, got 1.5",
    ),
    wave(
        "two times at one sample",
        "neurons = [7]\ntimes = [0.5, 0.501]\n",
        "11:15: wavefunction.times[1]: expected times in ascending order, each nearest to another sample, got 0.501 "
        "after 0.5",
    ),
    wave(
        "no quantum",
        "neurons = [7]\ntimes = [0.5]\nhbar = 0\n",
        "12:1: wavefunction.hbar: expected a number > 0, got 0",
    ),
    wave(
        "a grid of one cell",
        "neurons = [7]\ntimes = [0.5]\ngrid = [1]\n",
        "12:9: wavefunction.grid[0]: expected integers from 2 to 65536, got 1",
    ),
    wave(
        "a grid of another dimension",
        "neurons = [7]\ntimes = [0.5]\ngrid = [64, 64]\n",
        "12:1: wavefunction.grid: expected 1 integer, one for each axis, got a list of 2",
    ),
    wave(
        "a range without an end",
        "neurons = [7]\ntimes = [0.5]\nrange = [[0.5]]\n",
        "12:10: wavefunction.range[0]: expected an interval [low, high], got a list of 1",
    ),
    wave(
        "a range from high to low",
        "neurons = [7]\ntimes = [0.5]\nrange = [[1, -1]]\n",
        "12:10: wavefunction.range[0]: expected two finite numbers, low < high, got [1, -1]",
    ),
    wave(
        "a range of another dimension",
        "neurons = [7]\ntimes = [0.5]\nrange = [0, 1]\n",
        "12:1: wavefunction.range: expected 1 interval [low, high], one for each axis, got a list of 2",
    ),
    wave(
        "a misspelt key of the wavefunction",
        "neuron = 7\n",
        "10:1: wavefunction.neuron: unknown key, expected one of neurons, hbar, times, grid, range (did you mean "
        "'neurons'?)",
    ),
]
