"""`PlanGraph` gives back what the tables say, finds things by name, and says what is wrong with a build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import plangraph
from plangraph.builds import build
from plangraph.errors import BuildError, NotFoundError
from plangraph.folder import read_folder
from plangraph.model import Entity, Evidence, Statement
from plangraph.ontology import load_ontology
from tests.conftest import InventedPlan, invent_plan

Maker = Callable[..., InventedPlan]


# -- what goes in comes out -----------------------------------------------------------------------------------


def test_statements_are_those_of_the_tables(kg: plangraph.PlanGraph, checkout: Path) -> None:
    folder = read_folder(checkout / "graph" / "tianjin-145")
    expected = {}
    for s in folder.statements:
        kept = tuple(sorted((e for e in s.evidence if e.status != "rejected"), key=lambda e: (e.start, e.end)))
        if kept:
            expected[s.subject, s.predicate, s.object] = replace(s, evidence=kept)
    found = kg.statements()
    assert {(s.subject, s.predicate, s.object): s for s in found} == expected
    assert len(found) == len(expected) > 200
    assert [s.evidence[0].start for s in found] == sorted(s.evidence[0].start for s in found)


def test_entities_are_those_of_the_tables(kg: plangraph.PlanGraph, checkout: Path) -> None:
    folder = read_folder(checkout / "graph" / "tianjin-145")
    expected = {e.id: replace(e, aliases=tuple(sorted(e.aliases))) for e in folder.entities}
    assert {e.id: e for e in kg.entities()} == expected
    assert [e.id for e in kg.entities()] == sorted(expected)


def test_everything_of_a_statement_survives(small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan(parks=2)
    table = plan.path / "statements.csv"
    lines = table.read_text("utf-8").splitlines()
    cells = lines[1].split(",")
    cells[3:7] = ["proposed", "rule:near", "0.875", "第一章 > （一）要点"]
    cells[11:] = ["", "", "a reason with ' \\ and 。"]
    lines[1] = ",".join(cells)
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    build([plan.path], tmp_path / "out")
    (statement,) = plangraph.open(tmp_path / "out").statements("park/p0", "focusesOn")
    quote = "第0园区与某领域"
    section = ("第一章", "（一）要点")
    evidence = Evidence(0, 8, quote, section, 1, "rule:near", 0.875, "proposed", "", "", "a reason with ' \\ and 。")
    assert statement == Statement("park/p0", "focusesOn", "domain/d", (evidence,), "small")


@pytest.mark.parametrize("hostile", ['"quoted"', "a\\b", "</script><b>", "'); DROP", "=1+1", "{{x}}", "𝒜é", "a|b"])
def test_hostile_names_survive(small_plan: Maker, tmp_path: Path, hostile: str) -> None:
    import csv

    plan = small_plan(parks=2)
    with (plan.path / "entities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][2] = hostile
    from plangraph.tables import write_table

    (plan.path / "entities.csv").write_bytes(write_table(rows[0], rows[1:]))
    build([plan.path], tmp_path / "out")
    kg = plangraph.open(tmp_path / "out")
    assert kg.entity("domain/d").label_zh == hostile
    assert kg.entity(hostile).id == "domain/d"
    assert kg.query("SELECT ?l { domain:d rdfs:label ?l FILTER(LANG(?l) = 'zh') }").rows == ((hostile,),)


def test_statements_by_their_parts(kg: plangraph.PlanGraph) -> None:
    park = kg.entity("中国信创谷")
    by_id, by_name = kg.statements(subject=park.id), kg.statements(subject="中国信创谷")
    assert by_id == by_name
    assert {s.subject for s in by_id} == {park.id}
    one = by_id[0]
    assert kg.statements(one.subject, one.predicate, one.object, one.plan) == [one]
    assert {s.predicate for s in kg.statements(predicate="focusesOn")} == {"focusesOn"}
    assert kg.statements(subject="plan/tianjin-145") == [s for s in kg.statements() if s.subject == "plan/tianjin-145"]
    assert one in kg.statements(object=one.object)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "没有这个园区"},
        {"object": "没有这个园区"},
        {"predicate": "nosuch"},
        {"predicate": "label"},
        {"plan": "nosuch"},
    ],
)
def test_statements_of_what_there_is_not(kg: plangraph.PlanGraph, wrong: dict[str, str]) -> None:
    with pytest.raises(NotFoundError) as caught:
        kg.statements(**wrong)
    assert next(iter(wrong.values())) in caught.value.zh


def test_entities_of_a_class(kg: plangraph.PlanGraph) -> None:
    parks = kg.entities("Park")
    assert {e.type for e in parks} <= set(load_ontology().descendants("Park"))
    assert len(parks) < len(kg.entities())
    with pytest.raises(NotFoundError, match="no class 'Prk'"):
        kg.entities("Prk")
    with pytest.raises(NotFoundError, match="no class '园区'"):
        kg.entity("中国信创谷", kind="园区")


def test_names_in_place_of_iris(kg: plangraph.PlanGraph) -> None:
    park = kg.entity("中国信创谷")
    assert kg.label(park.iri) == "中国信创谷"
    assert kg.label(park.iri, "en") == park.label_en
    ontology = load_ontology()
    assert kg.label("https://w3id.org/plangraph/ontology#Park", "en") == ontology.classes["Park"].label_en
    assert kg.label("https://w3id.org/plangraph/plan/tianjin-145").startswith("天津市")
    for other in ("x:y", "https://w3id.org/plangraph/id/park/nosuch", "https://w3id.org/plangraph/ontology#nosuch", ""):
        assert kg.label(other) == other
    result = kg.named(kg.query("SELECT ?s ?n { VALUES (?s ?n) { (<" + park.iri + "> 3) } }"))
    assert result.rows == (("中国信创谷", 3),)


def test_rdflib_sees_the_named_graphs(kg: plangraph.PlanGraph) -> None:
    dataset = kg.to_rdflib()
    in_store = kg.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").rows[0][0]
    assert sum(len(graph) for graph in dataset.graphs()) == in_store
    park = kg.entity("中国信创谷")
    rows = dataset.query(f"SELECT ?l {{ <{park.iri}> <http://www.w3.org/2000/01/rdf-schema#label> ?l }}")
    assert {str(row[0]) for row in rows} == {park.label_zh, park.label_en}


# -- opening --------------------------------------------------------------------------------------------------


def test_the_build_is_found(tianjin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANGRAPH_BUILD", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="plangraph-build: no build here"):
        plangraph.open()
    shutil.copytree(tianjin, tmp_path / "plangraph-build")
    assert plangraph.open().path == Path("plangraph-build")
    monkeypatch.setenv("PLANGRAPH_BUILD", str(tianjin))
    assert plangraph.open().path == tianjin
    assert plangraph.open(str(tianjin)).path == tianjin


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"..", b"../../etc", b"\xff\xfe\x00", b"0123456789abcdef\n", b"x" * 100_000]
)
def test_a_damaged_current_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "builds").mkdir()
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(BuildError, match="damaged; run plangraph build") as caught:
        plangraph.open(tmp_path)
    assert "构建已损坏" in caught.value.zh


def test_a_file_is_no_build(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BuildError, match="no build here"):
        plangraph.open(tmp_path / "file")


def test_a_damaged_store_is_told_at_first_use(tianjin: Path, tmp_path: Path) -> None:
    shutil.copytree(tianjin, tmp_path / "copy")
    for table in (tmp_path / "copy").rglob("*.sst"):
        table.write_bytes(b"")
    kg = plangraph.open(tmp_path / "copy")
    for use in (kg.entities, kg.statements, lambda: kg.query("ASK {}"), lambda: kg.query("ASK {}", timeout=60)):
        with pytest.raises(BuildError, match="damaged"):
            use()


def test_two_readers_of_one_build(tianjin: Path) -> None:
    one, two = plangraph.open(tianjin), plangraph.open(tianjin)
    assert one.entities() == two.entities()
    assert isinstance(one.entities()[0], Entity)


def test_plans_of_one_title_are_told_apart_by_their_places(tmp_path: Path) -> None:
    for name, place in (("one", "青禾省"), ("two", "云岭市"), ("three", "云岭市")):
        folder = invent_plan(
            tmp_path,
            name,
            [("park/p", "Park", "某园"), ("domain/d", "Domain", "某域")],
            [("park/p", "focusesOn", "domain/d")],
        ).path
        toml = folder / "plan.toml"
        lines = [
            line
            for line in toml.read_text("utf-8").splitlines()
            if not line.startswith(("title", "jurisdiction", "world_facts"))
        ]
        title = "另一规划" if name == "three" else "政府工作报告"
        toml.write_text("\n".join([f'title = "{title}"', f'jurisdiction = "{place}"', *lines]) + "\n", encoding="utf-8")
    plangraph.build([tmp_path], output=tmp_path / "out")
    titles = {iri.rpartition("/")[2]: t["zh"] for iri, t in plangraph.open(tmp_path / "out").plans.items()}
    assert titles == {"one": "政府工作报告（青禾省）", "two": "政府工作报告（云岭市）", "three": "另一规划"}
