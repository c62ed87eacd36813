"""Paths between entities or sets of entities, each hop with the statements that carry it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.errors import InputError, NotFoundError
from plangraph.model import Entity, Statement
from plangraph.network.ends import Chosen, Wanted, choose, wanted
from plangraph.network.network import Network, project
from plangraph.network.projection import Projection

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph
    from plangraph.listing import Listing

#: Steps after which the search stops; some two seconds.
BUDGET = 2_000_000
#: Paths after which listing all of them stops.
LIMIT = 10_000


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
        return "Path: " + " — ".join(e.label_zh for e in self.entities)

    def __len__(self) -> int:
        return len(self.hops)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities on the way, both ends included."""
        return (self.hops[0].source, *(hop.target for hop in self.hops))


class Paths(list[Path]):
    """Paths, the shortest first, then by ids.

    Attributes:
        projection: The network they lie in.
        complete: Whether these are all that were asked for; otherwise the search stopped at its limit before the end.
        shared: By id, what the entities of a collapsed network share.
    """

    def __init__(
        self, found: Iterable[Path], projection: Projection, complete: bool = True, shared: Iterable[Entity] = ()
    ) -> None:
        super().__init__(found)
        self.projection = projection
        self.complete = complete
        self.shared = {e.id: e for e in shared}

    def listing(self, lang: str = "zh") -> Listing:
        """A row for each statement of each hop, in ``lang``."""
        from plangraph.network.words import path_listing

        return path_listing(self, lang)

    def explain(self, lang: str = "zh") -> str:
        """Why the ends are connected, as a text to read."""
        from plangraph.network.words import explain

        return explain(self, lang)


def paths(
    source: PlanGraph | Network,
    start: str | Sequence[str],
    end: str | Sequence[str],
    k: int = 3,
    projection: Projection | None = None,
    *,
    longest: int | None = None,
    through: Sequence[str] = (),
    avoiding: Sequence[str] = (),
) -> Paths:
    """The ``k`` shortest simple paths, or with ``longest`` all of up to so many hops.

    Args:
        source: A build or a network.
        start: An entity (name or id), ``any:CLASS``, ``any:CLASS@PLACE``, or several of these.
        end: The same for the other end. A path between sets meets each set at its end only.
        k: How many.
        projection: Which network of the build.
        longest: Greatest number of hops.
        through: What a path must pass: entities (as for an end; one of a set is enough) or relations.
        avoiding: What it must not: entities or relations.

    Raises:
        NotFoundError: An end that is not in the network, or no path at all.
        InputError: Both ends are one entity, or ``k`` or ``longest`` is below 1.
    """
    if k < 1:
        raise InputError(f"k must be at least 1, not {k}", f"k 至少为 1，而不是 {k}")
    if longest is not None and longest < 1:
        raise InputError(f"longest must be at least 1, not {longest}", f"longest 至少为 1，而不是 {longest}")
    network = project(source, projection)
    a, b = choose(network.kg, start), choose(network.kg, end)
    if a.ids == b.ids and len(a.ids) == 1:
        raise InputError(f"both ends are {a.label}", f"两端都是 {a.label}")
    search = _Search(network, a.within(network), b.within(network), wanted(network, through, avoiding))
    found, complete = search.run(LIMIT if longest is not None else k, longest)
    if not found:
        raise NotFoundError(*_nothing(a, b, complete))
    return Paths((_path(network, search, nodes) for nodes in found), network.projection, complete, network.things)


def shortest_paths(kg: PlanGraph, source: str, target: str, k: int = 3, projection: Projection | None = None) -> Paths:
    """Up to ``k`` shortest simple paths (fewest hops first, then by ids); see `paths`."""
    return paths(kg, source, target, k, projection)


def _nothing(a: Chosen, b: Chosen, complete: bool) -> tuple[str, str]:
    if not complete:
        return (
            f"no path between {a.label} and {b.label} was found within {BUDGET} steps; narrow the network or name longest",
            f"在 {BUDGET} 步搜索内未找到 {a.label} 与 {b.label} 之间的路径；请缩小网络或给出 longest",
        )
    return (
        f"no path between {a.label} and {b.label} in this network",
        f"在该网络中 {a.label} 与 {b.label} 之间没有路径",
    )


def _path(network: Network, search: _Search, nodes: Sequence[int]) -> Path:
    return Path(
        tuple(Hop(network.nodes[a], network.nodes[b], search.statements[a, b]) for a, b in itertools.pairwise(nodes))
    )


class _Search:
    """Depth-first by growing length, so that paths come by length and then by ids.

    Steps that cannot end in time are cut: each node knows its distance to the end, through what must be passed.
    """

    def __init__(self, network: Network, starts: set[int], ends: set[int], wanted: Wanted) -> None:
        self.wanted, self.steps = wanted, 0
        self.starts, self.ends = starts - wanted.avoided, ends - wanted.avoided
        self.statements: dict[tuple[int, int], tuple[Statement, ...]] = {}
        forward: dict[int, list[int]] = {}
        backward: dict[int, list[int]] = {}
        for (a, b, _), statements in zip(network.edges, network.statements, strict=True):
            kept = tuple(s for s in statements if s.predicate not in wanted.avoided_relations)
            if not kept or a in wanted.avoided or b in wanted.avoided:
                continue
            for x, y in [(a, b)] if network.projection.directed else [(a, b), (b, a)]:
                self.statements[x, y] = kept
                forward.setdefault(x, []).append(y)
                backward.setdefault(y, []).append(x)
        self.forward = {n: sorted(near) for n, near in forward.items()}
        self.backward = backward
        to_end = self._distances(dict.fromkeys(self.ends, 0))
        self.distances = [to_end]
        for group in wanted.passed:
            # To the end by way of the nearest of the group.
            self.distances.append(self._distances({n: to_end[n] for n in group if n in to_end}))
        for relation in wanted.passed_relations:
            over = {
                x: to_end[y] + 1
                for (x, y), kept in sorted(self.statements.items(), key=lambda e: -to_end.get(e[0][1], 0))
                if y in to_end and any(s.predicate == relation for s in kept)
            }
            self.distances.append(self._distances(over))

    def _distances(self, from_: dict[int, int]) -> dict[int, int]:
        """Fewest hops from each node to one of those in ``from_``, whose own numbers are added."""
        found: dict[int, int] = {}
        waiting: dict[int, list[int]] = {}
        for node, distance in from_.items():
            waiting.setdefault(distance, []).append(node)
        distance = min(waiting, default=0)
        while waiting:
            for node in waiting.pop(distance, []):
                if node not in found:
                    found[node] = distance
                    waiting.setdefault(distance + 1, []).extend(
                        n for n in self.backward.get(node, ()) if n not in found
                    )
            distance += 1
            waiting = {d: nodes for d, nodes in waiting.items() if nodes}
        return found

    def run(self, count: int, longest: int | None) -> tuple[list[tuple[int, ...]], bool]:
        """The first ``count`` paths of up to ``longest`` hops, and whether the search came to its end."""
        found: list[tuple[int, ...]] = []
        nodes = len(self.forward) + 1
        starts = sorted(s for s in self.starts if all(s in d for d in self.distances))
        shortest = min((max(d[s] for d in self.distances) for s in starts), default=None)
        if shortest is None:
            return [], True
        for length in range(max(shortest, 1), min(longest or nodes, nodes) + 1):
            for start in starts:
                for path in self._of_length([start], {start}, length):
                    found.append(path)
                    if len(found) == count:
                        return found, longest is None
                if self.steps > BUDGET:
                    return found, False
        return found, True

    def _of_length(self, walk: list[int], seen: set[int], left: int) -> Iterator[tuple[int, ...]]:
        """Ways on from the end of ``walk`` in exactly ``left`` hops."""
        here = walk[-1]
        if left == 0:
            if here in self.ends and self._passes(walk):
                yield tuple(walk)
            return
        if len(walk) > 1 and (here in self.ends or here in self.starts):
            return
        for node in self.forward.get(here, ()):
            self.steps += 1
            if self.steps > BUDGET:
                return
            if node in seen or self.distances[0].get(node, left) > left - 1:
                continue
            walk.append(node)
            if all(self.distances[n].get(node, left) < left for n in self._still_to_pass(walk)):
                seen.add(node)
                yield from self._of_length(walk, seen, left - 1)
                seen.discard(node)
            walk.pop()

    def _still_to_pass(self, walk: list[int]) -> list[int]:
        """Which distances bind besides that to the end: those by way of what ``walk`` has not passed yet."""
        groups = self.wanted.passed
        binding = [n for n, group in enumerate(groups, 1) if group.isdisjoint(walk)]
        for n, relation in enumerate(self.wanted.passed_relations, 1 + len(groups)):
            if not self._uses(walk, relation):
                binding.append(n)
        return binding

    def _passes(self, walk: list[int]) -> bool:
        return not self._still_to_pass(walk)

    def _uses(self, walk: list[int], relation: str) -> bool:
        return any(s.predicate == relation for pair in itertools.pairwise(walk) for s in self.statements[pair])
