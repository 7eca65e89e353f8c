"""Cases of reinforcement; a table [environment] that is good but for one thing starts on line 9."""

from case import PORTS, Case, added

HEAD = '[learning]\nerror = "bellman"\n'
# Two actions for the two outputs; the ports are six neurons.
TABLES = "transitions = [[[0.5, 0.5], [1, 0]], [[0, 1], [0, 1]]]\nrewards = [[1, 0], [0, 0]]\n"
SHOWN = 'layer = "ports"\nfeatures = [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]]\n'
GRID = "grid = { rows = 2, columns = 3, goal = [1, 2]%s }\n"


def environment(name, text, message, learning=HEAD):
    """Its text starts on line 10."""
    return added(name, learning + "[environment]\n" + text, message)


def grid(name, more, message):
    """A grid world for a network of four outputs; the grid is on line 10."""
    return Case(name, '[[network.layer]]\nname = "ports"\nneurons = 6\n[[network.layer]]\nname = "out"\nneurons = 4\n'
                + HEAD + "[environment]\n" + GRID % more + 'layer = "ports"\n', message)


CASES = [
    added("Bellman errors of nothing", HEAD,
          'case.toml:8:1: learning.error: "bellman" needs a table [environment]'),
    added("a decision process beside squared errors", "[environment]\n" + TABLES + SHOWN,
          'case.toml:7:2: environment: has no effect: expected learning.error = "bellman"'),
    environment("branches beside a decision process", TABLES + SHOWN
                + '[particles]\nclosure = "branches"\n' + PORTS,
                'case.toml:9:2: environment: cannot stand beside particles.closure = "branches": its targets follow the '
                "values of one network"),
    environment("a target beside Bellman errors", TABLES + SHOWN,
                "case.toml:9:1: learning.target: has no effect: expected an error that has a target; that of \"bellman\" "
                "comes from [environment]", HEAD + "target = 0.5\n"),
    environment("an environment of nothing", SHOWN,
                "case.toml:9:2: environment: expected one of grid and transitions, got none of them"),
    environment("transitions without rewards", TABLES.splitlines()[0] + "\n" + SHOWN,
                "case.toml:9:2: environment.rewards: expected nested lists, or { file, dataset }: states x actions, or "
                "states x actions x states, got nothing"),
    environment("probabilities that do not sum to 1", TABLES.replace("0.5, 0.5", "0.5, 0.4") + SHOWN,
                "case.toml:10:1: environment.transitions: expected rows P(s'|s, a) with sum 1, got sum 0.9 (state 0, "
                "action 0)"),
    environment("a negative probability", TABLES.replace("0.5, 0.5", "1.5, -0.5") + SHOWN,
                "case.toml:10:1: environment.transitions: expected probabilities >= 0, got -0.5 to state 1 (state 0, "
                "action 0)"),
    environment("transitions of another shape", "transitions = [[[1, 0], [1, 0]]]\nrewards = [[0, 0]]\n" + SHOWN,
                "case.toml:10:1: environment.transitions: expected states x actions x states, got 1 x 2 x 2"),
    environment("ragged transitions", TABLES.replace("[1, 0]], [[0", "[1]], [[0") + SHOWN,
                "case.toml:10:29: environment.transitions[0][1]: expected a list of 2, as the first of its kind is, got "
                "a list of 1"),
    environment("transitions that are not finite", TABLES.replace("0.5, 0.5", "nan, 0.5") + SHOWN,
                "case.toml:10:18: environment.transitions[0][0][0]: expected a finite number, got nan"),
    environment("transitions from a file that is not there",
                'transitions = { file = "none.h5", dataset = "/p" }\nrewards = [[0, 0]]\n' + SHOWN,
                'case.toml:10:17: environment.transitions.file: expected an existing HDF5 file, got "none.h5"'),
    environment("transitions with two extents in a file",
                'transitions = { file = "data.h5", dataset = "/matrix" }\nrewards = [[0, 0]]\n' + SHOWN,
                "case.toml:10:1: environment.transitions: expected states x actions x states, got 2 x 6"),
    environment("rewards of another shape", TABLES.replace("[[1, 0], [0, 0]]\n", "[[1, 0, 0], [0, 0, 0]]\n") + SHOWN,
                "case.toml:11:1: environment.rewards: expected 2 x 2 (states x actions) or 2 x 2 x 2, got 2 x 3"),
    environment("a terminal state that does not exist", TABLES + "terminal = [1, 2]\n" + SHOWN,
                "case.toml:12:16: environment.terminal[1]: expected a state from 0 to 1, got 2"),
    environment("nothing but terminal states", TABLES + "terminal = [0, 1]\n" + SHOWN,
                "case.toml:12:1: environment.terminal: leaves no state to act in: expected at least one that is not "
                "terminal"),
    environment("more actions than outputs",
                "transitions = [[[1], [1], [1]]]\nrewards = [[0, 0, 0]]\nfeatures = [[1, 0, 0, 0, 0, 0]]\n"
                'layer = "ports"\n',
                "case.toml:10:1: environment.transitions: expected as many actions as outputs, 2, got 3"),
    environment("a dueling read-out without an output for V", TABLES + SHOWN + 'readout = "dueling"\n',
                "case.toml:10:1: environment.transitions: expected one action less than outputs, 1, for readout = "
                '"dueling", got 2'),
    environment("a layer of another size than states, and no features", TABLES + 'layer = "ports"\n',
                "case.toml:12:1: environment.layer: expected a layer of 2 neurons, one for each state (or features), got "
                "'ports' with 6 neurons"),
    environment("states shown to an unknown layer", TABLES + SHOWN.replace("ports", "port"),
                'case.toml:12:1: environment.layer: expected the name of a layer, got "port" (did you mean \'ports\'?)'),
    environment("features of another shape", TABLES + 'layer = "ports"\nfeatures = [[1, 0], [0, 1]]\n',
                "case.toml:13:13: environment.features[0]: expected 2 rows of 6 (a state; columns: the neurons of layer "
                "'ports'), got a row of 2"),
    environment("a discount of 1", TABLES + SHOWN + "discount = 1.0\n",
                "case.toml:14:1: environment.discount: expected a number in [0, 1), got 1.0"),
    environment("an unknown policy", TABLES + SHOWN + 'policy = "sweeps"\n',
                'case.toml:14:1: environment.policy: expected one of sweep, uniform, got "sweeps" (did you mean '
                "'sweep'?)"),
    environment("a sweep of fewer slots than pairs", TABLES + SHOWN + "per_epoch = 3\n",
                'case.toml:14:1: environment.per_epoch: has no effect: expected policy = "uniform"; a sweep shows its '
                "4 pairs once"),
    environment("an order of a walk", TABLES + SHOWN + 'policy = "uniform"\norder = "shuffled"\n',
                'case.toml:15:1: environment.order: has no effect: expected policy = "sweep"'),
    environment("episodes of a sweep", TABLES + SHOWN + "episode_steps = 5\n",
                'case.toml:14:1: environment.episode_steps: has no effect: expected policy = "uniform"'),
    environment("a grid beside transitions", TABLES + GRID % "" + SHOWN,
                "case.toml:10:1: environment.transitions: cannot stand beside grid, which says it too: expected one of "
                "them"),
    environment("a step stimulus beside states", TABLES + SHOWN + "[stimulus]\nstep = { layer = \"ports\", value = 1.0, "
                "start = 0.1, stop = 0.2 }\n",
                "case.toml:9:2: environment: cannot stand beside stimulus.step: expected states alone to tell slots "
                "apart (stimulus.constant may stand)"),
    environment("states shown to a recurrent network", TABLES + SHOWN + '[[network.projection]]\nfrom = "out"\n'
                'to = "out"\n',
                "case.toml:9:2: environment: needs a feed-forward network, whose outputs at rest are one "
                "function of the weights, but the projection from 'out' to 'out' is recurrent"),
    grid("a goal outside of the grid", ", walls = [[0, 0], [2, 0]]",
         "case.toml:10:65: environment.grid.walls[1]: expected a cell [row, column] of 2 rows and 3 columns, from 0, got "
         "[2, 0]"),
    grid("a wall on the goal", ", walls = [[1, 2]]",
         "case.toml:10:57: environment.grid.walls[0]: expected cells that are not taken yet, got [1, 2] again"),
    grid("a grid without a free cell", ", walls = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]",
         "case.toml:10:1: environment.grid: leaves no cell to move in: expected at least one beside goal, pits and walls"),
    grid("a slip above 1", ", slip = 1.5",
         "case.toml:10:48: environment.grid.slip: expected a number in [0, 1], got 1.5"),
    grid("a pit's reward without a pit", ", reward_pit = -2.0",
         "case.toml:10:48: environment.grid.reward_pit: has no effect: expected pits"),
    grid("an unknown key of a grid", ", pit = [[0, 0]]",
         "case.toml:10:48: environment.grid.pit: unknown key, expected one of rows, columns, goal, walls, pits, "
         "reward_goal, reward_pit, reward_step, slip (did you mean 'pits'?)"),
]
