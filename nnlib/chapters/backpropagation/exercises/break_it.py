"""Exercise 8 of chapter 05: which of three steps of gradient descent is right, and what is wrong with the others."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.numerics import sigmoid


def one_step(*, order=False, slope=False):
    """Return one step on a network of two sigmoid layers with squared error, with the faults asked for."""

    def step(W1, b1, W2, b2, x, y, eta):
        a1 = sigmoid(x @ W1 + b1)
        a2 = sigmoid(a1 @ W2 + b2)
        bend1, bend2 = (sigmoid(a1), sigmoid(a2)) if slope else (a1, a2)
        dz2 = (a2 - y) * bend2 * (1 - bend2) / len(x)
        new_W2 = W2 - eta * a1.T @ dz2
        dz1 = (dz2 @ (new_W2 if order else W2).T) * bend1 * (1 - bend1)
        return W1 - eta * x.T @ dz1, b1 - eta * dz1.sum(axis=0), new_W2, b2 - eta * dz2.sum(axis=0)

    return step


SUSPECTS = {"first": one_step(order=True), "second": one_step(slope=True), "third": one_step()}
FAULTS = {"first": "order", "second": "slope"}
CLUES = {
    "first": "Its W2 and b2 are right, its W1 and b1 nearly so, the more so the smaller η is.",
    "second": "All four are wrong, W2 and b2 too, and no η fixes it.",
}

rng = np.random.default_rng(3)
WEIGHTS = [1.5 * rng.normal(size=shape) for shape in ((4, 3), (3,), (3, 2), (2,))]
BATCH = rng.normal(size=(5, 4)), rng.integers(0, 2, (5, 2)).astype(float)
EXAMPLE = *WEIGHTS, *BATCH  # W1, b1, W2, b2, x, y to try the suspects on


def grade(right, wrong):
    if not isinstance(right, str) or right not in SUSPECTS:
        raise NotYet('right should be "first", "second" or "third".')
    if right != "third":
        raise NotYet(
            f"the {right} one does not move every parameter by −η times its slope: nudge them, "
            "W1 too."
        )
    if not isinstance(wrong, dict) or set(wrong) != set(FAULTS):
        raise NotYet(
            'the third is indeed right. wrong should be of the form {"first": "…", "second": "…"}.'
        )
    for name, fault in FAULTS.items():
        given = str(wrong[name]).strip().lower()
        if given not in ("sign", "order", "slope"):
            raise NotYet(
                f'the third is indeed right. {name}: a fault is "sign", "order" or "slope".'
            )
        if given != fault:
            raise NotYet(
                f"the third is indeed right. The {name} one has a different fault. {CLUES[name]}"
            )
    return (
        "the first sends δ back through weights already changed; the second takes σ′ at the output."
    )


WRONG = {
    "the first one does not move every parameter": lambda: (
        "first",
        {"second": "slope", "third": "order"},
    ),
    "the second one does not move every parameter": lambda: (
        "second",
        {"first": "order", "third": "slope"},
    ),
    "The first one has a different fault. Its W2 and b2 are right": lambda: (
        "third",
        {"first": "slope", "second": "order"},
    ),
    "The second one has a different fault. All four are wrong": lambda: (
        "third",
        {"first": "order", "second": "sign"},
    ),
}

exercise = Exercise(
    names=("right", "wrong"),
    grade=grade,
    hints=(
        "Nudge one weight of W1 both ways to get its slope; compare with (old − new) / eta of each "
        "suspect.",
        "The right one agrees for every eta. If only W1 and b1 are off, less so for small eta: the "
        "order.",
        "If W2 is off as well, and no eta fixes it, it is the slope (or the sign, if all are "
        "reversed).",
    ),
    solution="""
        right = "third"
        wrong = {"first": "order", "second": "slope"}
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.choice(["first", "second"]).item(), {"third": "order"}),
)
