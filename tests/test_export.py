"""Every exporter writes the whole graph, neutralises what its readers cannot hold, and writes the same bytes twice."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import plangraph
from plangraph.errors import InputError, NotFoundError
from plangraph.export import FORMATS, export, render, replace_folder
from plangraph.export.entity_network import clean, joined
from plangraph.folder import ENTITY_COLUMNS, STATEMENT_COLUMNS
from plangraph.tables import write_table

# rdflib warns of its own older classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

REPOSITORY = Path(__file__).resolve().parents[1]
ONTOLOGY = "https://w3id.org/plangraph/ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ENTITY = "https://w3id.org/plangraph/id/"

RDF_FORMATS = ["ttl", "trig", "nq", "jsonld"]
NETWORK_FORMATS = ["graphml", "gexf", "csv", "neo4j"]

FORMULA = "=cmd|'/C calc'!A0"
MARKUP = '他说"好"，<script>&amp;]]></script>'
LINES = "第一行\n第二行\r\n第三行"
CONTROL = "控\x01制\x1b符\ufffe"
RIGHT_TO_LEFT = "\u202eנתונים\u200f右"
FULL_WIDTH = "＝SUM(A1)"
PIPE = "甲|乙;丙"

#: The tables refuse control characters; a store may hold them, so they are put there in place of these names.
IN_THE_STORE = {"多行名称": LINES, "控制字符名称": CONTROL, "反过来也说": "反过来\n也说\0"}

ENTITIES_ONE = [
    ("park/formula", "SciencePark", FORMULA, "+1+1", "甲;乙|-2", "", ""),
    ("park/markup", "SciencePark", MARKUP, "", "", "", ""),
    ("institution/lines", "University", "多行名称", "lines", "", "", ""),
    ("technology/control", "Technology", "控制字符名称", "", "", "", ""),
    ("district/right-to-left", "County", RIGHT_TO_LEFT, "", "", "", "GB/T 2260 120116"),
    ("domain/full-width", "Domain", FULL_WIDTH, "", "", "", ""),
    ("domain/alone", "Domain", "无关系的领域", "a domain without a relation", "", "", ""),
    ("goal/first", "Goal", "标杆", "", "", "", ""),
]
ENTITIES_TWO = [
    ("park/formula", "SciencePark", FORMULA, "", "", "", ""),
    ("park/markup", "SciencePark", MARKUP, "", "", "", ""),
    ("domain/full-width", "Domain", PIPE, "", "", "", ""),
]


def _row(s: str, p: str, o: str, start: int, quote: str, status: str = "accepted", confidence: str = "1") -> list[str]:
    return [s, p, o, status, "curated", confidence, "一 > 二", "1", str(start), str(start + len(quote)), quote, "editor", "2026-01-01", ""]  # fmt: skip


STATEMENTS_ONE = [
    _row("park/formula", "collaboratesWith", "park/markup", 10, "@SUM(A1)"),
    _row("park/formula", "collaboratesWith", "park/markup", 40, "第二处"),
    _row("park/markup", "reliesOn", "park/formula", 60, "反过来也说"),
    _row("park/formula", "reliesOn", "park/markup", 80, "依托", "proposed", "0.5"),
    _row("park/formula", "develops", "technology/control", 90, "-1+1"),
    _row("park/formula", "focusesOn", "domain/full-width", 100, "聚焦"),
    _row("institution/lines", "locatedIn", "district/right-to-left", 110, "位于\u202e"),
    _row("plan/one", "aimsAt", "goal/first", 120, "打造标杆"),
    _row("park/markup", "focusesOn", "domain/full-width", 130, "不算", "rejected"),
]
STATEMENTS_TWO = [
    _row("park/formula", "collaboratesWith", "park/markup", 5, "另一份规划"),
    _row("park/formula", "focusesOn", "domain/full-width", 30, "也聚焦"),
]


def _plan_folder(parent: Path, plan: str, entities: list[Any], statements: list[Any]) -> Path:
    folder = parent / plan
    folder.mkdir()
    (folder / "plan.toml").write_text(
        f'id = "{plan}"\ntitle = "规划 {plan}"\ntitle_en = "Plan {plan}"\njurisdiction = "某市"\n'
        f'text_sha256 = "{"0" * 64}"\ntext_characters = 1000\nworld_facts = ["title_en"]\n',
        encoding="utf-8",
    )
    (folder / "entities.csv").write_bytes(write_table(ENTITY_COLUMNS, entities))
    (folder / "statements.csv").write_bytes(write_table(STATEMENT_COLUMNS, statements))
    return folder


@pytest.fixture(scope="module")
def two_plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of two plans with parallel and opposite statements, a plan as subject and most hostile names."""
    where = tmp_path_factory.mktemp("two")
    folders = [
        _plan_folder(where, "one", ENTITIES_ONE, STATEMENTS_ONE),
        _plan_folder(where, "two", ENTITIES_TWO, STATEMENTS_TWO),
    ]
    plangraph.build(folders, where / "build")
    return where / "build"


@pytest.fixture(scope="module")
def hostile(two_plans: Path) -> plangraph.PlanGraph:
    """The two plans, with control characters in the store."""
    import pyoxigraph as ox

    opened = plangraph.open(two_plans)
    store = ox.Store()
    for quad in opened.store:
        object = quad.object
        if isinstance(object, ox.Literal) and object.value in IN_THE_STORE:
            object = ox.Literal(IN_THE_STORE[object.value], language=object.language)
        store.add(ox.Quad(quad.subject, quad.predicate, object, quad.graph_name))
    opened.__dict__["store"] = store  # where the cached property keeps it
    return opened


@dataclass
class Seen:
    """What a reader found: Chinese name by entity id, statements, and the number of their evidences."""

    labels: dict[str, str]
    statements: Counter[tuple[str, str, str, str]]
    evidence: int


def _in_store(kg: plangraph.PlanGraph, plan: str | None = None) -> Seen:
    statements = kg.statements(plan=plan)
    return Seen(
        {e.id: e.label_zh for e in kg.entities()},
        Counter((s.subject, s.predicate, s.object, s.plan) for s in statements),
        sum(len(s.evidence) for s in statements),
    )


# -- independent readers ----------------------------------------------------------------------------------------


def _from_triples(triples: Iterable[tuple[str, str, str, str]]) -> Seen:
    """``Seen`` from (subject, predicate, object, language)."""
    by_subject: dict[str, dict[str, set[str]]] = {}
    labels: dict[str, str] = {}
    for s, p, o, language in triples:
        by_subject.setdefault(s, {}).setdefault(p, set()).add(o)
        if p == LABEL and language == "zh" and s.startswith(ENTITY):
            labels[s.removeprefix(ENTITY)] = min(o, labels.get(s.removeprefix(ENTITY), o))
    statements: Counter[tuple[str, str, str, str]] = Counter()
    evidence = 0
    for facts in by_subject.values():
        if ONTOLOGY + "Statement" in facts.get(RDF + "type", ()) and RDF + "predicate" in facts:
            (s,), (p,), (o,) = facts[RDF + "subject"], facts[RDF + "predicate"], facts[RDF + "object"]
            (plan,) = facts[ONTOLOGY + "statedIn"]
            ends = [re.sub("^https://w3id.org/plangraph/(id/)?", "", end) for end in (s, o)]
            statements[ends[0], p.removeprefix(ONTOLOGY), ends[1], plan.rpartition("/")[2]] += 1
            evidence += len(facts[ONTOLOGY + "evidence"])
    return Seen(labels, statements, evidence)


def _with_rdflib(path: Path, form: str) -> Seen:
    import rdflib

    dataset = rdflib.Dataset()
    dataset.parse(path, format={"ttl": "turtle", "nq": "nquads", "jsonld": "json-ld"}.get(form, form))
    return _from_triples(
        {(str(s), str(p), str(o), str(getattr(o, "language", None) or "")) for s, p, o, _ in dataset.quads()}
    )


def _with_pyoxigraph(path: Path, form: str) -> Seen:
    import pyoxigraph as ox

    names = {"ttl": "TURTLE", "trig": "TRIG", "nq": "N_QUADS", "jsonld": "JSON_LD"}
    quads = ox.parse(path=str(path), format=getattr(ox.RdfFormat, names[form]))
    return _from_triples(
        {(q.subject.value, q.predicate.value, q.object.value, getattr(q.object, "language", None) or "") for q in quads}
    )


def _with_networkx(path: Path, form: str) -> Seen:
    import networkx

    if form == "graphml":
        graph = networkx.read_graphml(path, force_multigraph=True)
    else:
        graph = networkx.MultiDiGraph(networkx.read_gexf(path))
    return Seen(
        {n: d["label"] for n, d in graph.nodes(data=True) if d["type"] != "Plan"},
        Counter((s, d["relation"], o, d["plan"]) for s, o, d in graph.edges(data=True)),
        sum(d["evidence"] for *_, d in graph.edges(data=True)),
    )


def _with_igraph(path: Path, _form: str) -> Seen:
    import igraph

    graph = igraph.Graph.Read_GraphML(str(path))
    return Seen(
        {v["id"]: v["label"] for v in graph.vs if v["type"] != "Plan"},
        Counter((graph.vs[e.source]["id"], e["relation"], graph.vs[e.target]["id"], e["plan"]) for e in graph.es),
        int(sum(graph.es["evidence"])),
    )


def _without_guard(cell: str) -> str:
    return cell[1:] if re.match(r"''*[=+\-@\t\r\n＝＋－＠]", cell) else cell


def _with_csv(path: Path, _form: str) -> Seen:
    def rows(name: str) -> list[dict[str, str]]:
        with (path / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    return Seen(
        {r["id"]: _without_guard(r["label"]) for r in rows("entities.csv") if r["type"] != "Plan"},
        Counter((r["subject"], r["relation"], r["object"], r["plan"]) for r in rows("statements.csv")),
        sum(int(r["evidence"]) for r in rows("statements.csv")),
    )


def _with_pandas(path: Path, form: str) -> Seen:
    import pandas

    nodes, edges, key, ends, relation, count = {
        "csv": ("entities", "statements", "id", ("subject", "object"), "relation", "evidence"),
        "neo4j": ("nodes", "relationships", "id:ID", (":START_ID", ":END_ID"), ":TYPE", "evidence:int"),
    }[form]
    options: Any = {"keep_default_na": False, "dtype": {"admin_code": str}, "encoding": "utf-8-sig"}
    entities = pandas.read_csv(path / f"{nodes}.csv", **options)
    entities = entities[entities["type"] != "Plan"]
    statements = pandas.read_csv(path / f"{edges}.csv", **options)
    columns = [statements[c] for c in (ends[0], relation, ends[1], "plan")]
    labels = [_without_guard(v) if form == "csv" else v for v in entities["label"]]
    return Seen(
        dict(zip(entities[key], labels, strict=True)),
        Counter(zip(*columns, strict=True)),
        int(statements[count].sum()),
    )


READERS: dict[str, list[Callable[[Path, str], Seen]]] = {
    **{form: [_with_rdflib, _with_pyoxigraph] for form in RDF_FORMATS},
    "graphml": [_with_networkx, _with_igraph],
    "gexf": [_with_networkx],
    "csv": [_with_csv, _with_pandas],
    "neo4j": [_with_pandas],
}


def test_every_format_has_readers() -> None:
    assert set(READERS) == set(FORMATS) == {*RDF_FORMATS, *NETWORK_FORMATS}


# -- the contract -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("graph", ["hostile", "kg"])
def test_an_export_read_back_is_the_store(
    form: str, graph: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    opened = request.getfixturevalue(graph)
    path = tmp_path / f"out.{form}"
    export(opened, form, path)
    stored = _in_store(opened)
    expected = stored.labels if form in RDF_FORMATS else {id: clean(label) for id, label in stored.labels.items()}
    for reader in READERS[form]:
        seen = reader(path, form)
        assert seen.labels == expected, reader
        assert seen.statements == stored.statements, reader
        assert seen.evidence == stored.evidence, reader


@pytest.mark.parametrize("form", list(FORMATS))
def test_one_plan_is_exported_alone(form: str, hostile: plangraph.PlanGraph, tmp_path: Path) -> None:
    export(hostile, form, tmp_path / "out", plan="two")
    for reader in READERS[form]:
        seen = reader(tmp_path / "out", form)
        assert set(seen.labels) == {row[0] for row in ENTITIES_TWO}, reader
        assert seen.statements == _in_store(hostile, "two").statements, reader
        assert seen.evidence == 2, reader


@pytest.mark.parametrize("form", list(FORMATS))
def test_unknown_plan_is_refused_with_the_known_ones(form: str, hostile: plangraph.PlanGraph, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="one, two"):
        export(hostile, form, tmp_path / "out", plan="three")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_path_that_cannot_be_written_is_told_and_nothing_is_left(
    form: str, hostile: plangraph.PlanGraph, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot be written"):
        export(hostile, form, tmp_path / "missing" / "out")
    taken = tmp_path if FORMATS[form].folder else tmp_path / "folder"
    taken.mkdir(exist_ok=True)
    with pytest.raises(InputError, match=r"holds something else|cannot be written"):
        export(hostile, form, taken)
    assert (tmp_path / "file").read_text() == "mine"
    assert {p.name for p in tmp_path.iterdir()} <= {"file", "folder"}


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_failure_while_writing_leaves_the_earlier_export_whole(
    form: str, hostile: plangraph.PlanGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out"
    export(hostile, form, path, plan="one")
    before = _bytes(path)
    real = os.rename

    def failing(source: Any, target: Any) -> None:
        if Path(source).name == "old" or Path(target).name == "old":
            real(source, target)
        else:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", failing)
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(InputError, match="No space left"):
        export(hostile, form, path)
    assert _bytes(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    monkeypatch.undo()
    export(hostile, form, path)
    assert _bytes(path) != before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_an_export_can_be_read_by_those_whom_the_umask_allows(
    form: str, hostile: plangraph.PlanGraph, tmp_path: Path
) -> None:
    previous = os.umask(0o022)
    try:
        export(hostile, form, tmp_path / "out")
    finally:
        os.umask(previous)
    path = tmp_path / "out"
    assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644)
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o644 for p in path.glob("*"))


def test_another_process_writes_the_same_bytes(two_plans: Path) -> None:
    code = (
        "import hashlib, json, sys, plangraph; from plangraph.export import FORMATS, render\n"
        "kg = plangraph.open(sys.argv[1])\n"
        "print(json.dumps({f'{n} {p}': {k: hashlib.sha256(d).hexdigest() for k, d in render(kg, n, p).files.items()}"
        " for n in FORMATS for p in (None, 'one')}))"
    )
    answers = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": f"UTC+{seed}"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(two_plans)], env=environment, capture_output=True, check=True
        )
        answers.append(json.loads(done.stdout))
    opened = plangraph.open(two_plans)
    here = {
        f"{name} {plan}": {k: hashlib.sha256(d).hexdigest() for k, d in render(opened, name, plan).files.items()}
        for name in FORMATS
        for plan in (None, "one")
    }
    assert answers == [here, here]


def test_store_trig_rdflib_and_networkx_agree(kg: plangraph.PlanGraph, tmp_path: Path) -> None:
    import networkx

    export(kg, "trig", tmp_path / "all.trig")
    export(kg, "graphml", tmp_path / "all.graphml")
    network = networkx.read_graphml(tmp_path / "all.graphml", force_multigraph=True)
    by_sparql = tuple(
        kg.query(f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}").rows[0][0]
        for pattern in (
            'GRAPH ?g { ?x rdfs:label ?l FILTER(STRSTARTS(STR(?x), STR(id:)) && LANG(?l) = "zh") }',
            "?x a plan:Statement ; plan:statedIn ?p",
            "?s a plan:Statement ; plan:statedIn ?p ; plan:evidence ?x",
        )
    )
    in_rdflib = tuple(
        int(next(iter(kg.to_rdflib().query(query)))[0])
        for query in (
            "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x <http://www.w3.org/2000/01/rdf-schema#label> ?l "
            "FILTER(STRSTARTS(STR(?x), 'https://w3id.org/plangraph/id/') && LANG(?l) = 'zh') }",
            f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a <{ONTOLOGY}Statement> ; <{ONTOLOGY}statedIn> ?p }}",
            f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?s a <{ONTOLOGY}Statement> ; <{ONTOLOGY}statedIn> ?p ; "
            f"<{ONTOLOGY}evidence> ?x }}",
        )
    )
    in_trig = _with_pyoxigraph(tmp_path / "all.trig", "trig")
    in_networkx = (
        sum(d["type"] != "Plan" for _, d in network.nodes(data=True)),
        network.number_of_edges(),
        sum(d["evidence"] for *_, d in network.edges(data=True)),
    )
    counts = (len(kg.entities()), len(kg.statements()), sum(len(s.evidence) for s in kg.statements()))
    assert counts == by_sparql == in_rdflib == in_networkx
    assert counts == (len(in_trig.labels), in_trig.statements.total(), in_trig.evidence)
    assert min(counts) > 100


# -- RDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["trig", "nq", "jsonld"])
@pytest.mark.parametrize("plan", [None, "one"])
def test_quad_formats_hold_the_named_graphs_and_not_the_default_graph(
    form: str, plan: str | None, hostile: plangraph.PlanGraph, tmp_path: Path
) -> None:
    import pyoxigraph as ox

    export(hostile, form, tmp_path / "out", plan)
    names = {"trig": "TRIG", "nq": "N_QUADS", "jsonld": "JSON_LD"}
    found = set(ox.parse(path=str(tmp_path / "out"), format=getattr(ox.RdfFormat, names[form])))
    own = "https://w3id.org/plangraph/plan/one"
    expected = {
        quad
        for quad in hostile.store
        if not isinstance(quad.graph_name, ox.DefaultGraph)
        and (plan is None or quad.graph_name.value in (own, own + "/world"))
    }
    assert found == expected
    assert len({q.graph_name for q in found}) == (2 if plan else 6)


@pytest.mark.parametrize("plan", [None, "one"])
def test_turtle_holds_the_merged_facts_or_one_graph(
    plan: str | None, hostile: plangraph.PlanGraph, tmp_path: Path
) -> None:
    import pyoxigraph as ox

    export(hostile, "ttl", tmp_path / "out.ttl", plan)
    found = {(q.subject, q.predicate, q.object) for q in ox.parse(path=str(tmp_path / "out.ttl"))}
    graph = ox.NamedNode("https://w3id.org/plangraph/plan/one") if plan else ox.DefaultGraph()
    expected = hostile.store.quads_for_pattern(None, None, None, graph)
    assert found == {(q.subject, q.predicate, q.object) for q in expected}


@pytest.mark.parametrize("folder", sorted(p.parent.name for p in (REPOSITORY / "graph").glob("*/plan.toml")))
def test_the_trig_file_in_the_repository_is_what_its_tables_say(folder: str, tmp_path: Path) -> None:
    plangraph.build([REPOSITORY / "graph" / folder], tmp_path)
    path = REPOSITORY / "graph" / f"{folder}.trig"
    mend = f"run: plangraph export -f trig --plan {folder} -o graph/{folder}.trig"
    assert path.is_file(), f"{path.name} is missing; {mend}"
    assert path.read_bytes() == render(plangraph.open(tmp_path), "trig", folder).data, (
        f"{path.name} is not of these tables; {mend}"
    )


# -- networks and tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_attributes_survive(form: str, hostile: plangraph.PlanGraph, tmp_path: Path) -> None:
    import networkx

    export(hostile, form, tmp_path / "out")
    read = networkx.read_graphml if form == "graphml" else networkx.read_gexf
    graph = networkx.MultiDiGraph(read(tmp_path / "out"))
    assert dict(graph.nodes["park/formula"]) == {
        "label": FORMULA,
        "label_en": "+1+1",
        "type": "SciencePark",
        "type_zh": "科技园",
        "type_en": "Science park",
        "aliases": "-2|甲;乙",
    }
    assert graph.nodes["district/right-to-left"]["label"] == RIGHT_TO_LEFT
    assert graph.nodes["district/right-to-left"]["admin_code"] == "120116"
    assert graph.nodes["institution/lines"]["label"] == "第一行\n第二行\n第三行"
    assert graph.nodes["technology/control"]["label"] == "控�制�符�"
    assert graph.nodes["plan/one"]["label_en"] == "Plan one"
    edges = graph.out_edges("park/formula", keys=True, data=True)
    ((key, edge),) = [(key, data) for _, _, key, data in edges if data["relation"] == "reliesOn"]
    (statement,) = hostile.statements("park/formula", "reliesOn")
    assert key == statement.iri.rpartition("/")[2]
    assert {k: v for k, v in edge.items() if k != "id"} == {
        "label": "依托",
        "relation": "reliesOn",
        "relation_zh": "依托",
        "relation_en": "relies on",
        "plan": "one",
        "status": "proposed",
        "confidence": 0.5,
        "evidence": 1,
        "quote": "依托",
        "section": "一 > 二",
        "paragraph": 1,
        "start": 80,
        "end": 82,
    }


def test_gephi_keeps_parallel_edges_because_their_kinds_differ(hostile: plangraph.PlanGraph) -> None:
    root = ElementTree.fromstring(render(hostile, "gexf").data)
    edges = root.findall(".//{http://gexf.net/1.3}edge")
    assert len(edges) == len(hostile.statements())
    assert len({(e.get("source"), e.get("target"), e.get("kind")) for e in edges}) == len(edges)
    graph = root.find("{http://gexf.net/1.3}graph")
    assert graph is not None and graph.get("mode") == "static"
    # start and end of the quote are attributes; as XML attributes of an edge they would be times.
    assert not any(e.get("start") or e.get("end") for e in edges)


def test_no_cell_of_the_csv_tables_is_a_formula(hostile: plangraph.PlanGraph) -> None:
    files = render(hostile, "csv").files
    for name, data in files.items():
        assert data.startswith(b"\xef\xbb\xbf"), name
        cells = [c for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for c in row]
        assert not [c for c in cells if re.match(r"[=+\-@\t\r\n＝＋－＠]", c)], name
        assert not re.search("[\x00-\x08\x0b-\x1f]", data.decode("utf-8")), name
    table = files["entities.csv"].decode("utf-8-sig")
    assert "'=cmd|'/C calc'!A0" in table and "'＝SUM(A1)" in table and "'+1+1" in table
    assert "'@SUM(A1)" in files["statements.csv"].decode("utf-8-sig")


def test_neo4j_files_hold_to_their_header(hostile: plangraph.PlanGraph) -> None:
    files = render(hostile, "neo4j").files
    nodes, edges = (
        list(csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline=""), strict=True))
        for name in ("nodes.csv", "relationships.csv")
    )
    assert list(nodes[0]) == ["id:ID", "label", "label_en", "type", "type_zh", "type_en", "aliases:string[]", "admin_code", ":LABEL"]  # fmt: skip
    assert list(edges[0]) == [":START_ID", ":END_ID", ":TYPE", "id", "relation_zh", "relation_en", "plan", "status", "confidence:double", "evidence:int", "quote", "section", "paragraph:int", "start:int", "end:int"]  # fmt: skip
    ids = [n["id:ID"] for n in nodes]
    assert len(set(ids)) == len(ids)
    assert {e[end] for e in edges for end in (":START_ID", ":END_ID")} <= set(ids)
    for edge in edges:
        assert int(edge["start:int"]) < int(edge["end:int"])
        assert 0 <= float(edge["confidence:double"]) <= 1
    by_id = {n["id:ID"]: n for n in nodes}
    assert by_id["park/formula"][":LABEL"] == "Entity;Park;SciencePark"
    assert by_id["park/formula"]["aliases:string[]"].split(";") == ["-2", "甲；乙"]
    assert by_id["institution/lines"]["label"] == "第一行\n第二行\n第三行"
    assert b"neo4j-admin database import full neo4j --nodes=nodes.csv" in files["README.txt"]


def test_characters_that_xml_cannot_hold_become_the_replacement_character() -> None:
    assert clean("a\0b\x0bc\x1f\ufffe\uffff\ud800") == "a�b�c����"
    assert clean("\t行\r\n行\r\u202e\U00020000") == "\t行\n行\n\u202e\U00020000"


def test_a_separator_within_a_name_does_not_make_two_names() -> None:
    assert joined((PIPE, "丁"), "|") == "甲｜乙;丙|丁"
    assert joined((PIPE, "丁"), ";") == "甲|乙；丙;丁"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    replace_folder(tmp_path / "link", {"a.csv": b"1"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.csv").read_bytes() == b"1"


def _bytes(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {p.name: p.read_bytes() for p in path.iterdir()}
    return {"": path.read_bytes()}
