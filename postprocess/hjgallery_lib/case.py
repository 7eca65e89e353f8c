"""What a case of the gallery is: its runs, its pictures, and what is said of them."""
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hjplot_lib.runfile import RunFile
from hjplot_lib.torusfile import TorusFile


@dataclass(frozen=True)
class Run:
    """One call of hjnet. Cases may share it: it is then made once."""
    name: str  # of the run file, NAME.h5
    input: str = ""  # input/INPUT.toml; default: the name
    options: tuple[str, ...] = ()  # of hjnet, as they would stand on its command line
    verb: str = "run"
    data: tuple[str, ...] = ()  # of hjdata, before the run: makes the data file that the input reads, beside it

    @property
    def toml(self):
        return f"{self.input or self.name}.toml"

    @property
    def file(self):
        return f"{self.name}.h5"


@dataclass(frozen=True)
class Picture:
    name: str  # of the picture, NAME.png
    hjplot: tuple[str, ...]  # arguments, with run files as Run.file says
    shows: str  # what is read where the picture cannot be seen


class Facts:
    """The run files of a case, and the statements about them that do not hold."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self.broken = []

    def run(self, name):
        return RunFile(self._folder / f"{name}.h5")

    def torus(self, name):
        return TorusFile(self._folder / f"{name}.h5")

    def path(self, name):
        return self._folder / f"{name}.h5"

    def claim(self, holds, statement):
        """The text says `statement`; where the run does not bear it out, the case has failed."""
        if not holds:
            self.broken.append(statement)


@dataclass(frozen=True)
class Case:
    name: str  # --only NAME, and the link to its section
    title: str
    runs: tuple[Run, ...]
    pictures: tuple[Picture, ...]
    report: Callable[[Facts], str]  # the section's text, in Markdown, with figures taken from the runs
    see: tuple[str, ...] = ()  # pages of docs/ that have more


@dataclass(frozen=True)
class Chapter:
    title: str
    cases: tuple[Case, ...]
