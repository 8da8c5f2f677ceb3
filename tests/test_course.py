"""The two commands: what they install, what they say when something is missing, and a real JupyterLab."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import course

ROOT = Path(__file__).parents[1]
SYSTEM_PYTHON = Path(getattr(sys, "_base_executable", sys.executable))


def run(*arguments, python=sys.executable, cwd=ROOT, **variables):
    environment = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    command = [python, "course.py", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path):
    """The files that set-up needs, in an empty folder, as a fresh clone would have them."""
    for name in (
        "course.py",
        "requirements.txt",
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [[], ["lab"], ["test"], ["digits"], ["reproduce"], ["save"]])
def test_help_says_what_it_does(command):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 150


def test_an_unknown_command_names_the_known():
    done = run("labs")
    assert done.returncode == 2
    assert "'lab'" in done.stderr


def test_set_up_from_nothing_without_a_network_fails_in_one_sentence(copy):
    done = run(
        "lab", "--no-browser", python=SYSTEM_PYTHON, cwd=copy, PIP_NO_INDEX="1", PIP_FIND_LINKS=""
    )
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("course.py: the packages of requirements.txt could not be installed")
    assert "needs a network" in lines[0]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_half_made_environment_is_made_again(copy):
    (copy / ".venv" / "bin").mkdir(parents=True)
    done = run("lab", python=SYSTEM_PYTHON, cwd=copy, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert "Making a virtual environment" in done.stdout
    assert (copy / ".venv" / "pyvenv.cfg").exists()


def test_an_old_python_is_told_so():
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 1, 'final', 0); sys.argv = ['course.py', 'lab']; "
        "runpy.run_path('course.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert (
        done.stderr.strip() == "course.py: this is Python 3.9, and the course needs 3.11 or newer"
    )


def test_a_missing_venv_module_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setattr(course.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(course.CourseError, match=r"no venv module.*python3-venv"):
        course._make_environment(tmp_path / ".venv")


def test_a_taken_port_is_told_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("lab", "--no-browser", "--port", str(port))
    assert done.returncode == 1
    assert re.fullmatch(
        rf"course.py: port {port} cannot be used \(.*\); choose another, as in --port 8890\.\n",
        done.stderr,
    )


def test_nothing_is_installed_twice(monkeypatch, tmp_path):
    installed = []
    monkeypatch.setattr(course, "_install_file", lambda python, name: installed.append(name))
    monkeypatch.setattr(course.subprocess, "check_output", lambda *_, **__: str(tmp_path))
    for _ in range(2):
        course.install(Path(sys.executable), ["requirements.txt"])
    assert installed == ["requirements.txt"]
    monkeypatch.setattr(course, "_fingerprint", lambda name: "changed")
    course.install(Path(sys.executable), ["requirements.txt"])
    assert installed == ["requirements.txt"] * 2


def test_a_failed_installation_is_tried_again(monkeypatch, tmp_path):
    def fail(python, name):
        raise course.CourseError("no network")

    monkeypatch.setattr(course, "_install_file", fail)
    monkeypatch.setattr(course.subprocess, "check_output", lambda *_, **__: str(tmp_path))
    for _ in range(2):
        with pytest.raises(course.CourseError):
            course.install(Path(sys.executable), ["requirements.txt"])
    assert not list(tmp_path.iterdir())


@pytest.fixture
def stages(tmp_path):
    return lambda quick: course._stages(Path("python"), quick, tmp_path)


def test_stages_go_from_light_to_heavy_with_what_is_timed_at_the_end(stages):
    names = [name for name, _, _ in stages(quick=False)]
    assert names[:4] == ["style", "format", "types", "library"]
    assert names[-3:] == ["solutions", "browser", "browser, timed"]
    assert sum(name.startswith("notebooks") for name in names) == len(course.blas_kernels())


def test_the_notebooks_run_offline_once_and_what_is_timed_runs_alone(stages):
    commands = {name: (command, variables) for name, command, variables in stages(quick=False)}
    notebooks = [of for name, of in commands.items() if name.startswith("notebooks")]
    cut_off = ["unshare" in command or "PYTHONPATH" in given for command, given in notebooks]
    assert cut_off == [True, *[False] * (len(notebooks) - 1)]
    assert "-n" in commands["browser"][0]
    assert "-n" not in commands["browser, timed"][0]


def test_quick_leaves_out_the_browser_what_is_slow_and_unchanged_notebooks(stages, monkeypatch):
    monkeypatch.setattr(course, "_changed", lambda folder: [])
    quick = stages(quick=True)
    assert [name for name, _, _ in quick] == ["style", "format", "types", "library"]
    assert quick[-1][1][-2:] == ["-m", "not slow"]


def test_changed_notebooks_are_told_by_git_or_else_are_all(tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "a.ipynb").write_text("{}")
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    assert course._changed(notebooks) == ["notebooks/a.ipynb"]


class TestOutcomes:
    """``test`` stops at the first stage that fails, and takes no selected tests for no failure."""

    @pytest.fixture
    def outcome(self, monkeypatch):
        def of(codes, more):
            names = ["pytest" if code != "ruff" else "ruff" for code in codes]
            monkeypatch.setattr(course, "set_up", lambda *_: Path("python"))
            monkeypatch.setattr(
                course, "_stages", lambda *_: [(name, [name], {}) for name in names]
            )
            ran = []
            results = iter([0 if code == "ruff" else code for code in codes])
            monkeypatch.setattr(
                course, "_run", lambda command, **_: ran.append(command) or next(results)
            )
            arguments = course.argparse.Namespace(quick=False, locked=False)
            return course.test(arguments, more), len(ran)

        return of

    def test_all_green(self, outcome):
        assert outcome(["ruff", 0, 0], []) == (0, 3)

    def test_first_failure_ends_it(self, outcome):
        assert outcome(["ruff", 1, 0], []) == (1, 2)

    def test_a_selection_may_match_nothing_in_one_stage(self, outcome):
        assert outcome(["ruff", 5, 0, 5], ["-k", "perceptron"]) == (0, 4)

    def test_a_selection_that_matches_nothing_at_all_is_a_failure(self, outcome):
        assert outcome(["ruff", 5, 5], ["-k", "nothing"]) == (5, 3)

    def test_an_empty_stage_without_a_selection_is_a_failure(self, outcome):
        assert outcome(["ruff", 5, 0], []) == (5, 2)


def test_blas_kernels_are_ones_that_this_machine_runs():
    for kernel in course.blas_kernels():
        code = "import numpy as np; a = np.ones((64, 64)); print((a @ a)[0, 0])"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_CORETYPE": kernel},
            capture_output=True,
            check=True,
        )
        assert done.stdout.strip() == b"64.0"


def test_lab_serves_the_course():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "course.py", "lab", "--no-browser", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as lab:
        try:
            page = lab_address(lab)
            assert f"127.0.0.1:{port}/lab/tree/" in page or f"localhost:{port}/lab/tree/" in page
            assert "notebooks/00_start_here.ipynb" in page
            assert "token=" in page
            assert "announcements" in read_page(page)  # among the extensions that are switched off
        finally:
            lab.terminate()  # course.py passes it on, so that no server is left behind
            assert lab.wait(timeout=30) is not None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def read_page(address):
    """The address is printed a moment before the server listens."""
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            assert time.monotonic() < end
            time.sleep(0.2)


def lab_address(lab):
    end = time.monotonic() + 120
    for line in lab.stdout:
        found = re.search(r"http://\S+/lab/tree/\S+token=\w+", line)
        if found:
            return found[0]
        assert time.monotonic() < end, "JupyterLab did not start within two minutes"
    raise AssertionError("JupyterLab ended before it gave an address")
