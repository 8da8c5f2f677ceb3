"""A site that is served, and a chapter of it in a browser, as the tests and the table of slow cells see them."""

import functools
import threading
import time
from pathlib import Path

import lab

from tools.site.serve import Handler, server_of

ROOT = Path(__file__).resolve().parents[2]
HERE_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SECONDS = 900  # for the slowest chapter, beside another one


class Served:
    """A site that is served, and what was asked of the server."""

    def __init__(self, site: Path) -> None:
        self.site, self.asked, self.gone = site, [], False
        outer = self

        class Counting(Handler):
            def do_GET(self):  # noqa: N802 - as the server calls it
                if outer.gone:
                    self.close_connection = True
                    return
                super().do_GET()

            def log_request(self, code="-", size="-"):
                path = Path(self.translate_path(self.path))
                length = path.stat().st_size if int(code) == 200 and path.is_file() else 0
                outer.asked.append((int(code), self.path, length))

        self.server = server_of(site, 0)
        self.server.RequestHandlerClass = functools.partial(Counting, directory=str(site))
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def megabytes(self) -> float:
        return sum(length for _, _, length in self.asked) / 1e6


def address(served: Served, notebook: str) -> str:
    return f"{served.url}lab/index.html?path={notebook}"


def opened(context, served: Served, name: str) -> lab.Live:
    """Return a notebook that is open, its kernel still on its way, with the seconds that it took."""
    live = lab.Live(context.new_page(), ROOT / "notebooks" / name)
    began = time.monotonic()
    live.page.add_init_script(f"({lab.WATCH})()")
    live.page.goto(address(served, name))
    live.page.wait_for_function(lab.READY, timeout=120_000)
    live.shown = time.monotonic() - began
    return live


def started(context, served: Served, name: str) -> lab.Live:
    """Return a notebook that is open, its kernel ready, with the seconds that both took."""
    live = opened(context, served, name)
    began = time.monotonic()
    live.page.evaluate(ANSWERS)
    live.ready = live.shown + time.monotonic() - began
    return live


ANSWERS = f"""async () => {{ {lab.LAB}
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.requestExecute({{ code: "1", silent: true }}).done;
}}"""
# When each cell began, so that the slow ones are known.
TIMES = f"""() => {{ {lab.LAB}
  window.times = [];
  panel.sessionContext.iopubMessage.connect((_, message) => {{
    if (message.header.msg_type === "execute_input") window.times.push([performance.now(), message.content.code]);
    if (message.header.msg_type === "status") window.ended = performance.now();
  }});
}}"""
PUT = f"""([place, source]) => {{ {lab.LAB} notebook.model.cells.get(place).sharedModel.setSource(source); }}"""
MEMORY = f"""async () => {{ {lab.LAB}
  let text = "";
  const code = "import pyodide_js; print(pyodide_js._module.HEAP8.length // 2**20)";
  const future = panel.sessionContext.session.kernel.requestExecute({{ code, store_history: false }});
  future.onIOPub = (message) => {{ text += message.content.text ?? ""; }};
  await future.done;
  return Number(text);
}}"""


def run_all(live: lab.Live) -> None:
    began = time.monotonic()
    live.page.evaluate(TIMES)
    live.page.evaluate(lab.RUN)
    live.page.wait_for_function(lab.IDLE, timeout=SECONDS * 1000)
    live.ran = time.monotonic() - began
    live.cells = live.page.evaluate(lab.CELLS)


def run_one(live: lab.Live, place: int, source: str) -> list[dict]:
    """Put a source into the cell at a place, run it in the page, and return its outputs."""
    live.page.evaluate(PUT, [place, source])
    live.page.evaluate(lab.RUN_SOME, [place])
    live.page.wait_for_function(lab.IDLE, timeout=SECONDS * 1000)
    outputs = live.page.evaluate(lab.CELLS)[place]["outputs"]
    return outputs
