"""Model to triples: what a plan says, what follows from it and why, and the same lines every time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plangraph.folder import PlanFolder, read_folder
from plangraph.model import Evidence
from plangraph.rdf import literal, ontology_triples, plan_triples, write_trig
from plangraph.vocab import (
    DCTERMS,
    ID,
    INFERRED_GRAPH,
    OA,
    ONTOLOGY_GRAPH,
    PLAN,
    RDF,
    RDFS,
    SKOS,
    XSD,
    evidence_iri,
    plan_iri,
    statement_iri,
    world_graph_iri,
)
from tests.faults.small_plan import PLAN_ID, TWO, Draft, entity, statement
from tests.whole_graphs import build_graphs, build_nquads, inferred_triples

QINGSHI, BAISHA, CITY = "park/qingshi-valley", "park/baisha-bay", "park/yunling-science-city"
DONGCHUAN, YUNZHOU = "district/dongchuan", "district/yunzhou"
UNIVERSITY, FILM, SMART, NEW = (
    "institution/yunling-university",
    "technology/graphene-film",
    "domain/smart-materials",
    "domain/new-materials",
)
Fact = tuple[str, str, str]


def iri(text: str) -> str:
    """``<…>`` of an entity id or a full IRI."""
    return f"<{text if text.startswith('http') else ID + text}>"


def triple(subject: str, predicate: str, object: str) -> str:
    """A line whose predicate may be a local name of the ontology."""
    return f"{iri(subject)} <{predicate if predicate.startswith('http') else PLAN + predicate}> {iri(object)}"


def stated(subject: str, predicate: str, object: str, plan: str = PLAN_ID) -> str:
    """IRI of the statement that a plan makes."""
    return statement_iri(plan, subject, predicate, object)


def reasons_of(lines: list[str]) -> dict[str, tuple[str, set[str]]]:
    """Each inferred fact as a line, with its rule and the IRIs it rests on."""
    parts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in lines:
        node, predicate, value = line.split(" ", 2)
        parts[node][predicate[1:-1]].add(value)
    found = {}
    for node, p in parts.items():
        assert p[RDF + "type"] == {f"<{PLAN}InferredStatement>"}, node
        (s,), (pred,), (o,) = p[RDF + "subject"], p[RDF + "predicate"], p[RDF + "object"]
        (rule,) = p[PLAN + "rule"]
        found[f"{s} {pred} {o}"] = (rule.strip('"'), {i[1:-1] for i in p[PLAN + "restsOn"]})
    return found


@pytest.fixture
def folder(tmp_path: Path) -> PlanFolder:
    """The small plan."""
    return read_folder(Draft().write(tmp_path)[0])


# -- literals -------------------------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(),
    st.text("\"\\\n\r\t'<>.@^_:{} \x00\x0b\x7f\x85\u2028\ufffe甲𠀀", max_size=12),
    st.sampled_from(['" .', '"@zh .\n<a> <b> "', "\\u0041", "\\", '\\"', '"^^<x>', "\\\n"]),
)


@given(HOSTILE, st.sampled_from(["", "@zh", "@en", XSD + "date", XSD + "integer"]))
def test_a_literal_comes_back_from_a_parser(text: str, kind: str) -> None:
    (found,) = ox.parse(f"<x:s> <x:p> {literal(text, kind)} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    expected = {"": ox.Literal(text)}.get(kind)
    expected = expected or (
        ox.Literal(text, language=kind[1:]) if kind.startswith("@") else ox.Literal(text, datatype=ox.NamedNode(kind))
    )
    assert found.object == expected


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_literals_on_lines_of_their_own_stay_on_them(texts: list[str]) -> None:
    lines = [f"<x:{n}> <x:p> {literal(text, '@zh')}" for n, text in enumerate(texts)]
    data = "".join(line + " .\n" for line in lines).encode()
    assert [t.object.value for t in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)] == texts
    assert data.count(b"\n") == len(texts)


# -- a plan's own graph and its world graph -------------------------------------------------------------------


def test_a_statement_with_its_evidence(folder: PlanFolder) -> None:
    own, _ = plan_triples(folder)
    claim = (QINGSHI, "focusesOn", SMART)
    (found,) = [s for s in folder.statements if (s.subject, s.predicate, s.object) == claim]
    node, e = found.iri, found.evidence[0]
    place = evidence_iri(node, e.start, e.end)
    assert sorted(line for line in own if line.startswith(f"<{node}")) == sorted(
        [
            f"<{node}> <{RDF}type> <{PLAN}Statement>",
            f"<{node}> <{RDF}subject> {iri(QINGSHI)}",
            f"<{node}> <{RDF}predicate> <{PLAN}focusesOn>",
            f"<{node}> <{RDF}object> {iri(SMART)}",
            f"<{node}> <{PLAN}statedIn> <{plan_iri(PLAN_ID)}>",
            f'<{node}> <{PLAN}status> "accepted"',
            f"<{node}> <{PLAN}evidence> <{place}>",
            f"<{place}> <{RDF}type> <{PLAN}Evidence>",
            f'<{place}> <{OA}exact> "青石谷聚焦智能材料"@zh',
            f'<{place}> <{OA}start> "67"^^<{XSD}integer>',
            f'<{place}> <{OA}end> "76"^^<{XSD}integer>',
            f'<{place}> <{PLAN}paragraph> "6"^^<{XSD}integer>',
            f'<{place}> <{PLAN}method> "curated"',
            f'<{place}> <{PLAN}confidence> "1"^^<{XSD}decimal>',
            f'<{place}> <{PLAN}status> "accepted"',
            f"<{place}> <{PLAN}inSection> <{plan_iri(PLAN_ID)}/section/2>",
            f'<{place}> <{PLAN}decidedBy> "tester"',
            f'<{place}> <{PLAN}decidedOn> "2031-03-04"^^<{XSD}date>',
        ]
    )
    assert triple(QINGSHI, "focusesOn", SMART) in own


def test_what_does_not_come_from_the_text_stands_in_the_world_graph_alone(folder: PlanFolder) -> None:
    own, world = plan_triples(folder)
    plan = plan_iri(PLAN_ID)
    outside = {
        f'<{plan}> <{DCTERMS}title> "Yunzhou plan for science and technology"@en',
        f'<{plan}> <{DCTERMS}issued> "2031-02-03"^^<{XSD}date>',
        f'{iri(DONGCHUAN)} <{PLAN}adminCode> "990102"',
        f'{iri(DONGCHUAN)} <{SKOS}note> "GB/T 2260 990102"',
        f'{iri(QINGSHI)} <{RDFS}label> "the park/qingshi-valley"@en',
    }
    inside = {
        f'<{plan}> <{DCTERMS}title> "云州市科技创新规划"@zh',
        f'<{plan}> <{PLAN}periodStart> "2031"^^<{XSD}integer>',
        f'{iri(QINGSHI)} <{RDFS}label> "青石谷"@zh',
        f'{iri(QINGSHI)} <{SKOS}altLabel> "青石"@zh',
        f"{iri(SMART)} <{SKOS}broader> {iri(NEW)}",
    }
    assert outside <= set(world) and inside <= set(own)
    assert not set(own) & set(world)
    assert not [line for line in own if "@en" in line]


def test_a_stated_count(folder: PlanFolder) -> None:
    own, _ = plan_triples(folder)
    node = f"{plan_iri(PLAN_ID)}/count/1"
    assert {
        f"<{plan_iri(PLAN_ID)}> <{PLAN}statedCount> <{node}>",
        f'<{node}> <{PLAN}count> "2"^^<{XSD}integer>',
        f'<{node}> <{PLAN}unnamedCount> "0"^^<{XSD}integer>',
        f"<{node}> <{PLAN}countedClass> <{PLAN}InnovationZone>",
        f"<{node}> <{PLAN}named> {iri(QINGSHI)}",
        f"<{node}> <{PLAN}named> {iri(BAISHA)}",
    } <= set(own)
    assert [line for line in own if line.startswith(f"<{node}> <{PLAN}evidence>")]


def test_rejected_statements_leave_no_trace(tmp_path: Path) -> None:
    plain = Draft()
    with_rejected = Draft()
    with_rejected.statements += [
        statement(BAISHA, "locatedIn", YUNZHOU, "云州市建", status="rejected", section="被拒的章", start="1", end="5"),
        statement(QINGSHI, "focusesOn", SMART, "智能材料", status="rejected", section="被拒的章", reason="不该出现"),
    ]
    folders = [read_folder(d.write(tmp_path / n)[0]) for d, n in ((plain, "plain"), (with_rejected, "rejected"))]
    assert len(folders[1].statements) == len(folders[0].statements) + 1
    assert list(build_nquads(folders[:1])) == list(build_nquads(folders[1:]))


def test_proposed_statements_are_there_and_say_so(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["status"] = "proposed"
    own, _ = plan_triples(read_folder(draft.write(tmp_path)[0]))
    assert f'<{stated(QINGSHI, "locatedIn", DONGCHUAN)}> <{PLAN}status> "proposed"' in own
    assert triple(QINGSHI, "locatedIn", DONGCHUAN) in own


def test_a_small_confidence_is_written_as_a_decimal(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["confidence"] = "0.00001"
    own, _ = plan_triples(read_folder(draft.write(tmp_path)[0]))
    assert [line for line in own if f'"0.00001"^^<{XSD}decimal>' in line]
    store = ox.Store()
    store.bulk_load("".join(t + " .\n" for t in own).encode(), format=ox.RdfFormat.N_TRIPLES)
    assert bool(store.query(f"ASK {{ ?e <{PLAN}confidence> ?c FILTER (?c > 0 && ?c < 0.001) }}"))


def test_sections_hang_in_their_plan(folder: PlanFolder) -> None:
    own, _ = plan_triples(folder)
    node = f"<{plan_iri(PLAN_ID)}/section/2>"
    assert {
        f"{node} <{RDF}type> <{PLAN}Section>",
        f"{node} <{PLAN}inPlan> <{plan_iri(PLAN_ID)}>",
        f'{node} <{PLAN}heading> "{TWO}"@zh',
        f'{node} <{PLAN}order> "2"^^<{XSD}integer>',
    } <= set(own)


# -- what follows ---------------------------------------------------------------------------------------------


def test_all_that_follows_from_the_small_plan_and_nothing_else(folder: PlanFolder) -> None:
    """Reckoned by hand from the eleven statements and the ten entities."""
    facts, reasons = inferred_triples([folder])
    plan = plan_iri(PLAN_ID)
    claims: list[Fact] = [(s.subject, s.predicate, s.object) for s in folder.statements]
    expected: dict[str, tuple[str, set[str]]] = {}
    inverses = {
        "locatedIn": "locationOf",
        "partOf": "hasPart",
        "focusesOn": "focusOf",
        "subDomainOf": "hasSubDomain",
        "develops": "developedBy",
        "serves": "servedBy",
        "aimsAt": "aimOf",
    }
    for s, p, o in claims:
        why = {stated(s, p, o)}
        expected[triple(s, "relatedTo", o)] = ("subproperty", why)
        if p in inverses:
            expected[triple(o, inverses[p], s)] = ("inverse", why)
    # collaboratesWith holds the other way round, and relates the two that way as well.
    why = {stated(UNIVERSITY, "collaboratesWith", QINGSHI)}
    expected[triple(QINGSHI, "collaboratesWith", UNIVERSITY)] = ("symmetric", why)
    expected[triple(QINGSHI, "relatedTo", UNIVERSITY)] = ("subproperty", why)
    # No chain: no two statements of locatedIn or partOf meet. subDomainOf is also skos:broader, which the table says.
    for id, kinds in {
        "district/dongchuan": ["District", "Entity"],
        "district/yunzhou": ["District", "Entity"],
        "domain/new-materials": ["Entity"],
        "domain/smart-materials": ["Domain", "Entity"],
        "goal/green-model": ["Entity"],
        "institution/yunling-university": ["Institution", "Entity"],
        "park/baisha-bay": ["Park", "Entity"],
        "park/qingshi-valley": ["Park", "Entity"],
        "park/yunling-science-city": ["Park", "Entity"],
        "technology/graphene-film": ["Entity"],
    }.items():
        for kind in kinds:
            expected[triple(id, RDF + "type", PLAN + kind)] = ("subclass", {plan})
    assert facts == sorted(expected)
    assert reasons_of(reasons) == expected
    assert reasons == sorted(reasons)


def test_chains_rest_on_the_statements_along_the_shortest(tmp_path: Path) -> None:
    """QINGSHI is in DONGCHUAN is in YUNZHOU is in a province, and by another way straight in YUNZHOU's park."""
    draft = Draft()
    draft.entities += [
        entity("park/core", "Park", "核心区"),
        entity("park/lab-quarter", "Park", "实验片区"),
        entity("institution/station", "Laboratory", "试验站"),
    ]
    draft.statements = [
        statement("institution/station", "locatedIn", "park/lab-quarter", "共建试验站"),
        statement("park/lab-quarter", "locatedIn", "park/core", "青石谷"),
        statement("park/core", "locatedIn", DONGCHUAN, "东川区"),
        statement("institution/station", "locatedIn", "park/core", "试验站"),
        statement(DONGCHUAN, "partOf", YUNZHOU, "东川区隶属云州市"),
        statement("park/core", "partOf", QINGSHI, "青石谷聚焦"),
        statement(QINGSHI, "partOf", CITY, "青石谷隶属云岭科学城"),
    ]
    draft.entities[1]["broader"] = ""
    facts, reasons = inferred_triples([read_folder(draft.write(tmp_path)[0])])
    why = reasons_of(reasons)
    station, quarter, core = "institution/station", "park/lab-quarter", "park/core"
    chained = {fact: found for fact, found in why.items() if found[0] == "transitive"}
    assert chained == {
        triple(station, "locatedIn", DONGCHUAN): (
            "transitive",
            {stated(station, "locatedIn", core), stated(core, "locatedIn", DONGCHUAN)},
        ),
        triple(quarter, "locatedIn", DONGCHUAN): (
            "transitive",
            {stated(quarter, "locatedIn", core), stated(core, "locatedIn", DONGCHUAN)},
        ),
        triple(core, "partOf", CITY): (
            "transitive",
            {stated(core, "partOf", QINGSHI), stated(QINGSHI, "partOf", CITY)},
        ),
    }
    # What is chained is read by the inverse and as relatedTo too, on the same statements.
    premises = {stated(core, "partOf", QINGSHI), stated(QINGSHI, "partOf", CITY)}
    assert why[triple(CITY, "hasPart", core)] == ("inverse", premises)
    assert why[triple(core, "relatedTo", CITY)] == ("subproperty", premises)
    # The two relations are not chained with each other.
    assert triple(core, "locatedIn", YUNZHOU) not in facts


def test_a_circle_gives_no_fact_of_a_thing_with_itself(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements = [
        statement(QINGSHI, "locatedIn", BAISHA, "青石谷、白沙湾"),
        statement(BAISHA, "locatedIn", CITY, "白沙湾"),
        statement(CITY, "locatedIn", QINGSHI, "云岭科学城"),
        statement(BAISHA, "collaboratesWith", BAISHA, "白沙湾服务"),
    ]
    facts, _ = inferred_triples([read_folder(draft.write(tmp_path)[0])])
    own_relations = [f for f in facts if f.split(" ")[0] == f.split(" ")[2]]
    assert own_relations == [triple(BAISHA, "relatedTo", BAISHA)]  # of the statement that says so
    assert triple(QINGSHI, "locatedIn", CITY) in facts


def test_a_wider_reading_rests_on_what_is_stated_before_what_is_chained(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements = [
        statement(QINGSHI, "locatedIn", CITY, "青石谷隶属云岭科学城"),
        statement(CITY, "locatedIn", YUNZHOU, "云岭科学城位于云州市"),
        statement(QINGSHI, "serves", YUNZHOU, "青石谷位于东川区"),
    ]
    draft.entities[1]["broader"] = ""
    _, reasons = inferred_triples([read_folder(draft.write(tmp_path)[0])])
    why = reasons_of(reasons)
    assert why[triple(QINGSHI, "relatedTo", YUNZHOU)] == ("subproperty", {stated(QINGSHI, "serves", YUNZHOU)})


def test_what_a_plan_says_itself_is_never_inferred(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements += [
        statement(QINGSHI, "collaboratesWith", UNIVERSITY, "青石谷共建"),  # the symmetric reading, stated
        statement(QINGSHI, "locatedIn", YUNZHOU, "青石谷位于"),
        statement(QINGSHI, "locatedIn", CITY, "青石谷隶属云岭"),  # with CITY in YUNZHOU: the chain, stated
    ]
    found = read_folder(draft.write(tmp_path)[0])
    facts, reasons = inferred_triples([found])
    own, world = plan_triples(found)
    assert not set(facts) & set(own)
    assert not set(facts) & set(world)
    assert not set(reasons) & set(own)
    assert triple(SMART, SKOS + "broader", NEW) in own
    assert triple(SMART, SKOS + "broader", NEW) not in facts
    draft.entities[1]["broader"] = ""
    facts, _ = inferred_triples([read_folder(draft.write(tmp_path)[0])])
    assert triple(SMART, SKOS + "broader", NEW) in facts


def test_two_plans_that_say_the_same_both_carry_what_follows(tmp_path: Path) -> None:
    first, second = Draft(), Draft()
    second.toml = second.toml.replace("yunzhou-one", "yunzhou-two")
    second.entities[4]["type"] = "Park"  # the wider class, stated
    second.toml = second.toml.partition("[[stated_counts]]")[0]
    folders = [read_folder(d.write(tmp_path / n)[0]) for d, n in ((first, "one"), (second, "two"))]
    facts, reasons = inferred_triples(folders)
    why = reasons_of(reasons)
    both = {stated(BAISHA, "serves", DONGCHUAN), stated(BAISHA, "serves", DONGCHUAN, "yunzhou-two")}
    assert why[triple(BAISHA, "relatedTo", DONGCHUAN)] == ("subproperty", both)
    assert why[triple(FILM, RDF + "type", PLAN + "Entity")] == (
        "subclass",
        {plan_iri("yunzhou-one"), plan_iri("yunzhou-two")},
    )
    assert triple(QINGSHI, RDF + "type", PLAN + "Park") not in facts
    assert triple(QINGSHI, RDF + "type", PLAN + "Entity") in facts
    assert inferred_triples(folders[::-1]) == (facts, reasons)


# -- whole builds ---------------------------------------------------------------------------------------------


def test_the_graphs_of_a_build(folder: PlanFolder) -> None:
    graphs = {name: (triples, facts) for name, triples, facts in build_graphs([folder])}
    own, world = plan_triples(folder)
    inferred, reasons = inferred_triples([folder])
    assert list(graphs) == [plan_iri(PLAN_ID), world_graph_iri(PLAN_ID), INFERRED_GRAPH, ONTOLOGY_GRAPH]
    assert graphs[plan_iri(PLAN_ID)] == (own, own)
    assert graphs[world_graph_iri(PLAN_ID)] == (world, world)
    assert graphs[INFERRED_GRAPH] == (sorted(inferred + reasons), inferred)
    assert graphs[ONTOLOGY_GRAPH] == (ontology_triples(), ontology_triples())


def test_quads_are_sorted_and_without_blank_nodes_and_the_default_graph_is_the_facts(folder: PlanFolder) -> None:
    lines = list(build_nquads([folder]))
    store = ox.Store()
    store.bulk_load("".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    assert len(store) == len(lines) == len(set(lines))
    for quad in store:
        assert not isinstance(quad.subject, ox.BlankNode)
        assert not isinstance(quad.object, ox.BlankNode)
    merged = [line for line in lines if isinstance(graph_of(line), ox.DefaultGraph)]
    assert merged == sorted(merged) == lines[-len(merged) :]
    expected: set[str] = set()
    for _, _, facts in build_graphs([folder]):
        expected |= set(facts)
    assert {line.removesuffix(" .\n") for line in merged} == expected


def graph_of(line: str) -> ox.NamedNode | ox.BlankNode | ox.DefaultGraph:
    """Name of the graph of an N-Quads line."""
    (quad,) = ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS)
    return quad.graph_name


def test_two_runs_give_the_same_lines_whatever_the_hash_seed(tmp_path: Path) -> None:
    path = Draft().write(tmp_path)[0]
    code = (
        "import sys; from pathlib import Path; from plangraph.folder import read_folder; from plangraph.rdf import *; from tests.whole_graphs import *\n"
        "folder = read_folder(Path(sys.argv[1])); sys.stdout.reconfigure(encoding='utf-8')\n"
        "print(''.join(build_nquads([folder])))\n"
        "write_trig([(g, t) for g, t, _ in build_graphs([folder])], Path(sys.argv[2]))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, str(path), str(tmp_path / f"{seed}.trig")],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1] and len(outputs[0]) > 10_000
    assert (tmp_path / "1.trig").read_bytes() == (tmp_path / "2.trig").read_bytes()


def test_trig_holds_the_same_quads(folder: PlanFolder, tmp_path: Path) -> None:
    graphs = [(name, triples) for name, triples, _ in build_graphs([folder])]
    write_trig(graphs, tmp_path / "graph.trig")
    found = set(ox.parse(path=str(tmp_path / "graph.trig")))
    assert len(found) == sum(len(triples) for _, triples in graphs)
    assert {q.graph_name.value for q in found} == {name for name, _ in graphs}


def test_every_hostile_cell_reaches_the_store_as_it_stands(tmp_path: Path) -> None:
    hostile = 'x" . <urn:a> <urn:b> "\\u0041\\'
    draft = Draft()
    draft.entities[5] |= {"label_zh": hostile, "label_en": hostile, "aliases": hostile, "note": hostile}
    draft.statements[0] |= {"reason": hostile, "decided_by": hostile, "quote": hostile + "\n", "section": "章" + "\\"}
    found = read_folder(draft.write(tmp_path)[0])
    store = ox.Store()
    store.bulk_load("".join(build_nquads([found])).encode(), format=ox.RdfFormat.N_QUADS)
    quotes = {row[0].value for row in store.query(f"SELECT ?q {{ ?e <{OA}exact> ?q }}")}
    assert hostile + "\n" in quotes
    assert not list(store.quads_for_pattern(ox.NamedNode("urn:a"), None, None))
    labels = [row[0].value for row in store.query(f"SELECT ?v {{ {iri(BAISHA)} <{RDFS}label> ?v }}")]
    assert labels == [hostile, hostile]


def test_ontology_triples_are_those_of_the_file_with_names_for_blank_nodes(checkout: Path) -> None:
    lines = ontology_triples()
    assert lines == sorted(set(lines)) == ontology_triples()
    assert not [line for line in lines if "_:" in line]
    original = ox.Dataset(ox.parse(path=str(checkout / "ontology" / "plangraph.ttl")))
    assert len(lines) == len(original)
    text = "".join(line + " .\n" for line in lines)
    text = re.sub(rf"<{ONTOLOGY_GRAPH}/node/(\w+)>", r"_:\1", text)
    again = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    for dataset in (original, again):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert original == again


def test_evidence_of_one_place_for_two_claims_is_two_evidences() -> None:
    place = Evidence(3, 9, "六个字的引文")
    iris = {evidence_iri(stated(QINGSHI, p, DONGCHUAN), place.start, place.end) for p in ("serves", "locatedIn")}
    assert len(iris) == 2
