"""The command line of hjgallery. Exit status 0: all cases made; 1: some failed, the others were made; 2: usage."""
import argparse
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from hjgallery_lib import page
from hjgallery_lib.case import Case, Facts
from hjgallery_lib.cases import PAGES
from hjgallery_lib.making import Made, MakingError, Workshop

ROOT = Path(__file__).resolve().parents[2]


class UsageError(Exception):
    """What the call asks for cannot be done; nothing was made."""


@dataclass
class Result:
    """What came of a case."""
    case: Case
    runs: list  # (Run, Made)
    drawn: set = field(default_factory=set)
    drawing: float = 0.0  # seconds
    text: str = ""
    errors: list = field(default_factory=list)


def parser():
    top = argparse.ArgumentParser(
        prog="hjgallery", description="Runs shipped inputs, draws them, and writes a page about them.")
    top.add_argument("--page", choices=PAGES, default="gallery", help="which page (default gallery)")
    top.add_argument("--only", action="append", metavar="CASE", help="this case alone, any number of times; needs --output")
    top.add_argument("--list", action="store_true", help="print the cases and their runs, and make nothing")
    top.add_argument("--output", type=Path, metavar="DIR",
                     help="the page goes to DIR/PAGE.md, pictures to DIR/figures/PAGE (default: docs)")
    top.add_argument("--runs", type=Path, metavar="DIR", help="run files and logs (default: results/gallery)")
    top.add_argument("--ranks", type=int, default=2, metavar="N", help="MPI ranks of every run (default 2)")
    top.add_argument("--hjnet", metavar="FILE", help="the executable (default: that of build/release, else from PATH)")
    top.add_argument("--launcher", default=os.environ.get("MPIEXEC", "mpiexec"), metavar="PROGRAM",
                     help="starts the ranks, by -n N (default: $MPIEXEC, else mpiexec)")
    top.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS", help="for one run (default 1800)")
    top.add_argument("--resume", action="store_true",
                     help="keep complete runs that the same executable made from the same inputs on as many ranks")
    top.add_argument("--overwrite", action="store_true", help="replace page, pictures and run files that exist")
    return top


def chosen_cases(page_name, names):
    known = {case.name: case for chapter in PAGES[page_name] for case in chapter.cases}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        raise UsageError(f"--only {unknown[0]}: there is no such case; there are {', '.join(known)}")
    return [case for case in known.values() if not names or case.name in names]


def found_hjnet(given):
    built = ROOT / "build/release/apps/hjnet"
    path = given or (str(built) if built.is_file() else shutil.which("hjnet"))
    if path is None or not os.access(path, os.X_OK) or Path(path).is_dir():
        raise UsageError(f"--hjnet: {path} is no executable" if path else
                         "there is no hjnet: build it (bash jobscripts/gallery.sh does) or name it by --hjnet")
    return Path(path).resolve()


def check_free(arguments, cases, output):
    """Nothing that is there is replaced unasked."""
    files = [output / f"{arguments.page}.md"]
    files += [output / "figures" / arguments.page / f"{picture.name}.png" for case in cases for picture in case.pictures]
    if not arguments.resume:
        files += [arguments.runs / run.file for case in cases for run in case.runs]
    there = [path for path in dict.fromkeys(files) if path.exists()]
    if there and not arguments.overwrite:
        others = f" and {len(there) - 1} more of its files" if len(there) > 1 else ""
        raise UsageError(f"{there[0]}{others} would be replaced; --overwrite allows it")


def prepare(arguments):
    """The workshop and the cases of a call; an error of usage before anything is made."""
    if arguments.only and arguments.output is None:
        raise UsageError("--only makes a page of some cases alone: say by --output DIR where to")
    if arguments.ranks < 1 or not arguments.limit > 0.0:
        raise UsageError("--ranks and --limit must be positive")
    cases = chosen_cases(arguments.page, arguments.only)
    output = (arguments.output or ROOT / "docs").resolve()
    arguments.runs = (arguments.runs or ROOT / "results/gallery").resolve()
    check_free(arguments, cases, output)
    if shutil.which(arguments.launcher) is None:
        raise UsageError(f"--launcher: there is no program {arguments.launcher}")
    workshop = Workshop(hjnet=found_hjnet(arguments.hjnet), launcher=[arguments.launcher, "-n", str(arguments.ranks)],
                        ranks=arguments.ranks, inputs=ROOT / "input", runs=arguments.runs, pictures=output / "figures" / arguments.page,
                        resume=arguments.resume, limit=arguments.limit)
    return workshop, cases, output


def say(text):
    print(text, flush=True)


def make_runs(workshop, cases):
    """All runs of all cases, each once."""
    runs = {run.name: run for case in cases for run in case.runs}
    made = {}
    for number, run in enumerate(runs.values(), start=1):
        say(f"[{number}/{len(runs)}] {run.name}")
        made[run.name] = workshop.make(run)
        say(f"    {made[run.name].error or page.duration(made[run.name].seconds)}")
    return made


def show(workshop, case, runs):
    """Pictures and text of a case whose runs are there."""
    result = Result(case, runs, errors=[f"`{run.name}`: {made.error}" for run, made in runs if made.error])
    if result.errors:
        return result
    start = time.monotonic()
    for picture in case.pictures:
        try:
            workshop.draw(picture)
            result.drawn.add(picture.name)
        except (MakingError, OSError) as error:
            result.errors.append(f"picture `{picture.name}`: {error}")
    result.drawing = time.monotonic() - start
    facts = Facts(workshop.runs)
    try:
        result.text = case.report(facts)
    except Exception as error:  # of whatever kind: the other cases are to be made all the same
        result.errors.append(f"its text could not be written: {type(error).__name__}: {error}")
    result.errors += [f"the runs do not bear out: {statement}" for statement in facts.broken]
    return result


def make(workshop, page_name, cases, output):
    try:
        workshop.lay_out()
    except OSError as error:
        raise UsageError(f"cannot prepare {workshop.runs} and {output}: {error}") from error
    made = make_runs(workshop, cases)
    say("drawing and reading")
    results = {case.name: show(workshop, case, [(run, made.get(run.name, Made())) for run in case.runs])
               for case in cases}
    text = page.render(page_name, PAGES[page_name], results, workshop.ranks, f"figures/{page_name}")
    (output / f"{page_name}.md").write_text(text, encoding="utf-8")
    return results


def conclude(results, seconds, written, logs):
    failed = [result for result in results.values() if result.errors]
    say(f"{len(results) - len(failed)} of {len(results)} cases in {page.duration(seconds)}: {written}")
    for result in failed:
        for error in result.errors:
            print(f"hjgallery: {result.case.name}: {error}", file=sys.stderr)
    if failed:
        print(f"hjgallery: logs are in {logs}", file=sys.stderr)
    return 1 if failed else 0


def main(argv=None):
    arguments = parser().parse_args(argv)
    start = time.monotonic()
    try:
        if arguments.list:
            for case in chosen_cases(arguments.page, arguments.only):
                say(f"{case.name}: {', '.join(run.name for run in case.runs)}")
            return 0
        workshop, cases, output = prepare(arguments)
        results = make(workshop, arguments.page, cases, output)
    except UsageError as error:
        print(f"hjgallery: {error}", file=sys.stderr)
        return 2
    return conclude(results, time.monotonic() - start, output / f"{arguments.page}.md", workshop.runs)
