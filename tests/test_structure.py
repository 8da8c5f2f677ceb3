"""The shape of the library: who imports whom, how long things are, and whether everything says what it is."""

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import nnlib

ROOT = Path(nnlib.__file__).parent


def reading_order() -> dict[str, list[str]]:
    """The tiers and their rows, as the docstring of nnlib has them: the only list there is.

    A module imports only what stands before it. A package is one row: what it holds is ordered by having no cycle.
    """
    lines = re.findall(r"^    +((?:[A-Z]\w+: +)?\w+(?:, \w+)*,?)$", nnlib.__doc__, re.MULTILINE)
    tiers = re.findall(r"(\w+): +([^:]+?)(?= \w+:|$)", " ".join(lines))
    return {tier: re.split(r",\s*", rows.strip()) for tier, rows in tiers}


TIERS = reading_order()
ROWS = [row for rows in TIERS.values() for row in rows]


def name_of(path: Path) -> str:
    parts = ["nnlib", *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}
every_module = pytest.mark.parametrize("module", FILES)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imports(module: str) -> list[str]:
    """The full names of all modules that a module imports, wherever in its text."""
    found = []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} line {node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name if name in FILES else node.module for name in names]
    return found


def own_imports(module: str) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] == "nnlib"}


def row_of(module: str) -> str:
    return module.split(".")[1]


# Who imports whom.


def test_the_reading_order_is_read():
    assert list(TIERS) == ["Ground", "Blocks", "Whole", "Chapters"]
    assert TIERS["Ground"][:3] == ["errors", "parameter", "numerics"]
    assert TIERS["Chapters"] == ["chapters"]


def test_every_module_has_its_row_and_every_row_its_module():
    found = [row_of(module) for module in FILES if module != "nnlib"]
    assert set(found) == set(ROWS)
    assert len(set(ROWS)) == len(ROWS)
    assert {"nnlib.errors", "nnlib.training", "nnlib.chapters.kit.figures"} <= set(FILES)


@every_module
def test_imports_go_only_to_earlier_rows(module):
    if module == "nnlib":
        assert imports(module) == []
        return
    place = ROWS.index(row_of(module))
    later = {
        name for name in own_imports(module) if name == "nnlib" or ROWS.index(row_of(name)) > place
    }
    assert later == set()
    inside = {name for name in own_imports(module) if row_of(name) == row_of(module)}
    assert inside == set() or (ROOT / row_of(module)).is_dir()


def test_there_are_imports_to_judge_and_none_goes_round_in_circles():
    graph = {module: own_imports(module) for module in FILES}
    assert graph["nnlib.training"] >= {"nnlib.network", "nnlib._checks", "nnlib.batches"}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError where there is one
    assert set(order) >= set(FILES)


LIBRARY = [module for module in FILES if not module.startswith("nnlib.chapters")]
COURSE = [module for module in FILES if module.startswith("nnlib.chapters.")]


@pytest.mark.parametrize("module", LIBRARY)
def test_the_library_knows_no_chapter(module):
    assert {name for name in own_imports(module) if name.startswith("nnlib.chapters")} == set()


@pytest.mark.parametrize("module", COURSE)
def test_a_chapter_needs_the_library_the_kit_and_itself(module):
    # and what all chapters share, the kit, needs no chapter
    own = {"kit", chapter_of(module)}
    used = {chapter_of(name) for name in own_imports(module) if name in COURSE}
    assert used - own == set()


def chapter_of(module: str) -> str:
    return module.split(".")[2]


THREADS = {
    "nnlib._fast.blocks": "spreads blocks over the cores, or does without",
    "nnlib._interrupt": "only the main thread hears Ctrl-C",
    "nnlib.sweep": "waits for whatever executor it is given, and starts none",
    "nnlib.chapters.kit.panel": "JupyterLab may move two controls at once: the drawing has a lock",
    "nnlib.chapters.training_deeper.experiments.playground": "a panel and a cell may train at once",
}


@every_module
def test_threads_are_used_in_one_place(module):
    found = {name.split(".")[0] for name in imports(module)}
    concurrent = found & {"threading", "_thread", "concurrent", "multiprocessing", "asyncio"}
    assert concurrent == set() or module in THREADS


@every_module
def test_no_star_imports(module):
    stars = [
        node.lineno
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert stars == []


@pytest.mark.parametrize(
    "module", [module for module in FILES if module != "nnlib" and row_of(module) != "autodiff"]
)
def test_only_people_use_autodiff(module):
    # layer, autodiff and finite difference are three independent answers
    autodiff = {"nnlib.autodiff", "nnlib.autodiff_rules"}
    assert row_of(module) in TIERS["Chapters"] or not autodiff & own_imports(module)


def test_gradient_check_imports_numpy_and_words_only():
    outside = {
        name
        for name in imports("nnlib.gradcheck")
        if name.split(".")[0] not in sys.stdlib_module_names
    }
    assert outside == {"numpy", "nnlib.errors", "nnlib._notes"}


def test_learning_needs_no_drawing():
    low = [row for tier in ("Ground", "Blocks", "Whole") for row in TIERS[tier]]
    code = (
        f"import sys, {', '.join(f'nnlib.{row}' for row in low)}\n"
        "drawing = {'matplotlib', 'ipywidgets', 'IPython', 'PIL'}\n"
        "print(sorted(drawing & set(sys.modules)), 'numpy' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT.parent)}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert answer.stdout.split() == ["[]", "True"]


# How long things are.


def docstring_lines(module: str) -> set[int]:
    lines = set()
    for node in ast.walk(tree(module)):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS))
            and ast.get_docstring(node) is not None
        ):
            lines |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return lines


@cache
def code_lines(module: str) -> frozenset[int]:
    """The numbers of the lines that hold code: neither docstring nor comment nor nothing; a long text is one line."""
    text = FILES[module].read_text(encoding="utf-8")
    silent = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines.add(token.start[0])
    return frozenset(lines - docstring_lines(module))


def functions(module: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree(module)) if isinstance(node, FUNCTIONS)]


def body_length(module: str, function: ast.FunctionDef) -> int:
    return len(code_lines(module) & set(range(function.body[0].lineno, function.end_lineno + 1)))


def test_lines_are_counted_right():
    # the two lines of a signature, decorators and docstrings do not count, comments and blank lines neither
    by_name = {
        function.name: body_length("nnlib.parameter", function)
        for function in functions("nnlib.parameter")
    }
    assert by_name == {
        "__init__": 3,
        "value": 8,
        "_require_floats": 12,
        "_way_out": 7,
        "zero_grad": 1,
        "add_grad": 4,
        "__repr__": 1,
        "recall": 5,
        "require_parameters": 10,
        "count_values": 1,
    }
    assert len(code_lines("nnlib")) == 1  # __version__, beside a docstring


@every_module
def test_module_has_at_most_250_lines_of_code(module):
    assert len(code_lines(module)) <= 250


def lines_of_code(module: str) -> list[str]:
    lines = FILES[module].read_text(encoding="utf-8").splitlines()
    return [lines[number - 1] for number in code_lines(module)]


@every_module
def test_lines_of_code_have_at_most_100_columns(module):
    assert [line for line in lines_of_code(module) if len(line) > 100] == []


def is_sentence(line: str) -> bool:
    """Whether a line begins with what people read, as replies, hints and alt texts do: at least 30 characters of it."""
    return bool(re.match(r' *f?"[^"]{30}', line))


@pytest.mark.parametrize("modules", [LIBRARY, COURSE], ids=["library", "course"])
def test_most_lines_of_code_are_short(modules):
    # ruff format --line-length 79, and then without it, breaks most of those that are not
    all_of_them = [line for module in modules for line in lines_of_code(module)]
    code = [len(line) for line in all_of_them if not is_sentence(line)]
    assert len(code) > 3000
    assert sum(width < 80 for width in code) / len(code) >= 0.9


@every_module
def test_function_bodies_have_at_most_25_lines(module):
    lengths = {
        f"{module}.{function.name}": body_length(module, function) for function in functions(module)
    }
    assert {name for name, length in lengths.items() if length > 25} == set()


def test_function_bodies_are_short_on_the_whole():
    lengths = [body_length(module, function) for module in FILES for function in functions(module)]
    assert len(lengths) > 150
    assert sum(lengths) / len(lengths) <= 8


# Whether everything says what it is.


def definitions(node: ast.AST, owner: str) -> list[tuple[str, ast.AST]]:
    """Public classes, and the public functions, methods and properties that can be reached from outside."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, *FUNCTIONS)) and not child.name.startswith("_"):
            name = f"{owner}.{child.name}"
            found.append((name, child))
            found += definitions(child, name) if isinstance(child, ast.ClassDef) else []
    return found


def is_setter(node: ast.AST) -> bool:
    """Whether it is the second half of a property, whose docstring is that of the first half."""
    return any(
        isinstance(mark, ast.Attribute) and mark.attr == "setter" for mark in node.decorator_list
    )


# What a learner is to write, and the mistakes, look as they do in a notebook: without types and docstrings.
IN_THE_OPEN = [module for module in FILES if ".exercises." not in module]


def test_exercises_are_told_from_the_rest():
    written = set(FILES) - set(IN_THE_OPEN)
    assert "nnlib.chapters.perceptron.exercises.predict" in written
    assert "nnlib.chapters.perceptron.exercises" not in written
    assert {module.split(".")[3] for module in written} == {"exercises"}
    assert all(ast.get_docstring(tree(module)) for module in written)


@pytest.mark.parametrize("module", IN_THE_OPEN)
def test_every_public_name_has_a_docstring(module):
    named = [(module, tree(module)), *definitions(tree(module), module)]
    assert [name for name, node in named if not is_documented(node)] == []


def is_documented(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module) and is_setter(node):
        return True
    return len((ast.get_docstring(node) or "").split()) >= 2


def test_public_names_are_found():
    found = dict(definitions(tree("nnlib.optimizers"), "nnlib.optimizers"))
    assert {
        "nnlib.optimizers.SGD",
        "nnlib.optimizers.SGD.update",
        "nnlib.optimizers.Optimizer.learning_rate",
    } <= set(found)


@pytest.mark.parametrize("module", IN_THE_OPEN)
def test_every_function_is_typed(module):
    bare = [
        f"{function.name}, line {function.lineno}: {missing(function)}"
        for function in functions(module)
    ]
    assert [words for words in bare if not words.endswith(": []")] == []


def missing(function: ast.FunctionDef) -> list[str]:
    """The arguments (and ``return``) without a type; ``self`` and ``cls`` need none."""
    a = function.args
    arguments = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
    names = [argument.arg for argument in arguments if argument.annotation is None]
    return [name for name in names if name not in ("self", "cls")] + (
        ["return"] if function.returns is None else []
    )


def test_types_are_shipped():
    assert (ROOT / "py.typed").exists()
