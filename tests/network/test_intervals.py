"""Rank intervals: what is dropped, what they say, and that only contents count."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import pytest

from plangraph.errors import InputError
from plangraph.network import MEASURES, Projection, project, rank
from plangraph.network.intervals import ranks, samples, used_statements
from tests.network.invented import Graph, as_kg


def test_a_tenth_of_the_statements_is_dropped() -> None:
    network = project(as_kg(networkx.cycle_graph(40)))
    drawn = list(samples(network, 30, 0))
    assert [len(arrays.source) for arrays in drawn] == [36] * 30
    assert len({tuple(map(tuple, np.column_stack((a.source, a.target)).tolist())) for a in drawn}) > 25
    small = project(as_kg(networkx.path_graph(3)))
    assert [len(a.source) for a in samples(small, 3, 0)] == [1, 1, 1]  # one at least


def test_an_edge_stays_while_one_of_its_statements_does() -> None:
    claims = [("a", r, "b") for r in ("partOf", "reliesOn", "collaboratesWith")] + [("b", "partOf", "c")]
    network = project(Graph("abc", claims), Projection(weight="evidence"))  # type: ignore[arg-type]
    for dropped, weights in (([0], [2, 1]), ([0, 1, 2], [1]), ([3], [3])):
        assert network.without(np.array(dropped)).weight.tolist() == weights


def test_a_leader_by_far_stays_first_and_equals_spread() -> None:
    star = networkx.star_graph(30)
    ranking = rank(as_kg(star), "betweenness", resample=50)
    assert (ranking.rows[0].rank, ranking.rows[0].low, ranking.rows[0].high) == (1, 1, 1)
    ring = rank(as_kg(networkx.cycle_graph(30)), "betweenness", resample=50)
    assert all(r.rank == 1 and r.high is not None and r.high > 5 for r in ring.rows)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("directed", [False, True])
def test_the_rank_is_within_its_interval(measure: str, directed: bool) -> None:
    graph = networkx.gnp_random_graph(25, 0.12, seed=3, directed=directed)
    ranking = rank(as_kg(graph), measure, Projection(directed=directed), resample=20)
    for row in ranking.rows:
        assert row.low is not None and row.high is not None
        assert 1 <= row.low <= row.rank <= row.high <= len(ranking)


def test_the_seed_decides_and_the_order_of_statements_does_not() -> None:
    claims = [(f"{a}", "partOf", f"{b}") for a, b in networkx.gnp_random_graph(20, 0.2, seed=4).edges()]
    names = [f"{n}" for n in range(20)]
    one, two = Graph(names, claims), Graph(names[::-1], claims[::-1])
    again = [
        rank(kg, "betweenness", resample=30, random_state=seed).rows for kg, seed in ((one, 1), (two, 1), (one, 2))
    ]  # type: ignore[arg-type]
    assert again[0] == again[1]
    assert again[0] != again[2]
    assert sorted(used_statements(project(one)).tolist()) == list(range(len(claims)))  # type: ignore[arg-type]


def test_without_resampling_there_is_no_interval() -> None:
    ranking = rank(as_kg(networkx.path_graph(4)))
    assert {(r.low, r.high) for r in ranking.rows} == {(None, None)}
    assert "rank_low" not in [c.name for c in ranking.listing().columns]
    with pytest.raises(InputError, match="resample"):
        rank(as_kg(networkx.path_graph(4)), resample=-1)


def test_ranks_share_and_what_is_no_number_comes_last() -> None:
    values = np.array([0.5, np.nan, 0.5 + 1e-13, 0.9, 0.1])
    assert ranks(values).tolist() == [2, 5, 2, 1, 4]
    assert ranks(values, ascending=True).tolist() == [2, 5, 2, 4, 1]
    empty: Any = np.zeros(0)
    assert ranks(empty).tolist() == []


def test_a_personalised_ranking_is_resampled_from_the_same_seeds() -> None:
    kg: Any = as_kg(networkx.barbell_graph(6, 2))
    ranking = rank(kg, "pagerank", seeds=["n0"], resample=30)
    by_id = {r.entity.id: r for r in ranking.rows}
    assert by_id["park/n0"].high == 1  # it starts there, whatever is dropped
    assert by_id["park/n13"].low is not None and by_id["park/n13"].low > 6
    assert ranking.seeds == (("park/n0", 1.0),)
