"""What the race and the playground draw is what they computed: heads, cursor, order of arrival; tiles and weights."""

import numpy as np
import pytest

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.demo import declared_everywhere
from nnlib.chapters.optimizers.experiments.race import STEPS, cost_above_lowest, race_walks
from nnlib.chapters.optimizers.panels._layout import LOOKS
from nnlib.chapters.optimizers.panels.racing import LETTERS
from nnlib.chapters.training_deeper.experiments.playground import Settings, run_of
from nnlib.layers import Dense

TURNED = "ravine, turned"
DEMOS = {demo.name: demo for demo in declared_everywhere()[0]}


def drawn(panel, **changes):
    """Return the figure of a panel, and the values of its controls, of which some are changed."""
    demo = DEMOS[panel]
    values = {control: one.start for control, one in demo.controls.items()} | changes
    figure = figures.figure(*demo.size)
    demo.draw(figure, **values)
    return figure, values


# the last: where the start, and with it all heads, stand at the right edge of the map
@pytest.fixture(params=[(0, 0.0), (15, 0.0), (40, 0.0), (STEPS, 0.0), (0, 1.0)], ids=str)
def film(request):
    step, right = request.param
    place = {"right": right, "name": "two valleys" if right else TURNED}
    figure, values = drawn("race", step=step, **place)
    start = figure.axes[0].lines[-1].get_xydata()[0]  # the ring
    setting = (values["factor"], values["alpha"], values["rho"])
    walks = race_walks(values["name"], tuple(start), *setting)
    costs = {rule: cost_above_lowest(values["name"], walk) for rule, walk in walks.items()}
    return figure.axes, step, walks, costs


def test_who_arrives_in_this_step_is_there():
    texts = [text.get_text() for text in drawn("race", step=STEPS)[0].axes[2].texts]
    first = min(int(text.removeprefix("there at ")) for text in texts if text.startswith("there"))
    assert 0 < first < STEPS
    now = [text.get_text() for text in drawn("race", step=first)[0].axes[2].texts]
    assert f"there at {first}" in now


def test_the_first_in_the_list_is_who_arrived_first_and_then_who_is_lowest(film):
    (_, _, ranks), step, _, costs = film
    texts = [text.get_text() for text in ranks.texts]
    rules, letters, stands = texts[::3], texts[1::3], texts[2::3]
    assert letters == [LETTERS[rule] for rule in rules]
    heights = [text.get_position()[1] for text in ranks.texts[::3]]
    assert heights == sorted(heights, reverse=True)
    assert set(rules) == set(costs)
    since = {}
    for rule, stand in zip(rules, stands, strict=True):
        late = [k for k in range(STEPS + 1) if not costs[rule][k] < 0.01]
        arrived = late[-1] + 1 if late else 0
        assert (stand == f"there at {arrived}") == (arrived <= step)
        since[rule] = arrived
    there = [since[rule] for rule in rules if since[rule] <= step]
    assert there == sorted(there)
    assert [rule for rule in rules if since[rule] <= step] == rules[: len(there)]
    left = [costs[rule][step] for rule in rules[len(there) :]]
    assert left == sorted(left)


def test_the_cursor_and_its_squares_stand_at_the_step(film):
    (_, strip, _), step, _, costs = film
    assert [list(line.get_xdata()) for line in strip.lines] == [[step, step]]
    squares = strip.collections[-1].get_offsets()
    assert squares.tolist() == [[step, values[step]] for values in costs.values()]


def test_heads_stand_where_the_walks_are_each_with_its_letter(film):
    (chart, _, _), step, walks, _ = film
    heads = [line for line in chart.lines if line.get_marker() == "s"]
    (left, right), (bottom, top) = chart.get_xlim(), chart.get_ylim()
    places = {rule: walk[step] for rule, walk in walks.items()}
    seen = {r: p for r, p in places.items() if left <= p[0] <= right and bottom <= p[1] <= top}
    assert np.allclose([head.get_xydata()[0] for head in heads], list(seen.values()))
    assert [head.get_color() for head in heads] == [LOOKS[rule][0] for rule in seen]
    assert [text.get_text() for text in chart.texts] == [LETTERS[rule] for rule in seen]
    assert np.allclose([text.get_position() for text in chart.texts], list(seen.values()))
    depths = [part.get_zorder() for pair in zip(heads, chart.texts, strict=True) for part in pair]
    assert depths == sorted(depths)  # a head that lies on another hides its letter too


def test_each_rule_has_a_letter_of_its_own():
    assert set(LETTERS) == set(LOOKS)
    assert len(set(LETTERS.values())) == len(LETTERS)


@pytest.mark.parametrize("epoch", [0, 25])
def test_each_weight_of_the_playground_is_a_line_as_wide_as_it_is_large(epoch):
    figure, values = drawn("playground", epoch=epoch, layer_1=3, layer_2=2, layer_3=0)
    sheet = figure.axes[0]
    own = {"epoch", "layer_1", "layer_2", "layer_3"}
    chosen = {name: value for name, value in values.items() if name not in own}
    network = run_of(Settings(widths=(3, 2), **chosen)).at(epoch)
    matrices = [layer.W.value for layer in network.layers if isinstance(layer, Dense)]
    weights = np.concatenate([matrix.ravel() for matrix in matrices])
    lines = next(part for part in sheet.collections if len(part.get_linewidths()) == len(weights))
    order = np.argsort(np.abs(weights))
    assert (np.diff(lines.get_linewidths()[order]) >= 0).all()
    green = np.array([_hex(colour) == figures.POSITIVE.lower() for colour in lines.get_colors()])
    assert (green == (weights >= 0)).all()
    ends = np.array([path.vertices for path in lines.get_paths()])
    frame = next(part for part in sheet.collections if part.get_zorder() == 3).get_paths()[0]
    assert ends[0, 0, 0] == pytest.approx(frame.vertices[:, 0].max())
    assert (ends[:, 0, 0] < ends[:, 1, 0]).all()
    assert len({tuple(end) for end in ends[-2:, 1]}) == 1  # both lead to the map


def _hex(colour):
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])
