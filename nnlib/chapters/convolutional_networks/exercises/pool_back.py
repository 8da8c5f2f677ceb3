"""Exercise 6 of chapter 06: back through max-pooling with windows of 2 × 2, pool_back(x, dy) → dx."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def pool_back(x, dy):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, column = divmod(np.argmax(window), 2)
            dx[2 * i + row, 2 * j + column] = dy[i, j]
    return dx


def window_gets(share):
    """A mistake that gives each window of dx ``share(window of x, its dy, all of x)``."""

    def back(x, dy):
        dx = np.zeros(x.shape)
        for i, j in np.ndindex(dy.shape):
            here = np.s_[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            dx[here] = share(x[here], dy[i, j], x)
        return dx

    return back


def largest(window):
    return window == window.max()


WRONG = {
    "spread evenly: that is mean pooling. The largest pixel gets all of it, the others nothing.": (
        window_gets(lambda window, dy, x: dy / 4)
    ),
    "all four get dy: only the largest pixel should.": window_gets(lambda window, dy, x: dy),
    "the smallest pixel gets it: the largest should.": window_gets(
        lambda window, dy, x: (window == window.min()) * dy
    ),
    "the place is right; it should get its dy, not 1.": window_gets(
        lambda window, dy, x: largest(window)
    ),
    "the place is right; it should get its dy, not the pixel itself.": window_gets(
        lambda window, dy, x: largest(window) * window
    ),
    "the places are right, the signs are not: dx gets dy itself.": window_gets(
        lambda window, dy, x: largest(window) * -dy
    ),
    "row and column within the window are swapped: argmax counts row by row.": window_gets(
        lambda window, dy, x: largest(window).T * dy
    ),
    "always the first pixel of the window: it should be the largest.": window_gets(
        lambda window, dy, x: np.array([[1, 0], [0, 0]]) * dy
    ),
    "only the largest pixel of all gets something: each window has a largest.": window_gets(
        lambda window, dy, x: (window == x.max()) * dy
    ),
    "zeros everywhere: is anything written into dx?": window_gets(lambda *_: 0),
}

rng = np.random.default_rng(1)
CASES = [(rng.normal(size=(h, w)), rng.normal(size=(h // 2, w // 2))) for h, w in ((4, 6), (6, 2))]


def read(result, case):
    x, dy = case
    if np.shape(result) == dy.shape:
        raise NotYet(
            f"dx has the shape of dy: it should have that of x, {x.shape}, a slope for every pixel."
        )
    if np.asarray(result).dtype.kind in "iu" and np.any(result):
        raise NotYet(
            "dx holds whole numbers, so what is written into it is cut off: np.zeros(x.shape) "
            "makes an array of floats."
        )
    return numbers(result, "dx", x.shape)


def otherwise(case, got, right):
    i, j = np.argwhere(~np.isclose(got, right))[0]
    return (
        f"dx[{i}, {j}] should be {right[i, j]:.4f}, but it is {got[i, j]:.4f}: which pixel of its "
        "window is largest?"
    )


exercise = Exercise(
    names=("pool_back",),
    grade=grade_function(
        pool_back,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="each dy goes to the largest pixel of its window, and to it alone.",
    ),
    hints=(
        "Begin with dx = np.zeros(x.shape), and visit each window: "
        "x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].",
        "np.argmax(window) counts row by row, from 0 to 3: row and column are "
        "divmod(np.argmax(window), 2).",
        "dx[2 * i + row, 2 * j + column] = dy[i, j].",
    ),
    solution=pool_back,
    wrong=WRONG,
    noise=lambda rng: (lambda x, _: rng.normal(size=x.shape),),
)
