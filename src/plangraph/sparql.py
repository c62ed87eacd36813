"""The text of a query before it runs: what is refused, and where it is wrong.

A query can only read the build it was asked of. ``SERVICE`` would call out to an address in the query, an
update would change the store, and ``FROM`` a graph that is not in the build would be fetched from the network
by some engines: each is refused before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from plangraph.errors import QueryRefusedError, QuerySyntaxError
from plangraph.ontology import prefixes

_TOKEN = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<blank>\#[^\n\r]*|\s+)
    |[?$@][\w-]+
    |(?P<name>[\w.%\\-]*:[\w.%\\:-]*)
    |(?P<word>\w+)
    |.""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"])
_GUARDED = (*sorted(_UPDATES), "FROM")
_READS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_FROM = re.compile("FROM", re.IGNORECASE)
_PREFIX = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
#: "service" with any of its letters written plainly or as \uXXXX.
_SERVICE = re.compile(
    "".join(rf"({c}|\\u00{ord(c):x}|\\u00{ord(c.upper()):x}|\\U000000{ord(c):x}|\\U000000{ord(c.upper()):x})"
            for c in "service"),
    re.IGNORECASE,
)  # fmt: skip
_PLACE = re.compile(r"error at (\d+):(\d+): ")
_EXPECTED = re.compile(r"error at \d+:\d+: expected (one of )?")
#: The parser's place of an error is off by the length of a keyword that it tried there; none is as long as this.
_KEYWORD = 20
#: Ends a text so that it is no query whatever stands before it, hence never run: outside a string NUL is nothing.
_NO_QUERY = " " * _KEYWORD + "\n\0"
#: Characters of a line that are shown on each side of an error.
_SHOWN = 60


def guard(sparql: str, graphs: Callable[[], frozenset[str]]) -> None:
    """Refuse a query that would leave the build or change it.

    Args:
        sparql: Query text.
        graphs: Gives the IRIs of the named graphs that ``FROM`` and ``FROM NAMED`` may name; asked only where one is.

    Raises:
        QueryRefusedError: SERVICE, an update, or FROM outside the build.
        QuerySyntaxError: It holds the word service and does not parse.
    """
    # Looking for plain words first takes a twentieth of the time; they may hide behind escapes.
    text = sparql.upper()
    escaped = "\\U" in text
    if escaped or any(word in text for word in _GUARDED):
        _refuse_updates_and_strange_graphs(sparql, graphs)
    if escaped or "SERVICE" in text:
        _refuse_service(sparql)


def _refuse_service(sparql: str) -> None:
    """Refuse SERVICE where it is a keyword; in a string, a comment or a name it is a word like others.

    Which it is the engine's own parser says, since a second reader of SPARQL could be led astray: with the word
    spelt in another way the query parses still if it was no keyword, and cannot parse if it was one.
    """
    if not _SERVICE.search(sparql):
        return

    def other(found: re.Match[str]) -> str:
        letter = found[1]
        return ("z" if len(letter) == 1 else letter[:-2] + "7a") + found[0][len(letter) :]

    spelt = _SERVICE.sub(other, sparql)
    known = {_SERVICE.sub(other, name): iri for name, iri in prefixes().items()}
    if _parse_error(spelt, known) is None:
        return
    escaped = any("\\" in found[0] for found in _SERVICE.finditer(sparql))
    if escaped or _place(spelt, known) != _place(sparql, prefixes()):
        raise QueryRefusedError(
            "SERVICE is refused: a query may only read this build, never call another address. "
            "Remove the SERVICE clause",
            "拒绝 SERVICE：查询只能读取本图谱，不得访问其他地址。请删去 SERVICE 子句",
        )
    raise syntax_error(sparql)


def _parse_error(text: str, known: dict[str, str]) -> str | None:
    """What the engine's parser says against ``text``, None if nothing. A query is also run, on nothing."""
    import pyoxigraph as ox

    try:
        ox.Store().query(text, prefixes=known)
    except SyntaxError as error:
        return str(error)
    except (OSError, ValueError, RuntimeError):
        return None
    return None


def _place(text: str, known: dict[str, str]) -> tuple[int, int]:
    """Line and column up to which the parser understood ``text``."""
    found = _PLACE.match(_parse_error(text + _NO_QUERY, known) or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _refuse_updates_and_strange_graphs(sparql: str, graphs: Callable[[], frozenset[str]]) -> None:
    form, after_from = "", False
    last = max((found.start() for found in _FROM.finditer(sparql)), default=0)
    for token in _TOKEN.finditer(sparql):
        if token["blank"]:
            continue
        if form and not after_from and token.start() > last:
            return
        word = (token["word"] or "").upper()
        if not form and word in _UPDATES:
            raise QueryRefusedError(
                f"{word} is refused: a build is read-only. Change the tables and run plangraph build",
                f"拒绝 {word}：图谱为只读。请修改表格后运行 plangraph build",
            )
        if word in _READS:
            form = form or word
        if after_from and (token["iri"] or token["name"]):
            _refuse_strange_graph(token, sparql, graphs())
        after_from = word == "FROM" or (after_from and word == "NAMED")


def _refuse_strange_graph(token: re.Match[str], sparql: str, graphs: frozenset[str]) -> None:
    if token["iri"]:
        name = token[0][1:-1]
    else:
        prefix, _, local = token[0].partition(":")
        name = {**prefixes(), **dict(_PREFIX.findall(sparql))}.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
    if name not in graphs:
        raise QueryRefusedError(
            f"FROM {token[0]} is refused: no such graph in this build, and nothing is fetched. "
            f"Its graphs: {', '.join(sorted(graphs)) or 'none'}",
            f"拒绝 FROM {token[0]}：图谱中没有这个图，也不会从网络读取。可用的图：{'、'.join(sorted(graphs)) or '无'}",
        )


def put_values(sparql: str, values: Mapping[str, str]) -> str:
    """``sparql`` with values in place of variables, for an engine that takes text only.

    In its patterns a variable becomes its value; where the query selects or groups by it, it stays and has that value.

    Args:
        sparql: Query text.
        values: N-Triples term by variable name.
    """
    if not values:
        return sparql
    out: list[str] = []
    depth, last = 0, -1
    for token in _TOKEN.finditer(sparql):
        text = token[0]
        depth += {"{": 1, "}": -1}.get(text, 0)
        if text == "}" and depth == 0:
            last = len(out)
        inside = depth > 0 and text[0] in "?$"
        out.append(values.get(text[1:], text) if inside else text)
    if last >= 0:
        out[last] = "".join(f" BIND({term} AS ?{name})" for name, term in values.items()) + " }"
    return "".join(out)


def syntax_error(sparql: str, message: str = "") -> QuerySyntaxError:
    """Why a query does not parse, as an error that shows the line and points at the place.

    Args:
        sparql: Query text.
        message: What the parser said, if that is known already.
    """
    from rich.cells import cell_len

    message = message or _parse_error(sparql + _NO_QUERY, prefixes()) or ""
    offset, wrong = _first_wrong(sparql)
    line, column = _line_column(sparql, offset)
    source = sparql.split("\n")[line - 1].rstrip("\r")
    before = source[max(0, column - 1 - _SHOWN) : column - 1]
    # A tab stays a tab, so that the caret stands below its place whatever a tab's width is.
    caret = "".join("\t" if c == "\t" else " " * cell_len(c) for c in before) + "^"
    shown = f"{before}{source[column - 1 : column - 1 + _SHOWN]}\n{caret}"
    # The parser's lists of what could stand there are long and mostly beside the point; its sentences are not.
    said = [part for part in _EXPECTED.sub("", message).split(", ") if re.search("[a-z] [a-z]", part)]
    en, zh = f"did not expect {wrong}", f"此处不应有 {wrong}"
    if said:
        en, zh = "; ".join(said), "；".join(said)
    elif wrong in ("'", '"'):
        en, zh = "this quotation mark is not closed", "引号没有闭合"
    elif not wrong:
        en, zh = "the query ends too early", "查询不完整"
    if "prefix" in en.lower():
        en += f"; known without PREFIX: {', '.join(prefixes())}"
        zh += f"；无需声明的前缀：{'、'.join(prefixes())}"
    return QuerySyntaxError(
        f"SPARQL syntax error at line {line}, column {column}: {en}\n{shown}",
        f"SPARQL 语法错误：第 {line} 行第 {column} 列：{zh}\n{shown}",
        line,
        column,
    )


def _line_column(text: str, offset: int) -> tuple[int, int]:
    # Lines as the parser counts them: by LF alone.
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _first_wrong(sparql: str) -> tuple[int, str]:
    """Offset and text of the first token that the parser cannot go on after; the end and "" if one is missing."""
    line, column = _place(sparql, prefixes())
    lines = sparql.split("\n")
    reached = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
    for token in _TOKEN.finditer(sparql):
        unclosed = token[0] in ("'", '"')
        if token["blank"] or (token.end() < reached - _KEYWORD and not unclosed):
            continue
        if token.start() > reached:
            break
        if unclosed or _place(sparql[: token.end()], prefixes())[0] <= sparql.count("\n", 0, token.end()) + 1:
            return token.start(), token[0][:_SHOWN]
    return len(sparql.rstrip()), ""
