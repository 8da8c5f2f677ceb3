"""The race as a film: every optimizer on the same landscape from the same start."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from nnlib.chapters.kit import figures, svg
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.kit.walks import in_view, on_the_map, ring, start_inside
from nnlib.chapters.optimizers.experiments.race import (
    STARTS,
    STEPS,
    SURFACES,
    cost_above_lowest,
    race_walks,
    there_from,
)
from nnlib.chapters.optimizers.panels._layout import (
    LOOKS,
    draw_landscape,
    place_in_words,
)

Walks = dict[str, np.ndarray]
FADING = ((STEPS, 1.1, 0.55), (16, 1.8, 0.65), (6, 3.0, 1.0))  # steps back, width, opacity
# A letter in its head tells a rule from the others without its colour; Adam and AdaGrad would share one.
LETTERS = {
    "plain": "P",
    "momentum": "M",
    "Nesterov": "N",
    "AdaGrad": "G",
    "RMSProp": "R",
    "Adam": "A",
}
DARK_LETTERS = {"AdaGrad"}  # on a light colour
COSTS: svg.Texts = {}
NAMED: dict[str, tuple[svg.Texts, ...]] = {rule: ({}, {}, {}) for rule in LOOKS}


def _start_at(x: float, y: float, now: Values) -> dict[str, float]:
    left, bottom = STARTS[now["name"]]
    return {"right": x - left, "up": y - bottom}


@demo(
    size=(8.4, 4.2),
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
    """Draw all walks up to ``step``, how far above the lowest place of the map each stands, and who is ahead."""
    chart, strip, ranks = _stage(figure)
    start = start_inside(SURFACES[name], (STARTS[name][0] + right, STARTS[name][1] + up))
    walks = race_walks(name, start, factor, alpha, rho)
    costs = {rule: cost_above_lowest(name, walk) for rule, walk in walks.items()}
    draw_landscape(chart, SURFACES[name], steps=41)
    _draw_trails(chart, {rule: walk[: step + 1] for rule, walk in walks.items()})
    ring(chart, np.array(start))
    _draw_costs(strip, costs, step, (name, start, factor, alpha, rho))
    ranks.set_title(f"{name}, step {step}", loc="left")
    order = _order(costs, step)
    _draw_ranks(ranks, order)
    told = [f"{rule} {_rough_cost(float(values[step]))}" for rule, values in costs.items()]
    return (
        f"Six optimizers on the landscape {name!r} from {place_in_words(start)}, each with "
        f"{factor:g} times its own tuned η, α = {alpha:.2f}, ρ = {rho:.2f}. At step {step} above "
        f"the lowest cost of the map: {', '.join(told)}; {_told(order)}."
    )


def _stage(figure: Figure) -> tuple[Axes, Axes, Axes]:
    """Return room for the map, for the costs as a strip below it, and for who is ahead at the map's right."""
    chart, strip, ranks = figures.axes(figure, columns=3)
    chart.set_position((0.088, 0.43, 0.54, 0.555))
    strip.set_position((0.088, 0.125, 0.887, 0.195))
    ranks.set_position((0.655, 0.43, 0.33, 0.47))
    figures.log_scale(strip, [1e-6, 1])
    if ranks.axison:  # the first time
        ranks.set_axis_off()
        for axis, place, shift in (
            (chart.xaxis, (0.5, 0), (2.5, -0.06)),
            (strip.yaxis, (0, 0.5), (-0.5, 0)),
        ):
            inches = ScaledTranslation(*shift, figure.dpi_scale_trans)
            axis.set_label_coords(*place, transform=axis.axes.transAxes + inches)
    return chart, strip, ranks


def _draw_trails(ax: Axes, walks: Walks) -> None:
    """Draw walks up to where they leave the chart, the older the fainter, a letter in each head."""
    seen, colours = (
        [on_the_map(walk) for walk in walks.values()],
        [LOOKS[rule][0] for rule in walks],
    )
    for back, width, opacity in FADING:
        parts = [walk[-back - 1 :] for walk in seen]
        look = {"colors": colours, "linewidths": width, "alpha": opacity, "zorder": 3}
        ax.add_collection(LineCollection(parts, **look), autolim=False)
    heads = {rule: walk[-1] for rule, walk in walks.items() if in_view(ax, walk[-1])}
    if heads:
        _draw_heads(ax, heads)


def _draw_heads(ax: Axes, heads: Walks) -> None:
    """Draw a square with a rule's letter at each head (2,); one that lies on another hides that one's letter too."""
    for k, (rule, (x, y)) in enumerate(heads.items()):
        above = 5 + k / 10
        look = {"color": LOOKS[rule][0], "markersize": 14, "markeredgecolor": "white"}
        ax.plot([x], [y], "s", markeredgewidth=0.6, clip_on=False, zorder=above, **look)
        _write_letter(ax, x, y, rule).set_zorder(above + 0.05)


def _write_letter(ax: Axes, x: float, y: float, rule: str) -> Text:
    """Write a rule's letter into its square."""
    colour = figures.INK if rule in DARK_LETTERS else "white"
    look = {"fontsize": 12, "fontweight": "bold", "ha": "center", "va": "center_baseline"}
    return ax.text(x, y, LETTERS[rule], color=colour, zorder=6, **look)


def _draw_costs(ax: Axes, costs: Walks, step: int, setting: tuple[object, ...]) -> None:
    """Draw the whole costs, which stay the same for a ``setting``, and a cursor at ``step``."""
    times = np.arange(STEPS + 1)
    colours, dashes = zip(*(LOOKS[rule] for rule in costs), strict=True)
    lines = [np.column_stack([times, values]) for values in costs.values()]
    whole = LineCollection(lines, colors=colours, linestyles=dashes, linewidths=1.4)
    svg.keep(whole, lambda: (setting, svg.view(ax)), COSTS)
    ax.add_collection(whole, autolim=False)
    ax.axvline(step, color=figures.INK, linewidth=1.2)
    now = [values[step] for values in costs.values()]
    look = {"edgecolor": "white", "linewidth": 0.6, "zorder": 5, "clip_on": False}
    ax.scatter([step] * len(now), now, s=42, c=colours, marker="s", **look)
    ax.set(xlabel="step", ylabel="cost", xlim=(0, STEPS), ylim=(0.5e-6, 300))


def _order(costs: Walks, step: int) -> list[tuple[str, str]]:
    """Return names and how they stand: those who are there, in the order of arrival, then the others by their cost."""
    since = {rule: there_from(values) for rule, values in costs.items()}
    now = {rule: float(values[step]) for rule, values in costs.items()}

    def place(rule: str) -> tuple[float, float]:
        return since[rule] if since[rule] <= step else np.inf, np.nan_to_num(now[rule], nan=np.inf)

    def stands(rule: str) -> str:
        return f"there at {since[rule]}" if since[rule] <= step else _rough_cost(now[rule])

    return [(rule, stands(rule)) for rule in sorted(costs, key=place)]


def _draw_ranks(ax: Axes, order: list[tuple[str, str]]) -> None:
    for row, (rule, stands) in enumerate(order):
        colour, dashes = LOOKS[rule]
        height = 5.5 - row
        mark = {"marker": "s", "markersize": 14, "markevery": [1]}
        line = ax.plot([0, 0.07, 0.14], [height] * 3, dashes, color=colour, **mark)
        words = ax.text(0.18, height, rule, va="center_baseline")
        letter = _write_letter(ax, 0.07, height, rule)
        now = stands.removeprefix("has ")
        ax.text(1.0, height, now, va="center_baseline", ha="right")
        for kept, texts in zip((*line, letter, words), NAMED[rule], strict=True):
            svg.keep(kept, partial(float, height), texts)
    ax.set(xlim=(0, 1), ylim=(0, 6))


def _told(order: list[tuple[str, str]]) -> str:
    """Return who has arrived, in words."""
    there = [
        f"{rule} {stands.replace('there at', 'from step')}"
        for rule, stands in order
        if stands.startswith("there")
    ]
    return f"within 0.01 to stay: {', '.join(there) or 'nobody yet'}"


def _rough_cost(cost: float) -> str:
    """Return a cost in as many digits as matter here."""
    if np.isnan(cost):
        return "has run away"
    return f"{cost:.2f}" if cost >= 0.005 else "under 0.01"
