"""The process in which `plangraph.document.pdf_file.read_pdf` reads one file: bytes on stdin, JSON on stdout.

PDFium gives each character with its place; characters become printed lines, and `pdf_layout` makes paragraphs of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from plangraph.document.marks import Line
from plangraph.document.pdf_layout import PrintedLine, to_paragraphs

MAX_PAGES = 3_000
MAX_CHARACTERS = 20_000_000
#: Memory that the process may take, where the system can hold it to that.
_MAX_MEMORY = 2 * 1024**3
_MAX_CPU_SECONDS = 150
#: Error number of PDFium for a file with a password.
_PASSWORD = 4
_GARBLED = 0.3
#: In font sizes: a step back to the left that tells that characters are drawn out of order, and a gap between words.
_BACK, _WORD_GAP = 0.3, 0.2
#: Share of a line's characters that PDFium parts by blanks of its own, above which the letters are only set apart.
_SPACED = 0.4
_FONT_NAME = 128


class PdfFault(Exception):
    """A file that cannot be read; its word is a key of ``pdf_file._FAULTS``."""


def read_lines(data: bytes) -> list[Line]:
    """Lines of a PDF file.

    Raises:
        PdfFault: Damaged, encrypted, scanned, garbled, or too large.
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise PdfFault("password" if getattr(error, "err_code", None) == _PASSWORD else "damaged") from None
    try:
        if len(document) > MAX_PAGES:
            raise PdfFault("pages")
        printed: list[PrintedLine] = []
        characters = 0
        for number in range(len(document)):
            for line in _page_lines(document, number):
                printed.append(line)
                characters += len(line.text)
            if characters > MAX_CHARACTERS:
                raise PdfFault("size")
    finally:
        document.close()
    _check(printed)
    return to_paragraphs(printed)


def _check(printed: list[PrintedLine]) -> None:
    text = "".join(line.text for line in printed)
    if not text.strip():
        raise PdfFault("scanned")
    odd = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " for c in text)
    if odd > _GARBLED * len(text):
        raise PdfFault("garbled")


def _page_lines(document: Any, number: int) -> Iterator[PrintedLine]:
    """The printed lines of a page; a page that cannot be read gives none."""
    import pypdfium2 as pdfium

    try:
        page = document[number]
        words = page.get_textpage()
    except pdfium.PdfiumError:
        return
    try:
        yield from _lines(words, number, page.get_width(), page.get_height())
    finally:
        words.close()
        page.close()


def _lines(words: Any, number: int, width: float, height: float) -> Iterator[PrintedLine]:
    import pypdfium2.raw as raw

    count = min(words.count_chars(), MAX_CHARACTERS + 1)
    places: list[int] = []
    for i in range(count + 1):
        code = raw.FPDFText_GetUnicode(words.raw, i) if i < count else 10
        if code not in (10, 13):
            places.append(i)
            continue
        if any(not _character(raw, words, k).isspace() for k in places):
            yield _line(raw, words, places, number, width, height)
        places = []


def _line(raw: Any, words: Any, places: list[int], number: int, width: float, height: float) -> PrintedLine:
    """The line whose characters are those at ``places`` of the page."""
    made = {k for k in places if raw.FPDFText_IsGenerated(words.raw, k)}
    seen = [k for k in places if not _character(raw, words, k).isspace()]
    if len(made) > _SPACED * len(seen):
        # Letters set apart: PDFium takes each gap for a blank.
        places = [k for k in places if k not in made]
    size = max(float(raw.FPDFText_GetFontSize(words.raw, seen[0])) * _scale(raw, words, seen[0]), 1.0)
    text = "".join(_character(raw, words, k) for k in places)
    lefts = [_origin(raw, words, k)[0] for k in seen]
    if any(b < a - _BACK * size for a, b in itertools.pairwise(lefts)):
        text, seen = _left_to_right(raw, words, [k for k in places if k not in made], size)
    left, baseline, _, top = _box(raw, words, seen[0])
    right = _box(raw, words, seen[-1])[2]
    return PrintedLine(
        text, number, left, max(right, left), baseline, top, size, width, height, _font(raw, words, seen)
    )


def _font(raw: Any, words: Any, seen: list[int]) -> str:
    """Name and weight of the font of a line's Chinese characters, "" where the first and the last differ."""
    chinese = [k for k in seen if "\u4e00" <= _character(raw, words, k) <= "\u9fff"]
    fonts = set()
    for k in (chinese[0], chinese[-1]) if chinese else ():
        name, flags = ctypes.create_string_buffer(_FONT_NAME), ctypes.c_int()
        raw.FPDFText_GetFontInfo(words.raw, k, name, _FONT_NAME, flags)
        # A page's own part of a font has a name of its own before the font's: ABCDEF+SimHei.
        family = name.value.decode("utf-8", "replace").rpartition("+")[2]
        fonts.add(f"{family} {raw.FPDFText_GetFontWeight(words.raw, k)}")
    return fonts.pop() if len(fonts) == 1 else ""


def _left_to_right(raw: Any, words: Any, drawn: list[int], size: float) -> tuple[str, list[int]]:
    """The words of the characters ``drawn`` as they are seen, and their places, where the file draws some of them later.

    Programs that set quotation marks in another font draw them after the rest.
    """
    drawn = sorted(drawn, key=lambda k: _origin(raw, words, k)[0])
    text = ""
    edge = 0.0
    for k in drawn:
        left, _, right, _ = _box(raw, words, k)
        c = _character(raw, words, k)
        if (
            left - edge > _WORD_GAP * size
            and text[-1:].isascii()
            and text[-1:].isalnum()
            and c.isascii()
            and c.isalnum()
        ):
            text += " "
        text += c
        edge = right
    return text, [k for k in drawn if not _character(raw, words, k).isspace()]


def _character(raw: Any, words: Any, index: int) -> str:
    code = raw.FPDFText_GetUnicode(words.raw, index)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _origin(raw: Any, words: Any, index: int) -> tuple[float, float]:
    """Where a character stands: x, and its baseline."""
    x, baseline = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(words.raw, index, x, baseline)
    return x.value, baseline.value


def _box(raw: Any, words: Any, index: int) -> tuple[float, float, float, float]:
    """Left edge, baseline, right edge and top of a character's whole box: its ink would differ for “ and 国."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(words.raw, index, box)
    return box.left, _origin(raw, words, index)[1], box.right, box.top


def _scale(raw: Any, words: Any, index: int) -> float:
    """How much the text matrix enlarges the font: programs that set size 1 and scale are common."""
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(words.raw, index, matrix):
        return 1.0
    scale = float((matrix.c**2 + matrix.d**2) ** 0.5)
    return scale if 0.01 < scale < 1000 else 1.0


def _limit() -> None:
    """Hold this process to its share of memory and time, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_SECONDS, _MAX_CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Answer for the file on stdin."""
    _limit()
    try:
        answer: dict[str, Any] = {"lines": read_lines(sys.stdin.buffer.read())}
    except PdfFault as fault:
        answer = {"fault": str(fault)}
    except (MemoryError, ValueError, OSError, RuntimeError):
        answer = {"fault": "damaged"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
