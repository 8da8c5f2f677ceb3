"""Exercise 2 of chapter 00: how many numbers does a 64-20-10 network learn?"""

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_number

WRONG = {
    "those are the weights, 64 · 20 + 20 · 10. Each of the 30 neurons also has a bias.": (
        lambda: 64 * 20 + 20 * 10
    ),
    "64 + 20 + 10 counts the neurons and inputs; what is learnt are the connections and the "
    "biases.": lambda: 64 + 20 + 10,
    "that is the first layer only, 64 · 20 + 20; the second has parameters too.": (
        lambda: 64 * 20 + 20
    ),
    "the 64 inputs have no bias: they are given, not computed.": (
        lambda: 64 * 20 + 20 * 10 + 64 + 20 + 10
    ),
    "that is the network of section 3, with 30 neurons in the middle; this one has 20.": (
        lambda: (64 * 30 + 30) + (30 * 10 + 10)
    ),
}

exercise = Exercise(
    names=("n",),
    grade=grade_number(
        "n",
        1510,
        WRONG,
        tolerance=1e-9,
        praise="64 · 20 + 20 in the first layer and 20 · 10 + 10 in the second.",
        otherwise="that is not it. Count the weights of both layers, then one bias for each neuron "
        "after the input.",
    ),
    hints=(
        "Each of the 20 hidden neurons has a weight for each of the 64 pixels, and one bias.",
        "Each of the 10 output neurons has a weight for each of the 20 hidden ones, and one bias.",
    ),
    solution="n = (64 * 20 + 20) + (20 * 10 + 10)",
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(3000, 9000)),),
)
