"""The grader as it was before the learner's code: what that has put in the place of anything is put back."""

import sys
from types import FunctionType, ModuleType
from typing import Any

KEPT = {
    "builtins",
    "copy",
    "functools",
    "inspect",
    "json",
    "math",
    "nnlib",
    "numpy",
    "operator",
    "re",
}


class Originals:
    """The functions, classes and modules in everything that a grader uses, as they were when this was made.

    What a learner changes inside of lists and arrays, or by means of the interpreter's own innards, is not seen.
    """

    def __init__(self, *objects: Any) -> None:
        modules = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] in KEPT]
        classes = {
            part
            for module in modules
            for part in list(vars(module).values())
            if isinstance(part, type) and part.__module__.startswith("nnlib")
        }
        self._objects = [(one, dict(vars(one))) for one in objects]
        self._parts = [
            (owner, name, part)
            for owner in (*modules, *classes)
            for name, part in list(vars(owner).items())
            if callable(part) or isinstance(part, ModuleType | property | staticmethod)
        ]
        functions = {part for *_, part in self._parts if isinstance(part, FunctionType)}
        self._codes = [(f, f.__code__, f.__defaults__) for f in functions]

    def put_back(self) -> list[str]:
        """Put back what was changed; return the names of it."""
        changed = []
        for owner, name, part in self._parts:
            if vars(owner).get(name) is not part:
                setattr(owner, name, part)
                changed.append(f"{getattr(owner, '__name__', '?')}.{name}")
        for function, code, defaults in self._codes:
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__ = code, defaults
                changed.append(function.__qualname__)
        for one, parts in self._objects:
            if {**vars(one)} != parts:
                vars(one).clear()
                vars(one).update(parts)
                changed.append(type(one).__name__)
        return changed
