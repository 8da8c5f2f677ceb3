"""Exercise 6 of chapter 07: images moved one pixel to the right."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def shift_right(x):
    y = np.zeros_like(x)
    y[:, :, 1:] = x[:, :, :-1]
    return y


def moved(down, right, edge=0):
    """A mistake that moves images by whole pixels, −1, 0 or 1; ``edge`` comes in."""

    def move(x):
        h, w = x.shape[1:3]
        framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=edge)
        return framed[:, 1 - down : 1 - down + h, 1 - right : 1 - right + w]

    return move


def rolled(by=1, axis=None):
    return lambda x: np.roll(x, by, axis)


def blanked(move, place):
    """A mistake that moves and then makes a ``place`` of the images paper."""

    def change(x):
        y = move(x)
        y[place] = 0
        return y

    return change


def padded(left, right):
    return lambda x: np.pad(x, ((0, 0), (0, 0), (left, right), (0, 0)))


WRONG = {
    "what leaves at the right comes in at the left: np.roll goes round in a circle. Paper, 0, "
    "should come in.": rolled(axis=2),
    "the first column is still there, now twice: paper, 0, should come in.": (
        lambda x: x[:, :, [0, *range(x.shape[2] - 1)]]
    ),
    "1 comes in, which is ink: paper is 0.": moved(0, 1, edge=1),
    "the column that came round is the first one: make that 0.": blanked(
        rolled(axis=2), np.s_[:, :, -1]
    ),
    "the channels moved on: axis 3 is colours, axis 2 columns.": blanked(
        rolled(axis=3), np.s_[..., 0]
    ),
    "that is one pixel to the left.": moved(0, -1),
    "that is one pixel down: axis 1 is rows, axis 2 columns.": moved(1, 0),
    "that is one pixel up: axis 1 is rows, axis 2 columns.": moved(-1, 0),
    "that is to the left, and round in a circle. Paper, 0, should come in.": rolled(-1, axis=2),
    "that is one pixel down, and round in a circle: columns are axis 2.": rolled(axis=1),
    "the images changed places: axis 0 is examples, axis 2 columns.": rolled(axis=0),
    "the channels changed places: axis 3 is colours, axis 2 columns.": rolled(axis=3),
    "without axis np.roll makes one long row of everything: columns are axis 2.": rolled(),
    "the images moved on by one: axis 0 is examples, axis 2 columns.": blanked(
        rolled(axis=0), np.s_[:1]
    ),
    "mirrored, not moved.": lambda x: x[:, :, ::-1],
    "nothing has moved.": lambda x: x,
    "the images are one pixel wider now: the last column falls off.": (padded(1, 0), padded(0, 1)),
    "the images are one pixel narrower now: a column of 0 comes in at the left.": (
        lambda x: x[:, :, :-1],
        lambda x: x[:, :, 1:],
    ),
}


def read(result, case):
    return numbers(result, "shift_right(x)", np.shape(result))


def otherwise(case, got, right):
    answer = numbers(got, "shift_right(x)", right.shape)
    place = tuple(np.argwhere(~np.isclose(answer, right))[0].tolist())
    return f"result{list(place)} should be {right[place]:.3g}, but it is {answer[place]:.3g}."


rng = np.random.default_rng(6)
CASES = []
for shape, kind in (((2, 5, 6, 3), float), ((3, 4, 4, 1), np.float32), ((1, 6, 2, 2), float)):
    CASES.append((rng.uniform(0.2, 1, shape).astype(kind),))
graded = grade_function(
    shift_right,
    CASES,
    WRONG,
    read=read,
    otherwise=otherwise,
    praise="column j of the result is column j − 1 of x, and column 0 is paper.",
)


def grade(function):
    praise = graded(function)
    for (x,) in CASES:
        kind = np.asarray(function(x.copy())).dtype
        if kind != x.dtype:
            raise NotYet(
                f"the pixels are right; but {x.dtype} came in and {kind} goes out. "
                "np.zeros_like(x) keeps the type."
            )
    return praise


exercise = Exercise(
    names=("shift_right",),
    grade=grade,
    hints=(
        "Begin with an image that is all paper: np.zeros_like(x).",
        "x[:, :, :-1] are all columns but the last, x[:, :, 1:] all but the first.",
    ),
    solution=shift_right,
    wrong=WRONG,
    noise=lambda rng: (lambda x: rng.random(x.shape),),
)
