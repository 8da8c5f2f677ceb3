"""How long a picture takes to follow a key, for every slider of every chapter. Runs alone: it is about time.

The notebook is open as a reader has it, but only its imports and panels are run. The times are printed as a table.
"""

import pytest
from lab import ARROWS, NOTEBOOKS, Live, Source, at_end, name, opened

pytestmark = [pytest.mark.browser, pytest.mark.timed]

PRESSES = 2  # each way
WITH_PANELS = [path for path in NOTEBOOKS if Source(path).all_panels]


@pytest.mark.parametrize("path", WITH_PANELS, ids=lambda path: path.stem)
def test_every_slider_is_timed(path, chromium, server, timings):
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


def delays_of(live: Live, panel, handle) -> list[float]:
    """Return the milliseconds from each press of an arrow key to the repainted picture."""
    delays = []
    handle.focus()
    for key in ARROWS[::-1] if at_end(handle, ARROWS[0]) else ARROWS:
        for _ in range(PRESSES):
            if at_end(handle, key):
                break
            panel.must_follow(f"{name(handle)}, {key}", live.page.keyboard.press, key)
            delays.append(live.seen("delay"))
    return delays
