"""What hjplot writes: pictures and tables, each known again by what stands in it, so that nothing else is replaced."""
import re
import shlex
from pathlib import Path

from hjcommon_lib.places import Written, is_stream, replacement
from hjplot_lib.runfile import PlotError

MARK = "hjplot of hjnet"
# Format: the key of a picture's metadata that holds MARK, that for where it comes from, and how such a file begins.
FORMATS = {"png": ("Software", "Description", b"\x89PNG"), "pdf": ("Creator", "Subject", b"%PDF"),
           "svg": ("Creator", "Description", b"<?xml"), "eps": ("Creator", None, b"%!PS"), "ps": ("Creator", None, b"%!PS")}
# How the headings of all tables begin, whatever is between the words.
HEADINGS = (("run", "members"), ("number", "file"), ("quantity", "largest"), ("ranks", "size"))
MARK_WITHIN = 1 << 16  # bytes from either end of a file


class Picture(Written):
    def __new__(cls, text):
        return super().__new__(cls, text if Path(text).suffix else f"{text}.png")

    def metadata(self, source):
        mark, origin, _ = FORMATS.get(Path(self).suffix[1:].lower(), (None, None, None))
        return {key: text for key, text in ((mark, MARK), (origin, source)) if key} or None

    def is_own(self, head, tail):
        return head.startswith(tuple(start for *_, start in FORMATS.values())) and MARK.encode() in head + tail


class Table(Written):
    def is_own(self, head, _):
        words = re.findall(r"[^\s,|(]+", head.partition(b"\n")[0].decode(errors="replace"))
        return tuple(words[:2]) in HEADINGS


class Page(Written):
    def is_own(self, head, _):
        return head.startswith(b"<!doctype html>") and MARK.encode() in head


def check_replaced(outputs):
    """A file that is there already is replaced where it is hjplot's own, or empty."""
    for output in outputs:
        if not Path(output).exists() or is_stream(output):
            continue
        try:
            with open(output, "rb") as file:
                head = file.read(MARK_WITHIN)
                file.seek(max(0, Path(output).stat().st_size - MARK_WITHIN))
                tail = file.read()
        except OSError as error:
            raise PlotError(f"{output}: {error.strerror}") from error
        if head and not output.is_own(head, tail):
            raise PlotError(f"{output}: exists, and is no {type(output).__name__.lower()} of hjplot's, and so not "
                            "replaced: remove it, or give another name")


def write_table(path, text):
    try:
        if is_stream(path):
            Path(path).write_text(text, encoding="utf-8")
            return
        with replacement(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlotError(f"{path}: {error.strerror}") from error


def origin(paths, words):
    """Where a picture comes from: the command, and of each run that it shows which one it is and what made it."""
    import h5py

    told = [shlex.join(["hjplot", *words])]
    for path in dict.fromkeys(paths):
        try:
            with h5py.File(path, "r", locking=False) as file:  # as its verb has it open
                about = file.attrs
                told.append(f"{path}: {about['run_id']}, hjnet {about['code_version']}, commit {about['git_commit']}")
        except (OSError, KeyError):  # no run file: whatever else is read
            continue
    return "\n".join(told)


def write_picture(path, figure, dpi, source=""):
    """`figure`: matplotlib's; `source`: as origin() says it."""
    path = Picture(path)
    options = {"dpi": dpi, "format": Path(path).suffix[1:].lower(), "metadata": path.metadata(source)}
    try:
        if is_stream(path):
            with open(path, "wb") as stream:
                figure.savefig(stream, **options)
            return
        with replacement(path) as part:
            figure.savefig(part, **options)
    except (OSError, ValueError) as error:
        raise PlotError(f"{path}: cannot write the picture: {error}") from error
