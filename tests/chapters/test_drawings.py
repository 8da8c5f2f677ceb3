"""The visual language: what is drawn is what was given, by colour and never by colour alone."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import BboxImage
from matplotlib.path import Path
from PIL import Image

from nnlib.chapters.kit import drawings, figures, graphs, theme
from nnlib.chapters.nand_and_xor import panels as nand_panels
from nnlib.circuits import TWO_BIT_ADDER, XOR


@pytest.fixture
def ax():
    return figures.figure().subplots()


def test_points_are_told_apart_by_colour_and_by_marker(ax):
    x, y = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), np.array([0, 1, 1])
    assert drawings.points(ax, x, y) is ax
    zero, one = ax.collections
    assert (len(zero.get_offsets()), len(one.get_offsets())) == (1, 2)
    assert (to_hex(zero.get_facecolor()[0]), to_hex(one.get_facecolor()[0])) == tuple(
        map(str.lower, figures.CLASS_COLOURS)
    )
    assert len(zero.get_paths()[0].vertices) != len(one.get_paths()[0].vertices)


def test_labels_may_be_minus_one_and_one(ax):
    drawings.points(ax, np.zeros((3, 2)), np.array([-1, 1, -1]))
    assert [len(part.get_offsets()) for part in ax.collections] == [2, 1]


def tint_at(ax, across, up):
    fig = ax.figure
    fig.canvas.draw()
    column, row = ax.transData.transform((across, up))
    pixels = np.asarray(fig.canvas.buffer_rgba())
    return to_hex(pixels[pixels.shape[0] - round(row), round(column)] / 255).upper()


def test_regions_are_tinted_by_the_sign_of_the_score(ax):
    drawings.decision_regions(ax, lambda grid: grid @ np.array([1.0, 1.0]) - 1, (-1, 2, -1, 2))
    assert tint_at(ax, -0.5, -0.5) == figures.CLASS_TINTS[0]
    assert tint_at(ax, 1.5, 1.5) == figures.CLASS_TINTS[1]


def test_a_score_of_zero_everywhere_is_class_zero_without_a_line(ax):
    drawings.decision_regions(ax, lambda grid: np.zeros(len(grid)), (-1, 1, -1, 1))
    assert tint_at(ax, 0.3, 0.3) == figures.CLASS_TINTS[0]
    assert not ax.lines


@pytest.mark.parametrize("steps", [0, 30])
@pytest.mark.parametrize("w", [(1.0, 0.0), (0.0, -1.0), (0.6, 0.8), (-0.9, 0.3)])
def test_straight_and_curved_ways_tint_alike(ax, w, steps):
    drawings.decision_regions(
        ax, lambda grid: grid @ np.array(w) + 0.2, (-1, 2, -1, 2), steps=steps
    )
    for place in np.random.default_rng(0).uniform(-0.9, 1.9, (30, 2)):
        z = place @ np.array(w) + 0.2
        if abs(z) > 0.1:
            assert tint_at(ax, *place) == figures.CLASS_TINTS[int(z > 0)]


def test_weights_are_told_apart_by_colour_and_by_dashes(ax):
    drawings.network(ax, [[0.0, 1.0], [0.5]], [np.array([[2.0], [-1.0]])], [["a", "b"], ["c"]])
    positive, negative = ax.lines
    assert (positive.get_color(), positive.get_linestyle()) == (figures.POSITIVE, "-")
    assert (negative.get_color(), negative.get_linestyle()) == (figures.NEGATIVE, "--")
    assert positive.get_linewidth() > negative.get_linewidth()
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]


def test_curves_name_what_they_show(ax):
    drawings.curves(ax, [3.0, 2.0, 1.0], [3.5, 2.5], what="loss")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert list(ax.lines[0].get_xdata()) == [1, 2, 3]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_digits_are_dark_on_white_in_rows():
    fig = drawings.digits(
        figures.figure(), np.random.default_rng(0).random((7, 8, 8, 1)), titles=["one"], columns=5
    )
    drawn = [ax for ax in fig.axes if ax.images]
    assert len(drawn) == 7
    assert drawn[0].get_title() == "one"
    assert drawn[0].images[0].get_cmap().name == "gray_r"


def test_weight_images_are_white_at_zero(ax):
    drawings.weight_image(ax, np.array([[-2.0, 0.0], [1.0, 2.0]]))
    image = ax.images[0]
    assert (image.norm.vmin, image.norm.vmax) == (-2.0, 2.0)
    assert to_hex(image.get_cmap()(0.5)) == "#ffffff"


def test_axes_are_kept_and_emptied():
    fig = figures.figure()
    first = figures.axes(fig)
    first.plot([0, 1], [0, 1])
    assert figures.axes(fig) is first
    assert not first.lines
    assert len(figures.axes(fig, columns=2)) == 2


def test_an_image_tag_holds_the_picture_and_the_escaped_words():
    tag = figures.image_tag(figures.figure(2, 1), 'a "quoted" <word>')
    assert 'alt="a &quot;quoted&quot; &lt;word&gt;"' in tag
    assert 'width="200"' in tag
    picture = Image.open(io.BytesIO(base64.b64decode(re.search('base64,([^"]*)', tag)[1])))
    assert picture.size == (400, 200)


def test_an_svg_tag_holds_text_as_text_and_is_the_same_each_time():
    fig = figures.figure(2, 1)
    figures.axes(fig).set_title("a title")
    first, again = (figures.image_tag(fig, "words", "svg") for _ in range(2))
    assert first == again
    assert b">a title</text>" in base64.b64decode(re.search('svg.xml;base64,([^"]*)', first)[1])


def test_show_gives_the_picture_and_the_words(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figures.show(figures.figure(2, 1), alt="nothing at all")
    assert repr(shown[0]) == "nothing at all"
    assert shown[0]._repr_html_().startswith('<img alt="nothing at all"')


def test_show_refuses_to_be_silent():
    with pytest.raises(ValueError, match="empty alt"):
        figures.show(figures.figure(), alt=" ")


def test_numbers_get_a_true_minus():
    assert figures.minus("-1.5 and 2") == "−1.5 and 2"


def test_a_term_of_a_sum_has_its_sign_apart_from_it():
    assert (figures.added(0.6), figures.added(-0.84)) == ("+ 0.6", "− 0.8")
    assert figures.added(-0.004, digits=2) == "+ 0.00"


def test_an_arrow_is_drawn_as_far_as_its_axes_reach(ax):
    ax.set(xlim=(0, 1), ylim=(0, 1))
    drawings.arrow(ax, np.array([0.5, 0.5]), np.array([0.5, 3.0]), "#FF0000")
    ax.figure.canvas.draw()
    red = (np.asarray(ax.figure.canvas.buffer_rgba())[..., :3] == [255, 0, 0]).all(axis=2)
    up = ax.figure.bbox.height - np.flatnonzero(red.any(axis=1))
    low, high = ax.transData.transform([[0.5, 0.5], [0.5, 1.0]])[:, 1]
    assert np.allclose([up.min(), up.max()], [low, high], atol=3)


@pytest.mark.parametrize(
    "pair",
    [figures.CLASS_COLOURS, (figures.POSITIVE, figures.NEGATIVE), (figures.BLUE, figures.ORANGE)],
)
def test_pairs_of_colours_differ_for_colour_blind_readers(pair):
    """Simulated by the matrices of Viénot, Brettel and Mollon (1999), on linear RGB: red- and green-blind."""
    for matrix in (
        [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    ):
        seen = [np.array(matrix) @ linear(colour) for colour in pair]
        assert np.abs(seen[0] - seen[1]).max() > 0.1


def linear(colour):
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def from_wire(place, start, end):
    """How far a place is from the straight wire between two others."""
    along = np.clip((place - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
    return np.linalg.norm(start + along * (end - start) - place)


def test_no_wire_of_the_adder_passes_behind_a_gate_that_it_does_not_lead_to():
    figure = figures.figure(7.6, 4.8)
    nand_panels.adder.draw(figure, a=3, b=1)
    ax = figure.axes[0]
    places = graphs.circuit_places(TWO_BIT_ADDER, nand_panels.ADDER_HEIGHTS)
    pixels = {wire: ax.transData.transform(place) for wire, place in places.items()}
    half = np.sqrt(520) / 72 * figure.dpi / 2  # of a gate's side
    for out, *sources in TWO_BIT_ADDER.gates:
        for source in sources:
            for gate in pixels.keys() - {out, source}:
                assert from_wire(pixels[gate], pixels[source], pixels[out]) > half, (source, gate)


def test_the_carry_of_the_adder_is_written_on_no_wire():
    figure = figures.figure(7.6, 4.8)
    nand_panels.adder.draw(figure, a=3, b=1)
    ax = figure.axes[0]
    figure.canvas.draw()
    (name,) = (text for text in ax.texts if text.get_text() == "carry")
    box = name.get_window_extent()
    for wires in ax.collections[:2]:
        for wire in wires.get_segments():
            path = Path(ax.transData.transform(wire))
            assert not path.intersects_bbox(box, filled=False), wire


def test_a_0_in_a_circuit_is_in_the_colour_of_ink(ax):
    graphs.circuit(ax, XOR, [1, 0])
    colours = {(text.get_text(), text.get_color()) for text in ax.texts}
    assert colours == {("0", figures.INK), ("1", "black")}  # ink turns light on a dark page


def test_a_circuit_lights_the_wires_that_carry_a_one(ax):
    graphs.circuit(ax, XOR, [1, 0])
    dark, lit = ax.collections[:2]
    # a = 1 feeds two gates; of the four gates three say 1 and feed 2, 1 and the output
    assert len(lit.get_segments()) == 2 + 2 + 1 + 1
    assert len(dark.get_segments()) + len(lit.get_segments()) == 2 * 4 + 1
    assert to_hex(lit.get_color()[0]).upper() == figures.ORANGE
    assert lit.get_linewidth()[0] > 2 * dark.get_linewidth()[0]
    assert sorted(text.get_text() for text in ax.texts) == ["0", "0", "1", "1", "1", "1"]


def test_a_gate_stands_behind_its_sources():
    places = graphs.circuit_places(XOR)
    assert all(
        places[out][0] > max(places[left][0], places[right][0]) for out, left, right in XOR.gates
    )
    assert len(set(places.values())) == len(places)


def test_bars_leave_nothing_behind_in_the_legend():
    fig = figures.figure()
    for _ in range(3):
        ax = figures.axes(fig)
        ax.bar([0, 1], [1, 2], label="heights")
        ax.legend()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["heights"]


def test_an_axis_in_powers_of_ten_keeps_its_ticks_when_drawn_again():
    fig = figures.figure()
    for _ in range(2):
        ax = figures.log_scale(figures.axes(fig), [1e-10, 1, 1e5])
        ax.plot([1, 2], [1e-8, 1e3])
        ax.set_ylim(1e-12, 1e6)
    assert ax.get_yscale() == "log"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["10⁻¹⁰", "10⁰", "10⁵"]


@pytest.mark.parametrize(
    ("value", "text"), [(1e-14, "10⁻¹⁴"), (3e-14, "10⁻¹⁴"), (1.0, "10⁰"), (2e10, "10¹⁰")]
)
def test_a_size_is_said_as_a_power_of_ten(value, text):
    assert figures.power_of_ten(value) == text


def test_labels_stand_at_the_same_place_whatever_the_ticks():
    places = []
    for high in (1, 1000):
        fig = figures.figure()
        ax = figures.axes(fig)
        ax.set(xlim=(0, high), ylim=(0, high), xlabel="x", ylabel="y")
        fig.canvas.draw()
        places.append(
            (ax.xaxis.label.get_window_extent().y1, ax.yaxis.label.get_window_extent().x1)
        )
    assert places[0] == pytest.approx(places[1], abs=0.5)


def test_a_gap_in_a_picture_of_weights_is_no_weight():
    ax = figures.axes(figures.figure())
    drawings.weight_image(ax, np.array([[0.5, np.nan], [-0.25, 0.0]]))
    assert ax.images[0].get_clim() == (-0.5, 0.5)


def png_of(tag):
    """Return the picture in a tag, as an array (height, width, 3), and how many bytes it takes."""
    data = base64.b64decode(re.search(r"base64,([^\"]+)", tag)[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), int), len(data)


def drawn(fill):
    figure = figures.figure(4, 3)
    fill(figures.axes(figure))
    whole = io.BytesIO()
    figure.savefig(whole, format="png", dpi=2 * figures.PIXELS_PER_INCH)
    return figures.image_tag(figure, "words"), whole.getvalue()


def test_a_saved_picture_takes_half_the_room_and_looks_the_same():
    tag, whole = drawn(lambda ax: ax.plot(np.sin(np.linspace(0, 6, 200)), color=figures.BLUE))
    (picture, size), exact = png_of(tag), np.asarray(Image.open(io.BytesIO(whole)).convert("RGB"))
    assert size < len(whole) / 2
    assert np.abs(picture - exact).mean() < 0.25


def test_a_picture_of_many_colours_keeps_them_all():
    colours = np.random.default_rng(0).random((30, 40, 3))
    tag, whole = drawn(lambda ax: ax.imshow(colours, interpolation="bilinear"))
    picture, _ = png_of(tag)
    assert np.array_equal(picture, np.asarray(Image.open(io.BytesIO(whole)).convert("RGB")))


@pytest.mark.parametrize("fill", np.linspace(0, 1, 41))
def test_a_number_in_a_neuron_is_read_on_any_grey_and_on_either_page(ax, fill):
    drawings.network(ax, [[fill]], [], [["0.5"]])
    grey, ink = to_hex(ax.collections[0].get_facecolor()[0]), to_hex(ax.texts[0].get_color())
    pages = str, theme.in_the_dark
    seen = {
        words: min(theme.contrast(page(words), page(grey)) for page in pages)
        for words in (figures.INK.lower(), "#ffffff")
    }
    assert seen[ink] == max(seen.values())
    assert seen[ink] > 2.9


def test_a_middle_grey_has_dark_numbers(ax):
    drawings.network(ax, [[0.622, 1.0]], [], [["0.622", "1.0"]])
    assert [to_hex(text.get_color()) for text in ax.texts] == [figures.INK.lower(), "#ffffff"]


def test_frames_go_round_whole_pixels(ax):
    ax.imshow(np.zeros((7, 7)))
    drawings.frames(ax, (3, 2), [(0, 0), (4, 5)])
    first, second = ax.collections[0].get_paths()
    assert first.get_extents().bounds == (-0.5, -0.5, 2, 3)
    assert second.get_extents().bounds == (4.5, 3.5, 2, 3)


def test_a_key_says_what_green_and_purple_mean(ax):
    drawings.votes_key(ax, ("for 8", "for 3"))
    key = ax.get_legend()
    assert [text.get_text() for text in key.get_texts()] == ["for 8", "for 3"]
    squares = key.findobj(BboxImage)  # pixels, as the pictures are: in the dark as in the light
    colours = [to_hex(square.get_array()[0, 0]).upper() for square in squares]
    assert colours == [figures.POSITIVE, figures.NEGATIVE]


@pytest.mark.parametrize("width", [7.6, 8.4])
def test_the_label_of_an_upright_axis_keeps_off_the_edge(width):
    fig = figures.figure(width)
    figures.axes(fig).set_ylabel("output")
    fig.canvas.draw()
    assert fig.axes[0].yaxis.label.get_window_extent().x0 >= 10


@pytest.mark.parametrize("colour", [figures.DARK_RED, figures.DARK_ORANGE])
def test_dark_colours_are_readable_as_text(colour):
    assert theme.contrast(colour, "#ffffff") >= 4.45
    assert theme.contrast(theme.in_the_dark(colour.lower()), "#111111") >= 4.5
