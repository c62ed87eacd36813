"""Tables as spreadsheets save them: every encoding and line end reads the same, and every cell comes back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plangraph.errors import Fault, InputError
from plangraph.tables import (
    decode,
    guard,
    has_control_character,
    one_line,
    place,
    read_bytes,
    read_table,
    text_or_fault,
    write_table,
)

HEADER = ("id", "name", "note")
ROWS = [
    {"id": "a", "name": "滨海高新区, “谷”", "note": 'he said "yes"'},
    {"id": "b", "name": "中药\n饮片", "note": ""},
    {"id": "c", "name": "=A1", "note": "两行\n字"},
]
PLAIN = 'id,name,note\na,"滨海高新区, “谷”","he said ""yes"""\nb,"中药\n饮片",\nc,\'=A1,"两行\n字"\n'

#: Everything a cell can hold: what UTF-8 can write, less NUL, which makes a file binary.
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
HOSTILE = st.one_of(CELLS, st.text("'=+-@＝＋－＠\t\r\n \",;|甲<>&", max_size=8))


def saved(text: str, encoding: str, line_end: str) -> bytes:
    """A table as a spreadsheet program writes it: its line end after each row, the cells' own left as they are."""
    out = io.StringIO(newline="")
    # Python's own writer leaves LF unquoted where lines end with CR.
    writer = csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL)
    writer.writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_each_way_to_save_a_table_reads_the_same(encoding: str, line_end: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(saved(PLAIN, encoding, line_end))
    table = read_table(path, HEADER)
    assert (table.rows, table.faults, table.header, table.whole) == (ROWS, [], HEADER, True)
    assert table.lines == [2, 3, 5]


def test_utf_16_in_the_other_byte_order_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xfe\xff" + PLAIN.encode("utf-16-be"))
    assert read_table(path, HEADER).rows == ROWS


def test_every_cell_quoted_reads_the_same(tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(csv.reader(io.StringIO(PLAIN, newline="")))
    path = tmp_path / "t.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert read_table(path, HEADER).rows == ROWS


def test_columns_in_another_order_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("note,id,name\nx,a,甲\n", encoding="utf-8")
    assert read_table(path, HEADER).rows == [{"id": "a", "name": "甲", "note": "x"}]


def test_blank_columns_and_rows_that_a_spreadsheet_adds_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name,note,,\na,甲,,,\n,,,,\n\nb,乙,x,, \n", encoding="utf-8")
    table = read_table(path, HEADER)
    assert table.rows == [{"id": "a", "name": "甲", "note": ""}, {"id": "b", "name": "乙", "note": "x"}]
    assert (table.lines, table.faults) == ([2, 5], [])


@pytest.mark.parametrize("row", ["a,甲,x,,y", "a,甲,x", "a,甲,x,,,"])
def test_a_row_of_another_length_is_a_fault_even_where_columns_are_blank(row: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,name,note,,\n{row}\n", encoding="utf-8")
    table = read_table(path, HEADER)
    assert [(f.code, f.line, f.column) for f in table.faults] == [("table-cells", 2, 1)]
    assert (table.rows, table.unread >= {"a", "甲", "x"}, table.whole) == ([], True, True)


@given(st.lists(st.lists(HOSTILE, min_size=3, max_size=3).filter(lambda r: any(c.strip() for c in r)), max_size=5))
@example([["'甲", "''", "'=1"], ["''=1", "\t", "x"]])
@settings(deadline=None)
def test_whatever_a_cell_holds_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(write_table(HEADER, rows))
    table = read_table(path, HEADER)
    assert table.faults == []
    assert [list(row.values()) for row in table.rows] == rows


@given(HOSTILE)
def test_no_cell_is_written_that_a_spreadsheet_runs(cell: str) -> None:
    written = guard(cell)
    assert not written.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
    assert written in (cell, "'" + cell)


@given(st.lists(st.lists(HOSTILE, min_size=2, max_size=2), max_size=4))
def test_what_is_written_is_csv_to_others(rows: list[list[str]]) -> None:
    text = write_table(("a", "b"), rows).decode("utf-8")
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert read == [["a", "b"], *([guard(c) for c in row] for row in rows)]


def test_what_is_written_ends_its_lines_with_lf_and_quotes_no_more_than_it_must() -> None:
    assert write_table(("a", "b"), [["x", "y,z"], ["", '"'], ["=1", "甲"]]) == (
        'a,b\nx,"y,z"\n,""""\n\'=1,甲\n'.encode()
    )
    assert write_table(("a",), [[""], ["x"]]) == b'a\n""\nx\n'


@given(
    st.lists(
        st.lists(st.text("ab甲𠀀\",\r\n\x0b\x85\u2028 '", max_size=6), min_size=3, max_size=3), min_size=1, max_size=4
    )
)
@settings(deadline=None)
def test_the_place_of_a_cell_is_where_its_text_begins(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    rows = [["k", *row[1:]] for row in rows]
    path = tmp_path_factory.getbasetemp() / "place.csv"
    data = write_table(HEADER, rows)
    path.write_bytes(data)
    text = data.decode("utf-8")
    table = read_table(path, HEADER)
    breaks = [0]
    for i, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[i + 1 : i + 2] != "\n"):
            breaks.append(i + 1)
    for i, row in enumerate(rows):
        for name, cell in zip(HEADER, row, strict=True):
            line, column = table.place(i, name)
            there = text[breaks[line - 1] + column - 1 :]
            first_cell = next(csv.reader(io.StringIO(there, newline=""), strict=True), [""])
            assert (first_cell[0] if first_cell else "") == guard(cell)


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,name,note\n甲,"𠀀,""乙""",丙\n', encoding="utf-8")
    table = read_table(path, HEADER)
    assert [table.place(0, name) for name in HEADER] == [(2, 1), (2, 3), (2, 13)]
    assert table.place(0, "no such column") == (2, 1)
    fault = table.fault(0, "note", "code", "words", "字")
    assert fault == Fault(str(path), 2, 13, "code", "words", "字")


def test_a_cell_after_a_line_break_in_its_row_has_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,name,note\na,"甲\n乙",丙\n', encoding="utf-8")
    assert read_table(path, HEADER).place(0, "note") == (3, 4)


def test_an_empty_file_is_a_fault_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"")
    table = read_table(path, HEADER, shown="the table")
    (fault,) = table.faults
    assert (fault.path, fault.line, fault.column, fault.code) == ("the table", 1, 1, "table-header")
    assert "id,name,note" in fault.en and "missing: id, name, note" in fault.en
    assert "缺：id、name、note" in fault.zh
    assert not table.whole


@pytest.mark.parametrize("data", [b"", b"plain", "规划".encode(), "规划".encode("gbk"), "\ufeff规划".encode()])
def test_decode_reads_text(data: bytes) -> None:
    assert decode(data, "f") in ("", "plain", "规划")


@pytest.mark.parametrize(
    ("data", "line", "column", "word"),
    [
        (b"ab\n\xff\xff", 2, 1, "UTF-8"),
        ("规划\n领域".encode() + b"\xe8\xa7", 2, 3, "UTF-8"),
        (b"\xef\xbb\xbf" + "规\n划".encode() + b"\xff", 2, 2, "UTF-8"),
        ("规划\n院".encode("gbk") + b"\x80", 2, 2, "GBK"),
        ("规\r\n划".encode("utf-16") + b"\x00", 2, 2, "UTF-16"),
        (b"\xff\xfe\x00\xd8\x41\x00", 1, 1, "UTF-16"),
        (b"a\nbc\0d", 2, 3, "NUL"),
    ],
)
def test_decode_says_where_text_stops_being_text(data: bytes, line: int, column: int, word: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, "f.txt")
    for words in (caught.value.en, caught.value.zh):
        assert words.startswith(f"f.txt:{line}:{column}: ")
        assert word in words and "UTF-8" in words
    fault = text_or_fault(data, "f.txt")
    assert isinstance(fault, Fault)
    assert (fault.line, fault.column, fault.code) == (line, column, "not-text")


def test_a_damaged_utf_8_file_is_not_taken_for_gbk() -> None:
    data = ("规划文本" * 5).encode()[:-1] + b"\n"
    with pytest.raises(InputError, match="damaged UTF-8"):
        decode(data, "f")


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_fault(data: bytes) -> None:
    found = text_or_fault(data, "f")
    if isinstance(found, Fault):
        assert found.line >= 1 and found.column >= 1
    else:
        assert "\0" not in found
        found.encode("utf-8")


@given(st.text("甲乙丙丁规划领域abc\n，。", min_size=1))
def test_chinese_text_reads_the_same_in_utf_8_and_gbk(text: str) -> None:
    assert decode(text.encode("utf-8"), "f") == text
    data = text.encode("gbk")
    try:  # short GBK texts may happen to be UTF-8 as well, and are then read as that
        assert decode(data, "f") == data.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(data, "f") == text


def test_place_counts_each_kind_of_line_end_once() -> None:
    text = "a\r\nb\rc\nd"
    places = [place(text, text.index(letter)) for letter in "abcd"]
    assert places == [(1, 1), (2, 1), (3, 1), (4, 1)]
    assert place(text, len(text)) == (4, 2)


def test_files_that_cannot_be_opened_are_named_in_both_languages(tmp_path: Path) -> None:
    for path, en, zh in ((tmp_path / "none.csv", "no such file", "没有这个文件"), (tmp_path, "a folder", "文件夹")):
        with pytest.raises(InputError) as caught:
            read_bytes(path)
        assert str(path) in caught.value.en and en in caught.value.en
        assert str(path) in caught.value.zh and zh in caught.value.zh


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plangraph.tables.MAX_BYTES", 1 << 20)
    path = tmp_path / "big.csv"
    path.write_bytes(b"x" * (1 << 20))
    assert len(read_bytes(path)) == 1 << 20
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read_bytes(path)


@given(st.text())
def test_one_line_leaves_no_control_character(text: str) -> None:
    shown = one_line(text)
    assert len(shown) == len(text)
    assert not has_control_character(shown)
    assert (shown == text) == (not has_control_character(text))
    assert len(shown.splitlines()) <= 1
