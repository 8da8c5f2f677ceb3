"""Slides: what of a chapter they show, and that a deck needs nothing but the files beside it."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import course
from tools.downloads import PACKAGES
from tools.slides import export
from tools.slides.blocks import blocks_of, ended, sentences, shortened
from tools.slides.deck import deck_of, slide_type
from tools.slides.outputs import card_of, code_block, essence, is_card, picture_of

CHAPTERS = sorted(course.NOTEBOOKS.glob("[0-9]*.ipynb"))
TAGS = {"-", "slide", "subslide", "fragment", "skip", "notes"}
MOST_LINES, MOST_COLUMNS = 12, 100  # of code that is large enough
DOT = "iVBORw0KGgoAAAANSUhEUgAABfAAAANIAQAAAAA="  # the head of a picture of 1520 × 840 pixels
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def tagged(cell, tag):
    if tag != "-":
        cell.metadata["slideshow"] = {"slide_type": tag}
    return cell


def text(source, tag="-"):
    return tagged(new_markdown_cell(source), tag)


def code(source, tag="-", page="", printed=""):
    data = {"text/html": page, "text/plain": printed} if page else {"text/plain": printed}
    outputs = [new_output("execute_result", data=data)] if page or printed else []
    return tagged(new_code_cell(source, outputs=outputs), tag)


def picture(tag="-"):
    page = f'<img alt="two lines" width="760" style="" src="data:image/png;base64,{DOT}"><p>Run</p>'
    return code("panels.lines()", tag, page)


def card(tag="-"):
    asked = "Is 2 < 3?\n- no\n- no. Never\n- yes"
    page = "<details><summary>Look</summary><p>The answer is: yes. As 3 &gt; 2.</p></details>"
    return code("questions.order()", tag, page, asked)


def slides(*cells):
    return deck_of(new_notebook(cells=list(cells))).slides


# What is shown of a text.


def test_sentences_are_cut_at_their_ends_alone():
    said = "Take $x. Y$ or `a. B`, e.g. 0.5 (see W. Pitts. There). (So it is.) Why? Now."
    assert sentences(said) == [
        "Take $x. Y$ or `a. B`, e.g. 0.5 (see W. Pitts. There).",
        "(So it is.)",
        "Why?",
        "Now.",
    ]


def test_a_label_is_no_sentence():
    assert sentences("**Explain.** It is. So.") == ["**Explain.** It is.", "So."]


def test_a_paragraph_keeps_its_first_sentences():
    said = "One two three. (Not this one.) Four five six. Seven eight nine."
    assert shortened(said, 500, words=6) == "One two three. Four five six."
    assert shortened(said, 500, words=1) == "One two three."  # one at least
    assert shortened(said, 20) == ""
    assert shortened("**Bold one. Bold two.**", 500, words=2) == "**Bold one.**"
    assert ended("as follows:") == "as follows."


def test_links_are_left_as_their_words():
    (block,) = blocks_of("See [chapter 05](05_backpropagation.ipynb), please.")
    assert block.text == "See chapter 05, please."


def test_formulas_lists_and_tables_are_whole_and_a_long_list_is_shared_evenly():
    long = "\n".join(f"- {number} {'word ' * 30}" for number in range(6))
    first, second = slides(text(f"## 1 · Title\n\n{long}", "slide"))
    assert [len(slide.parts) for slide in (first, second)] == [3, 3]
    assert first.title == second.title == "## 1 · Title"
    rows = "\n".join(f"| {number} | {'word ' * 10} |" for number in range(20))
    parts = [
        slide.text() for slide in slides(text(f"## T\n\n| a | b |\n|---|---|\n{rows}", "slide"))
    ]
    assert len(parts) > 1
    assert all("| a | b |\n|---|---|" in part for part in parts)
    assert sum(part.count("word word  |") for part in parts) == 20


def test_what_is_left_out_is_in_the_notes():
    said = "First sentence. " + "And more words of it follow here. " * 12
    (slide,) = slides(text(f"## T\n\n{said}", "slide"))
    assert slide.notes == [said.strip()]
    assert len(slide.parts[0].split()) <= 45


def test_tags_begin_slides_leave_out_hold_back_and_go_into_notes():
    first, second, third = slides(
        text("# Title", "slide"),
        text("One."),
        text("Not this.", "skip"),
        text("## A", "slide"),
        text("Two.", "fragment"),
        text("For the speaker.", "notes"),
        text("Three.", "subslide"),
    )
    assert (first.kind, second.kind, third.kind) == ("slide", "slide", "subslide")
    assert first.parts == ["One."]
    assert second.parts == ['<div class="fragment">\n\nTwo.\n\n</div>\n\n']
    assert second.notes == ["For the speaker."]
    assert third.title == "## A"


# Questions, answers and pictures.


def test_an_explanation_takes_the_place_of_the_question_above_a_picture():
    (slide,) = slides(
        text("## T\n\n> **Predict.** Where?", "slide"), picture(), text("**Explain.** Here.")
    )
    shown = slide.text()
    assert (
        shown.index("fade-out") < shown.index("Where?") < shown.index("Here.") < shown.index("<img")
    )
    assert 'alt="two lines" width="760" height="420"' in shown


def test_a_long_explanation_stands_beside_the_picture():
    long = "Words and more words and still more of them in this sentence here. " * 3
    (slide,) = slides(text("## T", "slide"), picture(), text(f"**Explain.** {long}"))
    assert slide.is_beside
    assert 'class="beside"' in slide.text()


def test_a_question_is_asked_only_if_what_follows_answers_it():
    question = "## T\n\nSome text.\n\n> **Predict.** Where?"
    (left,) = slides(text(question, "slide"), code("x = 1", "skip"))
    assert "Where?" in left.notes[0]
    asked = slides(text(question, "slide"), code("x = 1", printed="1"))
    assert "Where?" in asked[1].text()
    assert 'class="printed fragment"' in asked[1].text()


def test_a_card_is_its_question_with_answers_the_right_one_marked():
    shown, said = card_of(card())
    assert '<li class="right fragment custom" data-fragment-index="0">yes</li>' in shown
    assert shown.count("<li") == 3
    assert "As 3 &gt; 2." in shown
    assert said == "The answer is: yes. As 3 > 2."
    (slide,) = slides(text("## T\n\n> **Predict.** Is it?", "slide"), card("subslide"))
    assert "Is it?" in slide.notes[0]  # asked once


def test_code_is_shown_without_imports_and_asserts():
    source = "import os\n\nx = 1\nassert x == (\n    1\n)\n\n\n\n\ndef f():\n    assert x\n"
    assert essence(source) == "x = 1\n\n\ndef f():\n    assert x"


def test_code_is_as_large_as_its_longest_line_allows():
    assert "28px" in code_block("x = 1", "code")[0]
    assert "19px" in code_block("x" * MOST_COLUMNS, "code")[0]


def test_exercises_are_a_list_of_their_names():
    (slide,) = slides(
        text("## Exercises", "slide"), text("**Exercise 1 – A chain.** Write it."), text("$$x$$")
    )
    assert '<ol class="exercises"><li>A chain</li></ol>' in slide.text()
    assert "x" not in slide.text().replace('class="exercises"', "").replace("Exercises", "")


# The chapters.


@every_chapter
def test_a_chapter_is_a_lecture(path):
    notebook = export.with_pictures(nbformat.read(path, as_version=4), path.parent)
    assert {slide_type(cell) for cell in notebook.cells} <= TAGS
    deck = deck_of(notebook).slides
    assert 15 <= len(deck) <= 35
    assert deck[0].title.startswith("# ")
    assert deck[0].picture
    assert all(slide.parts or slide.exercises for slide in deck)
    assert "## Key points" in {slide.title for slide in deck}
    assert not re.search("notes disagree", "".join(slide.title for slide in deck))
    assert path.name.startswith("00") or deck[-1].exercises


@every_chapter
def test_what_it_shows_can_be_read_from_the_last_row(path):
    for cell in nbformat.read(path, as_version=4).cells:
        is_code = cell.cell_type == "code" and slide_type(cell) != "skip" and not is_card(cell)
        shown = picture_of(cell) if is_code else None
        assert not shown or len(shown.alt) > 30
        if is_code and not shown:
            lines = [line for line in essence(cell.source).splitlines() if line.strip()]
            assert len(lines) <= MOST_LINES, cell.id
            assert max(map(len, lines)) <= MOST_COLUMNS, cell.id


# The files.


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A deck, and beside it stand-ins for what comes from npm."""
    monkeypatch.setattr(
        export, "npm_files", lambda package, names: dict.fromkeys(export.ASSETS[package], b"")
    )
    export.write_assets(tmp_path / "assets")
    path, count = export.write_deck(CHAPTERS[1], tmp_path)
    return path, count


def test_a_deck_asks_for_nothing_but_the_files_beside_it(written):
    path, count = written
    page = path.read_text(encoding="utf-8")
    asked = re.findall(r"""(?:src|href)=["']([^"']*)|url\(([^)]*)\)|@import|import\(""", page)
    asked = [place or other for place, other in asked]
    assert {place.partition(":")[0] for place in asked} <= {"data", *asked}
    files = {place for place in asked if not place.startswith("data:")}
    assert all((path.parent / place).is_file() for place in files)
    assert len(files) == 6
    assert page.count("<section") > count


def test_a_deck_keeps_the_words_of_its_pictures(written):
    page = written[0].read_text(encoding="utf-8")
    pictures = re.findall("<img[^>]*>", page)
    assert len(pictures) >= 5
    assert all(len(re.search('alt="([^"]*)"', picture)[1]) > 30 for picture in pictures)


def test_what_comes_from_npm_is_pinned():
    assert export.ASSETS.keys() <= PACKAGES.keys()


# Which chapter is meant.


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("05", "05_backpropagation"),
        ("5", "05_backpropagation"),
        ("05b", "05b_training_deeper"),
        ("5b", "05b_training_deeper"),
        ("10", "10_many_networks"),
        ("Optimizers", "08_optimizers"),
        ("00_start_here.ipynb", "00_start_here"),
    ],
)
def test_a_chapter_is_found_by_number_or_name(name, stem):
    assert course.chapter_called(name) == course.NOTEBOOKS / f"{stem}.ipynb"


@pytest.mark.parametrize("name", ["12", "networks", "x", ""])
def test_where_no_chapter_fits_they_are_listed(name):
    with pytest.raises(course.CourseError, match=r"called .*; there are: 00 start here, .*10 many"):
        course.chapter_called(name)


def test_slides_are_written_of_all_chapters_or_of_some(monkeypatch):
    ran = []
    monkeypatch.setattr(course, "set_up", lambda *_: Path("python"))
    monkeypatch.setattr(course, "_run", lambda command, **_: ran.append(command) or 0)
    for words in (["all"], ["5", "--to", "there"]):
        arguments, more = course.parse(["slides", *words])
        assert arguments.run(arguments, more) == 0
    assert [len(command) for command in ran] == [5 + len(CHAPTERS), 6]
    assert ran[1][-1] == str(Path("there").absolute())
    assert ran[0][-1] == str(Path("slides").absolute())
