"""The drawing of a computation: every node, value, local slope and gradient is there, and columns follow the order."""

import pytest

from nnlib.autodiff import Variable
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.graphs import graph


def drawn(result, **options):
    ax = figures.axes(figures.figure())
    graph(ax, result, **options)
    texts = [text for text in ax.texts if text.get_text()]  # arrows are texts without words
    return [text.get_text() for text in texts], {
        text.get_text(): text.get_position() for text in texts
    }


@pytest.fixture
def product():
    x, y = Variable(3.0, "x"), Variable(-2.0, "y")
    z = x * y + 5
    z.name = "z"
    return x, y, z


def test_names_values_and_local_slopes(product):
    texts, _ = drawn(product[2])
    assert {"x\n3", "y\n−2", "*\n−6", "z\n−1", "5"} <= set(texts)
    assert sorted(text for text in texts if text.startswith("×")) == [
        "× 1",
        "× 3",
        "× −2",
    ]  # none for the plain 5
    assert not any(text.startswith("∂") for text in texts)
    assert not any(text.startswith("×") for text in drawn(product[2], slopes=False)[0])


def test_gradients_once_there_are_any(product):
    product[2].backward()
    texts, places = drawn(product[2])
    assert sorted(text for text in texts if text.startswith("∂")) == [
        "∂ = 1",
        "∂ = 1",
        "∂ = 3",
        "∂ = −2",
    ]
    assert places["x\n3"][0] < places["*\n−6"][0] < places["z\n−1"][0]
    assert places["5"][0] == places["*\n−6"][0]  # just left of its only child


def test_no_two_nodes_in_one_place():
    x = Variable(1.0, "x")
    y = (x + 1) * (x * 2) + x.tanh() * (x - 3)
    _, places = drawn(y, slopes=False)
    assert len(set(places.values())) == len(places)


def test_a_variable_used_twice_by_one_child_shows_both_slopes():
    x = Variable(3.0, "x")
    assert "× 3 + 3" in drawn(x * x)[0]


def test_arrays_are_refused_in_words():
    with pytest.raises(ValueError, match=r"draws single numbers, and x has shape \(2,\)"):
        drawn(Variable([1.0, 2.0], "x").sum())


def test_nodes_of_equal_values_are_told_apart():
    # y stands just left of its only child, the sum in column 3, though x, in column 0, has the same value
    x, y = Variable(1.0, "x"), Variable(1.0, "y")
    _, places = drawn(x * 2 * 3 + y)
    assert (places["x\n1"][0], places["y\n1"][0]) == (0, 2)
