"""One sigmoid neuron: a soft step, what a nudge of its weights does, and a network as a function of one weight."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.sigmoid.experiments import small_network
from nnlib.numerics import sigmoid

X = np.linspace(-4, 4, 321)


@demo(
    touch=Touch(x="x"),
    steepness=Slider("steepness", 0.5, 20, 1.5, step=0.5),
    x=Slider("place x", -4, 4, 0.5),
)
def soft_step(figure: Figure, steepness: float, x: float) -> str:
    """Draw σ(steepness · x) beside the step, and the place x on both."""
    ax = figures.axes(figure)
    a = float(sigmoid(np.array(steepness * x)))
    step = int(x > 0)
    ax.plot([-4, 0], [0, 0], "--", color=figures.INK, linewidth=1.5)
    ax.plot([0, 4], [1, 1], "--", color=figures.INK, linewidth=1.5, label="step")
    ax.plot(X, sigmoid(steepness * X), color=figures.BLUE, label="sigmoid")
    ax.plot([x, x], [step, a], ":", color=figures.RED)
    ax.plot([x], [a], "o", color=figures.BLUE, markersize=10, clip_on=False)
    middle = {"color": figures.INK, "markersize": 9, "label": "always ½"}
    ax.plot([0], [0.5], "x", **middle)
    ax.set(xlabel="x", ylabel="output", ylim=(-0.08, 1.08), xlim=(-4, 4))
    place = figures.minus(f"{x:.1f}")
    ax.set_title(
        f"steepness {steepness:.1f}:  at x = {place} the sigmoid says {a:.3f}, the step {step}"
    )
    figures.legend(ax, loc="lower right")
    return (
        f"A sigmoid of steepness {steepness:.1f} beside a step: at x = {place} it says {a:.3f} "
        f"and the step {step}; at x = 0 it says 0.5."
    )


INPUT, WEIGHTS, BIAS = np.array([1.0, 0.5]), np.array([0.8, -1.2]), 0.3


@demo(
    dw1=Slider("nudge of the weight Δw₁", -2, 2, 1.0, step=0.05),
    db=Slider("nudge of the bias Δb", -2, 2, 0.5, step=0.05),
)
def nudge(figure: Figure, dw1: float, db: float) -> str:
    """Draw how the output of one sigmoid neuron really changes, and what its slope predicts, for nudges dw₁ and db."""
    ax = figures.axes(figure)
    z, dz = float(INPUT @ WEIGHTS + BIAS), dw1 * INPUT[0] + db
    before, after = sigmoid(np.array([z, z + dz]))
    slope = before * (1 - before)
    predicted, foreseen = slope * dz, {"color": figures.GRADIENT}
    away = np.linspace(-4.2, 4.2, 169)
    ax.plot(z + away, sigmoid(z + away), color=figures.BLUE, label="the neuron")
    ax.plot(z + away, before + slope * away, "--", **foreseen, label="its tangent")
    ax.plot([z], [before], "o", color=figures.INK, markersize=9, label="before")
    ax.plot([z + dz] * 2, [after, before + predicted], ":", color=figures.RED, linewidth=3)
    ax.plot([z + dz], [after], "o", color=figures.BLUE, markersize=9, label="real")
    ax.plot([z + dz], [before + predicted], "D", **foreseen, markersize=8, label="predicted")
    ax.set(xlabel="z = w·x + b", ylabel="output", ylim=(-0.6, 1.8), xlim=(-3.7, 4.7))
    changes = figures.minus(f"change {predicted:+.4f}, the real change {after - before:+.4f}")
    ax.set_title(f"predicted {changes.replace(', the', ',')}")
    figures.legend(ax, loc="upper left")
    nudges = figures.minus(f"Δw₁ = {dw1:.2f} and Δb = {db:.2f}")
    return f"A sigmoid neuron and its tangent at z = 0.5; with {nudges} the predicted {changes}."


SHOWN = {  # by name: which of the network's parameters, and where in it
    "W₁[0, 0]": (0, (0, 0)),
    "W₁[1, 2]": (0, (1, 2)),
    "b₁[2]": (1, (2,)),
    "W₂[2, 0]": (2, (2, 0)),
}


@demo(
    which=Choice("parameter", list(SHOWN), "W₁[0, 0]"),
    value=Slider("its value", -6, 6, 1.0, step=0.2),
)
def weight(figure: Figure, which: str, value: float) -> str:
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
    ax.plot([value], [answer(value)], "o", color=figures.BLUE, markersize=10, clip_on=False)
    ax.set(xlabel=which, ylabel="output a", xlim=(-6, 6), ylim=(0, 1))
    words = f"{which} = {figures.minus(f'{value:.1f}')}:  output {answer(value):.3f}"
    ax.set_title(words)
    return f"The output of a 2-3-1 network for one fixed input, drawn over one weight; at {words}."
