"""Noisy gradients on a bowl: what a falling learning rate does under each optimizer."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.optimizers.panels.walks import RULES, name_beside, room_for_names
from nnlib.landscapes import Quadratic
from nnlib.parameter import Parameter
from nnlib.schedules import Rule, constant, cosine, exponential, inverse, linear, step, warm_up

NOISY_STEPS, WALKERS = 400, 100
NOISY = Quadratic(1, 10)
OWN = {
    "plain": 0.1,
    "momentum": 0.02,
    "Nesterov": 0.02,
    "AdaGrad": 1.0,
    "RMSProp": 0.05,
    "Adam": 0.1,
}
SCHEDULES: dict[str, Callable[[float], Rule]] = {
    "constant": constant,
    "linear": lambda eta: linear(eta, eta / 100, NOISY_STEPS),
    "step": lambda eta: step(eta, 0.3, NOISY_STEPS // 5),
    "exponential": lambda eta: exponential(eta, 0.985),
    "cosine": lambda eta: cosine(eta, eta / 100, NOISY_STEPS),
    "1/k": lambda eta: inverse(eta, 20),
    "warm-up, then cosine": lambda eta: warm_up(40, cosine(eta, eta / 100, NOISY_STEPS - 40)),
}


@lru_cache(200)  # a way back on a slider costs nothing
def noisy(rule: str, schedule: str, factor: float, noise: float) -> np.ndarray:
    """Return the mean cost (steps + 1,) of 100 walks down a bowl with curvatures 1 and 10, by noisy gradients.

    The learning rate starts at ``factor`` times the rule's ``OWN`` and follows ``schedule``; ``noise`` is the spread
    of what is added to each gradient.
    """
    rng = np.random.default_rng(0)
    eta = SCHEDULES[schedule](factor * OWN[rule])
    place = Parameter(np.full((WALKERS, 2), 2.0), "v")
    optimizer = RULES[rule].make([place], eta(0), 0.9, 0.99)
    costs = [float(NOISY.value(place.value).mean())]
    for k in range(NOISY_STEPS):
        optimizer.learning_rate = eta(k)
        place.grad = NOISY.gradient(place.value) + noise * rng.standard_normal(place.value.shape)
        optimizer.step()
        costs.append(float(NOISY.value(place.value).mean()))
    return np.array(costs)


def draw_schedules(figure: Figure, schedule: str, rule: str, factor: float, noise: float) -> str:
    """Draw how η changes, and the mean cost of noisy walks with it and with a constant η."""
    left, right = room_for_names(figure)
    figures.log_scale(right, [1e-6, 1e-4, 1e-2, 1, 100])
    eta = SCHEDULES[schedule](factor * OWN[rule])
    left.plot([eta(k) / OWN[rule] for k in range(NOISY_STEPS)], color=figures.BLUE)
    left.set(
        xlabel="step k",
        ylabel="η, times the rule's own",
        xlim=(0, NOISY_STEPS),
        ylim=(0, 1.08 * factor),
    )
    ends = {}
    for name, colour, dashes in ((schedule, figures.BLUE, "-"), ("constant", figures.INK, "--")):
        costs = np.clip(noisy(rule, name, factor, noise), 1e-6, 1e3)
        right.plot(costs, dashes, color=colour, linewidth=1.6, label=name.replace(", ", ",\n"))
        ends[name] = float(costs[-50:].mean())
    right.set(xlabel="step k", ylabel="mean cost", xlim=(0, NOISY_STEPS), ylim=(0.7e-6, 300))
    name_beside(right)
    left.set_title(schedule)
    right.set_title(f"{rule}, η₀ = {factor * OWN[rule]:.3f}")
    told = "; ".join(f"{name} {cost:.1g}" for name, cost in ends.items())
    return (
        f"Noisy walks down a bowl by {rule}, with a schedule {schedule!r} from η₀ = {factor * OWN[rule]:.3f} and noise "
        f"{noise:.1f}. Mean cost of the last 50 of 400 steps: {told}."
    )


def schedules() -> Panel:
    """Choose a schedule, an optimizer, η₀ and the noise of the gradients."""
    return Panel(
        draw_schedules,
        size=(9.6, 3.9),
        columns=2,
        schedule=choice("schedule", list(SCHEDULES), "cosine"),
        rule=choice("optimizer", list(RULES), "plain"),
        factor=slider("η₀, times its own", 0.1, 3, 1.0),
        noise=slider("noise", 0, 3, 1.0),
    )
