"""What a code cell has to show on a slide: a saved picture, a question with answers, or code and what it printed."""

import ast
import base64
import html
import re
import struct
from typing import Any, NamedTuple

CODE_WIDTH = 1160  # pixels
LARGEST, SMALLEST = 28, 19  # type of code
RIGHT = "The answer is: "


class Picture(NamedTuple):
    """A saved picture: its words, its data as an address, and its size in pixels of the notebook's page."""

    alt: str
    source: str
    width: int
    height: int

    @property
    def text(self) -> str:
        """The picture in HTML."""
        alt = html.escape(self.alt)
        size = f'width="{self.width}" height="{self.height}"'
        return f'<figure class="picture"><img alt="{alt}" {size} src="{self.source}"></figure>'


def page_of(cell: Any) -> str:
    """Return the HTML that a cell's outputs hold."""
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)


def picture_of(cell: Any) -> Picture | None:
    """Return the picture that a cell shows, if it shows one."""
    page = page_of(cell)
    found = re.search(
        r'<img alt="([^"]*)" width="(\d+)"[^>]* src="(data:image/png;base64,([^"]*))"', page
    )
    if not found:
        return None
    across, down = _size(found[4])
    width = int(found[2])
    return Picture(html.unescape(found[1]), found[3], width, round(width * down / across))


def picture_in(text: str) -> Picture:
    """Return the picture that a text shows, at half of its pixels, as pictures are drawn with twice as many."""
    alt, source = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)[0]
    across, down = _size(source.partition(",")[2])
    return Picture(alt, source, across // 2, down // 2)


def _size(encoded: str) -> tuple[int, int]:
    across, down = struct.unpack(">II", base64.b64decode(encoded)[16:24])
    return across, down


def is_card(cell: Any) -> bool:
    """Return whether a cell shows a question with answers to choose from."""
    return re.fullmatch(r"questions\.\w+\(\)", cell.source) is not None


def card_of(cell: Any) -> tuple[str, str]:
    """Return a card as HTML, its right answer marked at the next key, and what the speaker may say about it."""
    question, *answers = cell.outputs[0]["data"]["text/plain"].split("\n- ")
    said = re.search(rf"{RIGHT}(.*?)</p></details>", page_of(cell), re.DOTALL)
    reply = html.unescape(said[1]) if said else ""
    right = max((one for one in answers if reply.startswith(f"{one}. ")), key=len, default="")
    marks = {answer: ' class="right fragment custom" data-fragment-index="0"' for answer in [right]}
    choices = "".join(f"<li{marks.get(one, '')}>{html.escape(one)}</li>" for one in answers)
    because = html.escape(reply.removeprefix(f"{right}. "))
    asked = f'<p class="asked"><strong>Predict.</strong> {html.escape(question)}</p>'
    reason = f'<p class="answer fragment" data-fragment-index="0">{because}</p>'
    return f'{asked}<ol type="A" class="choices">{choices}</ol>{reason}', f"{RIGHT}{reply}"


def printed_by(cell: Any) -> str:
    """Return what a cell printed, or the value that it ends with."""
    texts = []
    for output in cell.outputs:
        is_plain = "data" in output and "text/html" not in output["data"]
        texts.append(output["data"]["text/plain"] if is_plain else output.get("text", ""))
    return "".join(texts).rstrip()


def essence(source: str) -> str:
    """Return code without imports and claims, which are no matter for a slide, and the gaps that they leave."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1 : last] = ["\0"] * (last - node.lineno + 1)
    kept = "\n".join(line for line in lines if line != "\0")
    return re.sub(r"\n{2,}", lambda gap: gap[0][:3], kept).strip("\n")


def code_block(text: str, kind: str) -> tuple[str, int]:
    """Return code or what it printed, as HTML in type as large as its longest line allows, and its height."""
    lines = text.splitlines()
    size = CODE_WIDTH / (0.602 * max(len(line) for line in lines))
    pixels = int(max(SMALLEST, min(LARGEST, size)))
    fence = f"```python\n{text}\n```" if kind == "code" else f"```text\n{text}\n```"
    block = f'<div class="{kind}" style="font-size: {pixels}px">\n\n{fence}\n\n</div>'
    return block, int(len(lines) * pixels * 1.35) + 40
