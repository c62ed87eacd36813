"""Where the nodes of the page stand, computed beforehand so that a browser only has to draw.

Communities are found (Leiden), each is laid out by itself (Kamada-Kawai, for large ones Fruchterman-Reingold),
boxes that hold a node with its label are pushed apart, and then the communities themselves are placed like boxes.
What has no neighbour stands in rows below. The same network gives the same positions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float]

_EDGE = 105.0  # wished length of an edge, in pixels at zoom 1
_GAP = 64.0  # free space between communities
_STRETCH = 1.35  # screens are wider than high
_YIELD = 0.3  # how much less a box moves for each of those that push it
_PATIENCE = 30  # rounds without getting better after which boxes stay where they are
_CROWD = 60  # groups from this size on are crowded in their middle
_ROOM = 1.5  # area of a group, in areas of its boxes
_SEED = 20210808


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in pixels at zoom 1, and the number of each node's community (0 is the largest)."""

    positions: tuple[tuple[int, int], ...]
    communities: tuple[int, ...]


def place(boxes: Sequence[Box], edges: Sequence[tuple[int, int]]) -> Layout:
    """Place nodes so that communities stand apart and no two boxes overlap.

    Args:
        boxes: Width and height that each node takes with its label, in pixels.
        edges: Pairs of node numbers; direction and multiplicity do not matter.

    Returns:
        Whole-numbered positions of the boxes' centres, and communities, in the order of ``boxes``.
    """
    import random

    import igraph

    pairs = sorted({(min(e), max(e)) for e in edges if e[0] != e[1]})
    graph = igraph.Graph(n=len(boxes), edges=pairs)
    # igraph draws from Python's generator unless told otherwise; a seeded one makes the layout repeatable.
    igraph.set_random_number_generator(random.Random(_SEED))
    try:
        groups = _communities(graph)
        points: list[Point] = [(0.0, 0.0)] * len(boxes)
        linked = [g for g in groups if graph.degree(g[0])]
        _place_communities(graph, linked, boxes, points)
    finally:
        igraph.set_random_number_generator(random)
    _place_rows([g[0] for g in groups if not graph.degree(g[0])], boxes, points)
    membership = [0] * len(boxes)
    for number, group in enumerate(groups):
        for node in group:
            membership[node] = number
    return Layout(tuple((round(x), round(y)) for x, y in points), tuple(membership))


def _communities(graph: Any) -> list[list[int]]:
    """Communities by modularity (Leiden), largest first; each an ascending list of nodes."""
    if not graph.ecount():
        return [[n] for n in range(graph.vcount())]
    found = graph.community_leiden(objective_function="modularity", n_iterations=10)
    return sorted((sorted(c) for c in found), key=lambda c: (-len(c), c[0]))


def _place_communities(graph: Any, groups: list[list[int]], boxes: Sequence[Box], points: list[Point]) -> None:
    """Lay out each community by itself, then place them all, writing into ``points``."""
    import igraph

    if not groups:
        return
    inner: list[list[Point]] = []
    sizes: list[Box] = []
    for group in groups:
        local = _place_members(graph.induced_subgraph(group), [boxes[n] for n in group])
        left = min(x - boxes[n][0] / 2 for n, (x, _) in zip(group, local, strict=True))
        right = max(x + boxes[n][0] / 2 for n, (x, _) in zip(group, local, strict=True))
        top = min(y - boxes[n][1] / 2 for n, (_, y) in zip(group, local, strict=True))
        bottom = max(y + boxes[n][1] / 2 for n, (_, y) in zip(group, local, strict=True))
        inner.append([(x - (left + right) / 2, y - (top + bottom) / 2) for x, y in local])
        sizes.append((right - left + _GAP, bottom - top + _GAP))
    member = {node: i for i, group in enumerate(groups) for node in group}
    between = sorted({(min(a, b), max(a, b)) for a, b in ((member[s], member[t]) for s, t in graph.get_edgelist())})
    quotient = igraph.Graph(n=len(groups), edges=[p for p in between if p[0] != p[1]])
    area = math.sqrt(sum(w * h for w, h in sizes))
    start = [(x, y) for x, y in quotient.layout_fruchterman_reingold(seed=_circle(len(groups), 1.0), niter=300)]
    turned = [(y, -x) for x, y in start]
    packed = [_pack(_scaled(points, area / 2.2), sizes) for points in (start, turned)]
    centres = min(packed, key=lambda points: _extent(points, sizes))
    for group, centre, local in zip(groups, centres, inner, strict=True):
        for node, (x, y) in zip(group, local, strict=True):
            points[node] = (centre[0] + x, centre[1] + y)


def _pack(centres: list[Point], sizes: list[Box]) -> list[Point]:
    """Draw boxes together and push them apart, over and over, until they lie close."""
    for _ in range(24):
        centres = push_apart([(x * 0.93, y * 0.93) for x, y in centres], sizes)
    return centres


def _extent(centres: list[Point], sizes: list[Box]) -> float:
    """Height of the smallest screen that holds the boxes."""
    boxes = [(x - w / 2, x + w / 2, y - h / 2, y + h / 2) for (x, y), (w, h) in zip(centres, sizes, strict=True)]
    width = max(b[1] for b in boxes) - min(b[0] for b in boxes)
    height = max(b[3] for b in boxes) - min(b[2] for b in boxes)
    return max(width / _STRETCH, height)


def _place_members(graph: Any, boxes: Sequence[Box]) -> list[Point]:
    n = graph.vcount()
    if n == 1:
        return [(0.0, 0.0)]
    seed = _circle(n, math.sqrt(n))
    layout = graph.layout_kamada_kawai(seed=seed) if n <= 150 else graph.layout_fruchterman_reingold(seed=seed)
    drawn = _evened([(float(x), float(y)) for x, y in layout])
    lengths = sorted(math.dist(drawn[a], drawn[b]) for a, b in graph.get_edgelist())
    unit = (lengths[len(lengths) // 2] or 1.0) / _EDGE
    wide, high = (max(p[axis] for p in drawn) - min(p[axis] for p in drawn) for axis in (0, 1))
    # Dense groups need more room than their edges ask for: else boxes pushed apart would queue in columns. A chain
    # has hardly any height; it is taken for a quarter of its length, or it would be blown up without end.
    room = max(wide, high / 4) * _STRETCH * max(high, wide / 4) / unit**2
    scale = max(1.0, math.sqrt(_ROOM * sum(w * h for w, h in boxes) / room) if room else 1.0) / unit
    return push_apart([(x * scale * _STRETCH, y * scale) for x, y in drawn], boxes)


def _evened(points: list[Point]) -> list[Point]:
    """``points`` with crowds loosened: each goes half the way to where it stood if all were spaced evenly."""
    n = len(points)
    if n < _CROWD:
        return points
    columns = []
    for axis in (0, 1):
        values = [p[axis] for p in points]
        low, high = min(values), max(values)
        place = {i: rank for rank, i in enumerate(sorted(range(n), key=lambda i: (values[i], i)))}
        columns.append([(v + low + (high - low) * place[i] / (n - 1)) / 2 for i, v in enumerate(values)])
    return list(zip(*columns, strict=True))


def _circle(n: int, radius: float) -> list[Point]:
    return [(radius * math.cos(2 * math.pi * i / n), radius * math.sin(2 * math.pi * i / n)) for i in range(n)]


def _scaled(points: list[Point], radius: float) -> list[Point]:
    """``points`` about their middle, the outermost at ``radius``."""
    cx, cy = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    reach = max((math.hypot(x - cx, y - cy) for x, y in points), default=0.0) or 1.0
    return [((x - cx) * _STRETCH * radius / reach, (y - cy) * radius / reach) for x, y in points]


def push_apart(points: Sequence[Point], boxes: Sequence[Box], rounds: int = 300) -> list[Point]:
    """Move points as little as it takes for their boxes not to overlap (to within a pixel, if ``rounds`` suffice)."""
    import numpy as np

    if len(points) < 2:
        return list(points)
    at, size = np.array(points, dtype=float), np.array(boxes, dtype=float)
    least, stale = math.inf, 0
    for _ in range(rounds):
        first, second = _near(at, size)
        apart = at[second] - at[first]
        over = (size[first] + size[second]) / 2 - np.abs(apart)
        hit = (over > 1).all(axis=1)
        if not hit.any():
            break
        first, second, apart, over = first[hit], second[hit], apart[hit], over[hit]
        missing = float(over.min(axis=1).sum())
        least, stale = (missing, 0) if missing < least * 0.97 else (least, stale + 1)
        if stale == _PATIENCE:
            break
        # Along the axis where less is missing, half of it each; what is pushed from many sides goes a part of the way.
        axis = (over[:, 0] >= over[:, 1]).astype(int)
        row = np.arange(len(axis))
        step = np.where(apart[row, axis] >= 0, 0.5, -0.5) * (over[row, axis] + 0.5)
        both = np.concatenate([first, second])
        pushes = np.maximum(1.0, np.bincount(both, minlength=len(at)) * _YIELD)
        for along in (0, 1):
            part = np.where(axis == along, step, 0.0)
            at[:, along] += np.bincount(both, np.concatenate([-part, part]), len(at)) / pushes
    return [(float(x), float(y)) for x, y in at]


def _near(at: Any, size: Any) -> tuple[Any, Any]:
    """Pairs of numbers of boxes that could overlap: all pairs of a few, else those in neighbouring cells of a grid."""
    import numpy as np

    if len(at) <= 300:
        return np.triu_indices(len(at), 1)
    cell = np.floor((at - at.min(axis=0)) / size.max(axis=0)).astype(np.int64)
    wide = int(cell[:, 0].max()) + 3
    key = (cell[:, 1] + 1) * wide + cell[:, 0] + 1
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    found = []
    for step in (0, 1, wide - 1, wide, wide + 1):
        start = np.searchsorted(ordered, ordered + step, "left")
        count = np.searchsorted(ordered, ordered + step, "right") - start
        mine = np.repeat(np.arange(len(at)), count)
        theirs = np.repeat(start - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
        once = theirs > mine if step == 0 else slice(None)
        found.append((order[mine[once]], order[theirs[once]]))
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def _place_rows(nodes: Sequence[int], boxes: Sequence[Box], points: list[Point]) -> None:
    """Put nodes without a neighbour in rows below everything else."""
    if not nodes:
        return
    lone = set(nodes)
    others = [i for i in range(len(points)) if i not in lone]
    bottom = max((points[i][1] + boxes[i][1] / 2 for i in others), default=0.0) + _GAP
    left = min((points[i][0] - boxes[i][0] / 2 for i in others), default=0.0)
    right = max((points[i][0] + boxes[i][0] / 2 for i in others), default=0.0)
    width = max(right - left, math.sqrt(sum(boxes[i][0] * boxes[i][1] for i in nodes)) * _STRETCH)
    x, y, row = left, bottom, 0.0
    for i in nodes:
        w, h = boxes[i]
        if x > left and x + w > left + width:
            x, y, row = left, y + row, 0.0
        points[i] = (x + w / 2, y + h / 2)
        x, row = x + w, max(row, h)
