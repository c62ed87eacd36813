"""Excel files: another library reads back what was written; nothing runs; the same bytes."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import plangraph
from plangraph import workbook as module
from plangraph.errors import InputError
from plangraph.listing import Column, Listing
from plangraph.workbook import workbook

COLUMNS = (Column("name", "名称", "它叫什么"), Column("n", "数"), Column("yes", "是否"))
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "{=1}",
    "http://example.org/x",
    "\x07\x1b[31m",
    "'=1",
    "<b>&",
    "\ud800",
]


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    """Values by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [[c.value for c in row] for row in sheet.iter_rows()] for sheet in book}


def test_values_come_back_as_they_were() -> None:
    rows = (("某园区", 3, True), ("另一园区", 0.125, False), ("末", None, None))
    found = sheets(workbook([Listing("ranks", "排名", COLUMNS, rows, ("网络：园区",))]))
    assert list(found) == ["如何阅读", "排名"]
    assert found["排名"] == [
        ["名称", "数", "是否"],
        ["某园区", 3, True],
        ["另一园区", 0.125, False],
        ["末", None, None],
    ]
    guide = [cell for row in found["如何阅读"] for cell in row]
    for word in ("排名", "3 行", "网络：园区", "名称", "它叫什么"):
        assert word in guide


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_runs(text: str) -> None:
    listing = Listing("x", text, (Column("a", text, text),), ((text,),), (text,))
    book = openpyxl.load_workbook(io.BytesIO(workbook([listing], "en")))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert len(cells) >= 6
    assert {c.data_type for c in cells} == {"s"}
    assert not any(c.hyperlink for c in cells)
    assert book.worksheets[1]["A2"].value == text.replace("\x07\x1b", "\ufffd\ufffd").replace("\ud800", "\ufffd")


def test_the_same_bytes_every_time() -> None:
    listing = Listing("x", "某", COLUMNS, (("a", 1.5, True),))
    first = workbook([listing])
    time.sleep(1.1)  # a clock in the file would show
    assert workbook([listing]) == first


def test_names_of_sheets() -> None:
    titles = ["如何阅读", "[a]:*?/\\", "很长" * 30, "很长" * 30 + "二", "x", "X", "'", ""]
    found = sheets(workbook([Listing(f"name{n}", t, COLUMNS, ()) for n, t in enumerate(titles)]))
    assert len(found) == len(titles) + 1
    assert len({name.casefold() for name in found}) == len(found)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in found)


def test_numbers_that_excel_cannot_hold() -> None:
    rows = ((float("nan"),), (float("inf"),), (2**70,), (-(10.0**300),))
    (_, sheet) = sheets(workbook([Listing("x", "x", (Column("n", "n"),), rows)])).values()
    assert sheet[1:] == [["nan"], ["inf"], [str(2**70)], ["-1e+300"]]


def test_more_rows_than_a_sheet_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 3)
    with pytest.raises(InputError, match="3 rows do not fit") as caught:
        workbook([Listing("x", "某表", COLUMNS, (("a", 1, True),) * 3)])
    assert "parquet" in caught.value.zh


def test_a_ranking_with_its_guide(kg: plangraph.PlanGraph, tmp_path: Path) -> None:
    ranking = kg.rank("betweenness", resample=5)
    found = sheets(workbook([ranking.listing("zh")], "zh"))
    guide = [str(cell) for row in found["如何阅读"] for cell in row if cell]
    for sentence in ranking.about("zh"):
        assert sentence in guide
    assert len(found["按中介中心性排名"]) == len(ranking) + 1
    assert found["按中介中心性排名"][1][:4] == [
        1,
        ranking.rows[0].low,
        ranking.rows[0].high,
        ranking.rows[0].entity.label_zh,
    ]
