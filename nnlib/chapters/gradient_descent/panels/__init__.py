"""The widgets of chapter 04: costs, walking downhill, noisy gradients, and digits read by softmax regression."""

from nnlib.chapters.gradient_descent.panels.costs import cost, costs, draw_costs, twelve_points
from nnlib.chapters.gradient_descent.panels.noise import (
    draw_estimate,
    draw_settle,
    estimate,
    example_gradients,
    settle,
    settle_run,
)
from nnlib.chapters.gradient_descent.panels.reading import (
    answer,
    draw_answer,
    draw_weights,
    reading_run,
    weights,
)
from nnlib.chapters.gradient_descent.panels.walks import (
    cover,
    draw_surface,
    draw_walk,
    surface,
    walk,
)

__all__ = [
    "answer",
    "cost",
    "costs",
    "cover",
    "draw_answer",
    "draw_costs",
    "draw_estimate",
    "draw_settle",
    "draw_surface",
    "draw_walk",
    "draw_weights",
    "estimate",
    "example_gradients",
    "reading_run",
    "settle",
    "settle_run",
    "surface",
    "twelve_points",
    "walk",
    "weights",
]
