"""The learning curves that chapter 07 draws are those that training gives."""

import numpy as np
import pytest

from nnlib.chapters.regularization.experiments.measured import MISREAD, NUMBERS
from nnlib.chapters.regularization.experiments.remedies import share_misread


def test_every_curve_has_five_numbers_and_five_draws():
    assert len(MISREAD) == 12
    assert {np.shape(rows) for rows in MISREAD.values()} == {(len(NUMBERS), 5)}


@pytest.mark.parametrize(("name", "wrong", "place"), [("plain", 10, 1), ("L2", 0, 3)])
def test_some_are_measured_again(name, wrong, place):
    again = [100 * share_misread(name, wrong, NUMBERS[place], seed) for seed in (0, 4)]
    written = MISREAD[name, wrong][place]
    assert again == pytest.approx([written[0], written[4]], abs=1)
