"""Every panel, found by the registry, is drawn at both ends and in the middle of every control; every picture once."""

import ast
import base64
import importlib
import re
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import nnlib.chapters
from nnlib.chapters.kit import demo as kit
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, KernelGrid, Slider, Steps
from nnlib.chapters.kit.demo import declared_everywhere, declared_in, demo
from nnlib.chapters.kit.panel import STILL, Panel
from nnlib.chapters.kit.widgets import widget

DEMOS, PICTURES = declared_everywhere()
NEEDS_NOTHING = [picture for picture in PICTURES if not picture.draw.__code__.co_argcount - 1]


# What trains at many of its values takes long to sweep, on a busy machine more than five seconds.
SLOW = {
    *("convolutional_networks.depth", "convolutional_networks.moving_digits"),
    *("convolutional_networks.normalising", "optimizers.ball", "optimizers.batches"),
    *("optimizers.learning", "optimizers.race", "optimizers.spectrum"),
    *("recurrent_networks.longer", "recurrent_networks.one_unit", "recurrent_networks.sample"),
    *("regularization.border", "regularization.gap"),
    *("regularization.stopping", "training_deeper.architecture", "training_deeper.playground"),
}
# And these train for long before they show anything.
SLOW_TO_BEGIN = {"regularization.rescue"}


def grouped(declared, slow=frozenset()):
    """One xdist group for each chapter, so that what a chapter trains is trained in one process."""
    return [
        pytest.param(
            one,
            id=one.key,
            marks=[
                pytest.mark.xdist_group(one.chapter),
                *([pytest.mark.slow] if one.key in slow else []),
            ],
        )
        for one in declared
    ]


every_demo = pytest.mark.parametrize("declared", grouped(DEMOS))


def data(tag):
    return re.search('base64,([^"]*)', tag)[1]


def as_drawn(panel):
    """The picture's text, places rounded to a thousandth of a point: some matplotlibs are not sure of the millionth."""
    svg = base64.b64decode(data(panel.picture.value)).decode("utf-8")
    return re.sub(r"-?\d+\.\d{4,}", lambda number: f"{float(number[0]):.3f}", svg)


def below_the_title(panel):
    panel.figure.canvas.draw()
    pixels = np.asarray(panel.figure.canvas.buffer_rgba())
    return pixels[len(pixels) // 6 :].tobytes()


def test_there_are_demos():
    assert len(DEMOS) >= 3


def written():
    """The keys of all that is declared anywhere in the course, as the files have it."""
    folder = Path(nnlib.chapters.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for mark in getattr(node, "decorator_list", []):
                if getattr(getattr(mark, "func", None), "id", "") in ("demo", "picture"):
                    yield f"{path.relative_to(folder).parts[0]}.{node.name}"


def test_no_declaration_is_lost():
    # neither in a file that cannot be imported, nor because two have one name
    assert sorted(written()) == sorted(one.key for one in DEMOS + PICTURES)


def test_what_is_called_slow_is_there():
    assert {one.key for one in DEMOS + PICTURES} >= SLOW | SLOW_TO_BEGIN


@pytest.mark.parametrize("declared", grouped(DEMOS, SLOW))
def test_every_control_moves_the_picture_and_comes_back(declared):
    """One sweep: each move shows, in the words, in the picture and below its title, and coming back undoes it."""
    panel = declared()
    start = as_drawn(panel), below_the_title(panel)
    for name, control in panel.controls.items():
        begun, moved_below = control.value, False
        for value in declared.controls[name].values():
            alt, picture = panel.alt, data(panel.picture.value)
            moved = value != control.value
            control.value = value
            assert panel.message.value == ""
            assert (panel.alt != alt) == moved
            assert (data(panel.picture.value) != picture) == moved
            moved_below = moved_below or (value != begun and below_the_title(panel) != start[1])
        assert moved_below, f"{name} moves nothing but the title"
        control.value = begun
        assert as_drawn(panel) == start[0], f"{name} leaves something behind"


@every_demo
def test_labels_fit_into_two_lines(declared):
    # each has room for some 17 letters
    controls = declared.controls.values()
    assert all(len(control.description) <= 30 for control in controls)


@pytest.mark.parametrize("declared", grouped(DEMOS, SLOW_TO_BEGIN))
def test_every_control_has_a_name_and_the_picture_has_words(declared):
    panel = declared()
    assert all(len(control.description) >= 3 for control in declared.controls.values())
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == panel.alt
    assert len(panel.alt) > 30
    picture = figures.image_tag(panel.figure, panel.alt)
    assert bundle["text/html"] == f"{picture}<p><em>{STILL}</em></p>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


@every_demo
def test_it_is_offered_where_its_notebook_looks(declared):
    panels = importlib.import_module(f"nnlib.chapters.{declared.chapter}.panels")
    assert getattr(panels, declared.name) is declared
    assert declared.__doc__


@pytest.mark.parametrize("declared", grouped(NEEDS_NOTHING, SLOW_TO_BEGIN))
def test_every_picture_is_drawn_and_has_words(declared):
    figure = figures.figure(*declared.size)
    assert len(declared.draw(figure)) > 30
    assert figure.axes


# What the kit promises of any panel.


def draw_number(figure, n):
    """Draw a number."""
    if n == 3:
        raise ValueError("three is <not> allowed")
    figure.suptitle(str(n))
    return f"the number {n} & no other"


def panel_of(draw, **controls):
    return Panel(draw, controls, (4, 3))


def number_panel():
    return panel_of(draw_number, n=Counter("number", 0, 9, 2))


def test_an_error_is_shown_and_raised_and_the_last_good_picture_stays():
    panel = number_panel()
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
    panel = number_panel()
    assert 'alt="the number 2 &amp; no other"' in panel.picture.value
    assert panel.alt == "the number 2 & no other"


def test_what_is_declared_registers_itself(monkeypatch):
    monkeypatch.setattr(kit, "DEMOS", {})
    declared = demo(n=Counter("number", 0, 9, 2))(draw_number)
    assert list(kit.DEMOS.values()) == [declared]
    assert declared.draw is draw_number
    assert declared.__doc__ == "Draw a number."


def test_a_control_too_few_or_too_many_is_told_at_once():
    with pytest.raises(
        TypeError, match=r"draw_number draws from \['n'\] and is declared with \[\]"
    ):
        demo()(draw_number)
    with pytest.raises(TypeError, match="one control for each argument"):
        demo(n=Counter("n", 0, 9, 2), m=Counter("m", 0, 9, 2))(draw_number)


def test_two_panels_of_a_chapter_have_two_names(tmp_path, monkeypatch):
    folder = tmp_path / "somebodys_panels"
    folder.mkdir()
    (folder / "__init__.py").touch()
    text = "from nnlib.chapters.kit.demo import picture\n@picture()\ndef same(figure): return ''\n"
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(kit, "PICTURES", {})
    with pytest.raises(ValueError, match="declares same twice"):
        declared_in("somebodys_panels")


def test_a_picture_is_shown_with_its_words(capsys):
    kit.Picture(draw_number, (4, 3))(5)
    assert capsys.readouterr().out == "the number 5 & no other\n"


def test_steps_stay_within_bounds_and_their_parts_agree():
    steps = widget(Steps("step", 5, 4))
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

    panel = panel_of(draw, step=Steps("step", 9))
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

    panel = panel_of(draw, left=Counter("left", 0, 50, 0), right=Counter("right", 0, 50, 0))

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


@pytest.mark.parametrize(
    ("step", "expected"), [(0.1, ".1f"), (0.05, ".2f"), (1, ".0f"), (5.0, ".0f")]
)
def test_a_slider_shows_as_many_decimals_as_it_steps(step, expected):
    assert widget(Slider("s", 0, 10, 5, step=step)).readout_format == expected


CONTROLS = [
    Slider("slope", -1, 2, 0.5),
    Counter("number", 1, 7, 3),
    Steps("step", 9, 2),
    Choice("way", [("one", 1), ("two", 2)], 2),
    KernelGrid("kernel", {"one": np.eye(3), "thirds": np.full((3, 3), 1 / 3)}, "thirds"),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: type(control).__name__)
def test_a_widget_starts_where_its_control_says_and_takes_all_its_values(control):
    made = widget(control)
    assert made.value == control.start
    for value in control.values():
        made.value = value
        assert made.value == value
    assert len(set(control.values())) >= 2


def test_the_values_to_try_are_ends_middle_and_neighbours():
    assert Slider("s", -1, 2, 0.5).values() == [-1, 0.5, 2, 0.4, 0.6]
    assert Counter("n", 1, 6, 1).values() == [1, 3, 6, 2]
    assert Steps("step", 4, 4).values() == [0, 2, 4, 3]


def test_a_kernel_is_chosen_or_written():
    grid = widget(KernelGrid("kernel", CONTROLS[-1].known, "one"))
    seen = []
    grid.observe(lambda change: seen.append(change["new"]), names="value")
    grid.choice.value = "thirds"
    assert [cell.value for cell in grid.cells] == [0.333] * 9
    grid.cells[2].value = 5.0
    assert seen == [(1 / 3,) * 9, (0.333, 0.333, 5.0, *[0.333] * 6)]


def test_what_is_not_a_control_is_refused():
    with pytest.raises(TypeError, match="is not a control of the kit"):
        widget("slope")
