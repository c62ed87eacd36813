"""Bytes to text: Unicode with or without a byte order mark, GB 18030 (GBK, GB 2312), Big5, and what a page declares.

GB 18030 and Big5 accept nearly any bytes, so a text in one of them must also look like Chinese: most of what is not
ASCII is common characters and Chinese punctuation.
"""

from __future__ import annotations

import codecs
import re

from plangraph.errors import InputError
from plangraph.tables import decode, place

#: Byte order marks; that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,24})", re.IGNORECASE)
#: What a page may declare, and how it is read: browsers, too, read GB 2312 as GBK and its kin.
_NAMES = {"utf-8": "utf-8", "utf8": "utf-8", "big5": "big5hkscs", "big5-hkscs": "big5hkscs"} | dict.fromkeys(
    ("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"), "gb18030"
)
_SAMPLE = 40_000
#: Share of common characters in Chinese texts: above 0.9; in bytes of another kind: below 0.4.
_CHINESE = 0.6
_LOOK = 4096
_SHOWN = 8192
#: Characters beside Han ones in Chinese texts, and how much of a text in UTF-16 they and Han characters make.
_SIGNS = frozenset("\n\r\t\u3000，。、；：？！“”‘’（）《》〈〉【】—…·％～" + "".join(map(chr, range(0x20, 0x7F))))
_UTF16 = 0.95
_REPLACED = 0.005
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def look(data: bytes) -> str:
    """The beginning of a file, to tell by its ASCII characters what it is."""
    return data[:_SHOWN].decode(_marked(data) or "utf-8", "replace")


def decode_text(data: bytes, path: str) -> str:
    """Text of a plain file, without its byte order mark and padding of NUL, otherwise unchanged.

    Raises:
        InputError: The bytes are no text, or in an encoding that is not known.
    """
    encoding = _marked(data) or _bare_utf16(data) or "utf-8"
    if encoding.startswith("utf-8"):
        data = data.rstrip(b"\0")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        found = _chinese(data) if encoding == "utf-8" else None
        text = found if found is not None else _unknown(data, path)
    return _without_control(text, path)


def _marked(data: bytes) -> str:
    """The encoding that a byte order mark tells, "" without one."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def decode_page(data: bytes, path: str) -> str:
    """Text of an HTML file: by its byte order mark, its declared charset, or what it looks like.

    A few bytes that do not belong are forgiven, as browsers do.

    Raises:
        InputError: The bytes are no text, or in an encoding that is not known.
    """
    told = _marked(data) or _bare_utf16(data)
    if told:
        return data.decode(told, "replace")
    declared = _DECLARED.search(data[:_LOOK])
    name = _NAMES.get(declared[1].decode("ascii").lower(), "") if declared else ""
    for encoding in dict.fromkeys([name or "utf-8", "utf-8"]):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    for encoding in dict.fromkeys([name or "utf-8", "utf-8", "gb18030"]):
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") <= _REPLACED * len(text):
            return text
    found = _chinese(data)
    return found if found is not None else _unknown(data, path)


def _bare_utf16(data: bytes) -> str:
    """The byte order of UTF-16 without a mark, "" where it is not UTF-16: what it gives is Chinese and ASCII."""
    try:
        if b"\0" not in data[:_LOOK] and data[: _LOOK - 4].decode("utf-8"):
            return ""
    except UnicodeDecodeError as error:
        if error.start > _LOOK - 8:
            return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_LOOK]
        known = sum("\u4e00" <= c <= "\u9fff" or c in _SIGNS for c in sample)
        if known > _UTF16 * len(sample):
            return encoding
    return ""


def _chinese(data: bytes) -> str | None:
    """The text of bytes in GB 18030 or Big5, whichever looks more like Chinese; None if neither does."""
    best: tuple[float, str] = (_CHINESE, "")
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        share = _common_share(text, encoding)
        if share > best[0]:
            best = (share, text)
    return best[1] or None


def _common_share(text: str, encoding: str) -> float:
    """Share of common characters and Chinese punctuation among the first characters that are not ASCII."""
    sample = [c for c in text[: 4 * _SAMPLE] if c >= "\x80"][:_SAMPLE]
    common = 0
    for c in sample:
        if encoding == "gb18030":
            raw = c.encode("gb18030")
            common += len(raw) == 2 and raw[1] >= 0xA1 and (raw[0] in (0xA1, 0xA3) or 0xB0 <= raw[0] <= 0xD7)
        else:
            raw = c.encode(encoding)
            common += len(raw) == 2 and (raw[0] == 0xA1 or 0xA4 <= raw[0] <= 0xC6)
    return common / len(sample) if sample else 0.0


def _unknown(data: bytes, path: str) -> str:
    """Never returns: `decode`'s own words where it refuses the bytes, else those for an unknown encoding.

    `decode` knows damaged UTF-8 and UTF-16 from other encodings and says where they are damaged.
    """
    if _marked(data) != "utf-32":
        decode(data, path)
    raise InputError(
        f"{path}: not text in UTF-8, UTF-16, GB 18030 or Big5; save the file as UTF-8 and try again",
        f"{path}：不是 UTF-8、UTF-16、GB 18030 或 Big5 编码的文本；请将文件另存为 UTF-8 后重试",
    )


def _without_control(text: str, path: str) -> str:
    """``text``, if it has no more control characters than a slip of the hand leaves."""
    found = _CONTROL.findall(text, 0, _SAMPLE)
    if "\0" in text or len(found) > 2 + len(text[:_SAMPLE]) // 200:
        at = text.find("\0") if "\0" in text else text.index(found[0])
        line, column = place(text, at)
        raise InputError(
            f"{path}:{line}:{column}: a binary file, not text; give a text, HTML, DOCX or PDF file",
            f"{path}:{line}:{column}: 是二进制文件而不是文本；请给出文本、HTML、DOCX 或 PDF 文件",
        )
    return text
