"""The gallery of activations, a neuron that dies, and softmax."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from nnlib import numerics
from nnlib.activations import ELU, Activation, LeakyReLU, ReLU, Sigmoid, Sign, Step, Tanh
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel

ACTIVATIONS: dict[str, type[Activation]] = {
    "sign": Sign,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "ReLU": ReLU,
    "leaky ReLU": LeakyReLU,
    "ELU": ELU,
}
WITH_A_JUMP = ("sign", "step")
WITH_A_CORNER = ("sign", "step", "ReLU", "leaky ReLU")
Z = np.linspace(-5, 5, 401)


def slopes(kind: type[Activation], z: np.ndarray) -> np.ndarray:
    """Return f′(z) as floats, as the library has it."""
    return np.asarray(kind.derivative(z, kind.function(z)), dtype=float)


def draw_gallery(figure: Figure, name: str, z: float) -> str:
    """Draw an activation with its tangent at z on the left, and its derivative on the right."""
    left, right = figures.axes(figure, columns=2)
    z = round(z, 1)
    kind, here = ACTIVATIONS[name], np.array([z])
    a, slope = float(kind.function(here)[0]), float(slopes(kind, here)[0])
    gap = np.where(np.abs(Z) < 1e-9, np.nan, 0.0)  # no line where there is a jump
    left.plot(Z, kind.function(Z) + (gap if name in WITH_A_JUMP else 0), color=figures.BLUE)
    if not (name in WITH_A_CORNER and z == 0):
        ends = np.array([z - 1.5, z + 1.5])
        left.plot(ends, a + slope * (ends - z), "--", color=figures.GRADIENT)
    left.plot([z], [a], "o", color=figures.BLUE, markersize=9)
    right.plot(Z, slopes(kind, Z) + (gap if name in WITH_A_CORNER else 0), color=figures.GRADIENT)
    right.plot([z], [slope], "o", color=figures.GRADIENT, markersize=9)
    left.set(xlabel="z", xlim=(-5, 5), ylim=(-1.6, 5.4 if "LU" in name else 1.6))
    right.set(xlabel="z", xlim=(-5, 5), ylim=(-0.1, 1.15))
    place = figures.minus(f"{z:.1f}")
    left.set_title(figures.minus(f"{name}({place}) = {a:.4f}"))
    chosen = " (a choice)" if name in WITH_A_CORNER and z == 0 else ""
    right.set_title(f"its slope there: {slope:.4f}{chosen}")
    return figures.minus(
        f"{name} at z = {place} is {a:.4f}; its slope there is {slope:.4f}{chosen}."
    )


def gallery() -> Panel:
    """Choose an activation and drag z along it."""
    return Panel(
        draw_gallery,
        size=(8.4, 3.8),
        name=choice("activation", list(ACTIVATIONS), "sigmoid"),
        z=slider("weighted input z", -5, 5, 1.0, step=0.2),
    )


INPUTS = np.linspace(0, 1, 11)
WANTED = 0.6 * INPUTS + 0.1


@cache
def dying_run(name: str, learning_rate: float, steps: int = 60) -> list[tuple[float, float]]:
    """Return w and b of one neuron a = f(w x + b) at each step of gradient descent from w = 1, b = 1."""
    kind, w, b = ACTIVATIONS[name], 1.0, 1.0
    path = [(w, b)]
    for _ in range(steps):
        z = w * INPUTS + b
        dz = (kind.function(z) - WANTED) * slopes(kind, z)
        w, b = w - learning_rate * float((dz * INPUTS).mean()), b - learning_rate * float(dz.mean())
        path.append((w, b))
    return path


def draw_dying(figure: Figure, name: str, learning_rate: float, step: int) -> str:
    """Draw what one neuron answers after ``step`` steps of learning a straight line, and its z for every example."""
    left, right = figures.axes(figure, columns=2)
    w, b = dying_run(name, round(learning_rate, 1))[step]
    z = w * INPUTS + b
    a = ACTIVATIONS[name].function(z)
    alive = int((z > 0).sum())
    left.plot(INPUTS, WANTED, "s", color=figures.RED, label="wanted")
    left.plot(INPUTS, a, "o-", color=figures.BLUE, label="answer")
    left.set(xlabel="x", ylabel="output a", ylim=(-0.7, 2.2))
    left.legend(loc="upper left")
    right.plot(INPUTS, z, "o-", color=figures.INK)
    right.axhspan(-2.4, 0, color=figures.CLASS_TINTS[1], zorder=0)
    right.text(0.5, -2.1, "off: z ≤ 0", ha="center")
    right.set(xlabel="x", ylabel="z", ylim=(-2.4, 2.2))
    cost = float(((a - WANTED) ** 2).mean() / 2)
    left.set_title(f"{name}, η = {learning_rate:.1f}, step {step}: cost {cost:.3f}")
    right.set_title(f"on for {alive} of 11 examples")
    return (
        f"One {name} neuron at step {step} with learning rate {learning_rate:.1f}: cost {cost:.3f}, "
        f"on for {alive} of 11 examples."
    )


def dying() -> Panel:
    """One neuron learns a straight line: its activation, the learning rate, and the step to look at."""
    return Panel(
        draw_dying,
        size=(8.4, 3.8),
        name=choice("activation", ["ReLU", "leaky ReLU", "ELU"], "ReLU"),
        learning_rate=slider("learning rate η", 0.2, 1.5, 1.2),
        step=Steps("step", 60, value=1, interval=150),
    )


def draw_softmax(figure: Figure, z1: float, z2: float, z3: float, temperature: float) -> str:
    """Draw three scores and the shares that softmax makes of them at a temperature."""
    left, right = figures.axes(figure, columns=2)
    z = np.array([z1, z2, z3])
    shares = numerics.softmax(z / temperature)
    colours, names = [figures.BLUE, figures.RED, figures.GREEN], ["A", "B", "C"]
    for ax, heights in ((left, z), (right, shares)):
        ax.bar(names, heights, color=colours, width=0.6)
    left.axhline(0, color=figures.INK, linewidth=0.8)
    left.set(ylim=(-4.4, 4.4), title="scores z")
    right.set(ylim=(0, 1.1), title=f"softmax at temperature {temperature:.1f}")
    for place, share in enumerate(shares):
        right.text(place, share + 0.02, f"{share:.3f}", ha="center")
    scores = figures.minus(", ".join(f"{value:.1f}" for value in z))
    return f"Scores {scores} at temperature {temperature:.1f} become the shares " + ", ".join(
        f"{share:.3f}" for share in shares
    )


def softmax() -> Panel:
    """Three scores and a temperature."""
    return Panel(
        draw_softmax,
        size=(8.4, 3.6),
        z1=slider("score of A", -4, 4, 2.0),
        z2=slider("score of B", -4, 4, 1.0),
        z3=slider("score of C", -4, 4, -1.0),
        temperature=slider("temperature T", 0.2, 5, 1.0),
    )
