"""What a file is that was not expected: told by its first bytes, so that the reader knows what to do about it."""

import zipfile
from pathlib import Path

ARRAYS = "save its arrays by np.savez, and nnlib.weights.load_weights reads them"
PICKLE = f"which is never opened, as it can run any program: {ARRAYS}"

# What files begin with.
STARTS = {
    b"\x89HDF\r\n": f"an HDF5 file, as Keras writes: {ARRAYS}",
    b"\x93NUMPY": f"a single array (.npy): {ARRAYS}",
    b"\x1f\x8b": "packed by gzip: unpack it first",
    b"BZh": "packed by bzip2: unpack it first",
    b"\xfd7zXZ": "packed by xz: unpack it first",
    b"7z\xbc\xaf": "packed by 7-Zip: unpack it first",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"%PDF": "a PDF document",
    b"GGUF": "a GGUF file of a language model",
    b"\0\0\x08": "an IDX file: nnlib.mnist.load_idx reads the data set in its folder",
    b"SQLite format": "a database",
}


def what_it_is(path: Path) -> str:
    """Say in a few words what the file ``path`` is, as far as its first bytes tell."""
    with path.open("rb") as file:
        start = file.read(1000)
    if not start:
        return "it is empty"
    if zipfile.is_zipfile(path):
        return f"it is {_kind_of_zip(path)}"
    known = [words for beginning, words in STARTS.items() if start.startswith(beginning)]
    return f"it is {(*known, _kind_by_content(start))[0]}"


def _kind_of_zip(path: Path) -> str:
    """PyTorch, Keras and others pack several files into one."""
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
    if any(name.endswith("data.pkl") for name in names):
        return f"a file of PyTorch, {PICKLE}"
    if "model.weights.h5" in names:
        return f"a file of Keras: {ARRAYS}"
    if names and all(name.endswith(".npy") for name in names):
        return "a zip archive of arrays"
    return f"a zip archive of {listed(names) or 'nothing'}, not of arrays"


def _kind_by_content(start: bytes) -> str:
    if start[:1] == b"\x80" and start[1:2] in b"\2\3\4\5":
        return f"a pickle, {PICKLE}"
    if start.startswith(b"PK"):
        return "a zip archive that is damaged or not complete"
    if start[8:9] == b"{":
        return f"a file of safetensors: {ARRAYS}"
    if any(byte < 9 for byte in start):
        return "no zip archive"
    text = start.lstrip().lower()
    page = text.startswith((b"<!doctype html", b"<html"))
    return "a web page: was the wrong link saved?" if page else "text"


def listed(names: list[str], most: int = 5) -> str:
    """Return the first few names as text, none of them long."""
    few = ", ".join(shortened(name, 40) for name in names[:most])
    return few + (f" and {len(names) - most} more" if len(names) > most else "")


def shortened(words: object, most: int = 200) -> str:
    """Return text for a message: a single line of at most ``most`` characters that all can be printed."""
    text = "".join(c if c.isprintable() else " " for c in str(words)[: most + 1])
    return text if len(text) <= most else text[: most - 1] + "…"
