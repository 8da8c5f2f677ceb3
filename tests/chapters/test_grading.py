"""The graders that most exercises share: what they say of any answer, and that nothing breaks them."""

import sys
from types import ModuleType

import numpy as np
import pytest

from nnlib.chapters.kit.exercise import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    Chapter,
    Exercise,
    NotAttempted,
    NotYet,
    todo,
)
from nnlib.chapters.kit.grading import (
    article,
    brief,
    call,
    called,
    grade_function,
    grade_number,
    grade_suspects,
    name_function,
    name_mistake,
    number,
    numbers,
    parts,
)

X, W = np.array([1.0, 2.0, 3.0]), np.array([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]])


def said(grade, *answer):
    """Return the words of the reply to a wrong answer."""
    with pytest.raises(NotYet) as reply:
        grade(*answer)
    return str(reply.value)


# A function of numbers and arrays.


def scale(x, factor):
    return x * factor


def divided(x, factor):
    if factor == 2:
        raise ValueError("a known mistake may stop with an error")
    return x / factor


def doubled_in_place(x, factor):
    x *= 2
    return x


SCALE_WRONG = {
    "the factor is left out.": lambda x, factor: x,
    "the factor is turned round.": (divided, lambda x, factor: x * (1 / factor)),
    "the factor is not always 2.": doubled_in_place,
    "only the first is scaled.": lambda x, factor: np.append(x[0] * factor, x[1:]),
}
scale_grader = grade_function(scale, [(X, 2.0), (-X, 0.25)], SCALE_WRONG, praise="it scales.")

RIGHT = [
    lambda x, factor: factor * x,
    lambda x, factor: [value * factor for value in x],
    lambda x, factor: tuple(x * factor),
    lambda x, factor: np.array(4 * x * factor, dtype=int) / 4,
]


@pytest.mark.parametrize("answer", RIGHT)
def test_a_right_answer_may_come_in_any_form(answer):
    assert scale_grader(answer) == "it scales."


def test_what_holds_objects_is_not_numbers():
    assert "scale(x, factor) should hold numbers" in said(
        scale_grader, lambda *a: scale(*a).astype(object)
    )


def test_a_known_mistake_is_named_in_the_first_case_where_it_shows():
    assert said(scale_grader, lambda x, factor: x) == "the factor is left out."
    assert said(scale_grader, lambda x, factor: 2 * x) == "the factor is not always 2."
    words = said(scale_grader, lambda x, factor: [x[0] * factor, *x[1:]])
    assert words == "only the first is scaled."


def test_each_maker_of_a_row_counts_and_one_that_raises_is_passed_over():
    # at factor 2 the first maker of this row raises; the second still recognises the answer
    assert said(scale_grader, lambda x, factor: x / factor) == "the factor is turned round."


def test_the_first_row_that_fits_is_named():
    wrong = {"first.": lambda x, factor: x, "second.": lambda x, factor: x + 0}
    grade = grade_function(scale, [(X, 2.0)], wrong, praise="")
    assert said(grade, lambda x, factor: x) == "first."


def test_an_unknown_mistake_is_told_by_its_numbers_or_in_words_of_the_exercise():
    words = "scale(x, factor) should be [2, 4, 6], but it is [−1, −2, −3]."
    assert said(scale_grader, lambda x, factor: -x) == words

    def otherwise(case, got, right):
        return f"{case[1]:g}: {got[0]:g} and not {right[0]:g}."

    grade = grade_function(scale, [(X, 2.0)], {}, otherwise=otherwise, praise="")
    assert said(grade, lambda x, factor: -x) == "2: -1 and not 2."


def test_what_edits_its_arrays_leaves_the_cases_as_they_are():
    case = (X.copy(), 2.0)
    wrong = {"it edits, and is wrong.": lambda x, factor: -doubled_in_place(x, factor)}
    grade = grade_function(doubled_in_place, [case], wrong, praise="twice as much.")
    for _ in range(2):
        assert grade(scale) == "twice as much."
        assert said(grade, lambda x, factor: -2 * x) == "it edits, and is wrong."
    assert np.array_equal(case[0], X)


def test_a_wrong_shape_is_told_and_never_broadcast():
    got = said(scale_grader, lambda x, factor: (x * factor)[:, None])
    assert "scale(x, factor) should be of shape (3,), but it has shape (3, 1)" in got
    assert got.endswith(".ravel() makes one row of it")
    assert "shape ()" in said(scale_grader, lambda x, factor: 2.0)


def test_what_is_not_finite_is_told():
    for value in (np.nan, np.inf):
        words = said(scale_grader, lambda x, factor, value=value: x * value)
        assert words == "scale(x, factor) holds a value that is not a finite number"


def test_a_function_that_edits_its_arrays_is_told_so():
    assert "edits it in place" in said(scale_grader, doubled_in_place)


def test_tolerance_is_relative_to_the_largest_number():
    def grade(tolerance):
        return grade_function(scale, [(1e6 * X, 1.0)], {}, tolerance=tolerance, praise="near.")

    def off(x, factor):
        return x + 3.0  # of 3e6: one in a million

    assert grade(1e-5)(off) == "near."
    assert "should be" in said(grade(1e-7), off)
    assert "should be" in said(grade(1e-8), lambda x, factor: x.astype(np.float32) * 0.999999)


def test_a_mistake_is_recognised_by_the_same_tolerance():
    wrong = {"left out.": lambda x, factor: x}
    grade = grade_function(scale, [(X, 2.0)], wrong, tolerance=1e-5, praise="")
    assert said(grade, lambda x, factor: x * 1.000001) == "left out."
    assert said(grade, lambda x, factor: x * 1.001) != "left out."


def test_an_answer_is_read_as_the_exercise_says_and_so_are_the_mistakes():
    def read(answer, case):
        if not isinstance(answer, str):
            raise NotYet(f"a text of {len(case[0])} numbers is expected.")
        return [float(word) for word in answer.split()]

    def as_text(x, factor):
        return " ".join(map(str, x))

    wrong = {"left out.": as_text, "never read.": lambda x, factor: 3}
    grade = grade_function(
        lambda x, factor: [2.0, 4.0, 6.0], [(X, 2.0)], wrong, read=read, praise="read."
    )
    assert grade(lambda x, factor: "2 4.0 6e0") == "read."
    assert said(grade, as_text) == "left out."
    assert said(grade, scale) == "a text of 3 numbers is expected."


# A function that returns several things.


def affine(x, W):
    return x @ W, x.sum()


AFFINE_WRONG = {
    "both are right, in the other order.": lambda x, W: affine(x, W)[::-1],
    "the mean is not the sum.": lambda x, W: (x @ W, x.mean()),
}
affine_grader = grade_function(affine, [(X, W)], AFFINE_WRONG, parts=("z", "total"), praise="yes.")


def test_several_parts_may_come_as_tuple_or_list():
    assert affine_grader(affine) == "yes."
    assert affine_grader(lambda x, W: [list(x @ W), int(x.sum())]) == "yes."


def test_a_known_mistake_of_several_parts_needs_all_of_them():
    assert said(affine_grader, lambda x, W: (x @ W, x.mean())) == "the mean is not the sum."
    assert "should be" in said(affine_grader, lambda x, W: (-x @ W, x.mean()))


def test_parts_are_counted_and_named():
    few, many = lambda x, W: x @ W, lambda x, W: (*affine(x, W), 0)
    expected = "2 things are expected, return z, total; but "
    assert said(affine_grader, few) == expected + "one ndarray came back."
    assert said(affine_grader, many) == expected + "3 parts came back."
    grade = grade_function(affine, [(X, W)], {}, praise="")
    assert "return part 1, part 2" in said(grade, few)


def test_parts_that_are_swapped_are_told_by_their_shapes():
    words = said(affine_grader, lambda x, W: (x.sum(), x @ W))
    assert words == "z should be two numbers, such as [1, 1], but it has shape ()"


def test_swapped_parts_of_the_same_shape_are_a_mistake_like_any_other():
    def swap(w, v):
        return w + v, w - v

    wrong = {"the other way round.": lambda w, v: swap(w, v)[::-1]}
    grade = grade_function(swap, [(X, 2 * X)], wrong, parts=("w", "v"), praise="both.")
    assert said(grade, lambda w, v: (w - v, w + v)) == "the other way round."
    assert grade(lambda w, v: np.stack(swap(w, v))) == "both."  # the rows of one array are parts


def test_parts_are_read_one_by_one():
    first, second = parts([[1, 2], 3], ("w", "b"), [(2,), ()])
    assert first.dtype == second.dtype == float
    assert "b is None" in said(parts, ([1, 2], None), ("w", "b"), [(2,), ()])
    assert said(parts, ([1, 2, 3], 0), ("w", "b"), [(2,), ()]).startswith("w should be two numbers")
    assert "2 things" in said(parts, np.zeros((2, 2)), ("w", "b"), [(2,), ()])
    assert "2 numbers" in said(parts, "ab", ("w", "b"), [(), ()])


# Suspects.

suspects = grade_suspects(
    "second",
    {"first": ("sign", "Look where it goes."), "third": ("mean", "Double the batch.")},
    ("sign", "mean", "size"),
    clue="is wrong.",
    praise="found.",
)


def test_suspects_who_is_sound_comes_first_then_each_fault():
    right = {"first": "sign", "third": "mean"}
    assert suspects("second", right) == suspects(" Second ", {"first": "SIGN", "third": "mean "})
    assert suspects("second", right) == "found."
    assert said(suspects, 3, right) == 'right should be "first", "second" or "third".'
    assert said(suspects, "fifth", right) == said(suspects, 3, right)
    assert said(suspects, "third", right) == "the third one is wrong."


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ("sign", 'wrong should be {"first": "…", "third": "…"}, and no more.'),
        ({"first": "sign"}, "and no more"),
        ({"first": "sign", "second": "size", "third": "mean"}, "and no more"),
        ({"first": "sine", "third": "mean"}, 'The first one: a fault is "sign", "mean" or "size".'),
        ({"first": "sign", "third": "size"}, "The third one has another fault. Double the batch."),
        (
            {"first": "mean", "third": "sign"},
            "The first one has another fault. Look where it goes.",
        ),
    ],
)
def test_suspects_each_wrong_fault_gets_its_clue(faults, words):
    reply = said(suspects, "second", faults)
    assert reply.startswith("the second one is right indeed. ")
    assert words in reply


# A number.

NUMBER_WRONG = {
    "that is the area.": lambda: 12.0,
    "that is one side, or the other.": (lambda: 3, lambda: 4.0),
    "nobody gets as far as here.": lambda: "a text",
}
number_grader = grade_number(
    "n", 14, NUMBER_WRONG, tolerance=1e-3, praise="all round.", otherwise="not that."
)


def test_a_number_counts_within_its_tolerance():
    for value in (14, 14.0, np.float32(14), np.array(14), 14.013, 13.987):
        assert number_grader(value) == "all round."
    assert said(number_grader, 14.02) == said(number_grader, 13.98) == "not that."


def test_a_known_number_is_named_by_whichever_maker():
    assert said(number_grader, 12) == "that is the area."
    assert said(number_grader, 12.01) == "that is the area."
    assert said(number_grader, 12.1) == "not that."
    assert said(number_grader, 3) == said(number_grader, 4) == "that is one side, or the other."


def test_a_right_number_of_zero_is_not_near_everything():
    grade = grade_number("n", 0.0, {}, praise="nothing.", otherwise="not that.")
    assert grade(0) == "nothing."
    assert said(grade, 1e-6) == "not that."


def test_what_is_not_a_number_is_told_as_what_it_is():
    assert said(number_grader, None) == "n is None: nothing was put into it"
    assert said(number_grader, "14") == "n should hold numbers, but it is '14'"
    assert said(number_grader, [14]) == "n should be a single number, but it has shape (1,)"
    assert "not a finite number" in said(number_grader, float("nan"))


# Naming.


def test_a_mistake_is_named_only_with_its_shape():
    named = [(1.0, "a one."), ([1.0, 1.0], "two ones."), ((1.0, [2.0]), "a tuple.")]
    assert said(name_mistake, 1, named) == "a one."
    assert said(name_mistake, (1, 1), named) == "two ones."
    assert said(name_mistake, np.ones(2), named) == "two ones."
    assert said(name_mistake, [1, np.array([2])], named) == "a tuple."
    for other in (np.ones(3), np.ones((1, 2)), [[1]], 2, "text", (1, [2, 2]), (1, [2], 3)):
        assert name_mistake(other, named) is None


def test_a_mistake_that_is_nan_is_named_for_nan_alone():
    named = [([np.nan, 1.0], "0/0.")]
    assert said(name_mistake, [np.nan, 1.0], named) == "0/0."
    assert name_mistake([0.0, 1.0], named) is None
    assert name_mistake([np.nan, 2.0], named) is None


def test_infinite_and_wrong_numbers_do_not_widen_the_tolerance():
    known = np.array([2.0, np.inf]), np.array([0.0, 1.0])
    named = [(known[0], "infinite."), (known[1], "rounded.")]
    assert name_mistake([1.0, np.inf], named) is None
    assert name_mistake([1e-3, 1.0], named) is None
    assert said(name_mistake, [2.0, np.inf], named) == "infinite."
    assert said(name_mistake, [1e-9, 1.0], named) == "rounded."


def test_a_function_is_named_or_left_alone():
    assert name_function(X, (X, 0.25), {"left out.": divided}) is None
    assert said(name_function, 4 * X, (X, 0.25), {"divided.": divided}) == "divided."
    assert name_function(X, (X, 2), {"raises.": divided}) is None


def test_a_mistake_may_divide_by_zero_on_its_way():
    inverse = {"1/x.": lambda x, factor: np.where(x == 0, 0.0, 1 / x)}
    assert said(name_function, np.array([0.0, 0.5]), (np.array([0.0, 2.0]), 1), inverse) == "1/x."


# Asking.


def test_only_functions_are_called():
    assert said(call, 3) == "expected a function, got an int"
    assert said(call, [1, 2]) == "expected a function, got a list"


def test_a_function_without_return_is_told_so():
    assert "returns nothing (None)" in said(call, lambda: None)


def test_an_error_is_told_with_what_the_function_was_called_with():
    words = said(call, lambda x, n: x @ np.ones(n), X, 2)
    assert words.startswith("your function stops with ValueError: ")
    assert words.endswith("(called with an array of shape (3,), 2)")


def grown_in_place(x, W):
    x += W.T
    return x


def put_into_a_row(x, W):
    rows = np.zeros((2, 3))
    rows[0] = W[0]
    return rows


def product_in_two_lines(x, W):
    return W.T @ np.concatenate(
        [x, x],
    )


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (
            lambda x, W: W @ x,
            ": in W @ x, W is (3, 2) and x is (3,). In a product the inner two numbers must agree; "
            "here they are 2 and 3. The other way round, x @ W, they do. (called with an array",
        ),
        (
            lambda x, W: W @ W,
            ": in W @ W, W is (3, 2). In a product the inner two numbers must agree; here they are "
            "2 and 3. (called with",
        ),
        (lambda x, W: np.dot(W, x), ": in np.dot(W, x), W is (3, 2) and x is (3,). In a product"),
        (lambda x, W: W.T @ W.T, "here they are 3 and 2. (called with"),
        (
            lambda x, W: W.T @ x[0],
            ": in W.T @ x[0], W is (3, 2) and x is (3,). The product @ is one of arrays; with a "
            "single number it is *. (called with",
        ),
        (
            lambda x, W: x + W,
            ": in x + W, x is (3,) and W is (3, 2). (3,) and (3, 2) do not fit. Compared from the "
            "right, two numbers of the shapes must agree, or one of them be 1. (called with",
        ),
        (
            grown_in_place,
            ": in x += W.T, x is (3,) and W is (3, 2). An array of shape (2, 3) does not fit into one "
            "of shape (3,). (called with",
        ),
        (
            put_into_a_row,
            "An array of shape (2,) does not fit into one of shape (3,). (called with",
        ),
        (
            product_in_two_lines,
            ": In a product the inner two numbers must agree; here they are 3 and 6. (called with",
        ),
    ],
)
def test_an_error_of_shapes_is_told_by_names_and_shapes(function, words):
    assert words in said(call, function, X, W)


def test_without_its_source_an_error_of_shapes_tells_what_came():
    function = eval("lambda x, W: W @ x", {})
    words = "In a product the inner two numbers must agree; here they are 2 and 3. (called with an"
    assert words in said(call, function, X, W)


def test_a_function_among_the_arguments_is_called_so():
    words = said(call, lambda f, x: f[x], lambda x: x, 2)
    assert words.endswith("(called with a function, 2)")


def test_a_function_gets_copies():
    x = np.ones(2)

    def keep(given):
        assert given is not x
        return given

    assert np.array_equal(call(keep, x), x)
    assert "changes the array" in said(call, doubled_in_place, x, 2)
    assert np.array_equal(x, np.ones(2))


def half_1(x, factor):
    z = todo
    return (z > 0).astype(int)


def half_2(x, factor):
    return np.where(todo > 0, 1, 0)


def half_3(x, factor):
    return [int(row) for row in todo]


def half_4(x, factor):
    return x if todo else factor


def half_5(x, factor):
    return np.sqrt(todo), x


def half_6(x, factor):
    guess = todo
    if guess > 0:
        return x
    return None


def half_7(x, factor):
    new = np.zeros(3)
    new[0] = todo
    return new


def half_8(x, factor):
    return x * (todo // 2)


HALVES = [half_1, half_2, half_3, half_4, half_5, half_6, half_7, half_8]


@pytest.mark.parametrize("function", HALVES)
def test_a_half_written_function_is_not_attempted(function):
    with pytest.raises(NotAttempted):
        call(function, X, 2.0)
    assert chapter_of(scale_grader).check("asked", function).status == NOT_ATTEMPTED


# Reading.


def test_numbers_of_any_kind_become_floats():
    for value in ([1, 0], (True, False), np.array([1, 0], np.uint8), np.float32([1, 0])):
        read = numbers(value, "w", (2,))
        assert read.dtype == float
        assert read.tolist() == [1.0, 0.0]
    assert number(np.float32(0.5), "b") == 0.5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "w is None: nothing was put into it"),
        ("ab", "w should hold numbers, but it is 'ab'"),
        ([1, "a"], "w should hold numbers, but it is [1, 'a']"),
        ([1j, 2], "w should hold numbers, but it is [1j, 2]"),
        ([None, 1], "w should hold numbers, but it is [None, 1]"),
        ([[1, 2], [3]], "w should hold numbers, in rows of the same length, but it is [[1, 2], [3"),
        (1.0, "w should be two numbers, such as [1, 1], but it has shape ()"),
        ([[1], [2]], "but it has shape (2, 1); .ravel() makes one row of it"),
        ([np.inf, 1], "w holds a value that is not a finite number"),
    ],
)
def test_what_is_not_such_numbers_is_told_as_what_it_is(value, words):
    assert words in said(numbers, value, "w", (2,))


# Words.


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2, "2"),
        (-0.5, "−0.5"),
        (1 / 3, "0.3333"),
        (np.float64(1e-9), "1e−09"),
        (True, "True"),
        ("a", "'a'"),
        (np.array([1.0, -2.5]), "[1, −2.5]"),
        (np.eye(2), "[[1, 0], [0, 1]]"),
        (np.arange(6), "[0, 1, 2, 3, 4, 5]"),
        (np.zeros(7), "an array of shape (7,)"),
        ((1.0, np.zeros((4, 4))), "1, an array of shape (4, 4)"),
    ],
)
def test_a_value_in_brief(value, words):
    assert " ".join(brief(value).split()) == words


def test_a_call_is_written_with_its_numbers_or_its_names():
    assert called(scale, (3, -0.5)) == "scale(3, −0.5)"
    assert called(scale, (X, 2)) == "scale(x, factor)"


def test_a_noun_has_its_article():
    assert [article(noun) for noun in ("int", "Error", "list")] == ["an int", "an Error", "a list"]


# The whole way, as a notebook goes it.


def chapter_of(grade):
    """Return a chapter with one exercise, *asked*."""
    module = ModuleType("somewhere.asked")
    module.exercise = Exercise(("answer",), grade, ("a", "b"), "answer = 1", {}, lambda rng: (0,))
    return Chapter(module)


def test_the_three_replies():
    check = chapter_of(scale_grader).check
    assert check("asked", scale).status == CORRECT
    assert repr(check("asked", scale)) == "✓ correct: it scales."
    assert check("asked", todo).status == NOT_ATTEMPTED
    assert repr(check("asked", lambda x, factor: x)) == "✗ not yet: the factor is left out."


def test_whatever_breaks_a_grader_an_answer_comes_back():
    def grade(answer):
        return {}[answer]

    answer = chapter_of(grade).check("asked", "key")
    assert answer.status == NOT_YET
    assert answer.words == "your answer could not be read (KeyError: 'key')"


def endless(answer):
    return answer(answer)


def holding_itself():
    answer = [1]
    answer.append(answer)
    return answer


def test_an_answer_without_an_end_is_told():
    check = chapter_of(endless).check
    for answer in (holding_itself(), endless):
        assert check("asked", answer).words.startswith("your answer holds itself, or calls itself")


def test_an_answer_that_leaves_python_is_told():
    answer = chapter_of(lambda given: given()).check("asked", sys.exit)
    assert answer.words == "your answer could not be read (SystemExit: )"


def test_a_reply_stays_short_however_long_the_answer_is():
    def grade(answer):
        raise NotYet(f"{answer!r} is no number")

    words = chapter_of(grade).check("asked", "x" * 5_000_000).words
    assert len(words) < 1010
    assert words.endswith("is no number")


def test_a_grader_does_not_depend_on_numpys_settings():
    with np.errstate(all="raise"):
        answer = chapter_of(lambda given: f"{np.exp(given)}").check("asked", -1000.0)
    assert answer.status == CORRECT
