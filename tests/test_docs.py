"""The codes of ideas and errata (N24, E45, S4) are explained, and a starred erratum has its test."""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| \[?([NES]\d+)( ★)?(?:\]\(#[^)]+\))? \|", re.MULTILINE)
IDEAS = (ROOT / "docs" / "ideas.md").read_text("utf-8")
ERRATA = "\n".join(
    cell.source for cell in nbformat.read(ROOT / "notebooks/A2_errata.ipynb", as_version=4).cells
)
EXPLAINED = {code for page in (IDEAS, ERRATA) for code, _ in ROW.findall(page)}


def texts():
    """Docstrings and comments of the library and the course, and the prose of the notebooks."""
    for path in sorted((ROOT / "nnlib").rglob("*.py")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        yield path.name, "\n".join(c.source for c in cells if c.cell_type == "markdown")


def test_ideas_and_errata_are_complete():
    numbers = {letter: [code for code in EXPLAINED if code[0] == letter] for letter in "NES"}
    assert {letter: len(codes) for letter, codes in numbers.items()} == {"N": 43, "E": 51, "S": 5}
    assert {"N1", "N43", "E1", "E51", "S0", "S4"} <= EXPLAINED


def test_every_code_is_explained():
    used = {
        (name, code) for name, text in texts() for code in re.findall(r"\b[NES]\d{1,2}\b", text)
    }
    assert len(used) > 100
    assert {(name, code) for name, code in used if code not in EXPLAINED} == set()


def test_a_starred_erratum_is_shown_by_a_number():
    starred = {code for code, star in ROW.findall(ERRATA) if star}
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tested = {code.upper() for code in re.findall(r"def test_(e\d+)_", tests)}
    assert len(starred) > 30
    assert starred - tested == set()


def test_chapters_that_ideas_link_to_are_there():
    links = set(re.findall(r"\]\((\.\./[^)]+)\)", IDEAS))
    assert len(links) >= 9
    assert [link for link in links if not (ROOT / "docs" / link).resolve().exists()] == []


def test_the_page_of_errata_leads_to_the_appendix():
    page = (ROOT / "docs" / "errata.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert "../notebooks/A2_errata.ipynb" in links
    assert [link for link in links if not (ROOT / "docs" / link).resolve().exists()] == []
    assert not ROW.search(page)  # the table stands once
