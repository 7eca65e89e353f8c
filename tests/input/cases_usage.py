"""Cases of the command line."""

from case import Usage


def walltime(name, text):
    """A case of a --max-walltime that is none."""
    return Usage(
        name,
        ["run", "case.toml", "--max-walltime", text],
        f"hjnet: --max-walltime: expected HH:MM:SS or D-HH:MM:SS, above 0, got '{text}'\n"
        "Run with --help for more information.",
    )


USAGE = [
    Usage(
        "an unknown verb",
        ["chek"],
        "hjnet: expected one of run, check, torus, quantum, info, schema, help, got 'chek' (did you mean 'check'?)",
    ),
    Usage(
        "no input",
        ["check"],
        "hjnet: INPUT is required\nRun with --help for more information.",
    ),
    Usage(
        "an unknown option",
        ["check", "case.toml", "--jason"],
        "hjnet: The following argument was not expected: --jason\nRun with --help for more information.",
    ),
    Usage(
        "an option of another verb",
        ["check", "case.toml", "--overwrite"],
        "hjnet: The following argument was not expected: --overwrite\nRun with --help for more information.",
    ),
    Usage(
        "two inputs",
        ["check", "a.toml", "b.toml"],
        "hjnet: The following argument was not expected: b.toml\nRun with --help for more information.",
    ),
    Usage(
        "an override without a value",
        ["check", "case.toml", "--set"],
        "hjnet: --set: 1 required KEY=VALUE missing\nRun with --help for more information.",
    ),
    Usage(
        "an unknown option before the verb",
        ["--verbose"],
        "hjnet: The following argument was not expected: --verbose\nRun with --help for more information.",
    ),
    Usage(
        "a restart that overwrites",
        ["run", "case.toml", "--restart=auto", "--overwrite"],
        "hjnet: --restart: goes on with a run file, and --overwrite replaces it: expected one of them\n"
        "Run with --help for more information.",
    ),
    Usage(
        "a restart from nothing",
        ["run", "case.toml", "--restart"],
        "hjnet: --restart: 1 required FILE|auto missing\nRun with --help for more information.",
    ),
    Usage(
        "a restart from an empty name",
        ["run", "case.toml", "--restart", ""],
        "hjnet: --restart: expected a checkpoint or auto, got ''\nRun with --help for more information.",
    ),
    Usage(
        "a restart of what computes nothing",
        ["check", "case.toml", "--restart", "auto"],
        "hjnet: The following arguments were not expected: auto --restart\nRun with --help for more information.",
    ),
    walltime("a wall time that is a number", "3600"),
    walltime("a wall time of minutes and seconds", "30:00"),
    walltime("a wall time of sixty minutes", "00:60:00"),
    walltime("a wall time of days with too many hours", "1-24:00:00"),
    walltime("no wall time", "00:00:00"),
    walltime("a negative wall time", "-1:00:00"),
    walltime("an empty wall time", ""),
    Usage(
        "good options of a restart",
        ["run", "nowhere.toml", "--restart", "checkpoints/run-000003.h5", "--max-walltime", "2-00:30:00"],
        "nowhere.toml: expected a readable input file: No such file or directory",
    ),
    Usage(
        "an input that does not exist",
        ["check", "nowhere.toml"],
        "nowhere.toml: expected a readable input file: No such file or directory",
    ),
    Usage(
        "an input that is a folder",
        ["check", "."],
        ".: expected an input file, got a directory",
    ),
    Usage(
        "a run of no input",
        ["run", "nowhere.toml"],
        "nowhere.toml: expected a readable input file: No such file or directory",
    ),
    Usage(
        "info of no file",
        ["info"],
        "hjnet: FILE is required\nRun with --help for more information.",
    ),
]
