"""The numbers in front of headings and items: 第一章, 一、, （一）, 1., （1）, ①, 专栏1, ——."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HAN = "〇零一二三四五六七八九十百"
_NUMBER = re.compile(
    rf"""
    (?P<part>第[{_HAN}\d]{{1,6}}(?:编|篇|部分))
  | (?P<chapter>第\s?[{_HAN}\d]{{1,6}}\s?章)
  | (?P<section>第\s?[{_HAN}\d]{{1,6}}\s?节)
  | (?P<box>专栏\s?[{_HAN}\d]{{1,4}})
  | (?P<han>[{_HAN}]{{1,4}}\s?[、.．](?![{_HAN}]{{1,3}}[、产]))
  | (?P<han_bracket>[（(]\s?[{_HAN}]{{1,4}}\s?[）)]|[{_HAN}]{{1,3}}[）)])
  | (?P<decimal>\d{{1,2}}(?:[.．]\d{{1,2}}(?!\d)){{1,3}}(?:[、.．]|\s|(?=[“《\u4e00-\u9fff])(?![万亿个元倍亩公千米吨年月日号时])))
  | (?P<arabic>\d{{1,3}}\s?[、.．](?!\d)|\d{{1,3}}[、.．](?=\d{{4}}年)|\d{{1,2}}[ \u3000](?=[\u4e00-\u9fff]{{2}})(?![年月日时个项家座所条类万亿元千百公米吨亩]))
  | (?P<arabic_bracket>[（(]\s?\d{{1,3}}\s?[）)]|\d{{1,2}}[）)])
  | (?P<circle>[①-⑳])
  | (?P<note>[［\[〔]\d{{1,3}}[］\]〕])
  | (?P<dash>(?:——|──|--)(?=\S))
    """,
    re.VERBOSE,
)
#: The customary order of the forms, outermost first, with room between them for headings without a number.
RANK = {
    "part": 10, "chapter": 20, "section": 30, "han": 40, "han_bracket": 50, "arabic": 60, "decimal": 62,
    "arabic_bracket": 70, "circle": 80, "note": 85, "dash": 90,
}  # fmt: skip
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in front of a line.

    Args:
        form: Its form, a key of `RANK`, or "box" (专栏), which stands below whatever it is printed under.
        rank: Place of the form in the customary order; the smaller, the farther out.
        value: The number, 0 where there is none.
        end: Offset after it.
    """

    form: str
    rank: int
    value: int
    end: int


def read_number(text: str, start: int = 0) -> Number | None:
    """The number that stands at ``start``, if one does."""
    m = _NUMBER.match(text, start)
    if m is None or m.lastgroup is None:
        return None
    form, found = m.lastgroup, m[0]
    if form == "box":
        return Number(form, 0, _value(found), m.end())
    if form == "decimal":
        parts = re.findall(r"\d+", found)
        return Number(form, RANK[form] + 2 * (len(parts) - 2), int(parts[-1]), m.end())
    return Number(form, RANK[form], _value(found), m.end())


def _value(found: str) -> int:
    digits = re.search(r"\d+", found)
    if digits:
        return int(digits[0])
    if "①" <= found[0] <= "⑳":
        return ord(found[0]) - ord("①") + 1
    total = unit = 0
    for c in found:
        if c in _DIGITS:
            unit = unit * 10 + _DIGITS[c]
        elif c in "十百":
            total += (unit or 1) * (10 if c == "十" else 100)
            unit = 0
    return total + unit
