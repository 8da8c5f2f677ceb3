"""Learning in parts: a gradient is a mean over examples, so it can be taken in parts, and the parts at the same time.

The loss of a mini-batch of n examples is a mean, C = 1/n Σ Cᵢ. Cut it into parts of n₁, n₂, … examples: each part has
a loss and a gradient of its own, and those of the whole are

    C = Σ (nₖ/n) C₍ₖ₎        ∂C/∂w = Σ (nₖ/n) ∂C₍ₖ₎/∂w

Each part goes through a twin of the network, which has the same weights, but caches and gradients of its own. So parts
can be learned from on several cores, or on several machines, and it makes no difference who does which.
What looks across the batch, as ``BatchNorm`` does, or draws random numbers, as ``Dropout`` does, is no such mean: there
the parts are put together again.
"""

import copy
import math
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from nnlib._checks import require_cost
from nnlib._fast.blocks import on_cores
from nnlib._notes import no_notes
from nnlib.layers import Layer, every_layer
from nnlib.losses import Loss
from nnlib.network import Network
from nnlib.parameter import count_values

# Multiplications of a mini-batch from which on several cores gain more than they cost, and bytes that one part leaves
# in caches.
WORTH, ROOM = 60_000_000, 16_000_000
AXES = 4  # of images


def forward_and_backward(
    network: Any, loss: Any, x: np.ndarray, y: np.ndarray
) -> tuple[float, np.ndarray]:
    """Send (x, y) forward and back; add to the gradients; return (cost, predictions). No slopes if cost is not finite.

    Large mini-batches of images are taken in parts, cut by their sizes alone: the same bits on any number of cores, and
    the same gradients as in one go, to rounding.
    """
    if x.ndim >= AXES:
        parts = _parts_of(network, loss, x)
        if parts is not None:
            return parts.forward_and_backward(x, y)
    predictions = network.forward(x)
    cost = require_cost(loss, loss.forward(predictions, y))
    if math.isfinite(cost):
        network.backward_to_parameters(loss.backward())
    return cost, predictions


class Twin:
    """The layers of a network and a loss, with the same weights, but caches and gradients of their own."""

    def __init__(self, network: Network, loss: Loss) -> None:
        # what the copy shares, and what it does not need
        memo: dict[int, Any] = {id(one.value): one.value for one in network.state()}
        memo |= {id(one.grad): None for one in network.state() if one.grad is not None}
        memo |= {id(g): g for g in network.generators()}
        memo |= {
            id(one.cache): None for one in every_layer(network.layers) if one.cache is not None
        }
        twin = copy.deepcopy(network, memo)
        self.layers, self.state = twin.layers, twin.state()
        self.first = network.first_that_learns()
        self.loss = type(loss)()

    def forward(self, run: slice, x: np.ndarray) -> np.ndarray:
        """Return what a run of layers makes of x."""
        for layer in self.layers[run]:
            x = layer.forward(x)
        return x

    def backward(self, run: slice, dy: np.ndarray) -> np.ndarray:
        """Return dx for dy of a run of layers. What stands before the first parameters needs none, and gets none."""
        for i in reversed(range(max(run.start, self.first), run.stop)):
            if i == self.first:
                self.layers[i].backward_to_parameters(dy)
            else:
                dy = self.layers[i].backward(dy)
        return dy

    def there_and_back(
        self, run: slice, x: np.ndarray, y: np.ndarray, share: float
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Go through the last run of layers, the loss, and back; return cost, predictions and dx."""
        predictions = self.forward(run, x)
        cost = share * self.loss.forward(predictions, y)
        return cost, predictions, self.backward(run, share * self.loss.backward())


class Parts:
    """A network and its twins, one for each part of a mini-batch of n examples."""

    def __init__(self, network: Network, loss: Loss, n: int, count: int) -> None:
        self.layers, self.state = list(network.layers), network.state()
        self.twins = [Twin(network, loss) for _ in range(count)]
        self.rows = [slice(n * k // count, n * (k + 1) // count) for k in range(count)]
        self.shares = [(rows.stop - rows.start) / n for rows in self.rows]
        # runs of layers that each part goes through by itself, and between them the layers that need all
        self.whole = [i for i, layer in enumerate(self.layers) if not _is_mean(layer)]
        starts, stops = [0, *(i + 1 for i in self.whole)], [*self.whole, len(self.layers)]
        self.runs = [slice(*ends) for ends in zip(starts, stops, strict=True)]

    def forward_and_backward(self, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        """Take the mini-batch in parts; add up their gradients in the order of the parts."""
        self.lend_weights()
        for run, i in zip(self.runs, self.whole, strict=False):
            x = self.layers[i].forward(self.together("forward", run, x))
        last, works = self.runs[-1], []
        for twin, rows, share in self.each():
            works.append(partial(twin.there_and_back, last, x[rows], y[rows], share))
        costs, predictions, slopes = zip(*on_cores(works), strict=True)
        if len(self.runs) > 1:
            self.back_from(np.concatenate(slopes))
        self.add_up()
        return sum(costs), np.concatenate(predictions)

    def back_from(self, dy: np.ndarray) -> None:
        """Go back from the last layer that needs all, in parts where they go by themselves."""
        first = self.twins[0].first
        for run, i in reversed(list(zip(self.runs, self.whole, strict=False))):
            if i == first:
                self.layers[i].backward_to_parameters(dy)
            if i > first:
                dy = self.together("backward", run, self.layers[i].backward(dy))

    def together(self, way: str, run: slice, x: np.ndarray) -> np.ndarray:
        """Send each part through a run of layers, and put the results together."""
        if run.start == run.stop:
            return x
        works = [partial(getattr(twin, way), run, x[rows]) for twin, rows, _ in self.each()]
        return np.concatenate(on_cores(works))

    def each(self) -> Any:
        """Return each twin with its rows and its share of the mean."""
        return zip(self.twins, self.rows, self.shares, strict=True)

    def lend_weights(self) -> None:
        """Let the twins have the arrays that are the weights now, and forget their gradients."""
        for twin in self.twins:
            for lent, own in zip(twin.state, self.state, strict=True):
                lent.grad = None
                if lent.value is not own.value:
                    lent.value = own.value

    def add_up(self) -> None:
        """Add the gradients of the twins to those of the network."""
        for place, own in enumerate(self.state):
            for twin in self.twins:
                gradient, twin.state[place].grad = twin.state[place].grad, None
                if gradient is not None:
                    own.add_grad(gradient)


def _is_mean(layer: Layer) -> bool:
    """Whether the layer treats each example by itself, and alike, so that parts may go through it."""
    return not (layer.statistics() or layer.generators())


# Whether parts are worth it: decided once for each network and size.

_KNOWN: WeakKeyDictionary[Network, dict[Any, Parts | None]] = WeakKeyDictionary()
SIZES = 8  # of mini-batches, remembered for each network


def _parts_of(network: Any, loss: Any, x: np.ndarray) -> Parts | None:
    """The network with its twins, if parts are worth it."""
    if not isinstance(network, Network):
        return None
    known, size = _KNOWN.setdefault(network, {}), (type(loss), x.shape, x.dtype)
    if size in known:
        parts = known[size]
        if parts is None or (parts.layers == network.layers and parts.state == network.state()):
            return parts
    if len(known) >= SIZES:
        known.clear()
    count = count_parts(network, x) if _is_ours(network, loss) else 1
    known[size] = Parts(network, loss, len(x), count) if count > 1 else None
    return known[size]


def _is_ours(network: Network, loss: Any) -> bool:
    """Whether the loss and all layers are the library's own: nobody knows what others look at."""
    modules = {type(part).__module__ for part in [loss, *every_layer(network.layers)]}
    # a mixture's balance looks across the batch, and a distillation has a temperature
    return "nnlib.ensembles" not in modules and all(
        name.startswith("nnlib.") and name.count(".") == 1 for name in modules
    )


def is_wide(network: Any, rows: int) -> bool:
    """Whether weights used once for each row are the work: their products are better shared out themselves."""
    return rows * count_values(network.parameters()) >= WORTH


def count_parts(network: Network, x: np.ndarray) -> int:
    """Return in how many parts to take the mini-batch x: one, or an even number, so that two cores end together."""
    # no weight is used more often than there are numbers in an image
    if (
        len(x) < 4
        or x.size * count_values(network.parameters()) < WORTH
        or is_wide(network, len(x))
    ):
        return 1
    multiplications, numbers = _work(network, x[:1])
    if len(x) * multiplications < WORTH:
        return 1
    return 2 * min(-(-len(x) * numbers * x.itemsize // (2 * ROOM)), len(x) // 2)


def _work(network: Network, x: np.ndarray) -> tuple[int, int]:
    """What one example costs: multiplications by weights, and numbers that layers leave in caches."""
    twin, multiplications, numbers = network.copy(), 0, 0
    twin.training = False
    with no_notes(), np.errstate(all="ignore"):
        for layer in twin.layers:
            x = layer.forward(x)
            weights = sum(one.value.size for one in layer.parameters() if one.value.ndim > 1)
            multiplications += weights * (x.size // x.shape[-1])
            numbers += x.size
    return multiplications, numbers
