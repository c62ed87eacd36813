"""Word files: paragraphs and table cells become lines, heading styles become marks.

A DOCX file is a zip archive of XML parts. Parts are read as a stream of tags without building a tree; what is
unpacked is counted, and a part with a document type (the way to entity bombs) is refused, as the format forbids one.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, Protocol

from plangraph.document.docx_numbers import ListNumbers, NumberingPart
from plangraph.document.docx_styles import OFF, STRICT, Styles, W, local, to_int, val
from plangraph.document.marks import BOLD, LAST_LEVEL, MAX_LINES, PLAIN, Line, tidy, too_many_lines
from plangraph.document.table_cells import TableCells
from plangraph.errors import InputError

#: A part may unpack to so many bytes: ten times the longest plan known.
MAX_UNPACKED = 128 * 1024 * 1024
#: The archive's own list of parts; a Word file has some dozens of parts.
_MAX_DIRECTORY = 4 * 1024 * 1024
_CHUNK = 1 << 16
#: Tables in tables in text boxes nest some dozens of tags deep.
_MAX_DEPTH = 500
#: The fallback repeats the choice for older programs; moved text stands where it was moved to; the others hold the
#: properties before a change.
_SKIPPED = frozenset(("Fallback", "moveFrom", "rPrChange", "pPrChange"))
#: Names of parts, with forward slashes, and what the archive calls them.
_Parts = dict[str, zipfile.ZipInfo]


class _Target(Protocol):
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, words: str) -> None: ...


def read_docx(data: bytes, path: str) -> Iterator[Line]:
    """Lines of a Word file's main part, in order; headers, footers, notes and deleted text are left out.

    Raises:
        InputError: Damaged, encrypted, too large unpacked, or another kind of zip archive.
    """
    try:
        _check_directory(data, path)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Some programs write names with backslashes.
            parts = {info.filename.replace("\\", "/"): info for info in archive.infolist()}
            main = _main_part(archive, parts, path)
            related = _relations(archive, parts, main, path)
            styles, numbering = Styles(), NumberingPart()
            for kind, target in (("styles", styles), ("numbering", numbering)):
                part = related.by_kind.get(kind, posixpath.join(posixpath.dirname(main), f"{kind}.xml"))
                if part in parts:
                    for _ in _feed(archive, parts[part], target, path):
                        pass
            chunks = _Chunks(archive, parts, related.by_id, path)
            body = _Body(styles, ListNumbers(numbering), chunks.lines)
            for _ in _feed(archive, parts[main], body, path):
                yield from body.take()
            yield from body.take()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise InputError(
                f"{path}: has a password; save it without one", f"{path}：有密码；请另存为无密码的文件"
            ) from None
        raise _damaged(path, str(error)) from None


def _check_directory(data: bytes, path: str) -> None:
    """Refuse an archive whose list of parts alone would fill the memory."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        raise InputError(
            f"{path}: a Word file or other archive that is cut short; copy or download it again",
            f"{path}：Word 文件或压缩文件不完整（结尾缺失）；请重新复制或下载",
        )
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    if size > _MAX_DIRECTORY or b"PK\x06\x07" in data[max(0, end - 64) : end]:
        raise _damaged(path, "its list of parts is too long")


def _damaged(path: str, why: str) -> InputError:
    return InputError(
        f"{path}: not a Word file that can be read ({why[:120]}); open it in Word or WPS and save it as .docx again",
        f"{path}：无法读取此 Word 文件（{why[:120]}）；请用 Word 或 WPS 打开后重新另存为 .docx",
    )


def _relations(archive: zipfile.ZipFile, parts: _Parts, part: str, path: str) -> _Relations:
    """The relations of ``part``, or of the whole package ("")."""
    folder, name = posixpath.split(part)
    found = _Relations(folder)
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if where in parts:
        for _ in _feed(archive, parts[where], found, path):
            pass
    return found


def _main_part(archive: zipfile.ZipFile, parts: _Parts, path: str) -> str:
    main = _relations(archive, parts, "", path).by_kind.get("officeDocument", "")
    if main in parts and not main.startswith(("xl/", "ppt/")):
        return main
    if "word/document.xml" in parts:
        return "word/document.xml"
    kind_en, kind_zh = "a zip archive", "压缩文件"
    for mark, en, zh in (
        ("OFD.xml", "an OFD file", "OFD 版式文件"),
        ("xl/workbook.xml", "an Excel file", "Excel 文件"),
        ("ppt/presentation.xml", "a PowerPoint file", "PowerPoint 文件"),
        ("content.xml", "an OpenDocument file", "OpenDocument 文件"),
    ):
        if mark in parts:
            kind_en, kind_zh = en, zh
    raise InputError(
        f"{path}: {kind_en}, not a Word file; save the plan as .docx, PDF, HTML or text",
        f"{path}：这是{kind_zh}，不是 Word 文件；请将规划另存为 .docx、PDF、HTML 或文本",
    )


def _feed(archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: _Target, path: str) -> Iterator[None]:
    """Feed an XML part to ``target``, a chunk a step."""
    from lxml import etree

    parser = etree.XMLParser(target=_Guarded(target), resolve_entities=False, no_network=True, load_dtd=False)
    unpacked = 0
    try:
        with archive.open(part) as stream:
            while chunk := _read(stream):
                unpacked += len(chunk)
                if unpacked > MAX_UNPACKED:
                    raise _too_large(path)
                parser.feed(chunk)
                yield
        parser.close()
    except etree.LxmlError as error:
        raise _damaged(path, str(error)) from None


def _too_large(path: str) -> InputError:
    return InputError(
        f"{path}: unpacks to more than {MAX_UNPACKED >> 20} MiB; split it",
        f"{path}：解压后超过 {MAX_UNPACKED >> 20} MiB；请拆分",
    )


def _read(stream: IO[bytes]) -> bytes:
    return stream.read(_CHUNK)


class _Guarded:
    """Hands the parser's reports on, and stops it at a document type and where tags nest beyond all use."""

    def __init__(self, target: _Target) -> None:
        self._target, self._depth = target, 0
        self.data = target.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError(f"tags nested more than {_MAX_DEPTH} deep")
        self._target.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._target.end(tag)

    def doctype(self, name: str, public: str, system: str) -> None:
        raise ValueError("a document type, which Word files do not have")

    def close(self) -> None:
        return None


class _Relations:
    """Names of the parts to which a part has relations, by the relation's kind and by its id."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.by_kind: dict[str, str] = {}
        self.by_id: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("}Relationship") and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            part = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
            self.by_kind.setdefault(attributes.get("Type", "").rpartition("/")[2], part)
            self.by_id[attributes.get("Id", "")] = part

    def end(self, tag: str) -> None:
        return None

    def data(self, words: str) -> None:
        return None


class _Chunks:
    """The pages that a Word file holds as parts of their own, and Word shows as part of the text."""

    def __init__(self, archive: zipfile.ZipFile, parts: _Parts, by_id: dict[str, str], path: str) -> None:
        self._archive, self._parts, self._by_id, self._path = archive, parts, by_id, path
        self._left, self._count = MAX_UNPACKED, 0

    def lines(self, relation: str) -> list[Line]:
        """The lines of the chunk that ``relation`` names."""
        from plangraph.document.html_file import read_page

        part = self._parts.get(self._by_id.get(relation, ""))
        data = b""
        if part is not None:
            with self._archive.open(part) as stream:
                data = stream.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._path)
        page = read_page(data, self._path, ".html")
        if page is None:
            raise _damaged(self._path, "it holds another file as part of its text")
        lines = list(islice(page, MAX_LINES + 1))
        self._count += len(lines)
        if self._count > MAX_LINES:
            raise too_many_lines(self._path)
        return lines


class _Paragraph:
    """What is known of a paragraph while it is read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.style = ""
        self.level = -1
        self.list_id, self.list_level = "", -1
        self.bold = self.all = 0
        self.run_bold = False
        self.run_hidden: bool | None = None
        self.run_style = ""
        self.joins = False


class _Body:
    """Collects the lines of the main part."""

    def __init__(self, styles: Styles, numbers: ListNumbers, chunk: Callable[[str], Iterable[Line]]) -> None:
        self._styles, self._numbers, self._chunk = styles, numbers, chunk
        self._lines: list[Line] = []
        self._paragraphs: list[_Paragraph] = []
        self._cells = TableCells(self._lines)
        self._skipped = 0
        self._in_text = self._in_run_style = False
        # A paragraph whose mark is deleted: the next one goes on with its words.
        self._joined: _Paragraph | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
            return
        if name == "p" and tag.startswith((W, STRICT)):
            paragraph = _Paragraph()
            if self._joined is not None:
                paragraph.words, paragraph.bold, paragraph.all = (
                    self._joined.words, self._joined.bold, self._joined.all,
                )  # fmt: skip
                self._joined = None
            self._paragraphs.append(paragraph)
            return
        if name == "tc":
            self._cells.begin_cell()
        elif name == "tbl":
            self._end_joined()
            self._cells.begin_table()
        elif name == "altChunk":
            self._end_joined()
            self._lines.extend(self._chunk(next((v for k, v in attributes.items() if local(k) == "id"), "")))
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        if name == "t":
            self._in_text = True
        elif name in ("br", "cr"):
            if val(attributes, "type") in ("", "textWrapping"):
                self._end_line(paragraph)
        elif name in ("tab", "ptab") and not self._in_run_style:
            paragraph.words.append(" ")
        elif name == "noBreakHyphen":
            paragraph.words.append("-")
        elif name == "r":
            paragraph.run_bold, paragraph.run_hidden, paragraph.run_style = False, None, ""
        elif name == "rPr":
            self._in_run_style = True
        elif name == "b":
            paragraph.run_bold = val(attributes) not in OFF
        elif name == "vanish" and self._in_run_style:
            paragraph.run_hidden = val(attributes) not in OFF
        elif name == "rStyle":
            paragraph.run_style = val(attributes)
        elif name == "del" and self._in_run_style:
            paragraph.joins = True
        elif name == "pStyle":
            paragraph.style = val(attributes)
        elif name == "outlineLvl":
            paragraph.level = to_int(val(attributes))
        elif name == "numId":
            paragraph.list_id = val(attributes)
        elif name == "ilvl":
            paragraph.list_level = to_int(val(attributes))

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        name = local(tag)
        if name == "t":
            self._in_text = False
        elif name == "rPr":
            self._in_run_style = False
        elif name == "tr":
            self._cells.end_row()
        elif name == "tbl":
            self._cells.end_table()
        elif name == "p" and self._paragraphs and tag.startswith((W, STRICT)):
            paragraph = self._paragraphs.pop()
            if paragraph.joins:
                self._joined = paragraph
            else:
                self._end_line(paragraph)
        elif name in ("tc", "txbxContent", "body"):
            self._end_joined()

    def data(self, words: str) -> None:
        if self._in_text and not self._skipped and self._paragraphs:
            paragraph = self._paragraphs[-1]
            if self._is_hidden(paragraph):
                return
            paragraph.words.append(words)
            paragraph.all += len(words.strip())
            paragraph.bold += len(words.strip()) if paragraph.run_bold else 0

    def _is_hidden(self, paragraph: _Paragraph) -> bool:
        """Whether the run that is read is hidden: by itself, its style, or its paragraph's."""
        for said in (paragraph.run_hidden, self._styles.hidden(paragraph.run_style)):
            if said is not None:
                return said
        return self._styles.hidden(paragraph.style) or False

    def _end_joined(self) -> None:
        if self._joined is not None:
            self._end_line(self._joined)
            self._joined = None

    def _end_line(self, paragraph: _Paragraph) -> None:
        text = tidy("".join(paragraph.words))
        if text:
            list_id, level = paragraph.list_id, paragraph.list_level
            if not list_id:
                list_id, of_style = self._styles.numbers.get(paragraph.style, ("", 0))
                level = level if level >= 0 else of_style
            # A soft break does not begin a new item.
            paragraph.list_id = "0"
            self._lines.append(Line(self._numbers.next(list_id, max(level, 0)) + text, self._mark(paragraph)))
        paragraph.words.clear()
        paragraph.bold = paragraph.all = 0

    def _mark(self, paragraph: _Paragraph) -> int:
        if 0 <= paragraph.level < LAST_LEVEL:
            return paragraph.level + 1
        return self._styles.mark(paragraph.style) or (BOLD if paragraph.bold == paragraph.all else PLAIN)

    def take(self) -> list[Line]:
        """The lines since the last call; those of a table when it has ended."""
        return self._cells.take()
