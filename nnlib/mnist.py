"""MNIST, the 70,000 handwritten digits that come with the course, and any data set that is published in its format.

Loaders return ``(x, y), (x_test, y_test)``: images x (n, height, width, 1), float32 in [0, 1], labels y (n,), int64.

    (x, y), (x_test, y_test) = load_mnist(train=10_000)     # 1,000 of each digit, always the same ones
    (x, y), (x_test, y_test) = load_idx("fashion")          # the four files of Fashion-MNIST in a folder

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998, CC BY-SA 3.0.
"""

import re
from pathlib import Path

import numpy as np

from nnlib import _idx
from nnlib._files import data_file, require_path, require_sha256
from nnlib.errors import require_count

Examples = tuple[np.ndarray, np.ndarray]  # images (n, height, width, 1), labels (n,)
Contents = dict[
    str, tuple[str, bytes]
]  # each part's file name, for messages, and its unpacked bytes

PARTS = ("train images", "train labels", "test images", "test labels")
# The file of each part, and the SHA-256 of its unpacked bytes.
MNIST_FILES = {
    "train images": (
        "train-images-idx3-ubyte.gz",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train labels": (
        "train-labels-idx1-ubyte.gz",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test images": (
        "t10k-images-idx3-ubyte.gz",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "test labels": (
        "t10k-labels-idx1-ubyte.gz",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def load_mnist(*, train: int | None = None, test: int | None = None) -> tuple[Examples, Examples]:
    """Return ``(x, y), (x_test, y_test)``: 60,000 and 10,000 digits, x (n, 28, 28, 1) float32 in [0, 1], y int64.

    ``train`` and ``test`` take that many instead. The choice is always the same, on every machine: as many of each
    digit as of any other (if 10 does not divide the number, the lowest digits have one more), spread evenly over the
    file, in its order. Above 54,210 and 8,920 the rarest digit is used up, and the others make up the number.

    Raises ``ValueError`` if a number is out of range or a file is damaged, ``FileNotFoundError`` if one is missing.
    Source: Y. LeCun, C. Cortes, C. Burges, 1998, CC BY-SA 3.0.
    """
    contents = {}
    for part, (name, sha256) in MNIST_FILES.items():
        path = data_file(f"mnist/{name}")
        contents[part] = str(path), _idx.read_content(path, 3 if "images" in part else 1)
        require_sha256(*contents[part], sha256)
    return _training_and_test("load_mnist", contents, train, test)


def load_idx(
    folder: str | Path, *, name: str = "", train: int | None = None, test: int | None = None
) -> tuple[Examples, Examples]:
    """Return ``(x, y), (x_test, y_test)`` from the four IDX files in ``folder``: x (n, height, width, 1), y (n,).

    Fashion-MNIST, KMNIST, EMNIST and your own data are read alike. The files have any of their usual names
    (``train-images-idx3-ubyte``, ``emnist-letters-test-labels-idx1-ubyte.gz``, ``t10k-images.idx3-ubyte``), packed or
    not, and may lie up to two folders further down. If several data sets lie there, ``name`` is a part of the file
    names that tells them apart, such as "letters". ``train`` and ``test`` take a part, as ``load_mnist`` does.
    EMNIST's images lie on their side: ``x.swapaxes(1, 2)`` stands them up.

    Raises ``FileNotFoundError`` that says what lies there if a file is missing, and ``ValueError`` naming file and
    reason if one is damaged, takes another's place, or does not fit the others.
    """
    contents = {}
    for part in PARTS:
        path = _find(require_path("load_idx", folder), part, name)
        contents[part] = str(path), _idx.read_content(path, 3 if "images" in part else 1)
    return _training_and_test("load_idx", contents, train, test)


def read_idx(path: str | Path, dimensions: int) -> np.ndarray:
    """Return the uint8 array of a single IDX file, packed or not: images have 3 ``dimensions``, labels 1.

    Raises ``ValueError`` naming file and reason if it is damaged or of another kind, ``FileNotFoundError`` if there is
    none.
    """
    path = require_path("read_idx", path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not a file: expected an IDX file")
    return _idx.read(path, require_count("read_idx", "dimensions", dimensions))


# Finding the files.


def _find(folder: Path, part: str, name: str) -> Path:
    """Return the file of one part: the one highest up; beside its packed twin, the one that is not packed."""
    files = _files_in(folder)
    fitting = [
        path for path in files if _is_part(path.name, part) and name.lower() in path.name.lower()
    ]
    if not fitting:
        like = f" with {name!r} in its name" if name else ""
        raise FileNotFoundError(
            f"{folder} has no file of {part}{like}, such as {MNIST_FILES[part][0]}: "
            f"{_listed(folder, files)}"
        )
    top = min(len(path.parts) for path in fitting)
    twins = {path.with_suffix("") if path.suffix == ".gz" else path: path for path in fitting[::-1]}
    found = sorted(path for path in twins.values() if len(path.parts) == top)
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(folder)) for path in found)
        raise ValueError(
            f"{folder} has several files of {part}: {names}; "
            "name= or a folder further down says which"
        )
    return found[0]


def _files_in(folder: Path) -> list[Path]:
    """Return the files in ``folder`` and two folders further down, sorted, those that are packed last."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder: expected one that holds IDX files")
    paths = [path for depth in ("*", "*/*", "*/*/*") for path in folder.glob(depth)]
    return sorted(filter(Path.is_file, paths), key=lambda path: (path.suffix == ".gz", path))


def _is_part(name: str, part: str) -> bool:
    kind, what = part.split()
    kinds = "train" if kind == "train" else "(t10k|test)"
    return bool(re.search(rf"{kinds}[-_.]{what}[-_.]idx\d[-_.]ubyte(\.gz)?$", name.lower()))


def _listed(folder: Path, files: list[Path]) -> str:
    names = [str(path.relative_to(folder)) for path in files[:12]]
    more = f" and {len(files) - 12} more" if len(files) > 12 else ""
    return f"it holds {', '.join(names)}{more}" if names else "it is empty"


# From bytes to examples.


def _training_and_test(
    who: str, contents: Contents, train: int | None, test: int | None
) -> tuple[Examples, Examples]:
    images, labels = _images_and_labels(contents, "train")
    images_test, labels_test = _images_and_labels(contents, "test")
    if images.shape[1:] != images_test.shape[1:]:
        raise ValueError(
            f"{contents['test images'][0]}: images of shape {images_test.shape[1:]}, "
            f"but those for training have {images.shape[1:]}"
        )
    return (
        _examples(images, labels, _rows(who, "train", train, labels)),
        _examples(images_test, labels_test, _rows(who, "test", test, labels_test)),
    )


def _images_and_labels(contents: Contents, kind: str) -> Examples:
    (name, packed), (name_of_labels, labels_packed) = (
        contents[f"{kind} images"],
        contents[f"{kind} labels"],
    )
    images = _idx.parse(packed, name, 3)
    labels = _idx.parse(labels_packed, name_of_labels, 1)
    if len(images) != len(labels):
        raise ValueError(
            f"{name_of_labels}: {len(labels)} labels, but there are {len(images)} images in {name}"
        )
    if images.size == 0:
        raise ValueError(f"{name}: no images in it, its shape is {images.shape}")
    return images, labels


def _examples(images: np.ndarray, labels: np.ndarray, rows: np.ndarray | slice) -> Examples:
    return images[rows, ..., None] / np.float32(255), labels[rows].astype(np.int64)


def _rows(who: str, name: str, number: int | None, labels: np.ndarray) -> np.ndarray | slice:
    """Return the rows of a choice as equal among the classes as can be; all rows if no number is given."""
    if number is None:
        return slice(None)
    if require_count(who, name, number) > len(labels):
        raise ValueError(f"{who} got {name} = {number}: expected 1 to {len(labels)}")
    classes, sizes = np.unique(labels, return_counts=True)
    chosen = [
        # Spread over the file: the first half of MNIST's test images is easier to read than the second.
        np.flatnonzero(labels == label)[np.arange(share) * size // share]
        for label, size, share in zip(classes, sizes, equal_shares(sizes, number), strict=True)
        if share
    ]
    return np.sort(np.concatenate(chosen))


def equal_shares(sizes: np.ndarray, number: int) -> np.ndarray:
    """Return how many of each class to take, (classes,), so that they add up to ``number``.

    As equal as ``sizes`` (classes,) allows: a class that is too small gives all it has, and what is left over
    after equal shares goes to the first classes, one to each.
    """
    totals = np.minimum(sizes[:, None], np.arange(sizes.max() + 1)).sum(axis=0)
    level = int(np.searchsorted(totals, number, side="right")) - 1
    shares = np.minimum(sizes, level)
    shares[np.flatnonzero(sizes > level)[: number - shares.sum()]] += 1
    return shares
