"""Exercise 1 of chapter 07: the epoch whose weights should be kept."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import grade_function


def best_epoch(training, validation):
    return np.argmin(validation) + 1


def gaps(training, validation):
    return np.abs(np.subtract(training, validation))


def with_patience(patience):
    """The mistake to stop once that many epochs in a row were no better than the best."""

    def stopped(training, validation):
        best = 0
        for epoch, loss in enumerate(validation):
            if loss < validation[best]:
                best = epoch
            elif epoch - best >= patience:
                break
        return best + 1

    return stopped


def mixed(share):
    """The mistake to let the training loss have a say."""
    return lambda t, v: np.argmin(np.asarray(v) + share * np.asarray(t)) + 1


WRONG: Mistakes = {
    "one too few: Python counts places from 0, epochs count from 1.": lambda t, v: np.argmin(v),
    "one too many: the first entry is epoch 1.": lambda t, v: np.argmin(v) + 2,
    "the smallest gap is at the start, or where the curves happen to cross (E24): neither says "
    "it reads well.": (
        lambda t, v: gaps(t, v).argmin() + 1,
        lambda t, v: gaps(t, v).argmin(),
    ),
    "the training loss chose that: it falls while learning by heart.": (
        lambda t, v: np.argmin(t) + 1,
        lambda t, v: np.argmin(t),
    ),
    "that is the last epoch: by then the validation loss has risen again.": lambda t, v: len(v),
    "that stops at the first rise, which may be chance: look at all epochs.": with_patience(1),
    "that stops where a few epochs in a row are no better, and a later one is: here all epochs "
    "are known, so look at all of them.": tuple(with_patience(epochs) for epochs in range(2, 8)),
    "the first epoch counts too: it may be the best.": lambda t, v: np.argmin(v[1:]) + 2,
    "the last epoch counts too: it may be the best.": lambda t, v: np.argmin(v[:-1]) + 1,
    "of several that are equal, take the first.": lambda t, v: len(v) - np.argmin(v[::-1]),
    "that is the *highest* validation loss: a loss should be low.": lambda t, v: np.argmax(v) + 1,
    "that is the lowest loss itself: in which epoch was it?": lambda t, v: min(v),
    "that is where the gap is *largest*: it says how far apart the losses are, not how low.": (
        lambda t, v: gaps(t, v).argmax() + 1
    ),
    "the sum of both losses chose that: training has no say.": (mixed(1), mixed(0.5), mixed(0.1)),
    "the larger of the two losses chose that: training has no say.": (
        lambda t, v: np.maximum(t, v).argmin() + 1
    ),
}


def otherwise(case, got, right):
    losses = ", ".join(f"{loss:.2f}" for loss in case[1])
    return f"for the validation losses {losses} it is epoch {right}; yours says {got:g}."


# drawn up so that each mistake chooses an epoch of its own
TRAINING = [2.1, 1.7, 1.25, 1.0, 0.9, 0.8, 1.08, 0.6, 0.55, 0.5, 0.4, 0.26, 0.2, 0.1, 0.2]
VALIDATION = [2.5, 1.8, 1.9, 1.04, 1.3, 1.2, 1.1, 1.0, 0.7, 0.8, 1.4, 0.75, 0.95, 0.92, 0.85]
BUMP = [1.0, 0.9, 0.95, 0.6, 0.7, 0.72, 0.71, 0.69, 0.74, 0.7, 0.68, 0.65, 0.5, 0.55]
CASES = [
    (TRAINING, VALIDATION),
    ([1.2 - 0.07 * epoch for epoch in range(14)], BUMP),  # best after eight that are no better
    ([0.52, 0.45, 0.4, 0.3, 0.1], [0.5, 0.6, 0.55, 0.7, 0.8]),  # the first is best
    ([1.5, 1.0, 0.65, 0.8, 0.75, 0.7], [1.6, 1.3, 1.4, 1.0, 1.1, 0.9]),  # the last
    (  # the training loss is the higher one, mostly
        [1.2, 0.45, 0.9, 0.9, 0.8, 0.64, 0.5, 0.61, 0.66],
        [1.2, 0.9, 0.61, 0.6, 0.61, 0.615, 0.63, 0.62, 0.65],
    ),
    ([0.3, 0.5, 0.75, 0.6, 0.8], [1.0, 0.7, 0.8, 0.7, 0.9]),  # two that are equal
]

exercise = Exercise(
    names=("best_epoch",),
    grade=grade_function(
        best_epoch,
        CASES,
        WRONG,
        otherwise=otherwise,
        praise="the lowest validation loss, whatever the training loss does. KeepBest keeps the "
        "weights of that epoch.",
    ),
    hints=(
        "Which of the two losses says how well it does on digits that it has not learnt from?",
        "np.argmin gives the place of the smallest number, counted from 0.",
    ),
    solution=best_epoch,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: int(rng.integers(20, 30)),),
)
