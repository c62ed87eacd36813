"""Accepted mappings → the graph that says what was made one, on whose word, and how to tell it apart again."""

from __future__ import annotations

from collections.abc import Iterable

from plangraph.inference import Gist
from plangraph.model import decimal_text
from plangraph.ontology import load_ontology
from plangraph.rdf import literal
from plangraph.resolve.mappings import MAPPING, SEMAPV, SSSOM
from plangraph.resolve.merge import Merging
from plangraph.resolve.names import concept_endings
from plangraph.vocab import DCTERMS, OWL, RDF, ROOT, SKOS, XSD, entity_iri

MAPPINGS_GRAPH = ROOT + "graph/mappings"
#: The one scheme that the domains and technologies of all plans belong to.
CONCEPTS = ROOT + "scheme/concepts"
_PREFIXES = {"owl": OWL, "skos": SKOS}


def mapping_triples(merged: Merging, gists: Iterable[Gist]) -> tuple[list[str], list[str]]:
    """Sorted triples of the graph of mappings, and those of them that are facts of the merged graph.

    What went into another node is named by its old IRI, ``dcterms:isReplacedBy`` the new one. Facts are only the links
    between nodes that are still there (``skos:closeMatch``) and the concept scheme.
    """
    lines, facts = [], []
    for m in merged.mappings:
        prefix, _, local = m.predicate.partition(":")
        predicate = f"<{_PREFIXES[prefix]}{local}>"
        node = f"<{MAPPING}{m.record}>"
        one, other = (f"<{entity_iri(i)}>" for i in (m.one, m.other))
        lines += [
            f"{one} {predicate} {other}",
            f"{node} <{RDF}type> <{OWL}Axiom>",
            f"{node} <{OWL}annotatedSource> {one}",
            f"{node} <{OWL}annotatedProperty> {predicate}",
            f"{node} <{OWL}annotatedTarget> {other}",
            f"{node} <{SSSOM}mapping_justification> <{SEMAPV}ManualMappingCuration>",
            f"{node} <{SSSOM}confidence> {literal(decimal_text(m.confidence), XSD + 'decimal')}",
        ]
        if m.decided_by:
            lines.append(f"{node} <{SSSOM}reviewer_label> {literal(m.decided_by)}")
        if m.decided_on:
            lines.append(f"{node} <{SSSOM}mapping_date> {literal(m.decided_on, XSD + 'date')}")
        if not m.merges:
            ends = [f"<{entity_iri(merged.ids.get(i, i))}>" for i in (m.one, m.other)]
            facts.append(f"{ends[0]} {predicate} {ends[1]}")
    for old, new in merged.ids.items():
        lines.append(f"<{entity_iri(old)}> <{DCTERMS}isReplacedBy> <{entity_iri(new)}>")
    facts += _scheme(merged, gists)
    return sorted({*lines, *facts}), sorted(set(facts))


def _scheme(merged: Merging, gists: Iterable[Gist]) -> list[str]:
    """The concept scheme with the concepts that some mapping speaks of."""
    spoken = {merged.ids.get(i, i) for m in merged.mappings for i in (m.one, m.other)}
    top = load_ontology().top_class
    concepts = {e[0] for g in gists for e in g.entities if e[0] in spoken and top(e[1]) in concept_endings()}
    found = [f"<{entity_iri(i)}> <{SKOS}inScheme> <{CONCEPTS}>" for i in sorted(concepts)]
    return [*found, f"<{CONCEPTS}> <{RDF}type> <{SKOS}ConceptScheme>"] if found else []
