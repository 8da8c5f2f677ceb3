"""A small computation as a graph, swept backwards node by node; and slopes from differences."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.autodiff import Variable
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.graphs import graph as draw_nodes
from nnlib.chapters.kit.panel import Panel


def example(f: float, g: float) -> tuple[Variable, list[Variable]]:
    """Return a = b·c with b = d + e, c = e + 2, d = 3 + f, e = f·g, and [f, g, d, e, b, c, a], all named (S4)."""
    start_f, start_g = Variable(f, "f"), Variable(g, "g")
    d, e = 3 + start_f, start_f * start_g
    b, c = d + e, e + 2
    a = b * c
    for variable, name in zip((d, e, b, c, a), "debca", strict=True):
        variable.name = name
    return a, [start_f, start_g, d, e, b, c, a]


def draw_graph(figure: Figure, f: float, g: float, swept: int) -> str:
    """Draw the graph with its values, and the gradients of the last ``swept`` nodes."""
    ax = figures.axes(figure)
    a, nodes = example(round(f, 1), round(g, 1))
    a.backward()
    for node in nodes[: len(nodes) - swept]:
        node.grad = None
    draw_nodes(ax, a, slopes=swept > 0)
    figure.subplots_adjust(left=0, right=1, top=0.92, bottom=0)
    values = figures.minus(
        f"f = {f:.1f}, g = {g:.1f}" + (f": a = {float(a.value):.5g}" if swept else "")
    )
    known = ", ".join(
        f"∂a/∂{node.name} = {float(node.grad):.5g}"
        for node in reversed(nodes)
        if node.grad is not None
    )
    ax.set_title(f"{values};  swept {swept} of 7")
    return (
        f"The graph a = b·c, b = d + e, c = e + 2, d = 3 + f, e = f·g. {values}. "
        + figures.minus(f"Gradients so far: {known or 'none'}.")
    )


def graph() -> Panel:
    """Set f and g, and sweep the gradients backwards, node by node."""
    return Panel(
        draw_graph,
        size=(7.6, 4.6),
        f=slider("input f", -5, 5, 4.0, step=0.5),
        g=slider("input g", -5, 5, 2.0, step=0.5),
        swept=Steps("nodes swept", 7, value=0, interval=900),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: the graph, its values and all its gradients."""
    figure = figures.figure(7.6, 4.2)
    draw_graph(figure, 3.0, -1.0, 7)
    figure.axes[0].set_title("")
    figures.show(
        figure,
        alt="A computation as a graph from f = 3 and g = −1 to a = −3. Each edge carries its local slope, each node "
        "its value and, below it, its gradient: 1 at a, −1 at b, 3 at c, 2 at e, −1 at d, −3 at f and 6 at g.",
    )


PLACE, TRUE = 1.0, float(np.cos(1.0))


def difference(name: str, h: np.ndarray) -> np.ndarray:
    """Return the slope of sin at 1, measured with steps h, one-sided or central."""
    if name == "one-sided":
        return (np.sin(PLACE + h) - np.sin(PLACE)) / h
    return (np.sin(PLACE + h) - np.sin(PLACE - h)) / (2 * h)


def draw_step_size(figure: Figure, name: str, exponent: float) -> str:
    """Draw the error of a measured slope over the step size, and the step 10^exponent on it."""
    ax = figures.axes(figure)
    exponents = np.linspace(-15, 0, 151)
    for kind, colour, dashes in (("one-sided", figures.RED, "--"), ("central", figures.BLUE, "-")):
        errors = np.abs(difference(kind, 10.0**exponents) - TRUE)
        ax.plot(
            exponents,
            np.log10(np.maximum(errors, 1e-17)),
            dashes,
            color=colour,
            linewidth=1.3,
            label=kind,
        )
    error = float(np.abs(difference(name, np.array(10.0**exponent)) - TRUE))
    here = np.log10(max(error, 1e-17))
    ax.plot([exponent], [here], "o", color=figures.INK, markersize=10)
    ax.set(xlabel="step size h", ylabel="error of the slope", ylim=(-14, 1), xlim=(-15.3, 0.3))
    ax.set_xticks([-15, -10, -5, 0], labels=["10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "1"])
    ax.set_yticks([-12, -8, -4, 0], labels=["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    ax.legend(loc="upper center", ncols=2)
    size = figures.minus(f"h = {10.0**exponent:.2g}")
    digits = f"right to about {max(0, round(-here))} decimals"
    ax.set_title(f"{name}, {size}: {digits}")
    return f"The slope of sin at 1 by {name} difference with {size} is {digits}."


def step_size() -> Panel:
    """Choose a way of measuring a slope, and the size of the step."""
    return Panel(
        draw_step_size,
        name=choice("difference", ["one-sided", "central"], "central"),
        exponent=slider("step size h = 10 to the", -15, 0, -1, step=0.5),
    )
