"""What is said about the project in more than one place is the same in all of them."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.version import Version
from save_notebooks import OPTIONS

import nnlib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["course"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_to_cite_is_the_one_of_the_package():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == nnlib.__version__


def test_the_changelog_has_its_form():
    titles = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    assert titles[0] == "[Unreleased]"
    released = [
        re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d", title) for title in titles[1:]
    ]
    assert all(released)
    versions = [Version(found[1]) for found in released]
    assert versions == sorted(set(versions), reverse=True)
    assert Version(nnlib.__version__) >= versions[0]
    kinds = set(re.findall(r"^### (.*)$", read("CHANGELOG.md"), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_pre_commit_strips_notebooks_as_the_course_does():
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    assert hooks["nbstripout"]["args"] == OPTIONS
    assert {hook["language"] for hook in hooks.values()} == {"system"}  # nothing is downloaded


def test_every_python_that_is_promised_is_tested():
    promised = {
        line.rsplit(" ", 1)[1] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)
    }
    jobs = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]
    assert set(jobs["newest"]["strategy"]["matrix"]["python"]) == promised
    assert f">={min(promised)}" == PROJECT["requires-python"]


@pytest.mark.parametrize("line", NEEDED)
def test_the_oldest_release_that_is_promised_is_tested(line):
    line = line.removesuffix("; sys_platform != 'emscripten'")  # a browser has no server
    name, bound = re.match(r"([\w-]+)>=([\d.]+),<\d+$", line).groups()
    oldest = re.search(rf"^{name}==([\d.]+)", read(".ci/oldest.txt"), re.MULTILINE)
    assert oldest[1].rstrip(".") == bound


def test_the_readers_of_requirements_get_the_package():
    lines = [line for line in read("requirements.txt").splitlines() if not line.startswith("#")]
    assert lines == ["-e .[course]"]


def test_ci_stays_in_its_folder():
    assert "../" not in read(".ci/run").replace('cd "$(dirname "$0")/.."', "")


@pytest.mark.skipif(os.name == "nt", reason="sets the locale by LC_ALL")
@pytest.mark.parametrize(("option", "fails"), [("utf8=1", False), ("utf8=0", True)])
def test_a_script_prints_into_any_pipe_in_utf8_as_the_readme_says(option, fails):
    assert "py -X utf8 script.py > log.txt" in read("README.md")
    code = """
import numpy as np
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.sanity import Ladder, Rung
network = Network([Dense(64, 30, rng=np.random.default_rng(0))])
print(network, network.summary(), network.parameters(), Ladder([Rung("start", True, "well")]))
"""
    plain = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    command = [sys.executable, "-X", option, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=plain | {"LC_ALL": "C"}, capture_output=True, check=False
    )
    assert (b"UnicodeEncodeError" in done.stderr) is fails
    assert fails or "Dense(64 → 30)" in done.stdout.decode("utf-8")


def test_the_workflow_may_only_read_and_names_its_actions_by_commit():
    workflow = read(".github/workflows/test.yml")
    assert yaml.safe_load(workflow)["permissions"] == {"contents": "read"}
    assert workflow.count("uses:") == len(re.findall(r"uses: [\w./-]+@[0-9a-f]{40} # v", workflow))
