"""Exercise 2 of chapter 05b: the cross-entropy of a network that knows nothing."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import grade_function


def clueless(classes):
    return np.log(classes)


WRONG: Mistakes = {
    "that is log₂; the loss takes the natural logarithm, np.log.": np.log2,
    "that is log₁₀; the loss takes the natural logarithm, np.log.": np.log10,
    "the sign: −ln(1/K) is +ln K.": lambda classes: np.log(1 / classes),
    "only the right class counts, with its target 1: no division by K.": (
        lambda classes: np.log(classes) / classes
    ),
    "only the right class counts, with its target 1: one term, not K.": (
        lambda classes: classes * np.log(classes)
    ),
    "that is the share; the loss is minus its logarithm.": lambda classes: 1 / classes,
    "that is how often it is wrong, the 0-1 loss. Cross-entropy is −ln of the share.": (
        lambda classes: 1 - 1 / classes
    ),
}


def otherwise(case, got, right):
    rounded = " Do not round it." if abs(got - right) < 0.01 else ""
    return (
        f"every class gets the share 1/K, and the loss is −ln of it: for {case[0]} classes "
        f"{right:.4f}, but yours says {got:.4f}.{rounded}"
    )


exercise = Exercise(
    names=("clueless",),
    grade=grade_function(
        clueless,
        [(10,), (2,), (1000,)],
        WRONG,
        praise="ln K: 0.69 for two classes, 2.30 for ten, 6.91 for a thousand.",
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=("Each of the K classes gets the share 1/K, the right one too.", "−ln(1/K)."),
    solution=clueless,
    wrong=WRONG,
    noise=lambda rng: (lambda _: rng.normal(),),
)
