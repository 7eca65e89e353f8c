"""How the tools end: expected errors with a line and status 2, all others with a line and status 1, never a traceback."""
import importlib
import os
import signal
import sys
from pathlib import Path


class UserError(Exception):
    """Something that the user can put right; the message names the file or the option."""


def ended(program, act, about=()):
    """The exit status of `act()`, which may return one. `about`: files that a message about the unexpected names."""
    try:
        status = act() or 0
        sys.stdout.flush()
        return status
    except UserError as error:
        say(program, error)
        return 2
    except KeyboardInterrupt:
        say(program, "interrupted")
        return 128 + signal.SIGINT
    except BrokenPipeError:  # the reader of a pipe has gone; nor must Python complain of it when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        say(program, f"{named(about)}not enough memory")
        return 1
    except ImportError as error:
        say(program, f"{error}: the tools need Debian's python3-h5py, python3-numpy, python3-matplotlib and "
                     "python3-scipy, and run by /usr/bin/python3")
        return 1
    except Exception as error:  # noqa: BLE001  (the one place that stands between a user and a traceback)
        say(program, f"{named(about)}unexpected {type(error).__name__} in {place(error)}: {first_line(error)}")
        return 1


def launch(program, module):
    """`main` of a module, from its import on; ends in order, without leavings, where it is told to stop."""
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, lambda number, _: sys.exit(128 + number))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        getattr(sys, name).reconfigure(errors="backslashreplace")  # a terminal or file of ASCII
    return ended(program, lambda: importlib.import_module(module).main())


def say(program, text):
    print(f"{program}: {text}", file=sys.stderr)


def named(files):
    return f"{', '.join(map(str, files[:3]))}{', ...' if len(files) > 3 else ''}: " if files else ""


def place(error):
    """Where the tools' own code was when it happened, for whoever reports it."""
    found, trace = "", error.__traceback__
    own = Path(__file__).resolve().parents[1]
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if own in file.resolve().parents:
            found = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def first_line(error):
    lines = str(error).splitlines()
    return lines[0] if lines else "no reason given"
