"""Marks: what each hand-in gets, that none of them harms anything, and that nothing is lost."""

import csv
import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import hand_ins as made
import pytest

from tools.grade import hand_ins, sandbox
from tools.grade.catalogue import chapters, recognise, text_of
from tools.grade.hand_ins import HandIn
from tools.grade.marking import Row, mark
from tools.grade.sandbox import Limits
from tools.grade.slices import needed, read_cell
from tools.grade.table import Table, TableError

# one after another: they look for processes that a sandbox left, and would find each other's
pytestmark = pytest.mark.xdist_group("marks")
ROOT = Path(__file__).parents[1]
CHAPTERS = chapters()
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the whole sandbox is Linux's")


def grade(folder, table, *options, cell_seconds=20):
    """Run the command to its end."""
    command = [sys.executable, "-m", "tools.grade", str(folder), "--to", str(table)]
    command += ["--cell-seconds", str(cell_seconds), "--jobs", "2", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def rows_of(table):
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        found.setdefault(row["file"], {})[row["exercise"].partition(" ")[0]] = row
    assert sum(map(len, found.values())) == len(rows)  # none twice
    return found


def state(*folders):
    """Return all files below folders, with their hashes."""
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    known = [path for path in files if "__pycache__" not in path.parts]
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in known
    }


def strays():
    """Return the processes that a sandbox started and left behind."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{sandbox.MARK}=".encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def verdicts(rows):
    return [row["verdict"] for row in rows.values()]


# Which cells are run, and of which chapter they are.


def test_each_chapter_is_known_with_its_exercises_in_order():
    assert [chapter.number for chapter in CHAPTERS][:2] == ["00", "01"]
    assert len(CHAPTERS) == len(made.RIGHT)
    for chapter in CHAPTERS:
        numbers = [int(heading.split(" – ")[0]) for heading in chapter.exercises.values()]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("stem", made.RIGHT)
@pytest.mark.parametrize("lost", ["nothing", "import", "ids"])
def test_a_chapter_is_recognised_by_what_it_holds(stem, lost):
    cells = [cell for cell in made.Book(stem).cells if cell["cell_type"] == "code"]
    if lost == "import":
        cells = [cell for cell in cells if "import exercises" not in text_of(cell)]
    if lost == "ids":
        cells = [{"source": text_of(cell).replace("import exercises", "import")} for cell in cells]
    assert recognise(cells, CHAPTERS).number == stem.partition("_")[0]


def test_only_what_an_exercise_needs_is_run():
    texts = [
        "import numpy as np",
        "slow = train()",
        "def helper(z):\n    slow = 1\n    return np.exp(z) + slow",
        "scale = [1]",
        "scale.append(2)",
        "print(scale)",
        "x = 1\nfor k in range(3):\n    x += k",
        "def f(z):\n    return helper(z) * scale[0]\nex.check('f', f)",
        "ex.check('g', x)",
    ]
    cells = [read_cell(place, text, ["f", "g"]) for place, text in enumerate(texts)]
    assert [cell.place for cell in needed(cells, {"f"})] == [0, 2, 3, 4, 7]
    assert [cell.place for cell in needed(cells, {"g"})] == [6, 8]


# The table.


def row(file, exercise="1 – A", fingerprint="1", words="fine"):
    return Row(file, "00", exercise, "correct", words, "", fingerprint)


def test_rows_are_kept_and_those_of_what_changed_dropped(tmp_path):
    path = tmp_path / "marks.csv"
    table = Table(path)
    table.keep({}, CHAPTERS)
    for file in ("a", "b", "c"):
        table.add([row(file, "1 – Pixels"), row(file, "2 – Parameters")])
    with path.open("a") as file:
        file.write("d,00,1 – Pi")  # cut off
    again = Table(path)
    assert again.keep({"a": "1", "b": "2"}, CHAPTERS) == {"a", "c"}
    assert set(rows_of(path)) == {"a", "c"}


def test_a_hand_in_of_which_rows_are_lost_is_marked_again(tmp_path):
    table = Table(tmp_path / "marks.csv")
    table.rows = [row("a", "1 – Pixels")]
    assert table.keep({}, CHAPTERS) == set()


def test_another_file_is_never_overwritten(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("name,grade\nAnna,1\n")
    with pytest.raises(TableError, match="no table of marks"):
        Table(path)
    assert path.read_text() == "name,grade\nAnna,1\n"


def test_no_cell_is_a_formula_or_has_two_lines(tmp_path):
    path = tmp_path / "marks.csv"
    table = Table(path)
    table.keep({}, CHAPTERS)
    table.add([row("=1+1", words="=HYPERLINK(1)\nx\u2028y")])
    found = rows_of(path)["'=1+1"]["1"]
    assert found["words"] == "'=HYPERLINK(1) x y"
    assert Table(path).rows[0].file == "=1+1"


# Hand-ins.


def test_links_are_not_followed_and_what_jupyter_hides_is_left_out(tmp_path):
    made.lay_out(tmp_path, {"b/x.ipynb": "{}", ".ipynb_checkpoints/x.ipynb": "{}", "x.txt": ""})
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "b" / "x.ipynb")
    (tmp_path / "c").symlink_to(tmp_path / "b")
    found = [hand_ins.read(path, tmp_path) for path in hand_ins.find(tmp_path)]
    assert [one.name for one in found] == ["a.ipynb", "b/x.ipynb"]
    assert "a link" in found[0].trouble


def test_what_a_lecturer_should_read_is_noted():
    assert hand_ins.remarks(made.solved().code) == []
    assert hand_ins.remarks(["import ctypes"]) == ["looks into Python"]
    assert hand_ins.remarks(["ex.solution('nudge')"]) == ["asks for a worked solution"]
    _, code = made.mistaken("sigmoid", "nudge")
    assert hand_ins.remarks([code]) == ["imports from inside the exercises"]


def test_a_few_hand_ins(tmp_path):
    folder, table = tmp_path / "in", tmp_path / "marks.csv"
    files = {
        "anna/whatever.ipynb": made.solved().before("nudge", "import os\nos._exit(0)").text(),
        "forger.ipynb": made.cheat("own_grader"),
        "loop.ipynb": made.solved("00_start_here").before("pixels", "while True: pass").text(),
        "empty.ipynb": b"",
    }
    made.lay_out(folder, files)
    before = state(folder)
    done = grade(folder, table, cell_seconds=4)
    assert done.returncode == 0, done.stderr
    assert "4 of 4" in done.stdout
    found = rows_of(table)
    assert verdicts(found["anna/whatever.ipynb"]) == ["correct", "not run", *["correct"] * 6]
    assert verdicts(found["forger.ipynb"]) == ["correct", "not yet", *["correct"] * 6]
    assert "look at it yourself" in found["forger.ipynb"]["2"]["notes"]
    assert verdicts(found["loop.ipynb"]) == ["not run", "correct"]
    assert verdicts(found["empty.ipynb"]) == ["not run"]
    assert state(folder) == before
    again = grade(folder, table)
    assert "has 4 hand-ins already" in again.stdout
    assert rows_of(table) == found


@pytest.fixture
def interruptible():
    """Whoever started the tests: programs that they start hear Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@on_linux
def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(tmp_path, interruptible):
    folder, table = tmp_path / "in", tmp_path / "marks.csv"
    slow = made.solved("00_start_here").before("pixels", "while True: pass").text()
    made.lay_out(folder, {"a.ipynb": b"", "b.ipynb": slow})
    command = [sys.executable, "-m", "tools.grade", str(folder), "--to", str(table)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as program:
        while "1 of 2" not in program.stdout.readline():
            pass
        time.sleep(1)
        program.send_signal(signal.SIGINT)
        assert "goes on from there" in program.stdout.read()
    assert program.returncode == 130
    assert set(rows_of(table)) == {"a.ipynb"}
    assert strays() == []


@on_linux
def test_what_runs_away_is_ended_even_without_processes_of_its_own(monkeypatch):
    monkeypatch.setattr(sandbox, "prefix", list)
    code = f"{made.LIBC}import time\nif c.fork() == 0:\n    c.setsid()\n    time.sleep(987)"
    cells = [{"source": made.PAGE}, {"source": code}]
    (row, _) = mark(
        HandIn("a", "1", [*cells, {"source": "ex.check('pixels', c)"}]), CHAPTERS, Limits()
    )
    assert row.verdict == "not yet"
    assert strays() == []


def half_done(stem):
    book = made.Book(stem)
    return book.solve(list(book.solutions)[::2])


def odd_orders():
    """Notebooks that were worked in without order, each with the verdicts of chapter 03 that it deserves."""
    answer, check = made.solved().solutions["nudge"].rsplit("\n\n\n", 1)
    right = ["correct"] * 8
    split = made.solved().insert("nudge", answer).write("nudge", check)
    twice = made.solved().insert("nudge", made.LIE + check)
    gone = made.solved()
    gone.cells.remove(gone.cell("nudge"))
    reverse = made.solved()
    reverse.notebook["cells"] = reverse.cells[::-1]
    bare = made.solved()
    bare.notebook["cells"] = [
        cell for cell in bare.cells if "import exercises" not in text_of(cell)
    ]
    helped = made.solved().insert("slope", "globals()['helper'] = sigmoid_of = 0\nhelper_2 = 1")
    helped.before("nudge", "helper + 1")
    later = made.solved().before("nudge", "not_there")
    missing = ["correct", "not attempted", *["correct"] * 6]
    return {
        "split": (split, right),
        "twice": (twice, right),
        "gone": (gone, missing),
        "reverse": (reverse, right),
        "bare": (bare, right),
        "helped": (helped, right),
        "typo": (later, ["correct", "not yet", *["correct"] * 6]),
    }


def fair():
    """Return the texts of honest hand-ins, by the names of their files: they train, and may take their time."""
    files = {f"right/{stem}.ipynb": made.solved(stem).text() for stem in made.RIGHT}
    files |= {f"half/{stem}.ipynb": half_done(stem).text() for stem in made.RIGHT[1:5]}
    for stem, package in made.MISTAKEN.items():
        files[f"wrong/{stem}.ipynb"] = made.all_mistaken(stem, package)[0].text()
    return files


def others(folder):
    """Return the texts of all other kinds; some know ``folder``, where the honest ones are."""
    files = {f"odd/{name}.ipynb": book.text() for name, (book, _) in odd_orders().items()}
    files |= {f"hostile/{name}.ipynb": made.hostile(name, folder) for name in made.HOSTILE}
    files |= {f"harmless/{name}.ipynb": made.harmless(name, folder) for name in made.HARMLESS}
    files |= {f"cheats/{name}.ipynb": made.cheat(name) for name in made.CHEATS}
    return files | {f"broken/{name}.ipynb": content for name, (content, _) in made.BROKEN.items()}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The marks of the whole crowd, and whether anything was touched."""
    base = tmp_path_factory.mktemp("crowd")
    made.lay_out(base / "fair", fair())
    made.lay_out(base / "others", others(base / "fair"))
    places = (base / "fair", base / "others", ROOT / "data", ROOT / "nnlib", ROOT / "notebooks")
    before, rows = state(*places), {}
    for name, seconds in (("others", 10), ("fair", 60)):
        table = base / f"{name}.csv"
        done = grade(base / name, table, cell_seconds=seconds)
        assert done.returncode == 0, done.stderr
        rows |= rows_of(table)
    return rows, state(*places) == before, strays()


@on_linux
@pytest.mark.slow
class TestCrowd:
    """More than fifty hand-ins, run once."""

    def test_nothing_was_touched_and_no_process_lives(self, marked):
        assert marked[1]
        assert marked[2] == []

    def test_nobody_is_lost(self, marked):
        assert set(marked[0]) == set(fair()) | set(others("folder"))
        sizes = {chapter.number: len(chapter.exercises) for chapter in CHAPTERS}
        for rows in marked[0].values():
            first = next(iter(rows.values()))
            assert len(rows) == sizes.get(first["chapter"], 1)
            assert all("\n" not in row["words"] for row in rows.values())

    @pytest.mark.parametrize("stem", made.RIGHT)
    def test_right_answers(self, marked, stem):
        assert set(verdicts(marked[0][f"right/{stem}.ipynb"])) == {"correct"}

    @pytest.mark.parametrize("stem", made.RIGHT[1:5])
    def test_half_of_the_answers(self, marked, stem):
        got = verdicts(marked[0][f"half/{stem}.ipynb"])
        assert got == [["correct", "not attempted"][k % 2] for k in range(len(got))]

    @pytest.mark.parametrize("stem", made.MISTAKEN)
    def test_known_mistakes_get_their_words(self, marked, stem):
        _, replies = made.all_mistaken(stem, made.MISTAKEN[stem])
        got = [row["words"] for row in marked[0][f"wrong/{stem}.ipynb"].values()]
        verdict = verdicts(marked[0][f"wrong/{stem}.ipynb"])
        assert len(replies) > 3
        assert verdict.count("not yet") == len(replies)
        assert [words for words, one in zip(got, verdict, strict=True) if one == "not yet"] == [
            " ".join(words.split()) for words in replies.values()
        ]

    @pytest.mark.parametrize("name", odd_orders())
    def test_odd_orders(self, marked, name):
        assert verdicts(marked[0][f"odd/{name}.ipynb"]) == odd_orders()[name][1]

    @pytest.mark.parametrize("name", made.HOSTILE)
    def test_hostile_code_spoils_its_own_exercise_alone(self, marked, name):
        _, verdict, words = made.HOSTILE[name]
        rows = marked[0][f"hostile/{name}.ipynb"]
        assert verdicts(rows) == ["correct", verdict, *["correct"] * 6]
        assert words in rows["2"]["words"]

    @pytest.mark.parametrize("name", made.HARMLESS)
    def test_what_is_odd_but_right_stays_right(self, marked, name):
        assert set(verdicts(marked[0][f"harmless/{name}.ipynb"])) == {"correct"}

    @pytest.mark.parametrize("name", made.CHEATS)
    def test_no_trick_makes_a_wrong_answer_right(self, marked, name):
        rows = marked[0][f"cheats/{name}.ipynb"]
        assert verdicts(rows) == ["correct", "not yet", *["correct"] * 6]

    @pytest.mark.parametrize("name", made.BROKEN)
    def test_broken_files_get_their_row(self, marked, name):
        (row,) = marked[0][f"broken/{name}.ipynb"].values()
        assert row["verdict"] == "not run"
        assert made.BROKEN[name][1] in row["words"]
