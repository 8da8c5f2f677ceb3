"""Every notebook in JupyterLab: all cells run, every control is moved as a reader would, and the pictures follow.

What the page shows is compared with what the panel in the kernel says for the values of its controls. What all panels
share (dragging, keys held down, play) is done with one panel of each chapter, what is a panel's own with every one.
"""

import os
import re

import pytest
from lab import (
    ARROWS,
    FORMULAS,
    NOTEBOOKS,
    SCREENSHOTS,
    SIZE,
    TOO_WIDE,
    Source,
    at_end,
    for_each_panel,
    name,
)

pytestmark = pytest.mark.browser

FORMULA = re.compile(r"(?<!\\)(?:\$\$.+?\$\$|\$[^$]+\$)", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def first(parts: str):
    """Turn a check into a test of the first panel of the notebook that has such parts: the kit's work, not its own."""

    def decorate(check):
        def test(live):
            panels = [panel for panel in live.panels if getattr(panel, parts)]
            if panels:
                check(panels[0])

        test.__name__ = check.__name__
        return test

    return decorate


def test_there_are_notebooks_with_panels():
    sources = {path.stem: Source(path) for path in NOTEBOOKS}
    assert sources["00_start_here"].count("environment.check") == 1
    assert sources["00_start_here"].all_panels >= 1
    assert sources["01_perceptron"].all_panels >= 3


def test_every_cell_ran_without_error(live):
    code = [cell for cell in live.cells if cell["cell_type"] == "code"]
    code = [cell for cell in code if "".join(cell["source"]).strip()]
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert all(cell["count"] for cell in code)
    assert all(cell["rendered"] for cell in live.cells)


def test_every_panel_of_the_source_is_in_the_page(live):
    assert len(live.panels) == Source(live.path).all_panels


def test_page_and_kernel_answer_each_other(live):
    checks = Source(live.path).count("environment.check")
    widgets = ".jp-OutputArea-output:not(.jp-RenderedHTML)"  # replies to exercises are HTML
    lines = live.page.locator(f"{widgets} [role=status]").all_inner_texts()
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
    found = (panel.lists, panel.buttons, panel.plays, panel.numbers)
    assert [len(part) for part in found] == meant["others"]
    assert panel.handles or any(meant["others"]), "a panel without controls"
    parts = panel.box.locator(".noUi-handle, .widget-readout, select, button, input").all()
    assert [part.evaluate("part => part.outerHTML") for part in parts if not name(part)] == []
    unmoved = panel.box.locator("input:not([type=number]), textarea").count()
    assert unmoved == 0, "a control that no test here moves"


@for_each_panel
def test_every_slider_moves_the_picture(panel):
    for number, handle in enumerate(panel.handles):
        what = name(handle)
        handle.focus()
        for key in ARROWS[::-1] if at_end(handle, ARROWS[0]) else ARROWS:
            press = panel.page.keyboard.press
            before, after = panel.must_follow(f"{what}, {key}", press, key)
            assert before["readouts"][number] != after["readouts"][number], f"{what}: read-out"
        panel.must_be_true(what)


@first("handles")
def test_a_key_held_down_ends_at_the_picture_of_the_last_value(panel):
    handle = panel.handles[0]
    panel.to_the_start(handle)
    for _ in range(30):
        panel.page.keyboard.press("ArrowRight")
    panel.must_be_true(f"{name(handle)}, after 30 keys")
    panel.must_stay(f"{name(handle)}, after 30 keys")


@first("handles")
def test_a_slider_is_dragged(panel):
    handle = panel.handles[0]
    panel.to_the_start(handle)
    panel.must_follow(f"{name(handle)}, dragged", panel.drag, handle)
    panel.must_be_true(f"{name(handle)}, dragged")


@for_each_panel
def test_every_list_is_chosen_from_and_follows_the_keys(panel):
    for options in panel.lists:
        names = options.locator("option").all_inner_texts()
        now = options.evaluate("list => list.selectedIndex")
        for option in (names[now - 1], names[now]):
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


@first("steps")
def test_every_button_moves_the_picture_by_mouse_and_key(panel):
    for handle in panel.steps:
        panel.to_the_start(handle)  # there, two steps on are possible, and then two back
    for button in sorted(panel.buttons, key=lambda button: "back" in name(button)):
        panel.must_follow(f"{name(button)}, clicked", button.click)
        panel.must_follow(f"{name(button)}, Space", button.press, "Space")
        panel.must_be_true(name(button))


@first("plays")
def test_play_plays_until_it_is_paused(panel):
    play, handle = panel.plays[0], panel.steps[0]
    panel.to_the_start(handle)
    (start,) = [button for button in play.locator("button").all() if button.is_visible()]
    assert name(start) == "play"
    panel.must_follow("play", start.click)
    came = panel.live.seen("changed")  # from here on two more must come by themselves
    panel.page.wait_for_function("(count) => window.seen.changed > count + 1", arg=came)
    assert name(start) == "pause"
    start.click()
    panel.must_be_true("paused")
    panel.must_stay("paused", 700)  # longer than any panel's interval
    assert name(start) == "play"


@for_each_panel
def test_one_button_leads_back_to_the_start(panel):
    for handle in panel.handles[:1]:
        handle.press("End" if at_end(handle, ARROWS[1]) is False else "Home")
    panel.must_be_true("moved")
    panel.reset.click()
    panel.must_be_true("back at the start")
    again = panel.state()
    assert again["readouts"] == panel.first["readouts"]
    assert again["alt"] == panel.first["alt"]
    assert name(panel.reset)


def test_formulas_are_rendered(live):
    sources = ["".join(cell["source"]) for cell in live.cells if cell["cell_type"] == "markdown"]
    counts = [len(FORMULA.findall(CODE.sub("", source))) for source in sources]
    right = [{"count": count, "wrong": [], "raw": []} for count in counts]
    meant = list(zip(sources, right, strict=True))
    for _ in range(50):  # MathJax comes late
        shown = list(zip(sources, live.page.evaluate(FORMULAS), strict=True))
        if shown == meant:
            break
        live.page.wait_for_timeout(100)
    assert [cell for cell in shown if cell not in meant] == []


def test_pictures_fit_into_the_page(live):
    assert live.page.locator(".jp-Notebook img").count() >= len(live.panels)
    assert live.page.evaluate(TOO_WIDE) == []


@pytest.mark.skipif(
    not os.environ.get("NNLIB_SCREENSHOTS"), reason="for people: NNLIB_SCREENSHOTS=1"
)
def test_screenshots_for_people(live):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for panel in live.panels:
        panel.box.screenshot(path=SCREENSHOTS / f"{live.name}_{panel.title}.png")
    scroller = live.page.locator(".jp-WindowedPanel-outer")
    hidden = scroller.evaluate(
        "box => { box.scrollTop = 0; return box.scrollHeight - box.clientHeight; }"
    )
    live.page.set_viewport_size({**SIZE, "height": SIZE["height"] + hidden})
    live.page.wait_for_timeout(500)
    live.page.locator(".jp-Notebook").screenshot(path=SCREENSHOTS / f"{live.name}.png")
    live.page.set_viewport_size(SIZE)


def test_nothing_was_said_on_the_console(live):
    assert live.complaints == []


def test_panels_have_no_accessibility_violations(live):
    from axe_playwright_python.sync_playwright import Axe

    panels, words = ".jp-OutputArea-output .widget-vbox", ".jp-RenderedMarkdown"  # an appendix's
    found = Axe().run(live.page, context=panels if live.panels else words).response["violations"]
    assert {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found} == {}
