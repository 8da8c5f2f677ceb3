"""Convolution: a small window of weights that looks at every place of an image in the same way.

Images are (n, height, width, channels), kernels (height, width, c_in, c_out). Ordered by rising difficulty: one image
and one kernel, then how large the result is, then the layer, and last the layer once more as naive loops to compare.

What libraries and this layer call convolution is cross-correlation: the kernel is not turned. As the weights are
learnt, nothing is lost by it.  Source: N24, N25; S4.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlib.errors import describe, require_count, require_images, require_pair, require_rank, require_rng, require_shape
from nnlib.initializers import Initializer, glorot, zeros
from nnlib.layers import Layer
from nnlib.parameter import Parameter

Pair = tuple[int, int]


def cross_correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return y[i, j] = Σ image[i + u, j + v] · kernel[u, v] wherever the kernel lies inside the image.

    image (h, w), kernel (kh, kw), y (h − kh + 1, w − kw + 1).
    Raises ``ValueError`` where one is not two-dimensional or the kernel is larger than the image.  Source: N24.
    """
    return _slide("cross_correlate", image, kernel)


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the convolution: the kernel is turned by 180° and then slides over the image as in ``cross_correlate``.

    y[i, j] = Σ image[i + kh − 1 − u, j + kw − 1 − v] · kernel[u, v]. A single bright pixel is replaced by the kernel,
    upright; with ``cross_correlate`` by the kernel upside down. Shapes and errors as there.  Source: N24.
    """
    require_rank("convolve", "kernel", kernel, 2, "(height, width)")
    return _slide("convolve", image, kernel[::-1, ::-1])


def _slide(who: str, image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    require_rank(who, "image", image, 2, "(height, width)")
    require_rank(who, "kernel", kernel, 2, "(height, width)")
    if not (kernel.shape[0] <= image.shape[0] and kernel.shape[1] <= image.shape[1]):
        raise ValueError(f"{who} got kernel of shape {kernel.shape}: expected at most {image.shape}, that of the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)


def output_size(n: int, size: int, *, stride: int = 1, padding: int | str = 0) -> int:
    """Return how many places a window of ``size`` pixels has on n pixels: ⌊(n + p − size) / stride⌋ + 1.

    p are the zeros added on both sides together: 2 · padding, or 0 for "valid", or as many as ⌈n / stride⌉ places
    need for "same". From one place to the next, stride − 1 pixels are left out (E45).
    Raises ``ValueError`` or ``TypeError`` where the window does not fit or an argument is wrong.  Source: N24.
    """
    require_count("output_size", "n", n)
    require_count("output_size", "size", size)
    require_count("output_size", "stride", stride)
    before, after = margins(n, size, stride, require_padding("output_size", padding))
    if n + before + after < size:
        raise ValueError(f"output_size got a window of {size} on {n + before + after} pixels: expected one that fits")
    return (n + before + after - size) // stride + 1


def margins(n: int, size: int, stride: int, padding: int | str) -> Pair:
    """Return how many zeros go before and after n pixels; where "same" needs an odd number, one more goes after."""
    if padding == "valid":
        return 0, 0
    if padding != "same":
        return int(padding), int(padding)
    total = max((-(-n // stride) - 1) * stride + size - n, 0)
    return total // 2, total - total // 2


def require_padding(who: Any, padding: Any) -> int | str:
    """Return ``padding`` if it is "same", "valid" or a whole number of at least 0; else raise."""
    if isinstance(padding, str) and padding in ("same", "valid"):
        return padding
    if isinstance(padding, bool | str) or not isinstance(padding, int | np.integer):
        came = repr(padding) if isinstance(padding, str) else describe(padding)
        raise TypeError(f'{who} got padding = {came}: expected a whole number, "same" or "valid"')
    if padding < 0:
        raise ValueError(f"{who} got padding = {padding}: expected 0 or more")
    return int(padding)


def parts(x: np.ndarray, size: Pair, stride: Pair) -> Iterator[np.ndarray]:
    """Yield, for each place in a window in row order, a view of what lies there in every window on x (n, h, w, c).

    Each is (n, rows, columns, c), with rows × columns the places of the window. What is added to it is added to x.
    """
    rows, columns = ((x.shape[axis + 1] - size[axis]) // stride[axis] + 1 for axis in (0, 1))
    for u, v in np.ndindex(*size):
        down = slice(u, u + (rows - 1) * stride[0] + 1, stride[0])
        right = slice(v, v + (columns - 1) * stride[1] + 1, stride[1])
        yield x[:, down, right]


def require_room(who: Any, x: np.ndarray, size: Pair) -> np.ndarray:
    """Return ``x`` (n, h, w, c) if a window of ``size`` has room on it; else raise ``ValueError``."""
    if x.shape[1] < size[0] or x.shape[2] < size[1]:
        raise ValueError(
            f"{who} got images of {x.shape[1]}×{x.shape[2]} pixels, margins included: expected {size[0]}×{size[1]} "
            "or more, as large as the window"
        )
    return x


class Conv2D(Layer):
    """Filters that look through the same window at every place: z[i, j, k] = Σ x[i + u, j + v, c] W[u, v, c, k] + b[k].

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), z (n, rows, columns, c_out), rows and columns as
    ``output_size`` says. ``size`` and ``stride`` are numbers or pairs (height, width). ``padding`` is the zeros on
    each side, or "valid" for none, or "same" for ⌈n / stride⌉ places, with one more zero at the end than at the
    start where their number is odd. ``weights`` is an initializer, Glorot unless told otherwise; biases start at zero.

    All windows are laid out as rows of a matrix, so that one product does all: z = rows @ W. Backward: dW = rowsᵀ @ dz,
    db = Σ dz, and dx is dz @ Wᵀ with each row added back to where its window was.
    Raises ``ValueError`` or ``TypeError`` naming the layer where an argument is wrong or x does not fit.
    Source: N24, N25.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: int | str = 0,
        rng: np.random.Generator,
        weights: Initializer = glorot,
    ) -> None:
        self.c_in = require_count("Conv2D", "c_in", c_in)
        self.c_out = require_count("Conv2D", "c_out", c_out)
        self.size = require_pair("Conv2D", "size", size)
        self.stride = require_pair("Conv2D", "stride", stride)
        self.padding = require_padding("Conv2D", padding)
        shape = (*self.size, self.c_in, self.c_out)
        values = weights(shape, require_rng(self, rng))
        self.W = Parameter(require_shape(self, "weights", values, shape).copy(), f"{self}.W")
        self.b = Parameter(np.zeros(self.c_out), f"{self}.b")

    def pad(self, x: np.ndarray) -> np.ndarray:
        """Return x with its margin of zeros, (n, height + …, width + …, c)."""
        sides = [margins(x.shape[i + 1], self.size[i], self.stride[i], self.padding) for i in (0, 1)]
        return x if not any(map(any, sides)) else np.pad(x, ((0, 0), *sides, (0, 0)))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z (n, rows, columns, c_out)."""
        padded = require_room(self, self.pad(require_images(self, x, self.c_in)), self.size)
        places = np.stack(list(parts(padded, self.size, self.stride)), axis=3)  # (n, rows, columns, kh·kw, c_in)
        rows = places.reshape(-1, self.W.value[..., 0].size)
        z = rows @ self.W.value.reshape(-1, self.c_out)
        z += self.b.value
        shape = (*places.shape[:3], self.c_out)
        self.cache = rows, x.shape, padded.shape, shape
        return z.reshape(shape)

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx; add rowsᵀ @ dz to dW and the sums of dz to db."""
        self.backward_to_parameters(dz)
        _, x_shape, padded_shape, shape = self.cache
        places = (dz.reshape(-1, self.c_out) @ self.W.value.reshape(-1, self.c_out).T).reshape(
            *shape[:3], -1, self.c_in
        )
        dx = np.zeros(padded_shape, places.dtype)
        for k, part in enumerate(parts(dx, self.size, self.stride)):
            part += places[:, :, :, k]
        (top, _), (left, _) = (margins(x_shape[i + 1], self.size[i], self.stride[i], self.padding) for i in (0, 1))
        return dx[:, top : top + x_shape[1], left : left + x_shape[2]]

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add rowsᵀ @ dz to dW and the sums of dz to db, and leave out dx."""
        rows, _, _, shape = self.recall()
        dz = require_shape(self, "dz", dz, shape).reshape(-1, self.c_out)
        self.W.add_grad((rows.T @ dz).reshape(self.W.value.shape))
        self.b.add_grad(dz.sum(axis=0))

    def parameters(self) -> list[Parameter]:
        """Return [W, b]."""
        return [self.W, self.b]

    def config(self) -> dict[str, Any]:
        """Return the sizes, stride and padding."""
        sizes = {"c_in": self.c_in, "c_out": self.c_out, "size": list(self.size), "stride": list(self.stride)}
        return {**sizes, "padding": self.padding}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer of the same size, all zeros until its values are filled in."""
        return cls(**config, weights=zeros, rng=np.random.default_rng())

    def __repr__(self) -> str:
        stride = "" if self.stride == (1, 1) else f", stride {pair_text(self.stride)}"
        padding = "" if self.padding in (0, "valid") else f", padding {self.padding}"
        return f"Conv2D({self.c_in} → {self.c_out}, {self.size[0]}×{self.size[1]}{stride}{padding})"


def pair_text(pair: Pair) -> str:
    """Return "2" for (2, 2) and "2×3" for (2, 3)."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"


def naive_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: Pair = (1, 1)) -> np.ndarray:
    """Return what ``Conv2D`` without padding makes of x, number by number: slow, and hard to get wrong.

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), result (n, rows, columns, c_out).
    """
    rows, columns = (output_size(x.shape[axis + 1], W.shape[axis], stride=stride[axis]) for axis in (0, 1))
    z = np.zeros((len(x), rows, columns, len(b)))
    for example, i, j, k in np.ndindex(z.shape):
        window = _window(x[example], i, j, W.shape, stride)
        z[example, i, j, k] = (window * W[..., k]).sum() + b[k]
    return z


def naive_backward(
    x: np.ndarray, W: np.ndarray, dz: np.ndarray, stride: Pair = (1, 1)
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (dx, dW, db): each output gives its dz to all that it was made of.

    dz has the shape of ``naive_forward``'s result, the others those of x, W and b.
    """
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[3])
    for example, i, j, k in np.ndindex(dz.shape):
        slope = dz[example, i, j, k]
        window, d_window = (_window(image, i, j, W.shape, stride) for image in (x[example], dx[example]))
        d_window += slope * W[..., k]
        dW[..., k] += slope * window
        db[k] += slope
    return dx, dW, db


def _window(image: np.ndarray, i: int, j: int, size: tuple[int, ...], stride: Pair) -> np.ndarray:
    """The view of what the window at place (i, j) shows."""
    top, left = i * stride[0], j * stride[1]
    return image[top : top + size[0], left : left + size[1]]
