"""Cases of output.checkpoint."""

from case import added, override


def checkpoint(name, fields, position, message):
    """A case of a checkpoint table with these fields; position is the column that the message names."""
    return added(
        name,
        f"[output]\ncheckpoint = {{ {fields} }}\n",
        f"case.toml:8:{position}: output.checkpoint.{message}",
    )


CASES = [
    checkpoint("no epoch between checkpoints", "every_epochs = 0", 16, "every_epochs: expected an integer >= 1, got 0"),
    checkpoint(
        "half an epoch between checkpoints",
        "every_epochs = 0.5",
        16,
        "every_epochs: expected an integer >= 1, got 0.5",
    ),
    checkpoint("no time between checkpoints", "every_minutes = 0", 16, "every_minutes: expected a number > 0, got 0"),
    checkpoint(
        "time between checkpoints with a unit",
        'every_minutes = "30 min"',
        16,
        'every_minutes: expected a number > 0, got "30 min"',
    ),
    checkpoint("no checkpoint kept", "every_epochs = 5, keep = 0", 34, "keep: expected an integer >= 1, got 0"),
    checkpoint(
        "too many checkpoints kept",
        "keep = 2147483648",
        16,
        "keep: expected an integer >= 1 and <= 2147483647, got 2147483648",
    ),
    checkpoint("a negative time", "redo_minutes = -1", 16, "redo_minutes: expected a number >= 0, got -1"),
    checkpoint("endless epochs", "redo_minutes = inf", 16, "redo_minutes: expected a number >= 0, got inf"),
    checkpoint(
        "a directory without a name",
        'directory = ""',
        16,
        'directory: expected the name of a directory, got ""',
    ),
    checkpoint(
        "a misspelt key of checkpoints",
        "every_epoch = 5",
        16,
        "every_epoch: unknown key, expected one of every_epochs, every_minutes, final, keep, redo_minutes, directory (did "
        "you mean 'every_epochs'?)",
    ),
    added(
        "a table of checkpoints with an unknown key",
        "[output.checkpoint]\nfolder = 3\n",
        "case.toml:8:1: output.checkpoint.folder: unknown key, expected one of every_epochs, every_minutes, final, keep, "
        "redo_minutes, directory",
    ),
    added(
        "checkpoints as a number",
        "[output]\ncheckpoint = 5\n",
        "case.toml:8:1: output.checkpoint: expected a table, got 5",
    ),
    added(
        "a list of checkpoints",
        "[[output.checkpoint]]\nkeep = 3\n",
        "case.toml:7:10: output.checkpoint: expected a table, got a list of 1",
    ),
    added(
        "a key of checkpoints elsewhere",
        "[output]\nkeep = 3\n",
        "case.toml:8:1: output.keep: unknown key, expected one of file, states, weights, checkpoint (did you mean "
        "'output.checkpoint.keep'?)",
    ),
    override(
        "checkpoints by --set",
        "output.checkpoint.keep=0",
        "--set output.checkpoint.keep=0: output.checkpoint.keep: expected an integer >= 1, got 0",
    ),
]
