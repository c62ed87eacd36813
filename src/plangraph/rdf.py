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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plangraph.folder import PlanFolder
from plangraph.model import Entity, Evidence, Section, Statement, decimal_text
from plangraph.ontology import Ontology, Relation, load_ontology, prefixes
from plangraph.resources import resource_dir
from plangraph.vocab import (
    DCTERMS,
    INFERRED_GRAPH,
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
    inferred_iri,
    plan_iri,
    section_iri,
    statement_iri,
    world_graph_iri,
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
Fact = tuple[str, str, str]
#: A plan's id, and subject, relation and object of a statement of it.
Claim = tuple[str, str, str, str]
#: The rule of an inference and its premises.
Why = tuple[str, tuple[Claim, ...]]
_TYPE = f"<{RDF}type>"
_LABEL = f"<{RDFS}label>"


def literal(value: object, kind: str = "") -> str:
    """An N-Triples literal; ``kind`` is a language tag with its ``@``, a datatype IRI, or nothing."""
    text = _TO_ESCAPE.sub(lambda m: _ESCAPES[m[0]], str(value))
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


@dataclass(frozen=True, slots=True)
class Gist:
    """What inference and merging need of one plan, without its evidence.

    Args:
        plan: Its id.
        entities: Id, class, Chinese name, English name and broader concept of each.
        claims: Subject, relation and object of each statement that is not rejected.
    """

    plan: str
    entities: tuple[tuple[str, str, str, str, str], ...]
    claims: tuple[tuple[str, str, str], ...]


def gist_of(folder: PlanFolder) -> Gist:
    """The gist of a plan."""
    return Gist(
        folder.plan.id,
        tuple((e.id, e.type, e.label_zh, e.label_en, e.broader) for e in folder.entities),
        tuple((s.subject, s.predicate, s.object) for s in folder.statements if s.status != "rejected"),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What an inference is to look at; what lies outside is left out of its result.

    Args:
        pairs: Ids of the ends of facts, in either order.
        entities: Ids of entities whose wider classes are wanted.
    """

    pairs: frozenset[tuple[str, str]]
    entities: frozenset[str]

    def holds(self, subject: str, object: str) -> bool:
        """Whether facts between the two are looked at."""
        return (subject, object) in self.pairs or (object, subject) in self.pairs


def inferred_triples(folders: Iterable[PlanFolder]) -> tuple[list[str], list[str]]:
    """What follows from the statements of ``folders`` by the ontology.

    Returns:
        The inferred facts, and the triples that say of each by which rule and on which statements it rests;
        both sorted. A fact that some plan states itself is not among them.
    """
    lines = list(infer([gist_of(f) for f in folders]))
    return sorted(fact for fact, _ in lines), sorted(reason for _, why in lines for reason in why)


def infer(gists: Sequence[Gist]) -> Iterator[tuple[str, list[str]]]:
    """Each inferred fact with the triples that say why it holds."""
    for fact, (rule, premises) in derive(gists).items():
        yield inference(fact, rule, premises)


def derive(gists: Sequence[Gist], scope: Scope | None = None) -> dict[Fact, Why]:
    """Rule and premises of each inferred fact, within ``scope`` if one is given.

    The premises are statements, or plans (with the rest of the claim empty) where an entity is of a wider class.
    """
    stated, wider_types, asserted = _premises(gists, scope)
    facts: dict[Fact, Why] = {}
    for fact, rule, premises in _entailments(stated, load_ontology()):
        facts.setdefault(fact, (rule, premises))
    for fact, plans in wider_types.items():
        facts[fact] = ("subclass", tuple((plan, "", "", "") for plan in sorted(plans)))
    return {fact: why for fact, why in facts.items() if fact not in asserted}


def inference(fact: Fact, rule: str, premises: tuple[Claim, ...]) -> tuple[str, list[str]]:
    """The triple of an inferred fact, and those that say why it holds."""
    s, p, o = fact
    rests = dict.fromkeys(statement_iri(*c) if c[1] else plan_iri(c[0]) for c in premises)
    return f"<{s}> <{p}> <{o}>", list(_inference(inferred_iri(s, p, o), s, p, o, rule, rests))


def _premises(
    gists: Sequence[Gist], scope: Scope | None
) -> tuple[dict[Fact, set[Claim]], dict[Fact, list[str]], set[Fact]]:
    """Statements by fact, plans by an entity's being of a wider class, and all that some plan says itself."""
    ontology = load_ontology()
    chained = {name for name, r in ontology.relations.items() if r.transitive}
    wider = {c: ontology.ancestors(c)[1:] for c in ontology.classes}
    stated: dict[Fact, set[Claim]] = defaultdict(set)
    types: dict[Fact, list[str]] = defaultdict(list)
    asserted: set[Fact] = set()
    for gist in gists:
        for subject, relation, object in gist.claims:
            if scope is None or relation in chained or scope.holds(subject, object):
                fact = (entity_iri(subject), PLAN + relation, entity_iri(object))
                asserted.add(fact)
                stated[fact].add((gist.plan, subject, relation, object))
        for id, kind, _, _, broader in gist.entities:
            if broader:
                asserted.add((entity_iri(id), SKOS + "broader", entity_iri(broader)))
            if scope is None or id in scope.entities:
                iri = entity_iri(id)
                asserted.add((iri, RDF + "type", PLAN + kind))
                for ancestor in wider.get(kind) or ontology.ancestors(kind)[1:]:
                    types[iri, RDF + "type", PLAN + ancestor].append(gist.plan)
    return stated, types, asserted


def scope_of_change(before: Sequence[Gist], after: Sequence[Gist]) -> Scope:
    """What inference has to look at again where ``before`` became ``after``.

    A fact follows from facts between the same two things, or from a chain; so the pairs are those of the claims that
    changed, and all that a chain joined or joins.
    """
    old, new = ({g.plan: g for g in gists} for gists in (before, after))
    changed = [
        g
        for plan in old.keys() | new.keys()
        if old.get(plan) != new.get(plan)
        for g in (old.get(plan), new.get(plan))
        if g
    ]
    pairs = {(s, o) for g in changed for s, _, o in g.claims}
    entities = {e[0] for g in changed for e in g.entities}
    for gists in (before, after):
        for name, relation in load_ontology().relations.items():
            if relation.transitive:
                ends = [(s, o) for g in gists for s, p, o in g.claims if p == name]
                pairs |= _transitive(dict.fromkeys(ends, ())).keys()
    return Scope(frozenset(pairs), frozenset(entities))


def _inference(node: str, s: str, p: str, o: str, rule: str, premises: Iterable[str]) -> Iterator[str]:
    yield f"<{node}> {_TYPE} <{PLAN}InferredStatement>"
    yield f"<{node}> <{RDF}subject> <{s}>"
    yield f"<{node}> <{RDF}predicate> <{p}>"
    yield f"<{node}> <{RDF}object> <{o}>"
    yield f"<{node}> <{PLAN}rule> {literal(rule)}"
    for premise in premises:
        yield f"<{node}> <{PLAN}restsOn> <{premise}>"


def _entailments(stated: dict[Fact, set[Claim]], ontology: Ontology) -> Iterator[tuple[Fact, str, tuple[Claim, ...]]]:
    """Every entailed fact with its rule and premises, maybe more than once; those nearest to the text come first."""
    closed = {fact: tuple(sorted(premises)) for fact, premises in sorted(stated.items())}
    far: list[tuple[Fact, str, tuple[Claim, ...]]] = []
    for name, relation in ontology.relations.items():
        edges = {(s, o): why for (s, p, o), why in closed.items() if p == PLAN + name}
        derived: dict[tuple[str, str], tuple[str, tuple[Claim, ...]]] = {}
        if relation.symmetric:
            derived = {(o, s): ("symmetric", why) for (s, o), why in edges.items() if (o, s) not in edges}
        if relation.transitive:
            derived |= {pair: ("transitive", why) for pair, why in _transitive(edges).items()}
        for (s, o), why in edges.items():
            yield from _readings(s, relation, o, why)
        for (s, o), (rule, why) in derived.items():
            yield (s, PLAN + name, o), rule, why
            far += _readings(s, relation, o, why)
    yield from far


def _readings(
    s: str, relation: Relation, o: str, why: tuple[Claim, ...]
) -> Iterator[tuple[Fact, str, tuple[Claim, ...]]]:
    """The fact that ``s`` has ``relation`` to ``o``, read by the inverse and by the wider relations."""
    if relation.inverse:
        yield (o, PLAN + relation.inverse, s), "inverse", why
    for up in relation.super_properties:
        yield (s, up, o), "subproperty", why


def _transitive(edges: dict[tuple[str, str], tuple[Claim, ...]]) -> dict[tuple[str, str], tuple[Claim, ...]]:
    """Pairs reached in two steps or more, each with the statements along a shortest chain."""
    after: dict[str, list[str]] = defaultdict(list)
    for s, o in sorted(edges):
        after[s].append(o)
    found: dict[tuple[str, str], tuple[Claim, ...]] = {}
    for start in sorted(after):
        chains: dict[str, tuple[Claim, ...]] = {o: edges[start, o] for o in after[start]}
        queue = list(after[start])
        for node in queue:
            for o in after.get(node, ()):
                if o not in chains and o != start:
                    chains[o] = (*chains[node], *edges[node, o])
                    queue.append(o)
        found |= {(start, o): why for o, why in chains.items() if (start, o) not in edges}
    return found


@functools.cache
def ontology_triples() -> list[str]:
    """The ontology's triples, sorted; its blank nodes get names that depend on the file alone."""
    import pyoxigraph as ox

    dataset = ox.Dataset(ox.parse(path=str(resource_dir("ontology") / "plangraph.ttl")))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    blank = re.compile(r"_:(\w+)")
    return sorted(blank.sub(rf"<{ONTOLOGY_GRAPH}/node/\1>", f"{q.subject} {q.predicate} {q.object}") for q in dataset)


def build_graphs(folders: Sequence[PlanFolder]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each named graph of a build: name, sorted triples, and those of them that are facts to be merged.

    Why an inferred fact holds is not itself a fact of the merged graph: it stays in the inferred graph.
    """
    for folder in folders:
        own, world = plan_triples(folder)
        yield plan_iri(folder.plan.id), own, own
        if world:
            yield world_graph_iri(folder.plan.id), world, world
    facts, reasons = inferred_triples(folders)
    yield INFERRED_GRAPH, sorted(facts + reasons), facts
    vocabulary = ontology_triples()
    yield ONTOLOGY_GRAPH, vocabulary, vocabulary


def build_nquads(folders: Sequence[PlanFolder]) -> Iterator[str]:
    """N-Quads lines of a whole build: named graphs first, then the merged facts in the default graph."""
    merged: set[str] = set()
    for name, triples, facts in build_graphs(folders):
        graph = f" <{name}> .\n"
        for t in triples:
            yield t + graph
        merged.update(facts)
    for t in sorted(merged):
        yield t + " .\n"


def both_graphs(graph: str, triples: Iterable[str], facts: Iterable[str]) -> Iterator[str]:
    """N-Quads of ``triples`` in their graph, and of ``facts`` in the default graph, each as one text."""
    end = f" <{graph}> .\n"
    yield "".join([t + end for t in triples])
    yield "".join([t + " .\n" for t in facts])


def write_trig(graphs: Iterable[tuple[str, list[str]]], path: Path) -> None:
    """Write named graphs as TriG; the same graphs give the same bytes."""
    import pyoxigraph as ox

    lines = "".join(f"{t} <{name}> .\n" for name, triples in graphs for t in triples)
    quads = ox.parse(lines.encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    ox.serialize(quads, str(path), format=ox.RdfFormat.TRIG, prefixes=prefixes())
