"""The questions of chapter 01 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

longer_arrow = predict(
    "The arrow w gets longer, and b stays as it is. What does the line do?",
    answers=(
        "it moves away from the origin",
        "it moves towards the origin",
        "it stays where it is",
    ),
    right="it moves towards the origin",
    because="Its distance from the origin is the size of b divided by the length of w.",
)
doubled = predict(
    "Double w and b, both of them. Where does the line go?",
    answers=("twice as far from the origin", "half as far from the origin", "nowhere"),
    right="nowhere",
    because="All that changes is the size of z, and the line is where z is 0.",
)
every_step = predict(
    "Does every step leave fewer points wrong than before?",
    answers=(
        "no, it can even leave more",
        "yes, as it mends a mistake",
        "it never leaves more, but at times as many",
    ),
    right="no, it can even leave more",
    because="A step looks at one example only, and may spoil others that were right.",
)
