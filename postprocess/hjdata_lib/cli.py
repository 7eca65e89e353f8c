"""The command line of hjdata. Exit status 0: written; 1: failed; 2: bad input or usage."""
import argparse
import shlex
import sys

from hjcommon_lib.ending import ended
from hjcommon_lib.places import Read, Written, check_places, paths_of
from hjdata_lib import hopfield, sources
from hjdata_lib.dataset import MISSING, DataError
from hjdata_lib.split import SCALES
from hjdata_lib.table import separator_of, table
from hjdata_lib.write import check_replaced, write

EPILOG = """\
The file has groups /train, /validation and /test, each with `inputs` (patterns x inputs), `targets` (classes from 0, or
patterns x outputs) and `rows` (the patterns' numbers in the source). Split and draws follow from --seed alone; the
scaling is computed from the training part alone and stands in the attributes (what is too long for one, in a dataset of its name).
"""


def parser():
    top = argparse.ArgumentParser(prog="hjdata", description="Data sets as HDF5 files that hjnet reads.", epilog=EPILOG,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="SOURCE")
    for name, source in sources.BUNDLED.items():
        verb = add(verbs, name, f"{source} (with Debian's python3-sklearn)", act_bundled)
        verb.set_defaults(name=name)
    verb = add(verbs, "csv", "a table with a heading, as text or packed by gzip", act_csv, ["file"])
    verb.add_argument("--target", action="append", required=True, metavar="COLUMN",
                      help="column of the target: whole numbers or text are classes; given several times, numbers")
    verb.add_argument("--separator", metavar="CHARACTER",
                      help="between cells, or tab (default: that of comma, tab, semicolon which the heading has)")
    verb.add_argument("--without", action="append", default=[], metavar="COLUMN",
                      help="leave this column out (again for more); a first column without a name always is")
    verb.add_argument("--labels", action="store_true", help="whatever stands in the target is the name of a class")
    source_options(verb)
    source_options(add(verbs, "numpy", "two NumPy files, packed by gzip or not", act_numpy, ["inputs", "targets"]))
    verb = add(verbs, "synthetic", "points drawn about one centre a class", act_synthetic)
    verb.add_argument("--patterns", type=int, default=60, help="in all (default 60)")
    verb.add_argument("--inputs", type=int, default=4, help="of a pattern (default 4)")
    verb.add_argument("--classes", type=int, default=3, help="default 3")
    verb.add_argument("--noise", type=float, default=0.2, help="standard deviation about a centre (default 0.2)")
    for name, source, act in (("sphere", "sin(pi frequency <x, x'>) of pairs of points of a sphere", act_sphere),
                              ("ball", "points in a ball and in the shell around it, as two classes", act_ball)):
        verb = add(verbs, name, source, act)
        verb.add_argument("--patterns", type=int, default=1000, help="in all (default 1000)")
        verb.add_argument("--dimension", type=int, default=3, help="of the space (default 3)")
        if name == "sphere":
            verb.add_argument("--frequency", type=float, default=3.0,
                              help="half waves between <x, x'> = 0 and 1 (default 3)")
    hopfield.add_parser(verbs)
    return top


def source_options(verb):
    verb.add_argument("--numbers", action="store_true", help="whole numbers in the target are numbers, not classes")
    verb.add_argument("--missing", choices=MISSING, default=MISSING[0],
                      help="values (empty, NA, nan, null, ?): refuse them (default), drop their patterns, or put the mean "
                           "of the training part in the place of inputs")


def add(verbs, name, text, act, files=()):
    verb = verbs.add_parser(name, help=text, description=f"Writes: {text}.")
    for file in files:
        verb.add_argument(file, type=Read, metavar=file.upper())
    verb.add_argument("output", type=Written, metavar="OUT.h5")
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
    if arguments.separator is not None:
        arguments.separator = separator_of(arguments.separator)
    if arguments.labels and (arguments.numbers or len(arguments.target) > 1):
        raise DataError("--labels: one --target, and no --numbers beside it")
    save(table(arguments.file, arguments.target, arguments), arguments)


def act_numpy(arguments):
    save(sources.arrays(arguments.inputs, arguments.targets, arguments.numbers, arguments.missing), arguments)


def act_synthetic(arguments):
    save(sources.synthetic(arguments.patterns, arguments.inputs, arguments.classes, arguments.noise, arguments.seed),
         arguments)


def act_sphere(arguments):
    save(sources.sphere(arguments.patterns, arguments.dimension, arguments.frequency, arguments.seed), arguments)


def act_ball(arguments):
    save(sources.ball(arguments.patterns, arguments.dimension, arguments.seed), arguments)


def save(data, arguments):
    for line in write(data, arguments.output, arguments):
        print(line)


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser().parse_args(argv)
    arguments.command = shlex.join(["hjdata", *argv])
    return ended("hjdata", lambda: act(arguments), paths_of(arguments, Read))


def act(arguments):
    check_places(arguments)
    check_replaced(arguments.output, arguments.overwrite)
    if not 0 <= arguments.seed < 2**32:
        raise DataError(f"--seed: {arguments.seed}; expected a whole number from 0 to 4294967295")
    arguments.act(arguments)
