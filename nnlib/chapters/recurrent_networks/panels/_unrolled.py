"""How an unrolled loop is drawn: nodes, arrows, and a sheet without axes."""

from matplotlib.axes import Axes

from nnlib.chapters.kit import figures

NODE = {"s": 2100, "edgecolor": figures.INK, "linewidth": 1.5, "zorder": 3}
GREY, PALE = "#888888", "#BBBBBB"


def node(ax: Axes, x: float, y: float, text: str, colour: str, ink: str = figures.INK) -> None:
    """Draw a round node with a short text in it."""
    ax.scatter([x], [y], **{**NODE, "color": colour})
    ax.text(x, y, text, ha="center", va="center", color=ink, zorder=4, fontsize=12)


def edge(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    bend: float = 0.0,
) -> None:
    """Draw an arrow from node to node, straight or on a bend."""
    style = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 2,
        "shrinkA": 25,
        "shrinkB": 25,
        "mutation_scale": 16,
        "connectionstyle": f"arc3,rad={bend}",
    }
    ax.annotate("", xy=end, xytext=start, arrowprops=style, zorder=1)


def bare(ax: Axes, right: float, low: float, high: float, left: float = -0.5) -> None:
    """Show a part of the plane, without axes."""
    ax.set(xlim=(left, right), ylim=(low, high))
    ax.set_axis_off()


def sub(letter: str, number: int) -> str:
    """Return a letter with a number below it, as text: formulas would be set anew each time."""
    return letter + str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
