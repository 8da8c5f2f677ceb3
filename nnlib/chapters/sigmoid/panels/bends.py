"""The gallery of activations, a neuron that dies, and softmax."""

import numpy as np
from matplotlib.figure import Figure

from nnlib import numerics
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.sigmoid.experiments import (
    ACTIVATIONS,
    INPUTS,
    TARGETS,
    slopes_of,
    train_one_neuron,
)

WITH_A_JUMP = ("sign", "step")
WITH_A_CORNER = ("sign", "step", "ReLU", "leaky ReLU")
Z = np.linspace(-5, 5, 401)


@demo(
    size=(8.4, 3.8),
    touch=(Touch(x="z"), Touch(x="z", axes=1)),
    name=Choice("activation", list(ACTIVATIONS), "sigmoid"),
    z=Slider("weighted input z", -5, 5, 1.0, step=0.2),
)
def gallery(figure: Figure, name: str, z: float) -> str:
    """Draw an activation with its tangent at z on the left, and its derivative on the right."""
    left, right = figures.axes(figure, columns=2)
    z = round(z, 1)
    activation, here = ACTIVATIONS[name], np.array([z])
    a, slope = float(activation.function(here)[0]), float(slopes_of(activation, here)[0])
    gap = np.where(np.abs(Z) < 1e-9, np.nan, 0.0)  # no line where there is a jump
    left.plot(Z, activation.function(Z) + (gap if name in WITH_A_JUMP else 0), color=figures.BLUE)
    at_corner = name in WITH_A_CORNER and z == 0
    if not at_corner:
        ends = np.array([z - 1.5, z + 1.5])
        left.plot(ends, a + slope * (ends - z), "--", color=figures.GRADIENT)
    here_too = {"markersize": 9, "clip_on": False}
    left.plot([z], [a], "o", color=figures.BLUE, **here_too)
    slopes = slopes_of(activation, Z) + (gap if name in WITH_A_CORNER else 0)
    right.plot(Z, slopes, color=figures.GRADIENT)
    right.plot([z], [slope], "o", color=figures.GRADIENT, **here_too)
    left.set(xlabel="z", ylabel="output a", xlim=(-5, 5), ylim=(-1.6, 5.4 if "LU" in name else 1.6))
    right.set(xlabel="z", ylabel="slope da/dz", xlim=(-5, 5), ylim=(-0.1, 1.15))
    place = figures.minus(f"{z:.1f}")
    left.set_title(figures.minus(f"{name}({place}) = {a:.4f}"))
    number = f"{slope:.4f}{' (a choice)' if at_corner else ''}"
    right.set_title(f"its slope there: {number}")
    return figures.minus(f"{name} at z = {place} is {a:.4f}; its slope there is {number}.")


@demo(
    size=(8.4, 3.8),
    name=Choice("activation", ["ReLU", "leaky ReLU", "ELU"], "ReLU"),
    learning_rate=Slider("learning rate η", 0.2, 1.5, 1.2, ticks=(1.0, 1.2)),
    step=Steps("step", 60, 1, interval=150, ticks=(2, 3, 60)),
)
def dying_neuron(figure: Figure, name: str, learning_rate: float, step: int) -> str:
    """Draw what one neuron answers after ``step`` steps of learning a straight line, and its z for every example."""
    left, right = figures.axes(figure, columns=2)
    w, b = train_one_neuron(name, round(learning_rate, 1))[step]
    z = w * INPUTS + b
    a = ACTIVATIONS[name].function(z)
    alive = int((z > 0).sum())
    left.plot(INPUTS, TARGETS, "s", color=figures.RED, label="wanted")
    left.plot(INPUTS, a, "o-", color=figures.BLUE, label="answer")
    left.set(xlabel="x", ylabel="output a", ylim=(-0.7, 2.2))
    figures.legend(left, loc="upper left")
    right.plot(INPUTS, z, "o-", color=figures.INK)
    right.axhspan(-2.4, 0, color=figures.CLASS_TINTS[1], zorder=0)
    right.text(0.5, -2.1, "off: z ≤ 0", ha="center")
    right.set(xlabel="x", ylabel="z", ylim=(-2.4, 2.2))
    cost = float(((a - TARGETS) ** 2).mean() / 2)
    left.set_title(f"{name}, η = {learning_rate:.1f}, step {step}: cost {cost:.3f}")
    right.set_title(f"on for {alive} of 11 examples")
    return (
        f"One {name} neuron at step {step} with learning rate {learning_rate:.1f}: "
        f"cost {cost:.3f}, on for {alive} of 11 examples."
    )


@demo(
    size=(8.4, 3.6),
    z1=Slider("score of A", -4, 4, 2.0),
    z2=Slider("score of B", -4, 4, 1.0),
    z3=Slider("score of C", -4, 4, -1.0),
    temperature=Slider("temperature T", 0.2, 5, 1.0, ticks=(0.2, 5)),
)
def softmax(figure: Figure, z1: float, z2: float, z3: float, temperature: float) -> str:
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
