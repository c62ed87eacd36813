"""SPARQL on one store: what is refused, how a query is run, and what comes back.

A query can only read the build it was asked of. ``SERVICE`` would call out to an address in the query, an
update would change the store, and ``FROM`` a graph that is not in the build would be fetched from the network
by some engines: each is refused before anything runs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import QueryFailedError, QueryRefusedError, QuerySyntaxError, QueryTimeoutError
from plangraph.vocab import PREFIXES, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

# Strings, IRIs and comments first, so that what stands in them is not taken for a keyword. A name with a colon
# (prefix or local part), a variable and a language tag are no keywords either.
_TOKEN = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |\#[^\n]*
    |[?$@][\w-]+
    |[\w.%\\-]*:[\w.%\\:-]*
    |(?P<word>\w+)""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"])
_READS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def guard(sparql: str, graphs: frozenset[str]) -> None:
    """Refuse a query that would leave the build or change it.

    Args:
        sparql: Query text.
        graphs: IRIs of the named graphs that ``FROM`` and ``FROM NAMED`` may name.

    Raises:
        QueryRefusedError: SERVICE, an update, or FROM outside the build.
    """
    # SPARQL resolves \uXXXX before it reads tokens (SPARQL 1.1, 19.2), so both readings are looked at.
    plain = _UNICODE.sub(lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)), sparql)
    for text in {sparql, plain}:
        _guard_tokens(text, graphs)


def _guard_tokens(text: str, graphs: frozenset[str]) -> None:
    form, after_from = "", False
    for token in _TOKEN.finditer(text):
        word = (token["word"] or "").upper()
        if word == "SERVICE":
            raise QueryRefusedError(
                "SERVICE is refused: a query may only read this build, never call another address. "
                "Remove the SERVICE clause",
                "拒绝 SERVICE：查询只能读取本图谱，不得访问其他地址。请删去 SERVICE 子句",
            )
        if not form and word in _UPDATES:
            raise QueryRefusedError(
                f"{word} is refused: a build is read-only. Change the tables and run plangraph build",
                f"拒绝 {word}：图谱为只读。请修改表格后运行 plangraph build",
            )
        if not form and word in _READS:
            form = word
        if after_from and token["iri"]:
            name = token["iri"][1:-1]
            if name not in graphs:
                raise QueryRefusedError(
                    f"FROM <{name}> is refused: no such graph in this build, and nothing is fetched. "
                    f"Its graphs: {', '.join(sorted(graphs)) or 'none'}",
                    f"拒绝 FROM <{name}>：图谱中没有这个图，也不会从网络读取。可用的图：{'、'.join(sorted(graphs)) or '无'}",
                )
        elif after_from and ":" in token[0] and token[0][0] not in "?$@#\"'":
            _guard_prefixed(token[0], text, graphs)
        if not token[0].startswith("#"):
            after_from = word == "FROM" or (after_from and word == "NAMED")


def _guard_prefixed(name: str, text: str, graphs: frozenset[str]) -> None:
    prefix, _, local = name.partition(":")
    declared = dict(re.findall(r"(?i)PREFIX\s+([\w.-]*):\s*<([^>]*)>", text))
    iri = {**PREFIXES, **declared}.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
    if iri not in graphs:
        raise QueryRefusedError(
            f"FROM {name} is refused: no such graph in this build, and nothing is fetched",
            f"拒绝 FROM {name}：图谱中没有这个图，也不会从网络读取",
        )


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

    guard(sparql, frozenset(g.value for g in store.named_graphs()))
    try:
        return store.query(
            sparql,
            prefixes=PREFIXES,
            substitutions={ox.Variable(k): v for k, v in (substitutions or {}).items()} or None,
        )
    except SyntaxError as error:
        raise syntax_error(sparql, str(error)) from None
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryFailedError(f"the query failed: {error}", f"查询失败：{error}") from None


def syntax_error(sparql: str, message: str) -> QuerySyntaxError:
    """A parser's message as an error that shows the line and points at the place."""
    from rich.cells import cell_len

    found = _PLACE.match(message)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    lines = sparql.splitlines() or [""]
    source = lines[min(line, len(lines)) - 1]
    # The parser counts columns in UTF-8 bytes.
    before = source.encode("utf-8")[: column - 1].decode("utf-8", "ignore")
    column = len(before) + 1
    expected = (found[3] if found else message).split(", ['")[0].strip()
    caret = " " * cell_len(before) + "^"
    hint_en, hint_zh = "", ""
    if "prefix" in expected.lower():
        hint_en = f"; known without PREFIX: {', '.join(PREFIXES)}"
        hint_zh = f"；无需声明的前缀：{'、'.join(PREFIXES)}"
    return QuerySyntaxError(
        f"SPARQL syntax error at line {line}, column {column}: {expected}{hint_en}\n{source}\n{caret}",
        f"SPARQL 语法错误：第 {line} 行第 {column} 列：{expected}{hint_zh}\n{source}\n{caret}",
        line,
        column,
    )


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
    """An engine's answer as Python values."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryBoolean):
        return Result(("result",), ((bool(answer),),))
    if isinstance(answer, ox.QueryTriples):
        return Result(
            ("subject", "predicate", "object"),
            tuple((_value(t.subject), _value(t.predicate), _value(t.object)) for t in answer),
        )
    names = tuple(v.value for v in answer.variables)
    return Result(names, tuple(tuple(_value(v) for v in solution) for solution in answer))


def _value(term: Any) -> Any:
    if term is None:
        return None
    datatype = getattr(term, "datatype", None)
    return _python(term.value, datatype.value if datatype else "") if hasattr(term, "value") else str(term)


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
    rows = tuple(
        tuple(_python(b[n]["value"], b[n].get("datatype", "")) if (b := binding) and n in b else None for n in names)
        for binding in answer["results"]["bindings"]
    )
    return Result(names, rows)


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
    request = json.dumps(
        {"store": str(store), "sparql": sparql, "output": output, "substitutions": substitutions or {}}
    ).encode("utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "plangraph.query_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        answer, trouble = process.communicate(request, timeout)
    except subprocess.TimeoutExpired:
        raise QueryTimeoutError(
            f"the query was stopped after {timeout:g} s; nothing was returned. "
            "Make it narrower, add LIMIT, or allow more with --timeout",
            f"查询在 {timeout:g} 秒后被停止，没有返回结果。请缩小范围、加 LIMIT，或用 --timeout 放宽时限",
        ) from None
    finally:
        process.kill()
        process.wait()
    if process.returncode == 0:
        return answer
    _raise_from_process(trouble, process.returncode)
    raise AssertionError("unreachable")


def _raise_from_process(trouble: bytes, code: int) -> None:
    try:
        told = json.loads(trouble)
    except ValueError:
        last = trouble.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {code}"]
        raise QueryFailedError(f"the query process ended: {last[0]}", f"查询进程终止：{last[0]}") from None
    kinds = {c.__name__: c for c in (QueryRefusedError, QueryFailedError)}
    if told["kind"] == "QuerySyntaxError":
        raise QuerySyntaxError(told["en"], told["zh"], told["line"], told["column"])
    raise kinds.get(told["kind"], QueryFailedError)(told["en"], told["zh"])
