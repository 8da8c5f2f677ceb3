"""The exercises of chapter 06, in the order of the chapter."""

from nnlib.chapters.convolutional_networks.exercises import (
    break_it,
    correlate,
    edge,
    field,
    lenet,
    output_size,
    parameters,
    pool_back,
)
from nnlib.chapters.kit.exercise import Chapter

EXAMPLE, SUSPECTS = break_it.EXAMPLE, break_it.SUSPECTS

chapter = Chapter(output_size, correlate, edge, parameters, field, pool_back, break_it, lenet)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
