"""A language model as the proposer, against a server on loopback that behaves well and badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plangraph.cli import cli
from plangraph.document import Document
from plangraph.errors import InputError
from plangraph.extract import endpoint as endpoint_module
from plangraph.extract.endpoint import Endpoint
from plangraph.extract.llm import Outcome, Questions, _Found, _read, propose_by_model, schema
from plangraph.folder import read_folder
from plangraph.ontology import load_ontology
from tests.model_server import Behaviour, Handler, Server, fails, raw, says, serving

TEXT = (
    "云汀市规划\n一、生物\n依托云汀高新区，云汀大学突破抗体技术，发展生物医药产业。\n二、能源\n云汀高新区发展氢能。\n"
)
GOOD = {
    "entities": [
        {"name": "云汀高新区", "type": "Park", "aliases": []},
        {"name": "云汀大学", "type": "University", "aliases": ["没有的"]},
        {"name": "抗体技术", "type": "Technology"},
        {"name": "生物医药", "type": "Domain", "aliases": []},
    ],
    "statements": [
        {"subject": "云汀大学", "relation": "develops", "object": "抗体技术", "quote": "云汀大学突破抗体技术", "confidence": 0.9},
        {"subject": "云汀高新区", "relation": "focusesOn", "object": "生物医药", "quote": "依托云汀高新区，云汀大学突破抗体技术，发展生物医药产业", "confidence": 7},
    ],
}  # fmt: skip
NOTHING: dict[str, list[Any]] = {"entities": [], "statements": []}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def asking(server: Server, slept: list[float] | None = None, **details: Any) -> Endpoint:
    """An endpoint that does not really wait."""
    waits = slept if slept is not None else []
    return Endpoint(server.url, "Some/Model:7B", sleep=waits.append, **details)


def proposed(server: Server, **details: Any) -> tuple[Any, Outcome]:
    target = asking(server, **details)
    try:
        return propose_by_model(Questions.of(Document.from_text(TEXT), "云汀市", "云汀市"), target, "yunting")
    finally:
        target.close()


def test_what_the_text_bears_out_is_proposed() -> None:
    with serving(says(GOOD), says("```json\n" + json.dumps(NOTHING) + "\n```")) as server:
        found, outcome = proposed(server, key="geheim")
        path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer geheim"
    assert body["model"] == "Some/Model:7B" and body["response_format"]["json_schema"]["schema"] == schema()
    assert [(s.subject, s.predicate, s.object) for s in found.statements] == [
        ("park/yun-ting-gao-xin-qu", "focusesOn", "domain/sheng-wu-yi-yao"),
        ("institution/yun-ting-da-xue", "develops", "technology/kang-ti-ji-shu"),
    ]
    long, short = (s.evidence[0] for s in found.statements)
    assert short.method == "model:some-model-7b" and short.confidence == 0.9 and short.section == ("一、生物",)
    assert long.quote.endswith("生物医药") and len(long.quote) == 24 and long.confidence == 0.5
    for e in (long, short):
        assert TEXT[e.start : e.end] == e.quote and e.status == "proposed"
    assert {e.id: e.type for e in found.entities}["institution/yun-ting-da-xue"] == "University"
    assert all(e.aliases == () for e in found.entities) and not outcome.dropped and not outcome.unusable


def test_the_schema_is_the_ontology_s() -> None:
    ontology = load_ontology()
    parts = schema()["properties"]
    assert parts["statements"]["items"]["properties"]["relation"]["enum"] == list(ontology.relations)
    assert "University" in parts["entities"]["items"]["properties"]["type"]["enum"]


def test_what_is_not_borne_out_is_dropped_and_counted() -> None:
    def statement(s: str, r: str, o: str, quote: str) -> dict[str, str]:
        return {"subject": s, "relation": r, "object": o, "quote": quote}

    answer = {
        "entities": [
            *GOOD["entities"],
            {"name": "火星基地", "type": "Park"},
            {"name": "云汀", "type": "Nonsense"},
            {"name": "=cmd|'/c calc'!A0", "type": "Park"},
            {"name": "<script>alert(1)</script>", "type": "Park"},
            {"name": "云汀高新区\u202e", "type": "Park"},
            {"name": 7, "type": None}, "text", None,
        ],
        "statements": [
            statement("云汀高新区", "focusesOn", "生物医药", "依托火星基地"),
            statement("云汀高新区", "focusesOn", "生物医药", " "),
            statement("生物医药", "locatedIn", "云汀高新区", "依托云汀高新区"),
            statement("云汀高新区", "dropTable", "生物医药", "依托云汀高新区"),
            statement("云汀高新区", "focusesOn", "云汀高新区", "依托云汀高新区"),
            statement("火星基地", "focusesOn", "生物医药", "依托云汀高新区"),
            {"subject": ["云汀高新区"]}, [], "x",
        ],
    }  # fmt: skip
    with serving(says(answer), says(NOTHING)) as server:
        found, outcome = proposed(server)
    assert found.statements == ()
    assert {e.label_zh for e in found.entities} == {"云汀高新区", "云汀大学", "抗体技术", "生物医药"}
    assert outcome.dropped == {
        "malformed": 10, "name not in the text": 2, "quote not in the text": 2, "relation forbidden": 3, "unknown entity": 1,
    } or sum(outcome.dropped.values()) == 17  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [
        says("{"), says("好的，以下是结果："), says([]), says({"entities": {}, "statements": []}), says({"entities": []}),
        says("[" * 100_000), says(""), raw(b"{}"), raw(b"\xff\xfe"), raw(b'{"choices": []}'), raw(b'{"choices": [{"message": {"content": null}}]}'),
        says(GOOD, finish="length"), raw(b"{" + b" " * (endpoint_module.MAX_BYTES + 10)),
    ],
)  # fmt: skip
def test_a_bad_answer_is_asked_for_again_and_then_counted(bad: Behaviour) -> None:
    with serving(bad, bad, bad, says(NOTHING)) as server:
        _, outcome = proposed(server)
        assert outcome.unusable == 1 and len(server.asked) == 4
    with serving(bad, says(GOOD), says(NOTHING)) as server:
        found, outcome = proposed(server)
        assert outcome.unusable == 0 and len(found.statements) == 2
    with serving(bad) as server, pytest.raises(InputError, match="not one usable answer"):
        proposed(server)


def test_a_busy_server_is_waited_for_as_it_asks() -> None:
    slept: list[float] = []
    later = "Wed, 21 Oct 2099 07:28:00 GMT"
    busy = (fails(429, retry_after="7"), fails(503), fails(500), fails(429, retry_after=later))
    with serving(*busy, says(GOOD)) as server:
        found, _ = propose_by_model(
            Questions.of(Document.from_text(TEXT), "", "云汀市"), asking(server, slept), "yunting"
        )
        assert found.statements and slept == [7.0, 2.0, 4.0, endpoint_module.MAX_WAIT]


def test_a_server_that_stays_busy_is_given_up_and_taken_up_again(tmp_path: Path) -> None:
    with serving(says(GOOD), fails(500, "oops")) as server:
        with pytest.raises(InputError, match=r"no answer after 5 tries \(HTTP 500 oops\)"):
            proposed(server, cache=tmp_path)
        server.behaviours[:] = [says(NOTHING)]
        before = len(server.asked)
        found, _ = proposed(server, cache=tmp_path)
        assert len(server.asked) == before + 1 and len(found.statements) == 2
        again, _ = proposed(server, cache=tmp_path)
        assert len(server.asked) == before + 1 and again == found
        target = asking(server, cache=tmp_path)
        assert Questions.of(Document.from_text(TEXT), "", "云汀市").estimate(target)[0] == 0


@pytest.mark.parametrize("status", [401, 403, 404, 302, 410])
def test_a_refusal_is_told_at_once_without_the_key(status: int) -> None:
    with serving(fails(status, "key geheim is \x1b[31mbad", location="http://127.0.0.1:9/")) as server:
        with pytest.raises(InputError) as caught:
            proposed(server, key="geheim")
        assert len(server.asked) == 1
    assert "geheim" not in caught.value.en + caught.value.zh and "\x1b" not in caught.value.en
    assert f"HTTP {status}" in caught.value.en


def test_an_endpoint_without_schemas_is_asked_without() -> None:
    with serving(fails(400, "unknown field response_format"), says(GOOD), says(NOTHING)) as server:
        found, _ = proposed(server)
        assert found.statements and [("response_format" in b) for _, _, b in server.asked] == [True, False, False]
    with serving(fails(400, "no such model")) as server, pytest.raises(InputError, match="no such model"):
        proposed(server)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("drips", [False, True])
def test_a_server_that_does_not_come_to_an_end_is_given_up(drips: bool, stop: threading.Event) -> None:
    def stalls(handler: Handler, body: dict[str, Any]) -> None:
        if drips:
            handler.send_response(200)
            handler.end_headers()
        while not stop.wait(0.05):
            if drips:
                handler.wfile.write(b" ")
                handler.wfile.flush()

    with serving(stalls, says(GOOD), says(NOTHING)) as server:
        found, _ = proposed(server, timeout=0.4)
        assert found.statements
        stop.set()


def test_a_server_that_hangs_up_or_is_not_there() -> None:
    def hangs_up(handler: Handler, body: dict[str, Any]) -> None:
        handler.connection.close()

    with serving(hangs_up, says(GOOD), says(NOTHING)) as server:
        found, _ = proposed(server)
        assert found.statements
        gone = asking(server)
    with pytest.raises(InputError, match="no answer after 5 tries"):
        gone.ask([{"role": "user", "content": "?"}], {}, 5)


def test_requests_keep_their_distance() -> None:
    slept: list[float] = []
    now = iter(range(100))
    with serving(says(NOTHING)) as server:
        target = asking(server, slept, per_minute=6, clock=lambda: float(next(now)))
        for n in range(3):
            target.ask([{"role": "user", "content": str(n)}], {}, 5)
    assert len(slept) == 2 and all(5 < s < 10 for s in slept)


@pytest.mark.parametrize(
    "url", ["", "localhost:1/v1", "ftp://a/v1", "http://", "https://user:key@host/v1", "http://h/v1?key=a"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(InputError, match="expected an address"):
        Endpoint(url, "m")


def test_a_key_is_never_shown() -> None:
    assert "geheim" not in repr(Endpoint("http://127.0.0.1:1/v1", "m", "geheim"))
    with pytest.raises(InputError) as caught:
        Endpoint("http://127.0.0.1:1/v1", "m", "geheim\r\nX: y")
    assert "geheim" not in str(caught.value)


any_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from(["云汀高新区", "生物医药", "focusesOn", "Park", "Domain", "", "\ud800"]) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["name", "type", "aliases", "subject", "relation", "object", "quote", "confidence"]), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(any_json, max_size=6), st.lists(any_json, max_size=6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_gives_facts_that_hold(entities: list[Any], statements: list[Any]) -> None:
    questions = Questions.of(Document.from_text(TEXT), "", "云汀市")
    found = _Found()
    answer = {"entities": [*entities, *GOOD["entities"]], "statements": statements}
    _read(answer, questions, questions.pieces[0], "model:x", found, Outcome())
    for (a, r, b), spans in found.claims.items():
        assert load_ontology().allows(a[0], r, b[0])
        assert all(TEXT[s:e] == x.quote and 0 <= x.confidence <= 1 for (s, e), x in spans.items())


def test_pieces_cover_the_body_and_stay_small() -> None:
    text = "一、甲\n" + "云汀市发展氢能。" * 400 + "\n" + "短。\n" * 40 + "无" * 3000
    pieces = Questions.of(Document.from_text(text), "", "").pieces
    assert all(0 < p.end - p.start <= 1200 for p in pieces)
    covered = "".join(text[p.start : p.end] for p in pieces)
    assert covered.count("氢能") == 400 and covered.count("短") == 40 and covered.count("无") == 3000


# ---- the command


def run(*arguments: str, **details: Any) -> Any:
    return CliRunner().invoke(cli, ["extract", *arguments, "--lang", "en"], **details)


def test_the_command_shows_the_cost_asks_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANGRAPH_API_KEY", "geheim")
    source, folder = tmp_path / "plan.txt", tmp_path / "yunting"
    source.write_text(TEXT, encoding="utf-8")
    with serving(says(GOOD)) as server:
        to = ["--proposer", "openai", "--url", server.url, "--model", "m", "--cache", str(tmp_path / "cache"), "--price", "1", "2"]  # fmt: skip
        refused = run(str(source), "-o", str(folder), *to, input="n\n")
        assert refused.exit_code == 1 and "2 requests will go to http://127.0.0.1" in refused.stderr and "cost about 0.0" in refused.stderr  # fmt: skip
        assert not server.asked and not folder.exists()
        done = run(str(source), "-o", str(folder), *to, "--yes")
        assert done.exit_code == 0, done.output
        assert "2 requests, 0 from the cache; 20 tokens sent, 10 answered; dropped 5" in done.stderr
        assert "geheim" not in done.output + done.stderr and server.asked[0][1]["Authorization"] == "Bearer geheim"
        again = run(str(source), "-o", str(folder), *to)
        assert again.exit_code == 0 and "0 requests, 2 from the cache" in again.stderr
    assert {e.method for s in read_folder(folder).statements for e in s.evidence} == {"model:m"}
    assert run(str(source), "-o", str(folder), "--proposer", "openai", "--model", "m").exit_code == 2
    checked = CliRunner().invoke(cli, ["check", str(folder), "--text", str(source), "--lang", "en"])
    assert checked.exit_code == 0, checked.output


def test_nothing_is_asked_without_an_address(tmp_path: Path) -> None:
    source = tmp_path / "plan.txt"
    source.write_text(TEXT, encoding="utf-8")
    with serving(says(GOOD)) as server:
        assert run(str(source), "-o", str(tmp_path / "yunting"), "--url", server.url, "--model", "m").exit_code == 0
        time.sleep(0.05)
        assert not server.asked
