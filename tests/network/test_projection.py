"""Collapsed and bipartite networks, and what must never reach a network."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plangraph
from plangraph.builds import build
from plangraph.errors import InputError
from plangraph.network import MEASURES, Projection, project, rank, to_networkx
from plangraph.results import write_back
from tests.conftest import ENTITY_COLUMNS, invent_plan
from tests.network.invented import Graph

T = "technology/"
SHARING = [
    ("a", "develops", f"{T}x"),
    ("a", "develops", f"{T}y"),
    ("b", "develops", f"{T}x"),
    ("b", "develops", f"{T}y"),
    ("c", "develops", f"{T}y"),
    ("c", "develops", f"{T}z"),
    ("d", "partOf", "a"),
]
NAMES = [*"abcd", f"{T}x", f"{T}y", f"{T}z"]


def pairs(network: Any) -> dict[str, float]:
    """Weight by the last letters of both ends."""
    return {f"{network.nodes[a].id[-1]}{network.nodes[b].id[-1]}": w for a, b, w in network.edges}


def test_parks_that_share_technologies() -> None:
    kg: Any = Graph(NAMES, SHARING)
    network = project(kg, Projection(kinds="Park", collapse="technology"))
    assert network.projection.collapse == "Technology"
    assert pairs(network) == {"ab": 2, "ac": 1, "bc": 1}  # d shares nothing and is left out, and so is its relation
    assert [[e.id[-1] for e in shared] for shared in network.shared] == [["x", "y"], ["y"], ["y"]]
    assert [{(s.subject[-1], s.object[-1]) for s in each} for each in network.statements] == [
        {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")},
        {("a", "y"), ("c", "y")},
        {("b", "y"), ("c", "y")},
    ]
    graph = to_networkx(network)
    assert not graph.is_multigraph()
    assert graph.edges["park/a", "park/b"] == {"weight": 2.0, "shared": [f"{T}x", f"{T}y"]}
    words = network.projection.words("zh"), network.projection.words("en")
    assert "两者共有的技术" in words[0] and "权重为共有的个数" in words[0]
    assert "Technology that both share" in words[1]


def test_weights_of_a_collapsed_network() -> None:
    kg: Any = Graph(NAMES, [*SHARING, ("a", "reliesOn", f"{T}x")], evidence=3)
    # Of each shared thing the side with fewer evidences counts: a has six for x, b three.
    assert pairs(project(kg, Projection("Park", weight="evidence", collapse="Technology"))) == {
        "ab": 6,
        "ac": 3,
        "bc": 3,
    }  # type: ignore[arg-type]
    confidence = project(kg, Projection("Park", weight="confidence", collapse="Technology"))  # type: ignore[arg-type]
    assert pairs(confidence) == {"ab": 0.5, "ac": 0.25, "bc": 0.25}
    only = project(kg, Projection("Park", "reliesOn", collapse="Technology"))  # type: ignore[arg-type]
    assert not only.nodes


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30))
def test_a_collapsed_network_is_the_weighted_projection_of_networkx(ties: list[tuple[int, int]]) -> None:
    bipartite = networkx.Graph([(f"park/{a}", f"{T}{b}") for a, b in ties])
    kg: Any = Graph(
        [str(n) for n in range(7)] + [f"{T}{n}" for n in range(7)], [(str(a), "develops", f"{T}{b}") for a, b in ties]
    )
    parks = [n for n in bipartite if n.startswith("park/")]
    expected = networkx.bipartite.weighted_projected_graph(bipartite, parks)
    found = to_networkx(kg, Projection("Park", collapse="Technology"))  # type: ignore[arg-type]
    assert {(*sorted((a, b)), d["weight"]) for a, b, d in found.edges(data=True)} == {
        (*sorted((a, b)), float(w)) for a, b, w in expected.edges(data="weight")
    }


def test_bipartite_keeps_what_goes_between() -> None:
    claims = [("a", "reliesOn", "institution/i"), ("a", "partOf", "b"), ("institution/i", "partOf", "institution/j")]
    kg: Any = Graph(["a", "b", "institution/i", "institution/j"], claims)
    network = project(kg, Projection(("Institution", "Park"), bipartite=True))
    assert [e.id for e in network.nodes] == ["institution/i", "park/a"]
    assert dict(to_networkx(network).nodes(data="bipartite")) == {"institution/i": 0, "park/a": 1}
    assert "Institution and Park" in network.projection.words("en")
    assert "只取两类之间的" in network.projection.words("zh")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"collapse": "Tech"}, "class 'Tech'"),
        ({"collapse": "Technology", "directed": True}, "no direction"),
        ({"collapse": "Technology", "bipartite": True}, "choose one"),
        ({"bipartite": True}, "two kinds"),
        ({"bipartite": True, "kinds": ["Park", "Park"]}, "two kinds"),
        ({"bipartite": True, "kinds": ["Park", "SciencePark"]}, "two kinds"),
        ({"bipartite": True, "kinds": ["Park", "Domain", "District"]}, "two kinds"),
    ],
)
def test_choices_that_do_not_go_together(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        Projection(**wrong)
    assert caught.value.zh


def test_names_in_any_case() -> None:
    assert Projection(kinds="park", relations="PARTOF") == Projection(kinds=("Park",), relations=("partOf",))


def test_a_network_is_as_good_as_a_build(kg: plangraph.PlanGraph) -> None:
    network = project(kg, Projection(("Park",)))
    assert project(network) is network
    assert rank(network, "pagerank").rows == kg.rank("pagerank", kinds=["Park"]).rows


def test_a_thing_that_is_tied_to_itself_is_no_edge() -> None:
    kg: Any = Graph("ab", [("a", "partOf", "a"), ("a", "partOf", "b")])
    assert project(kg, Projection()).edges == ((0, 1, 1.0),)


# -- what must never reach a network --------------------------------------------------------------------------

ENTITIES = [(f"park/p{n}", "Park", f"第{n}园区") for n in range(6)]
ENTITIES += [(f"domain/d{n}", "Domain", f"第{n}领域") for n in range(3)]
CLAIMS = [(f"park/p{n}", "focusesOn", f"domain/d{n % 3}") for n in range(6)]
CLAIMS += [
    ("park/p0", "collaboratesWith", "park/p1"),
    ("park/p1", "reliesOn", "park/p2"),
    ("park/p4", "partOf", "park/p5"),
]


def numbers(kg: plangraph.PlanGraph) -> dict[str, Any]:
    """Every measure on two networks, with rank intervals, and the communities."""
    found: dict[str, Any] = {}
    for measure in MEASURES:
        for directed in (False, True):
            rows = kg.rank(measure, resample=10, directed=directed).rows
            found[f"{measure} {directed}"] = [(r.entity.id, r.rank, r.value, r.low, r.high) for r in rows]
    found["communities"] = [[e.id for e in c.members] for c in kg.communities().rows]
    return found


def test_metadata_changes_no_result(tmp_path: Path) -> None:
    plan = invent_plan(tmp_path / "one", "demo", ENTITIES, CLAIMS)
    build([plan.path], tmp_path / "bare")
    before = plangraph.open(tmp_path / "bare")
    # Notes, English names and aliases; an issuer, dates, an address; a stated count.
    with (plan.path / "entities.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [[i, kind, label, f"{i} otherwise", f"{label}别名", "", "某处记下的话"] for i, kind, label in ENTITIES]
        csv.writer(file, lineterminator="\n").writerows([ENTITY_COLUMNS, *rows])
    toml = plan.path / "plan.toml"
    count = '\n[[stated_counts]]\nsubject = "plan/demo"\nclass = "Domain"\ncount = 3\nunnamed = 0\nsection = ""\n'
    count += 'named = ["domain/d0", "domain/d1", "domain/d2"]\nparagraph = 1\nstart = 0\nend = 4\nquote = "第0园区"\n'
    toml.write_text('issuer = "某机关"\npublished = "2021-01-01"\n' + toml.read_text("utf-8") + count, encoding="utf-8")
    build([plan.path], tmp_path / "rich")
    after = plangraph.open(tmp_path / "rich")
    assert len(after.store) > len(before.store) + 20
    assert numbers(after) == numbers(before)
    # Nor do results that were written back, however many.
    for measure in ("pagerank", "betweenness"):
        write_back(tmp_path / "rich", after.rank(measure, resample=5))
    write_back(tmp_path / "rich", after.communities())
    written = plangraph.open(tmp_path / "rich")
    assert len(written.store) > len(after.store) + 50
    assert numbers(written) == numbers(before)


def test_the_order_of_the_tables_changes_no_result(tmp_path: Path) -> None:
    straight = invent_plan(tmp_path / "one", "demo", ENTITIES, CLAIMS)
    build([straight.path], tmp_path / "straight")
    rows = (straight.path / "statements.csv").read_text("utf-8").splitlines(keepends=True)
    body = rows[1:]
    random.Random(1).shuffle(body)
    (straight.path / "statements.csv").write_text("".join([rows[0], *body]), encoding="utf-8")
    build([straight.path], tmp_path / "turned")
    assert numbers(plangraph.open(tmp_path / "turned")) == numbers(plangraph.open(tmp_path / "straight"))
