"""Where the nodes of the page stand, computed beforehand so that a browser only has to draw.

Communities are found (Leiden), each is laid out by itself (Kamada-Kawai, for large ones Fruchterman-Reingold),
boxes that hold a node with its label are pushed apart, and then the communities themselves are placed like boxes.
What has no neighbour stands in rows below. The same network gives the same positions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float]

_EDGE = 105.0  # wished length of an edge, in pixels at zoom 1
_GAP = 64.0  # free space between communities
_STRETCH = 1.35  # screens are wider than high
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
    drawn = [(float(x), float(y)) for x, y in layout]
    lengths = sorted(math.dist(drawn[a], drawn[b]) for a, b in graph.get_edgelist())
    unit = lengths[len(lengths) // 2] or 1.0
    return push_apart([(x * _EDGE * _STRETCH / unit, y * _EDGE / unit) for x, y in drawn], boxes)


def _circle(n: int, radius: float) -> list[Point]:
    return [(radius * math.cos(2 * math.pi * i / n), radius * math.sin(2 * math.pi * i / n)) for i in range(n)]


def _scaled(points: list[Point], radius: float) -> list[Point]:
    """``points`` about their middle, the outermost at ``radius``."""
    cx, cy = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    reach = max((math.hypot(x - cx, y - cy) for x, y in points), default=0.0) or 1.0
    return [((x - cx) * _STRETCH * radius / reach, (y - cy) * radius / reach) for x, y in points]


def push_apart(points: Sequence[Point], boxes: Sequence[Box], rounds: int = 200) -> list[Point]:
    """Move points as little as it takes for their boxes not to overlap (to within a pixel, if ``rounds`` suffice)."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    cell = max(max(b) for b in boxes) if boxes else 1.0
    for _ in range(rounds):
        grid: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i in range(len(xs)):
            grid[int(xs[i] // cell), int(ys[i] // cell)].append(i)
        moved = False
        for (gx, gy), members in grid.items():
            for dx, dy in ((0, 0), (1, -1), (1, 0), (1, 1), (0, 1)):
                others = members if not (dx or dy) else grid.get((gx + dx, gy + dy), [])
                for i in members:
                    for j in others:
                        if (dx or dy or i < j) and _separate(i, j, xs, ys, boxes):
                            moved = True
        if not moved:
            break
    return list(zip(xs, ys, strict=True))


def _separate(i: int, j: int, xs: list[float], ys: list[float], boxes: Sequence[Box]) -> bool:
    """Move two overlapping boxes apart along the axis where less is missing."""
    dx, dy = xs[j] - xs[i], ys[j] - ys[i]
    over_x = (boxes[i][0] + boxes[j][0]) / 2 - abs(dx)
    over_y = (boxes[i][1] + boxes[j][1]) / 2 - abs(dy)
    if over_x <= 1 or over_y <= 1:
        return False
    if over_x < over_y:
        step = over_x / 2 if dx >= 0 else -over_x / 2
        xs[i] -= step
        xs[j] += step
    else:
        step = over_y / 2 if dy >= 0 else -over_y / 2
        ys[i] -= step
        ys[j] += step
    return True


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
