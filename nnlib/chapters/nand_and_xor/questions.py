"""The questions of chapter 02 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

carry = predict(
    "For which a and b do the ones hand a carry to the twos?",
    answers=("where both are odd", "where a + b is above 3", "where one of them is odd"),
    right="where both are odd",
    because="Odd numbers end in a 1, and only 1 + 1 needs a second digit.",
)
least_bend = predict(
    "Drag the bend from 0 to 1. At what point will a straight border do?",
    answers=(
        "only at 1: it takes the whole bend",
        "at about one half",
        "at the first bit of bend",
    ),
    right="at the first bit of bend",
    because=(
        "The least bend moves (0,0) out of the line of the other places, and then a border fits"
        " between."
    ),
)
from_every_start = predict(
    "Two hidden neurons are enough for XOR. How often will learning find the weights?",
    answers=("from every start", "from about one start in ten", "from about one start in two"),
    right="from about one start in ten",
    because="That such weights exist does not mean that small steps lead to them.",
)
