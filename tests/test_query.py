"""Queries: what is refused, what is a syntax error and where, what comes back, and that a query can be stopped."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plangraph
from plangraph.build_folder import STORE
from plangraph.errors import (
    BuildError,
    PlangraphError,
    QueryFailedError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)
from plangraph.query import Result, evaluate, result_from_json, run_isolated, to_result
from plangraph.sparql import guard

TIANJIN = "https://w3id.org/plangraph/plan/tianjin-145"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d && ?d != ?g) }"


class Listener:
    """A local address that counts who calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.calls.append(self.path)
                self.send_response(404)
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *_: object) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def store() -> ox.Store:
    found = ox.Store()
    found.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal("1")))
    return found


# -- SERVICE --------------------------------------------------------------------------------------------------

#: SERVICE as a keyword, wherever the parser takes it for one; URL stands for the listener's address.
CALLS = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "lower case": "SELECT * { service <URL> { ?s ?p ?o } }",
    "mixed case": "SELECT * { SeRvIcE <URL> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "silent glued": "SELECT * {SERVICESILENT<URL>{?s ?p ?o}}",
    "glued": "SELECT * {?s ?p ?o.SERVICE<URL>{?s ?p ?o}}",
    "new lines": "SELECT *\n{\n  SERVICE\n\t<URL>\r\n{ ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE # there\n <URL> { ?s ?p ?o } }",
    "after a comment that ends in CR": "SELECT * {# c\rSERVICE <URL> {?s ?p ?o}}",
    "quote in a comment": "SELECT * { # it's\n SERVICE <URL> { ?s ?p ?o } # it's\n }",
    "after a string": "SELECT * { ?s ?p 'a' SERVICE <URL> { ?s ?p ?o } }",
    "after an escaped quote": r"""SELECT * { ?s ?p "a\"" SERVICE <URL> { ?s ?p "b" } }""",
    "after a long string": "SELECT * { ?s ?p '''it's'''. SERVICE <URL> { ?s ?p ?o } }",
    "after a tagged string": 'SELECT * { ?s ?p "a"@en . SERVICE <URL> { ?s ?p ?o } }',
    "after an IRI with a hash": "SELECT * { ?s <x:y#z> ?o . SERVICE <URL> { ?s ?p ?o } }",
    "after an IRI with a quote": "SELECT * { ?s <x:it's> ?o . SERVICE <URL> { ?s ?p 'x' } }",
    "after less than": "SELECT * { ?s ?p ?a FILTER(?a<'>')SERVICE<URL>{?s ?p 'x'}}",
    "after less than and a comment": "SELECT * {?s ?p ?a FILTER(?a<?b#>'''\n)SERVICE<URL>{?s ?p 'x'}}#'''",
    "IRI and less than": "SELECT * { ?s <x:/'> ?a . FILTER(?a<'>')SERVICE<URL>{?s ?p 'x'} }",
    "prefixed": "PREFIX e: <URL> SELECT * { SERVICE e:x { ?s ?p ?o } }",
    "empty prefix": "PREFIX : <URL> SELECT * { SERVICE :x { ?s ?p ?o } }",
    "empty prefix glued": "PREFIX : <URL> SELECT * {SERVICE:x{?s ?p ?o}}",
    "prefix of its name": "PREFIX SERVICE: <x:> PREFIX : <URL> SELECT * {SERVICE:x{?s ?p ?o}}",
    "empty prefix after a dot": "PREFIX : <URL> SELECT * {?s ?p ?o.SERVICE:x{?s ?p ?o}}",
    "variable": "SELECT * { VALUES ?g { <URL> } SERVICE ?g { ?s ?p ?o } }",
    "variable glued": "SELECT * { VALUES ?g {<URL>}SERVICE?g{?s ?p ?o}}",
    "nested in OPTIONAL": "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "nested in UNION": "SELECT * { { ?s ?p ?o } UNION { SERVICE <URL> { ?s ?p ?o } } }",
    "nested in MINUS": "SELECT * { ?s ?p ?o MINUS { SERVICE <URL> { ?s ?p ?o } } }",
    "nested in GRAPH": "SELECT * { GRAPH ?g { SERVICE <URL> { ?s ?p ?o } } }",
    "subquery": "SELECT * { { SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } } } }",
    "EXISTS": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "NOT EXISTS in BIND": "SELECT * { ?s ?p ?o BIND(NOT EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?x) }",
    "in the SELECT": "SELECT (EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?x) { }",
    "in SERVICE": "SELECT * { SERVICE <URL> { SERVICE <URL> { ?s ?p ?o } } }",
    "ASK": "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "CONSTRUCT": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE": "DESCRIBE ?s WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "without WHERE and dots": "SELECT*{SERVICE<URL>{?s?p?o}}",
    "escape": "SELECT * { SER\\u0056ICE <URL> { ?s ?p ?o } }",
    "long escape": "SELECT * { \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "all escapes": "SELECT * { \\u0053\\u0045\\u0052\\u0056\\u0049\\u0043\\u0045 <URL> { ?s ?p ?o } }",
    "several, one a word": "SELECT * { ?s ?p 'service' . SERVICE <URL> { ?s ?p ?o } }",
}

#: SERVICE as a word like others.
WORDS = {
    "string": "SELECT * { ?s ?p 'SERVICE' }",
    "string like a clause": "SELECT * { ?s ?p 'x } SERVICE <http://a.example/> {' }",
    "double quotes": 'SELECT * { ?s ?p "it\'s a SERVICE"@en }',
    "long string": "SELECT * { ?s ?p '''a 'SERVICE'\n <x:y> {''' }",
    "long double quotes": 'SELECT * { ?s ?p """say "SERVICE" { """ }',
    "escaped quote": r'SELECT * { ?s ?p "\" SERVICE <http://a.example/> { \"" }',
    "escaped letters": 'SELECT * { ?s ?p "SER\\u0056ICE" }',
    "regex": "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), 'service', 'i') }",
    "IRI": "SELECT * { ?s <http://a.example/SERVICE> ?o }",
    "IRI with fragment": "SELECT * { ?s <http://a.example/#SERVICE> ?o }",
    "IRI as a graph": "SELECT * { GRAPH <http://a.example/service> { ?s ?p ?o } }",
    "IRIs in VALUES": "SELECT * { VALUES (?a ?b) { (<x:service> <x:SERVICE#a>) } }",
    "comment": "SELECT * { ?s ?p ?o } # SERVICE <http://a.example/> { }",
    "comment inside": "SELECT * { # SERVICE <http://a.example/> {\n ?s ?p ?o }",
    "variable": "SELECT ?service { ?service ?p ?SERVICE }",
    "dollar variable": "SELECT $service { $service ?p ?o }",
    "variable next to braces": "SELECT*{?service?p?o}",
    "prefix": "PREFIX service: <x:> SELECT * { ?s service:of ?o }",
    "upper-case prefix": "PREFIX SERVICE: <x:> SELECT * { ?s SERVICE:of ?o }",
    "local name": "PREFIX x: <x:> SELECT * { ?s x:SERVICE ?o }",
    "local name of ours": "SELECT * { ?s plan:service ?o }",
    "graph by a prefixed name": "PREFIX service: <x:> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "blank node": "SELECT * { _:service ?p ?o }",
    "function of a prefix": "PREFIX service: <x:> SELECT * { ?s ?p ?o FILTER(service:f(?o) || true) }",
    "part of a word": "SELECT * { ?s ?p 'services' . ?services ?p ?o }",
    "less than": "SELECT * { ?s ?p ?a, ?b FILTER(?a<?b && ?b>'SERVICE') }",
    "datatype": "SELECT * { ?s ?p '1'^^<x:service> }",
    "language tag": "SELECT * { ?s ?p 'a'@service }",
}


def refused(query: str, graphs: frozenset[str] = frozenset()) -> bool:
    try:
        guard(query, lambda: graphs)
    except QueryRefusedError:
        return True
    return False


@pytest.mark.parametrize("query", CALLS.values(), ids=CALLS.keys())
def test_service_is_refused_and_nobody_is_called(query: str, listener: Listener, store: ox.Store) -> None:
    listener.calls.clear()
    query = query.replace("URL", listener.url)
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        evaluate(store, query)
    assert listener.calls == []


def test_without_the_guard_somebody_is_called(listener: Listener, store: ox.Store) -> None:
    # Else the test above could not fail.
    called = 0
    for query in CALLS.values():
        listener.calls.clear()
        try:
            answer = store.query(query.replace("URL", listener.url))
            list(answer) if not isinstance(answer, ox.QueryBoolean) else None
        except (SyntaxError, OSError, RuntimeError):
            pass
        called += bool(listener.calls)
    assert called > 25


@pytest.mark.parametrize("query", WORDS.values(), ids=WORDS.keys())
def test_service_as_a_word_is_answered(query: str, store: ox.Store) -> None:
    to_result(evaluate(store, query))


def service_by_rdflib(query: str) -> bool | None:
    """Whether rdflib's parser finds a SERVICE clause; None if it cannot parse the query."""
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        tree = parseQuery(query)
    except Exception:
        return None
    return "ServiceGraphPattern" in str(tree)


def test_rdflib_agrees_where_it_can_parse() -> None:
    known = "PREFIX plan: <https://w3id.org/plangraph/ontology#>\n"
    compared = 0
    for query in (*CALLS.values(), *WORDS.values()):
        query = query.replace("URL", "http://127.0.0.1:9/")
        says = service_by_rdflib(known + query)
        if says is not None:
            compared += 1
            assert says == refused(query), query
    assert compared > 50


PIECES = st.sampled_from(
    [
        "SERVICE", "service", "SILENT", "<x:a>", "<x:SERVICE>", "<x:it's>", "<x:#>", "'SERVICE'", "'a'", '"b"', "'''c'''",
        "'", '"', "'''", "# c\n", "# it's\r", "#", "\n", " ", " ", " ", "{", "}", "{", "}", "(", ")", "?s", "?service", "?p",
        "x:SERVICE", "SERVICE:x", ":x", "x:", "<", ">", ".", ";", ",", "1", "true", "FILTER(", "?s ?p ?o", "?s<'>'", "UNION",
        "OPTIONAL", "@en", "\\u0053ERVICE", "ſervice", "VALUES ?x", "UNDEF",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14))
def test_whatever_is_accepted_calls_nobody(listener: Listener, pieces: list[str]) -> None:
    head = f"PREFIX x: <{listener.url}> PREFIX : <{listener.url}> PREFIX SERVICE: <{listener.url}> "
    query = head + "SELECT * {" + "".join(pieces).replace("<x:a>", f"<{listener.url}>") + "}"
    listener.calls.clear()
    with contextlib.suppress(PlangraphError):
        to_result(evaluate(ox.Store(), query))
    assert listener.calls == []


# -- updates and FROM -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "insert data { <x:a> <x:b> <x:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "PREFIX x: <x:> DELETE DATA { x:a x:b x:c }",
        "# a comment\nLOAD <URL>",
        "LOAD SILENT <URL> INTO GRAPH <x:g>",
        "CLEAR ALL",
        "CREATE GRAPH <x:g>",
        "DROP ALL",
        "COPY <x:a> TO <x:b>",
        "MOVE <x:a> TO <x:b>",
        "ADD <x:a> TO <x:b>",
    ],
)
def test_updates_are_refused(update: str, listener: Listener, store: ox.Store) -> None:
    listener.calls.clear()
    with pytest.raises(QueryRefusedError, match="read-only") as caught:
        evaluate(store, update.replace("URL", listener.url))
    assert "只读" in caught.value.zh
    assert listener.calls == []
    assert len(store) == 1


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX load: <x:> SELECT * { ?s load:x ?o }",
        "SELECT ?insert { ?insert ?p 'DELETE' }",
        "SELECT * { ?s <x:INSERT> ?o } # DROP ALL",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_words_of_updates_elsewhere_are_words(query: str, store: ox.Store) -> None:
    to_result(evaluate(store, query))


def test_an_update_behind_a_query_does_not_parse(store: ox.Store) -> None:
    with pytest.raises(QuerySyntaxError):
        evaluate(store, "SELECT * { ?s ?p ?o } ; DELETE WHERE { ?s ?p ?o }")
    assert len(store) == 1


@pytest.mark.parametrize(
    "clause",
    [
        f"FROM <{TIANJIN}>",
        f"from <{TIANJIN}>",
        f"FROM<{TIANJIN}>",
        "FROM plans:tianjin-145",
        f"PREFIX p: <{TIANJIN[:-3]}> SELECT (COUNT(*) AS ?n) FROM p:145",
        f"FROM # which\n <{TIANJIN}>",
    ],
)
def test_from_a_graph_of_the_build(kg: plangraph.PlanGraph, clause: str) -> None:
    query = clause if "SELECT" in clause else f"SELECT (COUNT(*) AS ?n) {clause}"
    (row,) = kg.query(query + " WHERE { ?s ?p ?o }")
    (same,) = kg.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{TIANJIN}> {{ ?s ?p ?o }} }}")
    assert row == same
    assert row["n"] > 1000


def test_from_named(kg: plangraph.PlanGraph) -> None:
    result = kg.query(f"SELECT DISTINCT ?g FROM NAMED <{TIANJIN}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}")
    assert list(result) == [{"g": TIANJIN}]


@pytest.mark.parametrize(
    "clause",
    [
        "FROM <URL>",
        "from <URL>",
        "FROM NAMED <URL>",
        "FROM\n# here\nNAMED\n<URL>",
        "FROM plans:nosuch",
        "FROM plan:Park",
        f"FROM <{TIANJIN}> FROM <URL>",
        f"FROM NAMED <{TIANJIN}> FROM NAMED <URL>",
    ],
)
@pytest.mark.parametrize("form", ["SELECT *", "ASK", "CONSTRUCT { ?s ?p ?o }", "DESCRIBE <x:a>"])
def test_from_elsewhere_is_refused(kg: plangraph.PlanGraph, listener: Listener, form: str, clause: str) -> None:
    listener.calls.clear()
    with pytest.raises(QueryRefusedError, match="FROM"):
        kg.query(f"{form} {clause.replace('URL', listener.url)} WHERE {{ ?s ?p ?o }}")
    assert listener.calls == []


def test_from_in_other_places_is_a_word(kg: plangraph.PlanGraph) -> None:
    query = "SELECT ?from { ?from rdfs:label 'FROM <http://a.example/>' . # FROM <http://a.example/>\n }"
    assert len(kg.query(query)) == 0


# -- syntax errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "line", "column", "word"),
    [
        ("SELEC * {?s ?p ?o}", 1, 1, "SELEC"),
        ("SELECT * { ?s ?p x }", 1, 18, "x"),
        ("SELECT * { ?s ?p '中文' x }", 1, 23, "x"),
        ("SELECT * { ?s ?p '𝒜𝒜' x }", 1, 23, "x"),
        ("SELECT * {\n\t?s\t?p x }", 2, 8, "x"),
        ("SELECT * {\r\n  ?s ?p x }", 2, 9, "x"),
        ("# 注释\n\nSELECT * { ?s a plan:Park . FILTER(?s = ) }", 3, 41, ")"),
        ("SELECT * { ?s a plan:Park }}", 1, 28, "}"),
        ("SELECT * { ?s a plan:Park } ORDER ?s", 1, 35, "?s"),
        ("SELECT * { ?s a plan:Park } LIMIT ten", 1, 35, "ten"),
        ("SELECT * { ?s a plan:Park", 1, 26, "ends too early"),
        ("SELECT * { ?s a plan:Park\n\n", 1, 26, "ends too early"),
        ("", 1, 1, "ends too early"),
        ("SELECT * { ?s rdfs:label '中国 }", 1, 26, "not closed"),
        ('SELECT * { ?s rdfs:label "中国\n" }', 1, 26, "not closed"),
        ("SELECT * { ?s nosuch:p ?o }", 1, 15, "known without PREFIX: "),
        ("SELECT ?a (COUNT(?b) AS ?n) { ?a ?p ?b }", 1, 41, "unbound"),
        ("SELECT * { ?s id:park/x ?o }", 1, 23, "x"),
        ("SELECT * { ?s ?p 'service' x }", 1, 28, "x"),
        ("SELECT * { ?s ?p 'SERVICE'", 1, 27, "ends too early"),
    ],
)
def test_a_syntax_error_has_its_place(store: ox.Store, query: str, line: int, column: int, word: str) -> None:
    with pytest.raises(QuerySyntaxError, match="SPARQL") as caught:
        evaluate(store, query)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert word in error.en
    assert f"line {line}, column {column}" in error.en
    assert f"第 {line} 行第 {column} 列" in error.zh


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p '中文' BAD }",
        "SELECT * {\n\t?s\t?p\tBAD }",
        "SELECT * { ?s ?p '𝒜', 'ｱ' BAD }",
        "SELECT * { ?s ?p '" + "中" * 500 + "' BAD . ?x ?y '" + "文" * 500 + "' }",
        "SELECT * { ?s ?p ' é é ' BAD }",
    ],
)
def test_the_caret_stands_under_the_place(store: ox.Store, query: str) -> None:
    from rich.cells import cell_len

    with pytest.raises(QuerySyntaxError) as caught:
        evaluate(store, query)
    shown, caret = caught.value.en.split("\n")[-2:]
    at = shown.index("BAD")
    assert cell_len(shown[:at].expandtabs(8)) == cell_len(caret.expandtabs(8)) - 1
    assert caret.endswith("^")
    assert len(shown) <= 130


def test_lines_end_at_line_feeds_alone(store: ox.Store) -> None:
    # As the parser counts: a line separator or a vertical tab in a string begins no new line.
    with pytest.raises(QuerySyntaxError) as caught:
        evaluate(store, "SELECT * {\n ?s ?p '\u2028\x0b' x }")
    assert (caught.value.line, caught.value.column) == (2, 13)


def test_a_large_wrong_query_is_told_in_few_words(store: ox.Store) -> None:
    query = "SELECT * { VALUES ?x { " + "'某园区' " * 20_000 + "} ?x BAD }"
    with pytest.raises(QuerySyntaxError) as caught:
        evaluate(store, query)
    assert caught.value.column == query.index("BAD") + 1
    assert len(caught.value.en) < 500


# -- what comes back ------------------------------------------------------------------------------------------


def test_values_are_pythons_own(kg: plangraph.PlanGraph) -> None:
    query = """SELECT ?i ?d ?f ?b ?t ?l ?u ?none ?inf {
      VALUES (?i ?d ?f ?b ?t ?l ?u ?none) { (7 1.5 2e3 true "文" "text"@en plan:Park UNDEF) }
      BIND("INF"^^xsd:double AS ?inf) }"""
    expected = (7, 1.5, 2000.0, True, "文", "text", "https://w3id.org/plangraph/ontology#Park", None, float("inf"))
    for timeout in (None, 60):
        result = kg.query(query, timeout=timeout)
        assert result.columns == ("i", "d", "f", "b", "t", "l", "u", "none", "inf")
        assert result.rows == (expected,)
        assert [type(v) for v in result.rows[0]] == [type(v) for v in expected]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?l { ?s a plan:Park ; rdfs:label ?l } ORDER BY ?s ?l",
        "SELECT ?s { ?s a plan:NoSuch }",
        "ASK { ?s a plan:Park }",
        "ASK { ?s a plan:NoSuch }",
        "CONSTRUCT { ?s plan:length ?n } WHERE { ?s a plan:Park ; rdfs:label ?l BIND(STRLEN(?l) AS ?n) }",
        "DESCRIBE ?s WHERE { ?s rdfs:label '中国信创谷'@zh }",
        "SELECT * { }",
    ],
)
def test_in_this_process_and_in_one_of_its_own_the_answer_is_the_same(kg: plangraph.PlanGraph, query: str) -> None:
    assert kg.query(query) == kg.query(query, timeout=60)


def test_the_answer_of_ask_is_a_truth_value(kg: plangraph.PlanGraph) -> None:
    assert kg.query("ASK { ?s a plan:Park }")
    assert not kg.query("ASK { ?s a plan:NoSuch }")
    assert not kg.query("SELECT ?s { ?s a plan:NoSuch }")
    assert kg.query("SELECT ?s { VALUES ?s { false } }")


def test_a_triple_as_a_term_comes_back_as_text() -> None:
    data = ox.Store().query("SELECT (<<( <x:a> <x:b> 1 )>> AS ?t) {}").serialize(format=ox.QueryResultsFormat.JSON)
    (row,) = result_from_json(data or b"").rows
    assert "x:a" in row[0]


@pytest.mark.parametrize("timeout", [None, 60.0])
def test_values_are_bound_and_never_read_as_sparql(kg: plangraph.PlanGraph, timeout: float | None) -> None:
    query = "SELECT ?given {}"
    for hostile in (
        '" } #',
        "x' . ?s ?p ?o",
        "\\",
        "a\nb\r",
        "<x:y>",
        "?s",
        "https://w3id.org/plangraph/> <x:y",
        "\t\u2028",
    ):
        assert kg.query(query, timeout=timeout, given=hostile).rows == ((hostile,),)
    for value in (7, 1.5, 1e300, float("inf"), True, False):
        assert kg.query(query, timeout=timeout, given=value).rows == ((value,),)
    park = kg.entity("中国信创谷")
    assert kg.query(query, timeout=timeout, given=park).rows == ((park.iri,),)
    assert kg.query(query, timeout=timeout, given=park.id).rows == ((park.iri,),)
    assert kg.query(query, timeout=timeout, given=park.iri).rows == ((park.iri,),)


def test_a_result_as_a_page_is_escaped() -> None:
    page = Result(("<b>",), (("<script>alert(1)</script>",), (None,)))._repr_html_()
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_a_result_as_a_table(kg: plangraph.PlanGraph) -> None:
    frame = kg.query("SELECT ?s ?n { VALUES (?s ?n) { ('a' 1) ('b' 2) } }").to_dataframe()
    assert list(frame.columns) == ["s", "n"]
    assert frame["n"].sum() == 3


def test_the_engine_that_gives_up_is_an_error_of_ours(kg: plangraph.PlanGraph) -> None:
    class Broken:
        variables = ()

        def __iter__(self) -> Any:
            raise OSError("checksum mismatch")

    with pytest.raises(QueryFailedError, match="checksum"):
        to_result(Broken())  # type: ignore[arg-type]


# -- being stopped --------------------------------------------------------------------------------------------


def test_the_time_limit_stops_the_process(kg: plangraph.PlanGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.7 s") as caught:
        kg.query(ENDLESS, timeout=0.7)
    assert "0.7 秒" in caught.value.zh
    (process,) = started
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_the_process_is_bounded_even_if_its_caller_is_gone(kg: plangraph.PlanGraph) -> None:
    request = {"store": str(kg.folder / STORE), "sparql": ENDLESS, "output": "json", "timeout": 0, "substitutions": {}}
    with subprocess.Popen([sys.executable, "-P", "-m", "plangraph.query_process"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        try:
            assert process.wait(60) < 0
        finally:
            process.kill()


def test_a_query_that_breaks_the_engine_breaks_its_own_process_only(kg: plangraph.PlanGraph) -> None:
    deep = "SELECT * {" + "{" * 100_000 + "?s ?p ?o" + "}" * 100_000 + "}"
    with pytest.raises(QueryFailedError, match="nested") as caught:
        kg.query(deep, timeout=60)
    assert "嵌套过深" in caught.value.zh


def test_errors_come_through_the_process(kg: plangraph.PlanGraph, tmp_path: Path) -> None:
    store = kg.folder / STORE
    with pytest.raises(QueryRefusedError):
        run_isolated(store, "SELECT * { SERVICE <x:y> {} }", "json", 60)
    with pytest.raises(QuerySyntaxError) as caught:
        run_isolated(store, "SELECT * {\n ?s }", "json", 60)
    assert caught.value.line == 2
    with pytest.raises(QueryFailedError, match="ttl holds graphs"):
        run_isolated(store, "SELECT * {}", "ttl", 60)
    with pytest.raises(QueryFailedError, match="xml cannot hold"):
        run_isolated(store, "CONSTRUCT WHERE { ?s ?p ?o }", "xml", 60)
    gone = tmp_path / "builds" / "x" / STORE
    with pytest.raises(BuildError, match="damaged"):
        run_isolated(gone, "ASK {}", "json", 60)


def test_a_file_of_the_working_folder_is_no_module(
    kg: plangraph.PlanGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "plangraph.py", "math.py", "click.py"):
        (tmp_path / name).write_text("raise SystemExit('taken')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert kg.query("ASK { ?s a plan:Park }", timeout=60)


def test_several_queries_at_once(kg: plangraph.PlanGraph) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def count(_: int) -> int:
        return int(kg.query("SELECT (COUNT(*) AS ?n) { ?s a plan:Park }", timeout=60).rows[0][0])

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(count, range(8)))) == 1
