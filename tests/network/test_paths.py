"""Paths between sets, through and avoiding, all of a length; and their words."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plangraph
from plangraph.builds import build
from plangraph.errors import InputError, NotFoundError
from plangraph.network import Projection, explain, paths, project
from plangraph.network.ends import choose
from tests.conftest import invent_plan
from tests.network.invented import Graph

EDGES = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda e: e[0] != e[1]), min_size=1, max_size=18
)


def walks(found: Any) -> list[list[str]]:
    """The ids on each path, without the class word."""
    return [[e.id.partition("/")[2] for e in path.entities] for path in found]


def expected_paths(graph: Any, starts: set[str], ends: set[str], longest: int) -> list[list[str]]:
    """By brute force: simple paths that meet either set at their ends only, by length and ids."""
    found = []
    for a, b in itertools.product(sorted(starts), sorted(ends)):
        if a != b and a in graph and b in graph:
            for path in networkx.all_simple_paths(graph, a, b, cutoff=longest):
                if not (set(path[1:-1]) & (starts | ends)):
                    found.append(path)
    return sorted(found, key=lambda p: (len(p), p))


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(EDGES, st.booleans(), st.sets(st.integers(0, 8), min_size=1, max_size=3), st.integers(1, 5), st.integers(0, 8))
def test_sets_and_lengths_against_brute_force(
    edges: list[tuple[int, int]], directed: bool, members: set[int], longest: int, through: int
) -> None:
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_edges_from((str(a), str(b)) for a, b in edges)
    kg: Any = Graph([str(n) for n in range(9)], [(str(a), "partOf", str(b)) for a, b in edges])
    starts, ends = {str(n) for n in members}, {str(edges[0][1])}
    everything = expected_paths(graph, starts, ends, longest)
    passing = [p for p in everything if str(through) in p]
    for kwargs, expected in (({}, everything), ({"through": [str(through)]}, passing)):
        arguments: Any = {"longest": longest, "projection": Projection(directed=directed), **kwargs}
        if not expected:
            with pytest.raises((NotFoundError, InputError)):
                paths(kg, sorted(starts), sorted(ends), **arguments)
            continue
        found = paths(kg, sorted(starts), sorted(ends), **arguments)
        assert walks(found) == expected
        assert found.complete
        first = paths(kg, sorted(starts), sorted(ends), 2, **{**arguments, "longest": None})
        assert walks(first)[: len(expected)] == expected[:2]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(EDGES, st.sets(st.integers(0, 8), max_size=2))
def test_avoiding_is_as_if_they_were_not_there(edges: list[tuple[int, int]], avoided: set[int]) -> None:
    a, b = str(edges[0][0]), str(edges[0][1])
    avoided -= {int(a), int(b)}
    kg: Any = Graph([str(n) for n in range(9)], [(str(x), "partOf", str(y)) for x, y in edges])
    graph = networkx.Graph((str(x), str(y)) for x, y in edges)
    graph.remove_nodes_from(str(n) for n in avoided)
    found = paths(kg, a, b, longest=8, avoiding=[str(n) for n in avoided])
    assert walks(found) == expected_paths(graph, {a}, {b}, 8)


RING = [
    ("a", "partOf", "b"),
    ("b", "reliesOn", "z"),
    ("a", "collaboratesWith", "c"),
    ("c", "partOf", "z"),
    ("a", "partOf", "c"),
]


def test_through_and_avoiding_relations() -> None:
    kg: Any = Graph("abcz", RING)
    assert walks(paths(kg, "a", "z", 5)) == [["a", "b", "z"], ["a", "c", "z"]]
    assert walks(paths(kg, "a", "z", 5, through=["依托"])) == [["a", "b", "z"]]
    assert walks(paths(kg, "a", "z", 5, through=["reliesOn", "b"])) == [["a", "b", "z"]]
    assert walks(paths(kg, "a", "z", 5, avoiding=["relies on"])) == [["a", "c", "z"]]
    (path,) = paths(kg, "a", "z", 5, avoiding=["reliesOn", "collaboratesWith"])
    assert [s.predicate for s in path.hops[0].statements] == ["partOf"]  # the other of its statements is gone
    with pytest.raises(NotFoundError, match="no path"):
        paths(kg, "a", "z", through=["reliesOn", "collaboratesWith"])
    with pytest.raises(NotFoundError, match="no path"):
        paths(kg, "a", "z", avoiding=["b", "c"])


def test_a_set_passes_if_one_of_it_does() -> None:
    kg: Any = Graph("abcz", RING)
    kg = Graph(
        [*"abcz", "institution/i"], [*RING, ("c", "reliesOn", "institution/i"), ("institution/i", "partOf", "z")]
    )  # type: ignore[assignment]
    assert walks(paths(kg, "a", "z", 5, through=["any:Institution"])) == [["a", "c", "i", "z"]]
    assert all("i" not in walk for walk in walks(paths(kg, "a", "z", 5, avoiding=["any:机构"])))


def test_direction_counts_if_it_is_asked_for() -> None:
    kg: Any = Graph("abcz", RING)
    assert len(paths(kg, "z", "a", 5)) == 2
    with pytest.raises(NotFoundError):
        paths(kg, "z", "a", 5, Projection(directed=True))


def test_the_search_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    module = import_module("plangraph.network.paths")
    graph = networkx.complete_graph(12)
    kg: Any = Graph([f"n{n:02}" for n in graph], [(f"n{a:02}", "partOf", f"n{b:02}") for a, b in graph.edges()])
    monkeypatch.setattr(module, "LIMIT", 50)
    found = paths(kg, "n00", "n01", longest=6)
    assert len(found) == 50 and not found.complete
    assert len(found[0]) == 1
    monkeypatch.setattr(module, "BUDGET", 10)
    assert not paths(kg, "n00", "n01", longest=6).complete
    with pytest.raises(NotFoundError, match="10 steps"):
        paths(kg, "n00", "n01", through=["n05", "n06", "n07", "n08", "n09"])


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (("a", "z", 0), InputError, "at least 1"),
        (("a", "a"), InputError, "both ends"),
        (("a", []), InputError, "each end"),
        (("a", "any:Tree"), NotFoundError, "no class 'Tree'"),
        (("a", "any:University"), NotFoundError, "there is none"),
    ],
)
def test_what_cannot_be_asked(arguments: Any, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        paths(Graph("abcz", RING), *arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="longest"):
        paths(Graph("abcz", RING), "a", "z", longest=0)  # type: ignore[arg-type]


# -- with places and words ------------------------------------------------------------------------------------

PLACES = [
    ("district/city", "Region", "某市"),
    ("district/area", "NewArea", "某新区"),
    ("district/else", "Region", "他县"),
    ("park/in", "Park", "里园"),
    ("park/deep", "SciencePark", "深园"),
    ("park/out", "Park", "外园"),
    ("institution/u", "University", "某大学"),
]
PLACED = [
    ("district/area", "partOf", "district/city"),
    ("district/else", "partOf", "district/city"),
    ("park/in", "locatedIn", "district/area"),
    ("park/deep", "partOf", "park/in"),
    ("park/out", "locatedIn", "district/else"),
    ("park/deep", "reliesOn", "institution/u"),
    ("park/out", "collaboratesWith", "institution/u"),
]


@pytest.fixture
def places(tmp_path: Path) -> plangraph.PlanGraph:
    """A build of an invented plan with parks in places."""
    build([invent_plan(tmp_path / "plans", "demo", PLACES, PLACED).path], tmp_path / "build")
    return plangraph.open(tmp_path / "build")


def test_any_of_a_class_in_a_place(places: plangraph.PlanGraph) -> None:
    assert choose(places, "any:Park@某新区").ids == {"park/in", "park/deep"}  # deep is part of what is located there
    assert choose(places, "any:科技园@某市").ids == {"park/deep"}
    assert choose(places, "any:Park").ids == {"park/in", "park/deep", "park/out"}
    found = places.paths("any:高等院校", "any:园区@某新区", k=5)
    assert walks(found) == [["u", "deep"], ["u", "out", "else", "city", "area", "in"]]
    assert walks(places.paths("某大学", ["里园", "外园"], k=5)) == [["u", "out"], ["u", "deep", "in"]]
    with pytest.raises(NotFoundError, match="did you mean"):
        places.paths("某大学", "any:Park@某新")


def test_why_are_these_two_connected(places: plangraph.PlanGraph) -> None:
    found = places.paths("里园", "某大学")
    said = explain(found, "zh")
    assert said == found.explain("zh")
    assert said.startswith("里园与某大学经深园相连（2 步）：深园隶属里园（“深园与里园”，demo 第 4 段，")
    assert said.rstrip().endswith("。")
    english = found.explain("en")
    assert "are connected through park/deep in English (2 hops)" in english
    assert "“深园与某大学”, demo paragraph 6," in english
    direct = places.paths("深园", "某大学", k=1).explain("zh")
    assert direct.startswith("深园与某大学直接相连：深园依托某大学")


def test_the_listing_has_every_statement_with_its_place(places: plangraph.PlanGraph) -> None:
    found = places.paths("里园", "某大学", k=1)
    listing = found.listing("zh")
    names = [c.name for c in listing.columns]
    rows = [dict(zip(names, row, strict=True)) for row in listing.rows]
    assert [(r["path"], r["hop"], r["subject"], r["relation"], r["object"]) for r in rows] == [
        (1, 1, "深园", "隶属", "里园"),
        (1, 2, "深园", "依托", "某大学"),
    ]
    printed = {i: name for i, _, name in PLACES}
    text = "".join(f"{printed[s]}与{printed[o]}。\n" for s, _, o in PLACED)
    assert all(text[r["start"] : r["end"]] == r["quote"] for r in rows)


def test_from_a_network_as_from_a_build(places: plangraph.PlanGraph) -> None:
    network = project(places, Projection(kinds=("Park", "University")))
    assert walks(paths(network, "里园", "外园", 1)) == [["in", "deep", "u", "out"]]


def test_the_words_of_a_collapsed_network_name_what_is_shared(kg: plangraph.PlanGraph) -> None:
    found = kg.paths("先进计算大数据创新集聚区", "北方声谷", kinds=["Park"], collapse="Technology")
    assert walks(found) == [["advanced-computing-and-big-data-innovation-cluster", "northern-sound-valley"]]
    assert found.explain("zh").count("研发人工智能（“") == 2
    assert {row[4] for row in found.listing("zh").rows} == {"人工智能"}
