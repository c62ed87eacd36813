"""GraphML, as networkx writes it: it keeps parallel edges, their ids and every attribute."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from plangraph.export.entity_network import EDGE_FIELDS, NODE_FIELDS, entity_network, joined

if TYPE_CHECKING:
    from plangraph.export.content import Content
    from plangraph.graph import PlanGraph


def graphml(kg: PlanGraph, plan: str | None) -> Content:
    """The entity network as GraphML; an attribute without a value is left out.

    An edge's id is its statement's hash and its ``label`` the relation's Chinese name, which drawing tools print.
    """
    import networkx

    network = entity_network(kg, plan)
    graph = networkx.MultiDiGraph()
    for n in network.nodes:
        values = {name: getattr(n, name) for name in NODE_FIELDS[1:]} | {"aliases": joined(n.aliases, "|")}
        graph.add_node(n.id, **_filled(values))
    for e in network.edges:
        values = {"label": e.relation_zh} | {name: getattr(e, name) for name in EDGE_FIELDS[3:]}
        graph.add_edge(e.source, e.target, key=e.id, **_filled(values))
    out = io.BytesIO()
    # Not write_graphml: that takes lxml where it is installed, and the bytes would depend on it.
    networkx.write_graphml_xml(graph, out)
    return network.content({"": out.getvalue()})


def _filled(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value != ""}
