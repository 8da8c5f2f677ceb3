"""What windows on images show, laid out for matrix products.

A convolution is a sum over everything in a window, at every place of it: laid out as a matrix, a single product does
that for a whole image. There are two ways to lay it out, ``Columns`` and ``Strips``; which is faster depends on the
number of channels.  Source: N24.
"""

import numpy as np

from nnlib.windows import Pair, parts, places


class Layout:
    """What all windows on x (n, h, w, c_in) show, laid out for products with W (kh, kw, c_in, c_out).

    ``places`` are the (rows, columns) of places; z and dz are (n, rows · columns, c_out).
    """

    def __init__(self, x: np.ndarray, size: Pair, stride: Pair) -> None:
        self.size, self.stride = size, stride
        self.places = places(x.shape, size, stride)

    @staticmethod
    def copies(size: Pair) -> int:
        """Return how often a pixel is copied."""
        raise NotImplementedError

    def product(self, W: np.ndarray, z: np.ndarray) -> None:
        """Write to z, for each window, the sum of what it shows times W."""
        raise NotImplementedError

    def d_weights(self, dz: np.ndarray) -> np.ndarray:
        """Return dW, for each window what it shows times its dz, summed."""
        raise NotImplementedError

    def d_input(self, dz: np.ndarray, W: np.ndarray, dx: np.ndarray) -> None:
        """Add to dx (n, h, w, c_in) dz times W from each window, where it was."""
        raise NotImplementedError


class Columns(Layout):
    """Each window a column of its image's matrix, (n, kh·kw·c_in, places): one product for every image.

    Each number of a window is copied for a whole row of places at once, so this is fast if channels are few.
    """

    def __init__(self, x: np.ndarray, size: Pair, stride: Pair) -> None:
        super().__init__(x, size, stride)
        # each (n, c_in, rows, columns)
        rows = [part.transpose(0, 3, 1, 2) for part in parts(x, size, stride)]
        self.columns = np.stack(rows, axis=1).reshape(len(x), size[0] * size[1] * x.shape[3], -1)

    @staticmethod
    def copies(size: Pair) -> int:
        """Return kh·kw."""
        return size[0] * size[1]

    def product(self, W: np.ndarray, z: np.ndarray) -> None:
        """Write z = columnsᵀ @ W."""
        np.matmul(self.columns.transpose(0, 2, 1), W.reshape(-1, W.shape[3]), out=z)

    def d_weights(self, dz: np.ndarray) -> np.ndarray:
        """Return dW = Σ columns @ dz over the images."""
        return (self.columns @ dz).sum(axis=0).reshape(*self.size, -1, dz.shape[2])

    def d_input(self, dz: np.ndarray, W: np.ndarray, dx: np.ndarray) -> None:
        """Add to dx the d columns = W @ dzᵀ."""
        d_columns = W.reshape(-1, W.shape[3]) @ dz.transpose(0, 2, 1)
        d_rows = d_columns.reshape(len(dz), -1, dx.shape[3], *self.places)
        for k, part in enumerate(parts(dx, self.size, self.stride)):
            part += d_rows[:, k].transpose(0, 2, 3, 1)


class Strips(Layout):
    """Each row of pixels window by window, (n, h, columns, kw·c_in): one product for every image and row of the kernel.

    A kernel's row u finds all that it needs in the strips u, u + stride, …, which are contiguous. That is kh
    times less to copy than whole windows.
    """

    def __init__(self, x: np.ndarray, size: Pair, stride: Pair) -> None:
        super().__init__(x, size, stride)
        windows = np.lib.stride_tricks.sliding_window_view(x, size[1], axis=2)[:, :, :: stride[1]]
        self.strips = np.ascontiguousarray(windows.swapaxes(3, 4)).reshape(*windows.shape[:3], -1)

    @staticmethod
    def copies(size: Pair) -> int:
        """Return kw."""
        return size[1]

    def rows(self, u: int) -> slice:
        """Return which strips the kernel's row u meets, one for each row of places."""
        return slice(u, u + (self.places[0] - 1) * self.stride[0] + 1, self.stride[0])

    def seen(self, u: int) -> np.ndarray:
        """Return what the kernel's row u sees, (n, places, kw·c_in)."""
        return self.strips[:, self.rows(u)].reshape(len(self.strips), -1, self.strips.shape[3])

    def product(self, W: np.ndarray, z: np.ndarray) -> None:
        """Write z = Σ seen(u) @ W[u] over the rows of the kernel."""
        rows = W.reshape(len(W), -1, W.shape[3])
        np.matmul(self.seen(0), rows[0], out=z)
        for u in range(1, len(W)):
            z += self.seen(u) @ rows[u]

    def d_weights(self, dz: np.ndarray) -> np.ndarray:
        """Return dW[u] = Σ seen(u)ᵀ @ dz over the images."""
        rows = [(self.seen(u).transpose(0, 2, 1) @ dz).sum(axis=0) for u in range(self.size[0])]
        return np.stack(rows).reshape(*self.size, -1, dz.shape[2])

    def d_input(self, dz: np.ndarray, W: np.ndarray, dx: np.ndarray) -> None:
        """Add to dx the d strips, to which each row of the kernel adds dz @ W[u]ᵀ."""
        # each W[u]ᵀ
        rows = np.ascontiguousarray(W.reshape(len(W), -1, W.shape[3]).swapaxes(1, 2))
        d_strips = np.zeros(self.strips.shape, dx.dtype)
        for u in range(len(W)):
            d_strips[:, self.rows(u)] += (dz @ rows[u]).reshape(len(dz), *self.places, -1)
        d_pixels = d_strips.reshape(*d_strips.shape[:3], self.size[1], -1)
        for v, part in enumerate(parts(dx, (1, self.size[1]), (1, self.stride[1]))):
            part += d_pixels[:, :, :, v]
