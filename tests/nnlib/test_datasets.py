"""The data: what ships is unharmed, toys repeat, and MNIST comes from wherever it can, checked each time."""

import gzip
import hashlib
import os
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from nnlib import datasets

DEAD = "http://127.0.0.1:9/"  # the discard port: nobody listens there


# What ships.


def test_digits_file_is_the_one_that_the_readme_describes():
    readme = (datasets.DATA_FOLDER / "README.md").read_text(encoding="utf-8")
    sums = dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})`", readme, flags=re.MULTILINE))
    shipped = {path.name for path in datasets.DATA_FOLDER.iterdir() if path.is_file()} - {
        "README.md"
    }
    assert set(sums) == shipped
    for name, wanted in sums.items():
        assert hashlib.sha256((datasets.DATA_FOLDER / name).read_bytes()).hexdigest() == wanted


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


def test_digits_without_the_data_folder_say_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "DATA_FOLDER", tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"digits\.csv\.gz is missing: it comes with the course"
    ):
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


# MNIST as published, where it is.


@pytest.mark.skipif("NNLIB_DATA" not in os.environ, reason="NNLIB_DATA names no folder with mnist/")
def test_mnist_itself():
    (x, y), (x_test, y_test) = datasets.load_mnist()
    assert datasets.has_mnist()
    assert (x.shape, x_test.shape) == ((60_000, 28, 28, 1), (10_000, 28, 28, 1))
    assert x.dtype == x_test.dtype == np.float32
    assert (x.min(), x.max()) == (0, 1)
    assert y.dtype.kind == "i"
    assert y[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


# MNIST in small: four tiny files with hashes of their own, and a server for them on this computer.


def idx_bytes(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim])
        + np.array(array.shape, ">u4").tobytes()
        + array.astype(np.uint8).tobytes()
    )


TINY = {
    "train images": idx_bytes(np.arange(12).reshape(3, 2, 2) * 20),
    "train labels": idx_bytes(np.array([7, 0, 9])),
    "test images": idx_bytes(np.full((1, 2, 2), 255)),
    "test labels": idx_bytes(np.array([4])),
}
NAMES = {part: part.replace(" ", "-") for part in TINY}
PACKED = {part: gzip.compress(content, mtime=0) for part, content in TINY.items()}
PUBLISHED = {f"/{NAMES[part]}.gz": packed for part, packed in PACKED.items()}


@contextmanager
def serving(files: dict[str, bytes]):
    """A web server on this computer with exactly these files; gives its address and the list of what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def cache(monkeypatch, tmp_path) -> Path:
    """An empty cache, hashes of the tiny files, and no way past this computer."""
    hashes = {
        part: (
            NAMES[part],
            hashlib.md5(PACKED[part]).hexdigest(),
            hashlib.sha256(TINY[part]).hexdigest(),
        )
        for part in TINY
    }
    monkeypatch.setattr(datasets, "MNIST_FILES", hashes)
    monkeypatch.setattr(datasets, "MNIST_MIRRORS", (DEAD,))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(folder: Path, files: dict[str, bytes] = PACKED, ending: str = ".gz") -> None:
    folder.mkdir(parents=True)
    for part, content in files.items():
        (folder / (NAMES[part] + ending)).write_bytes(content)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("**/*") if path.is_file())


def assert_tiny(loaded) -> None:
    (x, y), (x_test, y_test) = loaded
    assert x.shape == (3, 2, 2, 1)
    assert x.dtype == np.float32
    assert x[2, 1, 1, 0] == np.float32(220 / 255)
    assert y.tolist() == [7, 0, 9]
    assert x_test.tolist() == [[[[1.0], [1.0]], [[1.0], [1.0]]]]
    assert y_test.tolist() == [4]


def test_first_mirror_is_enough(cache, monkeypatch):
    with serving(PUBLISHED) as (first, asked), serving(PUBLISHED) as (second, spared):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (first, second))
        assert_tiny(datasets.load_mnist())
    assert sorted(asked) == sorted(PUBLISHED)
    assert spared == []


def test_what_was_downloaded_is_kept_whole_and_not_fetched_again(cache, monkeypatch):
    with serving(PUBLISHED) as (mirror, asked):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (mirror,))
        assert not datasets.has_mnist()
        datasets.load_mnist()
        assert datasets.has_mnist()
        assert_tiny(datasets.load_mnist())
    assert len(asked) == 4
    assert {name: (cache / name).read_bytes() for name in names_in(cache)} == {
        path[1:]: content for path, content in PUBLISHED.items()
    }


def test_dead_mirror_is_followed_by_the_next(cache, monkeypatch):
    with serving({}) as (empty, asked), serving(PUBLISHED) as (good, _):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (DEAD, empty, good))
        assert_tiny(datasets.load_mnist())
    assert sorted(asked) == sorted(PUBLISHED)
    assert len(names_in(cache)) == 4


def test_wrong_content_never_reaches_the_cache(cache, monkeypatch):
    wrong = dict.fromkeys(PUBLISHED, gzip.compress(b"something else"))
    with serving(wrong) as (mirror, asked):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (mirror,))
        with pytest.raises(ConnectionError, match="ValueError"):
            datasets.load_mnist()
    assert asked == ["/train-images.gz"]
    assert names_in(cache.parent) == []


def test_right_packing_of_wrong_bytes_never_reaches_the_cache(cache, monkeypatch):
    name, md5, _ = datasets.MNIST_FILES["train images"]
    monkeypatch.setitem(datasets.MNIST_FILES, "train images", (name, md5, "0" * 64))
    with serving(PUBLISHED) as (mirror, _):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (mirror,))
        with pytest.raises(ConnectionError, match="ValueError"):
            datasets.load_mnist()
    assert names_in(cache.parent) == []


def test_wrong_mirror_is_followed_by_a_right_one(cache, monkeypatch):
    with (
        serving(dict.fromkeys(PUBLISHED, b"<html>log in first</html>")) as (wrong, _),
        serving(PUBLISHED) as (good, _),
    ):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (wrong, good))
        assert_tiny(datasets.load_mnist())
    assert (cache / "train-images.gz").read_bytes() == PACKED["train images"]


def test_no_network_says_where_to_put_the_files(cache, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "own"))
    with pytest.raises(ConnectionError) as caught:
        datasets.load_mnist()
    words = str(caught.value)
    assert "put train-images.gz into" in words
    assert str(tmp_path / "own" / "mnist") in words
    assert str(cache) in words
    assert "NNLIB_DATA" in words
    assert f"{DEAD}train-images.gz" in words


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_own_folder_comes_first_packed_or_not(ending, cache, monkeypatch, tmp_path):
    fill(tmp_path / "own" / "mnist", PACKED if ending else TINY, ending)
    fill(cache, dict.fromkeys(PACKED, b"never looked at"))
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "own"))
    assert_tiny(datasets.load_mnist())


def test_cache_is_used_where_the_own_folder_lacks_a_file(cache, monkeypatch, tmp_path):
    fill(cache)
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "nowhere"))
    assert_tiny(datasets.load_mnist())


@pytest.mark.parametrize(
    "damaged",
    [
        PACKED["test images"][:-5],
        PACKED["test labels"],
        TINY["test images"][:-1],
        b"",
        b"\x1f\x8b\x08\x00broken",
    ],
    ids=["truncated gzip", "another file", "truncated", "empty", "no gzip"],
)
def test_damaged_file_in_the_cache_is_named(damaged, cache):
    fill(cache, PACKED | {"test images": damaged})
    with pytest.raises(ValueError, match=re.escape(str(cache / "test-images.gz"))):
        datasets.load_mnist()


def test_cache_is_written_under_another_name_first(cache, monkeypatch):
    def crash(source, target):
        assert Path(source).read_bytes() == PACKED["train images"]
        assert Path(target) == cache / "train-images.gz"
        raise OSError("the disk is full")

    monkeypatch.setattr(datasets.os, "replace", crash)
    with serving(PUBLISHED) as (mirror, _):
        monkeypatch.setattr(datasets, "MNIST_MIRRORS", (mirror,))
        with pytest.raises(OSError, match="the disk is full"):
            datasets.load_mnist()
    assert names_in(cache) == []


def test_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path))
    assert datasets.cache_folder() == tmp_path
    monkeypatch.delenv("NNLIB_CACHE")
    assert datasets.cache_folder() == datasets.DATA_FOLDER / "cache"


def test_published_hashes_are_those_of_mnist():
    assert [(name, md5, sha256[:8]) for name, md5, sha256 in datasets.MNIST_FILES.values()] == [
        ("train-images-idx3-ubyte", "f68b3c2dcbeaaa9fbdd348bbdeb94873", "ba891046"),
        ("train-labels-idx1-ubyte", "d53e105ee54ea40749a09fcbcd1e9432", "65a50cbb"),
        ("t10k-images-idx3-ubyte", "9fb629c4189551a2d022fa330f9573f3", "0fa7898d"),
        ("t10k-labels-idx1-ubyte", "ec29112dd5afa0611ce80d1b7f02629c", "ff7bcfd4"),
    ]
    assert all(mirror.startswith("https://") for mirror in datasets.MNIST_MIRRORS)
