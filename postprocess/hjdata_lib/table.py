"""Data sets from tables: text, a heading and a line a pattern, compressed by gzip or not."""
import csv
import gzip
import io
import re
import zlib
from pathlib import Path

import numpy as np

from hjdata_lib.dataset import MISSING, DataError, made

SEPARATORS = (",", "\t", ";")  # the first of them that stands in the heading, where none is named
SPELT = {"\\t": "\t", "tab": "\t"}  # as it is typed in a shell
ABSENT = ("", "na", "n/a", "nan", "null", "none", "?")  # in whatever case: no value
WAY = "--missing drop leaves such patterns out, --missing mean fills inputs"


def table(path, names, options):
    """A table as a Dataset; `names` are the target columns, the rest are inputs. `options`: separator (or None),
    numbers, labels, missing, without (columns that are left out, as a first one without a name is: it numbers the rows)."""
    heading, lines = lines_of(path, options.separator)
    for name in [*names, *options.without]:
        if heading.count(name) != 1:
            what = "no column" if name not in heading else "several columns"
            raise DataError(f"{path}: {what} '{name}'; the columns are: {', '.join(heading)}")
        if name in names and name in options.without:
            raise DataError(f"--without: '{name}' is the target")
    picked = [heading.index(name) for name in names]
    left_out = {heading.index(name) for name in options.without} | ({0} if heading[0] == "" else set())
    rest = [column for column in range(len(heading)) if column not in left_out.union(picked)]
    cells = Cells(path, heading, lines, options.missing)
    inputs = np.array([cells.numbers(row, rest) for row in lines], float).reshape(len(lines), len(rest))
    targets, classes = targets_of(cells, picked, options)
    return made(inputs, targets, path, options.missing, source=f"{Path(path).name}, target {', '.join(names)}",
                columns=[heading[c] for c in rest], left_out=[heading[c] for c in sorted(left_out.difference(picked))],
                **({"classes": classes} if classes else {}))


def content_of(path):
    """The bytes of a file, unpacked where gzip has packed them."""
    content = Path(path).read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error) as error:
        raise OSError(f"damaged gzip file: {error}") from error


def lines_of(path, separator):
    """The heading, and (line number, cells) of every pattern."""
    try:
        text = content_of(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if separator is None:
        separator = next((s for s in SEPARATORS if s in text.partition("\n")[0]), SEPARATORS[0])
    if separator == " ":  # any number of them, as columns of text have
        text = re.sub("^ +| +(?=\r?$)|(?<= ) +", "", text, flags=re.MULTILINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != " ")
    try:
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: cannot be read: {error}") from error
    if len(lines) < 2:
        raise DataError(f"{path}: expected a heading and at least one line of data")
    heading = lines[0][1]
    for number, row in lines[1:]:
        if len(row) != len(heading):
            raise DataError(f"{path}:{number}: {len(row)} cells, but the heading has {len(heading)}")
    return heading, lines[1:]


def separator_of(text):
    separator = SPELT.get(text, text)
    if len(separator) != 1 or separator in '"\r\n':
        raise DataError(f"--separator: '{text}'; expected one character, or tab")
    return separator


class Cells:
    """The cells of a table as numbers, with the place of what is none in messages."""

    def __init__(self, path, heading, lines, missing):
        self.path, self.heading, self.lines, self.missing = path, heading, lines, missing

    def column(self, number):
        return [row[number] for _, row in self.lines]

    def numbers(self, line, columns):
        number, row = line
        return [self.number(number, column, row[column]) for column in columns]

    def number(self, line, column, cell):
        """NaN where the value is missing and something is done about that."""
        if is_absent(cell):
            self.refuse_missing(line, column, cell)
            return np.nan
        if not is_number(cell):
            self.refuse(line, column, f"holds '{cell}', which is no number")
        return float(cell)

    def refuse_missing(self, line, column, cell):
        if self.missing == MISSING[0]:
            self.refuse(line, column, f"has no value{f' ({cell})' if cell else ''}: {WAY}")

    def refuse(self, line, column, why):
        raise DataError(f"{self.path}:{line}: column '{self.heading[column]}' {why}")


def targets_of(cells, picked, options):
    """(targets, names of the classes). One column of whole numbers or of text: classes; else numbers, and no names."""
    if len(picked) == 1 and not options.numbers:
        column = cells.column(picked[0])
        known = [cell for cell in column if not is_absent(cell)]
        if options.labels or not any(map(is_number, known)):
            return classes_of(cells, picked[0], column, [""], options.labels)  # "NA" is a label as good as any
        if all(map(is_whole, known)):
            return classes_of(cells, picked[0], column, ABSENT, False)
        for line, row in cells.lines:
            cell = row[picked[0]]
            if not is_absent(cell) and not is_number(cell):
                cells.refuse(line, picked[0], f"holds '{cell}', which is no number as others are: --labels takes all as "
                                              "text")
    return np.array([cells.numbers(line, picked) for line in cells.lines]), []


def classes_of(cells, column, values, absent, labels):
    """Numbers of the classes, -1 where it is missing, and their names: as they are written, in ascending order."""
    lacking = [value.lower() in absent for value in values]
    if any(lacking):
        first = lacking.index(True)
        cells.refuse_missing(cells.lines[first][0], column, values[first])
    names = sorted({value for value, lacks in zip(values, lacking) if not lacks})
    if all(map(is_whole, names)):
        names.sort(key=whole)
        twice = next((pair for pair in zip(names, names[1:]) if whole(pair[0]) == whole(pair[1])), None)
        if twice and not labels:
            raise DataError(f"{cells.path}: column '{cells.heading[column]}' writes one number as '{twice[0]}' and as "
                            f"'{twice[1]}': --labels takes them as two classes")
    number = {name: i for i, name in enumerate(names)}
    return np.array([-1 if lacks else number[value] for value, lacks in zip(values, lacking)], np.int64), names


def is_absent(cell):
    return cell.lower() in ABSENT


def is_number(cell):
    try:
        return bool(np.isfinite(float(cell))) and "_" not in cell  # which Python allows between digits
    except ValueError:
        return False


def is_whole(cell):
    return re.fullmatch(r"[+-]?[0-9]{1,4000}(\.0*)?", cell) is not None  # what Python takes as an int


def whole(cell):
    return int(cell.partition(".")[0])
