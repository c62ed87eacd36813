"""CSV tables as people save them from spreadsheets: any of their encodings, with the place of every cell.

A cell that a spreadsheet would run as a formula is written with one more apostrophe in front, and read
without it, so that a quote such as ``=A1`` neither runs nor changes.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plangraph.errors import Fault, InputError

#: What spreadsheets run: the four signs, also in full width, and the white space that some of them skip first.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"(?=[,\r\n]|\Z)')
_COMMA = re.compile(",")
_BARE = re.compile(r"[^,\r\n]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MAX_BYTES = 256 * 1024 * 1024


def decode(data: bytes, path: str) -> str:
    """Text of a file in UTF-8 (with or without byte order mark), UTF-16 with one, or GB 18030 (GBK).

    Raises:
        InputError: The bytes are none of these, or not text at all; names line and column.
    """
    text = text_or_fault(data, path)
    if isinstance(text, Fault):
        place = f"{text.path}:{text.line}:{text.column}: "
        raise InputError(place + text.en, place + text.zh)
    return text


def text_or_fault(data: bytes, path: str) -> str | Fault:
    """The same as `decode`, but what is wrong comes back as a fault beside which others can stand."""
    encoding = next((e for mark, e in _ENCODINGS if data.startswith(mark)), "utf-8")
    names = "UTF-16" if encoding == "utf-16" else "UTF-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or _is_damaged_utf8(data):
            return _not_text(error, encoding, path, f"damaged {names} text", f"{names} 文本已损坏")
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as second:
            further = max(("utf-8", error), ("gb18030", second), key=lambda e: e[1].start)
            return _not_text(further[1], further[0], path, "neither UTF-8 nor GBK text", "既不是 UTF-8 也不是 GBK 文本")
    if "\0" in text:
        line, column = place(text, text.index("\0"))
        return Fault(
            path,
            line,
            column,
            "not-text",
            "a binary file (NUL character), not text; give a text file, or save it as CSV UTF-8",
            "含有 NUL 字符，是二进制文件而不是文本；请给出文本文件，表格请另存为 CSV UTF-8",
        )
    return text


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 were meant to be: GBK text has next to no three-byte sequences of UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(c >= "\u0800" for c in text) - broken > broken


def _not_text(error: UnicodeDecodeError, encoding: str, path: str, en: str, zh: str) -> Fault:
    before = error.object[: error.start].decode(encoding, "replace")
    line, column = place(before, len(before))
    remedy_en, remedy_zh = "save the file as UTF-8 and try again", "请将文件另存为 UTF-8 后重试"
    return Fault(path, line, column, "not-text", f"{en}; {remedy_en}", f"{zh}；{remedy_zh}")


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of ``offset``."""
    starts = [0, *(m.end() for m in _LINE_BREAK.finditer(text, 0, offset))]
    return len(starts), offset - starts[-1] + 1


def read_bytes(path: Path) -> bytes:
    """Bytes of ``path``.

    Raises:
        InputError: The file is missing, a folder, not readable, or larger than 256 MiB.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such file; check the path", f"{path}：没有这个文件；请核对路径"
        ) from None
    except IsADirectoryError:
        raise InputError(f"{path}: a folder, where a file is expected", f"{path}：这是文件夹，应为文件") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{path}: cannot be read ({why})", f"{path}：无法读取（{why}）") from None
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{path}: larger than {MAX_BYTES >> 20} MiB; split it",
            f"{path}：超过 {MAX_BYTES >> 20} MiB，请拆分",
        )
    return data


@dataclass(slots=True)
class Table:
    """Rows of one CSV file as dictionaries, with where they stand.

    Args:
        path: The file as the user named it.
        header: Column names, in the order of the file.
        rows: One dictionary a data row, every column present, cells as they stand.
        lines: Line on which each row starts.
        faults: What could not be read.
        unread: Cells of the rows that could not be read.
        whole: Whether reading came to the end of the file.
    """

    path: str
    header: tuple[str, ...]
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    whole: bool = False
    _text: str = ""
    _starts: list[int] = field(default_factory=list)

    def place(self, row: int, name: str) -> tuple[int, int]:
        """Line and character column, from 1, at which cell ``name`` of data row ``row`` (from 0) starts.

        A column that the table does not have stands at the start of the row.
        """
        line = self.lines[row]
        if name not in self.header:
            return line, 1
        return self._line_column(self._cell_starts(line)[self.header.index(name)])

    def fault(self, row: int, name: str, code: str, en: str, zh: str, severity: str = "error") -> Fault:
        """A fault in cell ``name`` of data row ``row`` (from 0)."""
        return Fault(self.path, *self.place(row, name), code, en, zh, severity)

    def _cell_starts(self, line: int) -> list[int]:
        """Offsets at which the cells of the row on ``line`` start; the last is that of a cell that does not end."""
        at = self._starts[line - 1]
        text = self._text[at : self._starts[line] if line < len(self._starts) else None]
        if '"' not in text:
            return [at, *(at + comma.end() for comma in _COMMA.finditer(text))]
        starts = [at]
        while True:
            quoted = self._text.startswith('"', at)
            cell = _QUOTED.match(self._text, at) if quoted else _BARE.match(self._text, at)
            if cell is None or not self._text.startswith(",", cell.end()):
                return starts
            at = cell.end() + 1
            starts.append(at)

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def read_table(path: Path, header: Sequence[str], shown: str | None = None) -> Table:
    """Read a CSV file whose first line must be ``header`` (in any order of columns).

    Raises:
        InputError: The file cannot be opened. Everything else is in the table's ``faults``.
    """
    shown = shown or str(path)
    text = text_or_fault(read_bytes(path), shown)
    if isinstance(text, Fault):
        return Table(shown, tuple(header), faults=[text])
    starts = [0, *(m.end() for m in _LINE_BREAK.finditer(text))]
    table = Table(shown, tuple(header), _text=text, _starts=starts)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        first = [c.strip() for c in next(reader, [])]
        width = len(first)
        while first and not first[-1]:  # columns that a spreadsheet goes on writing because they were used once
            first.pop()
        if sorted(first) != sorted(header):
            table.faults.append(_header_fault(shown, header, first))
            return table
        table.header = tuple(first)
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not "".join(cells).strip():
                continue
            if len(cells) != width or any(c.strip() for c in cells[len(first) :]):
                table.faults.append(_cells_fault(shown, line, len(cells), len(first)))
                table.unread.update(c.strip() for c in cells)
                continue
            table.rows.append({k: _unguard(v) if v[:1] == "'" else v for k, v in zip(first, cells, strict=False)})
            table.lines.append(line)
        table.whole = True
    except csv.Error as error:
        table.faults.append(
            Fault(
                shown,
                *table._line_column(table._cell_starts(start)[-1]),
                "table-quotes",
                f"not CSV ({error}); close every double quote, and write one inside a cell twice",
                f"不是合格的 CSV（{error}）；双引号须成对，格内的双引号须写两个",
            )
        )
    return table


def _header_fault(path: str, header: Sequence[str], first: Sequence[str]) -> Fault:
    missing = [c for c in header if c not in first]
    unknown = [c or "(blank)" for c in first if c not in header]
    twice = sorted({c for c in first if c in header and first.count(c) > 1})
    expected = ",".join(header)
    found = [(missing, "missing", "缺"), (unknown, "unknown", "多"), (twice, "twice", "重复")]
    en = "; ".join(f"{word}: " + ", ".join(names)[:200] for names, word, _ in found if names)
    zh = "；".join(f"{word}：" + "、".join(names)[:200] for names, _, word in found if names)
    return Fault(
        path, 1, 1, "table-header", f"the first line must be {expected} ({en})", f"第一行应为 {expected}（{zh}）"
    )


def _cells_fault(path: str, line: int, found: int, expected: int) -> Fault:
    return Fault(
        path,
        line,
        1,
        "table-cells",
        f"{found} cells where the header has {expected}; write every cell, blank ones too, "
        "and put a cell that holds a comma in double quotes",
        f"本行有 {found} 格，表头有 {expected} 格；空格也须写出，含逗号的内容请用双引号括起",
    )


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 CSV with the header line, LF line ends and formulas disarmed."""
    # Python's own writer leaves a lone carriage return unquoted before 3.13, and then cannot read it back.
    table = io.BytesIO()
    for cells in itertools.chain((header,), (map(guard, row) for row in rows)):
        table.write(((",".join(map(_quoted, cells)) or '""') + "\n").encode("utf-8"))
    return table.getvalue()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in ',"\r\n' for c in cell) else cell


def guard(cell: str) -> str:
    """``cell`` as text that no spreadsheet takes for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def has_control_character(text: str) -> bool:
    """Whether ``text`` has a line break, tab or another control character."""
    return _CONTROL.search(text) is not None


def one_line(text: str) -> str:
    """``text`` as a message shows it: each control character as ``␤``, so that it cannot break or colour a line."""
    return _CONTROL.sub("␤", text)


def _unguard(cell: str) -> str:
    return cell[1:] if _FORMULA.match(cell) else cell
