"""What is right and what is wrong in the answers of chapter 06, and how the learner is told."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.activations import Softmax
from nnlib.chapters.gradient_descent.exercises.softmax_graders import digits_split
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.convolution import Conv2D, convolve, cross_correlate
from nnlib.layers import every_layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.parameter import count_values
from nnlib.pooling import MaxPool2D
from nnlib.training import DivergedError, fit
from nnlib.windows import output_size

Cases = tuple[tuple[int, ...], ...]
PLACES: Cases = (
    (28, 5, 1, 0),
    (28, 3, 1, 1),
    (8, 3, 2, 0),
    (11, 3, 2, 2),
    (10, 3, 4, 0),
    (12, 4, 3, 1),
    (64, 7, 4, 2),
)
COUNTS: Cases = ((3, 8, 5), (1, 6, 3), (16, 4, 2))


def _require_right(function: Any, name: str, cases: Cases, right: np.ndarray, named: Named) -> None:
    """Raise ``NotYet`` unless the function's answers to all cases are right; a known mistake explains all of them."""
    answers = np.array([number(call(function, *case), f"{name}{case}") for case in cases])
    if not np.allclose(answers, right):
        name_mistake(answers, named)
        wrong = np.flatnonzero(~np.isclose(answers, right))[0]
        raise NotYet(
            f"{name}{cases[wrong]} should be {right[wrong]}, and it is {answers[wrong]:g}: count on paper."
        )


def grade_output_size(places: Any) -> str:
    """A function places(n, size, stride, padding): ⌊(n + 2 padding − size) / stride⌋ + 1."""
    n, size, stride, padding = np.array(PLACES).T
    right = np.array([output_size(*case[:2], stride=case[2], padding=case[3]) for case in PLACES])
    room = n + 2 * padding - size
    named: Named = [
        ((n + padding - size) // stride + 1, "padding is on both sides: 2 · padding more pixels."),
        ((n - size) // stride + 1, "the padding is missing."),
        (room // stride, "one too few: the first place counts as well, + 1."),
        (room + 1, "the stride is missing: only every stride-th place is taken."),
        (
            room // (stride + 1) + 1,
            "the next place is stride pixels on: stride − 1 are left out, not stride.",
        ),
        (
            np.ceil(room / stride) + 1,
            "rounded up: where the window would stick out at the end it has no place.",
        ),
        (room / stride + 1, "a window is in a place or not: round down, with // instead of /."),
        (
            (n + 2 * padding + size) // stride + 1,
            "+ size instead of − size: a large window has fewer places.",
        ),
        (
            n + 2 * padding - size // stride + 1,
            "brackets are missing: // binds more tightly than −.",
        ),
        (
            (room + 1) // stride,
            "the + 1 belongs behind the division: the first place, then one every stride pixels.",
        ),
        ((n + 2 * padding) // stride, "the size is missing: the window has to fit in whole."),
    ]
    _require_right(places, "places", PLACES, right, named)
    return "⌊(n + 2p − k) / s⌋ + 1. Rows and columns each have theirs."


SHAPES = {
    (): "a single number came back: the kernel has to visit every place.",
    (
        7,
        5,
    ): "the result is as large as the image. Keep only the places where the kernel lies inside: 5×3 of them.",
    (4, 2): "one row and one column too few: the last place counts too, range(h − kh + 1).",
    (3, 5): "rows and columns of the result are swapped.",
    (5, 3, 3): "summed in one direction only: one number for each place.",
    (5, 3, 3, 3): "the products are not summed yet: one number for each place.",
}


def grade_correlate(correlate: Any) -> str:
    """A function correlate(image, kernel): the products with what the kernel lies on, summed, at every place."""
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(7, 5)), rng.normal(size=(3, 3))
    answer, right = _call_correlate(correlate, image, kernel), cross_correlate(image, kernel)
    if np.shape(answer) in SHAPES:
        raise NotYet(SHAPES[np.shape(answer)])
    values = numbers(answer, "the result", right.shape)
    if not np.allclose(values, right):
        name_mistake(values, _wrong_sums(image, kernel))
        i, j = np.argwhere(~np.isclose(values, right))[0]
        raise NotYet(f"result[{i}, {j}] should be {right[i, j]:.4f}, and it is {values[i, j]:.4f}.")
    image, kernel = rng.normal(size=(4, 8)), rng.normal(size=(2, 3))
    answer, right = _call_correlate(correlate, image, kernel), cross_correlate(image, kernel)
    if np.shape(answer) != right.shape or not np.allclose(answer, right):
        raise NotYet(
            "right for a 3×3 kernel on 7×5 pixels, wrong for 2×3 on 4×8: which number is fixed in it?"
        )
    return "at every place a window of the image times the kernel, summed."


def _call_correlate(correlate: Any, image: np.ndarray, kernel: np.ndarray) -> Any:
    try:
        return call(correlate, image, kernel)
    except NotYet as reason:
        if "setting an array element" in str(reason) or "only length-1" in str(reason):
            raise NotYet(
                "sum(…) adds up the rows only; one place has room for one number, np.sum(…)."
            ) from None
        raise


def _wrong_sums(image: np.ndarray, kernel: np.ndarray) -> Named:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return [
        (
            convolve(image, kernel),
            "the kernel is turned by 180°: that is convolution. Lay it on as it is.",
        ),
        (cross_correlate(image, kernel[::-1]), "the kernel is upside down: lay it on as it is."),
        (
            cross_correlate(image, kernel[:, ::-1]),
            "the kernel is turned left to right: lay it on as it is.",
        ),
        (
            cross_correlate(image, kernel.T),
            "the kernel is transposed: window[u, v] belongs to kernel[u, v].",
        ),
        (
            (windows @ kernel).sum(axis=(2, 3)),
            "@ is the matrix product: here number times number, with *.",
        ),
        (
            (windows * kernel).mean(axis=(2, 3)),
            "the sum of the products is wanted, not their mean.",
        ),
        (windows.sum(axis=(2, 3)), "the pixels are summed without their weights."),
        (np.zeros(windows.shape[:2]), "zeros everywhere: is anything written into the result?"),
    ]


def grade_edge(kernel: Any) -> str:
    """A 3×3 kernel: 0 on one grey and on changes from top to bottom, above 0 where it gets brighter to the right."""
    array = numbers(kernel, "kernel", (3, 3))
    largest = np.abs(array).max()
    if largest == 0:
        raise NotYet(
            "zeros find nothing: where it gets brighter to the right the answer should be above 0."
        )
    if abs(array.sum()) > 1e-9 * largest:
        raise NotYet(
            f"it answers {array.sum():.4g} to an area of grey 1, the sum of its numbers: make that 0."
        )
    rows, columns = (
        np.where(abs(array.sum(axis=axis)) < 1e-9 * largest, 0, array.sum(axis=axis))
        for axis in (1, 0)
    )
    if rows.any():
        turned = " It finds level edges: transpose it." if not columns.any() else ""
        raise NotYet(
            f"it answers to changes from top to bottom: each of its rows should sum to 0.{turned}"
        )
    if not columns.any():
        raise NotYet(
            "it answers to corners, not to upright edges: the right column should weigh more than the left."
        )
    if columns[2] >= 0 >= columns[0]:
        return "dark on the left counts against, bright on the right for: Sobel, Prewitt and their kin."
    if columns[2] <= 0 <= columns[0]:
        raise NotYet(
            "it answers where it gets *darker* to the right: turn it round, minus on the left."
        )
    raise NotYet(
        "it finds upright lines; at an edge its answer is above 0 on one side and below on the other."
    )


def grade_parameters(parameters: Any) -> str:
    """A function parameters(c_in, c_out, size): size² · c_in · c_out + c_out."""
    (c_in, c_out, size), rng = np.array(COUNTS).T, np.random.default_rng(0)
    right = np.array([count_values(Conv2D(*case, rng=rng).parameters()) for case in COUNTS])
    weights = size**2 * c_in * c_out
    named: Named = [
        (weights, "those are the weights; every filter has a bias too."),
        (weights + 1, "not one bias in all, but one for each filter."),
        (
            weights + c_in,
            "a bias belongs to what comes out: one for each filter, not for each input channel.",
        ),
        (
            (weights // c_out + 1) * (c_out + 1),
            "a bias is one number more in a filter, not a filter more.",
        ),
        (
            size**2 * c_out + c_out,
            "c_in is missing: a filter has a window of weights for every channel that comes in.",
        ),
        (size**2 * c_in + 1, "that is one filter; there are c_out of them."),
        (size**2 * c_in + c_out, "c_out is missing from the weights: each filter has its own."),
        (size * c_in * c_out + c_out, "a window is size rows of size columns: size², not size."),
        (
            size**2 * (c_in + c_out) + c_out,
            "every filter sees every channel: c_in · c_out windows, not c_in + c_out.",
        ),
    ]
    _require_right(parameters, "parameters", COUNTS, right, named)
    return "(size² · c_in + 1) · c_out, however large the image is."


def grade_field(field: Any) -> str:
    """How many pixels across one output sees after conv 3, conv 3, pool 2, conv 3: 10."""
    if np.shape(field) in ((2,), (2, 2)):
        raise NotYet(
            "one number is wanted, the pixels across; receptive_field(…) gives ((height, width), stride)."
        )
    answer = number(field, "field")
    named = {
        8.0: "from the pooling on, neighbours are two pixels apart: the last window reaches 2 · 2 further, not 2.",
        11.0: "windows overlap, so their sizes do not add up: each adds its size − 1.",
        54.0: "sizes do not multiply: each window adds (its size − 1) · the strides before it.",
        7.0: "the pooling is left out.",
        100.0: "that is the area; how many pixels *across*?",
        9.0: "the pooling's own window counts too: it adds one pixel.",
        6.0: "that is up to the pooling; one more convolution follows.",
        5.0: "that is after two convolutions; pooling and another one follow.",
    }
    if answer != 10:
        start = "start with 1 pixel; each layer adds (its size − 1) · the product of the strides before it."
        raise NotYet(named.get(answer, start))
    return "10: 1 + 2 + 2 + 1, and then 2 · 2."


def grade_pool_back(pool_back: Any) -> str:
    """A function pool_back(x, dy) → dx of max-pooling with windows of 2×2."""
    rng = np.random.default_rng(1)
    for h, w in ((4, 6), (6, 2)):
        x, dy, pool = rng.normal(size=(h, w)), rng.normal(size=(h // 2, w // 2)), MaxPool2D(2)
        pool.forward(x[None, :, :, None])
        right = pool.backward(dy[None, :, :, None])[0, :, :, 0]
        result = call(pool_back, x, dy)
        if np.shape(result) == dy.shape:
            raise NotYet(
                f"dx has the shape of dy: it should have that of x, {x.shape}, a slope for every pixel."
            )
        answer = numbers(result, "dx", x.shape)
        if not np.allclose(answer, right):
            name_mistake(answer, _wrong_slopes(x, dy))
            i, j = np.argwhere(~np.isclose(answer, right))[0]
            raise NotYet(
                f"dx[{i}, {j}] should be {right[i, j]:.4f}, and it is {answer[i, j]:.4f}: which is largest?"
            )
    return "each dy goes to the largest pixel of its window, and to it alone."


def _wrong_slopes(x: np.ndarray, dy: np.ndarray) -> Named:
    square = np.ones((2, 2))
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))[::2, ::2]
    largest, smallest = (x == np.kron(f(windows, axis=(2, 3)), square) for f in (np.max, np.min))
    shares = np.kron(dy, square)
    swapped = largest.reshape(len(dy), 2, -1, 2).transpose(0, 3, 2, 1).reshape(x.shape)
    return [
        (
            shares / 4,
            "spread evenly: that is mean pooling. The largest pixel gets all of it, the others nothing.",
        ),
        (shares, "all four get dy: only the largest pixel should."),
        (shares * smallest, "the smallest pixel gets it: the largest should."),
        (largest, "the place is right; it should get its dy, not 1."),
        (largest * x, "the place is right; it should get its dy, not the pixel itself."),
        (
            shares * swapped,
            "row and column within the window are swapped: argmax counts row by row.",
        ),
        (
            shares * np.kron(np.ones(dy.shape), [[1, 0], [0, 0]]),
            "always the first pixel of the window: the largest.",
        ),
        (
            shares * (x == x.max()),
            "only the largest pixel of all gets something: each window has a largest.",
        ),
        (0 * x, "zeros everywhere: is anything written into dx?"),
    ]


def _suspect(
    *, flip: bool = False, overwrite: bool = False, mean: bool = False
) -> Callable[..., Any]:
    """Return the way back through a convolution without padding, stride 1, with the mistakes asked for."""

    def backward(x: Any, W: Any, b: Any, dz: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        dx, dW, kernel = np.zeros(x.shape), np.zeros(W.shape), W[::-1, ::-1] if flip else W
        for i, j in np.ndindex(dz.shape[1:3]):
            here = np.s_[:, i : i + W.shape[0], j : j + W.shape[1]]
            share = np.einsum("nk,uvck->nuvc", dz[:, i, j], kernel)
            dx[here] = share if overwrite else dx[here] + share
            dW += np.einsum("nuvc,nk->uvck", x[here], dz[:, i, j])
        return dx, dW, dz.mean(axis=(0, 1, 2)) if mean else dz.sum(axis=(0, 1, 2))

    return backward


# x, W, b, dz to try the suspects on
EXAMPLE = tuple(
    map(np.random.default_rng(3).standard_normal, ((2, 5, 4, 2), (3, 2, 2, 3), (3,), (2, 3, 3, 3)))
)
SUSPECTS = {
    "first": _suspect(flip=True),
    "second": _suspect(),
    "third": _suspect(mean=True),
    "fourth": _suspect(overwrite=True),
}
FAULTS = {
    "first": (
        "flip",
        "Its dW and db are right. With a dz of 0 but for a single 1: what does dx look like beside W?",
    ),
    "third": ("bias", "Its dx and dW are right."),
    "fourth": (
        "overlap",
        "Its dW and db are right. In dx only the corners are, which a single window sees.",
    ),
}


def grade_break_it(right: Any, wrong: Any) -> str:
    """Which suspect is right, and what the others get wrong."""
    right = right.strip().lower() if isinstance(right, str) else right
    if not isinstance(right, str) or right not in SUSPECTS:
        raise NotYet('right should be "first", "second", "third" or "fourth".')
    if right != "second":
        raise NotYet(
            f"the {right} one differs from naive_backward(x, W, dz): compare dx, dW and db one by one."
        )
    if not isinstance(wrong, dict) or set(wrong) != set(FAULTS):
        raise NotYet(
            'the second is right indeed. wrong should be {"first": "…", "third": "…", "fourth": "…"}.'
        )
    for name, (fault, clue) in FAULTS.items():
        given = str(wrong[name]).strip().lower()
        if given not in ("overlap", "flip", "bias"):
            raise NotYet(
                f'the second is right indeed. {name}: a fault is "overlap", "flip" or "bias".'
            )
        if given != fault:
            raise NotYet(f"the second is right indeed. The {name} one has another fault. {clue}")
    return "a kernel turned by 180° on the way back; a mean where a sum belongs; shares overwritten, not added up."


LIMIT, WANTED, FEWEST = 3000, 95, 510


def grade_lenet(layers: Any) -> str:
    """Layers for images (8, 8, 1) with a convolution, at most 3,000 parameters, that read 95 of 100 test digits."""
    network = _build(layers)
    if not any(isinstance(layer, Conv2D) for layer in every_layer(network.layers)):
        raise NotYet("there is no convolution in it: at least one Conv2D is wanted.")
    count = count_values(network.parameters())
    if count > LIMIT:
        raise NotYet(
            f"it has {count:,} parameters, and {LIMIT:,} are allowed. network.summary() says where they are."
        )
    _require_logits(network)
    right = _right_after_training(network)
    if right < WANTED:
        why = (
            "it only guesses: do the weights start too large?"
            if right < 20
            else "more filters, or less pooling?"
        )
        raise NotYet(
            f"{right:.1f} of 100 test digits are right ({count:,} parameters), {WANTED} are wanted: {why}"
        )
    fewer = f"Fewer? {FEWEST} can do it." if count > FEWEST else "We know of none with fewer."
    return f"{right:.1f} of 100 with {count:,} parameters. {fewer}"


def _build(layers: Any) -> Network:
    made, again = (call(layers, np.random.default_rng(0)) for _ in range(2))
    if isinstance(made, list | tuple) and made and made[0] is again[0]:
        raise NotYet(
            "the same layers come back at every call, trained ones perhaps: make new ones in the function."
        )
    try:
        return Network(made)
    except (TypeError, ValueError) as error:
        raise NotYet(f"no network can be made of what the function returns: {error}") from error


def _require_logits(network: Network) -> None:
    """Raise ``NotYet`` where images (8, 8, 1) do not go through, or where something else than 10 logits comes out."""
    try:
        shape = network.predict(np.zeros((2, 8, 8, 1))).shape
    except Exception as error:  # layers of the learner's own may raise anything
        raise NotYet(
            f"images of shape (2, 8, 8, 1) do not go through. {type(error).__name__}: {error}"
        ) from error
    if shape != (2, 10):
        flat = " Flatten() makes rows of images." if len(shape) > 2 else ""
        raise NotYet(
            f"two images give shape {shape}, and 10 logits for each are wanted, (2, 10).{flat}"
        )
    if isinstance(network.layers[-1], Softmax):
        raise NotYet("the loss makes shares of logits already: leave out the Softmax at the end.")


def _right_after_training(network: Network) -> float:
    (x, y), (x_test, y_test) = digits_split()
    optimizer, rng = SGD(network.parameters(), 0.1), np.random.default_rng(0)
    examples = x.reshape(-1, 8, 8, 1), y
    try:
        fit(network, SoftmaxCrossEntropy(), optimizer, examples, epochs=8, batch_size=10, rng=rng)
    except DivergedError:
        raise NotYet(
            "the cost ran away to infinity: with η = 0.1 the weights should start smaller."
        ) from None
    return 100 * float((network.classify(x_test.reshape(-1, 8, 8, 1)) == y_test).mean())
