"""Draw a computation: what came from what, with its values, its local slopes and its gradients; or a circuit's bits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from nnlib.autodiff import Variable
from nnlib.autodiff_rules import RULES
from nnlib.chapters.kit import figures
from nnlib.circuits import Circuit

Places = dict[int, tuple[float, float]]
Children = dict[int, list[Variable]]


CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}


def graph(ax: Axes, result: Variable, slopes: bool = True) -> Axes:
    """Draw the graph of a computation of single numbers, from what it starts with (left) to ``result`` (right).

    Each node shows its name (or its operation) and its value; below it, in orange, its gradient, once ``backward``
    was called. With ``slopes`` each edge shows its local slope: how fast the child changes with that parent alone.
    Raises ``ValueError`` if a node holds more than one number.
    """
    nodes = result.ancestors()
    for node in nodes:
        if node.shape != ():
            raise ValueError(
                f"graph draws single numbers, and {node.name or 'a node'} has shape {node.shape}"
            )
    places = _places(nodes)
    for node in nodes:
        texts: dict[int, str] = {}
        for parent, slope in zip(node.parents, _local_slopes(node), strict=True):
            before = texts.get(id(parent))  # x · x has two edges from x, drawn as one
            texts[id(parent)] = f"{before} + {_short(slope)}" if before else _short(slope)
        for parent in dict.fromkeys(node.parents):
            _edge(
                ax,
                places[id(parent)],
                places[id(node)],
                texts[id(parent)] if slopes and _counts(parent) else "",
            )
    _draw_nodes(ax, nodes, places)
    width, height = (max(place[i] for place in places.values()) for i in (0, 1))
    ax.set(xlim=(-0.5, width + 0.5), ylim=(-0.55, height + 0.4))
    ax.set_axis_off()
    return ax


def _places(nodes: list[Variable]) -> Places:
    """Put each node one column right of its last parent, at the height of its neighbours on the left.

    What nothing leads to stands just left of its first child, at the height of its children.
    """
    # variables compare by value, and here the same one is meant
    children = {
        id(node): [child for child in nodes if any(node is parent for parent in child.parents)]
        for node in nodes
    }
    column: dict[int, int] = {}
    for node in nodes:
        column[id(node)] = 1 + max((column[id(parent)] for parent in node.parents), default=-1)
    for node in nodes:
        if not node.parents:
            column[id(node)] = (
                min((column[id(child)] for child in children[id(node)]), default=1) - 1
            )
    places: Places = {}
    for _ in range(3):  # heights settle as neighbours do
        for place in range(max(column.values()) + 1):
            inside = [node for node in nodes if column[id(node)] == place]
            _stack(inside, place, list(column.values()), children, places)
    return places


def _stack(
    inside: list[Variable], place: int, columns: list[int], children: Children, places: Places
) -> None:
    def height(node: Variable) -> float:
        near = [
            places[id(other)][1]
            for other in node.parents or children[id(node)]
            if id(other) in places
        ]
        return sum(near) / len(near) if near else 0.0

    tallest = max(columns.count(number) for number in columns)
    for row, node in enumerate(sorted(inside, key=height)):
        places[id(node)] = (float(place), (row + 0.5) * tallest / len(inside) - 0.5)


def _local_slopes(node: Variable) -> list[float]:
    if not node.parents:
        return []
    values = [parent.value for parent in node.parents]
    one = node.value * 0 + 1
    return [float(dx) for dx in RULES[node.operation].pull(one, node.value, *values, *node.options)]


def _counts(node: Variable) -> bool:
    """Whether a node is more than a plain number."""
    return bool(node.parents or node.name)


def _edge(ax: Axes, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    style = {
        "arrowstyle": "-|>",
        "color": "#888888",
        "linewidth": 1.5,
        "shrinkA": 19,
        "shrinkB": 19,
        "mutation_scale": 14,
    }
    ax.annotate("", xy=end, xytext=start, arrowprops=style, zorder=1)
    if text:  # nearer to the end, not where edges cross
        across, up = (0.4 * a + 0.6 * b for a, b in zip(start, end, strict=True))
        box = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        look = {**CENTRED, "color": figures.BLUE, "fontsize": 12, "bbox": box, "zorder": 2}
        ax.text(across, up, f"× {text}", **look)


def _draw_nodes(ax: Axes, nodes: list[Variable], places: Places) -> None:
    """Draw all circles at once, as each call costs a millisecond, and their words."""
    centres = np.array([places[id(node)] for node in nodes])
    sizes = [1500 if _counts(node) else 500 for node in nodes]
    look = {"color": "white", "edgecolor": figures.INK, "linewidth": 1.4, "zorder": 3}
    ax.scatter(*centres.T, s=sizes, **look)
    for node in nodes:
        _write(ax, places[id(node)], node)


def _write(ax: Axes, place: tuple[float, float], node: Variable) -> None:
    name = node.name or node.operation
    words = f"{name}\n{_short(float(node.value))}" if name else _short(float(node.value))
    ax.text(*place, words, fontsize=12, zorder=4, **CENTRED)
    if node.grad is not None and _counts(node):
        below, look = (place[0], place[1] - 0.36), {"color": figures.DARK_ORANGE, "fontsize": 12}
        ax.text(*below, f"∂ = {_short(float(node.grad))}", zorder=4, **look, **CENTRED)


def _short(value: float) -> str:
    return figures.minus(f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}")


def circuit(
    ax: Axes, gates: Circuit, bits: Sequence[int], heights: Mapping[str, float] | None = None
) -> Axes:
    """Draw NAND perceptrons in columns by depth, each wire thick and orange if it carries a 1 for these inputs."""
    values = {wire: int(value[0]) for wire, value in gates.wires(np.array([bits])).items()}
    places = circuit_places(gates, heights)
    deepest = max(across for across, _ in places.values())
    ends = [(source, places[out]) for out, *sources in gates.gates for source in sources]
    ends += [(wire, (deepest + 0.8, places[wire][1])) for wire in gates.outputs]
    for lit, colour, width in ((0, "#999999", 1.2), (1, figures.ORANGE, 3.5)):
        wires = [(places[source], end) for source, end in ends if values[source] == lit]
        ax.add_collection(LineCollection(wires, colors=colour, linewidths=width, zorder=1 + lit))
    for marker, names in (("o", gates.inputs), ("s", [out for out, _, _ in gates.gates])):
        look = {"marker": marker, "edgecolor": figures.INK, "linewidth": 1.2, "zorder": 3}
        fills = [figures.ORANGE if values[name] else "white" for name in names]
        ax.scatter(*np.array([places[name] for name in names]).T, s=520, color=fills, **look)
    for wire, place in places.items():
        ink = "black" if values[wire] else figures.INK  # on orange, in the dark theme too
        ax.text(*place, str(values[wire]), color=ink, zorder=4, **CENTRED)
    ax.set(xlim=(-0.9, deepest + 1.6), ylim=(-0.04, 1.04))
    ax.set_axis_off()
    return ax


def circuit_places(
    circuit: Circuit, heights: Mapping[str, float] | None = None
) -> dict[str, tuple[float, float]]:
    """Put each wire's source in the column of its depth: inputs first, a gate after the later of its sources.

    In its column each has the same room, unless ``heights`` says how high it stands, from 0 to 1.
    """
    heights = heights or {}
    depth = dict.fromkeys(circuit.inputs, 0)
    for out, left, right in circuit.gates:
        depth[out] = 1 + max(depth[left], depth[right])
    columns: dict[int, list[str]] = {}
    for wire, column in depth.items():
        columns.setdefault(column, []).append(wire)
    return {
        wire: (float(column), heights.get(wire, 1 - (row + 0.5) / len(wires)))
        for column, wires in columns.items()
        for row, wire in enumerate(wires)
    }
