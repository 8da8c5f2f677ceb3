"""The widgets of chapter 03: one soft neuron, the bends, and what a layer of them can draw."""

from nnlib.chapters.sigmoid.panels.approximation import (
    cover,
    draw_sawtooth,
    draw_tower,
    draw_towers,
    sawtooth,
    tower,
    towers,
)
from nnlib.chapters.sigmoid.panels.bends import (
    draw_dying,
    draw_gallery,
    draw_softmax,
    dying,
    dying_run,
    gallery,
    softmax,
)
from nnlib.chapters.sigmoid.panels.neuron import (
    draw_nudge,
    draw_soft_step,
    draw_weight,
    nudge,
    soft_step,
    weight,
)

__all__ = [
    "cover",
    "draw_dying",
    "draw_gallery",
    "draw_nudge",
    "draw_sawtooth",
    "draw_soft_step",
    "draw_softmax",
    "draw_tower",
    "draw_towers",
    "draw_weight",
    "dying",
    "dying_run",
    "gallery",
    "nudge",
    "sawtooth",
    "soft_step",
    "softmax",
    "tower",
    "towers",
    "weight",
]
