"""The questions of chapter 03 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

steeper = predict(
    "Make the sigmoid steeper and steeper. Where does it never become the step?",
    answers=("far from 0", "nowhere: it becomes the step everywhere", "at 0"),
    right="at 0",
    because="k · 0 is 0 whatever k is, so there it says ½ for ever.",
)
half_the_nudge = predict(
    "Make every nudge half as large. How large is the error of the prediction then?",
    answers=("half as large", "about a quarter as large", "as large as before"),
    right="about a quarter as large",
    because=(
        "A curve leaves its tangent with the square of the distance, and the square of ½ is ¼."
    ),
)
too_far = predict(
    "With η = 1.2 the first step of the ReLU goes too far. What do the steps after it do?",
    answers=("nothing at all", "they bring it back, slowly", "they throw it to and fro"),
    right="nothing at all",
    because="z is below 0 for every example, where the slope of the ReLU is 0.",
)
