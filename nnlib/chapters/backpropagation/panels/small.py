"""A network of two inputs and three neurons, small enough to show every number of a forward and a backward pass."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.numerics import sigmoid

X, Y = np.array([1.0, 0.5]), np.array([1.0])
ETA = 2.0


class Weights(NamedTuple):
    """The numbers that learning changes: W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,)."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class Passes(NamedTuple):
    """What a forward and a backward pass leave behind, for one example."""

    z1: np.ndarray
    a1: np.ndarray
    z2: np.ndarray
    a2: np.ndarray
    cost: float
    delta2: np.ndarray
    delta1: np.ndarray


def start() -> Weights:
    """Return the weights that the stepper starts with."""
    return Weights(
        np.array([[0.5, -1.0], [1.0, 0.8]]),
        np.array([-0.5, 0.2]),
        np.array([[-1.2], [0.6]]),
        np.array([0.1]),
    )


def passes(w: Weights, nudge: tuple[str, float] = ("", 0.0)) -> Passes:
    """Go forward and backward; ``nudge`` = (neuron, Δz) moves the weighted input of one neuron on the way."""
    moved = {name: np.zeros(size) for name, size in (("hidden", 2), ("output", 1))}
    name, by = nudge
    if name:
        kind, _, number = name.partition(" ")
        moved[kind][int(number or 1) - 1] = by
    z1 = X @ w.W1 + w.b1 + moved["hidden"]
    a1 = sigmoid(z1)
    z2 = a1 @ w.W2 + w.b2 + moved["output"]
    a2 = sigmoid(z2)
    delta2 = (a2 - Y) * a2 * (1 - a2)
    delta1 = (delta2 @ w.W2.T) * a1 * (1 - a1)
    return Passes(z1, a1, z2, a2, float(((a2 - Y) ** 2).sum() / 2), delta2, delta1)


def updated(w: Weights) -> Weights:
    """Return the weights after one step of gradient descent with η = 2."""
    p = passes(w)
    return Weights(
        w.W1 - ETA * np.outer(X, p.delta1),
        w.b1 - ETA * p.delta1,
        w.W2 - ETA * np.outer(p.a1, p.delta2),
        w.b2 - ETA * p.delta2,
    )


NEURONS = ("hidden 1", "hidden 2", "output")


def draw_delta(figure: Figure, neuron: str, by: float) -> str:
    """Draw the cost over a nudge Δz of one neuron, and the tangent with the slope δ."""
    ax = figures.axes(figure)
    p = passes(start())
    delta = {"hidden 1": p.delta1[0], "hidden 2": p.delta1[1], "output": p.delta2[0]}[neuron]
    away = np.linspace(-4, 4, 81)
    ax.plot(
        away,
        [passes(start(), (neuron, step)).cost for step in away],
        color=figures.BLUE,
        label="cost",
    )
    ax.plot(away, p.cost + delta * away, "--", color=figures.GRADIENT, label="slope δ")
    here = passes(start(), (neuron, by)).cost
    ax.plot([0], [p.cost], "o", color=figures.INK, markersize=8)
    ax.plot([by], [here], "o", color=figures.BLUE, markersize=10, label="real")
    low, high = -0.05, 0.6
    ax.plot(
        [by],
        [np.clip(p.cost + delta * by, low, high)],
        "D",
        color=figures.GRADIENT,
        markersize=8,
        label="predicted",
    )
    ax.set(
        xlabel=f"nudge Δz of neuron “{neuron}”", ylabel="cost C", xlim=(-4.3, 4.3), ylim=(low, high)
    )
    words = figures.minus(f"δ·Δz = {delta * by + 0.0:.4f}, real ΔC = {here - p.cost + 0.0:.4f}")
    ax.set_title(f"δ = {figures.minus(f'{delta:.4f}')};  {words}")
    ax.legend(loc="upper right", ncols=2)
    return f"Neuron {neuron} nudged by {figures.minus(f'{by:.1f}')}: {words}; its δ is {figures.minus(f'{delta:.4f}')}."


def delta() -> Panel:
    """Choose a neuron and nudge its weighted input."""
    return Panel(
        draw_delta,
        neuron=choice("neuron", list(NEURONS), "hidden 1"),
        by=slider("nudge Δz", -4, 4, 1.0),
    )


STAGES = (
    "the example and the weights",
    "forward: the hidden layer",
    "forward: the output, and the cost",
    "backward: δ of the output",
    "backward: δ of the hidden layer",
    "the gradients: input × δ",
    "the update: w − η · gradient, η = 2",
    "forward again, with the new weights",
)


def draw_stepper(figure: Figure, stage: int) -> str:
    """Draw the network with every number that is known at a stage of one step of learning."""
    ax = figures.axes(figure)
    w = start() if stage < 6 else updated(start())
    p = passes(w if stage == 7 else start())
    known = {6: 0, 7: 2}.get(stage, stage)  # at 6 the new weights were not used yet
    activations: list[Any] = [
        X,
        p.a1 if known >= 1 else np.zeros(2),
        p.a2 if known >= 2 else np.zeros(1),
    ]
    labels = [["1.0", "0.5"], _texts(p.a1, known >= 1), _texts(p.a2, known >= 2)]
    drawings.network(ax, activations, [w.W1, w.W2], labels)
    _write_edges(ax, w, p, "∂" if stage == 5 else "w")
    _write_neurons(ax, w, p, known, gradients=stage == 5)
    ax.set(xlim=(-0.45, 2.75), ylim=(-0.62, 0.62))
    figure.subplots_adjust(left=0, right=1, top=0.9, bottom=0)
    cost = f", C = {p.cost:.4f}" if known >= 2 else ""
    ax.set_title(f"{stage}: {STAGES[stage]}{cost}")
    return f"Stage {stage} of 7, {STAGES[stage]}{cost}. " + _in_words(w, p, stage)


def _texts(values: np.ndarray, known: bool) -> list[str]:
    return [f"{value:.3f}" if known else "?" for value in values]


BOX = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}


def _write_edges(ax: Axes, w: Weights, p: Passes, what: str) -> None:
    first, second = (
        (w.W1, w.W2) if what == "w" else (np.outer(X, p.delta1), np.outer(p.a1, p.delta2))
    )
    ups = (0.25, -0.25)
    colour = figures.INK if what == "w" else figures.DARK_ORANGE
    for layer, matrix, targets in ((0, first, ups), (1, second, (0.0,))):
        for i, j in np.ndindex(matrix.shape):
            share = 0.3 if layer == 0 else 0.45
            up = (1 - share) * ups[i] + share * targets[j]
            text = figures.minus(f"{what} {matrix[i, j]:+.3f}")
            ax.text(
                layer + share,
                up,
                text,
                ha="center",
                va="center",
                fontsize=11,
                bbox=BOX,
                color=colour,
                zorder=4,
            )


def _write_neurons(ax: Axes, w: Weights, p: Passes, known: int, gradients: bool) -> None:
    layers = (
        (1, (0.25, -0.25), w.b1, p.z1, p.delta1, 1, 4),
        (2, (0.0,), w.b2, p.z2, p.delta2, 2, 3),
    )
    for across, ups, biases, zs, deltas, forward, backward in layers:
        for up, b, z, d in zip(ups, biases, zs, deltas, strict=True):
            lines = [f"b {b:+.3f}"] + [f"z {z:+.3f}"] * (known >= forward)
            side = 1 if up > 0 or across == 2 else -1
            ax.text(
                across,
                up + side * 0.2,
                figures.minus("   ".join(lines)),
                ha="center",
                va="center",
                fontsize=11,
            )
            if backward <= known <= 5:
                words = figures.minus(f"∂C/∂b {d:+.3f}" if gradients else f"δ {d:+.4f}")
                ax.text(
                    across,
                    up - side * 0.14,
                    words,
                    ha="center",
                    va="center",
                    fontsize=12,
                    color=figures.DARK_ORANGE,
                    bbox=BOX,
                )
    ax.text(2.3, 0, f"wanted: {Y[0]:.0f}", va="center")


def _in_words(w: Weights, p: Passes, stage: int) -> str:
    def row(values: np.ndarray) -> str:
        return ", ".join(figures.minus(f"{value:.4f}") for value in np.ravel(values))

    said = {
        0: f"Inputs 1 and 0.5; W₁ holds {row(w.W1)}, W₂ holds {row(w.W2)}.",
        1: f"z₁ is {row(p.z1)} and a₁ is {row(p.a1)}.",
        2: f"z₂ is {row(p.z2)}, a₂ is {row(p.a2)}, and 1 is wanted.",
        3: f"δ₂ is {row(p.delta2)}.",
        4: f"δ₁ is {row(p.delta1)}.",
        5: f"∂C/∂W₁ holds {row(np.outer(X, p.delta1))}, ∂C/∂W₂ holds {row(np.outer(p.a1, p.delta2))}.",
        6: f"The new W₁ holds {row(w.W1)}, the new W₂ holds {row(w.W2)}.",
        7: f"The output is now {row(p.a2)}.",
    }
    return said[stage]


def stepper() -> Panel:
    """Walk one example forward and back through a small network, every number shown."""
    return Panel(draw_stepper, size=(8.4, 4.6), stage=Steps("stage", 7, value=0, interval=1500))
