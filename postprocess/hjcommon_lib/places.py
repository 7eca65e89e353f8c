"""Where the tools write: never onto what they read, and whole or not at all."""
import itertools
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from hjcommon_lib.ending import UserError


class Read(str):
    """The path of a file that a command reads: the type of its argument."""


class Written(str):
    """The path of a file that a command writes: the type of its argument."""


def paths_of(arguments, kind):
    """The paths of a kind (Read or Written) among parsed arguments."""
    values = (value if isinstance(value, list) else [value] for value in vars(arguments).values())
    return [item for value in values for item in value if isinstance(item, kind)]


def check_places(arguments):
    """No output may be a file that is read, nor another output: by whatever name, link or spelling."""
    outputs = paths_of(arguments, Written)
    for number, output in enumerate(outputs):
        for read in paths_of(arguments, Read):
            if is_same(output, read):
                raise UserError(f"{output}: is read by this command{'' if output == read else f' as {read}'}; expected "
                                "another name for what is written")
        if any(is_same(output, other) for other in outputs[:number]):
            raise UserError(f"{output}: named for two outputs; expected a name for each")
        check_place(output)


def is_same(one, other):
    """Whether two paths mean one file. Where neither is there yet the spelling decides, without regard to case: some
    file systems have none."""
    if os.path.exists(one) and os.path.exists(other):
        return os.path.samefile(one, other)
    return os.path.exists(one) == os.path.exists(other) and spelling(one) == spelling(other)


def spelling(path):
    return os.path.realpath(path).casefold()


def check_place(path):
    path = Path(path)
    if path.is_dir():
        raise UserError(f"{path}: is a folder; expected the name of a file")
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if not target.parent.is_dir():
        raise UserError(f"{path}: there is no folder {target.parent}")


def is_stream(path):
    """/dev/stdout, a pipe, ...: nothing in it could be lost, and nothing can take its place."""
    return os.path.exists(path) and not os.path.isfile(path)


NUMBERS = itertools.count()


@contextmanager
def replacement(path):
    """The path of a file to be filled. It takes the place of `path`, behind a link where that is one, once it is
    complete; of a failure nothing is left."""
    target = Path(os.path.realpath(path))
    part = target.with_name(f".hjnet-{os.getpid()}-{next(NUMBERS)}")
    try:
        yield part
        if target.exists():
            shutil.copymode(target, part)
        os.replace(part, target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
