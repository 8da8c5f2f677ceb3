"""A small computation as a graph that is swept backwards, and slopes by differences."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.backpropagation.experiments import (
    TRUE_SLOPE,
    measured_slope,
    small_computation,
)
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.graphs import graph as draw_nodes


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
