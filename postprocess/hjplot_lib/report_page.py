"""The page of `hjplot report`: HTML that needs nothing but itself, for screens light and dark, wide and narrow, and for
print."""
from html import escape

from hjplot_lib.outputs import MARK

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --soft: #666; --line: #d8d8d8; --mark: #b3541e; --box: #f5f5f3 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b; --soft: #a0a0a0; --line: #3a3d42; --mark: #f0a070; --box: #1f2226 }
  figure svg { filter: invert(0.91) hue-rotate(180deg) } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.2rem; max-width: 60rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.4rem 0 }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1.05rem; margin: 1.4rem 0 0.3rem }
p.question { font-size: 1.1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 0.2rem 0.9rem 0.2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top }
td.long { white-space: normal; overflow-wrap: anywhere }
.violated { border-left: 0.25rem solid var(--mark); padding: 0.1rem 0.8rem; background: var(--box) }
figure { margin: 1rem 0 1.6rem } figure svg { width: 100%; height: auto; display: block }
figcaption { color: var(--soft) }
pre { overflow-x: auto; padding: 0.8rem; background: var(--box); font-size: 0.85rem; line-height: 1.4 }
footer, .soft { color: var(--soft) }
@media (max-width: 40rem) { body { padding: 0.7rem; font-size: 0.95rem } h1 { font-size: 1.35rem } }
@media print { :root { --ink: #000; --paper: #fff; --box: #fff; --line: #bbb } body { max-width: none; font-size: 10pt }
  figure svg { filter: none } figure, table, .violated { break-inside: avoid } pre { white-space: pre-wrap } details > * { display: block } }
"""


def rows(lines):
    """The first line is the head."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in lines[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>\n" for line in lines[1:])
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}</table></div>\n'


def said(run, alone):
    parts = [] if alone else [f"<h3>{escape(run['name'])}</h3>\n"]
    parts.append(f'<p class="question">{escape(run["question"])}</p>\n')
    parts += [f"<p>{escape(line)}</p>\n" for line in run["found"]]
    if run["violated"]:
        parts.append('<div class="violated">\n' + "".join(f"<p>{escape(line)}</p>\n" for line in run["violated"]) + "</div>\n")
    return "".join(parts)


def drawn(name, picture, missing):
    inside = picture if picture is not None else f"<p>Not drawn: {escape(missing)}</p>"
    return f'<figure role="img" aria-label="{escape(name)}">\n<figcaption>{escape(name)}</figcaption>\n{inside}\n</figure>\n'


def repeated(run):
    """How to have it again."""
    ranks = f"mpiexec -n {run['ranks']} " if run["ranks"] and int(run["ranks"]) > 1 else ""
    lines = "".join(f'<tr><th>{escape(name)}</th><td class="long">{escape(value)}</td></tr>\n' for name, value in run["provenance"])
    return (f"<h3>{escape(run['name'])}</h3>\n<p>With the input below as <code>input.toml</code>:</p>\n"
            f"<pre>{escape(ranks)}hjnet run input.toml --output {escape(run['file'])}</pre>\n"
            f'<div class="wide"><table>\n{lines}</table></div>\n'
            f"<details><summary>The whole input, defaults and overrides put in</summary>\n<pre>{escape(run['input'])}</pre></details>\n")


def page(title, runs, figures_of, varied, pictures):
    """`runs` as report.section() gives them; tables are lines of cells, the first the head; of pictures (name, SVG, why
    there is none)."""
    parts = [f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="{MARK}">\n'
             '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
             f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"]
    parts += [said(run, len(runs) == 1) for run in runs]
    parts += ["<h2>Numbers</h2>\n", rows(figures_of),
              '<p class="soft">Errors are standard errors over the members. Concurrences are quoted where the density matrix '
              "is positive only.</p>\n"]
    if len(varied) > 1:
        parts += ["<h2>What the inputs differ in</h2>\n", rows(varied)]
    parts += ["<h2>Pictures</h2>\n", *(drawn(*picture) for picture in pictures)]
    parts += ["<h2>How to have it again</h2>\n", *map(repeated, runs)]
    parts.append(f"<footer><p>Written by {MARK}.</p></footer>\n</body>\n</html>\n")
    return "".join(parts)
