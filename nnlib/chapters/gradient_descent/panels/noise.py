"""What mini-batches do to a gradient, and what a falling learning rate does about it."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.gradient_descent.experiments import (
    SCHEDULES,
    STEPS,
    estimates,
    named_schedule,
    settle_with_noise,
)
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo

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


@demo(
    size=(7.6, 4.6),
    doublings=Counter("batch size, doublings", 0, 10, 2, ticks=(0, 7)),
    way=Choice("drawn", ["without replacement", "with replacement"], "without replacement"),
)
def batch_gradients(figure: Figure, doublings: int, way: str) -> str:
    """Draw 100 mini-batch estimates of two components of a gradient, around the true ones."""
    ax = figures.axes(figure)
    all_means, all_true, off = estimates(2**doublings, replace=way == "with replacement")
    means, true = (slopes[..., list(SHOWN.values())] for slopes in (all_means, all_true))
    ax.scatter(means[:, 0], means[:, 1], s=14, color=figures.GRADIENT, label="mini-batches")
    ax.plot(*true, "x", color=figures.INK, markersize=13, markeredgewidth=3, label="all digits")
    across, up = (f"∂C/∂W: {component}" for component in SHOWN)
    ax.set(xlabel=across, ylabel=up, xlim=(-0.95, 0.15), ylim=(-0.95, 0.15))
    ax.set(xticks=[-0.8, -0.4, 0], yticks=[-0.8, -0.4, 0])
    words = f"batches of {2**doublings}, {way}: off by {off:.2f} × ‖∇C‖"
    ax.set_title(words)
    figures.legend(ax, loc="lower left")
    return (
        "Two components of 100 mini-batch gradients around the gradient ∇C of all digits; "
        f"{words}, over all 640 components."
    )


@demo(
    size=(8.4, 3.8),
    name=Choice("schedule", list(SCHEDULES), "constant"),
    rate=Slider("first learning rate η₀", 0.05, 1, 0.5, step=0.05),
    noise=Slider("noise in the gradient", 0, 2, 1.0, ticks=(0,)),
)
def settling(figure: Figure, name: str, rate: float, noise: float) -> str:
    """Draw how far noisy descent stays from the optimum, step by step, under a schedule."""
    left, right = figures.axes(figure, columns=2)
    eta = named_schedule(name, rate)
    steps = np.arange(1, STEPS + 1)
    some = np.unique(np.geomspace(1, STEPS, 150).astype(int)) - 1
    distance = settle_with_noise(name, rate, noise)
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
        f"Descent with gradient noise {noise:.1f} under the schedule {name} from η = {rate:.2f}: "
        f"over its last 300 of 3,000 steps it is {end:.3f} away from the optimum on average."
    )
