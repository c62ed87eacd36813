"""Every measure against networkx, against published numbers, and against what a person counts in the Tianjin graph."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networkx.algorithms.structuralholes import normalized_mutual_weight

import plangraph
from plangraph.errors import InputError, NotFoundError
from plangraph.network import MEASURES, Projection, centrality, project, rank
from plangraph.network.arrays import from_networkx
from tests.network.invented import Graph, as_kg

TIGHT: dict[str, Any] = {"tol": 1e-15, "max_iter": 100_000}
REFERENCE: dict[str, Callable[[networkx.Graph], dict[Any, float]]] = {
    "degree": lambda g: dict(g.degree()),
    "strength": lambda g: dict(g.degree(weight="weight")),
    "betweenness": networkx.betweenness_centrality,
    "closeness": networkx.closeness_centrality,
    "harmonic": networkx.harmonic_centrality,
    "eigenvector": lambda g: networkx.eigenvector_centrality(both_ways(g), weight="weight", **TIGHT),
    "pagerank": lambda g: networkx.pagerank(g, weight="weight", **TIGHT),
    "core": networkx.core_number,
    "clustering": lambda g: networkx.clustering(g.to_undirected()),
    "constraint": lambda g: networkx.constraint(g, weight="weight"),
    "effective-size": lambda g: effective_size(g),
    "hub": lambda g: networkx.hits(g, **TIGHT)[0],
    "authority": lambda g: networkx.hits(g, **TIGHT)[1],
}


def effective_size(graph: networkx.Graph) -> dict[Any, float]:
    """As networkx defines it: node by node, by its own mutual weights.

    What networkx 3.6 computes for all nodes at once is something else where weights differ, and node by node it gives
    nothing for a node that nothing leaves.
    """
    found = {}
    for v in graph:
        near = set(networkx.all_neighbors(graph, v))
        part = {w: normalized_mutual_weight(graph, v, w, weight="weight") for w in near}
        redundant = [
            sum(part[w] * normalized_mutual_weight(graph, u, w, norm=max, weight="weight") for w in near) for u in near
        ]
        found[v] = len(near) - sum(redundant) if near else math.nan
    return found


def both_ways(graph: networkx.Graph) -> networkx.Graph:
    """The undirected graph whose weights are those of both directions together."""
    if not graph.is_directed():
        return graph
    found = networkx.Graph()
    found.add_nodes_from(graph)
    for a, b, weight in graph.edges(data="weight", default=1.0):
        before = found[a][b]["weight"] if found.has_edge(a, b) else 0.0
        found.add_edge(a, b, weight=before + weight)
    return found


def weighted(graph: networkx.Graph, seed: int = 5) -> networkx.Graph:
    """A copy whose edges weigh 1 to 5, loops left out."""
    draw = random.Random(seed)
    copy = graph.__class__()
    copy.add_nodes_from(graph)
    copy.add_weighted_edges_from((a, b, float(draw.randint(1, 5))) for a, b in graph.edges() if a != b)
    return copy


FAMOUS = {
    "krackhardt kite": networkx.krackhardt_kite_graph(),
    "florentine families": networkx.florentine_families_graph(),
    "karate club": weighted(networkx.karate_club_graph()),
    "les miserables": networkx.les_miserables_graph(),
}
GRAPHS = FAMOUS | {
    "complete": networkx.complete_graph(5),
    "two parts": networkx.disjoint_union(networkx.path_graph(4), networkx.complete_graph(4)),
    "one alone": networkx.Graph([(0, 1), (1, 2), (0, 2), (2, 3)]),
    **{f"random {seed}": weighted(networkx.gnp_random_graph(40, 0.09, seed=seed), seed) for seed in range(4)},
    **{
        f"random directed {seed}": weighted(networkx.gnp_random_graph(40, 0.08, seed=seed, directed=True), seed)
        for seed in range(4)
    },
    "more than a full matrix": weighted(networkx.gnp_random_graph(450, 0.02, seed=9)),
}


@pytest.mark.parametrize("measure", REFERENCE)
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_the_numbers_of_networkx(graph: networkx.Graph, measure: str) -> None:
    found, expected = centrality(graph, measure), REFERENCE[measure](graph)
    assert list(found) == list(graph)
    for node, value in expected.items():
        assert found[node] == pytest.approx(value, abs=1e-9, nan_ok=True), node


def test_every_measure_is_compared() -> None:
    assert {*REFERENCE, "participation"} == set(MEASURES)


@pytest.mark.parametrize("directed", [False, True])
def test_personalised_pagerank_is_that_of_networkx(directed: bool) -> None:
    graph = weighted(networkx.gnp_random_graph(40, 0.08, seed=2, directed=directed))
    seeds = {3: 2.0, 11: 1.0}
    found = centrality(graph, "pagerank", seeds)
    expected = networkx.pagerank(graph, personalization=seeds, weight="weight", **TIGHT)
    assert found == pytest.approx(expected, abs=1e-9)
    assert found != pytest.approx(centrality(graph, "pagerank"), abs=1e-3)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.booleans(), st.integers(2, 14), st.floats(0.05, 0.6))
def test_any_small_graph(seed: int, directed: bool, size: int, density: float) -> None:
    graph = weighted(networkx.gnp_random_graph(size, density, seed=seed, directed=directed), seed)
    for measure in REFERENCE.keys() - {"hub", "authority", "eigenvector"}:  # those of networkx end in any of several
        found, expected = centrality(graph, measure), REFERENCE[measure](graph)
        assert found == pytest.approx(expected, abs=1e-9, nan_ok=True), measure


def test_reach_counts_who_comes_there() -> None:
    for seed in range(10):
        graph = networkx.gnp_random_graph(30, 0.06, seed=seed, directed=True)
        expected = [len(networkx.ancestors(graph, n)) for n in graph]
        assert from_networkx(graph).reach.tolist() == expected


def test_a_multigraph_is_summed_and_loops_are_left_out() -> None:
    graph = networkx.MultiGraph([("a", "b"), ("a", "b"), ("b", "c"), ("c", "c")])
    assert centrality(graph, "strength") == {"a": 2, "b": 3, "c": 1}
    assert centrality(graph, "degree") == {"a": 1, "b": 2, "c": 1}


@pytest.mark.parametrize("measure", sorted(MEASURES.keys() - {"participation"}))
def test_nothing_and_one_node(measure: str) -> None:
    assert centrality(networkx.Graph(), measure) == {}
    (value,) = centrality(networkx.empty_graph(1), measure).values()
    assert np.isnan(value) if measure in ("constraint", "effective-size") else value == (measure == "pagerank")


def test_a_bare_graph_has_no_domains_and_only_pagerank_has_seeds() -> None:
    with pytest.raises(InputError, match="domains"):
        centrality(networkx.path_graph(3), "participation")
    with pytest.raises(InputError, match="only pagerank"):
        centrality(networkx.path_graph(3), "degree", {0: 1})
    with pytest.raises(InputError, match="only pagerank") as caught:
        rank(as_kg(networkx.path_graph(3)), "degree", seeds=["n0"])
    assert "起点" in caught.value.zh


def test_seeds_must_be_in_the_network(kg: plangraph.PlanGraph) -> None:
    with pytest.raises(NotFoundError, match="not in this network"):
        kg.rank("pagerank", seeds=["天津市"], relations=["subDomainOf"])
    with pytest.raises(InputError, match="more than 0"):
        kg.rank("pagerank", seeds={"天津市": 0.0})
    with pytest.raises(InputError, match="at least one"):
        kg.rank("pagerank", seeds=[])
    ranking = kg.rank("pagerank", seeds=["中国信创谷"])
    assert ranking.rows[0].entity.label_zh == "中国信创谷"
    assert sum(r.value for r in ranking.rows) == pytest.approx(1)


# -- published numbers ----------------------------------------------------------------------------------------


def test_the_medici_are_where_jackson_says() -> None:
    # Jackson, Social and Economic Networks (2008), section 1.2.1: Medici .522, Guadagni .255, Strozzi .103.
    between = centrality(networkx.florentine_families_graph(), "betweenness")
    assert between["Medici"] == pytest.approx(0.522, abs=5e-4)
    assert between["Guadagni"] == pytest.approx(0.255, abs=5e-4)
    assert between["Strozzi"] == pytest.approx(0.103, abs=5e-4)
    assert centrality(networkx.florentine_families_graph(), "degree")["Medici"] == 6


def test_borgattis_example_of_structural_holes() -> None:
    # Borgatti, Structural Holes: Unpacking Burt's Redundancy Measures (1997): G has effective size 4.67, A 2.50.
    graph = networkx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])
    size, constraint = centrality(graph, "effective-size"), centrality(graph, "constraint")
    assert [round(size[n], 2) for n in "GAC"] == [4.67, 2.50, 1.00]
    assert [round(constraint[n], 3) for n in "GAC"] == [0.400, 0.595, 1.000]


def test_the_karate_club_has_its_published_numbers() -> None:
    graph = networkx.karate_club_graph()
    clustering, core = centrality(graph, "clustering"), centrality(graph, "core")
    assert np.mean(list(clustering.values())) == pytest.approx(0.5706, abs=5e-5)
    assert sum(k == 4 for k in core.values()) == 10  # the innermost core
    assert max(core.values()) == 4


# -- counted by hand in the Tianjin graph ---------------------------------------------------------------------


def test_institutions_and_parks_of_tianjin(kg: plangraph.PlanGraph) -> None:
    """The Cell Valley has seven institutions and no other tie: a star of eight among 28 entities.

    Another part is a tree of seven: 工生所 – 生物制造谷 – 合成生物中心 – 北辰京津医药谷 – 中医药大学 – 中医药谷, and
    联合研究院 at 北辰京津医药谷.
    """
    network = project(kg, Projection(("Institution", "Park"), bipartite=True))
    assert (len(network.nodes), len(network.edges)) == (28, 21)
    pairs = 27 * 26 / 2
    expected = {
        "betweenness": {"细胞谷": 21 / pairs, "北辰京津医药谷": (3 * 1 + 3 * 2 + 1 * 2) / pairs, "国家合成生物技术创新中心": 8 / pairs},
        "closeness": {"细胞谷": 7 / 27, "昂赛细胞": 7 / (1 + 6 * 2) * 7 / 27},
        "harmonic": {"细胞谷": 7, "昂赛细胞": 1 + 6 / 2},
        "degree": {"细胞谷": 7, "北辰京津医药谷": 3, "天津中医药大学": 2},
        "constraint": {"细胞谷": 1 / 7, "昂赛细胞": 1, "天津中医药大学": 1 / 2},
        "effective-size": {"细胞谷": 7, "昂赛细胞": 1},
        "core": {"细胞谷": 1, "昂赛细胞": 1},
        "clustering": {"细胞谷": 0},
    }  # fmt: skip
    for measure, values in expected.items():
        found = {r.entity.label_zh: r.value for r in rank(network, measure).rows}
        for name, value in values.items():
            assert found[name] == pytest.approx(value, abs=1e-12), (measure, name)
    assert rank(network, "constraint").rows[0].entity.label_zh == "细胞谷"  # the least constrained leads


def test_participation_counts_the_widest_domains() -> None:
    claims = [
        ("domain/a1", "subDomainOf", "domain/a"),
        ("domain/a2", "subDomainOf", "domain/a"),
        ("hub", "focusesOn", "domain/a1"),
        ("hub", "focusesOn", "domain/a2"),
        ("hub", "focusesOn", "domain/b"),
        ("hub", "collaboratesWith", "one"),
        ("one", "focusesOn", "domain/b"),
        ("hub", "collaboratesWith", "both"),
        ("both", "focusesOn", "domain/a1"),
        ("both", "focusesOn", "domain/b"),
        ("hub", "collaboratesWith", "none"),
    ]
    names = ["domain/a", "domain/a1", "domain/a2", "domain/b", "hub", "one", "both", "none"]
    found = {r.entity.id: r.value for r in rank(Graph(names, claims), "participation").rows}  # type: ignore[arg-type]
    # Of hub's neighbours two lie in a, two in b; "both" lies in neither more than the other, "none" in none.
    assert found["park/hub"] == pytest.approx(1 - (2 / 4) ** 2 - (2 / 4) ** 2)
    # The hub lies in a (two of its three domains).
    assert found["park/one"] == pytest.approx(1 - (1 / 2) ** 2 - (1 / 2) ** 2)
    assert found["park/both"] == pytest.approx(1 - (2 / 3) ** 2 - (1 / 3) ** 2)
    assert found["park/none"] == 0
