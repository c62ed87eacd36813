"""GEXF 1.3 for Gephi, written here and not by networkx.

networkx's writer puts today's date into the file, takes ``start`` and ``end`` (the place of the quote) for
times, which makes the network dynamic, and gives edges no ``kind``, without which Gephi merges parallel edges.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from plangraph.export.entity_network import EDGE_FIELDS, NODE_FIELDS, entity_network, joined

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from plangraph.export.content import Content
    from plangraph.graph import PlanGraph

_NAMESPACE = "http://gexf.net/1.3"
_TYPES = {"confidence": "double", "evidence": "integer", "paragraph": "integer", "start": "integer", "end": "integer"}


def gexf(kg: PlanGraph, plan: str | None) -> Content:
    """The entity network as GEXF; an attribute without a value is left out.

    An edge's ``label`` is the relation's Chinese name, its ``kind`` the plan and the relation.
    """
    from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

    network = entity_network(kg, plan)
    root = Element("gexf", xmlns=_NAMESPACE, version="1.3")
    graph = SubElement(root, "graph", defaultedgetype="directed", mode="static", idtype="string")
    for kind, names in (("node", NODE_FIELDS[2:]), ("edge", EDGE_FIELDS[3:])):
        attributes = SubElement(graph, "attributes", {"class": kind, "mode": "static"})
        for name in names:
            SubElement(attributes, "attribute", id=name, title=name, type=_TYPES.get(name, "string"))
    nodes = SubElement(graph, "nodes")
    for n in network.nodes:
        values = {name: getattr(n, name) for name in NODE_FIELDS[2:]} | {"aliases": joined(n.aliases, "|")}
        _attributes(SubElement(nodes, "node", id=n.id, label=n.label), values)
    edges = SubElement(graph, "edges")
    for e in network.edges:
        edge = SubElement(edges, "edge", id=e.id, source=e.source, target=e.target, label=e.relation_zh)
        edge.set("kind", f"{e.plan} {e.relation}")
        _attributes(edge, {name: getattr(e, name) for name in EDGE_FIELDS[3:]})
    indent(root)
    out = io.BytesIO()
    ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return network.content({"": out.getvalue() + b"\n"})


def _attributes(element: Element, values: dict[str, Any]) -> None:
    from xml.etree.ElementTree import SubElement

    holder = SubElement(element, "attvalues")
    for name, value in values.items():
        if value != "":
            SubElement(holder, "attvalue", {"for": name, "value": str(value)})
