"""Exercise 8 of chapter 10: four ways to put the gradients of parts together, one of them right."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects


class _Team:
    """One who collects gradients; ``share(counts)`` gives the weight of each part."""

    def __init__(self, share, *, late=False):
        self._share, self._late, self._before = share, late, None

    def __call__(self, gradients, counts):
        counts = np.asarray(counts, float)
        weights = self._share(counts)
        gradient = sum(w * np.asarray(part) for w, part in zip(weights, gradients, strict=True))
        if not self._late:
            return gradient
        answer = gradient if self._before is None else self._before
        self._before = gradient
        return answer


def by_size(counts):
    return counts / counts.sum()


SUSPECTS = {
    "first": lambda: _Team(lambda counts: np.full(len(counts), 1 / len(counts))),
    "second": lambda: _Team(by_size, late=True),
    "third": lambda: _Team(by_size),
    "fourth": lambda: _Team(np.ones_like),
}
FAULTS = {
    "first": (
        "equal",
        "With parts of one size it is right. Give it one part of 3 examples and one of 1.",
    ),
    "second": (
        "late",
        "Its first answer is right, whatever the parts. Ask the same one again, with other "
        "gradients.",
    ),
    "fourth": (
        "adds",
        "Two equal parts, both with the gradient 1: the whole batch has the gradient 1, too.",
    ),
}
RIGHT = {name: fault for name, (fault, _) in FAULTS.items()}

grade = grade_suspects(
    "third",
    FAULTS,
    ("adds", "equal", "late", "loses"),
    answers=("fine", "faults"),
    clue="has a fault. Try parts of equal size and of different sizes, and ask each one twice, "
    "with other gradients.",
    praise="a part counts as many examples as it has. The first is right as long as all parts are "
    "equal, the second at its first step, so one trial is not enough; and adding up makes η as "
    "many times larger as there are machines.",
)


def blames(**faults):
    return lambda: ("third", RIGHT | faults)


WRONG = {
    "the first one has a fault": lambda: ("first", {}),
    "the second one has a fault": lambda: ("second", {}),
    "fine should be": lambda: ("fifth", {}),
    "faults should be": lambda: ("third", {"first": "equal"}),
    "The first one has another fault. With parts": blames(first="adds"),
    "The second one has another fault. Its first": blames(second="loses"),
    "The fourth one has another fault. Two equal": blames(fourth="equal"),
    "The first one: a fault is": blames(first="unequal"),
}

exercise = Exercise(
    names=("fine", "faults"),
    grade=grade,
    hints=(
        "combine([np.ones(2), np.ones(2)], [5, 5]) should be [1, 1]: two halves that say the same.",
        "Parts of 3 and 1 examples, with the gradients 2 and 6: (3 · 2 + 1 · 6)/4 = 3.",
        "Who remembers something? Make one, and ask it twice with different gradients.",
    ),
    solution="""
        fine = "third"
        faults = {"first": "equal", "second": "late", "fourth": "adds"}
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.choice(["first", "second", "fourth"]).item(), {"third": "late"}),
)
