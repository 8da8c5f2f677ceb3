"""Noisy gradients on a bowl: what a falling learning rate does under each optimizer."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.optimizers.experiments.noise import (
    OWN_RATES,
    SCHEDULES,
    STEPS,
    mean_noisy_cost,
)
from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS
from nnlib.chapters.optimizers.panels._layout import WIDE, name_beside, room_for_names


@demo(
    size=WIDE,
    schedule=Choice("schedule", list(SCHEDULES), "cosine"),
    rule=Choice("optimizer", list(OPTIMIZERS), "plain"),
    factor=Slider("η₀, times its own", 0.1, 3, 1.0),
    noise=Slider("noise", 0, 3, 1.0),
)
def schedules(figure: Figure, schedule: str, rule: str, factor: float, noise: float) -> str:
    """Draw how η changes, and the mean cost of noisy walks with it and with a constant η."""
    chart, curves = room_for_names(figure)
    figures.log_scale(curves, [1e-6, 1e-4, 1e-2, 1, 100])
    own = OWN_RATES[rule]
    eta = SCHEDULES[schedule](factor * own)
    chart.plot([eta(k) / own for k in range(STEPS)], color=figures.BLUE)
    chart.set(xlabel="step k", ylabel="η, times the rule's own")
    chart.set(xlim=(0, STEPS), ylim=(0, 1.08 * factor))
    ends = {}
    for name, colour, dashes in ((schedule, figures.BLUE, "-"), ("constant", figures.INK, "--")):
        costs = np.clip(mean_noisy_cost(rule, name, factor, noise), 1e-6, 1e3)
        label = name.replace(", ", ",\n")
        curves.plot(costs, dashes, color=colour, linewidth=1.6, label=label)
        ends[name] = float(costs[-50:].mean())
    curves.set(xlabel="step k", ylabel="mean cost", xlim=(0, STEPS), ylim=(0.7e-6, 300))
    name_beside(curves)
    chart.set_title(schedule)
    curves.set_title(f"{rule}, η₀ = {factor * own:.3f}")
    told = "; ".join(f"{name} {cost:.1g}" for name, cost in ends.items())
    return (
        f"Noisy walks down a bowl by {rule}, with a schedule {schedule!r} from η₀ = "
        f"{factor * own:.3f} and noise {noise:.1f}. Mean cost of the last 50 of 400 steps: {told}."
    )
