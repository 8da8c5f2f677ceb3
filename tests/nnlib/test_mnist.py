"""MNIST as it ships, choices of it that are always the same, and other data sets in its format under odd names."""

import gzip
import hashlib
import re
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import _files, _idx, datasets, mnist
from nnlib.mnist import load_idx, load_mnist

# MNIST as it ships.


@pytest.fixture(scope="module")
def everything():
    return load_mnist()


@pytest.mark.parametrize("part", mnist.PARTS)
def test_the_shipped_files_are_those_that_were_published(part):
    name, sha256 = mnist.MNIST_FILES[part]
    content = _idx.read_bytes(_files.data_file(f"mnist/{name}"))
    assert hashlib.sha256(content).hexdigest() == sha256


def test_the_published_sums_are_those_of_mnist():
    assert [(name, sha256[:8]) for name, sha256 in mnist.MNIST_FILES.values()] == [
        ("train-images-idx3-ubyte.gz", "ba891046"),
        ("train-labels-idx1-ubyte.gz", "65a50cbb"),
        ("t10k-images-idx3-ubyte.gz", "0fa7898d"),
        ("t10k-labels-idx1-ubyte.gz", "ff7bcfd4"),
    ]


def test_all_of_mnist(everything):
    (x, y), (x_test, y_test) = everything
    assert (x.shape, x_test.shape) == ((60_000, 28, 28, 1), (10_000, 28, 28, 1))
    assert x.dtype == x_test.dtype == np.float32
    assert y.dtype == y_test.dtype == np.int64
    assert (x.min(), x.max(), x_test.min(), x_test.max()) == (0, 1, 0, 1)
    assert y[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # mean and standard deviation as PyTorch's and Keras' examples give them
    assert x.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
    assert x.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)


def test_datasets_has_a_second_name_for_it():
    assert datasets.load_mnist is load_mnist


# Choices.


def test_a_choice_has_as_many_of_each_digit(everything):
    (x, y), (_, y_test) = load_mnist(train=1000, test=200)
    assert np.bincount(y).tolist() == [100] * 10
    assert np.bincount(y_test).tolist() == [20] * 10
    # they are MNIST's own, in its order, and spread over all of it
    (all_x, all_y), (_, all_test) = everything
    rows = find(x, all_x)
    assert np.array_equal(all_y[rows], y)
    assert (np.diff(rows) > 0).all()
    assert rows[0] < 60
    assert rows[-1] > 59_000
    assert np.histogram(rows, 6, (0, 60_000))[0].min() > 140
    assert y_test.tolist() != all_test[:200].tolist()


def find(images, among):
    """The place of each image in a larger set: the first that is equal to it."""
    places = {image.tobytes(): place for place, image in reversed(list(enumerate(among)))}
    return np.array([places[image.tobytes()] for image in images])


def test_a_choice_is_the_same_everywhere_and_ever_after():
    (x, y), (x_test, y_test) = load_mnist(train=103, test=50)
    assert y[:12].tolist() == [5, 0, 4, 1, 9, 2, 3, 6, 7, 8, 1, 0]
    content = (x * 255).round().astype(np.uint8).tobytes() + y.astype("<i8").tobytes()
    assert hashlib.sha256(content).hexdigest()[:16] == "bca63e4aec3c8049"
    content = (x_test * 255).round().astype(np.uint8).tobytes() + y_test.astype("<i8").tobytes()
    assert hashlib.sha256(content).hexdigest()[:16] == "f4c1c9138e5f398b"


def test_what_ten_does_not_divide_goes_to_the_lowest_digits():
    (_, y), (_, y_test) = load_mnist(train=103, test=7)
    assert np.bincount(y).tolist() == [11, 11, 11, 10, 10, 10, 10, 10, 10, 10]
    assert np.sort(y_test).tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_the_rarest_digit_is_used_up_before_the_balance_goes():
    (_, y), (_, y_test) = load_mnist(train=54_210, test=8_930)
    assert set(np.bincount(y)) == {5421}
    assert np.bincount(y_test).tolist() == [894, 893, 893, 893, 893, 892, 893, 893, 893, 893]


def test_all_of_them_by_number_are_all_of_them(everything):
    by_number = load_mnist(train=60_000, test=10_000)
    for (x, y), (all_x, all_y) in zip(by_number, everything, strict=True):
        assert np.array_equal(x, all_x)
        assert np.array_equal(y, all_y)


@pytest.mark.parametrize(
    ("numbers", "error", "words"),
    [
        ({"train": 60_001}, ValueError, "load_mnist got train = 60001: expected 1 to 60000"),
        ({"test": 10_001}, ValueError, "load_mnist got test = 10001: expected 1 to 10000"),
        ({"train": 0}, ValueError, "load_mnist got train = 0: expected 1 or more"),
        ({"test": -5}, ValueError, "load_mnist got test = -5: expected 1 or more"),
        ({"train": 0.5}, TypeError, "load_mnist got train = 0.5: expected a whole number"),
        ({"train": True}, TypeError, "load_mnist got train = True: expected a whole number"),
    ],
)
def test_a_wrong_number_is_refused(numbers, error, words):
    with pytest.raises(error, match=words):
        load_mnist(**numbers)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.data())
def test_shares_are_as_equal_as_the_classes_allow(sizes, data):
    number = data.draw(st.integers(1, sum(sizes)))
    sizes = np.array(sizes)
    shares = mnist.equal_shares(sizes, number)
    assert shares.sum() == number
    assert (shares <= sizes).all()
    # whoever has less than the most has all of its own, but for the one that is left over
    assert (shares[shares < shares.max() - 1] == sizes[shares < shares.max() - 1]).all()


def test_a_damaged_file_is_named(monkeypatch, tmp_path):
    (tmp_path / "mnist").mkdir()
    for name, _ in mnist.MNIST_FILES.values():
        (tmp_path / "mnist" / name).write_bytes(_files.data_file(f"mnist/{name}").read_bytes())
    labels = tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz"
    content = bytearray(gzip.decompress(labels.read_bytes()))
    content[100] = (
        content[100] + 1
    ) % 10  # one label is wrong, and the file as well formed as before
    labels.write_bytes(gzip.compress(content))
    monkeypatch.setattr(_files, "data_folder", lambda: tmp_path)
    with pytest.raises(
        ValueError, match=rf"{re.escape(str(labels))}: damaged, .*expected ff7bcfd4"
    ):
        load_mnist()
    labels.unlink()
    with pytest.raises(FileNotFoundError, match=rf"{re.escape(str(labels))} is missing: it comes"):
        load_mnist()


# Other data sets of the format, in small.


def idx_bytes(array):
    array = np.asarray(array, np.uint8)
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


TINY = {
    "train-images-idx3-ubyte": idx_bytes(np.arange(12).reshape(3, 2, 2) * 20),
    "train-labels-idx1-ubyte": idx_bytes([7, 0, 9]),
    "t10k-images-idx3-ubyte": idx_bytes(np.full((1, 2, 2), 255)),
    "t10k-labels-idx1-ubyte": idx_bytes([4]),
}
USUAL = tuple(TINY)


def fill(folder, names=USUAL, contents=None):
    """Write the four tiny files under ``names``, packed where the name ends in .gz."""
    for name, content in zip(names, (TINY | (contents or {})).values(), strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder


def assert_tiny(loaded):
    (x, y), (x_test, y_test) = loaded
    assert x.shape == (3, 2, 2, 1)
    assert x.dtype == np.float32
    assert x[2, 1, 1, 0] == np.float32(220 / 255)
    assert y.tolist() == [7, 0, 9]
    assert y.dtype == np.int64
    assert x_test.tolist() == [[[[1.0], [1.0]], [[1.0], [1.0]]]]
    assert y_test.tolist() == [4]


def renamed(change):
    return [change(name) for name in USUAL]


@pytest.mark.parametrize(
    "names",
    [
        USUAL,
        renamed(lambda name: f"{name}.gz"),
        renamed(lambda name: name.replace("-idx", ".idx")),
        renamed(lambda name: f"{name.replace('-idx', '.idx')}.gz"),
        renamed(lambda name: f"emnist-letters-{name.replace('t10k', 'test')}.gz"),
        renamed(lambda name: f"MNIST/raw/{name}"),
        renamed(lambda name: f"{name}/{name}"),
        renamed(lambda name: f"{name.replace('-idx', '.idx')}/{name.replace('-idx', '.idx')}"),
        renamed(lambda name: f"archive/{name}/{name}"),
        renamed(lambda name: f"FashionMNIST/raw/{name}.gz"),
        renamed(str.upper),
        [f"{USUAL[0]}.gz", *USUAL[1:]],
    ],
    ids=[
        "usual", "gz", "dots", "dots gz", "emnist", "below", "own folders", "dots in folders", "kaggle", "torchvision",
        "capitals", "one packed"
    ],
)  # fmt: skip
def test_files_are_found_by_any_usual_name(names, tmp_path):
    assert_tiny(load_idx(fill(tmp_path, names)))


def test_the_folder_may_be_a_string(tmp_path):
    assert_tiny(load_idx(str(fill(tmp_path))))


def test_a_packed_twin_is_no_second_data_set(tmp_path):
    fill(tmp_path, renamed(lambda name: f"{name}.gz"), {USUAL[0]: b"not looked at"})
    assert_tiny(load_idx(fill(tmp_path)))


def test_the_highest_folder_comes_first(tmp_path):
    fill(tmp_path / "old", contents={USUAL[0]: b"not looked at"})
    assert_tiny(load_idx(fill(tmp_path)))


def test_several_data_sets_are_told_apart_by_name(tmp_path):
    fill(tmp_path, [f"emnist-letters-{name}" for name in USUAL])
    fill(tmp_path, [f"emnist-digits-{name}" for name in USUAL], {USUAL[1]: idx_bytes([1, 1, 1])})
    assert_tiny(load_idx(tmp_path, name="letters"))
    with pytest.raises(
        ValueError, match=r"several files of train images: .*digits.*letters.*name="
    ):
        load_idx(tmp_path)
    with pytest.raises(FileNotFoundError, match="no file of train images with 'kanji' in its name"):
        load_idx(tmp_path, name="kanji")


def test_two_data_sets_in_folders_of_their_own_are_told_apart_by_folder(tmp_path):
    fill(tmp_path / "fashion")
    fill(tmp_path / "kmnist")
    with pytest.raises(
        ValueError, match=r"several files of .*fashion.*kmnist.*a folder further down"
    ):
        load_idx(tmp_path)
    assert_tiny(load_idx(tmp_path / "kmnist"))


def test_a_choice_of_them(tmp_path):
    labels = [3, 5, 3, 5, 3, 5, 3, 3]
    images = idx_bytes(np.arange(8 * 4).reshape(8, 2, 2))
    (x, y), (_, y_test) = load_idx(
        fill(tmp_path, contents={USUAL[0]: images, USUAL[1]: idx_bytes(labels)}), train=4, test=1
    )
    # threes stand at 0, 2, 4, 6, 7 and fives at 1, 3, 5; of each the two at 0 and at half: 0, 4 and 1, 3
    assert y.tolist() == [3, 5, 5, 3]
    assert (x[:, 0, 0, 0] * 255).round().tolist() == [0, 4, 12, 16]
    assert y_test.tolist() == [4]
    with pytest.raises(ValueError, match="load_idx got train = 9: expected 1 to 8"):
        load_idx(tmp_path, train=9)


# Refusals.


def test_what_lies_there_is_said_if_nothing_fits(tmp_path):
    with pytest.raises(FileNotFoundError, match="it is empty"):
        load_idx(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "train.csv").touch()
    (tmp_path / "train-images.png").touch()
    with pytest.raises(FileNotFoundError) as caught:
        load_idx(tmp_path)
    words = str(caught.value)
    assert f"{tmp_path} has no file of train images, such as train-images-idx3-ubyte.gz" in words
    assert re.search(r"it holds deep.train\.csv, train-images\.png$", words)


def test_a_long_list_is_cut(tmp_path):
    for number in range(15):
        (tmp_path / f"{number:02}.png").touch()
    with pytest.raises(FileNotFoundError, match=r"it holds 00\.png, .*11\.png and 3 more$"):
        load_idx(tmp_path)


@pytest.mark.parametrize("missing", range(4))
def test_the_missing_part_is_named(missing, tmp_path):
    fill(tmp_path)
    (tmp_path / USUAL[missing]).unlink()
    with pytest.raises(FileNotFoundError, match=f"no file of {mnist.PARTS[missing]}, such as"):
        load_idx(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder"):
        load_idx(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="file is not a folder"):
        load_idx(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (USUAL[0], TINY[USUAL[0]][:-1], "train-images.*: truncated, 1 bytes"),
        (USUAL[2], b"", "t10k-images.*: truncated"),
        (USUAL[1], TINY[USUAL[1]] + b"\0", "train-labels.*: 1 trailing bytes"),
        (USUAL[3], b"<html>log in first</html>", "t10k-labels.*: not an IDX file"),
        (USUAL[0], TINY[USUAL[1]], "train-images.*expected 3 and got 1 .*are they swapped"),
        (USUAL[1], TINY[USUAL[0]], "train-labels.*expected 1 and got 3 .*are they swapped"),
        (USUAL[1], idx_bytes([7, 0]), "train-labels.*: 2 labels, but there are 3 images in .*train-"),
        (USUAL[3], idx_bytes([4, 4]), "t10k-labels.*: 2 labels, but there are 1 images in .*t10k-"),
        (USUAL[2], idx_bytes(np.zeros((1, 3, 2))), r"t10k-images.*: images of shape \(3, 2\), .*\(2, 2\)"),
    ],
    ids=["truncated", "empty", "trailing", "a page", "labels", "images", "lengths", "test", "sizes"],
)  # fmt: skip
def test_refused_with_file_and_reason(name, content, reason, tmp_path):
    with pytest.raises(ValueError, match=reason):
        load_idx(fill(tmp_path, contents={name: content}))


def test_no_images_at_all_are_refused(tmp_path):
    nothing = {USUAL[0]: idx_bytes(np.zeros((0, 2, 2))), USUAL[1]: idx_bytes([])}
    with pytest.raises(ValueError, match=r"train-images.*: no images in it"):
        load_idx(fill(tmp_path, contents=nothing))


def test_a_truncated_packed_file_is_refused(tmp_path):
    fill(tmp_path, renamed(lambda name: f"{name}.gz"))
    path = tmp_path / f"{USUAL[0]}.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ValueError, match=r"train-images.*gz: broken gzip file"):
        load_idx(tmp_path)
