"""Namespaces, IRIs and identifiers.

Everything has an IRI, so that the same input gives the same bytes: there are no blank nodes in the data.
A statement's IRI is a hash of what is claimed (plan, subject, predicate, object) and of nothing else, so it
stays when evidence is added, and two plans that say the same thing make two statements about one fact.
"""

from __future__ import annotations

import functools
import hashlib
import re
from json.encoder import encode_basestring

ROOT = "https://w3id.org/plangraph/"
PLAN = ROOT + "ontology#"
ID = ROOT + "id/"
SHAPES = ROOT + "shapes#"
ONTOLOGY_GRAPH = ROOT + "ontology"
INFERRED_GRAPH = ROOT + "graph/inferred"
#: What a push to a SPARQL server writes down there: the graph, and the namespace of its terms.
PUSH_GRAPH = ROOT + "push"
PUSH = PUSH_GRAPH + "#"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
SH = "http://www.w3.org/ns/shacl#"

#: Known in every query without being declared.
PREFIXES = {
    "plan": PLAN,
    "id": ID,
    "plans": ROOT + "plan/",
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "oa": OA,
    "prov": PROV,
}

_LOCAL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Whether ``text`` is a slug: lower-case ASCII letters and digits in words joined by single hyphens."""
    return _SLUG.fullmatch(text) is not None


def is_local_name(text: str) -> bool:
    """Whether ``text`` can be the local name of a class or relation: ASCII letters and digits, a letter first."""
    return _LOCAL_NAME.fullmatch(text) is not None


def is_entity_id(text: str) -> bool:
    """Whether ``text`` is an entity id: a class word, a slash and a slug (``park/china-xinchuang-valley``)."""
    head, slash, tail = text.partition("/")
    return bool(slash) and is_slug(head) and is_slug(tail)


def plan_iri(plan_id: str) -> str:
    """IRI of a plan, which is also the name of its graph."""
    return f"{ROOT}plan/{plan_id}"


def world_graph_iri(plan_id: str) -> str:
    """Name of the graph of what is added to a plan from outside its text (English names, codes, dates)."""
    return f"{ROOT}plan/{plan_id}/world"


def entity_iri(entity_id: str) -> str:
    """IRI of an entity id; a plan as a subject is written ``plan/PLAN-ID`` and keeps its own IRI."""
    return (ROOT if entity_id.startswith("plan/") else ID) + entity_id


def entity_id(iri: str) -> str | None:
    """Entity id of an IRI of ours, or None."""
    if iri.startswith(ID):
        return iri[len(ID) :]
    if iri.startswith(ROOT + "plan/") and iri.count("/") == ROOT.count("/") + 1:
        return iri[len(ROOT) :]
    return None


def section_iri(plan_id: str, order: int) -> str:
    """IRI of the ``order``-th section (from 1) of a plan."""
    return f"{ROOT}plan/{plan_id}/section/{order}"


def count_iri(plan_id: str, number: int) -> str:
    """IRI of the ``number``-th stated count (from 1) of a plan."""
    return f"{ROOT}plan/{plan_id}/count/{number}"


def analysis_iri(base: str, parameters: str) -> str:
    """Name of the graph of an analysis of build ``base``; ``parameters`` says what was computed and how."""
    return f"{ROOT}analysis/{_digest(base, parameters)}"


def _digest(*parts: str) -> str:
    # A JSON list is an unambiguous encoding: no two lists of strings share one.
    return hashlib.sha256(f"[{','.join(map(encode_basestring, parts))}]".encode()).hexdigest()[:32]


@functools.lru_cache(4096)  # several readers of one plan ask for it
def statement_iri(plan_id: str, subject: str, predicate: str, object: str) -> str:
    """IRI of the statement that plan ``plan_id`` makes; ends are entity ids, ``predicate`` a local name."""
    return f"{ROOT}statement/{_digest(plan_id, subject, predicate, object)}"


def evidence_iri(statement: str, start: int, end: int) -> str:
    """IRI of the evidence for ``statement`` at code points ``start`` to ``end`` of the plan's text."""
    return f"{statement}/evidence/{start}-{end}"


def inferred_iri(subject: str, predicate: str, object: str) -> str:
    """IRI of an inferred statement; the arguments are full IRIs."""
    return f"{ROOT}inferred/{_digest(subject, predicate, object)}"
