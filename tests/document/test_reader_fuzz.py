"""Random and mutated bytes and texts: a `Document` whose parts hold together, or an `InputError`."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plangraph.document import Document, fold_traditional, pdf_process, read_document
from plangraph.errors import InputError
from tests.document.invented import as_docx, as_html, as_pdf, as_text, invented_plan, raw_docx

PLAN = invented_plan()[:12]
SEEDS = {
    "a.txt": as_text(PLAN).encode("utf-8"),
    "b.txt": as_text(PLAN).encode("gb18030"),
    "a.html": as_html(PLAN),
    "b.html": as_html(PLAN, "gbk"),
    "a.docx": as_docx(PLAN),
    "b.docx": raw_docx("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>指标</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
}
PDF = as_pdf(PLAN)
SMALL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

edits = st.lists(st.tuples(st.integers(0, 2**20), st.binary(max_size=6), st.integers(0, 40)), max_size=6)
pieces = st.sampled_from(
    [
        "一、",
        "# ",
        "（一）",
        "第一章 ",
        "1.",
        "1.1 ",
        "①",
        "专栏1",
        "——",
        "［1］",
        "目录",
        "前言",
        "附件",
        "打印",
        "来源：",
        "各位代表：",
        "推动",
        "量子测控",
        "。",
        "，",
        "：",
        "“",
        "”",
        "（",
        "）",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\u3000",
        "某市人民政府",
        "规划",
        "通知",
        "建设高水平创新平台和产业集群",
        "2031年2月3日",
        ">",
        "|",
    ]
)
texts = st.lists(st.one_of(pieces, st.text(max_size=8)), max_size=60).map("".join)


def mutated(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    for at, new, gone in changes:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + gone :]
    return data


def holds_together(d: Document) -> None:
    """What must be true of every document."""
    covered = 0
    for i, (start, end) in enumerate(d.paragraphs, 1):
        assert covered <= start < end <= len(d.text)
        assert d.text[start:end].strip()
        assert d.paragraph_at(start) == d.paragraph_at(end - 1) == i
        covered = end
        assert d.kind(i) in ("heading", "body", "chrome")
        assert all(title and "\n" not in title and " > " not in title for title in d.section_path(i))
        spans = d.sentences(i)
        assert all(a < b for a, b in spans)
        assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
        kept = "".join("".join(d.text[a:b].split()) for a, b in spans)
        assert kept == "".join(d.text[start:end].split())
        for a, b in d.clauses(start, end):
            assert start <= a < b <= end
        span = d.run_in_heading(i)
        assert span is None or (start <= span[0] < span[1] <= end)
    squeezed = "".join(d.text.split())
    for place, h in enumerate(d.headings):
        assert h.parent < place
        assert h.level == (d.headings[h.parent].level + 1 if h.parent >= 0 else 1)
        assert d.text[h.start : h.end].strip()
        if all(d.kind(n) == "heading" for n in range(h.paragraph, d.paragraph_at(h.end - 1) + 1)):
            assert "".join(h.title.split()) in squeezed
    assert len(d.sha256) == 64


@given(texts)
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    d = Document.from_text(text)
    holds_together(d)
    assert len(fold_traditional(text)) == len(text)


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.html", "a.docx", "a", "a.md"]))
@SMALL
def test_any_bytes(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    try:
        holds_together(read_document(path))
    except InputError as error:
        assert error.en and error.zh


@pytest.mark.parametrize("name", list(SEEDS))
@given(edits)
@SMALL
def test_mutated_files(tmp_path: Path, name: str, changes: list[tuple[int, bytes, int]]) -> None:
    path = tmp_path / name
    path.write_bytes(mutated(SEEDS[name], changes))
    try:
        holds_together(read_document(path))
    except InputError as error:
        assert error.en and error.zh


@given(
    st.text(st.characters(codec="utf-8"), max_size=200),
    st.sampled_from(["p", "div", "td", "h2", "a", "b", "pre", "nav"]),
)
@settings(max_examples=100, deadline=None)
def test_any_markup(words: str, tag: str) -> None:
    from plangraph.document.html_file import read_html
    from plangraph.document.marks import join

    try:
        text, marks = join(read_html(f"<html><body><{tag}>{words}</{tag}><p>末</p>"), "a.html")
    except InputError:
        return
    holds_together(Document.from_text(text, marks))


@given(edits)
@settings(max_examples=60, deadline=None)
def test_mutated_pdfs(changes: list[tuple[int, bytes, int]]) -> None:
    try:
        lines, _, _ = pdf_process.read_lines(mutated(PDF, changes))
    except pdf_process.PdfFault as fault:
        assert str(fault) in ("password", "damaged", "scanned", "garbled", "pages", "size")
    else:
        holds_together(
            Document.from_text("\n".join(line.text for line in lines) or "无", bytes(line.mark for line in lines))
        )
