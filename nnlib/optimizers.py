"""Optimizers: what to do with a gradient, once you have it. They see parameters, never networks.

Each rule is one method, ``update``: w is an array of weights, g its gradient, and both are of one shape with whatever
the rule remembers from step to step.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from nnlib import _rules
from nnlib.errors import (
    describe,
    require_amount,
    require_finite,
    require_positive,
    require_shape,
    require_share,
)
from nnlib.parameter import Parameter, require_parameters


class Optimizer:
    """The contract: ``zero_grad()``, then a backward pass, then ``step()``.

    ``learning_rate`` η, above 0, may be changed between steps, and then to 0 too: training rests. ``steps`` counts
    them. ``remembers`` names the arrays that a rule keeps for each parameter: they start at 0 and are handed to
    ``update``, which changes them in place. A parameter that is listed twice, as tied weights are, is one and takes one
    step. Raises ``ValueError`` if η is not above 0 or there is nothing to learn, ``TypeError`` if given anything but
    parameters.
    """

    remembers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Iterable[Parameter], learning_rate: float) -> None:
        who = type(self).__name__
        _rules.require_names(who, self.remembers)
        self.parameters = list(dict.fromkeys(require_parameters(who, parameters)))
        self.learning_rate = require_positive(who, "learning_rate", learning_rate)
        self.steps = 0
        self.memory = [
            [np.zeros_like(one.value) for _ in self.remembers] for one in self.parameters
        ]

    @property
    def learning_rate(self) -> float:
        """The step size η, 0 or more."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = require_amount(type(self).__name__, "learning_rate", value)

    def zero_grad(self) -> None:
        """Forget all gradients, before the backward pass of the next step."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Change every parameter that has a gradient; raise, and change none, if one is of another shape."""
        _rules.require_gradients(self, self.parameters)
        self.steps += 1
        before = _rules.values_if_new(self, self.parameters) if self.steps == 1 else []
        for parameter, memory in zip(self.parameters, self.memory, strict=True):
            if parameter.grad is not None:
                self.update(parameter.value, parameter.grad, *memory)
        if before:
            _rules.warn_if_still(self, self.parameters, before)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """Change w in place by the optimizer's rule."""
        raise NotImplementedError(
            f"{self} has no rule for one array alone: expected an update(w, g, *memory), "
            "or a step() of its own that moves all parameters at once, as Newton has"
        )

    def reset(self) -> None:
        """Forget all that is remembered, as if no step had been made; η stays."""
        self.steps = 0
        for memory in self.memory:
            for array in memory:
                array[...] = 0

    def state(self) -> dict[str, np.ndarray]:
        """Return what the rule keeps from step to step, its name, η and the count of steps, to save with the network.

        Constants such as ``momentum`` are no part of it: make the new optimizer with the same ones.
        """
        arrays = {
            f"{name}_{place}": array.copy()
            for place, memory in enumerate(self.memory)
            for name, array in zip(self.remembers, memory, strict=True)
        }
        own = {
            "rule": type(self).__name__,
            "learning_rate": self.learning_rate,
            "steps": self.steps,
        }
        return {name: np.array(value) for name, value in own.items()} | arrays

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken, bit for bit.

        Raises ``ValueError`` if the state is of another optimizer or network, ``TypeError`` if it is none at all;
        then nothing is changed.
        """
        self._require_own(state)
        # refuses what is not a rate; from here on nothing can fail
        self.learning_rate = float(state["learning_rate"])
        self.steps = int(state["steps"])
        for place, memory in enumerate(self.memory):
            for name, array in zip(self.remembers, memory, strict=True):
                array[...] = state[f"{name}_{place}"]

    def _require_own(self, state: Any) -> None:
        """Raise if ``state`` is not one of this rule and of parameters with these shapes."""
        if not isinstance(state, Mapping):
            raise TypeError(
                f"{self} got state as {describe(state)}: expected what state() returned"
            )
        own = self.state()
        rule, ours = state.get("rule"), own["rule"]
        if str(rule) != str(ours):
            raise ValueError(f"{self} got the state of {rule}: expected that of {ours}")
        for name in {**own, **state}:
            found = describe(state.get(name))
            expected = describe(own.get(name))
            if found != expected:
                raise ValueError(
                    f"{self} got a state of another network: "
                    f"its {name} is {found}, expected {expected}"
                )
        if state["steps"] < 0:
            raise ValueError(
                f"{self} got a state with steps = {state['steps']}: expected 0 or more"
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate:g})"


class NotFiniteError(FloatingPointError):
    """A gradient is no longer a finite number."""


def clip_gradients(parameters: Iterable[Parameter], max_norm: float) -> float:
    """Shorten all gradients together to the length ``max_norm`` if they are longer; return how long they were.

    Length is the 2-norm ‖g‖ = √Σ g² over all numbers of all parameters: g ← g · max_norm / ‖g‖ keeps the direction.
    Call it between backward and ``optimizer.step()``, or let ``fit(…, clip=5.0)`` do so. Parameters without gradient
    count as 0. PyTorch divides by ‖g‖ + 10⁻⁶. Raises ``ValueError`` if ``max_norm`` is not above 0 and
    ``NotFiniteError`` if a gradient holds NaN or infinity, which no factor mends; then nothing is changed.
    Source: Pascanu, Mikolov and Bengio, 2013.
    """
    longest = require_positive("clip_gradients", "max_norm", max_norm)
    found = dict.fromkeys(require_parameters("clip_gradients", parameters))
    _rules.require_gradients("clip_gradients", found)
    learning = [one for one in found if one.grad is not None]
    largest = max((_largest(one) for one in learning), default=0.0)
    if largest == 0:
        return 0.0
    # squares of shares of the largest neither overflow nor vanish
    squares = sum(float(np.square(_gradient(one) / largest).sum()) for one in learning)
    norm = largest * math.sqrt(squares)
    if norm > longest:
        for one in learning:
            one.grad = _gradient(one) * (longest / norm)
    return norm


def _largest(parameter: Parameter) -> float:
    size = float(np.abs(_gradient(parameter)).max(initial=0))
    if not math.isfinite(size):
        raise NotFiniteError(
            f"clip_gradients got a gradient of {parameter.name} that holds {size}: "
            "expected finite numbers only"
        )
    return size


def _gradient(parameter: Parameter) -> np.ndarray:
    return np.zeros_like(parameter.value) if parameter.grad is None else parameter.grad


class SGD(Optimizer):
    """Gradient descent, w ← w − η g. Stochastic if g comes from a mini-batch.  Source: S0, N12, N13."""

    def __init__(self, parameters: Iterable[Parameter], learning_rate: float = 0.1) -> None:
        super().__init__(parameters, learning_rate)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """w ← w − η g."""
        w -= self.learning_rate * g


class Momentum(Optimizer):
    """Gradient descent with a memory, v ← α v − η g, w ← w + v: a ball that keeps the share α of its speed.

    Under a steady slope the steps grow to η g / (1 − α). PyTorch keeps b = −v / η, so b ← α b + g, w ← w − η b: the
    same walk while η stays. If η is halved, ours keeps its speed and slows down; PyTorch's speed is halved at once.
    Raises ``ValueError`` if ``momentum`` α is not in [0, 1).  Source: Polyak, 1964; S1, S2, S4, N36.
    """

    remembers = ("velocity",)

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: float = 0.1, momentum: float = 0.9
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.momentum = require_share(type(self).__name__, "momentum", momentum)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """v ← α v − η g, w ← w + v."""
        (v,) = memory
        v *= self.momentum
        v -= self.learning_rate * g
        w += v


class Nesterov(Momentum):
    """Momentum that looks ahead: g is taken at w + α v, where the ball is about to be, v ← α v − η g, w ← w + v.

    What is stored and shown is the place ahead, u = w + α v, as gradients are taken there: u ← u + α v − η g with the
    new v. That is the same walk, even if η changes during training (not if α does), as in Bengio et al. (2013) and, as
    long as η stays, in PyTorch.  Source: Nesterov, 1983; S4, N36.
    """

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """v ← α v − η g, u ← u + α v − η g."""
        (v,) = memory
        v *= self.momentum
        v -= self.learning_rate * g
        w += self.momentum * v
        w -= self.learning_rate * g


class AdaGrad(Optimizer):
    """A rate for each weight: s ← s + g², w ← w − η g / (√s + ε). As s only grows, every rate only falls (E47).

    Source: Duchi, Hazan and Singer, 2011; S2, S4, N38.
    """

    remembers = ("squares",)

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: float = 0.01, epsilon: float = 1e-10
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.epsilon = _rules.require_epsilon(type(self).__name__, epsilon, self.parameters)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """s ← s + g², w ← w − η g / (√s + ε)."""
        (s,) = memory
        s += g * g
        w -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad that forgets: s ← ρ s + (1 − ρ) g², w ← w − η g / (√s + ε).

    √s is about the size of the last 1 / (1 − ρ) gradients, so each weight moves about η a step, whatever their size.
    Raises ``ValueError`` if ``decay`` ρ is not in [0, 1).  Source: Tieleman and Hinton, 2012; S2, S4, N38.
    """

    remembers = ("squares",)

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float = 0.01,
        decay: float = 0.99,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.decay = require_share("RMSProp", "decay", decay)
        self.epsilon = _rules.require_epsilon(type(self).__name__, epsilon, self.parameters)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """s ← ρ s + (1 − ρ) g², w ← w − η g / (√s + ε)."""
        (s,) = memory
        s *= self.decay
        s += (1 - self.decay) * g * g
        w -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp: m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², w ← w − η m̂ / (√ŝ + ε).

    m and s start at 0 and so are too small at first; m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) make up for it, where t
    counts the optimizer's steps from 1 (E30). ``bias_correction=False`` leaves that out, to see why it is there.
    Raises ``ValueError`` if β₁ or β₂ is not in [0, 1).  Source: Kingma and Ba, 2015; S1, S4, N38.
    """

    remembers = ("means", "squares")

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        *,
        bias_correction: bool = True,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.beta1 = require_share(type(self).__name__, "beta1", beta1)
        self.beta2 = require_share(type(self).__name__, "beta2", beta2)
        self.epsilon = _rules.require_epsilon(type(self).__name__, epsilon, self.parameters)
        self.bias_correction = bias_correction

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """Note the mean and the mean square of g, and step by their corrected ratio."""
        m, s = memory
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g * g
        # β to the infinite is 0: nothing to make up for
        t = self.steps if self.bias_correction else math.inf
        m_hat, s_hat = m / (1 - self.beta1**t), s / (1 - self.beta2**t)
        w -= self.learning_rate * m_hat / (np.sqrt(s_hat) + self.epsilon)


class AdamW(Adam):
    """Adam with weight decay: w ← w − η λ w, then Adam's step. Decay does not pass through m and s: it is "decoupled".

    With ``Adam`` and the penalty ``L2(λ)`` λ w is a part of g, and so is divided by √ŝ, which pulls on large and small
    weights alike. Here each step takes the share η λ off every weight, as L2 does with plain ``SGD``. Like a penalty,
    ``weight_decay`` λ acts on arrays of two or more axes only: biases and other vectors do not decay (PyTorch's AdamW
    lets all of them decay). Raises ``ValueError`` if λ is below 0.  Source: Loshchilov and Hutter, 2019.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, learning_rate, beta1, beta2, epsilon)
        self.weight_decay = require_amount("AdamW", "weight_decay", weight_decay)

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """w ← w − η λ w if w is a table of weights, then Adam's step."""
        if w.ndim >= 2:
            w *= 1 - self.learning_rate * self.weight_decay
        super().update(w, g, *memory)


class Newton(Optimizer):
    """Newton's method, w ← w − η H⁻¹ g: jumps to where the slope would be 0 if the cost were as curved everywhere.

    Besides the parameters it needs their curvature, so the second argument is ``hessian``; give ``learning_rate`` η by
    name. All parameters move at once, so there is no rule for one array alone, no ``update``.

    ``hessian()`` returns H (d, d) at the present weights, over all d numbers of all parameters in order, such as
    ``lambda: curvature.hessian(f, parameters)``. Storing H takes d² numbers, solving with it about d³/3 steps. A saddle
    has slope 0 too, and draws it in. ``damping`` μ adds μ to the diagonal: shorter steps, most of all where H is nearly
    flat, and steps downhill only, once μ outweighs every downward bend. A parameter without gradient counts as flat.
    Raises ``ValueError`` if μ is below 0, H has another shape, is not finite or cannot be inverted (then no step is
    made), ``TypeError`` if ``hessian`` cannot be called.  Source: S3, S4, N37; E29.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        hessian: Callable[[], np.ndarray],
        learning_rate: float = 1.0,
        damping: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        if not callable(hessian):
            raise TypeError(
                f"Newton got hessian as {describe(hessian)}: expected a function that returns it, "
                "such as lambda: curvature.hessian(f, parameters); η is given by name, "
                "Newton(parameters, hessian, learning_rate=0.1)"
            )
        self.hessian = hessian
        self.damping = require_amount("Newton", "damping", damping)

    def step(self) -> None:
        """Solve (H + μ I) d = g for all parameters at once, w ← w − η d."""
        _rules.require_gradients(self, self.parameters)
        way = self._way(np.concatenate([_gradient(one).ravel() for one in self.parameters]))
        self.steps += 1
        for parameter in self.parameters:
            part, way = np.split(way, [parameter.value.size])
            parameter.value -= self.learning_rate * part.reshape(parameter.value.shape)

    def _way(self, g: np.ndarray) -> np.ndarray:
        """Return d of (H + μ I) d = g, both (d,)."""
        H = require_shape(self, "hessian()", self.hessian(), (g.size, g.size))
        require_finite(self, "hessian()", H)
        try:
            return np.linalg.solve(H + self.damping * np.eye(g.size), g)
        except np.linalg.LinAlgError as error:
            raise ValueError(
                f"{self} got a Hessian that cannot be inverted: "
                "in some direction there is no curvature. "
                "damping=0.001 gives it some"
            ) from error
