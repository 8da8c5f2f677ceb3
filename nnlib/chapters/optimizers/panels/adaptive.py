"""What the rules with a rate for each weight make of a stream of gradients."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.optimizers.experiments.streams import (
    STEPS,
    STREAMS,
    gradient_stream,
    step_lengths,
)
from nnlib.chapters.optimizers.panels._layout import LOOKS, WIDE, name_beside, room_for_names

TIMES = np.arange(1, STEPS + 1)


@demo(
    size=WIDE,
    stream=Choice("gradients", list(STREAMS), "steady"),
    scale=Choice("times", [0.01, 1.0, 100.0], 1.0),
    memory=Slider("memory ρ = β₂", 0.5, 0.999, 0.99, step=0.001),
)
def rates(figure: Figure, stream: str, scale: float, memory: float) -> str:
    """Draw a stream of gradients, and the length of each rule's steps, in units of η."""
    gradients, curves = room_for_names(figure)
    figures.log_scale(curves, [1e-3, 1e-2, 0.1, 1, 10, 100])
    gradients.axhline(0, color=figures.INK, linewidth=0.8)
    values = gradient_stream(stream, scale)
    gradients.plot(TIMES, values, ".", color=figures.INK, markersize=5)
    margin = 0.08 * np.ptp([0, *values])
    gradients.set_ylim(min(0, values.min()) - margin, values.max() + margin)
    gradients.set(xlabel="step t", ylabel="gradient g", xlim=(0, STEPS + 1))
    told = []
    for name, lengths in step_lengths(stream, scale, memory).items():
        _draw_lengths(curves, name, lengths)
        told.append(f"{name} {lengths[0]:.2g} and {lengths[-1]:.2g}")
    curves.set(xlabel="step t", ylabel="length of a step, in η")
    curves.set(xlim=(0, STEPS + 1), ylim=(7e-4, 150))
    name_beside(curves)
    gradients.set_title(f"{stream}, times {scale:g}")
    curves.set_title(f"ρ = β₂ = {memory:.3f}")
    return (
        f"Gradients for one weight, {stream}, times {scale:g}, with ρ = β₂ = {memory:.3f}: the "
        f"first and the last of 100 steps, in units of η: {'; '.join(told)}."
    )


def _draw_lengths(ax: Axes, name: str, lengths: np.ndarray) -> None:
    colour, dashes = LOOKS.get(name, (figures.RED, (0, (1, 1))))
    drawn = np.maximum(lengths, 1e-6)  # no step is drawn far below the chart
    label = name.replace(", ", ",\n")
    ax.plot(TIMES, drawn, linestyle=dashes, color=colour, linewidth=1.8, label=label)
