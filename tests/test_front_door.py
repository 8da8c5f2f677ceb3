"""What README.md and INSTRUCTORS.md say of the chapters is what the chapters say."""

import argparse
import html
import importlib
import re
from pathlib import Path

import pytest
from PIL import Image

import course
from nnlib.chapters.kit.demo import declared_everywhere
from nnlib.chapters.kit.predict import Question
from tools.docs import chapters

ROOT = Path(__file__).parents[1]
README, INSTRUCTORS = ((ROOT / name).read_text("utf-8") for name in ("README.md", "INSTRUCTORS.md"))
CHAPTERS = {chapter.number: chapter for chapter in chapters.chapters() if chapter.number[0] in "01"}
ROW = re.compile(
    r"^\| (\w+) \| \[(.+?)\]\((notebooks/.+?)\) \| (.+?) \|(?: (.*?) \|)?$", re.MULTILINE
)
every_chapter = pytest.mark.parametrize("number", CHAPTERS)


def part(number: str) -> str:
    """The part of INSTRUCTORS.md that is about a chapter."""
    title = f"### {number} · {CHAPTERS[number].title}\n"
    assert title in INSTRUCTORS
    return re.split(r"^###? ", INSTRUCTORS.partition(title)[2], maxsplit=1, flags=re.MULTILINE)[0]


def module(number: str, name: str):
    text = CHAPTERS[number].path.read_text("utf-8")
    folder = re.search(r"from nnlib\.chapters\.(\w+) import", text)[1]
    return importlib.import_module(f"nnlib.chapters.{folder}.{name}")


def questions(number: str) -> list[Question]:
    return [
        value for value in vars(module(number, "questions")).values() if isinstance(value, Question)
    ]


# README.md


def test_every_notebook_has_its_row():
    rows = {number: (ROOT / path).name for number, _, path, _, _ in ROW.findall(README)}
    found = {path.name.split("_")[0]: path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert rows == found


@every_chapter
def test_the_picture_of_a_chapter_is_small_and_described(number):
    cell = {row[0]: row[4] for row in ROW.findall(README)}[number]
    path, alt = re.fullmatch(r'<img src="(.+?)" width="220" alt="(.+?)">', cell).groups()
    assert path == f"docs/pictures/chapters/{number}.png"
    assert (ROOT / path).stat().st_size <= 60_000
    assert html.unescape(alt) == CHAPTERS[number].picture


def test_the_moving_picture_is_light_and_calm():
    with Image.open(ROOT / "docs" / "pictures" / "course.webp") as film:
        assert 800 <= film.width <= 960
        times = []
        for frame in range(film.n_frames):
            film.seek(frame)
            film.load()
            times.append(film.info["duration"])
    assert 10_000 <= sum(times) <= 14_000
    assert min(times) >= 80
    assert (ROOT / "docs" / "pictures" / "course.webp").stat().st_size <= 3_000_000


def test_what_is_counted_is_there():
    panels = len(declared_everywhere()[0])
    exercises = [one for n in CHAPTERS for one in module(n, "exercises").chapter.exercises.values()]
    mistakes = sum(len(one.wrong) for one in exercises)
    assert f"There are {panels} panels." in README
    assert f"The {len(exercises)} exercises recognise {mistakes} mistakes" in README


def test_links_of_the_front_pages_lead_somewhere():
    for text in (README, INSTRUCTORS):
        links = re.findall(r'\]\(([^)#\s]+)|(?:src|srcset)="([^"]+)"', text)
        # GitHub's own page of the published site, which each fork has
        targets = [one or other for one, other in links if one != "../../deployments/github-pages"]
        assert len(targets) >= 2
        assert [t for t in targets if "//" not in t and not (ROOT / t).exists()] == []


# INSTRUCTORS.md


@every_chapter
def test_minutes_are_those_of_the_chapter(number):
    total, listed = re.search(r"^(\d+) minutes: (.+)\.$", part(number), re.MULTILINE).groups()
    minutes = {name: int(count) for name, count in re.findall(r"(.+?) \((\d+)\)(?: · |$)", listed)}
    assert minutes == CHAPTERS[number].minutes
    assert sum(minutes.values()) == int(total)


@every_chapter
def test_every_question_stands_with_its_answer(number):
    asked = [f"| {one.question} | **{one.right}.** {one.because} |" for one in questions(number)]
    assert re.findall(r"^\| .* \| \*\*.*$", part(number), re.MULTILINE) == asked
    assert len(asked) >= 2


@every_chapter
def test_every_exercise_has_one_place(number):
    names = list(module(number, "exercises").chapter.exercises)
    (line,) = [line for line in part(number).split("\n") if re.match("In groups|In class", line)]
    assert sorted(re.findall(r"`(\w+)`", line)) == sorted(names)
    stumbles = re.findall(r"^- `(\w+)`:", part(number), re.MULTILINE)
    assert len(stumbles) >= 2
    assert set(stumbles) <= set(names)


def without_exercises(number: str) -> int:
    minutes = CHAPTERS[number].minutes
    return sum(minutes.values()) - minutes.get("Exercises", 0)


def test_six_weeks_add_up():
    rows = re.findall(
        r"^\| \d \| ((?:\w+(?:, )?)+) \| (\d+) \| (\d+) \|$", INSTRUCTORS, re.MULTILINE
    )
    assert len(rows) == 6
    taught = [number for numbers, _, _ in rows for number in numbers.split(", ")]
    assert taught == list(CHAPTERS)
    for numbers, in_class, at_home in rows:
        all_of_it = sum(sum(CHAPTERS[number].minutes.values()) for number in numbers.split(", "))
        teaching = sum(map(without_exercises, numbers.split(", ")))
        assert int(in_class) in (teaching, all_of_it)
        assert int(in_class) + int(at_home) == all_of_it
    in_class, at_home = (sum(int(row[place]) for row in rows) for place in (1, 2))
    assert (
        f"In class {in_class:,} minutes, at home {at_home}: {in_class + at_home:,} in all."
        in INSTRUCTORS
    )
    assert max(int(row[1]) for row in rows) <= 2 * 120


def test_two_days_add_up():
    rows = re.findall(r"^\| ([12]) \| (\w+) \| ([\d, –]+) \| (\d+) \|$", INSTRUCTORS, re.MULTILINE)
    assert len(rows) > 6
    days = {"1": 0, "2": 0}
    for day, number, sections, minutes in rows:
        assert sum(minutes_of(number, sections)) == int(minutes), number
        days[day] += int(minutes)
    assert f"Day 1 takes {days['1']} minutes, day 2 takes {days['2']}." in INSTRUCTORS
    assert max(days.values()) <= 380


def minutes_of(number: str, sections: str) -> list[int]:
    """The minutes of sections such as "1–3, 7"; "4–5 Channels" of a chapter counts if its first is among them."""
    wanted = set()
    for one in sections.split(", "):
        first, _, last = one.partition("–")
        wanted |= set(range(int(first), int(last or first) + 1))
    named = {name: re.match(r"\d+", name) for name in CHAPTERS[number].minutes}
    return [
        CHAPTERS[number].minutes[name]
        for name, found in named.items()
        if found and int(found[0]) in wanted
    ]


# written about before they are there
@pytest.mark.parametrize("text", [README, INSTRUCTORS], ids=["README", "INSTRUCTORS"])
def test_every_command_exists(text):
    known = {name for name in vars(course) if is_command(getattr(course, name))}
    assert {"lab", "test"} <= known
    assert set(re.findall(r"course\.py ([a-z]+)", text)) <= known


def is_command(value: object) -> bool:
    """Whether it is a function that does a command: it takes what the command line says."""
    types = getattr(value, "__annotations__", {})
    return types.get("arguments") is argparse.Namespace and types.get("return") is int
