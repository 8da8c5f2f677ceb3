"""The questions of chapter 04 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

useless_cost = predict(
    "Which of these costs never tells you which way to go?",
    answers=("0-1 loss", "absolute error", "squared error"),
    right="0-1 loss",
    because="It counts mistakes: it is flat and then jumps, so its slope is 0.",
)
large_rate = predict(
    "On the bowl, from −2 with η = 1.05: where does the walk go?",
    answers=(
        "slowly down to the bottom",
        "across and back, and so to the bottom",
        "across and back, further out each time",
    ),
    right="across and back, further out each time",
    because="Each step multiplies w by 1 − 2η = −1.1.",
)
one_digit = predict(
    "How far off is the gradient of a single digit, measured by the length of the true one?",
    answers=("about a tenth of that length", "about eight times that length", "about that length"),
    right="about eight times that length",
    because=(
        "One digit knows only itself. It is right on average, so only a mean over many comes near."
    ),
)
