"""How a chapter declares what it shows: ``@demo`` for a panel with controls, ``@picture`` for one without.

A drawing function takes an empty figure and the values of the controls, draws, and returns the alt text: what the
picture now shows, in words, the values included. Its declaration is all there is to write:

>>> @demo(size=(7.6, 4.2), slope=Slider("slope", -2, 2, 1.0))          # doctest: +SKIP
... def line(figure: Figure, slope: float) -> str:
...     '''Draw a line through the origin.'''

In a notebook ``panels.line()`` is the panel. Whatever is declared registers itself, so that the tests find it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Control
from nnlib.chapters.kit.touch import Touch

if TYPE_CHECKING:
    from nnlib.chapters.kit.panel import Panel

Draw = Callable[..., str]
Size = tuple[float, float]  # inches
DEMOS: dict[str, "Demo"] = {}
PICTURES: dict[str, "Picture"] = {}


class _Declared:
    """A drawing function and the size of its figure; known by where it stands, such as "perceptron.vote"."""

    def __init__(self, draw: Draw, size: Size) -> None:
        # it is not a function, but called as one
        update_wrapper(self, draw)  # type: ignore[arg-type]
        self.draw, self.size = draw, size

    @property
    def name(self) -> str:
        """The name of the drawing function."""
        return self.draw.__name__

    @property
    def chapter(self) -> str:
        """The folder of the chapter that it belongs to."""
        parts = self.draw.__module__.split(".")
        return parts[2] if len(parts) > 2 else parts[0]

    @property
    def key(self) -> str:
        """Chapter and name."""
        return f"{self.chapter}.{self.name}"


class Demo(_Declared):
    """A picture that follows its controls. Call it for the panel; ``draw`` is the drawing function itself.

    Raises ``TypeError`` if the controls are not the arguments of the drawing function.
    """

    def __init__(
        self, draw: Draw, size: Size, touches: tuple[Touch, ...], controls: dict[str, Control]
    ) -> None:
        super().__init__(draw, size)
        self.touches, self.controls = touches, controls
        _require_same_names(draw, controls)

    def __call__(self) -> "Panel":
        """Return the panel, which a notebook shows."""
        from nnlib.chapters.kit.panel import Panel  # here, so that declaring needs no ipywidgets

        return Panel(self.draw, self.controls, self.size, self.touches)


class Picture(_Declared):
    """A picture that stays as it is. Call it, with what the drawing function takes, to show it."""

    def __call__(self, *arguments: Any, **named: Any) -> None:
        """Draw and show it."""
        figure = figures.figure(*self.size)
        alt = self.draw(figure, *arguments, **named)
        figures.show(figure, alt=alt)


def demo(
    *, size: Size = (7.6, 4.2), touch: Touch | tuple[Touch, ...] = (), **controls: Control
) -> Callable[[Draw], Demo]:
    """Declare a drawing function as a panel: an argument and its control each, in the order in which they are shown.

    ``size`` is that of the figure in inches. ``touch`` says which controls follow a pointer in the picture.
    """
    touches = (touch,) if isinstance(touch, Touch) else touch

    def declare(draw: Draw) -> Demo:
        declared = Demo(draw, size, touches, controls)
        DEMOS[declared.key] = declared
        return declared

    return declare


def picture(*, size: Size = (7.6, 4.2)) -> Callable[[Draw], Picture]:
    """Declare a drawing function as a picture without controls; ``size`` in inches."""

    def declare(draw: Draw) -> Picture:
        declared = Picture(draw, size)
        PICTURES[declared.key] = declared
        return declared

    return declare


def _require_same_names(draw: Draw, controls: dict[str, Control]) -> None:
    _, *arguments = inspect.signature(draw).parameters.values()
    takes_all = any(argument.kind is argument.VAR_KEYWORD for argument in arguments)
    names = {argument.name for argument in arguments if argument.kind is not argument.VAR_KEYWORD}
    if not (names <= set(controls) if takes_all else names == set(controls)):
        raise TypeError(
            f"{draw.__name__} draws from {sorted(names)} and is declared with {sorted(controls)}: "
            "expected one control for each argument"
        )


def declared_in(package: str) -> dict[str, Demo | Picture]:
    """Import every module of a chapter's ``panels`` folder and return by name what they declare.

    Raises ``ValueError`` if two of them declare the same name.
    """
    found: dict[str, Demo | Picture] = {}
    for path in pkgutil.iter_modules(importlib.import_module(package).__path__):
        module = importlib.import_module(f"{package}.{path.name}")
        for name, value in vars(module).items():
            if isinstance(value, Demo | Picture) and value.draw.__module__ == module.__name__:
                if name in found:
                    raise ValueError(
                        f"{package} declares {name} twice: expected names of their own"
                    )
                found[name] = value
    return found


def declared_everywhere() -> tuple[list[Demo], list[Picture]]:
    """Import every module of the course and return all panels and all pictures: what the tests try."""
    chapters = importlib.import_module("nnlib.chapters")
    for module in pkgutil.walk_packages(chapters.__path__, "nnlib.chapters."):
        importlib.import_module(module.name)
    return list(DEMOS.values()), list(PICTURES.values())
