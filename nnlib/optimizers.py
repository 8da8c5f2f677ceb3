"""Optimizers: what to do with a gradient, once you have it. They see parameters, never networks."""

from collections.abc import Iterable

import numpy as np

from nnlib.errors import require_positive
from nnlib.parameter import Parameter


class Optimizer:
    """The contract: ``zero_grad()``, then a backward pass, then ``step()``.

    ``learning_rate`` η may be changed between steps. Raises ``ValueError`` where η is not above 0 or there is
    nothing to learn, ``TypeError`` where something else than parameters comes.
    """

    def __init__(self, parameters: Iterable[Parameter], learning_rate: float) -> None:
        self.parameters = list(parameters)
        name = type(self).__name__
        for parameter in self.parameters:
            if not isinstance(parameter, Parameter):
                raise TypeError(
                    f"{name} got {type(parameter).__name__}: expected parameters, as network.parameters() gives"
                )
        if not self.parameters:
            raise ValueError(f"{name} got no parameters: expected at least one")
        self.learning_rate = learning_rate

    @property
    def learning_rate(self) -> float:
        """The step size η, above 0."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = require_positive(type(self).__name__, "learning_rate", value)

    def zero_grad(self) -> None:
        """Forget all gradients, before the backward pass of the next step."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Change every parameter that has a gradient."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                self.update(parameter, parameter.grad)

    def update(self, parameter: Parameter, gradient: np.ndarray) -> None:
        """Change ``parameter.value`` in place by the optimizer's rule."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate:g})"


class SGD(Optimizer):
    """Gradient descent, w ← w − η g. Stochastic where g comes from a mini-batch.  Source: S0, N12, N13."""

    def __init__(self, parameters: Iterable[Parameter], learning_rate: float = 0.1) -> None:
        super().__init__(parameters, learning_rate)

    def update(self, parameter: Parameter, gradient: np.ndarray) -> None:
        """w ← w − η g."""
        parameter.value -= self.learning_rate * gradient
