"""The two small exercises of chapter 00, which show how exercises work."""

from typing import Any

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake, NotYet
from nnlib.chapters.kit.grading import number


def grade_pixels(n: Any) -> str:
    """How many numbers describe an image of 8 by 8 grey pixels?"""
    named = {
        8: "8 is one row of pixels; there are 8 rows.",
        16: "8 + 8 counts the pixels along two sides; the inside counts too.",
        784: "that would be 28 × 28, an image of the larger data set in chapter 11.",
    }
    n = number(n, "n")
    if n in named:
        raise NotYet(named[n])
    if n != 64:
        raise NotYet(f"{n:g} is not it. Count the pixels: 8 rows of 8, one number each.")
    return "8 × 8 pixels, one grey value each."


def grade_parameters(n: Any) -> str:
    """How many numbers does a 64-20-10 network learn?"""
    named = {
        1480: "those are the weights, 64 · 20 + 20 · 10. Each of the 30 neurons also has a bias.",
        94: "64 + 20 + 10 counts the neurons and inputs; what is learnt are the connections and the biases.",
        1300: "that is the first layer only, 64 · 20 + 20; the second has parameters too.",
        1574: "the 64 inputs have no bias: they are given, not computed.",
    }
    n = number(n, "n")
    if n in named:
        raise NotYet(named[n])
    if n == 2260:
        raise NotYet(
            "that is the network of section 3, with 30 neurons in the middle; this one has 20."
        )
    if n != 1510:
        raise NotYet(
            f"{n:g} is not it. Count the weights of both layers, then one bias for each neuron after the input."
        )
    return "64 · 20 + 20 in the first layer and 20 · 10 + 10 in the second."


chapter = Chapter(
    pixels=Exercise(
        grade_pixels,
        hints=(
            "Every pixel is one number, its grey value.",
            "There are 8 rows with 8 pixels each.",
        ),
        code="n = 8 * 8",
        mistakes=(
            Mistake("n = 8", "one row"),
            Mistake("n = 16", "two sides"),
            Mistake("n = 28 * 28", "larger data set"),
            Mistake("n = 'sixty-four'", "should hold numbers"),
        ),
        noise=lambda rng: (int(rng.integers(65, 700)),),
    ),
    parameters=Exercise(
        grade_parameters,
        hints=(
            "Each of the 20 hidden neurons has a weight for each of the 64 pixels, and one bias.",
            "Each of the 10 output neurons has a weight for each of the 20 hidden ones, and one bias.",
        ),
        code="n = (64 * 20 + 20) + (20 * 10 + 10)",
        mistakes=(
            Mistake("n = 64 * 20 + 20 * 10", "also has a bias"),
            Mistake("n = 64 + 20 + 10", "counts the neurons"),
            Mistake("n = 64 * 20 + 20", "first layer only"),
            Mistake("n = 64 * 20 + 20 * 10 + 64 + 20 + 10", "inputs have no bias"),
        ),
        noise=lambda rng: (int(rng.integers(3000, 9000)),),
    ),
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
