"""The IDX file format, in which MNIST is published: a strict parser that says what is wrong with a file.

Layout, big-endian: two zero bytes, one byte for the type (0x08: unsigned byte), one for the number of
dimensions; a 4-byte length for each dimension; then the values, last dimension fastest.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

UNSIGNED_BYTE = 0x08


def read_bytes(path: str | Path, most: int | None = None) -> bytes:
    """Return the content of ``path``, unpacked if it is gzip; a broken gzip file raises ``ValueError``.

    Of a packed file no more than ``most`` bytes are unpacked, and one to show that there are more.
    """
    path = Path(path)
    if not _is_packed(path):
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return b"".join(_pieces(file, math.inf if most is None else most + 1))
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise ValueError(f"{path}: broken gzip file ({error})") from error


def read_content(path: str | Path, dimensions: int) -> bytes:
    """Return the content of an IDX file for ``parse``: a packed one is unpacked as far as its own header says."""
    start = read_bytes(path, 4 + 4 * dimensions)
    return read_bytes(path, _length(start, dimensions))


def _pieces(file: Any, left: float) -> Iterator[bytes]:
    """The next bytes piece by piece: asked for all at once, memory would be taken before they are there."""
    while left > 0 and (piece := file.read(int(min(left, 1 << 20)))):
        yield piece
        left -= len(piece)


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _length(start: bytes, dimensions: int) -> int:
    """How many bytes a file has that begins like this: header and values."""
    header = 4 + 4 * dimensions
    if len(start) < header:
        return len(start)
    return header + math.prod(struct.unpack(f">{dimensions}I", start[4:header]))


def parse(content: bytes, name: str, dimensions: int) -> np.ndarray:
    """Return the uint8 array that the IDX bytes hold, with the expected number of dimensions.

    ``name`` is the file's, for messages. Raises ``ValueError`` naming file and reason if the magic number,
    the dimensions or the length are wrong, truncated files and trailing bytes included.
    """
    header = 4 + 4 * dimensions
    if len(content) < 4:
        raise ValueError(f"{name}: truncated, {len(content)} bytes are too few for an IDX header")
    zero, kind, rank = struct.unpack(">HBB", content[:4])
    if zero != 0 or kind != UNSIGNED_BYTE:
        raise ValueError(
            f"{name}: not an IDX file of unsigned bytes (wrong magic number {content[:4].hex()})"
        )
    if rank != dimensions:
        hint = (
            " (images have 3, labels 1: are they swapped?)" if {rank, dimensions} == {1, 3} else ""
        )
        raise ValueError(f"{name}: wrong dimensions, expected {dimensions} and got {rank}{hint}")
    if len(content) < header:
        raise ValueError(f"{name}: truncated, {len(content)} bytes are too few for an IDX header")
    shape = struct.unpack(f">{rank}I", content[4:header])
    missing = header + math.prod(shape) - len(content)
    if missing > 0:
        raise ValueError(
            f"{name}: truncated, {missing} bytes of the values for shape {shape} are missing"
        )
    if missing < 0:
        raise ValueError(f"{name}: {-missing} trailing bytes after the values for shape {shape}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read(path: str | Path, dimensions: int) -> np.ndarray:
    """Return the uint8 array in the IDX file ``path``, packed by gzip or not; see ``parse`` for errors."""
    return parse(read_content(path, dimensions), str(path), dimensions)
