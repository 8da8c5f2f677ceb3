"""Where learning starts: one neuron that is badly wrong, the first weights, and what depth does to slopes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.training_deeper.experiments.starting import (
    BENDS,
    DEPTH_STARTS,
    STARTS,
    STEPS,
    measure_sizes,
    neuron_outputs,
    train_from,
)
from nnlib.numerics import sigmoid

COSTS = (("cross-entropy", figures.BLUE, "-"), ("quadratic", figures.RED, "--"))


@demo(
    size=(8.4, 3.8),
    touch=Touch(x="z", axes=1),
    z=Slider("start z", -1, 6, 4.0, step=0.5),
    learning_rate=Slider("learning rate η", 0.05, 1, 0.25, step=0.05),
)
def saturated_neuron(figure: Figure, z: float, learning_rate: float) -> str:
    """Draw how a neuron that starts wrong learns with either cost, and the slope of either cost with respect to z."""
    left, right = figures.axes(figure, columns=2)
    answer, across = sigmoid(np.array(z)), np.linspace(-6, 6, 121)
    late = {}
    for cost, colour, dashes in COSTS:
        outputs = neuron_outputs(cost, z, learning_rate)
        late[cost] = f"{outputs[-1]:.3f}"
        left.plot(outputs, dashes, color=colour)
        right.plot(across, _slope(cost, sigmoid(across)), dashes, color=colour, label=cost)
        right.plot([z], [_slope(cost, answer)], "o", color=colour, markersize=9, clip_on=False)
    left.set(xlabel="step", ylabel="output a (target: 0)", xlim=(0, STEPS), ylim=(0, 1.02))
    right.set(xlabel="weighted input z", ylabel="slope ∂C/∂z", ylim=(0, 1.02))
    figures.legend(right, loc="upper left")
    left.set_title(f"start: a = {answer:.3f}, η = {learning_rate:.2f}")
    flat = _slope("quadratic", answer)
    right.set_title(f"slopes {answer:.3f} and {flat:.3f}")
    place = figures.minus(f"{z:.1f}")
    return (
        f"A neuron that should say 0 starts at z = {place}, where it says {answer:.3f}, and learns "
        f"with η = {learning_rate:.2f}. After {STEPS} steps it says {late['cross-entropy']} with "
        f"cross-entropy and {late['quadratic']} with the quadratic cost. Their slopes at the start "
        f"are {answer:.3f} and {flat:.4f}."
    )


def _slope(cost: str, a: np.ndarray) -> np.ndarray:
    """Return the slope of a cost with respect to z where the output is a, any shape."""
    return a * a * (1 - a) if cost == "quadratic" else a


@demo(
    size=(8.4, 3.8),
    start=Choice("weights start as", list(STARTS), "scaled, N(0, 1/d)"),
    compared=Choice("compared with", list(STARTS), "N(0, 2.5²)"),
)
def starts(figure: Figure, start: str, compared: str) -> str:
    """Draw how far apart the weighted inputs start, and how learning goes on from there, for two kinds of start."""
    left, right = figures.axes(figure, columns=2)
    words = []
    for name, colour, dashes in ((start, figures.BLUE, "-"), (compared, figures.RED, "--")):
        z, history = train_from(name)
        heights, edges = np.histogram(z, bins=np.arange(-30.5, 31.5))
        left.stairs(heights / z.size, edges, color=colour, linestyle=dashes, linewidth=2.2)
        right.plot(range(1, 11), history.validation_accuracy, dashes, color=colour, label=name)
        flat = round(100 * float((np.abs(z) > 4).mean()))
        first, last = (f"{100 * history.validation_accuracy[epoch]:.0f}" for epoch in (0, -1))
        words.append(
            f"{name}: z spreads by {z.std():.2f}, {flat} % of it beyond ±4; after 1 epoch about "
            f"{first}, after 10 about {last} of 100 test digits right"
        )
    left.axvspan(-4, 4, color="#F0F0F0", zorder=0)
    left.set(xlim=(-30, 30), ylim=(0, 1.05))
    left.set(xlabel="z of the hidden neurons", ylabel="share of all z")
    left.set_title("before (grey: not saturated)")
    right.set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1.02))
    right.set_title("learning")
    figures.legend(right, loc="lower right")
    return "; ".join(words) + "."


@demo(
    size=(8.4, 3.8),
    layers=Counter("layers", 2, 20, 10),
    activation=Choice("activation", list(BENDS), "sigmoid"),
    start=Choice("weights start as", list(DEPTH_STARTS), "scaled, N(0, 1/d)"),
)
def depth(figure: Figure, layers: int, activation: str, start: str) -> str:
    """Draw for each layer how far its outputs differ between digits, and how large its slopes are."""
    left, right = figures.axes(figure, columns=2)
    spreads, slopes = measure_sizes(layers, activation, start)
    _powers(left, np.arange(1, layers), spreads, figures.BLUE)
    _powers(right, np.arange(1, layers + 1), slopes, figures.GRADIENT)
    left.set_title("forward: spread of the outputs")
    right.set_title("backward: size of ∂C/∂W")
    first, last, spread = map(figures.power_of_ten, (slopes[0], slopes[-1], spreads[-1]))
    return (
        f"{layers} layers, {activation}, weights {start}: the slopes of the first layer are about "
        f"{first} in size, those of the last about {last}; the outputs of the last hidden layer "
        f"differ between digits by about {spread}."
    )


def _powers(ax: Axes, places: np.ndarray, values: np.ndarray, colour: str) -> None:
    """Draw sizes (n,) by layer, in powers of ten."""
    figures.log_scale(ax, [1e-15, 1e-10, 1e-5, 1, 1e5, 1e10])
    ax.plot(places, values, "o-", color=colour)
    ax.set(xlabel="layer", xlim=(0.5, 20.5), xticks=[1, 5, 10, 15, 20], ylim=(1e-16, 1e13))


@picture(size=(8.4, 2.6))
def cover(figure: Figure) -> str:
    """Draw the picture that the chapter starts with: the slopes of 20 layers, vanishing or not."""
    ax = figures.axes(figure)
    for activation, colour, marker, dashes in (
        ("tanh", figures.BLUE, "o", "-"),
        ("sigmoid", figures.RED, "s", "--"),
    ):
        slopes = measure_sizes(20, activation, "scaled, N(0, 1/d)").slopes
        _powers(ax, np.arange(1, 21), slopes, colour)
        ax.lines[-1].set(linestyle=dashes, marker=marker, label=activation)
    ax.set(ylabel="size of ∂C/∂W", ylim=(1e-15, 10))
    figures.legend(ax, loc="lower right")
    figure.subplots_adjust(bottom=0.22)
    return (
        "How large the slopes of each of 20 layers are, on a scale of powers of ten. With tanh all "
        "of them are of about one size; with sigmoid they shrink from layer to layer towards the "
        "input, to about 10⁻¹⁴."
    )
