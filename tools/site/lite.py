"""JupyterLite: the notebooks as it wants them, its settings, and its build."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools.site.editions import edition_of
from tools.site.wheels import PYTHON, ROOT, STARTUP

NOTEBOOKS = ROOT / "notebooks"
# JupyterLab's own kernel has another name; by this one the page takes its only kernel without asking.
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
# Loaded while the kernel starts, so that no cell waits, and no notebook needs a cell that installs.
PRELOADED = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
PRELOADED += ["nnlib-course", "course-in-the-browser"]
FOLDER = "static/pyodide"
# Every cell is drawn, so that links find it. The kernel cannot be interrupted, so no button promises it.
OVERRIDES = {
    "@jupyterlab/apputils-extension:themes": {
        "adaptive-theme": True
    },  # light or dark as the system is
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/notebook-extension:panel": {"toolbar": [{"name": "interrupt", "disabled": True}]},
}


def write_contents(folder: Path) -> None:
    """Copy the chapters, their answers and pictures, each notebook with the browser's kernel."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(NOTEBOOKS, folder, ignore=ignored)
    for path in folder.rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"] |= {"kernelspec": KERNEL, "language_info": {"name": "python"}}
        notebook["metadata"]["course_edition"] = edition_of(notebook)
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        path.write_text(text, encoding="utf-8")


def write_data(folder: Path) -> None:
    """Publish the files that are too large to be loaded before anybody asks for them."""
    shutil.copytree(ROOT / "data" / "mnist", folder / "data" / "mnist")


def write_settings(folder: Path) -> None:
    """Write what the page and its kernel are to do."""
    lock = f"./{FOLDER}/pyodide-lock.json"
    options = {"packages": PRELOADED, "env": environment(), "lockFileURL": lock}
    kernel = {
        "pyodideUrl": f"./{FOLDER}/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": options,
    }
    data = {
        "appName": "Neural networks from scratch",
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    whole = {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
    (folder / "jupyter-lite.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    (folder / "overrides.json").write_text(json.dumps(OVERRIDES), encoding="utf-8")


def environment() -> dict[str, str]:
    """Return the environment variables of the kernel."""
    return {"PYTHONSTARTUP": f"/lib/python{PYTHON}/site-packages/{STARTUP}"}


def build(folder: Path, site: Path, kernel: Path) -> None:
    """Let JupyterLite make a site of a folder that has its settings and contents, with the kernel of a package."""
    command = [sys.executable, "-m", "jupyter", "lite", "build", "--force"]
    command += ["--lite-dir", str(folder), "--contents", str(folder / "contents")]
    command += ["--output-dir", str(site), "--no-sourcemaps", "--no-libarchive"]
    command += [f"--LiteBuildConfig.federated_extensions={kernel}"]
    command += ["--no-unused-shared-packages", "--apps", "lab", "--apps", "notebooks"]
    # in a folder of its own: what is left there of another build would be taken for done
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"JupyterLite could not build the site:\n{done.stderr[-3000:]}")
