"""The exercises of chapter 05, in the order of the chapter."""

from nnlib.chapters.backpropagation.exercises import (
    any_depth,
    break_it,
    chain,
    gradients,
    hidden_delta,
    output_delta,
    paths,
    smallest,
    sweep,
)
from nnlib.chapters.kit.exercise import Chapter

EXAMPLE, SUSPECTS = break_it.EXAMPLE, break_it.SUSPECTS

chapter = Chapter(
    *(chain, sweep, output_delta, hidden_delta, gradients, paths, any_depth, break_it, smallest)
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
