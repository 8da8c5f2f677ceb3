#!/usr/bin/env python3
"""The course's one entry point: it sets itself up, then opens the course or tests it.

python3 course.py lab      opens JupyterLab at the first notebook, in a copy of the reader's own
python3 course.py test     runs the full test suite

Needs nothing but Python 3.11 or newer; everything else goes into the active virtual environment, or into .venv here.
Nothing is ever installed into conda's base environment or the system's Python.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in words, before anything newer is used
    sys.exit(
        f"course.py: this is Python {sys.version_info[0]}.{sys.version_info[1]}, "
        "and the course needs 3.11 or newer"
    )

import argparse
import hashlib
import importlib.util
import io
import itertools
import json
import locale
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent
NOTEBOOKS, SOLUTIONS = ROOT / "notebooks", ROOT / "notebooks" / "solutions"
# As deep as the originals, so that links out of it lead to the same places. Git ignores it.
COPIES = ROOT / "my_notebooks"
FIRST_PAGE = "00_start_here.ipynb"
# What `lecture` needs: an extension that is loaded for one run, and settings in place of the lecturer's own.
STAGE = ROOT / "tools" / "lecture"
QUIET = {
    "settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
    "settings/@jupyterlab/statusbar-extension/plugin.jupyterlab-settings": {"visible": False},
}
NO_TESTS_COLLECTED = 5
# Warnings are errors in the kernels too, but for one of ipykernel's own when it starts on Python 3.12 and newer.
STRICT = "error,ignore:There is no current event loop:DeprecationWarning"


class CourseError(Exception):
    """Something is missing that only the user can fix; the text says what and how."""


# What programs that are started here speak, so that a pipe on Windows carries every letter.
SPEAK_UTF8 = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:replace"}


# Setting up


def environment() -> Path:
    """Return the Python to use: that of the active virtual environment, or of .venv, which is made if need be.

    Conda's base and the system's Python are no virtual environments: there sys.prefix is sys.base_prefix.
    """
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    python = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not _works(python):
        _make_environment(ROOT / ".venv")
    return python


def _works(python: Path) -> bool:
    """Return whether it is new enough and has all of pip: the list of pip's files is written last."""
    code = "import sys, importlib.metadata as m; sys.exit(sys.version_info < (3, 11) or not m.files('pip'))"
    try:
        return (
            subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _make_environment(folder: Path) -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise CourseError(
            "this Python has no venv module, so .venv cannot be made. "
            "On Debian and Ubuntu: sudo apt install python3-venv; elsewhere install Python from python.org"
        )
    _require_ours(folder)
    say(f"Making a virtual environment in {folder.name} …")
    code, output = _output_of([sys.executable, "-m", "venv", "--clear", str(folder)])
    if code != 0:
        raise CourseError(
            f"the virtual environment could not be made in {folder}: {_last_line(output)}"
        )


def _require_ours(folder: Path) -> None:
    """Refuse to empty what is not a virtual environment, whole or half made: it may be somebody's work."""
    parts = {"bin", "include", "lib", "lib64", "scripts", "pyvenv.cfg"}
    if folder.is_symlink():
        raise CourseError(
            f"{folder} is a link to {folder.resolve()}, which holds no environment that works; "
            "remove the link and run the same command again"
        )
    if not folder.exists() or (folder / "pyvenv.cfg").exists():
        return
    if not folder.is_dir() or {path.name.lower() for path in folder.iterdir()} - parts:
        raise CourseError(
            f"{folder} is not a virtual environment; move it away and run the same command again"
        )


def install(python: Path, names: list[str]) -> None:
    """Install each requirements file that changed since it was last installed into this environment."""
    code = "import sys, sysconfig; print(sys.prefix, sysconfig.get_path('purelib'), sep='\\n')"
    speak = {**os.environ, **SPEAK_UTF8}
    answer = subprocess.check_output([python, "-c", code], env=speak)
    prefix, packages = (Path(os.fsdecode(line)) for line in answer.splitlines())
    stamp = prefix / "course-installed.json"
    installed = _read_note(stamp)
    for name in names:
        wanted = _fingerprint(name)
        if installed.get(name) == wanted and not _differing(python, name):
            continue
        moved = installed.get(name) != wanted and _is_moved(installed.get(name), wanted)
        if not (moved and _follow(packages)):
            say(f"Installing {name} (once; a few minutes on a slow line) …")
            _install_file(python, name)
            _follow(packages)
        installed[name] = wanted
        if name.endswith(
            ".lock"
        ):  # within the bounds of the others, so that no command need install those
            installed["requirements.txt"] = _fingerprint("requirements.txt")
        _write_note(stamp, installed)


def _differing(python: Path, name: str) -> list[str]:
    """Return the packages that are installed in another version than the lock file has: changed by hand, since."""
    if not name.endswith(".lock"):
        return []
    code = "import importlib.metadata as m; [print(d.name, d.version) for d in m.distributions()]"
    said = subprocess.check_output([python, "-c", code], text=True, encoding="utf-8")
    # each name once or, for different systems, several times
    locked = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.M)
    wanted: dict[str, set[str]] = {}
    for package, version in locked:
        wanted.setdefault(_plain(package), set()).add(version)
    found = [line.rsplit(" ", 1) for line in said.splitlines()]
    return [one for one, version in found if version not in wanted.get(_plain(one), {version})]


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _read_note(path: Path) -> dict[str, Any]:
    """Return what was noted; nothing if that was never written, or is damaged."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _write_note(path: Path, noted: dict[str, Any]) -> None:
    _write_whole(path, json.dumps(noted, indent=1).encode())


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is the old one or the new one at any moment, never a part of it."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fingerprint(name: str) -> str:
    content = (ROOT / name).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} in {ROOT}"


def _is_moved(installed: str | None, wanted: str) -> bool:
    return str(installed).partition(" in ")[0] == wanted.partition(" in ")[0]


def _follow(packages: Path) -> bool:
    """Let the environment find the course where it is now, which needs no network; False if that cannot be done.

    An editable installation is one file that names the course's folder. Python before 3.13 reads it in the locale's
    encoding, in UTF-8 mode too, and may not even start if it cannot. So .venv gets a name without letters: ../../…
    """
    pointer = packages / "_nnlib_course.pth"
    if not pointer.exists():
        return False
    inside = packages.resolve().is_relative_to(ROOT)
    place = os.path.relpath(ROOT, packages.resolve()) if inside else str(ROOT)
    try:
        modern = sys.version_info >= (3, 13)
        name = os.fsencode(place) if modern else place.encode(locale.getencoding())
    except UnicodeEncodeError as error:
        raise CourseError(
            f"Python cannot find a folder of this name here: {ROOT}; "
            "move the course to a folder named by plain letters and run the same command again"
        ) from error
    pointer.write_bytes(name)
    return True


def _install_file(python: Path, name: str) -> None:
    if not name.endswith(".lock"):
        _pip(python, name, "-r", name)
        return
    # pip refuses -e . beside hashes, so the course itself comes second, built by the builder that is locked
    _pip(python, name, "--require-hashes", "-r", name)
    _pip(python, name, "--no-deps", "--no-build-isolation", "-e", ".")


def _pip(python: Path, name: str, *arguments: str, do: str = "install") -> None:
    quiet = ["--disable-pip-version-check", "--no-input"]
    code, output = _output_of([str(python), "-m", "pip", do, *quiet, *arguments])
    if code != 0:
        handle, log = tempfile.mkstemp(prefix="course-install-", suffix=".log")
        with open(handle, "w", encoding="utf-8") as file:
            file.write(output)
        raise CourseError(
            f"the packages of {name} could not be installed: {_last_line(output)}. The first set-up needs a "
            f"network; connect and run the same command again (all that pip said is in {log})"
        )


def _output_of(command: list[str]) -> tuple[int, str]:
    """Run a program to its end and return its exit code and all it said; on a terminal, show how far it is."""
    output, terminal = [], sys.stdout.isatty()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **SPEAK_UTF8},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as program:
        for line in program.stdout or []:
            output.append(line)
            if terminal and line.startswith(("Collecting", "Downloading", "Installing")):
                print(f"\r\033[K  {line.strip()[:100]}", end="", flush=True)
    if terminal:
        print("\r\033[K", end="")
    return program.returncode, "".join(output)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("note:", "hint:"))]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["no reason was given"])[-1].rstrip(".")


def set_up(arguments: argparse.Namespace, *more: str) -> Path:
    """Return the Python of an environment that has what the command needs."""
    if arguments.wheels:
        _use_wheels(arguments.wheels.resolve())
    python = environment()
    locked = arguments.locked or arguments.wheels
    install(python, ["requirements.lock" if locked else "requirements.txt", *more])
    return python


def _use_wheels(folder: Path) -> None:
    """Let pip take everything from a folder, and nothing from a network."""
    if not any(folder.glob("*.whl")):
        raise CourseError(
            f"there are no wheels in {folder}; where there is a network, python3 course.py wheels {folder} gets them"
        )
    # as an address, because pip takes a blank in a path for the end of it
    os.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=folder.as_uri())


def say(words: str) -> None:
    """Print at once, so that the order is kept beside what other programs print."""
    print(words, flush=True)


# Copies to work in


class Edition(NamedTuple):
    """An original as it is to be worked in, the original's hash, and whether a reader has saved into the original."""

    content: bytes
    original: str
    is_readers: bool

    def note(self) -> dict[str, str | None]:
        """Return what is to be noted where it is written; the copy of a reader's work is no copy to be refreshed."""
        return {
            "edition": self.original,
            "written": None if self.is_readers else _hash(self.content),
        }


def copy_notebooks(python: Path) -> None:
    """Copy the notebooks to where readers work, so that neither reading nor working changes the originals.

    A copy that nobody has changed follows its original. One that somebody has changed is never touched: a newer
    edition of its original is put beside it.
    """
    new, note = not COPIES.exists(), COPIES / ".editions.json"
    noted = _read_note(note)
    try:
        now, said = _update_copies(noted, _language(python))
        if now != noted:
            _write_note(note, now)
    except OSError as error:
        raise CourseError(
            f"your copies of the notebooks cannot be written to {COPIES} ({error}); make that folder writable, "
            "or move the course to a folder of your own, and run the same command again"
        ) from error
    if new:
        say(
            f"Your own copies of the notebooks are in {COPIES.name}; no update will touch your work."
        )
    for words in said:
        say(words)


def _language(python: Path) -> dict[str, Any]:
    """Return what JupyterLab writes into every notebook that it opens: the language of the kernel, with its version."""
    code = "import json, ipykernel.ipkernel as k; print(json.dumps(k.IPythonKernel.language_info))"
    language: dict[str, Any] = json.loads(subprocess.check_output([python, "-c", code]))
    return language


def _update_copies(
    noted: dict[str, Any], language: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Write every copy that is to be written; return what is to be noted now, and said."""
    now, said = dict(noted), []
    for original in _originals():
        name = original.relative_to(NOTEBOOKS).as_posix()
        try:
            edition = _edition(original, language)
        except ValueError:
            said.append(f"{NOTEBOOKS.name}/{name} is damaged, so it was not copied.")
            continue
        old = noted[name] if isinstance(noted.get(name), dict) else {}
        copy = COPIES / name
        written, now[name] = _update_copy(copy, edition, old)
        if written and written != copy:
            said.append(
                f"{COPIES.name}/{name} was worked in and stays as it is; "
                f"its new edition lies beside it: {written.name}"
            )
        elif written and edition.is_readers:
            said.append(f"You worked in {NOTEBOOKS.name}/{name}: go on in {COPIES.name}/{name}")
    return now, said


def _originals() -> list[Path]:
    """Return the notebooks and what belongs to them, without what Jupyter and Python leave behind."""
    return sorted(
        path
        for path in NOTEBOOKS.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "__")) for part in path.relative_to(NOTEBOOKS).parts)
    )


def _edition(original: Path, language: dict[str, Any]) -> Edition:
    """Return a file of the course as it is to be worked in: a notebook with its language, as JupyterLab saves it.

    The course keeps its notebooks without, so one that has it already was saved by a reader.
    """
    content = original.read_bytes()
    if original.suffix != ".ipynb":
        return Edition(content, _hash(content), is_readers=False)
    notebook = json.loads(content)
    if not (isinstance(notebook, dict) and isinstance(notebook.get("metadata"), dict)):
        raise ValueError(f"{original} is no notebook")
    is_readers = "language_info" in notebook["metadata"]
    notebook["metadata"]["language_info"] = language
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return Edition(f"{text}\n".encode(), _hash(content), is_readers)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _update_copy(
    copy: Path, edition: Edition, noted: dict[str, Any]
) -> tuple[Path | None, dict[str, Any]]:
    """Return where the edition was written, if anywhere, and what is to be noted."""
    found = _hash(copy.read_bytes()) if copy.exists() else None
    if found == _hash(edition.content):
        return None, edition.note()
    place = copy
    if found and found != noted.get("written"):
        if noted.get("edition") == edition.original:
            return None, noted
        place = _place_beside(copy, noted.get("written"))
    place.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(place, edition.content)
    return place, edition.note()


def _place_beside(copy: Path, written: object) -> Path:
    """Return a place for a new edition: a free one, or that of an earlier edition that nobody has changed."""
    for number in itertools.count(1):
        place = copy.with_stem(f"{copy.stem}_new_edition{f'_{number}' if number > 1 else ''}")
        if not place.exists() or _hash(place.read_bytes()) == written:
            break
    return place


# Commands


def lab(arguments: argparse.Namespace, more: list[str]) -> int:
    """Open JupyterLab at the reader's first notebook; localhost and its token stay as Jupyter has them."""
    return _open(arguments, more, f"/lab/tree/{_place(FIRST_PAGE)}", {})


def lecture(arguments: argparse.Namespace, more: list[str]) -> int:
    """Open a chapter as a room should see it: large, without menus and side bars, its pictures alive.

    It has settings of its own, for this run, so that neither is the lecturer's JupyterLab changed by it nor it by that.
    The chapter is run as it opens, and saved only if the lecturer says so: what was not saved follows every update.
    """
    chapter = chapter_called(arguments.chapter)
    say(
        "Opening as for a room: the cells run first. Ctrl + S keeps what you change; nothing else does."
    )
    page = f"/doc/tree/{_place(chapter.name)}"
    return _open(arguments, [*more, f"--LabApp.extra_labextensions_path={STAGE}"], page, QUIET)


def _place(notebook: str) -> str:
    return Path(os.path.relpath(COPIES / notebook, ROOT)).as_posix()


def _open(
    arguments: argparse.Namespace, more: list[str], page: str, settings: dict[str, Any]
) -> int:
    """Open JupyterLab at a page, with these settings in place of the reader's own, if any."""
    if arguments.port is not None:
        _require_free(arguments.port)
        more = [*more, f"--ServerApp.port={arguments.port}", "--ServerApp.port_retries=0"]
    python = set_up(arguments)
    copy_notebooks(python)
    if arguments.no_browser:
        more = [*more, "--no-browser"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        more = [*more, "--allow-root"]
    with tempfile.TemporaryDirectory() as folder:
        variables = _configure(Path(folder), settings)
        command = [str(python), "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
        return _run([*command, f"--LabApp.default_url={page}", *more], **variables)


def _configure(folder: Path, settings: dict[str, Any]) -> dict[str, str]:
    """Write JupyterLab's configuration for one run; return the environment variables that name it."""
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    for name, content in {"labconfig/page_config.json": quiet, **settings}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    known = filter(None, [str(folder), os.environ.get("JUPYTER_CONFIG_PATH")])
    variables = {"JUPYTER_CONFIG_PATH": os.pathsep.join(known)}
    if settings:
        variables["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
        variables["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    return variables


def chapters() -> dict[str, Path]:
    """Return the notebooks of the numbered chapters by their names, in order."""
    return {path.stem: path for path in sorted(NOTEBOOKS.glob("[0-9]*_*.ipynb"))}


def chapter_called(name: str) -> Path:
    """Return the notebook of the chapter that 05, 5, optimizers … names."""
    asked = name.lower().removesuffix(".ipynb")
    asked = f"0{asked}" if re.fullmatch(r"\d[a-z]?", asked) else asked
    fits = [
        path
        for stem, path in chapters().items()
        if asked in (stem, stem.partition("_")[0]) or (len(asked) > 3 and asked in stem)
    ]
    if len(fits) != 1:
        said = "several chapters are called" if fits else "no chapter is called"
        names = ", ".join(stem.replace("_", " ") for stem in chapters())
        raise CourseError(f"{said} {name}; there are: {names}")
    return fits[0]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CourseError(
                f"port {port} cannot be used ({error}); choose another, as in --port 8890"
            ) from error


def test(arguments: argparse.Namespace, more: list[str]) -> int:
    """Run every check from light to heavy and stop at the first that fails."""
    needed = ["requirements-dev.txt", "requirements-docs.txt", "requirements-site.txt"]
    python = set_up(arguments, *needed)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for words, command, variables in _stages(python, arguments.quick, Path(folder)):
            say(f"\n── {words}")
            began = time.monotonic()
            is_pytest = "pytest" in command
            code = _run([*command, *(more if is_pytest else [])], **variables)
            say(f"── {words}: {time.monotonic() - began:.0f} s")
            if is_pytest:
                outcomes.append(code)
            if code not in ((0, NO_TESTS_COLLECTED) if is_pytest and more else (0,)):
                return code
    return 0 if 0 in outcomes else NO_TESTS_COLLECTED


Stage = tuple[str, list[str], dict[str, str]]  # its name, the command, environment variables


def _stages(python: Path, quick: bool, folder: Path) -> list[Stage]:
    """Return what is to be run, from light to heavy; what is timed comes last, and alone."""
    run, pytest = [str(python), "-m"], [str(python), "-m", "pytest"]
    by_group, by_file = ["-n", "2", "--dist", "loadgroup"], ["-n", "2", "--dist", "loadscope"]
    library = [*pytest, "tests", "--ignore=tests/browser", *by_group]
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # two processes on two cores: more only wait
    stages: list[Stage] = [
        ("style", [*run, "ruff", "check", "."], {}),
        ("format", [*run, "ruff", "format", "--check", "."], {}),
        ("types", [*run, "mypy"], {}),
        ("library", [*library, "-m", "not slow"] if quick else library, one_thread),
    ]
    prefix, guard = offline(folder)
    strict = {"PYTHONWARNINGS": STRICT}
    notebooks = _changed(NOTEBOOKS) if quick else _all(NOTEBOOKS)
    for number, kernel in enumerate([""] if quick else blas_kernels()) if notebooks else ():
        name = f"notebooks{', offline' if number == 0 else ''}{f', BLAS kernel {kernel}' if kernel else ''}"
        variables = strict | ({"OPENBLAS_CORETYPE": kernel} if kernel else {})
        command = [*pytest, "--nbval", *by_file, *notebooks]
        first = number == 0
        stages.append(
            (name, [*prefix, *command] if first else command, variables | (guard if first else {}))
        )
    solutions = _changed(SOLUTIONS) if quick else _all(SOLUTIONS)
    if solutions:
        stages.append(("solutions", [*pytest, "--nbval", *by_file, *solutions], strict))
    if not quick:
        browser = [*pytest, "tests/browser", "-m"]
        stages.append(("browser", [*browser, "not timed", *by_group], {}))
        stages.append(("browser, timed", [*browser, "timed"], {}))
    return stages


# Imported by every Python at its start, kernels too. Only this computer may be reached.
GUARD = """
import socket

reach = socket.socket.connect


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the tests run offline, but {address} was asked for")
    return reach(self, address)


socket.socket.connect = connect
"""


def offline(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return what a command needs to run without a network: a prefix to it, or a guard written to ``folder``."""
    prefix = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']
    tools = shutil.which("unshare") and shutil.which("ip") and shutil.which("true")
    if (
        tools
        and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    ):
        return prefix, {}
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return [], {"PYTHONPATH": os.pathsep.join(paths)}


def _all(folder: Path) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in sorted(folder.glob("*.ipynb"))]


def _changed(folder: Path) -> list[str]:
    """Return the notebooks that differ from the last commit; all of them if git cannot tell."""
    git = shutil.which("git")
    command = [git or "git", "status", "--porcelain", "--untracked-files=all", "--no-renames", "."]
    done = (
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if git
        else None
    )
    if done is None or done.returncode != 0:
        return _all(folder)
    names = {line[3:].strip('"') for line in done.stdout.splitlines()}
    return [name for name in _all(folder) if name in names]


def blas_kernels() -> list[str]:
    """Return two of OpenBLAS's kernels that this processor can run, as they round differently; [""] if unknown."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        return [""]
    flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags:
        return ["Haswell", "SkylakeX"]
    return ["Nehalem", "Haswell"] if "avx2" in flags else [""]


def digits(arguments: argparse.Namespace, more: list[str]) -> int:
    """Train a network on real handwritten digits and print how it goes."""
    return _run([str(set_up(arguments)), "-m", "nnlib.chapters.start.command", *more])


def reproduce(arguments: argparse.Namespace, more: list[str]) -> int:
    """Measure numbers of Nielsen's book again on MNIST, write them down and print a table."""
    return _run([str(set_up(arguments)), "-m", "nnlib.chapters.regularization.reproduce", *more])


def grade(arguments: argparse.Namespace, more: list[str]) -> int:
    """Mark a folder of handed-in notebooks: run each in a sandbox and write a table."""
    places = [str(arguments.folder.resolve()), "--to", str(arguments.to.resolve())]
    numbers = {
        "--seconds": arguments.seconds,
        "--cell-seconds": arguments.cell_seconds,
        "--megabytes": arguments.megabytes,
        "--jobs": arguments.jobs,
    }
    given = [f"{name}={number}" for name, number in numbers.items() if number is not None]
    return _run([str(set_up(arguments)), "-m", "tools.grade", *places, *given, *more])


def wheels(arguments: argparse.Namespace, more: list[str]) -> int:
    """Fetch all packages of requirements.lock, for this system and this Python, into a folder."""
    folder, python = arguments.folder.resolve(), environment()
    say(f"Fetching the packages of requirements.lock into {folder} …")
    options = ["--only-binary", ":all:", "--require-hashes", "--dest", str(folder), *more]
    _pip(python, "requirements.lock", *options, "-r", "requirements.lock", do="download")
    with tempfile.TemporaryDirectory() as place:
        for number, entry in enumerate(_of_some_releases()):
            one = Path(place, f"{number}.txt")
            one.write_text(entry, encoding="utf-8")
            _pip(python, "requirements.lock", *options, "--no-deps", "-r", str(one), do="download")
    sizes = [wheel.stat().st_size for wheel in folder.glob("*.whl")]
    say(
        f"{len(sizes)} packages, {sum(sizes) / 1e6:.0f} MB. Without a network, on machines of this kind with Python "
        f'{sys.version_info[0]}.{sys.version_info[1]}: python3 course.py lab --wheels "{arguments.folder}"'
    )
    return 0


def _of_some_releases() -> list[str]:
    """Return what the lock has for some releases alone of this Python, such as 3.11.4, without that condition."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    release = rf"{sys.version_info[0]}\.{sys.version_info[1]}\.\d+"
    entry = rf"^(\S+==\S+) ; python_full_version \S+ '{release}' ((?:\\\n +--hash=\S+ ?)+)"
    return [f"{name} {hashes}\n" for name, hashes in re.findall(entry, lock, re.MULTILINE)]


def slides(arguments: argparse.Namespace, more: list[str]) -> int:
    """Write slides of chapters, to be projected from any folder without a network."""
    names = list(chapters()) if "all" in arguments.chapters else arguments.chapters
    notebooks = [str(chapter_called(name)) for name in names]
    folder = str(Path(arguments.to).absolute())
    return _run([str(set_up(arguments)), "-m", "tools.slides", *notebooks, "--to", folder, *more])


def save(arguments: argparse.Namespace, more: list[str]) -> int:
    """Run notebooks from top to bottom and save them with their outputs, as the tests expect them."""
    python = set_up(arguments, "requirements-dev.txt")
    names = more or _all(NOTEBOOKS) + _all(SOLUTIONS)
    return _run([str(python), "tests/tools/save_notebooks.py", *names])


def docs(arguments: argparse.Namespace, more: list[str]) -> int:
    """Build the pages of docs/, the chapters and every module of the library into a site that needs no network."""
    python = set_up(arguments, "requirements-docs.txt")
    return _run([str(python), "-m", "tools.docs", *more])


def site(arguments: argparse.Namespace, more: list[str]) -> int:
    """Build the course as a static site that runs in a browser with nothing installed."""
    return _run([str(set_up(arguments, "requirements-site.txt")), "-m", "tools.site", *more])


def _run(command: list[str], **variables: str) -> int:
    """Run a program in the course's folder and return its exit code.

    Ctrl-C reaches the program by itself, and what it does about it is waited for; being terminated is passed on.
    """
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **SPEAK_UTF8, **variables}
    ) as program:
        signal.signal(signal.SIGTERM, lambda *_: program.terminate())
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:
                continue


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the command's options, and the rest, which is handed on."""
    parser = argparse.ArgumentParser(prog="course.py", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(function: object, words: str, handed_on: str) -> argparse.ArgumentParser:
        name = function.__name__  # type: ignore[attr-defined]
        sub = commands.add_parser(
            name, help=words, description=f"{words}. {handed_on}", allow_abbrev=False
        )
        sub.set_defaults(run=function)
        sub.add_argument(
            "--locked", action="store_true", help="install the exact versions of requirements.lock"
        )
        sub.add_argument(
            "--wheels",
            type=Path,
            metavar="FOLDER",
            help="install them from a folder that the command wheels has filled, without a network",
        )
        return sub

    for function, words in (
        (lab, "open JupyterLab at the first notebook, in a copy of your own"),
        (lecture, "open a chapter as a room should see it, with live pictures"),
    ):
        opener = command(function, words, "Other options go to JupyterLab.")
        opener.add_argument("--no-browser", action="store_true", help="only print the address")
        opener.add_argument(
            "--port", type=int, help="the port to serve at (else the first free one from 8888)"
        )
    opener.add_argument("chapter", help="as in 05, 5, 05b or optimizers")
    writer = command(slides, "write slides of chapters", "They need no network to be shown.")
    writer.add_argument("chapters", nargs="+", help="as in 05, 5, 05b, optimizers, or all")
    writer.add_argument("--to", default="slides", help="the folder to write them to (slides)")
    tester = command(
        test, "run all tests, ending with pytest's summary", "Other arguments go to pytest."
    )
    tester.add_argument(
        "--quick", action="store_true", help="no browser, and only the notebooks that changed"
    )
    command(digits, "train a network on handwritten digits", "--seeds N trains N of them.")
    words = (
        "Name settings, of few-images, few-images-l2, quadratic-30, quadratic-100, cross-entropy-30; without names it "
        "is all of them. --seeds N trains N networks for each (3), --to FOLDER writes there (results)."
    )
    command(reproduce, "measure numbers of Nielsen's book again on MNIST", words)
    _parse_grade(
        command(
            grade,
            "mark a folder of handed-in notebooks and write a table",
            "docs/marks.md says how to read it, and what a sandbox protects from.",
        )
    )
    fetcher = command(
        wheels,
        "fetch all packages into a folder, for a room without a network",
        "Other options go to pip download.",
    )
    words = "where to put them (wheels, in the current folder)"
    fetcher.add_argument("folder", type=Path, nargs="?", default="wheels", help=words)
    command(
        save,
        "run notebooks and save their outputs",
        "Name the notebooks; without names it is all of them.",
    )
    command(
        docs,
        "build the documentation as a site that needs no network",
        "--to FOLDER puts it there (docs-site).",
    )
    command(
        site,
        "build the course as a site that runs in a browser",
        "Name the folder (site). --offline takes in all that a CDN would serve, --pyodide FOLDER takes that from a "
        "folder, --serve opens the site when it is built (--port N).",
    )
    return parser.parse_known_args(arguments)


def _parse_grade(marker: argparse.ArgumentParser) -> None:
    marker.add_argument("folder", type=Path, help="the hand-ins, in any folders and by any names")
    words = (
        "the table (marks.csv, in the current folder); one that is there already is gone on with"
    )
    marker.add_argument("--to", type=Path, default="marks.csv", metavar="FILE", help=words)
    marker.add_argument("--seconds", type=float, help="for a notebook (180)")
    marker.add_argument("--cell-seconds", type=float, help="for each of its cells (60)")
    marker.add_argument("--megabytes", type=int, help="of memory, for a notebook (2000)")
    marker.add_argument("--jobs", type=int, help="how many at a time (one for each core)")


def speak_utf8() -> None:
    """Let everything be printed: in UTF-8 into files and pipes, and on a terminal as well as it can."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def main() -> int:
    """Run the command; a CourseError becomes one sentence and a non-zero exit."""
    speak_utf8()
    arguments, more = parse(sys.argv[1:])
    try:
        return int(arguments.run(arguments, more))
    except CourseError as error:
        print(f"course.py: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ncourse.py: interrupted; the same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
