"""The exercises of chapter 07 about epochs and weights: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Exercise, Mistake
from nnlib.chapters.regularization.exercises.graders import (
    grade_best_epoch,
    grade_l1_slope,
    grade_l2_step,
    grade_shrink,
)

BEST = "def best_epoch(training, validation):\n t, v = np.array(training), np.array(validation)\n return "
STEP = "def l2_step(W, b, dW, db, rate, strength): return "
SLOPE = "def l1_slope(w, strength): return "

EXERCISES = {
    "best_epoch": Exercise(
        grade_best_epoch,
        hints=(
            "Which of the two losses says how well it does on digits that it has not learnt from?",
            "np.argmin gives the place of the smallest number, counted from 0.",
        ),
        code="""
            def best_epoch(training, validation):
                return np.argmin(validation) + 1
        """,
        mistakes=(
            Mistake(BEST + "v.argmin()", "epochs count from 1"),
            Mistake(BEST + "v.argmin() + 2", "one too many"),
            Mistake(BEST + "abs(t - v).argmin() + 1", "E24"),
            Mistake(BEST + "abs(t - v).argmin()", "E24"),
            Mistake(BEST + "t.argmin() + 1", "the training loss chose"),
            Mistake(BEST + "t.argmin()", "the training loss chose"),
            Mistake(BEST + "len(v)", "the last epoch"),
            Mistake(
                BEST + "next((i for i in range(1, len(v)) if v[i] > v[i - 1]), len(v))",
                "first rise",
            ),
            Mistake(BEST + "v.argmax() + 1", "*highest*"),
            Mistake(BEST + "v.min()", "the lowest loss itself"),
            Mistake(BEST + "(t + v).argmin() + 1", "no say"),
            Mistake(BEST + "5", "it is epoch"),
        ),
        noise=lambda rng: (lambda *_: int(rng.integers(20, 30)),),
    ),
    "l2_step": Exercise(
        grade_l2_step,
        hints=(
            "The slope of (λ/2) w² is λ w: it is added to dW.",
            "Then a step as always: minus η times the slope, for W and for b. The penalty leaves b alone.",
        ),
        code="""
            def l2_step(W, b, dW, db, rate, strength):
                return W - rate * (dW + strength * W), b - rate * db
        """,
        mistakes=(
            Mistake(STEP + "(W - rate * dW, b - rate * db)", "the penalty is missing"),
            Mistake(STEP + "(W - rate * (dW + strength / 2 * W), b - rate * db)", "half of what"),
            Mistake(STEP + "(W - rate * (dW + 2 * strength * W), b - rate * db)", "twice what"),
            Mistake(STEP + "(W - rate * (dW - strength * W), b - rate * db)", "away from 0"),
            Mistake(STEP + "(W + rate * (dW + strength * W), b - rate * db)", "uphill"),
            Mistake(STEP + "(W + rate * (dW - strength * W), b - rate * db)", "the sign of dW"),
            Mistake(
                STEP + "(W - rate * dW - strength * W, b - rate * db)", "missing from the penalty"
            ),
            Mistake(STEP + "(W - dW - strength * W, b - rate * db)", "η is missing"),
            Mistake(
                STEP + "((1 - rate * strength) * (W - rate * dW), b - rate * db)", "the *old* W"
            ),
            Mistake(
                STEP + "(W - rate * (dW + strength * np.sign(W)), b - rate * db)", "that is L1"
            ),
            Mistake(
                STEP + "(W - rate * (dW + strength / 2 * W**2), b - rate * db)",
                "the cost (λ/2) w² itself",
            ),
            Mistake(STEP + "(W - rate * (dW + strength * W**2), b - rate * db)", "squared still"),
            Mistake(STEP + "(W - rate * (dW + strength), b - rate * db)", "in proportion"),
            Mistake(
                STEP + "(W - rate * (dW + strength / 2 * (W**2).sum()), b - rate * db)", "no sum"
            ),
            Mistake(STEP + "(W - rate * (dW + strength * W.sum()), b - rate * db)", "no sum"),
            Mistake(
                STEP + "(W - rate * (dW + strength / len(W) * W), b - rate * db)", "is not divided"
            ),
            Mistake(STEP + "(dW + strength * W, db)", "that is the slope"),
            Mistake(STEP + "(W, b)", "nothing has changed"),
            Mistake(
                STEP + "(W - rate * (dW + strength * W), b - rate * (db + strength * b))",
                "Biases are free",
            ),
            Mistake(
                STEP + "(W - rate * (dW + strength * W), b - rate * (db + strength / 2 * b))",
                "Biases are free",
            ),
            Mistake(
                STEP + "(W - rate * (dW + strength * W), (1 - rate * strength) * (b - rate * db))",
                "Biases are",
            ),
            Mistake(STEP + "(W - rate * (dW + strength * W), b)", "they do learn"),
            Mistake(STEP + "(W - rate * (dW + strength * W), b + rate * db)", "downhill is minus"),
            Mistake(STEP + "(W - rate * (dW + strength * W), b - db)", "η is missing"),
            Mistake(STEP + "(b - rate * db, W - rate * (dW + strength * W))", "swapped"),
            Mistake(STEP + "W - rate * (dW + strength * W)", "two things"),
            Mistake(
                "def l2_step(W, b, dW, db, rate, strength):\n"
                " W -= rate * (dW + strength * W)\n b -= rate * db\n return W, b",
                "changes the array",
            ),
        ),
        noise=lambda rng: (lambda W, b, *_: (rng.normal(size=W.shape), rng.normal(size=b.shape)),),
    ),
    "shrink": Exercise(
        grade_shrink,
        hints=(
            "One step without a slope of the loss: w − η λ w = (1 − η λ) w.",
            "Ten steps multiply by 1 − η λ ten times.",
        ),
        code="""
            left = (1 - 0.1 * 0.5) ** 10
        """,
        mistakes=(
            Mistake("left = 0.5", "of what is left *then*"),
            Mistake("left = 0.607", "many tiny steps"),
            Mistake("left = 0.5**10", "η is forgotten"),
            Mistake("left = 0.9**10", "a step takes 10 %"),
            Mistake("left = 0.975**10", "without the ½"),
            Mistake("left = 1.05**10", "minus, not plus"),
            Mistake("left = 1", "the penalty has"),
            Mistake("left = 0.95", "after one step"),
            Mistake("left = 0.63", "after nine steps"),
            Mistake("left = 0.569", "after eleven steps"),
            Mistake("left = 0.401", "what is gone"),
            Mistake("left = 0.05**10", "0.95 stays"),
            Mistake("left = 59.9", "not a percentage"),
        ),
        noise=lambda rng: (rng.uniform(1, 50),),
    ),
    "l1_slope": Exercise(
        grade_l1_slope,
        hints=(
            "|w| rises by 1 for each 1 of w where w is above 0, and falls by 1 where it is below.",
            "np.sign(w) is 1, −1 or, where w = 0, 0.",
        ),
        code="""
            def l1_slope(w, strength):
                return strength * np.sign(w)
        """,
        mistakes=(
            Mistake(SLOPE + "strength / 2 * np.sign(w)", "E23"),
            Mistake(SLOPE + "strength * abs(w)", "that is the cost"),
            Mistake(SLOPE + "abs(w)", "that is |w|"),
            Mistake(SLOPE + "np.where(w >= 0, strength, -strength)", "starts to hop"),
            Mistake(SLOPE + "np.where(w > 0, strength, -strength)", "starts to hop"),
            Mistake(SLOPE + "strength * abs(w) / w", "0 / 0"),
            Mistake(SLOPE + "strength * w", "L2's slope"),
            Mistake(SLOPE + "w + 0", "w itself"),
            Mistake(SLOPE + "np.sign(w)", "λ is missing"),
            Mistake(SLOPE + "-strength * np.sign(w)", "comes with the step"),
            Mistake(SLOPE + "strength * np.ones_like(w)", "is −1"),
            Mistake(SLOPE + "w - strength * np.sign(w)", "only the slope"),
            Mistake(SLOPE + "0 * w", "zeros everywhere"),
            Mistake(SLOPE + "strength * np.sign(w).sum()", "of shape (3, 2)"),
        ),
        noise=lambda rng: (lambda w, _: rng.normal(size=w.shape),),
    ),
}
