"""The entity network and plain functions of it: ranking and paths.

A `Projection` says which entities and relations make the network, which way its edges point and what weighs
them. Provenance and literals are never part of it. The network is made as integer arrays for igraph; a networkx
graph is made on demand.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError, NotFoundError
from plangraph.model import Entity, Statement
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    import networkx

    from plangraph.graph import PlanGraph

WEIGHTS = ("evidence", "confidence")


@dataclass(frozen=True, slots=True)
class Projection:
    """Which network is meant.

    Args:
        kinds: Classes whose entities (subclasses included) are nodes; without any, all but goals.
        relations: Relations that are edges; without any, all that the nodes have.
        directed: Whether edges keep their direction.
        weight: "evidence" (number of evidences), "confidence" (the highest), or None for 1 an edge.
        plan: Id of the one plan that counts, or None for all.

    Raises:
        InputError: A class, relation or weight that does not exist.
    """

    kinds: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    directed: bool = False
    weight: str | None = None
    plan: str | None = None

    def __post_init__(self) -> None:
        ontology = load_ontology()
        object.__setattr__(self, "kinds", _tuple(self.kinds))
        object.__setattr__(self, "relations", _tuple(self.relations))
        weights: tuple[str | None, ...] = (None, *WEIGHTS)
        for given, allowed, en, zh in (
            (self.kinds, ontology.classes, "class", "类"),
            (self.relations, ontology.relations, "relation", "关系"),
            ((self.weight,), weights, "weight", "权重"),
        ):
            for name in given:
                if name not in allowed:
                    listed = [str(a) for a in allowed]
                    raise InputError(
                        f"no {en} {name!r}; expected one of {', '.join(listed)}",
                        f"没有名为“{name}”的{zh}；可用：{'、'.join(listed)}",
                    )

    def words(self, lang: str) -> str:
        """The projection in a sentence."""
        ontology = load_ontology()
        zh = lang == "zh"
        join = "、" if zh else ", "
        kinds = join.join(ontology.classes[k].label(lang) for k in self.kinds) or (
            "目标定位以外的全部实体" if zh else "all entities but goals"
        )
        relations = join.join(ontology.relations[r].label(lang) for r in self.relations) or (
            "全部关系" if zh else "all relations"
        )
        way = ("有向" if self.directed else "无向") if zh else ("directed" if self.directed else "undirected")
        weights = {
            None: "每条边权重为 1" if zh else "every edge weighs 1",
            "evidence": "按证据数加权" if zh else "weighted by number of evidences",
            "confidence": "按置信度加权" if zh else "weighted by confidence",
        }
        plan = self.plan or ("全部规划" if zh else "all plans")
        if zh:
            return f"网络：{kinds}；边：{relations}，{way}，{weights[self.weight]}；规划：{plan}"
        return f"Network of {kinds}; edges: {relations}, {way}, {weights[self.weight]}; plans: {plan}"


def _tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, slots=True)
class Network:
    """A projected network: nodes sorted by id, edges as pairs of node numbers.

    Args:
        projection: What it was made by.
        nodes: Entities, sorted by id.
        edges: (source, target, weight), parallel statements between two nodes summed into one edge; for an
            undirected network source < target.
        statements: For each edge the statements it stands for.
    """

    projection: Projection
    nodes: tuple[Entity, ...]
    edges: tuple[tuple[int, int, float], ...]
    statements: tuple[tuple[Statement, ...], ...]

    def to_igraph(self) -> Any:
        """The same as an igraph Graph with edge attribute ``weight``."""
        import igraph

        graph = igraph.Graph(
            n=len(self.nodes), edges=[(s, t) for s, t, _ in self.edges], directed=self.projection.directed
        )
        graph.es["weight"] = [w for _, _, w in self.edges]
        return graph


def project(kg: PlanGraph, projection: Projection) -> Network:
    """The network of ``projection``; nodes without an edge in it are left out."""
    ontology = load_ontology()
    kinds = projection.kinds or tuple(k for k in ontology.top_classes if k != "Goal")
    chosen = {e.id: e for e in kg.entities() if any(ontology.is_a(e.type, k) for k in kinds)}
    grouped: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for s in kg.statements(plan=projection.plan):
        if (
            s.subject in chosen
            and s.object in chosen
            and (not projection.relations or s.predicate in projection.relations)
        ):
            symmetric = ontology.relations[s.predicate].symmetric
            pairs = [(s.subject, s.object)]
            if not projection.directed:
                pairs = [(min(pairs[0]), max(pairs[0]))]
            elif symmetric:
                pairs.append((s.object, s.subject))
            for pair in pairs:
                grouped[pair].append(s)
    ids = sorted({i for pair in grouped for i in pair})
    number = {i: n for n, i in enumerate(ids)}
    weigh: dict[str | None, Callable[[Statement], float]] = {
        None: lambda s: 1.0,
        "evidence": lambda s: float(len(s.evidence)),
        "confidence": lambda s: s.confidence,
    }
    pairs = sorted(grouped)
    edges = tuple(
        (
            number[a],
            number[b],
            1.0 if projection.weight is None else sum(weigh[projection.weight](s) for s in grouped[a, b]),
        )
        for a, b in pairs
    )
    return Network(projection, tuple(chosen[i] for i in ids), edges, tuple(tuple(grouped[p]) for p in pairs))


def to_networkx(kg: PlanGraph, projection: Projection) -> networkx.MultiGraph:
    """The entity network with one edge a statement, keyed by the hash at the end of the statement's IRI.

    Nodes carry ``label``, ``label_en`` and ``type``; edges ``subject`` (which end it is), ``relation``, ``plan``,
    ``evidence`` (how many), ``confidence``, ``quote`` (the first) and ``weight``. For a directed projection the result
    is a MultiDiGraph. ``graph.graph["projection"]`` says in words what it is.
    """
    import networkx

    network = project(kg, projection)
    graph = networkx.MultiDiGraph() if projection.directed else networkx.MultiGraph()
    graph.graph["projection"] = projection.words("en")
    for e in network.nodes:
        graph.add_node(e.id, label=e.label_zh, label_en=e.label_en, type=e.type)
    for statements in network.statements:
        for s in statements:
            key = s.iri.rpartition("/")[2]
            if graph.has_edge(s.subject, s.object, key=key):  # a symmetric one comes in both directions
                continue
            weight = {None: 1.0, "evidence": float(len(s.evidence)), "confidence": s.confidence}[projection.weight]
            graph.add_edge(
                s.subject,
                s.object,
                key=key,
                subject=s.subject,
                relation=s.predicate,
                plan=s.plan,
                evidence=len(s.evidence),
                confidence=s.confidence,
                quote=s.evidence[0].quote,
                weight=weight,
            )
    return graph


# -- ranking --------------------------------------------------------------------------------------------------


def degree(graph: Any) -> list[float]:
    """Number of neighbours (of edges, in a directed network: in and out)."""
    return [float(d) for d in graph.degree()]


def strength(graph: Any) -> list[float]:
    """Sum of the weights of a node's edges."""
    return [float(d) for d in graph.strength(weights="weight")]


def betweenness(graph: Any) -> list[float]:
    """Share of shortest paths between other nodes that pass through (Freeman 1977), weights not counted."""
    n = graph.vcount()
    pairs = (n - 1) * (n - 2) / (1 if graph.is_directed() else 2)
    return [b / pairs if pairs else 0.0 for b in graph.betweenness()]


def closeness(graph: Any) -> list[float]:
    """Inverse mean distance to the nodes within reach, scaled by their share (Wasserman and Faust 1994)."""
    n = graph.vcount()
    found = []
    # Distances towards a node, as networkx counts them in a directed network.
    for distances in graph.distances(mode="in"):
        reached = [d for d in distances if 0 < d < float("inf")]
        total = sum(reached)
        found.append((len(reached) / total) * (len(reached) / (n - 1)) if total else 0.0)
    return found


def eigenvector(graph: Any) -> list[float]:
    """Leading eigenvector, of length 1, of the weighted adjacency (Bonacich 1972) in the largest component; else 0."""
    import igraph

    largest: list[int] = max(graph.connected_components(mode="weak"), key=lambda c: (len(c), -min(c)), default=[])
    part = graph.induced_subgraph(largest).as_undirected(combine_edges={"weight": "sum"})
    igraph.set_random_number_generator(random.Random(0))  # it starts anywhere, which tells in the last bits
    try:
        values = part.eigenvector_centrality(weights="weight") if part.ecount() else [0.0] * len(largest)
    finally:
        igraph.set_random_number_generator(random)
    # igraph makes the largest value 1; the length is what networkx and the literature set to 1.
    length = math.hypot(*values) or 1.0
    found = [0.0] * graph.vcount()
    for node, value in zip(sorted(largest), values, strict=True):
        found[node] = abs(float(value)) / length
    return found


def pagerank(graph: Any) -> list[float]:
    """PageRank with damping 0.85 over weighted edges (Page and Brin 1998)."""
    return [float(v) for v in graph.pagerank(damping=0.85, weights="weight")]


MEASURES: dict[str, Callable[[Any], list[float]]] = {
    "degree": degree,
    "strength": strength,
    "betweenness": betweenness,
    "closeness": closeness,
    "eigenvector": eigenvector,
    "pagerank": pagerank,
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking: place (equal values share one), entity and value."""

    rank: int
    entity: Entity
    value: float


@dataclass(frozen=True, slots=True, repr=False)
class Ranking:
    """Entities by a measure, highest first; equal values in the order of their ids."""

    measure: str
    projection: Projection
    rows: tuple[Ranked, ...]

    def __repr__(self) -> str:
        first = [f"{r.rank}. {r.entity.label_zh} {r.value:.6g}" for r in self.rows[:10]]
        return "\n".join(
            [f"Ranking by {self.measure}: {len(self.rows)} entities", *first, *(["…"] if len(self.rows) > 10 else [])]
        )

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_dataframe(self) -> Any:
        """The ranking as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame(
            [(r.rank, r.entity.id, r.entity.label_zh, r.entity.label_en, r.entity.type, r.value) for r in self.rows],
            columns=["rank", "id", "label_zh", "label_en", "type", self.measure],
        )


def rank(kg: PlanGraph, measure: str = "degree", projection: Projection | None = None) -> Ranking:
    """Rank the entities of a projected network.

    Raises:
        InputError: No such measure.
    """
    if measure not in MEASURES:
        raise InputError(
            f"no measure {measure!r}; expected one of {', '.join(MEASURES)}",
            f"没有名为“{measure}”的指标；可用：{'、'.join(MEASURES)}",
        )
    projection = projection or Projection()
    network = project(kg, projection)
    values = MEASURES[measure](network.to_igraph()) if network.nodes else []
    rows: list[Ranked] = []
    by_value = sorted(zip(values, network.nodes, strict=True), key=lambda r: -r[0])
    for group in _ties(by_value):
        place = len(rows) + 1
        rows += [Ranked(place, entity, value) for value, entity in sorted(group, key=lambda r: r[1].id)]
    return Ranking(measure, projection, tuple(rows))


def _ties(by_value: list[tuple[float, Entity]]) -> Iterator[list[tuple[float, Entity]]]:
    """Runs of equal values; the last bits of the arithmetic do not count."""
    group: list[tuple[float, Entity]] = []
    for value, entity in by_value:
        if group and not math.isclose(value, group[-1][0], rel_tol=1e-9, abs_tol=1e-9):
            yield group
            group = []
        group.append((value, entity))
    if group:
        yield group


# -- paths ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path with the statements that carry it, in either direction."""

    source: Entity
    target: Entity
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Path:
    """A simple path: no entity twice."""

    hops: tuple[Hop, ...]

    def __repr__(self) -> str:
        return "Path: " + " — ".join(e.label_zh for e in (self.hops[0].source, *(h.target for h in self.hops)))

    def __len__(self) -> int:
        return len(self.hops)


def shortest_paths(
    kg: PlanGraph, source: str, target: str, k: int = 3, projection: Projection | None = None
) -> list[Path]:
    """Up to ``k`` shortest simple paths (fewest hops first, then by ids), by Yen's algorithm (1971).

    Raises:
        NotFoundError: An end that is not in the network, or no path at all.
        InputError: Both ends are one entity, or ``k`` is below 1.
    """
    import networkx

    if k < 1:
        raise InputError(f"k must be at least 1, not {k}", f"k 至少为 1，而不是 {k}")
    a, b = kg.entity(source), kg.entity(target)
    if a.id == b.id:
        raise InputError(f"both ends are {a.label_zh}", f"两端都是 {a.label_zh}")
    network = project(kg, projection or Projection())
    by_id = {e.id: e for e in network.nodes}
    for end in (a, b):
        if end.id not in by_id:
            raise NotFoundError(
                f"{end.label_zh} ({end.id}) has no relation in this network",
                f"{end.label_zh}（{end.id}）在该网络中没有任何关系",
            )
    ids = [e.id for e in network.nodes]
    graph = networkx.DiGraph() if network.projection.directed else networkx.Graph()
    for (s, t, _), statements in zip(network.edges, network.statements, strict=True):
        graph.add_edge(ids[s], ids[t], statements=statements)
    try:
        # One length more than k paths are looked at, so that ties are cut by ids and not by chance.
        found = _first_by_length(networkx.shortest_simple_paths(graph, a.id, b.id), k)
    except networkx.NetworkXNoPath:
        raise NotFoundError(
            f"no path between {a.label_zh} and {b.label_zh} in this network",
            f"在该网络中 {a.label_zh} 与 {b.label_zh} 之间没有路径",
        ) from None
    return [
        Path(tuple(Hop(by_id[s], by_id[t], graph.edges[s, t]["statements"]) for s, t in itertools.pairwise(nodes)))
        for nodes in found
    ]


def _first_by_length(paths: Any, k: int, limit: int = 1000) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    for nodes in itertools.islice(paths, limit):
        if len(found) >= k and len(nodes) > len(found[k - 1]):
            break
        found.append(nodes)
    return sorted(found, key=lambda nodes: (len(nodes), nodes))[:k]
