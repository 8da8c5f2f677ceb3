"""The pages written by hand, made ready for Sphinx: links that leave docs/ lead to pages of the site instead."""

import re
import shutil
from pathlib import Path

from tools.docs import api, chapters

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Pages that lie elsewhere, because that is where a visitor of the repository looks for them.
ELSEWHERE = ("INSTRUCTORS.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
PICTURE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)\)")


def names() -> dict[Path, str]:
    """Return the files that become pages, each with the name of its page."""
    found = {path: path.name for path in sorted(DOCS.glob("*.md"))}
    return found | {ROOT / name: name.lower().replace("/readme", "") for name in ELSEWHERE}


def write(folder: Path) -> None:
    """Write the pages, the list of chapters, and the pictures that they show."""
    shutil.copytree(DOCS / "pictures", folder / "pictures", dirs_exist_ok=True)
    for path, name in names().items():
        text = with_links_inside(path.read_text(encoding="utf-8"), path)
        if name == "index.md":
            text += contents(text)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "chapters.md").write_text(chapters.page(), encoding="utf-8")


def contents(text: str) -> str:
    """Return the table of contents: the pages that the front page links to, in its order."""
    pages = list(dict.fromkeys(target for _, target, _ in LINK.findall(text) if "//" not in target))
    listed = [page.removesuffix(".md").removesuffix(".rst") for page in pages]
    return "\n```{toctree}\n:hidden:\n\n" + "\n".join(listed) + "\n```\n"


def with_links_inside(text: str, path: Path) -> str:
    """Return a page whose links lead to pages of the site; what the site does not have loses its link."""

    def link(found: re.Match[str]) -> str:
        words, target, part = found[1], found[2], found[3] or ""
        if re.match(r"\w+:", target):
            return found[0]
        place = page_of((path.parent / target).resolve())
        return f"[{words}]({place}{part})" if place else words

    def picture(found: re.Match[str]) -> str:
        file = (path.parent / found[2]).resolve()
        return f"{found[1]}{file.relative_to(DOCS).as_posix()})"

    return PICTURE.sub(picture, LINK.sub(link, text))


def page_of(path: Path) -> str | None:
    """Return where on the site a file of the course is to be found, if it is."""
    if path in names():
        return names()[path]
    if path in (ROOT / "notebooks", DOCS / "chapters.md"):
        return "chapters.md"
    if path.suffix == ".ipynb" and path.parent == ROOT / "notebooks":
        return f"chapters.md#{chapters.anchor(path)}"
    if path == ROOT / "nnlib":
        return "api/index.rst"
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return f"api/{module}.rst" if module in api.modules() else None
