"""The sanity ladder: four cheap questions to a network before it is trained for long, each harder than the last.

1. *start*: does it begin as clueless as it should, with a loss of ln K for K classes?
2. *gradient*: does ``backward`` say what nudging says?
3. *handful*: can it learn ten examples by heart? If not, more data will not help.
4. *epoch*: does the loss fall over a few epochs of everything?

Source: N23; A. Karpathy, "A recipe for training neural networks", 2019.
"""

import math
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nnlib._checks import require_fitting, require_learner, require_pairs, twice, unscaled
from nnlib.errors import describe, require_positive, require_rng
from nnlib.gradcheck import check_gradients
from nnlib.layers import Residual, every_layer
from nnlib.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Loss,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from nnlib.metrics import count_right, kind_of_targets
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import DivergedError, fit

HANDFUL, TRIES, EPOCHS = 10, 300, 3


@dataclass(frozen=True)
class Rung:
    """One question: its name, whether the answer is good, and what was seen, in words."""

    name: str
    passed: bool
    words: str

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.name}: {self.words}"


@dataclass
class Ladder:
    """The rungs that were climbed, up to the first that did not hold; printing it gives a line for each."""

    rungs: list[Rung] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether all four rungs hold."""
        return len(self.rungs) == 4 and all(rung.passed for rung in self.rungs)

    def __str__(self) -> str:
        return "\n".join(str(rung) for rung in self.rungs)


def climb(
    network: Network,
    loss: Loss,
    examples: tuple[np.ndarray, np.ndarray],
    *,
    learning_rate: float,
    rng: np.random.Generator,
    optimizer: Callable[[Any, float], Any] = SGD,
) -> Ladder:
    """Ask the four questions of a classifier that was not trained yet; stop at the first that fails.

    ``examples`` are (x, y) with labels y (n,) or one-hot rows. All is tried on copies: the network itself stays as it
    is. ``optimizer`` is the class that you are going to train with, such as ``Adam``, and ``learning_rate`` its rate: a
    rate that is good for one may be far too small for another. The ten examples are drawn by ``rng``, of as many
    classes as there are, and the gradient is looked at as in training, and as in prediction.
    Raises ``ValueError`` or ``TypeError`` if an argument is wrong.
    """
    require_positive("climb", "learning_rate", learning_rate)
    require_rng("climb", rng)
    require_learner("climb", network, loss)
    require_pairs("climb", examples)
    if not callable(optimizer):
        raise TypeError(
            f"climb got {describe(optimizer)} as the optimizer: expected its class, such as Adam, "
            "as each copy of the network needs one of its own"
        )
    require_fitting(network, loss, examples, "climb")
    climber = _Climber(network, loss, *examples, learning_rate, rng, optimizer)
    ladder = Ladder()
    for question in (climber.start, climber.gradient, climber.handful, climber.epoch):
        with _told_by_the_ladder():
            rung = question()
        why = "" if rung.passed or rung.name == "start" else climber.suspicion()
        ladder.rungs.append(replace(rung, words=rung.words + why))
        if not rung.passed:
            break
    return ladder


@dataclass
class _Climber:
    """One call of ``climb``."""

    network: Network
    loss: Loss
    x: np.ndarray
    y: np.ndarray
    rate: float
    rng: np.random.Generator
    optimizer: Callable[[Any, float], Any]

    def __post_init__(self) -> None:
        self.kind = kind_of_targets(self.y)
        if self.kind == "numbers":
            raise ValueError(
                f"climb got targets that are no classes ({describe(self.y)}): "
                "expected labels (n,) or one-hot rows"
            )
        labels = self.y.argmax(axis=1) if self.kind == "rows" else self.y.reshape(len(self.y))
        self.few = _handful(labels, self.rng)

    def start(self) -> Rung:
        """Does it begin as clueless as it should?"""
        cost, clueless = self.cost(self.network), self.clueless()
        words = f"the loss is {cost:.2f}{clueless[1]}"
        if said := twice(self.network, self.loss):
            return Rung("start", passed=False, words=f"{words}. But {said}")
        if len(np.unique(self.y, axis=0)) == 1:
            return Rung(
                "start", passed=False, words="all examples are of one class: nothing to tell apart"
            )
        if cost > 1.5 * clueless[0]:
            hint = f"It is sure of wrong answers: {self.smaller()}"
            return Rung("start", passed=False, words=f"{words}. {hint}{self.suspicion()}")
        if cost < 0.5 * clueless[0]:
            hint = "It knows too much: was it trained already, or is the loss another one?"
            return Rung("start", passed=False, words=f"{words}. {hint}")
        return Rung("start", passed=True, words=words + self.suspicion())

    def gradient(self) -> Rung:
        """Does ``backward`` say what nudging says, as in training and as in prediction?"""
        network = self.network.astype(np.float64)
        x, y = self.x[self.few].astype(np.float64), self.y[self.few]
        drawn = [generator.bit_generator.state for generator in network.generators()]

        def run() -> float:
            # the same random numbers each time
            for generator, state in zip(network.generators(), drawn, strict=True):
                generator.bit_generator.state = state
            for parameter in network.parameters():
                parameter.zero_grad()
            cost = self.loss.forward(network.forward(x), y)
            network.backward(self.loss.backward())
            return cost

        for training, mode in ((False, "in prediction mode"), (True, "in training mode")):
            network.training = training
            try:
                report = check_gradients(run, network.parameters(), rng=self.rng, tolerance=1e-5)
            except ValueError as error:
                return Rung("gradient", passed=False, words=f"{mode}: {error}")
            if not report.passed:
                return Rung("gradient", passed=False, words=f"{mode} {report}")
        return Rung("gradient", passed=True, words=f"{report}")

    def handful(self) -> Rung:
        """Can it learn ten examples by heart?"""
        few = self.x[self.few], self.y[self.few]
        network = self.network.copy()
        try:
            self.train(network, few, TRIES, len(self.few))
        except DivergedError as error:
            return Rung("handful", passed=False, words=f"{error}")
        threshold = getattr(self.loss, "threshold", 0.5)
        right = count_right(network.predict(few[0]), few[1], self.kind, threshold=threshold)
        share = right / len(self.few)
        words = f"after {TRIES} steps on {len(self.few)} examples it knows {share:.0%} of them"
        hint = ". It cannot even learn by heart: too small, a dead layer, or a wrong learning rate"
        return Rung("handful", share == 1, words if share == 1 else words + hint)

    def epoch(self) -> Rung:
        """Does the loss fall over a few epochs of everything?"""
        network = self.network.copy()
        before = self.cost(network)
        # no last mini-batch of a single example, which BatchNorm cannot take
        size = next(
            size for size in range(HANDFUL, len(self.x) + HANDFUL) if len(self.x) % size != 1
        )
        try:
            self.train(network, (self.x, self.y), EPOCHS, size)
        except DivergedError as error:
            return Rung("epoch", passed=False, words=f"{error}")
        after = self.loss.forward(network.predict(self.x), self.y)
        words = f"the loss goes from {before:.2f} to {after:.2f} in {EPOCHS} epochs"
        hint = "" if after < 0.9 * before else ". Try another learning rate"
        return Rung("epoch", not hint, words + hint)

    def train(self, network: Network, examples: Any, epochs: int, batch_size: int) -> None:
        optimizer = self.optimizer(network.parameters(), self.rate)
        fit(
            network,
            self.loss,
            optimizer,
            examples,
            epochs=epochs,
            batch_size=batch_size,
            rng=self.rng,
        )

    def cost(self, network: Network) -> float:
        """Return the loss before any training. ``BatchNorm`` has no averages yet and takes those of a batch."""
        if not network.statistics():
            return self.loss.forward(network.predict(self.x), self.y)
        trial, some = network.copy(), slice(1000)
        trial.training = True
        return self.loss.forward(trial.forward(self.x[some]), self.y[some])

    def clueless(self) -> tuple[float, str]:
        """Return the loss of knowing nothing, and words for it; NaN, with which nothing compares, if unknown."""
        outputs = self.network.predict(self.x[:1]).shape[1]
        if isinstance(self.loss, CrossEntropy | SoftmaxCrossEntropy):
            cost = math.log(outputs)
            name = f"about {outputs} classes is ln {outputs}"
        elif isinstance(self.loss, BinaryCrossEntropy | SigmoidCrossEntropy):
            cost = outputs * math.log(2)
            name = (
                f"about {outputs} times yes or no is {outputs} ln 2" if outputs > 1 else "is ln 2"
            )
        else:
            return math.nan, ""
        return cost, f"; knowing nothing {name} = {cost:.2f}"

    def smaller(self) -> str:
        """Say what makes the first outputs smaller."""
        if not any(isinstance(layer, Residual) for layer in every_layer(self.network.layers)):
            return "smaller weights, or scaled inputs"
        return (
            "what Residual blocks add grows from block to block, unless the last layer of each "
            "starts at zero, as Dense(…, weights=zeros) does"
        )

    def suspicion(self) -> str:
        """Say if the inputs are not scaled; behind a ``BatchNorm`` that hardly matters."""
        said = "" if self.network.statistics() else unscaled(self.x)
        return f". Mind that {said}" if said else ""


def _handful(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the places of ten examples, drawn at random: first one of each class, then any."""
    order = rng.permutation(len(labels))
    _, first = np.unique(labels[order], return_index=True)
    rest = np.setdiff1d(np.arange(len(order)), first)
    return order[np.concatenate([rng.permutation(first), rest])[:HANDFUL]]


@contextmanager
def _told_by_the_ladder() -> Any:
    """Silence what ``fit`` would warn of: the ladder says it itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="fit: ")
        yield
