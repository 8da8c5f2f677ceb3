"""Exercise 8 of chapter 03: a wave, followed by one layer of few ReLU neurons."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import number, numbers


def grade(W, b, v, d):
    count = np.size(W)
    if count == 0 or count > 1000:
        raise NotYet(
            "W should hold one weight for each hidden neuron, 1 to 1,000 of them, but it has "
            f"{count}."
        )
    W, b, v = (numbers(part, name, (count,)) for part, name in ((W, "W"), (b, "b"), (v, "v")))
    x = np.linspace(0, 1, 1001)
    answer = np.maximum(x[:, None] * W + b, 0) @ v + number(d, "d")
    off = np.abs(answer - np.sin(2 * np.pi * x))
    worst = int(off.argmax())
    if off[worst] > 0.1:
        raise NotYet(
            f"with {count} neurons it is off by {off[worst]:.3f} at x = {x[worst]:.2f}; 0.1 is "
            "allowed. More bends, or better places?"
        )
    record = "We know of none with fewer." if count <= 4 else "It can be done with 4."
    return f"within {off[worst]:.3f}, with {count} ReLU neurons. {record}"


WRONG = {
    "with 2 neurons it is off by 1.551 at x = 0.70": lambda: ([1, 1], [0, -0.5], [2, -4], 0),
    "b should be of shape (3,), but it has shape (2,)": lambda: ([1] * 3, [1] * 2, [1] * 3, 0),
    "one weight for each hidden neuron": lambda: ([], [], [], 0),
}

exercise = Exercise(
    names=("W", "b", "v", "d"),
    grade=grade,
    hints=(
        "A ReLU neuron max(0, x − k) bends at k; with W = −1 and b = k it bends there too, and is "
        "on to the left.",
        "Given the bends, the best v and d are least squares: np.linalg.lstsq of the hidden "
        "columns and a 1.",
        "A wave is nearly straight where it crosses 0, and bends most at its top: put the bends "
        "there.",
    ),
    solution="""
        bends = np.array([0.187, 0.326, 0.669, 0.808])
        W = np.array([-1.0, -1.0, 1.0, -1.0])
        b = -W * bends
        x = np.linspace(0, 1, 201)
        columns = np.column_stack([np.maximum(x[:, None] * W + b, 0), np.ones(201)])
        *v, d = np.linalg.lstsq(columns, np.sin(2 * np.pi * x))[0]
    """,
    wrong=WRONG,
    noise=lambda rng: (*rng.normal(size=(3, 6)), rng.normal()),
)
