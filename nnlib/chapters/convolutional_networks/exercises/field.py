"""Exercise 5 of chapter 06: how many pixels across one output sees after conv 3, conv 3, pool 2, conv 3."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_number

WRONG = {
    "from the pooling on, neighbours are two pixels apart: the last window reaches 2 · 2 further, "
    "not 2.": lambda: 1 + 2 + 2 + 1 + 2,
    "windows overlap, so their sizes do not add up: each adds its size − 1.": (
        lambda: 3 + 3 + 2 + 3
    ),
    "the pooling adds one pixel, 5 + 1; it does not double what is seen. The step doubles from "
    "there on, so the last window adds 2 · 2. (Or counted back from the output: 3 · 2, and then 2 "
    "more for each convolution, not 3.)": lambda: 5 * 2 + 2,
    "the last window does add 2 · 2; but the pooling adds one pixel, 5 + 1, and does not double "
    "what is seen.": lambda: 5 * 2 + 2 * 2,
    "sizes do not multiply: each window adds (its size − 1) · the strides before it.": (
        lambda: 3 * 3 * 2 * 3
    ),
    "the pooling is left out.": lambda: 1 + 2 + 2 + 2,
    "the pooling's own window counts too: it adds one pixel.": lambda: 1 + 2 + 2 + 2 * 2,
    "that is the area; how many pixels *across*?": lambda: 10 * 10,
    "that is up to the pooling; one more convolution follows.": lambda: 1 + 2 + 2 + 1,
    "that is after two convolutions; pooling and another one follow.": lambda: 1 + 2 + 2,
}

grade_pixels = grade_number(
    "field",
    10,
    WRONG,
    praise="10: 1 + 2 + 2 + 1, and then 2 · 2.",
    otherwise="start with 1 pixel; each layer adds (its size − 1) · the product of the strides "
    "before it.",
    tolerance=1e-9,
)


def grade(field):
    if np.shape(field) in ((2,), (2, 2)):
        raise NotYet(
            "expected one number, the pixels across; receptive_field(…) gives "
            "((height, width), stride)."
        )
    return grade_pixels(field)


exercise = Exercise(
    names=("field",),
    grade=grade,
    hints=(
        "One pixel to start with; a 3×3 convolution adds one on each side, 2 in all.",
        "1, 3, 5 after two convolutions, 6 after the pooling. From there on neighbours are two "
        "pixels apart.",
        "receptive_field([Conv2D(1, 1, 3, rng=rng), …, MaxPool2D(2), …]) from nnlib.layers does it "
        "for you.",
    ),
    solution="""
        field = 1
        field = field + 2  # convolution, 3×3
        field = field + 2  # convolution, 3×3
        field = field + 1  # pooling, 2×2: from here on a step is two pixels
        field = field + 2 * 2  # convolution, 3×3
    """,
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(20, 90)),),
)
