"""Which heading stands above which.

Numbers have a customary order. A heading with a style but no number stands beside the numbers that share its style.
A heading known by its shape alone is placed by what follows: above the numbers that begin anew after it, below the
number that goes on after it. Among such headings, those that say what to do (推动…) stand above those that name a
field; one directly followed by another stands above it; and those that the text itself lists together
(A、B、C等八个领域) stand side by side, what is not in the list below them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from plangraph.document.headings import Candidate, matter_word, says_what_to_do
from plangraph.document.words import load_words

#: Ranks that headings without a number take beside the customary ranks, which are tens.
_TOP, _ALONE, _CLOSED, _LEAF = 5, 41, 95, 99
_ROOM = 5
_ENUMERATION = re.compile(r"[^，。；：！？,;:\n]*、[^，。；：！？,;:\n]*")
#: Lists of fields stand early in a plan: looking farther than this many characters costs time and finds none.
LOOK = 500_000


def rank_headings(found: Sequence[Candidate], text: str) -> list[int]:
    """A rank for each heading: its parent is the nearest one before it with a smaller rank.

    Args:
        found: The headings in order.
        text: The text, in the same characters as the headings, in which lists of fields are looked up.
    """
    ranks = [c.number.rank if c.number else 0 for c in found]
    _rank_styled(found, ranks)
    _rank_closed_and_boxes(found, ranks)
    for segment in _segments(found, ranks):
        base = _base(found, ranks, segment)
        for i, depth in zip(segment, _depths([found[i] for i in segment], text), strict=True):
            ranks[i] = base + depth
    _rank_matter(found, ranks)
    return ranks


def parents(ranks: Sequence[int]) -> list[int]:
    """For each heading the place of its parent, -1 for none."""
    found, stack = [], list[int]()
    for i, rank in enumerate(ranks):
        while stack and ranks[stack[-1]] >= rank:
            stack.pop()
        found.append(stack[-1] if stack else -1)
        stack.append(i)
    return found


def _rank_styled(found: Sequence[Candidate], ranks: list[int]) -> None:
    """Headings with a style and without a number: the rank of the numbers that have the same style."""
    styles: dict[str, Counter[int]] = {}
    for c in found:
        if c.number and c.level and c.number.form != "box":
            styles.setdefault(f"{c.number.rank:03}", Counter())[c.level] += 1
    level_of = {int(rank): max(sorted(levels), key=levels.__getitem__) for rank, levels in styles.items()}
    for i, c in enumerate(found):
        if c.number is not None or not c.level:
            continue
        same = [rank for rank, level in level_of.items() if level == c.level]
        above = [rank for rank, level in level_of.items() if level < c.level]
        below = [rank for rank, level in level_of.items() if level > c.level]
        ranks[i] = (
            min(same) if same else max(above) + c.level if above else min(below) - 10 + c.level if below else c.level
        )


def _rank_closed_and_boxes(found: Sequence[Candidate], ranks: list[int]) -> None:
    deepest = 0
    for i, c in enumerate(found):
        if c.closed:
            ranks[i] = _CLOSED
        elif c.number is not None and c.number.form == "box":
            ranks[i] = deepest + 1 if deepest else _ALONE + _ROOM - 1
        elif ranks[i]:
            deepest = ranks[i]


def _segments(found: Sequence[Candidate], ranks: Sequence[int]) -> Iterator[list[int]]:
    """Headings known by their shape that no other heading parts."""
    segment: list[int] = []
    for i in range(len(found)):
        if ranks[i]:
            if segment and ranks[i] != _CLOSED:
                yield segment
                segment = []
        else:
            segment.append(i)
    if segment:
        yield segment


def _base(found: Sequence[Candidate], ranks: Sequence[int], segment: Sequence[int]) -> int:
    """The rank at which a segment's outermost headings stand."""
    before = next((ranks[i] for i in range(segment[0] - 1, -1, -1) if ranks[i] and ranks[i] != _CLOSED), 0)
    after = next((i for i in range(segment[-1] + 1, len(found)) if ranks[i] and ranks[i] != _CLOSED), None)
    if after is not None:
        number = found[after].number
        if number is None and before:
            return before + 1
        if number is None or number.value <= 1:
            return ranks[after] - _ROOM
        return max(before, ranks[after]) + 1
    earlier = [ranks[i] for i in range(segment[0]) if found[i].by_shape and not found[i].closed]
    return min(earlier) if earlier else before + 1 if before else _ALONE


def _depths(found: Sequence[Candidate], text: str) -> list[int]:
    """Depth, from 0, of headings known by their shape alone, from what they say and how they follow one another."""
    direct = [*(c.directly for c in found[1:]), False]
    outer = [says_what_to_do(c.text) or c.text in load_words().sections for c in found]
    mixed = any(outer) and not all(outer)
    listed = _listed_together(found, text) if mixed else set[str]()
    depths: list[int] = []
    acts_below = False
    start = 0
    while start < len(found):
        if mixed and outer[start]:
            # Below a heading that says what to do and is directly followed by another such one, they stand one deeper.
            below = acts_below and not direct[start]
            depths.append(1 if below else 0)
            if not below:
                acts_below = direct[start] and outer[start + 1]
                if acts_below:
                    depths.append(1)
                    start += 1
            start += 1
            continue
        end = next((i for i in range(start, len(found)) if mixed and outer[i]), len(found))
        depths += [1 + acts_below + d for d in _scope_depths(found[start:end], direct[start:end], listed)]
        start = end
    return depths


def _scope_depths(found: Sequence[Candidate], direct: Sequence[bool], listed: set[str]) -> list[int]:
    """Depths, from 0, of headings that stand below the same outer one.

    In a run without prose each stands above the next, and all runs end equally deep. Without any such run, those that
    the text lists together stand side by side and above the others.
    """
    runs, size = list[int](), 1
    for goes_on in (*direct[:-1], False):
        size, runs = (size + 1, runs) if goes_on else (1, [*runs, size])
    deepest = max(runs, default=1) - 1
    if deepest == 0:
        known = {c.text for c in found} & listed
        aside = found[0].text in known if found else False
        return [0 if not aside or c.text in known else 1 for c in found]
    depths: list[int] = []
    grouped = False
    for size in runs:
        if size == 1 and not grouped:
            depths.append(0)
            continue
        grouped = True
        depths += range(deepest - size + 1, deepest + 1)
    return depths


def _listed_together(found: Sequence[Candidate], text: str) -> set[str]:
    """Those headings that one enumeration of the text holds two or more of."""
    titles = sorted({c.text for c in found}, key=lambda t: (-len(t), t))
    title = re.compile("|".join(map(re.escape, titles)))
    listed: set[str] = set()
    for m in _ENUMERATION.finditer(text):
        inside = set(title.findall(m[0]))
        if len(inside) > 1:
            listed |= inside
    return listed


def _rank_matter(found: Sequence[Candidate], ranks: list[int]) -> None:
    """前言 holds no other heading; 附件 stands outermost and holds all that follows."""
    words = load_words()
    is_back = [c.number is None and matter_word(c.text) in words.back for c in found]
    for i, c in enumerate(found):
        follows = i > 0 and is_back[i - 1] and c.directly
        if follows and c.number is None:
            ranks[i] = _TOP + 1
        elif is_back[i]:
            ranks[i] = _TOP
        elif c.number is None and matter_word(c.text) in words.front:
            ranks[i] = _LEAF
