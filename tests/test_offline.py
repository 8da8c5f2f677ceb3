"""The course runs from start to end with the network off."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import course

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")
)

# Imported by every Python at its start: kernels too. Only this computer may be reached.
GUARD = """
import socket

reach = socket.socket.connect


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the network is off, and {address} was asked for")
    return reach(self, address)


socket.socket.connect = connect
"""


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def offline(folder):
    """Return a command prefix and environment without a network: an empty namespace, or a guard on sockets."""
    environment = {**os.environ, "PYTHONWARNINGS": course.STRICT}
    prefix = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']
    if (
        shutil.which("unshare")
        and shutil.which("ip")
        and subprocess.run([*prefix, "true"], check=False).returncode == 0
    ):
        return prefix, environment
    (folder / "sitecustomize.py").write_text(GUARD)
    return [], {**environment, "PYTHONPATH": str(folder)}


def test_nothing_can_be_reached(tmp_path):
    prefix, environment = offline(tmp_path)
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "OSError" in done.stderr


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs(notebook, tmp_path):
    prefix, environment = offline(tmp_path)
    command = [
        *prefix,
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-q",
        "-p",
        "no:cacheprovider",
        notebook,
    ]
    done = run(command, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout


def test_mnist_comes_with_the_course(tmp_path):
    prefix, environment = offline(tmp_path)
    code = "from nnlib.mnist import load_mnist; print(*map(len, load_mnist()[0]))"
    done = run([*prefix, sys.executable, "-c", code], cwd=ROOT, env=environment)
    assert done.stdout.split() == ["60000", "60000"], done.stderr
