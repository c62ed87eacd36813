"""Push is taken up where it broke off, leaves no half build, keeps off what is not its own, and says what is wrong."""

from __future__ import annotations

import base64
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import plangraph
from plangraph import push as pushing
from plangraph.builds import build
from plangraph.cli import cli
from plangraph.errors import BuildError, InputError, QueryRefusedError, QuerySyntaxError, QueryTimeoutError, ServerError
from plangraph.push import differences, push
from plangraph.remote_graph import RemoteGraph
from plangraph.sparql_server import SparqlServer
from plangraph.vocab import PUSH_GRAPH
from tests.conftest import InventedPlan, invent_plan, kill_rounds, moments_to_kill
from tests.push.proxy import Handler, proxy
from tests.push.servers import free_port, oxigraph, running

Maker = Callable[..., InventedPlan]
SECRET = "hunter2-5f1c"


@pytest.fixture
def url(oxigraph_url: str) -> str:
    """An empty dataset."""
    SparqlServer(oxigraph_url).update("DROP ALL")
    return oxigraph_url


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three builds by their names."""
    found = {}
    for parks in (2, 20, 40):
        root, path = tmp_path_factory.mktemp("plans"), tmp_path_factory.mktemp("build") / "out"
        ids = [f"park/p{n}" for n in range(parks)]
        entities = [("domain/d", "Domain", "某领域"), *((i, "Park", f"第{n}园区") for n, i in enumerate(ids))]
        build([invent_plan(root, "small", entities, [(i, "focusesOn", "domain/d") for i in ids]).path], path)
        opened = plangraph.open(path)
        found[opened.name] = opened
    return found


@pytest.fixture
def one(builds: dict[str, Any]) -> Any:
    """The largest of them."""
    return list(builds.values())[-1]


def stages(url: str) -> list[str]:
    """Graphs that were left aside."""
    rows = SparqlServer(url).rows("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    return [r["g"] for r in rows if r["g"].startswith(PUSH_GRAPH + "/")]


def whole(url: str, builds: dict[str, Any]) -> str:
    """Name of the build that the server holds, to the last triple."""
    for _ in range(10):
        name = RemoteGraph(url).name
        found = differences(builds[name], url)
        if RemoteGraph(url).name == name:  # else the last request of a killed push came in meanwhile
            assert found == []
            return name
    raise AssertionError("it never rests")


# -- what is there afterwards -----------------------------------------------------------------------------------


def test_another_build_takes_the_place_of_the_first(url: str, builds: dict[str, Any]) -> None:
    for kg in builds.values():
        done = push(kg, url)
        assert differences(kg, url) == [] and stages(url) == []
        assert RemoteGraph(url).name == kg.name
    assert "https://w3id.org/plangraph/ontology" in done.kept  # what did not change is not sent again


def test_a_plan_that_is_gone_goes(url: str, small_plan: Maker, tmp_path: Path) -> None:
    root = tmp_path / "two"
    small_plan("one", root=root), small_plan("two", root=root)
    build([root], tmp_path / "both"), build([root / "one"], tmp_path / "first")
    push(plangraph.open(tmp_path / "both"), url)
    assert len(RemoteGraph(url).plans) == 2
    done = push(plangraph.open(tmp_path / "first"), url)
    assert any(g.endswith("plan/two") for g in done.removed)
    assert len(RemoteGraph(url).plans) == 1 and differences(plangraph.open(tmp_path / "first"), url) == []


def test_graphs_of_others_are_left_alone_and_a_strange_default_graph_is_refused(url: str, one: Any) -> None:
    server = SparqlServer(url)
    server.update("INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:b> 1 } }")
    push(one, url)
    assert server.holds("ASK { GRAPH <urn:mine> { <urn:a> <urn:b> 1 } }")
    server.update("DROP ALL ; INSERT DATA { <urn:a> <urn:b> 1 }")
    with pytest.raises(BuildError, match="did not write"):
        push(one, url)
    assert server.rows("SELECT * { ?s ?p ?o }") == [{"s": "urn:a", "p": "urn:b", "o": "1"}]
    assert stages(url) == [] and not server.holds(f"ASK {{ GRAPH <{PUSH_GRAPH}> {{ ?s ?p ?o }} }}")


def test_what_was_changed_there_is_found_and_mended(url: str, one: Any) -> None:
    push(one, url)
    server = SparqlServer(url)
    server.update("DELETE { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }".replace("rdfs:", "<http://www.w3.org/2000/01/rdf-schema#").replace("#label", "#label>"))  # fmt: skip
    assert push(one, url).sent == [""]  # by the count
    swap = "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p 'x' } } WHERE { { SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(STRENDS(STR(?g), 'plan/small')) } LIMIT 1 } }"
    server.update(swap)
    assert [graph.rpartition("/")[2] for graph, _, _ in differences(one, url)] == ["small"]  # by the hash
    push(one, url, again=True)
    assert differences(one, url) == []


# -- broken off -------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_broke_off(url: str, one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "CHUNK", 30_000)
    sent: list[int] = []

    def full(handler: Handler, body: bytes) -> bool:
        if "store?" in handler.path and handler.command == "POST":
            sent.append(len(body))
            if len(sent) == 4:
                return handler.answer(507, b"no space left", "text/plain")
        return False

    with proxy(url, full) as p:
        with pytest.raises(ServerError, match="disk is full"):
            push(one, p.url)
        with pytest.raises(BuildError, match="not finished"):
            RemoteGraph(url)
        before = len(sent)
        done = push(one, p.url)
    assert done.resumed > 0 and len(sent) > before
    assert differences(one, url) == [] and stages(url) == []


def test_what_lies_aside_wrongly_is_thrown_away(url: str, one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pushing._Push._claim

    def claim(self: Any) -> None:
        real(self)
        target, lines = (
            "https://w3id.org/plangraph/plan/small",
            pushing.triples_of(one, "https://w3id.org/plangraph/plan/small"),
        )
        self.wanted[target] = pushing.digest(lines), len(lines)
        self.server.update(f"INSERT DATA {{ GRAPH <{self._stage_of(target)}> {{ <urn:a> <urn:b> <urn:c> }} }}")

    monkeypatch.setattr(pushing._Push, "_claim", claim)
    push(one, url)
    assert differences(one, url) == []


_PUSHER = """
import sys
from itertools import cycle
import plangraph
from plangraph import push
push.CHUNK = 20000
import httpx, pyoxigraph, plangraph.query_process
plangraph.open(sys.argv[2]).plans
print("ready", flush=True)
for path in cycle(sys.argv[2:]):
    push.push(plangraph.open(path), sys.argv[1])
"""


def test_killed_at_any_moment(url: str, builds: dict[str, Any]) -> None:
    seen: set[str] = set()
    left: list[str] = []
    push(next(iter(builds.values())), url)
    for pause in moments_to_kill(20260102, 0.6, lambda: len(seen) > 1 and bool(left)):
        arguments = [sys.executable, "-P", "-c", _PUSHER, url, *(str(kg.path) for kg in builds.values())]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        seen.add(whole(url, builds))  # the old one or the new one
        left.extend(stages(url))
    assert len(seen) > 1 and left, "no kill met a push in the middle"
    for kg in builds.values():
        push(kg, url)
        assert differences(kg, url) == [] and stages(url) == []


def test_the_server_is_killed_at_any_moment(builds: dict[str, Any], tmp_path: Path) -> None:
    moments, folder = random.Random(20260103), tmp_path / "server"
    with running(oxigraph(), folder) as url:
        push(next(iter(builds.values())), url)
    for _ in range(min(kill_rounds(3), 40)):
        with running(oxigraph(), folder) as url:
            arguments = [sys.executable, "-P", "-c", _PUSHER, url, *(str(kg.path) for kg in builds.values())]
            pusher = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert pusher.stdout is not None and pusher.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0, 0.6))
        pusher.communicate(timeout=60)
        assert pusher.returncode == 1
        with running(oxigraph(), folder) as url:
            whole(url, builds)
            for kg in builds.values():
                push(kg, url)
            assert differences(kg, url) == []


@pytest.mark.parametrize("steps", [1, 3, 9])
def test_a_server_without_transactions_never_offers_half_a_build(url: str, builds: dict[str, Any], steps: int) -> None:
    old, new, _ = builds.values()
    push(old, url)

    def step_by_step(handler: Handler, body: bytes) -> bool:
        if handler.path != "/update" or b"#sha256" not in body:
            return False
        for part in body.decode().split(" ;\n")[:steps]:
            SparqlServer(url).update(part)
        return handler.answer(500, b"out of memory", "text/plain")

    with proxy(url, step_by_step) as p, pytest.raises(ServerError, match="out of memory"):
        push(new, p.url)
    with pytest.raises(BuildError, match="not finished"):
        RemoteGraph(url)
    for kg in (old, new):  # back, or on
        push(kg, url)
        assert differences(kg, url) == [] and stages(url) == []


def test_a_second_push_stops_the_first(url: str, builds: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    small, _, large = builds.values()
    began = False

    def meanwhile(graph: str, done: int, total: int) -> None:
        nonlocal began
        if not began:
            began = True
            push(small, url)

    monkeypatch.setattr(pushing, "CHUNK", 30_000)
    with pytest.raises(ServerError, match="another push"):
        push(large, url, meanwhile)
    assert RemoteGraph(url).name == small.name and differences(small, url) == []


def test_a_server_that_loses_triples_is_told(url: str, one: Any) -> None:
    def lose(handler: Handler, body: bytes) -> bool:
        if "store?" in handler.path and handler.command == "POST":
            return handler.answer(204, b"", "")
        return False

    with proxy(url, lose) as p, pytest.raises(ServerError, match="does not give back"):
        push(one, p.url)
    with pytest.raises(BuildError, match="not finished"):
        RemoteGraph(url)


@pytest.mark.parametrize("code", [400, 413])
def test_smaller_requests_where_the_server_wants_them(code: int, url: str, one: Any) -> None:
    sizes: list[int] = []

    def small_only(handler: Handler, body: bytes) -> bool:
        if "store?" in handler.path and handler.command == "POST":
            sizes.append(len(body))
            if len(body) > 40_000:
                return handler.answer(code, b"", "")
        return False

    with proxy(url, small_only) as p:
        push(one, p.url)
    assert max(sizes) > 40_000 and differences(one, url) == []


# -- what is wrong, in words ------------------------------------------------------------------------------------


def html(handler: Handler, body: bytes) -> bool:
    return handler.answer(200, b"<html><script>alert(1)</script>", "text/html")


def slow(handler: Handler, body: bytes) -> bool:
    time.sleep(1.5)
    return True


WRONG: dict[str, tuple[Any, str, str]] = {
    "html": (html, "answers with a web page", "网页"),
    "401": (lambda h, b: h.answer(401, b"", "", www_authenticate='Basic realm="x"'), "PLANGRAPH_STORE_USER", "用户名"),
    "403": (lambda h, b: h.answer(403, b"no", "text/plain"), "forbids", "禁止"),
    "404": (lambda h, b: h.answer(404, b"", "text/html"), "HTTP 404", "数据集"),
    "413": (lambda h, b: h.answer(413, b"", "") if len(b) > 2000 else False, "of this size", "这么大"),
    "302": (lambda h, b: h.answer(302, b"", "", location="http://127.0.0.1:1/"), "another address", "另一个地址"),
    "503": (lambda h, b: h.answer(503, b"busy", "text/plain"), "HTTP 503", "再次运行"),
    "read-only": (lambda h, b: h.answer(405, b"", "") if b"INSERT" in b else False, "no updates", "只读"),
    "hangs up": (lambda h, b: h.connection.close() or True, "broke off", "中断"),
    "not json": (lambda h, b: h.answer(200, b"{", "application/sparql-results+json"), "nothing there", "没有 SPARQL"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_clear_word_and_no_password_in_it(what: str, url: str, one: Any) -> None:
    hook, en, zh = WRONG[what]
    env = {"PLANGRAPH_STORE_USER": "someone", "PLANGRAPH_STORE_PASSWORD": SECRET}
    with proxy(url, hook) as p:
        for lang, words in (("en", en), ("zh", zh)):
            done = CliRunner().invoke(cli, ["push", p.url, "--build", str(one.path), "--lang", lang], env=env)
            told = done.output
            assert done.exit_code == 1 and words in told and p.url in told, told
            assert "Traceback" not in told and SECRET not in told and len(told) < 600
            assert base64.b64encode(f"someone:{SECRET}".encode()).decode() not in told
    with pytest.raises(BuildError):
        RemoteGraph(url)


def test_nobody_there_and_too_slow(url: str, one: Any) -> None:
    with pytest.raises(ServerError, match="is the server running"):
        push(one, f"http://127.0.0.1:{free_port()}")
    with proxy(url, slow) as p, pytest.raises(ServerError, match="no answer within"):
        SparqlServer(p.url, timeout=0.3).query("ASK {}")


@pytest.mark.parametrize("address", ["", "graph", "ftp://h/x", f"http://u:{SECRET}@h/x", "http://h/x?y", "http:///x", "http://h:99999", "http://h/\n"])  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InputError, match="expected the address") as caught:
        SparqlServer(address)
    assert SECRET not in str(caught.value)


# -- names and passwords ----------------------------------------------------------------------------------------


def guarded(handler: Handler, body: bytes) -> bool:
    wanted = "Basic " + base64.b64encode(f"someone:{SECRET}".encode()).decode()
    if handler.headers.get("authorization") == wanted:
        return False
    return handler.answer(401, b"", "", www_authenticate='Basic realm="plans"')


@pytest.mark.parametrize("source", ["environment", "netrc"])
def test_a_password_is_given_when_it_is_asked_for(
    source: str, url: str, one: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if source == "netrc":
        (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login someone password {SECRET}\n", encoding="utf-8")
        (tmp_path / "netrc").chmod(0o600)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    else:
        monkeypatch.setenv("PLANGRAPH_STORE_USER", "someone")
        monkeypatch.setenv("PLANGRAPH_STORE_PASSWORD", SECRET)
    with proxy(url, guarded) as p:
        push(one, p.url)
        assert "Authorization" not in {k.title() for k in p.asked[0][2]}  # only once the server has asked
    with proxy(url, lambda h, b: False) as open_to_all:
        RemoteGraph(open_to_all.url)
        assert not any("authorization" in {k.lower() for k in headers} for _, _, headers in open_to_all.asked)


def test_a_netrc_file_that_cannot_be_read(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 pass {SECRET}", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with pytest.raises(InputError, match="netrc") as caught:
        SparqlServer(url)
    assert SECRET not in str(caught.value)


# -- asking there -----------------------------------------------------------------------------------------------


@pytest.fixture
def pushed(url: str, one: Any) -> Iterator[str]:
    """A server that holds a build."""
    push(one, url)
    yield url


def test_the_commands_answer_from_the_server_as_from_the_build(pushed: str, one: Any) -> None:
    for arguments in (
        ["ask", "parks-by-domain", "--domain", "某领域"],
        ["ask", "parks-by-domain", "--domain", "某领域", "-f", "json", "--lang", "en"],
        *(["query", "-f", form, "-e", "SELECT ?p ?l { ?p a plan:Park ; rdfs:label ?l } ORDER BY ?p ?l"] for form in ("table", "csv", "tsv", "xml", "json")),
        *(["query", "-f", form, "-e", "CONSTRUCT { ?p rdfs:label ?l } { ?p a plan:Park ; rdfs:label ?l }"] for form in ("ttl", "json", "table")),
        ["query", "-e", "ASK { ?p a plan:Park }"],
        ["query", "plans"],
    ):  # fmt: skip
        here, there = (
            CliRunner().invoke(cli, [*arguments, *more]) for more in (["--build", str(one.path)], ["--store", pushed])
        )
        assert here.exit_code == there.exit_code == 0, there.output
        assert sorted(here.output.split()) == sorted(there.output.split()), arguments


def test_what_is_refused_never_reaches_the_server(pushed: str) -> None:
    with proxy(pushed, lambda h, b: False) as p:
        kg = RemoteGraph(p.url)
        before = len(p.asked)
        for sparql in (
            "DROP ALL",
            "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
            "SELECT * FROM <urn:x> {}",
        ):
            with pytest.raises(QueryRefusedError):
                kg.query(sparql)
        with pytest.raises(QuerySyntaxError):
            kg.query("SELECT")
        assert len(p.asked) == before


def test_a_value_is_a_value_whatever_it_holds(pushed: str, one: Any) -> None:
    kg = RemoteGraph(pushed)
    for text in ('"', "'", "\\", '" . } ; DROP ALL #', "?text", "}", "第0园区"):
        values = {"text": text}
        assert kg.ask("find-entity", **values).rows == one.ask("find-entity", **values).rows


def test_a_query_that_takes_too_long(pushed: str) -> None:
    with proxy(pushed, lambda h, b: b"slow" in b and slow(h, b)) as p, pytest.raises(QueryTimeoutError):
        RemoteGraph(p.url).query("SELECT ?slow { ?slow ?p ?o }", timeout=0.4)


def test_only_questions_are_answered_there(pushed: str) -> None:
    with pytest.raises(InputError, match="query and ask"):
        RemoteGraph(pushed).statements()


def test_nothing_was_pushed(url: str) -> None:
    with pytest.raises(BuildError, match="no build there"):
        RemoteGraph(url)
