"""Measure how long each cell takes in the browser, and write the table of those of over five seconds.

python3 tests/browser/time_cells.py SITE [CHAPTER …]

SITE was built with course.py site --offline. Nothing else should run.
"""

import json
import sys
from pathlib import Path

import lab
from conftest import CHROMIUM, FLAGS
from playwright.sync_api import sync_playwright
from site_lab import HERE_ALONE, ROOT, Served, run_all, started

from tools.site.in_the_browser import sum_of

TABLE = ROOT / "tools" / "site" / "slow_cells.json"
SLOW = 5  # seconds


def seconds_of_cells(context, served: Served, name: str) -> list[tuple[str, float]]:
    """Return the source of each cell with the seconds that it took."""
    live = started(context, served, name)
    run_all(live)
    times, end = live.page.evaluate("[window.times, window.ended]")
    stops = [begun for begun, _ in times[1:]] + [end]
    live.page.close()
    return [(code, (stop - begun) / 1000) for (begun, code), stop in zip(times, stops, strict=True)]


def main() -> None:
    """Visit every chapter, print what each took, and write the table."""
    served = Served(Path(sys.argv[1]))
    table = json.loads(TABLE.read_text(encoding="utf-8")) if sys.argv[2:] else {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, HERE_ALONE])
        for path in [path for path in lab.NOTEBOOKS if path.stem in (sys.argv[2:] or [path.stem])]:
            context = browser.new_context(viewport=lab.SIZE)
            took = seconds_of_cells(context, served, path.name)
            slow = {sum_of(code.strip()): round(time) for code, time in took if time > SLOW}
            print(path.stem, f"{sum(time for _, time in took):.0f} s", sorted(slow.values()))
            table |= slow
            context.close()
        browser.close()
    served.close()
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
