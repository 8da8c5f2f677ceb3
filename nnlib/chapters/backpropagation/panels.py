"""The panels of chapter 05: a graph swept backwards, slopes by differences, δ, and a network with every number."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.backpropagation.experiments import (
    TRUE_SLOPE,
    Passes,
    Weights,
    X,
    Y,
    first_weights,
    measured_slope,
    pass_both_ways,
    small_computation,
    updated_weights,
)
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.graphs import graph as draw_nodes
from nnlib.chapters.kit.touch import Touch

# A small computation, and slopes from differences.


@demo(
    size=(7.6, 4.6),
    f=Slider("input f", -5, 5, 4.0, step=0.5, ticks=(4,)),
    g=Slider("input g", -5, 5, 2.0, step=0.5, ticks=(2,)),
    swept=Steps("nodes swept", 7, value=0, interval=900),
)
def graph(figure: Figure, f: float, g: float, swept: int) -> str:
    """Draw the graph with its values, and the gradients of the last ``swept`` nodes."""
    ax = figures.axes(figure)
    a, nodes = small_computation(round(f, 1), round(g, 1))
    a.backward()
    for node in nodes[: len(nodes) - swept]:
        node.grad = None
    draw_nodes(ax, a, slopes=swept > 0)
    figure.subplots_adjust(left=0, right=1, top=0.92, bottom=0)
    result = f": a = {float(a.value):.5g}" if swept else ""
    values = figures.minus(f"f = {f:.1f}, g = {g:.1f}{result}")
    known = ", ".join(
        f"∂a/∂{node.name} = {float(node.grad):.5g}"
        for node in reversed(nodes)
        if node.grad is not None
    )
    ax.set_title(f"{values};  swept {swept} of 7")
    gradients = figures.minus(f"Gradients so far: {known or 'none'}.")
    return f"The graph a = b·c, b = d + e, c = e + 2, d = 3 + f, e = f·g. {values}. {gradients}"


@picture(size=(7.6, 4.2))
def cover(figure: Figure) -> str:
    """Draw the picture that the chapter starts with: the graph, its values and all its gradients."""
    graph.draw(figure, 3.0, -1.0, 7)
    figure.axes[0].set_title("")
    return (
        "A computation as a graph from f = 3 and g = −1 to a = −3. Each edge carries its local "
        "slope, each node its value and, below it, its gradient: 1 at a, −1 at b, 3 at c, 2 at e, "
        "−1 at d, −3 at f and 6 at g."
    )


@demo(
    difference=Choice("difference", ["one-sided", "central"], "central"),
    exponent=Slider("step size h = 10 to the", -15, 0, -1, step=0.5, ticks=(-15, 0)),
)
def step_size(figure: Figure, difference: str, exponent: float) -> str:
    """Draw the error of a measured slope over the step size, and the step 10^exponent on it."""
    ax = figures.axes(figure)
    exponents = np.linspace(-15, 0, 151)
    for kind, colour, dashes in (("one-sided", figures.RED, "--"), ("central", figures.BLUE, "-")):
        errors = _decimals(kind, exponents)
        ax.plot(exponents, errors, dashes, color=colour, linewidth=1.3, label=kind)
    here = float(_decimals(difference, np.array(exponent)))
    ax.plot([exponent], [here], "o", color=figures.INK, markersize=10)
    ax.set(xlabel="step size h", ylabel="error of the slope", ylim=(-14, 1), xlim=(-15.3, 0.3))
    ax.set_xticks([-15, -10, -5, 0], labels=["10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "1"])
    ax.set_yticks([-12, -8, -4, 0], labels=["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    figures.legend(ax, loc="upper center", ncols=2)
    size = figures.minus(f"h = {10.0**exponent:.2g}")
    digits = f"right to about {max(0, round(-here))} decimals"
    ax.set_title(f"{difference}, {size}: {digits}")
    return f"The slope of sin at 1 by {difference} difference with {size} is {digits}."


def _decimals(difference: str, exponents: np.ndarray) -> np.ndarray:
    """Return the error of the slope that is measured with h = 10^exponent, any shape, as a power of ten."""
    errors = np.abs(measured_slope(difference, 10.0**exponents) - TRUE_SLOPE)
    return np.log10(np.maximum(errors, 1e-17))


# A network of three neurons.

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
    labels = [["1.0", "0.5"], _texts(p.a1, hidden), _texts(p.a2, output)]
    drawings.network(ax, activations, [w.W1, w.W2], labels)
    _write_edges(ax, w, p, gradients=stage == 5)
    _write_neurons(ax, w, p, known, gradients=stage == 5)
    ax.set(xlim=(-0.45, 2.75), ylim=(-0.62, 0.62))
    figure.subplots_adjust(left=0, right=1, top=0.9, bottom=0)
    cost = f", C = {p.cost:.4f}" if output else ""
    ax.set_title(f"{stage}: {STAGES[stage]}{cost}")
    return f"Stage {stage} of 7, {STAGES[stage]}{cost}. " + _in_words(w, p, stage)


def _texts(values: np.ndarray, known: bool) -> list[str]:
    return [f"{value:.3f}" if known else "?" for value in values]


BOX = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
HIDDEN_UP, OUTPUT_UP = (0.25, -0.25), (0.0,)  # how high the neurons of a layer are drawn


def _write_edges(ax: Axes, w: Weights, p: Passes, gradients: bool) -> None:
    """Write on each edge its weight, or the slope by it."""
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
            text = figures.minus("   ".join(lines))
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
