"""Files from the network, each pinned by its hash and kept, so that the next time needs no network.

A package of npm is one archive, of which files are taken; nothing of npm is installed or run.
"""

import base64
import hashlib
import io
import os
import tarfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

REGISTRY = "https://registry.npmjs.org"
# The version of each package, and what npm publishes as its integrity: SHA-512 of the archive, in base 64.
PACKAGES = {
    "pyodide": (
        "0.27.7",
        "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA==",
    ),
    "mathjax": (
        "3.2.2",
        "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
    ),
    "reveal.js": (
        "4.6.1",
        "1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw==",
    ),
}
SECONDS = 60


class DownloadError(Exception):
    """A file cannot be had, or is another one than was pinned; the text says which, and why."""


def kept_in() -> Path:
    """Return the folder where files are kept once they have come: NNLIB_DOWNLOADS, or one in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NNLIB_DOWNLOADS") or Path(cache) / "nnlib-course")


def download(address: str, is_right: Callable[[bytes], bool]) -> bytes:
    """Return a file from the network, or as it is kept since the last time.

    Raises DownloadError if it cannot be had, or is not the one that was pinned.
    """
    name = f"{hashlib.sha256(address.encode()).hexdigest()[:12]}-{address.rsplit('/', 1)[-1]}"
    kept = kept_in() / name
    if kept.is_file() and is_right(data := kept.read_bytes()):
        return data
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            data = answer.read()
    except OSError as error:
        raise DownloadError(f"{address} cannot be had ({error})") from error
    if not is_right(data):
        raise DownloadError(f"{address} is another file than the one that was pinned")
    _keep(kept, data)
    return data


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def npm_files(package: str, names: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the files of a package, by their paths in it, whose path ``names`` accepts."""
    version, integrity = PACKAGES[package]
    address = f"{REGISTRY}/{package}/-/{package.rsplit('/', 1)[-1]}-{version}.tgz"
    archive = download(address, lambda data: has_integrity(data, integrity))
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        for member in packed:
            path = member.name.partition("/")[2]
            if member.isfile() and names(path) and (file := packed.extractfile(member)):
                files[path] = file.read()
    return files


def has_integrity(data: bytes, integrity: str) -> bool:
    """Return whether data has the SHA-512, in base 64, that npm publishes."""
    return base64.b64encode(hashlib.sha512(data).digest()).decode() == integrity


def sha256(data: bytes) -> str:
    """Return the SHA-256 of data in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def has_sha256(data: bytes, wanted: str) -> bool:
    """Return whether data has this SHA-256, in hexadecimal digits."""
    return sha256(data) == wanted
