"""A figure as SVG: a kept part is used again where it is the same, and nowhere else."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FixedLocator, MultipleLocator

from nnlib.chapters.kit import drawings, figures, svg
from nnlib.landscapes import LANDSCAPES, Quadratic

SVG = "{http://www.w3.org/2000/svg}"


def new(width=6.0, height=3.0, columns=1):
    figure = figures.figure(width, height)
    return figure, figures.axes(figure, columns)


def parts(text, tag):
    return list(ElementTree.fromstring(text).iter(SVG + tag))


def words(text):
    return [part.text for part in parts(text, "text")]


def fills(text):
    """The colours that routes are filled with, in order."""
    styles = [part.get("style", "") for part in parts(text, "path")]
    return [
        match[1] for match in (re.search(r"fill: (#\w{6})", style) for style in styles) if match
    ]


# What changes is drawn anew: each change against a figure on which nothing was drawn before.

CHANGES = {
    "limits": lambda ax: ax.set(xlim=(0, 7)),
    "upper limit": lambda ax: ax.set(ylim=(0, 30)),
    "label": lambda ax: ax.set(xlabel="another"),
    "no label": lambda ax: ax.set(ylabel=""),
    "label's colour": lambda ax: ax.xaxis.label.set_color("#0072b2"),
    "label's size": lambda ax: ax.yaxis.label.set_size(20),
    "label's side": lambda ax: ax.yaxis.set_label_position("right"),
    "scale": lambda ax: ax.set(yscale="log"),
    "ticks": lambda ax: ax.set_xticks([1, 2]),
    "names of ticks": lambda ax: ax.set_xticks([1, 2], ["one", "two"]),
    "other names": lambda ax: ax.set_xticks([1, 2], ["1st", "2nd"]),
    "locator": lambda ax: ax.xaxis.set_major_locator(MultipleLocator(0.3)),
    "minor ticks": lambda ax: ax.xaxis.set_minor_locator(FixedLocator([0.5])),
    "look of ticks": lambda ax: ax.tick_params(labelsize=7),
    "place": lambda ax: ax.set_position((0.2, 0.2, 0.3, 0.3)),
    "aspect": lambda ax: ax.set(aspect="equal"),
    "no axis": lambda ax: ax.set_axis_off(),
    "one axis": lambda ax: ax.xaxis.set_visible(False),
}


def ready():
    figure, ax = new()
    ax.set(xlabel="across", ylabel="up", xlim=(0.5, 5), ylim=(0.5, 5))
    return figure, ax


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_on_an_axis_is_seen(change):
    figure, ax = ready()
    before = svg.text(figure)
    change(ax)
    fresh, other = ready()
    change(other)
    assert svg.text(figure) == svg.text(fresh) != before


def test_other_names_of_the_same_ticks_are_seen():
    figure, ax = ready()
    for names in (["one", "two"], ["1st", "2nd"]):
        ax.set_xticks([1, 2], names)
        assert set(names) <= set(words(svg.text(figure)))


def test_a_change_and_back_is_the_same_picture():
    figure, ax = ready()
    before = svg.text(figure)
    for limits in ((0, 9), (0.5, 5)):
        ax.set(xlim=limits)
        after = svg.text(figure)
    assert after == before


def test_another_size_of_the_figure_is_another_picture():
    figure, _ = ready()
    svg.text(figure)
    figure.set_size_inches(8, 5)
    fresh = figures.figure(8, 5)
    figures.axes(fresh).set(xlabel="across", ylabel="up", xlim=(0.5, 5), ylim=(0.5, 5))
    assert svg.text(figure) == svg.text(fresh)


def test_what_is_kept_is_drawn_anew_on_a_figure_of_another_size():
    figure, ax = new()
    (line,) = ax.plot([0, 1])
    svg.keep(line, lambda: 0)
    svg.text(figure)
    figure.set_size_inches(8, 5)
    fresh, other = new(8, 5)
    svg.keep(other.plot([0, 1])[0], lambda: 0)
    assert svg.text(figure) == svg.text(fresh)


def test_what_is_kept_is_drawn_once(monkeypatch):
    figure, ax = new()
    (line,) = ax.plot([0, 1])
    drawn = []
    draw = line.draw
    monkeypatch.setattr(line, "draw", lambda renderer: (drawn.append(1), draw(renderer)))
    state = [0]
    svg.keep(line, lambda: state[0])
    first = svg.text(figure)
    assert svg.text(figure) == first
    assert len(drawn) == 1
    state[0] = 1
    svg.text(figure)
    assert len(drawn) == 2


def test_what_is_kept_can_be_hidden_and_shown():
    figure, ax = new()
    (line,) = ax.plot([0, 1])
    svg.keep(line, lambda: 0)
    shown = svg.text(figure)
    line.set_visible(False)
    assert svg.text(figure) != shown
    line.set_visible(True)
    assert svg.text(figure) == shown


def test_only_the_last_states_are_remembered():
    figure, ax = new()
    (line,) = ax.plot([0, 1])
    known, state = {}, [0]
    svg.keep(line, lambda: state[0], known)
    for state[0] in range(50):
        svg.text(figure)
    assert [place[-1] for place in known] == list(range(50 - svg.MOST_STATES, 50))


def test_an_error_while_drawing_leaves_the_figure_as_it_was():
    figure, ax = new()
    (line,) = ax.plot([0, 1])
    before = svg.text(figure)

    def fail():
        raise ValueError("no state")

    svg.keep(line, fail)
    with pytest.raises(ValueError, match="no state"):
        svg.text(figure)
    assert figure.dpi == figures.PIXELS_PER_INCH
    line.remove()
    ax.plot([0, 1], color=figures.BLUE)
    assert svg.text(figure) == before


def test_places_are_rounded_and_words_are_not():
    figure, ax = new()
    ax.set_xticks([0, 1], ["0.123456", "3.14159"])
    text = svg.text(figure)
    assert {"0.123456", "3.14159"} <= set(words(text))
    figure, ax = new()
    drawings.landscape(ax, LANDSCAPES["bowl"])
    routes = [
        part.get("d", "") for part in parts(svg.text(figure), "path") if part.get("clip-path")
    ]
    assert len(routes) == 12 + 13
    assert all(not re.search(r"\.\d{3}", route) for route in routes)
    assert any(route.count(" ") > 100 for route in routes)


def test_rounded_corners_stay_between_their_lines():
    figure, ax = new()
    box = ax.add_patch(FancyBboxPatch((0.2, 0.2), 0.5, 0.5, boxstyle="round"))
    before = parts(svg.text(figure), "path")
    svg.keep(box, lambda: 0)
    after = parts(svg.text(figure), "path")
    routes = [
        [re.findall("[A-Za-z]", part.get("d")) for part in found] for found in (before, after)
    ]
    assert routes[0] == routes[1]
    assert any({"L", "Q"} <= set(route) or {"L", "C"} <= set(route) for route in routes[0])


# Landscapes.


def landscape(surface, width=6.0, columns=1, steps=61):
    figure, axes = new(width, columns=columns)
    drawings.landscape(np.ravel(axes)[0], surface, steps)
    return svg.text(figure)


def test_a_changed_landscape_is_not_the_one_before():
    surface = Quadratic(1, 2)
    before = landscape(surface)
    surface.curvatures = np.array([1.0, 9.0])
    after = landscape(surface)
    assert after != before
    assert after == landscape(Quadratic(1, 9))
    surface.limits = (-1, 1, -1, 1)
    assert landscape(surface) not in (before, after)


def test_on_one_figure_the_map_follows_the_landscape_and_comes_back():
    figure, _ = new()
    seen = []
    for name in ("bowl", "ravine", "bowl"):
        drawings.landscape(figures.axes(figure), LANDSCAPES[name])
        seen.append(svg.text(figure))
    assert seen[0] == seen[2] != seen[1]
    figures.axes(figure)
    assert not set(fills(seen[0])[3:]) & set(fills(svg.text(figure)))


def routes_of_map(text):
    found = [part.get("d", "") for part in parts(text, "path") if part.get("clip-path")]
    assert len(found) == 12 + 13
    return found


def test_figures_of_two_sizes_and_two_places_on_a_figure_do_not_share_a_map():
    bowl = LANDSCAPES["bowl"]
    texts = landscape(bowl), landscape(bowl, width=9.0), landscape(bowl, columns=2)
    small, large, half = map(routes_of_map, texts)
    assert small != large != half != small
    assert texts[0] == landscape(bowl)


def test_the_limits_that_a_panel_sets_move_the_map():
    figure, ax = new()
    drawings.landscape(ax, LANDSCAPES["bowl"]).set_aspect("auto")
    whole = routes_of_map(svg.text(figure))
    ax.set(xlim=(-2, 1))
    assert routes_of_map(svg.text(figure)) != whole


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_map_is_where_the_landscape_is(name):
    surface = LANDSCAPES[name]
    _, ax = new()
    drawings.landscape(ax, surface)
    tints, lines = ax.collections
    left, right, bottom, top = surface.limits
    corners = np.concatenate([path.vertices for path in tints.get_paths()])
    assert np.allclose([corners.min(axis=0), corners.max(axis=0)], [(left, bottom), (right, top)])
    heights = [surface.value(path.vertices) for path in lines.get_paths() if len(path.vertices)]
    whole = np.ptp(np.concatenate(heights))
    assert all(np.ptp(height) < whole / 12 for height in heights)  # one height for each line


def test_the_map_is_darker_where_it_is_higher():
    tints = fills(landscape(LANDSCAPES["bowl"]))
    brightness = [int(tint[1:3], 16) for tint in tints if tint not in ("#ffffff", "#333333")]
    assert brightness == sorted(brightness, reverse=True)
    assert len(brightness) == 12


# Legends.


def legend_of(figure, *looks, **options):
    """Draw a line for each look on the figure's axes, emptied, and return the legend."""
    ax = figures.axes(figure)
    for name, look in looks:
        ax.plot([0, 1], label=name, **look)
    figures.legend(ax, **{"loc": "upper left", **options})
    return ax.get_legend()


LOOK = {"color": figures.BLUE, "linestyle": "-"}
OTHERS = {
    "name": [("b", LOOK)],
    "colour": [("a", {**LOOK, "color": figures.RED})],
    "dashes": [("a", {**LOOK, "linestyle": "--"})],
    "pattern": [("a", {**LOOK, "linestyle": (0, (1, 1))})],
    "width": [("a", {**LOOK, "linewidth": 5})],
    "marker": [("a", {**LOOK, "marker": "s"})],
    "one more": [("a", LOOK), ("b", LOOK)],
}


def test_a_legend_that_says_the_same_is_kept():
    figure, _ = new()
    first = legend_of(figure, ("a", LOOK))
    assert legend_of(figure, ("a", LOOK)) is first


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_legend_follows_what_it_names(other):
    figure, _ = new()
    legend_of(figure, ("a", LOOK))
    before = svg.text(figure)
    legend_of(figure, *other)
    fresh, _ = new()
    legend_of(fresh, *other)
    assert svg.text(figure) == svg.text(fresh) != before


def test_two_patterns_of_dashes_are_two_legends():
    figure, _ = new()
    first = legend_of(figure, ("a", {"linestyle": (0, (1, 1))}))
    assert legend_of(figure, ("a", {"linestyle": (0, (5, 1))})) is not first


def test_a_legend_moves_with_its_place():
    figure, _ = new()
    first = legend_of(figure, ("a", LOOK))
    assert legend_of(figure, ("a", LOOK), loc="lower right") is not first
    svg.text(figure)
    fresh, _ = new()
    for one in (figure, fresh):
        figures.axes(one).set_position((0.3, 0.3, 0.5, 0.5))
        legend_of(one, ("a", LOOK), loc="lower right")
    assert svg.text(figure) == svg.text(fresh)


def test_a_legend_follows_points_and_bars():
    seen = []
    figure, _ = new()
    for marker, colour in (("o", figures.BLUE), ("s", figures.BLUE), ("s", figures.RED)):
        ax = figures.axes(figure)
        ax.scatter([0, 1], [0, 1], marker=marker, color=figures.INK, label="points")
        ax.bar([0, 1], [1, 1], color=colour, label="bars")
        seen.append(figures.legend(ax, loc="upper left").get_legend())
    assert len(set(map(id, seen))) == 3
