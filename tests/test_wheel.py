"""The package as others get it: built, installed into an empty environment, and used far from the checkout.

If the package index cannot be reached, the packages that the course needs are lent by the environment of the tests.
Where NNLIB_REQUIRE_WHEEL is 1, an environment that cannot be made is a failure, elsewhere these tests step aside.
"""

import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import nnlib

ROOT = Path(__file__).parents[1]
# One process makes the environment.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(command, folder):
    """Run a command where nothing of the checkout or of an active environment can help it."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONWARNINGS")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def must(command, folder):
    done = run(command, folder)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def unavailable(what):
    if os.environ.get("NNLIB_REQUIRE_WHEEL") == "1":
        pytest.fail(f"NNLIB_REQUIRE_WHEEL=1, but {what}")
    pytest.skip(what)


def build(folder, to, kind):
    must([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", to], folder)
    (made,) = to.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if importlib.util.find_spec("hatchling") is None:
        unavailable("hatchling is missing: pip install -r requirements-dev.txt")
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A folder outside the checkout, with nothing in it."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def python(wheel, empty, tmp_path_factory):
    """The Python of an environment that holds the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("environment")
    if run([sys.executable, "-m", "venv", folder], empty).returncode != 0:
        unavailable("this Python makes no virtual environments: its venv or ensurepip is missing")
    made = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [made, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if index_is_reachable(pip, tmp_path_factory.mktemp("probe")):
        must([*pip, "install", f"{wheel}[course]"], empty)
    else:
        must([*pip, "install", "--no-index", "--no-deps", wheel], empty)
        lend_packages(made, empty)
    return made


def index_is_reachable(pip, folder):
    probe = ["download", "--no-deps", "--retries", "0", "--timeout", "20", "-d", folder, "tqdm"]
    return run([*pip, *probe], folder).returncode == 0


def lend_packages(python, folder):
    # Only the folder is added, last: an editable nnlib is a .pth file in it, and those are not read.
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    purelib = Path(must([python, "-c", where], folder).strip())
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (purelib / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")


# What is in it.


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_holds_the_library_the_course_and_the_data(wheel):
    names = names_in(wheel)
    tracked = {path.relative_to(ROOT).as_posix() for path in (ROOT / "nnlib").rglob("*.py")}
    assert tracked <= names
    scripts = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nnlib").rglob("*.*s")
        if path.suffix in (".js", ".css")
    }
    assert scripts
    assert scripts <= names
    data = {
        f"nnlib/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "data").rglob("*")
        if path.is_file()
    }
    assert len(data) >= 10
    assert data | {"nnlib/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {
        "nnlib",
        f"nnlib_course-{nnlib.__version__}.dist-info",
    }


def test_its_metadata_names_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        folder = f"nnlib_course-{nnlib.__version__}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode("utf-8"))
        assert f"{folder}/licenses/LICENSE" in archive.namelist()
    assert metadata["Name"] == "nnlib-course"
    assert metadata["Version"] == nnlib.__version__
    needed = {re.match(r"[\w-]+", line)[0]: line for line in metadata.get_all("Requires-Dist")}
    always = {name for name, line in needed.items() if "extra ==" not in line}
    assert always == {"numpy", "threadpoolctl", "tqdm"}
    for_the_course = {"anywidget", "ipywidgets", "jupyterlab", "matplotlib", "nbval", "pillow"}
    assert set(needed) - always == for_the_course


def test_the_source_distribution_builds_the_same_wheel(wheel, tmp_path):
    source = build(ROOT, tmp_path / "sdist", "sdist")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = tmp_path / source.name.removesuffix(".tar.gz")
    assert names_in(build(unpacked, tmp_path / "again", "wheel")) == names_in(wheel)


# What it does, far from the checkout.


def say(python, empty, code):
    return must([python, "-X", "utf8", "-W", "error", "-c", code], empty).split()


def test_it_is_the_installed_package_that_is_used(python, empty):
    code = "import nnlib, sys; print(nnlib.__version__, nnlib.__file__.startswith(sys.prefix))"
    assert say(python, empty, code) == [nnlib.__version__, "True"]


def test_a_network_needs_numpy_alone(python, empty):
    code = """
import sys
before = set(sys.modules)
import nnlib.network
files = [name for name in set(sys.modules) - before if getattr(sys.modules[name], "__file__", None)]
print(*sorted({name.split(".")[0] for name in files} - sys.stdlib_module_names))
"""
    assert say(python, empty, code) == ["nnlib", "numpy"]


def test_it_learns_to_read_the_digits(python, empty):
    command = [python, "-X", "utf8", "-m", "nnlib.chapters.start.command"]
    found = re.search(r"seed 0: test accuracy (\d+\.\d+)%", must(command, empty))
    assert float(found[1]) > 93


def test_it_learns_to_read_some_of_mnist(python, empty):
    code = """
import numpy as np
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit
training, (x, y) = load_mnist(train=2000, test=1000)
rng = np.random.default_rng(0)
network = Network([Flatten(), Dense(784, 10, rng=rng)]).astype(np.float32)
optimizer = SGD(network.parameters(), learning_rate=0.1)
fit(network, SoftmaxCrossEntropy(), optimizer, training, epochs=3, batch_size=10, rng=rng)
print((network.classify(x) == y).mean())
"""
    assert float(say(python, empty, code)[0]) > 0.8


def test_a_panel_says_what_it_shows(python, empty):
    code = "from nnlib.chapters.perceptron import panels; print(panels.vote().alt)"
    words = " ".join(say(python, empty, code))
    assert words.count("gives") == 4
    assert "(1, 1) gives 1" in words


@pytest.mark.parametrize(("bias", "status"), [("-0.5", "correct"), ("0.5", "not")])
def test_an_exercise_is_checked(bias, status, python, empty):
    code = (
        "from nnlib.chapters.perceptron import exercises as ex; "
        f"print(ex.check('or_gate', [1.0, 1.0], {bias}).status)"
    )
    assert say(python, empty, code)[0] == status


def test_the_kernel_has_what_the_package_names(python, empty):
    code = "from nnlib.chapters.start.environment import kernel_problems; print(kernel_problems())"
    assert say(python, empty, code) == ["[]"]
