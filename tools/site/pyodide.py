"""Pyodide as the site needs it: its runtime, its own packages, ours, and one lock that names them all.

The runtime and the official lock come from npm, in an archive that is pinned by its hash. The lock has the SHA-256 of
every package that Pyodide built, so where those come from, the CDN or a folder, need not be trusted.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from email.parser import Parser
from pathlib import Path
from typing import Any, NamedTuple

from tools.downloads import DownloadError, download, has_sha256, npm_files, sha256

VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
LOCK = "pyodide-lock.json"
RUNTIME = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
# What nnlib and its chapters import, and what the kernel does.
COURSE = ["numpy", "matplotlib", "pillow", "threadpoolctl", "tqdm"]
COURSE += ["ipywidgets", "anywidget", "packaging", "ipython", "traitlets"]
KERNEL = ["micropip", "jedi", "typing-extensions"]
# Of wheels whose own words name packages for servers; here it is what they need in a browser.
NEEDS = {
    "ipywidgets": ["comm", "ipython", "traitlets", "jupyterlab-widgets"],
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "pyodide-kernel": ["comm", "ipython"],
    "comm": ["traitlets"],
    "piplite": ["micropip"],
    "ipykernel": ["pyodide-kernel"],
    "nnlib-course": COURSE,
}
# What nothing in the course uses, though the package that it is loaded for names it.
UNUSED = {"fonttools", "pytz"}
Package = dict[str, Any]


class Official(NamedTuple):
    """Pyodide's runtime by file name, and its packages by name as its lock has them."""

    info: dict[str, str]
    packages: dict[str, Package]
    runtime: dict[str, bytes]


def official() -> Official:
    """Return what npm publishes of Pyodide."""
    files = npm_files("pyodide", lambda path: path in (*RUNTIME, LOCK))
    lock = json.loads(files.pop(LOCK))
    packages = {plain(name): package for name, package in lock["packages"].items()}
    return Official(lock["info"], packages, files)


def plain(name: str) -> str:
    """Return a package's name as locks compare it."""
    return name.lower().replace("_", "-").replace(".", "-")


def closure(packages: dict[str, Package], names: Iterable[str]) -> list[str]:
    """Return these names and all that they depend on, as far as ``packages`` has them."""
    found: set[str] = set()
    waiting = [plain(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in packages and name not in found:
            found.add(name)
            waiting += map(plain, packages[name]["depends"])
    return sorted(found)


def from_cdn(package: Package) -> bytes:
    """Return a package of Pyodide's from its CDN."""
    wanted = package["sha256"]
    return download(CDN + package["file_name"], lambda data: has_sha256(data, wanted))


def from_folder(folder: Path) -> Callable[[Package], bytes]:
    """Return what gives a package of Pyodide's from a folder, such as its unpacked release."""

    def fetch(package: Package) -> bytes:
        path = folder / package["file_name"]
        if not path.is_file():
            raise DownloadError(f"{path} is missing")
        if not has_sha256(data := path.read_bytes(), package["sha256"]):
            raise DownloadError(f"{path} is not Pyodide's: its SHA-256 is another")
        return data

    return fetch


def entry(path: Path) -> Package:
    """Return what a lock says of a pure wheel."""
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        names = wheel.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        fields = Parser().parsestr(wheel.read(metadata).decode())
    tops = {name.split("/")[0] for name in names if name.endswith(".py")}
    name = plain(str(fields["Name"]))
    return {
        "name": name,
        "version": str(fields["Version"]),
        "file_name": path.name,
        "install_dir": "site",
        "sha256": sha256(data),
        "package_type": "package",
        "unvendored_tests": False,
        "imports": sorted(top.removesuffix(".py") for top in tops if "-" not in top),
        "depends": NEEDS.get(name, []),
    }


def lay_out(
    folder: Path, wheels: Iterable[Path], fetch: Callable[[Package], bytes] | None
) -> dict[str, int]:
    """Fill a folder with Pyodide, our wheels and the lock; return the bytes of each file.

    Without ``fetch`` the packages that Pyodide built stay where they are, and the lock sends for them to the CDN.
    """
    folder.mkdir(parents=True, exist_ok=True)
    theirs = official()
    files = theirs.runtime | {path.name: path.read_bytes() for path in wheels}
    ours = {package["name"]: package for path in wheels if (package := entry(path))}
    locked = {
        name: _without_unused(theirs.packages[name])
        for name in closure(theirs.packages, [*COURSE, *KERNEL])
        if name not in ours and name not in UNUSED
    }
    if fetch is None:
        for package in locked.values():
            package["file_name"] = CDN + package["file_name"]
    else:
        files |= {package["file_name"]: fetch(package) for package in locked.values()}
    locked |= ours
    _require_whole(locked)
    files[LOCK] = json.dumps({"info": theirs.info, "packages": locked}, indent=1).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {name: len(data) for name, data in files.items()}


def _without_unused(package: Package) -> Package:
    return package | {"depends": [name for name in package["depends"] if name not in UNUSED]}


def _require_whole(packages: dict[str, Package]) -> None:
    for name, package in packages.items():
        missing = [need for need in package["depends"] if plain(need) not in packages]
        if missing:
            raise DownloadError(f"{name} needs {missing}, which nothing provides")
