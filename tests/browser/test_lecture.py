"""``course.py lecture``: a chapter in a real JupyterLab, as a room sees it; the lecturer's own stays as it is."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from lab import ROOT, SIZE, STATE

pytestmark = pytest.mark.browser

CHAPTER = "02_nand_and_xor"
RUN = """
import pathlib, sys, course
course.COPIES, course.set_up = pathlib.Path(sys.argv.pop()), lambda *_: pathlib.Path(sys.executable)
course.main()
"""
ON_STAGE = "() => document.body.dataset.lecture === 'ready'"
SHELL = "[data-shell-mode=single-document].jp-mod-presentationMode"
ROUND_IT = "#jp-top-panel, .jp-SideBar, #jp-left-stack, #jp-right-stack, #jp-main-statusbar"


@pytest.fixture
def lecture(tmp_path):
    """The address of a lecture, its copy of the chapter, and the folder with the lecturer's own settings."""
    (ROOT / "test-output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "test-output") as copies:
        words = ["lecture", "nand", "--no-browser", "--ServerApp.port=0", copies]
        variables = {"JUPYTER_CONFIG_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        with (tmp_path.parent / "log").open("w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN, *words],
                cwd=ROOT,
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                yield address(process, Path(log.name)), Path(copies, f"{CHAPTER}.ipynb"), tmp_path
            finally:
                process.terminate()
                process.wait(timeout=30)


def address(process: subprocess.Popen, log: Path, seconds: float = 60) -> str:
    """Return the address that JupyterLab prints."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        said = log.read_text(encoding="utf-8")
        if found := re.search(r"http://127\S+/doc/tree/\S+token=\w+", said):
            return found[0]
        time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8"))


def test_a_chapter_stands_on_the_stage_with_live_pictures(chromium, lecture):
    place, copy, own = lecture
    page = chromium.new_page(viewport=SIZE)
    page.goto(place)
    page.wait_for_function(ON_STAGE, timeout=120_000)
    before = copy.read_bytes()
    assert f"/doc/tree/{copy.relative_to(ROOT).as_posix()}" in page.url
    assert page.locator(SHELL).count() == 1
    assert not [part for part in page.locator(ROUND_IT).all() if part.is_visible()]
    assert page.locator("h1").first.is_visible()  # at its top, not where the last cell ran
    panel = page.locator(".nnlib-panel").first
    shown = panel.evaluate(STATE)
    panel.locator(".noUi-handle").first.press("ArrowRight")
    page.wait_for_function(
        "([panel, src]) => panel.querySelector('.widget-html img').src !== src",
        arg=[panel.element_handle(), shown["src"]],
    )
    assert panel.evaluate(STATE)["alt"] != shown["alt"]
    page.close()
    assert copy.read_bytes() == before
    assert list(own.rglob("*.jupyterlab-*")) == []  # neither settings nor workspaces
