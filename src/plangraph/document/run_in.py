"""Headings that run into their paragraph: （一）扩大内需。坚持…, 大力提振消费。深入实施…, 一是…。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plangraph.document.characters import fold_traditional
from plangraph.document.headings import run_in_end
from plangraph.document.numbering import read_number
from plangraph.document.outline import BODY, Outline
from plangraph.document.words import load_words

_ORDINAL = re.compile(r"(?:[一二三四五六七八九十]{1,3}(?:是|要)|首先|其次|再次|最后)")
#: A heading without a number: short, no figures, nothing asserted of anything.
_BARE = re.compile(r"(?P<head>[^。！？；：:;!?\n\d]{4,30})。(?=.{20})")
_ASSERTS = re.compile(r"是|我们|必须|没有|唯有|只有|已|了|极不|具有|来之")
_LOOK = 200
#: Two first sentences are parallel when their lengths differ by no more than this.
_PARALLEL = 14


def find_run_in(text: str, spans: Sequence[tuple[int, int]], outline: Outline, i: int) -> tuple[int, int] | None:
    """Span of the heading that line ``i`` (from 0) begins with, its stop included, or None.

    Where no number or 一是 shows it, the line above or below must begin in a parallel way.
    """
    start, line = _line(text, spans, i)
    number = read_number(line)
    ordinal = _ORDINAL.match(line)
    if number is not None or ordinal is not None:
        end = run_in_end(line, number.end if number else ordinal.end() if ordinal else 0)
        return (start, start + end) if end else None
    size = _bare(line)
    if not size:
        return None
    for j in (i - 1, i + 1):
        if 0 <= j < len(spans) and outline.kinds[j] == BODY and outline.section[j] == outline.section[i]:
            other = _bare(_line(text, spans, j)[1])
            if other and abs(other - size) <= _PARALLEL:
                return start, start + size
    return None


def _bare(line: str) -> int:
    m = _BARE.match(line)
    if m is None or _ASSERTS.search(m["head"]) or m["head"].startswith(load_words().statements):
        return 0
    return m.end()


def _line(text: str, spans: Sequence[tuple[int, int]], i: int) -> tuple[int, str]:
    start, end = spans[i]
    line = text[start : min(end, start + _LOOK)]
    bare = line.lstrip()
    return start + len(line) - len(bare), fold_traditional(bare)
