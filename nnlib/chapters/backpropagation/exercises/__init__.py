"""The exercises of chapter 05, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.backpropagation.exercises.graders import (
    EXAMPLE,
    SUSPECTS,
    grade_break_it,
    grade_chain,
    grade_gradients,
    grade_hidden_delta,
    grade_output_delta,
    grade_paths,
    grade_smallest,
    grade_sweep,
)
from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake

__all__ = ["EXAMPLE", "SUSPECTS", "chapter", "check", "hint", "solution"]

S = "s = lambda z: 1 / (1 + np.exp(-z))\n"
CHAIN = S + "def slope(w):\n a = s(w * w)\n return "
OUTPUT = S + "def output_delta(a, y): return "
HIDDEN = S + "def hidden_delta(dz_next, W_next, a): return "
GRADIENTS = "def gradients(x, dz): return "

chapter = Chapter(
    chain=Exercise(
        grade_chain,
        hints=(
            "Name the values between: p = w², a = σ(p), C = a².",
            "Their slopes are 2w, a (1 − a) and 2a. Multiply.",
        ),
        code="""
            def slope(w):
                a = 1 / (1 + np.exp(-(w**2)))
                return 2 * a * a * (1 - a) * 2 * w
        """,
        mistakes=(
            Mistake(CHAIN + "2 * a", "outermost slope alone"),
            Mistake(CHAIN + "2 * a * a * (1 - a)", "innermost slope is missing"),
            Mistake(CHAIN + "a * (1 - a) * 2 * w", "outermost slope is missing"),
            Mistake(CHAIN + "4 * a * w", "slope of the sigmoid is missing"),
            Mistake(CHAIN + "a * a", "C itself"),
            Mistake(CHAIN + "2 * a * a * (1 - a) * w", "half of it"),
        ),
        noise=lambda rng: (lambda _: rng.normal(),),
    ),
    sweep=Exercise(
        grade_sweep,
        hints=(
            "Forward: p = 6, q = 8, r = 48. Backward: r has 1; q gets the other factor.",
            "p stands in r = q·p and in q = u + p, so its gradient has two parts.",
            "u stands in q and in p: 6 · 1 + 14 · 3.",
        ),
        code="""
            q = 6             # r = q·p: the other factor
            p = 8 + 6         # straight from r, and through q
            u = 6 + 14 * 3    # through q, and through p
            v = 14 * 2        # through p
        """,
        mistakes=(
            Mistake("q, p, u, v = 8, 14, 48, 28", "*other* factor"),
            Mistake("q, p, u, v = 6, 8, 48, 28", "p acts through q too"),
            Mistake("q, p, u, v = 6, 6, 48, 28", "stands in r = q·p as well"),
            Mistake("q, p, u, v = 6, 14, 42, 28", "u stands in q"),
            Mistake("q, p, u, v = 6, 14, 6, 28", "u stands in p"),
            Mistake("q, p, u, v = 6, 14, 48, 16", "not complete"),
            Mistake("q, p, u, v = 6, 14, 48, 42", "by v is u"),
            Mistake("q, p, u, v = 6, 48, 48, 28", "were multiplied"),
        ),
        noise=lambda rng: tuple(float(value) for value in rng.normal(size=4)),
    ),
    output_delta=Exercise(
        grade_output_delta,
        hints=("∂C/∂a is (a − y) / n.", "Then through the bend: times σ′(z) = a (1 − a)."),
        code="""
            def output_delta(a, y):
                return (a - y) * a * (1 - a) / len(a)
        """,
        mistakes=(
            Mistake(OUTPUT + "(y - a) * a * (1 - a) / len(a)", "sign is wrong"),
            Mistake(OUTPUT + "(a - y) * a * (1 - a)", "1/n is missing"),
            Mistake(OUTPUT + "(a - y) * a * (1 - a) / a.size", "number of *examples*"),
            Mistake(OUTPUT + "2 * (a - y) * a * (1 - a) / len(a)", "twice too large"),
            Mistake(OUTPUT + "(a - y) / len(a)", "σ′ is missing"),
            Mistake(OUTPUT + "(a - y) * s(a) * (1 - s(a)) / len(a)", "belongs to z"),
            Mistake(OUTPUT + "a - y", "are missing"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(size=(5, 3)),),
    ),
    hidden_delta=Exercise(
        grade_hidden_delta,
        hints=(
            "Shapes: dz_next (n, k), W_next (d, k). What gives (n, d)?",
            "dz_next @ W_next.T, then times a (1 − a).",
        ),
        code="""
            def hidden_delta(dz_next, W_next, a):
                return (dz_next @ W_next.T) * a * (1 - a)
        """,
        mistakes=(
            Mistake(HIDDEN + "dz_next @ W_next.T", "now through the bend"),
            Mistake(HIDDEN + "(dz_next @ W_next) * a * (1 - a)", "not transposed"),
            Mistake(HIDDEN + "(dz_next @ W_next.T) * s(a) * (1 - s(a))", "a is σ(z) already"),
            Mistake(HIDDEN + "(dz_next @ W_next.T) * a", "not a."),
            Mistake(HIDDEN + "(dz_next @ W_next.T) * a * (1 - a) / len(a)", "its 1/n already"),
            Mistake(HIDDEN + "dz_next * a * (1 - a)", "through the weights first"),
            Mistake(
                HIDDEN + "(dz_next @ W_next.T + dz_next * 0)[:, :4] * a * (1 - a)",
                "stops with ValueError",
            ),
            Mistake(HIDDEN + "-(dz_next @ W_next.T) * a * (1 - a)", "turns round"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(size=(6, 4)),),
    ),
    gradients=Exercise(
        grade_gradients,
        hints=(
            "dW has the shape of W, (d_in, d_out): x is (n, d_in), dz is (n, d_out).",
            "x.T @ dz, and dz.sum(axis=0).",
        ),
        code="""
            def gradients(x, dz):
                return x.T @ dz, dz.sum(axis=0)
        """,
        mistakes=(
            Mistake(GRADIENTS + "(dz.T @ x, dz.sum(axis=0))", "Transpose x"),
            Mistake(GRADIENTS + "(x.T @ dz / len(x), dz.sum(axis=0))", "divided once more"),
            Mistake(
                GRADIENTS + "(np.outer(x[-1], dz[-1]), dz.sum(axis=0))", "only the last example"
            ),
            Mistake(
                GRADIENTS + "(np.outer(x.mean(0), dz.mean(0)), dz.sum(axis=0))", "product of means"
            ),
            Mistake(GRADIENTS + "(-x.T @ dz, dz.sum(axis=0))", "belongs to the update"),
            Mistake(GRADIENTS + "(x.T @ dz, dz.mean(axis=0))", "db sums the rows"),
            Mistake(GRADIENTS + "(x.T @ dz, dz.sum(axis=0, keepdims=True))", "without keepdims"),
            Mistake(GRADIENTS + "(x.T @ dz, dz.sum(axis=1))", "db should be of shape (3,)"),
            Mistake(GRADIENTS + "(dz.sum(axis=0), x.T @ dz)", "swapped"),
            Mistake(GRADIENTS + "(x.T @ dz, -dz.sum(axis=0))", "In db the sign"),
        ),
        noise=lambda rng: (lambda *_: (rng.normal(size=(4, 3)), rng.normal(size=3)),),
    ),
    paths=Exercise(
        grade_paths,
        hints=("A path chooses one neuron in each hidden layer.", "Choices multiply."),
        code="""
            paths = 10 * 10 * 10
        """,
        mistakes=(
            Mistake("paths = 30", "multiply"),
            Mistake("paths = 8000", "all 4 inputs"),
            Mistake("paths = 10_000", "only three choices"),
            Mistake("paths = 100", "so three choices"),
            Mistake("paths = 2000", "not both"),
            Mistake("paths = 4000", "not all four"),
            Mistake("paths = 260", "edges"),
        ),
        noise=lambda rng: (int(rng.integers(20_000, 50_000)),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "Nudge one weight of W1 both ways to get its slope; compare with (old − new) / eta of each suspect.",
            "The right one agrees for every eta. If only W1 and b1 are off, less so for small eta: the order.",
            "If W2 is off as well, and no eta mends it, it is the slope (or the sign, if all are turned round).",
        ),
        code="""
            right = "third"
            wrong = {"first": "order", "second": "slope"}
        """,
        mistakes=(
            Mistake(
                'right = "first"; wrong = {"second": "slope", "third": "order"}',
                "does not move every parameter",
            ),
            Mistake(
                'right = "third"; wrong = {"first": "slope", "second": "order"}',
                "The first one has another fault",
            ),
            Mistake(
                'right = "third"; wrong = {"first": "order", "second": "sign"}',
                "The second one has another fault",
            ),
            Mistake('right = "third"; wrong = {"first": "order"}', "should be of the form"),
            Mistake('right = "fourth"; wrong = {}', "should be"),
            Mistake(
                'right = "third"; wrong = {"first": "chocolate", "second": "slope"}', "a fault is"
            ),
        ),
        noise=lambda rng: (rng.choice(["first", "second"]).item(), {"third": "order"}),
    ),
    smallest=Exercise(
        grade_smallest,
        hints=(
            "Start with 30 neurons, η = 0.5, batches of 10, and halve the neurons.",
            "Fewer neurons bear a larger η. The last epochs jump about a little: try neighbours too.",
        ),
        code="""
            hidden = 8
            learning_rate = 1.0
            batch_size = 10
        """,
        mistakes=(
            Mistake("hidden, learning_rate, batch_size = 4, 0.5, 10", "more neurons"),
            Mistake("hidden, learning_rate, batch_size = 30, 0.001, 10", "another η"),
            Mistake("hidden, learning_rate, batch_size = 0, 0.5, 10", "whole number of neurons"),
            Mistake("hidden, learning_rate, batch_size = 30, 0, 10", "above 0"),
            Mistake("hidden, learning_rate, batch_size = 30, 0.5, 1", "from 5 to"),
        ),
        noise=lambda rng: (int(rng.integers(1, 5)), rng.uniform(0.001, 0.01), 100),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
