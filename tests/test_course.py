"""The two commands: what they install, what they say when something is missing, and a real JupyterLab."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
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
        command,
        cwd=cwd,
        env=environment | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
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


COMMANDS = ["lab", "lecture", "slides", "site", "docs", "grade", "wheels"]
COMMANDS += ["test", "digits", "reproduce", "save"]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_says_what_it_does(command):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 150


def test_an_unknown_command_names_the_known():
    done = run("labs")
    assert done.returncode == 2
    assert "'lab'" in done.stderr


@pytest.mark.slow
def test_set_up_without_a_network_fails_in_one_sentence(copy):
    (copy / ".venv" / "bin").mkdir(parents=True)  # half made, so that it is made again
    done = run(
        "lab", "--no-browser", python=SYSTEM_PYTHON, cwd=copy, PIP_NO_INDEX="1", PIP_FIND_LINKS=""
    )
    assert done.returncode == 1
    assert "Making a virtual environment" in done.stdout
    assert (copy / ".venv" / "pyvenv.cfg").exists()
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("course.py: the packages of requirements.txt could not be installed")
    assert "needs a network" in lines[0]
    assert "Traceback" not in done.stdout + done.stderr


# Where things are installed.


def test_an_active_environment_is_used(monkeypatch, tmp_path):
    monkeypatch.setattr(course.sys, "prefix", str(tmp_path / "env"))
    monkeypatch.setattr(course.sys, "base_prefix", str(tmp_path))
    assert course.environment() == Path(sys.executable)


def test_nothing_is_installed_into_condas_base_or_the_system(monkeypatch, tmp_path):
    # In conda's base, and in the system's Python, prefix and base_prefix are the same folder, whatever is "active".
    (tmp_path / "conda" / "conda-meta").mkdir(parents=True)
    made = []
    monkeypatch.setattr(course.sys, "prefix", str(tmp_path / "conda"))
    monkeypatch.setattr(course.sys, "base_prefix", str(tmp_path / "conda"))
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course, "_make_environment", made.append)
    python = course.environment()
    assert made == [tmp_path / ".venv"]
    assert python.is_relative_to(tmp_path / ".venv")


def pretend(folder, *, pip=True):
    """Make what looks like an environment, with all of pip or with its first half."""
    packages = folder / "packages"
    (packages / "pip").mkdir(parents=True)
    (packages / "pip" / "__init__.py").touch()
    if pip:
        information = packages / "pip-24.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Name: pip\nVersion: 24.0\n")
        (information / "RECORD").write_text("pip/__init__.py,,\n")
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={packages} exec {SYSTEM_PYTHON} -S "$@"\n')
    python.chmod(0o755)
    return python


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_half_of_pip_is_no_pip(tmp_path):
    assert course._works(pretend(tmp_path / "whole"))
    assert not course._works(pretend(tmp_path / "half", pip=False))
    assert not course._works(tmp_path / "nowhere")


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
def test_what_a_link_leads_to_is_never_emptied(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "work")
    with pytest.raises(course.CourseError, match=r"\.venv is a link to .*work.*remove the link"):
        course._make_environment(tmp_path / ".venv")
    assert (tmp_path / "work" / "thesis.txt").exists()


def test_a_folder_of_something_else_is_never_emptied(tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "thesis.txt").touch()
    with pytest.raises(course.CourseError, match=r"\.venv is not a virtual environment; move it"):
        course._make_environment(tmp_path / ".venv")
    assert (tmp_path / ".venv" / "thesis.txt").exists()


# What is said.


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


def test_a_failed_installation_is_explained_by_pips_reason():
    output = """Collecting numpy
ERROR: Could not find a version that satisfies the requirement numpy
ERROR: No matching distribution found for numpy.

note: This error originates from a subprocess, and is likely not a problem with pip.
hint: See above for details.
"""
    assert course._last_line(output) == "No matching distribution found for numpy"
    assert course._last_line("disk is full\nnote: nothing") == "disk is full"
    assert course._last_line("") == "no reason was given"


def test_what_pip_said_goes_into_a_file_of_ones_own(monkeypatch, tmp_path):
    """A name that others can guess could be theirs already, or a link of theirs."""
    monkeypatch.setattr(course.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(course, "_output_of", lambda command: (1, "ERROR: no room"))
    for _ in range(2):
        with pytest.raises(course.CourseError, match=r"no room.*all that pip said is in .*\.log"):
            course._pip(Path(sys.executable), "requirements.txt")
    logs = list(tmp_path.iterdir())
    assert len(logs) == 2
    assert all(log.read_text(encoding="utf-8") == "ERROR: no room" for log in logs)
    assert os.name == "nt" or all(log.stat().st_mode & 0o077 == 0 for log in logs)


def test_ctrl_c_during_set_up_ends_in_one_sentence(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "set_up", interrupted)
    monkeypatch.setattr(course.sys, "argv", ["course.py", "lab"])
    assert course.main() == 130
    assert capsys.readouterr().err.strip().startswith("course.py: interrupted")


def test_everything_can_be_printed_into_a_windows_pipe():
    code = """
import pathlib, sys, course
course.set_up = lambda *_: pathlib.Path(sys.executable)
course._stages = lambda *_: [("style ✓", [sys.executable, "-c", "print('── κ ✓')"], {})]
sys.argv = ["course.py", "test"]
sys.exit(course.main())
"""
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "utf8=0", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
    said = done.stdout.decode("utf-8").splitlines()
    assert said == ["", "── style ✓", "── κ ✓", "── style ✓: 0 s"]


def test_a_sentence_with_any_letter_can_be_printed_into_a_windows_pipe(copy):
    (copy / ".venv").write_text("")
    odd = copy.rename(copy.with_name("κύκλος ✓"))
    done = run("lab", python=SYSTEM_PYTHON, cwd=odd, PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert "κύκλος ✓" in done.stderr
    assert "is not a virtual environment" in done.stderr
    assert "Traceback" not in done.stderr


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


# What is installed, and when.


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """What pip is asked to install into an environment at tmp_path / "env"; nothing is."""
    names = []
    packages = tmp_path / "env" / "packages"
    packages.mkdir(parents=True)
    answer = f"{tmp_path / 'env'}\n{packages}\n"
    monkeypatch.setattr(course, "_install_file", lambda python, name: names.append(name))
    monkeypatch.setattr(course.subprocess, "check_output", lambda *_, **__: answer)
    return names


def install():
    course.install(Path(sys.executable), ["requirements.txt"])


def test_nothing_is_installed_twice(installed, monkeypatch):
    install()
    install()
    assert installed == ["requirements.txt"]
    monkeypatch.setattr(course, "_fingerprint", lambda name: "changed")
    install()
    assert installed == ["requirements.txt"] * 2


def test_bounds_that_changed_are_installed(installed, monkeypatch, copy, tmp_path):
    (tmp_path / "env" / "packages" / "_nnlib_course.pth").touch()
    monkeypatch.setattr(course, "ROOT", copy)
    install()
    project = copy / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("numpy>=2.0", "numpy>=2.1"), encoding="utf-8")
    install()
    assert installed == ["requirements.txt"] * 2


def test_a_course_that_was_moved_needs_no_network(installed, monkeypatch, copy, tmp_path):
    install()
    monkeypatch.setattr(course, "ROOT", copy)  # the same files in another folder
    pointer = tmp_path / "env" / "packages" / "_nnlib_course.pth"
    pointer.write_text(str(ROOT))
    install()
    assert installed == ["requirements.txt"]
    assert (pointer.parent / pointer.read_text(encoding="ascii")).resolve() == copy


def test_a_course_that_was_moved_is_installed_if_nothing_points_to_it(installed, monkeypatch, copy):
    install()
    monkeypatch.setattr(course, "ROOT", copy)
    install()
    assert installed == ["requirements.txt"] * 2


def test_the_course_is_found_in_a_folder_with_any_letter(installed, monkeypatch, copy):
    """Python 3.11 reads the file in the locale's encoding: with other letters it finds nothing, or does not start."""
    odd = copy.rename(copy.with_name("Übungen κ"))
    monkeypatch.setattr(course, "ROOT", odd)
    packages = odd / "env" / "packages"

    def install_file(_, name):
        (packages / "_nnlib_course.pth").write_text(str(odd), encoding="utf-8")

    monkeypatch.setattr(course, "_install_file", install_file)
    answer = f"{odd / 'env'}\n{packages}\n".encode()
    monkeypatch.setattr(course.subprocess, "check_output", lambda *_, **__: answer)
    install()
    found = f"import sys, site; site.addsitedir({str(packages)!r}); print(ascii(sys.path[-1]))"
    plain = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", found], env=plain, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ascii(str(odd))


def test_a_folder_that_python_cannot_be_told_is_named(monkeypatch, tmp_path):
    (tmp_path / "_nnlib_course.pth").touch()
    monkeypatch.setattr(course, "ROOT", Path("/κύκλος"))
    monkeypatch.setattr(course.sys, "version_info", (3, 12))
    monkeypatch.setattr(course.locale, "getencoding", lambda: "cp1252")
    with pytest.raises(course.CourseError, match="/κύκλος; move the course to a folder named by"):
        course._follow(tmp_path)


def test_an_editable_installation_is_a_file_that_points_here():
    """What course.py relies on when the course was moved: the builder's setting and the name of its file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["dev-mode-dirs"] == ["."]
    assert f"_{project['project']['name'].replace('-', '_')}.pth" == "_nnlib_course.pth"


@pytest.mark.parametrize("content", ["", '{"requirements.txt": "ab', "[]", "null", "\xff"])
def test_a_damaged_note_of_what_is_installed_is_none(content, installed, tmp_path):
    note = tmp_path / "env" / "course-installed.json"
    note.write_bytes(content.encode("latin-1"))
    install()
    assert installed == ["requirements.txt"]
    assert list(json.loads(note.read_text(encoding="utf-8"))) == ["requirements.txt"]
    assert [path.name for path in note.parent.glob("*.part")] == []


def test_a_failed_installation_is_tried_again(installed, monkeypatch, tmp_path):
    def fail(python, name):
        raise course.CourseError("no network")

    monkeypatch.setattr(course, "_install_file", fail)
    for _ in range(2):
        with pytest.raises(course.CourseError):
            install()
    assert not (tmp_path / "env" / "course-installed.json").exists()


def test_the_lock_installs_the_course_without_fetching_its_builder(monkeypatch):
    asked = []
    monkeypatch.setattr(course, "_pip", lambda python, name, *words: asked.append(words))
    course._install_file(Path("python"), "requirements.lock")
    assert asked == [
        ("--require-hashes", "-r", "requirements.lock"),
        ("--no-deps", "--no-build-isolation", "-e", "."),
    ]
    assert re.search(r"^hatchling==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


def test_what_was_changed_by_hand_is_installed_from_the_lock_again(monkeypatch, copy):
    (copy / "some.lock").write_text(
        "numpy==2.4.6 \\\n    --hash=sha256:0\nzope-event==5.0 ; os == 'x'\n"
    )
    monkeypatch.setattr(course, "ROOT", copy)

    def have(*versions):
        text = "\n".join(versions) + "\n"
        monkeypatch.setattr(course.subprocess, "check_output", lambda *_, **__: text)
        return course._differing(Path("python"), "some.lock")

    assert have("numpy 2.4.6", "zope.event 5.0", "pip 25.0") == []
    assert have("numpy 2.1.3", "Zope_Event 5.0") == ["numpy"]
    assert course._differing(Path("python"), "requirements.txt") == []


def test_the_lock_holds_what_the_course_needs_and_names_no_index():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["course"]
    assert {re.match(r"[\w-]+", line)[0] for line in needed} <= locked
    assert "nnlib-course" not in locked
    assert not re.search(r"://|index-url", lock)


# Wheels for a room without a network.


def fake_wheel(folder):
    """Put a package of one line into a folder, as pip finds it; return its hash."""
    path = folder / "toy-1.0-py3-none-any.whl"
    about = "toy-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("toy.py", "one = 1\n")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
def test_wheels_are_fetched_and_installed_from_where_they_are(copy, monkeypatch, tmp_path):
    index, room = tmp_path / "index", tmp_path / "a room"
    index.mkdir()
    lock = f"toy==1.0 \\\n    --hash=sha256:{fake_wheel(index)}\n"
    (copy / "requirements.lock").write_text(lock)
    monkeypatch.setattr(course, "ROOT", copy)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "1" if name == "PIP_NO_INDEX" else index.as_uri())
    course.wheels(*course.parse(["wheels", str(room)]))
    assert [path.name for path in room.iterdir()] == ["toy-1.0-py3-none-any.whl"]
    course._use_wheels(room)
    into = ["--target", str(tmp_path / "into"), "--require-hashes", "-r", "requirements.lock"]
    course._pip(Path(sys.executable), "requirements.lock", *into)
    assert (tmp_path / "into" / "toy.py").exists()


def test_a_folder_without_wheels_is_told_so(tmp_path):
    with pytest.raises(course.CourseError, match=r"no wheels in .*course\.py wheels "):
        course._use_wheels(tmp_path)


def test_wheels_are_installed_by_the_lock(monkeypatch, tmp_path):
    fake_wheel(tmp_path)
    asked = []
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(course, "environment", lambda: Path("python"))
    monkeypatch.setattr(course, "install", lambda python, names: asked.extend(names))
    course.set_up(course.parse(["lab", "--wheels", str(tmp_path)])[0])
    assert asked == ["requirements.lock"]
    assert os.environ["PIP_FIND_LINKS"] == tmp_path.as_uri()


def test_wheels_are_for_every_release_of_this_python(copy, monkeypatch):
    release = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (copy / "requirements.lock").write_text(
        "a==1 \\\n    --hash=sha256:0\n"
        f"b==2 ; python_full_version < '{release}.5' \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n"
        "    # via a\n"
        "c==3 ; python_full_version < '3.99' \\\n    --hash=sha256:3\n"
    )
    monkeypatch.setattr(course, "ROOT", copy)
    (entry,) = course._of_some_releases()
    assert entry.split() == ["b==2", "\\", "--hash=sha256:1", "\\", "--hash=sha256:2"]


def test_what_the_lock_installed_is_not_installed_by_bounds(installed):
    course.install(Path(sys.executable), ["requirements.lock"])
    install()
    assert installed == ["requirements.lock"]


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


@pytest.fixture
def copies():
    """A folder for the copies that is not the one of whoever runs the tests."""
    (ROOT / "test-output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "test-output") as folder:
        yield Path(folder)


@pytest.mark.slow
def test_lab_serves_the_course_in_copies(copies):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["course.py", "lab", "--no-browser", "--port", str(port)]
    code = f"""
import sys, pathlib, course
course.COPIES, sys.argv = pathlib.Path({str(copies)!r}), {words}
course.main()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as lab:
        try:
            page = lab_address(lab)
            first = (copies / course.FIRST_PAGE).relative_to(ROOT)
            assert first.parent.name != "notebooks"
            assert re.search(rf"//(127.0.0.1|localhost):{port}/lab/tree/{first.as_posix()}\?", page)
            assert (ROOT / first).exists()
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
