"""Bridges, brokers and cores: what holds a network together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.listing import Column, Listing
from plangraph.model import Entity, Statement
from plangraph.network import measures
from plangraph.network.communities import Communities, communities
from plangraph.network.network import Network, project
from plangraph.network.projection import Projection
from plangraph.network.versions import versions
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph


@dataclass(frozen=True, slots=True)
class Bridge:
    """An edge that alone holds two parts together.

    Args:
        source: One end, the one whose part is not the larger.
        target: The other end.
        statements: What carries it.
        parts: Number of entities on the side of ``source`` and on that of ``target``.
    """

    source: Entity
    target: Entity
    statements: tuple[Statement, ...]
    parts: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Broker:
    """An entity whose neighbours belong to several communities.

    Args:
        entity: Who.
        betweenness: Share of the shortest paths between others.
        constraint: Burt's constraint.
        communities: How many communities its neighbours and itself belong to.
        parts: Into how many pieces its part of the network falls without it.
    """

    entity: Entity
    betweenness: float
    constraint: float
    communities: int
    parts: int


@dataclass(frozen=True, slots=True)
class Core:
    """The entities whose core number is ``k``, sorted by id."""

    k: int
    members: tuple[Entity, ...]


def bridges(source: PlanGraph | Network, projection: Projection | None = None) -> list[Bridge]:
    """Edges whose loss cuts the network, those with the largest smaller side first; direction not counted."""
    network = project(source, projection)
    graph = network.arrays.igraph
    if network.projection.directed:
        graph = graph.as_undirected(mode="collapse", combine_edges=None)
    carried: dict[tuple[int, int], tuple[Statement, ...]] = {}
    for (a, b, _), statements in zip(network.edges, network.statements, strict=True):
        pair = (min(a, b), max(a, b))
        carried[pair] = (*carried.get(pair, ()), *(s for s in statements if s not in carried.get(pair, ())))
    sides = _sides(graph)
    found = []
    for pair, (size, rest) in sides.items():
        (a, b), parts = pair, (size, rest)
        if size > rest:
            (a, b), parts = (b, a), (rest, size)
        found.append(Bridge(network.nodes[a], network.nodes[b], carried[min(pair), max(pair)], parts))
    return sorted(found, key=lambda b: (-b.parts[0], -b.parts[1], b.source.id, b.target.id))


def _sides(graph: object) -> dict[tuple[int, int], tuple[int, int]]:
    """For each bridge (child, parent) the nodes on the child's side and on the parent's.

    What is left when all bridges are taken away are pieces; as nodes of a forest they are walked once.
    """
    import igraph

    assert isinstance(graph, igraph.Graph)
    cuts = [graph.es[e].tuple for e in graph.bridges()]
    left = graph.copy()
    left.delete_edges(graph.bridges())
    piece = left.connected_components().membership
    size = Counter(piece)
    near: dict[int, list[tuple[int, int, int]]] = {}
    for a, b in cuts:
        near.setdefault(piece[a], []).append((piece[b], a, b))
        near.setdefault(piece[b], []).append((piece[a], b, a))
    found: dict[tuple[int, int], tuple[int, int]] = {}
    seen: set[int] = set()
    for root in sorted(near):
        if root in seen:
            continue
        order, up = [root], {root: (-1, -1, -1)}
        for one in order:
            for other, here, there in near[one]:
                if other not in up:
                    up[other] = (one, there, here)
                    order.append(other)
        seen.update(order)
        below = {p: size[p] for p in order}
        for p in reversed(order[1:]):
            below[up[p][0]] += below[p]
        for p in order[1:]:
            _, child, parent = up[p]
            found[child, parent] = (below[p], below[root] - below[p])
    return found


def brokers(
    source: PlanGraph | Network, projection: Projection | None = None, grouped: Communities | None = None
) -> list[Broker]:
    """Entities whose neighbours belong to more than one community, the highest betweenness first.

    Args:
        source: A build or a network.
        projection: Which network of the build.
        grouped: Its communities, if they are known already.
    """
    network = project(source, projection)
    if not network.nodes:
        return []
    grouped = grouped or communities(network, resample=0)
    arrays = network.arrays
    between, constraint = measures.betweenness(arrays), measures.constraint(arrays)
    pieces = Counter(node for block in arrays.igraph.biconnected_components() for node in block)
    ties = arrays.mutual
    found = []
    for n, entity in enumerate(network.nodes):
        around = {grouped.of(network.nodes[m].id) for m in ties.indices[ties.indptr[n] : ties.indptr[n + 1]].tolist()}
        joined = len(around | {grouped.of(entity.id)})
        if joined > 1:
            found.append(Broker(entity, float(between[n]), float(constraint[n]), joined, pieces[n]))
    return sorted(found, key=lambda b: (-round(b.betweenness, 12), b.entity.id))


def cores(source: PlanGraph | Network, projection: Projection | None = None) -> list[Core]:
    """The entities by core number, the innermost first."""
    network = project(source, projection)
    values = measures.core(network.arrays) if network.nodes else ()
    groups: dict[int, list[Entity]] = {}
    for entity, k in zip(network.nodes, values, strict=True):
        groups.setdefault(int(k), []).append(entity)
    return [Core(k, tuple(groups[k])) for k in sorted(groups, reverse=True)]


def bridge_listing(found: list[Bridge], network: Network, lang: str) -> Listing:
    """A row for each bridge, with its quote."""
    zh = lang == "zh"
    ontology = load_ontology()
    columns = (
        Column("entity", "实体" if zh else "entity", "较小一侧的一端。" if zh else "The end on the smaller side."),
        Column("other", "另一端" if zh else "other end"),
        Column(
            "relation", "关系" if zh else "relation", "唯一相连的关系。" if zh else "The only thing that links the two."
        ),
        Column(
            "side",
            "该侧实体数" if zh else "its side",
            "断开后该侧有几个实体。" if zh else "Entities that would be cut off with it.",
        ),
        Column("rest", "另侧实体数" if zh else "other side"),
        Column("evidence", "证据数" if zh else "evidence", "越少越脆弱。" if zh else "The fewer, the more fragile."),
        Column("quote", "引文" if zh else "quote"),
        Column("plan", "规划" if zh else "plan"),
        Column("paragraph", "段落" if zh else "paragraph"),
        Column("start", "起" if zh else "start"),
    )
    rows = []
    for b in found:
        first = b.statements[0].surest
        named = dict.fromkeys(ontology.relations[s.predicate].label(lang) for s in b.statements)
        evidence = sum(len(s.evidence) for s in b.statements)
        place = (b.statements[0].plan, first.paragraph, first.start)
        relation = ("、" if zh else ", ").join(named)
        rows.append((b.source.label(lang), b.target.label(lang), relation, *b.parts, evidence, first.quote, *place))
    about = (
        network.projection.words(lang),
        "桥：去掉它，两侧便不再相通。"
        if zh
        else "A bridge is an edge without which the two sides are no longer connected.",
        versions(lang),
    )
    return Listing("bridges", "桥" if zh else "Bridges", columns, tuple(rows), about)


def broker_listing(found: list[Broker], network: Network, lang: str) -> Listing:
    """A row for each broker."""
    zh = lang == "zh"
    classes = load_ontology().classes
    columns = (
        Column("entity", "实体" if zh else "entity"),
        Column("class", "类" if zh else "class"),
        Column(
            "communities",
            "涉及社群数" if zh else "communities",
            "它与邻居分属几个社群。" if zh else "How many communities it and its neighbours belong to.",
        ),
        Column(
            "betweenness", "betweenness", "经过它的最短路径比例。" if zh else "Share of the shortest paths through it."
        ),
        Column(
            "constraint", "constraint", "Burt 约束度，低者为中间人。" if zh else "Burt's constraint, low for a broker."
        ),
        Column("parts", "去掉后的块数" if zh else "parts", "没有它会分成几块。" if zh else "Pieces without it."),
        Column("id", "id"),
    )
    rows = tuple(
        (
            b.entity.label(lang),
            classes[b.entity.type].label(lang),
            b.communities,
            float(f"{b.betweenness:.9g}"),
            float(f"{b.constraint:.9g}"),
            b.parts,
            b.entity.id,
        )
        for b in found
    )
    about = (
        network.projection.words(lang),
        "中间人：邻居分属一个以上社群的实体。"
        if zh
        else "Brokers: entities whose neighbours belong to several communities.",
        versions(lang),
    )
    return Listing("brokers", "中间人" if zh else "Brokers", columns, rows, about)


def core_listing(found: list[Core], network: Network, lang: str) -> Listing:
    """A row for each entity, the innermost core first."""
    zh = lang == "zh"
    classes = load_ontology().classes
    columns = (
        Column(
            "core",
            "核数" if zh else "core",
            "所在部分里人人至少有这么多邻居。" if zh else "Each of its part has so many neighbours.",
        ),
        Column("entity", "实体" if zh else "entity"),
        Column("class", "类" if zh else "class"),
        Column("id", "id"),
    )
    rows = tuple((c.k, e.label(lang), classes[e.type].label(lang), e.id) for c in found for e in c.members)
    return Listing("cores", "核" if zh else "Cores", columns, rows, (network.projection.words(lang), versions(lang)))
