"""The projected network: entities as numbers, statements as links between them, links merged into edges."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plangraph.model import Entity, Statement
from plangraph.network.arrays import Arrays, merged
from plangraph.network.domains import main_domains
from plangraph.network.projection import Projection, in_classes
from plangraph.ontology import Ontology, load_ontology

if TYPE_CHECKING:
    import networkx
    import numpy as np
    from numpy.typing import NDArray

    from plangraph.graph import PlanGraph
    from plangraph.network.arrays import Floats, Integers


@dataclass(frozen=True, eq=False)
class Links:
    """What the statements say, one entry a statement and direction.

    Args:
        source: Number of a node.
        target: Number of a node; in a collapsed network, of a shared thing.
        statement: Number of the statement.
        weight: What the statement adds.
    """

    source: Integers
    target: Integers
    statement: Integers
    weight: Floats

    def without(self, dropped: Integers) -> Links:
        """The links whose statements are not among ``dropped``."""
        import numpy as np

        kept = ~np.isin(self.statement, dropped)
        return Links(self.source[kept], self.target[kept], self.statement[kept], self.weight[kept])

    def among(self, kept: NDArray[np.bool_]) -> Links:
        """The links of the nodes that are kept, these numbered anew; for links between nodes and shared things."""
        import numpy as np

        number, chosen = np.cumsum(kept) - 1, kept[self.source]
        source = number[self.source[chosen]].astype(np.int64)
        return Links(source, self.target[chosen], self.statement[chosen], self.weight[chosen])


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A projected network.

    Args:
        kg: The build it was made from.
        projection: What it was made by.
        nodes: Entities, sorted by id.
        arrays: The edges by node numbers; parallel statements are one edge whose weight is their sum.
        edge_of: For each link the number of its edge (plain networks only).
        links: What the statements say, before parallel ones were merged.
        stated: The statements that the links number.
        things: The entities that a collapsed network's nodes share.
        domains: Names of the domains that ``arrays.domains`` counts.
    """

    kg: PlanGraph
    projection: Projection
    nodes: tuple[Entity, ...]
    arrays: Arrays
    edge_of: Integers
    links: Links
    stated: tuple[Statement, ...]
    things: tuple[Entity, ...] = ()
    domains: tuple[Entity, ...] = ()

    def __repr__(self) -> str:
        return f"<{len(self.nodes)} nodes, {len(self.arrays.source)} edges. {self.projection.words('en')}>"

    @property
    def source(self) -> Integers:
        """Number of the node at which each edge starts."""
        return self.arrays.source

    @property
    def target(self) -> Integers:
        """Number of the node at which each edge ends."""
        return self.arrays.target

    @property
    def weight(self) -> Floats:
        """What each edge weighs."""
        return self.arrays.weight

    @functools.cached_property
    def edges(self) -> tuple[tuple[int, int, float], ...]:
        """(source, target, weight) of each edge; for an undirected network source < target."""
        arrays = self.arrays
        return tuple(zip(arrays.source.tolist(), arrays.target.tolist(), arrays.weight.tolist(), strict=True))

    @functools.cached_property
    def numbers(self) -> dict[str, int]:
        """Node number of each entity id."""
        return {e.id: n for n, e in enumerate(self.nodes)}

    @functools.cached_property
    def statements(self) -> tuple[tuple[Statement, ...], ...]:
        """The statements that each edge stands for; in a collapsed network those that tie both ends to what they share."""
        if self.projection.collapse is None:
            found: list[list[Statement]] = [[] for _ in self.edges]
            for edge, statement in zip(self.edge_of.tolist(), self.links.statement.tolist(), strict=True):
                found[edge].append(self.stated[statement])
            return tuple(map(tuple, found))
        ties: dict[tuple[int, int], list[Statement]] = defaultdict(list)
        for node, thing, n in zip(*(a.tolist() for a in self._link_columns()), strict=True):
            ties[node, thing].append(self.stated[n])
        number = {e.id: n for n, e in enumerate(self.things)}
        return tuple(
            tuple(s for thing in shared for end in (a, b) for s in ties[end, number[thing.id]])
            for (a, b, _), shared in zip(self.edges, self.shared, strict=True)
        )

    @functools.cached_property
    def shared(self) -> tuple[tuple[Entity, ...], ...]:
        """In a collapsed network the entities that both ends of each edge share; else nothing."""
        if self.projection.collapse is None:
            return tuple(() for _ in self.edges)
        has: dict[int, set[int]] = defaultdict(set)
        for node, thing, _ in zip(*(a.tolist() for a in self._link_columns()), strict=True):
            has[node].add(thing)
        return tuple(tuple(self.things[t] for t in sorted(has[a] & has[b])) for a, b, _ in self.edges)

    def _link_columns(self) -> tuple[Integers, Integers, Integers]:
        return self.links.source, self.links.target, self.links.statement

    def number(self, entity_id: str) -> int:
        """Number of the node with that id; KeyError without one."""
        return self.numbers[entity_id]

    def without(self, dropped: Integers) -> Arrays:
        """The edges that are left, between the same nodes, when the statements with these numbers are dropped."""
        links = self.links.without(dropped)
        return replace(_merge(links, len(self.nodes), self.projection)[0], domains=self.arrays.domains)

    def to_igraph(self) -> Any:
        """The same as an igraph Graph with edge attribute ``weight``."""
        return self.arrays.igraph

    def matrix(self) -> Any:
        """Adjacency as a scipy CSR array of weights."""
        return self.arrays.matrix

    def to_networkx(self) -> networkx.Graph:
        """As networkx knows it; see `to_networkx`."""
        return to_networkx(self)


def project(source: PlanGraph | Network, projection: Projection | None = None) -> Network:
    """The network of ``projection``; nodes without an edge in it are left out.

    Args:
        source: A build, or a network that is made already and comes back as it is.
        projection: Which network; without one, all entities but goals and all their relations.
    """
    if isinstance(source, Network):
        return source
    import numpy as np

    projection, ontology = projection or Projection(), load_ontology()
    entities = {e.id: e for e in source.entities()}
    stated = tuple(source.statements(plan=projection.plan))
    ends = _Ends(projection, ontology, entities)
    rows = [(a, b, n) for n, s in enumerate(stated) for a, b in ends.pairs(s)]
    # What a node shares is no node, but its numbers come from the same function.
    ids = sorted({a for a, _, _ in rows} | ({b for _, b, _ in rows} if projection.collapse is None else set()))
    things = sorted({b for _, b, _ in rows}) if projection.collapse is not None else []
    number = {i: n for n, i in enumerate(ids)}
    other = {i: n for n, i in enumerate(things)} if projection.collapse is not None else number
    links = Links(
        np.array([number[a] for a, _, _ in rows], dtype=np.int64),
        np.array([other[b] for _, b, _ in rows], dtype=np.int64),
        np.array([n for _, _, n in rows], dtype=np.int64),
        np.array([_worth(stated[n], projection.weight) for _, _, n in rows], dtype=np.float64),
    )
    nodes = tuple(entities[i] for i in ids)
    arrays, edge_of = _merge(links, len(nodes), projection)
    alone = arrays.degree == 0
    if alone.any():  # in a collapsed network: what shares nothing with any other
        nodes = tuple(e for e, gone in zip(nodes, alone.tolist(), strict=True) if not gone)
        links = links.among(~alone)
        arrays, edge_of = _merge(links, len(nodes), projection)
    membership, domains = main_domains(nodes, entities, stated)
    arrays = replace(arrays, domains=membership)
    shared = tuple(entities[t] for t in things)
    return Network(source, projection, nodes, arrays, edge_of, links, stated, shared, domains)


class _Ends:
    """Which pairs of ends a statement links in a projection."""

    def __init__(self, projection: Projection, ontology: Ontology, entities: dict[str, Entity]) -> None:
        self.projection, self.ontology = projection, ontology
        collapse = () if projection.collapse is None else (projection.collapse,)
        self.things = {i for i, e in entities.items() if in_classes(ontology, e.type, collapse)}
        nodes = {i for i, e in entities.items() if in_classes(ontology, e.type, projection.node_classes)}
        self.nodes = nodes - self.things
        self.first = {
            i for i in self.nodes if projection.bipartite and ontology.is_a(entities[i].type, projection.kinds[0])
        }

    def pairs(self, s: Statement) -> list[tuple[str, str]]:
        """The pairs that ``s`` links; in a collapsed network (node, shared thing)."""
        a, b = s.subject, s.object
        if self.projection.relations and s.predicate not in self.projection.relations:
            return []
        if self.projection.collapse is not None:
            return [(x, y) for x, y in ((a, b), (b, a)) if x in self.nodes and y in self.things]
        if a == b or a not in self.nodes or b not in self.nodes:
            return []
        if self.projection.bipartite and (a in self.first) == (b in self.first):
            return []
        if not self.projection.directed:
            return [(min(a, b), max(a, b))]
        return [(a, b), (b, a)] if self.ontology.relations[s.predicate].symmetric else [(a, b)]


def _worth(s: Statement, weight: str | None) -> float:
    return {None: 1.0, "evidence": float(len(s.evidence)), "confidence": s.confidence}[weight]


def _merge(links: Links, size: int, projection: Projection) -> tuple[Arrays, Integers]:
    """The edges of ``links``, and which edge each link went into (for a collapsed network nothing)."""
    import numpy as np

    if projection.collapse is None:
        source, target, edge, weight = merged(links.source, links.target, links.weight, size, projection.directed)
        if projection.weight is None:
            weight = np.ones(len(source))
        return Arrays(size, source, target, weight, projection.directed), edge
    a, b, weight = _shared_pairs(links, projection.weight)
    source, target, _, total = merged(a, b, weight, size, False)
    return Arrays(size, source, target, total, False), np.empty(0, dtype=np.int64)


def _shared_pairs(links: Links, weight: str | None) -> tuple[Integers, Integers, Floats]:
    """Each pair of nodes with a thing that they share, once a thing, and what that adds to their edge."""
    import numpy as np

    things = int(links.target.max(initial=0)) + 1
    keys, place = np.unique(links.source * things + links.target, return_inverse=True)
    node, thing = keys // things, keys % things
    worth: Floats = np.zeros(len(keys))
    if weight == "evidence":
        np.add.at(worth, place, links.weight)
    else:  # several statements of one tie: the surest counts
        np.maximum.at(worth, place, links.weight)
    first: list[Integers] = [np.empty(0, dtype=np.int64)]
    second: list[Integers] = [np.empty(0, dtype=np.int64)]
    order = np.argsort(thing, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(thing[order])) + 1):
        one, two = np.triu_indices(len(group), 1)
        first.append(group[one])
        second.append(group[two])
    a, b = np.concatenate(first), np.concatenate(second)
    adds = {None: np.ones(len(a)), "evidence": np.minimum(worth[a], worth[b]), "confidence": worth[a] * worth[b]}
    return node[a], node[b], adds[weight]


def to_networkx(source: PlanGraph | Network, projection: Projection | None = None) -> networkx.Graph:
    """The network as networkx knows it.

    A plain network is a MultiGraph (MultiDiGraph if directed) with one edge a statement, keyed by the hash at the end
    of the statement's IRI; edges carry ``subject`` (which end it is), ``relation``, ``plan``, ``evidence`` (how many),
    ``confidence``, ``quote`` (the first) and ``weight``. A collapsed network is a Graph whose edges carry ``weight`` and
    ``shared`` (ids). Nodes carry ``label``, ``label_en``, ``type``, and ``bipartite`` (0 or 1) in a bipartite one.
    ``graph.graph["projection"]`` says in words what it is.
    """
    import networkx

    network = project(source, projection)
    projection, ontology = network.projection, load_ontology()
    plain = networkx.MultiDiGraph() if projection.directed else networkx.MultiGraph()
    graph = plain if projection.collapse is None else networkx.Graph()
    graph.graph["projection"] = projection.words("en")
    for e in network.nodes:
        graph.add_node(e.id, label=e.label_zh, label_en=e.label_en, type=e.type)
        if projection.bipartite:
            graph.nodes[e.id]["bipartite"] = int(not ontology.is_a(e.type, projection.kinds[0]))
    if projection.collapse is not None:
        for (a, b, weight), shared in zip(network.edges, network.shared, strict=True):
            graph.add_edge(network.nodes[a].id, network.nodes[b].id, weight=weight, shared=[e.id for e in shared])
        return graph
    for statements in network.statements:
        for s in statements:
            key = s.iri.rpartition("/")[2]
            if graph.has_edge(s.subject, s.object, key=key):  # a symmetric one comes in both directions
                continue
            graph.add_edge(
                s.subject,
                s.object,
                key=key,
                subject=s.subject,
                relation=s.predicate,
                plan=s.plan,
                evidence=len(s.evidence),
                confidence=s.confidence,
                quote=s.surest.quote,
                weight=_worth(s, projection.weight),
            )
    return graph
