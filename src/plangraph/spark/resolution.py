"""Resolution across plans: blocks and comparisons spread over the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from plangraph.folder import PlanFolder
from plangraph.resolve import Candidate, named_entities
from plangraph.resolve.candidates import Key, block_keys, pairs_of_block
from plangraph.resolve.scoring import THRESHOLD, Named, judge
from plangraph.spark.corpus import read_plans

#: Id and top class; two classes of one id are two things.
Id = tuple[str, str]


def resolve_plans(session: Any, folders: Sequence[Path], threshold: float = THRESHOLD) -> list[Candidate]:
    """Pairs of entities that are likely one thing, the surest first: what `plangraph.resolve.resolve` gives."""
    plans = read_plans(session, folders).zipWithIndex()
    named = plans.flatMap(_numbered).groupByKey().mapValues(_joined)
    blocks = named.flatMap(lambda item: [(key, item) for key in block_keys(item[1])]).groupByKey()
    pairs = blocks.flatMap(_pairs).reduceByKey(lambda one, _: one)
    found = pairs.flatMap(lambda item: _judged(item[1][0], item[1][1], threshold)).collect()
    return sorted(found, key=lambda c: (-c.verdict.confidence, c.one.id, c.other.id))


def _numbered(item: tuple[PlanFolder, int]) -> list[tuple[Id, tuple[int, Named]]]:
    folder, number = item
    return [((n.entity.id, n.top), (number, n)) for n in named_entities([folder])]


def _joined(values: Iterable[tuple[int, Named]]) -> Named:
    # In the order of the plans, as on one machine: the first gives the name.
    ordered = [n for _, n in sorted(values, key=lambda v: v[0])]
    return reduce(lambda one, other: one.joined(other), ordered)


def _pairs(block: tuple[Key, Iterable[tuple[Id, Named]]]) -> Iterator[tuple[tuple[Id, Id], tuple[Named, Named]]]:
    key, items = block
    ordered = sorted(items, key=lambda item: item[0])
    for i, j in pairs_of_block(key, [named for _, named in ordered]):
        yield (ordered[i][0], ordered[j][0]), (ordered[i][1], ordered[j][1])


def _judged(one: Named, other: Named, threshold: float) -> list[Candidate]:
    verdict = judge(one, other)
    sure = verdict is not None and verdict.confidence >= threshold
    return [Candidate(one.entity, other.entity, verdict)] if sure and verdict else []
