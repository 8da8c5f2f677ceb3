"""Make the pictures of the README from the real thing: ``python tests/tools/take_pictures.py``.

The moving one drives JupyterLab in headless Chromium and moves sliders; the small ones of the chapters are taken from
the figures that the notebooks are saved with.
"""

import base64
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]  # before what lies there is imported

import lab  # noqa: E402
from conftest import CHROMIUM, FLAGS, serving  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
FONT = Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
BIG = {"width": 1100, "height": 900}
WIDTH, HEIGHT, CAPTION = 880, 552, 44
PAPER, INK = "#ffffff", "#1a1a1a"
BORDER = 6  # of the page, below a panel
THUMBNAIL, COLOURS = 440, 64


class Scene(NamedTuple):
    """A panel in the film: which slider moves, by how many keys from frame to frame, and how long a frame stays."""

    notebook: str
    panel: str
    caption: str
    moves: str
    frames: int
    keys: int = 1
    milliseconds: int = 85
    rest: int = 700  # of the last frame
    first: tuple[tuple[str, str], ...] = ()  # lists, and what is chosen in them before it begins


SCENES = (
    Scene("03_sigmoid", "towers", "03 · One hidden layer can draw any curve", "towers", 18),
    Scene(
        "05b_training_deeper",
        "playground",
        "05b · A network to play with while it learns",
        "epoch",
        26,
        keys=7,
        first=(("data", "spirals"), ("features", "x₁, x₂ and their sines")),
    ),
    Scene(
        "06_convolutional_networks",
        "feature_maps",
        "06 · What eight filters see in a digit",
        "test digit",
        7,
        milliseconds=330,
    ),
    Scene("08_optimizers", "race", "08 · Six optimizers race downhill", "step", 22, keys=2),
    Scene(
        "09_recurrent_networks",
        "sample",
        "09 · A network that has read a book, and writes",
        "temperature",
        7,
        milliseconds=350,
    ),
)


def film(scenes: tuple[Scene, ...], home: Path) -> Iterator[list[Image.Image]]:
    """Give the frames of each scene."""
    with serving(home) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scene in scenes:
            path = ROOT / "notebooks" / f"{scene.notebook}.ipynb"
            with lab.opened(chromium, server, path, cells_of(path, scene.panel)) as live:
                live.page.set_viewport_size(BIG)
                (panel,) = live.panels
                yield [finished(frame, scene.caption) for frame in frames(panel, scene)]
        chromium.close()


def cells_of(path: Path, panel: str) -> list[int]:
    """Return the places of the cells that a panel needs: the imports, and its own."""
    source = lab.Source(path)
    imports = [place for place, tree in source.trees.items() if list(lab.imported(tree))]
    own = [place for place in source.trees if f"panels.{panel}" in source.calls(place)]
    return sorted({*imports, *own[:1]})


def frames(panel: Any, scene: Scene) -> Iterator[Image.Image]:
    """Move the slider from its start and take a picture after each move."""
    for name, choice in scene.first:
        (found,) = [one for one in panel.lists if lab.name(one) == name]
        panel.must_follow(name, found.select_option, choice)
    (handle,) = [one for one in panel.handles if lab.name(one) == scene.moves]
    handle.press("Home")
    panel.must_be_true(scene.moves)
    yield picture_of(panel)
    for _ in range(scene.frames):
        for _ in range(scene.keys):
            panel.must_follow(scene.moves, handle.press, "ArrowRight")
        yield picture_of(panel)


def picture_of(panel: Any) -> Image.Image:
    """Return what the panel looks like on the page."""
    picture = Image.open(io.BytesIO(panel.box.screenshot())).convert("RGB")
    return picture.crop((0, 0, picture.width, picture.height - BORDER))


def finished(frame: Image.Image, caption: str) -> Image.Image:
    """Return a frame of the film: the panel on white paper, its caption above."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(paper)
    draw.text((16, 10), caption, fill=INK, font=ImageFont.truetype(FONT, 22))
    room = (WIDTH - 16, HEIGHT - CAPTION - 8)
    scale = min(room[0] / frame.width, room[1] / frame.height, 1)
    size = round(frame.width * scale), round(frame.height * scale)
    paper.paste(frame.resize(size, Image.Resampling.LANCZOS), ((WIDTH - size[0]) // 2, CAPTION))
    return paper


def save_film(scenes: tuple[Scene, ...], taken: list[list[Image.Image]], path: Path) -> None:
    """Write all scenes into one moving picture, resting at the end of each."""
    times = []
    for scene in scenes:
        times += [scene.milliseconds] * scene.frames + [scene.rest]
    first, *others = [frame for frames in taken for frame in frames]
    first.save(
        path, save_all=True, append_images=others, duration=times, loop=0, quality=72, method=6
    )
    print(
        f"{path.name}: {len(times)} frames, {sum(times) / 1000:.1f} s, {path.stat().st_size // 1000} kB"
    )


def take_thumbnails() -> None:
    """Write a small picture for each chapter: the first figure that its notebook was saved with."""
    folder = PICTURES / "chapters"
    folder.mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        picture = Image.open(io.BytesIO(first_figure(path))).convert("RGB")
        size = THUMBNAIL, round(picture.height * THUMBNAIL / picture.width)
        small = picture.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS)
        small.save(folder / f"{path.name.split('_')[0]}.png", optimize=True)


def first_figure(path: Path) -> bytes:
    """Return the first picture among the outputs of a notebook."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            if found := re.search(r"data:image/png;base64,([^\"]+)", html):
                return base64.b64decode(found[1])
    raise ValueError(f"{path} holds no picture")


def main(only: list[str]) -> None:
    """Take all pictures; with the word "chapters" only those of the chapters."""
    take_thumbnails()
    if only != ["chapters"]:
        with tempfile.TemporaryDirectory() as home:
            save_film(SCENES, list(film(SCENES, Path(home))), PICTURES / "course.webp")


if __name__ == "__main__":
    main(sys.argv[1:])
