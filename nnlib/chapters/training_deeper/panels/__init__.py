"""The widgets of chapter 05b.

``starts`` has a neuron that is badly wrong, the first weights and the sizes of slopes by depth; ``shapes`` has
learning from mistakes, architectures and a regression; ``playground`` has all of it in one.
"""

from nnlib.chapters.training_deeper.panels.playground import (
    Settings,
    draw_playground,
    playground,
    run_of,
    share_right,
)
from nnlib.chapters.training_deeper.panels.shapes import (
    architecture,
    draw_mistakes,
    draw_regression,
    draw_width,
    fitted,
    mistakes,
    regression,
    walk,
    wanted,
    width,
)
from nnlib.chapters.training_deeper.panels.starts import (
    BENDS,
    DEPTH_STARTS,
    STARTS,
    begun,
    cover,
    deep_network,
    depth,
    digits,
    draw_depth,
    draw_slow,
    draw_starts,
    outputs,
    sizes,
    slow,
    starts,
)

__all__ = [
    "BENDS",
    "DEPTH_STARTS",
    "STARTS",
    "Settings",
    "architecture",
    "begun",
    "cover",
    "deep_network",
    "depth",
    "digits",
    "draw_depth",
    "draw_mistakes",
    "draw_playground",
    "draw_regression",
    "draw_slow",
    "draw_starts",
    "draw_width",
    "fitted",
    "mistakes",
    "outputs",
    "playground",
    "regression",
    "run_of",
    "share_right",
    "sizes",
    "slow",
    "starts",
    "walk",
    "wanted",
    "width",
]
