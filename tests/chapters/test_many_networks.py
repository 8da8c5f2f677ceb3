"""Chapter 10 by numbers: the formulas behind its panels, what was measured for it, and what its texts claim."""

import re

import numpy as np
import pytest

from nnlib.chapters.kit import figures
from nnlib.chapters.many_networks import panels
from nnlib.chapters.many_networks.experiments import measured, searching, sharing, teaching, voting
from nnlib.chapters.many_networks.panels import sharing as sharing_panels
from nnlib.ensembles import mean_correlation


@pytest.mark.parametrize("rho", [0.0, 0.3, 1.0])
def test_votes_are_as_correlated_as_was_asked(rho):
    errors = voting.correlated_votes(rho, 10, 20_000, np.random.default_rng(0))
    assert errors.var(axis=1) == pytest.approx(1, abs=0.06)
    assert mean_correlation(errors) == pytest.approx(rho, abs=0.02)


def test_throws_of_dice_by_hand():
    # of three voters two or three are wrong: 3 · 0.2² · 0.8 + 0.2³ = 0.104
    rng = np.random.default_rng(0)
    assert voting.independent_majority(0.2, 3, rng) == pytest.approx(0.104, abs=0.01)


def test_the_mean_of_the_largest_by_known_values():
    # exact for one, two (1/√π) and three (3/(2√π)); tables for ten and a hundred
    wanted = {1: 0, 2: 0.5642, 3: 0.8463, 10: 1.5388, 100: 2.5076}
    for trials, luck in wanted.items():
        assert searching.expected_luck(trials) == pytest.approx(luck, abs=0.003)


def test_the_winners_of_equals_are_lucky():
    one, many = (searching.best_of_equals(trials, 400).mean() for trials in (1, 100))
    assert one == pytest.approx(0.9, abs=0.002)
    assert many == pytest.approx(0.9 + 0.015 * 2.508, abs=0.004)


@pytest.mark.parametrize("digits", [100, 400, 2000])
@pytest.mark.parametrize("trials", [30, 300])
def test_the_winner_is_told_as_it_is_drawn_and_nothing_is_cut_off(trials, digits):
    figure = figures.figure(*panels.winner.size)
    alt = panels.winner.draw(figure, trials=trials, digits=digits)
    (ax,) = figure.axes
    heights, edges, _ = ax.patches[1].get_data()
    middle = (heights * (edges[1:] + edges[:-1]) / 2).sum() / heights.sum()
    told = float(re.search(r"seems to read ([\d.]+) of 100", alt)[1])
    assert heights.sum() == pytest.approx(100)
    assert heights.max() < ax.get_ylim()[1]
    assert told == pytest.approx(middle, abs=0.25)
    assert ax.get_title().endswith(f"seems to read {told:.1f}")


def test_the_number_of_an_expert_lies_in_its_region_and_on_no_mark():
    for seed in range(8):
        figure = figures.figure(*panels.balance.size)
        panels.balance.draw(figure, balance=0.2, seed=seed)
        network = sharing.learn_chessboard(0.2, seed)[-1]
        for text in figure.axes[0].texts:
            place = np.array([text.get_position()])
            assert sharing.gated(network).shares(place).argmax() + 1 == int(text.get_text())
            assert np.hypot(*(sharing_panels.CENTRES - place).T).min() > 0.2


def test_a_grid_has_few_values_of_each_and_random_trials_have_many():
    rng = np.random.default_rng(0)
    grid, drawn = searching.grid_points(rng, 4), searching.random_points(rng, 16)
    assert [len(set(grid[:, k].round(9).tolist())) for k in (0, 1)] == [4, 4]
    assert len(set(drawn[:, 0].tolist())) == 16
    for points in (grid, drawn):
        assert points[:, 0].min() >= -3
        assert points[:, 0].max() <= 1
        assert points[:, 1].min() >= -7
        assert points[:, 1].max() <= -3


def test_the_table_is_read_at_its_own_places_and_between_them():
    table = np.array(measured.READ) / 100
    rates = np.linspace(-3, 1, len(table))
    assert searching.share_read(rates, np.full(len(table), -5.0)) == pytest.approx(table[:, 2])
    between = searching.share_read(np.array([(rates[3] + rates[4]) / 2]), np.array([-5.0]))
    assert between == pytest.approx(table[3:5, 2].mean())


@pytest.mark.slow
@pytest.mark.parametrize(("row", "column"), [(6, 0), (12, 2), (24, 4)])
def test_the_table_is_what_is_measured(row, column):
    rate, strength = 10 ** np.linspace(-3, 1, 25)[row], measured.STRENGTHS[column]
    found = [searching.train(rate, strength, rng=np.random.default_rng(seed)) for seed in range(3)]
    assert 100 * np.mean(found) == pytest.approx(measured.READ[row][column], abs=2)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "temperature"), [(100, None), (300, 4.0), (3000, 8.0)])
def test_the_students_are_what_is_measured(count, temperature):
    found = [100 * teaching.share_read(count, temperature, seed) for seed in (0, 1)]
    assert found == pytest.approx(measured.STUDENTS[count, temperature][:2], abs=1.5)


def test_what_the_text_says_of_the_students():
    mean = {key: np.mean(values) for key, values in measured.STUDENTS.items()}
    assert set(mean) == {(n, T) for n in measured.COUNTS for T in measured.TEMPERATURES}
    assert [round(mean[100, T], 1) for T in (None, 1.0, 4.0, 8.0)] == [74.0, 76.9, 82.0, 82.8]
    assert [round(mean[10_000, T], 1) for T in (None, 4.0)] == [91.3, 92.5]


def test_no_eight_is_among_the_digits_of_who_never_saw_one():
    _, y = voting.parts_of_mnist()[0]
    rows = teaching.handful(1000, 0, without=8)
    assert len(set(rows.tolist())) == 1000
    assert set(y[rows].tolist()) == set(range(10)) - {8}


def test_the_ground_by_hand():
    x = np.array([[-0.5, -0.4], [0.6, -0.6], [-0.4, 0.6], [0.5, 0.4]])
    # at the centres: 2·(−0.5), −2·0.6, −2·0.6 and 2·0.4
    assert sharing.patchwork(x) == pytest.approx([-1, -1.2, -1.2, 0.8])
    # the middle square is 0, its neighbours 1
    assert sharing.chessboard(np.array([[0, 0], [0.5, 0], [0.5, 0.5]])).tolist() == [0, 1, 0]


def test_both_networks_are_of_one_size():
    rng = np.random.default_rng(0)
    sizes = [
        sum(parameter.value.size for parameter in make(rng).parameters())
        for make in (sharing.mixture_of_lines, sharing.single_network)
    ]
    assert sizes == [24, 25]


@pytest.mark.slow
def test_the_balance_gives_everyone_work():
    least, right = {}, {}
    for balance in (0.0, 0.2):
        ends = [sharing.learn_chessboard(balance, seed)[-1] for seed in range(8)]
        least[balance] = np.array([sharing.work_of_experts(end).min() for end in ends])
        right[balance] = np.array([sharing.share_right(end) for end in ends])
    assert least[0.2].min() > 0.1 > least[0.0].min()
    assert (right[0.2] > right[0.0]).sum() >= 6
    assert right[0.2].mean() > right[0.0].mean() + 0.03
