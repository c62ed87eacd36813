"""What a reader knows of a line beside its words, one byte a line, and how a line's white space is tidied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from plangraph.errors import InputError

PLAIN = 0
#: 1 to 6: the level of the heading style (h1 to h6, Heading 1 to 6, or rank of the font size).
LAST_LEVEL = 6
TITLE = 7
BOLD = 8
CELL = 9
LINK = 10
CONTENTS = 11

#: More lines than any plan has; what comes with more is not one, and would cost gigabytes.
MAX_LINES = 500_000

#: Zero-width and control characters, direction marks, lone surrogates: nothing that is read (a regular expression's set).
DROPPED = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\xad\ufff9-\ufffb\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff"
_UNSEEN = re.compile(f"[{DROPPED}]+")
_SPACE = re.compile(r"\s+")


class Line(NamedTuple):
    """One line that a reader found: its words, tidied, and its mark."""

    text: str
    mark: int


def tidy(text: str) -> str:
    """``text`` on one line: no control or zero-width characters, one space for any run of white space."""
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


def squeeze(text: str) -> str:
    """``text`` without white space and without what is not seen: two that differ in nothing else are equal."""
    return "".join(_UNSEEN.sub("", text).split())


def join(lines: Iterable[Line], path: str) -> tuple[str, bytes]:
    """The text of ``lines``, one a line, blank ones left out, and their marks.

    Raises:
        InputError: There are none, or more than `MAX_LINES`.
    """
    texts, marks = [], bytearray()
    for line in lines:
        if line.text:
            texts.append(line.text)
            marks.append(line.mark)
            if len(texts) > MAX_LINES:
                raise too_many_lines(path)
    if not texts:
        raise InputError(
            f"{path}: there is no text in it; give a file with text", f"{path}：其中没有文字；请给出有文字的文件"
        )
    return "\n".join(texts), bytes(marks)


def too_many_lines(path: str) -> InputError:
    """The error for a file of more than `MAX_LINES` lines."""
    return InputError(
        f"{path}: more than {MAX_LINES:,} lines, which no plan has; split it",
        f"{path}：超过 {MAX_LINES:,} 行，不像规划文本；请拆分",
    )
