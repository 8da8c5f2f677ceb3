"""Exercise 1 of chapter 00: how many numbers describe an image of 8 by 8 grey pixels?"""

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_number

WRONG = {
    "8 is one row of pixels; there are 8 rows.": lambda: 8,
    "8 + 8 counts the pixels along two sides; the inside counts too.": lambda: 8 + 8,
    "that would be 28 × 28, an image of the larger data set in chapter 11.": lambda: 28 * 28,
}

exercise = Exercise(
    names=("n",),
    grade=grade_number(
        "n",
        64,
        WRONG,
        tolerance=1e-9,
        praise="8 × 8 pixels, one grey value each.",
        otherwise="that is not it. Count the pixels: 8 rows of 8, one number each.",
    ),
    hints=(
        "Every pixel is one number, its grey value.",
        "There are 8 rows with 8 pixels each.",
    ),
    solution="n = 8 * 8",
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(65, 700)),),
)
