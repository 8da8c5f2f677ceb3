"""Exercise 6 of chapter 05: how many paths lead through three hidden layers of ten."""

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_number

WRONG = {
    "paths multiply, they do not add: each of 10 ways goes on in 10 ways.": lambda: 10 + 10 + 10,
    "that counts the edges between hidden layers; a path is a choice of one neuron in each.": (
        lambda: 10 * 10 + 10 * 10
    ),
    "that counts all edges; a path is a choice of one neuron in each hidden layer.": (
        lambda: 4 * 10 + 10 * 10 + 10 * 10 + 10 * 2
    ),
    "that counts neurons and inputs; a path is a choice of one neuron in each hidden layer.": (
        lambda: 4 + 10 + 10 + 10 + 2
    ),
    "three hidden layers, so only three choices: 10 · 10 · 10.": lambda: 10**4,
    "there are three hidden layers, so three choices.": lambda: 10 * 10,
    "that is for all 4 inputs and 2 outputs together.": lambda: 4 * 10**3 * 2,
    "one output, not both.": lambda: 10**3 * 2,
    "one input, not all four.": lambda: 4 * 10**3,
}

exercise = Exercise(
    names=("paths",),
    grade=grade_number(
        "paths",
        10**3,
        WRONG,
        praise="10 · 10 · 10; and the sweep visits 36 nodes.",
        otherwise="on its way a path chooses one neuron in each hidden layer. How many choices "
        "are there?",
        tolerance=1e-9,
    ),
    hints=("A path chooses one neuron in each hidden layer.", "Choices multiply."),
    solution="""
        paths = 10 * 10 * 10
    """,
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(20_000, 50_000)),),
)
