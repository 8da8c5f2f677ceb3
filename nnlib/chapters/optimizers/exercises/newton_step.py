"""Exercise 5 of chapter 08: the place to which Newton's method jumps."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def newton_step(w, gradient, hessian):
    return w - np.linalg.solve(hessian, gradient)


def with_step(step):
    """A mistake that moves by −``step(gradient, hessian)``."""
    return lambda w, g, H: w - step(g, H)


def solved(g, H):
    return np.linalg.solve(H, g)


WRONG = {
    "that is H g. It is H⁻¹ g: divide by the curvature, do not multiply.": with_step(
        lambda g, H: H @ g
    ),
    "that is H g, and uphill: w − H⁻¹ g.": with_step(lambda g, H: -H @ g),
    "the sign: w − H⁻¹ g.": with_step(lambda g, H: -solved(g, H)),
    "the size of H⁻¹ g alone: its signs say which way to go. No abs.": with_step(
        lambda g, H: abs(solved(g, H))
    ),
    "that is the step alone: add it to w.": lambda w, g, H: -solved(g, H),
    "that is H⁻¹ g alone: w minus that.": lambda w, g, H: solved(g, H),
    "that divides by the diagonal alone: the other entries of H say how slopes mix. Solve.": (
        with_step(lambda g, H: g / np.diag(H))
    ),
    "1 / H is taken number by number, and that is not the inverse. np.linalg.solve(H, g).": (
        with_step(lambda g, H: (1 / H) @ g)
    ),
    "H is not used: that is SGD with η = 1.": with_step(lambda g, H: g),
    "H⁻¹ belongs to the gradient, not to w.": lambda w, g, H: w - solved(w, H),
    "the size of H is not enough: each direction has its own curvature. Solve.": with_step(
        lambda g, H: g / np.linalg.norm(H)
    ),
    "the determinant is one number: each direction has its own curvature. Solve.": with_step(
        lambda g, H: g / np.linalg.det(H)
    ),
    "half of the step: there is no ½.": with_step(lambda g, H: solved(g, H) / 2),
}


def cases():
    """Bowls and a saddle; the right step has both signs."""
    rng = np.random.default_rng(6)
    for size, sign in ((2, 1.0), (4, 1.0), (3, -1.0)):
        factor = rng.normal(size=(size, size))
        hessian = factor @ np.diag([sign, *[1.0] * (size - 1)]) @ factor.T + 0.1 * np.eye(size)
        w = rng.normal(size=size)
        step = rng.uniform(0.5, 1.5, size) * np.where(np.arange(size) % 2, -1.0, 1.0)
        yield w, hessian @ step, hessian


def read(answer, case):
    w, _, hessian = case
    if np.shape(answer) == hessian.shape:
        raise NotYet(
            f"a table {hessian.shape} comes back: / and * work number by number. H⁻¹ g is "
            "np.linalg.solve(H, g)."
        )
    return numbers(answer, "w", w.shape)


def otherwise(case, got, right):
    saddle = np.linalg.eigvalsh(case[2])[0] < 0
    near = " near a saddle, with one curvature below 0," if saddle else ""
    return (
        f"for {len(right)} weights{near} it differs from w − H⁻¹ g: is H times (w − yours) equal "
        "to g?"
    )


exercise = Exercise(
    names=("newton_step",),
    grade=grade_function(
        newton_step,
        list(cases()),
        WRONG,
        read=read,
        otherwise=otherwise,
        tolerance=1e-5,
        praise="one step to where the slope is 0 if the cost is as curved everywhere: the foot of "
        "a bowl, but a saddle too.",
    ),
    hints=(
        "The step is the p with H p = g, taken off w. In one dimension: slope divided by "
        "curvature.",
        "np.linalg.solve(hessian, gradient) finds p; no inverse needs to be written out.",
    ),
    solution=newton_step,
    wrong=WRONG,
    noise=lambda rng: (lambda w, *_: w + rng.normal(size=w.shape),),
)
