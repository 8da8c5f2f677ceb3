"""The first panel of chapter 01 by hand: its title is the formula, and a vote of exactly 0 is answered 0."""

from itertools import product

import numpy as np

from nnlib.chapters.kit import figures
from nnlib.chapters.perceptron import panels
from nnlib.chapters.perceptron.experiments import mistakes_by_gap


def drawn(**values):
    figure = figures.figure(*panels.vote.size)
    return panels.vote.draw(figure, **values), figure.axes[0].get_title()


def test_the_title_is_the_formula_with_its_signs():
    words, title = drawn(w1=1.0, w2=0.6, b=-0.8)
    assert title == "z = 1.0 x₁ + 0.6 x₂ − 0.8"
    assert "b = −0.8" in words
    assert words.endswith("(0, 0) gives 0, (0, 1) gives 0, (1, 0) gives 1, (1, 1) gives 1.")


def test_a_vote_of_exactly_0_is_answered_0():
    # z = 0.1 + 0.2 − 0.3 at (1, 1), which is 5.6e-17 by machine
    assert drawn(w1=0.1, w2=0.2, b=-0.3)[0].endswith("(1, 1) gives 0.")
    assert "(0, 0) gives 0" in drawn(w1=1.0, w2=1.0, b=0.0)[0]


def test_the_line_does_not_run_through_a_number_at_the_start():
    figure = figures.figure(*panels.vote.size)
    panels.vote.draw(figure, w1=1.0, w2=0.6, b=-0.8)
    figure.canvas.draw()
    ax = figure.axes[0]
    (line,) = ax.lines
    border = line.get_transform().transform_path(line.get_path())
    for text in ax.texts:
        assert not border.intersects_bbox(text.get_window_extent(), filled=False), text.get_text()


def test_w_and_the_answers_are_written_on_their_sides_of_the_line():
    figure = figures.figure(*panels.line.size)
    for angle, length, b in product(range(0, 360, 15), (0.5, 1.5, 3.0), (-3.0, -1.0, 0.0, 2.0)):
        panels.line.draw(figure, angle=angle, length=length, b=b)
        ax = figure.axes[0]
        w = length * np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        sides = {text.get_text(): np.array(text.get_position()) @ w + b for text in ax.texts}
        assert sides["w"] > 0
        assert sides.get("answer 1", 1) > 0 > sides.get("answer 0", -1)
        assert len(sides) - 1 >= 2 - (abs(b) / length > 2)  # far out, a side may be out of sight


def test_the_learnt_line_parts_the_classes():
    figure = figures.figure(*panels.classes_apart.size)
    for gap in (0.05, 0.3, 1.0):
        panels.classes_apart.draw(figure, gap=gap)
        x, y, *_, w, b = mistakes_by_gap(gap)
        assert ((x @ w + b > 0) == y).all()
        line = next(one for one in figure.axes[0].lines if one.get_label() == "learnt line")
        assert np.abs(line.get_xydata() @ w + b).max() < 1e-9
