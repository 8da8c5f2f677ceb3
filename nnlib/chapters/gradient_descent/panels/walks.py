"""Walking downhill on a curve and on a surface."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.gradient_descent.experiments import (
    VALLEYS,
    Valley,
    walk_on_curve,
    walk_on_surface,
)
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.kit.walks import on_the_map, start_inside, tidy, until_it_leaves
from nnlib.landscapes import LANDSCAPES

TOPS = {"bowl": 6.5, "two valleys": 3.5, "shelf": 5.5}  # how high each valley is drawn


@demo(
    touch=Touch(x="start"),
    name=Choice("curve", list(VALLEYS), "bowl"),
    start=Slider("start", -2, 2, -2.0, ticks=(-2,)),
    learning_rate=Slider(
        "learning rate η", 0.01, 1.2, 0.2, step=0.01, ticks=(0.1, 0.5, 0.95, 1.05)
    ),
    step=Steps("step", 40, 3, interval=250, ticks=(10,)),
)
def curve_walk(figure: Figure, name: str, start: float, learning_rate: float, step: int) -> str:
    """Draw a curve and the places of gradient descent on it up to ``step``."""
    ax = figures.axes(figure)
    valley, walk = VALLEYS[name], walk_on_curve(name, start, learning_rate, step)
    across = np.linspace(-2.5, 2.5, 201)
    ax.plot(across, valley.value(across), color=figures.BLUE)
    seen = until_it_leaves(walk, np.abs(walk) < 4)
    ax.plot(seen, valley.value(seen), "o-", color=figures.RED, linewidth=1, markersize=5)
    if len(seen) == len(walk):
        here = {"color": figures.RED, "markersize": 11, "markeredgecolor": "white"}
        ax.plot(seen[-1:], valley.value(seen[-1:]), "s", **here)
    low = float(valley.value(across).min())
    ax.set(xlabel="weight w", ylabel="cost C", xlim=(-2.5, 2.5), ylim=(low - 0.5, TOPS[name]))
    words = _where_it_stands(valley, walk[-1])
    ax.set_title(f"η = {learning_rate:.2f}, step {step}: {words}")
    begun = figures.minus(f"{start:.1f}")
    return (
        f"Gradient descent on the curve {name!r} from {begun} with η = {learning_rate:.2f}, "
        f"step {step}: {words}."
    )


def _where_it_stands(valley: Valley, w: np.ndarray) -> str:
    """Say it in as many digits as every machine agrees on."""
    if abs(w) > 100:
        return "w is beyond 100, and runs away"
    cost, slope = float(valley.value(w)), float(valley.slope(w))
    return figures.minus(f"w = {tidy(float(w))}, C = {tidy(cost)}, slope {tidy(slope)}")


@demo(
    size=(7.6, 4.6),
    touch=Touch(x="v1", y="v2"),
    name=Choice("landscape", list(LANDSCAPES), "ravine"),
    v1=Slider("start v₁", -1.8, 1.8, -1.8),
    v2=Slider("start v₂", -0.4, 1.2, 0.7),
    learning_rate=Slider("learning rate η", 0.005, 0.3, 0.08, step=0.005),
    step=Steps("step", 100, 12, interval=150),
)
def surface_walk(
    figure: Figure, name: str, v1: float, v2: float, learning_rate: float, step: int
) -> str:
    """Draw a landscape from above, and gradient descent on it up to ``step``."""
    ax = figures.axes(figure)
    surface = LANDSCAPES[name]
    start = start_inside(surface, (v1, v2))
    walk = walk_on_surface(name, start, learning_rate, step)
    drawings.landscape(ax, surface)
    drawings.path(ax, on_the_map(walk))
    here = walk[-1]
    if np.abs(here).max() > 100:
        place, words = "far off the map", "it runs away"
    else:
        place = f"({tidy(here[0])}, {tidy(here[1])})"
        steep = float(np.linalg.norm(surface.gradient(here)))
        words = f"C = {tidy(float(surface.value(here)))}, ‖∇C‖ = {tidy(steep)}"
    ax.set_title(figures.minus(f"{name}, η = {learning_rate:.3f}, step {step}:  {words}"))
    return figures.minus(
        f"{name.capitalize()}, seen from above: "
        f"gradient descent from ({start[0]:.1f}, {start[1]:.1f}) "
        f"with η = {learning_rate:.3f} stands at {place} after step {step}; {words}."
    )


@picture(size=(8.4, 2.5))
def cover(figure: Figure) -> str:
    """Show what the chapter starts with: walks down a ravine with a small and a larger learning rate."""
    for ax, rate in zip(figures.axes(figure, columns=2), (0.02, 0.092), strict=True):
        drawings.landscape(ax, LANDSCAPES["ravine"])
        drawings.path(ax, walk_on_surface("ravine", (-3.0, 1.2), rate, steps=30))
        ax.set_title(f"η = {rate:.3f}")
    figure.subplots_adjust(top=0.88, bottom=0.2)
    return (
        "Two walks of 30 steps down the same ravine, seen from above. With a learning rate of "
        "0.02 the walk goes smoothly and not far; with 0.092 it jumps from wall to wall and gets "
        "nearer to the lowest place."
    )
