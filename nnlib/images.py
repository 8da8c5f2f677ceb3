"""Pictures of your own digits, made into what MNIST's are: grey, light on dark, 20 pixels high or wide, in the middle.

    x, y = load_images("my_digits")       # my_digits/7/anna.png is a seven, and so is my_digits/7_anna.png
    network.classify(x)

A network sees pixels alone: a digit that is larger, further left or dark on light is another thing to it. So pictures
from elsewhere go through the steps that MNIST's went through.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
"""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from nnlib._files import require_path
from nnlib._foreign import listed, shortened, what_it_is
from nnlib.errors import require_array, require_finite

ENDINGS = (".png", ".jpg", ".jpeg")
# what systems put into folders by themselves
UNSEEN = ("thumbs.db", "desktop.ini")

SIZE, BOX = 28, 20
# where MNIST's centres of mass lie, as rows and columns are counted from 0
MIDDLE = 14
# Fainter than this share of the darkest ink is no ink but paper.
FAINT = 0.15
# Pictures are made smaller than this before anything else: a camera's has ten million pixels.
LARGEST = 800


def load_images(folder: str | Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Return x (n, 28, 28, 1), float32 in [0, 1], and labels y (n,), int64, of the PNG and JPEG pictures in ``folder``.

    Labels come from folders, one for each class: if all their names are numbers (0, 1, … 9) these, else the place of
    a name among the sorted names. Without folders they come from the names of the files, if every one begins with a
    single digit (7.png, 7_anna.png, 7-2.jpg); else y is None. Pictures are in the order of their sorted names.

    Each goes through ``like_mnist``. Transparent paper is white, and a camera's note of which side is up is obeyed.
    Raises ``FileNotFoundError`` if there is no such folder or no picture in it, and ``ValueError`` naming the file if
    one cannot be read, holds no ink, or is no picture.
    """
    files, y = _files_and_labels(require_path("load_images", folder))
    x = np.stack([_image(file) for file in files])
    return x[..., None], y


def like_mnist(picture: np.ndarray) -> np.ndarray:
    """Return one grey picture (height, width) as MNIST would have it: (28, 28), float32 in [0, 1], ink 1 and paper 0.

    Whatever the margin shows is paper: if that is the lighter side, the picture is inverted. Then the ink is cut out,
    brought to 20 pixels along its longer side, each the mean of what it covers, and put into 28 × 28 with its centre
    of mass in the middle. A picture that is so already is left alone.
    Raises ``ValueError`` or ``TypeError`` if it is no such array or all of one colour.  Source: LeCun and others, 1998.
    """
    require_finite("like_mnist", "picture", require_array("like_mnist", "picture", picture))
    if picture.ndim != 2 or picture.size == 0:
        raise ValueError(
            f"like_mnist got a picture of shape {picture.shape}: expected (height, width)"
        )
    ink = _ink(picture.astype(np.float64))
    top, bottom, left, right = _box(ink)
    if _is_done(ink, bottom - top, right - left):
        return ink.astype(np.float32)
    small = _resized(ink[top:bottom, left:right])
    return _in_the_middle(small).astype(np.float32)


# Ink and paper.


def _ink(grey: np.ndarray) -> np.ndarray:
    """How much ink there is on each pixel, 0 to 1, the paper being what the margin shows."""
    margin = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper, darkest, lightest = np.median(margin), grey.min(), grey.max()
    if lightest - darkest < 0.02 * max(abs(lightest), abs(darkest), 1e-300):
        raise ValueError("it is all of one colour, without any ink")
    inverted = paper - darkest > lightest - paper
    ink = np.clip(paper - grey if inverted else grey - paper, 0, None)
    return ink / ink.max()


def _box(ink: np.ndarray) -> tuple[int, int, int, int]:
    """The rows from … to and the columns from … to that hold the ink."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _is_done(ink: np.ndarray, height: int, width: int) -> bool:
    """Whether the picture has MNIST's sizes, and its ink in the middle, as far as whole pixels allow."""
    if ink.shape != (SIZE, SIZE) or not BOX - 1 <= max(height, width) <= BOX:
        return False
    return all(abs(place - MIDDLE) <= 0.51 for place in _centre(ink))


def _centre(ink: np.ndarray) -> tuple[float, float]:
    """The centre of mass (row, column)."""
    rows, columns = np.indices(ink.shape)
    return float((rows * ink).sum() / ink.sum()), float((columns * ink).sum() / ink.sum())


def _resized(ink: np.ndarray) -> np.ndarray:
    """The ink with 20 pixels along its longer side."""
    from PIL import Image  # here, so that numbers alone never load an image library

    share = BOX / max(ink.shape)
    height, width = (max(1, round(side * share)) for side in ink.shape)
    image = Image.fromarray(ink.astype(np.float32))
    small = np.asarray(image.resize((width, height), Image.Resampling.BOX), np.float64)
    return np.where(small > FAINT / 5, small, 0) / small.max()


def _in_the_middle(small: np.ndarray) -> np.ndarray:
    """The ink in the middle of 28 × 28 pixels: its centre of mass as near to it as whole pixels allow."""
    whole = np.zeros((SIZE, SIZE))
    top, left = (
        min(max(round(MIDDLE - place), 0), SIZE - side)
        for place, side in zip(_centre(small), small.shape, strict=True)
    )
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


# Files.


def _image(file: Path) -> np.ndarray:
    """One picture, read and made like MNIST's; whatever fails becomes a ``ValueError`` that names the file."""
    try:
        return like_mnist(_grey(file))
    # a damaged picture fails in a dozen ways
    except Exception as error:
        reason = shortened(error) if isinstance(error, ValueError) else _not_read(file, error)
        raise ValueError(f"{file}: {reason}") from error


def _not_read(file: Path, error: Exception) -> str:
    return f"it cannot be read as a picture ({what_it_is(file)}; {shortened(error, 100)})"


def _grey(file: Path) -> np.ndarray:
    """The picture in grey, on white if it is transparent, upright, not larger than needed."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        # one that would fill the memory is only warned of by itself
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file) as image:
            image.draft(None, (LARGEST, LARGEST))
            upright: Any = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits
        return np.asarray(upright, np.float64)
    if upright.has_transparency_data:
        colours = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours)
    grey = upright.convert("L")
    grey.thumbnail((LARGEST, LARGEST))
    return np.asarray(grey)


def _files_and_labels(folder: Path) -> tuple[list[Path], np.ndarray | None]:
    """The pictures in their order, and their labels if there are any."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder: expected one that holds pictures")
    files, classes = _pictures(folder), _folders(folder)
    if files and classes:
        raise ValueError(
            f"{folder} holds pictures ({listed([files[0].name])}) beside folders "
            f"({listed([classes[0].name])}): expected one or the other"
        )
    if classes:
        return _from_folders(folder, classes)
    if not files:
        raise FileNotFoundError(f"{folder} is empty: expected PNG or JPEG pictures in it")
    found = [re.match(r"(\d)(?!\d)", file.name) for file in files]
    digits = [int(one[1]) for one in found if one]
    return files, np.array(digits, np.int64) if len(digits) == len(files) else None


def _from_folders(folder: Path, classes: list[Path]) -> tuple[list[Path], np.ndarray]:
    """The pictures in all folders; the class is the folder's number, or else its place."""
    inside = {one: _folders(one) for one in classes}
    deeper = [name for names in inside.values() for name in names]
    if deeper:
        raise ValueError(f"{deeper[0]} is a folder in a folder: expected pictures there")
    names = [one.name for one in classes]
    numbered = all(name.isdecimal() for name in names)
    files, labels = [], []
    for place, one in enumerate(classes):
        found = _pictures(one)
        files += found
        labels += [int(one.name) if numbered else place] * len(found)
    if not files:
        raise FileNotFoundError(f"{folder} holds no pictures, only empty folders: {listed(names)}")
    return files, np.array(labels, np.int64)


def _pictures(folder: Path) -> list[Path]:
    """The pictures right in a folder, sorted; raises if it holds other files."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not _is_unseen(file))
    others = [file.name for file in files if file.suffix.lower() not in ENDINGS]
    if others:
        raise ValueError(f"{folder} holds {listed(others)}: expected PNG and JPEG pictures alone")
    return files


def _folders(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not _is_unseen(one))


def _is_unseen(path: Path) -> bool:
    return path.name.startswith((".", "__")) or path.name.lower() in UNSEEN
