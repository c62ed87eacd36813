"""Results written back into a build: a graph of their own, the same bytes, kept while they hold, read by nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import plangraph
from plangraph import results
from plangraph.build_folder import CURRENT
from plangraph.builds import build
from plangraph.errors import BuildError
from plangraph.query import open_store
from plangraph.results import write_back
from plangraph.vocab import PLAN
from tests.conftest import InventedPlan

Maker = Callable[..., InventedPlan]


@pytest.fixture
def output(small_plan: Maker, tmp_path: Path) -> Path:
    """A build of an invented plan."""
    build([small_plan(parks=5).path], tmp_path / "out")
    return tmp_path / "out"


def folder(output: Path) -> Path:
    """Of the current build."""
    return output / "builds" / (output / CURRENT).read_text("utf-8").strip()


def contents(output: Path) -> tuple[Any, ...]:
    """All that a build says, byte for byte or quad for quad."""
    here = folder(output)
    quads = sorted(str(q) for q in open_store(here / "store"))
    summary = json.loads((here / "build.json").read_text("utf-8"))
    del summary["files"]  # the engine's own, of the same content
    return here.name, summary, len(quads), quads


def test_a_ranking_can_be_asked_for_by_sparql(output: Path) -> None:
    ranking = plangraph.open(output).rank("pagerank", resample=10, kinds=["Park"], weight="evidence")
    iri = write_back(output, ranking)
    kg = plangraph.open(output)
    rows = kg.query(
        f"SELECT ?e ?v ?r ?low ?high WHERE {{ GRAPH <{iri}> {{ ?x plan:resultOf <{iri}> ; plan:resultFor ?e ; plan:value ?v ; "
        "plan:rank ?r ; plan:bestRank ?low ; plan:worstRank ?high }} ORDER BY ?r ?e".replace("}} ORDER", "} } ORDER")
    ).rows
    assert [(e, r, low, high) for e, _, r, low, high in rows] == [
        (r.entity.iri, r.rank, r.low, r.high) for r in ranking.rows
    ]
    assert [v for _, v, *_ in rows] == pytest.approx([r.value for r in ranking.rows], rel=1e-8)
    (facts,) = kg.query(
        "SELECT ?m ?p ?b ?w WHERE { GRAPH ?g { ?g a plan:Analysis ; plan:measure ?m ; plan:parameters ?p ; plan:ofBuild ?b ; "
        "plan:projection ?w FILTER(lang(?w) = 'zh') } }"
    ).rows
    assert facts[0] == "pagerank"
    assert json.loads(facts[1])["projection"]["weight"] == "evidence"
    assert json.loads(facts[1])["resample"] == 10
    assert facts[2] == kg.base
    assert facts[3] == ranking.projection.words("zh")
    software = kg.query(f"SELECT ?s WHERE {{ GRAPH <{iri}> {{ <{iri}> plan:software ?s }} }} ORDER BY ?s").rows
    assert [s.split()[0] for (s,) in software] == ["igraph", "numpy", "plangraph", "scipy"]


def test_communities_too(output: Path) -> None:
    found = plangraph.open(output).communities(resample=5)
    iri = write_back(output, found)
    rows = (
        plangraph.open(output)
        .query(f"SELECT ?e ?c WHERE {{ GRAPH <{iri}> {{ ?x plan:resultFor ?e ; plan:community ?c }} }}")
        .rows
    )
    assert dict(rows) == {e.iri: c.number for c in found.rows for e in c.members}


def test_the_merged_facts_stay_as_they_were(output: Path) -> None:
    before = plangraph.open(output)
    facts = sorted(str(q) for q in before.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    iri = write_back(output, before.rank("degree"))
    after = plangraph.open(output)
    assert sorted(str(q) for q in after.store.quads_for_pattern(None, None, None, ox.DefaultGraph())) == facts
    assert len(after.to_rdflib().graph(iri)) == len(
        list(after.store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
    )
    assert not after.query("ASK { ?x a plan:Analysis }")
    assert after.statements() == before.statements() and after.entities() == before.entities()
    assert before.query("ASK { ?x a plan:Park }")  # the build that was open can still be asked


def test_the_same_results_are_the_same_bytes_in_any_order(small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan(parks=5)
    made = []
    for name, order in (("one", (0, 1, 2)), ("two", (2, 0, 1)), ("three", (0, 1, 2, 1, 0))):
        build([plan.path], tmp_path / name)
        kg = plangraph.open(tmp_path / name)
        outcomes = [kg.rank("pagerank", resample=5), kg.rank("betweenness"), kg.communities()]
        iris = [write_back(tmp_path / name, outcomes[n]) for n in order]
        assert len(set(iris)) == 3
        made.append(contents(tmp_path / name))
    assert made[0] == made[1] == made[2]


def test_the_files_say_what_is_in_them(output: Path) -> None:
    kg = plangraph.open(output)
    iri = write_back(output, kg.rank("degree"))
    here = folder(output)
    summary = json.loads((here / "build.json").read_text("utf-8"))
    assert summary["base"] == kg.name == kg.base
    assert summary["quads"] == len(open_store(here / "store"))
    (file,) = (here / "results").iterdir()
    assert iri.endswith(file.stem)
    lines = file.read_text("utf-8").splitlines()
    assert lines == sorted(lines)
    assert not any("_:" in line.replace("https:", "") for line in lines)


def test_building_the_same_tables_keeps_results_and_other_tables_drop_them(small_plan: Maker, tmp_path: Path) -> None:
    plan, out = small_plan(parks=5), tmp_path / "out"
    build([plan.path], out)
    write_back(out, plangraph.open(out).rank("degree"))
    before = contents(out)
    made = build([plan.path], out)
    assert contents(out) == before
    assert (made.name, made.quads) == (before[0], len(before[3]))
    build([small_plan("other", parks=4).path], out)
    assert not plangraph.open(out).query("ASK { GRAPH ?g { ?x a plan:Analysis } }")


def test_a_result_of_another_build_is_refused(output: Path, small_plan: Maker, tmp_path: Path) -> None:
    ranking = plangraph.open(output).rank("degree")
    build([small_plan("other", parks=4).path], tmp_path / "other")
    before = contents(tmp_path / "other")
    with pytest.raises(BuildError, match="computed on another build") as caught:
        write_back(tmp_path / "other", ranking)
    assert "另一个构建" in caught.value.zh
    assert contents(tmp_path / "other") == before
    with pytest.raises(BuildError, match="no build here"):
        write_back(tmp_path / "nosuch", ranking)


def test_a_crash_on_the_way_leaves_the_old_build(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ranking, before = plangraph.open(output).rank("degree"), contents(output)

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("summarise", "swap_in"):
        with monkeypatch.context() as patched:
            patched.setattr(results, name, broken)
            with pytest.raises(BuildError, match="No space left"):
                write_back(output, ranking)
        assert contents(output) == before
        assert not list((output / "builds").glob("new-*"))


def test_a_damaged_build_with_results_is_made_anew(small_plan: Maker, tmp_path: Path) -> None:
    plan, out = small_plan(parks=5), tmp_path / "out"
    build([plan.path], out)
    write_back(out, plangraph.open(out).rank("degree"))
    table = next((folder(out) / "store").glob("*.sst"))
    table.write_bytes(table.read_bytes()[:-1])
    build([plan.path], out)
    assert plangraph.open(out).query("ASK { ?x a plan:Park }")
    shutil.rmtree(folder(out))
    with pytest.raises(BuildError, match="damaged"):
        plangraph.open(out)
    build([plan.path], out)
    assert len(plangraph.open(out).entities("Park")) == 5


def test_exports_hold_the_results_as_graphs(output: Path, tmp_path: Path) -> None:
    from plangraph.export import render

    kg = plangraph.open(output)
    network_before = render(kg, "graphml").data
    iri = write_back(output, kg.rank("degree"))
    kg = plangraph.open(output)
    assert render(kg, "graphml").data == network_before
    assert f"<{iri}>".encode() in render(kg, "nq").data
    assert iri.encode() not in render(kg, "ttl").data
    assert f"{PLAN}Analysis".encode() in render(kg, "nq").data
