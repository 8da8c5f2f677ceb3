"""Slides of chapters: ``python -m tools.slides notebooks/05_backpropagation.ipynb --to FOLDER`` writes their decks."""

import argparse
import sys
from pathlib import Path

from tools.downloads import DownloadError
from tools.slides.export import write_assets, write_deck


def main(arguments: list[str]) -> int:
    """Write the decks that were asked for, and what they need, into a folder."""
    parser = argparse.ArgumentParser(prog="tools.slides", description="Write slides of notebooks.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args(arguments)
    try:
        write_assets(asked.to / "assets")
    except DownloadError as error:
        print(f"course.py: {error}; connect to a network once.", file=sys.stderr)
        return 1
    for notebook in asked.notebooks:
        path, count = write_deck(notebook, asked.to)
        print(f"{path}: {count} slides")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
