"""A server in a process of its own, as a user starts it; what a test needs to ask it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import CLI, environment

pytest.importorskip("starlette", reason="the server's packages are not installed: pip install 'plangraph[serve]'")
pytest.importorskip("uvicorn", reason="the server's packages are not installed: pip install 'plangraph[serve]'")
pytest.importorskip("httptools", reason="the server's packages are not installed: pip install 'plangraph[serve]'")


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    said: str
    log: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, body: bytes | None = None, timeout: float = 60, **headers: str) -> Reply:
        """One request on a connection of its own; ``content_type="…"`` is the header Content-Type."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {k.replace("_", "-"): v for k, v in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """A GET request."""
        return self.request("GET", path, **headers)

    def query(self, sparql: str, accept: str = "application/sparql-results+json", timeout: float = 60) -> Reply:
        """A query by direct POST."""
        body = sparql.encode("utf-8")
        return self.request("POST", "/sparql", body, timeout, content_type="application/sparql-query", accept=accept)

    def form(self, **fields: str | list[str]) -> Reply:
        """A query by a POSTed form; field names with _ for -."""
        body = urlencode({k.replace("_", "-"): v for k, v in fields.items()}, doseq=True).encode()
        return self.request("POST", "/sparql", body, content_type="application/x-www-form-urlencoded")

    def rows(self, sparql: str) -> list[tuple[str | None, ...]]:
        """The answer to a SELECT as values."""
        reply = self.query(sparql)
        assert reply.status == 200, reply.text
        found = reply.json()
        names = found["head"]["vars"]
        return [tuple(b[n]["value"] if n in b else None for n in names) for b in found["results"]["bindings"]]

    def raw(self, data: bytes, timeout: float = 30) -> bytes:
        """Whatever comes back for bytes sent as they are."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            connection.sendall(data)
            found = b""
            try:
                while piece := connection.recv(65536):
                    found += piece
            except ConnectionError:
                pass
            return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


_WITH_LIMITS = """
import json, sys, pathlib
from plangraph.serve.limits import Limits
from plangraph.serve.run import serve
serve(pathlib.Path(sys.argv[1]), port=0, limits=Limits(**json.loads(sys.argv[2])), lang="en",
      ready=lambda address, build: print(address, flush=True))
"""


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Served]]:
    """Starts servers: ``start(build, "--timeout", "2", env={...})``; all are stopped at the end.

    With ``limits={"head": 0.5}`` the server has limits for which the command line has no option.
    """
    running: list[Served] = []

    def begin(
        build: Path, *arguments: str, env: dict[str, str | None] | None = None, limits: dict[str, float] | None = None
    ) -> Served:
        command = [*CLI, "serve", "--build", str(build), "--port", "0", "--lang", "en", *arguments]
        if limits:
            command = [sys.executable, "-P", "-c", _WITH_LIMITS, str(build), json.dumps(limits)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**(env or {}))
        )
        assert process.stdout is not None and process.stderr is not None
        said = process.stdout.readline().decode()
        found = re.search(r"http://[^/]*:(\d+)/", said)
        if found is None:
            process.kill()
            pytest.fail(f"the server did not start: {said}{process.stderr.read().decode()}")
        served = Served(process, int(found[1]), said)
        threading.Thread(target=lambda: served.log.extend(_lines(process)), daemon=True).start()
        running.append(served)
        return served

    yield begin
    for served in running:
        if served.process.poll() is None:
            served.process.kill()
            served.process.wait()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    assert process.stderr is not None
    return (line.decode("utf-8").rstrip() for line in process.stderr)


@pytest.fixture(scope="session")
def site(start: Callable[..., Served], tianjin: Path) -> Served:
    """A server of the bundled plan's build, for tests that leave it well."""
    return start(tianjin)
