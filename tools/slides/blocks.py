"""The text of a notebook's cells, cut into blocks, and how much of each a slide shows.

Headings, questions, formulas, lists, tables and pictures are shown whole; of a paragraph, its first sentences.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

LINE, GAP = 40, 14  # pixels
LETTERS_A_LINE = 68
WIDE = 66  # letters of a formula that hardly fits into a line
KINDS = {
    "heading": r"#+ ",
    "question": r"> ",
    "list": r"(?:[-*]|\d+\.) ",
    "table": r"\|",
    "picture": r"!\[",
    "exercise": r"\*\*Exercise \d+",
    "explanation": r"\*\*Explain\.\*\*",
    "aside": r"\*\*(?:You need|Minutes)\*\*|```",
}
# What a sentence may hold that looks like the end of one.
CLOSED = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\([^()]*\)|\b(?:e\.g|i\.e|vs|[A-Z])\.", re.DOTALL
)
# Hidden parts are single letters of Unicode's private area; a whole sentence in brackets has one above 0xF000.
HIDDEN, HIDDEN_SENTENCE = 0xE000, 0xF000
END = re.compile(r"(?:[.?!:]['\"”*_)]*|[\uf000-\uf7ff])\s+(?=['\"“*_(\[]*[A-ZÀ-Þ0-9\ue000-\uf7ff])")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Block:
    """A paragraph, a list, a formula … and its kind."""

    kind: str
    text: str


def blocks_of(source: str) -> list[Block]:
    """Return the blocks of a cell's text; links are left as their words, as a slide is not to be clicked on."""
    texts = re.split(r"\n\s*\n", LINK.sub(r"\1", source.strip()))
    return [Block(_kind(text), text) for text in texts if text]


def _kind(text: str) -> str:
    if "$$" in text:
        return "formula"
    found = (kind for kind, start in KINDS.items() if re.match(start, text))
    return next(found, "paragraph")


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph; neither formulas nor code nor brackets are cut."""
    kept: dict[str, str] = {}

    def hide(found: re.Match[str]) -> str:
        is_sentence = found[0].endswith((".)", "?)", "!)"))
        letter = chr((HIDDEN_SENTENCE if is_sentence else HIDDEN) + len(kept))
        kept[letter] = found[0]
        return letter

    hidden = CLOSED.sub(hide, " ".join(text.split()))
    places = [0, *(found.end() for found in END.finditer(hidden)), len(hidden)]
    parts = [hidden[start:end].strip() for start, end in pairwise(places)]
    found = ["".join(kept.get(letter, letter) for letter in part) for part in parts if part]
    if len(found) > 1 and re.fullmatch(KINDS["explanation"], found[0]):  # its label is none
        found[:2] = [" ".join(found[:2])]
    return found


def shortened(text: str, room: int, words: int = 45, letters_a_line: int = LETTERS_A_LINE) -> str:
    """Return the first sentences of a paragraph: as many as ``words`` and a room in pixels allow, or none.

    What stands in brackets is left out if it is a sentence of its own.
    """
    taken: list[str] = []
    for sentence in sentences(text):
        if sentence.startswith("(") and sentence.endswith(")"):
            continue
        longer = " ".join([*taken, sentence])
        if height(longer, letters_a_line) > room or (taken and len(longer.split()) > words):
            break
        taken.append(sentence)
    short = " ".join(taken)
    # bold that was opened in what is shown and is closed in what is not
    return short if short.count("**") % 2 == 0 else f"{short}**"


def ended(text: str) -> str:
    """Return a text that no longer introduces what does not follow."""
    return re.sub(r":$", ".", text)


def letters(text: str) -> int:
    """Return about how many letters wide a text is, formulas included."""
    plain = re.sub(
        r"\\(?:mathsf|mathrm|operatorname|text|left|right|bigl?|bigr?)\b|[{}$*`^_&]", "", text
    )
    return len(re.sub(r"\\[a-zA-Z]+|\\[,;!:]", "x", plain))


def height(text: str, letters_a_line: int = LETTERS_A_LINE) -> int:
    """Return about how high a paragraph, formula or list item is on a slide, in pixels."""
    if "$$" in text:
        rows = text.count(r"\\") + 1
        tall = 1.9 if re.search(r"frac|sum|prod|matrix", text) else 1.2
        around = letters(re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL))
        return int(LINE * (rows * tall + -(-around // LETTERS_A_LINE))) + 2 * GAP
    return LINE * max(1, -(-letters(text) // letters_a_line)) + GAP


def widest_formula(text: str) -> int:
    """Return how many letters wide the widest formula of a line is; it cannot be broken."""
    return max(map(letters, re.findall(r"\$[^$]+\$", text)), default=0)


def stacked(formula: str) -> str:
    """Return a formula, its parts one below the other if they are too many for a line."""
    parts = re.split(r"\\qquad\s*", formula.strip("$ \n"))
    alone = formula.startswith("$$") and formula.endswith("$$") and formula.count("$$") == 2
    if not alone or "aligned" in formula or letters(formula) <= WIDE:
        return formula
    rows = " \\\\[6pt] ".join(part.strip() for part in parts)
    return f"$$\\begin{{gathered}} {rows} \\end{{gathered}}$$"


def items(text: str) -> list[str]:
    """Return the items of a list, each with its mark."""
    return re.split(r"\n(?=(?:[-*]|\d+\.) )", text)


def table_height(text: str) -> int:
    """Return about how high a table is: a row of it may need more than one line."""
    rows = text.splitlines()
    widest = [
        max(letters(cell) for cell in cells) for cells in zip(*map(_cells, rows), strict=False)
    ]
    share = 92 / max(sum(widest), 92)
    lines = [
        max(
            -(-letters(cell) // max(int(width * share), 1))
            for cell, width in zip(_cells(row), widest, strict=False)
        )
        for row in rows
    ]
    return sum(34 * line + 14 for line in lines) + GAP


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("| ").split("|")]
