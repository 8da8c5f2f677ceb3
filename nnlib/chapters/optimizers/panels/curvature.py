"""Second derivatives: Newton's jump, the curvatures of a network while it learns, and how rare minima are."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib.activations import Tanh
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.optimizers.panels.walks import ring, roll, side_by_side, trail
from nnlib.chapters.training_deeper.panels.starts import digits
from nnlib.curvature import hessian
from nnlib.landscapes import LANDSCAPES, Landscape
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD, Adam, Newton, Optimizer
from nnlib.parameter import Parameter

PLAIN = {
    "bowl": 0.2,
    "ravine": 0.07,
    "saddle": 0.2,
    "two valleys": 0.2,
    "plateau": 0.5,
    "Rosenbrock": 0.05,
}


def newton(surface: Landscape, w: list[Parameter], damping: float = 0.0) -> Optimizer:
    """Return Newton's method for walking on ``surface``, where ``w`` holds the place."""
    return Newton(w, lambda: surface.hessian(w[0].value), damping=damping)


def picture(surface: Landscape, v: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the second-order picture of a landscape drawn at ``v`` (2,), at places ``at`` (…, 2)."""
    away = at - v
    bent = np.einsum("...i,ij,...j->...", away, surface.hessian(v), away)
    return np.asarray(surface.value(v) + away @ surface.gradient(v) + bent / 2)


def draw_jump(figure: Figure, name: str, v1: float, v2: float, damping: float, step: int) -> str:
    """Draw Newton's walk, the second-order picture from where it stands, and plain descent as far."""
    ax = figures.axes(figure)
    surface, start = LANDSCAPES[name], (v1, v2)
    jumps = roll(surface, lambda w: newton(surface, w, damping), steps=step, start=start)
    plain = roll(surface, lambda w: SGD(w, PLAIN[name]), steps=step, start=start)
    drawings.landscape(ax, surface)
    left, right, bottom, top = surface.limits
    across, up = np.linspace(left, right, 61), np.linspace(bottom, top, 61)
    here = jumps[-1]
    if np.abs(here).max() < 10:
        z = picture(surface, here, np.stack(np.meshgrid(across, up), axis=-1))
        ax.contour(
            across,
            up,
            z,
            levels=9,
            colors=figures.DARK_ORANGE,
            linewidths=1.2,
            linestyles="dashed",
            zorder=2,
        )
    trail(ax, plain, figures.INK, "-", "plain descent")
    trail(ax, jumps, figures.RED, "-", "Newton")
    ring(ax, np.array(start))
    ax.plot(
        [], [], "--", color=figures.DARK_ORANGE, linewidth=1.2, label="its picture\nof the ground"
    )
    drawings.legend_right(figure)
    words = kind(surface, here)
    ax.set_title(f"{name}, step {step}: Newton {words}")
    begun, place = (figures.minus(f"({a:.1f}, {b:.1f})") for a, b in (start, here))
    where = place if np.abs(here).max() < 10 else "a place far off the map"
    return (
        f"{name[0].upper()}{name[1:]}: Newton's method with damping {damping:.1f} from {begun} stands after {step} "
        f"steps at {where}: {words}. Dashed: the second-order picture from there."
    )


def kind(surface: Landscape, v: np.ndarray) -> str:
    """Say what kind of place ``v`` (2,) is."""
    if np.abs(v).max() > 10:
        return "runs away"
    if np.linalg.norm(surface.gradient(v)) > 1e-3:
        return "is on a slope"
    negative = int((np.linalg.eigvalsh(surface.hessian(v)) < 0).sum())
    return ("is in a valley", "is on a saddle", "is on a summit")[negative]


def jump() -> Panel:
    """Choose a landscape, a start and damping, and follow Newton's method."""
    return Panel(
        draw_jump,
        size=(9.0, 4.0),
        columns=2,
        name=choice("landscape", list(PLAIN), "two valleys"),
        damping=slider("damping μ", 0, 5, 0.0),
        v1=slider("start v₁", -1.8, 1.8, 0.4),
        v2=slider("start v₂", -0.4, 1.2, 0.8),
        step=Steps("step", 40, value=1, interval=400),
    )


MOMENTS = (0, 20, 50, 100, 150, 200, 300, 500, 1000)
EXAMPLES = 300


class Curved(NamedTuple):
    """At each of ``MOMENTS``: the cost (m,) and all curvatures (m, d), from the least up."""

    costs: np.ndarray
    curvatures: np.ndarray

    def negative(self) -> np.ndarray:
        """Return how many curvatures (m,) are below 0 by more than a thousandth of the largest."""
        return np.asarray((self.curvatures < -1e-3 * self.curvatures[:, -1:]).sum(axis=1))


def pooled(x: np.ndarray) -> np.ndarray:
    """Return digits (n, 64) as pictures of 4 × 4, each pixel a mean of four: (n, 16)."""
    return np.asarray(x.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16))


@cache
def curved(seed: int) -> Curved:
    """Train 16-8-10 tanh neurons on 300 digits of 4 × 4, and find all 226 curvatures of the cost along the way."""
    rng = np.random.default_rng(seed)
    (x, y), _ = digits()
    x, y = pooled(x[:EXAMPLES]), y[:EXAMPLES]
    network = Network([Dense(16, 8, rng=rng), Tanh(), Dense(8, 10, rng=rng)])
    loss, optimizer, found = SoftmaxCrossEntropy(), Adam(network.parameters(), 0.01), []

    def forward_and_backward() -> float:
        optimizer.zero_grad()
        cost = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        return cost

    for step in range(MOMENTS[-1] + 1):
        if step in MOMENTS:
            table = hessian(forward_and_backward, network.parameters())
            found.append((forward_and_backward(), np.linalg.eigvalsh(table)))
        forward_and_backward()
        optimizer.step()
    costs, curvatures = zip(*found, strict=True)
    return Curved(np.array(costs), np.array(curvatures))


def draw_spectrum(figure: Figure, start: int, moment: int) -> str:
    """Draw all curvatures of a network at a moment of its learning, and how many are negative at which cost."""
    left, right = side_by_side(figure)
    run = curved(start)
    values, count = run.curvatures[moment], int(run.negative()[moment])
    squeezed = np.sign(values) * np.sqrt(np.abs(values))
    ranks = np.arange(1, len(values) + 1)
    below = ranks <= count
    left.axhline(0, color=figures.INK, linewidth=0.8)
    left.vlines(ranks[below], 0, squeezed[below], color=figures.NEGATIVE, linewidth=1.5)
    left.vlines(ranks[~below], 0, squeezed[~below], color=figures.POSITIVE, linewidth=1.5)
    left.set(
        xlabel="curvatures, in order",
        ylabel="curvature (root scale)",
        xlim=(0, len(values) + 1),
        ylim=(-0.7, 2.1),
    )
    ticks = [-0.3, 0, 0.3, 1, 2, 4]
    if left.get_yticklabels()[0].get_text() != figures.minus("-0.3"):
        left.set_yticks(
            [np.sign(t) * abs(t) ** 0.5 for t in ticks], [figures.minus(f"{t:g}") for t in ticks]
        )
    right.plot(run.costs, run.negative(), "o-", color=figures.BLUE, markersize=5, linewidth=1.2)
    right.plot(run.costs[moment], count, "s", color=figures.RED, markersize=11)
    right.set(xlabel="cost C", ylabel="curvatures below 0", xlim=(0, 2.6), ylim=(-3, 85))
    left.set_title(f"step {MOMENTS[moment]}: C = {run.costs[moment]:.2f}")
    right.set_title(f"{count} of {len(values)} below 0")
    return (
        f"All {len(values)} curvatures of a small network, random start {start}, after {MOMENTS[moment]} steps, where "
        f"its cost is about {run.costs[moment]:.1f}: about {round(count, -1)} of them are below 0 by more than a "
        "thousandth of the largest."
    )


def spectrum() -> Panel:
    """Step through a network's learning and see all its curvatures."""
    return Panel(
        draw_spectrum,
        size=(9.0, 3.9),
        start=choice("random start", [0, 1, 2], 0),
        moment=Steps("moment", len(MOMENTS) - 1, value=1, interval=600),
    )


DRAWN, LARGEST = 16_000, 10


@cache
def eigenvalues(dimension: int) -> np.ndarray:
    """Return the eigenvalues (16000, d) of random symmetric matrices, scaled so that they reach from −1 to 1 or so."""
    a = np.random.default_rng(dimension).standard_normal((DRAWN, dimension, dimension))
    return np.linalg.eigvalsh((a + a.transpose(0, 2, 1)) / np.sqrt(8 * dimension))


def all_positive(dimension: int, shift: float = 0.0) -> float:
    """Return the share of random matrices all of whose eigenvalues, moved up by ``shift``, are above 0."""
    return float((eigenvalues(dimension)[:, 0] + shift > 0).mean())


def draw_minima(figure: Figure, dimension: int, shift: float) -> str:
    """Draw the eigenvalues of random matrices of a dimension, and how many have none below 0, by dimension."""
    left, right = side_by_side(figure)
    values = eigenvalues(dimension).ravel() + shift
    tall, edges = np.histogram(values, bins=50, range=(-2, 3), density=True)
    zero = int(np.argmin(np.abs(edges)))
    left.stairs(tall[:zero], edges[: zero + 1], fill=True, color=figures.NEGATIVE)
    left.stairs(tall[zero:], edges[zero:], fill=True, color=figures.POSITIVE)
    left.axvline(0, color=figures.INK, linewidth=1.2)
    left.set(xlabel="eigenvalue", ylabel="density", xlim=(-2, 3), ylim=(0, 1))
    dimensions = np.arange(1, LARGEST + 1)
    shares = np.array([all_positive(d, shift) for d in range(1, LARGEST + 1)])
    right.plot(dimensions, 100 * shares, "o-", color=figures.BLUE, linewidth=1.5)
    right.plot(
        [dimension], 100 * shares[dimension - 1 : dimension], "s", color=figures.RED, markersize=11
    )
    right.set(
        xlabel="dimension d",
        ylabel="all above 0, of 100",
        xlim=(0.5, LARGEST + 0.5),
        ylim=(-3, 103),
    )
    share = 100 * float(shares[dimension - 1])
    left.set_title(f"d = {dimension}, moved up by {shift:.1f}")
    right.set_title(
        f"{share:.0f} of 100 all above 0" if share >= 1 or share == 0 else "fewer than 1 of 100"
    )
    return (
        f"Eigenvalues of {DRAWN:,} random symmetric matrices of dimension {dimension}, moved up by {shift:.1f}: in "
        f"about {share:.0f} of 100 matrices all eigenvalues are above 0."
    )


def minima() -> Panel:
    """Choose the dimension, and move all eigenvalues up."""
    return Panel(
        draw_minima,
        size=(9.0, 3.9),
        dimension=counter("dimension d", 1, LARGEST, 2),
        shift=slider("moved up by", 0, 1.5, 0.0),
    )
