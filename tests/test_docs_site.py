"""The documentation as a site: it has every page and every public name, and needs nothing from outside."""

import ast
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

pytest.importorskip("sphinx")
pytest.importorskip("furo")

from test_structure import FILES, TIERS, definitions, tree

from tools.docs import api, chapters, pages
from tools.docs.docstrings import as_restructured_text

ROOT = Path(__file__).parents[1]
PUBLIC = [row for rows in TIERS.values() for row in rows if row[0] != "_" and row != "chapters"]


def of_the_site(test):
    """All of these in one process, so that the site is built once."""
    return pytest.mark.slow(pytest.mark.xdist_group("documentation")(test))


class Page(HTMLParser):
    """What a page loads, where its links lead, and the places that links may lead to."""

    def __init__(self, path):
        super().__init__()
        self.loads, self.links, self.places = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        self.places |= {of[name] for name in ("id", "name") if of.get(name)}
        address = of.get("src") or (of.get("href") if tag == "link" else None)
        if address:
            self.loads.append(address)
        if tag == "a" and of.get("href"):
            self.links.append(of["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = build("--to", str(folder))
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(folder).as_posix(): Page(path) for path in folder.rglob("*.html")
    }, folder


def build(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tools.docs", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_says_where_it_puts_the_site():
    done = subprocess.run(
        [sys.executable, "course.py", "docs", "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "--to FOLDER" in done.stdout
    assert "/docs-site/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_every_page_is_in_the_table_of_contents():
    front = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = pages.contents(pages.with_links_inside(front, ROOT / "docs" / "index.md")).split()
    wanted = {name.removesuffix(".md") for name in pages.names().values()} - {"index"}
    assert len(wanted) >= 8
    assert wanted | {"chapters", "api/index"} <= set(listed)


def test_modules_come_in_their_reading_order():
    order = [row for rows in api.reading_order().values() for row in rows]
    assert order[: len(PUBLIC)] == PUBLIC
    kit = [name for name in FILES if re.match(r"nnlib\.chapters\.kit\.[a-z]", name)]
    assert api.modules()[len(PUBLIC) :] == kit


def test_links_that_leave_the_folder_lead_to_pages_or_nowhere():
    text = (
        "[a](../nnlib/parts.py) [b](../notebooks/03_sigmoid.ipynb) [c](../nnlib/_fast) "
        "[d](speed.md#growth) [e](https://example.org) [f](#here) ![g](pictures/growth.png)"
    )
    assert pages.with_links_inside(text, ROOT / "docs" / "ideas.md") == (
        "[a](api/nnlib.parts.rst) [b](chapters.md#chapter-03) c "
        "[d](speed.md#growth) [e](https://example.org) [f](#here) ![g](pictures/growth.png)"
    )


def test_a_docstring_keeps_its_letters_and_its_layout():
    text = "Return ``a * b``, a*b and c_.\n- one\n  more\n- two\n\nThe formula::\n\n    a * b\n\n    c\n\nEnd."
    assert as_restructured_text(text) == (
        "Return ``a * b``, a\\*b and c\\_.\n\n- one\n  more\n- two\n\nThe formula:\n\n"
        ".. code-block:: text\n\n    a * b\n\n    c\n\nEnd."
    )


def test_chapters_say_their_minutes():
    found = {chapter.number: chapter for chapter in chapters.chapters()}
    assert len(found) == len(list((ROOT / "notebooks").glob("*.ipynb")))
    assert found["03"].minutes["8 Towers"] == 15
    assert found["08"].minutes.keys() >= {"1 Ravine", "7 Newton", "Exercises"}
    assert [
        name
        for name, one in found.items()
        if name[0] in "01" and not (one.minutes and one.goals and one.about and one.picture)
    ] == []


def values(module):
    """The public names of a module that are given to values at its top: tables, sizes, ready-made circuits."""
    nodes = [node for node in tree(module).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    targets = [part for node in nodes for part in getattr(node, "targets", None) or [node.target]]
    stored = [name.id for part in targets for name in ast.walk(part) if isinstance(name, ast.Name)]
    return [name for name in stored if name[0] != "_"]


@of_the_site
def test_every_public_name_has_its_place(site):
    found, missing = site[0], []
    for module in api.modules():
        names = [name for name, _ in definitions(tree(module), module)]
        names += [f"{module}.{name}" for name in values(module)]
        places = found[f"api/{module}.html"].places
        missing += [name for name in (f"module-{module}", *names) if name not in places]
    assert missing == []
    assert "nnlib.layers.Dense.forward" in found["api/nnlib.layers.html"].places
    assert "nnlib.circuits.XOR" in found["api/nnlib.circuits.html"].places


@of_the_site
def test_nothing_is_loaded_from_outside(site):
    found, folder = site
    loads = {address for page in found.values() for address in page.loads}
    assert len(loads) > 5
    assert [address for address in loads if re.match(r"(\w+:)?//", address)] == []
    styles = "".join(path.read_text("utf-8") for path in folder.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//[^)]*", styles) == []


@of_the_site
def test_every_link_inside_leads_somewhere(site):
    found, folder = site
    dead, count = [], 0
    for name, page in found.items():
        for link in page.links:
            path, _, part = unquote(link).partition("#")
            if re.match(r"\w+:", link):
                continue
            count += 1
            target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            known = found[target].places | {""} if target in found else {""}
            if not (folder / target).is_file() or part not in known:
                dead.append((name, link))
    assert count > 1000
    assert dead == []


@pytest.mark.slow
def test_a_broken_link_is_an_error(tmp_path):
    (tmp_path / "index.md").write_text("# Front\n\nA [link](nowhere.md) that is broken.\n")
    code = "import sys; from tools.docs.__main__ import make; sys.exit(make(*sys.argv[1:]))"
    command = [sys.executable, "-c", code, str(tmp_path), str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
