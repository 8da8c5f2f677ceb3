"""Docstrings as they are written here – plain text, formulas set in, lists with dashes – in Sphinx's own markup."""

import re

CODE = re.compile(r"(``.+?``)", re.DOTALL)
MARKUP = re.compile(r"([\\*`|]|_(?!\w))")
ITEM = re.compile(r"(- |\d+\. )")


def as_restructured_text(text: str) -> str:
    """Return a docstring as reStructuredText that shows the same letters; what is set in becomes a block of code."""
    blocks, made = re.split(r"\n[ \t]*\n", text.expandtabs().strip("\n")), []
    in_list = was_code = False
    for block in blocks:
        if block.startswith(" ") and not in_list:
            made.append(block if was_code else f".. code-block:: text\n\n{block}")
            was_code = True
        else:
            made.append(re.sub("::$", ":", _escaped(_with_lists_apart(block))))
            in_list, was_code = bool(ITEM.match(block.split("\n")[-1].lstrip())), False
    return "\n\n".join(made)


def _escaped(block: str) -> str:
    parts = CODE.split(block)
    parts[::2] = [MARKUP.sub(r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def _with_lists_apart(block: str) -> str:
    """Put an empty line before a list that begins in the middle of a block."""
    lines = block.split("\n")
    for place in range(len(lines) - 1, 0, -1):
        begins = ITEM.match(lines[place])
        if begins and not (ITEM.match(lines[place - 1]) or lines[place - 1].startswith(" ")):
            lines.insert(place, "")
    return "\n".join(lines)
