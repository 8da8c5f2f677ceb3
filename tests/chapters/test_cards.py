"""Cards: replies, hints and solutions as HTML beside their text, and questions with answers to choose from."""

import html
import re
from types import ModuleType

import pytest

from nnlib.chapters.kit import cards
from nnlib.chapters.kit.exercise import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    Answer,
    Chapter,
    Exercise,
    NotYet,
    todo,
)
from nnlib.chapters.kit.predict import predict

LOOKS = (
    *(cards.CORRECT, cards.NOT_YET, cards.NOT_ATTEMPTED),
    *(cards.HINT, cards.SOLUTION, cards.QUESTION),
)


def grade(answer):
    if answer != 1:
        raise NotYet("x < 1 & y > 2")
    return "it is 1."


def chapter_of(*names):
    """Return a chapter with exercises of these names, each of which wants 1."""
    modules = [ModuleType(f"somewhere.{name}") for name in names]
    for module in modules:
        hints = ("a < b: try", "b")
        module.exercise = Exercise(
            ("answer",), grade, hints, "answer = 1 < 2", {}, lambda rng: (0,)
        )
    return Chapter(*modules)


def words_of(page):
    """Return what a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


# Replies, hints and solutions.


def test_a_reply_says_by_sign_and_words_how_it_stands():
    check = chapter_of("first", "second").check
    for answer, sign, words in (
        (todo, "○", "Not attempted"),
        (0, "✗", "Not yet"),
        (1, "✓", "Correct"),
    ):
        page = check("first", answer)._repr_html_()
        assert words_of(page).startswith(sign + words)
        assert page.startswith('<div role="status"')


def test_the_text_stays_what_it_was():
    check = chapter_of("first").check
    assert repr(check("first", 1)) == "✓ correct: it is 1."
    assert repr(check("first", 2)) == "✗ not yet: x < 1 & y > 2"
    assert repr(check("first", todo)).startswith(
        "○ not attempted: write your answer in place of todo."
    )


def test_words_are_escaped():
    page = chapter_of("first").check("first", 0)._repr_html_()
    assert "x &lt; 1 &amp; y &gt; 2" in page
    assert "x < 1" not in page
    fresh = chapter_of("first")
    assert "a &lt; b: try" in fresh.hint("first")._repr_html_()
    assert "answer = 1 &lt; 2</pre>" in fresh.solution("first")._repr_html_()


def test_what_was_solved_once_stays_counted():
    check = chapter_of("first", "second", "third").check
    done = []
    for name, answer in (
        ("first", todo),
        ("second", 1),
        ("second", 0),
        ("second", 1),
        ("third", 1),
    ):
        page = check(name, answer)._repr_html_()
        done.append(re.search(r"\d of \d done", page)[0])
        assert page.count(f"background-color: {cards.GREEN}") == int(done[-1][0])
    assert done == ["0 of 3 done", "1 of 3 done", "1 of 3 done", "1 of 3 done", "2 of 3 done"]


def test_two_kernels_say_the_same():
    first, second = (chapter_of("first", "second").check("first", 1) for _ in range(2))
    assert first._repr_html_() == second._repr_html_()


def test_answers_are_equal_whatever_else_is_done():
    assert (
        Answer(CORRECT, "yes", 1, 7) == Answer(CORRECT, "yes", 3, 7) != Answer(NOT_YET, "yes", 1, 7)
    )
    assert Answer(NOT_ATTEMPTED, "no").done == 0


def test_a_hint_has_its_number_as_the_title():
    fresh = chapter_of("first")
    assert words_of(fresh.hint("first")._repr_html_()) == "?Hint 1 of 2a < b: try"
    assert repr(fresh.hint("first")) == "Hint 2 of 2: b"


# Whether they can be read.


def luminance(colour):
    channels = [value / 255 for value in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colour(text):
    return tuple(bytes.fromhex(text[1:]))


def test_contrast_is_what_is_known_of_it():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(colour("#777777"), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.words)
def test_a_sign_is_white_on_a_dark_disc(look):
    assert contrast(colour(look.disc), (255, 255, 255)) > 4.5
    assert f"background-color: {look.disc}; color: #FFFFFF" in cards.card(look, "")


def test_no_two_replies_differ_by_colour_alone():
    replies = LOOKS[:3]
    assert len({look.sign for look in replies}) == len({look.words for look in replies}) == 3


def test_a_card_brings_no_style_for_the_page_and_no_program():
    page = cards.card(cards.HINT, cards.paragraph("<script>"), cards.progress(1, 2))
    assert "<style" not in page
    assert "<script" not in page


# Questions.

ASKED = {"answers": ("grows", "shrinks <"), "right": "shrinks <", "because": "It is & it was."}


def test_a_question_is_text_with_its_answers_as_lines():
    card = predict("What does it do?", **ASKED)()
    bundle, _ = card._repr_mimebundle_()
    assert bundle["text/plain"] == "What does it do?\n- grows\n- shrinks <"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_its_page_folds_the_right_answer_away():
    page = predict("What does it do?", **ASKED).page
    shown, folded = page.split("<details><summary>Look</summary>")
    assert "<li>grows</li><li>shrinks &lt;</li></ul>" in shown
    assert "because" not in page
    assert "It is" not in shown
    assert "The answer is: shrinks &lt;. It is &amp; it was." in folded
    assert "</details>" in folded


def test_the_live_card_has_all_that_it_needs_without_the_kernel():
    card = predict("What does it do?", **ASKED)()
    sent = {name: card.get_state()[name] for name in ("question", "answers", "right", "because")}
    assert sent == {"question": "What does it do?", **ASKED, "answers": ["grows", "shrinks <"]}


@pytest.mark.parametrize(
    ("answers", "right"),
    [(("a",), "a"), (("a", "b", "c", "d"), "a"), (("a", "a"), "a"), (("a", "b"), "c")],
)
def test_a_question_without_a_choice_is_refused(answers, right):
    with pytest.raises(ValueError, match="answers"):
        predict("What?", answers=answers, right=right, because="So.")
