"""Inputs of hjnet as nested dictionaries: a small network, the tables that a test names, and their text."""

import json

LAYERS = {"ports": 6, "hidden": 5, "out": 2}
PARTICLES = {"a": {"stokes": [0, 0, 1], "neurons": [0, 1, 2], "time": 0.25, "width": 0.12},
             "b": {"stokes": [1, 0, 0], "neurons": [3, 4, 5], "time": 0.60, "width": 0.12}}


def case(layers=LAYERS, **tables):
    """An input: of each layer, by its name, the neurons or all that its table holds; and other tables."""
    listed = [{"name": name, **(keys if isinstance(keys, dict) else {"neurons": keys})} for name, keys in layers.items()]
    return changed({"network": {"layer": listed}}, **tables)


def changed(content, **tables):
    """An input with other keys in some of its tables; a key that is None is left out."""
    for name, keys in tables.items():
        merged = {**content.get(name, {}), **keys}
        content = {**content, name: {key: value for key, value in merged.items() if value is not None}}
    return content


# It learns in a blink.
TINY = case({"in": 2, "out": 1}, run={"epochs": 4, "samples_per_epoch": 4, "seed": 1},
            learning={"epoch_memory": 0.5, "target": 0.5}, stimulus={"constant": {"layer": "in", "value": 1.0}})


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
    """As TOML: a table of its own for each of the first level, inline tables below."""
    lines = []
    for table, keys in content.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {inline(value)}" for name, value in keys.items()]
    return "\n".join(lines) + "\n"
