"""The exercises of chapter 04, in the order of the chapter."""

from nnlib.chapters.gradient_descent.exercises import (
    break_it,
    largest_rate,
    one_hot,
    slope,
    softmax_gradient,
    tune,
    updates,
    walk,
)
from nnlib.chapters.kit.exercise import Chapter

SUSPECTS = break_it.SUSPECTS
chapter = Chapter(slope, walk, largest_rate, one_hot, softmax_gradient, updates, break_it, tune)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
