"""One weight under a stream of gradients: how far each optimizer moves it."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from nnlib.chapters.optimizers.experiments.rules import Weights
from nnlib.optimizers import AdaGrad, Adam, Optimizer, RMSProp
from nnlib.parameter import Parameter

STEPS = 100
STREAMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "steady": np.ones_like,
    "back and forth": lambda t: np.where(t % 2 == 0, 1.0, -1.0),
    "one in ten": lambda t: np.where(t % 10 == 0, 1.0, 0.0),
    "large, then small": lambda t: np.where(t < 20, 10.0, 0.1),
    "noise": lambda t: np.random.default_rng(0).standard_normal(len(t)),
}
ADAPTIVE: dict[str, Callable[[Weights, float], Optimizer]] = {
    "AdaGrad": lambda w, _: AdaGrad(w, 1.0),
    "RMSProp": lambda w, rho: RMSProp(w, 1.0, rho),
    "Adam": lambda w, rho: Adam(w, 1.0, beta2=rho),
    "Adam, not corrected": lambda w, rho: Adam(w, 1.0, beta2=rho, bias_correction=False),
}


def weight_changes(make: Callable[[Weights], Optimizer], gradients: np.ndarray) -> np.ndarray:
    """Return how far an optimizer moves one weight at each step, Δw (t,), if it gets these gradients (t,)."""
    w = Parameter(np.zeros(1), "w")
    optimizer, places = make([w]), [0.0]
    for g in gradients:
        w.grad = np.array([g])
        optimizer.step()
        places.append(float(w.value[0]))
    return np.diff(places)


def gradient_stream(stream: str, scale: float) -> np.ndarray:
    """Return the gradients (100,) of one of ``STREAMS``, times ``scale``."""
    return scale * STREAMS[stream](np.arange(STEPS))


@lru_cache(maxsize=256)
def step_lengths(stream: str, scale: float, memory: float) -> dict[str, np.ndarray]:
    """Return the lengths (100,) of the steps of each adaptive rule, in units of η, under a stream of gradients."""
    gradients = gradient_stream(stream, scale)

    def lengths(rule: Callable[[Weights, float], Optimizer]) -> np.ndarray:
        return np.abs(weight_changes(lambda w: rule(w, memory), gradients))

    return {name: lengths(rule) for name, rule in ADAPTIVE.items()}
