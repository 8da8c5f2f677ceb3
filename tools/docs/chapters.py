"""What a chapter says about itself, read from its notebook: goals, minutes, exercises."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
PICTURES = ROOT / "docs" / "pictures" / "chapters"


class Chapter(NamedTuple):
    """A chapter: its number (05b), title, first words, goals, minutes of each section, exercises, and its file.

    ``picture`` says what its first picture shows. An appendix (A1) has neither goals nor minutes.
    """

    number: str
    title: str
    about: str
    goals: list[str]
    minutes: dict[str, int]
    exercises: list[str]
    picture: str
    path: Path


def chapters() -> Iterator[Chapter]:
    """Return all chapters, in their order."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield read(path)


def read(path: Path) -> Chapter:
    """Return what the notebook says; the test of notebooks keeps the form that is read here."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    number = path.name.split("_")[0]
    about = re.sub(r"^(#|!\[).*$", "", _before(text, "**You will be able to**"), flags=re.MULTILINE)
    return Chapter(
        number=number,
        title=_first(r"^# (?:\S+ · )?(.+)$", text),
        about=LINK.sub(r"\1", about.strip().split("\n\n")[0]),
        goals=re.findall(r"^- (.+?)[;.]$", _between(text, "able to**", "**You need**"), re.M),
        minutes=_minutes(text),
        exercises=re.findall(r"^\*\*(Exercise .+?)\.?\*\*", text, re.MULTILINE),
        picture=html.unescape(
            _first(r'<img alt="([^"]+)"[^>]*src="data:image/png', _outputs(cells))
        ),
        path=path,
    )


def _outputs(cells: list[dict]) -> str:
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return "\n".join("".join(one.get("text/html", "")) for one in data)


def _minutes(text: str) -> dict[str, int]:
    rows = re.findall(r"^\|(.+)\|$", _between(text, "**Minutes**", "\n## "), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    pairs = zip(cells[::3], cells[2::3], strict=True)  # between them the dashes
    return {
        name: int(number)
        for names, numbers in pairs
        for name, number in zip(names, numbers, strict=True)
    }


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def _before(text: str, end: str) -> str:
    return text.partition(end)[0]


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


def page() -> str:
    """Return the page that lists the chapters, in Markdown."""
    parts = [
        "# The chapters",
        "Open any of them with `python3 course.py lab`. Minutes are those of a reader who predicts before every run.",
    ]
    for chapter in chapters():
        parts += _section(chapter)
    return "\n\n".join(parts) + "\n"


def _section(chapter: Chapter) -> list[str]:
    parts = [f"({anchor(chapter.path)})=\n\n## {chapter.number} · {chapter.title}"]
    if (PICTURES / f"{chapter.number}.png").exists():
        parts.append(f"![{chapter.picture}](pictures/chapters/{chapter.number}.png)")
    parts.append(chapter.about)
    if chapter.goals:
        parts.append("You will be able to\n\n" + "\n".join(f"- {goal}" for goal in chapter.goals))
    if chapter.minutes:
        spans = " · ".join(f"{name} ({minutes})" for name, minutes in chapter.minutes.items())
        parts.append(f"{sum(chapter.minutes.values())} minutes: {spans}.")
    if chapter.exercises:
        parts.append("; ".join(chapter.exercises) + ".")
    parts.append(f"File: `notebooks/{chapter.path.name}`")
    return parts


def anchor(path: Path) -> str:
    """Return where on the page the chapter of a notebook stands."""
    return f"chapter-{path.name.split('_')[0].lower()}"
