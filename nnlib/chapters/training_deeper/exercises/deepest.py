"""Exercise 8 of chapter 05b: a network of at least eight layers that learns."""

from functools import cache

import numpy as np

from nnlib.chapters.kit.digits import cut_digits
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.experiments import percent_right_after
from nnlib.chapters.kit.grading import number
from nnlib.chapters.training_deeper.experiments.starting import BENDS, DEPTH_STARTS, deep_network

DEEPEST = 30  # layers that we got to learn


@cache
def percent_right(layers, activation, start_name, learning_rate):
    network = deep_network(layers, activation, start_name, rng=np.random.default_rng(0))
    train, new = cut_digits(0.2, rng=np.random.default_rng(4))
    options = {"learning_rate": learning_rate, "batch_size": 10, "epochs": 10}
    return percent_right_after(network, train, new, **options)


def grade(layers, activation, start_name, learning_rate):
    layers, learning_rate = number(layers, "layers"), number(learning_rate, "learning_rate")
    if layers != int(layers) or not 8 <= layers <= 40:
        raise NotYet("layers should be a whole number from 8 to 40.")
    if not isinstance(activation, str) or activation not in BENDS:
        raise NotYet(f"activation should be one of {', '.join(map(repr, BENDS))}.")
    if start_name not in DEPTH_STARTS:
        raise NotYet(f"start_name should be one of {', '.join(map(repr, DEPTH_STARTS))}.")
    if not 0 < learning_rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    right = percent_right(int(layers), activation, start_name, learning_rate)
    if right < 90:
        starved = activation == "sigmoid" and start_name != "N(0, 1)"
        faded = "it fades with these weights (panel of section 3)."
        why = faded if starved else "another start, or another η?"
        raise NotYet(f"{right:.0f} of 100 test digits are right, but 90 are needed: {why}")
    return (
        f"{right:.1f} of 100 with {layers:.0f} layers. Deeper? {DEEPEST} layers is the most "
        "that we got to learn, and only just."
    )


WRONG = {
    "it fades with these weights (panel of section 3).": lambda: (8, "sigmoid", "Glorot", 0.1),
    "another start, or another η?": lambda: (8, "tanh", "N(0, 1)", 0.0001),
    "layers should be a whole number from 8 to 40.": lambda: (6, "tanh", "Glorot", 0.1),
    "activation should be one of 'sigmoid', 'tanh'": lambda: (8, "Tanh", "Glorot", 0.1),
    "start_name should be one of 'scaled, N(0, 1/d)'": lambda: (8, "tanh", "zeros", 0.1),
    "the learning rate should be above 0, and below 1,000.": lambda: (8, "tanh", "Glorot", 0),
}

exercise = Exercise(
    names=("layers", "activation", "start_name", "learning_rate"),
    grade=grade,
    hints=(
        "tanh with a scaled start, or ReLU with He's; then try rates between 0.01 and 0.1.",
        "The deeper, the smaller η: with eight layers of tanh, 0.05 is a place to begin.",
    ),
    solution="""
        layers = 12
        activation = "tanh"
        start_name = "scaled, N(0, 1/d)"
        learning_rate = 0.03
    """,
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(8, 12)), "sigmoid", "Glorot", rng.uniform(0.001, 0.01)),
    noises=1,
)
