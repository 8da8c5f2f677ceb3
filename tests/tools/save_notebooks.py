"""Run notebooks from top to bottom and save them as the course keeps them: with outputs, without widget state."""

import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
STRIP = [
    *("--keep-output", "--keep-count", "--keep-id"),
    *("--extra-keys", "metadata.widgets metadata.language_info cell.metadata.execution"),
]


def save(path: Path) -> None:
    """Run one notebook and save it; an error in a cell stops here and leaves the file as it was."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(
                WIDGET_VIEW, None
            )  # its model lives only while its kernel does
    nbformat.write(notebook, path)
    subprocess.run([sys.executable, "-m", "nbstripout", *STRIP, path], check=True)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        save(Path(name))
