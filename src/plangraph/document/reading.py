"""Any plan file → `Document`. The format is told by content; the name's ending only decides what content leaves open."""

from __future__ import annotations

import re
from pathlib import Path

from plangraph.document.document import Document
from plangraph.document.encodings import decode_page, decode_text
from plangraph.document.marks import MAX_LINES, PLAIN, join, too_many_lines
from plangraph.errors import InputError
from plangraph.tables import read_bytes

_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|div|p|table)\b",
    re.IGNORECASE | re.DOTALL,
)
#: The head of a page that a browser saved with its pictures in one file.
_ARCHIVE = re.compile(rb"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart/related", re.IGNORECASE)
_TAG = re.compile(rb"</?(?:p|div|br|span|body|html|h[1-6]|td|table)\b[^>]{0,300}>", re.IGNORECASE)
_HASHES = re.compile(r"(#{1,6})[ \t]")
_LOOK = 8192
#: First bytes of files that are something else: what they are and what to do.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old Word file (.doc, .wps) or a Word file with a password; save it as .docx without one", "旧版 Word 文件（.doc、.wps）或有密码的 Word 文件；请另存为无密码的 .docx"),
    (b"{\\rtf", "an RTF file; save it as .docx", "RTF 文件；请另存为 .docx"),
    (b"\x89PNG", "an image; recognise its text (OCR) first", "图片；请先做文字识别（OCR）"),
    (b"\xff\xd8\xff", "an image; recognise its text (OCR) first", "图片；请先做文字识别（OCR）"),
    (b"GIF8", "an image; recognise its text (OCR) first", "图片；请先做文字识别（OCR）"),
    (b"II*\0", "an image; recognise its text (OCR) first", "图片；请先做文字识别（OCR）"),
    (b"MM\0*", "an image; recognise its text (OCR) first", "图片；请先做文字识别（OCR）"),
    (b"\x1f\x8b", "a compressed file; unpack it first", "压缩文件；请先解压"),
    (b"Rar!", "a compressed file; unpack it first", "压缩文件；请先解压"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first", "压缩文件；请先解压"),
)  # fmt: skip


def read_document(path: Path) -> Document:
    """Read a plan: plain text (UTF-8, UTF-16, GB 18030, Big5), HTML or MHTML, DOCX or PDF.

    The text of a plain file is the file's own, without byte order mark. From other formats it is one paragraph, table
    cell or heading a line: hard line breaks joined, page numbers, running heads, scripts and menus left out.

    Raises:
        InputError: Missing, empty, damaged, encrypted, scanned, or another kind of file.
    """
    data, shown = read_bytes(path), str(path)
    if not data.strip(b"\0 \t\r\n"):
        raise InputError(f"{path}: the file is empty", f"{path}：文件为空")
    for magic, en, zh in _OTHERS:
        if data.startswith(magic):
            raise InputError(f"{path}: {en}", f"{path}：{zh}")
    if b"%PDF-" in data[:1024]:
        from plangraph.document.pdf_file import read_pdf

        return Document.from_text(*join(read_pdf(data, shown), shown))
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        from plangraph.document.docx_file import read_docx

        return Document.from_text(*join(read_docx(data, shown), shown))
    if _ARCHIVE.match(data[:_LOOK]):
        data = _archived_page(data, shown)
    if _is_page(data, path.suffix.lower()):
        from plangraph.document.html_file import read_html

        return Document.from_text(*join(read_html(decode_page(data, shown)), shown))
    return _from_plain(decode_text(data, shown), shown, path.suffix.lower() in (".md", ".markdown"))


def _archived_page(data: bytes, path: str) -> bytes:
    """The page in a page archive (MHTML, RFC 2557)."""
    import email

    try:
        parts = list(email.message_from_bytes(data).walk())
    except RecursionError:
        raise InputError(
            f"{path}: a page archive whose parts nest too deep; save the page as HTML",
            f"{path}：网页存档的嵌套过深；请将网页另存为 HTML",
        ) from None
    for part in parts:
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = part.get_payload(decode=True)
            return page if isinstance(page, bytes) else b""
    return data


def _is_page(data: bytes, suffix: str) -> bool:
    head = data[:_LOOK]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: _LOOK // 2 * 2].decode("utf-16", "replace").encode("utf-8")
    head = head.removeprefix(b"\xef\xbb\xbf")
    return _PAGE.match(head) is not None or (suffix in (".html", ".htm", ".xhtml") and _TAG.search(head) is not None)


def _from_plain(text: str, path: str, markdown: bool) -> Document:
    if not text.strip():
        raise InputError(f"{path}: the file is empty", f"{path}：文件为空")
    if text.count("\n") + text.count("\r") > 4 * MAX_LINES:
        raise too_many_lines(path)
    document = Document.from_text(text)
    if len(document.paragraphs) > MAX_LINES:
        raise too_many_lines(path)
    if not markdown:
        return document
    found = (_HASHES.match(text, start, end) for start, end in document.paragraphs)
    return Document(text, document.paragraphs, bytes(len(m[1]) if m else PLAIN for m in found))
