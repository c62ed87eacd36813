"""The process in which `plangraph.query.run_isolated` runs one query: request on stdin, answer on stdout.

The answer is written only when it is whole. An error goes to stderr as JSON, with exit code 1.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plangraph.errors import PlangraphError, QueryFailedError, QuerySyntaxError
from plangraph.query import TRIPLE, evaluate, failed, open_store, terms


def answer(request: dict[str, Any]) -> bytes:
    """Bytes of the answer to ``request`` (keys store, sparql, output, substitutions)."""
    import pyoxigraph as ox

    found = evaluate(open_store(Path(request["store"])), request["sparql"], terms(request["substitutions"]))
    kind = request["output"]
    if isinstance(found, ox.QueryTriples):
        return graph_bytes(found, kind)
    return table_bytes(found, kind)


def table_bytes(found: Any, kind: str) -> bytes:
    """Solutions or a truth value as "json", "xml" or "tsv".

    Raises:
        QueryFailedError: ``kind`` is for graphs.
    """
    import pyoxigraph as ox

    tables = {
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
        "tsv": ox.QueryResultsFormat.TSV,
    }
    if kind not in tables:
        raise QueryFailedError(
            f"{kind} holds graphs, and this query gives a table; use CONSTRUCT or another format",
            f"{kind} 用于图，而该查询返回表格；请改用 CONSTRUCT 或别的格式",
        )
    return found.serialize(format=tables[kind]) or b""


def graph_bytes(found: Iterable[Any], kind: str) -> bytes:
    """Triples as "ttl", "nt", or as SPARQL JSON with the columns subject, predicate, object.

    Raises:
        QueryFailedError: ``kind`` is for tables.
    """
    import pyoxigraph as ox

    from plangraph.ontology import prefixes

    triples = sorted(found, key=str)
    if kind == "ttl":
        return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes()) or b""
    if kind == "nt":
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    if kind != "json":
        raise QueryFailedError(
            f"CONSTRUCT and DESCRIBE give a graph, which {kind} cannot hold; use ttl, table, csv, json or parquet",
            f"CONSTRUCT 和 DESCRIBE 返回图，{kind} 不能容纳；请用 ttl、table、csv、json 或 parquet",
        )
    rows = [{name: _json(term) for name, term in zip(TRIPLE, triple, strict=True)} for triple in triples]
    answer = {"head": {"vars": list(TRIPLE)}, "results": {"bindings": rows}}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


def _json(term: Any) -> dict[str, str]:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if not isinstance(term, ox.Literal):
        return {"type": "bnode" if isinstance(term, ox.BlankNode) else "literal", "value": str(term)}
    more = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
    return {"type": "literal", "value": term.value, **more}


def main() -> int:
    """Answer the request on stdin."""
    try:
        request = json.loads(sys.stdin.buffer.read())
        _limit(request["timeout"])
        result = answer(request)
    except PlangraphError as error:
        return _tell(error)
    except (OSError, ValueError, MemoryError, RuntimeError) as error:
        return _tell(failed(error))
    sys.stdout.buffer.write(result)
    return 0


def _limit(seconds: float | None) -> None:
    """Let the system end this process too: the caller may be gone before it can."""
    if seconds is not None and sys.platform != "win32":
        import resource

        limit = math.ceil(seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))


def _tell(error: PlangraphError) -> int:
    told: dict[str, Any] = {"kind": type(error).__name__, "en": error.en, "zh": error.zh}
    if isinstance(error, QuerySyntaxError):
        told |= {"line": error.line, "column": error.column}
    sys.stderr.write(json.dumps(told))
    return 1


if __name__ == "__main__":
    sys.exit(main())
