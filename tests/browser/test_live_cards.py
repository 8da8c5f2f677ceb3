"""Cards in JupyterLab: a question is answered by mouse and key, replies can be read, and nothing needs a program."""

import pytest
from lab import ROOT, SIZE, Source, opened

from nnlib.chapters.kit import cards
from nnlib.chapters.start import questions

pytestmark = pytest.mark.browser

PATH = ROOT / "notebooks" / "00_start_here.ipynb"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
QUESTION = questions.before_learning
WRONG = next(answer for answer in QUESTION.answers if answer != QUESTION.right)
REPLIES = ".jp-RenderedHTML [role=status]"
CHANGE_THEME = """(theme) => window.jupyterapp.commands.execute("apputils:change-theme", { theme })
  .then(() => {})"""
THEME_IS_ON = "(theme) => document.body.dataset.jpThemeName === theme"
KINDS = (
    *(cards.CORRECT, cards.NOT_YET, cards.NOT_ATTEMPTED),
    *(cards.HINT, cards.SOLUTION, cards.QUESTION),
)
# Each text of a card with its contrast: colours that let others shine through are laid over these.
CONTRASTS = """(box) => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, share = 1], below) => [r, g, b].map((c, i) => c * share + below[i] * (1 - share));
  const behind = (node) => {
    const below = node.parentElement ? behind(node.parentElement) : [255, 255, 255];
    return over(numbers(getComputedStyle(node).backgroundColor), below);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = [...box.querySelectorAll("*")].filter((node) =>
    [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
  return texts.map((node) => {
    const under = behind(node), [one, other] = [under, over(numbers(getComputedStyle(node).color), under)].map(light);
    const size = parseFloat(getComputedStyle(node).fontSize);
    return [node.textContent, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), size];
  });
}"""


@pytest.fixture(scope="module")
def page(chromium, server):
    """Chapter 00 with its cards and the starters of its exercises run, and nothing else."""
    source = Source(PATH)
    wanted = ("questions.", "ex.")
    places = [
        place
        for place in source.trees
        if any(call.startswith(wanted) for call in source.calls(place))
        or place in source.stage
        or "import exercises" in "".join(source.cells[place]["source"])
    ]
    places = [place for place in places if not source.panels(place)]
    with opened(chromium, server, PATH, places) as live:
        yield live.page
        assert live.complaints == []


@pytest.fixture(scope="module", params=THEMES)
def theme(request, page):
    # once for all tests of a theme: JupyterLab stumbles over one change on the heels of another
    page.evaluate(CHANGE_THEME, request.param)
    page.wait_for_function(THEME_IS_ON, arg=request.param)
    page.wait_for_timeout(1000)  # for its stylesheet


def card_of(page, question=QUESTION):
    return page.locator(".nnlib-predict").filter(has_text=question.question)


def button(page, answer):
    return card_of(page).locator("button").filter(has_text=answer)


def by_mouse(page, answer):
    button(page, answer).click()


def by_key(key):
    def choose(page, answer):
        card_of(page).locator("button").first.focus()
        for _ in QUESTION.answers:
            if page.evaluate("document.activeElement.dataset.answer") == answer:
                return page.keyboard.press(key)
            page.keyboard.press("Tab")
        raise AssertionError("Tab does not lead there")

    return choose


def test_it_asks_and_says_nothing_before_a_choice(page):
    asked = [question for question in vars(questions).values() if hasattr(question, "answers")]
    assert page.locator(".nnlib-predict").count() == len(asked)
    for question in asked:
        card = card_of(page, question)
        assert card.locator("button").all_inner_texts() == list(question.answers)
        assert question.because not in card.inner_text()


@pytest.mark.parametrize("choose", [by_mouse, by_key("Enter"), by_key("Space")])
def test_a_wrong_and_a_right_choice_are_answered_in_the_page(page, choose):
    reply = card_of(page).locator("[aria-live=polite]")
    for answer, sign, opening in (
        (WRONG, "✗ ", "A guess"),
        (QUESTION.right, "✓ ", "Well predicted"),
    ):
        choose(page, answer)
        said = reply.inner_text()
        assert said.startswith(opening)
        assert QUESTION.right in said
        assert QUESTION.because in said
        assert button(page, answer).inner_text() == sign + answer
        assert button(page, QUESTION.right).inner_text() == f"✓ {QUESTION.right}"
        pressed = card_of(page).locator("[aria-pressed=true]").all_inner_texts()
        assert pressed == [sign + answer]


def test_letters_on_a_button_do_nothing_to_the_notebook(page):
    before = page.locator(".jp-Cell").count()
    button(page, QUESTION.right).focus()
    for key in ("x", "b", "a", "m", "d", "d", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == before
    assert card_of(page).is_visible()
    assert page.evaluate("document.activeElement.dataset.answer") == QUESTION.right


def must_be_legible(box):
    found = box.evaluate(CONTRASTS)
    assert found
    assert [text for text, contrast, _ in found if contrast < 4.5] == []
    assert [text for text, _, size in found if size < 16] == []


def test_questions_can_be_read_before_and_after_a_choice(page, theme):
    by_mouse(page, WRONG)
    for card in page.locator(".nnlib-predict").all():
        must_be_legible(card)


def test_replies_can_be_read(page, theme):
    assert page.locator(REPLIES).count() == 3  # two starters and a hint
    for reply in page.locator(REPLIES).all():
        must_be_legible(reply)


@pytest.mark.parametrize("look", KINDS, ids=lambda look: look.words)
def test_every_kind_of_card_can_be_read(page, theme, look):
    long = "one_long_name_" * 20
    parts = (
        cards.paragraph(f"a < b {long}"),
        cards.code(f"if a < b:\n    {long}"),
        cards.progress(3, 7),
    )
    page.locator(REPLIES).first.locator("..").evaluate(
        "(place, page) => place.insertAdjacentHTML('beforeend', `<div id=tried>${page}</div>`)",
        cards.card(look, "".join(parts[:2]), parts[2]),
    )
    tried = page.locator("#tried")
    must_be_legible(tried)
    assert tried.evaluate("(place) => place.scrollWidth <= place.clientWidth + 1")
    tried.evaluate("(place) => place.remove()")


def test_grey_words_are_found_illegible(page):
    words = page.locator(REPLIES).first.locator("p")
    words.evaluate("(words) => { words.style.color = '#777'; }")
    with pytest.raises(AssertionError):
        must_be_legible(page.locator(REPLIES).first)
    words.evaluate("(words) => { words.style.color = ''; }")


def test_axe_has_nothing_to_say(page, theme):
    from axe_playwright_python.sync_playwright import Axe

    for part in (".nnlib-predict", REPLIES):
        found = Axe().run(page, context=part).response["violations"]
        assert {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found} == {}


# Without a kernel, without trust, without JavaScript.


def must_be_folded(page):
    """The question and its answers are there, the solution only after *Look*."""
    card = (
        page.locator("div")
        .filter(has=page.locator("details"))
        .filter(has_text=QUESTION.question)
        .last
    )
    assert card.locator("li").all_inner_texts() == list(QUESTION.answers)
    folded = card.locator("details p")
    assert QUESTION.because in folded.text_content()
    assert not folded.is_visible()
    card.locator("summary").click()
    assert folded.is_visible()


def test_a_notebook_that_was_not_run_has_the_question_and_folds_the_answer(chromium, server):
    page = chromium.new_page(viewport=SIZE)
    try:
        page.goto(server.page(PATH.name))
        page.locator(".jp-OutputArea-output details").first.wait_for(timeout=60_000)
        must_be_folded(page)
    finally:
        page.close()


def test_an_exported_page_does_without_javascript(chromium, tmp_path):
    from nbconvert import HTMLExporter

    text, _ = HTMLExporter().from_filename(str(PATH))
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
        must_be_folded(page)
    finally:
        context.close()
