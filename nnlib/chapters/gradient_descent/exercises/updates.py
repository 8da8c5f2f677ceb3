"""Exercise 6 of chapter 04: how many updates five epochs make."""

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import grade_number

WRONG: Mistakes = {
    "that is one epoch; there are five.": lambda: 121,
    "that is one epoch, and its last 5 examples are a batch too.": lambda: 1205 // 10,
    "the last 5 examples of every epoch make a batch too, a smaller one.": lambda: 5 * 120,
    "there are no half batches: each epoch ends with a batch of 5.": lambda: 5 * 120.5,
    "batches do not run on from one epoch into the next: each epoch ends with a batch of 5.": (
        lambda: 5 * 1205 // 10,
        lambda: 603,
    ),
    "that is the number of examples seen; ten of them share an update.": lambda: 5 * 1205,
    "one batch too many in each epoch: 121 batches are numbered 0 to 120.": lambda: 5 * 122,
    "one epoch too many: five epochs are numbered 0 to 4.": lambda: 6 * 121,
    "one batch too many in each epoch, and one epoch too many: counting from 0 ends before the "
    "number itself.": lambda: 6 * 122,
}

exercise = Exercise(
    names=("updates",),
    grade=grade_number(
        "updates",
        5 * 121,
        WRONG,
        praise="120 full batches and one of 5, five times.",
        otherwise="how many batches are needed for all 1,205 examples to come once? And how often "
        "do they come?",
        tolerance=1e-9,
    ),
    hints=(
        "How many batches make one epoch? Count the last, smaller one too.",
        "1,205 = 120 · 10 + 5.",
    ),
    solution="updates = 5 * 121",
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(1000, 5000)),),
)
