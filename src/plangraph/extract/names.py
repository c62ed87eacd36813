"""From tagged stretches to entities: cleaned, told apart, named once a document."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plangraph.extract.lexicon import (
    class_endings,
    divisions,
    fields,
    other_names,
    read_list,
    short_divisions,
    short_form,
)
from plangraph.extract.pairs import Mention, matters
from plangraph.model import Entity, fold
from plangraph.ontology import load_ontology

_EDGES = " 　“”‘’\"'《》〈〉、，,。；;：:（）()【】[]—-·和与及等的在将以"
_OPEN, _CLOSE = "（(“‘《【", "）)”’》】"
#: How many or how large, before the name of a field or technology (六大未来产业, 100兆瓦级压缩空气储能).
_MEASURE = re.compile(
    r"(?:[一二三四五六七八九十两]+大|一批|首[个批]|世界级"
    r"|(?:\d[\d.]*|(?<=[\d万亿]))(?:万?千瓦时?|兆瓦时?|吉瓦时?|万?吨)级?)(?=..)"
)
_INDUSTRY = "产业"
_HAN_RUN = re.compile(r"([\u3007\u3400-\u9fff]+)")
_SLUG_RUBBISH = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Named:
    """An entity in the making: its mentions, grouped under one name."""

    type: str
    name: str
    aliases: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    implied: bool = False


def clean(text: str, mention: Mention) -> Mention | None:
    """``mention`` without punctuation and measures at its edges and without an unclosed bracket; None if nothing is left."""
    start, end = mention.start, mention.end
    # A joining word may begin a division's name, but hardly a field's: 和平台经济 is no 和平.
    while (
        start < end
        and text[start] in _EDGES
        and not (text[start] in _OPEN and _closing(text, start, end))
        and not (mention.type != "Domain" and text.startswith(_joining_divisions(), start))
    ):
        start += 1
    while (
        start < end
        and text[end - 1] in _EDGES
        and not (text[end - 1] in _CLOSE and _opening(text, start, end))
        and text[start:end] not in _ending_as_if_joined()
    ):
        end -= 1
    if mention.type in matters() and (measure := _MEASURE.match(text, start, end)):
        start = measure.end()
    name = text[start:end]
    short = len(name) < 2 and not (mention.type == "District" and name in other_names())
    if not name or short or len(name) > 40 or "\n" in name:
        return None
    return Mention(start, end, mention.type, mention.probability)


@functools.cache
def _joining_divisions() -> tuple[str, ...]:
    """Divisions whose names begin like a joining word: 和田, 和林格尔, 将乐."""
    names = (*divisions(), *(short_form(n) for n in divisions()), *read_list("district"), *read_list("county"))
    return tuple(sorted({n for n in names if len(n) > 1 and n[0] in _EDGES}))


@functools.cache
def _ending_as_if_joined() -> frozenset[str]:
    """Listed names that end like a joining word: 协和, 颐和."""
    lists = ("company", "institution", "park", "district", "county")
    return frozenset(n for name in lists for n in read_list(name) if n[-1] in _EDGES)


def _closing(text: str, start: int, end: int) -> bool:
    return _CLOSE[_OPEN.index(text[start])] in text[start + 1 : end]


def _opening(text: str, start: int, end: int) -> bool:
    return _OPEN[_CLOSE.index(text[end - 1])] in text[start : end - 1]


def group(text: str, mentions: Iterable[Mention], short: Mapping[int, str] | None = None) -> list[Named]:
    """Mentions of one thing under one entity, in the order of their first mention.

    Equal folded names are one thing, of the class that most of its mentions have; a division's short form and its
    full name are one, where both stand in the text or the short form is a province or prefecture; and so are a field
    with and without the word 产业 and a name and the short form that the text gives it.

    Args:
        text: The text.
        mentions: The mentions.
        short: Other names, by the start of the mention that they are given to.
    """
    mentions = list(mentions)
    other = {fold(name): fold(text[m.start : m.end]) for m in mentions if (name := (short or {}).get(m.start))}
    by_name: dict[str, list[Mention]] = defaultdict(list)
    printed: dict[str, Counter[str]] = defaultdict(Counter)
    for m in mentions:
        key = _key(text[m.start : m.end], m.type)
        key = other.get(key, key)
        by_name[key].append(m)
        printed[key][text[m.start : m.end]] += 1
        if m.type == "Domain":
            printed[key][_field(text[m.start : m.end])] += 0
        if m.start in (short or {}):
            printed[key][(short or {})[m.start]] += 0
    found = []
    for key, group_ in by_name.items():
        votes: Counter[str] = Counter()
        for m in group_:
            votes[m.type] += 1 + m.probability  # type: ignore[assignment]
        kind = max(sorted(votes), key=lambda t: votes[t])
        longest = kind == "District" or key in other.values()
        names = sorted(printed[key], key=lambda n: (n in other_names(), -len(n) if longest else -printed[key][n], n))
        found.append(Named(kind, names[0], names[1:], sorted(group_, key=lambda m: m.start)))
    return sorted(found, key=lambda e: (e.mentions[0].start, e.name))


def _key(name: str, kind: str) -> str:
    return fold(full_name(name) if kind == "District" else _field(name) if kind == "Domain" else name)


def _field(name: str) -> str:
    """A field's name without 产业, where what is left tells the field (生物医药 of 生物医药产业, but not 未来 of 未来产业)."""
    short = name.removesuffix(_INDUSTRY)
    tells = short != name and any(short[i:] in fields() for i in range(max(1, len(short) - 2)))
    return short if tells else name


def full_name(name: str) -> str:
    """Full name of a province or prefecture by its short one or what else it is called; any other name as it is."""
    return name if name in divisions() else short_divisions().get(name) or other_names().get(name, name)


def division_code(name: str) -> str:
    """GB/T 2260 code of a division by its full name or, for provinces and prefectures, another; or ""."""
    return divisions().get(full_name(name), "")


def narrower_class(name: str, kind: str) -> str:
    """The narrowest class below ``kind`` that the ending of ``name`` tells."""
    ontology = load_ontology()
    if kind == "District":
        code = division_code(name)
        if code[2:] == "0000":
            return "Municipality" if code[:2] in ("11", "12", "31", "50") else "Province"
        if code:
            return "City" if code[4:] == "00" else "County"
    for narrow, endings in class_endings():
        if ontology.is_a(narrow, kind) and name.endswith(endings):
            return narrow
    return "Region" if kind == "District" else kind


def to_entities(named: Sequence[Named]) -> dict[str, tuple[Entity, Named]]:
    """Entities by id; the id is made from the name's pinyin, and from its hash too where two would share one."""
    slugs: dict[str, list[Named]] = defaultdict(list)
    for n in named:
        slug = _SLUG_RUBBISH.sub("-", _spelt(n.name).lower()).strip("-")[:80].strip("-") or "x"
        slugs[f"{n.type.lower()}/{slug}"].append(n)
    found: dict[str, tuple[Entity, Named]] = {}
    for slug, sharers in slugs.items():
        for n in sharers:
            tail = "-" + hashlib.sha256(n.name.encode("utf-8")).hexdigest()[:6] if len(sharers) > 1 else ""
            kinds = [narrower_class(name, n.type) for name in (n.name, *n.aliases)]
            kind = next((k for k in kinds if k != n.type), n.type)
            code = division_code(n.name) if n.type == "District" else ""
            note = f"GB/T 2260 {code}" if code else ""
            aliases = [a for a in dict.fromkeys(n.aliases) if a != n.name]
            found[slug + tail] = (Entity(slug + tail, kind, n.name, "", tuple(aliases), "", note), n)
    return found


def _spelt(name: str) -> str:
    """``name`` in pinyin, a hyphen between syllables."""
    from pypinyin.seg.mmseg import seg

    runs = _HAN_RUN.split(name)
    words = (word for run in runs for word in (seg.cut(run) if _HAN_RUN.fullmatch(run) else [run]) if word)
    return "-".join(map(_spelt_word, words))


@functools.lru_cache(maxsize=1 << 16)
def _spelt_word(word: str) -> str:
    """A word in pinyin: names share few words, so each is looked up once."""
    from pypinyin import lazy_pinyin

    return "-".join(lazy_pinyin(word, errors=lambda x: x))


def find_place(title: str, text: str) -> str:
    """Full name of the division that a plan is for, or "".

    It is named in the title, in Chinese or pinyin (``hubei-2026``), else where the text begins; else it is the province
    named most often.
    """
    if place := _named_first(title) or _named_in_pinyin(title, text) or _named_first(text[:400]):
        return place
    counts = Counter(
        {full: text.count(short) for short, full in short_divisions().items() if divisions()[full].endswith("0000")}
    )
    (best, times), *_ = counts.most_common(1) or [("", 0)]
    return best if times >= 3 else ""


def _named_first(text: str) -> str:
    hits = [(text.find(n), -len(n), full) for n, full in _places().items() if n in text]
    return min(hits)[2] if hits else ""


def _named_in_pinyin(title: str, text: str) -> str:
    """The division whose name a word of ``title`` spells; of several that sound alike the province, or the one in ``text``."""
    for word in re.findall(r"[a-z]{5,}", title.lower()):
        alike = _pinyin().get(word, ())
        provinces = [p for p in alike if divisions()[p].endswith("0000")]
        printed = [p for p in alike if short_form(p) in text]
        for found in (alike, provinces, printed):
            if len(found) == 1:
                return found[0]
    return ""


@functools.cache
def _pinyin() -> dict[str, tuple[str, ...]]:
    """What the names of provinces and prefectures, full and short, are in pinyin; the divisions that sound so."""
    from pypinyin import lazy_pinyin

    found: dict[str, set[str]] = defaultdict(set)
    for name, full in _places().items():
        found["".join(lazy_pinyin(name))].add(full)
    # By custom spelt apart from 山西.
    return {"shaanxi": ("陕西省",)} | {word: tuple(sorted(fulls)) for word, fulls in found.items()}


@functools.cache
def _places() -> dict[str, str]:
    wide = {name: name for name, code in divisions().items() if code.endswith("00")}
    return {**short_divisions(), **wide}


def place_names(place: str) -> tuple[str, ...]:
    """A place's full name and its short form."""
    return tuple(dict.fromkeys(n for n in (place, short_form(place)) if n))
