"""A plan's text with its paragraphs and structure. Offsets are code points of the text, counted from 0."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

from plangraph.document.outline import BODY, KINDS, Heading, Outline, read_outline
from plangraph.document.run_in import find_run_in
from plangraph.document.sentences import clause_spans, sentence_spans
from plangraph.tables import place

#: A line that is not blank; a run of blanks is taken whole, so that one of megabytes costs no more than its length.
_ENDS = r"\r\n\x0b\x0c\x85\u2028\u2029"
_LINE = re.compile(rf"[^\S{_ENDS}]*+(?P<text>\S[^{_ENDS}]*+)?[{_ENDS}]*+")


class Spans(Sequence[tuple[int, int]]):
    """(start, end) pairs in order, eight bytes each."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts, self._ends = array("I"), array("I")
        for start, end in spans:
            self._starts.append(start)
            self._ends.append(end)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[int, int]]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, int] | list[tuple[int, int]]:
        if isinstance(index, slice):
            return list(zip(self._starts[index], self._ends[index], strict=True))
        return self._starts[index], self._ends[index]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    def __hash__(self) -> int:
        return hash((self._starts.tobytes(), self._ends.tobytes()))

    def at(self, offset: int) -> int:
        """Number (from 1) of the span that holds ``offset``, 0 if none does."""
        number = bisect_right(self._starts, offset)
        return number if number and offset < self._ends[number - 1] else 0


@dataclass(frozen=True)
class Document:
    """A text, its paragraphs (non-blank lines), and what each of them is.

    Paragraphs are numbered from 1, headings and chrome included.

    Args:
        text: The whole text, unchanged.
        paragraphs: (start, end) of each paragraph, in order.
        marks: What the reader knows of each paragraph, one byte each (`plangraph.document.marks`).
        warnings: What of the file could not be read, in English and in Chinese.
        path: The file as the user named it, "" where the text is of no file.
    """

    text: str
    paragraphs: Spans
    marks: bytes
    warnings: tuple[tuple[str, str], ...] = ()
    path: str = field(default="", compare=False)

    @classmethod
    def from_text(cls, text: str, marks: bytes = b"", warnings: tuple[tuple[str, str], ...] = ()) -> Document:
        """The document of ``text``; without ``marks``, structure is read from the words alone."""
        spans = Spans((m.start(), m.end("text")) for m in _LINE.finditer(text) if m["text"])
        return cls(text, spans, marks or bytes(len(spans)), warnings)

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def paragraph_at(self, offset: int) -> int:
        """Number (from 1) of the paragraph that holds ``offset``, 0 if none does."""
        return self.paragraphs.at(offset)

    def line_of(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of ``offset``."""
        return place(self.text, offset)

    @cached_property
    def outline(self) -> Outline:
        """The structure that the methods below answer from, lines counted from 0."""
        return read_outline(self.text, self.paragraphs, self.marks)

    @property
    def title(self) -> str:
        """The document's own title, "" where the text has none; it is not part of section paths."""
        return self.outline.title

    @property
    def headings(self) -> tuple[Heading, ...]:
        """All headings in order, with the sections that they open."""
        return self.outline.headings

    def kind(self, paragraph: int) -> str:
        """What ``paragraph`` is: "heading", "body", or "chrome" (the page's own words, not the plan's)."""
        return KINDS[self.outline.kinds[self._index(paragraph)]]

    def section_path(self, paragraph: int) -> tuple[str, ...]:
        """Headings above ``paragraph``, outermost first.

        A heading's own path ends with the heading above it; a paragraph that begins with a numbered heading
        (（一）扩大内需。…) has it as the last.
        """
        outline = self.outline
        path, at = [], outline.section[self._index(paragraph)]
        while at >= 0:
            path.append(outline.headings[at].title)
            at = outline.headings[at].parent
        return tuple(reversed(path))

    def run_in_heading(self, paragraph: int) -> tuple[int, int] | None:
        """Span of the first sentence of ``paragraph`` where that is a heading, its stop included."""
        i = self._index(paragraph)
        return find_run_in(self.text, self.paragraphs, self.outline, i) if self.outline.kinds[i] == BODY else None

    def sentences(self, paragraph: int) -> list[tuple[int, int]]:
        """Spans of the sentences of ``paragraph``, closing stops and quotes included."""
        return list(sentence_spans(self.text, *self.paragraphs[self._index(paragraph)]))

    def clauses(self, start: int, end: int) -> list[tuple[int, int]]:
        """Spans of the clauses between two offsets, the signs that part them not included."""
        return list(clause_spans(self.text, start, end))

    def _index(self, paragraph: int) -> int:
        if not 1 <= paragraph <= len(self.paragraphs):
            raise IndexError(f"paragraph {paragraph} of {len(self.paragraphs)}")
        return paragraph - 1
