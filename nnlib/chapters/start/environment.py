"""Whether everything fits together: the kernel has what the course needs, and the page can talk to it."""

from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import anywidget
import traitlets

# The bounds stand in the installed package, and only there.
PACKAGE, EXTRA = "nnlib-course", "course"
MEND = "close JupyterLab and start it with:  python3 course.py lab  (in a browser, reload the page)"


class FrontEndCheck(anywidget.AnyWidget):
    """The page calls, the kernel answers, and the page says so. Where it cannot, it shows what to do about it."""

    _esm = Path(__file__).with_name("front_end.js")
    called = traitlets.Bool(default_value=False).tag(sync=True)
    heard = traitlets.Bool(default_value=False).tag(sync=True)

    @traitlets.observe("called")
    def _answer(self, _: Any) -> None:
        self.heard = True

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        words = f"No green line here? Then this page and the kernel do not fit together: {MEND}"
        live, metadata = super()._repr_mimebundle_() or ({}, {})
        return {**live, "text/plain": words, "text/html": f"<p>{words}</p>"}, metadata


def check() -> FrontEndCheck:
    """Say in one line whether the kernel has what the course needs, and let the page say whether it does."""
    problems = kernel_problems()
    for problem in problems:
        print(f"✗ {problem}")  # noqa: T201 - printing is what this function is for
    print(  # noqa: T201
        f"To fix this, {MEND}"
        if problems
        else "✓ Python and every package are as the course needs them."
    )
    return FrontEndCheck()


def kernel_problems() -> list[str]:
    """Return a sentence for each package that this kernel lacks, or has in a release that the course cannot use."""
    try:
        lines = requires(PACKAGE) or []
    except PackageNotFoundError:
        return [
            f"{PACKAGE} is missing: this kernel is not the one that the course was installed for"
        ]
    if not any("extra ==" in line for line in lines):
        return [
            f"{PACKAGE} does not say what its notebooks need: it was installed from an old folder"
        ]
    return [problem for line in lines if (problem := _problem(line))]


def _problem(line: str) -> str:
    """Return what is wrong with one requirement, such as "numpy<3,>=2.0" or "nbval; extra == 'course'"; else ""."""
    from packaging.requirements import Requirement

    wanted = Requirement(line)
    if wanted.marker and not wanted.marker.evaluate({"extra": EXTRA}):
        return ""
    needed = f": the course needs {wanted.specifier}" if wanted.specifier else ""
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is missing{needed}"
    if wanted.specifier.contains(found, prereleases=True):
        return ""
    return f"{wanted.name} is {found}{needed}"
