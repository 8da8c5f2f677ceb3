"""The perceptron: a weighted vote against a threshold, and the rule by which it learns from its mistakes.

Source: F. Rosenblatt 1958; S0, S4, N1–N3.
"""

from typing import Any

import numpy as np

from nnlib.errors import (
    require_array,
    require_count,
    require_finite,
    require_positive,
    require_rng,
    require_rows,
    require_same_length,
    require_shape,
)


class Perceptron:
    """One neuron that answers 1 if x·w + b > 0 and 0 otherwise, also exactly on the line.

    ``w`` (n_in,) and ``b`` (a number) start at zero. Labels are 0 and 1; if ``fit`` is given −1 and +1,
    ``predict`` answers in those. After ``fit``, ``mistakes`` holds the number of mistakes in each pass and
    ``converged`` whether the last pass had none.
    """

    def __init__(self, n_in: int) -> None:
        self.n_in = require_count("Perceptron", "n_in", n_in)
        self.w = np.zeros(n_in)
        self.b = 0.0
        self.classes = np.array([0, 1])
        self.mistakes: list[int] = []

    @property
    def converged(self) -> bool:
        """Whether the last pass of ``fit`` went through all the examples without a mistake."""
        return bool(self.mistakes) and self.mistakes[-1] == 0

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return z = x @ w + b, (n,), for x (n, n_in): how far above (or below) the threshold the vote is."""
        numbers = np.asarray(self.b).dtype.kind in "fiub"
        if np.shape(self.w) != (self.n_in,) or np.size(self.b) != 1 or not numbers:
            raise ValueError(
                f"{self} got w of shape {np.shape(self.w)} and b of shape {np.shape(self.b)}: "
                f"expected ({self.n_in},) and a single number"
            )
        return require_rows(self, x, self.n_in) @ self.w + self.b

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return a label (n,) for each row of x (n, n_in)."""
        require_finite(self, "x", require_rows(self, x, self.n_in))
        return self.classes[(self.scores(x) > 0).astype(int)]

    def learn(self, x: np.ndarray, sign: int, learning_rate: float = 1.0) -> bool:
        """Look at one example x (n_in,) whose class is ``sign`` = −1 or +1; return whether it was a mistake.

        On a mistake Δw = η·sign·x and Δb = η·sign, else nothing changes. Raises ``ValueError`` or ``TypeError`` for any
        other shape or class: labels 0 and 1 are 2·label − 1.
        """
        require_finite(self, "x", require_shape(self, "x", x, (self.n_in,)))
        if not (np.ndim(sign) == 0 and sign in (-1, 1)):
            raise ValueError(
                f"{self} got sign = {sign!r}: expected -1 or 1, as 2 * label - 1 of a label 0 or 1"
            )
        return self._learn(x, sign, require_positive(self, "learning_rate", learning_rate))

    def _learn(self, x: np.ndarray, sign: int, learning_rate: float) -> bool:
        answer = 1 if x @ self.w + self.b > 0 else -1
        if answer == sign:
            return False
        self.w = self.w + learning_rate * sign * x
        self.b = self.b + learning_rate * sign
        return True

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        *,
        epochs: int = 100,
        learning_rate: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> "Perceptron":
        """Learn from x (n, n_in) and labels y (n,) until a pass has no mistake, at most ``epochs`` passes.

        Goes on from the present weights. The examples are taken in the given order, or with ``rng`` in a new
        random order in each pass. If the classes are separable, a pass without mistakes comes after at most
        (R/γ)² mistakes; if they are not, it never comes.  Source: Novikoff 1962.
        """
        signs = self._signs(x, y)
        require_positive(self, "learning_rate", learning_rate)
        self.mistakes = []
        for _ in range(require_count(self, "epochs", epochs)):
            order = np.arange(len(x)) if rng is None else require_rng(self, rng).permutation(len(x))
            self.mistakes.append(sum(self._learn(x[i], signs[i], learning_rate) for i in order))
            if self.converged:
                break
        return self

    def _signs(self, x: np.ndarray, y: Any) -> np.ndarray:
        require_finite(self, "x", require_rows(self, x, self.n_in))
        require_array(self, "labels", y)
        if y.ndim != 1:
            raise ValueError(f"{self} got labels of shape {y.shape}: expected (n,)")
        require_same_length(self, x=x, labels=y)
        found = {value.item() for value in np.unique(y)}
        if not (found <= {0, 1} or found <= {-1, 1}):
            raise ValueError(
                f"{self} got the labels {sorted(found)}: expected 0 and 1, or −1 and 1"
            )
        self.classes = np.array([-1, 1]) if -1 in found else np.array([0, 1])
        return np.where(y > 0, 1, -1)

    def __repr__(self) -> str:
        return f"Perceptron({self.n_in} → 1)"
