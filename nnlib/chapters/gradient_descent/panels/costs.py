"""Costs of one neuron over its bias."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.gradient_descent.experiments import (
    COSTS,
    PLACES,
    SLOPE,
    cost_curve,
    cost_of_bias,
    twelve_points,
)
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch
from nnlib.numerics import sigmoid


@demo(
    size=(8.4, 3.8),
    touch=Touch(x="b", axes=1),
    name=Choice("cost", list(COSTS), "0-1 loss"),
    b=Slider("bias b", -4, 4, 2.5),
)
def costs(figure: Figure, name: str, b: float) -> str:
    """Draw a sigmoid neuron over its examples, and its cost over the bias with the tangent at b."""
    left, right = figures.axes(figure, columns=2)
    b = round(b, 1)
    bias = figures.minus(f"{b:.1f}")
    _draw_neuron(left, b)
    left.set_title(f"b = {bias}")
    here = cost_of_bias(name, b)
    slope = _draw_cost(right, name, b)
    words = f"{name} {here:.3f}, slope {figures.minus(f'{slope + 0.0:.3f}')}"
    right.set_title(words)
    return f"A sigmoid neuron over twelve examples with bias {bias}: {words}."


def _draw_neuron(ax: Axes, b: float) -> None:
    x, y = twelve_points()
    across = np.linspace(-3, 3, 121)
    ax.plot(across, sigmoid(SLOPE * across + b), color=figures.INK)
    half = {"linestyle": ":", "color": figures.INK, "linewidth": 1.2, "label": "a = ½"}
    ax.plot([-b / SLOPE] * 2, [-0.1, 1.1], **half)
    drawings.points(ax, np.column_stack([x, y]), y, names=("wanted 0", "wanted 1"), size=60)
    ax.set(xlabel="x", ylabel="output a", ylim=(-0.1, 1.55), xlim=(-3, 3), yticks=[0, 0.5, 1])
    figures.legend(ax, "upper center", ncols=2, columnspacing=1.0)


def _draw_cost(ax: Axes, name: str, b: float) -> float:
    """Draw a cost over the bias with its tangent at b, and return its slope there."""
    curve, here = cost_curve(name), cost_of_bias(name, b)
    if name == "0-1 loss":  # its level jumps between two places: no line there
        curve = np.where(np.append(np.diff(curve) != 0, False), np.nan, curve)
        slope = 0.0
    else:
        slope = (cost_of_bias(name, b + 1e-4) - cost_of_bias(name, b - 1e-4)) / 2e-4
    ax.plot(PLACES, curve, color=figures.BLUE)
    ends = np.array([b - 1, b + 1])
    ax.plot(ends, here + slope * (ends - b), "--", color=figures.GRADIENT)
    ax.plot([b], [here], "o", color=figures.BLUE, markersize=10, clip_on=False)
    ax.set(xlabel="bias b", ylabel="cost", ylim=(0, 1.25 * float(np.nanmax(curve))), xlim=(-4, 4))
    return slope
