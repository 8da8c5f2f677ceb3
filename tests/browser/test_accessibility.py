"""The exported pages and axe-core: can everybody read them?"""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted([*FOLDER.glob("*.ipynb"), *FOLDER.glob("solutions/*.ipynb")])
# How nbconvert colours code, prompts and links; no notebook can mend it.
OF_THE_TEMPLATE = {"color-contrast", "link-in-text-block"}


@pytest.fixture
def exported(chromium, tmp_path):
    """Return a function that exports a notebook and opens it with the network off."""
    from nbconvert import HTMLExporter

    page = chromium.new_page()
    page.route("http*://**", lambda route: route.abort())

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

    found = Axe().run(exported(notebook)).response["violations"]
    shown = {rule["id"]: [node["html"][:200] for node in rule["nodes"]][:3] for rule in found}
    assert {rule: nodes for rule, nodes in shown.items() if rule not in OF_THE_TEMPLATE} == {}


def test_axe_sees_a_picture_without_words(exported):
    from axe_playwright_python.sync_playwright import Axe

    page = exported(NOTEBOOKS[0])
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/png;base64,\">')"
    )
    assert "image-alt" in {rule["id"] for rule in Axe().run(page).response["violations"]}
