"""Cases of error = "lyapunov", which needs a symmetric recurrent network."""

from case import Case, added

ASKS = 'symmetric weights, as learning.error = "lyapunov" asks'
LAYER = '[[network.layer]]\nname = "a"\nneurons = 2\n'
PROJECTION = '[[network.projection]]\nfrom = "a"\nto = "a"\n'
SYMMETRIC = "weights = { values = [[0, 1], [1, 0]] }\n"


def network(name, weights, message, learning="enabled = false\n", rest=""):
    """Its weights stand on line 7, error on line 9, what else learning has from line 10."""
    return Case(name, LAYER + PROJECTION + weights + '[learning]\nerror = "lyapunov"\n' + learning + rest, message)


CASES = [
    added(
        "lyapunov with default projections",
        '[learning]\nerror = "lyapunov"\nenabled = false\n',
        "case.toml:1:3: network: has default projections, each to the next layer: expected [[network.projection]] with "
        'symmetric weights, a layer to itself or pairs of layers both ways, as learning.error = "lyapunov" asks',
    ),
    network(
        "lyapunov with weights that are not symmetric",
        "weights = { values = [[0, 1], [1.5, 0]] }\n",
        f"case.toml:7:1: network.projection[0].weights: expected {ASKS}, got 1 in row 0, column 1 ('a' to 'a') and 1.5 "
        "from there back",
    ),
    network(
        "lyapunov with drawn weights",
        'weights = { distribution = "normal", sd = 0.5 }\n',
        f"case.toml:7:1: network.projection[0].weights: expected {ASKS}: a number, values or a file, got drawn weights, "
        "which are not",
    ),
    network(
        "lyapunov with a drawn pattern",
        "connect = { fan_in = 1 }\n",
        f'case.toml:4:1: network.projection[0].weights: expected {ASKS}: connect = "dense", or a band between layers of '
        "equal size, got a drawn fan_in",
    ),
    Case(
        "lyapunov with no way back",
        LAYER + '[[network.layer]]\nname = "b"\nneurons = 2\n' + PROJECTION.replace('to = "a"', 'to = "b"') + SYMMETRIC
        + '[learning]\nenabled = false\nerror = "lyapunov"\n',
        f"case.toml:10:1: network.projection[0].weights: expected {ASKS}, got a projection from 'a' to 'b' and none back",
    ),
    network(
        "lyapunov with a target",
        SYMMETRIC,
        'case.toml:10:1: learning.target: has no effect: expected an error that has a target, not "lyapunov"',
        "target = 0.5\nenabled = false\n",
    ),
    network(
        "lyapunov without decay",
        SYMMETRIC,
        'case.toml:8:2: learning.weight_decay: expected a number > 0 where learning.error = "lyapunov" and weights learn: '
        "E is unbounded below in W, got 0",
        "",
    ),
    network(
        "lyapunov that learns in the waveform engine",
        SYMMETRIC,
        'case.toml:12:1: solver.engine: expected "coupled" or "auto": with learning.error = "lyapunov" and weights that '
        'learn, Delta depends on the weights of its own epoch, which the waveform engine does not iterate, got "waveform"',
        "weight_decay = 0.1\n",
        '[solver]\nengine = "waveform"\n',
    ),
]
