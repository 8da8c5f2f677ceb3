"""The copies that ``course.py lab`` makes, in a real JupyterLab: reading a chapter changes nothing and asks nothing."""

import sys
from pathlib import Path

import pytest
from lab import CONNECTED, LAB, NOTEBOOKS, READY, SHUT_DOWN, SIZE

import course

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("copies")]

OPEN = "(path) => { window.jupyterapp.commands.execute('docmanager:open', { path }); }"
SHOWN = f"""(path) => {{ {LAB}
  return panel?.context?.path === path && panel.sessionContext?.isReady && notebook.model?.cells.length > 0;
}}"""
TO_THE_END = f"async () => {{ {LAB} await notebook.scrollToItem(notebook.widgets.length - 1); }}"
DIRTY = f"() => {{ {LAB} return panel.context.model.dirty; }}"
MARKED = "() => document.querySelectorAll('.lm-DockPanel-tabBar .jp-mod-dirty').length"
SAVE = f"async () => {{ {LAB} await panel.context.save(); }}"
CLOSE = "() => { window.jupyterapp.commands.execute('application:close'); }"
CLOSED = f"(path) => {{ {LAB} return panel?.context?.path !== path; }}"
WRITE = f"() => {{ {LAB} notebook.widgets[0].model.sharedModel.setSource('mine'); }}"


@pytest.fixture(scope="module")
def copies(server):
    """The folder with the copies, where JupyterLab sees it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "COPIES", server.root / course.COPIES.name)
        course.copy_notebooks(Path(sys.executable))
        yield course.COPIES


@pytest.fixture(scope="module")
def page(chromium, server, copies):
    """JupyterLab at the first page, as it comes up."""
    page = chromium.new_page(viewport=SIZE)
    page.goto(server.page(f"{copies.name}/{course.FIRST_PAGE}"))
    page.wait_for_function(READY, timeout=60_000)
    page.evaluate(CONNECTED)
    yield page
    page.close()


def open_copy(page, path: str) -> None:
    page.evaluate(OPEN, path)
    page.wait_for_function(SHOWN, arg=path, timeout=60_000)
    page.evaluate(CONNECTED)
    page.evaluate(TO_THE_END)
    page.wait_for_timeout(500)  # what marks a notebook as changed comes soon after the kernel


@pytest.mark.parametrize("original", NOTEBOOKS, ids=lambda path: path.stem)
def test_reading_changes_nothing_and_closing_asks_nothing(original, page, copies):
    copy = copies / original.name
    path, before = f"{copies.name}/{copy.name}", (original.read_bytes(), copy.read_bytes())
    open_copy(page, path)
    assert page.evaluate(DIRTY) is False
    assert page.evaluate(MARKED) == 0
    page.evaluate(SAVE)  # as by a habit: the copy still counts as unread, and follows its original
    page.evaluate(SHUT_DOWN)
    page.evaluate(CLOSE)
    page.wait_for_function(CLOSED, arg=path, timeout=10_000)
    assert page.locator(".jp-Dialog").count() == 0
    assert (original.read_bytes(), copy.read_bytes()) == before


def test_an_original_would_count_as_changed(page):
    """What the copies are for; where it no longer holds, they need no language."""
    open_copy(page, NOTEBOOKS[1].name)
    assert page.evaluate(DIRTY) is True
    assert page.evaluate(MARKED) == 1
    page.evaluate(CLOSE)
    page.locator(".jp-Dialog").get_by_text("Discard").click()


def test_links_and_pictures_of_a_copy_are_found(page, copies):
    open_copy(page, f"{copies.name}/{NOTEBOOKS[0].name}")
    cover = page.locator(".jp-Notebook img[src*='cover']").first
    assert cover.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    page.locator(".jp-Notebook a", has_text="Perceptron").first.click()
    page.wait_for_function(SHOWN, arg=f"{copies.name}/{NOTEBOOKS[1].name}", timeout=60_000)


def test_what_is_written_is_saved_in_the_copy_alone(page, copies):
    original, copy = NOTEBOOKS[2], copies / NOTEBOOKS[2].name
    before = original.read_bytes()
    open_copy(page, f"{copies.name}/{copy.name}")
    page.evaluate(WRITE)
    assert page.evaluate(DIRTY) is True
    page.evaluate(SAVE)
    mine = copy.read_bytes()
    assert b'"mine"' in mine
    course.copy_notebooks(Path(sys.executable))
    assert (original.read_bytes(), copy.read_bytes()) == (before, mine)
