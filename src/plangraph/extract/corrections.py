"""Corrections of what the tagger marks: stretches that are two names parted, names cut short or long mended, lists filled.

Each correction is measured in the docs (evidence.md) and stands on lists of words, never on one document's names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from plangraph.extract.lexicon import divisions, fields, read_list, short_divisions, short_form
from plangraph.extract.pairs import Mention, matters

#: What a name does or what befalls it: the name ends before it; after the first group another begins.
_ACT = re.compile(r"(?P<other>增资|吸收合并|并购|收购|携手|牵手)|落户|获[批评]|进入|入选|荣获|入驻")
#: What makes a body of the field before it, and what may stand before that field.
_BODY = re.compile(r"(?:技术|产业|制造业)?(?:创新中心|科创中心|创新联合体|实验室)")
_OWNER = re.compile(r"(?:国家|全国|省|自治区|市|长三角|京津冀|区域)$")
_OWNER_LENGTH = 3
#: An item of a list between two others, and the last one before 等.
_BETWEEN = re.compile(r"、([\u4e00-\u9fffA-Za-z0-9]{2,8})、")
_LAST = re.compile(r"[、和]([\u4e00-\u9fffA-Za-z0-9]{2,6})(?=等)")
#: What joins the items of a list, and what a list of fields and one of technologies is called at its end.
_JOINED = re.compile("[、和及与]|以及")
_HEAD = re.compile(
    r"等[^，。；：、\n]{0,10}?(?:(?P<field>产业(?!链)|领域|行业|品牌|赛道)|(?P<technology>技术|装备|设备))"
)
#: A class as sure as this stands whatever the list is called.
_SURE = 0.9
#: How sure a name is that only its place in a list tells.
_LISTED_PROBABILITY = 0.6
#: The longest short name of a company, and the shortest name of what it makes.
_COMPANY, _PRODUCT = 8, 3
#: A place and the name of a site, in no more characters than this, are one name (杭州西湖).
_SITE = 4
#: Blanks that may stand before or after a heading.
_INDENT = 8
_JOINT = re.compile("[和及与]")
#: What a company makes is a technology, unless its name ends like that of a field.
_WORK = ("业", "制造", "服务", "研发")


def parts(text: str, mention: Mention) -> list[Mention]:
    """The names that a tagged and cleaned stretch holds."""
    found = [mention]
    for step in (_cut_at_act, _whole_body, split_place, split_company, split_joined):
        found = [x for m in found for x in step(text, m)]
    return found


def split_place(text: str, mention: Mention) -> list[Mention]:
    """``mention`` with a division's name before it as a mention of its own (绍兴 + 中芯), where it is no part of the name."""
    name = text[mention.start : mention.end]
    body = mention.type == "Institution" and not name.endswith(_proper_endings())
    site = mention.type == "Park" and name.endswith(_site_endings()) and len(name) > _SITE
    if not (body or site or mention.type in matters()) or name in fields():
        return [mention]
    places = _any_places() if site else _short_places()
    for length in range(min(6, len(name) - 2), 1, -1):
        if name[:length] in places and not _begins_company(name, length):
            cut = mention.start + length
            return [replace(mention, end=cut, type="District"), replace(mention, start=cut)]
    return [mention]


def _begins_company(name: str, length: int) -> bool:
    """Whether the place that ``name`` begins with belongs to a company's name (阿里 in 阿里巴巴, not 绍兴 in 绍兴中芯)."""
    ends = range(length + 2, len(name) + 1)
    return any(name[:end] in _companies() and name[length:end] not in _companies() for end in ends)


def split_company(text: str, mention: Mention) -> list[Mention]:
    """``mention`` as a company and what it makes, where it is both in one breath (玉柴 + 甲醇发动机)."""
    name = text[mention.start : mention.end]
    if not (mention.type in matters() or mention.type == "Institution") or name in fields() or name in _companies():
        return [mention]
    companies = _companies()
    for length in range(min(_COMPANY, len(name) - _PRODUCT), 1, -1):
        if name[:length] in companies and _ends_listed(name[length:]):
            cut = mention.start + length
            product = replace(mention, start=cut, type="Domain" if name.endswith(_WORK) else "Technology")
            return [replace(mention, end=cut, type="Institution"), product]
    return [mention]


def split_joined(text: str, mention: Mention) -> list[Mention]:
    """``mention`` as two, where it is two fields or technologies joined by a word (造纸 与 木材加工).

    What makes a whole line is a heading, which names one field whatever it joins.
    """
    name = text[mention.start : mention.end]
    if mention.type not in matters() or name in fields():
        return [mention]
    for joint in _JOINT.finditer(name):
        place = joint.start()
        if name[:place] in fields() and _ends_listed(name[place + 1 :]) and not _is_line(text, mention):
            cut = mention.start + place
            return [replace(mention, end=cut), replace(mention, start=cut + 1)]
    return [mention]


def _is_line(text: str, mention: Mention) -> bool:
    before, after = text[max(0, mention.start - _INDENT) : mention.start], text[mention.end : mention.end + _INDENT]
    return not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip()


def fill_lists(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """``mentions`` (sorted) with the items of lists of fields that the tagger passed over: between two fields, or after
    one and before 等."""
    found: list[Mention] = []
    for n, m in enumerate(mentions):
        found.append(m)
        if m.type != "Domain":
            continue
        after = mentions[n + 1] if n + 1 < len(mentions) else None
        item = None
        if after and after.type == "Domain":
            item = _BETWEEN.fullmatch(text, m.end, after.start)
        item = item or _LAST.match(text, m.end)
        if item and not (after and after.start < item.end(1)):
            found.append(Mention(*item.span(1), "Domain", _LISTED_PROBABILITY))
    return found


def told_by_head(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """``mentions`` (sorted) with the class that a list says at its end (动物疫苗、益生菌等产业 are fields)."""
    found = list(mentions)
    first = 0
    for n, m in enumerate(found):
        if m.type not in matters():
            first = n + 1
            continue
        if n > first and not _JOINED.fullmatch(text, found[n - 1].end, m.start):
            first = n
        head = _HEAD.match(text, m.end)
        if head:
            kind = "Domain" if head["field"] else "Technology"
            found[first : n + 1] = [replace(x, type=kind) if x.probability < _SURE else x for x in found[first : n + 1]]
    return found


def _cut_at_act(text: str, mention: Mention) -> list[Mention]:
    """``mention`` without what it is told to do (云汀银行 吸收合并 远山银行 are two names)."""
    act = _ACT.search(text, mention.start + 2, mention.end) if mention.type not in matters() else None
    if act is None:
        return [mention]
    rest = [replace(mention, start=act.end())] if act["other"] and mention.end - act.end() > 2 else []
    return [replace(mention, end=act.start()), *rest]


def _whole_body(text: str, mention: Mention) -> list[Mention]:
    """``mention`` with what makes a body of it (绿色石化 in 绿色石化科创中心)."""
    body = _BODY.match(text, mention.end) if mention.type in matters() else None
    if body is None:
        return [mention]
    owner = _OWNER.search(text, max(0, mention.start - _OWNER_LENGTH), mention.start)
    return [replace(mention, start=owner.start() if owner else mention.start, end=body.end(), type="Institution")]


def _ends_listed(name: str) -> bool:
    """Whether ``name`` ends with a listed field or technology of three characters or more."""
    return any(name[start:] in fields() for start in range(len(name) - _PRODUCT + 1))


@functools.cache
def _proper_endings() -> tuple[str, ...]:
    return tuple(read_list("institution-proper-ending"))


@functools.cache
def _site_endings() -> tuple[str, ...]:
    return tuple(read_list("site-ending"))


@functools.cache
def _companies() -> frozenset[str]:
    other = fields() | _short_places() | frozenset(read_list("common"))
    return frozenset([*read_list("company"), *read_list("institution")]) - other


@functools.cache
def _short_places() -> frozenset[str]:
    """Names of divisions, full and short."""
    return frozenset([*read_list("county"), *short_divisions(), *divisions()])


@functools.cache
def _any_places() -> frozenset[str]:
    """Names of divisions, with short names of counties that are words too (仙居)."""
    return _short_places() | frozenset(short_form(n) for n in divisions())
