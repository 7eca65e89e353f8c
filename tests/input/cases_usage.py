"""Cases of the command line."""

from case import Usage


def refused(name, arguments, words):
    """A case of a command line that is none."""
    return Usage(name, arguments, f"hjnet: {words}\nRun with --help for more information.")


def surplus(name, arguments, words):
    return refused(name, arguments, f"The following argument was not expected: {words}")


def walltime(name, text):
    """A case of a --max-walltime that is none."""
    return refused(name, ["run", "case.toml", "--max-walltime", text],
                   f"--max-walltime: expected HH:MM:SS or D-HH:MM:SS, above 0, got '{text}'")


def nowhere(name, arguments):
    return Usage(name, arguments, "nowhere.toml: expected a readable input file: No such file or directory")


USAGE = [
    Usage("an unknown verb", ["chek"],
          "hjnet: expected one of run, check, scan, torus, quantum, info, diff, weights, init, examples, schema, help, got 'chek' (did you mean 'check'?)"),
    refused("no input", ["check"], "INPUT is required"),
    surplus("an unknown option", ["check", "case.toml", "--jason"], "--jason"),
    surplus("an option of another verb", ["check", "case.toml", "--overwrite"], "--overwrite"),
    surplus("two inputs", ["check", "a.toml", "b.toml"], "b.toml"),
    refused("an override without a value", ["check", "case.toml", "--set"], "--set: 1 required KEY=VALUE missing"),
    surplus("an unknown option before the verb", ["--verbose"], "--verbose"),
    refused("a restart that overwrites", ["run", "case.toml", "--restart=auto", "--overwrite"],
            "--restart: goes on with a run file, and --overwrite replaces it: expected one of them"),
    refused("a restart from nothing", ["run", "case.toml", "--restart"], "--restart: 1 required FILE|auto missing"),
    refused("a restart from an empty name", ["run", "case.toml", "--restart", ""],
            "--restart: expected a checkpoint or auto, got ''"),
    refused("a restart of what computes nothing", ["check", "case.toml", "--restart", "auto"],
            "The following arguments were not expected: auto --restart"),
    walltime("a wall time that is a number", "3600"),
    walltime("a wall time of minutes and seconds", "30:00"),
    walltime("a wall time of sixty minutes", "00:60:00"),
    walltime("a wall time of days with too many hours", "1-24:00:00"),
    walltime("no wall time", "00:00:00"),
    walltime("a negative wall time", "-1:00:00"),
    walltime("an empty wall time", ""),
    nowhere("good options of a restart",
            ["run", "nowhere.toml", "--restart", "checkpoints/run-000003.h5", "--max-walltime", "2-00:30:00"]),
    nowhere("an input that does not exist", ["check", "nowhere.toml"]),
    Usage("an input that is a folder", ["check", "."], ".: expected an input file, got a directory"),
    nowhere("a run of no input", ["run", "nowhere.toml"]),
    refused("info of no file", ["info"], "FILE is required"),
]
