"""Pages to read and to start from: each notebook as plain HTML, and the front page; none needs a script to be read."""

import base64
import hashlib
import html
import re
import shutil
import struct
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools.downloads import npm_files
from tools.site.wheels import ROOT

NOTEBOOKS, HERE = ROOT / "notebooks", Path(__file__).parent / "page"
MATHJAX = "es5/tex-svg.js"
PICTURE = re.compile(r'<img([^>]*?) ?src="data:image/png;base64,([A-Za-z0-9+/=]+)"')
FIRST_VISIT = 40  # megabytes for the first chapter, as measured
APP = "lab/index.html"  # what opens a notebook live
ANCHOR = re.compile(r'<a class="anchor-link"[^>]*?(?:/>|>\s*</a>)')
# A row of the table of chapters: its number, in bold, and what it leaves behind.
TAKEAWAY = re.compile(r"^\| \*\*(\w+)\*\*[^|]*\| *([^|\n]+?) *\|", re.MULTILINE)
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True)


class Chapter(NamedTuple):
    """A notebook as the front page and the reading pages name it."""

    path: str  # below notebooks/, without .ipynb
    title: str
    takeaway: str = ""
    picture: str = ""
    alt: str = ""

    @property
    def number(self) -> str:
        """Return what its file name begins with: 05b."""
        return self.path.rpartition("/")[2].partition("_")[0]


def megabytes(folder: Path) -> float:
    """Return what a folder holds, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def write_pages(site: Path) -> None:
    """Write the front page and read/: a page for each notebook, its pictures, and what formulas need."""
    folder = site / "read"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    (folder / "mathjax.js").write_bytes(npm_files("mathjax", MATHJAX.__eq__)[MATHJAX])
    shutil.copytree(NOTEBOOKS / "images", folder / "images")
    for name in ("site.css", "front.js", "phone.js"):
        shutil.copy(HERE / name, site / name)
    (site / "code.css").write_text(code_style(), encoding="utf-8")
    chapters = [_with_picture(chapter, folder) for chapter in contents()]
    for before, chapter, after in _neighbours(chapters):
        _write_page(folder, chapter, {"before": before, "after": after})
    for path in sorted((NOTEBOOKS / "solutions").glob("*.ipynb")):
        title = _title(_cells(path))
        _write_page(folder, Chapter(f"solutions/{path.stem}", title), {})
    front = TEMPLATES.get_template("front.html")
    first, whole = FIRST_VISIT, round(megabytes(site))
    words = front.render(chapters=chapters, app=APP, megabytes=first, whole=whole)
    (site / "index.html").write_text(words, encoding="utf-8")


def contents() -> list[Chapter]:
    """Return the chapters and appendices, with what the table of the first one says that each leaves behind."""
    table = "\n".join(
        cell.source
        for cell in _cells(NOTEBOOKS / "00_start_here.ipynb")
        if cell.cell_type == "markdown"
    )
    said = {number: words for number, words in TAKEAWAY.findall(table)}
    chapters = [
        Chapter(path.stem, _title(_cells(path))) for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    ]
    return [each._replace(takeaway=said.get(each.number, "")) for each in chapters]


def _neighbours(chapters: list[Chapter]) -> list[tuple[Chapter | None, Chapter, Chapter | None]]:
    return list(zip([None, *chapters[:-1]], chapters, [*chapters[1:], None], strict=True))


def _cells(path: Path) -> list[Any]:
    return list(nbformat.read(path, as_version=4).cells)


def _title(cells: list[Any]) -> str:
    first = next(cell.source for cell in cells if cell.cell_type == "markdown")
    return first.splitlines()[0].removeprefix("# ")


def _with_picture(chapter: Chapter, folder: Path) -> Chapter:
    """Return the chapter with its first picture, which is written to the folder."""
    for cell in _cells(NOTEBOOKS / f"{chapter.path}.ipynb"):
        for output in cell.get("outputs", []):
            part = _with_files(output_html(output), folder)
            if found := re.search(r'alt="([^"]*)"', part):
                source = re.search(r'src="([^"]*)"', part)
                alt = html.unescape(found[1])
                return chapter._replace(picture=f"read/{source[1]}" if source else "", alt=alt)
    return chapter


def _write_page(folder: Path, chapter: Chapter, around: dict[str, Chapter | None]) -> None:
    up = "../" * (1 + chapter.path.count("/"))
    cells = _cells(NOTEBOOKS / f"{chapter.path}.ipynb")
    # as JupyterLab names cells in links
    body = [f'<div id="cell-id={cell.id}">{cell_html(cell)}</div>' for cell in cells]
    text = _with_files("\n".join(body), folder).replace(
        'src="pictures/', f'src="{up}read/pictures/'
    )
    text = re.sub(r'(href="[\w./-]+)\.ipynb', r"\1.html", text)
    page = TEMPLATES.get_template("chapter.html")
    path = folder / f"{chapter.path}.html"
    path.parent.mkdir(exist_ok=True)
    has_formulas = "$" in text
    words = page.render(
        chapter=chapter, body=text, up=up, app=APP, has_formulas=has_formulas, **around
    )
    path.write_text(words, encoding="utf-8")


def cell_html(cell: Any) -> str:
    """Return a cell, and what it put out, as HTML."""
    if cell.cell_type == "markdown":
        renderer = IPythonRenderer(escape=False, anchor_link_text="")
        words = str(MarkdownWithMath(renderer=renderer).render(cell.source))
        # headings keep the names that links lead to; a wide table is scrolled by the keyboard too
        words = ANCHOR.sub("", words).replace("<table>", '<table tabindex="0">')
        return re.sub(r"<th( [^>]*)?>\s*</th>", r"<td></td>", words)  # nothing heads its column
    code = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True))
    outputs = "".join(output_html(output) for output in cell.outputs)
    told = f'<div class="output">{outputs}</div>' if outputs else ""
    return f'<pre class="code" tabindex="0"><code>{code}</code></pre>{told}'


def output_html(output: Any) -> str:
    """Return what a cell put out as HTML: its own, or its text."""
    if output.output_type == "stream":
        return f'<pre tabindex="0">{html.escape(output.text)}</pre>'
    data = output.get("data", {})
    plain = html.escape(data.get("text/plain", ""))
    return str(data.get("text/html") or f'<pre tabindex="0">{plain}</pre>')


def _with_files(text: str, folder: Path) -> str:
    """Return the HTML with its pictures in files of their own, so that a page is small and comes first."""

    def file(found: re.Match[str]) -> str:
        data = base64.b64decode(found[2])
        name = f"pictures/{hashlib.sha256(data).hexdigest()[:16]}.png"
        (folder / name).write_bytes(data)
        width, height = struct.unpack(">II", data[16:24])
        return f'<img loading="lazy" width="{width}" height="{height}"{found[1]} src="{name}"'

    return PICTURE.sub(file, text)


def code_style() -> str:
    """Return the colours of code on light and on dark pages, each with enough contrast to be read."""
    light = HtmlFormatter(style="github-light-high-contrast").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark-high-contrast").get_style_defs(".code")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
