"""The exported pages and axe-core: can everybody read them?"""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted([*FOLDER.glob("*.ipynb"), *FOLDER.glob("solutions/*.ipynb")])
# How nbconvert colours code, prompts and links; no notebook can mend it.
OF_THE_TEMPLATE = {"color-contrast", "link-in-text-block"}
# To describe all that passed takes axe longer than to check it.
VIOLATIONS = {"resultTypes": ["violations"]}


@pytest.fixture
def exported(chromium, tmp_path):
    """Return a function that exports a notebook and opens it with the network off."""
    from nbconvert import HTMLExporter

    page = chromium.new_page()
    page.route(re.compile("^https?://"), lambda route: route.abort())

    def export(notebook):
        html, _ = HTMLExporter().from_filename(str(notebook))
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        return page

    yield export
    page.close()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_exported_page_has_no_violations(notebook, exported):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(exported(notebook), options=VIOLATIONS).response["violations"]
    shown = {rule["id"]: [node["html"][:200] for node in rule["nodes"]][:3] for rule in found}
    assert {rule: nodes for rule, nodes in shown.items() if rule not in OF_THE_TEMPLATE} == {}


def test_axe_sees_a_picture_without_words(exported):
    from axe_playwright_python.sync_playwright import Axe

    page = exported(NOTEBOOKS[0])
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/png;base64,\">')"
    )
    assert "image-alt" in {
        rule["id"] for rule in Axe().run(page, options=VIOLATIONS).response["violations"]
    }


@pytest.fixture
def outside():
    """Return the address of a server that stands for the network, and the list of what it was asked for."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


ASK_FOR = """(address) => Promise.all([
  fetch(`${address}/fetched`, { mode: "no-cors" }).then(() => "came", () => "failed"),
  new Promise((tell) => {
    const script = document.createElement("script");
    script.onload = () => tell("came");
    script.onerror = () => tell("failed");
    script.src = `${address}/script`;
    document.head.append(script);
  }),
])"""


def test_an_exported_page_reaches_nothing_outside(exported, outside):
    address, asked = outside
    assert exported(NOTEBOOKS[0]).evaluate(ASK_FOR, address) == ["failed", "failed"]
    assert asked == []


def test_without_that_it_would_reach_outside(exported, outside):
    """The request that is planted above is one that a network would answer."""
    address, asked = outside
    page = exported(NOTEBOOKS[0])
    page.unroute_all()
    assert page.evaluate(ASK_FOR, address) == ["came", "came"]
    assert sorted(asked) == ["/fetched", "/script"]
