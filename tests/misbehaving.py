"""A server that serves the site, and one file of it wrongly; for the tests of what a reader is told then."""

import time
from contextlib import contextmanager

from served_site import QuietHandler, serve


class Misbehaving(QuietHandler):
    """A server that serves one file wrongly, for as long as `wrong` is not None."""

    file = ""
    wrong = None

    def do_GET(self):  # noqa: N802 - the base class's name
        if self.wrong is None or not self.path.split("?")[0].endswith(self.file):
            return super().do_GET()
        with open(self.translate_path(self.path), "rb") as source:
            content = source.read()
        return self.wrong(content)

    def answer(self, content, status=200, length=None, kind="application/octet-stream"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def another_type(self, content):
        self.answer(content)

    def truncated(self, content):
        self.answer(content[: len(content) // 2])

    def broken_off(self, content):
        self.answer(content[: len(content) // 2], length=len(content))

    def altered(self, content):
        middle = len(content) // 2
        self.answer(content[:middle] + bytes(b ^ 255 for b in content[middle : middle + 64]) + content[middle + 64 :])

    def refused(self, content):
        self.answer(b"no", status=503)

    def another_page(self, content):
        self.answer(b"<!doctype html><title>Home</title>", kind="text/html")

    def silent(self, content):
        self.answer(content[:100], length=len(content))
        while type(self).wrong:
            time.sleep(0.1)


@contextmanager
def served(site, file, how):
    handler = type("Handler", (Misbehaving,), {"file": file, "wrong": getattr(Misbehaving, how)})
    with serve(site.html, handler) as address:
        yield address, handler
        handler.wrong = None
