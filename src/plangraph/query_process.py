"""The process in which `plangraph.query.run_isolated` runs one query: request on stdin, answer on stdout.

The answer is written only when it is whole. An error goes to stderr as JSON, with exit code 1.
"""

from __future__ import annotations

import json
import sys

from plangraph.errors import PlangraphError, QueryFailedError, QuerySyntaxError
from plangraph.query import evaluate


def answer(request: dict[str, object]) -> bytes:
    """Bytes of the answer to ``request`` (keys store, sparql, output, substitutions)."""
    import pyoxigraph as ox

    store = ox.Store.read_only(str(request["store"]))
    terms = {
        name: next(iter(ox.parse(f"<x:s> <x:p> {term} .", format=ox.RdfFormat.N_TRIPLES))).object
        for name, term in dict(request["substitutions"]).items()  # type: ignore[call-overload]
    }
    found = evaluate(store, str(request["sparql"]), terms)
    kind = str(request["output"])
    if isinstance(found, ox.QueryTriples):
        formats = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES}
        if kind in formats:
            from plangraph.vocab import PREFIXES

            triples = sorted(found, key=str)
            return ox.serialize(triples, format=formats[kind], prefixes=PREFIXES) or b""
        return _triples_table(found, kind)
    tables = {
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
    }
    if kind not in tables:
        raise QueryFailedError(
            f"{kind} holds graphs, and this query gives a table; use CONSTRUCT or another format",
            f"{kind} 用于图，而该查询返回表格；请改用 CONSTRUCT 或别的格式",
        )
    return found.serialize(format=tables[kind]) or b""


def _triples_table(found: object, kind: str) -> bytes:
    """Triples as SPARQL JSON with the columns subject, predicate, object (``kind`` "json")."""
    import pyoxigraph as ox

    if kind != "json":
        raise QueryFailedError(
            f"CONSTRUCT and DESCRIBE give a graph, which {kind} cannot hold; use ttl, nt, json or table",
            f"CONSTRUCT 和 DESCRIBE 返回图，{kind} 不能容纳；请用 ttl、nt、json 或 table",
        )
    rows = [
        {
            name: {"type": "uri" if isinstance(term, ox.NamedNode) else "literal", "value": term.value}
            for name, term in zip(("subject", "predicate", "object"), triple, strict=True)
        }
        for triple in sorted(found, key=str)  # type: ignore[call-overload]
    ]
    head = {"vars": ["subject", "predicate", "object"]}
    return json.dumps({"head": head, "results": {"bindings": rows}}, ensure_ascii=False).encode("utf-8")


def main() -> int:
    """Answer the request on stdin."""
    try:
        result = answer(json.loads(sys.stdin.buffer.read()))
    except PlangraphError as error:
        told = {"kind": type(error).__name__, "en": error.en, "zh": error.zh}
        if isinstance(error, QuerySyntaxError):
            told |= {"line": error.line, "column": error.column}  # type: ignore[dict-item]
        sys.stderr.write(json.dumps(told))
        return 1
    except (OSError, ValueError, MemoryError, RuntimeError) as error:
        sys.stderr.write(
            json.dumps({"kind": "QueryFailedError", "en": f"the query failed: {error}", "zh": f"查询失败：{error}"})
        )
        return 1
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
