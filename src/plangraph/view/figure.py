"""The drawing as pyvis data: nodes with places, looks and measures, one edge for every statement."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from plangraph.model import Entity
from plangraph.network import MEASURES, project
from plangraph.ontology import load_ontology
from plangraph.view.data import Selection
from plangraph.view.layout import Box, place

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph

#: Measures that the page can size and colour nodes by.
PAGE_MEASURES = ("degree", "betweenness", "pagerank")

# Colours of about equal lightness, told apart with any kind of colour vision and on light and dark grounds; each
# kind has a shape of its own as well. They are dealt out in the order of the ontology, so no class is named here.
_COLOURS = ("#3574d4", "#12957c", "#8e5cc9", "#dd7a1b", "#cf4562", "#998520", "#64748b")
_SHAPES = ("dot", "square", "triangle", "diamond", "hexagon", "star", "triangleDown")
_LINES = ("#7d8fb3", "#5fa08f", "#a58bc4", "#c99a6b", "#c08490", "#a89f6a", "#8795a5")

_LINE_HEIGHT = 15
_CJK, _LATIN = 12.5, 6.6  # widths of a character at the label's size
_MAX_LINE, _MAX_LINES = 118, 3
_RADIUS = 9


def looks() -> dict[str, dict[str, Any]]:
    """Shape and colour of each class (a subclass looks like its top class), by local name."""
    ontology = load_ontology()
    tops = list(dict.fromkeys([*ontology.top_classes, "Plan"]))
    found = {}
    for name in ontology.classes:
        top = ontology.top_class(name) or name
        if top in tops:
            n = tops.index(top)
            found[name] = {"shape": _SHAPES[n % len(_SHAPES)], "color": _COLOURS[n % len(_COLOURS)]}
    return found


def lines() -> dict[str, dict[str, Any]]:
    """Colour and dashes of each relation by local name."""
    found = {}
    for n, name in enumerate(load_ontology().relations):
        found[name] = {"color": _LINES[n % len(_LINES)], "dashes": n >= len(_LINES)}
    return found


def to_pyvis(kg: PlanGraph, selection: Selection, lang: str = "zh") -> Any:
    """The selection as a `pyvis.network.Network` with fixed positions and physics off.

    Nodes carry ``group`` (their class), ``community`` and the measures; edges carry ``id``, ``group`` (their
    relation) and a curvature that keeps parallel and opposite edges apart.
    """
    from pyvis.network import Network

    entities, statements = selection.entities, selection.statements
    number = {e.id: n for n, e in enumerate(entities)}
    boxes = [label_box(e) for e in entities]
    layout = place(boxes, [(number[s.subject], number[s.object]) for s in statements])
    measures = _measures(kg, selection)
    network = Network(directed=True, height="100%", width="100%")
    # Spaces would be lost on the way: set_options removes every one of them.
    edges = {"arrows": "to", "smooth": False}
    network.set_options(json.dumps({"groups": looks(), "edges": edges, "physics": {"enabled": False}}))
    for n, (e, box, (x, y)) in enumerate(zip(entities, boxes, layout.positions, strict=True)):
        network.add_node(
            n,
            label=e.label(lang),
            group=e.type,
            x=x,
            y=y - round(box[1] / 2) + _RADIUS + 4,  # the label hangs below the node
            size=_RADIUS,
            community=layout.communities[n],
            **{name: values[e.id] for name, values in measures.items() if e.id in values},
        )
    for node in network.nodes:
        node.pop("color", None)  # pyvis gives every node a colour; the group's is meant
        node.pop("shape", None)
    curves = _curvatures([(number[s.subject], number[s.object]) for s in statements])
    symmetric = load_ontology().relations
    for s, curve in zip(statements, curves, strict=True):
        look: dict[str, Any] = {"smooth": {"type": "curvedCW", "roundness": curve}} if curve else {}
        if symmetric[s.predicate].symmetric:
            look["arrows"] = ""
        identity = s.iri.rpartition("/")[2][:12]
        network.add_edge(number[s.subject], number[s.object], id=identity, group=s.predicate, **look)
    for edge in network.edges:
        if edge["arrows"]:
            del edge["arrows"]  # pyvis writes on every edge what the options say for all
    return network


def _measures(kg: PlanGraph, selection: Selection) -> dict[str, dict[str, float]]:
    """Each of the page's measures by entity id, on the projection that was asked for (as `plangraph rank`)."""
    network = project(kg, selection.projection)
    if not network.nodes:
        return {name: {} for name in PAGE_MEASURES}
    ids = [e.id for e in network.nodes]
    return {
        name: {i: float(f"{v:.6g}") for i, v in zip(ids, MEASURES[name].compute(network.arrays).tolist(), strict=True)}
        for name in PAGE_MEASURES
    }


def label_box(entity: Entity) -> Box:
    """Width and height in pixels that a node takes with its label, in whichever language needs more."""
    widths, counts = [], []
    for name in (entity.label_zh, entity.label_en or entity.label_zh):
        width = sum(_CJK if unicodedata.east_asian_width(c) in "WF" else _LATIN for c in name)
        counts.append(min(_MAX_LINES, int(width // _MAX_LINE) + 1))
        widths.append(min(width, _MAX_LINE) + (8 if counts[-1] > 1 else 0))
    return max(widths) + 12, 2 * _RADIUS + 8 + max(counts) * _LINE_HEIGHT


def _curvatures(edges: list[tuple[int, int]]) -> list[float]:
    """Roundness for each edge: 0 for one alone, else different for each of those between the same two nodes."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (a, b) in enumerate(edges):
        groups[min(a, b), max(a, b)].append(i)
    found = [0.0] * len(edges)
    for (low, high), members in groups.items():
        for place_in_group, i in enumerate(members):
            if low == high:
                found[i] = 0.5 + 0.25 * place_in_group  # a loop; its size grows
            elif len(members) > 1:
                bow = 0.16 * (2 * place_in_group - (len(members) - 1))
                # Bent the same way as seen from either end, two opposite edges would lie on each other.
                found[i] = round(bow if edges[i][0] == low else -bow, 3)
    return found
