"""The table of marks: a CSV file that grows by one hand-in at a time, and the sums that are printed."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from tools.grade.catalogue import Chapter
from tools.grade.marking import CORRECT, Row

COLUMNS = [field.name for field in fields(Row)]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableError(Exception):
    """The file is no table of marks, or cannot be written; the text says so."""


class Table:
    """A CSV file of marks. What is in it is kept: a hand-in that it has whole, and that has not changed, is not run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = self._read()

    def _read(self) -> list[Row]:
        """Return the rows that are there already; a last line that was cut off is none."""
        if not self.path.exists():
            return []
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                lines = list(csv.reader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise TableError(f"{self.path} cannot be read as a table of marks ({error})") from error
        if lines[:1] != [COLUMNS]:
            raise TableError(
                f"{self.path} is there already and is no table of marks; name another file, as in --to marks_2.csv"
            )
        cells = ([_plain(cell) for cell in line] for line in lines[1:] if len(line) == len(COLUMNS))
        return [Row(*line) for line in cells]

    def keep(self, fingerprints: dict[str, str], chapters: Sequence[Chapter]) -> set[str]:
        """Drop the rows of what was handed in anew, or is not all there; return the hand-ins that need no marking."""
        sizes = {chapter.number: len(chapter.exercises) for chapter in chapters}
        counts = Counter(row.file for row in self.rows)

        def stays(row: Row) -> bool:
            whole = counts[row.file] == sizes.get(row.chapter, 1)
            return whole and fingerprints.get(row.file, row.fingerprint) == row.fingerprint

        self.rows = [row for row in self.rows if stays(row)]
        self._write()
        return {row.file for row in self.rows}

    def _write(self) -> None:
        part = self.path.with_name(f"{self.path.name}.part")
        try:
            part.write_text(_lines([COLUMNS, *map(_cells, self.rows)]), "utf-8-sig", newline="")
            part.replace(self.path)
        except OSError as error:
            raise TableError(f"{self.path} cannot be written ({error.strerror})") from error

    def add(self, rows: Iterable[Row]) -> None:
        """Write the rows of one hand-in, at once."""
        rows = list(rows)
        self.rows += rows
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write(_lines(map(_cells, rows)))


def _cells(row: Row) -> list[str]:
    """Return a row as it is written: no cell is a formula to a spreadsheet, and each is one line."""
    texts = ("".join(c if c.isprintable() else " " for c in text) for text in astuple(row))
    return [f"'{text}" if text.startswith(FORMULA) else text for text in texts]


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _lines(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def summary(rows: Sequence[Row]) -> str:
    """Return how many exercises each hand-in has right, and how many hand-ins each exercise."""
    files, exercises = defaultdict(list), defaultdict(list)
    for row in rows:
        files[row.file].append(row)
        if row.chapter:
            exercises[row.chapter, row.exercise].append(row)
    width = max((len(file) for file in files), default=0)
    lines = ["", "hand-ins"]
    for file, its in sorted(files.items()):
        read = f"chapter {its[0].chapter}, {_score(its)}" if its[0].chapter else its[0].words
        lines.append(f"  {file:{width}}  {read}")
    lines += ["", "exercises"]
    for (chapter, exercise), its in sorted(exercises.items(), key=lambda item: item[0][0]):
        lines.append(f"  chapter {chapter}, {exercise}: {_score(its)}")
    return "\n".join(lines)


def _score(rows: Sequence[Row]) -> str:
    return f"{sum(row.verdict == CORRECT for row in rows)} of {len(rows)} correct"
