"""SPARQL on one store: how a query is run, and what comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import (
    BuildError,
    PlangraphError,
    QueryFailedError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)
from plangraph.ontology import prefixes
from plangraph.sparql import guard, syntax_error
from plangraph.vocab import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

#: Columns of an answer to CONSTRUCT or DESCRIBE.
TRIPLE = ("subject", "predicate", "object")


def open_store(path: Path) -> ox.Store:
    """The on-disk store in folder ``path`` of a build, read-only.

    Raises:
        BuildError: It is damaged.
    """
    import pyoxigraph as ox

    try:
        return ox.Store.read_only(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        build = path.parents[2]
        raise BuildError(
            f"{build}: the build is damaged ({' '.join(str(error).split())}); run plangraph build -o {build} again",
            f"{build}：构建已损坏（{' '.join(str(error).split())}）；请重新运行 plangraph build -o {build}",
        ) from None


def terms(values: dict[str, str]) -> dict[str, ox.NamedNode | ox.Literal]:
    """Terms of the engine from N-Triples terms, by variable name."""
    import pyoxigraph as ox

    lines = {name: f"<x:s> <x:p> {term} ." for name, term in values.items()}
    found = {name: next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object for name, line in lines.items()}
    return found


def evaluate(
    store: ox.Store, sparql: str, substitutions: dict[str, ox.NamedNode | ox.Literal] | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Run a query on ``store`` after `guard`, with the project's prefixes known.

    Raises:
        QueryRefusedError: See `guard`.
        QuerySyntaxError: The query does not parse; the message shows the line with a caret.
        QueryFailedError: The engine gave up.
    """
    import pyoxigraph as ox

    guard(sparql, lambda: frozenset(g.value for g in store.named_graphs()))
    try:
        return store.query(
            sparql,
            prefixes=prefixes(),
            substitutions={ox.Variable(k): v for k, v in (substitutions or {}).items()} or None,
        )
    except SyntaxError as error:
        raise syntax_error(sparql, str(error)) from None
    except (OSError, ValueError, RuntimeError) as error:
        raise failed(error) from None


def failed(error: Exception) -> QueryFailedError:
    """What the engine said as it gave up, as an error of ours."""
    return QueryFailedError(f"the query failed: {error}", f"查询失败：{error}")


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave: a table of Python values, or for ASK one truth value.

    Args:
        columns: Variable names; ``("subject", "predicate", "object")`` for CONSTRUCT and DESCRIBE, ``("result",)``
            for ASK.
        rows: One tuple a row; IRIs and texts are ``str``, numbers and truth values Python's own, unbound None.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        """The answer of ASK; otherwise whether there are rows."""
        return bool(self.rows) and (self.columns != ("result",) or bool(self.rows[0][0]))

    def to_dataframe(self) -> Any:
        """The rows as a pandas DataFrame (needs pandas: ``pip install plangraph[notebooks]``)."""
        import pandas

        return pandas.DataFrame(list(self.rows), columns=list(self.columns))

    def _repr_html_(self) -> str:
        import html

        def cells(tag: str, row: Sequence[Any]) -> str:
            return "".join(f"<{tag}>{html.escape('' if v is None else str(v))}</{tag}>" for v in row)

        body = "".join(f"<tr>{cells('td', r)}</tr>" for r in self.rows[:200])
        more = f"<p>… {len(self.rows)}</p>" if len(self.rows) > 200 else ""
        return f"<table><thead><tr>{cells('th', self.columns)}</tr></thead><tbody>{body}</tbody></table>{more}"


def to_result(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Result:
    """An engine's answer as Python values; triples come sorted.

    Raises:
        QueryFailedError: The engine gave up on the way.
    """
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryBoolean):
        return Result(("result",), ((bool(answer),),))
    try:
        if isinstance(answer, ox.QueryTriples):
            triples = sorted(answer, key=str)
            rows = tuple((_value(t.subject), _value(t.predicate), _value(t.object)) for t in triples)
            return Result(TRIPLE, rows)
        names = tuple(v.value for v in answer.variables)
        return Result(names, tuple(tuple(_value(v) for v in solution) for solution in answer))
    except (OSError, ValueError, RuntimeError) as error:
        raise failed(error) from None


def _value(term: Any) -> Any:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        return _python(term.value, term.datatype.value)
    return term if term is None else getattr(term, "value", str(term))


def _python(text: str, datatype: str) -> Any:
    if datatype.startswith(XSD):
        kind = datatype[len(XSD) :]
        try:
            if kind in ("integer", "int", "long", "nonNegativeInteger"):
                return int(text)
            if kind in ("decimal", "double", "float"):
                return float(text)
            if kind == "boolean":
                return text in ("true", "1")
        except ValueError:
            return text
    return text


def result_from_json(data: bytes) -> Result:
    """A `Result` from SPARQL 1.1 Query Results JSON."""
    answer = json.loads(data)
    if "boolean" in answer:
        return Result(("result",), ((answer["boolean"],),))
    names = tuple(answer["head"]["vars"])
    rows = tuple(tuple(_from_json(binding.get(n)) for n in names) for binding in answer["results"]["bindings"])
    return Result(names, rows)


def _from_json(term: dict[str, Any] | None) -> Any:
    if term is None:
        return None
    value = term["value"]  # of a triple as a term, an object
    return _python(value, term.get("datatype", "")) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def run_isolated(
    store: Path,
    sparql: str,
    output: str,
    timeout: float | None,
    substitutions: dict[str, str] | None = None,
) -> bytes:
    """Run a query in a process of its own, which is killed when its time is over or the caller is interrupted.

    A query on a thread cannot be stopped; a process can.

    Args:
        store: Folder of an on-disk store.
        sparql: Query text.
        output: "json", "xml", "csv", "tsv" for tables; "ttl" or "nt" for graphs.
        timeout: Seconds, or None for no limit.
        substitutions: Variable name to N-Triples term.

    Raises:
        QueryTimeoutError: The time was over; nothing of the answer is given.
        PlangraphError: As `evaluate`.
    """
    request = {
        "store": str(store),
        "sparql": sparql,
        "output": output,
        "timeout": timeout,
        "substitutions": substitutions or {},
    }
    process = subprocess.Popen(
        # -P: a file of the folder in which the user stands is never taken for a module.
        [sys.executable, "-P", "-m", "plangraph.query_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        answer, trouble = process.communicate(json.dumps(request).encode(), timeout)
    except subprocess.TimeoutExpired:
        raise QueryTimeoutError(
            f"the query was stopped after {timeout:g} s; nothing was returned. "
            "Make it narrower, add LIMIT, or allow more with --timeout",
            f"查询在 {timeout:g} 秒后被停止，没有返回结果。请缩小范围、加 LIMIT，或用 --timeout 放宽时限",
        ) from None
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise _from_process(trouble, process.returncode)
    return answer


def _from_process(trouble: bytes, code: int) -> PlangraphError:
    try:
        told = json.loads(trouble)
    except ValueError:
        return QueryFailedError(
            f"the query process ended (code {code}): the query is too deeply nested or needs too much memory",
            f"查询进程终止（代码 {code}）：查询嵌套过深，或需要过多内存",
        )
    if told["kind"] == "QuerySyntaxError":
        return QuerySyntaxError(told["en"], told["zh"], told["line"], told["column"])
    kinds = {c.__name__: c for c in (BuildError, QueryRefusedError, QueryFailedError)}
    return kinds[told["kind"]](told["en"], told["zh"])
