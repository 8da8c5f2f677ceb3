"""Exercise 1 of chapter 10: the class that most of the voters name."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def majority(labels, classes):
    votes = [(labels == c).sum(axis=0) for c in range(classes)]
    return np.argmax(votes, axis=0)


def table(labels, classes):
    """How many voters name each class, (n, classes)."""
    return np.stack([(labels == c).sum(axis=0) for c in range(classes)], axis=1)


def first_named(labels, classes):
    return [max(answers.tolist(), key=answers.tolist().count) for answers in labels.T]


WRONG: Mistakes = {
    "of classes with equal votes the smallest is asked for, and yours takes the largest.": (
        lambda labels, classes: classes - 1 - table(labels, classes)[:, ::-1].argmax(axis=1)
    ),
    "of classes with equal votes the smallest is asked for, and yours takes the one that is named "
    "first.": first_named,
    "that is the mean of the labels, rounded; but labels are names: between a 3 and a 9 there is no "
    "6.": (
        lambda labels, _: np.rint(labels.mean(axis=0)),
        lambda labels, _: labels.mean(axis=0).astype(int),
    ),
    "that is the mean of the labels; but labels are names: count how many voters name each.": (
        lambda labels, _: labels.mean(axis=0)
    ),
    "that is the median of the labels; but labels are names, so their order says nothing.": (
        lambda labels, _: np.median(labels, axis=0)
    ),
    "that is the largest label that is named: count how many voters name each.": (
        lambda labels, _: labels.max(axis=0)
    ),
    "that is the smallest label that is named: count how many voters name each.": (
        lambda labels, _: labels.min(axis=0)
    ),
    "that is how many votes the winner has: which class is it? argmax, not max.": (
        lambda labels, classes: table(labels, classes).max(axis=1)
    ),
    "that is the share of the votes for the winner: which class is it? argmax, not max.": (
        lambda labels, classes: table(labels, classes).max(axis=1) / len(labels)
    ),
    "that is which voter has the largest label; the class that most of them name is asked for.": (
        lambda labels, _: labels.argmax(axis=0)
    ),
    "the same class for all examples: count the votes for each example by itself.": (
        lambda labels, classes: np.full(
            labels.shape[1], np.bincount(labels.ravel(), minlength=classes).argmax()
        )
    ),
    "that is the class that *fewest* voters name: argmax, not argmin.": (
        lambda labels, classes: table(labels, classes).argmin(axis=1)
    ),
    "that is what the first voter says.": lambda labels, _: labels[0],
    "that is what the last voter says.": lambda labels, _: labels[-1],
    "class 0 counts too.": lambda labels, classes: 1 + table(labels, classes)[:, 1:].argmax(axis=1),
    "the last class, classes − 1, counts too.": (
        lambda labels, classes: table(labels, classes)[:, :-1].argmax(axis=1)
    ),
}


def read(result, case):
    (voters, n), classes = case[0].shape, case[1]
    shape = np.shape(result)
    if shape == (voters,) and voters != n:
        raise NotYet(
            f"one answer for each of the {voters} voters; one for each of the {n} examples is "
            "asked for. A row of labels is a voter, so count along axis 0."
        )
    if shape in ((n, classes), (classes, n)):
        raise NotYet(
            f"a table {shape} comes back. If these are the votes for each class: the place of the "
            "largest number in it, for each example, is the answer."
        )
    return numbers(result, "majority(labels, classes)", (n,))


def otherwise(case, got, right):
    place = int(np.argmax(got != right))
    named = case[0][:, place].tolist()
    return (
        f"the voters say {named} about an example: majority should say {brief(right[place])}, but "
        f"it says {brief(got[place])}."
    )


ANSWERS = [  # of five voters, for one example after the other
    [3, 0, 0, 1, 2],
    [2, 1, 1, 2, 3],
    [0, 3, 3, 2, 3],
    [1, 3, 0, 3, 1],
    [2, 2, 3, 0, 1],
    [1, 0, 1, 1, 0],
]
CASES = (
    (np.array(ANSWERS).T, 4),
    (np.array([[9, 0, 4], [9, 8, 4], [3, 8, 7]]), 10),
    (np.array([[1, 0, 1, 0]]), 2),  # a single voter
    (np.array([[2], [0], [2], [1], [0]]), 3),  # a single example
)

exercise = Exercise(
    names=("majority",),
    grade=grade_function(
        majority,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="count the votes for each class, and take the place of the most. argmax takes the "
        "first of several that are equal, which is the smallest class.",
    ),
    hints=(
        "labels == c is True where a voter names the class c. Along which axis do you add that up "
        "to have the votes of each example?",
        "votes = [(labels == c).sum(axis=0) for c in range(classes)] is a table (classes, n).",
        "np.argmax(votes, axis=0): the place of the most votes, for each example.",
    ),
    solution=majority,
    wrong=WRONG,
    noise=lambda rng: (lambda labels, _: rng.normal(size=labels.shape[1]),),
)
