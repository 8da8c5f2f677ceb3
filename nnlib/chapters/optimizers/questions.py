"""The questions of chapter 08 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

first_to_leave = predict(
    "Make η larger and larger. In which direction does plain descent run away first?",
    answers=("along, where it is flat", "across, where it is steep", "in both at once"),
    right="across, where it is steep",
    because="The limit is η < 2/c, so it is lowest where the curvature c is largest.",
)
steady_slope = predict(
    "The slope is steady and α = 0.9. How many times as fast as plain descent does the ball"
    " become?",
    answers=("1.9 times", "9 times", "10 times"),
    right="10 times",
    because="Each step adds to nine tenths of the last: 1 + 0.9 + 0.81 + … = 1/(1 − 0.9).",
)
jumps = predict(
    "How many of Newton's jumps does it take to the bottom of the ravine?",
    answers=(
        "one",
        "about twenty, as it is twenty times as steep across",
        "more from further away",
    ),
    right="one",
    because=(
        "Newton reads both curvatures at once, and in this ravine they are the same everywhere."
    ),
)
