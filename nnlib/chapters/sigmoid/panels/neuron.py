"""One sigmoid neuron: a soft step, what a nudge of its weights does, and a network as a function of one weight."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.initializers import standard_normal
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.numerics import sigmoid

X = np.linspace(-4, 4, 321)


def draw_soft_step(figure: Figure, steepness: float, x: float) -> str:
    """Draw σ(steepness · x) beside the step, and the place x on both."""
    ax = figures.axes(figure)
    a = float(sigmoid(np.array(steepness * x)))
    step = int(x > 0)
    ax.plot([-4, 0], [0, 0], "--", color=figures.INK, linewidth=1.5)
    ax.plot([0, 4], [1, 1], "--", color=figures.INK, linewidth=1.5, label="step")
    ax.plot(X, sigmoid(steepness * X), color=figures.BLUE, label="sigmoid")
    ax.plot([x, x], [step, a], ":", color=figures.RED)
    ax.plot([x], [a], "o", color=figures.BLUE, markersize=10)
    ax.plot([0], [0.5], "x", color=figures.INK, markersize=9)
    ax.set(xlabel="x", ylabel="output", ylim=(-0.08, 1.08), xlim=(-4, 4))
    place = figures.minus(f"{x:.1f}")
    ax.set_title(
        f"steepness {steepness:.1f}:  at x = {place} the sigmoid says {a:.3f}, the step {step}"
    )
    ax.legend(loc="lower right")
    return (
        f"A sigmoid of steepness {steepness:.1f} beside a step: at x = {place} it says {a:.3f} and the step {step}; "
        "at x = 0 it says 0.5."
    )


def soft_step() -> Panel:
    """Two sliders: how steep the sigmoid is, and where to look."""
    return Panel(
        draw_soft_step,
        steepness=slider("steepness", 0.5, 20, 1.5, step=0.5),
        x=slider("place x", -4, 4, 0.5),
    )


INPUT, WEIGHTS, BIAS = np.array([1.0, 0.5]), np.array([0.8, -1.2]), 0.3


def draw_nudge(figure: Figure, dw1: float, db: float) -> str:
    """Draw how the output of one sigmoid neuron really changes, and what its slope predicts, for nudges dw₁ and db."""
    ax = figures.axes(figure)
    z = float(INPUT @ WEIGHTS + BIAS)
    dz = dw1 * INPUT[0] + db
    before, after = sigmoid(np.array([z, z + dz]))
    predicted = before * (1 - before) * dz
    away = np.linspace(-4.2, 4.2, 169)
    ax.plot(z + away, sigmoid(z + away), color=figures.BLUE, label="the neuron")
    ax.plot(
        z + away,
        before + before * (1 - before) * away,
        "--",
        color=figures.GRADIENT,
        label="its tangent",
    )
    ax.plot([z], [before], "o", color=figures.INK, markersize=9, label="before")
    ax.plot([z + dz] * 2, [after, before + predicted], ":", color=figures.RED, linewidth=3)
    ax.plot([z + dz], [after], "o", color=figures.BLUE, markersize=9, label="real")
    ax.plot(
        [z + dz], [before + predicted], "D", color=figures.GRADIENT, markersize=8, label="predicted"
    )
    ax.set(xlabel="z = w·x + b", ylabel="output", ylim=(-0.6, 1.8), xlim=(-3.7, 4.7))
    words = figures.minus(f"predicted change {predicted:+.4f}, real change {after - before:+.4f}")
    ax.set_title(words)
    ax.legend(loc="upper left")
    nudges = figures.minus(f"Δw₁ = {dw1:.2f} and Δb = {db:.2f}")
    return f"A sigmoid neuron and its tangent at z = 0.5; with {nudges} the {words.replace(', real', ', the real')}."


def nudge() -> Panel:
    """Two sliders: nudges of a weight and of the bias."""
    return Panel(
        draw_nudge,
        dw1=slider("nudge of the weight Δw₁", -2, 2, 1.0, step=0.05),
        db=slider("nudge of the bias Δb", -2, 2, 0.5, step=0.05),
    )


def small_network() -> Network:
    """Return the 2-3-1 network with tanh and sigmoid, from a fixed seed, whose output is looked at."""
    rng = np.random.default_rng(3)
    layers = [
        Dense(2, 3, rng=rng, weights=standard_normal),
        Tanh(),
        Dense(3, 1, rng=rng, weights=standard_normal),
    ]
    return Network([*layers, Sigmoid()])


SHOWN = {
    "W₁[0, 0]": (0, (0, 0)),
    "W₁[1, 2]": (0, (1, 2)),
    "b₁[2]": (1, (2,)),
    "W₂[2, 0]": (2, (2, 0)),
}


def draw_weight(figure: Figure, which: str, value: float) -> str:
    """Draw the output for one fixed input, for all values of one of the 13 parameters of a small network."""
    ax = figures.axes(figure)
    network = small_network()
    number, index = SHOWN[which]
    parameter = network.parameters()[number]

    def answer(setting: float) -> float:
        parameter.value[index] = setting
        return float(network.predict(INPUT[None, :])[0, 0])

    across = np.linspace(-6, 6, 121)
    ax.plot(across, [answer(setting) for setting in across], color=figures.BLUE)
    ax.plot([value], [answer(value)], "o", color=figures.BLUE, markersize=10)
    ax.set(xlabel=which, ylabel="output a", xlim=(-6, 6), ylim=(0, 1))
    words = f"{which} = {figures.minus(f'{value:.1f}')}:  output {answer(value):.3f}"
    ax.set_title(words)
    return f"The output of a 2-3-1 network for one fixed input, drawn over one weight; at {words}."


def weight() -> Panel:
    """Choose one parameter of a small network and turn it; the input stays the same."""
    return Panel(
        draw_weight,
        which=choice("parameter", list(SHOWN), "W₁[0, 0]"),
        value=slider("its value", -6, 6, 1.0, step=0.2),
    )
