"""Appendix A2: each erratum stands there once, each star is run both ways, and all of it leads to the chapters."""

import ast
import re
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
CHAPTERS = sorted(path for path in FOLDER.glob("[0-9]*.ipynb") if not path.name.startswith("00"))
CODE = re.compile(r"(?:\[(?P<starred>E\d+) ★\]\(#cell-id=(?P<cell>[\w-]+)\)|(?P<plain>E\d+)|–)")
LINK = re.compile(r"\[([^]]+)\]\(([^)#]+)(?:#cell-id=([^)]+))?\)")


@cache
def cells(path):
    return nbformat.read(path, as_version=4).cells


A2 = cells(FOLDER / "A2_errata.ipynb")


class Row(NamedTuple):
    """A row of a table: its code, the cell that a star leads to, the other columns, and the heading it stands under."""

    code: str
    star: str
    notes: str
    says: str
    holds: str
    course: str
    heading: str


def rows_of(cell):
    heading = cell.source.splitlines()[0].removeprefix("## ")
    lines = cell.source.partition("|---|---|---|---|---|\n")[2].splitlines()
    for line in takewhile(lambda line: line.startswith("|"), lines):
        code, *columns = line.removeprefix("| ").removesuffix(" |").split(" | ")
        found = CODE.fullmatch(code)
        name = found["starred"] or found["plain"] or ""
        yield Row(name, found["cell"] or "", *columns, heading)


SECTIONS = [cell for cell in A2 if cell.source.startswith("## ")]
ROWS = [row for cell in SECTIONS for row in rows_of(cell)]
STARRED = [row for row in ROWS if row.star]
every_star = pytest.mark.parametrize("row", STARRED, ids=lambda row: row.code)


def test_each_erratum_stands_there_once():
    codes = [row.code for row in ROWS if row.code]
    assert sorted(codes, key=lambda code: int(code[1:])) == [f"E{n}" for n in range(1, 52)]
    assert len(ROWS) - len(codes) >= 8  # what has no number
    assert len(STARRED) == 31


def test_each_row_says_whose_it_is_what_they_say_and_what_holds():
    for row in ROWS:
        assert re.match(r"S[0-4]\b", row.notes), row
        assert not row.code or re.search(r"\((A|S|\?|A; .* S)\)$", row.notes), row
        assert row.says, row
        assert len(row.holds) > 25, row


def test_each_section_is_that_of_a_chapter_and_each_chapter_has_one():
    titles = [path.stem.split("_")[0] for path in CHAPTERS]
    names = [cells(path)[0].source.splitlines()[0].partition(" · ")[2] for path in CHAPTERS]
    chapters = [f"Chapter {title}, {name}" for title, name in zip(titles, names, strict=True)]
    written = [cell.source.splitlines()[0].partition(" · ")[2] for cell in SECTIONS]
    assert [name.lower() for name in written] == [name.lower() for name in chapters]


def test_each_row_names_its_chapter_and_sections_that_are_there():
    for row in ROWS:
        links = LINK.findall(row.course)
        chapter = re.search(r"Chapter (\w+),", row.heading)[1]
        assert chapter in [words for words, _, place in links if not place], row
        for words, name, place in links:
            assert (FOLDER / name).is_file(), row
            (starts,) = {cell.source[:40] for cell in cells(FOLDER / name) if cell.id == place} or (
                {f"# {words} ·"} if not place else {""}
            )
            assert starts.startswith((f"## {words} ·", f"# {words} ·")), (row, words)
            assert not place or name in [other for _, other, at in links if not at]


def block_of(row):
    """The heading that a star leads to, and the cells below it, up to the next heading."""
    (start,) = (place for place, cell in enumerate(A2) if cell.id == row.star)
    return [A2[start], *takewhile(lambda cell: not cell.source.startswith("#"), A2[start + 1 :])]


def comparisons(source):
    """How many comparisons the asserts of a cell make; one that compares nothing counts as one."""
    asserts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    found = [[part for part in ast.walk(node) if isinstance(part, ast.Compare)] for node in asserts]
    return sum(max(1, sum(len(part.ops) for part in parts)) for parts in found)


@every_star
def test_a_star_leads_to_both_versions_run_and_compared(row):
    title, *below = block_of(row)
    assert re.match(rf"### {row.code} \S", title.source)
    code = [cell for cell in below if cell.cell_type == "code"]
    assert sum(comparisons(cell.source) for cell in code) >= 2
    printed = "".join(output.get("text", "") for cell in code for output in cell.outputs)
    assert "as written" in printed
    assert "as it should be" in printed
    assert re.search(r"\d|nan", printed)


def test_a_star_stands_in_the_section_of_its_row():
    heading, found = "", {}
    for cell in A2:
        heading = cell.source.splitlines()[0] if cell.source.startswith("## ") else heading
        found[cell.id] = heading.removeprefix("## ")
    assert {row.code: found[row.star] for row in STARRED} == {
        row.code: row.heading for row in STARRED
    }


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_leads_to_its_section(path):
    (cell,) = (cell for cell in cells(path) if "## Where the notes disagree" in cell.source)
    ((words, name, place),) = LINK.findall(cell.source)
    (section,) = (section for section in SECTIONS if section.id == place)
    number, _, title = section.source.splitlines()[0].removeprefix("## ").partition(" · ")
    assert (words, name) == (f"appendix A2, section {number}", "A2_errata.ipynb")
    assert title.startswith(f"Chapter {path.stem.split('_')[0]}, ")
    assert "For readers of the lecture notes" in cell.source
    assert len(cell.source.split("\n\n")) == 2  # the heading and one line
