"""Two CSV tables that a spreadsheet program opens with a double click: entities and statements.

They are for reading and counting. A plan's own tables (`plangraph.folder`) are the ones to edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plangraph.export.entity_network import EDGE_FIELDS, NODE_FIELDS, entity_network, joined

if TYPE_CHECKING:
    from plangraph.export.content import Content
    from plangraph.graph import PlanGraph

#: Without it Excel takes the file for the system's old encoding (GBK on a Chinese Windows).
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def csv_tables(kg: PlanGraph, plan: str | None) -> Content:
    """``entities.csv`` and ``statements.csv``: UTF-8 with byte order mark, formulas disarmed with an apostrophe."""
    from plangraph.tables import write_table

    network = entity_network(kg, plan)
    labels = {n.id: n.label for n in network.nodes}
    entities = [
        [joined(n.aliases, "|") if name == "aliases" else getattr(n, name) for name in NODE_FIELDS]
        for n in network.nodes
    ]
    # The names of both ends stand beside their ids, so that a row can be read without looking anything up.
    heads = ("id", "subject", "subject_label", "object", "object_label", *EDGE_FIELDS[3:])
    statements = [
        [e.id, e.source, labels[e.source], e.target, labels[e.target], *(str(getattr(e, n)) for n in EDGE_FIELDS[3:])]
        for e in network.edges
    ]
    return network.content(
        {
            "entities.csv": _BYTE_ORDER_MARK + write_table(NODE_FIELDS, entities),
            "statements.csv": _BYTE_ORDER_MARK + write_table(heads, statements),
        }
    )
