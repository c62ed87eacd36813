"""The SPARQL 1.1 Protocol, case by case as the specification's sections have it."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from plangraph.vocab import INFERRED_GRAPH, plan_iri
from tests.serve.conftest import Served

ASK = "ASK {}"
SELECT = 'SELECT ?x ?y { VALUES (?x ?y) { (1 "a,b") (2 UNDEF) } }'
CONSTRUCT = "CONSTRUCT { ?p a plan:Park } WHERE { ?p a plan:Park }"
PLAN = plan_iri("tianjin-145")
RESULTS = "application/sparql-results+json"
DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"


# 2.1.1 query via GET, 2.1.2 POST with URL-encoded parameters, 2.1.3 POST directly


def test_query_via_get(site: Served) -> None:
    reply = site.get("/sparql?" + urlencode({"query": ASK}))
    assert (reply.status, reply.kind) == (200, RESULTS)
    assert reply.json()["boolean"] is True


def test_query_via_post_form(site: Served) -> None:
    reply = site.form(query=ASK)
    assert (reply.status, reply.json()["boolean"]) == (200, True)


def test_query_via_post_directly(site: Served) -> None:
    reply = site.query(ASK)
    assert (reply.status, reply.json()["boolean"]) == (200, True)


def test_content_types_may_have_a_charset_and_capitals(site: Served) -> None:
    for kind, body in ((DIRECT, ASK), (FORM, urlencode({"query": ASK}))):
        reply = site.request("POST", "/sparql", body.encode(), content_type=f"{kind.title()}; charset=UTF-8")
        assert reply.status == 200


@pytest.mark.parametrize("sent", ["get", "form", "direct"])
def test_chinese_arrives_whole(site: Served, sent: str) -> None:
    query = 'SELECT ("生物制造谷" AS ?x) {}'
    reply = {
        "get": lambda: site.get("/sparql?query=" + quote(query)),
        "form": lambda: site.form(query=query),
        "direct": lambda: site.query(query),
    }[sent]()
    assert reply.json()["results"]["bindings"][0]["x"]["value"] == "生物制造谷"


# 2.1.4 the dataset


def count(site: Served, **dataset: str | list[str]) -> int:
    reply = site.form(query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **dataset)
    assert reply.status == 200, reply.text
    return int(reply.json()["results"]["bindings"][0]["n"]["value"])


def test_default_graph_uri_chooses_the_default_graph(site: Served) -> None:
    alone = count(site, default_graph_uri=PLAN)
    inferred = count(site, default_graph_uri=INFERRED_GRAPH)
    both = count(site, default_graph_uri=[PLAN, INFERRED_GRAPH])
    assert 0 < alone < count(site)
    assert max(alone, inferred) < both <= alone + inferred


def test_named_graph_uri_chooses_the_named_graphs(site: Served) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    reply = site.form(query=query, named_graph_uri=PLAN)
    assert [b["g"]["value"] for b in reply.json()["results"]["bindings"]] == [PLAN]


def test_with_named_graphs_only_the_default_graph_is_empty(site: Served) -> None:
    assert count(site, named_graph_uri=PLAN) == 0


def test_the_dataset_goes_with_every_way_of_sending(site: Served) -> None:
    parameters = urlencode({"default-graph-uri": PLAN})
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    by_get = site.get("/sparql?" + parameters + "&" + urlencode({"query": query}))
    directly = site.request("POST", "/sparql?" + parameters, query.encode(), content_type=DIRECT)
    assert by_get.json() == directly.json()
    assert by_get.json()["results"]["bindings"][0]["n"]["value"] == str(count(site, default_graph_uri=PLAN))


def test_the_dataset_of_the_request_goes_before_that_of_the_query(site: Served) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{INFERRED_GRAPH}> {{ ?s ?p ?o }}"
    given = site.form(query=query, default_graph_uri=PLAN).json()
    assert given["results"]["bindings"][0]["n"]["value"] == str(count(site, default_graph_uri=PLAN))


@pytest.mark.parametrize("name", ["default_graph_uri", "named_graph_uri"])
@pytest.mark.parametrize("graph", ["http://127.0.0.1:9/x.ttl", "file:///etc/passwd", "", "no iri >"])
def test_a_graph_outside_the_build_is_refused(site: Served, name: str, graph: str) -> None:
    reply = site.form(query=ASK, **{name: graph})
    assert reply.status == 403
    assert "no such graph" in reply.json()["detail"]


# 2.1.5 accepted responses, 2.1.6 success, 2.1.7 failure


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", RESULTS),
        ("*/*", RESULTS),
        (RESULTS, RESULTS),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
        ("text/csv;q=0, */*", RESULTS),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
    ],
)
def test_the_best_table_format_is_given(site: Served, accept: str, kind: str) -> None:
    reply = site.query(SELECT, accept)
    assert (reply.status, reply.kind) == (200, kind)


@pytest.mark.parametrize(
    ("accept", "kind", "form"),
    [
        ("*/*", "text/turtle", ox.RdfFormat.TURTLE),
        ("text/turtle", "text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/sparql-results+json, application/ld+json;q=0.2", "application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_graphs_come_in_every_format(site: Served, accept: str, kind: str, form: ox.RdfFormat) -> None:
    reply = site.query(CONSTRUCT, accept)
    assert (reply.status, reply.kind) == (200, kind)
    assert len({str(t) for t in ox.parse(reply.body, format=form)}) == 27


def test_describe_gives_a_graph(site: Served) -> None:
    reply = site.query("DESCRIBE park:biomanufacturing-valley", "text/turtle")
    assert reply.status == 200 and "生物制造谷" in reply.text


def test_tables_say_the_same_in_every_format(site: Served) -> None:
    found = site.query(SELECT, RESULTS).json()["results"]["bindings"]
    assert [b["x"]["value"] for b in found] == ["1", "2"] and "y" not in found[1]
    assert list(csv.reader(io.StringIO(site.query(SELECT, "text/csv").text))) == [["x", "y"], ["1", "a,b"], ["2", ""]]
    assert site.query(SELECT, "text/tab-separated-values").text.splitlines() == ["?x\t?y", '1\t"a,b"', "2\t"]
    root = ElementTree.fromstring(site.query(SELECT, "application/sparql-results+xml").text)
    assert len(root.findall(".//{http://www.w3.org/2005/sparql-results#}result")) == 2


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (ASK, "image/png")])
def test_a_format_that_cannot_hold_the_answer(site: Served, query: str, accept: str) -> None:
    reply = site.query(query, accept)
    assert reply.status == 406
    assert "ask for one of" in reply.json()["detail"]


def test_a_syntax_error_says_where(site: Served) -> None:
    reply = site.query("SELECT *\n{ ?s ?p }")
    assert (reply.status, reply.kind) == (400, "application/problem+json")
    assert (reply.json()["line"], reply.json()["column"]) == (2, 9)


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("GET", "/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D", "", "", 400),  # two queries
        ("GET", "/sparql?default-graph-uri=x", "", "", 400),  # no query
        ("GET", "/sparql?query=%FF", "", "", 400),  # not UTF-8
        ("GET", "/sparql?query=", "", "", 400),
        ("POST", "/sparql", FORM, "query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
        ("POST", "/sparql", FORM, "", 400),
        ("POST", "/sparql", FORM, "query=%FF%FE", 400),
        ("POST", "/sparql?query=ASK%20%7B%7D", FORM, "query=ASK%20%7B%7D", 400),
        ("POST", "/sparql?query=ASK%20%7B%7D", DIRECT, "ASK {}", 400),
        ("POST", "/sparql", "", "query=ASK%20%7B%7D", 415),  # no media type
        ("POST", "/sparql", "text/plain", "ASK {}", 415),
        ("POST", "/sparql", "multipart/form-data; boundary=x", "--x--", 415),
        ("POST", "/sparql", DIRECT + "; charset=utf-16", "ASK {}", 415),
        ("PUT", "/sparql", DIRECT, "ASK {}", 405),
        ("DELETE", "/sparql", "", "", 405),
        ("PATCH", "/sparql", DIRECT, "ASK {}", 405),
        ("POST", "/sparql", "application/sparql-update", "CLEAR ALL", 403),
        ("POST", "/sparql", FORM, "update=CLEAR%20ALL", 403),
        ("GET", "/sparql?update=CLEAR%20ALL", "", "", 403),
        ("GET", "/sparql?query=ASK%20%7B%7D&using-graph-uri=x", "", "", 403),
        ("POST", "/sparql", DIRECT, "INSERT DATA { <x:a> <x:b> <x:c> }", 403),
        ("POST", "/sparql", DIRECT, "LOAD <http://127.0.0.1:9/>", 403),
        ("POST", "/sparql", DIRECT, "DROP ALL", 403),
    ],
)  # fmt: skip
def test_wrong_requests_get_the_right_status(
    site: Served, method: str, path: str, kind: str, body: str, status: int
) -> None:
    headers = {"content_type": kind} if kind else {}
    if method == "POST" and not kind:
        headers = {"content_type": ""}
    reply = site.request(method, path, body.encode(), **headers)
    assert reply.status == status, reply.text
    told = reply.json()
    assert told["status"] == status and told["detail"]


def test_a_query_in_utf_16_is_refused(site: Served) -> None:
    reply = site.request("POST", "/sparql", ASK.encode("utf-16"), content_type=DIRECT)
    assert reply.status == 400


def test_405_says_what_is_allowed(site: Served) -> None:
    assert {"GET", "POST"} <= set(site.request("PUT", "/sparql").headers["allow"].split(", "))


def test_head_has_the_headers_alone(site: Served) -> None:
    reply = site.request("HEAD", "/sparql?" + urlencode({"query": ASK}))
    assert (reply.status, reply.body, reply.kind) == (200, b"", RESULTS)


def test_a_browser_is_led_to_the_editor(site: Served) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    reply = site.get("/sparql?" + urlencode({"query": ASK}), accept=accept)
    assert reply.status == 303
    assert reply.headers["location"].startswith("/editor?query=ASK")


def test_an_unchanged_answer_is_not_sent_again(site: Served) -> None:
    path = "/sparql?" + urlencode({"query": SELECT})
    first = site.get(path)
    again = site.get(path, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = site.get(path, accept="text/csv", if_none_match=first.headers["etag"])
    assert other.status == 200


def test_answers_that_change_are_not_kept(site: Served) -> None:
    query = "SELECT (STRUUID() AS ?u) {}"
    assert site.rows(query) != site.rows(query)
    reply = site.get("/sparql?" + urlencode({"query": query}))
    assert "etag" not in reply.headers
    assert site.get("/sparql?" + urlencode({"query": query}), if_none_match="-").status == 200


# the service description


def test_service_description(site: Served) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    found: dict[str, set[str]] = {}
    for kind, form in (("text/turtle", ox.RdfFormat.TURTLE), ("application/n-triples", ox.RdfFormat.N_TRIPLES),
                       ("application/ld+json", ox.RdfFormat.JSON_LD)):  # fmt: skip
        reply = site.get("/sparql", accept=kind)
        assert (reply.status, reply.kind) == (200, kind)
        triples = list(ox.parse(reply.body, format=form))
        assert not any(isinstance(t.subject, ox.BlankNode) for t in triples)
        found[kind] = {str(t.triple) for t in triples}
    assert len(set(map(frozenset, found.values()))) == 1
    graph = list(ox.parse(site.get("/sparql", accept="text/turtle").body, format=ox.RdfFormat.TURTLE))
    values = {t.predicate.value[len(sd) :]: t.object.value for t in graph if t.predicate.value.startswith(sd)}
    assert values["endpoint"] == f"http://127.0.0.1:{site.port}/sparql"
    assert values["supportedLanguage"] == sd + "SPARQL11Query"
    named = {t.object.value for t in graph if t.predicate.value == sd + "name"}
    assert PLAN in named and INFERRED_GRAPH in named
    assert site.get("/sparql", accept="image/png").status == 406


def test_answers_are_the_same_bytes_each_time(site: Served) -> None:
    for accept in ("text/turtle", "application/ld+json"):
        assert site.query(CONSTRUCT + " # 1", accept).body == site.query(CONSTRUCT + " # 2", accept).body


def test_problems_come_in_the_reader_s_language(site: Served) -> None:
    path = "/sparql?" + urlencode({"query": "SELECT"})
    assert "syntax error" in site.get(path + "&lang=en").json()["detail"]
    assert "语法错误" in site.get(path + "&lang=zh").json()["detail"]
    assert json.loads(site.get(path, cookie="plangraph_lang=zh").body)["detail"].startswith("SPARQL 语法错误")
