"""What the rules with a rate for each weight make of a stream of gradients, and AdaGrad that stops too early."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.optimizers.panels.walks import RULES, name_beside, room_for_names
from nnlib.optimizers import AdaGrad, Adam, Optimizer, RMSProp
from nnlib.parameter import Parameter

STREAM = 100

STREAMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "steady": np.ones_like,
    "back and forth": lambda t: np.where(t % 2 == 0, 1.0, -1.0),
    "one in ten": lambda t: np.where(t % 10 == 0, 1.0, 0.0),
    "large, then small": lambda t: np.where(t < 20, 10.0, 0.1),
    "noise": lambda t: np.random.default_rng(0).standard_normal(len(t)),
}
ADAPTIVE: dict[str, Callable[[list[Parameter], float], Optimizer]] = {
    "AdaGrad": lambda w, _: AdaGrad(w, 1.0),
    "RMSProp": lambda w, rho: RMSProp(w, 1.0, rho),
    "Adam": lambda w, rho: Adam(w, 1.0, beta2=rho),
    "Adam, not corrected": lambda w, rho: Adam(w, 1.0, beta2=rho, bias_correction=False),
}


def moves(make: Callable[[list[Parameter]], Optimizer], gradients: np.ndarray) -> np.ndarray:
    """Return how far an optimizer moves one weight at each step, Δw (t,), where these gradients (t,) come."""
    w = Parameter(np.zeros(1), "w")
    optimizer, places = make([w]), [0.0]
    for g in gradients:
        w.grad = np.array([g])
        optimizer.step()
        places.append(float(w.value[0]))
    return np.diff(places)


@lru_cache(maxsize=256)
def step_lengths(stream: str, scale: float, memory: float) -> dict[str, np.ndarray]:
    """Return the length of each rule's steps (t,), in units of η, under one of ``STREAMS`` times ``scale``."""
    gradients = scale * STREAMS[stream](np.arange(STREAM))

    def lengths(rule: Callable[[list[Parameter], float], Optimizer]) -> np.ndarray:
        return np.abs(moves(lambda w: rule(w, memory), gradients))

    return {name: lengths(rule) for name, rule in ADAPTIVE.items()}


def draw_rates(figure: Figure, stream: str, scale: float, memory: float) -> str:
    """Draw a stream of gradients, and the length of each rule's steps, in units of η."""
    left, right = room_for_names(figure)
    figures.log_scale(right, [1e-3, 1e-2, 0.1, 1, 10, 100])
    gradients = scale * STREAMS[stream](np.arange(STREAM))
    left.axhline(0, color=figures.INK, linewidth=0.8)
    left.vlines(np.arange(1, STREAM + 1), 0, gradients, color=figures.INK, linewidth=1.8)
    left.set(xlabel="step t", ylabel="gradient g", xlim=(0, STREAM + 1))
    told = []
    for name, lengths in step_lengths(stream, scale, memory).items():
        colour, dashes = (
            (RULES[name].colour, RULES[name].dashes)
            if name in RULES
            else (figures.RED, (0, (1, 1)))
        )
        drawn = np.maximum(lengths, 1e-6)  # no step is drawn far below the chart
        label = name.replace(", ", ",\n")
        right.plot(
            np.arange(1, STREAM + 1),
            drawn,
            linestyle=dashes,
            color=colour,
            linewidth=1.8,
            label=label,
        )
        told.append(f"{name} {lengths[0]:.2g} and {lengths[-1]:.2g}")
    right.set(
        xlabel="step t", ylabel="length of a step, in η", xlim=(0, STREAM + 1), ylim=(7e-4, 150)
    )
    name_beside(right)
    left.set_title(f"{stream}, times {scale:g}")
    right.set_title(f"ρ = β₂ = {memory:.3f}")
    return (
        f"Gradients for one weight, {stream}, times {scale:g}, with ρ = β₂ = {memory:.3f}: the first and the last of "
        f"100 steps, in units of η: {'; '.join(told)}."
    )


def rates() -> Panel:
    """Choose what gradients come, their size, and how long squares are remembered."""
    return Panel(
        draw_rates,
        size=(9.6, 3.9),
        stream=choice("gradients", list(STREAMS), "steady"),
        scale=choice("times", [0.01, 1.0, 100.0], 1.0),
        memory=slider("memory ρ = β₂", 0.5, 0.999, 0.99, step=0.001),
    )
