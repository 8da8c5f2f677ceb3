"""The copies that readers work in: made, refreshed, kept, and what becomes of them when something goes wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

import course

ROOT = Path(__file__).parents[1]
LANGUAGE = {"name": "python", "version": "3.99.0"}
CHAPTER, BESIDE = "01_perceptron.ipynb", "01_perceptron_new_edition.ipynb"


def notebook(text: str, **metadata) -> str:
    cell = {"id": "one", "cell_type": "markdown", "metadata": {}, "source": [text]}
    return json.dumps(
        {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


class Course:
    """A small course with one chapter, its solution and a picture, and a reader who starts it again and again."""

    def __init__(self, folder: Path, said) -> None:
        self.originals, self.copies, self.said = folder / "notebooks", folder / "my_notebooks", said
        self.language = LANGUAGE
        for name in (CHAPTER, f"solutions/{CHAPTER}"):
            self.publish("first edition", name)
        self.write(self.originals / "images" / "cover.png", b"\x89PNG")

    def publish(self, text: str, name: str = CHAPTER, **metadata) -> None:
        self.write(self.originals / name, notebook(text, **metadata).encode())

    def write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def start(self) -> str:
        course.copy_notebooks(Path(sys.executable))
        return self.said().out

    def text(self, name: str = CHAPTER) -> str:
        (cell,) = json.loads((self.copies / name).read_text(encoding="utf-8"))["cells"]
        return "".join(cell["source"])

    def work(self, text: str, name: str = CHAPTER) -> None:
        """Save as a reader would."""
        self.write(self.copies / name, notebook(text, language_info=LANGUAGE).encode())

    def names(self) -> list[str]:
        paths = (path for path in self.copies.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.copies).as_posix() for path in paths)


@pytest.fixture
def small(tmp_path, monkeypatch, capsys):
    made = Course(tmp_path, capsys.readouterr)
    monkeypatch.setattr(course, "NOTEBOOKS", made.originals)
    monkeypatch.setattr(course, "COPIES", made.copies)
    monkeypatch.setattr(course, "_language", lambda python: made.language)
    return made


ALL = [".editions.json", CHAPTER, "images/cover.png", f"solutions/{CHAPTER}"]


# Made and refreshed.


def test_copies_are_made_of_all_that_notebooks_show(small):
    before = {path: path.read_bytes() for path in small.originals.rglob("*") if path.is_file()}
    said = small.start()
    assert small.names() == ALL
    assert small.text() == "first edition"
    assert re.fullmatch(r"Your own copies of the notebooks are in my_notebooks; .*\n", said)
    assert {path: path.read_bytes() for path in before} == before
    assert small.start() == ""


def test_what_jupyter_and_python_leave_behind_is_not_copied(small):
    for name in (f".ipynb_checkpoints/{CHAPTER}", "__pycache__/a.pyc", ".DS_Store"):
        small.write(small.originals / name, b"{}")
    small.start()
    assert small.names() == ALL


def test_a_copy_has_the_language_of_the_kernel_and_is_written_as_jupyterlab_writes(small):
    small.start()
    content = (small.copies / CHAPTER).read_text(encoding="utf-8")
    read = nbformat.reads(content, as_version=4)
    assert read.metadata.language_info == LANGUAGE
    assert nbformat.writes(read) + "\n" == content


def test_the_language_is_the_one_that_the_kernel_names():
    language = course._language(Path(sys.executable))
    assert language["version"] == ".".join(map(str, sys.version_info[:3]))
    assert {"name", "codemirror_mode", "pygments_lexer", "file_extension"} <= set(language)


def test_a_copy_that_nobody_changed_follows_its_original(small):
    small.start()
    small.publish("second edition")
    assert small.start() == ""
    assert small.text() == "second edition"
    assert small.names() == ALL


def test_a_copy_that_nobody_changed_follows_the_kernels_version(small):
    small.start()
    small.language = {"name": "python", "version": "3.100.0"}
    assert small.start() == ""
    metadata = json.loads((small.copies / CHAPTER).read_text(encoding="utf-8"))["metadata"]
    assert metadata["language_info"]["version"] == "3.100.0"


def test_a_picture_follows_its_original_too(small):
    small.start()
    small.write(small.originals / "images" / "cover.png", b"\x89PNG, new")
    small.start()
    assert (small.copies / "images" / "cover.png").read_bytes() == b"\x89PNG, new"


def test_a_deleted_copy_is_made_again(small):
    small.start()
    (small.copies / CHAPTER).unlink()
    small.start()
    assert small.text() == "first edition"
    small.work("mine")
    (small.copies / CHAPTER).unlink()
    small.start()
    assert small.text() == "first edition"


# Kept.


def test_work_is_kept_and_a_new_edition_is_put_beside_it_and_said_once(small):
    small.start()
    small.work("mine")
    assert small.start() == ""
    small.publish("second edition")
    said = small.start()
    assert said == (
        f"my_notebooks/{CHAPTER} was worked in and stays as it is; its new edition lies beside it: {BESIDE}\n"
    )
    assert (small.text(), small.text(BESIDE)) == ("mine", "second edition")
    (small.copies / BESIDE).unlink()
    assert small.start() == ""
    assert small.names() == ALL


def test_work_in_a_folder_below_has_its_new_edition_there(small):
    small.start()
    small.work("mine", f"solutions/{CHAPTER}")
    small.publish("second edition", f"solutions/{CHAPTER}")
    small.start()
    assert small.text(f"solutions/{BESIDE}") == "second edition"


def test_a_later_edition_takes_the_place_of_one_that_nobody_changed(small):
    small.start()
    small.work("mine")
    for edition in ("second", "third"):
        small.publish(edition)
        small.start()
    assert (small.text(), small.text(BESIDE)) == ("mine", "third")
    assert small.names() == sorted([*ALL, BESIDE])


def test_that_holds_after_an_update_of_the_kernel_too(small):
    small.start()
    small.work("mine")
    small.publish("second")
    small.start()
    small.language = {"name": "python", "version": "3.100.0"}
    small.start()
    small.publish("third")
    small.start()
    assert (small.text(), small.text(BESIDE)) == ("mine", "third")
    assert small.names() == sorted([*ALL, BESIDE])


def test_work_in_a_new_edition_is_kept_too(small):
    small.start()
    small.work("mine")
    small.publish("second")
    small.start()
    small.work("mine too", BESIDE)
    small.publish("third")
    assert "01_perceptron_new_edition_2.ipynb\n" in small.start()
    assert small.text("01_perceptron_new_edition_2.ipynb") == "third"
    assert (small.text(), small.text(BESIDE)) == ("mine", "mine too")


def test_a_new_edition_that_was_given_the_name_of_the_copy_is_followed_on(small):
    small.start()
    small.work("mine")
    small.publish("second")
    small.start()
    (small.copies / BESIDE).replace(small.copies / CHAPTER)
    assert small.start() == ""
    small.publish("third")
    assert small.start() == ""
    assert small.text() == "third"


def test_work_that_became_the_original_needs_no_new_edition(small):
    small.start()
    small.work("a better sentence")
    small.publish("a better sentence")
    (small.copies / CHAPTER).write_bytes(
        course._edition(small.originals / CHAPTER, LANGUAGE).content
    )
    assert small.start() == ""
    small.publish("third")
    small.start()
    assert small.text() == "third"


def test_who_worked_in_the_originals_goes_on_in_a_copy_that_is_kept(small):
    """JupyterLab had saved the kernel's language into them, which the course's own do not have."""
    small.publish("mine, from before", language_info={"name": "python", "version": "3.11.7"})
    worked = (small.originals / CHAPTER).read_bytes()
    assert f"You worked in notebooks/{CHAPTER}: go on in my_notebooks/{CHAPTER}\n" in small.start()
    assert small.text() == "mine, from before"
    assert (small.originals / CHAPTER).read_bytes() == worked
    assert small.start() == ""
    small.publish("second edition")  # after git restore and git pull
    small.start()
    assert (small.text(), small.text(BESIDE)) == ("mine, from before", "second edition")


def test_who_goes_on_in_an_original_loses_nothing_either(small):
    small.start()
    small.publish("mine, in the original", language_info=LANGUAGE)
    small.start()
    assert small.text() == "mine, in the original"
    small.publish("second edition")
    small.start()
    assert (small.text(), small.text(BESIDE)) == ("mine, in the original", "second edition")


# When something goes wrong.


@pytest.mark.parametrize("content", ["", '{"01_per', "[]", "null", "\xff", f'{{"{CHAPTER}": 1}}'])
def test_without_a_readable_note_every_copy_counts_as_work(small, content):
    small.start()
    small.work("mine")
    small.publish("second edition", f"solutions/{CHAPTER}")
    (small.copies / ".editions.json").write_bytes(content.encode("latin-1"))
    small.start()
    assert (small.text(), small.text(BESIDE)) == ("mine", "first edition")
    assert small.text(f"solutions/{BESIDE}") == "second edition"
    assert set(json.loads((small.copies / ".editions.json").read_text())) == set(ALL[1:])
    assert small.start() == ""


def test_an_interrupted_writing_leaves_the_old_copy_and_is_made_good(small, monkeypatch):
    small.start()
    small.publish("second edition")
    small.publish("second edition", f"solutions/{CHAPTER}")
    replace, calls = Path.replace, []

    def interrupted(path, target):
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        small.start()
    assert (small.text(), small.text(f"solutions/{CHAPTER}")) == ("second edition", "first edition")
    assert small.names() == ALL
    monkeypatch.undo()


def test_after_an_interruption_the_next_start_goes_on(small, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(course, "_write_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            small.start()
    small.start()
    small.publish("second edition")
    assert small.start() == ""
    assert small.text() == "second edition"


def test_a_full_disk_leaves_no_half_copy(small, monkeypatch):
    write = Path.write_bytes

    def full(path, content):
        write(path, content[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(course.CourseError, match="No space left on device"):
        small.start()
    assert small.names() == []


def test_a_damaged_original_is_said_and_leaves_its_copy_alone(small):
    small.start()
    for content in (b"<<<<<<< HEAD\n{", b"[]", b'{"metadata": 1}', b"\xff"):
        (small.originals / CHAPTER).write_bytes(content)
        assert small.start() == f"notebooks/{CHAPTER} is damaged, so it was not copied.\n"
        assert small.text() == "first edition"


def test_a_place_that_cannot_be_written_is_named_in_one_sentence(small, monkeypatch, capsys):
    small.copies.write_text("a file, where the folder should be")
    monkeypatch.setattr(course, "set_up", lambda arguments: Path(sys.executable))
    monkeypatch.setattr(course, "_run", lambda *_, **__: pytest.fail("JupyterLab was started"))
    monkeypatch.setattr(course.sys, "argv", ["course.py", "lab"])
    assert course.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    place = re.escape(str(small.copies))
    assert re.match(f"course.py: your copies .* cannot be written to {place} .*writable", line)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only here")
def test_a_read_only_folder_is_named_in_one_sentence(small):
    small.copies.parent.chmod(0o555)
    try:
        with pytest.raises(course.CourseError, match=r"Permission denied.*make that folder writ"):
            small.start()
    finally:
        small.copies.parent.chmod(0o755)


def test_a_read_only_folder_is_no_hindrance_while_there_is_nothing_to_write(small, monkeypatch):
    small.start()
    monkeypatch.setattr(course, "_write_whole", lambda *_: pytest.fail("something was written"))
    assert small.start() == ""


# The course itself.


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Copies of the course's notebooks, in a folder that otherwise stands for the course's own."""
    root = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "COPIES", root / course.COPIES.name)
        course.copy_notebooks(Path(sys.executable))
    return root


def links(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = re.findall(r"\]\(([^)#\s]+)|(?:src|href)=\"([^\"#]+)", prose)
    return [unquote(one or other) for one, other in found]


def test_every_link_in_the_copies_leads_somewhere(real):
    copies, tried = real / course.COPIES.name, 0
    for path in copies.rglob("*.ipynb"):
        for link in (link for link in links(path) if not link.startswith(("http:", "https:"))):
            target = Path(os.path.normpath(path.parent / link))
            here = target if target.is_relative_to(copies) else ROOT / target.relative_to(real)
            assert here.exists(), f"{path.name}: {link}"
            tried += 1
    assert tried > 50


def test_every_notebook_of_the_course_counts_as_unread(real):
    noted = json.loads((real / course.COPIES.name / ".editions.json").read_text(encoding="utf-8"))
    assert len(noted) > 20
    assert [name for name, note in noted.items() if note["written"] is None] == []


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="needs git")
def test_git_never_meets_a_readers_work():
    name = (course.COPIES / CHAPTER).relative_to(ROOT).as_posix()
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_the_check_of_style_leaves_a_readers_work_alone_without_git_too():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert course.COPIES.name in settings["extend-exclude"]
