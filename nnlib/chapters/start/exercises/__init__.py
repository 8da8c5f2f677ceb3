"""The two small exercises of chapter 00, which show how exercises work."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.start.exercises import parameters, pixels

chapter = Chapter(pixels, parameters)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
