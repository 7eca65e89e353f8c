"""The documentation as a site: the Markdown of README, docs/ and what lies beside them, read by Sphinx. cmake/Site.cmake calls it with
the repository's root as the source."""

import pathlib
import re

project = "hjnet"
author = "hjnet developers"
html_title = "hjnet"
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
extensions = ["myst_parser", "sphinx.ext.mathjax"]
root_doc = "docs/site/index"
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md", "docs/site/index.md", "benchmarks/README.md", "benchmarks/peers/README.md"]
html_extra_path = ["../../LICENSE", "../../CITATION.cff"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
mathjax_path = "mathjax/MathJax.js?config=TeX-AMS_CHTML"  # Debian's libjs-mathjax, of which cmake/Site.cmake copies what this asks for

mathjax2_config = {"tex2jax": {"processClass": "math"}, "messageStyle": "none"}


def in_mysts_words(app, name, source):
    """What GitHub's Markdown says otherwise: fences of equations, and links to places that are marked in HTML."""
    text = re.sub(r"^( *)```math$", r"\1```{math}", source[0], flags=re.MULTILINE)

    def link(found):
        words, page, place = found.groups()
        path = (pathlib.Path(app.srcdir) / name).parent / page if page else pathlib.Path(app.srcdir) / f"{name}.md"
        if not path.is_file() or f'<a id="{place}"></a>' not in path.read_text(encoding="utf-8"):
            return found[0]
        return f'<a href="{page.replace(".md", ".html")}#{place}">{words}</a>'

    source[0] = re.sub(r"\[([^][]*)\]\(([\w/.-]*)#([\w-]+)\)", link, text)


def setup(app):
    app.connect("source-read", in_mysts_words)
