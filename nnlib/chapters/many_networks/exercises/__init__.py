"""The exercises of chapter 10, in the order of the chapter, and what exercises 8 and 9 are about."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.many_networks.exercises import (
    break_it,
    distillation_slope,
    gate_slope,
    luck,
    majority,
    mixture,
    student,
    temperature,
    voters,
)

chapter = Chapter(
    majority,
    voters,
    temperature,
    distillation_slope,
    mixture,
    gate_slope,
    luck,
    break_it,
    student,
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
SUSPECTS, hundred_digits, teacher = break_it.SUSPECTS, student.hundred_digits, student.teacher
