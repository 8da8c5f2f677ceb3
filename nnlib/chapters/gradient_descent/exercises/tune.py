"""Exercise 8 of chapter 04: a learning rate and a batch size that read the digits in three epochs."""

import numpy as np

from nnlib.chapters.kit.digits import cut_mnist
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.experiments import percent_right_after
from nnlib.chapters.kit.grading import number
from nnlib.layers import Dense
from nnlib.network import Network

EPOCHS, TRAINING_DIGITS = 3, 10_000


def softmax_regression():
    return Network([Dense(784, 10, rng=np.random.default_rng(0))]).astype(np.float32)


def grade(learning_rate, batch_size):
    rate, size = number(learning_rate, "learning_rate"), number(batch_size, "batch_size")
    if not 0 < rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    if size != int(size) or not 1 <= size <= TRAINING_DIGITS:
        raise NotYet(
            "the batch size should be a whole number from 1 to 10,000, the number of "
            "training digits."
        )
    network, steps = softmax_regression(), EPOCHS * -(-TRAINING_DIGITS // int(size))
    train, validation, _ = cut_mnist()
    right = percent_right_after(
        network, train, validation, learning_rate=rate, batch_size=int(size), epochs=EPOCHS
    )
    if right < 90:
        many = "many steps: is η too small, or so large that it never settles?"
        why = "few steps: smaller batches." if steps < 100 else many
        raise NotYet(
            f"{right:.1f} of 100 validation digits are right after {steps} steps, but 90 are "
            f"needed; {why}"
        )
    return (
        f"{right:.1f} of 100 after {steps} steps. In pairs that work η goes with the batch: about "
        "ten times the batch, ten times the η, as long as there are enough steps."
    )


WRONG = {
    "right after 3 steps, but 90 are needed; few steps": lambda: (0.1, 10_000),
    "right after 3000 steps, but 90 are needed; many steps": lambda: (0.001, 10),
    "the learning rate should be above 0": lambda: (0, 10),
    "the learning rate should be above 0, and below 1,000": lambda: (1e300, 10),
    "the batch size should be a whole number": lambda: (0.1, 0),
    "the batch size should be a whole number from 1 to 10,000": lambda: (0.1, 2.5),
}

exercise = Exercise(
    names=("learning_rate", "batch_size"),
    grade=grade,
    hints=(
        "Three epochs of batches of 10 are 3,000 steps. Start with η = 0.01, and double it.",
        "If you halve the batches there are twice as many steps, each noisier: halve η too.",
    ),
    solution="""
        learning_rate = 0.1
        batch_size = 10
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(0.001, 0.01), int(rng.integers(5_000, 10_000))),
)
