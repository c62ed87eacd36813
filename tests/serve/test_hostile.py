"""What an attacker tries: the attack ends in an honest error, and the next reader is served as if nothing had been."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.serve.conftest import Served

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"
PATH = "SELECT ?a (COUNT(?d) AS ?n) { ?a (!plan:none|^!plan:none)* ?d . ?d (!plan:none|^!plan:none)* ?e } GROUP BY ?a"
LIGHT = 'ASK { ?p rdfs:label "生物制造谷"@zh }'


@pytest.fixture(scope="module")
def small(start: Callable[..., Served], tianjin: Path) -> Served:
    """A server with narrow limits."""
    return start(tianjin, "--timeout", "2.5", "--memory", "128", "--max-rows", "2000", "--workers", "2")


@pytest.fixture(autouse=True)
def well_afterwards(small: Served) -> Iterator[None]:
    """After each attack another reader is served."""
    yield
    assert small.query(LIGHT, timeout=30).json()["boolean"] is True
    assert small.get("/health").json()["status"] == "ok"


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.hits = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.hits += 1


@pytest.fixture
def listener() -> Iterator[Listener]:
    """An address that must not be called; it is seen to count."""
    found = Listener()
    yield found
    assert found.hits == 0
    socket.create_connection(("127.0.0.1", found.port)).close()
    found.socket.close()


# -- queries that want too much -------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [CROSS, PATH], ids=["cross product", "deep property path"])
def test_an_endless_query_is_stopped_and_says_so(small: Served, query: str) -> None:
    reply = small.query(query)
    assert reply.status in (504, 422), reply.text
    assert "nothing was returned" in reply.json()["detail"]


def test_too_much_memory_is_told(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, "--timeout", "60", "--memory", "64", "--workers", "2")
    reply = served.query("SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g")
    assert reply.status == 422
    assert "64 MiB of memory" in reply.json()["detail"]
    assert served.query(LIGHT).status == 200
    assert served.stop() == 0


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv",
                                    "text/tab-separated-values"])  # fmt: skip
def test_too_many_rows_are_never_cut(small: Served, accept: str) -> None:
    query = "SELECT * {{ ?s ?p ?o }} LIMIT {}"
    assert small.query(query.format(2000), accept).status == 200
    reply = small.query(query.format(2001), accept)
    assert reply.status == 422 and "more than 2000 rows" in reply.json()["detail"]


def test_rows_are_counted_as_they_are(small: Served) -> None:
    words = '"},{" "\\n" "<result>" "}},{"'
    query = f"SELECT ?x ?y {{ {{ SELECT * {{ ?s ?p ?o }} LIMIT 450 }} VALUES ?x {{ {words} }} }}"
    for accept in (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ):
        assert small.query(query, accept).status == 200


def test_too_many_triples_and_too_many_bytes(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, limits={"answer": 200_000, "rows": 2000})
    assert "rows" in served.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "text/turtle").json()["detail"]
    wide = 'SELECT ("' + "x" * 1000 + '" AS ?x) { ?s ?p ?o } LIMIT 1000'
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
        reply = served.query(wide, accept)
        assert reply.status == 422 and "MiB" in reply.json()["detail"]
    assert served.query(wide.replace("1000", "100"), "text/csv").status == 200
    assert served.stop() == 0


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), "(a*)*(a*)*(a*)*b")) }',
        'SELECT (REGEX("' + "a" * 5000 + '", "((a{1,50}){1,50}){1,50}$") AS ?x) {}',
        'SELECT (REPLACE("' + "a" * 20000 + '", "a", "' + "b" * 20000 + '") AS ?x) {}',
        "SELECT * { " + "{" * 3000 + "}" * 3000 + " }",
        "SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}",
        "SELECT * { " + " UNION ".join(["{ ?a ?b ?c }"] * 3000) + " }",
        "SELECT (1" + "+1" * 20000 + " AS ?x) {}",
        "SELECT * { ?s " + "/".join(["(plan:a|^plan:b)*"] * 300) + " ?o }",
        "\x00" * 1000,
        "SELECT * { ?s ?p '" + "\\u0041" * 5000 + "' }",
    ],
    ids=["regex", "regex size", "replace", "groups", "brackets", "unions", "sum", "paths", "nul", "escapes"],
)  # fmt: skip
def test_bombs_end_in_an_answer_or_an_error(small: Served, query: str) -> None:
    reply = small.query(query)
    assert reply.status in (200, 400, 422, 500, 503, 504)
    if reply.status != 200:
        assert reply.json()["detail"]


def test_others_are_served_while_hostile_queries_run(small: Served) -> None:
    with ThreadPoolExecutor(6) as pool:
        hostile = [pool.submit(small.query, CROSS) for _ in range(6)]
        light = [small.query(f"{LIGHT} # {n}").status for n in range(30)]
        assert light == [200] * 30
        assert {h.result().status for h in hostile} <= {503, 504}


def test_beyond_the_queue_it_is_busy_and_says_when_to_come_again(small: Served) -> None:
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda n: small.query(f"{CROSS} # {n}"), range(20)))
    busy = [r for r in replies if r.status == 503]
    assert busy and {r.status for r in replies} == {503, 504}
    assert all(r.headers["retry-after"] for r in busy)


def test_a_client_that_goes_away_takes_its_query_along(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, "--timeout", "60", "--workers", "2")
    body = CROSS.encode()
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        assert wait_until(lambda: served.get("/health").json()["long"] == 1)
    assert wait_until(lambda: served.get("/health").json()["long"] == 0)
    assert served.stop() == 0


def wait_until(holds: Callable[[], bool], tries: int = 200) -> bool:
    """Whether ``holds`` becomes true in a while."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.1) for _ in range(tries))


# -- queries that want to get out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <http://127.0.0.1:PORT/> } SERVICE ?x { ?s ?p ?o } }",
        "SELECT * { { SELECT * { sErViCe <http://127.0.0.1:PORT/> { ?s ?p ?o } } } }",
        "SELECT * { S\\u0045RVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { #\nSERVICE<http://127.0.0.1:PORT/>{?s ?p ?o}}",
        "PREFIX s: <http://127.0.0.1:PORT/> SELECT * { SERVICE s: { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:PORT/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:PORT/> {} } }",
        "CONSTRUCT { ?s ?p ?o } { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:PORT/x.ttl> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1:PORT/x.ttl> { GRAPH ?g { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:PORT/> SELECT * FROM <x.ttl> { ?s ?p ?o }",
        "PREFIX s: <http://127.0.0.1:PORT/> SELECT * FROM s:x { ?s ?p ?o }",
        "DESCRIBE <http://127.0.0.1:PORT/x> FROM <http://127.0.0.1:PORT/x>",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:PORT/x.ttl>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    ],
)
def test_nothing_is_called(small: Served, listener: Listener, query: str) -> None:
    reply = small.query(query.replace("PORT", str(listener.port)))
    assert reply.status in (400, 403), reply.text


def test_iris_are_not_called_either(small: Served, listener: Listener) -> None:
    here = f"http://127.0.0.1:{listener.port}/"
    assert small.query(f"DESCRIBE <{here}>", "text/turtle").status == 200
    assert small.query(f"SELECT * {{ GRAPH <{here}> {{ ?s ?p ?o }} }}").json()["results"]["bindings"] == []
    assert small.form(query=LIGHT, default_graph_uri=here).status == 403
    assert small.get(f"/graph?build={here}", accept="text/html").status == 200


# -- requests that are too much -------------------------------------------------------------------------------


def test_a_query_of_ten_megabytes(small: Served) -> None:
    body = b"SELECT * { ?s ?p '" + b"x" * (10 << 20) + b"' }"
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    assert b" 413 " in small.raw(head + b"Content-Length: %d\r\n\r\n" % len(body) + body[:1000])[:20]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[n : n + 65536] for n in range(0, len(body), 65536)))
    answer = send_and_read(small, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked + b"0\r\n\r\n")
    assert answer == b"" or b" 413 " in answer[:20]  # cut off while it was still sending, or told


def send_and_read(served: Served, data: bytes) -> bytes:
    """What comes back while, or after, ``data`` is sent."""
    with socket.create_connection(("127.0.0.1", served.port), 30) as connection:
        try:
            connection.sendall(data)
            return connection.recv(65536)
        except (ConnectionError, TimeoutError):
            return b""


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 40_000 + b"\r\n",
    ],
    ids=["line", "header", "headers"],
)
def test_heads_that_are_too_long(small: Served, data: bytes) -> None:
    answer = send_and_read(small, data)
    assert answer == b"" or answer.split()[1] in (b"400", b"431")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
    ],
)
def test_requests_that_are_none(small: Served, data: bytes) -> None:
    answer = small.raw(data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1), timeout=40)
    assert answer == b"" or answer.split()[1][:1] == b"4"


@pytest.mark.parametrize(
    "path",
    ["/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/app.py", "/static//etc/passwd",
     "/static/site.css%00", "/static/.", "/plangraph/../../../etc/passwd", "/plangraph/..%2f..%2fetc/passwd", "/plangraph/%00",
     "/downloads/..%2f..%2fetc%2fpasswd", "/downloads/ttl?plan=../../etc/passwd", "/questions/..%2fcolumns.toml",
     "/questions/../../pyproject", "/api/questions/%2e%2e%2fcolumns", "/..", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
     "/plangraph/id/park/" + "a" * 5000, "/plangraph/" + "a/" * 500, "/api/entities/park/..%2f..%2fx", "/static/render.py"],
)  # fmt: skip
def test_no_path_reaches_the_disk(small: Served, path: str) -> None:
    raw = small.raw(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode()
    )
    assert raw.split()[1] == b"404", raw[:200]
    assert b"root:" not in raw and b"import " not in raw


def test_a_thousand_connections(small: Served) -> None:
    opened = []
    try:
        for n in range(1000):
            connection = socket.create_connection(("127.0.0.1", small.port), 10)
            if n % 2:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
            opened.append(connection)
        assert small.query(LIGHT).status == 200
        assert small.get("/", accept="text/html").status == 200
    finally:
        for connection in opened:
            connection.close()


def test_a_slow_writer_is_hung_up_on(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, limits={"head": 0.5, "body": 0.5})
    # A head that does not end, and a body that does not come.
    assert served.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n") == b""
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    assert b" 408 " in served.raw(head + b"Content-Length: 100\r\n\r\nASK")
    assert served.query(LIGHT).status == 200
    assert served.stop() == 0


def test_slow_readers_do_not_pile_up(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, limits={"in_flight": 8 << 20, "send": 1, "slowest": 8 << 20, "cache": 0})
    query = quote("SELECT * { ?s ?p ?o . ?s ?q ?r } LIMIT 20000")
    size = len(served.get(f"/sparql?query={query}").body)
    assert size > 4 << 20
    before = resident(served.process.pid)
    opened = []
    for n in range(10):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", served.port))
        connection.sendall(f"GET /sparql?query={query}%23{n} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        opened.append(connection)
    # A light query may hear that too many large answers are on their way; it has its turn when the slow are cut off.
    assert wait_until(lambda: served.query(LIGHT, timeout=60).status == 200)
    assert resident(served.process.pid) - before < 100
    # Those who had an answer begun are cut off before its end: nobody takes a part for the whole.
    assert wait_until(lambda: served.get("/health").json()["waiting"] + served.get("/health").json()["running"] == 0)
    threading.Event().wait(3)
    for connection in opened:
        head, _, body = drain(connection).partition(b"\r\n\r\n")
        assert len(body) < size or b" 200 " in head[:20]
    assert served.stop() == 0


def drain(connection: socket.socket) -> bytes:
    """Everything that is still to be read."""
    found = b""
    try:
        while len(found) < 64 << 20 and (piece := connection.recv(1 << 20)):
            found += piece
            if b" 503 " in found[:20]:
                break
    except OSError:
        pass
    connection.close()
    return found


def resident(pid: int) -> float:
    """MiB of memory of a process."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("no /proc: memory cannot be read")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_workers_hear_no_ctrl_c_and_end_with_the_server(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, "--workers", "2")
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc: processes cannot be listed")
    assert wait_until(lambda: len(children.read_text().split()) >= 3)
    pids = [int(p) for p in children.read_text().split()]
    for pid in pids:
        os.kill(pid, signal.SIGINT)
    assert served.query(LIGHT).status == 200
    assert served.get("/health").json()["replaced"] == 0
    served.process.kill()
    served.process.wait()
    assert wait_until(lambda: not any(Path(f"/proc/{p}/cmdline").exists() and _is_worker(p) for p in pids))


def _is_worker(pid: int) -> bool:
    try:
        return b"plangraph.serve.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
