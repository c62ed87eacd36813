"""The process in which `plangraph.document.pdf_file.read_pdf` reads one file: bytes on stdin, JSON on stdout.

PDFium gives each character with its place; characters become printed lines, and `pdf_layout` makes paragraphs of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from plangraph.document.marks import Line
from plangraph.document.pdf_layout import PrintedLine, to_paragraphs, without_furniture

MAX_PAGES = 3_000
MAX_CHARACTERS = 20_000_000
#: Memory that the process may take, where the system can hold it to that.
_MAX_MEMORY = 2 * 1024**3
_MAX_CPU_SECONDS = 150
#: Error number of PDFium for a file with a password.
_PASSWORD = 4
_GARBLED = 0.3
#: A page with a picture and fewer characters may be a scan with a stamp or a page number on it.
_FEW = 200
#: Text that runs in another direction than the page's, and is no more than this share of it, is a watermark or a stamp.
_TURNED = 0.1
#: Degrees by which a line may be askew.
_ASKEW = 10
#: In points: how far from its line a character is that is not on it, and one that is.
_OFF_LINE, _ON_LINE = 1.0, 0.1
#: In font sizes: a step back to the left that tells that characters are drawn out of order, and a gap between words.
_BACK, _WORD_GAP = 0.3, 0.2
#: Share of a line's characters that PDFium parts by blanks of its own, above which the letters are only set apart.
_SPACED = 0.4
_FONT_NAME = 128


class PdfFault(Exception):
    """A file that cannot be read; its word is a key of ``pdf_file._FAULTS``."""


def read_lines(data: bytes) -> tuple[list[Line], list[int], int]:
    """Lines of a PDF file, the numbers of its pages that have pictures but no text, and how many pages it has.

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
        pages = len(document)
        printed: list[PrintedLine] = []
        pictured: list[int] = []
        characters = 0
        for number in range(pages):
            lines, picture = _page_lines(document, number)
            printed += lines
            characters += sum(len(line.text) for line in lines)
            if characters > MAX_CHARACTERS:
                raise PdfFault("size")
            if picture:
                pictured.append(number)
    finally:
        document.close()
    _check(printed)
    kept = without_furniture(printed)
    told = {line.page for line in kept}
    scanned = [number + 1 for number in pictured if number not in told]
    if len(scanned) == pages:
        raise PdfFault("scanned")
    return to_paragraphs(kept or printed), scanned, pages


def _check(printed: list[PrintedLine]) -> None:
    text = "".join(line.text for line in printed)
    if not text.strip():
        raise PdfFault("scanned")
    # Codes of a font without a Unicode table are mostly taken for Latin letters with signs; no language has so many.
    odd = sum(c < " " or "\x7f" <= c <= "\xff" or "\ue000" <= c <= "\uf8ff" or c == "\ufffd" for c in text)
    odd -= text.count("\xa0") + text.count("·")
    if odd > _GARBLED * len(text):
        raise PdfFault("garbled")


def _page_lines(document: Any, number: int) -> tuple[list[PrintedLine], bool]:
    """The printed lines of a page, and whether it has a picture and few words; none if it cannot be read."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        page = document[number]
        words = page.get_textpage()
        turns = _turns_of(raw, words)
        main = Counter(turns).most_common(1)[0][0] if turns else 0
        if main:
            # PDFium puts lines that run upwards or downwards in no order.
            _turn_upright(raw, page, main)
            words.close()
            page.close()
            page = document[number]
            words = page.get_textpage()
            turns = _turns_of(raw, words)
    except pdfium.PdfiumError:
        return [], False
    try:
        objects = (raw.FPDFPage_GetObject(page.raw, i) for i in range(raw.FPDFPage_CountObjects(page.raw)))
        forms = any(raw.FPDFPageObj_GetType(o) == raw.FPDF_PAGEOBJ_FORM for o in objects)
        lines = list(_lines(words, number, turns, _Sheet(page.get_width(), page.get_height(), forms)))
        few = sum(len(line.text) for line in lines) < _FEW
        return lines, few and next(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None
    finally:
        words.close()
        page.close()


def _turns_of(raw: Any, words: Any) -> list[int | None]:
    """By how many quarters, clockwise, each character of a page is turned; None where it is askew."""
    angle, text = raw.FPDFText_GetCharAngle, words.raw
    return [_quarters(angle(text, i)) for i in range(min(words.count_chars(), MAX_CHARACTERS + 1))]


def _quarters(angle: float) -> int | None:
    if not angle:
        return 0
    near = round(angle / (math.pi / 2))
    return near % 4 if abs(math.degrees(angle) - 90 * near) <= _ASKEW else None


def _turn_upright(raw: Any, page: Any, turns: int) -> None:
    """Turn a page's content so that text that was turned runs from left to right; seen when the page is opened again."""
    left, bottom, right, top = page.get_mediabox()
    across, up = left + right, bottom + top
    matrix = {1: (0, 1, -1, 0, up, 0), 2: (-1, 0, 0, -1, across, up), 3: (0, -1, 1, 0, 0, across)}[turns]
    raw.FPDFPage_TransFormWithClip(page.raw, raw.FS_MATRIX(*matrix), None)
    page.set_rotation(0)
    for box in (page.set_mediabox, page.set_cropbox):
        box(*((left, bottom, right, top) if turns == 2 else (bottom, left, top, right)))


class _Sheet(NamedTuple):
    """A page's size in points, and whether it has forms: pages in the page."""

    width: float
    height: float
    forms: bool


def _lines(words: Any, number: int, turns: list[int | None], sheet: _Sheet) -> Iterator[PrintedLine]:
    import pypdfium2.raw as raw

    count = len(turns)
    aside = 0 < count - turns.count(0) <= _TURNED * count
    places: list[int] = []
    for i in range(count + 1):
        code = raw.FPDFText_GetUnicode(words.raw, i) if i < count else 10
        if code not in (10, 13):
            if not aside or turns[i] is not None or raw.FPDFText_IsGenerated(words.raw, i):
                places.append(i)
            continue
        # A line may have turned characters among others: the figures of vertical writing.
        if any(not (aside and turns[k]) and not _character(raw, words, k).isspace() for k in places):
            yield _line(raw, words, places, number, sheet)
        places = []


def _line(raw: Any, words: Any, places: list[int], number: int, sheet: _Sheet) -> PrintedLine:
    """The line whose characters are those at ``places`` of the page."""
    made = {k for k in places if raw.FPDFText_IsGenerated(words.raw, k)}
    seen = [k for k in places if not _character(raw, words, k).isspace()]
    if len(made) > _SPACED * len(seen):
        # Letters set apart: PDFium takes each gap for a blank.
        places = [k for k in places if k not in made]
    size = max(float(raw.FPDFText_GetFontSize(words.raw, seen[0])) * _scale(raw, words, seen[0]), 1.0)
    text = "".join(_character(raw, words, k) for k in places)
    lefts = [_origin(raw, words, k, sheet)[0] for k in seen]
    if any(b < a - _BACK * size for a, b in itertools.pairwise(lefts)):
        text, seen = _left_to_right(raw, words, [k for k in places if k not in made], size, sheet)
    left, baseline, _, top = _box(raw, words, seen[0], sheet)
    right = _box(raw, words, seen[-1], sheet)[2]
    return PrintedLine(
        text, number, left, max(right, left), baseline, top, size, sheet.width, sheet.height, _font(raw, words, seen)
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


def _left_to_right(raw: Any, words: Any, drawn: list[int], size: float, sheet: _Sheet) -> tuple[str, list[int]]:
    """The words of the characters ``drawn`` as they are seen, and their places, where the file draws some of them later.

    Programs that set quotation marks in another font draw them after the rest.
    """
    drawn = sorted(drawn, key=lambda k: _origin(raw, words, k, sheet)[0])
    text = ""
    edge = 0.0
    for k in drawn:
        left, _, right, _ = _box(raw, words, k, sheet)
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


def _origin(raw: Any, words: Any, index: int, sheet: _Sheet) -> tuple[float, float]:
    """Where a character stands: x, and its baseline."""
    at = _told_origin(raw, words, index)
    return _out_of_form(raw, words, index, at, at) if sheet.forms else at


def _told_origin(raw: Any, words: Any, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(words.raw, index, x, y)
    return x.value, y.value


def _box(raw: Any, words: Any, index: int, sheet: _Sheet) -> tuple[float, float, float, float]:
    """Left edge, baseline, right edge and top of a character's whole box: its ink would differ for “ and 国."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(words.raw, index, box)
    low, high = (box.left, box.bottom), (box.right, box.top)
    if sheet.forms:
        at = _told_origin(raw, words, index)
        low, high = (_out_of_form(raw, words, index, at, corner) for corner in (low, high))
    return min(low[0], high[0]), _origin(raw, words, index, sheet)[1], max(low[0], high[0]), max(low[1], high[1])


def _out_of_form(
    raw: Any, words: Any, index: int, origin: tuple[float, float], point: tuple[float, float]
) -> tuple[float, float]:
    """A point of a character, on the page.

    Where PDFium replaces a character by its plain form (⼆ by 二), it leaves it where the form that holds the text has
    it, whose own place on the page it forgets: then the character is not on the line of its text.
    """
    own, whole = raw.FS_MATRIX(), raw.FS_MATRIX()
    text = raw.FPDFText_GetTextObject(words.raw, index)
    if not (text and raw.FPDFPageObj_GetMatrix(text, own) and raw.FPDFText_GetMatrix(words.raw, index, whole)):
        return point
    turn = own.a * own.d - own.b * own.c
    if not turn or _off_line(whole, origin) < _OFF_LINE or _off_line(own, origin) > _ON_LINE:
        return point
    x, y = point[0] - own.e, point[1] - own.f
    x, y = (own.d * x - own.c * y) / turn, (own.a * y - own.b * x) / turn
    return whole.a * x + whole.c * y + whole.e, whole.b * x + whole.d * y + whole.f


def _off_line(matrix: Any, point: tuple[float, float]) -> float:
    """How far a point is from the line on which a text of that matrix runs."""
    long = math.hypot(matrix.a, matrix.b)
    return abs((point[0] - matrix.e) * matrix.b - (point[1] - matrix.f) * matrix.a) / long if long else 0.0


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
        lines, scanned, pages = read_lines(sys.stdin.buffer.read())
        answer: dict[str, Any] = {"lines": lines, "scanned": scanned, "pages": pages}
    except PdfFault as fault:
        answer = {"fault": str(fault)}
    except (MemoryError, ValueError, OSError, RuntimeError):
        answer = {"fault": "damaged"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
