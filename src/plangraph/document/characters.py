"""Traditional characters, radicals that stand for characters, and widths, folded one for one so that offsets stay."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("characters.txt")
#: Full-width letters, figures and signs of numbers; each is U+FEE0 above the one of half width.
_WIDE = {c + 0xFEE0: c for c in map(ord, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%+-./")}
#: Marks as Taiwan, Hong Kong and Japanese programs set them.
_WIDE |= dict(zip(map(ord, "「」『』﹁﹂﹃﹄､｡｢｣＂"), map(ord, '“”‘’“”‘’、。“”"'), strict=True))
_ANY_WIDE = re.compile(f"[{''.join(map(chr, _WIDE))}]")
#: Punctuation of half width, but for that inside numbers, times and addresses.
_NARROW = re.compile(r"[;!?()]|,(?!(?<=\d,)\d)|:(?!(?<=\d:)\d|//)")
#: A dot for a Chinese full stop.
_DOT = re.compile(r"(?<=[\u4e00-\u9fff”’》）])\.(?=[\u4e00-\u9fff“‘《]|$)", re.MULTILINE)
_PAIR = re.compile(r'"([^"\n]{1,60})"')


def fold_traditional(text: str) -> str:
    """``text`` in simplified characters, of the same length; fold both sides of a comparison.

    >>> fold_traditional("濱海高新區")
    '滨海高新区'
    """
    table, any_of = _table()
    return text.translate(table) if any_of.search(text) else text


def fold_width(text: str) -> str:
    """``text``, of the same length, as mainland print sets it: letters and figures of half width, marks of full width.

    >>> fold_width('发展５Ｇ(含6G),建设"云谷",产值1,000亿元')
    '发展5G（含6G），建设“云谷”，产值1,000亿元'
    """
    if _ANY_WIDE.search(text):
        text = text.translate(_WIDE)
    text = _NARROW.sub(lambda m: chr(ord(m[0]) + 0xFEE0), _PAIR.sub(r"“\1”", text))
    return _DOT.sub("。", text)


def fold_print(text: str) -> str:
    """``text``, of the same length, as extraction reads it: neither characters nor widths depend on who printed it."""
    return fold_width(fold_traditional(text))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[int, str], re.Pattern[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    table = {ord(a): b for a, b in zip(pairs[::2], pairs[1::2], strict=True)}
    return table, re.compile(f"[{''.join(map(chr, table))}]")
