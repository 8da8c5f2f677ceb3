"""Whether everything fits together: the kernel has what the course needs, and the page can talk to it."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import anywidget
import traitlets

REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements.txt"
MEND = "close JupyterLab and start it with:  python3 course.py lab"


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
    problems = kernel_problems(REQUIREMENTS.read_text(encoding="utf-8"))
    for problem in problems:
        print(f"✗ {problem}")  # noqa: T201 - printing is what this function is for
    print(  # noqa: T201
        f"To fix this, {MEND}"
        if problems
        else "✓ Python and every package are as the course needs them."
    )
    return FrontEndCheck()


def kernel_problems(requirements: str) -> list[str]:
    """Return a sentence for each thing of ``requirements`` (the text of requirements.txt) that this kernel lacks."""
    from packaging.requirements import Requirement

    problems = []
    for line in requirements.splitlines():
        if not line or line.startswith(("#", "-")):
            continue
        wanted = Requirement(line)
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            problems.append(f"{wanted.name} is missing: the course needs {wanted.specifier}")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            problems.append(f"{wanted.name} is {found}: the course needs {wanted.specifier}")
    return problems
