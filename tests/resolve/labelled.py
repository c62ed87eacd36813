"""The labelled pairs, from the files of families beside this one: every two names of a family are a pair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from plangraph.model import Entity
from plangraph.resolve.scoring import Named

_NAME = re.compile(r"(?P<name>[^{@]+)(?:\{(?P<aliases>[^}]+)\})?(?:@(?P<place>.+))?")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two printed names, and whether they are one thing."""

    one: Named
    other: Named
    same: bool

    def __str__(self) -> str:
        return f"{self.one.entity.label_zh} / {self.other.entity.label_zh}"


def labelled_pairs(held_out: bool) -> list[Pair]:
    """The pairs of the tuning or of the held-out part, in the order of the file."""
    name = "families-held-out.txt" if held_out else "families.txt"
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [pair for number, line in enumerate(lines) for pair in _family(number, line)]


def _family(number: int, line: str) -> Iterator[Pair]:
    classes, _, things = line.partition(": ")
    first, _, rest = classes.partition("/")
    named = []
    for t, thing in enumerate(things.split(" ; ")):
        for n, text in enumerate(thing.split(" = ")):
            named.append((t, _named(f"family-{number}-{t}-{n}", (rest or first) if t else first, text.strip())))
    for (t, one), (u, other) in combinations(named, 2):
        yield Pair(one, other, t == u)


def _named(slug: str, kind: str, text: str) -> Named:
    found = _NAME.fullmatch(text)
    assert found, text
    aliases = tuple((found["aliases"] or "").split("|")) if found["aliases"] else ()
    place = found["place"]
    entity = Entity(f"thing/{slug}", kind, found["name"].strip(), "", aliases)
    return Named(entity, frozenset([place.strip()]) if place else frozenset(), frozenset([slug]))
