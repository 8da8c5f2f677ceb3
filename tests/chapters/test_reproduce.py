"""``course.py reproduce``: its plumbing without MNIST, its settings beside the book, what is shipped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlib.activations import Sigmoid
from nnlib.chapters.regularization import reproduce
from nnlib.chapters.regularization.reproduce import SETTINGS
from nnlib.layers import Dense
from nnlib.losses import BinaryCrossEntropy, SquaredError
from nnlib.training import History, State, fit

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "data" / "results").glob("*.json"))


@pytest.fixture
def tiny(monkeypatch):
    """MNIST of 60 + 20 + 30 made-up images, and settings that are over in no time."""
    rng = np.random.default_rng(0)

    def images(n):
        labels = rng.integers(10, size=n)
        x = np.zeros((n, 28, 28, 1), np.float32)
        x[np.arange(n), labels, :, 0] = 1  # the digit is told by a bright row
        return x, labels

    loaded = images(80), images(30)
    monkeypatch.setattr(reproduce, "TRAINING", 60)
    monkeypatch.setattr(reproduce, "load_mnist", lambda: loaded)
    settings = {
        "one": reproduce.Setting("one of them", 0.5, BinaryCrossEntropy, 5, 3, images=40),
        "other": reproduce.Setting(
            "the other", 0.6, SquaredError, 4, 2, learning_rate=3.0, images=60, strength=6.0
        ),
    }
    monkeypatch.setattr(reproduce, "SETTINGS", settings)
    return settings


# The settings.


def test_settings_are_those_of_the_book():
    peaks = {name: setting.peak for name, setting in SETTINGS.items()}
    assert peaks == {
        "few-images": 0.8227,
        "few-images-l2": 0.871,
        "quadratic-30": 0.9542,
        "quadratic-100": 0.9659,
        "cross-entropy-30": 0.9549,
    }
    for name, setting in SETTINGS.items():
        assert setting.hidden == (100 if name.endswith("100") else 30)
        assert (setting.images, setting.epochs) == (
            (1000, 400) if name.startswith("few") else (50_000, 30)
        )
        quadratic = name.startswith("quadratic")
        assert (setting.loss, setting.learning_rate) == (
            (SquaredError, 3.0) if quadratic else (BinaryCrossEntropy, 0.5)
        )
        assert setting.strength == (0.1 if name.endswith("l2") else 0)


def test_weights_and_biases_start_from_the_normal_distribution():
    network = reproduce.start(30, np.random.default_rng(0))
    assert [(one.n_in, one.n_out) for one in network.layers if isinstance(one, Dense)] == [
        (784, 30),
        (30, 10),
    ]
    assert sum(isinstance(one, Sigmoid) for one in network.layers) == 2
    large, b1, small, b2 = [parameter.value for parameter in network.parameters()]
    assert abs(large.mean()) < 0.02
    assert abs(large.std() - 1) < 0.02
    assert abs(small.std() - 1) < 0.15
    assert 0.6 < b1.std() < 1.4
    assert 0.4 < b2.std() < 1.6
    assert {values.dtype for values in (large, b1, small, b2)} == {np.dtype(float)}


def test_training_is_given_what_the_setting_says(tiny, monkeypatch):
    given = []

    def look(network, loss, optimizer, examples, **options):
        given.append((type(loss), optimizer.learning_rate, len(examples[0]), options))
        return fit(network, loss, optimizer, examples, **options)

    monkeypatch.setattr(reproduce, "fit", look)
    data = reproduce.load()
    for setting in tiny.values():
        reproduce.run(setting, data, 0)
    (loss, rate, images, options), (loss2, rate2, images2, options2) = given
    assert (loss, rate, images, options["epochs"], options["penalty"]) == (
        BinaryCrossEntropy,
        0.5,
        40,
        3,
        None,
    )
    assert (loss2, rate2, images2, options2["epochs"]) == (SquaredError, 3.0, 60, 2)
    assert options2["penalty"].strength == pytest.approx(0.1)  # 6 / 60: his λ is n times ours
    assert options["batch_size"] == options2["batch_size"] == 10


def test_data_is_split_and_not_mixed(tiny):
    (x, y), (x_validation, y_validation), (x_test, y_test) = reproduce.load()
    assert [len(part) for part in (x, y, x_validation, y_validation, x_test, y_test)] == [
        60,
        60,
        20,
        20,
        30,
        30,
    ]
    for images, rows in ((x, y), (x_validation, y_validation), (x_test, y_test)):
        assert (images[:, :10, 0, 0] == rows).all()


def test_the_epoch_is_chosen_on_validation_data_and_the_peak_on_test_data(tiny, monkeypatch):
    class Scripted:
        def classify(self, x):
            return np.where(np.arange(10) < 10 * tested[state.epoch - 1] - 0.5, 3, 4)

    tested = [0.4, 0.6, 0.8, 0.9, 0.7]

    def scripted(*_, callbacks, **__):
        nonlocal state
        for epoch in range(1, 6):
            state = State(epoch, Scripted(), None, None, None)
            for callback in callbacks:
                callback(state)
        return History([0.0] * 5, validation_accuracy=[0.5, 0.95, 0.95, 0.6, 0.1])

    state = None
    monkeypatch.setattr(reproduce, "fit", scripted)
    part = (np.zeros((10, 28, 28, 1)), np.eye(10)[[3] * 10])
    found = reproduce.run(reproduce.Setting("", 0, SquaredError, epochs=5), (part, part, part), 7)
    del found["seconds"]
    assert found == {
        "seed": 7,
        "validated": 0.6,
        "validated_epoch": 2,
        "peak": 0.9,
        "peak_epoch": 4,
        "last": 0.7,
    }


# The command.


def test_results_are_written_and_told(tiny, tmp_path, capsys):
    assert reproduce.main(["--seeds", "4", "--to", str(tmp_path / "new")]) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["one.json", "other.json"]
    found = json.loads((tmp_path / "new" / "one.json").read_text(encoding="utf-8"))
    assert found["nielsen_peak"] == 0.5
    assert [one["seed"] for one in found["runs"]] == [0, 1, 2, 3]
    check_sums(found)
    assert len({one["peak"] for one in found["runs"]}) > 1  # seeds differ
    again = reproduce.run(tiny["one"], reproduce.load(), 2)  # and one seed is one result
    assert {**again, "seconds": 0} == {**found["runs"][2], "seconds": 0}
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["setting", "one", "other"]
    assert f"{found['validated']['mean']:.2%}" in lines[1]
    assert f"({found['peak']['lowest']:.2%} to {found['peak']['highest']:.2%})" in lines[1]


def check_sums(found):
    for key in ("validated", "peak", "last"):
        values = [one[key] for one in found["runs"]]
        assert found[key]["mean"] == pytest.approx(sum(values) / len(values))
        assert (found[key]["lowest"], found[key]["highest"]) == (min(values), max(values))
    for one in found["runs"]:
        assert one["peak"] >= max(one["validated"], one["last"])
        assert one["seconds"] >= 0
    assert found["date"].count("-") == 2
    assert {"processor", "numpy", "python", "numbers"} <= set(found["machine"])


def test_results_that_ship_are_never_written_over(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert reproduce.main(["one", "--seeds", "1"]) == 0
    assert [path.as_posix() for path in Path().rglob("*.json")] == ["results/one.json"]


def test_only_the_named_settings_are_run(tiny, tmp_path):
    assert reproduce.main(["other", "--seeds", "1", "--to", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["other.json"]


def test_results_are_written_whole(tiny, tmp_path, monkeypatch):
    written = {}
    monkeypatch.setattr(
        reproduce, "write_whole", lambda path, content: written.update({path.name: content})
    )
    reproduce.main(["one", "--seeds", "1", "--to", str(tmp_path)])
    assert json.loads(written["one.json"])["setting"] == "one"
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_setting_is_not_written(tiny, tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        history = fit(*arguments, **options)
        if options["epochs"] == 2:
            history.loss.pop()
        return history

    monkeypatch.setattr(reproduce, "fit", interrupted)
    assert reproduce.main(["--seeds", "1", "--to", str(tmp_path)]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["three"], "there is no setting three: expected one, other"),
        (["--seeds", "0"], "--seeds is 0"),
    ],
)
def test_wrong_use(tiny, arguments, words, capsys):
    with pytest.raises(SystemExit) as caught:
        reproduce.main(arguments)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def course(*arguments, **variables):
    """The command itself, in the environment that the tests run in; it installs nothing there."""
    code = (
        "import sys, pathlib, course; course.set_up = lambda *_: pathlib.Path(sys.executable); "
        "sys.argv[0] = 'course.py'; sys.exit(course.main())"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("error", [FileNotFoundError, ValueError])
def test_a_missing_or_damaged_file_is_named_in_one_sentence(error, tmp_path, monkeypatch, capsys):
    def refuse():
        raise error("train-images-idx3-ubyte.gz is missing")

    monkeypatch.setattr(reproduce, "load_mnist", refuse)
    assert reproduce.main(["--to", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "course.py reproduce: train-images-idx3-ubyte.gz is missing\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_command_hands_its_arguments_on():
    done = course("reproduce", "few-pictures")
    assert done.returncode == 2
    assert "there is no setting few-pictures" in done.stderr


def test_the_command_lists_all_settings():
    words = " ".join(course("reproduce", "--help", COLUMNS="1000").stdout.split())
    assert all(f"{name}," in words or f"{name};" in words for name in SETTINGS)


# What is shipped.


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_results_are_sound(path):
    found = json.loads(path.read_text(encoding="utf-8"))
    setting = SETTINGS[found["setting"]]
    assert path.stem == found["setting"]
    assert (found["words"], found["nielsen_peak"]) == (setting.words, setting.peak)
    assert [one["seed"] for one in found["runs"]] == list(range(len(found["runs"])))
    assert len(found["runs"]) >= 3
    check_sums(found)
    assert all(1 <= one["peak_epoch"] <= setting.epochs for one in found["runs"])


def test_every_setting_has_its_result():
    assert {path.stem for path in SHIPPED} == set(SETTINGS)
