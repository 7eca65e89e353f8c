"""A wavefunction, of a torus or of a family of networks."""
from hjplot_lib import network_wave, torus_wave
from hjplot_lib.runfile import format_of
from hjplot_lib.torusfile import TorusFile
from hjplot_lib.verb import PICTURE, Verb, open_runs, option, run_files


def read(arguments):
    path = arguments.runs[0]
    return TorusFile(path) if format_of(path) == "hjnet-torus" else open_runs(arguments)[0]


def make(file, arguments):
    if isinstance(file, TorusFile):
        yield arguments.output, torus_wave.draw(file, arguments.level, arguments.time, arguments.title)
    else:
        yield arguments.output, network_wave.draw(file, arguments.title)


VERB = Verb("wavefunction", "Draws",
            "a wavefunction: its phase as colour, its density against the members of a family, or against orbits", make,
            [run_files("a run with a table [wavefunction], or a file of hjnet torus", 1),
             option("--level", type=int, metavar="N",
                    help="of a torus file: row of its levels, from 0 (default: the first that has a torus)"),
             option("--time", type=int, default=0, metavar="N", help="of a torus file: number of the time, from 0"), *PICTURE],
            read)
