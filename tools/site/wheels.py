"""The wheels that Pyodide does not have: the course's own, pure ones from PyPI, and those of the kernel."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.downloads import DownloadError

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
PYTHON = "3.12"  # Pyodide's
STARTUP = "course_startup.py"
IN_BROWSER = HERE / "in_the_browser.py"
SLOW_CELLS = HERE / "slow_cells.json"
LARGE = "nnlib/data/mnist/"  # fetched when a chapter first asks for it
TIME = (2020, 1, 1, 0, 0, 0)


def gather(folder: Path, package: Path) -> list[Path]:
    """Put all wheels into a folder and return them; ``package`` is the kernel's."""
    for path in course_wheel(folder):
        leave_out(path, LARGE)
    startup_wheel(folder)
    from_pypi("wheels.txt", folder)
    unpack_kernel(package, folder)
    return sorted(folder.glob("*.whl"))


def course_wheel(folder: Path) -> list[Path]:
    """Build nnlib with its data and return the one wheel."""
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    return list(folder.glob("nnlib_course-*.whl"))


def leave_out(path: Path, part: str) -> None:
    """Write a wheel anew without the files in one of its folders."""
    with zipfile.ZipFile(path) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist() if not name.startswith(part)}
    for name in files:
        if name.endswith(".dist-info/RECORD"):
            lines = files[name].splitlines(keepends=True)
            files[name] = b"".join(line for line in lines if not line.startswith(part.encode()))
    _write_wheel(path, files)


def _write_wheel(path: Path, files: dict[str, bytes]) -> None:
    """Write it so that the same files make the same wheel: with a time of their own they would not."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED)


def startup_wheel(folder: Path) -> None:
    """Pack what the kernel runs when it starts, so that it leaves no names behind in the learner's notebook."""
    named = "course_in_the_browser-1.dist-info"
    begin = f"import {IN_BROWSER.stem}; {IN_BROWSER.stem}.begin(); del {IN_BROWSER.stem}\n"
    files = {
        STARTUP: begin.encode(),
        IN_BROWSER.name: IN_BROWSER.read_bytes(),
        SLOW_CELLS.name: SLOW_CELLS.read_bytes(),
        f"{named}/METADATA": b"Metadata-Version: 2.1\nName: course-in-the-browser\nVersion: 1\n",
        f"{named}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{named}/RECORD"] = "".join(f"{name},,\n" for name in files).encode()
    _write_wheel(folder / "course_in_the_browser-1-py3-none-any.whl", files)


def from_pypi(pinned: str, folder: Path) -> list[Path]:
    """Fetch the wheels that a file of this folder pins by version and hash, those for Pyodide's Python."""
    which = ["--implementation", "py", "--abi", "none", "--platform", "any"]
    which += ["--python-version", PYTHON, "--only-binary=:all:", "--no-deps"]
    _pip("download", *which, "--dest", folder, "--require-hashes", "-r", HERE / pinned)
    return list(folder.glob("*.whl"))


def kernel(folder: Path) -> Path:
    """Fetch the kernel's package: an extension of the page, with wheels of its own inside."""
    return next(iter(from_pypi("kernel.txt", folder)))


def unpack_kernel(package: Path, folder: Path) -> None:
    """Take the wheels from inside that the kernel needs, and its installer from the last release that fits."""
    _unpack(package, ("/ipykernel-", "/pyodide_kernel-"), folder)
    with tempfile.TemporaryDirectory() as name:
        (older,) = from_pypi("piplite.txt", Path(name))
        _unpack(older, ("/piplite-",), folder)


def _unpack(archive: Path, parts: tuple[str, ...], folder: Path) -> None:
    with zipfile.ZipFile(archive) as wheel:
        for name in wheel.namelist():
            if name.endswith(".whl") and any(part in name for part in parts):
                (folder / Path(name).name).write_bytes(wheel.read(name))


def _pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", *map(str, arguments)]
    command += ["--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise DownloadError((lines or done.stderr.splitlines() or ["pip failed"])[-1])
