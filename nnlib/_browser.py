"""Data in a browser, where Python has no network of its own: the page is asked for a file when it is first read."""

import os
from pathlib import Path

# Where the files of the data folder are published, ending in a slash; whoever starts Python in a browser sets it.
ADDRESS = "NNLIB_DATA_URL"


def fetch(name: str, path: Path) -> None:
    """Fetch a file of the data folder and write it to ``path``.

    Raises ``FileNotFoundError`` if nobody said where the files are, or if it is not there.
    """
    from js import XMLHttpRequest  # only Pyodide has it

    base = os.environ.get(ADDRESS)
    if base is None:
        raise FileNotFoundError(f"{path} is missing, and {ADDRESS} does not say where it is")
    request, in_background = XMLHttpRequest.new(), False
    request.open("GET", base + name, in_background)
    request.responseType = "arraybuffer"
    request.send()
    if request.status != 200:
        raise FileNotFoundError(f"{base}{name} cannot be had (status {request.status})")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(request.response.to_bytes())
