"""What a malformed input is made of, and the good inputs that most of them spoil."""

from typing import NamedTuple, Sequence

# Six lines: what a case adds starts on line 7.
NETWORK = """[[network.layer]]
name = "ports"
neurons = 6
[[network.layer]]
name = "out"
neurons = 2
"""

PORTS = """a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25, width = 0.12 }
b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.12 }
"""
# Lines 7 to 9 after the network, then what a case adds from line 10.
PARTICLES = NETWORK + "[particles]\n" + PORTS


class Case(NamedTuple):
    name: str
    text: str
    message: str
    overrides: Sequence[str] = ()


class Usage(NamedTuple):
    name: str
    arguments: Sequence[str]
    message: str


def keys(good, **changed):
    """Lines of a table's keys, some of which differ from good ones; None: left out."""
    return "".join(f"{key} = {value}\n" for key, value in {**good, **changed}.items() if value is not None)


def added(name, text, message):
    """A case that adds text to a network that is good."""
    return Case(name, NETWORK + text, message)


def quantum(name, text, message):
    """A case that adds text to a network with particles."""
    return Case(name, PARTICLES + text, message)


def override(name, setting, message, text=PARTICLES):
    """A case that spoils a good input by --set."""
    return Case(name, text, message, [setting])


def projection(name, text, message):
    """A case with one projection, from 6 to 2 neurons; its text starts on line 10."""
    return added(name, '[[network.projection]]\nfrom = "ports"\nto = "out"\n' + text, message)
