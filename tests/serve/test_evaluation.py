"""SPARQL 1.1 queries over HTTP, a case or more for each feature of the specification; answers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from plangraph.vocab import plan_iri
from tests.serve.conftest import Served

PLAN = plan_iri("tianjin-145")
N = "VALUES ?x { 1 2 3 4 }"

CASES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    # 5 graph patterns, 6 optional, 7 alternatives, 8 negation
    "empty group": ("SELECT (1 AS ?x) {}", [("1",)]),
    "optional unbound": ("SELECT ?x ?y { VALUES ?x {1} OPTIONAL { VALUES (?x ?y) {(2 3)} } }", [("1", None)]),
    "optional bound": ("SELECT ?x ?y { VALUES ?x {1} OPTIONAL { VALUES (?x ?y) {(1 3)} } }", [("1", "3")]),
    "union": ("SELECT ?x { { VALUES ?x {1} } UNION { VALUES ?x {2} } } ORDER BY ?x", [("1",), ("2",)]),
    "minus": (f"SELECT ?x {{ {N} MINUS {{ VALUES ?x {{2 3}} }} }} ORDER BY ?x", [("1",), ("4",)]),
    "minus shares nothing": ("SELECT ?x { VALUES ?x {1} MINUS { VALUES ?y {1} } }", [("1",)]),
    "not exists": (
        "SELECT (COUNT(?p) AS ?n) { ?p a plan:InnovationZone FILTER NOT EXISTS { ?p a plan:Park } }", [("0",)]
    ),
    "exists": ("SELECT (COUNT(?p) AS ?n) { ?p a plan:InnovationZone FILTER EXISTS { ?p a plan:Park } }", [("10",)]),
    # 9 property paths
    "sequence path": (
        "SELECT DISTINCT ?q { ?s rdf:subject park:biomanufacturing-valley ; rdf:predicate plan:focusesOn ; "
        "plan:evidence/oa:exact ?q }",
        [("主要聚焦于合成生物关键核心技术和重大应用方向",)],
    ),
    "inverse path": (
        "SELECT (COUNT(*) AS ?n) { plan:InnovationZone ^rdf:type ?x }", [("10",)]
    ),
    "alternative path": (
        "ASK { park:biomanufacturing-valley plan:nothing|plan:focusesOn domain:synthetic-biology }", [(True,)]
    ),
    "zero or more": ("ASK { plan:InnovationZone rdfs:subClassOf* plan:InnovationZone }", [(True,)]),
    "one or more": ("ASK { plan:InnovationZone rdfs:subClassOf+ plan:Entity }", [(True,)]),
    "zero or one": ("ASK { plan:InnovationZone rdfs:subClassOf? plan:Entity }", [(False,)]),
    "negated set": ("ASK { park:biomanufacturing-valley !(rdf:type|plan:focusesOn) domain:synthetic-biology }", [(True,)]),
    # 10 assignment, 11 aggregates, 12 subqueries
    "bind": ("SELECT ?y { VALUES ?x {3} BIND(?x * 2 AS ?y) }", [("6",)]),
    "values at the end": (f"SELECT ?x {{ {N} }} VALUES ?x {{ 2 9 }}", [("2",)]),
    "count sum min max avg": (
        f"SELECT (COUNT(?x) AS ?a) (SUM(?x) AS ?b) (MIN(?x) AS ?c) (MAX(?x) AS ?d) (AVG(?x) AS ?e) {{ {N} }}",
        [("4", "10", "1", "4", "2.5")],
    ),
    "count distinct": ("SELECT (COUNT(DISTINCT ?x) AS ?n) { VALUES ?x {1 1 2} }", [("2",)]),
    "group concat": (
'SELECT (GROUP_CONCAT(?x; SEPARATOR="|") AS ?s) { SELECT (STR(?y) AS ?x) { VALUES ?y {1 2 3} } ORDER BY ?y }', [("1|2|3",)]
    ),
    "group by and having": (
        "SELECT ?k (SUM(?v) AS ?s) { VALUES (?k ?v) { (1 1) (1 2) (2 9) } } GROUP BY ?k HAVING (SUM(?v) > 5)",
        [("2", "9")],
    ),
    "empty group counts zero": ("SELECT (COUNT(*) AS ?n) { ?x plan:thereIsNoSuchThing ?y }", [("0",)]),
    "subquery": (f"SELECT ?m {{ {{ SELECT (MAX(?x) AS ?m) {{ {N} }} }} }}", [("4",)]),
    # 13 datasets
    "default graph has each fact once": (
        "SELECT (COUNT(*) AS ?n) { park:biomanufacturing-valley plan:focusesOn domain:synthetic-biology }", [("1",)]
    ),
    "named graph": (f"ASK {{ GRAPH <{PLAN}> {{ ?x a plan:InnovationZone }} }}", [(True,)]),
    "from": (f"SELECT (COUNT(DISTINCT ?p) AS ?n) FROM <{PLAN}> {{ ?p a plan:Plan }}", [("1",)]),
    "from named": (f"SELECT DISTINCT ?g FROM NAMED <{PLAN}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", [(PLAN,)]),
    # 15 modifiers
    "order limit offset": (f"SELECT ?x {{ {N} }} ORDER BY DESC(?x) LIMIT 2 OFFSET 1", [("3",), ("2",)]),
    "distinct": ("SELECT DISTINCT ?x { VALUES ?x {1 1 2} } ORDER BY ?x", [("1",), ("2",)]),
    # 17 functions
    "strings": (
        'SELECT (STRLEN("生物谷") AS ?a) (SUBSTR("生物谷", 2) AS ?b) (UCASE("ab") AS ?c) (CONCAT("a", "谷") AS ?d) '
        '(STRBEFORE("a-b", "-") AS ?e) (REPLACE("aab", "a+", "x") AS ?f) (ENCODE_FOR_URI("谷") AS ?g) {}',
        [("3", "物谷", "AB", "a谷", "a", "xb", "%E8%B0%B7")],
    ),
    "tests": (
        'SELECT (CONTAINS("abc", "b") AS ?a) (STRSTARTS("abc", "a") AS ?b) (REGEX("ABC", "b", "i") AS ?c) '
        "(isIRI(<x:y>) AS ?d) (isNumeric(1.5) AS ?e) (BOUND(?none) AS ?f) {}",
        [("true", "true", "true", "true", "true", "false")],
    ),
    "conditions": ("SELECT (IF(1 < 2, 3, 4) AS ?a) (COALESCE(1/0, 5) AS ?b) (2 IN (1, 2) AS ?c) {}", [("3", "5", "true")]),
    "numbers": ("SELECT (ABS(-2) AS ?a) (CEIL(1.2) AS ?b) (FLOOR(1.8) AS ?c) (ROUND(2.5) AS ?d) {}", [("2", "2", "1", "3")]),
    "dates": ('SELECT (YEAR("2021-08-01T00:00:00Z"^^xsd:dateTime) AS ?y) {}', [("2021",)]),
    "languages": ('SELECT (LANG("谷"@zh) AS ?a) (LANGMATCHES("zh-CN", "zh") AS ?b) {}', [("zh", "true")]),
    "casts and hashes": (
        'SELECT (xsd:integer("7") + 1 AS ?a) (MD5("abc") AS ?b) {}', [("8", "900150983cd24fb0d6963f7d28e17f72")]
    ),
    "an error in a filter drops the row": ("SELECT ?x { VALUES ?x { 1 'a' } FILTER(?x + 1 = 2) }", [("1",)]),
    "declared prefixes go before known ones": ("PREFIX plan: <x:> SELECT (STR(plan:a) AS ?x) {}", [("x:a",)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_evaluates(site: Served, name: str) -> None:
    query, expected = CASES[name]
    if query.startswith("ASK"):
        assert [(site.query(query).json()["boolean"],)] == expected
    else:
        assert site.rows(query) == expected
