"""Exercise 2 of chapter 06: a kernel slides over an image, correlate(image, kernel)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def correlate(image, kernel):
    h, w = image.shape
    kh, kw = kernel.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(h - kh + 1):
        for j in range(w - kw + 1):
            window = image[i : i + kh, j : j + kw]
            result[i, j] = (window * kernel).sum()
    return result


def with_kernel(turned):
    """A mistake that lays on another kernel."""
    return lambda image, kernel: correlate(image, turned(kernel))


def at_each_place(number):
    """A mistake that makes another number of a window and the kernel."""

    def slide(image, kernel):
        result = correlate(image, kernel)
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        for place in np.ndindex(result.shape):
            result[place] = number(windows[place], kernel)
        return result

    return slide


WRONG = {
    "the kernel is turned by 180°: that is convolution. Lay it on as it is.": with_kernel(
        lambda kernel: kernel[::-1, ::-1]
    ),
    "the kernel is turned top to bottom: lay it on as it is.": with_kernel(
        lambda kernel: kernel[::-1]
    ),
    "the kernel is turned left to right: lay it on as it is.": with_kernel(
        lambda kernel: kernel[:, ::-1]
    ),
    "the kernel is transposed: window[u, v] belongs to kernel[u, v].": with_kernel(np.transpose),
    "@ is the matrix product: here it is number times number, with *.": at_each_place(
        lambda window, kernel: (window @ kernel).sum()
    ),
    "the sum of the products is expected, not their mean.": at_each_place(
        lambda window, kernel: (window * kernel).mean()
    ),
    "the pixels are summed without their weights.": at_each_place(
        lambda window, kernel: window.sum()
    ),
    "zeros everywhere: is anything written into the result?": at_each_place(lambda *_: 0),
}

rng = np.random.default_rng(0)
CASES = [
    (rng.normal(size=image), rng.normal(size=kernel))
    for image, kernel in (((7, 5), (3, 3)), ((4, 8), (2, 3)))
]
FIXED = "right for a 3×3 kernel on 7×5 pixels, wrong for 2×3 on 4×8: which number is fixed in it?"


def read(result, case):
    image, kernel = case
    (h, w), (kh, kw) = image.shape, kernel.shape
    rows, columns = shape = h - kh + 1, w - kw + 1
    by_shape = {
        (): "a single number came back: the kernel has to visit every place.",
        image.shape: "the result is as large as the image. Keep only the places where the kernel "
        f"lies inside: {rows}×{columns} of them.",
        (rows - 1, columns - 1): "one row and one column too few: the last place counts too, "
        "range(h − kh + 1).",
        (columns, rows): "rows and columns of the result are swapped.",
        (*shape, kw): "summed in one direction only: one number for each place.",
        (*shape, *kernel.shape): "the products are not summed yet: one number for each place.",
    }
    if np.shape(result) in by_shape:
        raise NotYet(by_shape[np.shape(result)])
    if np.shape(result) != shape and case is CASES[1]:
        raise NotYet(FIXED)
    return numbers(result, "the result", shape)


def otherwise(case, got, right):
    if case is CASES[1]:
        return FIXED
    i, j = np.argwhere(~np.isclose(got, right))[0]
    return f"result[{i}, {j}] should be {right[i, j]:.4f}, but it is {got[i, j]:.4f}."


grade_sums = grade_function(
    correlate,
    CASES,
    WRONG,
    read=read,
    otherwise=otherwise,
    praise="at every place a window of the image times the kernel, summed.",
)


def grade(function):
    try:
        return grade_sums(function)
    except NotYet as reason:
        if "setting an array element" in str(reason) or "only length-1" in str(reason):
            raise NotYet(
                "sum(…) adds up the rows only; one place has room for one number, np.sum(…)."
            ) from None
        raise


exercise = Exercise(
    names=("correlate",),
    grade=grade,
    hints=(
        "The result has h − kh + 1 rows and w − kw + 1 columns. Make it with np.zeros, and visit "
        "every i, j.",
        "At place i, j the kernel lies on image[i:i + kh, j:j + kw].",
        "Multiply that window by the kernel, number by number (*), and add up all with .sum().",
    ),
    solution=correlate,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(size=(5, 3)),),
)
