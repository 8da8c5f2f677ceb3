"""A page for each public module of the library, in the order in which it is to be read."""

import ast
import importlib
import re
from pathlib import Path

import nnlib
from tools.docs.docstrings import as_restructured_text

ROOT = Path(nnlib.__file__).resolve().parent
# The kit has no row of its own in nnlib's docstring: it is what all chapters share.
KIT = "chapters.kit"
TITLES = {
    "Ground": "Ground",
    "Blocks": "Blocks",
    "Whole": "Whole",
    "Chapters": "The kit of chapters",
}


def reading_order() -> dict[str, list[str]]:
    """Return the tiers of nnlib's docstring, each with the names of its public modules."""
    lines = re.findall(
        r"^    +((?:[A-Z]\w+: +)?\w+(?:, \w+)*,?)$", nnlib.__doc__ or "", re.MULTILINE
    )
    tiers = re.findall(r"(\w+): +([^:]+?)(?= \w+:|$)", " ".join(lines))
    order = {tier: re.split(r",\s*", rows.strip()) for tier, rows in tiers}
    public = {tier: [row for row in rows if row[0] != "_"] for tier, rows in order.items()}
    return {**public, "Chapters": _kit()}


def _kit() -> list[str]:
    files = sorted((ROOT / "chapters" / "kit").glob("[a-z]*.py"))
    return [f"{KIT}.{file.stem}" for file in files]


def modules() -> list[str]:
    """Return the names of all modules that have a page, such as "nnlib.layers"."""
    return [f"nnlib.{row}" for rows in reading_order().values() for row in rows]


def write(folder: Path) -> None:
    """Write a page for each module, and one that lists them."""
    folder.mkdir(parents=True)
    for module in modules():
        (folder / f"{module}.rst").write_text(_page(module), encoding="utf-8")
    (folder / "index.rst").write_text(_contents(), encoding="utf-8")


def _page(module: str) -> str:
    title = module.removeprefix(f"nnlib.{KIT}.").removeprefix("nnlib.")
    parts = [f"{title}\n{'=' * len(title)}", f"``from {module} import …``"]
    parts.append(f".. automodule:: {module}")
    if constants := _constants(module):
        parts.append("Constants\n---------")
        parts += [f".. py:data:: {name}\n   :module: {module}{value}" for name, value in constants]
    return "\n\n".join(parts) + "\n"


def _constants(module: str) -> list[tuple[str, str]]:
    """Return the public names that a module gives to values, each with its value where that is short."""
    found = []
    tree = ast.parse(Path(str(importlib.import_module(module).__file__)).read_text("utf-8"))
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            names = [name.id for name in ast.walk(target) if isinstance(name, ast.Name)]
            value = ast.unparse(getattr(node, "value", None) or ast.Constant(""))
            short = f"\n   :value: {value}" if len(names) == 1 and 2 < len(value) <= 70 else ""
            found += [(name, short) for name in names if name[0] != "_"]
    return found


def _contents() -> str:
    title = "The library"
    parts = [f"{title}\n{'=' * len(title)}", ".. automodule:: nnlib\n   :no-members:"]
    for tier, rows in reading_order().items():
        parts.append(f"{TITLES[tier]}\n{'-' * len(TITLES[tier])}")
        listed = "\n".join(f"   nnlib.{row}" for row in rows)
        parts.append(f".. toctree::\n   :hidden:\n\n{listed}")
        parts.append("\n".join(f"- :doc:`nnlib.{row}`: {_first_line(row)}" for row in rows))
    return "\n\n".join(parts) + "\n"


def _first_line(row: str) -> str:
    text = importlib.import_module(f"nnlib.{row}").__doc__ or ""
    return as_restructured_text(text.strip().split("\n")[0])
