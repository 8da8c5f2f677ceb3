"""The chapters with their exercises, read from the course's notebooks, and which of them a hand-in is of."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PACKAGE = re.compile(r"^\s*from\s+nnlib\.chapters\.(\w+)\s+import\b.*\bexercises\b", re.MULTILINE)
CHECK = re.compile(r"\bcheck\(\s*[\"'](\w+)[\"']")
HEADING = re.compile(r"\*\*Exercise (\d+ – [^*]+?)\.?\*\*")


@dataclass(frozen=True)
class Chapter:
    """A chapter: its number, its package, the headings of its exercises by name, the ids of the cells that check."""

    number: str
    package: str
    exercises: dict[str, str]
    ids: frozenset[str]


def text_of(cell: dict[str, Any]) -> str:
    """Return what is written in a cell; a notebook has it in one piece or in lines."""
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    return "".join(part for part in parts if isinstance(part, str))


def chapters() -> list[Chapter]:
    """Return all chapters of the course that have exercises, in order."""
    found = [_chapter(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    return [chapter for chapter in found if chapter.exercises]


def _chapter(path: Path) -> Chapter:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    package, heading = "", ""
    exercises, ids = {}, set()
    for cell in cells:
        text = text_of(cell)
        if cell["cell_type"] != "code":
            heading = ([heading, *HEADING.findall(text)])[-1]
            continue
        package = ([package, *PACKAGE.findall(text)])[-1]
        for name in CHECK.findall(text):
            exercises[name] = heading
            ids.add(cell["id"])
    return Chapter(path.stem.partition("_")[0], package, exercises, frozenset(ids))


def recognise(cells: Sequence[dict[str, Any]], known: Sequence[Chapter]) -> Chapter | None:
    """Return the chapter that a hand-in is of, whatever its file is called; None if it is of none.

    Its import of the exercises says so; if that is gone, the ids of its cells do, or the names that it checks.
    """
    texts = "\n".join(text_of(cell) for cell in cells)
    imports, names = Counter(PACKAGE.findall(texts)), set(CHECK.findall(texts))
    ids = {str(cell.get("id")) for cell in cells}

    def signs(chapter: Chapter) -> tuple[int, int, int]:
        checked = len(names & set(chapter.exercises))
        return imports[chapter.package], len(ids & chapter.ids), checked

    best = max(known, key=signs)
    imported, same_cells, checked = signs(best)
    return best if imported or same_cells or checked > 1 else None
