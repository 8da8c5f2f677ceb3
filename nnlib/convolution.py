"""Convolution: a small window of weights that looks at every place of an image in the same way.

Images are (n, height, width, channels), kernels (height, width, c_in, c_out). Ordered by rising difficulty: one image
and one kernel, then how large the result is, then the layer, and last the layer once more as naive loops to compare.

What libraries and this layer call convolution is cross-correlation: the kernel is not turned. As the weights are
learnt, nothing is lost by it.  Source: N24, N25; S4.
"""

from typing import Any

import numpy as np

from nnlib.blocks import by_blocks
from nnlib.errors import (
    require_count,
    require_images,
    require_pair,
    require_rank,
    require_rng,
    require_shape,
)
from nnlib.initializers import Initializer, glorot, zeros
from nnlib.layers import Layer
from nnlib.parameter import Parameter
from nnlib.windows import (
    Columns,
    Layout,
    Pair,
    Strips,
    margins,
    output_size,
    pair_text,
    places,
    require_padding,
    require_room,
)

FEW = 16  # numbers in a row of a window: from here on strips are quicker than columns


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
        raise ValueError(
            f"{who} got kernel of shape {kernel.shape}: expected at most {image.shape}, that of the image"
        )
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)


class Conv2D(Layer):
    """Filters that look through the same window at every place: z[i, j, k] = Σ x[i + u, j + v, c] W[u, v, c, k] + b[k].

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), z (n, rows, columns, c_out), rows and columns as
    ``output_size`` says. ``size`` and ``stride`` are numbers or pairs (height, width). ``padding`` is the zeros on
    each side, or "valid" for none, or "same" for ⌈n / stride⌉ places, with one more zero at the end than at the
    start where their number is odd. ``weights`` is an initializer, Glorot unless told otherwise; biases start at zero.

    What the windows show is laid out as a matrix, so that products do it all (``windows.py`` says how): z = matrix @ W.
    Backward: dW = matrixᵀ @ dz, db = Σ dz, and dx is dz @ Wᵀ, each row of it added back to where its window was.
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
        sides = [
            margins(x.shape[i + 1], self.size[i], self.stride[i], self.padding) for i in (0, 1)
        ]
        return x if not any(map(any, sides)) else np.pad(x, ((0, 0), *sides, (0, 0)))

    @property
    def way(self) -> type[Layout]:
        """The quicker way to lay out what the windows show."""
        return Columns if self.c_in * self.size[1] < FEW else Strips

    def layout(self, padded: np.ndarray) -> Layout:
        """Return what the windows on some images show."""
        return self.way(padded, self.size, self.stride)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z (n, rows, columns, c_out)."""
        padded = require_room(self, self.pad(require_images(self, x, self.c_in)), self.size)
        shape = len(x), *places(padded.shape, self.size, self.stride), self.c_out
        z = np.empty((len(x), shape[1] * shape[2], self.c_out), np.result_type(x, self.W.value))
        biases = np.tile(self.b.value, shape[1] * shape[2])

        def work(images: slice) -> None:
            self.layout(padded[images]).product(self.W.value, z[images])
            rows = z[images].reshape(
                -1, biases.size
            )  # one long row for each image adds up faster than many short ones
            rows += biases

        by_blocks(work, len(x), self.bytes_each(padded))
        self.cache = padded, x.shape, shape
        return z.reshape(shape)

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx, the margin taken off; add to dW and db."""
        padded, (_, h, w, _), shape = self.recall()
        require_shape(self, "dz", dz, shape)
        dx = np.zeros(padded.shape, np.result_type(dz, self.W.value))
        self.add_gradients(dz, dx)
        (top, _), (left, _) = (
            margins((h, w)[i], self.size[i], self.stride[i], self.padding) for i in (0, 1)
        )
        return dx[:, top : top + h, left : left + w]

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add to dW, and the sums of dz to db, and leave out dx."""
        require_shape(self, "dz", dz, self.recall()[2])
        self.add_gradients(dz)

    def add_gradients(self, dz: np.ndarray, dx: np.ndarray | None = None) -> None:
        """Add to dW and db, and to dx (n, height, width, c_in) of the padded images if it is given."""
        padded = self.cache[0]
        dz = dz.reshape(len(dz), -1, self.c_out)

        def work(images: slice) -> tuple[np.ndarray, np.ndarray]:
            layout, dz_here = self.layout(padded[images]), dz[images]
            if dx is not None:
                layout.d_input(dz_here, self.W.value, dx[images])
            return layout.d_weights(dz_here), dz_here.sum(axis=0).sum(axis=0)

        for dW, db in by_blocks(work, len(dz), self.bytes_each(padded)):
            self.W.add_grad(dW)
            self.b.add_grad(db)

    def bytes_each(self, padded: np.ndarray) -> int:
        """Return about how much memory one image takes when it is laid out."""
        return padded[0].nbytes * self.way.copies(self.size)

    def parameters(self) -> list[Parameter]:
        """Return [W, b]."""
        return [self.W, self.b]

    def config(self) -> dict[str, Any]:
        """Return the sizes, stride and padding."""
        sizes = {
            "c_in": self.c_in,
            "c_out": self.c_out,
            "size": list(self.size),
            "stride": list(self.stride),
        }
        return {**sizes, "padding": self.padding}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer of the same size, all zeros until its values are filled in."""
        return cls(**config, weights=zeros, rng=np.random.default_rng())

    def __repr__(self) -> str:
        stride = "" if self.stride == (1, 1) else f", stride {pair_text(self.stride)}"
        padding = "" if self.padding in (0, "valid") else f", padding {self.padding}"
        return f"Conv2D({self.c_in} → {self.c_out}, {self.size[0]}×{self.size[1]}{stride}{padding})"


def naive_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: Pair = (1, 1)) -> np.ndarray:
    """Return what ``Conv2D`` without padding makes of x, number by number: slow, and hard to get wrong.

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), result (n, rows, columns, c_out).
    """
    rows, columns = (
        output_size(x.shape[axis + 1], W.shape[axis], stride=stride[axis]) for axis in (0, 1)
    )
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
        window, d_window = (
            _window(image, i, j, W.shape, stride) for image in (x[example], dx[example])
        )
        d_window += slope * W[..., k]
        dW[..., k] += slope * window
        db[k] += slope
    return dx, dW, db


def _window(image: np.ndarray, i: int, j: int, size: tuple[int, ...], stride: Pair) -> np.ndarray:
    """The view of what the window at place (i, j) shows."""
    top, left = i * stride[0], j * stride[1]
    return image[top : top + size[0], left : left + size[1]]
