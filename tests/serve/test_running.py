"""Starting, stopping, and a new build while requests are answered; the command line's words."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.serve.formats import choose
from plangraph.serve.limits import Limits
from tests.conftest import invent_plan
from tests.serve.conftest import Served

COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a plan:Park }"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly(start: Callable[..., Served], tianjin: Path, number: int) -> None:
    served = start(tianjin)
    assert served.query(COUNT).status == 200
    assert served.stop(number) == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", served.port), 1)
    assert not [line for line in served.log if "Traceback" in line]


def test_a_running_request_is_answered_before_the_end(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin)
    found: list[int] = []
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?b ?f . ?g ?b ?h FILTER(?a != ?h) }"
    thread = threading.Thread(target=lambda: found.append(served.query(slow).status))
    thread.start()
    for _ in range(1000):
        if served.get("/health").json()["long"]:  # what is only running may be the server's own look for examples
            break
        time.sleep(0.02)
    assert served.stop() == 0
    thread.join(30)
    assert found in ([200], [504], [503])


def ring(root: Path, parks: int) -> Path:
    """A plan folder of so many parks."""
    entities = [(f"park/p{n}", "Park", f"第{n}园区") for n in range(parks)]
    claims = [(f"park/p{n}", "collaboratesWith", f"park/p{(n + 1) % parks}") for n in range(parks)]
    return invent_plan(root, "ring", entities, claims).path


def test_a_new_build_is_picked_up_and_no_request_is_dropped(start: Callable[..., Served], tmp_path: Path) -> None:
    build = tmp_path / "build"
    plangraph.build([ring(tmp_path / "plans", 3)], build)
    served = start(build)
    statuses: list[int] = []
    counts: list[str | None] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            reply = served.query(COUNT)
            statuses.append(reply.status)
            if reply.status == 200:
                counts.append(reply.json()["results"]["bindings"][0]["n"]["value"])
            statuses.append(served.get("/", accept="text/html").status)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for parks in (4, 5):
            plangraph.build([ring(tmp_path / "plans", parks)], build)
            for _ in range(300):
                if counts and counts[-1] == str(parks):
                    break
                time.sleep(0.1)
            assert counts[-1] == str(parks)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {200}
    assert set(counts) == {"3", "4", "5"}
    assert served.get("/plangraph/id/park/p4").status == 200
    assert served.stop() == 0


def test_a_damaged_new_build_is_refused_and_the_old_one_served_on(start: Callable[..., Served], tmp_path: Path) -> None:
    build = tmp_path / "build"
    plangraph.build([ring(tmp_path / "plans", 3)], build)
    served = start(build)
    broken = build / "builds" / "0123456789abcdef"
    (broken / "store").mkdir(parents=True)
    (build / "CURRENT").write_text("0123456789abcdef\n")
    for _ in range(100):
        if any("new build refused" in line for line in served.log):
            break
        time.sleep(0.1)
    assert any("new build refused" in line for line in served.log)
    assert served.rows(COUNT) == [("3",)]
    assert served.stop() == 0


def test_messages(cli: Callable[..., Any], tianjin: Path, tmp_path: Path) -> None:
    none = cli("serve", "--build", tmp_path / "none", "--port", "0", "--lang", "en")
    assert none.returncode == 1 and b"no build here" in none.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = cli("serve", "--build", tianjin, "--port", str(taken.getsockname()[1]), "--lang", "zh")
    assert busy.returncode == 1 and "无法监听".encode() in busy.stderr
    strange = cli("serve", "--build", tianjin, "--port", "0", "--host", "203.0.113.9", "--lang", "en")
    assert strange.returncode == 1 and b"cannot listen" in strange.stderr
    short = cli("serve", "--build", tianjin, "--port", "0", "--token", "short", "--lang", "en")
    assert short.returncode == 1 and b"at least 16" in short.stderr
    for public in ("ftp://x", "https://x/path", "nonsense", "http://[::1"):
        wrong = cli("serve", "--build", tianjin, "--port", "0", "--public", public, "--lang", "en")
        assert wrong.returncode == 1 and b"--public" in wrong.stderr, wrong.stderr
    assert cli("serve", "--port", "70000").returncode == 2


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        ("", ["a/b", "c/d"], "a/b"),
        ("c/d", ["a/b", "c/d"], "c/d"),
        ("c/*", ["a/b", "c/d"], "c/d"),
        ("a/b;q=0, */*", ["a/b", "c/d"], "c/d"),
        ("a/b;q=0.1, c/d;q=0.2", ["a/b", "c/d"], "c/d"),
        ("*/*;q=0.1, a/b;q=0.1", ["c/d", "a/b"], "c/d"),
        ("A/B", ["a/b"], "a/b"),
        ("a/b;q=nonsense", ["a/b"], None),
        ("a/b;q=nan", ["a/b"], None),
        (",;,", ["a/b"], None),
        ("x/y", ["a/b"], None),
    ],
)
def test_choosing_a_format(accept: str, offered: list[str], expected: str | None) -> None:
    assert choose(accept, tuple(offered)) == expected


def test_one_client_has_half_of_the_long_places() -> None:
    assert Limits(long=4).long_each == 2
    assert Limits(long=1).long_each == 1
