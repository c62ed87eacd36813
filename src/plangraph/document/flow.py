"""A text as one stream of characters, the same whatever file it came in, with the way back to the text as printed.

Extraction reads a `Flow`: each paragraph is one line, without indent, zero-width characters, runs of blanks and blanks
between Chinese and Latin characters; the page's own words (menus, buttons, page numbers) are left out; lines that were
broken at a fixed width are whole again; traditional characters and widths are folded. So the same words give the same
facts, and every offset leads back to the original.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from plangraph.document.characters import fold_print
from plangraph.document.document import Document, Spans
from plangraph.document.marks import DROPPED
from plangraph.document.outline import CHROME
from plangraph.document.wrapped import line_groups
from plangraph.errors import InputError

#: What a stream does not keep as it is, but for a blank that stands alone.
_UNTIDY = re.compile(rf"[{DROPPED}\s]+|\*\*")
#: A paragraph of so many characters without a Chinese one is not the plan's; one of more than `LONGEST` is in no plan.
_FOREIGN, LONGEST = 200, 1_000_000
_SPACE = re.compile(r"\s")
_READ = re.compile(rf"[^{DROPPED}\s]")
_WORD = re.compile(r"[A-Za-z0-9,.;:)%]")
_HAN = re.compile("[\u4e00-\u9fff]")
#: A Chinese character before a blank and another.
_SPACED = re.compile("[\u4e00-\u9fff](?= [\u4e00-\u9fff])")
_STOP = re.compile("[，。；、]")
_PROSE = 60
#: What editors and programs set apart by a blank (发展 5G 基站), but for the number that a line begins with.
_APART = re.compile("[\u4e00-\u9fff][A-Za-z0-9Ａ-Ｚａ-ｚ０-９]|[A-Za-z0-9%+Ａ-Ｚａ-ｚ０-９％＋][\u4e00-\u9fff]")
_MARK = re.compile("[，。；：、！？“”‘’（）《》「」『』,;!?]")
_NUMBER = re.compile(r"[第\d一二三四五六七八九十、.．（()）]{1,8}(?!\s+年)")


@dataclass(frozen=True)
class Flow:
    """A text as a stream.

    Args:
        document: What is read: tidied, whole and folded.
        printed: The same, of the same length, with the characters as printed.
        origin: The text that it was made of.
    """

    document: Document
    printed: Document
    origin: Document
    _starts: array[int]
    _places: array[int]

    def place(self, offset: int) -> int:
        """Where the character at ``offset`` of the stream stands in the original."""
        if not self._starts:
            return offset
        piece = bisect_right(self._starts, offset) - 1
        return self._places[piece] + offset - self._starts[piece]

    def offset(self, place: int) -> int:
        """Where the original's character at ``place`` stands in the stream; where the next one does, if it was dropped."""
        if not self._starts:
            return place
        piece = max(0, bisect_right(self._places, place) - 1)
        end = self._starts[piece + 1] if piece + 1 < len(self._starts) else len(self.document.text)
        return min(self._starts[piece] + max(0, place - self._places[piece]), end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of a span of the stream."""
        return self.place(start), self.place(end - 1) + 1


def read_flow(document: Document) -> Flow:
    """The stream of ``document``: its plan's own lines, without the page's.

    Raises:
        InputError: A paragraph is longer than `LONGEST`.
    """
    text, spans = document.text, document.paragraphs
    groups = line_groups(text, spans, document.marks)
    for n, (start, end) in enumerate(spans):
        if end - start > LONGEST:
            raise _too_long(document.path, n + 1, end - start)
        if not _READ.search(text, start, end) or (end - start > _FOREIGN and not _HAN.search(text, start, end)):
            groups[n] = -1
    flow = _stream(document, groups)
    kinds = flow.printed.outline.kinds
    if CHROME not in kinds or not any(kinds):
        return flow
    order = {group: n for n, group in enumerate(dict.fromkeys(g for g in groups if g >= 0))}
    return _stream(document, [-1 if g < 0 or kinds[order[g]] == CHROME else g for g in groups])


def _stream(document: Document, groups: Sequence[int]) -> Flow:
    text, spans = document.text, document.paragraphs
    words: list[str] = []
    starts, places, marks = array("I"), array("I"), bytearray()
    size = last = 0

    def add(piece: str, place: int) -> None:
        nonlocal size
        words.append(piece)
        starts.append(size)
        places.append(place)
        size += len(piece)

    for number in (n for n, group in enumerate(groups) if group >= 0):
        start, end = spans[number]
        if not words or groups[number] != groups[last]:
            if words:
                add("\n", spans[last][1])
            marks.append(document.marks[number])
        elif _WORD.match(words[-1][-1]) and _WORD.match(text[start]) and not _HAN.search(text, *spans[last]):
            add(" ", spans[last][1])
        for piece, place in _tidy(text, start, end):
            add(piece, place)
        last = number
    printed = "".join(words)
    if printed == text:
        starts, places = array("I"), array("I")
        whole = document
    else:
        whole = Document(printed, _lines(printed), bytes(marks))
    folded = fold_print(printed)
    read = whole if folded == printed else Document(folded, whole.paragraphs, whole.marks)
    return Flow(read, whole, document, starts, places)


def _too_long(path: str, line: int, size: int) -> InputError:
    return InputError(
        f"{path and path + ': '}paragraph {line} has {size:,} characters, more than any plan's ({LONGEST:,}): is it text? Break it into paragraphs",
        f"{path and path + '：'}第 {line} 段有 {size:,} 个字符，超过任何规划的段落（{LONGEST:,}）：这是规划文本吗？请分段后重试",
    )


def _tidy(text: str, start: int, end: int) -> list[tuple[str, int]]:
    """The pieces of a line that are kept, with where they stand."""
    if _UNTIDY.search(text, start, end) is None:
        return [(text[start:end], start)]
    found: list[tuple[str, int]] = []
    at = start
    # In running text, and where every character stands apart, a blank between two characters parts no words.
    prose = end - start > _PROSE and len(_STOP.findall(text, start, end)) > 1
    spaced = prose or 3 * len(_SPACED.findall(text, start, end)) > len(_HAN.findall(text, start, end))
    for m in _UNTIDY.finditer(text, start, end):
        inside = start < m.start() and m.end() < end
        set_apart = inside and _set_apart(text, start, m.start(), m.end(), spaced)
        if m[0] == " " and at < m.start() and inside and not set_apart:
            continue
        if m.start() > at:
            found.append((text[at : m.start()], at))
        if found and m.end() < end and _SPACE.search(m[0]) and not set_apart:
            found.append((" ", m.start()))
        at = m.end()
    if at < end:
        found.append((text[at:end], at))
    return found


def _set_apart(text: str, line: int, start: int, end: int, spaced: bool) -> bool:
    """Whether the blanks from ``start`` to ``end`` are of the print alone: beside a mark, between Chinese and Latin
    characters, or in a line whose Chinese characters none parts (``spaced``)."""
    before, after = text[start - 1], text[end]
    if _MARK.match(after) or (_MARK.match(before) and (_HAN.match(after) or before in "（“‘《「『(")):
        return True
    if spaced and _HAN.match(before) and _HAN.match(after):
        return True
    number = _NUMBER.match(text, line)
    return _APART.fullmatch(before + after) is not None and (number is None or number.end() < start)


def _lines(text: str) -> Spans:
    starts = [0, *(m.end() for m in re.finditer("\n", text))] if text else []
    ends = [*(s - 1 for s in starts[1:]), len(text)]
    return Spans(zip(starts, ends, strict=True)) if text else Spans(())
