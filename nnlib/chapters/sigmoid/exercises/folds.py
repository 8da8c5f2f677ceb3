"""Exercise 7 of chapter 03: how many neurons of one layer make the bends of ten layers of two."""

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_number

WRONG = {
    "that counts the one at 0, which gives the first piece its slope; between 1,024 pieces, how "
    "many bends?": lambda: 2**10,
    "that is how many the deep one has, in ten layers of two.": lambda: 10 * 2,
    "that many *teeth*, and each has two pieces.": lambda: 2**9,
    "near; but 2¹⁰ is 1,024, not 1,000.": lambda: 1000,
    "that is the number of layers.": lambda: 10,
}

exercise = Exercise(
    names=("neurons",),
    grade=grade_number(
        "neurons",
        2**10 - 1,
        WRONG,
        praise="1,023 bends, against 20 neurons in ten layers.",
        otherwise="each layer doubles the pieces: 2, 4, 8, … And a hidden ReLU neuron in a single "
        "layer makes one bend.",
        tolerance=1e-9,
    ),
    hints=("Pieces double with each layer: 2¹⁰ after ten.", "A bend lies between two pieces."),
    solution="neurons = 2**10 - 1",
    wrong=WRONG,
    noise=lambda rng: (rng.integers(2000, 5000),),
)
