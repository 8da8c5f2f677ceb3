"""The stage: panels that fill the room of any window in both themes, keep their keys, and say how they are."""

import base64
import re
from itertools import pairwise

import pytest
from lab import NOTEBOOKS, Source, opened

from nnlib.chapters.kit.demo import declared_everywhere
from nnlib.chapters.kit.panel import STILL
from nnlib.chapters.kit.theme import contrast

pytestmark = pytest.mark.browser

DEMOS = {(demo.chapter, demo.name): demo for demo in declared_everywhere()[0]}
LEAST_TYPE = 16  # pixels on the screen, read from the last row
WINDOWS = {  # width, height, presentation mode, file browser
    "a projector": (1280, 720, False, True),
    "a projector, presenting": (1280, 720, True, True),
    "a large screen": (1920, 1080, False, True),
    "a small window": (900, 720, False, True),
    "150 % zoom": (853, 480, False, True),
    "a phone": (400, 760, False, False),
}
COMMAND = "(name) => { window.jupyterapp.commands.execute(...name); }"
PRESENTING = "() => window.jupyterapp.commands.isToggled('application:toggle-presentation-mode')"
# What of a panel is cut, overlaps or scrolls sideways, and the picture's and the screen's measures.
LAYOUT = """(panel) => {
  const box = (part) => part.getBoundingClientRect(), wrong = [];
  const own = box(panel), seen = (part) => box(part).width > 0 && box(part).height > 0;
  const parts = ".widget-label, .slider, .widget-readout, select, button, input";
  const controls = [...panel.querySelectorAll(parts)].filter(seen);
  const named = (part) => `${part.className || part.tagName} “${part.textContent.slice(0, 20)}”`;
  for (const part of controls) {
    if (box(part).left < own.left - 1 || box(part).right > own.right + 1) wrong.push(`${named(part)} is cut`);
    if (part.matches(".widget-label, .widget-readout, button") && part.scrollWidth > part.clientWidth + 1)
      wrong.push(`${named(part)} is too long`);
  }
  controls.forEach((one, i) => controls.slice(i + 1).forEach((other) => {
    const [a, b] = [box(one), box(other)];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 2 && down > 2) wrong.push(`${named(one)} lies on ${named(other)}`);
  }));
  for (const slider of panel.querySelectorAll(".slider"))
    if (box(slider).width < 40) wrong.push("a slider of no length");
  if (panel.scrollWidth > panel.clientWidth + 1) wrong.push("it scrolls sideways");
  const picture = box(panel.querySelector(".nnlib-picture img"));
  const screen = panel.closest(".jp-WindowedPanel-outer").clientHeight;
  return { wrong, panel: own.height, width: own.width, picture: picture.width, screen };
}"""
COLOURS = """(panel) => {
  const hex = (number) => Math.round(number).toString(16).padStart(2, "0");
  const rgb = (text) => "#" + text.match(/[0-9.]+/g).slice(0, 3).map(hex).join("");
  const probe = panel.appendChild(document.createElement("span")), found = {};
  for (const name of ["paper", "ink", "track", "blue"]) {
    probe.style.color = `var(--nnlib-${name})`;
    found[name] = rgb(getComputedStyle(probe).color);
  }
  probe.remove();
  for (const [name, part] of [["label", ".widget-label"], ["button", "button"], ["list", "select"]]) {
    const there = panel.querySelector(`.nnlib-top ${part}`);
    if (there) found[name] = rgb(getComputedStyle(there).color);
  }
  return found;
}"""
LEARNING = """(panel) => {
  const told = [], look = () => told.push(panel.classList.contains("nnlib-learning"));
  new MutationObserver(look).observe(panel, { attributeFilter: ["class"] });
  return told;
}"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) =>
  [cell.model.type, cell.model.sharedModel.getSource()])"""


def resize(page, width, height, presenting, browsing):
    page.set_viewport_size({"width": width, "height": height})
    if page.evaluate(PRESENTING) != presenting:
        page.evaluate(COMMAND, ["application:toggle-presentation-mode"])
    if page.evaluate("() => window.jupyterapp.shell.leftCollapsed") == browsing:
        page.evaluate(COMMAND, ["application:toggle-left-area"])
    page.wait_for_timeout(700)


@pytest.fixture
def windows(live):
    yield lambda name: resize(live.page, *WINDOWS[name])
    resize(live.page, *WINDOWS["a projector"])


@pytest.fixture
def themes(live):
    def change(theme):
        live.page.evaluate(COMMAND, ["apputils:change-theme", {"theme": f"JupyterLab {theme}"}])
        live.page.wait_for_function(
            "(light) => document.body.dataset.jpThemeLight === light",
            arg=str(theme == "Light").lower(),
        )
        live.page.wait_for_timeout(1500)

    yield change
    change("Light")


def svg(panel) -> str:
    source = panel.state()["src"]
    return base64.b64decode(source.partition("base64,")[2]).decode()


def type_sizes(panel, shown_width: float) -> list[float]:
    """Return the sizes of the picture's type on the screen."""
    text = svg(panel)
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1])
    sizes = re.findall(r"<text[^>]*font[^>]*?([\d.]+)px", text)
    return [float(size) * shown_width / width for size in sizes]


@pytest.mark.parametrize("window", WINDOWS)
def test_every_panel_fits_into(live, windows, subtests, window):
    windows(window)
    for panel in live.panels:
        with subtests.test(panel.title):
            found = panel.box.evaluate(LAYOUT)
            assert found["wrong"] == []
            high_enough = WINDOWS[window][1] >= 720 and WINDOWS[window][0] >= 1280
            if high_enough:
                assert found["panel"] <= found["screen"]
                fills = found["picture"] >= found["width"] - 4
                assert fills or found["panel"] >= found["screen"] - 40, "there is room left"
                least = min(type_sizes(panel, found["picture"]), default=LEAST_TYPE)
                assert least >= LEAST_TYPE - 0.3


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_all_is_seen_in_both_themes(live, themes, subtests, theme):
    themes(theme)
    for panel in live.panels:
        with subtests.test(panel.title):
            found = panel.box.evaluate(COLOURS)
            paper = found.pop("paper")
            assert contrast(found.pop("track"), paper) >= 3
            assert contrast(found.pop("blue"), paper) >= 3
            assert min(contrast(colour, paper) for colour in found.values()) >= 4.5
            words = re.findall(r'<text style="[^"]*fill: (#[0-9a-f]{6})', svg(panel))
            low = [c for c in words if c != paper and contrast(c, paper) < 4.5]  # paper: on a plate
            assert low == []


def test_keys_stay_in_the_panel(live, subtests):
    cells = live.page.evaluate(CELLS)
    kinds = {}
    for panel in live.panels:
        for kind in (".noUi-handle", ".widget-readout", "select", "button", "input[type=number]"):
            for part in panel.box.locator(kind).all():
                if part.is_visible():
                    kinds.setdefault(kind, (panel, part))
    for kind, (panel, part) in kinds.items():
        with subtests.test(kind):
            part.focus()
            for key in "xmb00dd":
                live.page.keyboard.press(key)
            live.page.wait_for_timeout(200)
            assert live.page.evaluate(CELLS) == cells
            assert live.page.locator(".jp-Dialog").count() == 0
            if kind == ".widget-readout":
                live.page.keyboard.press("Escape")
            panel.reset.click()
    assert bool(kinds) == bool(live.panels)


def test_it_speaks(live):
    for panel in [panel for panel in live.panels if panel.handles][:1]:
        handle = panel.handles[0]
        handle.press("Home")
        handle.press("PageUp")
        panel.must_be_true("moved")
        region = panel.box.locator("[aria-live=polite]")
        said = panel.state()["alt"]
        live.page.wait_for_function(
            "([part, alt]) => part.textContent === alt", arg=[region.element_handle(), said]
        )
        readout = panel.box.locator(".widget-readout").first.inner_text()
        assert handle.get_attribute("aria-valuetext") == readout
        panel.reset.click()


def test_what_can_be_touched_follows_the_pointer(live, subtests):
    chapter = Source(live.path).chapter
    for panel in live.panels:
        touches = DEMOS[chapter, panel.title].touches
        if touches:
            with subtests.test(panel.title):
                drag_and_look(live, panel)


# of the picture, in its left and its right half
PLACES = [(0.28, 0.5), (0.38, 0.4), (0.17, 0.45), (0.2, 0.55), (0.33, 0.62)]
PLACES += [(0.66, 0.6), (0.75, 0.5), (0.88, 0.4)]


def drag_and_look(live, panel):
    panel.box.locator(".nnlib-picture").scroll_into_view_if_needed()
    seen = set()
    for places in pairwise(PLACES):
        place = panel.box.locator(".nnlib-picture img").bounding_box()
        (x, y), (to_x, to_y) = [
            (place["x"] + across * place["width"], place["y"] + down * place["height"])
            for across, down in places
        ]
        live.page.mouse.move(x, y)
        live.page.mouse.down()
        live.page.mouse.move(to_x, to_y, steps=5)
        live.page.mouse.up()
        live.page.wait_for_timeout(300)
        panel.must_be_true("dragged")
        seen.add(panel.state()["alt"])
    assert len(seen) >= 3
    panel.reset.click()
    panel.must_be_true("back")


PERCEPTRON = next(path for path in NOTEBOOKS if path.stem.startswith("01"))
CONVOLUTION = next(path for path in NOTEBOOKS if path.stem.startswith("06"))


def test_after_a_restart_it_says_what_to_do(chromium, server):
    with opened(chromium, server, PERCEPTRON, Source(PERCEPTRON).stage) as live:
        panel = live.panels[0]
        live.page.evaluate(
            "async () => { const { session } = window.jupyterapp.shell.currentWidget.sessionContext;"
            " await session.kernel.restart(); }"
        )
        before = "(panel) => getComputedStyle(panel, '::before').content"
        live.page.wait_for_function(
            f"(panel) => ({before})(panel).includes('run this cell again')",
            arg=panel.box.element_handle(),
        )
        shown = "(part) => getComputedStyle(part, '::before').display"
        signs = panel.box.locator(".jupyter-widgets-disconnected").all()
        assert {sign.evaluate(shown) for sign in signs} == {"none"}
        assert panel.box.locator("img").is_visible()
        live.complaints.clear()  # JupyterLab's own, of the kernel that is gone


FIND = "from ipywidgets import widget_serialization\n_panel = widget_serialization['from_json']('IPY_MODEL_{}', None)\n"
RUN_CODE = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  return (await kernel.requestExecute({ code, silent: true }).done).content.status;
}"""


def in_kernel(live, panel, code):
    assert live.page.evaluate(RUN_CODE, FIND.format(panel.model) + code) == "ok"


BREAK = """
_draw = _panel.draw
def broken(figure, **values):
    raise ValueError("the moon is < the sun")
_panel.draw = broken
"""


def test_an_error_is_said_once_and_the_picture_stays(chromium, server):
    with opened(chromium, server, PERCEPTRON, Source(PERCEPTRON).stage) as live:
        panel = live.panels[0]
        before = panel.state()
        in_kernel(live, panel, BREAK)
        panel.handles[0].press("ArrowLeft")
        alert = panel.box.locator("[role=alert]")
        alert.wait_for()
        assert alert.inner_text() == "ValueError: the moon is < the sun"
        assert panel.state()["src"] == before["src"]
        assert "nnlib-learning" not in panel.box.get_attribute("class")
        in_kernel(live, panel, "_panel.draw = _draw")
        panel.handles[0].press("ArrowLeft")
        panel.must_be_true("mended")
        assert panel.state()["alerts"] == []
        live.complaints.clear()


def test_a_hidden_tab_comes_back_with_the_right_picture(chromium, server):
    with opened(chromium, server, PERCEPTRON, Source(PERCEPTRON).stage) as live:
        panel = live.panels[0]
        name = live.page.evaluate("() => window.jupyterapp.shell.currentWidget.id")
        in_kernel(
            live,
            panel,
            "import threading, time\ndef _later():\n    time.sleep(2)\n"
            "    _panel.controls['b'].value = 1.0\nthreading.Thread(target=_later).start()",
        )
        live.page.evaluate(COMMAND, ["launcher:create"])
        live.page.wait_for_timeout(3500)
        assert not panel.box.is_visible()
        live.page.evaluate("(id) => window.jupyterapp.shell.activateById(id)", name)
        panel.box.wait_for()
        panel.must_be_true("back again")
        assert "b = 1.0" in panel.state()["alt"]
        assert panel.box.evaluate(LAYOUT)["wrong"] == []


def test_two_chapters_side_by_side(chromium, server):
    with opened(chromium, server, PERCEPTRON, Source(PERCEPTRON).stage) as live:
        panels, beside = live.panels, {"mode": "split-right"}
        tab = live.page.evaluate("() => window.jupyterapp.shell.currentWidget.id")
        live.page.evaluate(COMMAND, ["application:toggle-left-area"])
        live.page.evaluate(
            COMMAND, ["docmanager:open", {"path": CONVOLUTION.name, "options": beside}]
        )
        live.page.locator(".jp-NotebookPanel").nth(1).wait_for()
        live.page.wait_for_timeout(2000)
        live.page.evaluate("(id) => window.jupyterapp.shell.activateById(id)", tab)
        for panel in panels:
            found = panel.box.evaluate(LAYOUT)
            assert found["width"] < 560
            assert found["wrong"] == []
        panels[0].must_follow("beside another", panels[0].handles[0].press, "ArrowLeft")
        panels[0].must_be_true("beside another")


def test_what_takes_long_says_that_it_learns(chromium, server):
    with opened(chromium, server, CONVOLUTION, Source(CONVOLUTION).stage) as live:
        panel = next(panel for panel in live.panels if panel.title == "depth")
        names = panel.lists[0].locator("option").all_inner_texts()
        watched = live.page.evaluate_handle(
            LEARNING,
            panel.box.element_handle(),
        )
        panel.lists[0].select_option(label=names[-1])
        panel.must_be_true("after learning")
        live.page.wait_for_timeout(500)
        told = watched.json_value()
        assert True in told
        assert told[-1] is False


def test_a_page_that_was_not_run_says_how_to_move_its_pictures(chromium, server):
    with opened(chromium, server, PERCEPTRON, []) as live:
        shown = live.page.locator(".jp-OutputArea-output", has_text=STILL)
        assert shown.count() == Source(PERCEPTRON).all_panels
        assert shown.first.locator("img").count() == 1
