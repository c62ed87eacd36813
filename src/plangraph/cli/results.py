"""Results of a query in the formats that `query` and `ask` offer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from plangraph.cli.output import table_text
from plangraph.errors import InputError
from plangraph.ontology import prefixes

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph
    from plangraph.query import Result

FORMATS = ["table", "csv", "tsv", "json", "xml", "ttl", "parquet"]


def render(kg: PlanGraph, sparql: str, form: str, timeout: float) -> bytes:
    """Run ``sparql`` in a process that can be stopped and give its answer in ``form``."""
    from plangraph.graph import STORE
    from plangraph.query import result_from_json, run_isolated

    engine = form if form in ("tsv", "json", "xml", "ttl") else "json"
    answer = run_isolated(kg.folder / STORE, sparql, engine, timeout)
    return answer if form == engine else result_bytes(result_from_json(answer), form)


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
