"""The exercises of chapter 04, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.gradient_descent.exercises.graders import (
    grade_largest_rate,
    grade_one_hot,
    grade_slope,
    grade_updates,
    grade_walk,
)
from nnlib.chapters.gradient_descent.exercises.softmax_graders import (
    SUSPECTS,
    grade_break_it,
    grade_softmax_gradient,
    grade_tune,
)
from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake

__all__ = ["SUSPECTS", "chapter", "check", "hint", "solution"]

WALK = "def walk(gradient, v, eta, steps):\n"
HEAD = """
def softmax_gradient(x, W, b, labels):
    z = x @ W + b
    a = np.exp(z - z.max(axis=1, keepdims=True))
    a = a / a.sum(axis=1, keepdims=True)
    y = np.eye(W.shape[1])[labels]
    n = len(x)
"""

chapter = Chapter(
    slope=Exercise(
        grade_slope,
        hints=(
            "Write the error e = w x − y of one example: its cost is ½ e².",
            "The derivative of ½ e² by w is e · x. Then the mean.",
        ),
        code="""
            def slope(w, x, y):
                return ((w * x - y) * x).mean()
        """,
        mistakes=(
            Mistake("def slope(w, x, y): return ((w * x - y) * x).sum()", "1/n is missing"),
            Mistake("def slope(w, x, y): return 2 * ((w * x - y) * x).mean()", "twice too large"),
            Mistake("def slope(w, x, y): return ((w * x - y) * x).mean() / 2", "half of it"),
            Mistake("def slope(w, x, y): return ((y - w * x) * x).mean()", "sign is turned round"),
            Mistake("def slope(w, x, y): return (w * x - y).mean()", "factor x is missing"),
            Mistake("def slope(w, x, y): return ((w * x - y) ** 2).mean() / 2", "the cost itself"),
            Mistake(
                "def slope(w, x, y): return (w * x - y).mean() * x.mean()",
                "not the product of means",
            ),
            Mistake("def slope(w, x, y): return (w * x - y) * x", "a single number"),
            Mistake("def slope(w, x, y): return ((y - w * x) * x).sum()", "two things"),
            Mistake("def slope(w, x, y): return (w * x * x).mean()", "y is forgotten"),
            Mistake("def slope(w, x, y): return ((w * x - y) * y).mean()", "multiplied by y"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    walk=Exercise(
        grade_walk,
        hints=(
            "for _ in range(steps): …",
            "In each step v = v - eta * gradient(v). Hand back v after the loop.",
        ),
        code="""
            def walk(gradient, v, eta, steps):
                for _ in range(steps):
                    v = v - eta * gradient(v)
                return v
        """,
        mistakes=(
            Mistake(
                WALK + " for _ in range(steps): v = v + eta * gradient(v)\n return v",
                "that climbs",
            ),
            Mistake(
                WALK + " for _ in range(steps):\n  v = v - eta * gradient(v)\n  return v",
                "one step only",
            ),
            Mistake(
                WALK + " for _ in range(steps - 1): v = v - eta * gradient(v)\n return v",
                "too few",
            ),
            Mistake(
                WALK + " for _ in range(steps + 1): v = v - eta * gradient(v)\n return v",
                "too many",
            ),
            Mistake(
                WALK + " g = gradient(v)\n for _ in range(steps): v = v - eta * g\n return v",
                "asked anew",
            ),
            Mistake(
                WALK + " for _ in range(steps): v = v - gradient(v)\n return v",
                "η is not used",
            ),
            Mistake(
                WALK + " for _ in range(steps): v -= eta * gradient(v)\n return v",
                "changes the array",
            ),
            Mistake(
                WALK + " for _ in range(steps): w = v - eta * gradient(v)\n return v",
                "stays where",
            ),
        ),
        noise=lambda rng: (lambda *_: rng.normal(size=2),),
    ),
    largest_rate=Exercise(
        grade_largest_rate,
        hints=(
            "The two directions do not disturb each other: ∂C/∂v₁ = 6 v₁, so v₁ ← (1 − 6η) v₁.",
            "It shrinks as long as 1 − 6η lies between −1 and 1.",
        ),
        code="""
            eta = 2 / 6     # 1 − 6η = −1
        """,
        mistakes=(
            Mistake("eta = 2.0", "gentle side"),
            Mistake("eta = 1 / 6", "after one step"),
            Mistake("eta = 2 / 3", "second derivative"),
            Mistake("eta = 1.0", "limit for C = v²"),
            Mistake("eta = 2 / 7", "do not add up"),
            Mistake("eta = 0.1", "multiplied by"),
            Mistake("eta = 0.33", "as a fraction"),
        ),
        noise=lambda rng: (rng.uniform(0.4, 0.6),),
    ),
    one_hot=Exercise(
        grade_one_hot,
        hints=(
            "Start with np.zeros((len(labels), classes)) and set one place in each row.",
            "np.arange(len(labels)) numbers the rows: rows[np.arange(len(labels)), labels] = 1.",
        ),
        code="""
            def encode(labels, classes):
                rows = np.zeros((len(labels), classes))
                rows[np.arange(len(labels)), labels] = 1
                return rows
        """,
        mistakes=(
            Mistake(
                "def encode(labels, classes): return np.eye(classes)[labels - 1]", "too far left"
            ),
            Mistake(
                "def encode(labels, classes): return np.eye(classes)[labels + 1]", "too far right"
            ),
            Mistake(
                "def encode(labels, classes): return np.eye(classes)[labels].T",
                "rows and columns are swapped",
            ),
            Mistake(
                "def encode(labels, classes):\n r = np.zeros((len(labels), classes))\n r[:, labels] = 1\n return r",
                "a single 1",
            ),
            Mistake("def encode(labels, classes): return np.eye(4)[labels]", "of shape (4, 5)"),
            Mistake("def encode(labels, classes): return np.eye(5)[labels]", "of shape (2, 3)"),
            Mistake(
                "def encode(labels, classes): return np.eye(classes)[labels] * labels[:, None]",
                "the label itself",
            ),
            Mistake(
                "def encode(labels, classes): return np.eye(classes)[::-1][labels]",
                "for the label 0 the row should be [1. 0. 0. 0. 0.]",
            ),
        ),
        noise=lambda rng: (lambda *_: rng.random((4, 5)),),
    ),
    softmax_gradient=Exercise(
        grade_softmax_gradient,
        hints=(
            "Forward first: a, the softmax of each row of x @ W + b; y, the one-hot rows.",
            "dz = (a − y) / n.",
            "dW = xᵀ @ dz; in db every row of dz is added up.",
        ),
        code="""
            def softmax_gradient(x, W, b, labels):
                z = x @ W + b
                a = np.exp(z - z.max(axis=1, keepdims=True))
                a = a / a.sum(axis=1, keepdims=True)
                dz = (a - np.eye(W.shape[1])[labels]) / len(x)
                return x.T @ dz, dz.sum(axis=0)
        """,
        mistakes=(
            Mistake(HEAD + "    return x.T @ (a - y), (a - y).sum(axis=0)", "1/n is missing"),
            Mistake(HEAD + "    return x.T @ (y - a) / n, (y - a).mean(axis=0)", "sign is wrong"),
            Mistake(
                HEAD + "    d = (a - labels[:, None]) / n\n    return x.T @ d, d.sum(axis=0)",
                "one-hot rows",
            ),
            Mistake(
                HEAD + "    d = (a - y) * a * (1 - a) / n\n    return x.T @ d, d.sum(axis=0)",
                "too many",
            ),
            Mistake(HEAD + "    return x.T @ a / n, a.mean(axis=0)", "not taken off"),
            Mistake(
                HEAD + "    return 2 * x.T @ (a - y) / n, 2 * (a - y).mean(axis=0)",
                "twice too large",
            ),
            Mistake(HEAD + "    return (x.T @ (a - y) / n).T, (a - y).mean(axis=0)", "swapped"),
            Mistake(
                HEAD + "    d = (a - y) / n\n    return x.T @ d, d.mean(axis=0)", "divided by twice"
            ),
            Mistake(
                HEAD + "    return x.T @ (a - y) / n, (a - y).mean(axis=1)",
                "db should be of shape (3,)",
            ),
            Mistake(
                HEAD + "    return x.T @ (a - y) / n, (a - y).sum(axis=0)",
                "In db the 1/n is missing",
            ),
            Mistake(
                HEAD + "    return (a - y).mean(axis=0), x.T @ (a - y) / n", "the two are swapped"
            ),
            Mistake(
                HEAD + "    a = np.exp(z) / np.exp(z).sum()\n    return x.T @ (a - y) / n, a[0]",
                "along axis 1",
            ),
            Mistake(
                HEAD
                + "    a = np.exp(z) / np.exp(z).sum(axis=0)\n    return x.T @ (a - y) / n, a[0]",
                "the columns of a",
            ),
            Mistake(
                HEAD + "    a = 1 / (1 + np.exp(-z))\n    return x.T @ (a - y) / n, a[0]",
                "the sigmoid of each",
            ),
        ),
        noise=lambda rng: (lambda *_: (rng.normal(size=(4, 3)), rng.normal(size=3)),),
    ),
    updates=Exercise(
        grade_updates,
        hints=(
            "How many batches make one epoch? Count the last, smaller one too.",
            "1,205 = 120 · 10 + 5.",
        ),
        code="""
            updates = 5 * 121
        """,
        mistakes=(
            Mistake("updates = 121", "that is one epoch"),
            Mistake("updates = 600", "smaller one"),
            Mistake("updates = 602.5", "no half batches"),
            Mistake("updates = 603", "do not run on"),
            Mistake("updates = 6025", "examples seen"),
            Mistake("updates = 732", "counting from 0"),
            Mistake("updates = 726", "one epoch too many"),
            Mistake("updates = 610", "one batch too many"),
        ),
        noise=lambda rng: (int(rng.integers(1000, 5000)),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "Compare f(z) with np.concatenate([f(row[None, :]) for row in z]): each row as a batch of its own.",
            "Two small rows find one of the wrong ones: np.array([[1.0, 2.0], [3.0, 5.0]]).",
            "For the other, rows must lie far apart: [0, 1] beside [1000, 1001].",
        ),
        code="""
            first = np.array([[1.0, 2.0], [3.0, 5.0]])
            second = None
            third = np.array([[0.0, 1.0], [1000.0, 1001.0]])
        """,
        mistakes=(
            Mistake(
                "first = np.array([[1., 2.], [3., 5.]]); second = None; third = None",
                "says that it is right",
            ),
            Mistake(
                "first = third = np.array([[1., 2.], [3., 5.]]); second = None",
                "says the same as row by row",
            ),
            Mistake(
                "first = second = third = np.array([[0., 1.], [1000., 1001.]])",
                "the second one is right",
            ),
            Mistake("first = np.array([1., 2.]); second = third = None", "at least two rows"),
            Mistake("first = second = third = None", "first = None says"),
        ),
        noise=lambda rng: (rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), None),
    ),
    tune=Exercise(
        grade_tune,
        hints=(
            "Three epochs of batches of 10 are 432 steps. Start with η = 0.1 and go up by factors of 3.",
            "If you halve the batches there are twice as many steps, each noisier: halve η too.",
        ),
        code="""
            learning_rate = 0.5
            batch_size = 10
        """,
        mistakes=(
            Mistake("learning_rate = 0.1; batch_size = 1438", "few steps"),
            Mistake("learning_rate = 0.001; batch_size = 1", "many steps"),
            Mistake("learning_rate = 0; batch_size = 10", "above 0"),
            Mistake("learning_rate = 1e300; batch_size = 10", "below 1,000"),
            Mistake("learning_rate = 0.1; batch_size = 0", "whole number"),
            Mistake("learning_rate = 0.1; batch_size = 2.5", "whole number"),
        ),
        noise=lambda rng: (rng.uniform(0.001, 0.01), int(rng.integers(500, 1400))),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
