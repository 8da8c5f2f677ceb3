"""A network of three neurons: what a nudge of each does to the cost, and every number of a step of learning."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.backpropagation.experiments import (
    Passes,
    Weights,
    X,
    Y,
    first_weights,
    pass_both_ways,
    updated_weights,
)
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch

NEURONS = ("hidden 1", "hidden 2", "output")


@demo(
    touch=Touch(x="by"),
    neuron=Choice("neuron", list(NEURONS), "hidden 1"),
    by=Slider("nudge Δz", -4, 4, 1.0),
)
def delta(figure: Figure, neuron: str, by: float) -> str:
    """Draw the cost over a nudge Δz of one neuron, and the tangent with the slope δ."""
    ax = figures.axes(figure)
    p = pass_both_ways(first_weights())
    slope = dict(zip(NEURONS, (*p.delta1, *p.delta2), strict=True))[neuron]
    away = np.linspace(-4, 4, 81)
    costs = [pass_both_ways(first_weights(), (neuron, nudge)).cost for nudge in away]
    ax.plot(away, costs, color=figures.BLUE, label="cost")
    ax.plot(away, p.cost + slope * away, "--", color=figures.GRADIENT, label="slope δ")
    here = pass_both_ways(first_weights(), (neuron, by)).cost
    ax.plot([0], [p.cost], "o", color=figures.INK, markersize=8)
    ax.plot([by], [here], "o", color=figures.BLUE, markersize=10, label="real")
    look = {"color": figures.GRADIENT, "markersize": 8}
    ax.plot([by], [p.cost + slope * by], "D", label="predicted", **look)
    ax.axhline(
        0, color=figures.INK, linewidth=0.8
    )  # no cost is below it, whatever the slope predicts
    ax.set(xlim=(-4.3, 4.3), ylim=(-0.45, 0.95), ylabel="cost C")
    ax.set_xlabel(f"nudge Δz of neuron “{neuron}”")
    words = figures.minus(f"δ·Δz = {slope * by + 0.0:.4f}, real ΔC = {here - p.cost + 0.0:.4f}")
    its_delta = figures.minus(f"{slope:.4f}")
    ax.set_title(f"δ = {its_delta};  {words}")
    figures.legend(ax, loc="upper right", ncols=2)
    nudged = figures.minus(f"{by:.1f}")
    return f"Neuron {neuron} nudged by {nudged}: {words}; its δ is {its_delta}."


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


@demo(size=(8.4, 4.6), stage=Steps("stage", 7, value=0, interval=1500, ticks=(4, 7)))
def stepper(figure: Figure, stage: int) -> str:
    """Draw the network with every number that is known at a stage of one step of learning."""
    ax = figures.axes(figure)
    w = first_weights() if stage < 6 else updated_weights(first_weights())
    p = pass_both_ways(w if stage == 7 else first_weights())
    known = {6: 0, 7: 2}.get(stage, stage)  # at 6 the new weights were not used yet
    hidden, output = known >= 1, known >= 2
    activations: list[Any] = [X, p.a1 * hidden, p.a2 * output]
    labels = [["1.0", "0.5"], _texts(p.a1, known=hidden), _texts(p.a2, known=output)]
    drawings.network(ax, activations, [w.W1, w.W2], labels)
    _write_edges(ax, w, p, gradients=stage == 5)
    _write_neurons(ax, w, p, known, gradients=stage == 5)
    ax.set(xlim=(-0.45, 2.75), ylim=(-0.62, 0.62))
    figure.subplots_adjust(left=0, right=1, top=0.9, bottom=0)
    cost = f"; C = {p.cost:.4f}" if output else ""
    ax.set_title(f"stage {stage}, {STAGES[stage]}{cost}")
    return f"Stage {stage} of 7, {STAGES[stage]}{cost}. " + _in_words(w, p, stage)


def _texts(values: np.ndarray, *, known: bool) -> list[str]:
    return [f"{value:.3f}" if known else "?" for value in values]


BOX = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
HIDDEN_UP, OUTPUT_UP = (0.25, -0.25), (0.0,)  # how high the neurons of a layer are drawn


def _write_edges(ax: Axes, w: Weights, p: Passes, gradients: bool) -> None:
    """Write on each edge its weight, or the slope with respect to it."""
    matrices = (np.outer(X, p.delta1), np.outer(p.a1, p.delta2)) if gradients else (w.W1, w.W2)
    look = {"color": figures.DARK_ORANGE if gradients else figures.INK, "bbox": BOX, "fontsize": 12}
    for layer, targets, share in ((0, HIDDEN_UP, 0.3), (1, OUTPUT_UP, 0.45)):
        for (i, j), number in np.ndenumerate(matrices[layer]):
            up = (1 - share) * HIDDEN_UP[i] + share * targets[j]
            text = figures.minus(f"{'∂' if gradients else 'w'} {number:+.3f}")
            ax.text(layer + share, up, text, zorder=4, **look, **CENTRED)


def _write_neurons(ax: Axes, w: Weights, p: Passes, known: int, gradients: bool) -> None:
    """Write beside each neuron its bias, and what is known of its z and its δ."""
    layers = (
        (1, HIDDEN_UP, w.b1, p.z1, p.delta1, 1, 4),
        (2, OUTPUT_UP, w.b2, p.z2, p.delta2, 2, 3),
    )
    orange = {"color": figures.DARK_ORANGE, "bbox": BOX, "fontsize": 12}
    for across, ups, biases, zs, deltas, forward, backward in layers:
        for up, b, z, d in zip(ups, biases, zs, deltas, strict=True):
            lines = [f"b {b:+.3f}"] + [f"z {z:+.3f}"] * (known >= forward)
            side = 1 if up > 0 or across == 2 else -1
            text = figures.minus(", ".join(lines))
            ax.text(across, up + side * 0.2, text, fontsize=12, **CENTRED)
            if backward <= known <= 5:
                words = figures.minus(f"∂C/∂b {d:+.3f}" if gradients else f"δ {d:+.4f}")
                ax.text(across, up - side * 0.14, words, **orange, **CENTRED)
    ax.text(2.3, 0, f"target: {Y[0]:.0f}", va="center")


def _in_words(w: Weights, p: Passes, stage: int) -> str:
    def row(values: np.ndarray) -> str:
        return ", ".join(figures.minus(f"{value:.4f}") for value in np.ravel(values))

    slopes = row(np.outer(X, p.delta1)), row(np.outer(p.a1, p.delta2))
    return (
        f"Inputs 1 and 0.5; W₁ holds {row(w.W1)}, W₂ holds {row(w.W2)}.",
        f"z₁ is {row(p.z1)} and a₁ is {row(p.a1)}.",
        f"z₂ is {row(p.z2)}, a₂ is {row(p.a2)}, but the target is 1.",
        f"δ₂ is {row(p.delta2)}.",
        f"δ₁ is {row(p.delta1)}.",
        f"∂C/∂W₁ holds {slopes[0]}, ∂C/∂W₂ holds {slopes[1]}.",
        f"The new W₁ holds {row(w.W1)}, the new W₂ holds {row(w.W2)}.",
        f"The output is now {row(p.a2)}.",
    )[stage]


@picture(size=(7.6, 3.4))
def three_neurons(figure: Figure) -> str:
    """Draw the network of two inputs and three neurons, with its weights and what each neuron says."""
    ax = figures.axes(figure)
    w = first_weights()
    p = pass_both_ways(w)
    outputs = [list(X), list(p.a1), list(p.a2)]
    labels = [["1.0", "0.5"], _texts(p.a1, known=True), _texts(p.a2, known=True)]
    drawings.network(ax, outputs, [w.W1, w.W2], labels)
    _write_edges(ax, w, p, gradients=False)
    names = {"hidden 1": (1, 0.46), "hidden 2": (1, -0.46), "output": (2, 0.22)}
    for name, (across, up) in names.items():
        ax.text(across, up, name, **CENTRED)
    ax.set(xlim=(-0.45, 2.75), ylim=(-0.55, 0.55))
    figure.subplots_adjust(left=0, right=1, top=1, bottom=0)
    ax.text(2.3, 0, f"target: {Y[0]:.0f}", va="center")
    hidden, output = (", ".join(f"{value:.3f}" for value in layer) for layer in (p.a1, p.a2))
    return (
        f"A network with the inputs 1 and 0.5, two hidden neurons that say {hidden}, and an output "
        f"of {output} where 1 is wanted. The output's weights are −1.2 and 0.6."
    )
