"""The questions of chapter 06 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

right_minus_left = predict(
    "+1 in the right column, −1 in the left one, 0 between. Where is the answer large?",
    answers=("where the image is bright", "at upright edges", "at level edges"),
    right="at upright edges",
    because="It is right minus left: what is equally bright on both sides cancels.",
)
fewer_products = predict(
    "First windows, then sharing. Which of the two steps saves multiplications?",
    answers=("the windows alone", "the sharing alone", "both"),
    right="the windows alone",
    because=(
        "With shared weights every place still has to be computed; only its weights are not its"
        " own."
    ),
)
which_moves = predict(
    "For which moves is the third picture all grey?",
    answers=("for shifts, turns and enlargements", "for shifts and turns", "for shifts alone"),
    right="for shifts alone",
    because=(
        "A shift brings the same pixels under the same kernel elsewhere; a turn would need a "
        "turned kernel."
    ),
)
