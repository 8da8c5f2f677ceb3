"""Exercise 8 of chapter 04: a learning rate and a batch size that read the digits in three epochs."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.experiments import percent_right_after
from nnlib.chapters.kit.grading import number
from nnlib.layers import Dense
from nnlib.network import Network

EPOCHS, TRAINING_DIGITS = 3, 1438


def softmax_regression():
    return Network([Dense(64, 10, rng=np.random.default_rng(0))])


def grade(learning_rate, batch_size):
    rate, size = number(learning_rate, "learning_rate"), number(batch_size, "batch_size")
    if not 0 < rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    if size != int(size) or not 1 <= size <= TRAINING_DIGITS:
        raise NotYet(
            "the batch size should be a whole number from 1 to 1,438, the number of training "
            "digits."
        )
    network, steps = softmax_regression(), EPOCHS * -(-TRAINING_DIGITS // int(size))
    right = percent_right_after(network, rate, int(size), EPOCHS)
    if right < 95:
        many = "many steps: is η too small, or so large that it never settles?"
        why = "few steps: smaller batches." if steps < 100 else many
        raise NotYet(
            f"{right:.1f} of 100 test digits are right after {steps} steps, but 95 are "
            f"needed; {why}"
        )
    return (
        f"{right:.1f} of 100 after {steps} steps. Pairs that work mostly have small batches, and "
        "an η to match."
    )


WRONG = {
    "right after 3 steps, but 95 are needed; few steps": lambda: (0.1, 1438),
    "right after 4314 steps, but 95 are needed; many steps": lambda: (0.001, 1),
    "the learning rate should be above 0": lambda: (0, 10),
    "the learning rate should be above 0, and below 1,000": lambda: (1e300, 10),
    "the batch size should be a whole number": lambda: (0.1, 0),
    "the batch size should be a whole number from 1 to 1,438": lambda: (0.1, 2.5),
}

exercise = Exercise(
    names=("learning_rate", "batch_size"),
    grade=grade,
    hints=(
        "Three epochs of batches of 10 are 432 steps. Start with η = 0.1, go up by factors of 3.",
        "If you halve the batches there are twice as many steps, each noisier: halve η too.",
    ),
    solution="""
        learning_rate = 0.5
        batch_size = 10
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(0.001, 0.01), int(rng.integers(500, 1400))),
)
