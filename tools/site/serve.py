"""A server for the site on this computer: the plainest there is, with the types of files that browsers insist on."""

import functools
import http.server
import webbrowser
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files, and nothing else."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - as the class above has it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".ipynb": "application/json",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def end_headers(self) -> None:
        """Let browsers ask whether what they kept is still the same: a site that was built anew is seen at once."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of each file."""


def server_of(site: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of this folder on 127.0.0.1; port 0 takes a free one."""
    handler = functools.partial(Handler, directory=str(site))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


def serve(site: Path, port: int) -> int:
    """Open the site in a browser and serve it until Ctrl-C."""
    with server_of(site, port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The course is at {address} (Ctrl-C ends it)", flush=True)
        webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
