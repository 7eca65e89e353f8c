"""Cases of torus inputs, which `hjnet torus` reads."""

from case import NETWORK, Case

# Six lines: what a case adds starts on line 7.
TORUS = """[torus]
dimensions = 2
linear = [1.0, 0.6]
epsilon = 0.1
action = [{ from = 1.0, to = 2.0, count = 3 }, [0.5]]
method = "auto"
"""

# Three lines, with a term that makes epsilon act; what a case adds starts on line 10.
TERM = TORUS + """[[torus.term]]
mode = [1, -1]
polynomial = [{ power = [0, 1], coefficient = -1.0 }]
"""

# The network is case.py's, from ports (6) to out (2); what a case adds starts on line 8.
FROM_NETWORK = """[torus]
epsilon = 1.0
action = [[1.0]]
[torus.network]
input = "network.toml"
directions = [{ weight = "ports-out", post = 1, pre = 5 }]
width = [2.0]
"""

SHARED = "a torus input holds [torus], name and seed of [run] and file of [output]"


def override(name, setting, message, text=TERM):
    """A case that spoils a good input by --set."""
    return Case(name, text, f"--set {setting}: {message}", [setting])


def network(name, setting, message):
    """The same with a network."""
    return override(name, setting, message, FROM_NETWORK)


CASES = [
    # The file as a whole.
    Case("no torus", '[run]\nname = "a"\n', "case.toml:1:1: torus: expected a table [torus], got none"),
    Case(
        "a run",
        NETWORK,
        f"case.toml:1:3: network: belongs to an input of `hjnet run`: {SHARED}",
    ),
    Case(
        "epochs",
        TERM + "[run]\nepochs = 3\n",
        f"case.toml:11:1: run.epochs: belongs to an input of `hjnet run`: {SHARED}",
    ),
    Case(
        "output of states",
        TERM + "[output]\nstates = true\n",
        f"case.toml:11:1: output.states: belongs to an input of `hjnet run`: {SHARED}",
    ),
    Case(
        "a misspelt table",
        TERM + "[torus.wavefunctions]\n",
        "case.toml:10:8: torus.wavefunctions: unknown key, expected one of dimensions, linear, quadratic, epsilon, "
        "action, method, tolerance, modes, max_modes, divisor_tolerance, term, network, wavefunction, trajectory "
        "(did you mean 'wavefunction'?)",
    ),
    Case(
        "a misspelt key of an axis",
        "[torus]\nlinear = [1.0]\naction = [{ from = 1.0, to = 2.0, counts = 3 }]\n",
        "case.toml:3:35: torus.action[0].counts: unknown key, expected one of from, to, count "
        "(did you mean 'count'?)",
    ),
    Case(
        "a misspelt key of a monomial",
        TORUS + "[[torus.term]]\nmode = [1, 0]\npolynomial = [{ powers = [0, 1], coefficient = 1 }]\n",
        "case.toml:9:17: torus.term[0].polynomial[0].powers: unknown key, expected one of power, coefficient "
        "(did you mean 'power'?)",
    ),
    Case(
        "a seed that is negative",
        TERM + "[run]\nseed = -1\n",
        "case.toml:11:1: run.seed: expected an integer >= 0, got -1",
    ),
    # [torus].
    override("four dimensions", "torus.dimensions=4", "torus.dimensions: expected an integer from 1 to 3, got 4"),
    Case(
        "another dimension",
        TERM.replace("dimensions = 2", "dimensions = 3"),
        "case.toml:3:1: torus.linear: expected a list with one number for each dimension, 3 in all, got a list of 2",
    ),
    Case(
        "no Hamiltonian",
        "[torus]\naction = [[1.0]]\n",
        "case.toml:1:2: torus: expected linear or quadratic, or [torus.network], got neither",
    ),
    override(
        "linear, a number",
        "torus.linear=1.0",
        "torus.linear: expected a list with one number for each dimension, 2 in all, got 1.0",
    ),
    override(
        "linear with a text", 'torus.linear=[1.0, "a"]', 'torus.linear[1]: expected a finite number, got "a"'
    ),
    override(
        "quadratic, a number",
        "torus.quadratic=1.0",
        "torus.quadratic: expected rows of numbers, a symmetric matrix, got 1.0",
    ),
    override(
        "quadratic with a short row",
        "torus.quadratic=[[1, 0], [0]]",
        "torus.quadratic[1]: expected a row of 2 numbers, got a list of 1",
    ),
    override(
        "quadratic, not symmetric",
        "torus.quadratic=[[1, 0.5], [0.25, 1]]",
        "torus.quadratic: expected a symmetric matrix, got 0.25 and 0.5 at [1][0] and [0][1]",
    ),
    Case(
        "no epsilon",
        "[torus]\nlinear = [1.0]\naction = [[1.0]]\n[[torus.term]]\nmode = [1]\n",
        "case.toml:1:2: torus.epsilon: expected a finite number, got nothing",
    ),
    Case(
        "epsilon without a term",
        TORUS,
        "case.toml:4:1: torus.epsilon: has no effect: expected a [[torus.term]] or [torus.network], which make V",
    ),
    Case(
        "no action",
        "[torus]\nlinear = [1.0]\n",
        "case.toml:1:2: torus.action: expected a list of axes, each { from, to, count } or a list of numbers, "
        "got nothing",
    ),
    override(
        "one axis of two",
        "torus.action=[[1.0]]",
        "torus.action: expected a list with one axis for each dimension, 2 in all, got a list of 1",
    ),
    override(
        "numbers for axes",
        "torus.action=[1.0, 2.0]",
        "torus.action[0]: expected an axis, { from, to, count } or a list of numbers, got 1.0",
    ),
    override(
        "an empty axis",
        "torus.action=[[1.0], []]",
        "torus.action[1]: expected an axis with at least one number, got none",
    ),
    override(
        "an axis without an end",
        "torus.action=[{ from = 1.0, count = 3 }, [1.0]]",
        "torus.action[0]: expected an axis with from, to and count, got none of the name to",
    ),
    override(
        "an axis of no numbers",
        "torus.action=[{ from = 1.0, to = 2.0, count = 0 }, [1.0]]",
        "torus.action[0].count: expected an integer from 1 to 1000000, got 0",
    ),
    override(
        "an axis of one number with two ends",
        "torus.action=[{ from = 1.0, to = 2.0, count = 1 }, [1.0]]",
        "torus.action[0].count: expected an integer >= 2, as from and to differ, got 1",
    ),
    override(
        "an axis of equal numbers",
        "torus.action=[{ from = 1.0, to = 1.0, count = 3 }, [1.0]]",
        "torus.action[0].count: expected 1, as from and to are equal, got 3",
    ),
    override(
        "a misspelt method",
        "torus.method=newtn",
        'torus.method: expected one of auto, fixed_point, newton, got "newtn" (did you mean \'newton\'?)',
    ),
    override("a tolerance of 0", "torus.tolerance=0", "torus.tolerance: expected a number > 0 and <= 1e-3, got 0"),
    override(
        "a tolerance that says nothing",
        "torus.tolerance=0.1",
        "torus.tolerance: expected a number > 0 and <= 1e-3, got 0.1",
    ),
    override(
        "a mode beyond the grids",
        "torus={ dimensions = 1, linear = [1.0], epsilon = 0.3, action = [[0.1]], modes = [4], max_modes = [7], "
        "term = [{ mode = [60] }] }",
        "torus.term[0].mode[0]: expected an integer within torus.max_modes[0] = 7, got 60",
    ),
    override(
        "too many actions",
        "torus.action=[{ from = 0.0, to = 1.0, count = 10000 }, { from = 0.0, to = 1.0, count = 1000 }]",
        "torus.action: expected at most 10000000 numbers in the product of the axes, got 20000000",
    ),
    override("no modes", "torus.modes=[0, 16]", "torus.modes[0]: expected an integer >= 1, got 0"),
    override(
        "fewer modes at most than at first",
        "torus.max_modes=[8, 256]",
        "torus.max_modes: expected integers that are not below modes, got 8 < 16",
    ),
    override(
        "too many modes",
        "torus.max_modes=[100000, 100000]",
        "torus.max_modes: expected at most 268435456 coefficients in all, got 40000400001",
    ),
    override(
        "a negative divisor",
        "torus.divisor_tolerance=-1",
        "torus.divisor_tolerance: expected a number >= 0, got -1",
    ),
    # Terms.
    override(
        "a mode of three",
        "torus.term[0].mode=[1, 0, 0]",
        "torus.term[0].mode: expected a list with one integer for each dimension, 2 in all, got a list of 3",
    ),
    override(
        "a mode of floats", "torus.term[0].mode=[1.0, 0]", "torus.term[0].mode[0]: expected an integer, got 1.0"
    ),
    override(
        "no monomial",
        "torus.term[0].polynomial=[]",
        "torus.term[0].polynomial: expected at least one monomial, got none",
    ),
    override(
        "a negative power",
        "torus.term[0].polynomial=[{ power = [-1, 0], coefficient = 1 }]",
        "torus.term[0].polynomial[0].power[0]: expected an integer from 0 to 100, got -1",
    ),
    override(
        "no coefficient",
        "torus.term[0].polynomial=[{ power = [1, 0] }]",
        "torus.term[0].polynomial[0].coefficient: expected a finite number, got nothing",
    ),
    # Wavefunctions and trajectories.
    override(
        "no levels", "torus.wavefunction.hbar=1", "torus.wavefunction.levels: expected a list of lists of integers, "
        "got nothing"
    ),
    override(
        "levels without dimensions",
        "torus.wavefunction.levels=[1, 2]",
        "torus.wavefunction.levels[0]: expected a list with one quantum number for each dimension, 2 in all, got 1",
    ),
    override(
        "one point",
        "torus.wavefunction={ levels = [[1, 2]], grid = [1, 64] }",
        "torus.wavefunction.grid[0]: expected an integer >= 2, got 1",
    ),
    override(
        "no Planck's constant",
        "torus.wavefunction={ levels = [[1, 2]], hbar = 0 }",
        "torus.wavefunction.hbar: expected a number > 0, got 0",
    ),
    override("no orbits", "torus.trajectory.count=0", "torus.trajectory.count: expected an integer >= 1, got 0"),
    override(
        "a loose orbit",
        "torus.trajectory.relative_tolerance=0.5",
        "torus.trajectory.relative_tolerance: expected a number from 1e-14 to 0.1, got 0.5",
    ),
    override(
        "too many samples",
        "torus.trajectory.samples=16777217",
        "torus.trajectory.samples: expected an integer >= 1 and <= 16777216, got 16777217",
    ),
    override(
        "too many values of psi",
        "torus.wavefunction={ levels = [[1, 2]], grid = [65536, 65536] }",
        "torus.wavefunction.grid: expected at most 2147483648 values, levels x times x grid, got 4294967296",
    ),
    override("no samples", "torus.trajectory.samples=0", "torus.trajectory.samples: expected an integer >= 1, got 0"),
    override(
        "an orbit beyond round-off",
        "torus.trajectory.relative_tolerance=1e-15",
        "torus.trajectory.relative_tolerance: expected a number from 1e-14 to 0.1, got 1e-15",
    ),
    override(
        "a grid that cannot show the phase",
        "torus.wavefunction={ levels = [[1, 2], [3, 16]], grid = [64, 32] }",
        "torus.wavefunction.grid: expected more than two points of the grid for each of the |m + maslov/4| turns of the "
        "phase, got 32 points for 16 turns in dimension 1",
    ),
    # Networks.
    network(
        "a Hamiltonian twice",
        "torus.linear=[1.0]",
        "torus.linear: has no effect: expected no [torus.network] beside it, which has its own Hamiltonian",
    ),
    network(
        "a network with terms",
        "torus.term=[{ mode = [1] }]",
        "torus.term: has no effect: expected no [torus.network] beside it, which has its own Hamiltonian",
    ),
    Case(
        "a network in three dimensions",
        FROM_NETWORK.replace("[[1.0]]", "[[1.0], [1.0], [1.0]]\ndimensions = 3"),
        "case.toml:4:1: torus.dimensions: expected 1 or 2 with [torus.network], got 3",
    ),
    network(
        "two directions for one dimension",
        'torus.network.directions=[{ weight = "ports-out", post = 0, pre = 0 }, '
        '{ weight = "ports-out", post = 1, pre = 0 }]',
        "torus.network.directions: expected one direction for each dimension, 1 in all, got 2",
    ),
    network(
        "a misspelt weight",
        "torus.network.directions[0].weight=port-out",
        "torus.network.directions[0].weight: expected the name of a dense projection, FROM-TO, got \"port-out\" "
        "(did you mean 'ports-out'?)",
    ),
    network(
        "a neuron that is not there",
        "torus.network.directions[0].pre=6",
        "torus.network.directions[0].pre: expected a neuron from 0 to 5, of layer ports, got 6",
    ),
    network("a box without width", "torus.network.width=[0.0]", "torus.network.width[0]: expected a number > 0, got 0.0"),
    network(
        "a misspelt potential",
        "torus.network.potential=interactions",
        "torus.network.potential: expected one of error, interaction, got \"interactions\" "
        "(did you mean 'interaction'?)",
    ),
    network("a full taper", "torus.network.taper=1", "torus.network.taper: expected a number in [0.01, 1), got 1"),
    network(
        "hardly any taper",
        "torus.network.taper=0.001",
        "torus.network.taper: expected a number in [0.01, 1), got 0.001",
    ),
    network(
        "three nodes", "torus.network.nodes=[3]", "torus.network.nodes[0]: expected an integer from 4 to 4096, got 3"
    ),
    network(
        "a network that is an ensemble",
        "torus.network.input=ensemble.toml",
        "torus.network.input: expected the input of one network, got one with [ensemble]",
    ),
    network(
        "a network with constraints",
        "torus.network.input=constrained.toml",
        "torus.network.input: expected a network without constraints, got one with [[gauge.constraint]], whose flow "
        "moves the weights",
    ),
    Case(
        "a network that is a torus",
        FROM_NETWORK.replace("network.toml", "case.toml"),
        "{dir}/case.toml:1:2: torus: is no part of a run: expected an input of `hjnet torus` where there is [torus]",
    ),
    Case(
        "a network that is not there",
        FROM_NETWORK.replace("network.toml", "missing.toml"),
        "{dir}/missing.toml: expected a readable input file: No such file or directory",
    ),
]
