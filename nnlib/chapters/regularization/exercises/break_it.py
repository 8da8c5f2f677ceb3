"""Exercise 7 of chapter 07: four recipes for a training, three of them broken."""

from types import MethodType
from typing import NamedTuple

import numpy as np

from nnlib.activations import ReLU
from nnlib.batches import split
from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects
from nnlib.chapters.regularization.exercises._digits import given_and_unseen
from nnlib.layers import Dense, Flatten
from nnlib.network import Network
from nnlib.regularization import L2, Dropout, Penalty
from nnlib.training import Examples


class Recipe(NamedTuple):
    """What a training is made of; the network has not learnt yet."""

    network: Network
    penalty: Penalty
    train: Examples
    validation: Examples


class EveryL2(L2):
    """L2 that leaves nothing out."""

    def value(self, parameters):
        """Return what all parameters cost."""
        return float(sum(self.cost(parameter.value) for parameter in parameters))

    def add_gradients(self, parameters):
        """Add its slope to the gradient of every parameter."""
        for parameter in parameters:
            parameter.add_grad(self.slope(parameter.value))


EveryL2.__name__ = EveryL2.__qualname__ = "L2"  # its name would tell


def restless(layer, x):
    layer.training = True
    return Dropout.forward(layer, x)


def recipe(rng, penalty=L2, *, drops=False, leak=False):
    dropout = Dropout(0.5, rng=rng)
    if drops:
        dropout.forward = MethodType(restless, dropout)  # type: ignore[method-assign]
    hidden = [Flatten(), Dense(64, 100, rng=rng), ReLU(), dropout]
    network = Network([*hidden, Dense(100, 10, rng=rng)])
    for parameter in network.parameters():
        if parameter.value.ndim == 1:
            parameter.value += 0.1 * rng.standard_normal(parameter.value.shape)
    (x, y), _ = given_and_unseen()
    if leak:
        x, y = np.repeat(x, 2, axis=0), np.repeat(y, 2)
    return Recipe(network, penalty(0.01), *split(x, y, held_out=0.2, rng=rng))


SUSPECTS = {
    "first": lambda rng: recipe(rng, EveryL2),
    "second": lambda rng: recipe(rng, leak=True),
    "third": lambda rng: recipe(rng, drops=True),
    "fourth": lambda rng: recipe(rng),
}
FAULTS = {
    "first": (
        "biases",
        "Its digits and its network are fine. Which parameters have a slope after add_gradients?",
    ),
    "second": (
        "leak",
        "Its network and its penalty are fine. Look for its validation digits among the others.",
    ),
    "third": (
        "drops",
        "Its digits and its penalty are fine. Let it predict the same digits twice.",
    ),
}
RIGHT = {name: fault for name, (fault, _) in FAULTS.items()}

grade = grade_suspects(
    "fourth",
    FAULTS,
    ("leak", "drops", "biases"),
    answers=("fine", "faults"),
    clue="has a fault. Ask each recipe the three questions, one after the other.",
    praise="a penalty that pulls on biases; digits that are in both parts; dropout that goes on "
    "when it predicts.",
)


WRONG = {
    "the first one has a fault": lambda: ("first", {}),
    "fine should be": lambda: ("fifth", {}),
    "faults should be": lambda: ("fourth", {"first": "biases"}),
    "The first one has another fault": lambda: ("fourth", RIGHT | {"first": "leak"}),
    "The second one has another fault": lambda: ("fourth", RIGHT | {"second": "drops"}),
    "The third one has another fault": lambda: ("fourth", RIGHT | {"third": "leak"}),
    "The first one: a fault is": lambda: ("fourth", RIGHT | {"first": "bias"}),
}

exercise = Exercise(
    names=("fine", "faults"),
    grade=grade,
    hints=(
        "network.predict(x) twice: the same? Then penalty.add_gradients(network.parameters()): "
        "which parameter.grad is None afterwards, and which should be?",
        "(train[0] == image).all(axis=(1, 2, 3)).any() says whether an image is among those to "
        "learn from.",
    ),
    solution="""
        fine = "fourth"
        faults = {"first": "biases", "second": "leak", "third": "drops"}
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.choice(["first", "second", "third"]).item(), {"fourth": "leak"}),
)
