"""A JupyterLab that shows copies of the notebooks, a Chromium to open them in, and the table of what was timed."""

import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import lab
import pytest

import course

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
DISABLED = ["gpu", "quic", "background-networking", "component-update", "sync"]
FLAGS = ["--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in DISABLED)]
JUPYTER_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_PATH": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
EVERY_CELL_AT_ONCE = {"windowingMode": "none"}
STRICT_KERNEL = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "env": {"PYTHONWARNINGS": course.STRICT},
}


class Server(NamedTuple):
    """Where JupyterLab listens, and the folder that it shows."""

    url: str
    token: str
    root: Path

    def page(self, notebook: str) -> str:
        return f"{self.url}lab/tree/{notebook}?reset&token={self.token}"


# One (notebook, panel, control, delays in ms, whether it trains a network at each move) for each slider.
TIMINGS = pytest.StashKey[list[tuple[str, str, str, list[float], bool]]]()

# One (notebook, panel, pictures a second) for each picture that is dragged.
DRAGS = pytest.StashKey[list[tuple[str, str, float]]]()


def missing(what: str):
    """Skip, or fail where the browser tests must run, as in CI."""
    if os.environ.get("NNLIB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"NNLIB_REQUIRE_BROWSER=1, but {what}")
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium():
    if not shutil.which(CHROMIUM):
        missing(f"there is no {CHROMIUM}")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@contextlib.contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Give a JupyterLab that keeps all it writes in a folder, and shows copies of the notebooks there."""
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    write(home / "config/labconfig/page_config.json", PAGE_CONFIG)
    write(
        home / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings",
        EVERY_CELL_AT_ONCE,
    )
    write(home / "data/kernels/python3/kernel.json", STRICT_KERNEL)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0"]
    command += [f"--ServerApp.root_dir={home / 'notebooks'}", "--LabApp.expose_app_in_browser=True"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    folders = {name: str(home / folder) for name, folder in JUPYTER_FOLDERS.items()}
    environment = {**os.environ, **folders, "PYTHONPATH": str(ROOT)}
    with (home / "log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield wait_for_server(process, home)
        finally:
            process.terminate()  # JupyterLab then ends its kernels
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def stick(tmp_path_factory):
    """A folder with what every deck of slides needs, as it would lie on a memory stick."""
    from tools.downloads import DownloadError
    from tools.slides.export import write_assets

    folder = tmp_path_factory.mktemp("stick")
    try:
        write_assets(folder / "assets")
    except DownloadError as error:
        missing(str(error))
    return folder


def write(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def wait_for_server(process: subprocess.Popen, home: Path, seconds: float = 60) -> Server:
    """Return the address that JupyterLab writes down once it listens."""
    information = home / "runtime" / f"jpserver-{process.pid}.json"
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            found = json.loads(information.read_text(encoding="utf-8"))
            return Server(found["url"], found["token"], Path(found["root_dir"]))
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{(home / 'log').read_text(encoding='utf-8')}")


def pytest_generate_tests(metafunc):
    """Try every notebook in turn; with several processes, each notebook in one of them."""
    if "live" in metafunc.fixturenames:
        notebooks = [
            pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem))
            for path in lab.NOTEBOOKS
        ]
        metafunc.parametrize("live", notebooks, indirect=True, scope="session")


@pytest.fixture(scope="session")
def live(request, chromium, server):
    """A notebook in JupyterLab, all cells run."""
    with lab.opened(chromium, server, request.param) as live:
        yield live


@pytest.fixture(scope="session")
def drags(pytestconfig):
    return pytestconfig.stash.setdefault(DRAGS, [])


@pytest.fixture(scope="session")
def timings(pytestconfig):
    return pytestconfig.stash.setdefault(TIMINGS, [])


def pytest_terminal_summary(terminalreporter, config):
    timed = config.stash.get(TIMINGS, [])
    line = terminalreporter.write_line
    write_site(terminalreporter)
    write_drags(line, config.stash.get(DRAGS, []))
    if not timed:
        return
    terminalreporter.section("from key to painted picture, in ms")
    line(f"{'notebook':<26}{'panel':<14}{'control':<28}presses  median  90 %   max")
    for notebook, panel, control, delays, trains in timed:
        numbers = f"{len(delays):7}{statistics.median(delays):8.0f}{quantile(delays, 0.9):6.0f}{max(delays):6.0f}"
        line(f"{notebook:<26}{panel:<14}{control:<28}{numbers}{'  trains' if trains else ''}")
    every = [delay for *_, delays, trains in timed for delay in delays if not trains]
    line(
        f"all {len(every)} presses that train nothing: median {statistics.median(every):.0f}, "
        f"95 % within {quantile(every, 0.95):.0f} ms"
    )


def write_site(reporter) -> None:
    """Write what each chapter took in the browser; reports carry it from whichever process ran it."""
    reports = [report for reports in reporter.stats.values() for report in reports]
    rows = {
        value[0]: value
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == "site"
    }
    if rows:
        reporter.section("in the browser: seconds, and megabytes")
        reporter.write_line(f"{'notebook':<28}  shown  kernel     run  memory  served")
    for notebook, shown, ready, ran, memory, served in rows.values():
        reporter.write_line(
            f"{notebook:<28}{shown:7.1f}{ready:8.1f}{ran:8.1f}{memory:8}{served:8.1f}"
        )


def write_drags(line, drags) -> None:
    if drags:
        line("")
        line(
            "pictures a second while the pointer drags: "
            + ", ".join(f"{panel} {rate:.0f}" for _, panel, rate in drags)
        )


def quantile(values: list[float], share: float) -> float:
    """Return the smallest of ``values`` that a ``share`` of them do not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
