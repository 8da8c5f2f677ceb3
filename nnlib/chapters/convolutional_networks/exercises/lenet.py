"""Exercise 8 of chapter 06: a small convolutional network of one's own, layers(rng)."""

import numpy as np

from nnlib.activations import ReLU, Softmax
from nnlib.chapters.convolutional_networks.experiments import shifted_digits
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call
from nnlib.convolution import Conv2D
from nnlib.initializers import zeros
from nnlib.layers import Dense, Flatten, every_layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.parameter import count_values
from nnlib.pooling import GlobalMaxPool2D
from nnlib.training import DivergedError, fit

LIMIT, LEAST, FEWEST = 3000, 80, 298


def grade(layers):
    network = _build(layers)
    _require_windows(network)
    count = count_values(network.parameters())
    if count > LIMIT:
        raise NotYet(
            f"it has {count:,} parameters, but only {LIMIT:,} are allowed. network.summary() says "
            "where they are."
        )
    _require_ten_outputs(network)
    all_zero = any(not p.value.any() for p in network.parameters() if p.value.ndim > 1)
    right = _right_after_training(network)
    if right < LEAST:
        why = _why(right, all_zero)
        raise NotYet(
            f"{right:.1f} of 100 test digits are right ({count:,} parameters), but at least "
            f"{LEAST} should be: {why}"
        )
    fewer = f"Fewer? {FEWEST} can do it." if count > FEWEST else "We know of none with fewer."
    return f"{right:.1f} of 100 with {count:,} parameters. {fewer}"


def _why(right, all_zero):
    if all_zero:
        return "all weights of a layer start at 0, so its neurons stay equal. Leave weights= out."
    if right < 20:
        return "it only guesses: do the weights start too large?"
    return "more filters, or a pooling over the whole picture, as GlobalMaxPool2D()?"


def _require_windows(network):
    """Raise ``NotYet`` if no convolution sees more than one pixel."""
    sizes = [
        layer.W.value.shape[:2]
        for layer in every_layer(network.layers)
        if isinstance(layer, Conv2D)
    ]
    if not sizes:
        raise NotYet("there is no convolution in it: use at least one Conv2D.")
    if set(sizes) == {(1, 1)}:
        raise NotYet(
            "a window of 1 × 1 sees no neighbours: such a convolution only changes the contrast. "
            "Use a larger one."
        )


def _build(layers):
    try:
        network, other = (Network(call(layers, np.random.default_rng(seed))) for seed in (0, 1))
    except (TypeError, ValueError) as error:
        raise NotYet(f"no network can be made of what the function returns: {error}") from error
    pairs = list(zip(network.parameters(), other.parameters(), strict=False))
    if any(one is another for one, another in pairs):
        raise NotYet(
            "the same layers come back at every call, trained ones perhaps: make new ones in the "
            "function."
        )
    drawn = [(one.value, another.value) for one, another in pairs if np.ptp(one.value) > 0]
    if any(np.array_equal(*values) for values in drawn):
        raise NotYet(
            "other random numbers come in, and the same weights come out, trained ones perhaps: "
            "let rng draw them."
        )
    return network


def _require_ten_outputs(network):
    """Raise ``NotYet`` if images (14, 14, 1) do not go through, or if anything but 10 outputs comes out."""
    try:
        shape = network.predict(np.zeros((2, 14, 14, 1))).shape
    except Exception as error:  # layers of the learner's own may raise anything
        raise NotYet(
            f"images of shape (2, 14, 14, 1) do not go through. {type(error).__name__}: {error}"
        ) from error
    if shape != (2, 10):
        flat = " Flatten() makes rows of images." if len(shape) > 2 else ""
        raise NotYet(f"two images give shape {shape}: expected 10 outputs for each, (2, 10).{flat}")
    if isinstance(network.layers[-1], Softmax):
        raise NotYet(
            "the loss makes shares of the outputs itself (SoftmaxCrossEntropy): leave out the "
            "Softmax at the end."
        )


def _right_after_training(network):
    """Return how many of 100 test digits are right."""
    examples, (x, y) = shifted_digits()
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), 0.2)
    rng = np.random.default_rng(0)
    try:
        fit(network, loss, optimizer, examples, epochs=25, batch_size=20, rng=rng)
    except DivergedError:
        raise NotYet(
            "the cost ran away to infinity: with η = 0.2 the weights should start smaller."
        ) from None
    return 100 * accuracy(network.classify(x), y)


def no_convolution(rng):
    return [Flatten(), Dense(196, 14, rng=rng), ReLU(), Dense(14, 10, rng=rng)]


def one_convolution(filters, size, *after):
    """An answer with a single convolution and a dense layer."""

    def layers(rng):
        flat = filters * (15 - size) ** 2
        return [Conv2D(1, filters, size, rng=rng), Flatten(), Dense(flat, 10, rng=rng), *after]

    return layers


def contrast_alone(rng):
    dense = [Dense(196, 14, rng=rng), ReLU(), Dense(14, 10, rng=rng)]
    return [Conv2D(1, 1, 1, rng=rng), Flatten(), *dense]


def starts_at_zero(rng):
    parts = [Conv2D(1, 16, 7, rng=rng, weights=zeros), ReLU(), GlobalMaxPool2D()]
    return [*parts, Dense(16, 10, rng=rng)]


def starts_far_too_large(rng):
    def large(shape, rng):
        return rng.normal(0, 1000, shape)

    two = [Conv2D(c_in, 8, 3, rng=rng, weights=large) for c_in in (1, 8)]
    return [*two, GlobalMaxPool2D(), Dense(8, 10, rng=rng, weights=large)]


exercise = Exercise(
    names=("layers",),
    grade=grade,
    hints=(
        "Convolution, ReLU, pooling; once more; at the end Dense(…, 10, rng=rng).",
        "The digit may be anywhere: GlobalMaxPool2D() keeps the largest of each map, wherever it "
        "is, and makes rows of images.",
        "Network(layers(rng)).summary((14, 14, 1)) shows shapes and parameters. 8 filters, then "
        "32.",
    ),
    solution="""
        from nnlib.activations import ReLU
        from nnlib.convolution import Conv2D
        from nnlib.layers import Dense
        from nnlib.pooling import GlobalMaxPool2D, MaxPool2D


        def layers(rng):
            return [
                Conv2D(1, 8, 3, rng=rng),  # 12×12
                ReLU(),
                MaxPool2D(2),  # 6×6
                Conv2D(8, 32, 3, rng=rng),  # 4×4, 32 channels
                ReLU(),
                GlobalMaxPool2D(),  # 32 numbers
                Dense(32, 10, rng=rng),
            ]
    """,
    wrong={
        "there is no convolution in it": lambda: no_convolution,
        "a window of 1 × 1 sees no neighbours": lambda: contrast_alone,
        "23,210 parameters, but only 3,000": lambda: one_convolution(16, 3),
        "leave out the Softmax": lambda: one_convolution(1, 8, Softmax()),
        "at least 80 should be: more filters": lambda: one_convolution(1, 8),
        "all weights of a layer start at 0": lambda: starts_at_zero,
        "ran away to infinity": lambda: starts_far_too_large,
    },
    noise=lambda rng: (
        lambda _: [Flatten(), Dense(int(rng.integers(10, 99)), 10, rng=np.random.default_rng(0))],
    ),
)
