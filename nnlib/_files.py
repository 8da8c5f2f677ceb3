"""Files that are whole or not there: nobody ever finds half of one, whenever the power went off."""

import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlib._browser import fetch
from nnlib.errors import describe


def require_path(who: str, path: Any) -> Path:
    """Return ``path`` if it is the name of a file or folder; else raise ``TypeError``."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f'{who} got {describe(path)}: expected the name of a file or folder, such as "runs/a"'
        )
    return Path(path)


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary file beside ``path``, and rename it to ``path`` when all of it is on disk.

    A link is written through, to the file that it leads to; a file that is replaced hands on its permissions. Raises
    what the disk raises (``OSError``) with the name of the file, the old one left as it was and the temporary one
    removed; ``FileNotFoundError`` if the folder is missing, ``ValueError`` if ``path`` is no file.
    """
    target = _target(path)
    temporary = target.with_name(f"{_short(target)}.{os.getpid():08x}.{secrets.token_hex(2)}.part")
    with _named(path):
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _target(path: Path) -> Path:
    """The file itself, at the end of all links, if it can be written or replaced."""
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {target.parent} to write it in")
    if target.exists() and not target.is_file():
        what = "a folder" if target.is_dir() else "a pipe or a device"
        raise ValueError(f"{path} is {what}: expected the name of a file")
    return target


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which file it was that the disk refused."""
    try:
        yield
    except OSError as error:
        words = f"{path} could not be written ({error.strerror or error})"
        raise type(error)(error.errno, words) from error


def _short(path: Path) -> str:
    """The part of the name that fits into a longer one: 50 characters have at most 200 of 255 bytes."""
    return path.name[:50]


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files that writers of ``path`` left when they were killed; one that runs keeps its own."""
    path = Path(os.path.realpath(path))
    pattern = re.compile(re.escape(_short(path)) + r"\.([0-9a-f]{8})(\.[0-9a-f]{4})?\.part")
    for file in path.parent.iterdir() if path.parent.is_dir() else ():
        found = pattern.fullmatch(file.name)
        if found and not _runs(int(found[1], 16)):
            _remove(file)


def _remove(file: Path) -> None:
    """Remove a file, unless somebody else was faster, or Windows says that it is being written."""
    try:
        file.unlink(missing_ok=True)
    except PermissionError:
        if os.name == "posix":
            raise


def _runs(process: int) -> bool:
    """Whether there is such a process on this machine; on Windows only the file itself can tell."""
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def data_folder() -> Path:
    """Return the folder of the data that comes with the course.

    In an installed package it is ``nnlib/data``, in a checkout ``data`` beside ``nnlib``.
    Raises ``FileNotFoundError`` if there is neither.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent
    if (package / "data").is_dir():
        return package / "data"
    if (checkout / "data").is_dir() and (checkout / "course.py").is_file():
        return checkout / "data"
    raise FileNotFoundError(
        f"{package / 'data'} is missing: the data comes with the course, "
        "so install nnlib-course again, "
        "or fetch the course's folder again"
    )


def data_file(name: str) -> Path:
    """Return the path of a file of ``data_folder()``; raises ``FileNotFoundError`` if it is missing.

    In a browser large files are fetched when they are first asked for.
    """
    path = data_folder() / name
    if not path.is_file() and sys.platform == "emscripten":
        fetch(name, path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: it comes with the course, so fetch the course's folder again"
        )
    return path


def require_sha256(name: str, content: bytes, expected: str) -> None:
    """Raise ``ValueError`` that names the file unless the SHA-256 of ``content`` is ``expected``."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(
            f"{name}: damaged, or not the file that comes with the course "
            f"(SHA-256 {found[:12]}…, expected {expected[:12]}…)"
        )
