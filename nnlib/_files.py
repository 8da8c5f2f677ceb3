"""Files that are whole or not there: nobody ever finds half of one, whenever the power went off."""

import hashlib
import os
import re
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary file beside ``path``, and rename it to ``path`` when all of it is on disk.

    Raises what the disk raises (``OSError``), with the old file left as it was and the temporary one removed.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files that writers of ``path`` left when they were killed. None may be writing it now."""
    pattern = re.compile(re.escape(path.name) + r"\.[0-9a-f]{8}\.part")
    for file in path.parent.iterdir() if path.parent.is_dir() else ():
        if pattern.fullmatch(file.name):
            file.unlink()


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
    """Return the path of a file of ``data_folder()``; raises ``FileNotFoundError`` if it is missing."""
    path = data_folder() / name
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
