"""The exercises of chapter 02, in the order of the chapter."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.nand_and_xor.exercises import (
    best_line,
    break_it,
    build,
    collapse,
    equal,
    implies,
    majority,
    xnor,
)

chapter = Chapter(majority, implies, collapse, best_line, xnor, build, break_it, equal)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
BROKEN_ADDER = break_it.BROKEN_ADDER
