"""The widgets of chapter 05: a graph swept backwards, slopes by differences, δ, and a network with every number."""

from nnlib.chapters.backpropagation.panels.computation import (
    cover,
    difference,
    draw_graph,
    draw_step_size,
    example,
    graph,
    step_size,
)
from nnlib.chapters.backpropagation.panels.small import (
    delta,
    draw_delta,
    draw_stepper,
    passes,
    start,
    stepper,
    updated,
)

__all__ = [
    "cover",
    "delta",
    "difference",
    "draw_delta",
    "draw_graph",
    "draw_step_size",
    "draw_stepper",
    "example",
    "graph",
    "passes",
    "start",
    "step_size",
    "stepper",
    "updated",
]
