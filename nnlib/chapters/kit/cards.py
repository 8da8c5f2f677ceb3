"""A card: how a notebook shows a reply, a hint, a solution or a question. All of it is HTML that needs no program.

It is made for light and dark pages alike: its tint lets the page shine through, its text has the page's own colour,
and its sign is white on a disc. JupyterLab keeps all of that in a notebook that it does not trust, except for what is
said by ``var()``, ``role`` and ``aria-…``; ``<style>`` it takes out, and where it does not, it colours the whole page.
"""

import html
from dataclasses import dataclass

from nnlib.chapters.kit.figures import BLUE, GREEN, NEGATIVE, PURPLE, RED

GREY = "#808080"


@dataclass(frozen=True)
class Look:
    """What tells the kinds of cards apart: words, a sign, the colour of its disc, and that of the card."""

    words: str
    sign: str
    disc: str  # dark enough for a white sign
    tint: str


CORRECT = Look("Correct", "✓", "#00694D", GREEN)
NOT_YET = Look("Not yet", "✗", "#A34100", RED)
NOT_ATTEMPTED = Look("Not attempted", "○", "#5F6368", GREY)
HINT = Look("Hint", "?", BLUE, BLUE)
SOLUTION = Look("Solution", "=", NEGATIVE, PURPLE)
QUESTION = Look("Predict", "?", BLUE, BLUE)

WRAPS = "white-space: pre-wrap; word-wrap: break-word; overflow-wrap: anywhere"


def card(look: Look, body: str, aside: str = "", role: str = "status") -> str:
    """Return a card with its words as a title, ``aside`` at the right of it and ``body`` below, both of them HTML."""
    box = (
        "display: flex; box-sizing: border-box; max-width: 768px; margin: 6px 0; "
        f"padding: 14px 18px; border: 1px solid {_faint(look.tint, 0.6)}; border-radius: 10px; "
        f"background-color: {_faint(look.tint, 0.12)}; line-height: 1.5; "
        "font-size: 16px; font-size: max(16px, 1.1em); "  # the second where the page has large type
        "color: var(--jp-content-font-color1, inherit); "
        "font-family: var(--jp-content-font-family, inherit)"
    )
    title = f'<strong style="margin-right: 16px">{html.escape(look.words)}</strong>'
    row = "display: flex; flex-wrap: wrap; justify-content: space-between"
    words = f'<div style="{row}">{title}{aside}</div>{body}'
    return (
        f'<div role="{role}" aria-label="{html.escape(look.words)}" style="{box}">{_disc(look)}'
        f'<div style="flex: 1; min-width: 0">{words}</div></div>'
    )


def paragraph(words: str) -> str:
    """Return plain words as a part of a card."""
    return f'<p style="margin: 4px 0 0 0; {WRAPS}">{html.escape(words)}</p>'


def code(text: str) -> str:
    """Return code, or whatever else has its own lines, as a part of a card."""
    style = (
        "margin: 8px 0 0 0; padding: 0; background-color: transparent; color: inherit; "
        "font-family: var(--jp-code-font-family, monospace); font-size: 16px; line-height: 1.4"
    )
    return f'<pre style="{style}; {WRAPS}">{html.escape(text)}</pre>'


def progress(done: int, of: int) -> str:
    """Return how many are done, in words and as a row of bars."""
    bar = "display: inline-block; width: 14px; height: 6px; margin-left: 4px; border-radius: 3px"
    fills = [GREEN] * done + [_faint(GREY, 0.4)] * (of - done)
    bars = [f'<span style="{bar}; background-color: {fill}"></span>' for fill in fills]
    return f'<span>{done} of {of} done <span aria-hidden="true">{"".join(bars)}</span></span>'


def _disc(look: Look) -> str:
    style = (
        "display: inline-block; flex: none; width: 28px; height: 28px; margin-right: 14px; "
        f"border-radius: 50%; background-color: {look.disc}; color: #FFFFFF; "
        "text-align: center; font-size: 17px; font-weight: bold; line-height: 28px"
    )
    return f'<span style="{style}" aria-hidden="true">{look.sign}</span>'


def _faint(colour: str, share: float) -> str:
    """Return a colour through which the page shines."""
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red}, {green}, {blue}, {share})"
