"""Every notebook in JupyterLab: all cells run, every control is moved as a reader would, and the pictures follow.

What the page shows is compared with what the panel in the kernel says for the values of its controls.
"""

import ast
import importlib
import inspect
import itertools
import json
import re
import typing
from pathlib import Path

import pytest
from conftest import ROOT, SIZE, Timing
from IPython.core.inputtransformer2 import TransformerManager

from nnlib.demos.panel import Panel
from nnlib.demos.start import FrontEndCheck

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCREENSHOTS = ROOT / "test-output" / "screenshots"
PRESSES = 6
ARROWS = ("ArrowRight", "ArrowLeft")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)

# What JupyterLab itself may say on the console, and why it does not matter here. Nothing else is let through.
LETS_PASS: dict[str, str] = {}

# Counts pictures as they change, and once each is decoded and a frame has come, how long ago the last key was pressed.
WATCH = """() => {
  const seen = (window.seen = { pressed: 0, changed: 0, painted: 0, delay: 0, heights: [] });
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
READY = f"() => {{ {LAB} return panel?.sessionContext?.isReady && notebook?.model?.cells.length > 0; }}"
CONNECTED = f"""async () => {{ {LAB}
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
}}"""
RUN = f"""() => {{ {LAB}
  window.ran = false;
  lab.commands.execute("notebook:clear-all-cell-outputs").then(() =>
    lab.commands.execute("notebook:run-all-cells")).then(() => {{ window.ran = true; }});
}}"""
IDLE = f"() => {{ {LAB} return window.ran && panel.sessionContext.session.kernel.status === 'idle'; }}"
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
# What the panel of a given model says, drawn afresh on a figure of its own, and where its sliders stand.
PANEL = """
def _ask(model):
    import json
    from ipywidgets import widget_serialization
    from nnlib import plots
    from nnlib.demos.panel import Panel
    panel = widget_serialization["from_json"](f"IPY_MODEL_{model}", None)
    if not isinstance(panel, Panel):
        return {"panel": False, "answered": getattr(panel, "answered", None)}
    values = {name: control.value for name, control in panel.controls.items()}
    def sliders(widget):
        found = [widget.value] if hasattr(widget, "readout") else []
        return found + [value for child in getattr(widget, "children", ()) for value in sliders(child)]
    alt = panel.draw(plots.figure(*panel.figure.get_size_inches()), **values)
    return {"panel": True, "alt": alt, "sliders": sliders(panel)}
"""
STATE = """(panel) => ({
  src: panel.querySelector(".widget-html img")?.src,
  alt: panel.querySelector(".widget-html img")?.alt,
  alerts: [...panel.querySelectorAll("[role=alert]")].map((alert) => alert.textContent),
  readouts: [...panel.querySelectorAll(".widget-readout")].map((readout) => readout.textContent),
})"""
NAME = "(part) => part.ariaLabel || part.labels?.[0]?.textContent || part.textContent || ''"
RAW_FORMULA = """() => [...document.querySelectorAll(".jp-Notebook .jp-RenderedMarkdown")].map((cell) => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("mjx-container, code, pre").forEach((part) => part.remove());
  return {
    formulas: cell.querySelectorAll("mjx-container").length,
    errors: cell.querySelectorAll("mjx-merror, [data-mjx-error], mjx-container [data-mml-node=merror]").length,
    raw: /\\$[^$\\n]+\\$/.test(copy.textContent),
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
        modules = {name.asname or name.name: importlib.import_module(f"nnlib.demos.{name.name}") for name in names}
        called = [node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        called = [call for call in called if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)]
        functions = [getattr(modules[call.value.id], call.attr) for call in called if call.value.id in modules]
        return sum(typing.get_type_hints(inspect.unwrap(function)).get("return") is kind for function in functions)


class Live:
    """A notebook in JupyterLab, all cells run."""

    def __init__(self, page, name: str) -> None:
        self.page = page
        self.name = name
        self.complaints: list[str] = []
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))

    def _complain(self, words: str) -> None:
        if not any(known in words for known in LETS_PASS):
            self.complaints.append(words)

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
        reply = json.loads(self.page.evaluate(ASK, f"{PANEL}\nimport json\n_answer = json.dumps(_ask({model!r}))"))
        assert reply["status"] == "ok", reply
        return json.loads(ast.literal_eval(reply["user_expressions"]["answer"]["data"]["text/plain"]))

    @property
    def panels(self) -> list["LivePanel"]:
        models = [model for model in self.models if self.ask(model)["panel"]]
        boxes = self.page.locator(".jp-OutputArea-output .widget-vbox:not(.widget-vbox .widget-vbox)").all()
        return [LivePanel(self, box, model) for box, model in zip(boxes, models, strict=True)]

    def seen(self, what: str) -> float:
        return self.page.evaluate(f"() => window.seen.{what}")


class LivePanel:
    """A panel in the page: its controls, its picture, and what its kernel side says."""

    def __init__(self, live: Live, box, model: str) -> None:
        self.live, self.box, self.model = live, box, model
        self.page = live.page
        self.handles = box.locator(".noUi-handle").all()
        self.lists = box.locator("select").all()
        self.plays = box.locator(".widget-play").all()
        self.buttons = box.locator("button.widget-button").all()

    def state(self) -> dict:
        return self.box.evaluate(STATE)

    def name(self, part) -> str:
        return part.evaluate(NAME).strip()

    def settle(self, quiet: int = 250) -> None:
        """Wait until no picture has changed for ``quiet`` ms."""
        before = None
        while before != (before := self.live.seen("changed")):
            self.page.wait_for_timeout(quiet)

    def must_follow(self, act, what: str) -> tuple[dict, dict]:
        """Do ``act``; return the state before and after it. The picture and its words must have changed."""
        before, painted = self.state(), self.live.seen("painted")
        act()
        try:
            self.page.wait_for_function("(count) => window.seen.painted > count", arg=painted, timeout=10_000)
        except Exception as error:
            raise AssertionError(f"{what}: no new picture within 10 s; {self.state()['alerts']}") from error
        after = self.state()
        assert not after["alerts"], f"{what}: {after['alerts']}"
        assert after["src"] != before["src"], f"{what}: the picture is the same as before: {after['alt']}"
        assert after["alt"] != before["alt"], f"{what}: the words are the same as before: {after['alt']}"
        return before, after

    def must_be_true(self, what: str) -> None:
        """Check that picture and read-outs are what the kernel says for the values that its controls now have."""
        self.settle()
        shown, meant = self.state(), self.live.ask(self.model)
        assert shown["alt"] == meant["alt"], f"{what}: the picture is not the one of the values"
        numbers = [float(words.replace("−", "-").replace(",", "")) for words in shown["readouts"]]
        assert numbers == pytest.approx(meant["sliders"], abs=1e-6), f"{what}: a read-out shows another value"


def at_end(handle, key: str) -> bool:
    end = "aria-valuemax" if key == "ArrowRight" else "aria-valuemin"
    return handle.get_attribute("aria-valuenow") == handle.get_attribute(end)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def source(request):
    return request.param


@pytest.fixture(scope="module")
def live(source, chromium, server):
    page = chromium.new_page(viewport=SIZE)
    live = Live(page, source.stem)
    live.run(server.page(source.name))
    yield live
    page.close()


def test_there_are_notebooks_with_panels():
    sources = {path.stem: Source(path) for path in NOTEBOOKS}
    assert sources["00_start_here"].calls(FrontEndCheck) == 1
    assert sources["00_start_here"].calls(Panel) >= 1
    assert sources["01_perceptron"].calls(Panel) >= 3


def test_every_cell_ran_without_error(live):
    code = [cell for cell in live.cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    errors = [output for cell in code for output in cell["outputs"] if output["output_type"] == "error"]
    assert not errors
    assert all(cell["rendered"] for cell in live.cells)
    assert all(cell["count"] for cell in code)


def test_every_panel_of_the_source_is_in_the_page(source, live):
    assert len(live.panels) == Source(source).calls(Panel)
    for panel in live.panels:
        state = panel.state()
        assert state["src"]
        assert not state["alerts"]
        panel.must_be_true("at the start")


def test_page_and_kernel_answer_each_other(source, live):
    checks = Source(source).calls(FrontEndCheck)
    lines = live.page.locator(".jp-OutputArea-output [role=status]").all_inner_texts()
    assert [line[0] for line in lines] == ["✓"] * checks
    assert [live.ask(model).get("answered") for model in live.models].count(True) == checks


def test_every_control_has_a_name_and_is_of_a_known_kind(live):
    for panel in live.panels:
        parts = panel.box.locator(".noUi-handle, .widget-readout, select, button").all()
        assert parts, "a panel without controls"
        assert [part.evaluate("part => part.outerHTML") for part in parts if not panel.name(part)] == []
        known = len(panel.buttons) + panel.box.locator(".widget-play button").count()
        assert panel.box.locator("button").count() == known
        assert panel.box.locator("input, textarea").count() == 0, "a kind of control that these tests do not move"


def test_every_slider_moves_the_picture(live, timings):
    for panel, number in [(panel, k) for panel in live.panels for k in range(len(panel.handles))]:
        handle = panel.handles[number]
        what, delays = panel.name(handle), []
        handle.focus()
        for key in ARROWS[::-1] if at_end(handle, ARROWS[0]) else ARROWS:
            for press in range(PRESSES):
                if press and at_end(handle, key):
                    break
                press_key = lambda key=key: panel.page.keyboard.press(key)  # noqa: E731
                before, after = panel.must_follow(press_key, f"{what}, {key}")
                assert before["readouts"][number] != after["readouts"][number], f"{what}: the read-out stays"
                delays.append(live.seen("delay"))
        panel.must_be_true(what)
        timings.append(Timing(live.name, what, delays))


def test_a_key_held_down_ends_at_the_picture_of_the_last_value(live):
    for panel in live.panels:
        for handle in panel.handles:
            what = f"{panel.name(handle)}, 30 keys at once"
            handle.press("Home")
            panel.settle()
            for _ in range(30):
                panel.page.keyboard.press("ArrowRight")
            panel.page.wait_for_timeout(1000)
            shown, changed = panel.state(), live.seen("changed")
            meant = live.ask(panel.model)
            assert shown["alt"] == meant["alt"], f"{what}: a second later the picture is still an old one"
            panel.page.wait_for_timeout(500)
            assert live.seen("changed") == changed, f"{what}: pictures still come after a second"
            panel.must_be_true(what)


def test_a_slider_is_dragged(live):
    for panel in live.panels:
        for handle in panel.handles[:1]:
            handle.press("Home")
            panel.settle()
            place = handle.bounding_box()
            x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2

            def drag(x=x, y=y):
                panel.page.mouse.move(x, y)
                panel.page.mouse.down()
                panel.page.mouse.move(x + 80, y, steps=4)
                panel.page.mouse.up()

            panel.must_follow(drag, f"{panel.name(handle)}, dragged")
            panel.must_be_true(f"{panel.name(handle)}, dragged")


def test_every_option_is_chosen(live):
    for panel in live.panels:
        for options in panel.lists:
            names = options.locator("option").all_inner_texts()
            now = options.evaluate("list => list.selectedIndex")
            for name in names[now + 1 :] + names[: now + 1]:
                # The open list is drawn outside the page, where no mouse of ours can reach it.
                panel.must_follow(lambda name=name: options.select_option(label=name), f"option {name}")
                panel.must_be_true(f"option {name}")
            options.focus()
            key = "ArrowUp" if now else "ArrowDown"
            panel.must_follow(lambda key=key: panel.page.keyboard.press(key), f"{panel.name(options)}, {key}")


def test_every_button_moves_the_picture(live):
    for panel in live.panels:
        for handle in panel.box.locator(".widget-vbox .noUi-handle").all():
            handle.press("Home")  # so that there is a way on, and then back
            panel.settle()
        buttons = sorted(panel.buttons, key=lambda button: "back" in panel.name(button))
        for button in buttons:
            panel.must_follow(button.click, panel.name(button))
            panel.must_be_true(panel.name(button))


def test_play_plays_until_it_is_paused(live):
    for panel in live.panels:
        for play in panel.plays:
            panel.box.locator(".widget-vbox .noUi-handle").first.press("Home")
            panel.settle()
            start, stop = play.locator("button").all()[:2]
            assert panel.name(start) == "play"
            panel.must_follow(start.click, "play")
            panel.must_follow(lambda: None, "play goes on")
            assert panel.name(start) == "pause"
            start.click()
            panel.must_be_true("paused")
            changed = live.seen("changed")
            panel.page.wait_for_timeout(1000)
            assert live.seen("changed") == changed, "the picture moves after pause"
            assert panel.name(start) == "play"
            panel.must_follow(stop.click, "back to the start")
            panel.must_be_true("back to the start")


def test_formulas_are_rendered(live):
    cells = [cell for cell in live.cells if cell["cell_type"] == "markdown"]
    expected = [len(FORMULA.findall(CODE.sub("", "".join(cell["source"])))) for cell in cells]
    for _ in range(50):
        shown = live.page.evaluate(RAW_FORMULA)
        if [cell["formulas"] for cell in shown] == expected:
            break
        live.page.wait_for_timeout(100)
    assert [cell["formulas"] for cell in shown] == expected
    assert not any(cell["errors"] or cell["raw"] for cell in shown)


def test_pictures_fit_into_the_page(live):
    assert live.page.evaluate(TOO_WIDE) == []


def test_screenshots_for_people(live):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, panel in enumerate(live.panels, start=1):
        panel.box.screenshot(path=SCREENSHOTS / f"{live.name}_panel_{number}.png")
    scroller = live.page.locator(".jp-WindowedPanel-outer")
    height = scroller.evaluate("box => box.scrollHeight - box.clientHeight") + SIZE["height"]
    live.page.set_viewport_size({**SIZE, "height": height})
    live.page.locator(".jp-Notebook").screenshot(path=SCREENSHOTS / f"{live.name}.png")
    live.page.set_viewport_size(SIZE)


def test_nothing_was_said_on_the_console(live):
    assert live.complaints == []
