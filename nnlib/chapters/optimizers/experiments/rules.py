"""The six optimizers that chapter 08 compares, by the names that it calls them."""

from collections.abc import Callable

from nnlib.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, Optimizer, RMSProp
from nnlib.parameter import Parameter

Weights = list[Parameter]

# Each makes an optimizer from parameters, η, α (its momentum) and ρ (its memory of squares).
OPTIMIZERS: dict[str, Callable[[Weights, float, float, float], Optimizer]] = {
    "plain": lambda w, eta, _alpha, _rho: SGD(w, eta),
    "momentum": lambda w, eta, alpha, _rho: Momentum(w, eta, alpha),
    "Nesterov": lambda w, eta, alpha, _rho: Nesterov(w, eta, alpha),
    "AdaGrad": lambda w, eta, _alpha, _rho: AdaGrad(w, eta),
    "RMSProp": lambda w, eta, _alpha, rho: RMSProp(w, eta, rho),
    "Adam": lambda w, eta, alpha, rho: Adam(w, eta, alpha, rho),
}
