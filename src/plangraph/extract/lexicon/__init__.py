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
#: Lists that are matched, each by itself; "short-division" is made of the divisions' short forms and other
#: names, ambiguous ones too.
LISTS = (
    "district", "domain", "technology", "institution", "park", "common", "institution-ending", "park-ending",
    "domain-ending", "technology-ending", "cue", "place-word", "short-division",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Matchers over the lists, in the order of `LISTS`."""

    matchers: tuple[Any, ...]

    def layers(self, text: str) -> list[numpy.ndarray[Any, Any]]:
        """For each list an array of shape (len(text),): 0 outside, 1 first, 2 inside, 3 last, 4 the only character."""
        import numpy as np

        found = []
        for matcher in self.matchers:
            layer = np.zeros(len(text), dtype=np.uint8)
            matches = matcher.find_matches_as_indexes(text)
            if matches:
                starts, ends = np.array(matches, dtype=np.int64)[:, 1:].T
                edges = np.zeros(len(text) + 1, dtype=np.int8)
                np.add.at(edges, starts, 1)
                np.add.at(edges, ends, -1)
                layer[np.cumsum(edges[:-1]) > 0] = 2
                layer[ends - 1] = 3
                layer[starts] = np.where(ends - starts == 1, 4, 1)
            found.append(layer)
        return found


def read_list(name: str) -> list[str]:
    """Entries of the list ``name``, sorted."""
    path = _FOLDER / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


@functools.cache
def fields() -> frozenset[str]:
    """Fields and technologies of the lists."""
    return frozenset([*read_list("domain"), *read_list("technology")])


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


@functools.cache
def other_names() -> dict[str, str]:
    """What else divisions and countries are called, to the full name (津 → 天津市, 八闽 → 福建省)."""
    lines = (_FOLDER / "other-names.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


#: The peoples that names of autonomous divisions hold.
_ETHNIC = (
    "维吾尔族", "维吾尔", "壮族", "回族", "蒙古族", "蒙古", "藏族", "彝族", "苗族", "侗族", "布依族", "土家族", "哈尼族", "傣族", "白族",
    "傈僳族", "朝鲜族", "景颇族", "羌族", "哈萨克族", "哈萨克", "柯尔克孜族", "柯尔克孜", "满族", "瑶族", "黎族", "畲族", "水族", "仡佬族",
    "土族", "撒拉族", "东乡族", "保安族", "裕固族", "锡伯族", "塔吉克", "达斡尔族", "达斡尔", "鄂伦春", "鄂温克族", "仫佬族", "毛南族", "拉祜族",
    "佤族", "布朗族", "纳西族", "普米族", "独龙族", "怒族", "俄罗斯", "各族",
)  # fmt: skip


def short_form(name: str) -> str:
    """A division's name without its kind (天津市 → 天津, 延边朝鲜族自治州 → 延边); empty if nothing short is left."""
    for ending in (
        "特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "新区", "省", "市", "区", "县", "盟", "旗",
    ):  # fmt: skip
        if name.endswith(ending):
            short = name[: -len(ending)]
            while ending.startswith("自治") and (
                peoples := [p for p in _ETHNIC if short.endswith(p) and len(short) > len(p) + 1]
            ):
                short = short[: -len(max(peoples, key=len))]
            return short if len(short) >= 2 else ""
    return ""


def _entries(name: str) -> list[str]:
    if name == "short-division":
        return sorted({*(short_form(n) for n in divisions()), *other_names()} - {""})
    entries = read_list(name)
    return sorted({*entries, *read_list("county"), *divisions(), *short_divisions()}) if name == "district" else entries


@functools.cache
def load_lexicon() -> Lexicon:
    """The lists that come with plangraph, ready to match."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    return Lexicon(
        tuple(
            AhoCorasick(
                _entries(name), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
            )
            for name in LISTS
        )
    )
