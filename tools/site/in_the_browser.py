"""Begun by the browser's kernel before the first cell: what differs there from a computer's kernel."""

from typing import Any


def say_where_data_is() -> None:
    """Data that is fetched when it is first asked for lies in the site's folder data."""
    import os

    import pyodide_js

    lock = pyodide_js._api.config.lockFileURL
    os.environ["NNLIB_DATA_URL"] = lock.rpartition("static/pyodide/")[0] + "data/"


def silence_the_font_list() -> None:
    """Pyodide's matplotlib carries a list of fonts of another release; that it makes a new one, it says in red."""
    import logging

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def work_without_threads() -> None:
    """A browser starts no threads: what a chapter hands to a pool of them is done at once, in the same order."""
    import concurrent.futures

    class HereExecutor(concurrent.futures.Executor):
        def __init__(self, max_workers: int | None = None) -> None:
            self.max_workers = max_workers

        def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Any:
            future: Any = concurrent.futures.Future()
            try:
                future.set_result(function(*arguments, **named))
            except BaseException as error:
                future.set_exception(error)
            return future

    vars(concurrent.futures)["ThreadPoolExecutor"] = HereExecutor


def tell_what_is_slow() -> None:
    """Above a cell of over five seconds, show a bar that fills in the time that it took when it was measured."""
    import json
    import os
    from pathlib import Path

    from IPython.core.getipython import get_ipython
    from IPython.display import display, update_display

    table = Path(os.environ["PYTHONSTARTUP"]).with_name("slow_cells.json")
    seconds = json.loads(table.read_text(encoding="utf-8"))
    shown = []

    def before(info: Any) -> None:
        if expected := seconds.get(sum_of(info.raw_cell.strip())):
            handle = display(bar(expected), raw=True, display_id=True)
            shown.append(handle.display_id)

    def after(_: Any) -> None:
        while shown:
            update_display({"text/plain": ""}, raw=True, display_id=shown.pop())

    events: Any = getattr(get_ipython(), "events")  # noqa: B009 - there is a shell, whatever its type says
    events.register("pre_run_cell", before)
    events.register("post_run_cell", after)


def sum_of(source: str) -> str:
    """Return what slow_cells.json names a cell by: FNV-1a, 32 bits, of its source."""
    value = 0x811C9DC5
    for letter in source:
        value = (value ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def bar(seconds: int) -> dict[str, str]:
    """Return a line of words and a bar that fills by itself, as nothing can be drawn while the cell works.

    It grows once a second: drawn anew for each frame of the screen, it would take a third of a processor from the cell.
    """
    words = f"In a browser this cell takes about {seconds} seconds."
    style = "height: 6px; background: #0072b2; border-radius: 3px; transform-origin: left; "
    style += f"animation: fill {seconds}s steps({seconds}) both"
    frames = "@keyframes fill { from { transform: scaleX(0) } to { transform: scaleX(1) } }"
    html = f'<p>{words}</p><style>{frames}</style><div style="{style}"></div>'
    return {"text/plain": words, "text/html": html}


def begin() -> None:
    """Do all of it."""
    say_where_data_is()
    silence_the_font_list()
    work_without_threads()
    tell_what_is_slow()
