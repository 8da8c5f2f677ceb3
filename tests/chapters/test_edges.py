"""At the ends of their controls pictures stay whole, and say so where nothing more happens."""

import pytest

from nnlib.chapters.backpropagation import panels as backpropagation
from nnlib.chapters.convolutional_networks import panels as convolution
from nnlib.chapters.gradient_descent import panels as descent
from nnlib.chapters.kit import figures
from nnlib.chapters.regularization import panels as regularization
from nnlib.chapters.sigmoid import panels as sigmoid


def drawn(panel, **values):
    figure = figures.figure(*panel.size)
    starts = {name: control.start for name, control in panel.controls.items()}
    return panel.draw(figure, **{**starts, **values}), figure


@pytest.mark.parametrize(
    ("panel", "values"),
    [
        (sigmoid.soft_step, {"x": 4.0}),
        (sigmoid.weight, {"value": -6.0}),
        (sigmoid.gallery, {"z": 5.0}),
        (sigmoid.gallery, {"z": -5.0, "name": "sign"}),
        (descent.costs, {"b": 4.0}),
        (backpropagation.delta, {"by": 4.0, "neuron": "output"}),
        (backpropagation.delta, {"by": -4.0, "neuron": "output"}),
    ],
)
def test_a_point_at_the_end_is_whole(panel, values):
    _, figure = drawn(panel, **values)
    points = [
        (ax, line)
        for ax in figure.axes
        for line in ax.lines
        if len(line.get_xdata(orig=False)) == 1
    ]
    assert points
    for ax, point in points:
        across, up = ax.transData.transform(point.get_xydata()[0])
        room = point.get_markersize() * figure.dpi / 72 / 2
        left, bottom, right, top = ax.bbox.extents
        inside = left + room <= across <= right - room and bottom + room <= up <= top - room
        at_the_edge = left - 1 <= across <= right + 1 and bottom - 1 <= up <= top + 1
        assert inside or (at_the_edge and not point.get_clip_on())


def test_a_window_stops_at_its_last_place():
    words, figure = drawn(convolution.window, place=63)
    assert "place 16, the last, in row 4 and column 4" in words
    assert figure.axes[0].get_title() == "step 63: place 16 of 16, the last"
    words, _ = drawn(convolution.window, place=5)
    assert "the last" not in words


@pytest.mark.parametrize(("stride", "unseen"), [(1, 0), (3, 1)])
def test_what_no_window_sees_is_shaded(stride, unseen):
    _, figure = drawn(convolution.window, pixels=12, kernel=5, padding=0, stride=stride)
    shades = [part.get_bbox() for part in figure.axes[0].patches if part.get_alpha() == 0.35]
    assert [(box.width, box.height) for box in shades] == [(unseen, 12), (12, unseen)]


@pytest.mark.parametrize(("layers", "words"), [(1, "1 layer of 3 × 3"), (2, "2 layers of 3 × 3")])
def test_one_layer_is_one(layers, words):
    _, figure = drawn(convolution.field, layers=layers)
    assert figure.axes[0].get_title().startswith(words)


@pytest.mark.parametrize(
    ("picture", "kind", "said"),
    [
        ("a six", "hue shift", True),
        ("a six", "rotate", False),
        ("the photograph", "hue shift", False),
    ],
)
def test_a_shift_of_hue_says_that_grey_has_none(picture, kind, said):
    words, figure = drawn(regularization.augmentation, picture=picture, kind=kind)
    assert ("no hue" in figure.axes[0].get_title()) == said
    assert ("no hue" in words) == said
