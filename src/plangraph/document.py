"""A plan's text with its paragraphs. Offsets are code points of the text as it was read, counted from 0."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from plangraph.errors import InputError
from plangraph.tables import decode, read_bytes

_PARAGRAPH = re.compile(r"[^\r\n]*\S[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Document:
    """A text, and where its paragraphs (non-blank lines) start and end.

    Args:
        text: The whole text, unchanged.
        paragraphs: (start, end) of each non-blank line, in order.
    """

    text: str
    paragraphs: tuple[tuple[int, int], ...]

    @classmethod
    def from_text(cls, text: str) -> Document:
        """The document of ``text``."""
        spans = [m.span() for m in _PARAGRAPH.finditer(text)]
        return cls(text, tuple(spans))

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def paragraph_at(self, offset: int) -> int:
        """Number (from 1) of the paragraph that holds ``offset``, 0 if none does."""
        number = bisect_right(self.paragraphs, (offset, len(self.text) + 1))
        return number if number and offset < self.paragraphs[number - 1][1] else 0

    def line_of(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of ``offset``."""
        return self.text.count("\n", 0, offset) + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


def read_document(path: Path) -> Document:
    """Read a plain text in UTF-8, UTF-16 or GB 18030.

    Raises:
        InputError: Missing, not text, or empty.
    """
    text = decode(read_bytes(path), str(path))
    if not text.strip():
        raise InputError(f"{path}: the file is empty", f"{path}：文件为空")
    return Document.from_text(text)
