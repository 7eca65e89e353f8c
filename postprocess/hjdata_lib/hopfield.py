"""Weights of a Hopfield network that stores patterns, and corrupted patterns to start it from.

/weights   N x N    gain/N sum xi xi^T with zero diagonal (Hebb's rule), exactly symmetric
/patterns  P x N    xi, +1 or -1
/shown     R        which pattern each start is a corrupted copy of
/start     R N      start by start: amplitude times the pattern, with a share of its signs flipped
"""
import numpy as np

from hjcommon_lib.places import Written
from hjdata_lib.dataset import DataError
from hjdata_lib.write import HOPFIELD, new_file

# Four letters on 8 x 8 points, no two of which overlap by more than 0.1: Hebb's rule stores no others together.
LETTERS = {
    "h": "#....... #....... #....... #.###... ##...#.. #....#.. #....#.. #....#..",
    "J": "....#### .....##. .....##. .....##. .....##. ##...##. ##...##. .#####..",
    "N": "##....## ###...## ####..## ##.##.## ##..#### ##...### ##....## ##....##",
    "E": "######## ######## ##...... ######.. ######.. ##...... ######## ########",
}


def letters():
    return np.array([[1.0 if point == "#" else -1.0 for point in text.replace(" ", "")] for text in LETTERS.values()])


def add_parser(verbs):
    text = "a Hopfield network: weights that store patterns, and corrupted patterns to start from"
    verb = verbs.add_parser("hopfield", help=text, description=f"Writes: {text}.")
    verb.add_argument("output", type=Written, metavar="OUT.h5")
    verb.add_argument("--patterns", type=int, metavar="P",
                      help="store so many drawn patterns (default: four letters on 8 x 8 points)")
    verb.add_argument("--neurons", type=int, metavar="N", help="of drawn patterns (default 100)")
    verb.add_argument("--gain", type=float, default=3.0, help="times the weights (default 3)")
    verb.add_argument("--flips", type=float, default=0.2, help="share of the signs that are flipped (default 0.2)")
    verb.add_argument("--amplitude", type=float, default=0.5, help="|y| at the start, below 1 (default 0.5)")
    verb.add_argument("--recalls", type=int, metavar="R", help="starts, of the patterns in turn (default: one each)")
    verb.add_argument("--seed", type=int, default=0, help="of patterns and flips (default 0)")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT.h5 where it exists")
    verb.set_defaults(act=main)
    return verb


def main(arguments):
    check(arguments)
    made = make(arguments)
    save(made, arguments)
    overlap = made["patterns"] @ made["patterns"].T / made["patterns"].shape[1]
    largest = np.abs(overlap - np.diag(np.diag(overlap))).max()
    count, neurons = made["patterns"].shape
    print(f"/weights: {neurons} neurons, {count} patterns, largest overlap of two {largest:.3f}")
    print(f"/start: {len(made['shown'])} starts, {round(arguments.flips * neurons)} of {neurons} signs flipped in each")


def check(arguments):
    wrong = []
    if arguments.patterns is None and arguments.neurons is not None:
        wrong.append("--neurons: the letters have 64; expected --patterns beside it")
    for name, low in (("patterns", 1), ("neurons", 2), ("recalls", 1)):
        value = getattr(arguments, name)
        if value is not None and value < low:
            wrong.append(f"--{name}: {value}; expected a whole number from {low}")
    if not 0.0 <= arguments.flips <= 1.0:
        wrong.append(f"--flips: {arguments.flips}; expected a number from 0 to 1")
    if not 0.0 < arguments.amplitude < 1.0:
        wrong.append(f"--amplitude: {arguments.amplitude}; expected a number between 0 and 1, the range of tanh")
    if not np.isfinite(arguments.gain):
        wrong.append(f"--gain: {arguments.gain}; expected a finite number")
    if wrong:
        raise DataError("; ".join(wrong))


def make(arguments):
    draw = np.random.Generator(np.random.Philox(arguments.seed))
    if arguments.patterns is None:
        patterns = letters()
    else:
        patterns = draw.choice([-1.0, 1.0], size=(arguments.patterns, arguments.neurons or 100))
    count, neurons = patterns.shape
    weights = np.einsum("pi,pj->ij", patterns, patterns) * (arguments.gain / neurons)
    np.fill_diagonal(weights, 0.0)
    shown = np.arange(arguments.recalls or count) % count
    start = arguments.amplitude * patterns[shown]
    for row in start:
        row[draw.permutation(neurons)[: round(arguments.flips * neurons)]] *= -1.0
    return {"weights": weights, "patterns": patterns, "shown": shown.astype(np.int64), "start": start.ravel()}


def save(made, arguments):
    with new_file(arguments.output, HOPFIELD, arguments.command) as file:
        for name in ("gain", "flips", "amplitude", "seed"):
            file.attrs[name] = getattr(arguments, name)
        for name, values in made.items():
            file[name] = values
            file[name].attrs["units"] = "1"
