"""One worker process as the server sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plangraph.errors import PlangraphError, QueryFailedError, QuerySyntaxError
from plangraph.serve.problems import TOLD
from plangraph.serve.worker import LENGTH, frame

#: Niceness of a worker with a long job: it gets a small part of what the others get.
_LOW_PRIORITY = 15
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker gave.

    Args:
        form: Short name of the format.
        rows: Rows or triples.
        body: The whole answer.
    """

    form: str
    rows: int
    body: bytes


class WorkerGone(Exception):
    """A worker ended before it had answered."""


class Process(asyncio.SubprocessProtocol):
    """A worker as the server sees it: one message goes to it, one comes back."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.alive = True
        self.exited: asyncio.Future[None] = loop.create_future()
        self.lowered = False
        self.before = 0.0  # processor time that it had had when its last answer was done
        self._loop = loop
        self._buffer = bytearray()
        self._head: dict[str, Any] | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._room: Callable[[int], None] = lambda size: None

    # -- what the event loop calls --------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.input = transport.get_pipe_transport(0)
        self.pid: int = transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if not self.alive:
            return
        self._buffer += data
        try:
            if self._head is None and not self._take_head():
                return
        except PlangraphError as error:
            self._end(error)
            return
        head = self._head or {}
        size = head.get("size", 0)
        if len(self._buffer) >= size:
            body = bytes(memoryview(self._buffer)[:size])
            self._buffer.clear()
            self._head = None
            if self._answer and not self._answer.done():
                self._answer.set_result(Answer(head.get("form", ""), head.get("rows", 0), body))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self.alive = False
        self._end(WorkerGone())

    def process_exited(self) -> None:
        self.alive = False
        if not self.exited.done():
            self.exited.set_result(None)

    def _take_head(self) -> bool:
        if len(self._buffer) < LENGTH.size:
            return False
        end = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
        if len(self._buffer) < end:
            return False
        head: dict[str, Any] = json.loads(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        self.before = head.get("computed", self.before)
        if "error" in head:
            raise _error(head)
        try:
            self._room(head.get("size", 0))
        except PlangraphError:
            self.alive = False  # what stands in the pipe is not wanted, so nothing can be asked any more
            raise
        self._head = head
        return True

    def _end(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)

    # -- what the pool calls --------------------------------------------------------------------------------

    def ask(self, message: dict[str, Any], room: Callable[[int], None] = lambda size: None) -> asyncio.Future[Answer]:
        """Send ``message``; the future ends with the answer, the worker's error, or `WorkerGone`."""
        self._answer, self._room = self._loop.create_future(), room
        if self.alive:
            self.input.write(frame(message))
        else:
            self._end(WorkerGone())
        return self._answer

    def computed(self) -> float | None:
        """Seconds of processor time that its job has had; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_bytes().rpartition(b")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS - self.before
        except (OSError, ValueError, IndexError):
            return None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.transport.kill()

    def lower(self) -> None:
        self.lowered = True  # for good: only the system's administrator may raise it again
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _LOW_PRIORITY)


def _error(head: dict[str, Any]) -> PlangraphError:
    if head["error"] == QuerySyntaxError.__name__:
        return QuerySyntaxError(head["en"], head["zh"], head["line"], head["column"])
    return TOLD.get(head["error"], QueryFailedError)(head["en"], head["zh"])
