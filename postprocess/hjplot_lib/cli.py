"""The command line of hjplot. Exit status 0: written; 1: failed; 2: bad input or usage."""
import argparse
import sys

from hjcommon_lib.ending import ended
from hjcommon_lib.places import Read, Written, check_places, paths_of
from hjplot_lib import (confusion, difference, energy_account, entanglement, feedback, gauge_picture, gridworld, hopfield, kernel,
                        learning, learning_study, network, potential, report, scaling, scan_picture, shapes, style, table, torus,
                        wavefunction)
from hjplot_lib.outputs import Picture, check_replaced, origin, write_table

# Modules that have a VERB, in the order of the help.
VERBS = (potential, shapes, entanglement, network, feedback, difference, gauge_picture, kernel, learning, confusion,
         gridworld, hopfield, torus, wavefunction, table, report, scaling, learning_study, energy_account, scan_picture)


def parser():
    top = argparse.ArgumentParser(prog="hjplot", description="Pictures and tables from hjnet run files.")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in (module.VERB for module in VERBS):
        one = verbs.add_parser(verb.name, help=verb.text, description=verb.description())
        for names, keywords in verb.options:
            one.add_argument(*names, **keywords)
        one.set_defaults(chosen=verb)
    return top


def main(argv=None):
    words = sys.argv[1:] if argv is None else argv
    arguments = parser().parse_args(words)
    return ended("hjplot", lambda: act(arguments, words), paths_of(arguments, Read))


def act(arguments, words):
    check_places(arguments)
    check_replaced(paths_of(arguments, Written))
    verb = arguments.chosen
    style.Width.inches = vars(arguments).get("width")
    for place, made in verb.make(verb.read(arguments), arguments):
        if place is None:
            sys.stdout.write(made)
        elif isinstance(place, Picture):
            style.save(made, place, arguments.dpi, origin(paths_of(arguments, Read), words))
        else:
            write_table(place, made)
