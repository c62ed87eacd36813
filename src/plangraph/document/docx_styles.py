"""The styles of a Word file, and how its tags and attributes are read."""

from __future__ import annotations

import re
from typing import TypeVar

from plangraph.document.marks import CONTENTS, LAST_LEVEL, PLAIN, TITLE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
#: Values by which a property is switched off.
OFF = frozenset(("0", "false", "none", "off"))
_T = TypeVar("_T")
_CONTENTS_NAME = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)", re.IGNORECASE)


class Styles:
    """Marks and list numbers of paragraph styles, and which styles hide their text, by style id."""

    def __init__(self) -> None:
        self._own: dict[str, int] = {}
        self._hidden: dict[str, bool] = {}
        self._based: dict[str, str] = {}
        self.numbers: dict[str, tuple[str, int]] = {}
        self._id = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Called by the parser."""
        name, value = local(tag), val(attributes)
        if name == "style":
            self._id = attributes.get(W + "styleId") or attributes.get(STRICT + "styleId") or ""
        elif name == "name" and self._id:
            heading = _HEADING_NAME.fullmatch(value)
            if heading:
                self._own[self._id] = min(int(heading[1]), LAST_LEVEL)
            elif _CONTENTS_NAME.match(value):
                self._own[self._id] = CONTENTS
            elif value.lower() in ("title", "标题"):
                self._own[self._id] = TITLE
        elif name == "basedOn" and self._id:
            self._based[self._id] = value
        elif name == "outlineLvl" and self._id and value.isdecimal() and int(value) < LAST_LEVEL:
            self._own.setdefault(self._id, int(value) + 1)
        elif name == "vanish" and self._id:
            self._hidden[self._id] = value not in OFF
        elif name in ("numId", "ilvl") and self._id:
            list_id, level = self.numbers.get(self._id, ("", 0))
            self.numbers[self._id] = (value, level) if name == "numId" else (list_id, to_int(value))

    def end(self, tag: str) -> None:
        """Called by the parser."""
        if local(tag) == "style":
            self._id = ""

    def data(self, words: str) -> None:
        """Called by the parser."""

    def mark(self, style: str) -> int:
        """The mark of ``style``, its own or that of the style it is based on."""
        return self._found(self._own, style) or PLAIN

    def hidden(self, style: str) -> bool | None:
        """Whether ``style`` hides its text, itself or by the style it is based on; None where none of them says."""
        return self._found(self._hidden, style)

    def _found(self, said: dict[str, _T], style: str) -> _T | None:
        for _ in range(12):
            if style in said:
                return said[style]
            style = self._based.get(style, "")
        return None


def local(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def val(attributes: dict[str, str], name: str = "val") -> str:
    """The attribute ``w:val``, or another of that namespace, of an element, "" without one."""
    return attributes.get(W + name) or attributes.get(STRICT + name) or ""


def to_int(text: str) -> int:
    """``text`` as a number below 1000, -1 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
