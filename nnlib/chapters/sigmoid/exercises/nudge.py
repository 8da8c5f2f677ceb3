"""Exercise 2 of chapter 03: what a nudge of the weights and the bias does to the output."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function
from nnlib.chapters.sigmoid.exercises._shared import sigma


def nudge(w, b, x, dw, db):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    return a * (1 - a) * (x @ dw + db)


def with_slope(slope):
    """A mistake that has the right step Δz and a wrong slope ``slope(z, a)``."""

    def predict(w, b, x, dw, db):
        z = w @ x + b
        return slope(z, sigma(z)) * (x @ dw + db)

    return predict


def with_step(dz):
    """A mistake that has the right slope and a wrong step ``dz(w, x, dw, db)``."""

    def predict(w, b, x, dw, db):
        a = sigma(w @ x + b)
        return a * (1 - a) * dz(w, x, dw, db)

    return predict


WRONG = {
    "that is Δz. The output changes σ′(z) times as much.": lambda w, b, x, dw, db: x @ dw + db,
    "Δz is right, but it is multiplied by σ(z); the slope is σ′(z) = a (1 − a).": (
        with_slope(lambda z, a: a)
    ),
    "Δz is right, but it is multiplied by 1 − a; the slope is σ′(z) = a (1 − a).": (
        with_slope(lambda z, a: 1 - a)
    ),
    "Δz is right, but the slope is not: σ′(z) is a (1 − a) with a = σ(z), not z (1 − z).": (
        with_slope(lambda z, a: z * (1 - z))
    ),
    "the sign is wrong: a larger z gives a larger output.": with_slope(lambda z, a: a * (a - 1)),
    "the brackets: σ′(z) multiplies Δb too, not only x·Δw.": lambda w, b, x, dw, db: (
        nudge(w, b, x, dw, 0) + db
    ),
    "the part of the bias is missing: ∂a/∂b = σ′(z).": with_step(lambda w, x, dw, db: x @ dw),
    "each Δw counts as much as the input that it multiplies: ∂a/∂w = σ′(z) x.": with_step(
        lambda w, x, dw, db: dw.sum() + db
    ),
    "z changes by x·Δw, not by w·Δw.": with_step(lambda w, x, dw, db: w @ dw + db),
    "that is the new output; only the change is asked for.": lambda w, b, x, dw, db: (
        sigma(w @ x + b) + nudge(w, b, x, dw, db)
    ),
    "that is the real change. Predict it from the slope alone.": lambda w, b, x, dw, db: (
        sigma((w + dw) @ x + b + db) - sigma(w @ x + b)
    ),
    "the slope is taken at the old z, before the nudge.": lambda w, b, x, dw, db: nudge(
        w + dw, b + db, x, dw, db
    ),
}
rng = np.random.default_rng(0)
CASES = [
    (w, b, x, dw, db) for n in (4, 2, 3) for w, x, dw, (b, db, *_) in [rng.normal(size=(4, n))]
]


def otherwise(case, got, right):
    w, b, x, dw, db = case
    z, dz = w @ x + b, x @ dw + db
    numbers = f"z = {z:.5f}, σ′(z) = {sigma(z) * (1 - sigma(z)):.5f} and Δz = {dz:.5f}"
    words = f"it says {got:.5f}, but the prediction is {right:.5f}, with {numbers}."
    return f"for one of our examples {words}".replace("-", "−")


exercise = Exercise(
    names=("nudge",),
    grade=grade_function(
        nudge,
        CASES,
        WRONG,
        praise="σ′(z) (x·Δw + Δb). It is what every later chapter does for thousands of weights.",
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=(
        "z changes by Δz = x·Δw + Δb.",
        "The output changes by about σ′(z) Δz, with σ′(z) = a (1 − a) at the old z = w·x + b.",
    ),
    solution=nudge,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
