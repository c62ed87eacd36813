"""From lines to structure: kind of each line, title, headings and the sections that they open."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from plangraph.document.characters import fold_traditional
from plangraph.document.chrome import read_page
from plangraph.document.headings import Candidate, find_headings
from plangraph.document.levels import LOOK, parents, rank_headings

BODY, HEADING, CHROME = range(3)
KINDS = ("body", "heading", "chrome")

#: Of a longer line only so much is looked at: no heading is longer.
_CUT = 160
_LEAD = re.compile(r"\s*+(?:#{1,6}\s++)?")
_TITLE_END = re.compile(r"[。：:；;，,、\s]+$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the section that it opens.

    Args:
        title: Its words as printed, without a closing stop; the two lines of a broken one joined by a space.
        paragraph: Number, from 1, of its first paragraph.
        start: Offset of its first character.
        end: Offset after its last, the closing stop included where it runs into its paragraph.
        level: 1 for the outermost.
        parent: Its parent's place among the headings, -1 for none.
        runs_in: Whether its paragraph goes on after it.
    """

    title: str
    paragraph: int
    start: int
    end: int
    level: int
    parent: int
    runs_in: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A text's structure, lines counted from 0.

    Args:
        kinds: One byte a line, a place in `KINDS`.
        title: The document's own title, "" where the text has none.
        headings: In order.
        section: For each line the place of the innermost heading above it, -1 for none.
    """

    kinds: bytes
    title: str
    headings: tuple[Heading, ...]
    section: array[int]


def read_outline(text: str, spans: Sequence[tuple[int, int]], marks: bytes) -> Outline:
    """The structure of ``text``.

    Args:
        text: The whole text.
        spans: Start and end of its lines.
        marks: Mark of each line (`plangraph.document.marks`).
    """
    starts = [_first_word(text, start, end) for start, end in spans]
    printed = [text[start : min(end, start + _CUT)].rstrip() for start, (_, end) in zip(starts, spans, strict=True)]
    lines = [fold_traditional(line) for line in printed]
    page = read_page(lines, marks)
    found = find_headings(lines, marks, page)
    above = parents(rank_headings(found, fold_traditional(text[:LOOK])))
    kinds = bytearray(CHROME if c else BODY for c in page.chrome)
    for i in page.titles:
        kinds[i] = HEADING
    headings: list[Heading] = []
    for c, parent in zip(found, above, strict=True):
        own = [i for i in range(c.first, c.last + 1) if not page.chrome[i]]
        for i in own if not c.runs_in else ():
            kinds[i] = HEADING
        level = headings[parent].level + 1 if parent >= 0 else 1
        title = _words(c, [printed[i] for i in own])
        headings.append(Heading(title, c.first + 1, *_span(text, starts[c.first], spans, c), level, parent, c.runs_in))
    own = sorted(i for i in page.titles[:2] if i in (page.titles[0], page.titles[0] - 1))
    title = _tidy(" ".join(printed[i] for i in own))
    return Outline(bytes(kinds), title, tuple(headings), _sections(found, above, page.chrome))


def _words(c: Candidate, printed: Sequence[str]) -> str:
    """The words of a heading as printed: its own may be folded, but are as long, which tells how lines were joined."""
    if c.runs_in:
        return _tidy(printed[0][: len(c.text)])
    return _tidy(("" if sum(map(len, printed)) == len(c.text) else " ").join(printed))


def _first_word(text: str, start: int, end: int) -> int:
    """Where the words of a line start, after its indent and the signs of a Markdown heading."""
    m = _LEAD.match(text, start, end)
    return m.end() if m else start


def _span(text: str, start: int, spans: Sequence[tuple[int, int]], c: Candidate) -> tuple[int, int]:
    return start, start + len(c.text) if c.runs_in else start + len(text[start : spans[c.last][1]].rstrip())


def _tidy(text: str) -> str:
    """Words as they are quoted: on one line, no closing stop, no sign that separates sections."""
    return re.sub(r"\s*>\s*", ">", _TITLE_END.sub("", re.sub(r"\s+", " ", text)).strip())


def _sections(found: Sequence[Candidate], above: Sequence[int], chrome: bytes) -> array[int]:
    """For each line the innermost heading above it: a heading's own line has its parent, unless it runs in."""
    lines = len(chrome)
    section = array("i", [-1]) * lines
    for place, c in enumerate(found):
        until = found[place + 1].first if place + 1 < len(found) else lines
        for i in range(c.first, c.last + 1):
            section[i] = place if c.runs_in else above[place]
        for i in range(c.last + 1, until):
            section[i] = -1 if chrome[i] else place
    return section
