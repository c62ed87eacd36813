"""Web pages: block elements become lines, what a reader does not read (scripts, menus, footers, forms) is left out.

libxml2 reports tags as it meets them and builds no tree, so deep nesting and size cost no more than their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plangraph.document.marks import BOLD, LINK, PLAIN, Line, tidy
from plangraph.document.table_cells import TableCells

_LEFT_OUT = frozenset((
    "script", "style", "noscript", "template", "head", "nav", "footer", "aside", "button", "select",
    "textarea", "input", "iframe", "object", "svg", "canvas", "audio", "video", "map", "menu", "dialog",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br",
))  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
#: A line end in the source between two Chinese characters is not a space on the page.
_SOURCE_BREAK = re.compile(rf"(?<={_HAN})[ \t]*[\r\n]\s*(?={_HAN})")
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))  # fmt: skip
_CHUNK = 1 << 16


def read_html(text: str) -> Iterator[Line]:
    """Lines of a page, in order, headings, bold lines, table cells and lines of links marked."""
    from lxml import etree

    page = _Page()
    # Characters below U+0020 would end libxml2's reading; a page has no use for them.
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text)
    parser = etree.HTMLParser(target=page, recover=True, huge_tree=True, encoding="utf-8")
    for start in range(0, len(clean), _CHUNK):
        parser.feed(clean[start : start + _CHUNK].encode("utf-8"))
        yield from page.take()
    if clean:
        parser.close()
    page.close()
    yield from page.take()


class _Page:
    """The target of the parser's reports: collects words until a block begins or ends."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._bold = self._linked = self._all = 0
        self._lines: list[Line] = []
        self._left_out: list[str] = []
        self._open: dict[str, int] = {}
        self._bold_tags: list[str] = []
        self._cells = TableCells(self._lines)
        self._heading = self._link = 0
        self._pre = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._left_out:
            if tag not in _VOID:
                self._left_out.append(tag)
            return
        if tag in _LEFT_OUT or "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")):
            if tag not in _VOID:
                self.end_line()
                self._left_out.append(tag)
            return
        if tag in _BLOCKS:
            self.end_line()
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading = int(tag[1])
        elif tag in ("td", "th"):
            self._cells.begin_cell()
        elif tag == "tr":
            self._cells.end_row()
        elif tag == "table":
            self._cells.begin_table()
        elif tag == "a":
            self._link += 1
        elif tag == "pre":
            self._pre += 1
        if tag in ("b", "strong") or _BOLD_STYLE.search(attributes.get("style", "")):
            self._bold_tags.append(tag)

    def end(self, tag: str) -> None:
        if self._left_out:
            # libxml2 closes what the page leaves open, so ends come in the order of starts.
            if tag == self._left_out[-1]:
                self._left_out.pop()
            return
        if tag in _BLOCKS:
            self.end_line()
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading = 0
        elif tag == "tr":
            self._cells.end_row()
        elif tag == "table":
            self._cells.end_table()
        elif tag == "a":
            self._link = max(0, self._link - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        if self._bold_tags and self._bold_tags[-1] == tag:
            self._bold_tags.pop()

    def data(self, words: str) -> None:
        if self._left_out:
            return
        if self._pre:
            for part in words.split("\n")[:-1]:
                self._add(part)
                self.end_line()
            words = words.rsplit("\n", 1)[-1]
        self._add(words)

    def _add(self, words: str) -> None:
        self._words.append(words)
        size = len(words.strip())
        self._all += size
        self._linked += size if self._link else 0
        self._bold += size if self._bold_tags else 0

    def close(self) -> None:
        self.end_line()
        self._cells.end_all()

    def end_line(self) -> None:
        """Make a line of the words since the last block began or ended."""
        if self._all:
            text = tidy(_SOURCE_BREAK.sub("", "".join(self._words)))
            self._lines.append(Line(text, self._mark()))
        self._words.clear()
        self._bold = self._linked = self._all = 0

    def _mark(self) -> int:
        if self._heading:
            return self._heading
        if self._linked == self._all:
            return LINK
        return BOLD if self._bold == self._all else PLAIN

    def take(self) -> list[Line]:
        """The lines since the last call; those of a table when it has ended."""
        return self._cells.take()
