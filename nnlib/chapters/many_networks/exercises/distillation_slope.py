"""Exercise 4 of chapter 10: the slope of a student's loss at a temperature."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def distillation_slope(z, t, T):
    powers = np.exp((z - z.max(axis=1, keepdims=True)) / T)
    p = powers / powers.sum(axis=1, keepdims=True)
    return T * (p - t) / len(z)


def softmax(z, axis=1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def times(factor):
    """A mistake that multiplies by something else than T/n."""
    return lambda z, t, T: factor(T, *z.shape) * (softmax(z / T) - t)


def with_answers(p):
    """A mistake in what the student says."""
    return lambda z, t, T: T * (p(z, T) - t) / len(z)


WRONG: Mistakes = {
    "T is missing before the bracket: C has T² in it, and z/T gives one 1/T back.": times(
        lambda T, n, classes: 1 / n
    ),
    "one T too many: C has T², but the slope with respect to z is 1/T of that with respect to "
    "z/T.": times(lambda T, n, classes: T**2 / n),
    "divided by T instead of multiplied: that is the slope without the T² of C.": times(
        lambda T, n, classes: 1 / (T * n)
    ),
    "C is a mean over the examples: divide by n, the rows of z.": times(lambda T, n, classes: T),
    "C is a mean over the examples: divide by n. And T is missing before the bracket.": times(
        lambda T, n, classes: 1
    ),
    "divided by all numbers of z: C is a mean over n examples, and a sum over classes.": times(
        lambda T, n, classes: T / (n * classes)
    ),
    "divided by the number of classes: by n, the rows of z.": times(
        lambda T, n, classes: T / classes
    ),
    "the sign: softmax(z/T) − t, what the student says minus what the teacher says.": times(
        lambda T, n, classes: -T / n
    ),
    "the student's softmax has no temperature: softmax(z/T), as t is soft too.": (
        with_answers(lambda z, T: softmax(z)),
        lambda z, t, T: (softmax(z) - t) / len(z),
    ),
    "T multiplies z: softmax(z T) is colder, softmax(z/T) softer.": with_answers(
        lambda z, T: softmax(z * T)
    ),
    "the softmax goes down the columns: each *row* is an example, so axis=1, with keepdims=True.": (
        with_answers(lambda z, T: softmax(z / T, axis=0))
    ),
    "one softmax over the whole table: each *row* adds up to 1, axis=1 with keepdims=True.": (
        with_answers(lambda z, T: softmax(z / T, axis=None))
    ),
    "p is not divided by its sum: the rows of a softmax add up to 1.": (
        with_answers(lambda z, T: np.exp(z / T)),
        with_answers(lambda z, T: np.exp((z - z.max(axis=1, keepdims=True)) / T)),
    ),
    "t is soft already, the teacher's softmax at T: it goes into the bracket as it is.": (
        lambda z, t, T: T * (softmax(z / T) - softmax(t / T)) / len(z),
        lambda z, t, T: T * (softmax(z / T) - softmax(t)) / len(z),
    ),
    "that is z/T minus t; the student's softmax is missing.": with_answers(lambda z, T: z / T),
    "that is z minus t; the student's softmax at T is missing.": with_answers(lambda z, T: z),
    "one slope for the whole batch: each row of z has its own. Divide by n, but do not add up.": (
        lambda z, t, T: np.broadcast_to((T * (softmax(z / T) - t)).mean(axis=0), z.shape)
    ),
}


def read(result, case):
    z = case[0]
    if np.shape(result) == z.shape[1:]:
        raise NotYet(
            f"one row comes back; dz has the shape of z, {z.shape}: each example has its own row. "
            "Divide by n, but do not add up over the examples."
        )
    got = np.asarray(result)
    if got.shape == z.shape and got.dtype.kind == "f" and not np.isfinite(got).all():
        large = abs(z).max() > 100
        raise NotYet(
            "right for small logits; for logits of about 1000 it holds nan: exp of so large a "
            "number is infinite. Take the largest of each *row* off before exp, "
            "z.max(axis=1, keepdims=True)."
            if large
            else "it holds a value that is not a finite number."
        )
    return numbers(result, "distillation_slope(z, t, T)", z.shape)


def otherwise(case, got, right):
    place = tuple(np.argwhere(~np.isclose(got, right))[0].tolist())
    return (
        f"for z of shape {case[0].shape} and T = {case[2]:g}, dz{list(place)} should be "
        f"{brief(right[place])}, but it is {brief(got[place])}."
    )


def make_case(seed, n, classes, T, add=0.0):
    rng = np.random.default_rng(seed)
    z = 3 * rng.normal(size=(n, classes))
    t = softmax(3 * rng.normal(size=(n, classes)) / T)
    return np.rint(z) + add * np.arange(n)[:, None], t, T


CASES = (
    make_case(0, 4, 3, 2.5),
    make_case(1, 2, 5, 8.0),
    make_case(2, 3, 3, 0.5),
    make_case(3, 1, 4, 1.0),
    make_case(4, 3, 4, 2.0, add=800.0),
)

exercise = Exercise(
    names=("distillation_slope",),
    grade=np.errstate(all="ignore")(
        grade_function(
            distillation_slope,
            CASES,
            WRONG,
            read=read,
            otherwise=otherwise,
            tolerance=1e-4,  # float32 will do
            praise="T (softmax(z/T) − t)/n: what the student says minus what the teacher says. The "
            "T before it makes up for slopes that would shrink with softer rows.",
        )
    ),
    hints=(
        "First p, the student's softmax at T: exp of z/T, each row divided by its sum (axis=1, "
        "keepdims=True).",
        "Large logits: z − z.max(axis=1, keepdims=True) first; it changes no softmax.",
        "T * (p - t) / len(z).",
    ),
    solution=distillation_slope,
    wrong=WRONG,
    noise=lambda rng: (lambda z, *_: rng.normal(size=z.shape),),
)
