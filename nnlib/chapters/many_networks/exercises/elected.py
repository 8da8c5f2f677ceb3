"""Exercise 1 of chapter 10: the class that most of the voters name, where some voters count more than others."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def elected(labels, weights, classes):
    votes = [weights @ (labels == c) for c in range(classes)]
    return np.argmax(votes, axis=0)


def table(labels, weights, classes):
    """What the voters who name each class count together, (classes, n)."""
    return np.array([weights @ (labels == c) for c in range(classes)])


def heads(labels, classes):
    """How many voters name each class, (classes, n)."""
    return table(labels, np.ones(len(labels)), classes)


def first_named(labels, weights, classes):
    votes = table(labels, weights, classes)
    return [
        max(named, key=counts.__getitem__)
        for named, counts in zip(labels.T.tolist(), votes.T.tolist(), strict=True)
    ]


def of_all_examples(labels, weights, classes):
    votes = table(labels, weights, classes).sum(axis=1)
    return np.full(labels.shape[1], votes.argmax())


WRONG: Mistakes = {
    "the weights are not used: each voter who names a class adds its own weight to it.": (
        lambda labels, weights, classes: heads(labels, classes).argmax(axis=0)
    ),
    "the voter with the largest weight decides alone: add up the weights of all who name a "
    "class.": lambda labels, weights, classes: labels[weights.argmax()],
    "that is the mean weight of those who name a class: the more voters, the more it counts, so "
    "their sum.": lambda labels, weights, classes: (
        table(labels, weights, classes) / np.maximum(heads(labels, classes), 1)
    ).argmax(axis=0),
    "the weights divide; they should multiply: who has a larger one counts more.": (
        lambda labels, weights, classes: table(labels, 1 / weights, classes).argmax(axis=0)
    ),
    "of classes with equal votes the smallest is asked for, and yours takes the largest.": (
        lambda labels, weights, classes: (
            classes - 1 - table(labels, weights, classes)[::-1].argmax(axis=0)
        )
    ),
    "of classes with equal votes the smallest is asked for, and yours takes the one that is named "
    "first.": first_named,
    "that is a mean of the labels; but labels are names: between a 3 and a 9 there is no 6. Add up "
    "votes for each class.": (
        lambda labels, weights, classes: weights @ labels / weights.sum(),
        lambda labels, weights, classes: np.rint(weights @ labels / weights.sum()),
        lambda labels, weights, classes: labels.mean(axis=0),
        lambda labels, weights, classes: np.rint(labels.mean(axis=0)),
    ),
    "that is the median of the labels; but labels are names, so their order says nothing.": (
        lambda labels, weights, classes: np.median(labels, axis=0)
    ),
    "that is how many votes the winner has: which class is it? argmax, not max.": (
        lambda labels, weights, classes: table(labels, weights, classes).max(axis=0)
    ),
    "the same class for all examples: add up the votes for each one alone.": of_all_examples,
    "that is the class with the *fewest* votes: argmax, not argmin.": (
        lambda labels, weights, classes: table(labels, weights, classes).argmin(axis=0)
    ),
    "that is what the first voter says.": lambda labels, weights, classes: labels[0],
    "class 0 counts too.": lambda labels, weights, classes: (
        1 + table(labels, weights, classes)[1:].argmax(axis=0)
    ),
    "the last class, classes − 1, counts too.": lambda labels, weights, classes: table(
        labels, weights, classes
    )[:-1].argmax(axis=0),
}


def read(result, case):
    (voters, n), classes = case[0].shape, case[2]
    shape = np.shape(result)
    if shape == (voters,) and voters != n:
        raise NotYet(
            f"one answer for each of the {voters} voters; one for each of the {n} examples is "
            "asked for. A row of labels is a voter, so add up along axis 0."
        )
    if shape in ((n, classes), (classes, n)):
        raise NotYet(
            f"a table {shape} comes back. If these are the votes for each class: the place of the "
            "largest number in it, for each example, is the answer."
        )
    return numbers(result, "elected(labels, weights, classes)", (n,))


def otherwise(case, got, right):
    labels, weights, _ = case
    place = int(np.argmax(got != right))
    named = ", ".join(f"{label}" for label in labels[:, place])
    counts = ", ".join(f"{weight:g}" for weight in weights)
    return (
        f"voters with the weights {counts} name {named}: elected should say {brief(right[place])}, "
        f"but it says {brief(got[place])}."
    )


ANSWERS = [  # of five voters, for one example after the other
    [3, 0, 0, 1, 2],
    [2, 1, 1, 2, 3],
    [0, 3, 3, 2, 3],
    [1, 1, 0, 3, 1],
    [2, 0, 3, 0, 1],
    [1, 0, 1, 1, 0],
    [1, 2, 0, 2, 1],
]
CASES = (
    (np.array(ANSWERS).T, np.array([1.0, 2.0, 0.5, 1.5, 4.5]), 4),
    (np.array(ANSWERS).T, np.ones(5), 4),
    (np.array([[9, 0, 4], [8, 3, 4], [8, 8, 7]]), np.array([2.0, 0.5, 1.5]), 10),
    (np.array([[1, 0, 1, 0]]), np.array([0.25]), 2),  # a single voter
    (np.array([[2], [0], [2], [1], [0]]), np.array([1.0, 1.0, 1.5, 3.0, 1.5]), 3),  # one example
)

exercise = Exercise(
    names=("elected",),
    grade=grade_function(
        elected,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="add up, for each class, the weights of those who name it, and take the place of "
        "the most. argmax takes the first of several that are equal, which is the smallest class.",
    ),
    hints=(
        "labels == c is True where a voter names the class c. Multiply each row of it by the "
        "voter's weight, and add up: along which axis, to have the votes of each example?",
        "weights @ (labels == c) does both: (K,) times (K, n) gives (n,).",
        "votes = [weights @ (labels == c) for c in range(classes)] is a table (classes, n); "
        "np.argmax(votes, axis=0) is the place of the most votes, for each example.",
    ),
    solution=elected,
    wrong=WRONG,
    noise=lambda rng: (lambda labels, *_: rng.normal(size=labels.shape[1]),),
)
