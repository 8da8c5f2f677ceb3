"""Build the site: ``python -m tools.docs --to FOLDER``. Whatever Sphinx warns about is an error."""

import argparse
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from tools.docs import api, pages

HERE = Path(__file__).resolve().parent


def build(folder: Path) -> int:
    """Write the site into a folder; return Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as work:
        source = Path(work)
        pages.write(source)
        api.write(source / "api")
        return make(source, folder)


def make(source: str | Path, folder: str | Path) -> int:
    """Make a site of the pages in a folder; return Sphinx's exit code, which is not 0 if it had to warn."""
    with tempfile.TemporaryDirectory() as notes:
        options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE), "-d", notes]
        return int(sphinx([*options, str(source), str(folder)]))


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="course.py docs", description=(__doc__ or ""))
    parser.add_argument("--to", type=Path, default=Path("docs-site"), metavar="FOLDER")
    folder = parser.parse_args(arguments).to.resolve()
    code = build(folder)
    if code == 0:
        print(f"The site is in {folder}: open {folder / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
