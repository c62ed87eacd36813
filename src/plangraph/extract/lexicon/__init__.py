"""Word lists as data: names of divisions, fields, technologies and institutions, endings, cues, common nouns.

Each list is a file of one entry a line (``#`` starts a comment); what stands in a list is a help to the tagger, never
by itself an entity.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

_FOLDER = Path(__file__).resolve().parent
#: Lists whose words name things, and lists whose words stand around names; the two are matched apart.
NAME_LISTS = ("district", "domain", "technology", "institution", "park", "common")
WORD_LISTS = ("institution-ending", "park-ending", "domain-ending", "technology-ending", "cue", "place-word")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Matchers over the lists, and of which lists each entry is a member.

    Args:
        groups: For each group of lists: the lists' names, the matcher, and for each entry the numbers of its lists.
    """

    groups: tuple[tuple[tuple[str, ...], Any, tuple[tuple[int, ...], ...]], ...]

    def layers(self, text: str) -> list[numpy.ndarray[Any, Any]]:
        """For each list an array of shape (len(text),): 0 outside, 1 first, 2 inside, 3 last, 4 the only character."""
        import numpy as np

        found = []
        for names, matcher, members in self.groups:
            own = [np.zeros(len(text), dtype=np.uint8) for _ in names]
            for entry, start, end in matcher.find_matches_as_indexes(text, overlapping=False):
                for number in members[entry]:
                    layer = own[number]
                    if end - start == 1:
                        layer[start] = 4
                    else:
                        layer[start + 1 : end - 1] = 2
                        layer[start], layer[end - 1] = 1, 3
            found += own
        return found


def read_list(name: str) -> list[str]:
    """Entries of the list ``name``, sorted."""
    path = _FOLDER / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


@functools.cache
def divisions() -> dict[str, str]:
    """Names of administrative divisions with their GB/T 2260 codes; a name that several share has the first code."""
    lines = (_FOLDER / "divisions.tsv").read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            code, name = line.split("\t")
            found.setdefault(name, code)
    return found


@functools.cache
def class_endings() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Narrower classes with the endings of names that tell them, in the order in which they are tried."""
    lines = (_FOLDER / "class-endings.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple((name, tuple(endings.split("|"))) for name, endings in rows)


@functools.cache
def short_divisions() -> dict[str, str]:
    """Short form to full name, for provinces and prefectures (上海 → 上海市, 内蒙古 → 内蒙古自治区)."""
    found: dict[str, str] = {}
    for name, code in divisions().items():
        short = short_form(name)
        if short and (code.endswith("0000") or code.endswith("00")):
            found.setdefault(short, name)
    return found


_ETHNIC = (
    "维吾尔", "壮族", "回族", "蒙古族", "藏族", "彝族", "苗族", "侗族", "布依族", "土家族", "哈尼族", "傣族", "白族", "傈僳族",
    "朝鲜族", "景颇族", "羌族", "哈萨克", "柯尔克孜", "蒙古",
)  # fmt: skip


def short_form(name: str) -> str:
    """A division's name without its kind (天津市 → 天津, 延边朝鲜族自治州 → 延边); empty if nothing short is left."""
    for ending in ("特别行政区", "自治区", "自治州", "自治县", "地区", "林区", "省", "市", "区", "县", "盟", "旗"):
        if name.endswith(ending):
            short = name[: -len(ending)]
            while ending.startswith("自治") and (
                peoples := [p for p in _ETHNIC if short.endswith(p) and len(short) > len(p) + 1]
            ):
                short = short[: -len(max(peoples, key=len))]
            return short if len(short) >= 2 else ""
    return ""


@functools.cache
def load_lexicon() -> Lexicon:
    """The lists that come with plangraph, ready to match."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    groups = []
    for names in (NAME_LISTS, WORD_LISTS):
        members: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            entries = read_list(name)
            if name == "district":
                entries = sorted({*entries, *divisions(), *short_divisions()})
            for entry in entries:
                members.setdefault(entry, []).append(number)
        words = sorted(members)
        matcher = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA)
        groups.append((names, matcher, tuple(tuple(members[w]) for w in words)))
    return Lexicon(tuple(groups))
