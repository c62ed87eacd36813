"""The entity network: measures against networkx and against published numbers, ties, paths, projections."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plangraph
from plangraph.errors import InputError, NotFoundError
from plangraph.network import MEASURES, Projection, project, rank, shortest_paths, to_networkx
from plangraph.ontology import load_ontology
from plangraph.query import Result
from tests.network.invented import Graph, as_kg


def values(kg: Any, measure: str, **projection: Any) -> dict[str, float]:
    ranking = rank(kg, measure, Projection(**projection))
    return {row.entity.id.removeprefix("park/n"): row.value for row in ranking.rows}


REFERENCE: dict[str, Callable[[networkx.Graph], dict[Any, float]]] = {
    "degree": lambda g: dict(g.degree()),
    "strength": lambda g: dict(g.degree()),
    "betweenness": networkx.betweenness_centrality,
    "closeness": networkx.closeness_centrality,
    "pagerank": lambda g: networkx.pagerank(g, tol=1e-15, max_iter=100_000),
}

GRAPHS = {
    "krackhardt kite": networkx.krackhardt_kite_graph(),
    "karate club": networkx.karate_club_graph(),
    "star": networkx.star_graph(6),
    "cycle": networkx.cycle_graph(7),
    "two parts": networkx.disjoint_union(networkx.path_graph(4), networkx.complete_graph(3)),
    **{f"random {seed}": networkx.gnp_random_graph(35, 0.07, seed=seed) for seed in range(8)},
    **{f"random directed {seed}": networkx.gnp_random_graph(35, 0.06, seed=seed, directed=True) for seed in range(8)},
}


def without_isolates(graph: networkx.Graph) -> networkx.Graph:
    return graph.subgraph([n for n, d in graph.degree() if d])


@pytest.mark.parametrize("measure", REFERENCE)
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_measures_equal_networkx(graph: networkx.Graph, measure: str) -> None:
    graph = networkx.Graph(graph.edges()) if not graph.is_directed() else networkx.DiGraph(graph.edges())
    found = values(as_kg(graph), measure, directed=graph.is_directed())
    expected = REFERENCE[measure](graph)
    assert set(found) == {str(n) for n in expected}
    for node, value in expected.items():
        assert found[str(node)] == pytest.approx(value, abs=1e-9), node


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_eigenvector_equals_networkx(graph: networkx.Graph) -> None:
    graph = networkx.Graph(graph.edges())
    found = values(as_kg(graph), "eigenvector")
    expected = networkx.eigenvector_centrality(graph, max_iter=100_000, tol=1e-14)
    assert sum(v * v for v in found.values()) == pytest.approx(1)
    for node in graph:
        assert found[str(node)] == pytest.approx(expected[node], abs=1e-9), node


def test_the_kite_has_its_published_numbers() -> None:
    # Krackhardt (1990): Diane leads in degree, Fernando and Garth in closeness, Heather in betweenness.
    kg = as_kg(networkx.krackhardt_kite_graph())
    degree, closeness, between = (values(kg, m) for m in ("degree", "closeness", "betweenness"))
    diane, fernando, garth, heather, ike, jane = "3", "5", "6", "7", "8", "9"
    assert degree[diane] == 6
    assert (degree[fernando], degree[garth], degree[heather], degree[jane]) == (5, 5, 3, 1)
    assert closeness[fernando] == closeness[garth] == pytest.approx(0.643, abs=5e-4)
    assert closeness[diane] == pytest.approx(0.600, abs=5e-4)
    assert between[heather] == pytest.approx(14 / 36)
    assert between[fernando] == between[garth] == pytest.approx(0.231, abs=5e-4)
    assert between[ike] == pytest.approx(8 / 36)
    first = {m: rank(kg, m).rows[0].entity.id for m in ("degree", "closeness", "betweenness")}
    assert first == {"degree": "park/n3", "closeness": "park/n5", "betweenness": "park/n7"}


def test_the_karate_club_has_its_published_numbers() -> None:
    kg = as_kg(networkx.karate_club_graph())
    degree, between = values(kg, "degree"), values(kg, "betweenness")
    assert (degree["33"], degree["0"], degree["32"]) == (17, 16, 12)
    assert between["0"] == pytest.approx(0.4376, abs=5e-5)
    assert between["33"] == pytest.approx(0.3041, abs=5e-5)


# -- what must not matter -------------------------------------------------------------------------------------

EDGES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] != e[1]), min_size=1, max_size=25
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(EDGES, st.randoms(use_true_random=False), st.booleans())
def test_names_and_order_do_not_matter(edges: list[tuple[int, int]], chance: random.Random, directed: bool) -> None:
    edges = sorted({(a, b) if directed else (min(a, b), max(a, b)) for a, b in edges})
    names = [f"{n:02d}" for n in range(10)]
    chance.shuffle(names)
    moved = [(names[a], "partOf", names[b]) for a, b in edges]
    chance.shuffle(moved)
    one = Graph([f"{n:02d}" for n in range(10)], [(f"{a:02d}", "partOf", f"{b:02d}") for a, b in edges])
    two = Graph(names, moved)
    for measure in MEASURES:
        before, after = (
            rank(one, measure, Projection(directed=directed)),
            rank(two, measure, Projection(directed=directed)),
        )
        by_name = {f"park/{names[int(r.entity.id[5:])]}": (r.rank, round(r.value, 9)) for r in before.rows}
        assert {r.entity.id: (r.rank, round(r.value, 9)) for r in after.rows} == by_name
        assert [r.rank for r in before.rows] == sorted(r.rank for r in before.rows)


@pytest.mark.parametrize("measure", MEASURES)
def test_equal_values_share_a_rank_in_the_order_of_ids(measure: str) -> None:
    kg = as_kg(networkx.cycle_graph(9))
    ranking = rank(kg, measure)
    assert [row.rank for row in ranking.rows] == [1] * 9
    ids = [row.entity.id for row in ranking.rows]
    assert ids == sorted(ids)


def test_ranks_go_on_after_a_tie() -> None:
    ranking = rank(as_kg(networkx.star_graph(3)), "degree")
    assert [row.rank for row in ranking.rows] == [1, 2, 2, 2]


def test_a_ranking_of_nothing_is_empty() -> None:
    for measure in MEASURES:
        assert len(rank(Graph(["a"], []), measure)) == 0


def test_a_ranking_as_a_table(kg: plangraph.PlanGraph) -> None:
    ranking = kg.rank("pagerank", kinds=["Park"])
    frame = ranking.to_dataframe()
    assert list(frame.columns) == ["rank", "id", "label_zh", "label_en", "type", "pagerank"]
    assert len(frame) == len(ranking)
    assert frame["pagerank"].sum() == pytest.approx(1)


def test_an_unknown_measure_is_told() -> None:
    with pytest.raises(InputError, match="'pagerang'; expected one of degree") as caught:
        rank(Graph(["a"], []), "pagerang")
    assert "没有名为“pagerang”的指标" in caught.value.zh


# -- projections ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"kinds": ["Prk"]}, "class 'Prk'"),
        ({"kinds": "园区"}, "class '园区'"),
        ({"relations": ["focuses"]}, "relation 'focuses'"),
        ({"relations": ["label"]}, "relation 'label'"),
        ({"weight": "degree"}, "weight 'degree'"),
    ],
)
def test_a_projection_of_what_there_is_not_is_refused(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        Projection(**wrong)
    assert "可用" in caught.value.zh


def test_one_name_is_as_good_as_a_list() -> None:
    assert Projection(kinds="Park") == Projection(kinds=("Park",))
    assert Projection(relations="partOf") == Projection(relations=["partOf"])  # type: ignore[arg-type]


def test_a_projection_says_what_it_is() -> None:
    projection = Projection(("Park",), ("locatedIn",), directed=True, weight="evidence", plan="small")
    ontology = load_ontology()
    for lang, words in (("en", ("directed", "number of evidences")), ("zh", ("有向", "证据数"))):
        said = projection.words(lang)
        for word in (
            *words,
            ontology.classes["Park"].label(lang),
            ontology.relations["locatedIn"].label(lang),
            "small",
        ):
            assert word in said
    assert "undirected" in Projection().words("en")
    assert "目标定位以外" in Projection().words("zh")


def test_a_class_takes_its_subclasses_with_it(kg: plangraph.PlanGraph) -> None:
    kinds = {e.type for e in project(kg, Projection(kinds=("Park",))).nodes}
    assert kinds <= set(load_ontology().descendants("Park"))
    assert len(kinds) > 1


def test_goals_are_nodes_only_if_asked_for(kg: plangraph.PlanGraph) -> None:
    assert not [e for e in project(kg, Projection()).nodes if e.type == "Goal"]
    assert [e for e in project(kg, Projection(kinds=("Park", "Goal"))).nodes if e.type == "Goal"]


def test_only_the_relations_asked_for_are_edges(kg: plangraph.PlanGraph) -> None:
    network = project(kg, Projection(relations=("focusesOn",)))
    assert {s.predicate for group in network.statements for s in group} == {"focusesOn"}


def test_nodes_are_sorted_and_none_stands_alone(kg: plangraph.PlanGraph) -> None:
    network = project(kg, Projection())
    ids = [e.id for e in network.nodes]
    assert ids == sorted(set(ids))
    assert {n for s, t, _ in network.edges for n in (s, t)} == set(range(len(ids)))
    assert all(s < t for s, t, _ in network.edges)


def test_weights() -> None:
    kg = Graph(["a", "b"], [("a", "partOf", "b"), ("b", "reliesOn", "a")], evidence=3)
    weights = {w: project(kg, Projection(weight=w)).edges for w in (None, "evidence", "confidence")}
    assert weights == {None: ((0, 1, 1.0),), "evidence": ((0, 1, 6.0),), "confidence": ((0, 1, 1.0),)}
    directed = project(kg, Projection(directed=True, weight="evidence")).edges
    assert directed == ((0, 1, 3.0), (1, 0, 3.0))
    assert values_by_id(kg, "strength", weight="evidence") == {"park/a": 6, "park/b": 6}


def values_by_id(kg: Any, measure: str, **projection: Any) -> dict[str, float]:
    return {row.entity.id: row.value for row in rank(kg, measure, Projection(**projection)).rows}


def test_a_symmetric_relation_goes_both_ways() -> None:
    kg = Graph(["a", "b"], [("a", "collaboratesWith", "b")])
    assert project(kg, Projection(directed=True)).edges == ((0, 1, 1.0), (1, 0, 1.0))


def test_networkx_keeps_parallel_and_opposite_edges() -> None:
    claims = [("a", "partOf", "b"), ("a", "reliesOn", "b"), ("b", "reliesOn", "a"), ("a", "collaboratesWith", "b")]
    kg = Graph(["a", "b"], claims)
    for directed in (True, False):
        graph = to_networkx(kg, Projection(directed=directed))  # type: ignore[arg-type]
        assert graph.is_directed() is directed
        assert graph.is_multigraph()
        assert sorted(d["relation"] for _, _, d in graph.edges(data=True)) == sorted(r for _, r, _ in claims)
    directed_graph = to_networkx(kg, Projection(directed=True))  # type: ignore[arg-type]
    assert directed_graph.number_of_edges("park/b", "park/a") == 1


def test_networkx_has_every_statement_and_its_words(kg: plangraph.PlanGraph) -> None:
    graph = kg.network(directed=True, weight="evidence")
    kinds = tuple(k for k in load_ontology().top_classes if k != "Goal")
    ids = {e.id for e in project(kg, Projection(kinds=kinds)).nodes}
    statements = [s for s in kg.statements() if s.subject in ids and s.object in ids]
    assert graph.number_of_edges() == len(statements)
    (edge,) = (
        d for s, o, d in graph.edges(data=True)
        if (s, o, d["relation"]) == (statements[0].subject, statements[0].object, statements[0].predicate)
    )  # fmt: skip
    assert edge["quote"] == statements[0].evidence[0].quote
    assert edge["plan"] == "tianjin-145"
    assert edge["weight"] == edge["evidence"] == len(statements[0].evidence)
    node = graph.nodes[statements[0].subject]
    assert node["label"] == kg.entity(statements[0].subject).label_zh
    assert graph.graph["projection"] == Projection(directed=True, weight="evidence").words("en")


# -- paths ----------------------------------------------------------------------------------------------------


def walk(path: Any) -> list[str]:
    return [path.hops[0].source.id[5:], *(hop.target.id[5:] for hop in path.hops)]


def test_shortest_paths_by_length_then_by_ids() -> None:
    claims = [("a", "partOf", m) for m in "cdb"] + [(m, "partOf", "z") for m in "bcd"]
    claims += [("a", "reliesOn", "e"), ("e", "reliesOn", "f"), ("f", "reliesOn", "z")]
    kg: Any = Graph("abcdefz", claims)
    for k in range(1, 6):
        found = [walk(p) for p in shortest_paths(kg, "a", "z", k)]
        assert found == [["a", "b", "z"], ["a", "c", "z"], ["a", "d", "z"], ["a", "e", "f", "z"]][:k]
    kg = Graph("zfedcba", claims[::-1])
    assert [walk(p) for p in shortest_paths(kg, "a", "z", 2)] == [["a", "b", "z"], ["a", "c", "z"]]


def test_each_hop_has_the_statements_that_carry_it() -> None:
    kg: Any = Graph("abc", [("a", "partOf", "b"), ("b", "reliesOn", "a"), ("c", "partOf", "b")])
    (path,) = shortest_paths(kg, "a", "c", 3)
    assert len(path) == 2
    assert [s.predicate for s in path.hops[0].statements] == ["partOf", "reliesOn"]
    assert [(s.subject, s.object) for s in path.hops[1].statements] == [("park/c", "park/b")]
    with pytest.raises(NotFoundError, match="no path"):
        shortest_paths(kg, "a", "c", 1, Projection(directed=True))


@settings(deadline=None, max_examples=40)
@given(EDGES)
def test_paths_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = networkx.Graph(edges)
    kg: Any = Graph([str(n) for n in range(10)], [(str(a), "partOf", str(b)) for a, b in edges])
    a, b = edges[0][0], max(graph, key=lambda n: (n != edges[0][0], n))
    if not networkx.has_path(graph, a, b):
        with pytest.raises(NotFoundError):
            shortest_paths(kg, str(a), str(b))
        return
    every = sorted(([str(n) for n in p] for p in networkx.all_simple_paths(graph, a, b)), key=lambda p: (len(p), p))
    found = [walk(p) for p in shortest_paths(kg, str(a), str(b), 4)]
    assert [len(p) for p in found] == [len(p) for p in every[:4]]
    if len(every) < 1000:
        assert found == every[:4]


def test_errors_of_paths(kg: plangraph.PlanGraph) -> None:
    park = "中国信创谷"
    with pytest.raises(InputError, match="at least 1"):
        kg.paths(park, "滨海高新区", k=0)
    with pytest.raises(InputError, match="both ends are"):
        kg.paths(park, kg.entity(park).id)
    with pytest.raises(NotFoundError, match="did you mean"):
        kg.paths(park, "滨海高新")
    with pytest.raises(NotFoundError, match="no relation in this network") as caught:
        kg.paths(park, "滨海高新区", relations=["subDomainOf"])
    assert "没有任何关系" in caught.value.zh


def test_a_path_of_the_plan(kg: plangraph.PlanGraph) -> None:
    (path, *_) = kg.paths("中国信创谷", "滨海高新区")
    assert len(path) == 1
    assert "滨海高新区" in path.hops[0].statements[0].evidence[0].quote


def test_results_do_not_depend_on_the_run(kg: plangraph.PlanGraph, tianjin: Path) -> None:
    again = plangraph.open(tianjin)
    for measure in MEASURES:
        assert kg.rank(measure).rows == again.rank(measure).rows
    assert kg.paths("中国信创谷", "天津中医药大学", k=5) == again.paths("中国信创谷", "天津中医药大学", k=5)
    assert isinstance(kg.query("ASK {}"), Result)
