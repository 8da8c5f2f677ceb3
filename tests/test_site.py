"""What makes the site, without building it: pinned files, editions, pages, the table of slow cells."""

import hashlib
import json
from pathlib import Path

import nbformat
import pytest

from tools import downloads
from tools.downloads import DownloadError, download, npm_files
from tools.site import __main__ as command
from tools.site import pages, pyodide, wheels
from tools.site.editions import edition_of, write_editions
from tools.site.in_the_browser import bar, sum_of

ROOT = Path(__file__).parents[1]
SLOW = json.loads((ROOT / "tools/site/slow_cells.json").read_text(encoding="utf-8"))


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DOWNLOADS", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_a_file_comes_once_and_only_if_it_is_the_pinned_one(kept, tmp_path):
    source = tmp_path / "file.bin"
    source.write_bytes(b"right")
    address = source.as_uri()
    assert download(address, b"right".__eq__) == b"right"
    source.unlink()
    assert download(address, b"right".__eq__) == b"right"  # kept
    source.write_bytes(b"wrong")
    next(kept.iterdir()).write_bytes(b"damaged")
    with pytest.raises(DownloadError, match="another file than the one that was pinned"):
        download(address, b"right".__eq__)
    source.unlink()
    with pytest.raises(DownloadError, match="cannot be had"):
        download(address, b"right".__eq__)


def test_an_archive_of_npm_must_have_its_integrity(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "REGISTRY", tmp_path.as_uri())
    version, _ = downloads.PACKAGES["mathjax"]
    folder = tmp_path / "mathjax" / "-"
    folder.mkdir(parents=True)
    (folder / f"mathjax-{version}.tgz").write_bytes(b"somebody else's")
    with pytest.raises(DownloadError, match="another file"):
        npm_files("mathjax", lambda path: True)


def test_a_package_of_pyodide_must_have_the_hash_of_its_lock(tmp_path):
    (tmp_path / "a.whl").write_bytes(b"right")
    fetch = pyodide.from_folder(tmp_path)
    package = {"file_name": "a.whl", "sha256": hashlib.sha256(b"right").hexdigest()}
    assert fetch(package) == b"right"
    with pytest.raises(DownloadError, match="not Pyodide's"):
        fetch(package | {"sha256": "0" * 64})
    with pytest.raises(DownloadError, match="missing"):
        fetch(package | {"file_name": "b.whl"})


def test_what_a_package_needs_comes_too():
    packages = {
        "a": {"depends": ["B_c"]},
        "b-c": {"depends": ["d"]},
        "d": {"depends": []},
        "e": {"depends": []},
    }
    assert pyodide.closure(packages, ["A"]) == ["a", "b-c", "d"]


def test_an_edition_is_what_is_written_not_what_came_out():
    notebook = {"cells": [{"source": ["a = 1\n", "a"], "outputs": []}, {"source": "b"}]}
    same = {"cells": [{"source": "a = 1\na", "outputs": [1]}, {"source": "b"}]}
    moved = {"cells": [{"source": "a = 1\n"}, {"source": "ab"}]}
    assert edition_of(notebook) == edition_of(same) != edition_of(moved)
    assert sum_of("a") == "e40c292c"  # FNV-1a's published value


def test_the_workbench_looks_at_editions_first(tmp_path):
    (tmp_path / "files").mkdir()
    pages = [tmp_path / name / "index.html" for name in ("lab", "notebooks")]
    for page in pages:
        page.parent.mkdir()
        page.write_text("<html><head><title>x</title></head></html>")
    text = json.dumps({"cells": [{"source": "a"}]})
    (tmp_path / "files/01.ipynb").write_text(text)
    write_editions(tmp_path)
    editions = json.loads((tmp_path / "editions.json").read_text())
    assert editions == {"01.ipynb": edition_of(json.loads(text))}
    for page in pages:
        assert '<head>\n    <script src="../edition.js">' in page.read_text()


def test_a_folder_that_is_no_site_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DownloadError, match="holds something else"):
        command.build(tmp_path, offline=True, folder=None)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_each_slow_cell_still_stands_in_a_chapter():
    sources = {
        sum_of(cell.source.strip())
        for path in (ROOT / "notebooks").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
    }
    assert set(SLOW) <= sources, "measure again: python3 tests/browser/time_cells.py SITE"
    assert all(seconds >= 5 for seconds in SLOW.values())
    assert "12 seconds" in bar(12)["text/plain"]


def test_large_files_are_left_out_of_a_wheel_and_of_its_list(tmp_path):
    path = tmp_path / "a.whl"
    files = {
        "nnlib/a.py": b"a",
        "nnlib/data/mnist/x.gz": b"x",
        "a.dist-info/RECORD": b"nnlib/a.py,,\nnnlib/data/mnist/x.gz,,\n",
    }
    wheels._write_wheel(path, files)
    wheels.leave_out(path, "nnlib/data/mnist/")
    import zipfile

    with zipfile.ZipFile(path) as wheel:
        assert wheel.namelist() == ["nnlib/a.py", "a.dist-info/RECORD"]
        assert wheel.read("a.dist-info/RECORD") == b"nnlib/a.py,,\n"


def test_the_front_page_names_every_chapter_with_its_picture(tmp_path):
    found = [
        pages._with_picture(chapter, folder)
        for folder in [tmp_path]
        for chapter in contents(folder)
    ]
    chapters = [chapter for chapter in found if chapter.number[0].isdigit()]
    assert len(chapters) >= 12
    assert [chapter.title for chapter in chapters if not chapter.takeaway] == []
    assert [chapter.title for chapter in chapters if len(chapter.alt) < 30] == []
    assert all((tmp_path / chapter.picture.removeprefix("read/")).is_file() for chapter in chapters)


def contents(folder):
    (folder / "pictures").mkdir()
    return pages.contents()


def test_cells_become_plain_pages():
    markdown = nbformat.v4.new_markdown_cell("## A heading\n\n$x < y$ and [on](02_x.ipynb)")
    assert 'id="A-heading"' in pages.cell_html(markdown)
    assert "$x &lt; y$" in pages.cell_html(markdown)
    outputs = [nbformat.v4.new_output("stream", text="<b>")]
    code = nbformat.v4.new_code_cell("x = 1", outputs=outputs)
    assert "&lt;b&gt;" in pages.cell_html(code)


def test_every_workflow_names_its_actions_by_commit():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
        assert all(len(line.split("@")[1].split()[0]) == 40 for line in lines), path
