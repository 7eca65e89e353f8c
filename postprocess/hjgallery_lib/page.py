"""A page, in Markdown."""
import shlex
import textwrap


HEADS = {"gallery": """# Gallery

What hjnet computes, case by case, from the inputs in `input/`: pictures, the time that the runs took, what they show
and what they do not. Results were read from the run files when this page was written, and where the text compares them in words
the script has checked that the runs bear it out.

`bash jobscripts/gallery.sh --overwrite` makes all of it again: the program, the runs, the pictures and this page
(`--help` has its options). What is said here is to be changed in `postprocess/hjgallery_lib/cases`, not in this file.
""", "meaning": """# What the entanglement means

Five questions that a referee has of a concurrence: who would find it, of what it is made, whether it comes before its cause, how far
from a classical one the mediator is, and what noise it survives. The networks are those of figure 3 (6-8-2, 12 epochs), 256 of them behind
every figure, ± a standard error; differences are taken member by member (`hjplot difference`), quartiles are those of members. Results were read
from the run files when this page was written, and where the text compares them in words the script has checked that the runs bear it out.

`bash jobscripts/gallery.sh --page meaning --overwrite` makes all of it again. What is said here is to be changed in
`postprocess/hjgallery_lib/cases/meaning.py`, not in this file.
"""}


def duration(seconds):
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60.0:.1f} min"


def filled(text):
    """Paragraphs in lines of even length; tables and lists as they are."""
    blocks = text.strip().split("\n\n")
    return "\n\n".join(block if block.startswith(("|", "* ", "```")) else
                       textwrap.fill(block, 120, break_long_words=False, break_on_hyphens=False) for block in blocks) + "\n"


def anchor(case):
    return f'<a id="{case.name}"></a>'


def summary(chapters, results, ranks):
    runs = {run.name: made for result in results.values() for run, made in result.runs}
    drawing = sum(result.drawing for result in results.values())
    lines = ["| case | runs | time |", "| --- | --- | --- |"]
    for chapter in chapters:
        for case in chapter.cases:
            if case.name in results:
                lines.append(row(case, results[case.name]))
    total = sum(made.seconds for made in runs.values())
    text = (f"The {len(runs)} runs took {duration(total)} on {ranks} MPI rank{'s' if ranks > 1 else ''} of one machine, the "
            f"pictures {duration(drawing)}. A run that several cases share counts for each of them in the table, and "
            "once in the sum.")
    return filled(text) + "\n" + "\n".join(lines) + "\n"


def row(case, result):
    time = "failed" if result.errors else duration(sum(made.seconds for _, made in result.runs))
    return f"| [{case.title}](#{case.name}) | {', '.join(f'`{run.name}`' for run, _ in result.runs)} | {time} |"


def commands(result, ranks):
    """What a reader types to have the same."""
    data = dict.fromkeys(run.data for run, _ in result.runs if run.data)
    lines = [shlex.join(["hjdata", source, f"input/{file}", *options]) for source, file, *options in data]
    for run, made in result.runs:
        command = ["mpiexec", "-n", str(ranks), "hjnet", run.verb, f"input/{run.toml}", *run.options]
        command += ["--output", run.file] if run.file != f"{run.toml.removesuffix('.toml')}.h5" else []
        lines.append(f"{shlex.join(command)}    # {duration(made.seconds) if not made.error else 'failed'}")
    for picture in result.case.pictures:
        lines.append(shlex.join(["hjplot", *picture.hjplot, "-o", f"{picture.name}.png"]))
    return "```sh\n" + "\n".join(lines) + "\n```\n"


def section(result, ranks, folder):
    """Heading, pictures, text and commands of a case."""
    case = result.case
    parts = [f"{anchor(case)}\n\n### {case.title}\n"]
    parts += [f"![{picture.shows}]({folder}/{picture.name}.png)\n" for picture in case.pictures
              if picture.name in result.drawn]
    if result.errors:
        parts.append("**This case failed when the page was written:** " + "; ".join(result.errors) + ".\n")
    if result.text:
        parts.append(filled(result.text))
    if case.see:
        parts.append("More: " + ", ".join(f"[{page.removesuffix('.md')}]({page})" for page in case.see) + ".\n")
    return "\n".join(parts) + "\n" + commands(result, ranks)


def render(name, chapters, results, ranks, folder):
    """`results` by the name of the case, of those that were made; `folder`: of the pictures, seen from the page."""
    parts = [HEADS[name], summary(chapters, results, ranks)]
    for chapter in chapters:
        made = [results[case.name] for case in chapter.cases if case.name in results]
        if made:
            parts.append(f"## {chapter.title}\n")
            parts += [section(result, ranks, folder) for result in made]
    return "\n".join(parts)
