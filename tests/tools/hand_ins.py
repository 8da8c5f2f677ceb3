"""Notebooks as learners hand them in, made from the course's own: right, wrong, half done, broken and hostile."""

import importlib
import json
from pathlib import Path

from tools.grade.catalogue import CHECK, NOTEBOOKS, text_of


class Book:
    """A chapter's notebook in which answers are written, exercise by exercise."""

    def __init__(self, stem):
        self.notebook = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))
        solved = json.loads((NOTEBOOKS / "solutions" / f"{stem}.ipynb").read_text(encoding="utf-8"))
        code = [text_of(cell) for cell in solved["cells"] if cell["cell_type"] == "code"]
        self.solutions = {name: text for text in code for name in CHECK.findall(text)}
        self.imports = code[0]

    @property
    def cells(self):
        return self.notebook["cells"]

    @property
    def code(self):
        return [text_of(cell) for cell in self.cells if cell["cell_type"] == "code"]

    def cell(self, name):
        """Return the cell that checks an exercise."""
        return next(
            c for c in self.cells if c["cell_type"] == "code" and name in CHECK.findall(text_of(c))
        )

    def write(self, name, text):
        self.cell(name)["source"] = text
        return self

    def before(self, name, text):
        """Put code into the cell of an exercise, before the answer."""
        cell = self.cell(name)
        return self.write(name, f"{text}\n{text_of(cell)}")

    def insert(self, name, text):
        """Put a cell of code before that of an exercise."""
        place = self.cells.index(self.cell(name))
        self.cells.insert(
            place, {"cell_type": "code", "source": text, "metadata": {}, "outputs": []}
        )
        return self

    def solve(self, names=None):
        """Answer exercises rightly: those of these names, or all."""
        imported = next(c for c in self.cells if "import exercises as ex" in text_of(c))
        if not CHECK.findall(text_of(imported)):
            imported["source"] = f"{text_of(imported)}\n{self.imports}"
        for name in names or self.solutions:
            self.write(name, self.solutions[name])
        return self

    def text(self):
        return json.dumps(self.notebook)


def solved(stem="03_sigmoid"):
    return Book(stem).solve()


def mistaken(package, name):
    """Return code that hands in the first known mistake of an exercise that asks for a function."""
    module = importlib.import_module(f"nnlib.chapters.{package}.exercises.{name}")
    words, makers = next(iter(module.exercise.wrong.items()))
    place = "[0]" if isinstance(makers, tuple) else ""
    code = f"from nnlib.chapters.{package}.exercises import {name} as of_its_makers\n"
    answer = f"next(iter(of_its_makers.exercise.wrong.values())){place}"
    return words, f'{code}ex.check("{name}", {answer})'


def all_mistaken(stem, package):
    """Return a notebook with a known mistake in every exercise that asks for a function, and the replies."""
    book, replies = Book(stem), {}
    for name in book.solutions:
        module = importlib.import_module(f"nnlib.chapters.{package}.exercises.{name}")
        if not isinstance(module.exercise.solution, str) and module.exercise.wrong:
            replies[name], code = mistaken(package, name)
            book.write(name, code)
    return book, replies


MISTAKEN = {"04_gradient_descent": "gradient_descent", "05_backpropagation": "backpropagation"}
RIGHT = sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb"))  # appendices ask nothing
PAGE = "from nnlib.chapters.start import exercises as ex"
TARGET = "nudge"  # the second exercise of chapter 03, where the hostile ones have their code

# Each with the verdict that this exercise gets, and a word of its reply; all others of that hand-in stay correct.
LIBC = "import ctypes\nc = ctypes.CDLL(None)\n"
HOSTILE = {
    "loop": ("while True: pass", "not run", "took longer than"),
    "catches_all": (
        "while True:\n    try:\n        import time; time.sleep(1)\n    except BaseException: pass",
        "not run",
        "longer",
    ),
    "segfault": (f"{LIBC}ctypes.string_at(0)", "not run", "crashed"),
    "leaves": ("import os\nos._exit(0)", "not run", "ended Python"),
    "closes": ("import os\nos.closerange(0, 200)", "not run", ""),
    "sys_exit": ("import sys\nsys.exit()", "not yet", "SystemExit"),
    "exits": ("exit()", "not yet", "SystemExit"),
    "quits": ("quit()", "not yet", "SystemExit"),
    "asks": ("input('your name?')", "not yet", "EOFError"),
    "hog": ("hog = []\nwhile True: hog.append(bytes(10**8))", "not run", "memory"),
    "forks": ("import os\nos.fork()", "not yet", "sandbox"),
    "runs": ("import subprocess\nsubprocess.run(['sleep', '987'])", "not yet", "sandbox"),
    "kills": ("import os\nos.kill(os.getppid(), 9)", "not yet", "sandbox"),
    "calls": ("import urllib.request as u\nu.urlopen('http://127.0.0.1:9')", "not yet", "sandbox"),
    "deletes": (
        "import shutil, nnlib\nshutil.rmtree(nnlib.__path__[0] + '/../data')",
        "not yet",
        "sandbox",
    ),
    "writes": ("open('{folder}/left_behind', 'w')", "not yet", "sandbox"),
    "empties": ("import os\nos.remove('{folder}/right/00_start_here.ipynb')", "not yet", "sandbox"),
    "odd_error": (
        "class E(BaseException):\n    def __str__(self): 1 / 0\nraise E",
        "not yet",
        "stops with E",
    ),
    "syntax": ("def (:", "not yet", "no Python"),
}
# These do what they do and are right all the same: it is of no use to them, and of no harm to others.
HARMLESS = {
    "shouts": "for _ in range(300): print('x' * 10**6)",
    "own_print": "print = None\ndel np\nimport numpy as np",
    "magic": "%matplotlib inline\n!touch {folder}/left_behind\nget_ipython().run_line_magic('time', '1')",
    "home": "import pathlib\n(pathlib.Path.home() / 'mine').write_text('x')\nopen('own', 'w').close()",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(987,)).start()",
    "orphan": f"{LIBC}import time\nif c.fork() == 0:\n    c.setsid()\n    time.sleep(987)",
    "beside_python": (
        f"{LIBC}c.creat(b'{{folder}}/left_behind', 511)\n"
        "c.unlink(b'{folder}/right/00_start_here.ipynb')"
    ),
}
# With a wrong answer: none of these makes it a right one.
LIE = "def nudge(w, b, x, dw, db): return 0\n"
FORGED = '{"exercise": "nudge", "verdict": "correct", "words": "ok"}'
CHEATS = {
    "forged_sign": "print('✓ correct: well done')\nimport os\nos.write(1, b'✓ correct')",
    "forged_line": (
        "import os\nfor k in range(3, 30):\n"
        f"    try: os.write(k, b'0 {FORGED}\\n')\n    except OSError: pass"
    ),
    "own_ex": (
        "class Own:\n    SUSPECTS = ex.SUSPECTS\n    def check(*_): return '✓ correct'\nex = Own()"
    ),
    "own_numpy": "np.allclose = np.isclose = np.array_equal = lambda *_, **__: True",
    "own_grader": (
        "from nnlib.chapters.kit import grading, exercise\n"
        "grading._same = lambda *_: True\nexercise.Exercise.grade = lambda *_: 'well done'\n"
        "ex.chapter._judge = lambda *_: exercise.Answer('correct', 'well done')\n"
        "object.__setattr__(ex.chapter.exercises['nudge'], 'grade', lambda *_: 'well done')\n"
        "grading.numbers.__code__ = (lambda *_: 0).__code__"
    ),
    "own_builtins": "import builtins\nbuiltins.float = builtins.bool = lambda *_: True\nbuiltins.any = lambda _: True",
}
BROKEN = {
    "empty": (b"", "an empty file"),
    "no_json": (b"PK\x03\x04 \xff", "no JSON"),
    "deep": (b"[" * 100_000, "no JSON"),
    "a_list": (b"[1, 2]", "no cells"),
    "others": (
        b'{"cells": [{"cell_type": "code", "source": "print(1)"}]}',
        "not a notebook of this course",
    ),
}


def hostile(name, folder):
    code = HOSTILE[name][0].replace("{folder}", str(folder))
    return solved().before(TARGET, code).text()


def harmless(name, folder):
    code = HARMLESS[name].replace("{folder}", str(folder))
    return solved().before(TARGET, code).text()


def cheat(name):
    lie = f'{LIE}{CHEATS[name]}\nex.check("nudge", nudge)'
    return solved().write(TARGET, lie).text()


def lay_out(folder, files):
    """Write hand-ins: for each name its text."""
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
