"""Web pages: block elements become lines, what a reader does not read (scripts, menus, footers, forms) is left out.

A page may stand in an archive with its pictures (MHTML).

libxml2 reports tags as it meets them and builds no tree, so deep nesting and size cost no more than their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plangraph.document.encodings import decode_page, look
from plangraph.document.marks import BOLD, LINK, PLAIN, Line, tidy
from plangraph.document.table_cells import TableCells
from plangraph.errors import InputError

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|div|p|table)\b",
    re.IGNORECASE | re.DOTALL,
)
#: A piece of a page begins with any tag and has lines that tags end.
_PIECE = re.compile(r"\s*<[a-z][a-z0-9]*\b[^<>]*>.*?(?:<br\b|</(?:p|div|td|li|h[1-6])>)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?:p|div|br|span|body|html|h[1-6]|td|table)\b[^>]{0,300}>", re.IGNORECASE)
#: The fields at the head of an e-mail, or of a page that a browser saved with its pictures in one file.
_FIELDS = re.compile(r"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_MAIL = re.compile(r"^(?:mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
_ARCHIVE = re.compile(r"^content-type:\s*(?:multipart/related|text/html)", re.IGNORECASE | re.MULTILINE)
_LEFT_OUT = frozenset((
    "script", "style", "noscript", "template", "head", "nav", "footer", "aside", "button", "select",
    "textarea", "input", "iframe", "object", "svg", "canvas", "audio", "video", "map", "menu", "dialog",
))  # fmt: skip
#: What no button or list of choices holds: one that is not closed ends before it.
_NO_CONTROL = frozenset(("article", "h1", "h2", "h3", "h4", "h5", "h6", "main", "p", "section", "table"))
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


def read_page(data: bytes, path: str, suffix: str) -> Iterator[Line] | None:
    """Lines of a page or page archive; None where ``data`` is neither.

    Args:
        data: The file's bytes.
        path: The file as the user named it.
        suffix: The ending of its name, lower case: .html and its kin need less of a page to be one.

    Raises:
        InputError: Not text, an e-mail, or an archive without a page.
    """
    head = look(data)
    fields = _FIELDS.match(head)
    if fields and _MAIL.search(fields[0]):
        if _ARCHIVE.search(fields[0]):
            return iter(_archived_page(data, path))
        raise InputError(
            f"{path}: an e-mail; save its text or the file that came with it, and give that",
            f"{path}：电子邮件；请将其正文或附件另存为文件后再用",
        )
    piece = suffix not in (".md", ".markdown") and _PIECE.match(head)
    if _PAGE.match(head) or piece or (suffix in (".html", ".htm", ".xhtml") and _TAG.search(head)):
        return read_html(decode_page(data, path))
    return None


def _archived_page(data: bytes, path: str) -> list[Line]:
    """The lines of the page with the most text in a page archive (MHTML, RFC 2557): others are its frames."""
    import email

    try:
        parts = list(email.message_from_bytes(data).walk())
    except RecursionError:
        raise InputError(
            f"{path}: a page archive whose parts nest too deep; save the page as HTML",
            f"{path}：网页存档的嵌套过深；请将网页另存为 HTML",
        ) from None
    best: list[Line] = []
    for part in parts:
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = part.get_payload(decode=True)
            lines = list(read_html(decode_page(page, path))) if isinstance(page, bytes) else []
            best = max(best, lines, key=lambda found: sum(len(line.text) for line in found))
    return best


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
        if self._left_out and self._left_out[0] in ("button", "select") and tag in _NO_CONTROL:
            self._left_out.clear()
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
