"""The questions of chapter 07 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

wrong_labels = predict(
    "20 of its 200 labels are wrong. For how many of the 200 will it answer what the label says?",
    answers=("for about 180, the right ones", "for about 100", "for nearly all 200"),
    right="for nearly all 200",
    because=(
        "It has 4,810 parameters for 200 digits, and that is enough to learn the wrong labels "
        "by heart."
    ),
)
upside_down = predict(
    "A six is turned by 180°. What will the network say?",
    answers=("6", "9", "now this, now that"),
    right="9",
    because="Upside down it looks like a nine, and so the new image needs another label.",
)
a_single_eight = predict(
    "Of 200 digits to learn from, one is an 8. How many of 100 new 8s will be read?",
    answers=("fewer than 35", "about 60", "about 85, like the others"),
    right="fewer than 35",
    because="One example shows one way to write an 8, and there are many.",
)
