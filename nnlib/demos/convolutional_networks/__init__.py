"""The widgets of chapter 06.

``looking`` has kernels, windows, moves and pooling on a photograph; ``seeing`` what a layer costs, how far it sees and
how slopes go back through it.
"""

from nnlib.demos.convolutional_networks.looking import (
    KERNELS,
    change,
    cover,
    draw_equivariance,
    draw_kernels,
    draw_pooling,
    draw_window,
    equivariance,
    grey_photo,
    kernels,
    mismatch,
    moved,
    pooled,
    pooling,
    window,
)
from nnlib.demos.convolutional_networks.seeing import (
    backward,
    costs,
    draw_backward,
    draw_field,
    draw_savings,
    field,
    savings,
    sweep,
)

__all__ = [
    "KERNELS",
    "backward",
    "change",
    "costs",
    "cover",
    "draw_backward",
    "draw_equivariance",
    "draw_field",
    "draw_kernels",
    "draw_pooling",
    "draw_savings",
    "draw_window",
    "equivariance",
    "field",
    "grey_photo",
    "kernels",
    "mismatch",
    "moved",
    "pooled",
    "pooling",
    "savings",
    "sweep",
    "window",
]
