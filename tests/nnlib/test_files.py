"""Writing: the whole file or the old one, through links and with its permissions; every error names the file."""

import errno
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nnlib import _files
from nnlib._files import remove_leftovers, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes as Unix has them")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@posix
def test_a_link_is_written_through(tmp_path):
    real, link, far = tmp_path / "disk" / "real.npz", tmp_path / "link.npz", tmp_path / "far.npz"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link.symlink_to(real)
    far.symlink_to(link)
    write_whole(far, b"new")
    assert real.read_bytes() == b"new"
    assert (link.is_symlink(), far.is_symlink()) == (True, True)
    assert names(real.parent) == ["real.npz"]


@posix
def test_a_link_to_nothing_makes_the_file(tmp_path):
    link = tmp_path / "link.npz"
    link.symlink_to(tmp_path / "real.npz")
    write_whole(link, b"new")
    assert (tmp_path / "real.npz").read_bytes() == b"new"
    assert link.is_symlink()


@posix
@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664])
def test_permissions_stay(mode, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(ValueError, match=r"pipe\.npz is a pipe or a device: expected the name of"):
        write_whole(tmp_path / "pipe.npz", b"new")
    assert names(tmp_path) == ["pipe.npz"]
    assert stat.S_ISFIFO((tmp_path / "pipe.npz").stat().st_mode)


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(ValueError, match=r"model\.npz is a folder: expected the name of a file"):
        write_whole(tmp_path / "model.npz", b"new")


def test_a_missing_folder_is_named(tmp_path):
    path = tmp_path / "nowhere" / "model.npz"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(path, b"new")
    folder = os.path.realpath(path.parent)
    assert str(caught.value) == f"{path}: there is no folder {folder} to write it in"


@pytest.mark.parametrize("letter", ["a", "ä", "数", "🙂"])
def test_a_name_may_be_as_long_as_the_disk_allows(letter, tmp_path):
    most = (255 - 4) // len(letter.encode())
    path = tmp_path / f"{letter * most}.npz"
    write_whole(path, b"new")
    assert names(tmp_path) == [path.name]
    left = leftover(path, gone())
    remove_leftovers(path)
    assert not left.exists()


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, OSError), (errno.EACCES, PermissionError), (errno.EROFS, OSError)],
)
def test_what_the_disk_says_names_the_file(number, kind, tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")

    def full(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(_files.os, "fsync", full)
    words = f"{path} could not be written ({os.strerror(number)})"
    with pytest.raises(kind, match=re.escape(words)) as caught:
        write_whole(path, b"new")
    assert caught.value.errno == number
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.npz"]


FULL = """
import resource, sys
from pathlib import Path
from nnlib._files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write_whole(Path(sys.argv[1]), bytes(5000))
"""


@posix
def test_a_disk_that_is_full_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    child = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True)
    assert f"{path} could not be written (File too large)" in child.stderr
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.npz"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_is_read_only_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match=r"model\.npz could not be written \(Permission"):
            write_whole(tmp_path / "model.npz", b"new")
    finally:
        tmp_path.chmod(0o700)


# What killed writers leave.


def leftover(path: Path, process: int) -> Path:
    """A temporary file as that process would leave it."""
    left = path.with_name(f"{path.name[:50]}.{process:08x}.12ab.part")
    left.touch()
    return left


def gone() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_what_a_dead_writer_left_goes_and_a_living_ones_file_stays(tmp_path):
    path = tmp_path / "run.npz"
    dead, ours = leftover(path, gone()), leftover(path, os.getpid())
    old = tmp_path / "run.npz.deadbeef.part"  # as version 0.2.0 named them
    old.touch()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        living = leftover(path, other.pid)
        remove_leftovers(path)
        assert not old.exists()
        assert not dead.exists()
        assert ours.exists()
        if os.name == "posix":
            assert living.exists()
        other.communicate(b"\n")
    remove_leftovers(path)
    assert not living.exists()
    assert ours.exists() == (os.name == "posix")


def test_resuming_never_disturbs_one_that_writes(tmp_path, monkeypatch):
    path, sync = tmp_path / "run.npz", os.fsync

    def meanwhile(file):
        sync(file)
        remove_leftovers(path)  # as a second run of the same program does when it starts

    monkeypatch.setattr(_files.os, "fsync", meanwhile)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["run.npz"]


@posix
def test_leftovers_lie_where_a_link_leads(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "run.npz").symlink_to(tmp_path / "disk" / "run.npz")
    left = leftover(tmp_path / "disk" / "run.npz", gone())
    remove_leftovers(tmp_path / "run.npz")
    assert not left.exists()
