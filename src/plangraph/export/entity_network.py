"""The entity network as the network and table formats write it: nodes, and one edge a statement.

Goals are nodes, and so is a plan that is itself the subject of a statement. Parallel and opposite statements
stay edges of their own. Characters that XML 1.0 cannot hold become U+FFFD here, once for all these formats, and
line ends become LF; everything else (quotes, markup, formulas, right-to-left marks) is left to each format's
own escaping.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from plangraph.export.content import Content
from plangraph.ontology import load_ontology
from plangraph.vocab import RDF, entity_id, plan_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plangraph.graph import PlanGraph
    from plangraph.model import Statement

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Node:
    """An entity, or a plan that states something of itself.

    ``type`` is the local name of its class, ``type_zh`` and ``type_en`` the class's names; ``admin_code`` is its
    code in GB/T 2260 if it has one.
    """

    id: str
    label: str
    label_en: str
    type: str
    type_zh: str
    type_en: str
    aliases: tuple[str, ...]
    admin_code: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement from its subject (``source``) to its object (``target``).

    ``id`` is the hash at the end of the statement's IRI; ``evidence`` says how many places carry it, and
    ``quote``, ``section``, ``paragraph``, ``start`` and ``end`` are those of the first.
    """

    id: str
    source: str
    target: str
    relation: str
    relation_zh: str
    relation_en: str
    plan: str
    status: str
    confidence: float
    evidence: int
    quote: str
    section: str
    paragraph: int
    start: int
    end: int


NODE_FIELDS = tuple(f.name for f in fields(Node))
EDGE_FIELDS = tuple(f.name for f in fields(Edge))


@dataclass(frozen=True, slots=True)
class EntityNetwork:
    """Nodes sorted by id; edges in the order of the plans and their texts."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def content(self, files: Mapping[str, bytes]) -> Content:
        """``files`` with the network's size."""
        nodes, edges = len(self.nodes), len(self.edges)
        return Content(files, f"{nodes} nodes, {edges} edges", f"{nodes} 个节点，{edges} 条边")


def entity_network(kg: PlanGraph, plan: str | None) -> EntityNetwork:
    """All entities and statements of ``kg``, or those of ``plan``; entities without a statement included."""
    statements = kg.statements(plan=plan)
    nodes = _entity_nodes(kg, plan) + _plan_nodes(kg, {s.subject for s in statements})
    return EntityNetwork(tuple(sorted(nodes, key=lambda n: n.id)), tuple(_edge(s) for s in statements))


def clean(text: str) -> str:
    """``text`` with LF line ends and with U+FFFD for each character that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def joined(names: tuple[str, ...], separator: str) -> str:
    """Names in one cell; a separator within a name becomes its full-width form, so that names stay apart."""
    return separator.join(n.replace(separator, chr(ord(separator) + 0xFEE0)) for n in names)


def _entity_nodes(kg: PlanGraph, plan: str | None) -> list[Node]:
    import pyoxigraph as ox

    entities = kg.entities()
    if plan is not None:
        graph = ox.NamedNode(plan_iri(plan))
        typed = {str(q.subject) for q in kg.store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None, graph)}
        entities = [e for e in entities if f"<{e.iri}>" in typed]
    codes = dict(kg.query("SELECT ?e (MIN(?code) AS ?first) WHERE { ?e plan:adminCode ?code } GROUP BY ?e").rows)
    return [
        _node(e.id, e.label_zh, e.label_en, e.type, tuple(clean(a) for a in e.aliases), codes.get(e.iri, ""))
        for e in entities
    ]


def _plan_nodes(kg: PlanGraph, subjects: set[str]) -> list[Node]:
    titles = {entity_id(iri): words for iri, words in kg.plans.items() if entity_id(iri) in subjects}
    return [_node(id or "", words["zh"], words["en"], "Plan", (), "") for id, words in titles.items()]


def _node(id: str, label: str, label_en: str, type: str, aliases: tuple[str, ...], code: str) -> Node:
    term = load_ontology().classes[type]
    return Node(id, clean(label), clean(label_en), type, term.label_zh, term.label_en, aliases, clean(code))


def _edge(s: Statement) -> Edge:
    from plangraph.folder import SECTION_SEPARATOR

    term, first = load_ontology().relations[s.predicate], s.surest
    return Edge(
        id=s.iri.rpartition("/")[2],
        source=s.subject,
        target=s.object,
        relation=s.predicate,
        relation_zh=term.label_zh,
        relation_en=term.label_en,
        plan=s.plan,
        status=s.status,
        confidence=s.confidence,
        evidence=len(s.evidence),
        quote=clean(first.quote),
        section=clean(SECTION_SEPARATOR.join(first.section)),
        paragraph=first.paragraph,
        start=first.start,
        end=first.end,
    )
