"""Model ⇄ quads: the one file that knows both vocabularies.

Triples are written straight as canonical N-Triples text (``<s> <p> <o>`` without the final stop): Oxigraph
loads such lines in bulk faster than it takes Python objects, and sorting them gives the same bytes every time.

A build holds these graphs:

* each plan's own graph (``…/plan/PLAN-ID``): what its text says: entities, facts, statements, evidence, sections;
* each plan's world graph (``…/plan/PLAN-ID/world``): English names, administrative codes and other facts that
  do not come from the text;
* the inferred graph: what follows from the statements by the ontology, each with what it rests on;
* the ontology's graph;
* the default graph: all facts of the above, merged, so that a query without GRAPH sees each fact once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from plangraph.folder import PlanFolder
from plangraph.model import Entity, Evidence, Section, Statement, decimal_text
from plangraph.ontology import prefixes
from plangraph.resources import resource_dir
from plangraph.vocab import (
    DCTERMS,
    OA,
    ONTOLOGY_GRAPH,
    PLAN,
    RDF,
    RDFS,
    SKOS,
    XSD,
    count_iri,
    entity_iri,
    evidence_iri,
    plan_iri,
    section_iri,
    statement_iri,
)

ADMIN_CODE = re.compile(r"GB/T 2260\s*[:：]?\s*(\w+)")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_TO_ESCAPE = re.compile(r'[\\"\n\r]')
#: Which keys of plan.toml become which property of the plan.
_PLAN_LITERALS = {
    "title": (DCTERMS + "title", "@zh"),
    "title_en": (DCTERMS + "title", "@en"),
    "issuer": (DCTERMS + "issuer", "@zh"),
    "document_number": (PLAN + "documentNumber", ""),
    "jurisdiction": (PLAN + "jurisdiction", "@zh"),
    "period_start": (PLAN + "periodStart", XSD + "integer"),
    "period_end": (PLAN + "periodEnd", XSD + "integer"),
    "published": (DCTERMS + "issued", XSD + "date"),
    "language": (DCTERMS + "language", ""),
    "publisher": (DCTERMS + "publisher", "@zh"),
    "url": (DCTERMS + "source", ""),
    "text_sha256": (PLAN + "textSha256", ""),
    "text_characters": (PLAN + "textCharacters", XSD + "integer"),
}
_TYPE = f"<{RDF}type>"
_LABEL = f"<{RDFS}label>"


def literal(value: object, kind: str = "") -> str:
    """An N-Triples literal; ``kind`` is a language tag with its ``@``, a datatype IRI, or nothing."""
    text = str(value)
    if "\\" in text or '"' in text or "\n" in text or "\r" in text:  # seldom, and faster to ask than to replace
        text = _TO_ESCAPE.sub(lambda m: _ESCAPES[m[0]], text)
    if kind.startswith("@"):
        return f'"{text}"{kind}'
    return f'"{text}"^^<{kind}>' if kind else f'"{text}"'


def plan_triples(folder: PlanFolder) -> tuple[list[str], list[str]]:
    """Sorted triples of a plan's own graph and of its world graph; rejected statements are left out."""
    own: list[str] = []
    world: list[str] = []
    plan = folder.plan
    iri = plan_iri(plan.id)
    own.append(f"<{iri}> {_TYPE} <{PLAN}Plan>")
    own.append(f"<{iri}> <{DCTERMS}identifier> {literal(plan.id)}")
    own.append(f"<{iri}> {_LABEL} {literal(plan.title, '@zh')}")
    if plan.title_en:
        world.append(f"<{iri}> {_LABEL} {literal(plan.title_en, '@en')}")
    for key, (prop, kind) in _PLAN_LITERALS.items():
        value = getattr(plan, key)
        if value not in ("", None):
            outside = key in folder.world_facts or key == "title_en"
            (world if outside else own).append(f"<{iri}> <{prop}> {literal(value, kind)}")
    for entity in folder.entities:
        _entity(entity, own, world)
    sections = folder.sections
    numbers = {s.path: s.order for s in sections}
    for section in sections:
        _section(plan.id, section, own)
    for statement in folder.statements:
        if statement.status != "rejected":
            _statement(plan.id, statement, numbers, own)
    for number, count in enumerate(plan.stated_counts, 1):
        node = count_iri(plan.id, number)
        own += [
            f"<{entity_iri(count.subject)}> <{PLAN}statedCount> <{node}>",
            f"<{node}> {_TYPE} <{PLAN}StatedCount>",
            f"<{node}> <{PLAN}count> {literal(count.count, XSD + 'integer')}",
            f"<{node}> <{PLAN}unnamedCount> {literal(count.unnamed, XSD + 'integer')}",
            f"<{node}> <{PLAN}countedClass> <{PLAN}{count.counted}>",
            *(f"<{node}> <{PLAN}named> <{entity_iri(n)}>" for n in count.named),
        ]
        _evidence(plan.id, node, count.evidence, numbers, own)
    return sorted(set(own)), sorted(set(world))


def _entity(entity: Entity, own: list[str], world: list[str]) -> None:
    iri = entity_iri(entity.id)
    own.append(f"<{iri}> {_TYPE} <{PLAN}{entity.type}>")
    own.append(f"<{iri}> {_LABEL} {literal(entity.label_zh, '@zh')}")
    own += [f"<{iri}> <{SKOS}altLabel> {literal(a, '@zh')}" for a in entity.aliases]
    if entity.label_en:
        world.append(f"<{iri}> {_LABEL} {literal(entity.label_en, '@en')}")
    if entity.broader:
        own.append(f"<{iri}> <{SKOS}broader> <{entity_iri(entity.broader)}>")
    if entity.note:
        world.append(f"<{iri}> <{SKOS}note> {literal(entity.note)}")
        world += [f"<{iri}> <{PLAN}adminCode> {literal(code)}" for code in ADMIN_CODE.findall(entity.note)]


def _section(plan_id: str, section: Section, own: list[str]) -> None:
    iri = section_iri(plan_id, section.order)
    own += [
        f"<{iri}> {_TYPE} <{PLAN}Section>",
        f"<{iri}> <{PLAN}inPlan> <{plan_iri(plan_id)}>",
        f"<{iri}> <{PLAN}order> {literal(section.order, XSD + 'integer')}",
        f"<{iri}> <{PLAN}heading> {literal(section.heading, '@zh')}",
    ]
    if section.parent:
        own.append(f"<{iri}> <{PLAN}parentSection> <{section_iri(plan_id, section.parent)}>")


def _statement(plan_id: str, s: Statement, sections: dict[tuple[str, ...], int], own: list[str]) -> None:
    node = statement_iri(plan_id, s.subject, s.predicate, s.object)
    subject, predicate, object = entity_iri(s.subject), PLAN + s.predicate, entity_iri(s.object)
    own += [
        f"<{subject}> <{predicate}> <{object}>",
        f"<{node}> {_TYPE} <{PLAN}Statement>",
        f"<{node}> <{RDF}subject> <{subject}>",
        f"<{node}> <{RDF}predicate> <{predicate}>",
        f"<{node}> <{RDF}object> <{object}>",
        f"<{node}> <{PLAN}statedIn> <{plan_iri(plan_id)}>",
        f"<{node}> <{PLAN}status> {literal(s.status)}",
    ]
    for e in s.evidence:
        if e.status != "rejected":
            _evidence(plan_id, node, e, sections, own)


def _evidence(plan_id: str, owner: str, e: Evidence, sections: dict[tuple[str, ...], int], own: list[str]) -> None:
    node = evidence_iri(owner, e.start, e.end)
    own += [
        f"<{owner}> <{PLAN}evidence> <{node}>",
        f"<{node}> {_TYPE} <{PLAN}Evidence>",
        f"<{node}> <{OA}exact> {literal(e.quote, '@zh')}",
        f"<{node}> <{OA}start> {literal(e.start, XSD + 'integer')}",
        f"<{node}> <{OA}end> {literal(e.end, XSD + 'integer')}",
        f"<{node}> <{PLAN}paragraph> {literal(e.paragraph, XSD + 'integer')}",
        f"<{node}> <{PLAN}method> {literal(e.method)}",
        f"<{node}> <{PLAN}confidence> {literal(decimal_text(e.confidence), XSD + 'decimal')}",
        f"<{node}> <{PLAN}status> {literal(e.status)}",
    ]
    if e.section:
        own.append(f"<{node}> <{PLAN}inSection> <{section_iri(plan_id, sections[e.section])}>")
    for prop, value, kind in (
        ("decidedBy", e.decided_by, ""),
        ("decidedOn", e.decided_on, XSD + "date"),
        ("reason", e.reason, ""),
    ):
        if value:
            own.append(f"<{node}> <{PLAN}{prop}> {literal(value, kind)}")


@functools.cache
def ontology_triples() -> list[str]:
    """The ontology's triples, sorted; its blank nodes get names that depend on the file alone."""
    import pyoxigraph as ox

    dataset = ox.Dataset(ox.parse(path=str(resource_dir("ontology") / "plangraph.ttl")))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    blank = re.compile(r"_:(\w+)")
    return sorted(blank.sub(rf"<{ONTOLOGY_GRAPH}/node/\1>", f"{q.subject} {q.predicate} {q.object}") for q in dataset)


def ntriples(triples: Iterable[str]) -> str:
    """N-Triples of ``triples``, a line each."""
    return "".join([t + " .\n" for t in triples])


def both_graphs(graph: str, triples: str, facts: str) -> Iterator[str]:
    """N-Quads of the N-Triples ``triples`` in their graph, and of ``facts`` in the default graph."""
    yield triples.replace(" .\n", f" <{graph}> .\n")  # a line end inside a literal is escaped
    yield facts


def write_trig(graphs: Iterable[tuple[str, list[str]]], path: Path) -> None:
    """Write named graphs as TriG; the same graphs give the same bytes."""
    import pyoxigraph as ox

    lines = "".join(f"{t} <{name}> .\n" for name, triples in graphs for t in triples)
    quads = ox.parse(lines.encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    ox.serialize(quads, str(path), format=ox.RdfFormat.TRIG, prefixes=prefixes())
