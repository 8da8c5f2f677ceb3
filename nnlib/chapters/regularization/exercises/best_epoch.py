"""Exercise 1 of chapter 07: the epoch whose weights should be kept."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import grade_function


def best_epoch(training, validation):
    return np.argmin(validation) + 1


def gaps(training, validation):
    return np.abs(np.subtract(training, validation))


def first_rise(training, validation):
    return np.flatnonzero(np.diff([*validation, np.inf]) > 0)[0] + 1


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
    "that stops at the first rise, which may be chance: look at all epochs.": first_rise,
    "that is the *highest* validation loss: a loss should be low.": lambda t, v: np.argmax(v) + 1,
    "that is the lowest loss itself: in which epoch was it?": lambda t, v: min(v),
    "the sum of both losses chose that: training has no say.": (
        lambda t, v: np.add(t, v).argmin() + 1
    ),
}


def otherwise(case, got, right):
    losses = ", ".join(f"{loss:.2f}" for loss in case[1])
    return f"for the validation losses {losses} it is epoch {right}; yours says {got:g}."


# drawn up so that each mistake chooses an epoch of its own, and some at random
TRAINING = [2.1, 1.7, 1.25, 1.0, 0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.26, 0.2, 0.1, 0.15]
VALIDATION = [2.5, 1.8, 1.9, 1.04, 1.3, 1.2, 1.1, 1.0, 0.7, 0.8, 0.85, 0.75, 1.0, 1.2, 1.3]
rng = np.random.default_rng(7)
CASES = [(TRAINING, VALIDATION)]
for epochs in (9, 12, 7):
    time = np.arange(1, epochs + 1)
    training = 2 * 0.8**time + 0.1 * rng.random(epochs)
    validation = training + 0.02 * (time - 2) ** 2 + 0.1 * rng.random(epochs)
    CASES.append((training.tolist(), validation.tolist()))

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
