"""Every exercise in every direction: starter, solution, each known mistake, random answers, wrong use."""

import importlib
import pkgutil
import textwrap

import numpy as np
import pytest

import nnlib.exercises
from nnlib.exercises import todo
from nnlib.exercises.engine import CORRECT, NOT_ATTEMPTED, NOT_YET, Chapter, contains_todo

CHAPTERS = {
    module.name: importlib.import_module(f"nnlib.exercises.{module.name}").chapter
    for module in pkgutil.iter_modules(nnlib.exercises.__path__)
    if module.name != "engine"
}
EXERCISES = [(chapter, name) for chapter, exercises in CHAPTERS.items() for name in exercises.exercises]
MISTAKES = [
    pytest.param(chapter, name, mistake, id=f"{chapter}-{name}-{mistake.named}")
    for chapter, name in EXERCISES
    for mistake in CHAPTERS[chapter].exercises[name].mistakes
]
every_exercise = pytest.mark.parametrize(("chapter", "name"), EXERCISES)


def answer_of(chapter: str, name: str, code: str):
    """What ``check`` says when a learner has run ``code`` in the notebook."""
    module = importlib.import_module(f"nnlib.exercises.{chapter}")
    learner = {"np": np, "ex": module}
    exec(textwrap.dedent(code), learner)
    return module.check(name, *[learner[variable] for variable in module.chapter.exercises[name].names])


def test_there_are_exercises():
    assert len(EXERCISES) >= 6


@every_exercise
def test_starter_is_not_attempted(chapter, name):
    exercises = CHAPTERS[chapter]
    assert exercises.check(name, *[todo] * len(exercises.exercises[name].names)).status == NOT_ATTEMPTED


@every_exercise
def test_a_function_that_returns_todo_is_not_attempted(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    if exercise.code.strip().startswith("def "):
        assert CHAPTERS[chapter].check(name, lambda *_: todo).status == NOT_ATTEMPTED
    else:
        assert CHAPTERS[chapter].check(name, *[[todo, 1.0]] * len(exercise.names)).status == NOT_ATTEMPTED


@every_exercise
def test_solution_is_correct(chapter, name):
    answer = answer_of(chapter, name, CHAPTERS[chapter].exercises[name].code)
    assert answer.status == CORRECT, answer


@pytest.mark.parametrize(("chapter", "name", "mistake"), MISTAKES)
def test_known_mistake_is_named(chapter, name, mistake):
    answer = answer_of(chapter, name, mistake.code)
    assert answer.status == NOT_YET
    assert mistake.named in answer.words


@every_exercise
def test_random_answer_is_not_yet(chapter, name):
    rng = np.random.default_rng(0)
    for _ in range(20):
        answer = CHAPTERS[chapter].check(name, *CHAPTERS[chapter].exercises[name].noise(rng))
        assert answer.status == NOT_YET, answer
        assert len(answer.words) > 20


@every_exercise
def test_hints_come_one_by_one_and_the_solution_reads(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    fresh = Chapter(**{name: exercise})
    given = [fresh.hint(name) for _ in range(len(exercise.hints) + 1)]
    assert len(exercise.hints) >= 2
    assert len(set(given)) == len(exercise.hints)
    assert given[-1] == given[0]
    assert repr(fresh.solution(name)).startswith(tuple("abcdefghijklmnopqrstuvwxyzWX"))


@every_exercise
@pytest.mark.parametrize("nonsense", [None, "abc", 3, [], np.zeros((2, 2)), np.array([np.nan]), lambda: 1 / 0])
def test_nonsense_never_breaks_the_checker(chapter, name, nonsense):
    exercise = CHAPTERS[chapter].exercises[name]
    assert CHAPTERS[chapter].check(name, *[nonsense] * len(exercise.names)).status == NOT_YET


@every_exercise
def test_wrong_number_of_answers_says_how_to_hand_in(chapter, name):
    assert "check(" in CHAPTERS[chapter].check(name).words


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match=r'no exercise "nand".*"or_gate"'):
        CHAPTERS["perceptron"].check("nand", 1)


def test_todo_survives_arithmetic():
    w = np.ones(3)
    assert all(part is todo for part in (todo + 1, 1 - todo, w * todo, todo @ w, w @ todo, -todo, todo[0], todo(3)))
    assert contains_todo([1, (todo,)])
    assert not contains_todo(np.ones(3))
