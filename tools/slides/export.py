"""Decks as files: a page for each chapter, and beside them, once, the programs that show them."""

import base64
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import SlidesExporter

from tools.downloads import npm_files
from tools.slides.blocks import blocks_of
from tools.slides.deck import as_notebook, deck_of

HERE = Path(__file__).parent
# What a deck asks for, and where it lies in its package of npm.
ASSETS = {
    "reveal.js": ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js", "LICENSE"),
    "mathjax": ("es5/tex-svg-full.js", "LICENSE"),
}


def write_assets(folder: Path) -> None:
    """Write what every deck needs.

    Raises DownloadError if it neither is kept nor can be had.
    """
    found = {package: npm_files(package, names.__contains__) for package, names in ASSETS.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for package, files in found.items():
        for name, content in files.items():
            last = name.rpartition("/")[2]
            (folder / (f"LICENSE.{package}" if last == "LICENSE" else last)).write_bytes(content)
    for own in (HERE / "assets").iterdir():
        shutil.copy(own, folder)


def with_pictures(chapter: Any, folder: Path) -> Any:
    """Put the pictures that a chapter's text names into the text, so that a deck is one file."""

    def data(found: re.Match[str]) -> str:
        content = base64.b64encode((folder / found[2]).read_bytes()).decode()
        return f"{found[1]}(data:image/png;base64,{content})"

    for cell in chapter.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"(!\[[^\]]*\])\(([^):]*\.png)\)", data, cell.source)
    return chapter


def write_deck(notebook: Path, folder: Path) -> tuple[Path, int]:
    """Write the deck of a chapter; return where it is and how many slides it has."""
    chapter = with_pictures(nbformat.read(notebook, as_version=4), notebook.parent)
    deck = deck_of(chapter)
    title = blocks_of(chapter.cells[0].source)[0].text.lstrip("# ")
    exporter = SlidesExporter(
        template_name="deck",
        extra_template_basedirs=[str(HERE / "templates")],
        exclude_anchor_links=True,
    )
    page, _ = exporter.from_notebook_node(as_notebook(deck), {"title": title})
    path = folder / f"{notebook.stem}.html"
    path.write_text(page, encoding="utf-8")
    return path, len(deck.slides)
