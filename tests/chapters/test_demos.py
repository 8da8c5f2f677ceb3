"""Every demo is drawn at both ends and in the middle of every control; a panel shows errors and speaks."""

import importlib
import inspect
import pkgutil
import re
import threading
import time

import nnlib.demos
import numpy as np
import pytest

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import CountingButton, KernelGrid, Steps, choice, counter, slider
from nnlib.chapters.kit.panel import Panel

MODULES = [
    module.name
    for module in pkgutil.iter_modules(nnlib.demos.__path__)
    if module.name not in ("panel", "controls")
]
DEMOS = [
    (name, function.removeprefix("draw_"))
    for name in MODULES
    for function, _ in inspect.getmembers(
        importlib.import_module(f"nnlib.demos.{name}"), inspect.isfunction
    )
    if function.startswith("draw_")
]


def make(module, name):
    return getattr(importlib.import_module(f"nnlib.demos.{module}"), name)()


def values(control):
    """Both ends, the middle and the neighbours of the start, or every option."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    if isinstance(control, CountingButton):
        return [0, 1, 2]
    if isinstance(control, KernelGrid):
        return [*control.known.values(), (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0)]
    numbers = control.slider if isinstance(control, Steps) else control
    middle = type(numbers.min)((numbers.min + numbers.max) / 2)
    near = [control.value - numbers.step, control.value + numbers.step]
    return [
        numbers.min,
        middle,
        numbers.max,
        *(value for value in near if numbers.min <= value <= numbers.max),
    ]


def data(tag):
    return re.search('base64,([^"]*)', tag)[1]


def test_there_are_demos():
    assert len(DEMOS) >= 6


@pytest.mark.parametrize(("module", "name"), DEMOS)
def test_it_draws_everywhere_and_every_move_shows(module, name):
    panel = make(module, name)
    for control in panel.controls.values():
        start = control.value
        for value in values(control):
            alt, picture = panel.alt, data(panel.picture.value)
            moved = value != control.value
            control.value = value
            assert panel.message.value == ""
            assert (panel.alt != alt) == moved
            assert (data(panel.picture.value) != picture) == moved
        control.value = start


@pytest.mark.parametrize(("module", "name"), DEMOS)
def test_labels_are_not_cut_off(module, name):
    # where controls stand side by side there is room for 17 letters, and what is longer ends in "…"
    for control in make(module, name).controls.values():
        part = control.slider if isinstance(control, Steps) else control
        narrow = getattr(getattr(part, "style", None), "description_width", "") == "9em"
        assert not narrow or len(part.description) <= 17, part.description


def below_the_title(panel):
    panel.figure.canvas.draw()
    pixels = np.asarray(panel.figure.canvas.buffer_rgba())
    return pixels[len(pixels) // 6 :].tobytes()


@pytest.mark.parametrize(("module", "name"), DEMOS)
def test_every_control_moves_more_than_the_title(module, name):
    panel = make(module, name)
    for control in panel.controls.values():
        start, drawn = control.value, set()
        for value in values(control):
            control.value = value
            drawn.add(below_the_title(panel))
        assert len(drawn) >= 2
        control.value = start


@pytest.mark.parametrize(("module", "name"), DEMOS)
def test_it_is_the_same_picture_after_coming_back(module, name):
    panel = make(module, name)
    before = panel.picture.value
    for control in panel.controls.values():
        start = control.value
        control.value = values(control)[0]
        control.value = values(control)[-1]
        control.value = start
    assert panel.picture.value == before


@pytest.mark.parametrize(("module", "name"), DEMOS)
def test_every_control_has_a_name_and_the_picture_has_words(module, name):
    panel = make(module, name)
    for control in panel.controls.values():
        named = {Steps: "slider", KernelGrid: "choice"}.get(type(control))
        assert len((getattr(control, named) if named else control).description) >= 3
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == panel.alt
    assert len(panel.alt) > 30
    assert bundle["text/html"] == figures.image_tag(panel.figure, panel.alt)
    assert "application/vnd.jupyter.widget-view+json" in bundle


def draw_number(figure, n):
    if n == 3:
        raise ValueError("three is <not> allowed")
    figure.suptitle(str(n))
    return f"the number {n} & no other"


def test_an_error_is_shown_and_raised_and_the_last_good_picture_stays():
    panel = Panel(draw_number, n=counter("number", 0, 9, 2))
    good = panel.picture.value
    with pytest.raises(ValueError, match="three"):
        panel.controls["n"].value = 3
    assert 'role="alert"' in panel.message.value
    assert "ValueError: three is &lt;not&gt; allowed" in panel.message.value
    assert panel.picture.value == good
    panel.controls["n"].value = 2
    assert panel.message.value == ""  # also where the picture is the one that stayed
    with pytest.raises(ValueError, match="three"):
        panel.controls["n"].value = 3
    panel.controls["n"].value = 4
    assert panel.message.value == ""
    assert panel.picture.value != good


def test_alt_texts_are_escaped():
    panel = Panel(draw_number, n=counter("number", 0, 9, 2))
    assert 'alt="the number 2 &amp; no other"' in panel.picture.value
    assert panel.alt == "the number 2 & no other"


def test_steps_stay_within_bounds_and_their_parts_agree():
    steps = Steps("step", 5, value=4)
    for _ in range(3):
        steps.on.click()
    assert (steps.value, steps.slider.value, steps.play.value) == (5, 5, 5)
    steps.slider.value = 0
    steps.back.click()
    assert (steps.value, steps.slider.value, steps.play.value) == (0, 0, 0)
    steps.play.value = 2
    assert (steps.value, steps.slider.value) == (2, 2)


def test_one_move_draws_once():
    drawn = []

    def draw(figure, step):
        drawn.append(step)
        return f"step number {step}"

    panel = Panel(draw, step=Steps("step", 9))
    panel.controls["step"].on.click()
    panel.controls["step"].slider.value = 7
    panel.controls["step"].play.value = 8
    assert drawn == [0, 1, 7, 8]


def test_two_threads_never_draw_at_once_and_the_last_picture_is_that_of_the_last_values():
    drawing, overlaps = [], []

    def draw(figure, left, right):
        overlaps.extend(drawing)
        drawing.append(1)
        time.sleep(0.001)
        drawing.pop()
        return f"left {left} and right {right}"

    panel = Panel(draw, left=counter("left", 0, 50, 0), right=counter("right", 0, 50, 0))

    def move(name):
        for value in range(1, 51):
            panel.controls[name].value = value

    threads = [threading.Thread(target=move, args=[name]) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
    assert panel.alt == "left 50 and right 50"


def test_a_counting_button_counts():
    button = CountingButton("new data")
    button.click()
    button.click()
    assert button.value == 2


@pytest.mark.parametrize(
    ("step", "wanted"), [(0.1, ".1f"), (0.05, ".2f"), (1, ".0f"), (5.0, ".0f")]
)
def test_a_slider_shows_as_many_decimals_as_it_steps(step, wanted):
    assert slider("s", 0, 10, 5, step).readout_format == wanted


def test_a_choice_takes_names_and_values():
    assert choice("c", [("one", 1), ("two", 2)], 2).value == 2


def test_a_kernel_is_chosen_or_written():
    grid = KernelGrid("kernel", {"one": np.eye(3), "thirds": np.full((3, 3), 1 / 3)}, "one")
    seen = []
    grid.observe(lambda change: seen.append(change["new"]), names="value")
    grid.choice.value = "thirds"
    assert [cell.value for cell in grid.cells] == [0.333] * 9
    grid.cells[2].value = 5.0
    assert seen == [(1 / 3,) * 9, (0.333, 0.333, 5.0, *[0.333] * 6)]
