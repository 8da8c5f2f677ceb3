"""The race: every optimizer on the same landscape from the same start."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.kit.walks import ring, start_inside, trail
from nnlib.chapters.optimizers.experiments.race import (
    STARTS,
    STEPS,
    SURFACES,
    cost_above_lowest,
    race_walks,
)
from nnlib.chapters.optimizers.panels._layout import LOOKS, name_beside, place_in_words


def _start_at(x: float, y: float, now: Values) -> dict[str, float]:
    left, bottom = STARTS[now["name"]]
    return {"right": x - left, "up": y - bottom}


@demo(
    size=(9.6, 4.0),
    touch=Touch(to=_start_at, what="the start"),
    name=Choice("landscape", list(SURFACES), "ravine, turned"),
    factor=Choice("times own η", [0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 5.0], 1.0),
    right=Slider("shifted right", -1, 1, 0.0),
    alpha=Slider("momentum α", 0, 0.99, 0.9, step=0.01),
    up=Slider("shifted up", -1, 1, 0.0),
    rho=Slider("memory ρ", 0.5, 0.99, 0.99, step=0.01),
    step=Steps("step", STEPS, 40, interval=100),
)
def race(
    figure: Figure,
    name: str,
    factor: float,
    right: float,
    alpha: float,
    up: float,
    rho: float,
    step: int,
) -> str:
    """Draw all walks up to ``step``, and how far above the lowest place of the map each stands at every step."""
    chart, curves = figures.axes(figure, columns=2)
    chart.set_position((0.085, 0.14, 0.41, 0.77))
    curves.set_position((0.58, 0.14, 0.235, 0.77))
    figures.log_scale(curves, [1e-6, 1e-4, 1e-2, 1, 100])
    start = start_inside(SURFACES[name], (STARTS[name][0] + right, STARTS[name][1] + up))
    drawings.landscape(chart, SURFACES[name], steps=41)
    told = []
    for rule, walk in race_walks(name, start, factor, alpha, rho).items():
        (colour, dashes), costs = LOOKS[rule], cost_above_lowest(name, walk)
        trail(chart, walk[: step + 1], colour, dashes, dots=20)  # later ones lie on each other
        curves.plot(costs, dashes, color=colour, linewidth=1.8, label=rule)
        curves.plot([step], costs[step : step + 1], "s", color=colour, markersize=7)
        told.append(f"{rule} {_rough_cost(float(costs[step]))}")
    ring(chart, np.array(start))
    curves.set(xlabel="step", ylabel="cost above the lowest", xlim=(0, STEPS), ylim=(0.7e-6, 200))
    name_beside(curves)
    chart.set_title(f"{name}, step {step}")
    return (
        f"Six optimizers on the landscape {name!r} from {place_in_words(start)}, each with "
        f"{factor:g} times its own tuned η, α = {alpha:.2f}, ρ = {rho:.2f}. At step {step} above "
        f"the lowest cost of the map: {', '.join(told)}."
    )


def _rough_cost(cost: float) -> str:
    """Return a cost in as many digits as matter here."""
    if np.isnan(cost):
        return "has run away"
    return f"{cost:.2f}" if cost >= 0.005 else "under 0.01"
