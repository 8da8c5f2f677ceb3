"""What makes a site keep itself and a reader's work: the edition of each notebook, the hash of each file."""

import json
import shutil
from pathlib import Path
from typing import Any

from tools.downloads import sha256
from tools.site.in_the_browser import sum_of
from tools.site.pyodide import CDN
from tools.site.wheels import HERE

PAGE = HERE / "page"
# Nothing that a reader's browser asks for.
LEFT_OUT = (
    ".LICENSE.txt",
    "service-worker.js",
    "jupyter-lite.ipynb",
    "jupyterlite.schema.v0.json",
    "rspack.config.js",
    "rspack.config.analyze.js",
    "rspack.config.watch.js",
    "third-party-licenses.json",
    "package.json",
)


def edition_of(notebook: dict[str, Any]) -> str:
    """Return a sum of what is written in the cells: FNV-1a, 32 bits, which edition.js works out too."""
    return sum_of("".join("".join(cell["source"]) + "\0" for cell in notebook["cells"]))


def write_editions(site: Path) -> None:
    """Write down the edition of each notebook of the site, and let the pages that open notebooks look at it first."""
    files = site / "files"
    editions = {
        path.relative_to(files).as_posix(): edition_of(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(files.rglob("*.ipynb"))
    }
    (site / "editions.json").write_text(json.dumps(editions, indent=1), encoding="utf-8")
    shutil.copy(PAGE / "edition.js", site)
    script = '<script src="../edition.js"></script>'
    for page in (site / "lab" / "index.html", site / "notebooks" / "index.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<head>", f"<head>\n    {script}", 1), encoding="utf-8")


def write_worker(site: Path, offline: bool) -> None:
    """Put what keeps the site before JupyterLite's own service worker; last, when all files are there."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    files = {
        path.relative_to(site).as_posix(): sha256(path.read_bytes())[:10]
        for path in paths
        if not path.name.endswith(LEFT_OUT)
    }
    code = (PAGE / "keep.js").read_text(encoding="utf-8")
    code = code.replace("FILES = {}", f"FILES = {json.dumps(files)}", 1)
    code = code.replace("ELSEWHERE = []", f"ELSEWHERE = {json.dumps([] if offline else [CDN])}", 1)
    worker = site / "service-worker.js"
    worker.write_text(f"{code}\n{worker.read_text(encoding='utf-8')}", encoding="utf-8")
