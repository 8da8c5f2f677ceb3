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
late_lambda = predict(
    "late looks factor up when it is called; kept has kept it. What do late(10) and kept(10) say?",
    answers=("50 and 20", "20 and 20", "50 and 50"),
    right="50 and 20",
    because="When they are called factor is 5; when they were made it was 2.",
)
axis_zero = predict(
    "table has the shape (2, 3). How many numbers does table.sum(axis=0) have?",
    answers=("one", "two", "three"),
    right="three",
    because="Axis 0 has the length 2; it disappears, and the 3 of axis 1 is left.",
)
