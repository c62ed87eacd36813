"""Printed lines of a PDF → paragraphs: what the page's width broke is joined, what the page added is dropped."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from plangraph.document.marks import BOLD, LAST_LEVEL, PLAIN, Line, tidy
from plangraph.document.numbering import read_number

_PAGE_NUMBER = re.compile(
    r"[-—–－·•|\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·•|\s]*|[ivxIVX]{1,6}"
)
#: Heads and feet stand in this share of the page's height at its edges.
_EDGE = 0.12
#: What stands at the edge of so many pages with the same words is a running head or foot.
_PAGES, _SHARE = 3, 0.3
#: What stands in the same place of so many pages, wherever that is, is a watermark.
_MOST = 0.6
#: In font sizes: how far off a full line's end may be beside what did not fit any more, how far a first line is
#: indented, how much larger than usual the step between the lines of two paragraphs is.
_FULL, _INDENT, _GAP = 0.6, 1.2, 1.35
#: What is not broken: opening signs with what follows, a number or Latin word, closing signs with what is before,
#: and, by Unicode's rules for lines, both sides of a quotation mark.
_UNIT = r"[“‘（(《〈【\[［〔]*(?:[A-Za-z0-9.,%+±~/:\x27-]+|.)[，。、；：！？,.;:!?”’）)》〉】\]］〕%％…—℃]*"
_UNBROKEN = re.compile(rf"{_UNIT}(?:(?:(?<=[“”‘’])|[“”‘’]){_UNIT}){{0,4}}")
_LARGER = 1.08
#: Pitch of characters, in font sizes, from which on they are set apart.
_APART = 1.15
#: A page of two columns: least share of lines in the right one, largest share of lines across both.
_RIGHT, _ACROSS = 0.3, 0.15
#: Share of lines that are indented or come after a wider step where these part paragraphs.
_PARTED = 0.03
#: Share of the text below which a font sets headings.
_OTHER = 0.2
_STOPS = "。！？；：!?;:…”」』）)"
_WORD_END = re.compile(r"[A-Za-z0-9,.;:)%]$")
_WORD_START = re.compile(r"[A-Za-z0-9(]")


class PrintedLine(NamedTuple):
    """A line as it is printed: its words, page (from 0), edges and font size in points, the page's size, and its font.

    The font is that of its Chinese characters, "" where the first and the last differ.
    """

    text: str
    page: int
    left: float
    right: float
    baseline: float
    top: float
    size: float
    page_width: float
    page_height: float
    font: str = ""


class _Column(NamedTuple):
    """The text area.

    Args:
        left: Left edge of most lines.
        right: Right edge of most lines.
        widest: Right edge of the widest.
        step: Usual distance from line to line.
        size: Size of the body's font.
        others: Fonts that set headings: of little of the text.
        parted: Whether indents or wider steps part paragraphs.
    """

    left: float
    right: float
    widest: float
    step: float
    size: float
    others: frozenset[str]
    parted: bool


def to_paragraphs(printed: Sequence[PrintedLine]) -> list[Line]:
    """Paragraphs and headings of lines without furniture, larger type marked with a heading level."""
    lines = _one_below_the_other(list(printed))
    column = _column(lines)
    levels = _levels(lines, column)
    found: list[Line] = []
    words = ""
    bold = True
    for i, line in enumerate(lines):
        words = _joined(words, line.text) if words else line.text
        bold = bold and line.font in column.others
        if i + 1 == len(lines) or not _goes_on(line, lines[i + 1], column):
            text = tidy(words.replace("\x02", ""))
            if text:
                found.append(Line(text, levels.get(_size(line), BOLD if bold else PLAIN)))
            words, bold = "", True
    return found


def without_furniture(printed: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Whole lines without page numbers, running heads and feet, and what is stamped on most pages."""
    lines = _merged(printed)
    pages = len({line.page for line in lines})
    heads: Counter[tuple[str, int]] = Counter()
    stamps: Counter[tuple[str, int, int]] = Counter()
    for line in lines:
        if _at_edge(line):
            heads[_head(line)] += 1
        stamps[_stamp(line)] += 1
    return [
        line
        for line in lines
        if stamps[_stamp(line)] < max(_PAGES, _MOST * pages)
        and not (
            _at_edge(line)
            and (_PAGE_NUMBER.fullmatch(line.text.strip()) or heads[_head(line)] >= max(_PAGES, _SHARE * pages))
        )
    ]


def _merged(printed: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Lines in the order given, pieces of one printed line (same height, side by side) put together."""
    lines: list[PrintedLine] = []
    for line in printed:
        last = lines[-1] if lines else None
        if (
            last is not None
            and last.page == line.page
            and abs(last.baseline - line.baseline) < 0.3 * line.size
            and -0.5 * line.size < line.left - last.right < 1.5 * line.size
        ):
            gap = " " if line.left - last.right > 0.3 * line.size and not last.text.endswith(" ") else ""
            lines[-1] = last._replace(text=last.text + gap + line.text, right=line.right, top=max(last.top, line.top))
        else:
            lines.append(line)
    return lines


def _at_edge(line: PrintedLine) -> bool:
    return line.baseline > (1 - _EDGE) * line.page_height or line.top < _EDGE * line.page_height


def _head(line: PrintedLine) -> tuple[str, int]:
    """A line at the edge without its figures and spaces, and its height: the same on each page for a running head."""
    return re.sub(r"[\d\s]+", "", line.text), round(line.baseline / 4)


def _stamp(line: PrintedLine) -> tuple[str, int, int]:
    return line.text, round(line.left / 4), round(line.baseline / 4)


def _one_below_the_other(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Lines of a page of two columns as if the right one stood on a page of its own, at the place of the left one."""
    left = [line for line in lines if line.right <= 0.52 * line.page_width]
    right = [line for line in lines if line.left >= 0.48 * line.page_width]
    if not left or len(right) < _RIGHT * len(lines) or len(left) + len(right) < (1 - _ACROSS) * len(lines):
        return lines
    edges = [Counter(round(line.left) for line in side).most_common(1)[0][0] for side in (left, right)]
    shift = edges[1] - edges[0]
    return [
        line._replace(page=2 * line.page + 1, left=line.left - shift, right=line.right - shift)
        if line.left >= 0.48 * line.page_width
        else line._replace(page=2 * line.page)
        for line in lines
    ]


def _column(lines: Sequence[PrintedLine]) -> _Column:
    sizes: Counter[float] = Counter()
    fonts: Counter[str] = Counter()
    for line in lines:
        sizes[_size(line)] += len(line.text)
        fonts[line.font] += len(line.text)
    size = min(sizes, key=lambda s: (-sizes[s], s))
    body = [line for line in lines if _size(line) == size]
    lefts: Counter[float] = Counter()
    for line in body:
        lefts[round(line.left)] += 1
    # The edge of most lines, or one farther left that many share: in short paragraphs most lines are indented.
    often = [left for left, times in lefts.items() if times >= max(2, 0.1 * len(body))] or list(lefts)
    rights = sorted(line.right for line in body)
    steps = [
        round(a.baseline - b.baseline, 1)
        for a, b in itertools.pairwise(body)
        if a.page == b.page and 0 < a.baseline - b.baseline < 4 * size
    ]
    step = Counter(steps).most_common(1)[0][0] if steps else 1.5 * size
    left = min(often)
    indented = sum(_INDENT * size < line.left - left < 4 * size for line in body)
    spaced = sum(s > _GAP * step for s in steps)
    parted = indented + spaced > _PARTED * len(body)
    right, widest = (rights[int(share * (len(rights) - 1))] for share in (0.9, 0.995))
    others = frozenset(f for f, count in fonts.items() if f and count < _OTHER * fonts.total())
    return _Column(left, right, widest, step, size, others, parted)


def _levels(lines: Sequence[PrintedLine], column: _Column) -> dict[float, int]:
    """Heading level of each font size larger than the body's, the largest first."""
    larger = sorted({_size(line) for line in lines if _size(line) >= _LARGER * column.size}, reverse=True)
    return {size: min(rank, LAST_LEVEL) for rank, size in enumerate(larger, 1)}


def _size(line: PrintedLine) -> float:
    return round(2 * line.size) / 2


def _goes_on(line: PrintedLine, below: PrintedLine, column: _Column) -> bool:
    """Whether the paragraph of ``line`` goes on in the next line."""
    if _size(line) != _size(below):
        return False
    # What is all in another font than the body above it begins anew.
    if line.font not in column.others and below.font in column.others:
        return False
    size = line.size
    number = read_number(below.text.strip())
    if (
        number is not None
        and number.form not in ("decimal", "note")
        and (below.left > column.left + _INDENT * size or _ended(line))
    ):
        return False
    same_page = line.page == below.page
    if (
        same_page
        and not 0 < line.baseline - below.baseline < max(_GAP * column.step, 1.2 * size)
        and size <= _LARGER * column.size
    ):
        return False
    if size > _LARGER * column.size:
        return same_page and _heading_goes_on(line, below, column)
    if below.left > column.left + _INDENT * size and line.left <= column.left + 4 * _INDENT * size:
        return abs(line.left - below.left) < 0.5 * size and not _ended(line) and _is_full(line, below, column)
    return _is_full(line, below, column)


def _is_full(line: PrintedLine, below: PrintedLine, column: _Column) -> bool:
    """Whether what the next line begins with would not have fitted on this one."""
    head = _UNBROKEN.match(below.text.lstrip())
    width = _width(head[0]) if head else 1.0
    pitch = (line.right - line.left) / max(1.0, _width(line.text))
    right = line.right + min(width, 12.0) * max(line.size, pitch if pitch > _APART * line.size else 0.0)
    # Where nothing else parts paragraphs, one may end with any stop: then only a line that could take no more goes on.
    doubtful = not column.parted and _ended(line)
    return right > (column.widest if doubtful else column.right - _FULL * line.size)


def _width(words: str) -> float:
    """Width of ``words`` in font sizes."""
    return sum(0.5 if c < "\u2000" else 1.0 for c in words)


def _ended(line: PrintedLine) -> bool:
    return line.text.rstrip().endswith(tuple(_STOPS))


def _heading_goes_on(line: PrintedLine, below: PrintedLine, column: _Column) -> bool:
    """A heading that needed two lines: the upper one is full, or both are centred and close together."""
    if line.baseline - below.baseline > 2.2 * line.size or _ended(line):
        return False
    middle = line.page_width / 2
    centred = all(abs((x.left + x.right) / 2 - middle) < 0.04 * line.page_width for x in (line, below))
    return _is_full(line, below, column) or (centred and line.right - line.left > 0.6 * (column.right - column.left))


def _joined(words: str, more: str) -> str:
    """Two printed lines as one: a space between Latin words only, a hyphen at the line's end gone."""
    words, more = words.rstrip(), more.lstrip()
    if words.endswith("\x02"):
        return words[:-1] + more
    between = " " if _WORD_END.search(words) and _WORD_START.match(more) else ""
    return words + between + more
