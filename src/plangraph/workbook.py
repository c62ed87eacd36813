"""Listings as an Excel workbook: first a sheet that says how to read the others, then one sheet a listing.

Cells are texts and numbers, never formulas, whatever stands in them; the same listings give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.listing import Listing

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ROWS = 1_048_576  # of an Excel sheet
_CELL = 32_767  # characters of an Excel cell


def workbook(listings: Sequence[Listing], lang: str = "zh") -> bytes:
    """An .xlsx file of ``listings`` with a how-to-read sheet in ``lang``.

    Raises:
        InputError: A listing has more rows than a sheet can hold.
    """
    import xlsxwriter

    for listing in listings:
        if len(listing) >= _ROWS:
            raise InputError(
                f"{listing.title}: {len(listing)} rows do not fit into a sheet of Excel; write csv or parquet",
                f"{listing.title}：共 {len(listing)} 行，超出 Excel 工作表的容量；请写成 csv 或 parquet",
            )
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime.datetime(2020, 1, 1), "author": "plangraph"})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    names = _sheet_names(listings, "如何阅读" if lang == "zh" else "how to read")
    _guide(book.add_worksheet(names[0]), listings, names[1:], formats, lang)
    for listing, name in zip(listings, names[1:], strict=True):
        _fill(book.add_worksheet(name), listing, formats)
    book.close()
    return out.getvalue()


def _sheet_names(listings: Sequence[Listing], guide: str) -> list[str]:
    """Names that Excel takes: at most 31 characters, without its signs, none twice."""
    found = [guide]
    for listing in listings:
        base = _FORBIDDEN.sub(" ", _cell(listing.title)).strip(" '\t\r\n")[:31] or listing.name[:31]
        name, number = base, 2
        while name.casefold() in (n.casefold() for n in found):
            name, number = f"{base[:27]} {number}", number + 1
        found.append(name)
    return found


def _guide(sheet: Any, listings: Sequence[Listing], names: Sequence[str], formats: dict[str, Any], lang: str) -> None:
    zh = lang == "zh"
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    row = 0
    for listing, name in zip(listings, names, strict=True):
        sheet.write_string(row, 0, _cell(name), formats["head"])
        sheet.write_string(row, 1, f"{len(listing)} 行" if zh else f"{len(listing)} rows", formats["head"])
        row += 1
        for sentence in (listing.title, *listing.about):
            sheet.write_string(row, 1, _cell(sentence), formats["text"])
            row += 1
        for column in listing.columns:
            sheet.write_string(row, 0, _cell(column.heading), formats["bold"])
            sheet.write_string(row, 1, _cell(column.meaning or column.name), formats["text"])
            row += 1
        row += 1


def _fill(sheet: Any, listing: Listing, formats: dict[str, Any]) -> None:
    for place, column in enumerate(listing.columns):
        sheet.write_string(0, place, _cell(column.heading), formats["head"])
        cells = [listing.rows[n][place] for n in range(min(len(listing), 200))]
        width = max([_width(column.heading), *(_width(c) for c in cells)])
        sheet.set_column(place, place, min(60, width + 2))
    for number, row in enumerate(listing.rows, 1):
        for place, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, place, value)
            elif isinstance(value, int | float) and abs(value) < 1e15:
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, _cell(value))
    sheet.freeze_panes(1, 0)
    if listing.rows and listing.columns:
        sheet.autofilter(0, 0, len(listing), len(listing.columns) - 1)


def _cell(value: Any) -> str:
    return _CONTROL.sub("\ufffd", str(value))[:_CELL]


def _width(value: Any) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in str(value))
