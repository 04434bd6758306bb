"""How Sphinx makes the site: one configuration for both languages, nothing loaded from elsewhere."""

import re
from pathlib import Path

from cptpp_graph.version import __version__

HERE = Path(__file__).parent
NARROW = re.compile(r"(?<=\S) (?=:(?:\s|$))|(?<=«) | (?=»)")

project = "cptpp-graph"
author = "The cptpp-graph founders"
release = version = __version__
copyright = "cptpp-graph, MIT"
language = "en"  # build.py says which with -D

extensions = ["myst_nb"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # tests/test_notebook.py executes; the page shows what the notebook holds
nb_render_markdown_format = "myst"
exclude_patterns = ["**/.*"]
highlight_language = "text"
suppress_warnings: list[str] = []
nitpicky = True
smartquotes = False

html_theme = "pydata_sphinx_theme"
html_title = "cptpp-graph"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_favicon = str(HERE.parent / "cptpp_graph" / "static" / "icon.svg")
html_show_sourcelink = False
html_copy_source = False
html_use_index = False
templates_path = [str(HERE / "templates")]
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "cptpp-graph"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button", "language.html"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["notice.html"],
    "footer_end": [],
    "show_toc_level": 2,
    "show_prev_next": True,
    "back_to_top_button": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def other_language(app, pagename, templatename, context, doctree) -> None:
    """Where the same page stands in the other language, or its first page where it does not."""
    there = "en" if context["language"] == "fr" else "fr"
    page = pagename if any((HERE / there).glob(f"{pagename}.*")) else "index"
    context.update(there=there, other_page=f"{context['content_root']}../{there}/{page}.html")


def french_spaces(app, docname: str, source: list[str]) -> None:
    """French colons and quotation marks keep to their words; code is left as it is."""
    if app.config.language == "fr":
        parts = re.split(r"(^```.*?^```$|`[^`\n]+`|^:.*$)", source[0], flags=re.DOTALL | re.MULTILINE)
        source[0] = "".join(part if place % 2 else NARROW.sub("\N{NO-BREAK SPACE}", part) for place, part in enumerate(parts))


def setup(app) -> None:
    app.connect("source-read", french_spaces)
    app.connect("html-page-context", other_language)
