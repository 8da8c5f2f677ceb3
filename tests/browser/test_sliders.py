"""Every notebook in JupyterLab: all cells run, every control is moved as a reader would, and the pictures follow.

What the page shows is compared with what the panel in the kernel says for the values of its controls.
"""

import ast
import contextlib
import importlib
import inspect
import json
import re
import time
import typing
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.start.environment import FrontEndCheck

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCREENSHOTS = ROOT / "test-output" / "screenshots"
SIZE = {"width": 1280, "height": 720}
PRESSES = 6
ARROWS = ("ArrowRight", "ArrowLeft")
FORMULA = re.compile(r"(?<!\\)(?:\$\$.+?\$\$|\$[^$]+\$)", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)

# Counts pictures as they change, and once each is decoded and a frame has come, how long ago the last key was pressed.
WATCH = """() => {
  const seen = (window.seen = { pressed: 0, changed: 0, painted: 0, delay: 0 });
  addEventListener("keydown", (event) => { seen.pressed = event.timeStamp; }, true);
  new MutationObserver((records) => {
    for (const record of records) {
      const pictures = record.type === "attributes" ? [record.target] : [...record.addedNodes];
      for (const picture of pictures.filter((node) => node.matches?.(".widget-html img"))) {
        const pressed = seen.pressed;
        seen.changed += 1;
        picture.decode().catch(() => {}).then(() => requestAnimationFrame(() => {
          seen.delay = performance.now() - pressed;
          seen.painted += 1;
        }));
      }
    }
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["src"] });
}"""

LAB = "const lab = window.jupyterapp, panel = lab?.shell?.currentWidget, notebook = panel?.content;"
READY = (
    f"() => {{ {LAB} return panel?.sessionContext?.isReady && notebook?.model?.cells.length > 0; }}"
)
CONNECTED = f"""async () => {{ {LAB}
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
}}"""
RUN = f"""() => {{ {LAB}
  window.ran = false;
  lab.commands.execute("notebook:clear-all-cell-outputs").then(() =>
    lab.commands.execute("notebook:run-all-cells")).then(() => {{ window.ran = true; }});
}}"""
IDLE = (
    f"() => {{ {LAB} return window.ran && panel.sessionContext.session.kernel.status === 'idle'; }}"
)
SHUT_DOWN = f"async () => {{ {LAB} await panel.sessionContext.shutdown(); }}"
CELLS = f"""() => {{ {LAB}
  return notebook.widgets.map((cell) => ({{
    rendered: !cell.isPlaceholder() && cell.node.isConnected,
    count: cell.model.executionCount ?? null,
    ...cell.model.sharedModel.toJSON(),
    outputs: cell.model.outputs?.toJSON() ?? [],
  }}));
}}"""
ASK = f"""async (code) => {{ {LAB}
  const kernel = panel.sessionContext.session.kernel;
  const expressions = {{ answer: "_answer" }};
  const reply = await kernel.requestExecute({{ code, silent: true, user_expressions: expressions }}).done;
  return JSON.stringify(reply.content);
}}"""
# What the panel of a given model says, drawn afresh on a figure of its own, and what its controls are.
PANEL = """
def _ask(model):
    from ipywidgets import Button, Dropdown, FloatText, Play, widget_serialization
    from nnlib.chapters.kit import figures
    from nnlib.chapters.kit.panel import Panel
    panel = widget_serialization["from_json"](f"IPY_MODEL_{model}", None)
    if not isinstance(panel, Panel):
        return {"panel": False, "answered": getattr(panel, "called", None)}
    def parts(widget):
        return [widget] + [part for child in getattr(widget, "children", ()) for part in parts(child)]
    values = {name: control.value for name, control in panel.controls.items()}
    return {
        "panel": True,
        "title": panel.draw.__name__.removeprefix("draw_"),
        "alt": panel.draw(figures.figure(*panel.figure.get_size_inches()), **values),
        "sliders": [part.value for part in parts(panel) if hasattr(part, "readout")],
        "trains": [not part.continuous_update for part in parts(panel) if hasattr(part, "readout")],
        "others": [sum(isinstance(part, of) for part in parts(panel)) for of in (Dropdown, Button, Play, FloatText)],
    }
"""
STATE = """(panel) => ({
  src: panel.querySelector(".widget-html img")?.src,
  alt: panel.querySelector(".widget-html img")?.alt,
  alerts: [...panel.querySelectorAll("[role=alert]")].map((alert) => alert.textContent),
  readouts: [...panel.querySelectorAll(".widget-readout")].map((readout) => readout.textContent),
})"""
NAME = "(part) => part.ariaLabel || part.labels?.[0]?.textContent || (part.matches('button') && part.textContent) || ''"
# Per markdown cell: how many formulas were set, which MathJax could not set, and what still has its dollars.
FORMULAS = """() => [...document.querySelectorAll(".jp-MarkdownCell .jp-RenderedMarkdown")].map((cell) => {
  const words = cell.cloneNode(true);
  words.querySelectorAll("mjx-container, code").forEach((part) => part.remove());
  return {
    count: cell.querySelectorAll("mjx-container").length,
    wrong: [...cell.querySelectorAll("math merror, math mtext[mathcolor=red]")].map((part) => part.textContent),
    raw: words.textContent.match(/\\$[^$]+\\$/g) ?? [],
  };
})"""
TOO_WIDE = """() => {
  const notebook = document.querySelector(".jp-Notebook");
  const right = notebook.getBoundingClientRect().left + notebook.clientWidth;
  const cut = (part) => {
    for (let box = part; box && box !== notebook.parentElement; box = box.parentElement)
      if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0) return true;
    return part.getBoundingClientRect().right > right;
  };
  return [...notebook.querySelectorAll("img, .widget-vbox")].filter(cut).map((part) => part.alt ?? part.innerText);
}"""


class Source:
    """What a notebook's cells say before anything runs: how many widgets of the course it must show."""

    def __init__(self, path: Path) -> None:
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        self.code = ["".join(cell["source"]) for cell in self.cells if cell["cell_type"] == "code"]
        plain = TransformerManager().transform_cell
        self.tree = ast.parse("\n".join(plain(code) for code in self.code))

    def calls(self, kind: type) -> int:
        """Return how often a function of ``nnlib.demos`` that returns a ``kind`` is called."""
        imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)]
        names = [name for node in imports if node.module == "nnlib.demos" for name in node.names]
        modules = {
            name.asname or name.name: importlib.import_module(f"nnlib.demos.{name.name}")
            for name in names
        }
        called = [node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        called = [
            call
            for call in called
            if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        ]
        functions = [
            getattr(modules[call.value.id], call.attr)
            for call in called
            if call.value.id in modules
        ]
        return sum(
            typing.get_type_hints(inspect.unwrap(function)).get("return") is kind
            for function in functions
        )


class Live:
    """A notebook in JupyterLab, all cells run."""

    def __init__(self, page: Any, path: Path, timings: list[tuple]) -> None:
        self.page = page
        self.path, self.name = path, path.stem
        self.timings = timings
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def run(self, address: str) -> None:
        self.page.add_init_script(f"({WATCH})()")
        self.page.goto(address)
        self.page.wait_for_function(READY, timeout=60_000)
        self.page.evaluate(CONNECTED)
        self.page.evaluate(RUN)
        self.page.wait_for_function(IDLE, timeout=120_000)
        self.cells = self.page.evaluate(CELLS)
        views = [output.get("data", {}) for cell in self.cells for output in cell["outputs"]]
        views = [data.get("application/vnd.jupyter.widget-view+json") for data in views]
        self.models = [view["model_id"] for view in views if view]

    def ask(self, model: str) -> dict:
        """Return what the kernel says about a widget."""
        reply = json.loads(
            self.page.evaluate(ASK, f"{PANEL}\nimport json\n_answer = json.dumps(_ask({model!r}))")
        )
        assert reply["status"] == "ok", reply
        return json.loads(
            ast.literal_eval(reply["user_expressions"]["answer"]["data"]["text/plain"])
        )

    @cached_property
    def panels(self) -> list["LivePanel"]:
        answers = {model: self.ask(model) for model in self.models}
        titles = {model: answer["title"] for model, answer in answers.items() if answer["panel"]}
        boxes = self.page.locator(
            ".jp-OutputArea-output .widget-vbox:not(.widget-vbox .widget-vbox)"
        ).all()
        return [LivePanel(self, box, *of) for box, of in zip(boxes, titles.items(), strict=True)]

    def seen(self, what: str) -> float:
        return self.page.evaluate(f"() => window.seen.{what}")


class LivePanel:
    """A panel in the page: its controls, its picture, and what the kernel says that it should show."""

    def __init__(self, live: Live, box: Any, model: str, title: str) -> None:
        self.live, self.box, self.model, self.title = live, box, model, title
        self.page = live.page
        self.handles = box.locator(".noUi-handle").all()
        self.lists = box.locator("select").all()
        self.buttons = box.locator("button.widget-button").all()
        self.plays = box.locator(".widget-play").all()
        self.numbers = box.locator("input[type=number]").all()
        self.steps = box.locator(".widget-vbox .noUi-handle").all()

    def state(self) -> dict:
        return self.box.evaluate(STATE)

    def settle(self, quiet: int = 250) -> None:
        """Wait until no picture has changed for ``quiet`` ms."""
        before = None
        while before != (before := self.live.seen("changed")):
            self.page.wait_for_timeout(quiet)

    def to_the_start(self, handle: Any) -> None:
        handle.press("Home")
        self.settle()

    def must_follow(
        self, what: str, act: Callable, *details: Any, **options: Any
    ) -> tuple[dict, dict]:
        """Call ``act``; return the state before and after it. The picture and its words must have changed."""
        before, painted = self.state(), self.live.seen("painted")
        act(*details, **options)
        with contextlib.suppress(Exception):  # what did not change is told below
            self.page.wait_for_function(
                "(count) => window.seen.painted > count", arg=painted, timeout=10_000
            )
        after = self.state()
        assert not after["alerts"], f"{what}: {after['alerts']}"
        same = [part for part in ("src", "alt") if after[part] == before[part]]
        assert not same, f"{what}: the picture's {same} does not change: {after['alt']}"
        return before, after

    def must_be_true(self, what: str) -> None:
        """Picture and read-outs must be, or soon become, what the kernel says for the values of the controls."""
        shown, meant = self.state(), self.live.ask(self.model)
        late = time.monotonic() + (
            10 if any(meant["trains"]) else 2
        )  # what trains may take a second or two
        while shown["alt"] != meant["alt"] and time.monotonic() < late:
            self.page.wait_for_timeout(50)
            shown, meant = self.state(), self.live.ask(self.model)
        assert shown["alt"] == meant["alt"], f"{what}: the picture is not the one of the values"
        numbers = [float(words.replace("−", "-").replace(",", "")) for words in shown["readouts"]]
        assert numbers == pytest.approx(meant["sliders"], abs=1e-6), (
            f"{what}: a read-out shows another value"
        )

    def drag(self, handle: Any, by: int = 80) -> None:
        place = handle.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + by, y, steps=4)
        self.page.mouse.up()


def name(part: Any) -> str:
    return part.evaluate(NAME).strip()


def at_end(handle: Any, key: str) -> bool:
    end = "aria-valuemax" if key == "ArrowRight" else "aria-valuemin"
    return handle.get_attribute("aria-valuenow") == handle.get_attribute(end)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def live(path, chromium, server, timings):
    page = chromium.new_page(viewport=SIZE)
    live = Live(page, path, timings)
    live.run(server.page(path.name))
    yield live
    page.evaluate(SHUT_DOWN)
    page.close()


def for_each_panel(check: Callable[[LivePanel], None]) -> Callable[..., None]:
    """Turn a check of one panel into a test of all of them, where a broken one does not hide the next."""

    def test(live, subtests):
        assert live.panels or not Source(live.path).calls(Panel)
        for panel in live.panels:
            with subtests.test(panel.title):
                check(panel)

    test.__name__ = check.__name__
    return test


def test_there_are_notebooks_with_panels():
    sources = {path.stem: Source(path) for path in NOTEBOOKS}
    assert sources["00_start_here"].calls(FrontEndCheck) == 1
    assert sources["00_start_here"].calls(Panel) >= 1
    assert sources["01_perceptron"].calls(Panel) >= 3


def test_every_cell_ran_without_error(live):
    code = [
        cell
        for cell in live.cells
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]
    errors = [
        output for cell in code for output in cell["outputs"] if output["output_type"] == "error"
    ]
    assert errors == []
    assert all(cell["count"] for cell in code)
    assert all(cell["rendered"] for cell in live.cells)


def test_every_panel_of_the_source_is_in_the_page(live):
    assert len(live.panels) == Source(live.path).calls(Panel)


def test_page_and_kernel_answer_each_other(live):
    checks = Source(live.path).calls(FrontEndCheck)
    lines = live.page.locator(".jp-OutputArea-output [role=status]").all_inner_texts()
    assert [line[:1] for line in lines] == ["✓"] * checks
    assert [live.ask(model).get("answered") for model in live.models].count(True) == checks


@for_each_panel
def test_the_panel_starts_with_a_true_picture(panel):
    state = panel.state()
    assert state["src"]
    assert state["alerts"] == []
    panel.must_be_true("at the start")


@for_each_panel
def test_every_control_is_known_and_has_a_name(panel):
    meant = panel.live.ask(panel.model)
    assert len(panel.handles) == len(meant["sliders"])
    assert [
        len(part) for part in (panel.lists, panel.buttons, panel.plays, panel.numbers)
    ] == meant["others"]
    assert panel.handles or any(meant["others"]), "a panel without controls"
    parts = panel.box.locator(".noUi-handle, .widget-readout, select, button, input").all()
    assert [part.evaluate("part => part.outerHTML") for part in parts if not name(part)] == []
    assert panel.box.locator("input:not([type=number]), textarea").count() == 0, (
        "a control that no test here moves"
    )


@for_each_panel
def test_every_slider_moves_the_picture(panel):
    trains = panel.live.ask(panel.model)["trains"]
    for number, handle in enumerate(panel.handles):
        what, delays = name(handle), []
        handle.focus()
        for key in ARROWS[::-1] if at_end(handle, ARROWS[0]) else ARROWS:
            for press in range(PRESSES):
                if press and at_end(handle, key):
                    break
                before, after = panel.must_follow(f"{what}, {key}", panel.page.keyboard.press, key)
                assert before["readouts"][number] != after["readouts"][number], (
                    f"{what}: the read-out stays"
                )
                delays.append(panel.live.seen("delay"))
        panel.page.keyboard.press("End")
        panel.settle()
        panel.must_follow(f"{what}, back from its end", panel.page.keyboard.press, "ArrowLeft")
        panel.must_be_true(what)
        panel.live.timings.append((panel.live.name, panel.title, what, delays, trains[number]))


@for_each_panel
def test_a_key_held_down_ends_at_the_picture_of_the_last_value(panel):
    for handle in panel.handles[
        :1
    ]:  # what drops stale pictures is the panel, the same for all of its sliders
        panel.to_the_start(handle)
        for _ in range(30):
            panel.page.keyboard.press("ArrowRight")
        panel.page.wait_for_timeout(1000)
        changed = panel.live.seen("changed")
        panel.must_be_true(f"{name(handle)}, after 30 keys")
        assert panel.live.seen("changed") == changed, (
            f"{name(handle)}: a second later pictures still come"
        )


@for_each_panel
def test_a_slider_is_dragged(panel):
    for handle in panel.handles[:1]:
        panel.to_the_start(handle)
        panel.must_follow(f"{name(handle)}, dragged", panel.drag, handle)
        panel.settle()
        panel.must_be_true(f"{name(handle)}, dragged")


@for_each_panel
def test_every_option_is_chosen(panel):
    for options in panel.lists:
        names = options.locator("option").all_inner_texts()
        now = options.evaluate("list => list.selectedIndex")
        for option in names[now + 1 :] + names[: now + 1]:
            # Not by mouse: an open list is drawn outside the page.
            panel.must_follow(f"{name(options)}, {option}", options.select_option, label=option)
            panel.must_be_true(f"{name(options)}, {option}")
        options.focus()
        key = "ArrowUp" if now else "ArrowDown"
        panel.must_follow(f"{name(options)}, {key}", panel.page.keyboard.press, key)


@for_each_panel
def test_every_number_is_written(panel):
    for number in panel.numbers:
        number.fill(str(float(number.input_value()) + 1.5))
        panel.must_follow(f"{name(number)}, Enter", number.press, "Enter")
        panel.must_be_true(name(number))


@for_each_panel
def test_every_button_moves_the_picture_by_mouse_and_key(panel):
    for handle in panel.steps:
        panel.to_the_start(handle)  # there, two steps on are possible, and then two back
    for button in sorted(panel.buttons, key=lambda button: "back" in name(button)):
        panel.must_follow(f"{name(button)}, clicked", button.click)
        panel.must_follow(f"{name(button)}, Space", button.press, "Space")
        panel.must_be_true(name(button))


@for_each_panel
def test_play_plays_until_it_is_paused(panel):
    for play, handle in zip(panel.plays, panel.steps, strict=True):
        panel.to_the_start(handle)
        start, stop = play.locator("button").all()[:2]
        assert name(start) == "play"
        panel.must_follow("play", start.click)
        came = panel.live.seen("changed")  # from here on two more must come by themselves
        panel.page.wait_for_function(
            "(count) => window.seen.changed > count + 1", arg=came, timeout=10_000
        )
        assert name(start) == "pause"
        start.click()
        panel.settle()
        panel.must_be_true("paused")
        changed = panel.live.seen("changed")
        panel.page.wait_for_timeout(1000)
        assert panel.live.seen("changed") == changed, "the picture moves after pause"
        assert name(start) == "play"
        panel.must_follow(name(stop), stop.click)
        panel.must_be_true(name(stop))


def test_formulas_are_rendered(live):
    sources = ["".join(cell["source"]) for cell in live.cells if cell["cell_type"] == "markdown"]
    counts = [len(FORMULA.findall(CODE.sub("", source))) for source in sources]
    meant = [
        (source, {"count": count, "wrong": [], "raw": []})
        for source, count in zip(sources, counts, strict=True)
    ]
    for _ in range(50):  # MathJax comes late
        shown = list(zip(sources, live.page.evaluate(FORMULAS), strict=True))
        if shown == meant:
            break
        live.page.wait_for_timeout(100)
    assert [cell for cell in shown if cell not in meant] == []


def test_pictures_fit_into_the_page(live):
    assert live.page.locator(".jp-Notebook img").count() >= len(live.panels)
    assert live.page.evaluate(TOO_WIDE) == []


def test_screenshots_for_people(live):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for panel in live.panels:
        panel.box.screenshot(path=SCREENSHOTS / f"{live.name}_{panel.title}.png")
    notebook, scroller = (
        live.page.locator(".jp-Notebook"),
        live.page.locator(".jp-WindowedPanel-outer"),
    )
    hidden = scroller.evaluate(
        "box => { box.scrollTop = 0; return box.scrollHeight - box.clientHeight; }"
    )
    live.page.set_viewport_size({**SIZE, "height": SIZE["height"] + hidden})
    live.page.wait_for_timeout(500)
    notebook.screenshot(path=SCREENSHOTS / f"{live.name}.png")
    live.page.set_viewport_size(SIZE)


def test_nothing_was_said_on_the_console(live):
    assert live.complaints == []


def test_panels_have_no_accessibility_violations(live):
    from axe_playwright_python.sync_playwright import Axe

    found = (
        Axe().run(live.page, context=".jp-OutputArea-output .widget-vbox").response["violations"]
    )
    assert {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found} == {}
