"""CSV tables as people save them from spreadsheets: any of their encodings, with the place of every cell.

A cell that a spreadsheet would run as a formula is written with one more apostrophe in front, and read
without it, so that a quote such as ``=A1`` neither runs nor changes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plangraph.errors import Fault, InputError

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MAX_BYTES = 256 * 1024 * 1024


def decode(data: bytes, path: str) -> str:
    """Text of a file in UTF-8 (with or without byte order mark), UTF-16 with one, or GB 18030 (GBK).

    Raises:
        InputError: The bytes are none of these, or not text at all; names line and column.
    """
    encoding = next((e for mark, e in _ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        try:
            if encoding != "utf-8":
                raise error
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            line = data[: error.start].count(b"\n") + 1
            before = data[: error.start].rpartition(b"\n")[2]
            column = len(before.decode("utf-8", "replace")) + 1
            raise InputError(
                f"{path}:{line}:{column}: not UTF-8 and not GBK text; save the file as UTF-8 and try again",
                f"{path}:{line}:{column}: 既不是 UTF-8 也不是 GBK 文本；请将文件另存为 UTF-8 后重试",
            ) from None
    if "\0" in text:
        at = text.index("\0")
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
        raise InputError(
            f"{path}:{line}:{column}: a binary file (NUL character), not text",
            f"{path}:{line}:{column}: 含有 NUL 字符，是二进制文件而不是文本",
        )
    return text


def read_bytes(path: Path) -> bytes:
    """Bytes of ``path``.

    Raises:
        InputError: The file is missing, a folder, not readable, or larger than 256 MiB.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path}: larger than {MAX_BYTES >> 20} MiB; split it",
                f"{path}：超过 {MAX_BYTES >> 20} MiB，请拆分",
            )
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{path}: cannot be read ({why})", f"{path}：无法读取（{why}）") from None


@dataclass(slots=True)
class Table:
    """Rows of one CSV file as dictionaries, with where they stand.

    Args:
        path: The file as the user named it.
        header: Column names.
        rows: One dictionary a data row, every column present.
        lines: Line on which each row starts.
        faults: What could not be read.
    """

    path: str
    header: tuple[str, ...]
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _source: list[str] = field(default_factory=list)

    def column_of(self, line: int, name: str) -> int:
        """Character column at which cell ``name`` of the row on ``line`` starts (1 if it has none)."""
        if name not in self.header or not 1 <= line <= len(self._source):
            return 1
        wanted, quoted, seen = self.header.index(name), False, 0
        if wanted == 0:
            return 1
        for column, char in enumerate(self._source[line - 1], 1):
            if char == '"':
                quoted = not quoted
            elif char == "," and not quoted:
                seen += 1
                if seen == wanted:
                    return column + 1
        return 1

    def fault(self, row: int, name: str, code: str, en: str, zh: str, severity: str = "error") -> Fault:
        """A fault in cell ``name`` of data row ``row`` (from 0)."""
        line = self.lines[row]
        return Fault(self.path, line, self.column_of(line, name), code, en, zh, severity)


def read_table(path: Path, header: Sequence[str], shown: str | None = None) -> Table:
    """Read a CSV file whose first line must be ``header`` (in any order of columns).

    Raises:
        InputError: The file cannot be read at all. Everything else is in the table's ``faults``.
    """
    shown = shown or str(path)
    text = decode(read_bytes(path), shown)
    source = text.splitlines()
    table = Table(shown, tuple(header), _source=source)
    expected = ",".join(header)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        first = [c.strip() for c in next(reader, [])]
        if sorted(first) != sorted(header):
            missing = [c for c in header if c not in first]
            unknown = [c for c in first if c not in header]
            table.faults.append(
                Fault(
                    shown,
                    1,
                    1,
                    "table-header",
                    f"the first line must be {expected} (missing: {', '.join(missing) or 'none'}; "
                    f"unknown: {', '.join(unknown) or 'none'})",
                    f"第一行应为 {expected}（缺：{'、'.join(missing) or '无'}；多：{'、'.join(unknown) or '无'}）",
                )
            )
            return table
        table.header = tuple(first)
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(c.strip() for c in cells):
                continue
            if len(cells) != len(first):
                table.faults.append(
                    Fault(
                        shown,
                        line,
                        1,
                        "table-cells",
                        f"{len(cells)} cells where the header has {len(first)}; "
                        "put a cell that holds a comma in double quotes",
                        f"本行有 {len(cells)} 格，表头有 {len(first)} 格；含逗号的内容请用双引号括起",
                    )
                )
                continue
            table.rows.append({k: _unguard(v.strip()) for k, v in zip(first, cells, strict=True)})
            table.lines.append(line)
    except csv.Error as error:
        table.faults.append(
            Fault(
                shown,
                start,
                1,
                "table-quotes",
                f"not CSV ({error}); close every double quote",
                f"不是合格的 CSV（{error}）；双引号须成对",
            )
        )
    return table


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 CSV with the header line, LF line ends and formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([guard(c) for c in row] for row in rows)
    return out.getvalue().encode("utf-8")


def guard(cell: str) -> str:
    """``cell`` as text that no spreadsheet takes for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
