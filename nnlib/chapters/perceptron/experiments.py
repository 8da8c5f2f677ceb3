"""What chapter 01 measures: a perceptron that learns, mistake by mistake, on points and on real digits."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.batches import stratified_split
from nnlib.datasets import blobs, load_digits, truth_table
from nnlib.perceptron import Perceptron

STEPS = 40  # of learning, that are shown


class Step(NamedTuple):
    """A perceptron's w (2,) and b after a mistake on the given ``example``; None before the first."""

    w: np.ndarray
    b: float
    example: int | None


class Gap(NamedTuple):
    """Points x (n, 2), labels y (n,), the mistakes made and how many there may be, and the w (2,) and b learnt."""

    x: np.ndarray
    y: np.ndarray
    mistakes: int
    bound: float
    w: np.ndarray
    b: float


@cache
def learning_data(problem: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the points (n, 2) and labels (n,), 0 and 1, of one of the three problems of section 6."""
    if problem == "XOR":
        return truth_table([0, 1, 1, 0])
    rng = np.random.default_rng(8)
    return blobs(30, rng=rng, distance=3.6 if problem == "two clouds apart" else 2.0, spread=0.75)


@cache
def learning_steps(problem: str, most: int = STEPS) -> list[Step]:
    """Return a perceptron at the start and after each mistake, at most ``most`` of them."""
    x, y = learning_data(problem)
    perceptron = Perceptron(2)
    steps = [Step(perceptron.w, perceptron.b, None)]
    mistake = True
    while mistake and len(steps) <= most:
        mistake = False
        for i in range(len(x)):
            if len(steps) <= most and perceptron.learn(x[i], 1 if y[i] else -1):
                mistake = True
                steps.append(Step(perceptron.w, perceptron.b, i))
    return steps


@cache
def mistakes_by_gap(gap: float, n: int = 150) -> Gap:
    """Let a perceptron learn n points of two classes a ``gap`` apart, and compare its mistakes with (R/γ)².

    A square of side 4 is cut along the line w·x + b = 0, w = (1, 1)/√2 and b = −1, and the halves are moved apart by
    ``gap``. The bias counts as the weight of a constant input 1, so R² has a 1 more and γ = distance / √(1 + b²).
    """
    rng = np.random.default_rng(5)
    w, b = np.array([1.0, 1.0]) / np.sqrt(2), -1.0
    x = rng.uniform(-2, 2, (n, 2))
    y = (x @ w + b > 0).astype(int)
    x = x + np.where(y == 1, 0.5, -0.5)[:, None] * gap * w
    perceptron = Perceptron(2).fit(x, y, epochs=1000)
    margin = float(np.abs(x @ w + b).min() / np.sqrt(1 + b * b))
    radius = float(np.sqrt((x * x).sum(axis=1) + 1).max())
    return Gap(x, y, sum(perceptron.mistakes), (radius / margin) ** 2, perceptron.w, perceptron.b)


@cache
def train_digit_voter() -> tuple[Perceptron, np.ndarray, np.ndarray]:
    """Return a perceptron that tells 3 from 8, and 107 images (n, 8, 8) and labels (n,), 1 for an 8, new to it."""
    images, digits = load_digits()
    rows = (digits == 3) | (digits == 8)
    x, y = images[rows].reshape(-1, 64), (digits[rows] == 8).astype(int)
    rng = np.random.default_rng(0)
    (x, y), (x_test, y_test) = stratified_split(x, y, held_out=0.3, rng=rng)
    return Perceptron(64).fit(x, y, rng=rng), x_test.reshape(-1, 8, 8), y_test
