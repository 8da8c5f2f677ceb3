"""Many networks: they vote, one teaches another, or they share out the work and a gate says who decides.

In the order of the story: ``Ensemble`` has several networks answer together. ``soft_targets`` and ``Distillation`` put
what they know into one small network. ``MixtureOfExperts`` is a single layer of several experts, with a gate that
learns whom to listen to.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlib.activations import Sigmoid, Softmax
from nnlib.errors import (
    describe,
    require_amount,
    require_array,
    require_count,
    require_examples,
    require_positive,
    require_rank,
    require_shape,
)
from nnlib.layers import Compound, Layer, require_fitting, require_layers, returned
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import floats, one_hot, softmax

VOTES = ("mean", "majority")


class Ensemble:
    """Several networks that answer together, as a ``Network`` does: ``Ensemble([one, another, …])``.

    ``vote="mean"``: the answer to x is the mean of the networks' chances, p = 1/K Σₖ pₖ(x). ``vote="majority"``: each
    names one class, and p is the share of the votes for each. ``classify`` takes the largest; of equal ones the first.
    Networks that end in ``Softmax`` or ``Sigmoid`` give chances, all others logits. Raises ``ValueError`` or
    ``TypeError`` if there is no network, if something is none, or if the vote is unknown.
    Source: Hansen and Salamon, 1990; N41.
    """

    def __init__(self, networks: Sequence[Network], vote: str = "mean") -> None:
        self.networks = _require_networks(networks)
        if vote not in VOTES:
            raise ValueError(f"Ensemble got vote = {vote!r}: expected one of {', '.join(VOTES)}")
        self.vote = vote

    def predict(self, x: np.ndarray, *, temperature: float = 1.0) -> np.ndarray:
        """Return p (n, classes) for x (n, …): each row is positive and adds up to 1.

        A ``temperature`` above 1 makes the chances of each network softer first; see ``soft_targets``.
        """
        each = [chances(network, x, temperature=temperature) for network in self.networks]
        _require_same_classes(each)
        if self.vote == "mean":
            return np.mean(each, axis=0)
        return share_of_votes(np.stack([p.argmax(axis=1) for p in each]), each[0].shape[1])

    def classify(self, x: np.ndarray) -> np.ndarray:
        """Return the class of each row of x, (n,) whole numbers: the arg-max of ``predict``."""
        return self.predict(x).argmax(axis=1)

    def __repr__(self) -> str:
        return f"Ensemble({len(self.networks)} networks, {self.vote})"


def chances(network: Network, x: np.ndarray, *, temperature: float = 1.0) -> np.ndarray:
    """Return the chances (n, classes) that a network gives to each class for x, softened by a ``temperature``.

    Outputs of ``Softmax`` are chances already; those of ``Sigmoid`` are divided by their sum; all others are logits.
    Raises ``ValueError`` if there is only one output.
    """
    outputs = require_rank(network, "outputs", network.predict(x), 2, "(n, classes)")
    if outputs.shape[1] == 1:
        raise ValueError(
            f"{network} gives one output: expected two or more, one for each class, to vote on"
        )
    if isinstance(network.layers[-1], Softmax | Sigmoid):
        outputs = np.log(np.maximum(outputs, np.finfo(outputs.dtype).tiny))
    return soft_targets(outputs, temperature)


def share_of_votes(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return (n, classes): for each example the share of the voters that name each class.

    ``labels`` (voters, n) are whole numbers: what each voter answers. Raises ``ValueError`` or ``TypeError`` for
    other shapes and for labels out of range.
    """
    require_count("share_of_votes", "classes", classes)
    require_rank("share_of_votes", "labels", labels, 2, "(voters, n)")
    return np.mean([one_hot(answers, classes) for answers in labels], axis=0)


def mean_correlation(errors: np.ndarray) -> float:
    """Return ρ, how alike the errors of several voters are: 1 if they make the same, 0 if each makes its own.

    ``errors`` (voters, n): how wrong each voter is about each example, for instance 0 or 1. ρ is the mean covariance of
    two different voters divided by the mean variance of one; with both, Var(mean of K voters) = σ² (ρ + (1 − ρ)/K).
    Raises ``ValueError`` if there are not two voters or more, or if none of them ever differs.
    """
    require_rank("mean_correlation", "errors", errors, 2, "(voters, n)")
    if len(errors) < 2:
        raise ValueError(
            f"mean_correlation got errors of shape {errors.shape}: expected two voters or more"
        )
    covariance = np.cov(floats("mean_correlation", "errors", errors), bias=True)
    voters, variance = len(errors), np.trace(covariance) / len(errors)
    if variance == 0:
        raise ValueError("mean_correlation got errors that are all equal: expected some that vary")
    between = (covariance.sum() - np.trace(covariance)) / (voters * (voters - 1))
    return float(between / variance)


# One teaches another.


def soft_targets(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return softmax(z/T) for logits z (n, classes): what a teacher thinks of every class, wrong ones included.

    At T = 1 these are its chances; the larger the temperature T, the more alike they become.
    Raises ``ValueError`` or ``TypeError`` if T is not a number above 0.  Source: Hinton, Vinyals and Dean, 2015; N41.
    """
    T = require_positive("soft_targets", "temperature", temperature)
    z = floats("soft_targets", "logits", logits)
    return softmax(require_rank("soft_targets", "logits", z, 2, "(n, classes)") / T)


class Distillation(SoftmaxCrossEntropy):
    """The student's loss: C = −T²/n Σ tₖ log softmax(z/T)ₖ for its logits z (n, classes) and soft targets t.

    ``targets`` are ``soft_targets(teacher's logits, T)`` with the same temperature T, or whatever else
    ``SoftmaxCrossEntropy`` takes. dz = T (softmax(z/T) − t) / n: a softmax at T has slopes T times smaller, and soft
    rows differ T times less, so with T² the slopes have much the same size for every T. For large T and logits v of the
    teacher, both centred, dz = (z − v) / (n · classes): the student copies logits.
    Raises ``ValueError`` or ``TypeError`` if T is not a number above 0.  Source: Hinton, Vinyals and Dean, 2015; N41.
    """

    def __init__(self, temperature: float) -> None:
        self.temperature = require_positive("Distillation", "temperature", temperature)

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return T² times the cross-entropy at temperature T, mean over examples."""
        z = floats(
            self,
            "predictions",
            require_array(self, "predictions", predictions),
        )
        return self.temperature**2 * super().forward(z / self.temperature, targets)

    def backward(self) -> np.ndarray:
        """Return T (softmax(z/T) − t) / n."""
        return self.temperature * super().backward()

    def __repr__(self) -> str:
        return f"Distillation(temperature {self.temperature:g})"


# They share out the work.


class MixtureOfExperts(Compound):
    """Experts f₁ … f_K, and a gate that says how much to listen to each: y = Σₖ gₖ(x) fₖ(x), g = softmax(gate(x)).

    ``experts`` and ``gate`` are each a layer, a list of layers or a network, which becomes part of this one; all get
    the same x (n, …). Each expert gives (n, d_out), the gate (n, K). Backward, with g (n, K):
    dfₖ = gₖ dy;  dgₖ = Σⱼ dyⱼ fₖⱼ;  d gate = g · (dg − Σₖ gₖ dgₖ);  dx is the sum of what comes back from all of them.

    With ``balance`` λ above 0, learning also pays λ K Σₖ ḡₖ², ḡₖ the mean of gₖ over the batch: λ if all experts are
    used alike, λ K if one does all the work. Like a penalty it adds to the gradients and not to the loss.
    Raises ``ValueError`` or ``TypeError`` if there are not two experts or more, or if sizes do not fit.
    Source: Jacobs, Jordan, Nowlan and Hinton, 1991; Shazeer and others, 2017, for the balance; N41.
    """

    def __init__(self, experts: Sequence[Any], gate: Any, *, balance: float = 0.0) -> None:
        self.balance = require_amount("MixtureOfExperts", "balance", balance)
        if not isinstance(experts, list | tuple):
            raise TypeError(
                f"MixtureOfExperts got experts as {describe(experts)}: expected a list of experts"
            )
        if len(experts) < 2:
            raise ValueError(
                f"MixtureOfExperts got {len(experts)} experts: expected two or more to choose from"
            )
        self.experts = [_layers_of(f"expert {k}", expert) for k, expert in enumerate(experts)]
        self.gate = _layers_of("the gate", gate)
        self.n_in, self.n_out = _require_one_shape(self.experts, self.gate)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y = Σₖ gₖ fₖ, (n, d_out)."""
        require_examples(self, "x", x)
        f = [_forward(expert, x) for expert in self.experts]
        for k, answers in enumerate(f):
            if answers.shape != f[0].shape or answers.ndim != 2:
                raise ValueError(
                    f"{self} got an expert {k} that answers {answers.shape} and an expert 0 that "
                    f"answers {f[0].shape}: expected (n, d_out) of each, and the same"
                )
        g = softmax(require_shape(self, "the gate's output", _forward(self.gate, x), _gated(f)))
        self.cache = f, g
        return sum(g[:, [k]] * f[k] for k in range(len(f)))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx; add to the gradients of all experts and of the gate."""
        f, g = self.recall()
        require_shape(self, "dy", dy, f[0].shape)
        dg = np.stack([(dy * answers).sum(axis=1) for answers in f], axis=1)
        if self.training:
            # each ḡₖ is a mean over the n rows
            dg += g.dtype.type(2 * self.balance * len(f) / len(g)) * g.mean(axis=0)
        dx = _backward(self.gate, g * (dg - (g * dg).sum(axis=1, keepdims=True)))
        for k, expert in enumerate(self.experts):
            dx = dx + _backward(expert, g[:, [k]] * dy)
        return dx

    def balance_cost(self) -> float:
        """Return what the last forward pays for its balance, λ K Σₖ ḡₖ²; raise ``RuntimeError`` if there was none."""
        _, g = self.recall()
        return self.balance * g.shape[1] * float((g.mean(axis=0) ** 2).sum())

    def shares(self, x: np.ndarray) -> np.ndarray:
        """Return g (n, K) in prediction mode: who decides about each row of x (n, …)."""
        return softmax(Network(self.gate).predict(x))

    def inner(self) -> list[Layer]:
        """Return the layers of the experts, one expert after the other, and then those of the gate."""
        return [layer for part in (*self.experts, self.gate) for layer in part]

    def config(self) -> dict[str, Any]:
        """Return experts, gate and balance."""
        return {
            "experts": self.experts,
            "gate": self.gate,
            "balance": self.balance,
        }

    def __repr__(self) -> str:
        return f"MixtureOfExperts({len(self.experts)} experts; gate {_row(self.gate)})"


def _row(layers: Sequence[Layer]) -> str:
    return " – ".join(map(str, layers))


def _gated(answers: Sequence[np.ndarray]) -> tuple[int, int]:
    """Return the shape (n, K) that a gate is to give for the answers of K experts."""
    return len(answers[0]), len(answers)


def _forward(layers: Sequence[Layer], x: np.ndarray) -> np.ndarray:
    for layer in layers:
        x = returned(layer, "forward", layer.forward(x))
    return x


def _backward(layers: Sequence[Layer], dy: np.ndarray) -> np.ndarray:
    for layer in reversed(layers):
        dy = returned(layer, "backward", layer.backward(dy))
    return dy


def _layers_of(who: str, part: Any) -> list[Layer]:
    """Return the layers of a network, a list of layers or a single layer, if they fit together."""
    if isinstance(part, Network):
        part = part.layers
    name = f"MixtureOfExperts ({who})"
    layers = require_layers(name, [part] if isinstance(part, Layer) else part)
    require_fitting(name, layers)
    return layers


def _require_one_shape(
    experts: Sequence[list[Layer]], gate: list[Layer]
) -> tuple[int | None, int | None]:
    """Return numbers per row in and out, as far as the layers tell; raise ``ValueError`` where two parts differ."""
    parts = [
        *((f"expert {k}", one) for k, one in enumerate(experts)),
        ("the gate", gate),
    ]
    inputs = {name: layers[0].n_in for name, layers in parts}
    outputs = {name: require_fitting("MixtureOfExperts", layers) for name, layers in parts}
    gives = outputs.pop("the gate")
    if gives not in (None, len(experts)):
        raise ValueError(
            f"MixtureOfExperts got a gate with {gives} outputs: "
            f"expected {len(experts)}, one for each expert"
        )
    return _one_of(inputs, "inputs"), _one_of(outputs, "outputs")


def _one_of(widths: dict[str, int | None], what: str) -> int | None:
    """Return the one width that all parts have which tell theirs; raise ``ValueError`` if two differ."""
    known = {name: width for name, width in widths.items() if width is not None}
    if len(set(known.values())) > 1:
        told = ", ".join(f"{name} {width}" for name, width in known.items())
        raise ValueError(f"MixtureOfExperts got parts with different {what} ({told}): expected one")
    return next(iter(known.values()), None)


def _require_networks(networks: Any) -> list[Network]:
    if not isinstance(networks, list | tuple):
        raise TypeError(f"Ensemble got {describe(networks)}: expected a list of networks")
    if not networks:
        raise ValueError("Ensemble got no networks: expected at least one")
    for place, network in enumerate(networks):
        if not isinstance(network, Network):
            raise TypeError(
                f"Ensemble got {describe(network)} at place {place}: expected a Network"
            )
    return list(networks)


def _require_same_classes(each: Sequence[np.ndarray]) -> None:
    for k, p in enumerate(each):
        if p.shape != each[0].shape:
            raise ValueError(
                f"Ensemble got network {k} with {p.shape[1]} classes and network 0 with "
                f"{each[0].shape[1]}: expected the same classes of all"
            )
