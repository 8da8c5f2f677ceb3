"""The wheels that Pyodide does not have: the course's own, pure ones from PyPI, and those of the kernel."""

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

from tools.downloads import DownloadError

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
PYTHON = "3.12"  # Pyodide's
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
STARTUP = "course_startup.py"
IN_BROWSER = HERE / "in_the_browser.py"
SLOW_CELLS = HERE / "slow_cells.json"
LARGE = "nnlib/data/mnist/"  # fetched when a chapter first asks for it
TIME = (2020, 1, 1, 0, 0, 0)


def gather(folder: Path) -> list[Path]:
    """Put all wheels into a folder and return them."""
    for path in course_wheel(folder):
        leave_out(path, LARGE)
    startup_wheel(folder)
    pure_wheels(folder)
    kernel_wheels(folder)
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


def pure_wheels(folder: Path) -> None:
    """Fetch what wheels.txt pins; of the kernel's older release, only the piplite inside is kept."""
    with tempfile.TemporaryDirectory() as name:
        came = Path(name)
        which = ["--implementation", "py", "--abi", "none", "--platform", "any"]
        which += ["--python-version", PYTHON, "--only-binary=:all:", "--no-deps"]
        _pip("download", *which, "--dest", came, "--require-hashes", "-r", HERE / "wheels.txt")
        for path in came.glob("*.whl"):
            if path.name.startswith("jupyterlite_pyodide_kernel"):
                _unpack(path, "/piplite-", folder)
            else:
                path.replace(folder / path.name)


def kernel_wheels(folder: Path) -> None:
    """Take those that come with the kernel's half in the page, without the ones that stand in for old widgets."""
    shipped = Path(sysconfig.get_path("data")) / EXTENSION / "static" / "pypi"
    for name in ("ipykernel", "pyodide_kernel"):
        found = list(shipped.glob(f"{name}-*.whl"))
        if len(found) != 1:
            raise DownloadError(f"{shipped} has no wheel of {name}: install requirements-site.txt")
        (folder / found[0].name).write_bytes(found[0].read_bytes())


def _unpack(archive: Path, part: str, folder: Path) -> None:
    with zipfile.ZipFile(archive) as wheel:
        for name in wheel.namelist():
            if part in name and name.endswith(".whl"):
                (folder / Path(name).name).write_bytes(wheel.read(name))


def _pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", *map(str, arguments)]
    command += ["--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise DownloadError((lines or done.stderr.splitlines() or ["pip failed"])[-1])
