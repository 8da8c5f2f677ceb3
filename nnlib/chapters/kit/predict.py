"""A question to answer before the panel below it is moved, with two or three answers to choose from.

>>> longer = predict(                                                   # doctest: +SKIP
...     "The arrow w gets longer. What does the line do?",
...     answers=("it moves away", "it comes nearer", "it stays"),
...     right="it comes nearer",
...     because="Its distance is the size of b, divided by the length of w.",
... )

In a notebook ``questions.longer()`` is the card. On paper, in a saved page and without JavaScript it is the question
with its answers as a list, and which one is right comes only to who asks for it.
"""

import html
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from nnlib.chapters.kit import cards

if TYPE_CHECKING:
    from nnlib.chapters.kit.predict_card import PredictCard


@dataclass(frozen=True)
class Question:
    """A question, its ``answers``, which of them is ``right``, and why. Call it for the card, which a notebook shows.

    Raises ``ValueError`` if there are not two or three answers, or none of them is the right one.
    """

    question: str
    answers: tuple[str, ...]
    right: str
    because: str

    def __post_init__(self) -> None:
        if not 2 <= len(set(self.answers)) == len(self.answers) <= 3:
            raise ValueError(f"{self.question!r} has the answers {self.answers}: expected 2 or 3")
        if self.right not in self.answers:
            raise ValueError(f"{self.right!r} is not one of the answers: {self.answers}")

    def __call__(self) -> "PredictCard":
        """Return the card, to choose an answer on."""
        # here, so that declaring needs no anywidget
        from nnlib.chapters.kit.predict_card import PredictCard

        asked = asdict(self) | {"answers": list(self.answers)}
        return PredictCard(self.text, self.page, **asked)

    @property
    def text(self) -> str:
        """The question and below it its answers, a line each."""
        return "\n".join([self.question, *(f"- {answer}" for answer in self.answers)])

    @property
    def page(self) -> str:
        """The same for a page without a program, with the right answer folded away."""
        items = "".join(f"<li>{html.escape(answer)}</li>" for answer in self.answers)
        body = (
            f"{cards.paragraph(self.question)}"
            f'<ul style="margin: 4px 0 4px 0; padding-left: 24px">{items}</ul>'
            f"<details><summary>Look</summary>"
            f"{cards.paragraph(f'The answer is: {self.right}. {self.because}')}</details>"
        )
        return cards.card(cards.QUESTION, body, role="group")


def predict(question: str, *, answers: tuple[str, ...], right: str, because: str) -> Question:
    """Declare a question; ``because`` says in one or two sentences why the right answer is right."""
    return Question(question, answers, right, because)
