"""A build's graphs made in one piece, to compare builds with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plangraph.folder import PlanFolder
from plangraph.inference import gist_of, infer
from plangraph.rdf import ontology_triples, plan_triples
from plangraph.vocab import INFERRED_GRAPH, ONTOLOGY_GRAPH, plan_iri, world_graph_iri


def inferred_triples(folders: Iterable[PlanFolder]) -> tuple[list[str], list[str]]:
    """What follows from the statements of ``folders`` by the ontology.

    Returns:
        The inferred facts, and the triples that say of each by which rule and on which statements it rests;
        both sorted. A fact that some plan states itself is not among them.
    """
    lines = list(infer([gist_of(f) for f in folders]))
    return sorted(fact for fact, _ in lines), sorted(reason for _, why in lines for reason in why)


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
