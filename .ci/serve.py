"""Serve the site on this machine, at a port that is held before the minutes of building.

    python .ci/serve.py PORT COMMAND …

COMMAND builds the site.
"""

import socket
import subprocess
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"


class Handler(SimpleHTTPRequestHandler):
    # Browsers insist on these; what Python says of them depends on the machine's own list.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
    }

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A reader who leaves a page while it loads is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def free_port(start):
    """Return the first port from `start` on that is free, or 0."""
    for port in range(start, min(start + 100, 65536)):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    return 0


def taken(text):
    """Return a server that holds the port `text` and does not answer yet; stop with a reason where it cannot."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT={text}: expected a number from 1 to 65535")
    server = Server((HOST, int(text)), partial(Handler, directory=ROOT / "_build" / "html"), bind_and_activate=False)
    try:
        server.server_bind()
    except OSError as error:
        server.server_close()
        other = free_port(max(int(text) + 1, 8000))
        sys.exit(f"port {text} cannot be had: {error.strerror}. Take another: make serve PORT={other}")
    return server


def main(port, *build):
    with taken(port) as server:
        if subprocess.run(build, cwd=ROOT, check=False).returncode:
            return 1
        server.server_activate()
        print(f"• http://{HOST}:{port}/ until Ctrl-C", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\n• stopped")
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # in the build, which says so itself
        sys.exit(main(*sys.argv[1:]))
