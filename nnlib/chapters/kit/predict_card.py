"""The card of a question as it is alive in a page: a choice is answered there, without the kernel."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets


class PredictCard(anywidget.AnyWidget):
    """A question with a button for each answer, which says after a choice what is right, and why.

    ``text`` and ``page`` (HTML) are the same question for where nothing can be chosen.
    """

    _esm = Path(__file__).with_name("predict.js")
    _css = Path(__file__).with_name("predict.css")
    question = traitlets.Unicode().tag(sync=True)
    answers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    right = traitlets.Unicode().tag(sync=True)
    because = traitlets.Unicode().tag(sync=True)

    def __init__(self, text: str, page: str, **asked: Any) -> None:
        self.text, self.page = text, page
        super().__init__(**asked)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """Offer the live card, and for pages without a kernel the question as text and as a page."""
        live, metadata = super()._repr_mimebundle_() or ({}, {})
        return {**live, "text/plain": self.text, "text/html": self.page}, metadata
