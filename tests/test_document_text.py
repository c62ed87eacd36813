"""Plain texts: offsets count code points, paragraphs are the lines that are not blank."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plangraph.document import Document, read_document
from plangraph.errors import InputError

TEXT = "标题\n\n　　第一段，𠀀字。\r\n \t\n第二段\n"
LINES = st.text("甲乙𠀀a。 \u3000\t\r\n\x0b\x85\u2028", max_size=60)


def test_paragraphs_are_the_lines_that_are_not_blank() -> None:
    document = Document.from_text(TEXT)
    assert [document.text[a:b] for a, b in document.paragraphs] == ["标题", "　　第一段，𠀀字。", "第二段"]


@pytest.mark.parametrize(
    ("words", "paragraph", "place"),
    [("标", 1, (1, 1)), ("第一段", 2, (3, 3)), ("字", 2, (3, 8)), ("第二段", 3, (5, 1))],
)
def test_where_an_offset_stands(words: str, paragraph: int, place: tuple[int, int]) -> None:
    document = Document.from_text(TEXT)
    at = document.text.index(words)
    assert document.paragraph_at(at) == paragraph
    assert document.line_of(at) == place


def test_no_paragraph_holds_a_line_end_or_what_is_beyond_the_text() -> None:
    document = Document.from_text(TEXT)
    assert document.paragraph_at(TEXT.index("\n")) == 0
    assert document.paragraph_at(TEXT.index(" \t")) == 0
    assert document.paragraph_at(len(TEXT) + 5) == 0
    assert Document.from_text("").paragraph_at(0) == 0


@given(LINES)
def test_every_character_that_is_seen_is_in_one_paragraph_and_paragraphs_rise(text: str) -> None:
    document = Document.from_text(text)
    number = 0
    for i, char in enumerate(text):
        found = document.paragraph_at(i)
        if not char.isspace():
            assert found >= max(number, 1)
            number = found
        if found:
            start, end = document.paragraphs[found - 1]
            assert start <= i < end
    assert number == len(document.paragraphs)
    assert [a for a, _ in document.paragraphs] == sorted({a for a, _ in document.paragraphs})


def test_a_long_blank_line_is_read_at_once() -> None:
    # Looking for a visible character from each of its places would take minutes.
    document = Document.from_text("甲\n" + " " * 300_000 + "\n乙")
    assert len(document.paragraphs) == 2


def test_the_digest_is_that_of_the_text_in_utf_8() -> None:
    assert Document.from_text("规划").sha256 == hashlib.sha256("规划".encode()).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_each_encoding_gives_the_same_document(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    text = "标题\r\n科技创新规划，领域。\n"
    path.write_bytes(text.encode(encoding))
    document = read_document(path)
    assert document.text == text
    assert document.sha256 == Document.from_text(text).sha256
    assert len(document.paragraphs) == 2


def test_padding_at_the_end_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    for encoding in ("utf-8", "gb18030"):
        path.write_bytes("科技创新规划。".encode(encoding) + b"\0" * 512)
        assert read_document(path).text == "科技创新规划。"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t", "\u3000\n".encode()])
def test_a_text_without_words_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert str(path) in caught.value.en and "empty" in caught.value.en
    assert str(path) in caught.value.zh and "空" in caught.value.zh


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"te\0xt", b"\x01\x02\x03\0\0"])
def test_what_is_no_text_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"plan\.txt:\d+:\d+: "):
        read_document(path)


def test_a_text_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_document(tmp_path / "plan.txt")
