"""Any plan file → `Document`. The format is told by content; the name's ending only decides what content leaves open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from plangraph.document.document import Document
from plangraph.document.encodings import decode_text, look
from plangraph.document.marks import MAX_LINES, PLAIN, join, too_many_lines
from plangraph.errors import InputError
from plangraph.tables import read_bytes

_HASHES = re.compile(r"(#{1,6})[ \t]")
#: How files in other mark-up begin: what they are and what to do.
_MARKUP = (
    (re.compile(r"\s*<\?xml\b.{0,2000}?<(?:\w+:)?(?:wordDocument|package)\b", re.DOTALL), "a Word XML file; open it in Word and save it as .docx", "Word XML 文件；请用 Word 打开后另存为 .docx"),
    (re.compile(r"\s*<\?xml\b.{0,2000}?<office:document\b", re.DOTALL), "a flat OpenDocument file; save it as .docx", "OpenDocument（单一 XML）文件；请另存为 .docx"),
    (re.compile(r"\s*<\?xml\b"), "an XML file; save the plan as .docx, PDF, HTML or text", "XML 文件；请将规划另存为 .docx、PDF、HTML 或文本"),
    (re.compile(r"\s*(?:\[\s*)?\{\s*\"[^\"\n]{1,80}\"\s*:"), "a JSON file; save the text in it as text or HTML", "JSON 文件；请将其中的正文另存为文本或 HTML"),
)  # fmt: skip
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
    return replace(_read(path), path=str(path))


def _read(path: Path) -> Document:
    from plangraph.document.html_file import read_page

    data, shown = read_bytes(path), str(path)
    if not data.strip(b"\0 \t\r\n"):
        raise InputError(f"{path}: the file is empty", f"{path}：文件为空")
    for magic, en, zh in _OTHERS:
        if data.startswith(magic):
            raise InputError(f"{path}: {en}", f"{path}：{zh}")
    if b"%PDF-" in data[:1024]:
        from plangraph.document.pdf_file import read_pdf

        lines, warnings = read_pdf(data, shown)
        return Document.from_text(*join(lines, shown), warnings)
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        from plangraph.document.docx_file import read_docx

        return Document.from_text(*join(read_docx(data, shown), shown))
    page = read_page(data, shown, path.suffix.lower())
    if page is not None:
        return Document.from_text(*join(page, shown))
    head = look(data)
    for begins, en, zh in _MARKUP:
        if begins.match(head):
            raise InputError(f"{path}: {en}", f"{path}：{zh}")
    return _from_plain(decode_text(data, shown), shown, path.suffix.lower() in (".md", ".markdown"))


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
