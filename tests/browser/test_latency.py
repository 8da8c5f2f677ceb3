"""How long a picture takes to follow a key, for every slider of every chapter, and how many follow a pointer that
drags. Runs alone: it is about time.

The notebook is open as a reader has it, but only its imports and panels are run. The times are printed as a table.
"""

import math
import time

import pytest
from lab import ARROWS, NOTEBOOKS, Live, Source, at_end, name, opened

from nnlib.chapters.kit.demo import declared_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.timed]

DRAGGED = 2.0  # seconds
TOUCHED = {(demo.chapter, demo.name) for demo in declared_everywhere()[0] if demo.touches}
WITH_PANELS = [path for path in NOTEBOOKS if Source(path).all_panels]


@pytest.mark.parametrize("path", WITH_PANELS, ids=lambda path: path.stem)
def test_every_slider_is_timed(path, chromium, server, timings, drags):
    with opened(chromium, server, path, Source(path).stage) as live:
        assert len(live.panels) == Source(path).all_panels
        before = len(timings)
        for panel in live.panels:
            trains = live.ask(panel.model)["trains"]
            for handle, waits in zip(panel.handles, trains, strict=True):
                delays = delays_of(live, panel, handle)
                assert delays, f"{panel.title}: {name(handle)} was not timed"
                timings.append((live.name, panel.title, name(handle), delays, waits))
        assert len(timings) - before == sum(len(panel.handles) for panel in live.panels)
        for panel in live.panels:  # after all keys, as it leaves the sliders anywhere
            if (Source(path).chapter, panel.title) in TOUCHED:
                count = pictures_while_dragging(live, panel)
                assert count > 2, f"{panel.title} does not follow"
                drags.append((live.name, panel.title, count / DRAGGED))


def pictures_while_dragging(live: Live, panel) -> int:
    """Move the pointer round in circles in the picture; return how many pictures were painted."""
    panel.box.locator(".nnlib-picture").scroll_into_view_if_needed()
    place = panel.box.locator(".nnlib-picture img").bounding_box()
    across = 0.75 if panel.title in {"costs", "saturated_neuron"} else 0.3  # axes that are touched
    x, y = place["x"] + across * place["width"], place["y"] + 0.5 * place["height"]
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    painted, start = live.seen("painted"), time.monotonic()
    while (gone := time.monotonic() - start) < DRAGGED:
        live.page.mouse.move(x + 60 * math.sin(6 * gone), y + 40 * math.cos(7 * gone))
        live.page.wait_for_timeout(4)
    live.page.mouse.up()
    count = live.seen("painted") - painted
    panel.must_be_true("dragged")
    return count


def delays_of(live: Live, panel, handle) -> list[float]:
    """Return the milliseconds from a press of either arrow key to the repainted picture."""
    delays = []
    handle.focus()
    for key in ARROWS[::-1] if at_end(handle, ARROWS[0]) else ARROWS:
        if not at_end(handle, key):
            panel.must_follow(f"{name(handle)}, {key}", live.page.keyboard.press, key)
            delays.append(live.seen("delay"))
    return delays
