"""Sentences and clauses, by one regular expression each.

Quotes and brackets of up to `_LONGEST` characters are kept together: what stops or separates inside one does not cut.
No pattern gives back what it has taken, so the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST = 200
_INSIDE = {"“": "”", "（": "）", "(": ")", "《": "》", "〔": "〕", "「": "」", "『": "』", "【": "】", "〈": "〉"}


def _group(opening: str, closed: str = "") -> str:
    """A bracketed stretch; ``closed`` must hold before the closing sign."""
    both = re.escape(opening + _INSIDE[opening])
    return rf"{re.escape(opening)}[^{both}\n]{{0,{_LONGEST}}}+{closed}{re.escape(_INSIDE[opening])}"


_BRACKETS = "|".join(_group(a) for a in _INSIDE if a != "“")
_OPEN = re.escape("".join(_INSIDE))
_CLOSE = "[”’」』）)】〕》〉\"']*+"
#: A stretch that ends the sentence is a quotation with its stop inside: “要加快发展。”
_SENTENCE = re.compile(
    rf"(?:[^。！？；!?;\n\r{_OPEN}]++|{_BRACKETS}|{_group('“', '(?<![。！？])')}"
    rf"|[{_OPEN}](?!(?<=“)[^“”\n]{{0,{_LONGEST}}}+(?<=[。！？])”))*+"
    rf"(?:[。！？；!?;]++{_CLOSE}|{_group('“')}|[\r\n]++|\Z)"
)
_CLAUSE = re.compile(
    rf"(?:[^，、：；。！？,:;!?\n\r{_OPEN}]++|{_BRACKETS}|{_group('“')}|[{_OPEN}]|(?<=\d)[,:：](?=\d))++"
)


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence in ``text[start:end]``, closing stop and quotes included, white space not."""
    for m in _SENTENCE.finditer(text, start, end):
        yield from _stripped(text, *m.span())


def clause_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each clause in ``text[start:end]``, parted by ，、：； and stops, which are not included."""
    for m in _CLAUSE.finditer(text, start, end):
        yield from _stripped(text, *m.span())


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if start < end and (text[start].isspace() or text[end - 1].isspace()):
        piece = text[start:end]
        start, end = end - len(piece.lstrip()), start + len(piece.rstrip())
    if start < end:
        yield start, end
