"""A chapter's notebook becomes a deck: the text of each slide, and what the speaker may add to it."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nbformat.v4 import new_markdown_cell, new_notebook

from tools.slides import outputs
from tools.slides.blocks import (
    Block,
    blocks_of,
    ended,
    height,
    items,
    shortened,
    stacked,
    table_height,
    widest_formula,
)

ROOM = 570  # pixels of a slide's height below its title
WORDS = 75  # of paragraphs on a slide
LEAST_WORDS = 12
TITLE_LETTERS = 54  # a line
WHOLE = ("formula", "list", "table")  # the kinds of blocks of which nothing is left out
HERE = "\0"  # where question and answer stand among the parts of a slide
WIDEST = 845  # pixels of a picture that leaves room for a column beside it
COLUMN = 1130  # pixels that such a picture and the column share
LETTER = 16  # pixels, in that column
BOX = 20  # pixels round a question
FEW_WORDS = 20
LEAST_ROOM = 200  # for a paragraph and at least a part of what it introduces


@dataclass
class Slide:
    """What a slide shows, top to bottom, with about how high it is, and the speaker's notes."""

    title: str
    kind: str
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exercises: list[str] = field(default_factory=list)
    question: str = ""
    answer: str = ""
    picture: outputs.Picture | None = None
    is_beside: bool = False  # question and answer, beside the picture and not above it
    used: int = 0
    words: int = 0

    @property
    def room(self) -> int:
        """How many pixels of its height are free; a long title needs a second line."""
        return ROOM - self.used - (44 if len(self.title) > TITLE_LETTERS else 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the title stands there yet."""
        return not (self.parts or self.exercises)

    @property
    def is_whole(self) -> bool:
        """Whether it has its one idea, a picture or a question, and wants no more text."""
        return bool(self.picture or self.question)

    def add(self, text: str, pixels: int) -> None:
        """Put a part below the others."""
        self.parts.append(text)
        self.used += pixels

    def hold_back(self, first: int) -> None:
        """Let all parts from the first of these on come at the next key."""
        self.parts[first:] = [_division("fragment", part) for part in self.parts[first:]]

    def text(self) -> str:
        """Return the slide in markdown."""
        body = "\n\n".join(self.parts).replace(HERE, self._question_and_answer())
        if self.is_beside:
            body = _division("beside", body)
        if self.exercises:
            tasks = "".join(f"<li>{task}</li>" for task in self.exercises)
            body += f'\n\n<ol class="exercises">{tasks}</ol>'
        # a comma does not begin a line
        body = re.sub(r"(?<!\$)(\$[^$\n]+\$)([.,;:?!)]+)", r'<span class="whole">\1\2</span>', body)
        return f"{self.title}\n\n{body}"

    def _question_and_answer(self) -> str:
        """Return both; with a picture the answer takes the question's place at the next key."""
        both = bool(self.question and self.answer and self.picture)
        index = ' data-fragment-index="0"'
        asked = _division(f"asked{' fragment fade-out' if both else ''}", self.question, index)
        answer = _division("answer fragment", self.answer, index)
        return _division("stack", asked + answer) if both else asked + answer


def _division(name: str, text: str, more: str = "") -> str:
    return f'<div class="{name}"{more}>\n\n{text}\n\n</div>\n\n' if text else ""


class Deck:
    """Slides in the making, filled cell by cell."""

    def __init__(self) -> None:
        self.title = ""
        self.slides: list[Slide] = []

    @property
    def slide(self) -> Slide:
        """The slide that is being filled."""
        return self.slides[-1]

    def start(self, kind: str = "subslide") -> None:
        """Begin a slide under the same title, unless the last one is still empty."""
        if not (self.slides and self.slide.is_empty):
            self.slides.append(Slide(self.title, kind))

    def start_unless_it_fits(self, pixels: int) -> None:
        """Begin a slide if what comes next is too high for this one."""
        if self.slide.room < pixels and not self.slide.is_empty:
            self.start()

    def add_text(self, source: str, *, asks: bool) -> None:
        """Put the blocks of a text cell where they belong; what is left out becomes notes."""
        blocks = blocks_of(source)
        for block, after in pairwise([*blocks, Block("end", "")]):
            if block.kind == "picture":
                self.add_picture(outputs.picture_in(block.text))
            elif self._is_left_out(block, asks):
                self.slide.notes.append(block.text)
            elif block.kind == "paragraph":
                self.add_paragraph(block.text, leads=after.kind in WHOLE)
            else:
                if block.kind in WHOLE and self.slide.question:
                    self.start()
                getattr(self, f"add_{block.kind}")(block.text)

    def _is_left_out(self, block: Block, asks: bool) -> bool:
        """Return whether a block is for readers: an unanswered question, minutes, the rest of an exercise."""
        if block.kind != "heading" and (self.title == "## Exercises") != (block.kind == "exercise"):
            return self.title == "## Exercises" or block.kind == "exercise"
        if block.kind == "table":
            return "**Minutes**" in self.slide.notes
        return block.kind == "aside" or (block.kind == "question" and not asks)

    def add_heading(self, text: str) -> None:
        """Give the slide, and those that follow, its title."""
        self.title = self.slide.title = text

    def add_paragraph(self, text: str, *, leads: bool = False) -> None:
        """Show the first sentences, if the slide has room for them; below a title with a picture, the first."""
        if leads and (self.slide.is_whole or self.slide.room < LEAST_ROOM):
            self.start()
        left = WORDS - self.slide.words
        short = shortened(text, self.slide.room if left > LEAST_WORDS else 0, min(left, 45))
        if self.slide.is_whole:
            short = ""
            bold = re.match(r"\*\*.+?\*\*", text)
            if bold and self.slide.picture and self.slide.title.startswith("# "):
                self.slide.parts.insert(0, _division("subtitle", bold[0]))
        elif short:
            short = short if leads else ended(short)
            self.slide.add(short, height(short))
            self.slide.words += len(short.split())
        if short != " ".join(text.split()):
            self.slide.notes.append(text)

    def add_explanation(self, text: str) -> None:
        """Let it come at the next key, if it answers what the slide asks or shows."""
        short = "" if self.slide.answer else self._answer(text)
        if not short:
            self.start()
            self.add_paragraph(text)
            return
        slide = self.slide
        if HERE not in slide.parts:
            slide.parts.insert(0, HERE)
        slide.answer = ended(short)
        slide.used = ROOM if slide.picture else slide.used + height(short)
        slide.notes.append(text)

    def _answer(self, text: str) -> str:
        """Return what of an explanation the slide has room for; a picture may have to move aside for it."""
        slide, picture = self.slide, self.slide.picture
        if not picture:
            return shortened(text, slide.room - BOX) if slide.question else ""
        narrow = shortened(text, ROOM - BOX, letters_a_line=column(picture))
        if slide.is_beside:
            return narrow if fits_beside(narrow, picture) else ""
        above = height(slide.question) if slide.question else -BOX
        short = shortened(text, slide.room + above)
        alone = set(slide.parts) <= {HERE, picture.text} and fits_beside(slide.question, picture)
        if len(short.split()) < FEW_WORDS < len(narrow.split()) and alone:
            slide.is_beside = fits_beside(narrow, picture)
        return narrow if slide.is_beside else short

    def add_question(self, text: str) -> None:
        """Ask on a slide of its own, or at the top of one that is still empty."""
        if not self.slide.is_empty:
            self.start()
        self.slide.question = re.sub(r"^> ?", "", text, flags=re.MULTILINE)
        self.slide.add(HERE, height(self.slide.question) + BOX)

    def add_formula(self, text: str) -> None:
        """Show it whole."""
        text = stacked(text)
        self.start_unless_it_fits(height(text))
        self.slide.add(text, height(text))

    def add_list(self, text: str) -> None:
        """Show it whole, shared evenly by as many slides as it needs."""
        entries = items(text)
        total = sum(map(height, entries))
        self.start_unless_it_fits(min(total, ROOM))
        each = -(-len(entries) // -(-total // self.slide.room))
        for place, entry in enumerate(entries):
            if place and place % each == 0:
                self.start()
            self.slide.add(entry, height(entry))

    def add_table(self, text: str) -> None:
        """Show it whole, its head on each of the slides that it needs."""
        head, line, *rows = text.splitlines()
        total = table_height(text)
        self.start_unless_it_fits(min(total, ROOM))
        each = -(-len(rows) // -(-total // self.slide.room))
        for first in range(0, len(rows), each):
            if first:
                self.start()
            part = "\n".join([head, line, *rows[first : first + each]])
            self.slide.add(part, table_height(part))

    def add_picture(self, picture: outputs.Picture) -> None:
        """Show it in the room there is, or beside the question if there is too little below it."""
        slide = self.slide
        if (
            slide.room < picture.height
            and slide.parts == [HERE]
            and fits_beside(slide.question, picture)
        ):
            slide.is_beside = True
        else:
            self.start_unless_it_fits(picture.height)
        self.slide.add(picture.text, picture.height)
        self.slide.picture = picture

    def add_exercise(self, text: str) -> None:
        """List its name; the task is in the notes."""
        found = re.match(r"\*\*Exercise \d+ – (.+?)\.?\*\*", text)
        self.slide.exercises.append(found[1] if found else text)
        self.slide.notes.append(text)

    def add_code(self, cell: Any) -> None:
        """Show what a code cell shows: a picture, a card, or code and what it printed."""
        picture = outputs.picture_of(cell)
        if picture:
            self.add_picture(picture)
            self.slide.notes.append(f"In the notebook: `{cell.source.splitlines()[-1]}`")
        elif outputs.is_card(cell):
            text, said = outputs.card_of(cell)
            self.slide.add(text, ROOM)
            self.slide.notes.append(said)
        else:
            self._add_lines(cell)

    def _add_lines(self, cell: Any) -> None:
        printed = outputs.printed_by(cell)
        code, pixels = outputs.code_block(outputs.essence(cell.source), "code")
        said, more = outputs.code_block(printed, "printed") if printed else ("", 0)
        self.start_unless_it_fits(pixels + more)
        self.slide.add(code, pixels)
        if printed:
            later = " fragment" if self.slide.question else ""
            self.slide.add(said.replace('class="printed"', f'class="printed{later}"'), more)


def column(picture: outputs.Picture) -> int:
    """Return how many letters a line has beside a picture."""
    return int((COLUMN - picture.width) / LETTER)


def fits_beside(text: str, picture: outputs.Picture) -> bool:
    """Return whether a text can stand in the column beside a picture."""
    wide = column(picture)
    return (
        picture.width <= WIDEST
        and picture.height <= ROOM
        and height(text, wide) <= ROOM - BOX
        and widest_formula(text) <= wide
    )


def slide_type(cell: Any) -> str:
    """Return how a cell is tagged; "-", without a tag, goes on with the slide before it."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def deck_of(notebook: Any) -> Deck:
    """Return the slides of a chapter."""
    deck = Deck()
    for cell, after in pairwise([*notebook.cells, new_markdown_cell()]):
        kind = slide_type(cell)
        if kind == "skip":
            continue
        if kind == "notes":
            deck.slide.notes.append(cell.source)
            continue
        if kind in ("slide", "subslide") or not deck.slides:
            deck.start("slide" if not deck.slides else kind)
        before = deck.slide, len(deck.slide.parts)
        if cell.cell_type == "markdown":
            deck.add_text(cell.source, asks=answers(after))
        else:
            deck.add_code(cell)
        if kind == "fragment" and deck.slide is before[0]:
            deck.slide.hold_back(before[1])
    return deck


def answers(cell: Any) -> bool:
    """Return whether a cell answers the question before it, so that a card does not ask it again."""
    return cell.cell_type == "code" and slide_type(cell) != "skip" and not outputs.is_card(cell)


def as_notebook(deck: Deck) -> Any:
    """Return the slides as a notebook for nbconvert: for each, a cell of text and one of notes."""
    notebook = new_notebook()
    for slide in deck.slides:
        tag = {"slideshow": {"slide_type": slide.kind}}
        notebook.cells.append(new_markdown_cell(slide.text(), metadata=tag))
        if slide.notes:
            notes = {"slideshow": {"slide_type": "notes"}}
            notebook.cells.append(new_markdown_cell("\n\n".join(slide.notes), metadata=notes))
    return notebook
