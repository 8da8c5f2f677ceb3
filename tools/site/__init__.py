"""The course as a static site that runs in a browser with nothing installed: JupyterLite with Pyodide."""
