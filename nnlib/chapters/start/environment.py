"""Whether this kernel has what the course needs: the bounds stand in the installed package, and only there."""

from importlib.metadata import PackageNotFoundError, requires, version

PACKAGE, EXTRA = "nnlib-course", "course"


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
