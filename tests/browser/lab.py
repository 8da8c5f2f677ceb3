"""A notebook in JupyterLab and its panels, as the tests of the browser see and move them."""

import ast
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nnlib.chapters.kit.demo import declared_everywhere

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCREENSHOTS = ROOT / "test-output" / "screenshots"
SIZE = {"width": 1280, "height": 720}
ARROWS = ("ArrowRight", "ArrowLeft")
PANELS = {(demo.chapter, demo.name) for demo in declared_everywhere()[0]}

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
RUN_SOME = f"""(places) => {{ {LAB}
  window.ran = false;
  (async () => {{
    for (const place of places) {{
      notebook.activeCellIndex = place;
      await lab.commands.execute("notebook:run-cell");
    }}
    window.ran = true;
  }})();
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
        "title": panel.draw.__name__,
        "alt": panel.draw(figures.figure(*panel.size), **values),
        "sliders": [part.value for part in parts(panel) if hasattr(part, "readout")],
        "trains": [not part.continuous_update for part in parts(panel) if hasattr(part, "readout")],
        "others": [
            sum(isinstance(part, of) and part is not panel.reset for part in parts(panel))
            for of in (Dropdown, Button, Play, FloatText)
        ],
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
    """What a notebook's cells say before anything runs: how many panels it must show, and in which cells."""

    def __init__(self, path: Path) -> None:
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        plain = TransformerManager().transform_cell
        self.trees = {
            place: ast.parse(plain("".join(cell["source"])))
            for place, cell in enumerate(self.cells)
            if cell["cell_type"] == "code"
        }
        self.chapter = next(
            (chapter for tree in self.trees.values() for chapter in imported(tree)), ""
        )

    def calls(self, place: int) -> list[str]:
        """Return the attributes that the cell calls: ``vote`` for ``panels.vote()``, ``check`` for ``ex.check(…)``."""
        nodes = [node.func for node in ast.walk(self.trees[place]) if isinstance(node, ast.Call)]
        return [
            f"{ast.unparse(node.value)}.{node.attr}"
            for node in nodes
            if isinstance(node, ast.Attribute)
        ]

    def count(self, call: str) -> int:
        """Return how often ``call`` is called, such as "environment.check"."""
        return sum(self.calls(place).count(call) for place in self.trees)

    def panels(self, place: int) -> int:
        """Return how many panels the cell shows."""
        names = [
            name.removeprefix("panels.") for name in self.calls(place) if name.startswith("panels.")
        ]
        return sum((self.chapter, name) in PANELS for name in names)

    @property
    def all_panels(self) -> int:
        """How many panels the notebook shows."""
        return sum(map(self.panels, self.trees))

    @property
    def stage(self) -> list[int]:
        """The places of the cells that are needed to see the panels: the imports and the panels themselves."""
        return [
            place
            for place, tree in self.trees.items()
            if self.panels(place) or list(imported(tree))
        ]


def imported(tree: ast.Module) -> list[str]:
    """Return the chapters whose panels a cell imports."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    nodes = [node for node in nodes if "panels" in [name.name for name in node.names]]
    return [node.module.rpartition(".")[2] for node in nodes]


class Live:
    """A notebook in JupyterLab, all cells run."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path, self.name = path, path.stem
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def run(self, address: str, cells: list[int] | None = None) -> None:
        """Open the notebook and run the cells at these places, or all of them."""
        self.page.add_init_script(f"({WATCH})()")
        self.page.goto(address)
        self.page.wait_for_function(READY, timeout=60_000)
        self.page.evaluate(CONNECTED)
        self.page.evaluate(RUN) if cells is None else self.page.evaluate(RUN_SOME, cells)
        self.page.wait_for_function(IDLE, timeout=180_000)
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
        boxes = self.page.locator(".jp-OutputArea-output .nnlib-panel").all()
        return [LivePanel(self, box, *of) for box, of in zip(boxes, titles.items(), strict=True)]

    def seen(self, what: str) -> float:
        return self.page.evaluate(f"() => window.seen.{what}")


class LivePanel:
    """A panel in the page: its controls, its picture, and what the kernel says that it should show."""

    patience = (
        10  # seconds that a picture may take; more where the kernel itself runs in the browser
    )

    def __init__(self, live: Live, box: Any, model: str, title: str) -> None:
        self.live, self.box, self.model, self.title = live, box, model, title
        self.page = live.page
        self.handles = box.locator(".noUi-handle").all()
        self.lists = box.locator("select").all()
        self.buttons = box.locator("button.widget-button:not(.nnlib-reset)").all()
        self.reset = box.locator("button.nnlib-reset")
        self.first = self.state()
        self.plays = box.locator(".widget-play").all()
        self.numbers = box.locator("input[type=number]").all()
        self.steps = box.locator(".nnlib-steps .noUi-handle").all()

    def state(self) -> dict:
        return self.box.evaluate(STATE)

    def to_the_start(self, handle: Any) -> None:
        handle.press("Home")
        self.must_be_true(f"{name(handle)}, at its start")

    def must_stay(self, what: str, milliseconds: int = 300) -> None:
        """No further picture may come by itself."""
        changed = self.live.seen("changed")
        self.page.wait_for_timeout(milliseconds)
        assert self.live.seen("changed") == changed, f"{what}: pictures still come"

    def must_follow(
        self, what: str, act: Callable, *details: Any, **options: Any
    ) -> tuple[dict, dict]:
        """Call ``act``; return the state before and after it. The picture and its words must have changed."""
        before, painted = self.state(), self.live.seen("painted")
        act(*details, **options)
        with contextlib.suppress(Exception):  # what did not change is told below
            self.page.wait_for_function(
                "(count) => window.seen.painted > count",
                arg=painted,
                timeout=self.patience * 1000,
            )
        after = self.state()
        assert not after["alerts"], f"{what}: {after['alerts']}"
        same = [part for part in ("src", "alt") if after[part] == before[part]]
        assert not same, f"{what}: the picture's {same} does not change: {after['alt']}"
        return before, after

    def must_be_true(self, what: str) -> None:
        """Picture and read-outs must be, or soon become, what the kernel says for the values of the controls."""
        shown, meant = self.state(), self.live.ask(self.model)
        seconds = 10 if any(meant["trains"]) else 2  # what trains may take a second or two
        late = time.monotonic() + seconds
        # While something is on its way, page and kernel may differ in either, the picture or a read-out.
        while not (same_picture(shown, meant) and same_numbers(shown, meant)):
            if time.monotonic() > late:
                break
            self.page.wait_for_timeout(50)
            shown, meant = self.state(), self.live.ask(self.model)
        assert same_picture(shown, meant), f"{what}: the picture is not the one of the values"
        assert same_numbers(shown, meant), f"{what}: a read-out shows another value"

    def drag(self, handle: Any, by: int = 80) -> None:
        place = handle.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + by, y, steps=4)
        self.page.mouse.up()


def same_picture(shown: dict, meant: dict) -> bool:
    """Whether the picture in the page says what the kernel says."""
    return shown["alt"] == meant["alt"]


def same_numbers(shown: dict, meant: dict) -> bool:
    """Whether the read-outs in the page are the values in the kernel."""
    numbers = [float(words.replace("−", "-").replace(",", "")) for words in shown["readouts"]]
    return numbers == pytest.approx(meant["sliders"], abs=1e-6)


def name(part: Any) -> str:
    """Return the accessible name of a control."""
    return part.evaluate(NAME).strip()


def at_end(handle: Any, key: str) -> bool:
    """Whether a slider cannot go on in the direction of a key."""
    end = "aria-valuemax" if key == "ArrowRight" else "aria-valuemin"
    return handle.get_attribute("aria-valuenow") == handle.get_attribute(end)


@contextlib.contextmanager
def opened(
    chromium: Any, server: Any, path: Path, cells: list[int] | None = None
) -> Iterator["Live"]:
    """Give the notebook in a page of its own, the cells at these places run (or all); its kernel ends with it."""
    page = chromium.new_page(viewport=SIZE)
    try:
        live = Live(page, path)
        live.run(server.page(path.name), cells)
        yield live
        page.evaluate(SHUT_DOWN)
    finally:
        page.close()


def for_each_panel(check: Callable[["LivePanel"], None]) -> Callable[..., None]:
    """Turn a check of one panel into a test of all of them, where a broken one does not hide the next."""

    def test(live, subtests):
        assert live.panels or not Source(live.path).all_panels
        for panel in live.panels:
            with subtests.test(panel.title):
                check(panel)

    test.__name__ = check.__name__
    return test
