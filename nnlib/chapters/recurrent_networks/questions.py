"""The questions of chapter 09 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

latched = predict(
    "An input of 1, then only zeros, and the weight 2 in the loop. What is the state after many"
    " steps?",
    answers=("nearly 0: it fades", "very large: it doubles each time", "near 1: it stays"),
    right="near 1: it stays",
    because="tanh(2h) = h holds at 0.957: doubled by the weight, and held down by the bend.",
)
twelve_bits = predict(
    "Both networks learnt from 8 bits or fewer. How often is the feedforward one right on 12 bits?",
    answers=("nearly always, as before", "half of the time", "nearly never"),
    right="half of the time",
    because="Its weights for places 9 to 12 have never been moved: it guesses.",
)
twenty_back = predict(
    "A loop halves each change of its state. How much of a change is left after 20 steps?",
    answers=("a millionth", "a fortieth", "a twentieth"),
    right="a millionth",
    because="One half, twenty times as a factor: ½²⁰ is 1/1,048,576.",
)
clipped = predict(
    "The gradient is (30, 40), and it is clipped to the length 5. Which gradient is used?",
    answers=("(5, 5)", "(3, 4)", "none: the step is left out"),
    right="(3, 4)",
    because="Its length is 50, so all its numbers are divided by 10: the direction stays.",
)
half_open = predict(
    "A gate keeps half of the state at each word. How much is left of it ten words later?",
    answers=("about a twentieth", "about a thousandth", "about a half"),
    right="about a thousandth",
    because="½¹⁰ is 1/1,024. It takes u = 0.93 to have about a half left.",
)
hesitates = predict(
    "A network gives every character that really comes the chance ⅛. What is its perplexity?",
    answers=("⅛", "2.08, which is ln 8", "8"),
    right="8",
    because="The loss is ln 8 per character, and e to the ln 8 is 8.",
)
