"""``plangraph review --page``: only whoever has the address gets in, and the page does what the terminal does."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plangraph.cli.review_page import PageServer
from plangraph.document import Document
from plangraph.extract.queue import Filter
from plangraph.extract.review import Review
from plangraph.folder import read_folder
from tests.conftest import CLI, environment
from tests.test_review import ANTIBODY, BIO, HYDROGEN, PARK, TEXT, extract, on_disk

BROWSER = Path(__file__).with_name("review_in_browser.py")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    extract(tmp_path / "yunting")
    session = Review(tmp_path / "yunting", "甲", "2031-02-03", Document.from_text(TEXT))
    made = PageServer(session, Filter(), "doubt", 0, "en")
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def send(server: PageServer, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.headers
    connection.close()
    return found


def ask(server: PageServer, **what: Any) -> dict[str, Any]:
    status, data, _ = send(server, "POST", "/ask", json.dumps(what).encode(), x_token=server.token)
    assert status == 200
    found: dict[str, Any] = json.loads(data)
    return found


def test_only_the_address_opens_it(server: PageServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    good = f"/?token={server.token}"
    status, page, headers = send(server, "GET", good)
    assert status == 200 and "default-src 'none'" in headers["content-security-policy"]
    assert b"http://" not in page and b"https://" not in page and server.token.encode() not in page
    for path, more in (("/", {}), ("/?token=x", {}), (good, {"host": "evil.example"}), ("/etc/passwd" + good[1:], {})):
        assert send(server, "GET", path, **more)[0] == 403
    undo = json.dumps({"do": "undo"}).encode()
    assert send(server, "POST", "/ask", undo)[0] == 403
    assert send(server, "POST", "/ask", undo, x_token="é")[0] == 403
    assert send(server, "POST", "/ask", undo, x_token=server.token, host="evil.example")[0] == 403
    for origin in ("http://evil.example", "null"):
        assert send(server, "POST", "/ask", undo, x_token=server.token, origin=origin)[0] == 403
    assert send(server, "POST", "/ask", undo, x_token=server.token, origin=server.url.partition("/?")[0])[0] == 200
    assert send(server, "POST", "/other", undo, x_token=server.token)[0] == 403
    assert send(server, "POST", "/ask", b"", x_token=server.token, content_length="9999999")[0] == 413


def test_what_it_asks_for_is_done(server: PageServer) -> None:
    folder = server.session.path
    assert ask(server, do="start")["plan"] == "yunting"
    ids = ask(server, do="queue", order="text")["ids"]
    item = ask(server, do="item", id=ids[0])["item"]
    assert item["text"][slice(*item["marks"][0][:2])] in TEXT and item["status"] == "proposed"
    assert ask(server, do="decide_waiting", ids=ids[:2], status="rejected", reason="错")["counts"]["rejected"] == 2
    assert ask(server, do="undo")["undone"] == "rejected"
    assert ask(server, do="queue", entity="氢能", low=0.1, high=0.6)["ids"] == [i for i in ids if ask(server, do="item", id=i)["item"]["object"]["id"] == HYDROGEN]  # fmt: skip
    told = {"subject": "云汀市", "relation": "develops", "object": "核酸技术", "object_class": "Technology"}
    assert "id" in ask(server, do="add", **told, quote="核酸技术", near=0)
    for how, value in (("rename", "云汀国家高新区"), ("alias", "云高新"), ("retype", "Park")):
        assert "error" not in ask(server, do="entity", how=how, entity=PARK, value=value)
    assert "if it is the same thing" in ask(server, do="entity", how="rename", entity=ANTIBODY, value="云汀市")["note"]
    assert ask(server, do="entity", how="merge", entity=HYDROGEN, value="生物医药")["dropped"] == 0
    entities = {e.id: e for e in read_folder(folder).entities}
    assert entities[PARK].names == ("云汀国家高新区", "云高新") and "氢能" in entities[BIO].aliases
    assert dict(server.session.state.rows) == on_disk(folder)


def test_what_was_decided_elsewhere_is_not_overwritten(server: PageServer) -> None:
    answer = ask(server, do="queue", order="text")
    one, two, *_ = answer["ids"]
    seen = ask(server, do="item", id=one)["item"]["seen"]
    assert ask(server, do="decide", id=one, seen=seen, status="rejected")["changed"] == 1
    before = on_disk(server.session.path)
    for what in ({"do": "decide", "status": "accepted"}, {"do": "mend", "subject": "云汀市", "relation": "focusesOn", "object": "氢能"}):  # fmt: skip
        stale = ask(server, **what, id=one, seen=seen)
        assert stale["stale"] and "meanwhile" in stale["error"]
    assert on_disk(server.session.path) == before
    now = ask(server, do="queue", status="", order="text")
    assert len(now["ids"]) == 4 and one not in now["waiting"] and two in now["waiting"]
    assert ask(server, do="decide_waiting", ids=now["ids"], status="accepted")["counts"] == {"accepted": 3, "proposed": 0, "rejected": 1}  # fmt: skip
    assert ask(server, do="decide_waiting", ids=[], status="rejected")["changed"] == 0
    implied = [ask(server, do="item", id=i)["item"] for i in now["ids"]]
    assert [i["implied"] for i in implied] == [i["method"] == "model:implied-place" for i in implied]
    assert {(i["subject"]["rows"], i["subject"]["decided"]) for i in implied if i["subject"]["id"] == PARK} == {(3, 3)}


@pytest.mark.parametrize(
    "what",
    [
        {}, {"do": "nonsense"}, {"do": ["undo"]}, {"do": "decide_waiting", "ids": "a", "status": "accepted"}, {"do": "decide_waiting", "ids": [], "status": "x"},
        {"do": "decide", "id": "ffffffff", "status": "accepted"},
        {"do": "mend", "id": "ffffffff"}, {"do": "entity", "how": "rename", "entity": "park/none", "value": "甲"}, {"do": "entity", "how": "x"},
        {"do": "add", "subject": "云汀市", "relation": "develops", "object": "抗体技术", "quote": "没有的话", "near": None},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(server: PageServer, what: dict[str, Any]) -> None:
    before = on_disk(server.session.path)
    assert ask(server, **what)["error"]
    assert on_disk(server.session.path) == before
    assert send(server, "POST", "/ask", b"{", x_token=server.token)[0] == 200


@pytest.mark.browser
def test_a_reviewer_at_the_page(server: PageServer) -> None:
    pytest.importorskip("playwright")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no Chromium on PATH (chromium, chromium-browser, google-chrome)")
    done = subprocess.run([sys.executable, BROWSER, server.url], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert dict(server.session.state.rows) == on_disk(server.session.path)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise on Windows")
def test_the_command_serves_until_ctrl_c(tmp_path: Path) -> None:
    extract(tmp_path / "yunting")
    process = subprocess.Popen(
        [*CLI, "review", tmp_path / "yunting", "--page", "--lang", "en"], env=environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline().decode()
    found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=\S+", said)
    assert found is not None, said
    taken = subprocess.run([*CLI, "review", tmp_path / "yunting", "--page", "--port", found[1], "--lang", "en"], env=environment(), capture_output=True, timeout=60, check=False)  # fmt: skip
    assert taken.returncode == 1 and b"choose another with --port" in taken.stderr
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0
