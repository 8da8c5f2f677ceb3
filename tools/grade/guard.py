"""What the process in which a learner's code runs may not do: limits, a hook in Python, and Linux's Landlock.

The hook works on every system, but whoever knows Python well gets past it. Limits need Unix; Landlock needs Linux 5.13
or newer and holds for whatever the process does: it writes nothing outside its folder and starts no other program.
"""

import contextlib
import ctypes
import os
import sys
from typing import Any

MEGABYTE = 1_000_000
FILE_MEGABYTES = 50
REFUSED = "the sandbox of the marks refuses it"

# Events of Python's audit hooks, and the places of the paths in their arguments.
WRITES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.link": (0, 1),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "os.setxattr": (0,),
    "shutil.rmtree": (0,),
    "sqlite3.connect": (0,),
}
# all others can be told a path that is relative to an open folder, and that folder comes last
WITHOUT_FOLDER = {"os.truncate", "os.setxattr", "sqlite3.connect"}
STARTS = {
    "os.fork",
    "os.forkpty",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "pty.spawn",
}
STARTS |= {
    "subprocess.Popen",
    "os.startfile",
    "os.kill",
    "os.killpg",
    "signal.pthread_kill",
}
NETWORK = {
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
}
NETWORK |= {"socket.sendto", "socket.sendmsg"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit(megabytes: int, seconds: int) -> None:
    """Limit memory, processor time and the size of files, as far as this system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = {
        resource.RLIMIT_AS: megabytes * MEGABYTE,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: FILE_MEGABYTES * MEGABYTE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of memory
            resource.setrlimit(kind, (bound, bound))


class Watch:
    """An audit hook that refuses what it sees: writing outside a folder, other programs, the network."""

    def __init__(self, folder: str) -> None:
        self._inside = os.path.realpath(folder)
        # as they are now, before a learner can put others in their place
        self._realpath, self._readlink = os.path.realpath, os.readlink

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise PermissionError if this may not be."""
        if event == "open":
            path, mode, flags = arguments
            writes = set(mode or "") & set("wax+") or (flags or 0) & WRITING
            refused = writes and self._is_elsewhere(path)
        elif event in WRITES:
            folder = -1 if event in WITHOUT_FOLDER else arguments[-1]
            refused = any(self._is_elsewhere(arguments[k], folder) for k in WRITES[event])
        else:
            refused = event in STARTS or event in NETWORK
        if refused:
            raise PermissionError(f"{event}: {REFUSED}")

    def _is_elsewhere(self, path: Any, folder: Any = -1) -> bool:
        """Whether a path, that may be relative to an open folder, leads out of ours."""
        if isinstance(path, int) or path is None:
            return False  # a file that is open already
        text = os.fsdecode(path)
        if isinstance(folder, int) and folder >= 0 and not os.path.isabs(text):
            if sys.platform != "linux":
                return (
                    False  # shutil.rmtree alone is likely to do so, and is asked before it begins
                )
            text = os.path.join(self._readlink(f"/proc/self/fd/{folder}"), text)
        place = self._realpath(text)
        within = place == self._inside or place.startswith(self._inside + os.sep)
        return not within and place != os.devnull


# Landlock, as linux/landlock.h has it: system calls 444 to 446, rights as bits.

WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
EXECUTE, REMOVE_AND_MAKE, REFER = 1 << 0, sum(1 << bit for bit in range(4, 13)), 1 << 13
TCP, OTHERS_SIGNALS = 0b11, 0b11  # bind and connect; signals and abstract sockets
NO_NEW_PRIVILEGES, RULE_BENEATH = 38, 1


class _Path(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # Python 3.14 wants it said
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def landlock() -> int:
    """Return which version of Landlock the kernel has; less than 1 if it has none."""
    if sys.platform != "linux":
        return 0
    return int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))


def lock(folder: str) -> bool:
    """Let this thread, and all that it will start, write below ``folder`` alone; return whether the kernel can.

    To be called before any other thread is started.
    """
    version = landlock()
    if version < 1:
        return False
    system = ctypes.CDLL(None)
    writing = WRITE_FILE | REMOVE_AND_MAKE
    writing |= (REFER if version > 1 else 0) | (TRUNCATE if version > 2 else 0)
    ruleset = _ruleset(system, version, writing | EXECUTE)
    if ruleset < 0:
        return False
    for path, allowed in (
        (folder, writing),
        (os.devnull, writing & (WRITE_FILE | TRUNCATE)),
    ):
        place = os.open(path, os.O_PATH)
        beneath = _Path(allowed, place)
        if system.syscall(445, ruleset, RULE_BENEATH, ctypes.byref(beneath), 0) != 0:
            return False
        os.close(place)
    system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    locked = bool(system.syscall(446, ruleset, 0) == 0)
    os.close(ruleset)
    return locked


def _ruleset(system: ctypes.CDLL, version: int, rights: int) -> int:
    """Return a set of rules that takes these rights, and what else this version of Landlock can take."""
    handled = [rights, TCP, OTHERS_SIGNALS][: 1 if version < 4 else 2 if version < 6 else 3]
    words = (ctypes.c_uint64 * len(handled))(*handled)
    return int(system.syscall(444, words, ctypes.c_size_t(8 * len(handled)), 0))
