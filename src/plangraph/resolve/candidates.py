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


#: Whether the names share their core or only begin or end alike; then class or scheme, and what they share.
Key = tuple[str, ...]


def candidate_pairs(named: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """Pairs from ``named`` to compare, each once, in the order of ``named``."""
    blocks: dict[Key, list[int]] = defaultdict(list)
    for n, entity in enumerate(named):
        for key in block_keys(entity):
            blocks[key].append(n)
    pairs: set[tuple[int, int]] = set()
    for key, block in blocks.items():
        pairs.update((block[i], block[j]) for i, j in pairs_of_block(key, [named[n] for n in block]))
    for one, other in sorted(pairs):
        yield named[one], named[other]


def block_keys(entity: Named) -> set[Key]:
    """The blocks in which an entity is compared with others."""
    # Domains and technologies are one scheme of concepts.
    scheme = "" if entity.top in concept_endings() else entity.top
    found: set[Key] = set()
    for form, _ in entity.forms():
        found.add(("same", scheme, form.core))
        if len(form.core) > _EDGE:
            found |= {("like", entity.top, "^", form.core[:_EDGE]), ("like", entity.top, "$", form.core[-_EDGE:])}
    return found


def pairs_of_block(key: Key, block: Sequence[Named]) -> Iterator[tuple[int, int]]:
    """Places in ``block``, which is in the order of all names, of the pairs that are compared there."""
    numbers = range(len(block))
    if key[0] == "like":
        yield from combinations(numbers, 2) if len(block) <= LARGEST else ()
    else:
        yield from combinations(numbers, 2) if len(block) <= MANY else _by_place(block, numbers)


def _by_place(named: Sequence[Named], members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of ``members`` that share a place, in their names or of their plans."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for n in members:
        own = [f.places for f, _ in named[n].forms() if f.places] or named[n].context()
        for place in {f"{p.province}{p.city}{p.county}" for p in own}:
            by_place[place].append(n)
    for block in by_place.values():
        yield from combinations(block, 2)
