"""What mini-batches do to a gradient, and what a falling learning rate does about it."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import load_digits
from nnlib.numerics import one_hot, softmax
from nnlib.schedules import Rule, constant, inverse, inverse_root, linear


@cache
def example_gradients() -> np.ndarray:
    """Return ∂C/∂W of softmax regression at W = 0 for each of the 1,797 digits alone: (n, 640)."""
    x, y = load_digits()
    x = x.reshape(len(x), -1)
    dz = softmax(np.zeros((len(x), 10))) - one_hot(y, 10)
    return np.asarray((x[:, :, None] * dz[:, None, :]).reshape(len(x), -1))


# Two of the 640 that a single digit can be most wrong about: (pixel's row, column, digit).
SHOWN = {
    "pixel (2, 3), digit 1": (2 * 8 + 3) * 10 + 1,
    "pixel (5, 2), digit 6": (5 * 8 + 2) * 10 + 6,
}
DECADES = {
    "xticks": [1, 10, 100, 1000],
    "xticklabels": ["1", "10", "100", "1000"],
    "yticks": [0.001, 0.01, 0.1, 1],
}


def draw_estimate(figure: Figure, doublings: int, way: str) -> str:
    """Draw 200 mini-batch estimates of two components of a gradient, around the true ones."""
    ax = figures.axes(figure)
    every = example_gradients()
    n, size = len(every), 2**doublings
    rng = np.random.default_rng(0)
    rows = [rng.choice(n, size, replace=way == "with replacement") for _ in range(200)]
    two = every[:, list(SHOWN.values())]
    means, true = np.array([two[chosen].mean(axis=0) for chosen in rows]), two.mean(axis=0)
    ax.scatter(means[:, 0], means[:, 1], s=14, color=figures.GRADIENT, label="mini-batches")
    ax.plot(*true, "x", color=figures.INK, markersize=13, markeredgewidth=3, label="all digits")
    across, up = (f"∂C/∂W: {component}" for component in SHOWN)
    ax.set(xlabel=across, ylabel=up, xlim=(-1.0, 0.2), ylim=(-1.0, 0.2))
    spread = float(np.linalg.norm(means - true, axis=1).mean() / np.linalg.norm(true))
    words = f"batches of {size}, {way}: off by {spread:.2f} of its length"
    ax.set_title(words)
    ax.legend(loc="lower left")
    figure.subplots_adjust(left=0.14)
    return f"Two components of 200 mini-batch gradients around the gradient of all digits; {words} on average."


def estimate() -> Panel:
    """Two controls: the size of the mini-batch in doublings, and how it is drawn."""
    return Panel(
        draw_estimate,
        size=(7.6, 4.6),
        doublings=counter("batch size, doublings", 0, 10, 2),
        way=choice("drawn", ["without replacement", "with replacement"], "without replacement"),
    )


STEPS, RUNS = 3000, 200
RULES = ("constant", "linear", "1/k", "1/√k")


def rule(name: str, rate: float) -> Rule:
    """Return the schedule of this name that starts at ``rate``."""
    rules = {"constant": constant(rate), "linear": linear(rate, rate / 100, STEPS)}
    return {**rules, "1/k": inverse(rate, half_life=10), "1/√k": inverse_root(rate)}[name]


@cache
def settling_noise() -> np.ndarray:
    """Return the noise of every step and run: (steps, runs), standard normal."""
    return np.random.default_rng(0).standard_normal((STEPS, RUNS))


@cache
def settle_run(name: str, rate: float, noise: float) -> np.ndarray:
    """Return the mean distance from the optimum of C = ½ w² at each step, over 200 runs that start at w = 1."""
    eta, w = rule(name, rate), np.ones(RUNS)
    distance = np.empty(STEPS)
    for k, error in enumerate(settling_noise()):
        distance[k] = np.abs(w).mean()
        w = w - eta(k) * (w + noise * error)  # the gradient of ½ w² is w
    return distance


def draw_settle(figure: Figure, name: str, rate: float, noise: float) -> str:
    """Draw how far noisy descent stays from the optimum, step by step, under a schedule."""
    left, right = figures.axes(figure, columns=2)
    eta = rule(name, rate)
    steps = np.arange(1, STEPS + 1)
    some = np.unique(np.geomspace(1, STEPS, 150).astype(int)) - 1
    distance = settle_run(name, rate, noise)
    left.plot(steps[some], [eta(int(k)) for k in some], color=figures.INK)
    shown = np.maximum(distance[some], 1e-4)  # 0 has no place on such an axis
    right.plot(steps[some], shown, color=figures.BLUE)
    for ax in (left, right):
        if ax.get_xscale() != "log":  # once, as it costs as much as a redraw
            ax.set(xscale="log", yscale="log", **DECADES)
            ax.set_yticks(DECADES["yticks"], labels=["0.001", "0.01", "0.1", "1"])
            ax.minorticks_off()
        ax.set(xlabel="step k", xlim=(1, STEPS), ylim=(1e-3, 2))
    left.set_ylabel("learning rate η")
    right.set_ylabel("distance to the optimum")
    figure.subplots_adjust(wspace=0.4)
    left.set_title(f"η: {name}, from {rate:.2f}")
    end = float(distance[-300:].mean())
    right.set_title(f"at the end: {end:.3f}")
    return (
        f"Descent with gradient noise {noise:.1f} under the schedule {name} from η = {rate:.2f}: over its last 300 of "
        f"3,000 steps it is {end:.3f} away from the optimum on average."
    )


def settle() -> Panel:
    """Choose a schedule, the first learning rate, and the noise in the gradient."""
    return Panel(
        draw_settle,
        size=(8.4, 3.8),
        name=choice("schedule", list(RULES), "constant"),
        rate=slider("first learning rate η₀", 0.05, 1, 0.5, step=0.05),
        noise=slider("noise in the gradient", 0, 2, 1.0),
    )
