"""Places in names: the divisions at a name's start, and whether two places can be one."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from importlib.resources import files

from plangraph.extract.lexicon import divisions, short_divisions


@dataclass(frozen=True, slots=True)
class Places:
    """Where a thing is: the most that a name or a plan says.

    Args:
        province: Two digits of GB/T 2260, or "".
        city: Four digits, or "".
        county: Name of a division below the city, or "".
    """

    province: str = ""
    city: str = ""
    county: str = ""

    def __bool__(self) -> bool:
        return bool(self.province or self.county)

    def agrees(self, other: Places) -> bool:
        """Whether nothing in the two speaks against one place."""
        pairs = ((self.province, other.province), (self.city, other.city), (self.county, other.county))
        return all(not a or not b or a == b for a, b in pairs)

    def same_depth(self, other: Places) -> bool:
        """Whether both go down to one level."""
        return (bool(self.city), bool(self.county)) == (bool(other.city), bool(other.county))


@functools.cache
def _codes() -> dict[str, frozenset[str]]:
    """Every division's name with all its codes: 朝阳区 is in Beijing and in Changchun."""
    found: dict[str, set[str]] = defaultdict(set)
    text = (files("plangraph.extract.lexicon") / "divisions.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, name = line.split("\t")
            found[name].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def is_shared(name: str) -> bool:
    """Whether several divisions have this name."""
    return len(_codes().get(name, ())) > 1


def whole_place(name: str) -> str | None:
    """What a name that is a division's stands for: its full name."""
    if name in divisions():
        return name
    return short_divisions().get(name)


def _of(name: str) -> Places:
    codes = _codes().get(name) or frozenset([divisions()[name]])
    provinces = {c[:2] for c in codes}
    cities = {c[:4] for c in codes}
    if all(c.endswith("0000") for c in codes):
        return Places(min(codes)[:2])
    if all(c.endswith("00") for c in codes):
        return Places(min(codes)[:2], min(codes)[:4])
    province = min(provinces) if len(provinces) == 1 else ""
    # The four municipalities have no cities between themselves and their districts.
    city = min(cities) if len(cities) == 1 and province not in ("11", "12", "31", "50") else ""
    return Places(province, city, name)


def places_of(name: str) -> Places:
    """The place that a division's full or short name stands for; nothing for any other name."""
    full = whole_place(name)
    if full is not None:
        return _of(full)
    found, rest = leading_places(name)
    return found if not rest or rest in ("市", "省", "区", "县") else Places()


def leading_places(text: str) -> tuple[Places, str]:
    """The divisions at the start of ``text``, which must agree with one another, and what follows them."""
    found = Places()
    while True:
        cut = _longest(text)
        if not cut:
            return found, text
        full, rest = cut
        place = _of(full)
        if not found.agrees(place):
            return found, text
        found = Places(found.province or place.province, found.city or place.city, found.county or place.county)
        text = rest


def _longest(text: str) -> tuple[str, str] | None:
    for length in range(min(12, len(text) - 2), 1, -1):
        full = whole_place(text[:length])
        # 天津大学科技园 is that of 天津大学, not Tianjin's 大学科技园.
        if full is not None and not (full != text[:length] and text.startswith(("大学", "学院"), length)):
            return full, text[length:]
    return None
