"""RDF files: Turtle, TriG, N-Quads and JSON-LD, lossless and the same bytes every time.

TriG, N-Quads and JSON-LD hold the named graphs and not the default graph, which only repeats their facts; with a
plan they hold that plan's graph and its world graph. Turtle has no named graphs: it holds the merged facts of
the default graph, or what one plan's own text says.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.export.content import Content
from plangraph.ontology import prefixes
from plangraph.vocab import plan_iri, world_graph_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    from plangraph.graph import PlanGraph


def turtle(kg: PlanGraph, plan: str | None) -> Content:
    """The merged facts of all plans, or the graph of ``plan``, as Turtle."""
    import pyoxigraph as ox

    lines = _triples(kg, ox.DefaultGraph() if plan is None else ox.NamedNode(plan_iri(plan)))
    out = io.BytesIO()
    triples = ox.parse("".join(f"{t} .\n" for t in lines).encode("utf-8"), format=ox.RdfFormat.N_TRIPLES)
    ox.serialize(triples, out, format=ox.RdfFormat.TURTLE, prefixes=prefixes())
    return Content({"": out.getvalue()}, f"{len(lines)} triples", f"{len(lines)} 个三元组")


def trig(kg: PlanGraph, plan: str | None) -> Content:
    """The named graphs as TriG."""
    import tempfile

    from plangraph.rdf import write_trig

    graphs = _named_graphs(kg, plan)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.trig"
        write_trig(graphs, path)
        return _counted(path.read_bytes(), graphs)


def nquads(kg: PlanGraph, plan: str | None) -> Content:
    """The named graphs as N-Quads."""
    graphs = _named_graphs(kg, plan)
    return _counted(_lines(graphs), graphs)


def jsonld(kg: PlanGraph, plan: str | None) -> Content:
    """The named graphs as expanded JSON-LD, one object a graph."""
    import pyoxigraph as ox

    out = io.BytesIO()
    graphs = _named_graphs(kg, plan)
    ox.serialize(ox.parse(_lines(graphs), format=ox.RdfFormat.N_QUADS), out, format=ox.RdfFormat.JSON_LD)
    return _counted(out.getvalue(), graphs)


def _named_graphs(kg: PlanGraph, plan: str | None) -> list[tuple[str, list[str]]]:
    import pyoxigraph as ox

    wanted = None if plan is None else (plan_iri(plan), world_graph_iri(plan))
    names = sorted(g.value for g in kg.store.named_graphs())
    return [(name, _triples(kg, ox.NamedNode(name))) for name in names if wanted is None or name in wanted]


def _triples(kg: PlanGraph, graph: ox.NamedNode | ox.DefaultGraph) -> list[str]:
    quads = kg.store.quads_for_pattern(None, None, None, graph)
    return sorted(f"{q.subject} {q.predicate} {q.object}" for q in quads)


def _lines(graphs: Iterable[tuple[str, list[str]]]) -> bytes:
    return "".join(f"{t} <{name}> .\n" for name, triples in graphs for t in triples).encode("utf-8")


def _counted(data: bytes, graphs: list[tuple[str, list[str]]]) -> Content:
    quads = sum(len(triples) for _, triples in graphs)
    return Content(
        {"": data},
        f"{quads} quads in {len(graphs)} named graphs",
        f"{len(graphs)} 个命名图，{quads} 个四元组",
    )
