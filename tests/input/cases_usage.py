"""Cases of the command line."""

from case import Usage

USAGE = [
    Usage(
        "no verb",
        [],
        "hjnet: expected one of run, check, info, got nothing",
    ),
    Usage(
        "an unknown verb",
        ["chek"],
        "hjnet: expected one of run, check, info, got 'chek' (did you mean 'check'?)",
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
        "an option of a later version",
        ["run", "case.toml", "--restart=auto"],
        "hjnet: The following argument was not expected: --restart=auto\nRun with --help for more information.",
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
