"""Where decided quotes stand in a text that has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plangraph.document import Document
from plangraph.model import Evidence


def moved(evidence: Sequence[Evidence], document: Document) -> list[Evidence | None]:
    """``evidence`` where its quotes stand in ``document``; None for those that stand nowhere, or nobody knows where.

    A quote stands as far from its old place as the quote before it, or after it, or where it is the only one of its words.
    """
    text = document.text
    found: list[Evidence | None] = [None] * len(evidence)
    order = sorted(range(len(evidence)), key=lambda n: (evidence[n].start, n))
    for direction in (order, order[::-1]):
        shift = 0
        for n in direction:
            e, there = evidence[n], found[n]
            start = there.start if there else _start(e, shift, text)
            if start >= 0:
                shift = start - e.start
                found[n] = e if shift == 0 else _at(e, start, document)
    return found


def _start(evidence: Evidence, shift: int, text: str) -> int:
    """Where the quote stands, ``shift`` from its old place or else where alone it stands; -1 if neither."""
    quote, start = evidence.quote, evidence.start + shift
    if start >= 0 and text.startswith(quote, start):
        return start
    first = text.find(quote)
    return first if text.find(quote, first + 1) < 0 else -1


def _at(evidence: Evidence, start: int, document: Document) -> Evidence:
    number = document.paragraph_at(start)
    end = start + len(evidence.quote)
    return replace(evidence, start=start, end=end, paragraph=number, section=document.section_path(number))
