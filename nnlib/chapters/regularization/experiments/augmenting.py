"""Changed images that mean the same, or not, and a network that has never seen a changed one."""

from functools import cache
from typing import Any

import numpy as np

from nnlib import augment
from nnlib.chapters.regularization.experiments.overfitting import (
    BATCH,
    RATE,
    handful_of_digits,
    plain_network,
)
from nnlib.datasets import load_photo
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

CHANGES: dict[str, Any] = {
    "rotate": augment.rotate,
    "translate": augment.translate,
    "crop": augment.crop,
    "noise": augment.noise,
    "hue shift": augment.hue_shift,
}


@cache
def middle_of_the_photo() -> np.ndarray:
    """Return the middle of the photograph, (1, 96, 96, 3): means of 4 × 4 pixels."""
    part = load_photo()[40:424, 60:444]
    return part.reshape(1, 96, 4, 96, 4, 3).mean(axis=(2, 4))


def largest_change(kind: str, width: int) -> tuple[float, str]:
    """Return the largest amount of a change for a picture of ``width`` pixels, and its unit."""
    if kind == "noise":
        return 1.0, ""
    return (width // 2, " pixels") if kind in ("translate", "crop") else (180.0, "°")


def change_images(
    x: np.ndarray, kind: str, strength: float, *, rng: np.random.Generator
) -> np.ndarray:
    """Return images x (n, h, w, c) changed at random; ``strength``, 0 to 1, is a share of the largest amount.

    A grey picture stays as it is if the hue is shifted: it has none.
    """
    if kind == "hue shift" and x.shape[3] == 1:
        return x
    amount = strength * largest_change(kind, x.shape[2])[0]
    whole = kind in ("translate", "crop")
    changed: np.ndarray = CHANGES[kind](x, round(amount) if whole else amount, rng=rng)
    return changed


def grainy_images(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images x (n, h, w, c) with noise of size 0.2."""
    return augment.noise(x, 0.2, rng=rng)


def grainy_crops(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what a window smaller by up to a pixel shows of images x (n, h, w, c), with noise of size 0.2."""
    return augment.noise(augment.crop(x, 1, rng=rng), 0.2, rng=rng)


@cache
def train_on_upright_digits() -> Network:
    """Return a plain network that has learnt 450 digits as they are, for 60 epochs."""
    data, rng = handful_of_digits(450), np.random.default_rng(0)
    network = plain_network(rng)
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), RATE),
        data.training,
        epochs=60,
        batch_size=BATCH,
        rng=rng,
    )
    return network


@cache
def first_digit_read(digit: int) -> np.ndarray:
    """Return the first test digit of a kind, (1, 8, 8, 1), that the network of upright digits reads."""
    x, y = handful_of_digits(450).test
    read = train_on_upright_digits().classify(x) == digit
    return x[np.flatnonzero((y == digit) & read)[:1]]
