"""docs/own_data.md: every block of code is run, on small files of the kinds that it is about."""

import ast
import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "own_data.md").read_text("utf-8")
# heading → its blocks
SECTIONS = {
    section.partition("\n")[0]: re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S)
    for section in re.split(r"^#+ ", PAGE, flags=re.M)[1:]
}
RNG = np.random.default_rng(0)


def images(n: int) -> np.ndarray:
    return RNG.integers(0, 256, (n, 28, 28), dtype=np.uint8)


def idx(folder: Path, beginning: str = "", ending: str = ".gz", first: int = 0) -> None:
    folder.mkdir()
    for part, n in (("train", 6), ("t10k" if not beginning else "test", 4)):
        labels = np.arange(n, dtype=np.uint8) + first
        for name, array in (("images-idx3", images(n)), ("labels-idx1", labels)):
            head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            path = folder / f"{beginning}{part}-{name}-ubyte{ending}"
            path.write_bytes(gzip.compress(head + array.tobytes()))


def csv(path: str, names: str = "") -> None:
    table = np.column_stack([np.arange(10), images(10).reshape(10, -1)])
    np.savetxt(path, table, "%d", ",", header=names, comments="")


def pictures(folder: Path, names: list[str], mode: str = "L") -> None:
    image = pytest.importorskip("PIL.Image")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        page = np.full((60, 50), 240, np.uint8)
        page[10:50, 20:28] = 10
        image.fromarray(page).convert(mode).save(folder / name)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with all the files that the page speaks of."""
    monkeypatch.chdir(tmp_path)
    csv("train.csv", "label," + ",".join(f"pixel{i}" for i in range(784)))
    csv("mnist_train_100.csv")
    measured = np.column_stack([RNG.normal(50, 9, (100, 3)), RNG.integers(0, 2, 100)])
    np.savetxt("measurements.csv", measured, "%.4f", ",", header="a,b,c,kind", comments="")
    labels = np.arange(5, dtype=np.uint8)
    np.savez("mnist.npz", x_train=images(5), y_train=labels, x_test=images(5), y_test=labels)
    idx(tmp_path / "fashion")
    idx(tmp_path / "emnist", "emnist-letters-", first=1)
    pictures(tmp_path / "digits", ["7/anna.png", "1/ben.jpg"])
    pictures(tmp_path / "photos", ["cat/1.jpg", "dog/1.jpg", "dog/2.jpg"], "RGB")
    return tmp_path


def run(title: str, given: dict | None = None) -> dict:
    """What the blocks of a section leave behind."""
    names = {"np": np, "Path": Path} | (given or {})
    for block in SECTIONS[title]:
        exec(compile(block, f"docs/own_data.md, {title}", "exec"), names)
    return names


def assert_examples(x, y, channels=1, size=28):
    assert x.shape == (len(y), size, size, channels)
    assert x.dtype.kind == "f"
    assert (x.min() >= 0, x.max() <= 1, x.max() > 0.5) == (True, True, True)
    assert y.dtype.kind == "i"


def test_every_section_with_code_is_run():
    # "Your own data" has what all need
    assert {title for title, blocks in SECTIONS.items() if blocks} == {"Your own data", *CHECKS}


def slips(names):
    assert names["x"].shape == (5, 28, 28, 1)
    assert names["x"].max() == 1
    assert names["images"].shape == (5, 32, 32, 3)
    assert names["y"].tolist() == [7, 0, 9]


def tables(names):
    assert names["x_train"].shape == (80, 3)
    assert np.abs(names["x_train"].mean(axis=0)).max() < 1e-12
    assert names["x_train"].std(axis=0) == pytest.approx(np.ones(3))
    assert set(names["y"]) == {0, 1}


def keras(names):
    assert_examples(names["x"], names["y"])
    assert_examples(names["x_test"], names["y_test"])


def idx_files(names):
    assert_examples(names["x_test"], names["y_test"])
    assert names["y"].tolist() == [0, 1, 2, 3, 4, 5]
    assert names["x"].shape == (4, 28, 28, 1)


def own_digits(names):
    x, y = names["load_images"]("digits")
    assert_examples(x, y)
    assert y.tolist() == [1, 7]
    assert names["x"].shape == (1, 28, 28, 1)


def coloured(names):
    assert_examples(names["x"], names["y"], channels=3, size=32)
    assert names["y"].tolist() == [0, 1, 1]


def parts(names):
    assert (len(names["x_train"]), len(names["y_validation"])) == (8, 2)
    assert sorted([*names["y_train"], *names["y_validation"]]) == list(range(10))


def from_pytorch(names):
    import torch

    x = RNG.random((3, 28, 28, 1)).astype(np.float32)
    theirs = names["model"](torch.tensor(x.transpose(0, 3, 1, 2))).detach().numpy()
    assert names["network"].predict(x) == pytest.approx(theirs, abs=1e-5)
    assert names["from_scratch"].layers[0].W.value.min() == 1
    assert names["nielsen"].layers[1].W.value.min() == 1


def kept(names):
    assert str(names["again"]) == str(names["network"])


CHECKS = {
    "Four slips that cost an evening": slips,
    "CSV files": tables,
    "Keras' `mnist.npz`": keras,
    "Fashion-MNIST, KMNIST, EMNIST: the IDX format": idx_files,
    "Pictures of your own digits": own_digits,
    "Coloured pictures": coloured,
    "A part to learn from, a part to judge by": parts,
    "Weights from PyTorch": from_pytorch,
    "Keep what you have trained": kept,
}


def given(title: str) -> dict:
    """What a section takes over from the reader."""
    from nnlib.layers import Dense
    from nnlib.network import Network

    if title.startswith("A part"):
        return {"x": RNG.random((10, 3)), "y": np.arange(10)}
    return {"Network": Network, "network": Network([Dense(2, 2, rng=RNG)])}


@pytest.mark.parametrize("title", CHECKS)
def test_a_section_does_what_it_says(title, folder, capsys):
    if title == "Weights from PyTorch":
        pytest.importorskip("torch")
    CHECKS[title](run(title, given(title)))


@pytest.mark.parametrize("place", [0, 1])
def test_both_kinds_of_csv_file_become_images(place, folder):
    names = {"np": np}
    exec(SECTIONS["CSV files"][place], names)
    assert_examples(names["x"], names["y"])
    assert names["y"].tolist() == list(range(10))


def test_emnist_is_stood_up(folder):
    from nnlib.mnist import load_idx

    names = {"np": np}
    for block in SECTIONS["Fashion-MNIST, KMNIST, EMNIST: the IDX format"][:2]:
        exec(block, names)
    (lying, labels), _ = load_idx("emnist")
    assert np.array_equal(names["x"][0, ..., 0], lying[0, ..., 0].T)
    assert names["y"].tolist() == (labels - 1).tolist()


def test_blocks_are_as_wide_as_code_may_be():
    lines = [line for blocks in SECTIONS.values() for b in blocks for line in b.splitlines()]
    assert [line for line in lines if len(line) > 100] == []
    assert all(ast.parse(block) for blocks in SECTIONS.values() for block in blocks)


def test_the_readme_leads_here():
    assert "](docs/own_data.md)" in (ROOT / "README.md").read_text("utf-8")
