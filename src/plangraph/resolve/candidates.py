"""Pairs worth comparing: those that share a core of a name, and those whose cores begin or end alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from plangraph.resolve.names import concept_endings
from plangraph.resolve.scoring import Named

#: Blocks of likeness beyond this size are passed over: what begins alike in so many names tells nothing.
LARGEST = 60
#: In a block of one core beyond this size (高新区 is in every plan) only those of one place are compared.
MANY = 400
_EDGE = 4


def candidate_pairs(named: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """Pairs from ``named`` to compare, each once, in the order of ``named``."""
    same: dict[tuple[str, str], set[int]] = defaultdict(set)
    like: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for n, entity in enumerate(named):
        # Domains and technologies are one scheme of concepts.
        scheme = "" if entity.top in concept_endings() else entity.top
        for form, _ in entity.forms():
            same[scheme, form.core].add(n)
            if len(form.core) > _EDGE:
                like[entity.top, "^", form.core[:_EDGE]].add(n)
                like[entity.top, "$", form.core[-_EDGE:]].add(n)
    pairs: set[tuple[int, int]] = set()
    for block in same.values():
        members = sorted(block)
        pairs.update(combinations(members, 2) if len(members) <= MANY else _by_place(named, members))
    for block in like.values():
        if 1 < len(block) <= LARGEST:
            pairs.update(combinations(sorted(block), 2))
    for one, other in sorted(pairs):
        yield named[one], named[other]


def _by_place(named: Sequence[Named], members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of ``members`` that share a place, in their names or of their plans."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for n in members:
        own = [f.places for f, _ in named[n].forms() if f.places] or named[n].context()
        for place in {f"{p.province}{p.city}{p.county}" for p in own}:
            by_place[place].append(n)
    for block in by_place.values():
        yield from combinations(block, 2)
