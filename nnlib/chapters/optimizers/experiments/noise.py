"""Noisy gradients on a bowl: what a falling learning rate does under each optimizer."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS
from nnlib.landscapes import Quadratic
from nnlib.parameter import Parameter
from nnlib.schedules import Rule, constant, cosine, exponential, inverse, linear, step, warm_up

STEPS, WALKERS = 400, 100
BOWL = Quadratic(1, 10)
OWN_RATES = {
    "plain": 0.1,
    "momentum": 0.02,
    "Nesterov": 0.02,
    "AdaGrad": 1.0,
    "RMSProp": 0.05,
    "Adam": 0.1,
}
SCHEDULES: dict[str, Callable[[float], Rule]] = {
    "constant": constant,
    "linear": lambda eta: linear(eta, eta / 100, STEPS),
    "step": lambda eta: step(eta, 0.3, STEPS // 5),
    "exponential": lambda eta: exponential(eta, 0.985),
    "cosine": lambda eta: cosine(eta, eta / 100, STEPS),
    "1/k": lambda eta: inverse(eta, 20),
    "warm-up, then cosine": lambda eta: warm_up(40, cosine(eta, eta / 100, STEPS - 40)),
}


@lru_cache(200)  # a way back on a slider costs nothing
def mean_noisy_cost(optimizer: str, schedule: str, factor: float, noise: float) -> np.ndarray:
    """Return the mean cost (401,) of 100 walks down a bowl with curvatures 1 and 10, by noisy gradients.

    The learning rate starts at ``factor`` times the optimizer's own, of ``OWN_RATES``, and follows ``schedule``;
    ``noise`` is the spread of what is added to each gradient.
    """
    rng = np.random.default_rng(0)
    eta = SCHEDULES[schedule](factor * OWN_RATES[optimizer])
    place = Parameter(np.full((WALKERS, 2), 2.0), "v")
    walker = OPTIMIZERS[optimizer]([place], eta(0), 0.9, 0.99)
    costs = [float(BOWL.value(place.value).mean())]
    for k in range(STEPS):
        walker.learning_rate = eta(k)
        slope = BOWL.gradient(place.value)
        place.grad = slope + noise * rng.standard_normal(place.value.shape)
        walker.step()
        costs.append(float(BOWL.value(place.value).mean()))
    return np.array(costs)
