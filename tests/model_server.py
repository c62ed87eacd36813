"""A server on loopback that speaks the chat-completions protocol, well and badly, for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What the server does with one request: writes whatever answer it likes.
Behaviour = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        """Hand the request to the next behaviour; the last one stays."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        does = self.server.behaviours
        (does.pop(0) if len(does) > 1 else does[0])(self, body)

    def answer(self, status: int, data: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """What was asked, and what is done next."""

    daemon_threads = True

    def __init__(self, behaviours: list[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = behaviours
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault."""


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    """A running server that does these things, one a request, the last for all that follow."""
    server = Server(list(behaviours))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(content: Any, finish: str = "stop") -> Behaviour:
    """An answer with ``content``: JSON of it, or the words themselves."""
    words = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        message = {"choices": [{"message": {"role": "assistant", "content": words}, "finish_reason": finish}]}
        handler.answer(200, json.dumps(message | {"usage": {"prompt_tokens": 10, "completion_tokens": 5}}).encode())

    return behave


def fails(status: int, words: str = "", **headers: str) -> Behaviour:
    """An error."""
    return lambda handler, body: handler.answer(status, words.encode(), **headers)


def raw(data: bytes) -> Behaviour:
    """An answer of these bytes."""
    return lambda handler, body: handler.answer(200, data)
