"""``course.py site``: build the course as a static site, and serve it."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tools.downloads import DownloadError
from tools.site import editions, lite, pages, pyodide, wheels
from tools.site.serve import serve

MARK = "jupyter-lite.json"  # a folder that holds it is a site, and may be built anew


def build(site: Path, offline: bool, folder: Path | None) -> None:
    """Build the site into a folder that is empty, or holds an older one, which stays until the new one is whole."""
    _require_free(site)
    with tempfile.TemporaryDirectory() as name:
        work, new = Path(name), Path(name) / "site"
        (work / "wheels").mkdir()
        _say("the course's wheel, and those from PyPI")
        kernel = wheels.kernel(work)
        found = wheels.gather(work / "wheels", kernel)
        _say("JupyterLite")
        lite.write_contents(work / "contents")
        lite.write_settings(work)
        lite.build(work, new, kernel)
        _say("Pyodide")
        fetch = pyodide.from_folder(folder) if folder else pyodide.from_cdn
        pyodide.lay_out(new / lite.FOLDER, found, fetch if offline else None)
        _say("pages to read")
        lite.write_data(new)
        pages.write_pages(new)
        editions.write_editions(new)
        editions.write_worker(new, offline)
        if site.exists():
            shutil.rmtree(site)
        shutil.copytree(new, site)
    print(f"{site}: {pages.megabytes(site):.0f} MB")


def _require_free(site: Path) -> None:
    if site.exists() and not (site / MARK).is_file() and any(site.iterdir()):
        raise DownloadError(f"{site} holds something else; name another folder")


def _say(words: str) -> None:
    print(f"  {words} …", flush=True)


def main() -> int:
    """Build, and serve if that is asked for."""
    parser = argparse.ArgumentParser(prog="course.py site", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("site"))
    parser.add_argument(
        "--offline", action="store_true", help="with Pyodide and all wheels: needs no network"
    )
    parser.add_argument(
        "--pyodide", type=Path, metavar="FOLDER", help="take Pyodide's packages from there"
    )
    parser.add_argument("--serve", action="store_true", help="build, then open it in a browser")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    try:
        build(arguments.folder.resolve(), arguments.offline, arguments.pyodide)
    except DownloadError as error:
        sys.exit(f"course.py site: {error}")
    return serve(arguments.folder.resolve(), arguments.port) if arguments.serve else 0


if __name__ == "__main__":
    sys.exit(main())
