"""Pictures of one's own digits: a network trained on MNIST reads them, whatever they are drawn on."""

import re

import numpy as np
import pytest

from nnlib import datasets
from nnlib.activations import Sigmoid
from nnlib.images import SIZE, like_mnist, load_images
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.optimizers import Momentum
from nnlib.training import fit

Image = pytest.importorskip("PIL.Image")


def stroke(height=60, width=40, top=10, left=5, paper=255, ink=0) -> np.ndarray:
    """A picture (80, 100) with a thick L, off centre."""
    grey = np.full((80, 100), paper, np.uint8)
    grey[top : top + height, left : left + 10] = ink
    grey[top + height - 10 : top + height, left : left + width] = ink
    return grey


def save(folder, name, grey=None, mode="L", **options):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(stroke() if grey is None else grey).convert(mode).save(path, **options)
    return path


# One picture.


def test_an_l_by_hand():
    # 60×40 becomes 20×13 (40 / 3 rounded): the upright 3.25 of 13 columns wide, the foot 3⅓ of 20 rows high
    image = like_mnist(stroke())
    assert (image.shape, image.dtype, image.min(), image.max()) == ((28, 28), np.float32, 0, 1)
    rows, columns = np.nonzero(image)
    assert (rows.max() - rows.min() + 1, columns.max() - columns.min() + 1) == (20, 13)
    top, left = rows.min(), columns.min()
    assert image[top : top + 17, left : left + 3].min() == pytest.approx(1, abs=1e-6)
    # what is covered in part is grey: the foot begins a third of a pixel above its last three rows
    assert image[top + 16, left + 5 : left + 12] == pytest.approx(np.full(7, 1 / 3), abs=0.01)
    # its centre of mass lies at (14, 14), as far as whole pixels allow
    places = np.indices(image.shape).reshape(2, -1) @ image.ravel() / image.sum()
    assert np.abs(places - 14).max() <= 0.5


@pytest.mark.parametrize(
    ("paper", "ink"), [(255, 0), (0, 255), (250, 90), (40, 200), (128, 0), (128, 255)]
)
def test_the_colours_do_not_matter(paper, ink):
    assert like_mnist(stroke(paper=paper, ink=ink)) == pytest.approx(like_mnist(stroke()), abs=1e-6)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (20, 60), (11, 33)])
def test_the_place_does_not_matter(top, left):
    assert np.array_equal(like_mnist(stroke(top=top, left=left)), like_mnist(stroke()))


def test_floats_and_bytes_are_the_same():
    assert like_mnist(stroke() / 255) == pytest.approx(like_mnist(stroke()), abs=1e-6)


@pytest.mark.parametrize("shape", [(3, 90), (90, 3), (5, 5), (20, 20), (1, 1)])
def test_thin_and_small_strokes_fit(shape):
    grey = np.zeros((100, 100))
    grey[40 : 40 + shape[0], 2 : 2 + shape[1]] = 1
    rows, columns = np.nonzero(like_mnist(grey))
    assert max(np.ptp(rows), np.ptp(columns)) == 19


def test_mnists_own_pictures_are_left_alone():
    (x, _), _ = load_mnist(train=300, test=1)
    whole = x[x.max(axis=(1, 2, 3)) == 1]
    done = np.stack([like_mnist(image[..., 0]) for image in whole])
    assert len(whole) > 200
    assert np.mean([np.array_equal(a, b[..., 0]) for a, b in zip(done, whole, strict=True)]) > 0.97


@pytest.mark.parametrize(
    ("picture", "error", "words"),
    [
        (np.full((9, 9), 255), ValueError, "it is all of one colour, without any ink"),
        (np.zeros((9, 9)), ValueError, "it is all of one colour"),
        (np.array([[254, 255]]), ValueError, "it is all of one colour"),
        (np.zeros((9, 9, 3)), ValueError, r"of shape (9, 9, 3): expected (height, width)"),
        (np.zeros((0, 9)), ValueError, r"of shape (0, 9): expected (height, width)"),
        (np.full((9, 9), np.nan), ValueError, "nan at [0, 0]: expected finite numbers"),
        ([[1, 0]], TypeError, "picture as a list: expected a NumPy array"),
    ],
)
def test_what_is_no_picture_is_refused(picture, error, words):
    with pytest.raises(error, match=re.escape(words)):
        like_mnist(picture)


# Folders.


def test_a_folder_for_each_digit(tmp_path):
    for name in ("7/anna.png", "7/ben.JPG", "0/x.jpeg", "3/a.png"):
        save(tmp_path, name)
    (tmp_path / "9").mkdir()
    (tmp_path / ".DS_Store").touch()
    (tmp_path / "7" / "Thumbs.db").touch()
    x, y = load_images(tmp_path)
    assert (x.shape, x.dtype) == ((4, SIZE, SIZE, 1), np.float32)
    assert (y.tolist(), y.dtype) == ([0, 3, 7, 7], np.int64)
    assert (x.min(), x.max()) == (0, 1)
    assert x[1, ..., 0] == pytest.approx(like_mnist(stroke()))


def test_folders_with_names_are_counted_in_their_order(tmp_path):
    for name in ("dog/1.png", "cat/1.png", "cat/2.png"):
        save(tmp_path, name)
    assert load_images(str(tmp_path))[1].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["7.png", "3_anna.png", "0-2.jpg", "5 (1).png", "4b.png"], [0, 3, 4, 5, 7]),
        (["7.png", "anna.png"], None),
        (["20260101_1.png", "7.png"], None),
        (["10.png", "9.png"], None),
    ],
)
def test_labels_in_the_names_of_files(names, labels, tmp_path):
    for name in names:
        save(tmp_path, name)
    x, y = load_images(tmp_path)
    assert len(x) == len(names)
    assert (None if y is None else y.tolist()) == labels


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "CMYK", "LA", "RGBA"])
def test_every_kind_of_picture_is_read(mode, tmp_path):
    if mode == "CMYK":
        save(tmp_path, "7.jpg", mode=mode)
    else:
        save(tmp_path, "7.png", mode=mode)
    x, _ = load_images(tmp_path)
    assert np.abs(x[0, ..., 0] - like_mnist(stroke())).mean() < 0.02


def test_sixteen_bits_and_transparency_are_read(tmp_path):
    deep = (stroke().astype(np.uint16) * 257).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "1.png")
    clear = np.zeros(
        (80, 100, 4), np.uint8
    )  # black everywhere, and only the ink is not transparent
    clear[..., 3] = 255 - stroke()
    Image.fromarray(clear).save(tmp_path / "2.png")
    x, _ = load_images(tmp_path)
    assert x[0, ..., 0] == pytest.approx(like_mnist(stroke()), abs=1e-6)
    assert x[1, ..., 0] == pytest.approx(like_mnist(stroke()), abs=1e-6)


def test_a_cameras_note_of_which_side_is_up_is_obeyed(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    turned = np.rot90(stroke()).copy()
    save(tmp_path, "7.png", turned, exif=exif)
    assert load_images(tmp_path)[0][0, ..., 0] == pytest.approx(like_mnist(stroke()), abs=1e-6)


def test_a_large_picture_is_read(tmp_path):
    large = np.kron(stroke(), np.ones((40, 40), np.uint8))
    save(tmp_path, "7.jpg", large)
    save(tmp_path, "8.png", large)
    x, _ = load_images(tmp_path)
    assert np.abs(x[..., 0] - like_mnist(stroke())).mean() < 0.02


# What cannot be read.


def refusal(folder, error=ValueError) -> str:
    with pytest.raises(error) as caught:
        load_images(folder)
    words = str(caught.value)
    assert str(folder) in words
    assert len(words) < len(str(folder)) + 400
    return words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it cannot be read as a picture (it is empty"),
        (b"hello", "it cannot be read as a picture (it is text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "it cannot be read as a picture (it is a picture (PNG)"),
        (b"ftypheic" + bytes(50), "it cannot be read as a picture"),
        (None, "it cannot be read as a picture"),
    ],
)
def test_a_broken_picture_is_named(content, words, tmp_path):
    path = save(tmp_path, "7.png")
    path.write_bytes(path.read_bytes()[:-40] if content is None else content)
    save(tmp_path, "8.png")
    assert f"{path}: {words}" in refusal(tmp_path)


def test_an_empty_page_is_named(tmp_path):
    path = save(tmp_path, "7.png", np.full((50, 50), 255, np.uint8))
    assert refusal(tmp_path) == f"{path}: it is all of one colour, without any ink"


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path, "7.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    assert f"{path}: it cannot be read as a picture" in refusal(tmp_path)


def test_folders_that_do_not_fit_are_told(tmp_path):
    assert "nowhere is not a folder" in refusal(tmp_path / "nowhere", FileNotFoundError)
    assert "is empty: expected PNG or JPEG pictures" in refusal(tmp_path, FileNotFoundError)
    (tmp_path / "7").mkdir()
    assert "only empty folders: 7" in refusal(tmp_path, FileNotFoundError)
    save(tmp_path, "7/a.png")
    (tmp_path / "7" / "notes.txt").touch()
    assert "holds notes.txt: expected PNG and JPEG pictures alone" in refusal(tmp_path / "7")
    assert "holds notes.txt: expected PNG and JPEG pictures alone" in refusal(tmp_path)
    (tmp_path / "7" / "notes.txt").rename(tmp_path / "IMG_1.HEIC")
    assert "holds IMG_1.HEIC: expected PNG and JPEG" in refusal(tmp_path)
    (tmp_path / "IMG_1.HEIC").unlink()
    save(tmp_path, "b.png")
    assert "holds pictures (b.png) beside folders (7): expected one or" in refusal(tmp_path)
    (tmp_path / "b.png").unlink()
    (tmp_path / "7" / "deep").mkdir()
    assert "deep is a folder in a folder: expected pictures there" in refusal(tmp_path)


# What it is for.


def page(image, rng):
    """The digit drawn large, dark on white paper, off centre."""
    side = int(rng.integers(90, 250))
    large = Image.fromarray((image[..., 0] * 255).astype(np.uint8)).resize((side, side), 3)
    height, width = rng.integers(260, 400, 2)
    top, left = rng.integers(0, height - side), rng.integers(0, width - side)
    paper = 240 + 4 * rng.standard_normal((height, width))
    paper[top : top + side, left : left + side] -= 0.8 * np.asarray(large)
    return np.clip(paper, 0, 255).astype(np.uint8)


@pytest.mark.slow
def test_a_network_trained_on_mnist_reads_them(tmp_path, rng):
    (x, y), (x_test, y_test) = load_mnist(train=5000, test=200)
    layers = [Flatten(), Dense(784, 50, rng=rng), Sigmoid(), Dense(50, 10, rng=rng)]
    network = Network(layers).astype(np.float32)
    optimizer = Momentum(network.parameters(), 0.05)
    fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=6, batch_size=20, rng=rng)
    for place, (image, label) in enumerate(zip(x_test, y_test, strict=True)):
        save(tmp_path, f"{label}/{place}.{'png' if place % 2 else 'jpg'}", page(image, rng))
    pictures, labels = datasets.load_images(tmp_path)
    assert np.bincount(labels).tolist() == [20] * 10
    known = (network.classify(x_test) == y_test).mean()
    read = (network.classify(pictures) == labels).mean()
    assert known > 0.88
    assert read > known - 0.05
    # without the steps a page is not read at all
    raw = np.stack([np.asarray(Image.fromarray(page(i, rng)).resize((28, 28))) for i in x_test])
    assert (network.classify((raw / 255)[..., None].astype(np.float32)) == y_test).mean() < 0.4
