"""Which lines are headings: by number, by style, and by shape where the text has neither."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plangraph.document.chrome import Page, is_prose
from plangraph.document.marks import BOLD, CELL, LAST_LEVEL, LINK, PLAIN
from plangraph.document.numbering import Number, read_number
from plangraph.document.words import load_words

#: Characters that a heading can have: with a style or number, by its bold type, by its shape alone.
STYLED_SIZE, BOLD_SIZE, SHAPE_SIZE, _CLOSED_SIZE = 80, 40, 30, 50
#: Characters that a heading that runs into its paragraph can have.
RUN_IN_SIZE = 60
#: More lines than this one after the other without prose are a list, not headings.
_LONGEST_RUN = 4
_OPENING_LINES = 3
#: What stands below a heading known by its shape has at least so many characters, or is a sentence.
_SHORTEST_TEXT = 15

_STOP = re.compile(r"[。！？；!?;]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_OPEN_END = tuple("，、：；。！？…,;:.!?—-－（(“《【[")
#: Dates, document numbers, and who speaks.
_NOT_HEADING = re.compile(
    r"[\d\s年月日.:：/—-]+|[（(].*\d{4}.*[）)]|.{1,12}〔\d{4}〕.{1,8}号"
    r"|.{0,14}(?:省长|市长|县长|区长|州长|主席|主任|书记|局长|厅长|部长)\s*\S{1,4}(?:\s\S{1,3})?(?:·\S{1,8})?"
)
_BRACKETED = re.compile(r"[〔（(\[【].{1,30}[〕）)\]】]")
_OPENING = re.compile(r"[（(【〔\[“《]+")
_RUN_IN = re.compile(rf"[^。！？；!?;\n]{{2,{RUN_IN_SIZE}}}?(?P<stop>[。！？：])")
_COLON_SIZE = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line, or lines, that are a heading.

    Args:
        first: Its first line, counted from 0.
        last: Its last line.
        text: Its words; those of two lines joined by a space.
        number: Its number, if it has one.
        level: Level of its heading style, 0 without one.
        runs_in: Whether it is only the first sentence of its line, which goes on.
        closed: Whether it has no number and ends in a full stop, as headings do that were bold on the page.
        directly: Whether it stands directly below another heading.
    """

    first: int
    last: int
    text: str
    number: Number | None
    level: int
    runs_in: bool = False
    closed: bool = False
    directly: bool = False

    @property
    def by_shape(self) -> bool:
        """Whether only its shape tells that it is a heading."""
        return self.number is None and self.level == 0


def find_headings(lines: Sequence[str], marks: Sequence[int], page: Page) -> list[Candidate]:
    """The headings among ``lines``, in order; levels come later.

    Args:
        lines: The lines, white space at their ends removed; long ones may be cut.
        marks: Their marks.
        page: What of them is chrome, and where the body starts.
    """
    body = [i for i in range(len(lines)) if not page.chrome[i] and i not in page.titles]
    shaped = sum(1 <= marks[i] <= LAST_LEVEL for i in body) < 3
    opening = _opening(lines, page)
    found: dict[int, Candidate] = {}
    for place, i in enumerate(body):
        if i < page.front and i not in opening:
            continue
        above = lines[body[place - 1]] if place else ""
        candidate = _candidate(i, lines[i], marks[i], above, shaped)
        if candidate is not None:
            found[i] = candidate
    _add_closed(body, lines, marks, found, page.front)
    _join_torn_numbers(body, lines, found)
    _drop_lists(body, lines, found)
    _join_pairs(body, found)
    below = {i for run in _runs(body, found) for i in run[1:]}
    return [replace(found[i], directly=i in below) for i in sorted(found)]


def _opening(lines: Sequence[str], page: Page) -> range:
    """Lines of the front that may be headings: few, directly above the prose, below titles, chrome or nothing."""
    first = page.front
    while first > 0 and not page.chrome[first - 1] and first - 1 not in page.titles:
        if not _has_heading_shape(lines[first - 1], ""):
            break
        first -= 1
    return (
        range(page.front, page.front)
        if page.speech or page.front - first > _OPENING_LINES
        else range(first, page.front)
    )


def _candidate(i: int, line: str, mark: int, above: str, shaped: bool) -> Candidate | None:
    level = mark if 1 <= mark <= LAST_LEVEL else 0
    number = read_number(line)
    if mark == CELL:
        return None
    if number is not None and number.form != "dash":
        return _numbered(i, line, number, level)
    if not _HAN.search(line):
        return None
    if is_matter(line):
        return Candidate(i, i, line, None, level)
    if len(_STOP.findall(line.rstrip("。！？"))) or len(line) > STYLED_SIZE or line.endswith(("，", "、", "；", ",")):
        return None
    if level:
        return Candidate(i, i, line, None, level)
    if mark == BOLD and len(line) <= BOLD_SIZE and not line.endswith(("：", ":", "！")):
        return Candidate(i, i, line, None, 0)
    if shaped and mark in (PLAIN, LINK) and _has_heading_shape(line, above):
        return Candidate(i, i, line, None, 0)
    return None


def _numbered(i: int, line: str, number: Number, level: int) -> Candidate | None:
    """A numbered line as a heading, or the first sentence of one, or neither: an item of a list."""
    rest = line[number.end :]
    inner = rest.rstrip("。：:；; ")
    is_item = number.rank >= 60 and rest.endswith(tuple("。；;，,、"))
    if number.form == "note":
        return Candidate(i, i, line, number, level) if rest.endswith(("：", ":")) and len(line) <= SHAPE_SIZE else None
    if len(line) <= STYLED_SIZE and inner and not _STOP.search(inner) and not (is_item and not level):
        return Candidate(i, i, line, number, level)
    end = run_in_end(line, number.end)
    return Candidate(i, i, line[:end], number, level, runs_in=True) if end else None


def run_in_end(line: str, start: int) -> int:
    """End of the heading that the words from ``start`` to the first stop of ``line`` are, 0 if they are none.

    A colon ends one as well when it stands early; there must be more behind it.
    """
    m = _RUN_IN.match(line, start)
    if m is None or not line[m.end() :].strip(" ”’）)》"):
        return 0
    if m["stop"] == "：" and m.end() - start > _COLON_SIZE:
        return 0
    return m.end()


def _has_heading_shape(line: str, above: str) -> bool:
    if (
        len(line) > SHAPE_SIZE
        or "：" in line
        or line.endswith(_OPEN_END)
        or line[0] in "，、。；：！？）)”》,.;:!?-—•·"
    ):
        return False
    if above.endswith(("，", "、", ",")) or _NOT_HEADING.fullmatch(line) or _BRACKETED.fullmatch(line):
        return False
    return len(_HAN.findall(line)) >= 2


def _add_closed(
    body: Sequence[int], lines: Sequence[str], marks: Sequence[int], found: dict[int, Candidate], front: int
) -> None:
    """Headings that kept a full stop: a sentence alone on its line and a longer paragraph, twice or more in turn."""

    def heads(place: int) -> bool:
        if not 0 <= place < len(body) - 1:
            return False
        i, below = body[place], body[place + 1]
        line, text = lines[i], lines[below]
        if i < front or i in known or below in known or marks[i] == CELL or len(line) > _CLOSED_SIZE:
            return False
        alone = line.endswith("。") and not _STOP.search(line[:-1]) and read_number(line) is None
        return alone and len(text) > max(len(line), BOLD_SIZE)

    known = set(found)
    for place, i in enumerate(body):
        if heads(place) and (marks[i] == BOLD or heads(place - 2) or heads(place + 2)):
            found[i] = Candidate(i, i, lines[i], None, 0, closed=True)


def _join_torn_numbers(body: Sequence[int], lines: Sequence[str], found: dict[int, Candidate]) -> None:
    """Give a heading back the bracket that was torn off its number and stands on the line above."""
    for above, i in itertools.pairwise(body):
        if i in found and found[i].number is not None and _OPENING.fullmatch(lines[above]):
            found[above] = replace(found.pop(i), first=above, text=lines[above] + lines[i])


def _drop_lists(body: Sequence[int], lines: Sequence[str], found: dict[int, Candidate]) -> None:
    """Take out what is a list: items of one form without prose between, long runs, and headings of nothing."""
    place_of = {i: place for place, i in enumerate(body)}
    for run in _runs(body, found):
        forms = [c.number.rank if (c := found[i]).number and c.number.rank >= 60 else 0 for i in run]
        items = {run[k + d] for k in range(len(run) - 1) if forms[k] and forms[k] == forms[k + 1] for d in (0, 1)}
        shaped = [i for i in run if found[i].by_shape]
        below = place_of[found[run[-1]].last] + 1
        below += below < len(body) and _BRACKETED.fullmatch(lines[body[below]]) is not None
        headed = below < len(body) and (len(lines[body[below]]) >= _SHORTEST_TEXT or is_prose(lines[body[below]]))
        if len(shaped) > _LONGEST_RUN or (shaped and shaped[-1] == run[-1] and not headed):
            items.update(shaped)
        for i in items:
            del found[i]


def _runs(body: Sequence[int], found: dict[int, Candidate]) -> list[list[int]]:
    """Headings that follow one another without a line between, each by its first line."""
    runs: list[list[int]] = []
    place_of = {i: place for place, i in enumerate(body)}
    end = -2
    for i in sorted(found):
        if found[i].runs_in:
            continue
        if place_of[i] == end + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
        end = place_of[found[i].last]
    return runs


def _join_pairs(body: Sequence[int], found: dict[int, Candidate]) -> None:
    """Join a heading of two lines: both say what to do, and headings that name a field come below them."""
    runs = _runs(body, found)
    order = sorted(found)
    for run in runs:
        if len(run) < 2 or not all(found[i].by_shape and says_what_to_do(found[i].text) for i in run[:2]):
            continue
        after = [found[i] for i in order if i > run[1]][:1]
        if after and after[0].by_shape and not says_what_to_do(after[0].text) and not is_matter(after[0].text):
            second = found.pop(run[1])
            found[run[0]] = replace(found[run[0]], last=second.last, text=f"{found[run[0]].text} {second.text}")
            order.remove(run[1])


def says_what_to_do(text: str) -> bool:
    """Whether a heading begins with a verb (推动…, 打造…) rather than names a field, a place or a thing."""
    return load_words().verb.match(text) is not None


def matter_word(line: str) -> str:
    """前言, 附件 and their like as the word lists have them: without number, colon and spaces."""
    return (
        re.sub(r"[\s：:\d一二三四五六七八九十]+$", "", line).replace(" ", "").replace("\u3000", "")
        if len(line) < 12
        else ""
    )


def is_matter(line: str) -> bool:
    """Whether a line is 前言, 附件 or another heading before or after the plan proper."""
    return matter_word(line) in load_words().front | load_words().back
