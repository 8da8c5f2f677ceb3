"""Exercise 3 of chapter 08: the size of AdaGrad's k-th step under equal gradients."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, called, grade_function, number


def adagrad_step(k, g, rate):
    s = k * g**2
    return rate * abs(g) / np.sqrt(s)


def of_either_sign(wrong):
    """A mistake with g, and the same one with |g|."""
    return wrong, lambda k, g, rate: wrong(k, abs(g), rate)


WRONG = {
    "the sign: the size of a step is asked for, and that is above 0.": (
        lambda k, g, rate: -rate / np.sqrt(k),
        lambda k, g, rate: rate * g / np.sqrt(k * g**2),
        lambda k, g, rate: -rate * g / np.sqrt(k * g**2),
    ),
    "s is k g², and it is √s that divides: √k, not k.": lambda k, g, rate: rate / k,
    "s grows with every step, so the steps shrink. Yours does not depend on k.": (
        lambda k, g, rate: rate
    ),
    "multiplied by √k instead of divided: the steps shrink.": lambda k, g, rate: rate * np.sqrt(k),
    "s has k squares in it after k gradients, not k + 1.": (
        lambda k, g, rate: rate / np.sqrt(k + 1)
    ),
    "s has k squares in it after k gradients, not k − 1.": (
        lambda k, g, rate: rate / np.sqrt(k - 1)
    ),
    "the root is missing: g/s. AdaGrad divides by √s.": of_either_sign(
        lambda k, g, rate: rate * g / (k * g**2)
    ),
    "it still depends on g. g is divided by √s = √k |g|: it cancels.": of_either_sign(
        lambda k, g, rate: rate * g / np.sqrt(k)
    ),
    "the g above is missing: η g/√s, with √s = √k |g|.": (
        lambda k, g, rate: rate / np.sqrt(k * g**2)
    ),
    "it still depends on g, and √s has √k in it, not k.": of_either_sign(
        lambda k, g, rate: rate * g / k
    ),
    "that is SGD's step; AdaGrad divides it by √s.": of_either_sign(lambda k, g, rate: rate * g),
    "s adds up squares, g², not g.": of_either_sign(
        lambda k, g, rate: rate * g / np.sqrt(k * abs(g))
    ),
}
CASES = ((4, 3.0, 0.1), (25, -0.2, 0.5), (1, 7.0, 0.01), (100, -50.0, 2.0))


def read(answer, case):
    call = called(adagrad_step, case)
    if isinstance(answer, float | np.ndarray) and np.isinf(answer).all():
        raise NotYet(
            f"{call} is infinite: s has k squares in it, the newest included, and is not 0."
        )
    return number(answer, call)


def otherwise(case, got, right):
    return (
        f"{called(adagrad_step, case)} should be {brief(right)}, but it is {brief(got)}. "
        "What is s after k gradients?"
    )


grade = grade_function(
    adagrad_step,
    CASES,
    WRONG,
    read=read,
    otherwise=otherwise,
    tolerance=1e-6,
    praise="η/√k: s = k g², and the size of g cancels. The hundredth step is a tenth of the first.",
)

exercise = Exercise(
    names=("adagrad_step",),
    grade=np.errstate(all="ignore")(grade),  # a division by 0 gets a reply
    hints=(
        "s adds up g² at every step: what is it after k of them?",
        "η |g| / √s, with s = k g². What cancels?",
    ),
    solution=adagrad_step,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
