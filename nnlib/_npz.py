"""Files of arrays (.npz): what they hold is known before memory is taken, read whole and checked, and never unpickled.

An ``.npz`` file is a zip archive with one ``.npy`` file for each array: a header that gives dtype and shape, then the
values. NumPy's own reader stops once it has as many bytes as the header asks for, and the checksum (CRC) of a member
is only compared at its end: so a damaged header could go unnoticed. Here every member is read to its end.
"""

import io
import math
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy

from nnlib._files import write_whole
from nnlib._foreign import listed, shortened, what_it_is

Arrays = dict[str, np.ndarray]

# A header of NumPy's takes about 100 bytes, and rarely more than these.
HEADER = 10_000
# The record at the end of an archive: mark, numbers of disks, files here and in all, where the directory is.
END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True)
class Member:
    """One array of an archive, not read yet."""

    file: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    # where the values begin
    start: int


class Archive:
    """An open ``.npz`` file. ``members`` says what it holds, and ``read(name)`` returns one array.

    Raises ``ValueError`` if it holds anything but arrays of numbers and text.
    """

    def __init__(self, handle: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(handle)
        files = self._zip.infolist()
        names = [file.filename for file in files]
        if len(files) != _counted(handle):
            raise ValueError("it is damaged, or there are bytes behind its end")
        others = [name for name in names if not name.endswith(".npy")]
        if others:
            raise ValueError(f"it holds {listed(others)}: expected arrays alone")
        if len(set(names)) < len(names):
            raise ValueError("it holds two arrays of one name")
        self.members = {file.filename.removesuffix(".npy"): self._member(file) for file in files}
        self.packed = sum(file.file_size for file in files) > _length(handle)

    def _member(self, file: zipfile.ZipInfo) -> Member:
        """What the header of one array says."""
        with self._zip.open(file) as opened:
            start = io.BytesIO(opened.read(HEADER))
        version = npy.read_magic(start)
        read = {
            (1, 0): npy.read_array_header_1_0,
            (2, 0): npy.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise ValueError(f"{_name(file)} is in version {version} of the .npy format")
        shape, fortran, dtype = read(start, max_header_size=HEADER)
        if dtype.hasobject:
            raise ValueError(
                f"{_name(file)} holds Python objects, a pickle: it is never opened, "
                "as it can run any program"
            )
        if dtype.kind not in "fiubU" or dtype.itemsize == 0 or any(side < 0 for side in shape):
            raise ValueError(f"{_name(file)} holds neither numbers nor text")
        return Member(file, shape, dtype, fortran, start.tell())

    def read(self, name: str) -> np.ndarray:
        """Return an array; raise ``ValueError`` unless its bytes are those of its shape, neither fewer nor more."""
        member = self.members[name]
        count = math.prod(member.shape)
        size = member.start + count * member.dtype.itemsize
        if member.file.file_size != size:
            raise ValueError(
                f"{_name(member.file)} has {member.file.file_size:,} bytes: "
                f"expected {size:,} for shape {member.shape}"
            )
        # to its end, where the checksum is compared
        content = self._zip.read(member.file)
        values = np.frombuffer(content, member.dtype, count, member.start)
        array = values.reshape(member.shape, order="F" if member.fortran else "C")
        return array.astype(member.dtype.newbyteorder("="))


def _name(file: zipfile.ZipInfo) -> str:
    return shortened(file.filename, 60)


def _counted(handle: BinaryIO) -> int | None:
    """How many files the record at the end of the archive counts, or None if it does not lie there.

    ``zipfile`` does not compare: damage that hides a file in the remark of another would go unnoticed.
    """
    handle.seek(-min(END.size, _length(handle)), io.SEEK_END)
    record = handle.read(END.size)
    if len(record) < END.size:
        return None
    mark, *_, count, _, _, remark = END.unpack(record)
    return count if mark == b"PK\5\6" and remark == 0 else None


def _length(handle: BinaryIO) -> int:
    return handle.seek(0, io.SEEK_END)


@contextmanager
def opened(path: Path, what: str) -> Iterator[Archive]:
    """Hand out the archive ``path``; whatever fails inside becomes a ``ValueError`` that names the file.

    ``what`` says what it should have been; if it is no archive of arrays at all, the message says what it is instead.
    """
    try:
        with path.open("rb") as handle:
            yield Archive(handle)
    # a damaged zip fails in a dozen ways; the reader of the message needs only one
    except Exception as error:
        reason = shortened(error) if _is_archive(path) else what_it_is(path)
        raise ValueError(f"{path}: not {what} ({reason})") from error


def _is_archive(path: Path) -> bool:
    """Whether it is a zip archive and holds an array, so that its own error says more than what it is."""
    if not path.is_file():
        return True
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as file:
            return any(name.endswith(".npy") for name in file.namelist())
    except Exception:
        # a directory that cannot be read
        return True


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an ``.npz`` file under a temporary name and rename it, so that a crash never leaves half of one."""
    content = io.BytesIO()
    # NumPy's stubs take any name for allow_pickle
    np.savez(content, **arrays)  # type: ignore[arg-type]
    write_whole(path, content.getvalue())
