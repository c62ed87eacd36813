"""Results of a query, and listings of other commands, in the formats that the commands offer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from plangraph.cli.output import plain, table_text
from plangraph.errors import InputError
from plangraph.ontology import prefixes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plangraph.graph import PlanGraph
    from plangraph.listing import Listing
    from plangraph.query import Result

FORMATS = ["table", "csv", "tsv", "json", "xml", "ttl", "parquet"]
#: Formats of listings; of several listings only table, json and xlsx hold all.
LISTING_FORMATS = ["table", "csv", "tsv", "json", "parquet", "xlsx"]
#: Formats of the figures that some commands draw.
FIGURE_FORMATS = ["png", "svg"]


def render(kg: PlanGraph, sparql: str, form: str, timeout: float) -> bytes:
    """Run ``sparql`` in a process that can be stopped and give its answer in ``form``."""
    from plangraph.query import result_from_json

    engine = form if form in ("tsv", "json", "xml", "ttl") else "json"
    answer = kg.answer(sparql, engine, timeout)
    return answer if form == engine else result_bytes(result_from_json(answer), form)


def form_of(form: str | None, output: Path | None, more: Sequence[str] = ()) -> str:
    """The format asked for, else the one of listings or of ``more`` that ``output`` ends in, else a table.

    Raises:
        InputError: A figure is asked for by the ending, and this command draws none.
    """
    ending = output.suffix.lower().lstrip(".") if output else ""
    if form is None and ending in FIGURE_FORMATS and ending not in more:
        raise InputError(
            f"{output}: there is no figure of this; end the name in {', '.join(LISTING_FORMATS[1:])}",
            f"{output}：此处没有图；文件名请以 {'、'.join(LISTING_FORMATS[1:])} 结尾",
        )
    return form or (ending if ending in [*LISTING_FORMATS, *more] else "table")


def listing_bytes(listings: Sequence[Listing], form: str, lang: str) -> bytes:
    """Listings as bytes in one of `LISTING_FORMATS`.

    A table is for people: headings, and the first sentence about each listing above it. Everything else has the
    names that programs know. JSON is a list of rows, or of several listings an object with one list each.

    Raises:
        InputError: A format that holds one listing only, and there are several.
    """
    if form == "xlsx":
        from plangraph.workbook import workbook

        return workbook(listings, lang)
    if form == "table":
        return "\n".join(_listing_text(listing) for listing in listings).encode("utf-8")
    if len(listings) == 1:
        return result_bytes(listings[0].result(), form)
    if form == "json":
        import json

        rows = {listing.name: list(listing.result()) for listing in listings}
        return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    raise InputError(
        f"{form} holds one list, and there are {len(listings)}; use table, json or xlsx",
        f"{form} 只能容纳一个列表，这里有 {len(listings)} 个；请用 table、json 或 xlsx",
    )


def _listing_text(listing: Listing) -> str:
    result = listing.result(headings=True)
    places = range(len(result.columns))
    numbers = [result.columns[i] for i in places if all(isinstance(r[i], int | float | None) for r in result.rows)]
    rows = [[f"{v:.6g}" if isinstance(v, float) else _text(v) for v in row] for row in result.rows]
    return f"{''.join(f'{plain(s)}{chr(10)}' for s in listing.about[:1])}\n{table_text(result.columns, rows, numbers)}"


def result_bytes(result: Result, form: str) -> bytes:
    """A result as bytes of a table, CSV, TSV, JSON or Parquet file."""
    if form == "table":
        numbers = [c for i, c in enumerate(result.columns) if all(isinstance(r[i], int | float) for r in result.rows)]
        rows = [[_short(v) for v in row] for row in result.rows]
        return table_text(result.columns, rows, numbers).encode("utf-8")
    if form == "csv":
        from plangraph.tables import write_table

        return write_table(result.columns, ([_text(v) for v in row] for row in result.rows))
    if form == "tsv":
        lines = ["\t".join(result.columns)]
        lines += ["\t".join(_text(v).replace("\t", " ").replace("\n", " ") for v in row) for row in result.rows]
        return ("\n".join(lines) + "\n").encode("utf-8")
    if form == "json":
        import json

        return (json.dumps(list(result), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    if form == "parquet":
        return _parquet(result)
    raise InputError(
        f"{form} cannot hold this answer; use table, csv, tsv, json or parquet",
        f"{form} 不能容纳该结果；请用 table、csv、tsv、json 或 parquet",
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _short(value: Any) -> str:
    if isinstance(value, str):
        for prefix, namespace in sorted(prefixes().items(), key=lambda p: -len(p[1])):
            if value.startswith(namespace):
                return f"{prefix}:{value[len(namespace) :]}"
    return _text(value)


def _parquet(result: Result) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            "Parquet needs pyarrow: pip install 'plangraph[parquet]'",
            "Parquet 需要 pyarrow：pip install 'plangraph[parquet]'",
        ) from None
    columns = {}
    for i, name in enumerate(result.columns):
        values = [row[i] for row in result.rows]
        # A column of several kinds has no Parquet type but text, nor has a whole number of more than 64 bits.
        kinds = {type(v) for v in values if v is not None}
        plain = (len(kinds) <= 1 or kinds <= {int, float}) and not any(
            type(v) is int and abs(v) >= 2**63 for v in values
        )
        columns[name] = values if plain else [None if v is None else _text(v) for v in values]
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()
