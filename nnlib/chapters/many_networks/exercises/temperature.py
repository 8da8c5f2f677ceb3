"""Exercise 3 of chapter 10: the temperature at which a second class gets a quarter, for logits 7 and 3."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import grade_number

RIGHT = 4 / np.log(3)
WRONG: Mistakes = {
    "turned round: that is 1/T. The logits are divided by T, so 4/T = ln 3.": lambda: np.log(3) / 4,
    "multiplied by ln 3 instead of divided: 4/T = ln 3.": lambda: 4 * np.log(3),
    "a quarter of both together: the shares are 1/4 and 3/4, so their ratio is 3, not 4.": (
        lambda: 4 / np.log(4)
    ),
    "the logits differ by 4: only that counts, as softmax is the same if 3 is taken off both.": (
        lambda: 7 / np.log(3)
    ),
    "the logits differ by 4; 3 itself does not matter.": lambda: 3 / np.log(3),
    "the difference of the logits counts, 7 − 3, not their sum.": lambda: 10 / np.log(3),
    "the natural logarithm is asked for: log to the base of e, not 10.": lambda: 4 / np.log10(3),
    "the natural logarithm is asked for: log to the base of e, not 2.": lambda: 4 / np.log2(3),
    "the sign: the 4 has the larger share, e^(4/T) = 3. T is above 0.": lambda: -4 / np.log(3),
    "without the exponential: the shares are in the ratio of e^(7/T) and e^(3/T), not of 7/T and "
    "3/T.": lambda: 4 / 3,
    "at T = 1 the 9 gets 0.018: it should be hotter.": lambda: 1.0,
    "at T = 4 it is 1/(1 + e) = 0.269: nearly, and a little too hot.": lambda: 4.0,
    "that is the share of the 9 as it is at T = 1; T is asked for.": lambda: 1 / (1 + np.exp(4)),
}

exercise = Exercise(
    names=("temperature",),
    grade=grade_number(
        "temperature",
        RIGHT,
        WRONG,
        tolerance=5e-3,  # 3.65, by hand, is right
        praise=f"4/ln 3 = {RIGHT:.2f}: what was 0.018 has become a quarter, large enough to learn "
        "from. No temperature brings it to more than a half.",
        otherwise="the shares are 3/4 and 1/4, so e^(7/T) is 3 times e^(3/T). Solve that for T.",
    ),
    hints=(
        "The shares are e^(7/T) and e^(3/T), both divided by their sum. If one is a quarter, how "
        "many times as large is the other?",
        "e^(7/T) / e^(3/T) = e^(4/T) = 3. The natural logarithm, np.log, takes the e away.",
    ),
    solution="temperature = 4 / np.log(3)",
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(20, 90),),
)
