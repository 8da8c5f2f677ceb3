"""Exercise 9 of chapter 05: as few hidden neurons as can read the digits."""

import numpy as np

from nnlib.activations import Sigmoid
from nnlib.chapters.kit.digits import cut_mnist
from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.experiments import percent_right_after
from nnlib.chapters.kit.grading import number
from nnlib.layers import Dense
from nnlib.network import Network

FEWEST = 30  # neurons with which we know that it can be done
TRAINING_DIGITS = 10_000


def grade(hidden, learning_rate, batch_size):
    hidden, batch_size = number(hidden, "hidden"), number(batch_size, "batch_size")
    learning_rate = number(learning_rate, "learning_rate")
    if hidden != int(hidden) or not 1 <= hidden <= 300:
        raise NotYet("hidden should be a whole number of neurons, 1 to 300.")
    if batch_size != int(batch_size) or not 5 <= batch_size <= TRAINING_DIGITS:
        raise NotYet("the batch size should be a whole number from 5 to 10,000.")
    if not 0 < learning_rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    network = hidden_layer_of(int(hidden))
    train, validation, _ = cut_mnist()
    options = {"learning_rate": learning_rate, "batch_size": int(batch_size), "epochs": 10}
    right = percent_right_after(network, train, validation, **options)
    if right < 94:
        raise NotYet(
            f"{right:.1f} of 100 validation digits are right, but 94 are needed: another η, "
            "smaller batches, more neurons?"
        )
    fewer = f"Fewer? {FEWEST} can do it." if hidden > FEWEST else "We know of none with fewer."
    return f"{right:.1f} of 100 with {hidden:.0f} hidden neurons. {fewer}"


def hidden_layer_of(neurons):
    rng = np.random.default_rng(0)
    layers = [Dense(784, neurons, rng=rng), Sigmoid(), Dense(neurons, 10, rng=rng)]
    return Network(layers).astype(np.float32)


WRONG: Mistakes = {
    "digits are right, but 94 are needed: another η, smaller batches, more neurons?": (
        lambda: (4, 0.5, 10),
        lambda: (60, 0.001, 100),
    ),
    "hidden should be a whole number of neurons": (lambda: (0, 0.5, 10), lambda: (8.5, 0.5, 10)),
    "the learning rate should be above 0": lambda: (30, 0, 10),
    "the batch size should be a whole number from 5 to": lambda: (30, 0.5, 1),
}

exercise = Exercise(
    names=("hidden", "learning_rate", "batch_size"),
    grade=grade,
    hints=(
        "Start with 60 neurons, η = 1, batches of 10; then fewer neurons.",
        "Fewer neurons tolerate a larger η. The last epochs jump about a little: try neighbours "
        "too.",
    ),
    solution="""
        hidden = 40
        learning_rate = 0.7
        batch_size = 10
    """,
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(1, 5)), rng.uniform(0.001, 0.01), 100),
)
