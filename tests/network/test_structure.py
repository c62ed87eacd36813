"""Communities, bridges, brokers and cores, against published numbers and networkx."""

from __future__ import annotations

from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plangraph
from plangraph.errors import InputError
from plangraph.network import Projection, bridges, brokers, communities, cores, project
from plangraph.network.structure import bridge_listing, broker_listing, core_listing
from tests.network.invented import Graph, as_kg

EDGES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] != e[1]), min_size=1, max_size=25
)


def members(found: Any) -> set[frozenset[str]]:
    """Ids without the class word."""
    return {frozenset(e.id.partition("/")[2] for e in c.members) for c in found.rows}


def test_the_karate_club_falls_into_its_best_partition() -> None:
    # The highest modularity that the club has is 0.4198, with four communities (Brandes et al. 2008).
    found = communities(as_kg(networkx.karate_club_graph()), resample=0)
    assert found.modularity == pytest.approx(0.4198, abs=5e-5)
    assert sorted(len(c.members) for c in found.rows) == [5, 6, 11, 12]
    graph = networkx.Graph(networkx.karate_club_graph().edges())
    groups = [{int(i[1:]) for i in group} for group in members(found)]
    assert networkx.community.modularity(graph, groups) == pytest.approx(found.modularity, abs=1e-12)


def test_numbers_and_order_do_not_matter() -> None:
    graph = networkx.karate_club_graph()
    names = {n: f"n{(n * 7) % 34:02}" for n in graph}
    moved = networkx.relabel_nodes(graph, names)
    one = communities(as_kg(graph), resample=0)
    claims = [(a, "partOf", b) for a, b in moved.edges()][::-1]
    two = communities(Graph(list(moved), claims), resample=0)  # type: ignore[arg-type]
    assert {frozenset(names[int(i[1:])] for i in group) for group in members(one)} == members(two)
    again = communities(as_kg(graph), resample=5)
    assert again.rows == communities(as_kg(graph), resample=5).rows


def test_two_cliques_are_two_stable_communities() -> None:
    found = communities(as_kg(networkx.barbell_graph(8, 0)), resample=30)
    assert sorted(len(c.members) for c in found.rows) == [8, 8]
    for c in found.rows:
        assert (c.inside, c.outside) == (28, 1)
        assert c.stability is not None and c.stability > 0.99
    ring = communities(as_kg(networkx.cycle_graph(30)), resample=30)
    assert all(c.stability is not None and c.stability < 0.95 for c in ring.rows)


def test_weights_and_resolution_count() -> None:
    claims = [(a, "partOf", b) for a, b in ("ab", "cd", "bc", "da")]
    kg: Any = Graph("abcd", [*claims, ("a", "reliesOn", "b"), ("c", "reliesOn", "d")])
    assert members(communities(kg, Projection(weight="evidence"), resample=0)) == {frozenset("ab"), frozenset("cd")}
    many = communities(as_kg(networkx.karate_club_graph()), resolution=3.0, resample=0)
    assert len(many) > 4
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="resolution"):
            communities(kg, resolution=wrong)


def test_a_partition_knows_its_members(kg: plangraph.PlanGraph) -> None:
    found = kg.communities(resample=3)
    network = found.network
    assert sorted(e.id for c in found.rows for e in c.members) == [e.id for e in network.nodes]
    for c in found.rows:
        assert {found.of(e.id) for e in c.members} == {c.number}
        assert c.leader in c.members
    assert [len(c.members) for c in found.rows] == sorted((len(c.members) for c in found.rows), reverse=True)
    assert len(found.listing("zh")) == len(network.nodes)
    assert len(found.summary("en")) == len(found)
    assert any("Leiden" in sentence for sentence in found.about("zh"))
    assert found.projection.words("en") == found.about("en")[0]


def test_nothing_has_no_structure() -> None:
    kg: Any = Graph(["a"], [])
    assert len(communities(kg)) == 0
    assert bridges(kg) == brokers(kg) == cores(kg) == []


@given(EDGES, st.booleans())
def test_bridges_are_those_of_networkx_with_both_sides(edges: list[tuple[int, int]], directed: bool) -> None:
    graph = networkx.Graph(edges)
    kg: Any = as_kg(networkx.DiGraph(edges) if directed else graph)
    found = bridges(kg, Projection(directed=directed))
    expected = {}
    for a, b in networkx.bridges(graph):
        cut = graph.copy()
        cut.remove_edge(a, b)
        sizes = {n: len(networkx.node_connected_component(cut, n)) for n in (a, b)}
        expected[frozenset((a, b))] = sizes
    assert len(found) == len(expected)
    for bridge in found:
        a, b = int(bridge.source.id[6:]), int(bridge.target.id[6:])
        assert bridge.parts == (expected[frozenset((a, b))][a], expected[frozenset((a, b))][b])
        assert bridge.parts[0] <= bridge.parts[1]
        assert {frozenset((s.subject, s.object)) for s in bridge.statements} == {
            frozenset((bridge.source.id, bridge.target.id))
        }
    assert [b.parts[0] for b in found] == sorted((b.parts[0] for b in found), reverse=True)


@given(EDGES)
def test_cores_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = networkx.Graph(edges)
    found = {int(e.id[6:]): core.k for core in cores(as_kg(graph)) for e in core.members}
    assert found == networkx.core_number(graph)


def test_a_broker_joins_communities() -> None:
    graph = networkx.barbell_graph(6, 1)  # two cliques of six and one between them, number 6
    found = brokers(as_kg(graph))
    assert found[0].entity.id == "park/n6"
    assert found[0].betweenness == pytest.approx(6 * 6 / (12 * 11 / 2))
    assert (found[0].communities, found[0].parts) == (2, 2)
    assert found[0].constraint == pytest.approx(0.5)
    assert {b.entity.id for b in found} <= {"park/n5", "park/n6", "park/n7"}
    assert brokers(as_kg(networkx.complete_graph(5))) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_listings(kg: plangraph.PlanGraph, lang: str) -> None:
    network = project(kg)
    for listing in (
        bridge_listing(bridges(network), network, lang),
        broker_listing(brokers(network), network, lang),
        core_listing(cores(network), network, lang),
    ):
        assert len(listing) > 5
        assert all(len(row) == len(listing.columns) for row in listing.rows)
        assert listing.about[0] == network.projection.words(lang)
    bridge = bridges(network)[0]
    quoted = bridge_listing([bridge], network, lang).rows[0]
    assert bridge.statements[0].evidence[0].quote in quoted
