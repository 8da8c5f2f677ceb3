"""The data of the course: real digits, a photograph, a text, MNIST, and toy problems. All of it works offline.

Loaders return ``x, y``: images (n, height, width, 1) with grey values in [0, 1], and whole-number labels (n,).
Toy problems return points (n, 2) and labels (n,), drawn from the generator ``rng`` that the caller owns.
"""

import importlib.util
import io
from pathlib import Path

import numpy as np

from nnlib import _idx
from nnlib._files import data_file, require_sha256
from nnlib.errors import describe, require_amount, require_count, require_number, require_rng
from nnlib.images import load_images as load_images  # and one for your own pictures
from nnlib.mnist import load_mnist as load_mnist  # a second name for it, beside the other loaders

DIGITS_BYTES = 264_712
TEXT_SHA256 = "416cf8c94d847afcc21a8b31df5927bb6033b5db119031b83616d9eab5cf1e13"
DIGITS_SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"  # unpacked


# Data that ships with the course.


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 1,797 real handwritten digits: x (1797, 8, 8, 1) float64 in [0, 1], y (1797,) whole numbers 0–9.

    Raises ``FileNotFoundError`` if the file is missing, and ``ValueError`` that names it if it is damaged.
    Source: UCI "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, 1998, CC BY 4.0.
    """
    path = data_file("digits.csv.gz")
    content = _idx.read_bytes(path, DIGITS_BYTES)
    require_sha256(str(path), content, DIGITS_SHA256)
    table = np.loadtxt(io.BytesIO(content), delimiter=",", dtype=np.int64, encoding="ascii")
    return table[:, :64].reshape(-1, 8, 8, 1) / 16.0, table[:, 64]


def load_text() -> str:
    """Return the first four chapters of Alice's Adventures in Wonderland: 45,000 characters, a paragraph a line.

    Raises ``FileNotFoundError`` if the file is missing, and ``ValueError`` that names it if it is damaged.
    Source: Lewis Carroll, 1865, public domain.
    """
    path = data_file("alice.txt")
    # where git turns line ends into those of Windows, the text is still the same
    content = path.read_bytes().replace(b"\r\n", b"\n")
    require_sha256(str(path), content, TEXT_SHA256)
    return content.decode("ascii")


def load_photo() -> np.ndarray:
    """Return one photograph, (600, 512, 3), red, green and blue in [0, 1], float64.

    It is the portrait of Grace Hopper that comes with matplotlib (public domain, US Navy), so it needs no download.
    Raises ``FileNotFoundError`` if matplotlib came without its sample data.
    """
    package = importlib.util.find_spec("matplotlib")
    folders = (package.submodule_search_locations if package else None) or []
    for folder in folders:
        path = Path(folder, "mpl-data", "sample_data", "grace_hopper.jpg")
        if path.exists():
            from PIL import Image  # here, so that numbers alone never load an image library

            with Image.open(path) as image:
                return np.asarray(image.convert("RGB"), np.float64) / 255
    raise FileNotFoundError(
        "matplotlib's sample photograph grace_hopper.jpg is missing: install matplotlib from PyPI"
    )


# Toy problems, from easy to hard.


def truth_table(outputs: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a two-input gate, x = [[0,0],[0,1],[1,0],[1,1]] as floats, and y = ``outputs``.

    ``truth_table([1, 1, 1, 0])`` is NAND.
    """
    if not isinstance(outputs, list | tuple | np.ndarray):
        raise TypeError(f"truth_table got {describe(outputs)}: expected a list of four outputs")
    if np.shape(outputs) != (4,) or not set(outputs) <= {0, 1}:
        raise ValueError(f"truth_table got {outputs}: expected four outputs, each 0 or 1")
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array(outputs, dtype=int)


def blobs(
    n: int, *, rng: np.random.Generator, distance: float = 3.0, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return two round clouds, centres ``distance`` apart on the diagonal, standard deviation ``spread``."""
    require_number("blobs", "distance", distance)
    require_amount("blobs", "spread", spread)
    y = _two_classes("blobs", n, rng)
    centres = np.where(y == 1, 1, -1)[:, None] * distance / np.sqrt(8) * np.ones(2)
    return centres + spread * rng.standard_normal((n, 2)), y


def xor(n: int, *, rng: np.random.Generator, noise: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Return four clouds round (±1, ±1); y = 1 if the two signs differ."""
    require_rng("xor", rng)
    require_amount("xor", "noise", noise)
    corners = rng.choice([-1.0, 1.0], (require_count("xor", "n", n), 2))
    return corners + noise * rng.standard_normal((n, 2)), (corners[:, 0] != corners[:, 1]).astype(
        int
    )


def moons(n: int, *, rng: np.random.Generator, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return two half circles of radius 1 that reach into each other."""
    require_amount("moons", "noise", noise)
    y = _two_classes("moons", n, rng)
    angle = np.pi * rng.random(n)
    x = np.where((y == 1)[:, None], _circle(-angle) + np.array([1.0, 0.5]), _circle(angle))
    return x + noise * rng.standard_normal((n, 2)), y


def circles(
    n: int, *, rng: np.random.Generator, noise: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """Return a circle of radius ½ (y = 1) inside a circle of radius 1 (y = 0)."""
    require_amount("circles", "noise", noise)
    y = _two_classes("circles", n, rng)
    radius = np.where(y == 1, 0.5, 1.0)
    return radius[:, None] * _circle(2 * np.pi * rng.random(n)) + noise * rng.standard_normal(
        (n, 2)
    ), y


def spirals(
    n: int, *, rng: np.random.Generator, noise: float = 0.05, turns: float = 1.5
) -> tuple[np.ndarray, np.ndarray]:
    """Return two arms that wind round each other ``turns`` times, from the centre out to radius 1."""
    require_amount("spirals", "noise", noise)
    require_number("spirals", "turns", turns)
    y = _two_classes("spirals", n, rng)
    radius = np.sqrt(rng.random(n))
    angle = 2 * np.pi * turns * radius + np.pi * y
    return radius[:, None] * _circle(angle) + noise * rng.standard_normal((n, 2)), y


def sequences(n: int, length: int, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return random bits x (n, length, 1) and their parity y (n,): 1 if the number of ones is odd."""
    require_rng("sequences", rng)
    bits = rng.integers(
        0, 2, (require_count("sequences", "n", n), require_count("sequences", "length", length), 1)
    )
    return bits.astype(float), bits.sum(axis=(1, 2)) % 2


def _two_classes(who: str, n: int, rng: np.random.Generator) -> np.ndarray:
    return require_rng(who, rng).permutation(np.arange(require_count(who, "n", n)) % 2)


def _circle(angle: np.ndarray) -> np.ndarray:
    return np.column_stack([np.cos(angle), np.sin(angle)])
