"""Connections: how many there may be, and how long a client may dawdle. uvicorn itself does not bound either."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from collections.abc import Iterator
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from plangraph.serve.limits import Limits
from plangraph.serve.respond import ABORT, AT_ONCE, COMPLETE, PAUSED, PIECE

#: Bytes that a request's line and headers may have; a query of many kilobytes is sent by POST.
HEAD_BYTES = 64 * 1024
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _escaped(data: bytes) -> bytes:
    """The start of a request with what a hasty client left unescaped in its first line (``?q=谷``) escaped."""
    line, end, rest = data.partition(b"\r\n")
    if line.isascii():
        return data
    return b"".join(b"%%%02X" % byte if byte > 127 else bytes((byte,)) for byte in line) + end + rest


def _is_complete(cycle: Any) -> bool:
    return not cycle.more_body


def _at_once(cycle: Any, start: Any, message: Any) -> bool:
    """Write a whole answer as uvicorn would, but with one call of the system instead of two; not if it is unusual."""
    body, names, lines = message.get("body", b""), set(), [STATUS_LINE[start["status"]]]
    for name, value in (*cycle.default_headers, *start["headers"]):
        if b"\n" in value or b"\r" in value:
            return False
        names.add(name)
        lines += (name, b": ", value, b"\r\n")
    usual = cycle.keep_alive and not (cycle.disconnected or cycle.response_started or cycle.flow.write_paused)
    usual = usual and cycle.scope["method"] in ("GET", "POST") and not message.get("more_body", False)
    if not usual or len(body) > PIECE or b"content-length" not in names or b"connection" in names:
        return False
    cycle.response_started, cycle.waiting_for_100_continue = True, False
    cycle.transport.write(b"".join((*lines, b"\r\n", body)))
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True


class Connection(HttpToolsProtocol):
    """One connection, with a time and a size for the head of each request."""

    limits: ClassVar[Limits]
    #: All that are open, the one that was used longest ago first.
    opened: ClassVar[dict[Connection, None]]

    _timer: asyncio.TimerHandle | None = None
    _head: int = 0

    @property
    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        """Start the clock; beyond the limit the connection that is idle for longest has to go."""
        super().connection_made(transport)
        self.opened[self] = None
        if len(self.opened) > self.limits.connections:
            idle = next((c for c in self.opened if not c._busy and c is not self), None)
            if idle is not None:
                idle._cut()
            else:
                transport.write(_FULL)
                self._cut()
                return
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self.opened.pop(self, None)
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, unless the head grows too long."""
        if not self._busy:
            if not self._head and not data.isascii():
                data = _escaped(data)
            self._head += len(data)
            if self._timer is None:
                self._start()
        super().data_received(data)
        if self._head > HEAD_BYTES and not self._busy:
            self.transport.write(_TOO_LARGE)
            self._cut()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop()
        self._head = 0
        self.opened[self] = self.opened.pop(self, None)
        super().on_headers_complete()
        self.scope[ABORT] = self.transport.abort  # type: ignore[literal-required]
        self.scope[AT_ONCE] = functools.partial(_at_once, self.cycle)  # type: ignore[literal-required]
        self.scope[COMPLETE] = functools.partial(_is_complete, self.cycle)  # type: ignore[literal-required]
        self.scope[PAUSED] = self._is_paused  # type: ignore[literal-required]

    def _is_paused(self) -> bool:
        return self.flow.write_paused

    def _start(self) -> None:
        self._timer = self.loop.call_later(self.limits.head, self._late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if not self._busy:
            self._cut()

    def _cut(self) -> None:
        self.opened.pop(self, None)
        if self.transport.get_write_buffer_size():
            self.transport.close()
        else:
            self.transport.abort()


def connection_class(given: Limits) -> type[Connection]:
    """The class of connections of one server."""

    class Limited(Connection):
        limits = given
        opened: ClassVar[dict[Connection, None]] = {}

    return Limited


class Server(uvicorn.Server):
    """A server that ends with exit code 0 when it is told to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, and do not raise them anew afterwards."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
