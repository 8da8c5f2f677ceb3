"""The notebooks of a folder, as they are found: read, never changed."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.grade.catalogue import text_of

MOST_MEGABYTES = 50
# What an answer to an exercise needs nothing of, and what a lecturer may want to read.
REMARKABLE = {
    "asks for a worked solution": r"\bex\.solution\b|import\s+solution\b",
    "imports from inside the exercises": r"nnlib\.chapters\.\w+\.exercises\b",
    "looks into the grader": r"\b(?:kit\.exercise|kit\.grading)\b(?!\s+import\s+todo\b)|\b_judge\b",
    "looks into Python": r"\b(?:_getframe|__code__|__globals__|gc|ctypes|sys\.modules|importlib)\b",
    "uses files or programs": r"\b(?:import|from)\s+(?:os|subprocess|shutil|multiprocessing)\b",
    "uses the network": r"\b(?:import|from)\s+(?:socket|urllib|requests|http)\b",
}


@dataclass(frozen=True)
class HandIn:
    """A file: its name in the folder, its hash, its code cells, and why it cannot be read if it cannot."""

    name: str
    fingerprint: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""

    @property
    def texts(self) -> list[str]:
        """What is written in each code cell."""
        return [text_of(cell) for cell in self.cells]


def find(folder: Path) -> Iterator[Path]:
    """Yield every notebook below a folder, in order; links are not followed, nor what Jupyter hides entered."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".ipynb") and not name.startswith("."):
                yield Path(where, name)


def read(path: Path, folder: Path) -> HandIn:
    """Read one notebook; whatever it is, a HandIn comes back."""
    name = path.relative_to(folder).as_posix()
    name = name.encode(errors="replace").decode().replace("\n", "␤").replace("\r", "␤")
    try:
        mode = path.lstat()
        if not stat.S_ISREG(mode.st_mode):
            return HandIn(name, "", trouble="a link or a device, not a file: it was not followed")
        if mode.st_size > MOST_MEGABYTES * 1e6:
            return HandIn(name, "", trouble=f"larger than {MOST_MEGABYTES} MB")
        content = path.read_bytes()
    except OSError as error:
        return HandIn(name, "", trouble=f"cannot be read ({error.strerror})")
    fingerprint = hashlib.sha256(content).hexdigest()[:16]
    try:
        return HandIn(name, fingerprint, _code_cells(content))
    except ValueError as error:
        return HandIn(name, fingerprint, trouble=str(error))


def _code_cells(content: bytes) -> list[dict[str, Any]]:
    if not content.strip():
        raise ValueError("an empty file")
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("not a notebook: it is no JSON, or none that can be read") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("not a notebook: it has no cells")
    code = [c for c in cells if isinstance(c, dict) and c.get("cell_type") == "code"]
    return [{"id": cell.get("id"), "source": text_of(cell)} for cell in code]


def remarks(texts: list[str]) -> list[str]:
    """Return what a lecturer should know about the code of a hand-in, beside its marks."""
    code = "\n".join(texts)
    return [words for words, pattern in REMARKABLE.items() if re.search(pattern, code)]
