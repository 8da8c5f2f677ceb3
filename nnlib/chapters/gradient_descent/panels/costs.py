"""Costs of one neuron over one weight."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.numerics import sigmoid

X = np.array([-2.4, -1.9, -1.2, -0.8, -0.3, 0.4, -0.6, 0.2, 0.7, 1.3, 1.8, 2.5])
Y = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
SLOPE = 3.0
PLACES = np.linspace(-4, 4, 401)
COSTS = ("0-1 loss", "absolute error", "squared error", "cross-entropy")


def twelve_points() -> tuple[np.ndarray, np.ndarray]:
    """Return the x (12,) and the targets (12,) of this demo. No border tells its two classes apart."""
    return X.copy(), Y.copy()


def cost(name: str, b: float) -> float:
    """Return the mean cost of the neuron a = σ(3x + b) over twelve examples: how wrong it is, by one of four costs."""
    a = sigmoid(SLOPE * X + b)
    each = {
        "0-1 loss": (a > 0.5) != Y,
        "absolute error": np.abs(a - Y),
        "squared error": (a - Y) ** 2 / 2,
        "cross-entropy": -np.log(np.where(Y == 1, a, 1 - a)),
    }
    return float(each[name].mean())


@cache
def cost_curve(name: str) -> np.ndarray:
    """Return the cost at all ``PLACES`` of the bias."""
    return np.array([cost(name, place) for place in PLACES])


def draw_costs(figure: Figure, name: str, b: float) -> str:
    """Draw a sigmoid neuron over its examples, and its cost over the bias with the tangent at b."""
    left, right = figures.axes(figure, columns=2)
    b = round(b, 1)
    points = np.column_stack([X, Y])
    across = np.linspace(-3, 3, 121)
    left.plot(across, sigmoid(SLOPE * across + b), color=figures.INK)
    left.axvline(-b / SLOPE, linestyle=":", color=figures.INK, linewidth=1.2)
    drawings.points(left, points, Y, size=60)
    left.set(xlabel="x", ylabel="output a", ylim=(-0.1, 1.1), xlim=(-3, 3))
    curve = cost_curve(name)
    here = cost(name, b)
    slope = 0.0 if name == "0-1 loss" else (cost(name, b + 1e-4) - cost(name, b - 1e-4)) / 2e-4
    if name == "0-1 loss":  # its level jumps between two places: no line there
        curve = np.where(np.append(np.diff(curve) != 0, False), np.nan, curve)
    right.plot(PLACES, curve, color=figures.BLUE)
    ends = np.array([b - 1, b + 1])
    right.plot(ends, here + slope * (ends - b), "--", color=figures.GRADIENT)
    right.plot([b], [here], "o", color=figures.BLUE, markersize=10)
    right.set(xlabel="bias b", ylim=(0, 1.25 * float(np.nanmax(curve))), xlim=(-4, 4))
    words = f"{name} {here:.3f}, slope {figures.minus(f'{slope + 0.0:.3f}')}"
    left.set_title(f"b = {figures.minus(f'{b:.1f}')}")
    right.set_title(words)
    return f"A sigmoid neuron over twelve examples with bias {figures.minus(f'{b:.1f}')}: {words}."


def costs() -> Panel:
    """Choose a cost, and move the neuron's bias."""
    return Panel(
        draw_costs,
        size=(8.4, 3.8),
        name=choice("cost", list(COSTS), "0-1 loss"),
        b=slider("bias b", -4, 4, 2.5),
    )
