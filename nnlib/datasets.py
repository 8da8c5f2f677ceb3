"""The data of the course: real digits and a photograph that work offline, MNIST, and toy problems.

Loaders return ``x, y``: images (n, height, width, 1) with grey values in [0, 1], and whole-number labels (n,).
Toy problems return points (n, 2) and labels (n,), drawn from the generator ``rng`` that the caller owns.
"""

import gzip
import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path

import numpy as np

from nnlib import _idx
from nnlib._files import write_whole
from nnlib.errors import require_count, require_rng

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"

MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# name, MD5 of the published gzip file, SHA-256 of the unpacked bytes
MNIST_FILES = {
    "train images": (
        "train-images-idx3-ubyte",
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train labels": (
        "train-labels-idx1-ubyte",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test images": (
        "t10k-images-idx3-ubyte",
        "9fb629c4189551a2d022fa330f9573f3",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "test labels": (
        "t10k-labels-idx1-ubyte",
        "ec29112dd5afa0611ce80d1b7f02629c",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


# Data that ships with the course.


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 1,797 real handwritten digits: x (1797, 8, 8, 1) float64 in [0, 1], y (1797,) whole numbers 0–9.

    Raises ``FileNotFoundError`` where the course's data folder is missing.
    Source: UCI "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, 1998, CC BY 4.0.
    """
    path = DATA_FOLDER / "digits.csv.gz"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: it comes with the course, so fetch the course's folder again"
        )
    with gzip.open(path, "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    return table[:, :64].reshape(-1, 8, 8, 1) / 16.0, table[:, 64]


def load_photo() -> np.ndarray:
    """Return one photograph, (600, 512, 3), red, green and blue in [0, 1], float64.

    It is the portrait of Grace Hopper that comes with matplotlib (public domain, US Navy), so it needs no download.
    Raises ``FileNotFoundError`` where matplotlib came without its sample data.
    """
    from PIL import Image  # here, so that numbers alone never load an image library

    package = importlib.util.find_spec("matplotlib")
    folders = (package.submodule_search_locations if package else None) or []
    for folder in folders:
        path = Path(folder, "mpl-data", "sample_data", "grace_hopper.jpg")
        if path.exists():
            with Image.open(path) as image:
                return np.asarray(image.convert("RGB"), np.float64) / 255
    raise FileNotFoundError(
        "matplotlib's sample photograph grace_hopper.jpg is missing: install matplotlib from PyPI"
    )


# MNIST: from your own folder, else from the cache, else from the internet, and checked each time.


def mnist_folders() -> list[Path]:
    """Return where MNIST is looked for: ``mnist/`` in the folder that NNLIB_DATA names, then the cache."""
    own = os.environ.get("NNLIB_DATA")
    return ([Path(own, "mnist")] if own else []) + [cache_folder()]


def cache_folder() -> Path:
    """Return where downloads are kept: ``data/cache``, or the folder that NNLIB_CACHE names."""
    return Path(os.environ.get("NNLIB_CACHE") or DATA_FOLDER / "cache")


def find_mnist(name: str) -> Path | None:
    """Return the first place where the MNIST file ``name`` lies, unpacked or gzip; None where it does not."""
    places = [folder / (name + ending) for folder in mnist_folders() for ending in ("", ".gz")]
    return next((place for place in places if place.is_file()), None)


def has_mnist() -> bool:
    """Return whether all four MNIST files are on this computer, so that loading needs no network."""
    return all(find_mnist(name) for name, _, _ in MNIST_FILES.values())


def load_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return ``(x, y), (x_test, y_test)``: 60,000 and 10,000 digits, x (n, 28, 28, 1) float32 in [0, 1].

    Files come from ``mnist_folders()``, else from the internet with a progress bar; every file's unpacked bytes are
    checked by SHA-256. Raises ``ConnectionError`` that says where to put the files where there is no network, and
    ``ValueError`` naming file and reason where a file is damaged.  Source: LeCun, Cortes, Burges 1998.
    """
    content = {part: _mnist_bytes(part) for part in MNIST_FILES}

    def examples(part: str) -> tuple[np.ndarray, np.ndarray]:
        images = _idx.parse(content[f"{part} images"], f"MNIST {part} images", 3)
        labels = _idx.parse(content[f"{part} labels"], f"MNIST {part} labels", 1)
        return images[..., None] / np.float32(255), labels.astype(np.int64)

    return examples("train"), examples("test")


def _mnist_bytes(part: str) -> bytes:
    name, md5, sha256 = MNIST_FILES[part]
    path = find_mnist(name)
    if path is None:
        return _download(name, md5, sha256)
    content = _idx.read_bytes(path)
    _check(content, sha256, str(path))
    return content


def _check(content: bytes, sha256: str, name: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{name}: not the published MNIST file (SHA-256 {found[:12]}…, wanted {sha256[:12]}…)"
        )


def _download(name: str, md5: str, sha256: str) -> bytes:
    import pooch

    reasons = []
    with tempfile.TemporaryDirectory() as folder:
        for mirror in MNIST_MIRRORS:
            url = f"{mirror}{name}.gz"
            try:
                packed = pooch.retrieve(url, f"md5:{md5}", path=folder, progressbar=True)
                content = _idx.read_bytes(Path(packed))
                _check(content, sha256, url)
            except (OSError, ValueError) as error:
                reasons.append(f"{url}: {type(error).__name__}")
                continue
            kept = cache_folder() / f"{name}.gz"
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, Path(packed).read_bytes())
            return content
    places = " or ".join(str(folder) for folder in mnist_folders())
    raise ConnectionError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}). With the network off, put {name}.gz into {places}, "
        "or set NNLIB_DATA to a folder that holds mnist/; the rest of the course does not need it."
    )


# Toy problems, from easy to hard.


def truth_table(outputs: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a two-input gate, x = [[0,0],[0,1],[1,0],[1,1]] as floats, and y = ``outputs``.

    ``truth_table([1, 1, 1, 0])`` is NAND.
    """
    if len(outputs) != 4 or not set(outputs) <= {0, 1}:
        raise ValueError(f"truth_table got {outputs}: expected four outputs, each 0 or 1")
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array(outputs)


def blobs(
    n: int, *, rng: np.random.Generator, distance: float = 3.0, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return two round clouds, centres ``distance`` apart on the diagonal, standard deviation ``spread``."""
    y = _two_classes("blobs", n, rng)
    centres = np.where(y == 1, 1, -1)[:, None] * distance / np.sqrt(8) * np.ones(2)
    return centres + spread * rng.standard_normal((n, 2)), y


def xor(n: int, *, rng: np.random.Generator, noise: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Return four clouds round (±1, ±1); y = 1 where the two signs differ."""
    require_rng("xor", rng)
    corners = rng.choice([-1.0, 1.0], (require_count("xor", "n", n), 2))
    return corners + noise * rng.standard_normal((n, 2)), (corners[:, 0] != corners[:, 1]).astype(
        int
    )


def moons(n: int, *, rng: np.random.Generator, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return two half circles of radius 1 that reach into each other."""
    y = _two_classes("moons", n, rng)
    angle = np.pi * rng.random(n)
    x = np.where((y == 1)[:, None], _circle(-angle) + np.array([1.0, 0.5]), _circle(angle))
    return x + noise * rng.standard_normal((n, 2)), y


def circles(
    n: int, *, rng: np.random.Generator, noise: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """Return a circle of radius ½ (y = 1) inside a circle of radius 1 (y = 0)."""
    y = _two_classes("circles", n, rng)
    radius = np.where(y == 1, 0.5, 1.0)
    return radius[:, None] * _circle(2 * np.pi * rng.random(n)) + noise * rng.standard_normal(
        (n, 2)
    ), y


def spirals(
    n: int, *, rng: np.random.Generator, noise: float = 0.05, turns: float = 1.5
) -> tuple[np.ndarray, np.ndarray]:
    """Return two arms that wind round each other ``turns`` times, from the centre out to radius 1."""
    y = _two_classes("spirals", n, rng)
    radius = np.sqrt(rng.random(n))
    angle = 2 * np.pi * turns * radius + np.pi * y
    return radius[:, None] * _circle(angle) + noise * rng.standard_normal((n, 2)), y


def sequences(n: int, length: int, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return random bits x (n, length, 1) and their parity y (n,): 1 where the number of ones is odd."""
    require_rng("sequences", rng)
    bits = rng.integers(
        0, 2, (require_count("sequences", "n", n), require_count("sequences", "length", length), 1)
    )
    return bits.astype(float), bits.sum(axis=(1, 2)) % 2


def _two_classes(who: str, n: int, rng: np.random.Generator) -> np.ndarray:
    return require_rng(who, rng).permutation(np.arange(require_count(who, "n", n)) % 2)


def _circle(angle: np.ndarray) -> np.ndarray:
    return np.column_stack([np.cos(angle), np.sin(angle)])
