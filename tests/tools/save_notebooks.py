"""Run notebooks from top to bottom and save them as the course keeps them: with outputs, without widget state."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbstripout import strip_output

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What a run leaves in the metadata: what nbstripout takes out always, and what it is told to.
ALWAYS = [
    *("metadata.signature", "metadata.widgets"),
    *("cell.metadata.collapsed", "cell.metadata.ExecuteTime", "cell.metadata.execution"),
    *("cell.metadata.heading_collapsed", "cell.metadata.hidden", "cell.metadata.scrolled"),
]
EXTRA_KEYS = ["metadata.widgets", "metadata.language_info", "cell.metadata.execution"]
# The same as a command, for .pre-commit-config.yaml.
OPTIONS = ["--keep-output", "--keep-count", "--keep-id", "--extra-keys", " ".join(EXTRA_KEYS)]


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook without widget state and what a run leaves behind; outputs, counts and ids stay."""
    kept = {"keep_output": True, "keep_count": True, "keep_id": True}
    strip_output(notebook, extra_keys=ALWAYS + EXTRA_KEYS, **kept)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)  # its model lives only with its kernel
    return notebook


def save(path: Path) -> None:
    """Run one notebook and save it; an error in a cell stops here and leaves the file as it was."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    options = {"kernel_name": "python3", "coalesce_streams": True, "record_timing": False}
    NotebookClient(notebook, resources=resources, **options).execute()
    nbformat.write(stripped(notebook), path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        save(Path(name))
