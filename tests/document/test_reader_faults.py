"""Files that are not plans, are damaged, or are made to do harm: a clear word, in bounded time and memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from plangraph.document import pdf_file, pdf_process, read_document
from plangraph.document.docx_file import MAX_UNPACKED
from plangraph.document.marks import MAX_LINES
from plangraph.document.pdf_layout import PrintedLine
from plangraph.errors import InputError
from tests.document.invented import W, as_pdf, raw_docx, written


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert str(path) in caught.value.en
    assert str(path) in caught.value.zh
    return caught.value


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, words in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), words)
    return out.getvalue()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refused(tmp_path / "none.pdf")


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.docx"])
@pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf", b"\0\0\0\0", " \n".encode("utf-16")])
def test_nothing_in_it(tmp_path: Path, name: str, data: bytes) -> None:
    refused(written(tmp_path, name, data))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".docx"),
        (b"{\\rtf1 abc}", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "OCR"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "OCR"),
        (b"\x1f\x8b\x08" + b"\0" * 50, "unpack"),
        (archive(xl__workbook_dot_xml="<a/>"), "Excel"),
        (archive(OFD_dot_xml="<a/>"), "OFD"),
        (archive(content_dot_xml="<a/>"), "OpenDocument"),
        (archive(readme="a"), "zip archive"),
        (b"\x7fELF\x02\x01\x01\0" + bytes(range(256)) * 4, "text"),
        (bytes(range(1, 32)) * 20, "binary"),
        ("Les événements français; déjà vu à Évry".encode("latin-1"), "UTF-8"),
        ("пути развития города и области".encode("koi8-r"), "UTF-8"),
        ("加快推进建设".encode()[:-1] + b"\xff" + "加快推进建设".encode(), "UTF-8"),
        ("规划\0纲要".encode(), "give a text"),
        ("规划".encode("utf-32")[:-1], "UTF-8"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument><w:p>a</w:p>', "Word XML"),
        (b'<?xml version="1.0"?>\n<office:document><text:p>a</text:p>', "OpenDocument"),
        (b'<?xml version="1.0"?><plan><p>a</p></plan>', "XML"),
        (b'{"code": 200, "data": {"content": "<p>a</p>"}}', "JSON"),
        (b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\n", "e-mail"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, data: bytes, word: str) -> None:
    assert word in refused(written(tmp_path, "a.txt", data)).en


def test_too_many_lines(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.txt", b"a\n" * (MAX_LINES + 1)))
    refused(written(tmp_path, "b.txt", b"\n" * (5 * MAX_LINES) + b"a"))


def test_megabytes_on_one_line(tmp_path: Path) -> None:
    d = read_document(written(tmp_path, "a.txt", "云汀，" * 5_500_000))
    assert len(d.paragraphs) == 1
    assert d.headings == ()


# ---- HTML


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 300_000 + "正文", "<b>" * 300_000 + "正文", "<p " + "a" * 2_000_000 + "=1>正文", "<p>" + "&#x6b63;文" * 1,
        "<html><nav></p>" * 20_000 + "</nav>" * 20_000 + "<p>正文", "<table>" * 50_000 + "<tr><td>正文",
    ],
)  # fmt: skip
def test_pages_without_end(tmp_path: Path, markup: str) -> None:
    assert read_document(written(tmp_path, "a.html", "<html><body>" + markup)).text == "正文"


def test_tables_in_cells_of_tables_without_end(tmp_path: Path) -> None:
    markup = "<html><body>" + "<table><tr><td>甲</td><td>" * 20_000 + "正文"
    assert read_document(written(tmp_path, "a.html", markup)).text == "甲\n" * 20_000 + "正文"


@pytest.mark.parametrize(
    "markup", ["<html>" + "<!--" * 500_000, "<p>" + "<a " * 500_000, "<html><script>正文", "<html></html>"]
)
def test_pages_of_nothing(tmp_path: Path, markup: str) -> None:
    refused(written(tmp_path, "a.html", markup))


# ---- DOCX


def test_a_part_that_unpacks_without_end(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        part.write(f"<w:document {W}><w:body><w:p><w:r><w:t>".encode())
        for _ in range(MAX_UNPACKED // 2**20 + 1):
            part.write(b"a" * 2**20)
    assert "MiB" in refused(written(tmp_path, "a.docx", out.getvalue())).en


def test_tags_nested_without_end(tmp_path: Path) -> None:
    assert "nested" in refused(written(tmp_path, "a.docx", raw_docx("<w:p>" * 1_000_000))).en


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    kinds = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    for declared in (f'<!ENTITY e0 "中">{kinds}', '<!ENTITY e9 SYSTEM "file:///etc/passwd">'):
        xml = f"<!DOCTYPE d [{declared}]><w:document {W}><w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body></w:document>"
        refused(written(tmp_path, "a.docx", archive(word__document_dot_xml=xml)))


def test_damaged_archives(tmp_path: Path) -> None:
    whole = raw_docx("<w:p><w:r><w:t>规划。</w:t></w:r></w:p>")
    assert read_document(written(tmp_path, "whole.docx", whole)).text == "规划。"
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    refused(written(tmp_path, "a.docx", bytes(flipped)))
    for data in (whole[: len(whole) // 2], whole[:-10], b"PK\x03\x04" + b"\0" * 100):
        refused(written(tmp_path, "a.docx", data))
    assert "cut short" in refused(written(tmp_path, "a.docx", whole[:-30])).en
    refused(written(tmp_path, "b.docx", raw_docx("<w:p><w:r><w:t>未闭合")))
    refused(written(tmp_path, "c.docx", raw_docx("<w:p></w:p>")))


def test_an_archive_with_a_password(tmp_path: Path) -> None:
    data = bytearray(raw_docx("<w:p><w:r><w:t>规划。</w:t></w:r></w:p>"))
    data[6] |= 1
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "password" in refused(written(tmp_path, "a.docx", bytes(data))).en


def test_an_archive_whose_list_is_too_long(tmp_path: Path) -> None:
    data = bytearray(raw_docx("<w:p><w:r><w:t>规划。</w:t></w:r></w:p>"))
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = (2**31).to_bytes(4, "little")
    refused(written(tmp_path, "a.docx", bytes(data)))


# ---- PDF


def raw_pdf(stream: bytes) -> bytes:
    """A PDF of one page whose content is ``stream``."""
    packed = zlib.compress(stream, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, words)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_a_pdf_with_a_password(tmp_path: Path) -> None:
    assert "password" in refused(written(tmp_path, "a.pdf", as_pdf([("body", "规划。")], encrypt="secret"))).en


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    data = as_pdf([("body", "云汀市规划。")], encrypt=StandardEncryption("", "owner", canPrint=0))  # type: ignore[arg-type]
    assert "云汀市规划。" in read_document(written(tmp_path, "a.pdf", data)).text


def test_a_scan_has_no_text(tmp_path: Path) -> None:
    assert "OCR" in refused(written(tmp_path, "a.pdf", raw_pdf(b"0 0 m 100 100 l S"))).en


def test_damaged_pdfs(tmp_path: Path) -> None:
    whole = as_pdf([("body", "云汀市规划。")])
    for data in (b"%PDF-1.7\n" + bytes(range(256)) * 20, whole[:200], b"%PDF-1.4"):
        refused(written(tmp_path, "a.pdf", data))


def test_text_that_is_not_encoded_as_characters() -> None:
    line = PrintedLine("\ue000\ue001\ue002\ufffd", 0, 10.0, 60.0, 700.0, 712.0, 12.0, 600.0, 800.0)
    with pytest.raises(pdf_process.PdfFault, match="garbled"):
        pdf_process._check([line])


@pytest.mark.parametrize(
    ("text", "garbled"),
    [("P³ í ¹ú þÒ (¹/ Ãæä2¡ ð¹Óªº7?Æ", True), ("déjà vu: l’événement a été fêté à Évry", False), ("云汀·规划", False)],
)
def test_text_of_fonts_without_a_unicode_table(text: str, garbled: bool) -> None:
    line = PrintedLine(text, 0, 10.0, 60.0, 700.0, 712.0, 12.0, 600.0, 800.0)
    with pytest.raises(pdf_process.PdfFault, match="garbled") if garbled else nullcontext():
        pdf_process._check([line])


def test_characters_that_are_left_where_their_form_has_them() -> None:
    import pypdfium2.raw as raw

    def told(origin: tuple[float, float], own: tuple[float, ...], whole: tuple[float, ...]) -> tuple[float, float]:
        def fill(_: object, *details: Any) -> int:
            matrix, values = details[-1], whole if len(details) > 1 else own
            for name, value in zip("abcdef", values, strict=True):
                setattr(matrix, name, value)
            return 1

        pdfium = SimpleNamespace(
            FS_MATRIX=raw.FS_MATRIX, FPDFText_GetTextObject=lambda *_: 1, FPDFPageObj_GetMatrix=fill,
            FPDFText_GetMatrix=fill,
        )  # fmt: skip
        return pdf_process._out_of_form(pdfium, SimpleNamespace(raw=None), 0, origin, origin)

    # The form halves the page and sets it 200 to the right and 100 up.
    own, whole = (1.0, 0.0, 0.0, 1.0, 40.0, 700.0), (0.5, 0.0, 0.0, 0.5, 220.0, 450.0)
    assert told((52.0, 700.0), own, whole) == (226.0, 450.0)
    assert told((226.0, 450.0), own, whole) == (226.0, 450.0)
    assert told((52.0, 700.0), own, own) == (52.0, 700.0)


def test_more_pages_than_a_plan_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_process, "MAX_PAGES", 1)
    with pytest.raises(pdf_process.PdfFault, match="pages"):
        pdf_process.read_lines(as_pdf([("body", "云汀，" * 2000)]))


def test_more_text_than_a_plan_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_process, "MAX_CHARACTERS", 100)
    with pytest.raises(pdf_process.PdfFault, match="size"):
        pdf_process.read_lines(as_pdf([("body", "云汀，" * 2000)]))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is held to a limit on Linux only")
def test_a_pdf_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.pdf", raw_pdf(b" " * 1_200_000_000)))


def test_a_reading_that_stalls_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stalls(command: list[str], **details: object) -> None:
        raise subprocess.TimeoutExpired(command, 1.0)

    monkeypatch.setattr(pdf_file.subprocess, "run", stalls)
    assert "seconds" in refused(written(tmp_path, "a.pdf", as_pdf([("body", "规划。")]))).en


def test_a_reader_that_crashes_is_told_as_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(command: list[str], **details: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, -11, b"", b"")

    monkeypatch.setattr(pdf_file.subprocess, "run", crashes)
    refused(written(tmp_path, "a.pdf", as_pdf([("body", "规划。")])))


def test_a_page_archive_that_nests_without_end_is_told(tmp_path: Path) -> None:
    parts = "".join(f'Content-Type: multipart/related; boundary="b{n}"\n\n--b{n}\n' for n in range(5000))
    with pytest.raises(InputError, match="nest too deep"):
        read_document(written(tmp_path, "a.mht", parts + "Content-Type: text/html\n\n<p>正文</p>\n"))
