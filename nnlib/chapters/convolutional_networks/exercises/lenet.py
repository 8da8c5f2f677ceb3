"""Exercise 8 of chapter 06: a small convolutional network of one's own, layers(rng)."""

import numpy as np

from nnlib.activations import Softmax
from nnlib.chapters.kit.digits import cut_digits
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, every_layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.parameter import count_values
from nnlib.training import DivergedError, fit

LIMIT, LEAST, FEWEST = 3000, 95, 510


def grade(layers):
    network = _build(layers)
    if not any(isinstance(layer, Conv2D) for layer in every_layer(network.layers)):
        raise NotYet("there is no convolution in it: use at least one Conv2D.")
    count = count_values(network.parameters())
    if count > LIMIT:
        raise NotYet(
            f"it has {count:,} parameters, but only {LIMIT:,} are allowed. network.summary() says "
            "where they are."
        )
    _require_logits(network)
    right = _right_after_training(network)
    if right < LEAST:
        guesses = "it only guesses: do the weights start too large?"
        why = guesses if right < 20 else "more filters, or less pooling?"
        raise NotYet(
            f"{right:.1f} of 100 test digits are right ({count:,} parameters), but at least "
            f"{LEAST} should be: {why}"
        )
    fewer = f"Fewer? {FEWEST} can do it." if count > FEWEST else "We know of none with fewer."
    return f"{right:.1f} of 100 with {count:,} parameters. {fewer}"


def _build(layers):
    made, again = (call(layers, np.random.default_rng(0)) for _ in range(2))
    if isinstance(made, list | tuple) and made and made[0] is again[0]:
        raise NotYet(
            "the same layers come back at every call, trained ones perhaps: make new ones in the "
            "function."
        )
    try:
        return Network(made)
    except (TypeError, ValueError) as error:
        raise NotYet(f"no network can be made of what the function returns: {error}") from error


def _require_logits(network):
    """Raise ``NotYet`` if images (8, 8, 1) do not go through, or if anything but 10 logits comes out."""
    try:
        shape = network.predict(np.zeros((2, 8, 8, 1))).shape
    except Exception as error:  # layers of the learner's own may raise anything
        raise NotYet(
            f"images of shape (2, 8, 8, 1) do not go through. {type(error).__name__}: {error}"
        ) from error
    if shape != (2, 10):
        flat = " Flatten() makes rows of images." if len(shape) > 2 else ""
        raise NotYet(f"two images give shape {shape}: expected 10 logits for each, (2, 10).{flat}")
    if isinstance(network.layers[-1], Softmax):
        raise NotYet("the loss makes shares of logits already: leave out the Softmax at the end.")


def _right_after_training(network):
    """Return how many of 100 test digits are right."""
    examples, (x, y) = cut_digits(0.2, flat=False, rng=np.random.default_rng(4))
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), 0.1)
    rng = np.random.default_rng(0)
    try:
        fit(network, loss, optimizer, examples, epochs=8, batch_size=10, rng=rng)
    except DivergedError:
        raise NotYet(
            "the cost ran away to infinity: with η = 0.1 the weights should start smaller."
        ) from None
    return 100 * accuracy(network.classify(x), y)


def no_convolution(rng):
    return [Flatten(), Dense(64, 10, rng=rng)]


def one_convolution(filters, size, *after):
    """An answer with a single convolution and a dense layer."""

    def layers(rng):
        flat = filters * (9 - size) ** 2
        return [Conv2D(1, filters, size, rng=rng), Flatten(), Dense(flat, 10, rng=rng), *after]

    return layers


def starts_far_too_large(rng):
    def large(shape, rng):
        return rng.normal(0, 1000, shape)

    two = [Conv2D(c_in, 8, 3, rng=rng, weights=large) for c_in in (1, 8)]
    return [*two, Flatten(), Dense(128, 10, rng=rng)]


exercise = Exercise(
    names=("layers",),
    grade=grade,
    hints=(
        "Convolution, ReLU, pooling; once more; then Flatten() and Dense(…, 10, rng=rng).",
        'With padding="same" an image keeps its size; MaxPool2D(2) makes 8×8 into 4×4, then 2×2.',
        "Network(layers(rng)).summary((8, 8, 1)) shows shapes and parameters. 8 filters, then 20.",
    ),
    solution="""
        from nnlib.activations import ReLU
        from nnlib.convolution import Conv2D
        from nnlib.layers import Dense, Flatten
        from nnlib.pooling import MaxPool2D


        def layers(rng):
            return [
                Conv2D(1, 8, 3, padding="same", rng=rng),
                ReLU(),
                MaxPool2D(2),  # 4×4
                Conv2D(8, 20, 3, padding="same", rng=rng),
                ReLU(),
                MaxPool2D(2),  # 2×2, 20 channels
                Flatten(),
                Dense(80, 10, rng=rng),
            ]
    """,
    wrong={
        "there is no convolution in it": lambda: no_convolution,
        "5,930 parameters, but only 3,000": lambda: one_convolution(16, 3),
        "leave out the Softmax": lambda: one_convolution(4, 8, Softmax()),
        "at least 95 should be: more filters": lambda: one_convolution(1, 8),
        "ran away to infinity": lambda: starts_far_too_large,
    },
    noise=lambda rng: (
        lambda _: [Flatten(), Dense(int(rng.integers(10, 99)), 10, rng=np.random.default_rng(0))],
    ),
)
