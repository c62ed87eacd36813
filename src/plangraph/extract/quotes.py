"""Which words a statement's evidence quotes: enough that a reader sees what the text says, at most 24 characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from plangraph.errors import InputError
from plangraph.extract.pairs import Pair
from plangraph.model import MAX_QUOTE, Evidence, Statement

_CLAUSE_END = re.compile(r"[。；！？，,;\n]\s*")
_ITEM_END = re.compile(r"[、和及]")
_CLOSING = "”》）"
_ITEM = re.compile(rf"[、和及与{_CLOSING}]")


def shortest_quote(text: str, pair: Pair) -> tuple[int, int]:
    """The shortest stretch, at most 24 characters, that carries the pair: both ends if they fit, else what the subject
    works on, or of two of one class the later one, with the words before it."""
    a, b = pair.subject, pair.last
    if a is not None:
        start, end = min(a.start, pair.object.start), b.end
        if end - start <= MAX_QUOTE:
            return start, end
        b = b if a.type == pair.object.type else pair.object
    end = min(b.end, b.start + MAX_QUOTE)
    start = max(end - MAX_QUOTE, 0)
    cuts = [m.end() for m in _CLAUSE_END.finditer(text, start, b.start)]
    # Whole clauses if they fit, else whole items of the list.
    return (cuts[-1] if cuts else next((m.end() for m in _ITEM_END.finditer(text, start, b.start)), start)), end


def find_quote(text: str, quote: str, near: int) -> tuple[int, int]:
    """Start and end of ``quote``: "from-to", or words of ``text``, of which the place nearest to ``near`` is meant.

    Raises:
        InputError: ``text`` does not have the words.
    """
    if places := re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", quote.strip()):
        return int(places[1]), int(places[2])
    starts = [m.start() for m in re.finditer(re.escape(quote), text)] if quote else []
    if not starts:
        raise InputError(
            f"the text does not have “{quote}”; copy words of it as printed, or give from-to, such as 120-132",
            f"原文中没有“{quote}”；请照抄原文文字，或填“起-止”，如 120-132",
        )
    start = min(starts, key=lambda start: abs(start - near))
    return start, start + len(quote)


def quote_clauses(statements: Iterable[Statement], text: str) -> list[Statement]:
    """``statements``, in the order of ``text``, with quotes widened to whole clauses where those fit.

    加大光伏 may be said of panels made or of panels thrown away: 加大光伏废弃物治理 tells.
    """
    found = []
    for s in statements:
        wide: dict[tuple[int, int], Evidence] = {}
        for e in s.evidence:
            start, end = _widen(text, e.start, e.end)
            if wide.get((start, end), e).confidence <= e.confidence:
                wide[start, end] = replace(e, start=start, end=end, quote=text[start:end])
        found.append(replace(s, evidence=tuple(wide[k] for k in sorted(wide))))
    return sorted(found, key=lambda s: (s.evidence[0].start, s.subject, s.predicate, s.object))


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """From ``start`` on back to where its clause begins, if that fits, and from ``end`` on to where its clause ends, or
    as far as whole items go."""
    first = max(0, end - MAX_QUOTE)
    before = [m.end() for m in _CLAUSE_END.finditer(text, max(0, first - 1), start)]
    begin = before[-1] if before else 0 if first == 0 else start
    last = begin + MAX_QUOTE
    after = _CLAUSE_END.search(text, end, last + 1)
    if after or last >= len(text):
        return begin, after.start() if after else len(text)
    items = [m.end() if m[0] in _CLOSING else m.start() for m in _ITEM.finditer(text, end, last + 1)]
    return begin, max((i for i in items if i <= last), default=end)
