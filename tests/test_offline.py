"""What the course is run with where it must not reach the network cuts it off indeed, by either of its two ways."""

import os
import shutil
import subprocess
import sys

import pytest

import course

REACH = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
STAY = """
import socket, threading
server = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=server.accept, daemon=True).start()
socket.create_connection(server.getsockname(), timeout=5)
"""


@pytest.fixture(params=["as it is here", "without unshare"])
def run(request, tmp_path, monkeypatch):
    """Run code in a Python of its own, offline."""
    if request.param == "without unshare":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    prefix, variables = course.offline(tmp_path)
    assert bool(prefix) != bool(variables)

    def run(code):
        command = [*prefix, sys.executable, "-c", code]
        environment = os.environ | variables
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_nothing_outside_can_be_reached(run):
    done = run(REACH)
    assert done.returncode != 0
    assert "OSError" in done.stderr


def test_this_computer_can(run):
    done = run(STAY)
    assert (done.returncode, done.stderr) == (0, "")


def test_mnist_comes_with_the_course(run):
    done = run("from nnlib.mnist import load_mnist; print(*map(len, load_mnist()[0]))")
    assert done.stdout.split() == ["60000", "60000"], done.stderr
