"""Every slide of every deck, opened from its file at 1280 × 720 with the network off: whole, set, and legible."""

import re

import pytest
from lab import NOTEBOOKS, SIZE
from test_accessibility import ASK_FOR, VIOLATIONS

from tools.slides.export import write_deck

pytestmark = pytest.mark.browser

CHAPTERS = [path for path in NOTEBOOKS if not path.stem.startswith("A")]
LEAST_TYPE = 16  # pixels
AXE = VIOLATIONS | {"preload": False}  # it would fetch styles, which no file may
BEGUN = "() => window.Reveal?.isReady()"
VISIT = "([h, v]) => { Reveal.slide(h, v); while (Reveal.nextFragment()); }"
PLACES = "() => Reveal.getSlides().map(Reveal.getIndices).map(({ h, v }) => [h, v ?? 0])"
# What is wrong with the slide that is shown, all of its fragments with it.
WRONG = """async () => {
  const slide = Reveal.getCurrentSlide(), frame = document.querySelector(".reveal").getBoundingClientRect();
  const wrong = [], seen = (part) => part.getClientRects().length && !part.closest(".notes, mjx-assistive-mml");
  const parts = [...slide.querySelectorAll("*")].filter(seen), box = (part) => part.getBoundingClientRect();
  const named = (part) => `${part.tagName} ${part.textContent.slice(0, 30)}`;
  for (const part of parts) {
    const { left, right, top, bottom } = box(part);
    if (left < frame.left + 8 || right > frame.right - 8 || top < 0 || bottom > frame.bottom - 36)
      wrong.push(`${named(part)} reaches beyond the slide`);
    if (part.matches("pre, mjx-container[display], .asked, .answer") && part.scrollWidth > part.clientWidth + 1)
      wrong.push(`${named(part)} is wider than its place`);
  }
  const pictures = [...slide.querySelectorAll("img")];
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => wrong.push("a picture without pixels"))));
  for (const picture of pictures) {
    if (!(picture.naturalWidth > 10 && picture.alt.length > 30)) wrong.push("a picture without pixels or words");
    const part = (side) => picture[`client${side}`] / picture.getAttribute(side);
    const shown = Math.min(part("Width"), part("Height"));
    if (shown < 0.99) wrong.push(`a picture at ${shown.toFixed(2)} of its size: its type is too small`);
  }
  const words = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  for (const part of parts.filter((part) => words(part) && !part.closest("svg")))
    if (parseFloat(getComputedStyle(part).fontSize) < LEAST) wrong.push(`${named(part)} is too small`);
  const text = slide.cloneNode(true);
  text.querySelectorAll("mjx-container, code, pre").forEach((part) => part.remove());
  if (text.textContent.includes("$")) wrong.push("a formula that is not set");
  if (slide.querySelector("[data-mml-node=merror], mtext[mathcolor=red]")) wrong.push("a formula with an error");
  if (!slide.querySelector("h1, h2")) wrong.push("no title");
  return wrong;
}""".replace("LEAST", str(LEAST_TYPE))
ALL_AT_ONCE = """() => {
  Reveal.destroy();
  const style = document.createElement("style");
  style.textContent = `html, body, .reveal { height: auto !important; overflow: visible !important; }
    .reveal .slides, .reveal .slides section, .reveal .fragment { position: static !important;
    display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important; }
    .stack > .asked, .reveal .of { display: none !important; }`;
  document.head.append(style);
  document.querySelectorAll(".slides [hidden], .slides [aria-hidden]").forEach((part) => {
    if (!part.closest("mjx-container")) { part.hidden = false; part.removeAttribute("aria-hidden"); }
  });
}"""


@pytest.fixture
def show(chromium, stick):
    """Return a function that opens a chapter's deck; what it asks for outside, and what it complains of, is listed."""
    page = chromium.new_page(viewport=SIZE)
    page.outside, page.complaints = [], []
    page.route(
        re.compile("^(?!file:|data:)"),
        lambda route: (page.outside.append(route.request.url), route.abort()),
    )
    page.on(
        "console", lambda said: page.complaints.append(said.text) if said.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))

    def show(notebook):
        path, page.slides = write_deck(notebook, stick)
        page.goto(path.as_uri())
        page.wait_for_function(BEGUN, timeout=60_000)
        return page

    yield show
    page.close()


@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda path: path.stem)
def test_every_slide_is_whole_and_everybody_can_read_it(notebook, show):
    from axe_playwright_python.sync_playwright import Axe

    page = show(notebook)
    places = page.evaluate(PLACES)
    assert len(places) == page.slides
    wrong = {}
    for number, place in enumerate(places, start=1):
        page.evaluate(VISIT, place)
        found = page.evaluate(WRONG)
        wrong |= {number: found} if found else {}
    assert wrong == {}
    page.evaluate(ALL_AT_ONCE)
    found = Axe().run(page, options=AXE).response["violations"]
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    assert {rule["id"]: rule["nodes"][0]["html"][:200] for rule in grave} == {}
    assert page.outside == []
    assert page.complaints == []


def test_what_a_deck_would_ask_outside_is_seen(show):
    page = show(CHAPTERS[0])
    assert page.evaluate(ASK_FOR, "http://127.0.0.1:9") == ["failed", "failed"]
    assert sorted(page.outside) == ["http://127.0.0.1:9/fetched", "http://127.0.0.1:9/script"]


def test_the_next_key_leads_through_questions_answers_and_slides(show):
    page = show(CHAPTERS[1])
    last = page.evaluate("() => Reveal.getTotalSlides()")
    for _ in range(3 * last):
        page.keyboard.press("PageDown")
        if page.evaluate("() => Reveal.isLastSlide()"):
            break
    assert page.evaluate("() => Reveal.getSlidePastCount()") == last - 1
