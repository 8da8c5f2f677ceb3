"""Exercise 2 of chapter 04: gradient descent, step by step."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def walk(gradient, v, eta, steps):
    for _ in range(steps):
        v = v - eta * gradient(v)
    return v


WRONG = {
    "that climbs: the gradient points uphill, so walk against it.": (
        lambda gradient, v, eta, steps: walk(gradient, v, -eta, steps)
    ),
    "one step only: the loop returns before it is done, or is missing.": (
        lambda gradient, v, eta, steps: walk(gradient, v, eta, 1)
    ),
    "one step too few.": lambda gradient, v, eta, steps: walk(gradient, v, eta, steps - 1),
    "one step too many.": lambda gradient, v, eta, steps: walk(gradient, v, eta, steps + 1),
    "it stays where it starts.": lambda gradient, v, eta, steps: v,
    "the gradient is asked once; it has to be asked anew in each step.": (
        lambda gradient, v, eta, steps: v - steps * eta * gradient(v)
    ),
    "η is not used.": lambda gradient, v, eta, steps: walk(gradient, v, 1, steps),
    "the whole path is right; return only its last place.": lambda gradient, v, eta, steps: [
        walk(gradient, v, eta, done) for done in range(steps + 1)
    ],
}


def bowl(v):
    return np.array([1.0, 3.0]) * v


def read(result, case):
    return numbers(result, "the place", np.shape(result))


def otherwise(case, got, right):
    if got.shape != right.shape:
        return (
            f"the place should have the shape of the start, {right.shape}, but it has {got.shape}."
        )
    asked = {
        2: "from (1, −2) on ½ v₁² + 1.5 v₂², η = 0.1, five steps",
        3: "right for two weights; from (0.5, −1, 2) on ¼ (v₁⁴ + v₂⁴ + v₃⁴), η = 0.02, "
        "twelve steps",
    }
    return f"{asked[len(right)]} lead to {brief(right)}, but yours lead to {brief(got)}."


exercise = Exercise(
    names=("walk",),
    grade=grade_function(
        walk,
        [
            (bowl, np.array([1.0, -2.0]), 0.1, 5),
            (lambda v: v**3, np.array([0.5, -1.0, 2.0]), 0.02, 12),
        ],
        WRONG,
        praise="v ← v − η ∇C(v), and nothing else. All training in this course is this loop.",
        read=read,
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=(
        "for _ in range(steps): …",
        "In each step v = v - eta * gradient(v). Return v after the loop.",
    ),
    solution=walk,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(size=2),),
)
