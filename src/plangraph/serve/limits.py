"""What one server grants: to one query, to one client, to all together."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

MIB = 1 << 20


def _places() -> int:
    # Two a processor: while one answer is on its way through the server another query is already computed.
    return 2 * max(2, os.cpu_count() or 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server.

    Args:
        seconds: Time that a query may take.
        memory: Bytes that a query may take on top of what an idle worker holds.
        rows: Rows or triples that an answer may have.
        answer: Bytes that an answer may have.
        download: Bytes that a download may have.
        query: Bytes that a query may have, and the body of a request.
        workers: Queries that run at once.
        long_after: Seconds of processor time after which a query counts as long: it then runs at low priority beside the others.
        long: Long queries that run at once; one client may have half of them.
        queue: Requests that wait for a worker at once.
        wait: Seconds that a request waits for a worker.
        in_flight: Bytes of answers that are on their way to readers at once.
        cache: Bytes of answers that are kept to be given again.
        connections: Connections that are open at once; beyond them the one idle for longest is closed.
        head: Seconds in which a request's head must be there.
        body: Seconds in which its body must be there.
        send: Seconds in which an answer must be taken, and one more for each `slowest` bytes.
        slowest: Bytes a second that the slowest reader must take.
    """

    seconds: float = 30.0
    memory: int = 512 * MIB
    rows: int = 100_000
    answer: int = 32 * MIB
    download: int = 64 * MIB
    query: int = 1 * MIB
    workers: int = field(default_factory=_places)
    long_after: float = 0.25
    long: int = 4
    queue: int = 256
    wait: float = 20.0
    in_flight: int = 256 * MIB
    cache: int = 64 * MIB
    connections: int = 600
    head: float = 10.0
    body: float = 20.0
    send: float = 20.0
    slowest: int = 32 * 1024

    @property
    def long_each(self) -> int:
        """Long queries that one client may have at once."""
        return max(1, self.long // 2)
