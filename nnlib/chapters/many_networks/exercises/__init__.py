"""The exercises of chapter 10, in the order of the chapter, and what exercises 8 and 9 are about."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.many_networks.exercises import (
    break_it,
    consult,
    distillation_slope,
    elected,
    gate_slope,
    student,
    temperature,
    voters,
    winner,
)

chapter = Chapter(
    elected,
    voters,
    temperature,
    distillation_slope,
    consult,
    gate_slope,
    winner,
    break_it,
    student,
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
SUSPECTS, hundred_digits, teacher = break_it.SUSPECTS, student.hundred_digits, student.teacher
