"""The cells that an exercise needs: those that check it, and those that make or change a name which they use."""

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

SHOWS = {"print", "display"}  # a call of these changes nothing
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
Statement = ast.stmt


@dataclass(frozen=True)
class Check:
    """A call ``ex.check("name", …)``: the name, and the answers as they are written."""

    name: str
    answers: list[ast.expr]


@dataclass
class Cell:
    """A cell that can be run: its steps in order, and the names it needs, binds and changes without binding."""

    place: int
    steps: list[Statement | Check]
    needs: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    @property
    def checks(self) -> set[str]:
        """The exercises that it checks."""
        return {step.name for step in self.steps if isinstance(step, Check)}


def read_cell(place: int, text: str, exercises: Sequence[str]) -> Cell:
    """Return a cell with its names worked out; a SyntaxError if it is no Python."""
    cell = Cell(place, [])
    for statement in _parse(text).body:
        # the statement around a check only shows its reply
        steps: list[Statement | Check] = [*_checks(statement, exercises)] or [statement]
        for step in steps:
            cell.steps.append(step)
            _note_names(cell, step)
    return cell


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager  # slow, and rarely needed

        return ast.parse(TransformerManager().transform_cell(text))


def _checks(node: ast.AST, exercises: Sequence[str]) -> Iterator[Check]:
    """Yield the checks in a statement, but for those in a function, which wait until it is called."""
    if isinstance(node, FUNCTIONS):
        return
    if isinstance(node, ast.Call) and node.args:
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        first = node.args[0]
        if called == "check" and isinstance(first, ast.Constant) and first.value in exercises:
            yield Check(str(first.value), node.args[1:])
            return
    for part in ast.iter_child_nodes(node):
        yield from _checks(part, exercises)


def _note_names(cell: Cell, step: Statement | Check) -> None:
    if isinstance(step, Check):
        for answer in step.answers:
            cell.needs |= _names(ast.Expr(answer))[0] - cell.binds
        return
    used, bound = _names(step)
    changed = set(_changed(step))
    assigns = isinstance(step, ast.Assign | ast.AugAssign | ast.AnnAssign)
    cell.needs |= (used | changed) - cell.binds - (set() if assigns else bound)
    cell.changes |= changed
    cell.binds |= bound


def _names(statement: Statement) -> tuple[set[str], set[str]]:
    """Return the cell's names that a statement uses, in its functions too, and those that it binds."""
    table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    used, tables = set(), [table]
    while tables:
        one = tables.pop()
        tables += one.get_children()
        outer = one is table
        used |= {
            s.get_name()
            for s in one.get_symbols()
            if s.is_referenced() and (outer or s.is_global())
        }
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        bound.add("*")
    return used, bound


def _changed(statement: Statement) -> Iterator[str]:
    """Yield the names of objects that a statement may change in place: w[0] = 1, w += 1, w.sort(), fit(w)."""
    if isinstance(statement, ast.Assign):
        yield from (root for target in statement.targets if (root := _root(target)))
    elif isinstance(statement, ast.AugAssign) and (root := _root(statement.target, plain=True)):
        yield root
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        names = [part.id for part in ast.walk(statement.value) if isinstance(part, ast.Name)]
        yield from () if SHOWS & set(names[:1]) else names
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.stmt) and not isinstance(statement, FUNCTIONS):
            yield from _changed(part)


def _root(target: ast.expr, *, plain: bool = False) -> str | None:
    """Return the name of the object of which a part is assigned; of a name itself only if it is ``plain``."""
    if isinstance(target, ast.Name):
        return target.id if plain else None
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def needed(cells: Sequence[Cell], exercises: set[str]) -> list[Cell]:
    """Return the cells that these exercises need, in order: from the last one backwards, name by name."""
    names: set[str] = set()
    chosen = []
    for cell in reversed(cells):
        makes = (cell.binds | cell.changes) & names
        if cell.checks & exercises or makes or "*" in cell.binds:
            chosen.append(cell)
            names = (names - cell.binds) | cell.needs
    return chosen[::-1]
