"""What is learnt: all examples or the mistakes alone, with how many neurons, and a curve instead of classes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.training_deeper.experiments.shapes import (
    EPOCHS_A_MOMENT,
    LEARN_FROM,
    MOMENTS,
    STEPS,
    WIDTHS,
    CloudsLearnt,
    fit_curve,
    learn_clouds,
    train_architecture,
    true_curve,
)
from nnlib.chapters.training_deeper.experiments.starting import BENDS
from nnlib.losses import SquaredError
from nnlib.numerics import sigmoid


@demo(
    size=(8.4, 4.0),
    learn_from=Choice("learns from", list(LEARN_FROM), LEARN_FROM[0]),
    distance=Slider("distance of the clouds", 1.0, 5.0, 2.0, step=0.5),
    learning_rate=Choice("learning rate η", [0.5, 5.0, 50.0], 0.5),
    step=Steps("step", STEPS, value=60, interval=100),
)
def mistakes(
    figure: Figure, learn_from: str, distance: float, learning_rate: float, step: int
) -> str:
    """Draw where the network says ½, and where it is sure to nine tenths; and the cost of all examples."""
    left, right = figures.axes(figure, columns=2)
    learnt = {name: learn_clouds(name, round(distance, 1), learning_rate) for name in LEARN_FROM}
    shown = learnt[learn_from]
    _draw_clouds(left, shown, step)
    for (name, clouds), colour, dashes in zip(
        learnt.items(), (figures.BLUE, figures.RED), ("-", "--"), strict=True
    ):
        right.plot(clouds.costs, dashes, color=colour, label=name)
    cost = shown.costs[step]
    right.plot([step], [cost], "o", color=figures.INK, markersize=9, clip_on=False)
    right.set(xlabel="step", ylabel="cost of all examples", ylim=(0, 1.4))
    figures.legend(right, loc="upper right")
    w1, w2, b = shown.weights[step]
    wrong = int(((sigmoid(shown.x @ np.array([w1, w2]) + b) > 0.5) != shown.y).sum())
    left.set_title(f"step {step}: {wrong} of {len(shown.y)} wrong")
    right.set_title(f"cost {cost:.2f}")
    return (
        f"Two clouds {distance:.1f} apart, learnt from {learn_from} with η = {learning_rate:g}: "
        f"after {step} steps {wrong} of {len(shown.y)} are wrong and the cost of all examples is "
        f"{cost:.2f}."
    )


def _draw_clouds(ax: Axes, clouds: CloudsLearnt, step: int) -> None:
    """Draw the points, the line where the network says ½, and those where it is sure to nine tenths."""
    w1, w2, b = clouds.weights[step]
    limits = (-4.5, 4.5, -4.5, 4.5)
    drawings.decision_regions(ax, lambda x: x @ np.array([w1, w2]) + b, limits)
    drawings.points(ax, clouds.x, clouds.y, size=22)
    across = np.array([-4.5, 4.5])
    for level in (-np.log(9), np.log(9)):
        if abs(w2) > 1e-9:
            up = (level - b - w1 * across) / w2
            ax.plot(across, up, "--", color=figures.INK, linewidth=1.2)
    ax.set(xlabel="x₁", ylabel="x₂")


@demo(
    width=Choice("neurons in a layer", list(WIDTHS), 4),
    layers=Counter("hidden layers", 1, 4, 1, on_release=True),
)
def architecture(figure: Figure, width: int, layers: int) -> str:
    """Draw both accuracies while a network of the chosen shape learns the digits."""
    ax = figures.axes(figure)
    history, parameters = train_architecture(width, layers)
    drawings.curves(ax, history.accuracy, history.validation_accuracy, what="accuracy")
    ax.set(ylim=(0, 1.02))
    widths = " – ".join(["784", *[str(width)] * layers, "10"])
    seen, new = (round(100 * part[-1]) for part in (history.accuracy, history.validation_accuracy))
    ax.set_title(f"{widths}: {parameters:,} parameters")
    return (
        f"A network {widths} with {parameters:,} parameters: after 15 epochs about {seen} of 100 "
        f"training digits and about {new} of 100 validation digits are right."
    )


@demo(
    hidden=Choice("hidden neurons", [1, 2, 3, 5, 20], 3),
    activation=Choice("activation", list(BENDS), "tanh"),
    moment=Steps("moment", MOMENTS, value=8, interval=150),
)
def regression(figure: Figure, hidden: int, activation: str, moment: int) -> str:
    """Draw the points, the curve they come from, and the network's curve at a moment of learning."""
    ax = figures.axes(figure)
    x, y, moments = fit_curve(hidden, activation)
    network, epoch = moments[moment], moment * EPOCHS_A_MOMENT
    across = np.linspace(-1.1, 1.1, 121)[:, None]
    ax.plot(x, y, "o", color="#888888", markersize=5, label="examples")
    ax.plot(across, true_curve(across), "--", color=figures.RED, label="the curve behind them")
    ax.plot(across, network.predict(across), color=figures.BLUE, label="network")
    error = 2 * SquaredError().forward(network.predict(x), y)
    ax.set(xlabel="x", ylabel="y", xlim=(-1.1, 1.1), ylim=(-2, 2))
    figures.legend(ax, loc="upper left")
    neurons = f"{activation} {'neuron' if hidden == 1 else 'neurons'}"
    ax.set_title(f"{hidden} {neurons}, epoch {epoch}: mean squared error {error:.3f}")
    return (
        f"Regression by {hidden} hidden {neurons} and a linear output, after {epoch} "
        f"epochs: the mean squared error of the 60 examples is about {error:.2f}."
    )
