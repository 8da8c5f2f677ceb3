"""NumPy's errors of shape in the learner's words: which arrays met, what their shapes are, what must agree."""

import linecache
import re
import traceback
from types import TracebackType
from typing import Any

import numpy as np

INNER = re.compile(r"matmul: .*\(size (\d+) is different from (\d+)\)", re.DOTALL)
ALIGNED = re.compile(r"shapes \S+ and \S+ not aligned: (\d+) \(dim \d\) != (\d+) \(dim \d\)")
NO_SHAPE = re.compile(r"matmul: .*does not have enough dimensions \(has 0")
SHAPE = r"(\([\d,]*\))"
SPREAD = re.compile(f"could not be broadcast together with shapes {SHAPE} {SHAPE}")
PUT_INTO = re.compile(f"could not broadcast input array from shape {SHAPE} into shape {SHAPE}")
GROWN = re.compile(f"output operand with shape {SHAPE} doesn't match the broadcast shape {SHAPE}")
NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
TWO_FACTORS = re.compile(r"(\w+) @ (\w+)")
SUM = "Compared from the right, two numbers of the shapes must agree, or one of them be 1."


def shape_words(error: Exception) -> str:
    """Return what an error of NumPy says about shapes, in words; of every other error, what it says itself."""
    said = str(error)
    if mismatch := INNER.search(said):
        second, first = mismatch.groups()  # NumPy names the right operand first
        return _product(error, first, second)
    if mismatch := ALIGNED.search(said):
        return _product(error, *mismatch.groups())
    if NO_SHAPE.search(said):
        return f"{_arrays(error)}The product @ is one of arrays; with a single number it is *."
    if mismatch := SPREAD.search(said):
        first, second = (_spaced(shape) for shape in mismatch.groups())
        return f"{_arrays(error)}{first} and {second} do not fit. {SUM}"
    if mismatch := PUT_INTO.search(said):
        return _does_not_fit(error, *mismatch.groups())
    if mismatch := GROWN.search(said):
        place, array = mismatch.groups()
        return _does_not_fit(error, array, place)
    return said


def _failing_code(error: Exception) -> str:
    """Return the piece of code that stopped, such as ``w @ x``, or nothing if its source is not to be had."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    if frame.lineno is None or frame.lineno != frame.end_lineno:
        return ""
    line = linecache.getline(frame.filename, frame.lineno).encode()
    return line[frame.colno : frame.end_colno].decode()


def _product(error: Exception, first: str, second: str) -> str:
    rule = "In a product the inner two numbers must agree"
    return f"{_arrays(error)}{rule}; here they are {first} and {second}.{_turned(error)}"


def _does_not_fit(error: Exception, array: str, place: str) -> str:
    shapes = f"An array of shape {_spaced(array)} does not fit into one of shape {_spaced(place)}."
    return f"{_arrays(error)}{shapes}"


def _turned(error: Exception) -> str:
    """Say so if the two factors would fit the other way round."""
    known, factors = _variables(error.__traceback__), TWO_FACTORS.fullmatch(_failing_code(error))
    if not factors:
        return ""
    left, right = (np.shape(known.get(name, 0)) for name in factors.groups())
    fits = left and right and right[-1] == left[0 if len(left) == 1 else -2]
    return f" The other way round, {factors[2]} @ {factors[1]}, they do." if fits else ""


def _arrays(error: Exception) -> str:
    """What the failing code is and names: "in w @ x, w is (3,) and x is (20, 3). "."""
    known, code = _variables(error.__traceback__), _failing_code(error)
    names = dict.fromkeys(NAME.findall(code))
    kinds = {name: _kind(known[name]) for name in names if _is_array(known.get(name))}
    words = " and ".join(f"{name} is {kind}" for name, kind in kinds.items())
    return f"in {code}, {words}. " if words else ""


def _kind(value: Any) -> str:
    return str(np.shape(value)) if np.ndim(value) else "a single number"


def _variables(trace: TracebackType | None) -> dict[str, Any]:
    """What every name means where the error arose."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return {**trace.tb_frame.f_globals, **trace.tb_frame.f_locals} if trace else {}


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.number | int | float)


def _spaced(shape: str) -> str:
    return shape.replace(",", ", ").replace(", )", ",)")
