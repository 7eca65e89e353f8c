"""The reference page of the input, as tables of keys with what each expects."""

import re
from typing import NamedTuple


class Key(NamedTuple):
    name: str
    default: str
    expected: str


class Page(NamedTuple):
    tables: dict  # name without brackets: list of Key

    def keys(self, table):
        return self.tables[table]

    def names(self):
        """Every key as TABLE.KEY, and every table as a message names it, with a colon."""
        names = {f"{table}.{key.name}" for table, keys in self.tables.items() for key in keys}
        return names | {f"{table}:" for table in self.tables} | {"gauge.constraint '"}  # a constraint by its name


def cells(line):
    """The cells of a table's line; `\\|` is a bar within one."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def parse(text):
    tables = {}
    table = None
    for line in text.splitlines():
        if heading := re.match(r"## `\[+([^\]]+)\]", line):
            table = tables.setdefault(heading[1], [])
        elif table is not None and (row := re.match(r"\| `(\w+)` \|", line)):
            _, default, expected, _ = cells(line)
            table.append(Key(row[1], default.strip("`"), expected))
    return Page(tables)
