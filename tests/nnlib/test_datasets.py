"""The data that ships is unharmed and refused if it is not; toy problems repeat with their seed."""

import gzip
import hashlib
import re

import numpy as np
import pytest

from nnlib import _files, datasets

# What ships.


def test_data_files_are_those_that_the_readme_describes():
    folder = _files.data_folder()
    readme = (folder / "README.md").read_text(encoding="utf-8")
    row = r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \| (?:`([0-9a-f]{64})`|the same) \|$"
    described = {name: sums for name, *sums in re.findall(row, readme, flags=re.MULTILINE)}
    shipped = {
        path.relative_to(folder).as_posix()
        for ending in ("*.gz", "*.txt")
        for path in folder.rglob(ending)
    }
    assert set(described) == shipped
    assert len(shipped) == 6
    for name, (packed_sum, unpacked_sum) in described.items():
        packed = (folder / name).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == packed_sum, name
        if name.endswith(".gz"):
            assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == unpacked_sum, name


def test_the_text_is_the_start_of_alice():
    text = datasets.load_text()
    assert text.startswith("CHAPTER I\nDown the Rabbit-Hole\nAlice was beginning to get very tired")
    assert text.endswith("anything else.\n")
    assert [line for line in text.splitlines() if line.startswith("CHAPTER")] == [
        f"CHAPTER {number}" for number in ("I", "II", "III", "IV")
    ]
    assert len(text) < 50_000
    assert "  " not in text


def test_line_ends_of_windows_do_not_matter_and_a_damaged_text_is_refused(tmp_path, monkeypatch):
    text = datasets.load_text()
    copy = tmp_path / "alice.txt"
    monkeypatch.setattr(datasets, "data_file", lambda name: copy)
    copy.write_bytes(text.replace("\n", "\r\n").encode())
    assert datasets.load_text() == text
    copy.write_text(text[:-2])
    with pytest.raises(ValueError, match=r"alice.txt: damaged, or not the file that comes"):
        datasets.load_text()


def test_digits():
    x, y = datasets.load_digits()
    assert x.shape == (1797, 8, 8, 1)
    assert x.dtype == np.float64
    assert (x.min(), x.max()) == (0, 1)
    assert np.array_equal(x * 16, np.round(x * 16))
    assert y.shape == (1797,)
    assert y.dtype.kind == "i"
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_are_those_of_scikit_learn():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    images, labels = sklearn_datasets.load_digits(return_X_y=True)
    x, y = datasets.load_digits()
    assert np.array_equal(x.reshape(1797, 64) * 16, images)
    assert np.array_equal(y, labels)


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The library lies in an empty folder, as a package whose data is missing."""
    (tmp_path / "nnlib").mkdir()
    monkeypatch.setattr(_files, "__file__", str(tmp_path / "nnlib" / "_files.py"))
    return tmp_path


def test_data_lies_in_the_package_or_else_in_the_checkout(elsewhere):
    (elsewhere / "data").mkdir()
    with pytest.raises(FileNotFoundError, match="install nnlib-course again"):
        _files.data_folder()  # beside an installed package, "data" would be anybody's
    (elsewhere / "course.py").touch()
    assert _files.data_folder() == elsewhere / "data"
    (elsewhere / "nnlib" / "data").mkdir()
    assert _files.data_folder() == elsewhere / "nnlib" / "data"


def test_digits_without_the_data_folder_say_what_is_missing(elsewhere):
    with pytest.raises(FileNotFoundError, match=r"nnlib.data is missing: .* comes with the course"):
        datasets.load_digits()


def test_digits_without_their_file_say_what_is_missing(elsewhere):
    (elsewhere / "nnlib" / "data").mkdir()
    with pytest.raises(
        FileNotFoundError, match=r"digits\.csv\.gz is missing: it comes with the course"
    ):
        datasets.load_digits()


ROWS = b"0," * 64 + b"7\n"


@pytest.mark.parametrize(
    "content",
    [b"", ROWS, gzip.compress(ROWS), gzip.compress(ROWS * 1797), gzip.compress(ROWS)[:-9]],
    ids=["empty", "not packed", "too short", "other digits", "truncated"],
)
def test_damaged_digits_are_refused_by_name(content, elsewhere):
    path = elsewhere / "nnlib" / "data" / "digits.csv.gz"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))}: (damaged|broken)"):
        datasets.load_digits()


def test_photo():
    photo = datasets.load_photo()
    assert photo.shape == (600, 512, 3)
    assert photo.dtype == np.float64
    assert photo.min() >= 0
    assert photo.max() <= 1
    assert photo.std() > 0.1


def test_photo_without_matplotlibs_samples_says_so(monkeypatch):
    monkeypatch.setattr(datasets.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(
        FileNotFoundError, match=r"grace_hopper\.jpg is missing: install matplotlib"
    ):
        datasets.load_photo()


# Toy problems.

TOYS = (datasets.blobs, datasets.xor, datasets.moons, datasets.circles, datasets.spirals)
every_toy = pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.__name__)


@every_toy
def test_toy_shapes_and_classes(toy, rng):
    x, y = toy(200, rng=rng)
    assert x.shape == (200, 2)
    assert x.dtype == np.float64
    assert y.shape == (200,)
    assert set(y.tolist()) == {0, 1}
    assert abs(y.mean() - 0.5) < 0.1
    assert (np.diff(y) != 0).mean() > 0.3  # the classes come mixed


@every_toy
def test_toys_repeat_with_their_seed(toy):
    first, again, other = (toy(50, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@every_toy
@pytest.mark.parametrize(
    ("n", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)]
)
def test_toys_refuse_a_wrong_number(toy, n, error, rng):
    with pytest.raises(error, match=f"{toy.__name__} got n = {n}: expected"):
        toy(n, rng=rng)


@every_toy
def test_toys_refuse_a_seed_in_place_of_a_generator(toy):
    with pytest.raises(TypeError, match=rf"{toy.__name__} got rng as 0: .*default_rng"):
        toy(10, rng=0)


def test_blobs_have_the_distance_and_spread_asked_for(rng):
    x, y = datasets.blobs(20_000, rng=rng, distance=4.0, spread=0.5)
    centres = np.array([x[y == 0].mean(axis=0), x[y == 1].mean(axis=0)])
    # 4 apart on the diagonal, half of it on either side: 2 / √2 along each axis
    assert centres == pytest.approx(np.array([[-np.sqrt(2)] * 2, [np.sqrt(2)] * 2]), abs=0.02)
    assert (x - centres[y]).std() == pytest.approx(0.5, abs=0.01)


def test_xor_without_noise_sits_on_the_corners(rng):
    x, y = datasets.xor(100, rng=rng, noise=0)
    assert set(np.abs(x).ravel().tolist()) == {1.0}
    assert np.array_equal(y, (x[:, 0] * x[:, 1] < 0).astype(int))


def test_moons_without_noise_are_half_circles_that_reach_into_each_other(rng):
    x, y = datasets.moons(500, rng=rng, noise=0)
    upper, lower = x[y == 0], x[y == 1]
    assert np.hypot(*upper.T) == pytest.approx(1)
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5
    assert upper[:, 0].max() > lower[:, 0].min()


def test_circles_without_noise_have_radius_one_and_a_half(rng):
    x, y = datasets.circles(100, rng=rng, noise=0)
    assert np.hypot(*x.T) == pytest.approx(np.where(y == 1, 0.5, 1.0))


def test_spirals_without_noise_turn_as_often_as_asked(rng):
    x, y = datasets.spirals(500, rng=rng, noise=0, turns=2)
    radius = np.hypot(*x.T)
    assert 0.99 < radius.max() <= 1
    # after undoing 2 turns per unit of radius, one arm points east and the other west
    angle = np.arctan2(x[:, 1], x[:, 0]) - 4 * np.pi * radius
    assert np.cos(angle) == pytest.approx(np.where(y == 1, -1.0, 1.0))


def test_sequences_are_labelled_by_parity(rng):
    x, y = datasets.sequences(200, 7, rng=rng)
    assert x.shape == (200, 7, 1)
    assert set(x.ravel().tolist()) == {0.0, 1.0}
    assert y.tolist() == [int(row.sum()) % 2 for row in x]
    assert 0.3 < y.mean() < 0.7


def test_truth_table():
    x, y = datasets.truth_table([1, 1, 1, 0])
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert x.dtype == np.float64
    assert y.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("outputs", [[0, 1], [0, 1, 1, 2], []])
def test_truth_table_refuses(outputs):
    with pytest.raises(ValueError, match="expected four outputs, each 0 or 1"):
        datasets.truth_table(outputs)


@pytest.mark.parametrize("outputs", [[True, False, False, True], [1.0, 0.0, 0.0, 1.0]])
def test_truth_table_gives_whole_numbers(outputs):
    _, y = datasets.truth_table(outputs)
    assert y.dtype.kind == "i"
    assert y.tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize("outputs", [1, None, "1110"])
def test_truth_table_asks_for_a_list(outputs):
    with pytest.raises(TypeError, match="expected a list of four outputs"):
        datasets.truth_table(outputs)
