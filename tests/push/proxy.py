"""A proxy on loopback before a SPARQL server that does what networks and servers do wrong."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Sees a request and its body first; answers it itself and says so, or lets it through.
Hook = Callable[["Handler", bytes], bool]


class Handler(BaseHTTPRequestHandler):
    """One request, handed on."""

    server: Proxy

    def handle_any(self) -> None:
        """Ask the hook, then the server behind."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        if self.server.hook(self, body):
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() in ("accept", "content-type")}
        request = urllib.request.Request(
            self.server.target + self.path, data=body or None, headers=headers, method=self.command
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.answer(answer.status, answer.read(), answer.headers.get("content-type") or "")
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read(), error.headers.get("content-type") or "")

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def answer(self, status: int, data: bytes, kind: str, **headers: str) -> bool:
        """Send a whole answer."""
        self.send_response(status)
        if kind:
            self.send_header("content-type", kind)
        if status != 204:
            self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        return True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Proxy(ThreadingHTTPServer):
    """What stands behind, what was asked, what is done first."""

    daemon_threads = True

    def __init__(self, target: str, hook: Hook) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.hook = target, hook
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault."""


@contextmanager
def proxy(target: str, hook: Hook) -> Iterator[Proxy]:
    """A proxy before ``target``."""
    with Proxy(target, hook) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
