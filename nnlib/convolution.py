"""Convolution: a small window of weights that looks at every place of an image in the same way.

Images are (n, height, width, channels), kernels (height, width, c_in, c_out). Ordered by rising difficulty: one image
and one kernel, then a batch of images with channels forward and back, then the layer, and last naive loops to compare.

What libraries and this layer call convolution is cross-correlation: the kernel is not turned. As the weights are
learnt, nothing is lost by it.  Source: N24, N25; S4.
"""

from typing import Any

import numpy as np

from nnlib._fast import convolution as fast
from nnlib._fast.choice import in_floats, or_faster
from nnlib.errors import (
    require_count,
    require_images,
    require_pair,
    require_rank,
    require_shape,
)
from nnlib.initializers import Initializer, glorot, start_values, zeros
from nnlib.layers import Layer
from nnlib.parameter import Parameter
from nnlib.windows import (
    Padding,
    Pair,
    each_way,
    margins,
    output_size,
    pair_text,
    parts,
    places,
    require_padding,
    require_room,
    require_window,
)


def cross_correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return y[i, j] = Σ image[i + u, j + v] · kernel[u, v] wherever the kernel lies inside the image.

    image (h, w), kernel (kh, kw), y (h − kh + 1, w − kw + 1).
    Raises ``ValueError`` if one is not two-dimensional or the kernel is larger than the image.  Source: N24.
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
            f"{who} got kernel of shape {kernel.shape}: "
            f"expected at most {image.shape}, that of the image"
        )
    image, kernel = _with_room(image, kernel)
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)


def _with_room(image: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers in int64, or in float64 if sums of their products could run over there."""
    if "f" in (image.dtype.kind, kernel.dtype.kind):
        return image, kernel
    largest = [max(abs(int(one.min())), abs(int(one.max()))) for one in (image, kernel)]
    sums = largest[0] * largest[1] * kernel.size
    dtype = np.int64 if sums < 2**63 else np.float64
    return image.astype(dtype), kernel.astype(dtype)


def _require_windows(who: str, x: Any, W: Any, stride: Any) -> tuple[int, int, int, int]:
    """Return the shape of z if W looks at images x, moved by ``stride``; else raise."""
    require_rank(who, "W", W, 4, "(kh, kw, c_in, c_out)")
    require_images(who, x, W.shape[2])
    return len(x), *require_window(who, x, W.shape[:2], stride), W.shape[3]


def _require_forward(who: str, x: Any, W: Any, b: Any, stride: Any = (1, 1)) -> None:
    _require_windows(who, x, W, stride)
    require_shape(who, "b", b, W.shape[3:])


def _require_backward(
    who: str, dz: Any, x: Any, W: Any, stride: Any = (1, 1), *, needs_dx: bool = True
) -> None:
    require_shape(who, "dz", dz, _require_windows(who, x, W, stride))


@or_faster(fast.conv2d, _require_forward)
def conv2d(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: Pair = (1, 1)) -> np.ndarray:
    """Return z[i, j] = Σ x[i·stride + u, j·stride + v] @ W[u, v] + b, summed over all cells (u, v) of the window.

    x (n, height, width, c_in), padded already; W (kh, kw, c_in, c_out); b (c_out,); z (n, rows, columns, c_out).
    Each turn of the loop does one cell (u, v), for all windows of all images at once.  Source: N24.
    """
    size = W.shape[:2]
    z = np.zeros((len(x), *places(x.shape, size, stride), len(b)), np.result_type(x, W))
    for (u, v), seen in zip(np.ndindex(size), parts(x, size, stride), strict=True):
        z += seen @ W[u, v]
    return z + b


@or_faster(fast.conv2d_grad, _require_backward)
def conv2d_grad(
    dz: np.ndarray,
    x: np.ndarray,
    W: np.ndarray,
    stride: Pair = (1, 1),
    *,
    needs_dx: bool = True,
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """Return (dx, dW, db) for dz, in the shapes of x, W and b; dx is None if ``needs_dx`` is False.

    dW[u, v] = Σ x[i·stride + u, j·stride + v]ᵀ @ dz[i, j] over all images and windows, and db = Σ dz. Every window
    adds its kernel, times its dz, to the pixels that it saw: dx[i·stride + u, j·stride + v] += dz[i, j] @ W[u, v]ᵀ.
    Source: N25.
    """
    size = W.shape[:2]
    dx = np.zeros(x.shape, np.result_type(dz, W))
    dW = np.zeros(W.shape, np.result_type(dz, W))
    shown = zip(parts(x, size, stride), parts(dx, size, stride), strict=True)
    for (u, v), (seen, d_seen) in zip(np.ndindex(size), shown, strict=True):
        dW[u, v] = np.einsum("nijc,nijk->ck", seen, dz)  # over images, rows and columns
        d_seen += dz @ W[u, v].T  # a view of dx: what is added here lands there
    return dx if needs_dx else None, dW, dz.sum(axis=(0, 1, 2))


class Conv2D(Layer):
    """A convolutional layer: every filter slides one window of weights over the image, as ``conv2d`` does.

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), z (n, rows, columns, c_out), rows and columns as
    ``output_size`` says.

    - ``size`` and ``stride`` are numbers or pairs (height, width).
    - ``padding`` is the number of zeros on each side, or a pair (above and below, left and right), "valid" for none, or
      "same" for as many as give ⌈pixels / stride⌉ positions; if that number is odd, the extra zero goes after.
    - ``weights`` is an initializer, Glorot unless told otherwise; biases start at zero.

    Raises ``ValueError`` or ``TypeError`` naming the layer if an argument is wrong or x does not fit.
    Source: N24, N25.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: Padding = 0,
        rng: np.random.Generator,
        weights: Initializer = glorot,
    ) -> None:
        self.c_in = require_count("Conv2D", "c_in", c_in)
        self.c_out = require_count("Conv2D", "c_out", c_out)
        self.size = require_pair("Conv2D", "size", size)
        self.stride = require_pair("Conv2D", "stride", stride)
        self.padding = require_padding("Conv2D", padding)
        shape = (*self.size, self.c_in, self.c_out)
        self.W = Parameter(start_values(self, weights, shape, rng), f"{self}.W")
        self.b = Parameter(np.zeros(self.c_out), f"{self}.b")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z (n, rows, columns, c_out)."""
        padded = self.pad(require_images(self, x, self.c_in))
        require_room(self, padded, self.size)
        z = conv2d.unchecked(padded, self.W.value, self.b.value, self.stride)
        self.cache = padded, x.shape, z.shape
        return z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx without the padding; add to dW and db."""
        dx = self.add_gradients(dz, needs_dx=True)
        _, (_, h, w, _), _ = self.cache
        (top, _), (left, _) = self.margins(h, w)
        return dx[:, top : top + h, left : left + w]

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add to dW and db, without computing dx."""
        self.add_gradients(dz, needs_dx=False)

    def add_gradients(self, dz: np.ndarray, *, needs_dx: bool) -> Any:
        """Add to dW and db; return dx of the padded images if it is needed."""
        padded, _, shape = self.recall()
        require_shape(self, "dz", dz, shape)
        dx, dW, db = conv2d_grad.unchecked(dz, padded, self.W.value, self.stride, needs_dx=needs_dx)
        self.W.add_grad(dW)
        self.b.add_grad(db)
        return dx

    def margins(self, h: int, w: int) -> tuple[Pair, Pair]:
        """Return the zeros (above, below) and (left, right) of images of h × w pixels."""
        (kh, kw), (down, right) = self.size, self.stride
        rows, columns = each_way(self.padding)
        return margins(h, kh, down, rows), margins(w, kw, right, columns)

    def pad(self, x: np.ndarray) -> np.ndarray:
        """Return x with its zeros around it, (n, padded height, padded width, c_in)."""
        sides = self.margins(x.shape[1], x.shape[2])
        return np.pad(x, ((0, 0), *sides, (0, 0))) if sides != ((0, 0), (0, 0)) else x

    def window(self) -> tuple[Pair, Pair]:
        """Return (size, stride)."""
        return self.size, self.stride

    def parameters(self) -> list[Parameter]:
        """Return [W, b]."""
        return [self.W, self.b]

    def config(self) -> dict[str, Any]:
        """Return the sizes, stride and padding."""
        channels = {"c_in": self.c_in, "c_out": self.c_out}
        window = {
            "size": list(self.size),
            "stride": list(self.stride),
            "padding": self.padding,
        }
        return {**channels, **window}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer of the same size, all zeros until its values are filled in."""
        return cls(**config, weights=zeros, rng=np.random.default_rng())

    def __repr__(self) -> str:
        stride = "" if self.stride == (1, 1) else f", stride {pair_text(self.stride)}"
        rows, columns = each_way(self.padding)
        words = f"{rows}" if rows == columns else f"{rows}×{columns}"
        padding = "" if self.padding in (0, "valid") else f", padding {words}"
        return f"Conv2D({self.c_in} → {self.c_out}, {self.size[0]}×{self.size[1]}{stride}{padding})"


def naive_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: Pair = (1, 1)) -> np.ndarray:
    """Return what ``Conv2D`` without padding makes of x, number by number: slow, and hard to get wrong.

    x (n, height, width, c_in), W (kh, kw, c_in, c_out), b (c_out,), result (n, rows, columns, c_out).
    """
    _require_forward("naive_forward", x, W, b, stride)
    x, W, b = in_floats((x, W, b))
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
    _require_backward("naive_backward", dz, x, W, stride)
    x, W, dz = in_floats((x, W, dz))
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
