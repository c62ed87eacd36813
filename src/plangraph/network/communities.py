"""Communities: parts whose entities are linked among themselves more than chance would have it."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.errors import InputError
from plangraph.listing import Column, Listing
from plangraph.model import Entity
from plangraph.network.intervals import DROPPED, samples
from plangraph.network.network import Network, project
from plangraph.network.projection import Projection
from plangraph.network.versions import versions
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph
    from plangraph.network.arrays import Arrays

#: How often the search starts anew; the partition with the highest modularity is taken.
STARTS = 20


@dataclass(frozen=True, slots=True)
class Community:
    """One community.

    Args:
        number: From 1, the largest first.
        members: Its entities, sorted by id.
        leader: The member with the most weight inside, after which it is called.
        inside: Weight of the edges between members.
        outside: Weight of the edges from members to others.
        stability: Mean of the greatest overlap (Jaccard) with a community of each resampled network; None without.
    """

    number: int
    members: tuple[Entity, ...]
    leader: Entity
    inside: float
    outside: float
    stability: float | None


@dataclass(frozen=True, eq=False)
class Communities:
    """A partition of a network.

    Args:
        projection: The network it was found in.
        network: The network itself.
        rows: The communities, the largest first.
        modularity: How far the edges lie within (Newman and Girvan 2004).
        resolution: Above 1 for more and smaller communities.
        seed: Of the random numbers.
        resample: How many resampled networks the stability comes from.
    """

    projection: Projection
    network: Network
    rows: tuple[Community, ...]
    modularity: float
    resolution: float
    seed: int
    resample: int

    def __repr__(self) -> str:
        sizes = ", ".join(f"{c.leader.label_zh} ({len(c.members)})" for c in self.rows[:8])
        return f"{len(self.rows)} communities, modularity {self.modularity:.3f}: {sizes}"

    def __len__(self) -> int:
        return len(self.rows)

    @functools.cached_property
    def _numbers(self) -> dict[str, int]:
        return {e.id: c.number for c in self.rows for e in c.members}

    def of(self, entity_id: str) -> int:
        """Number of the community of an entity; KeyError if it is not in the network."""
        return self._numbers[entity_id]

    def about(self, lang: str = "zh") -> tuple[str, ...]:
        """Sentences that belong to the partition."""
        zh = lang == "zh"
        said = [self.projection.words(lang)]
        said.append(
            f"Leiden 算法，目标为模块度（分辨率 {self.resolution:g}，从 {STARTS} 个起点取最优，随机种子 {self.seed}）；模块度 {self.modularity:.3f}。"
            if zh
            else f"Leiden algorithm on modularity (resolution {self.resolution:g}, the best of {STARTS} starts, seed {self.seed}); "
            f"modularity {self.modularity:.3f}."
        )
        if self.resample:
            said.append(
                f"稳定度：{self.resample} 次各随机去掉 {DROPPED:.0%} 的陈述后重新划分，取与最相近社群的平均重合（Jaccard）；低于 0.5 的不宜当真。"
                if zh
                else f"Stability: found anew {self.resample} times, each without {DROPPED:.0%} of the statements at random; mean overlap "
                "(Jaccard) with the nearest community. Below 0.5 a community is not to be leaned on."
            )
        said.append(
            "社群由相连的疏密划出，不是规划自己的分类。"
            if zh
            else "Communities follow from who is linked, they are not the plan's own classes."
        )
        said.append(versions(lang))
        return tuple(said)

    def summary(self, lang: str = "zh") -> Listing:
        """A row a community."""
        zh = lang == "zh"
        columns = (
            Column(
                "community", "社群" if zh else "community", "从大到小的序号。" if zh else "Number, the largest first."
            ),
            Column(
                "leader",
                "代表" if zh else "leader",
                "社群内边权最大的成员。" if zh else "The member with the most weight inside.",
            ),
            Column("size", "成员数" if zh else "size"),
            Column("stability", "稳定度" if zh else "stability", "0 到 1。" if zh else "From 0 to 1."),
            Column(
                "inside",
                "内部边权" if zh else "inside",
                "成员之间的边权。" if zh else "Weight of the edges between members.",
            ),
            Column(
                "outside",
                "外部边权" if zh else "outside",
                "通向别处的边权。" if zh else "Weight of the edges to others.",
            ),
            Column(
                "members",
                "成员" if zh else "members",
                "内部边权大的在前，至多八个。" if zh else "Those with the most weight inside, eight at most.",
            ),
        )
        heavy = _inner_strength(self.network.arrays, [self.of(e.id) for e in self.network.nodes])
        rows = []
        for c in self.rows:
            first = sorted(c.members, key=lambda e: (-heavy[self.network.number(e.id)], e.id))[:8]
            names = ("、" if zh else ", ").join(e.label(lang) for e in first) + ("…" if len(c.members) > 8 else "")
            stable = None if c.stability is None else round(c.stability, 3)
            rows.append((c.number, c.leader.label(lang), len(c.members), stable, c.inside, c.outside, names))
        return Listing("communities", "社群" if zh else "Communities", columns, tuple(rows), self.about(lang))

    def listing(self, lang: str = "zh") -> Listing:
        """A row a member."""
        zh = lang == "zh"
        classes = load_ontology().classes
        columns = (
            Column("community", "社群" if zh else "community"),
            Column(
                "leader",
                "代表" if zh else "leader",
                "社群内边权最大的成员。" if zh else "The member with the most weight inside.",
            ),
            Column("entity", "实体" if zh else "entity"),
            Column("class", "类" if zh else "class"),
            Column("id", "id"),
        )
        rows = tuple(
            (c.number, c.leader.label(lang), e.label(lang), classes[e.type].label(lang), e.id)
            for c in self.rows
            for e in c.members
        )
        return Listing("members", "社群成员" if zh else "Members", columns, rows, self.about(lang))


def communities(
    source: PlanGraph | Network,
    projection: Projection | None = None,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    resample: int = 50,
) -> Communities:
    """Communities by the Leiden algorithm (Traag, Waltman and van Eck 2019); direction not counted.

    Args:
        source: A build or a network.
        projection: Which network of the build.
        resolution: Above 1 for more and smaller communities, below 1 for fewer and larger ones.
        seed: Of the random numbers; the same one gives the same communities.
        resample: Networks to draw for the stability, each without a tenth of the statements; 0 for none.

    Raises:
        InputError: A resolution that is not above 0.
    """
    if not 0 < resolution < float("inf"):
        raise InputError(f"resolution must be above 0, not {resolution}", f"resolution 应大于 0，而不是 {resolution}")
    network = project(source, projection)
    membership, modularity = _partition(network.arrays, resolution, seed, STARTS)
    groups = _groups(membership)
    stable: list[float | None] = [None] * len(groups)
    if resample and groups:
        drawn = [_partition(a, resolution, seed, 1)[0] for a in samples(network, resample, seed)]
        stable = list(_stability(groups, drawn))
    heavy = _inner_strength(network.arrays, membership)
    total = _strength(network.arrays)
    rows = []
    for number, (group, s) in enumerate(zip(groups, stable, strict=True), 1):
        leader = max(group, key=lambda n: (heavy[n], -n))
        inside = sum(heavy[n] for n in group) / 2
        outside = sum(total[n] for n in group) - 2 * inside
        members = tuple(network.nodes[n] for n in group)
        rows.append(Community(number, members, network.nodes[leader], inside, round(outside, 9), s))
    return Communities(network.projection, network, tuple(rows), modularity, resolution, seed, resample)


def _partition(arrays: Arrays, resolution: float, seed: int, starts: int) -> tuple[list[int], float]:
    """The best of several runs: number of each node's community, and modularity."""
    import igraph

    if not arrays.size or not len(arrays.source):
        return list(range(arrays.size)), 0.0
    graph = arrays.igraph
    if arrays.directed:
        graph = graph.as_undirected(mode="collapse", combine_edges="sum")
    best: tuple[float, list[int]] | None = None
    # igraph draws from Python's generator unless told otherwise.
    igraph.set_random_number_generator(random.Random(seed))
    try:
        for _ in range(starts):
            found = graph.community_leiden(
                objective_function="modularity", weights="weight", resolution=resolution, n_iterations=-1
            )
            quality = round(graph.modularity(found.membership, weights="weight", resolution=resolution), 9)
            if best is None or quality > best[0]:
                best = quality, list(found.membership)
    finally:
        igraph.set_random_number_generator(random)
    assert best is not None
    return best[1], float(graph.modularity(best[1], weights="weight"))


def _groups(membership: Sequence[int]) -> list[list[int]]:
    """Nodes of each community, the largest first, then by the first node."""
    groups: dict[int, list[int]] = {}
    for node, number in enumerate(membership):
        groups.setdefault(number, []).append(node)
    return sorted(groups.values(), key=lambda g: (-len(g), g[0]))


def _stability(groups: list[list[int]], drawn: list[list[int]]) -> list[float]:
    """For each community the mean, over the drawn partitions, of the greatest Jaccard overlap (Hennig 2007)."""
    total = [0.0] * len(groups)
    for membership in drawn:
        sizes = Counter(membership)
        for number, group in enumerate(groups):
            common = Counter(membership[n] for n in group)
            total[number] += max(c / (len(group) + sizes[other] - c) for other, c in common.items())
    return [t / len(drawn) for t in total]


def _strength(arrays: Arrays) -> list[float]:
    from plangraph.network.measures import strength

    return [float(v) for v in strength(arrays)]


def _inner_strength(arrays: Arrays, membership: Sequence[int]) -> list[float]:
    """Weight of each node's edges to members of its own community."""
    import numpy as np

    group = np.asarray(membership, dtype=np.int64)
    same = group[arrays.source] == group[arrays.target]
    ends = np.concatenate((arrays.source[same], arrays.target[same]))
    return [float(v) for v in np.bincount(ends, weights=np.tile(arrays.weight[same], 2), minlength=arrays.size)]
