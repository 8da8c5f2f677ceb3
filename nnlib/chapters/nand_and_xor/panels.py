"""The panels of chapter 02: gates, circuits of NANDs, the best straight line, a bend, and learning XOR."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures, graphs
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.nand_and_xor.experiments import CORNERS, MOMENTS, XOR_TARGETS, train_on_xor
from nnlib.circuits import TWO_BIT_ADDER, XOR

PLANE = (-0.6, 1.6, -0.6, 1.6)
XOR_NAMES = ("XOR wants 0", "XOR wants 1")
GATES = {
    "AND": [0, 0, 0, 1],
    "OR": [0, 1, 1, 1],
    "NAND": [1, 1, 1, 0],
    "NOR": [1, 0, 0, 0],
    "XOR": [0, 1, 1, 0],
}

ADDER_HEIGHTS = {  # so that no wire passes behind a gate that it does not lead to
    "low nand": 0.25,
    "high ab nand": 0.65,
    "low left": 0.3,
    "low right": 0.05,
    "low carry": 0.7,
    "high ab left": 0.92,
    "high ab right": 0.5,
    "low out": 0.2,
    "high ab out": 0.85,
    "high sum nand": 0.75,
    "high sum left": 0.95,
    "high sum right": 0.65,
    "high carry": 0.5,
    "high sum out": 0.9,
}


def _border_at(x: float, y: float, now: Values) -> dict[str, float]:
    """Let the border w·x + b = 0 go through (x, y)."""
    return {"b": -(now["w1"] * x + now["w2"] * y)}


@demo(
    touch=Touch(to=_border_at, what="the border"),
    wanted=Choice("gate", list(GATES), "NAND"),
    w1=Slider("weight w₁", -3, 3, -2.0),
    w2=Slider("weight w₂", -3, 3, -2.0),
    b=Slider("bias b", -4, 4, 1.0),
)
def gate(figure: Figure, wanted: str, w1: float, w2: float, b: float) -> str:
    """Draw what a perceptron answers for the four inputs, each ringed if the gate wants something else."""
    ax = figures.axes(figure)
    w, targets = np.array([w1, w2]), np.array(GATES[wanted])
    answers = ((CORNERS @ w + b).round(10) > 0).astype(int)
    drawings.decision_regions(ax, lambda grid: grid @ w + b, PLANE)
    names = (f"{wanted} wants 0", f"{wanted} wants 1")
    drawings.points(ax, CORNERS, targets, names=names, size=180)
    wrong = CORNERS[answers != targets]
    ring = {"facecolor": "none", "edgecolor": figures.INK, "linewidth": 2, "zorder": 5}
    ax.scatter(wrong[:, 0], wrong[:, 1], s=650, **ring)
    ax.set(xlabel="x₁", ylabel="x₂", xticks=[0, 1], yticks=[0, 1])
    first = figures.minus(f"{w1:.1f}")
    equation = f"z = {first} x₁ {figures.added(w2)} x₂ {figures.added(b)}"
    ax.set_title(f"{equation};  wrong: {len(wrong)} of 4")
    drawings.legend_right(figure)
    rows = ", ".join(
        f"({c[0]:.0f}, {c[1]:.0f}) gives {answer}"
        for c, answer in zip(CORNERS, answers, strict=True)
    )
    return f"{wanted}: with {equation} the perceptron answers {rows}; {len(wrong)} of 4 are wrong."


@picture(size=(7.6, 2.8))
def xor_circuit(figure: Figure) -> str:
    """Draw XOR made of four NAND perceptrons, for the inputs 1 and 0."""
    ax = figure.subplots()
    graphs.circuit(ax, XOR, [1, 0])
    for name, up in (("x₁", 0.75), ("x₂", 0.25)):
        ax.text(-0.3, up, name, ha="right", va="center")
    ax.text(3.9, 0.5, "XOR", va="center")
    figure.subplots_adjust(left=0.1, right=0.9, top=1, bottom=0)
    return (
        "XOR built from four NAND perceptrons, lit up for the inputs 1 and 0. The first NAND sees "
        "both inputs, the next two see one input each and the first NAND, the last sees those two; "
        "its output is 1."
    )


@demo(
    size=(7.6, 4.8),
    a=Counter("first number a", 0, 3, 3),
    b=Counter("second number b", 0, 3, 1),
)
def adder(figure: Figure, a: int, b: int) -> str:
    """Draw the two-bit adder with the wires that carry a 1 lit up, for a and b from 0 to 3."""
    ax = figures.axes(figure)
    bits = [a >> 1, a & 1, b >> 1, b & 1]
    graphs.circuit(ax, TWO_BIT_ADDER, bits, ADDER_HEIGHTS)
    values = {wire: int(value[0]) for wire, value in TWO_BIT_ADDER.wires(np.array([bits])).items()}
    _name_wires(ax, values)
    digits = "".join(str(values[wire]) for wire in TWO_BIT_ADDER.outputs)
    ax.set_title(f"{a} + {b} = {a + b}, in binary {a:02b} + {b:02b} = {digits}")
    figure.subplots_adjust(left=0.01, right=0.99, top=0.9, bottom=0.02)
    return (
        f"Fourteen NAND perceptrons add {a:02b} and {b:02b}: the outputs are {digits}, which is "
        f"{a + b}; {sum(values.values())} of the 18 inputs and gates are 1."
    )


def _name_wires(ax: Axes, values: dict[str, int]) -> None:
    """Write the names of inputs, carry and outputs beside the adder, and what the outputs are."""
    places = graphs.circuit_places(TWO_BIT_ADDER, ADDER_HEIGHTS)
    numbers = ("a: twos", "a: ones", "b: twos", "b: ones")
    for name, wire in zip(numbers, TWO_BIT_ADDER.inputs, strict=True):
        ax.text(-0.35, places[wire][1], name, ha="right", va="center")
    across, up = places["low carry"]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    ax.text(across + 0.25, up + 0.075, "carry", bbox=box, zorder=2.5, ha="center", va="center")
    deepest = max(across for across, _ in places.values())
    for name, wire in zip(("fours", "twos", "ones"), TWO_BIT_ADDER.outputs, strict=True):
        ax.text(deepest + 0.9, places[wire][1], f"{name}: {values[wire]}", va="center")
    ax.set(xlim=(-1.6, deepest + 2.0))


def _line_at(x: float, z: float, now: Values) -> dict[str, float]:
    """Let the line go through (x, z): its left end moves the bias, the rest of it the weight."""
    return {"b": z} if x < 0.5 else {"w": (z - now["b"]) / x}


@demo(
    touch=Touch(to=_line_at, what="the line, at its left end or elsewhere"),
    w=Slider("both weights w", -1, 1, 0.5, step=0.05),
    b=Slider("bias b", -1, 1, 0.0, step=0.05),
)
def plane_fit(figure: Figure, w: float, b: float) -> str:
    """Draw the answers of z = w (x₁ + x₂) + b along x₁ + x₂, beside what XOR wants, and the cost."""
    ax = figures.axes(figure)
    sums = CORNERS.sum(axis=1)
    errors = w * sums + b - XOR_TARGETS
    cost = float((errors**2).mean() / 2)
    ax.plot([-0.3, 2.3], [b - 0.3 * w, b + 2.3 * w], color=figures.INK)
    for total, error, target in zip(sums, errors, XOR_TARGETS, strict=True):
        ax.plot([total, total], [target, target + error], ":", color=figures.INK)
    places = np.column_stack([sums, XOR_TARGETS])
    drawings.points(ax, places, XOR_TARGETS, names=XOR_NAMES, size=120)
    ax.set(xlabel="x₁ + x₂", ylabel="z", xlim=(-0.3, 2.3), ylim=(-1.1, 2.1), xticks=[0, 1, 2])
    weight = figures.minus(f"{w:.2f}")
    equation = f"z = {weight} (x₁ + x₂) {figures.added(b, digits=2)}"
    ax.set_title(f"{equation};  cost = {cost:.4f}")
    drawings.legend_right(figure)
    return (
        f"The straight line {equation} against the three places where XOR wants 0, 1 and 0: its "
        f"cost is {cost:.4f}."
    )


@demo(bend=Slider("bend", 0, 1, 0.0, step=0.05))
def fold(figure: Figure, bend: float) -> str:
    """Draw the four inputs in the hidden space h = z + bend · (max(0, z) − z), z = (x₁ + x₂, x₁ + x₂ − 1)."""
    ax = figures.axes(figure)
    z = CORNERS @ np.ones((2, 2)) + np.array([0.0, -1.0])
    h = z + bend * (np.maximum(z, 0) - z)
    limits = (-0.6, 2.6, -1.3, 1.5)
    if bend > 0:  # parallel to the line from (0,0) to (1,1), half-way towards the other two
        slope, shift = 1 - bend / 2, 0.75 * bend - 1
        drawings.decision_regions(ax, lambda grid: slope * grid[:, 0] - grid[:, 1] + shift, limits)
    drawings.points(ax, h, XOR_TARGETS, names=XOR_NAMES, size=180)
    names = ("(0,0)", "(0,1) and (1,0)", "", "(1,1)")
    for place, name, below in zip(h, names, (-0.16, 0.2, 0.2, -0.16), strict=True):
        ax.text(place[0] + 0.1, place[1] - below, name)
    ax.set(xlabel="hidden neuron h₁", ylabel="hidden neuron h₂", xlim=limits[:2], ylim=limits[2:])
    state = "all in one line: no border will do" if bend == 0 else "one straight border will do"
    ax.set_title(f"bend {bend:.2f}: {state}")
    drawings.legend_right(figure)
    corner = figures.minus(f"({h[0, 0]:.0f}, {h[0, 1]:.2f})")
    return (
        f"Hidden space at bend {bend:.2f}: (0,0) lies at {corner}, (0,1) and (1,0) at (1, 0), "
        f"(1,1) at (2, 1); {state}."
    )


@demo(
    width=Choice("hidden neurons", [2, 4, 8], 4),
    seed=Counter("random start", 0, 9, 0),
    moment=Steps("tens of epochs", MOMENTS, value=MOMENTS, interval=150),
)
def learning_xor(figure: Figure, width: int, seed: int, moment: int) -> str:
    """Draw what the network answers in the plane, ``moment`` × 10 epochs after it began to learn XOR."""
    ax = figures.axes(figure)
    network = train_on_xor(width, seed)[moment]
    drawings.decision_regions(ax, lambda grid: network.predict(grid)[:, 0] - 0.5, PLANE, steps=40)
    drawings.points(ax, CORNERS, XOR_TARGETS, names=XOR_NAMES, size=180)
    right = int(((network.predict(CORNERS)[:, 0] > 0.5) == XOR_TARGETS).sum())
    ax.set(xlabel="x₁", ylabel="x₂", xticks=[0, 1], yticks=[0, 1])
    after = f"after {10 * moment} epochs: {right} of"
    ax.set_title(f"{width} hidden neurons, start {seed}, {after} 4 right")
    drawings.legend_right(figure)
    return f"{width} hidden neurons from start {seed}, {after} XOR's 4 rows are right."
