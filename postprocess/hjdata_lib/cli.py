"""The command line of hjdata. Exit status 0: written; 2: bad input or usage."""
import argparse
import shlex
import sys

from hjdata_lib import hopfield, sources
from hjdata_lib.dataset import DataError
from hjdata_lib.split import SCALES
from hjdata_lib.write import write

EPILOG = """\
The file has groups /train, /validation and /test, each with `inputs` (patterns x inputs), `targets` (classes from 0, or
patterns x outputs) and `rows` (the patterns' numbers in the source). Split and draws follow from --seed alone; the
scaling is computed from the training part alone and stands in the attributes.
"""


def parser():
    top = argparse.ArgumentParser(prog="hjdata", description="Data sets as HDF5 files that hjnet reads.", epilog=EPILOG,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="SOURCE")
    for name, source in sources.BUNDLED.items():
        verb = add(verbs, name, f"{source} (with Debian's python3-sklearn)", act_bundled)
        verb.set_defaults(name=name)
    verb = add(verbs, "csv", "a CSV file with a heading", act_csv, ["file"])
    verb.add_argument("--target", action="append", required=True, metavar="COLUMN",
                      help="column of the target: whole numbers or text are classes; given several times, numbers")
    verb.add_argument("--separator", default=",", metavar="CHARACTER", help="between cells (default: a comma)")
    numbers_option(verb)
    numbers_option(add(verbs, "numpy", "two NumPy files", act_numpy, ["inputs", "targets"]))
    verb = add(verbs, "synthetic", "points drawn about one centre a class", act_synthetic)
    verb.add_argument("--patterns", type=int, default=60, help="in all (default 60)")
    verb.add_argument("--inputs", type=int, default=4, help="of a pattern (default 4)")
    verb.add_argument("--classes", type=int, default=3, help="default 3")
    verb.add_argument("--noise", type=float, default=0.2, help="standard deviation about a centre (default 0.2)")
    hopfield.add_parser(verbs)
    return top


def numbers_option(verb):
    verb.add_argument("--numbers", action="store_true", help="whole numbers in the target are numbers, not classes")


def add(verbs, name, text, act, files=()):
    verb = verbs.add_parser(name, help=text, description=f"Writes: {text}.")
    for file in files:
        verb.add_argument(file, metavar=file.upper())
    verb.add_argument("output", metavar="OUT.h5")
    verb.add_argument("--split", nargs=3, type=float, default=[0.6, 0.2, 0.2], metavar=("TRAIN", "VALIDATION", "TEST"),
                      help="shares, of every class alike (default 0.6 0.2 0.2); a part with 0 is left out")
    verb.add_argument("--seed", type=int, default=0, help="of the split and of what is drawn (default 0)")
    verb.add_argument("--scale", choices=SCALES, default="none",
                      help="standard: every input to mean 0, deviation 1; unit: to 0 .. 1; common: all with one mean "
                           "and deviation; by the training part (default none)")
    verb.add_argument("--scale-targets", choices=SCALES, default="none", help="the same for targets that are numbers")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT.h5 where it exists")
    verb.set_defaults(act=act)
    return verb


def act_bundled(arguments):
    save(sources.bundled(arguments.name), arguments)


def act_csv(arguments):
    if len(arguments.separator) != 1:
        raise DataError(f"--separator: '{arguments.separator}'; expected one character")
    save(sources.table(arguments.file, arguments.target, arguments.separator, arguments.numbers), arguments)


def act_numpy(arguments):
    save(sources.arrays(arguments.inputs, arguments.targets, arguments.numbers), arguments)


def act_synthetic(arguments):
    save(sources.synthetic(arguments.patterns, arguments.inputs, arguments.classes, arguments.noise, arguments.seed),
         arguments)


def save(data, arguments):
    for line in write(data, arguments.output, arguments):
        print(line)


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser().parse_args(argv)
    arguments.command = shlex.join(["hjdata", *argv])
    try:
        if not 0 <= arguments.seed < 2**32:
            raise DataError(f"--seed: {arguments.seed}; expected a whole number from 0 to 4294967295")
        arguments.act(arguments)
    except DataError as error:
        print(f"hjdata: {error}", file=sys.stderr)
        return 2
    return 0
