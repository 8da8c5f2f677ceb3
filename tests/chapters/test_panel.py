"""What a panel and the page tell each other: a pointer in the picture, the theme, that it is busy, the way back."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from traitlets import TraitError

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import declared_everywhere
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.kit.touch import Touch

DEMOS, _ = declared_everywhere()
TOUCHED = [demo for demo in DEMOS if demo.touches]


def draw_place(figure: Figure, v1: float, v2: float, count: int, step: int) -> str:
    left, right = figures.axes(figure, columns=2)
    for ax in (left, right):
        ax.set(xlim=(-2, 2), ylim=(0, 1))
    left.plot([v1], [v2], "o")
    return f"at ({v1:.1f}, {v2:.2f}), {count} and {step}"


def panel_of(*touches: Touch) -> Panel:
    controls = {
        "v1": Slider("across", -1, 2, 0.0),
        "v2": Slider("up", 0, 1, 0.5, step=0.05),
        "count": Counter("count", 0, 9, 2),
        "step": Steps("step", 5, 1),
    }
    return Panel(draw_place, controls, (8, 4), touches)


def spot(panel: Panel, axes: int, x: float, y: float) -> dict[str, float]:
    """Where the page says that the pointer is, for data coordinates."""
    pixels = panel.figure.axes[axes].transData.transform((x, y))
    across, up = panel.figure.transFigure.inverted().transform(pixels)
    return {"x": across, "y": 1 - up}


def touch(panel: Panel, axes: int, x: float, y: float, kind: str = "down") -> None:
    panel.follow({"kind": kind, **spot(panel, axes, x, y)})


def values(panel: Panel) -> dict[str, Any]:
    return {name: control.value for name, control in panel.controls.items()}


def test_sliders_follow_the_pointer_in_their_steps_and_within_their_ends():
    panel = panel_of(Touch(x="v1", y="v2"))
    touch(panel, 0, 1.234, 0.771)
    assert values(panel) == {"v1": 1.2, "v2": 0.75, "count": 2, "step": 1}
    assert panel.alt == "at (1.2, 0.75), 2 and 1"
    touch(panel, 0, -2, 1.4, "move")
    assert (panel.controls["v1"].value, panel.controls["v2"].value) == (-1.0, 1.0)


def test_what_is_held_stays_held_and_what_is_not_touched_stays():
    panel = panel_of(Touch(x="v1", axes=1))
    touch(panel, 0, 1, 0.5)
    assert panel.controls["v1"].value == 0
    touch(panel, 0, 1, 0.5, "move")
    assert panel.controls["v1"].value == 0
    touch(panel, 1, 1, 0.5)
    touch(panel, 1, 9, 9, "move")  # beyond the axes and the picture
    assert panel.controls["v1"].value == 2
    touch(panel, 0, 0, 0.5)
    touch(panel, 1, 0, 0.5, "move")
    assert panel.controls["v1"].value == 2


def test_whole_numbers_stay_whole_and_each_move_draws_once():
    panel = panel_of(Touch(to=lambda x, y, now: {"count": 4 * y, "step": now["step"] + 2, "v1": x}))
    drawn = panel.page.drawn
    touch(panel, 0, 1, 0.9)
    assert values(panel) == {"v1": 1.0, "v2": 0.5, "count": 4, "step": 3}
    assert isinstance(panel.controls["count"].value, int)
    assert panel.page.drawn == drawn + 1  # the picture is the answer to the page


def test_the_page_is_told_what_can_be_dragged():
    assert panel_of().page.touch == ""
    assert panel_of(Touch(x="v1", y="v2")).page.touch == "drag in the picture: across and up"
    assert panel_of(Touch(to=dict, what="it")).page.touch == "drag in the picture: it"


def test_one_button_leads_back_to_the_start():
    panel = panel_of()
    start = panel.picture.value
    for name, value in {"v1": 1.5, "v2": 0.1, "count": 9, "step": 5}.items():
        panel.controls[name].value = value
    drawn = panel.page.drawn
    panel.reset.click()
    assert values(panel) == {"v1": 0, "v2": 0.5, "count": 2, "step": 1}
    assert panel.picture.value == start
    assert panel.page.drawn == drawn + 1


def test_a_step_of_play_that_comes_after_the_way_back_is_not_heeded():
    panel = panel_of()
    step = panel.controls["step"]
    step.play.playing = True
    step.play.value = 4
    assert step.value == 4
    panel.reset.click()
    step.play.value = 5  # sent by the page before it heard of it
    assert (step.value, step.slider.value, step.play.value, step.play.playing) == (1, 1, 1, False)
    step.play.playing = True
    step.play.value = 2
    assert step.value == 2


def test_a_value_that_a_control_refuses_does_not_stop_the_panel():
    panel = panel_of()
    with pytest.raises(TraitError):
        panel.move({"v1": "far"})
    panel.controls["v1"].value = 1.5
    assert panel.alt == "at (1.5, 0.50), 2 and 1"


def test_a_dark_page_gets_a_dark_picture_with_the_same_words():
    panel = panel_of()
    light, words = panel.picture.value, panel.alt
    panel.page.dark = True
    assert panel.picture.value != light
    assert panel.alt == words
    panel.page.dark = False
    assert panel.picture.value == light


def test_it_says_that_it_is_busy_while_it_draws_and_no_longer():
    told = []

    def draw(figure: Figure, n: int) -> str:
        told.append(panel.page.busy if told else None)
        if n == 3:
            raise ValueError("three")
        return f"the number {n}, and no other"

    told = []
    panel = Panel(lambda figure, n: "at the start", {"n": Counter("n", 0, 9, 2)}, (4, 3))
    panel.draw, told = draw, [None]
    panel.controls["n"].value = 4
    with pytest.raises(ValueError, match="three"):
        panel.controls["n"].value = 3
    assert told[1:] == [True, True]
    assert panel.page.busy is False
    assert panel.page.alt == "the number 4, and no other"


def test_ticks_are_told_by_the_name_of_their_slider():
    controls = {"n": Counter("number", 0, 9, 2, ticks=(3, 5)), "c": Choice("choice", ["a"], "a")}
    panel = Panel(lambda figure, n, c: f"number {n}, choice {c}", controls, (4, 3))
    assert panel.page.ticks == {"number": [3, 5]}


def test_at_least_ten_panels_are_touched_in_seven_chapters():
    assert len(TOUCHED) >= 10
    assert len({demo.chapter for demo in TOUCHED}) >= 7


@pytest.mark.parametrize("declared", TOUCHED, ids=lambda demo: demo.key)
def test_every_touch_moves_what_it_names(declared):
    panel = declared()
    for one in declared.touches:
        (left, right), (bottom, top) = (
            getattr(panel.figure.axes[one.axes], f"get_{side}lim")() for side in "xy"
        )
        panel.move(panel.starts)
        before, alt = values(panel), panel.alt
        for share in (0.27, 0.5, 0.71):
            place = left + share * (right - left), bottom + (0.2 + share / 2) * (top - bottom)
            touch(panel, one.axes, *place)
            assert panel.message.value == ""
        assert values(panel) != before
        assert panel.alt != alt
        for name in (one.x, one.y):
            if name:
                control = panel.controls[name]
                slider = control.slider if hasattr(control, "slider") else control
                axis = 0 if name == one.x else 1
                near = np.clip(place[axis], slider.min, slider.max)
                assert abs(control.value - near) <= 0.51 * slider.step
