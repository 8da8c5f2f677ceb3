"""How Sphinx makes the site: one plain theme, light and dark, nothing from the network."""

from docutils import nodes
from sphinx.application import Sphinx

import nnlib
from tools.docs.docstrings import as_restructured_text

project = "Neural networks from scratch"
author = "The authors of the course"
version = release = nnlib.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "myst_parser"]

html_theme = "furo"
html_title = project
html_show_sphinx = html_show_copyright = False
html_copy_source = False
templates_path: list[str] = []
pygments_style, pygments_dark_style = "friendly", "native"
html_theme_options = {"navigation_with_keys": True}

myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]
smartquotes = False
python_use_unqualified_type_names = True
viewcode_follow_imported_members = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}


def setup(app: Sphinx) -> None:
    """Let autodoc read docstrings as they are written here."""
    app.connect("autodoc-process-docstring", _translate)
    app.connect("doctree-read", _drop_the_obvious)


def _translate(app: object, what: str, name: str, of: object, options: object, lines: list) -> None:
    lines[:] = as_restructured_text("\n".join(lines)).split("\n")


def _drop_the_obvious(app: object, page: nodes.document) -> None:
    for paragraph in list(page.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object":
            paragraph.parent.remove(paragraph)
