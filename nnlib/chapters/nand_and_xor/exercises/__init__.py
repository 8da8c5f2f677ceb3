"""The exercises of chapter 02, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.chapters.nand_and_xor.exercises.graders import (
    BROKEN_ADDER,
    THREE,
    grade_best_line,
    grade_break_it,
    grade_build,
    grade_collapse,
    grade_equal,
    grade_implies,
    grade_majority,
    grade_xnor,
)

__all__ = ["BROKEN_ADDER", "chapter", "check", "hint", "solution"]

chapter = Chapter(
    majority=Exercise(
        grade_majority,
        hints=(
            "Give all three the same weight, 1.",
            "Two ones make a vote of 2, one makes 1. Which b is between?",
        ),
        code="""
            w = np.array([1.0, 1.0, 1.0])
            b = -1.5          # 1 vote: −0.5;  2 votes: 0.5
        """,
        mistakes=(
            Mistake("w = np.ones(3); b = -0.5", "one input alone"),
            Mistake("w = np.ones(3); b = -2.0", "all three"),
            Mistake("w = -np.ones(3); b = 1.5", "no vote at all"),
            Mistake("w = np.ones(3); b = 1.5", "no vote at all"),
            Mistake("w = np.array([2.0, 1.0, 1.0]); b = -1.5", "two of three say"),
            Mistake("w = np.ones(2); b = -1.5", "of shape (3,)"),
        ),
        noise=lambda rng: (-rng.random(3), rng.random()),
    ),
    implies=Exercise(
        grade_implies,
        hints=(
            "NAND(a, x) is 0 only where a and x are both 1.",
            "So x has to be 1 where b is 0: x = NOT b.",
        ),
        code="""
            gates = [("not b", "b", "b"), ("out", "a", "not b")]
        """,
        mistakes=(
            Mistake('gates = [("not a", "a", "a"), ("out", "b", "not a")]', "swapped"),
            Mistake(
                'gates = [("na", "a", "a"), ("nb", "b", "b"), ("out", "na", "nb")]', "that is OR"
            ),
            Mistake(
                'gates = [("nb", "b", "b"), ("x", "a", "nb"), ("out", "x", "x")]',
                "just the opposite",
            ),
            Mistake('gates = [("out", "a", "b")]', "NAND itself"),
            Mistake('gates = [("out", "a", "not b")]', "no gate makes 'not b'"),
            Mistake('gates = [("out", "a", "nb"), ("nb", "b", "b")]', "used before it is made"),
            Mistake('gates = [("x", "a", "b"), ("x", "a", "a"), ("out", "x", "x")]', "made twice"),
            Mistake('gates = [("not b", "b"), ("out", "a", "not b")]', "three names each"),
        ),
        noise=lambda rng: ([("out", *rng.choice(["a", "b"], 2).tolist())],),
    ),
    collapse=Exercise(
        grade_collapse,
        hints=(
            "Write z₂ = (x @ W1 + b1) @ W2 + b2 and multiply out.",
            "What stands behind x is W, the rest is b.",
        ),
        code="""
            def collapse(W1, b1, W2, b2):
                return W1 @ W2, b1 @ W2 + b2
        """,
        mistakes=(
            Mistake("def collapse(W1, b1, W2, b2): return W1 @ W2, b2", "first bias is lost"),
            Mistake("def collapse(W1, b1, W2, b2): return W1 @ W2, b1 @ W2", "second bias is lost"),
            Mistake(
                "def collapse(W1, b1, W2, b2): return W2 @ W1, b1 @ W2 + b2",
                "stops with ValueError",
            ),
            Mistake(
                "def collapse(W1, b1, W2, b2): return -W1 @ W2, b1 @ W2 + b2", "W is not right"
            ),
            Mistake("def collapse(W1, b1, W2, b2): return W1 @ W2, (b1 + 1) @ W2 + b2", "b is not"),
            Mistake("def collapse(W1, b1, W2, b2): return W1 @ W2", "two things"),
        ),
        noise=lambda rng: (lambda *_: (rng.normal(size=(3, 2)), rng.normal(size=2)),),
    ),
    best_line=Exercise(
        grade_best_line,
        hints=(
            "Only one row wants 1. As the inputs are alike, w₁ = w₂ = w.",
            "∂C/∂b = 0 says that the errors of the four rows sum to 0: 4w + 4b = 1.",
            "∂C/∂w₁ = 0 says the same of the two rows with x₁ = 1: (w + b) + (2w + b) = 1.",
        ),
        code="""
            w = np.array([0.5, 0.5])
            b = -0.25         # 4w + 4b = 1 and 3w + 2b = 1
        """,
        mistakes=(
            Mistake("w = np.zeros(2); b = 0.5", "best for XOR"),
            Mistake("w = np.ones(2); b = -1.5", "a perceptron for AND"),
            Mistake("w = np.array([0.5, 0.5]); b = 0.0", "its cost is"),
        ),
        noise=lambda rng: (rng.normal(size=2), rng.normal()),
    ),
    xnor=Exercise(
        grade_xnor,
        hints=(
            "XNOR is 1 − XOR, and XOR has c = (0, −1), v = (1, −2), d = 0.",
            "Turn v round, and put the 1 into d.",
        ),
        code="""
            c = np.array([0.0, -1.0])
            v = np.array([-1.0, 2.0])
            d = 1.0
        """,
        mistakes=(
            Mistake("c = np.array([0., -1.]); v = np.array([1., -2.]); d = 0.0", "XOR itself"),
            Mistake("c = np.array([0., -1.]); v = np.array([-1., 2.]); d = 0.0", "−XOR"),
            Mistake(
                "c = np.array([0., 0.]); v = np.array([-1., 2.]); d = 1.0", "is wanted, exactly"
            ),
            Mistake("c = np.array([0., -1.]); v = np.array([1., -2.]); d = 1.0", "1 + XOR"),
        ),
        noise=lambda rng: (rng.normal(size=2), rng.normal(size=2), rng.normal()),
    ),
    build=Exercise(
        grade_build,
        hints=(
            "The neuron for the row (1, 0, 1) should be silenced by its own ones and woken by any input that differs.",
            "So the weights are −1 where the row has a 1, and +1 where it has a 0: W = (1 − 2·rows) transposed.",
            "Its own row then has z = b − (number of ones), and every other row at least 1 more. Which b is between?",
        ),
        code="""
            def build(rows):
                return (1 - 2 * rows).T, rows.sum(axis=1) - 0.5
        """,
        mistakes=(
            Mistake(
                "def build(rows): return (2 * rows - 1).T, 0.5 - rows.sum(axis=1)",
                "neurons of section 7",
            ),
            Mistake(
                "def build(rows): return (1 - 2 * rows).T, rows.sum(axis=1) + 0.5", "b is too high"
            ),
            Mistake(
                "def build(rows): return (1 - 2 * rows).T, rows.sum(axis=1) - 1.5", "b is too low"
            ),
            Mistake(
                "def build(rows): return -rows.T, rows.sum(axis=1) - 0.5", "Each input that differs"
            ),
            Mistake(
                "def build(rows): return 1 - 2 * rows[:1], rows.sum(axis=1) - 0.5", "W should be"
            ),
            Mistake("def build(rows): return (1 - 2 * rows).T, -0.5", "b should be"),
        ),
        noise=lambda rng: (
            lambda rows: (rng.normal(size=rows.T.shape), rng.normal(size=len(rows)) - 9),
        ),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "ex.BROKEN_ADDER.run(x) gives ones and carry for each row of x. What should they be for a + b + c?",
            "x = np.array(list(product((0, 1), repeat=3))) is all eight. Compare outputs @ [1, 2] with x.sum(axis=1).",
        ),
        code="""
            from itertools import product

            x = np.array(list(product((0, 1), repeat=3)))
            rows = x[ex.BROKEN_ADDER.run(x) @ [1, 2] != x.sum(axis=1)]
        """,
        mistakes=(
            Mistake("rows = [[0, 0, 0]]", "adds rightly"),
            Mistake("rows = [[0, 1, 1]]", "more of the eight"),
            Mistake("rows = [0, 0, 1]", "a list of inputs"),
            Mistake("rows = np.array([3, 5])", "takes the rows themselves"),
            Mistake('rows = ["011", "101"]', "three bits each"),
        ),
        noise=lambda rng: (rng.permutation(THREE)[:7],),
    ),
    equal=Exercise(
        grade_equal,
        hints=(
            "Two bits differ where their XOR is 1. XOR takes four gates, as in section 2.",
            "The numbers are equal where neither pair of bits differs: NOT (XOR₁ OR XOR₀).",
        ),
        code="""
            gates = [
                *[("n1", "a1", "b1"), ("p1", "a1", "n1"), ("q1", "n1", "b1"), ("differ1", "p1", "q1")],
                *[("n0", "a0", "b0"), ("p0", "a0", "n0"), ("q0", "n0", "b0"), ("differ0", "p0", "q0")],
                *[("same1", "differ1", "differ1"), ("same0", "differ0", "differ0")],
                *[("no", "same1", "same0"), ("out", "no", "no")],
            ]
        """,
        mistakes=(
            Mistake(
                'gates = [("n1","a1","b1"),("p1","a1","n1"),("q1","n1","b1"),("d1","p1","q1"),("n0","a0","b0"),'
                '("p0","a0","n0"),("q0","n0","b0"),("d0","p0","q0"),("s1","d1","d1"),("s0","d0","d0"),("out","s1","s0")]',
                "where they *differ*",
            ),
            Mistake('gates = [("out", "a1", "b1")]', "it answers"),
            Mistake('gates = [("no", "a1", "b1")]', "no gate makes the wire 'out'"),
        ),
        noise=lambda rng: ([("out", *rng.choice(["a1", "a0", "b1", "b0"], 2).tolist())],),
    ),
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
