"""The numbers that Word prints in front of list paragraphs and that are not in their text: 一、, （一）, 1., 第一章."""

from __future__ import annotations

import re
from collections.abc import Callable

_HAN = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LEVELS = 9


def han(number: int) -> str:
    """``number`` below 100 in Chinese numerals; larger ones in digits.

    >>> [han(n) for n in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    if not 0 <= number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN[ones]
    return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) if number > 0 else "0"


def _roman(number: int) -> str:
    signs = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for value, sign in signs:
        while number >= value and len(text) < 20:
            text += sign
            number -= value
    return text


#: Word's names of number formats; what is not here is printed in digits.
_FORMATS: dict[str, Callable[[int], str]] = dict.fromkeys(
    (
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "ideographDigital", "ideographTraditional",
    ),
    han,
) | {
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "decimalEnclosedCircle": lambda n: _CIRCLED[n - 1] if 1 <= n <= 20 else str(n),
    "decimalEnclosedCircleChinese": lambda n: _CIRCLED[n - 1] if 1 <= n <= 20 else str(n),
}  # fmt: skip
#: Levels that print no number.
_SILENT = frozenset(("bullet", "none"))


class NumberingPart:
    """What ``numbering.xml`` says: for each list its levels' number format, pattern and first number."""

    def __init__(self) -> None:
        self._abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._of_list: dict[str, str] = {}
        self._at = self._list = ""
        self._level = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Called by the parser."""
        name = tag.rpartition("}")[2]
        own = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if name == "abstractNum":
            self._at, self._list = own.get("abstractNumId", ""), ""
        elif name == "num":
            self._list, self._at = own.get("numId", ""), ""
        elif name == "abstractNumId" and self._list:
            self._of_list[self._list] = own.get("val", "")
        elif name == "lvl" and self._at:
            self._level = _number(own.get("ilvl", ""), -1)
        elif self._at and 0 <= self._level < _LEVELS and name in ("start", "numFmt", "lvlText"):
            form, pattern, first = self._abstract.setdefault(self._at, {}).get(self._level, ("decimal", "", 1))
            value = own.get("val", "")
            if name == "start":
                first = _number(value, 1)
            elif name == "numFmt":
                form = value
            else:
                pattern = value[:40]
            self._abstract[self._at][self._level] = (form, pattern, first)

    def end(self, tag: str) -> None:
        """Called by the parser."""
        if tag.endswith("}lvl"):
            self._level = -1

    def data(self, words: str) -> None:
        """Called by the parser."""

    def levels(self, list_id: str) -> dict[int, tuple[str, str, int]]:
        """(format, pattern, first number) of each level of a list."""
        return self._abstract.get(self._of_list.get(list_id, ""), {})

    def counter_of(self, list_id: str) -> str:
        """Lists that share a definition go on counting together."""
        return self._of_list.get(list_id, "")


class ListNumbers:
    """Counts list paragraphs as Word does."""

    def __init__(self, part: NumberingPart) -> None:
        self._part = part
        self._counts: dict[str, list[int | None]] = {}

    def next(self, list_id: str, level: int) -> str:
        """The number in front of the next paragraph of a list, "" for bullets and for what is in no list."""
        levels = self._part.levels(list_id)
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self._part.counter_of(list_id), [None] * _LEVELS)
        before = counts[level]
        counts[level] = levels[level][2] if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        form, pattern, _ = levels[level]
        if form in _SILENT:
            return ""

        def printed(m: re.Match[str]) -> str:
            at = int(m[1]) - 1
            if at not in levels:
                return ""
            count = counts[at]
            return _FORMATS.get(levels[at][0], str)(levels[at][2] if count is None else count)

        text = re.sub(r"%([1-9])", printed, pattern)
        return text + " " if text and text[-1].isalnum() else text


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else otherwise
