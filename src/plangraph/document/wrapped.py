"""Plain text whose lines were broken at a fixed width, as mail programs and copying out of a page do: which go together."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from plangraph.document.chrome import PAGE_NUMBER
from plangraph.document.numbering import read_number

#: No text is wrapped wider (in characters), and none that is meant to be read narrower (in columns of a terminal).
_WIDEST, _NARROWEST = 200, 28
#: A line of this share of the width is long; of the long ones that break off inside a sentence so many are full where
#: a text is wrapped, and they are so many of all lines.
_LONG, _FULL, _BROKEN = 0.7, 0.9, 0.15
_FEWEST = 4
#: Share of the width that may be left at the end of a full line.
_SLACK = 0.08
#: Share of those lines that hold a comma, stop or the like.
_SIGNED = 0.4
_SIGN = re.compile("[，。；、：,.;:]|[a-z] [a-z]")
#: A line that stands beside page numbers so many times is a running head.
_HEADS = 3
#: A line may stick out by hanging punctuation; so many of all lines may.
_LONGER = 0.01
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[“”‘’…—·]"
)
_STOPS = ("。", "！", "？", "；", "：", "!", "?", ";", ":", ".", "…", "”", "）", "」")
_INDENT = re.compile(r"[ \t\u00a0\u3000]*")
_NEW_LINE = re.compile(r"\r\n|\r|\n")
#: What is not parted at a line's end: a Latin word or number, closing signs with the character before them.
_UNIT = re.compile(r"[“‘（(《〈【\[〔]*(?:[A-Za-z0-9.,%+±~/:'-]+|.)[，。、；：！？,.;:!?”’）)》〉】\]〕%％…—]*")


def line_groups(text: str, spans: Sequence[tuple[int, int]], marks: bytes) -> list[int]:
    """For each line the number of the paragraph that it belongs to, -1 for page numbers and running heads inside one.

    Each line is its own paragraph where nothing was wrapped, and so is each line that has a mark.
    """
    alone = list(range(len(spans)))
    if len(spans) < _FEWEST:
        return alone
    longest = sorted(end - start for start, end in spans)
    if longest[int((1 - _LONGER) * (len(spans) - 1))] > _WIDEST:
        return alone
    lines = [_line(text, start, end) for start, end in spans]
    between = _between_pages(lines)
    kept = [i for i in alone if i not in between]
    # What a page break parted stands as close as two lines can.
    close = [
        not (marks[a] or marks[b]) and (b - a > 1 or len(_NEW_LINE.findall(text, spans[a][1], spans[b][0])) == 1)
        for a, b in itertools.pairwise(kept)
    ]
    left = [lines[i] for i in kept]
    for measure in (len, _columns):
        joined = _joins(left, close, [measure(line) for line in left], measure is _columns)
        if joined is not None:
            groups, number = [-1] * len(spans), 0
            for i, goes_on in zip(kept, [False, *joined], strict=True):
                number += not goes_on
                groups[i] = number
            return groups
    return alone


def _between_pages(lines: Sequence[str]) -> set[int]:
    """Page numbers, and lines that stand beside them again and again: what a printed page adds."""
    found = {i for i, line in enumerate(lines) if PAGE_NUMBER.fullmatch(line.strip())}
    beside = [j for i in sorted(found) for j in (i - 1, i + 1) if 0 <= j < len(lines)]
    times = Counter(lines[j] for j in beside)
    return found | {j for j in beside if times[lines[j]] >= _HEADS}


def _line(text: str, start: int, end: int) -> str:
    """A line with its indent, which a paragraph's span does not hold."""
    first = start
    while first and text[first - 1] in " \t\u00a0\u3000":
        first -= 1
    return text[first:end].rstrip()


def _columns(line: str) -> int:
    return len(line) + len(_WIDE.findall(line))


def _joins(lines: Sequence[str], close: Sequence[bool], widths: Sequence[int], columns: bool) -> list[bool] | None:
    """Whether each line goes on in the next; None where the lines were not wrapped at one width."""
    longest = sorted(widths)[int((1 - _LONGER) * (len(widths) - 1))] if widths else 0
    if longest < (_NARROWEST if columns else _NARROWEST // 2):
        return None
    # The longest stick out by hanging punctuation: the width is that of most long lines.
    width = max(Counter(w for w in widths if w > _LONG * longest).items(), key=lambda x: (x[1], x[0]))[0]
    size = _columns if columns else len
    room = [width - widths[i] - size(_unit(lines[i + 1])) if near else width for i, near in enumerate(close)]
    stopped = [line.endswith(_STOPS) for line in lines]
    # Indents that a format dropped and letters narrower than a column leave room; after a stop that may be the end.
    full = [r < (columns if stopped[i] else _SLACK * width) for i, r in enumerate(room)]
    long = [i for i, near in enumerate(close) if near and widths[i] > _LONG * width and not stopped[i]]
    if len(long) < max(2, _BROKEN * len(lines)) or sum(full[i] for i in long) < _FULL * len(long):
        return None
    # Names of one length, a line each, are a list: what was wrapped is running text.
    if sum(_SIGN.search(lines[i]) is not None for i in long) < _SIGNED * len(long):
        return None
    indents = [_INDENT.match(line).end() for line in lines]  # type: ignore[union-attr]
    usual = min(indents)
    deeper = sum(i > usual for i in indents)
    # A deeper line begins a paragraph; where most are deeper, it goes on, and the others begin one.
    hang = deeper > len(lines) // 2
    begins = [deeper > len(lines) // 50 and (i > usual) is not hang for i in indents]
    return [
        full[i] and not begins[i + 1] and not (stopped[i] and _opens_section(lines[i + 1])) for i in range(len(close))
    ]


def _unit(line: str) -> str:
    """What would have had to fit on the line above."""
    m = _UNIT.match(line.lstrip())
    return m[0][:40] if m else ""


def _opens_section(line: str) -> bool:
    number = read_number(line.strip())
    return number is not None and number.form not in ("decimal", "note")
