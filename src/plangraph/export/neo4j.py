"""Nodes and relationships as ``neo4j-admin database import`` reads them.

The tables go into a database and not into a spreadsheet: nothing in them is disarmed for one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from plangraph.export.entity_network import EDGE_FIELDS, NODE_FIELDS, entity_network, joined
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.export.content import Content
    from plangraph.graph import PlanGraph

#: Run in the folder. The database's name comes first: Neo4j 5.19 and later take it for a file after the options.
IMPORT_COMMAND = (
    "neo4j-admin database import full neo4j --nodes=nodes.csv --relationships=relationships.csv --multiline-fields=true"
)
_SEPARATOR = ";"  # between labels and between aliases: the default of --array-delimiter
_TYPES = {"confidence": "double", "evidence": "int", "paragraph": "int", "start": "int", "end": "int"}


def neo4j(kg: PlanGraph, plan: str | None) -> Content:
    """``nodes.csv``, ``relationships.csv`` and ``README.txt`` with the command that imports them.

    A node has its class and all classes above it as labels (``Entity;Park;SciencePark``); a relationship's type is
    the relation's local name.
    """
    network = entity_network(kg, plan)
    ontology = load_ontology()
    node_heads = ["id:ID", *NODE_FIELDS[1:6], "aliases:string[]", "admin_code", ":LABEL"]
    nodes = (
        [
            *(getattr(n, name) for name in NODE_FIELDS[:6]),
            joined(n.aliases, _SEPARATOR),
            n.admin_code,
            _SEPARATOR.join(reversed(ontology.ancestors(n.type))),
        ]
        for n in network.nodes
    )
    properties = EDGE_FIELDS[4:]
    heads = [":START_ID", ":END_ID", ":TYPE", "id", *(f"{p}:{_TYPES[p]}" if p in _TYPES else p for p in properties)]
    edges = ([e.source, e.target, e.relation, e.id, *(str(getattr(e, p)) for p in properties)] for e in network.edges)
    readme = f"在本文件夹中运行（数据库 neo4j 须为空或不存在）：\nRun in this folder (the database must be empty or absent):\n\n{IMPORT_COMMAND}\n"
    return network.content(
        {
            "nodes.csv": _table(node_heads, nodes),
            "relationships.csv": _table(heads, edges),
            "README.txt": readme.encode("utf-8"),
        }
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
