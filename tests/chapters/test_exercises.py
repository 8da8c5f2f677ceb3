"""Every exercise in every direction: starter, solution, other right styles, each known mistake, random answers."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from learners import every_program

import nnlib.chapters
from nnlib.chapters.kit.exercise import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    Chapter,
    NotAttempted,
    contains_todo,
    each_mistake,
    todo,
)

MODULES = {
    module.name: importlib.import_module(f"nnlib.chapters.{module.name}.exercises")
    for module in pkgutil.iter_modules(nnlib.chapters.__path__)
    if module.name != "kit"
}
CHAPTERS = {name: module.chapter for name, module in MODULES.items()}
EXERCISES = [
    (chapter, name) for chapter, exercises in CHAPTERS.items() for name in exercises.exercises
]
PROGRAMS = [program for program in every_program() if program.chapter in CHAPTERS]


def param(chapter, name, *rest, id=""):
    """One xdist group for each chapter."""
    return pytest.param(
        chapter, name, *rest, id=f"{chapter}-{name}{id}", marks=pytest.mark.xdist_group(chapter)
    )


every_exercise = pytest.mark.parametrize(("chapter", "name"), [param(*both) for both in EXERCISES])
MISTAKES = [
    param(chapter, name, words, answer, id=f"-{words}")
    for chapter, name in EXERCISES
    for words, answer in each_mistake(CHAPTERS[chapter].exercises[name].wrong)
]


def check(chapter, name, answer):
    exercise = CHAPTERS[chapter].exercises[name]
    return CHAPTERS[chapter].check(name, *exercise.handed_in(answer))


def solved(chapter, name):
    """Return what the learner hands in who has run the solution as it is shown."""
    exercise = CHAPTERS[chapter].exercises[name]
    learner = {"np": np, "ex": MODULES[chapter], "todo": todo}
    exec(exercise.code, learner)
    return [learner[variable] for variable in exercise.names]


def test_there_are_exercises():
    assert len(EXERCISES) >= 2


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_exercise_is_forgotten(chapter):
    files = {path.stem for path in Path(MODULES[chapter].__file__).parent.glob("[!_]*.py")}
    assert set(CHAPTERS[chapter].exercises) == files


@every_exercise
def test_it_says_what_it_is(chapter, name):
    module = importlib.import_module(f"nnlib.chapters.{chapter}.exercises.{name}")
    assert module.exercise is CHAPTERS[chapter].exercises[name]
    assert len(module.__doc__) > 20


@every_exercise
def test_starter_is_not_attempted(chapter, name):
    exercises = CHAPTERS[chapter]
    answer = exercises.check(name, *[todo] * len(exercises.exercises[name].names))
    assert answer.status == NOT_ATTEMPTED


@every_exercise
def test_a_function_that_returns_todo_is_not_attempted(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    empty = [
        (lambda *_: todo) if inspect.isfunction(answer) else [todo, 1.0]
        for answer in solved(chapter, name)
    ]
    assert CHAPTERS[chapter].check(name, *empty).status == NOT_ATTEMPTED
    assert len(empty) == len(exercise.names)


@every_exercise
def test_solution_is_correct(chapter, name):
    answer = CHAPTERS[chapter].check(name, *solved(chapter, name))
    assert answer.status == CORRECT, answer


@every_exercise
def test_three_other_right_styles_are_correct(chapter, name):
    styles = [
        program.answer
        for program in PROGRAMS
        if (program.chapter, program.exercise, program.named) == (chapter, name, None)
    ]
    assert len(styles) >= 3
    for style in styles:
        answer = check(chapter, name, style)
        assert answer.status == CORRECT, (inspect.getsource(style), answer)


@pytest.mark.parametrize(("chapter", "name", "words", "answer"), MISTAKES)
def test_known_mistake_is_named(chapter, name, words, answer):
    said = check(chapter, name, answer)
    assert said.status == NOT_YET
    assert words in said.words


@pytest.mark.parametrize(
    ("chapter", "name", "words", "answer"),
    [
        param(p.chapter, p.exercise, p.named, p.answer, id=f"-{p.named}")
        for p in PROGRAMS
        if p.named is not None
    ],
)
def test_wrong_program_is_named(chapter, name, words, answer):
    said = check(chapter, name, answer)
    assert said.status == NOT_YET
    assert words in said.words


def test_every_program_is_for_an_exercise():
    assert {(program.chapter, program.exercise) for program in PROGRAMS} <= set(EXERCISES)


@every_exercise
def test_random_answer_is_not_yet(chapter, name):
    rng, exercise = np.random.default_rng(0), CHAPTERS[chapter].exercises[name]
    for _ in range(exercise.noises):
        answer = CHAPTERS[chapter].check(name, *exercise.noise(rng))
        assert answer.status == NOT_YET, answer
        assert len(answer.words) > 20


@every_exercise
def test_hints_come_one_by_one_and_the_solution_reads(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    fresh = Chapter(importlib.import_module(f"nnlib.chapters.{chapter}.exercises.{name}"))
    given = [fresh.hint(name) for _ in range(len(exercise.hints) + 1)]
    assert len(exercise.hints) >= 2
    assert len(set(given)) == len(exercise.hints)
    assert given[-1] == given[0]
    assert repr(fresh.solution(name)).startswith(tuple("abcdefghijklmnopqrstuvwxyzWX"))


NONSENSE = [None, "abc", 3, [], np.zeros((2, 2)), np.array([np.nan]), lambda: 1 / 0]


@every_exercise
def test_nonsense_never_breaks_the_checker(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    for nonsense in NONSENSE:
        answer = CHAPTERS[chapter].check(name, *[nonsense] * len(exercise.names))
        assert answer.status == NOT_YET, (nonsense, answer)


@every_exercise
def test_wrong_number_of_answers_says_how_to_hand_in(chapter, name):
    assert "check(" in CHAPTERS[chapter].check(name).words


def test_unknown_name_lists_the_known():
    chapter, name = EXERCISES[0]
    with pytest.raises(ValueError, match=rf'no exercise "nonesuch".*"{name}"'):
        CHAPTERS[chapter].check("nonesuch", 1)


def test_todo_survives_arithmetic():
    w = np.ones(3)
    kept = (todo + 1, 1 - todo, w * todo, todo @ w, w @ todo, -todo, todo[0], todo(3))
    assert all(part is todo for part in kept)
    kept = (np.sqrt(todo), np.where(todo > 0, 1, 0), np.sum(todo), abs(todo), todo.T)
    assert all(part is todo for part in kept)
    assert contains_todo([1, (todo,)])
    assert not contains_todo(np.ones(3))


USES = [iter, list, bool, float, int, len, range, lambda value: 1 in value]


@pytest.mark.parametrize("use", USES, ids="abcdefgh")
def test_todo_never_hangs_and_never_counts_as_an_answer(use):
    with pytest.raises(NotAttempted, match="in place of todo"):
        use(todo)
