"""The questions of chapter 00 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

before_learning = predict(
    "Before it had seen a single point, what did the network answer?",
    answers=(
        "roughly the two arms",
        "two sides, with a border that lies anywhere",
        "the same everywhere",
    ),
    right="two sides, with a border that lies anywhere",
    because="Its weights were drawn at random, and no mistake had corrected them yet.",
)
only_straight = predict(
    "After 400 epochs without a bend, how many points are on their own side?",
    answers=(
        "more than half, but never two thirds",
        "nearly all: it only takes more patience",
        "half, as by guessing",
    ),
    right="more than half, but never two thirds",
    because=(
        "A straight border is better than none, but it cannot follow an arm, however long it "
        "learns."
    ),
)
unseen_digits = predict(
    "Of 100 digits that it has never seen, how many will it read?",
    answers=("about 50", "about 75", "more than 90"),
    right="more than 90",
    because=(
        "New digits are written much like the 1,400 it learnt from, so what it learnt holds for"
        " them."
    ),
)
