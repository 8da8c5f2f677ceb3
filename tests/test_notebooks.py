"""How a notebook of the course is made: skeleton, cells, outputs, links, alt texts. What it computes, nbval tests."""

import importlib
import re
import statistics
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from save_notebooks import stripped

from nnlib.chapters.kit.demo import declared_everywhere
from nnlib.chapters.kit.predict import Question

PANELS = {(demo.chapter, demo.name) for demo in declared_everywhere()[0]}
CARD = r"questions\.(\w+)\(\)"
FOLDER = Path(__file__).parents[1] / "notebooks"
CHAPTERS = sorted(FOLDER.glob("[0-9]*.ipynb"))
NUMBERED = [path for path in CHAPTERS if not path.name.startswith("00")]
# To look things up in: neither panels nor exercises nor solutions. test_appendices.py has what is in them.
APPENDICES = sorted(FOLDER.glob("A[0-9]*.ipynb"))
SOLUTIONS = sorted((FOLDER / "solutions").glob("*.ipynb"))
SKELETON = [
    "## 1 ·",
    "## Key points",
    "## Exercises",
    "## Where the notes disagree",
    "## Further reading",
    "**Next:**",
]
every_notebook = pytest.mark.parametrize(
    "path",
    CHAPTERS + APPENDICES + SOLUTIONS,
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
every_page = pytest.mark.parametrize("path", CHAPTERS + APPENDICES, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
every_numbered_chapter = pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
every_appendix = pytest.mark.parametrize("path", APPENDICES, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def outputs(path):
    return [output for cell in code_cells(path) for output in cell.outputs]


def prose(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def sources(path):
    return "\n".join(cell.source for cell in code_cells(path))


def test_the_notebooks_are_found():
    assert len(NUMBERED) >= 1
    assert [path.name for path in SOLUTIONS] == [path.name for path in CHAPTERS]
    assert sorted(FOLDER.glob("*.ipynb")) == CHAPTERS + APPENDICES


@every_notebook
def test_it_is_valid_with_unique_ids(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.nbformat_minor >= 5
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@every_notebook
def test_it_was_run_from_top_to_bottom_without_an_error(path):
    assert [cell.execution_count for cell in code_cells(path)] == list(
        range(1, len(code_cells(path)) + 1)
    )
    assert all(
        output.output_type != "error" and output.get("name") != "stderr" for output in outputs(path)
    )


@every_notebook
def test_it_is_saved_without_widget_state(path):
    assert nbformat.writes(stripped(read(path))) + "\n" == path.read_text(encoding="utf-8")


@every_notebook
def test_every_picture_has_words(path):
    pages = [
        output.data["text/html"]
        for output in outputs(path)
        if "text/html" in output.get("data", {})
    ]
    images = [image for page in pages for image in re.findall(r"<img[^>]*>", page)]
    assert all(len(re.search(r'alt="([^"]*)"', image)[1]) > 30 for image in images)
    assert "image/png" not in [kind for output in outputs(path) for kind in output.get("data", {})]
    assert all(len(alt) > 30 for alt in re.findall(r"!\[([^\]]*)\]", prose(path)))


@every_notebook
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)", prose(path)):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / unquote(target)).exists(), target


@every_notebook
def test_links_into_a_notebook_lead_to_a_heading(path):
    # JupyterLab and exported pages both find a cell by its id; headings with signs such as · neither of them finds
    links = re.findall(r"\]\(([^)#]+\.ipynb)#([^)]+)\)", prose(path))
    for target in {target for target, _ in links}:
        cells = {f"cell-id={cell.id}": cell.source for cell in read(path.parent / target).cells}
        places = {place for name, place in links if name == target}
        assert {place for place in places if not cells.get(place, "").startswith("#")} == set()


@every_notebook
def test_formulas_are_closed(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`]*`", "", cell.source)
            assert text.count("$$") % 2 == 0
            assert text.replace("$$", "").count("$") % 2 == 0


@every_page
def test_code_cells_are_short(path):
    lengths = [
        len([line for line in cell.source.splitlines() if line.strip()])
        for cell in code_cells(path)
    ]
    assert max(lengths) <= 15
    assert statistics.median(lengths) <= 4


@every_page
def test_no_plumbing_is_in_sight(path):
    source = sources(path)
    for word in (
        "interact",
        "clear_output",
        "pyplot",
        "Output(",
        "sys.path",
        "warnings",
        "%matplotlib",
        "!pip",
    ):
        assert word not in source


def chapter_of(path):
    return re.search(r"from nnlib\.chapters\.(\w+) import .*panels", sources(path))[1]


def shows_a_panel(path, cell):
    chapter = chapter_of(path)
    called = re.fullmatch(r"panels\.(\w+)\(\)", cell.source)
    return bool(called) and (chapter, called[1]) in PANELS


@every_chapter
def test_a_panel_stands_under_a_question(path):
    # a card, which offers answers to the question, may stand between
    cells = [cell for cell in read(path).cells if not re.fullmatch(CARD, cell.source)]
    for before, cell in pairwise(cells):
        if shows_a_panel(path, cell):
            assert "**Predict.**" in before.source
            assert "?" in before.source


@every_chapter
def test_each_card_is_shown_once_and_before_what_answers_it(path):
    module = importlib.import_module(f"nnlib.chapters.{chapter_of(path)}.questions")
    declared = [name for name, value in vars(module).items() if isinstance(value, Question)]
    cells = read(path).cells
    shown = [found[1] for cell in cells if (found := re.fullmatch(CARD, cell.source))]
    assert sorted(shown) == sorted(declared)
    for cell, after in pairwise(cells):
        if re.fullmatch(CARD, cell.source):
            assert after.cell_type == "code"
            assert cell.outputs[0].data.keys() == {"text/plain", "text/html"}


@every_numbered_chapter
def test_the_skeleton_is_there_in_order(path):
    text = prose(path)
    start = ["# ", "**You will be able to**", "**You need**", "**Minutes**"]
    places = [text.find(part) for part in [*start, *SKELETON]]
    assert -1 not in places
    assert places == sorted(places)
    assert 3 <= len(re.findall(r"^- ", text[places[1] : places[2]], flags=re.MULTILINE)) <= 5
    assert cells_show_a_picture_early(path)


def cells_show_a_picture_early(path):
    return any(
        "<img" in output.get("data", {}).get("text/html", "")
        for output in code_cells(path)[0].outputs
    )


@every_numbered_chapter
def test_it_is_full_enough(path):
    source = sources(path)
    assert sum(shows_a_panel(path, cell) for cell in read(path).cells) >= 3
    assert len(set(re.findall(r'ex\.check\("(\w+)"', source))) >= 6
    assert len(re.findall(r"^assert ", source, flags=re.MULTILINE)) >= 10
    assert "Break it" in prose(path)
    assert "Open end" in prose(path)


@every_chapter
def test_it_shows_every_panel_and_asks_every_exercise(path):
    chapter = chapter_of(path)
    called = set(re.findall(r"panels\.(\w+)\(", sources(path)))
    assert {name for folder, name in PANELS if folder == chapter} <= called
    exercises = importlib.import_module(f"nnlib.chapters.{chapter}.exercises").chapter.exercises
    assert list(exercises) == re.findall(r'ex\.check\("(\w+)"', sources(path))


@every_chapter
def test_starters_are_not_attempted_and_solutions_are_correct(path):
    asked = re.findall(r'ex\.check\("(\w+)"', "\n".join(cell.source for cell in code_cells(path)))
    solutions = FOLDER / "solutions" / path.name
    solved = re.findall(
        r'ex\.check\("(\w+)"', "\n".join(cell.source for cell in code_cells(solutions))
    )
    assert asked == solved
    assert replies(path) == ["○ not attempted"] * len(asked)
    assert replies(solutions) == ["✓ correct"] * len(asked)
    of = len(asked)
    assert counts(path) == [f"0 of {of} done"] * of
    assert counts(solutions) == [f"{done} of {of} done" for done in range(1, of + 1)]


@every_chapter
def test_solutions_are_headed_by_the_names_of_the_exercises(path):
    asked = re.findall(r"^\*\*(Exercise \d+ – .+?)\.?\*\*", prose(path), re.MULTILINE)
    solved = re.findall(r"^## (.+)$", prose(FOLDER / "solutions" / path.name), re.MULTILINE)
    assert len(asked) >= 2
    assert solved == asked


@every_appendix
def test_an_appendix_has_numbered_sections_asserts_and_ways_out(path):
    text = prose(path)
    number = path.name.split("_")[0]
    assert text.startswith(f"# {number} · ")
    sections = re.findall(r"^## (\d+) · .", text, re.MULTILINE)
    assert len(sections) >= 2
    assert sections == [str(place) for place in range(1, len(sections) + 1)]
    assert text.index("**Back to** [") > text.rindex("\n## ")
    linked = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)}
    assert len({chapter.name for chapter in CHAPTERS} & linked) >= 5
    assert len(re.findall(r"^assert ", sources(path), flags=re.MULTILINE)) >= 4


@every_appendix
def test_an_appendix_is_in_the_tables_of_chapters(path):
    number = path.name.split("_")[0]
    start, readme = (
        prose(FOLDER / "00_start_here.ipynb"),
        (FOLDER.parent / "README.md").read_text("utf-8"),
    )
    assert re.search(rf"^\| \*\*{number}\*\* \[[^]]+\]\({path.name}\) \|", start, re.MULTILINE)
    assert re.search(
        rf"^\| {number} \| \[[^]]+\]\(notebooks/{path.name}\) \|", readme, re.MULTILINE
    )


def counts(path):
    """What the cards of the replies say about how many exercises are done."""
    pages = [output.data.get("text/html", "") for output in outputs(path) if "data" in output]
    return [found[0] for page in pages if (found := re.search(r"\d+ of \d+ done", page))]


def replies(path):
    texts = [output.data["text/plain"] for output in outputs(path) if "data" in output]
    return [text.split(":")[0] for text in texts if text[0] in "○✓✗"]
