"""Nested dictionaries as TOML: a table of its own for each of the first level, inline tables below."""

import json


def inline(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {inline(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return repr(value)


def dump(content):
    lines = []
    for table, keys in content.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {inline(value)}" for name, value in keys.items()]
    return "\n".join(lines) + "\n"
