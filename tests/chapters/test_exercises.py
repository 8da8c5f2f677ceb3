"""Every exercise in every direction: starter, solution, each known mistake, random answers, wrong use."""

import importlib
import pkgutil
import textwrap

import nnlib.exercises
import numpy as np
import pytest

from nnlib.chapters.kit.exercise import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    Chapter,
    NotAttempted,
    contains_todo,
    todo,
)

CHAPTERS = {
    module.name: importlib.import_module(f"nnlib.exercises.{module.name}").chapter
    for module in pkgutil.iter_modules(nnlib.exercises.__path__)
    if module.name != "engine"
}
EXERCISES = [
    (chapter, name) for chapter, exercises in CHAPTERS.items() for name in exercises.exercises
]
MISTAKES = [
    pytest.param(chapter, name, mistake, id=f"{chapter}-{name}-{mistake.named}")
    for chapter, name in EXERCISES
    for mistake in CHAPTERS[chapter].exercises[name].mistakes
]
every_exercise = pytest.mark.parametrize(("chapter", "name"), EXERCISES)


def answer_of(chapter: str, name: str, code: str):
    """What ``check`` says when a learner has run ``code`` in the notebook."""
    module = importlib.import_module(f"nnlib.exercises.{chapter}")
    learner = {"np": np, "ex": module, "todo": todo}
    exec(textwrap.dedent(code), learner)
    return module.check(
        name, *[learner[variable] for variable in module.chapter.exercises[name].names]
    )


def test_there_are_exercises():
    assert len(EXERCISES) >= 6


@every_exercise
def test_starter_is_not_attempted(chapter, name):
    exercises = CHAPTERS[chapter]
    assert (
        exercises.check(name, *[todo] * len(exercises.exercises[name].names)).status
        == NOT_ATTEMPTED
    )


@every_exercise
def test_a_function_that_returns_todo_is_not_attempted(chapter, name):
    exercise = CHAPTERS[chapter].exercises[name]
    if exercise.code.strip().startswith("def "):
        assert CHAPTERS[chapter].check(name, lambda *_: todo).status == NOT_ATTEMPTED
    else:
        assert (
            CHAPTERS[chapter].check(name, *[[todo, 1.0]] * len(exercise.names)).status
            == NOT_ATTEMPTED
        )


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
@pytest.mark.parametrize(
    "nonsense", [None, "abc", 3, [], np.zeros((2, 2)), np.array([np.nan]), lambda: 1 / 0]
)
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
    assert all(
        part is todo
        for part in (todo + 1, 1 - todo, w * todo, todo @ w, w @ todo, -todo, todo[0], todo(3))
    )
    assert all(
        part is todo
        for part in (np.sqrt(todo), np.where(todo > 0, 1, 0), np.sum(todo), abs(todo), todo.T)
    )
    assert contains_todo([1, (todo,)])
    assert not contains_todo(np.ones(3))


@pytest.mark.parametrize(
    "use", [iter, list, bool, float, int, len, range, lambda value: 1 in value], ids="abcdefgh"
)
def test_todo_never_hangs_and_never_counts_as_an_answer(use):
    with pytest.raises(NotAttempted, match="in place of todo"):
        use(todo)


@pytest.mark.parametrize(
    "body",
    [
        "z = todo; return (z > 0).astype(int)",
        "return np.where(todo > 0, 1, 0)",
        "return [int(row) for row in todo]",
        "return x if todo else w",
        "return np.sqrt(todo)",
        "guess = todo\n    if guess > 0:\n        return w",
    ],
)
def test_a_half_written_function_is_not_attempted(body):
    assert (
        answer_of("perceptron", "predict", f"def predict(w, b, x):\n    {body}").status
        == NOT_ATTEMPTED
    )


def test_a_right_answer_may_come_in_any_form():
    check = CHAPTERS["perceptron"].check
    assert check("or_gate", [1, 1], -0.5).status == CORRECT
    assert check("or_gate", (True, 2), np.float32(-0.25)).status == CORRECT
    assert check("predict", lambda w, b, x: x @ w + b > 0).status == CORRECT
    assert check("predict", lambda w, b, x: [int(row @ w + b > 0) for row in x]).status == CORRECT
    assert check("break_it", [[1], [2]], [0, 1]).status == CORRECT
    assert check("break_it", [[1], [2]], [False, True]).status == CORRECT


def test_whatever_breaks_a_checker_an_answer_comes_back():
    answer = CHAPTERS["perceptron"].check("break_it", [[1, 2], [3]], [0, 1])
    assert answer.status == NOT_YET
    assert "could not be read" in answer.words
