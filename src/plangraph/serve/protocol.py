"""``/sparql``: the query half of the SPARQL 1.1 Protocol."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from plangraph.errors import QueryRefusedError
from plangraph.serve.description import description
from plangraph.serve.formats import GRAPHS, HTML, TABLES, choose, media_types
from plangraph.serve.problems import NotAcceptableError, RequestError
from plangraph.serve.respond import COMPLETE, Whole, client_of, site_of
from plangraph.serve.site import Site, is_fixed

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_TABLES, _GRAPHS = media_types(TABLES), media_types(GRAPHS)
_ALL = (*_TABLES, *_GRAPHS, HTML)


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation.

    Args:
        query: The query's text.
        default_graphs: IRIs of the graphs that make the default graph.
        named_graphs: IRIs of the named graphs.
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def dataset(self, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The dataset that the request names, None if it names none.

        Raises:
            QueryRefusedError: A graph that is not in the build.
        """
        for graph in (*self.default_graphs, *self.named_graphs):
            if graph not in known:
                listed = sorted(known)
                raise QueryRefusedError(
                    f"graph <{graph}> is refused: no such graph in this build, and nothing is fetched. "
                    f"Its graphs: {', '.join(listed)}",
                    f"拒绝图 <{graph}>：图谱中没有这个图，也不会从网络读取。可用的图：{'、'.join(listed)}",
                )
        return (self.default_graphs, self.named_graphs) if self.default_graphs or self.named_graphs else None


async def sparql(request: Request) -> Response:
    """Answer a query operation; a GET without parameters gets the service description."""
    if request.method == "POST":
        operation = await _posted(request)
    else:
        fields = parse_fields(request.url.query)
        if not fields:
            return await description(request)
        operation = _operation(fields)
    return await _answer(request, operation)


async def _answer(request: Request, operation: Operation) -> Response:
    site = site_of(request)
    accept = request.headers.get("accept", "")
    if request.method == "GET" and choose(accept, _ALL) == HTML:
        return RedirectResponse("/editor?" + urlencode({"query": operation.query, "run": "1"}), 303)
    table, graph = choose(accept, tuple(_TABLES)), choose(accept, tuple(_GRAPHS))
    if table is None and graph is None:
        raise NotAcceptableError(
            f"none of the formats asked for is there; ask for one of {', '.join([*_TABLES, *_GRAPHS])}",
            f"没有所要的格式；可用：{'、'.join([*_TABLES, *_GRAPHS])}",
        )
    dataset = operation.dataset(site.catalogue.graphs)
    headers = {"Vary": "Accept, Authorization, Cookie", "Cache-Control": "private, no-cache"}
    if is_fixed(operation.query):
        headers["ETag"] = _tag(site, operation, table, graph)
    answer = await site.query(
        operation.query,
        table and _TABLES[table],
        graph and _GRAPHS[graph],
        dataset=dataset,
        client=client_of(request),
        gone=lambda: _disconnected(request),
    )
    if request.method == "GET" and headers.get("ETag", "no tag") in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media_type = table if answer.form in TABLES else graph
    return Whole(answer.body, headers=headers, media_type=media_type)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _tag(site: Site, operation: Operation, table: str | None, graph: str | None) -> str:
    graphs = (*operation.default_graphs, "named", *operation.named_graphs)
    text = "\n".join((site.name, str(table), str(graph), *graphs, operation.query))
    return f'"{hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]}"'


async def _posted(request: Request) -> Operation:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == _UPDATE:
        raise _no_update()
    if kind not in (FORM, QUERY):
        raise RequestError(
            415,
            f"POST takes {FORM} (query=…) or {QUERY} (the query itself), not {kind or 'nothing'}",
            f"POST 只接受 {FORM}（query=…）或 {QUERY}（查询本身），而不是 {kind or '空'}",
            {"Accept-Post": f"{FORM}, {QUERY}"},
        )
    charset = parameters.partition("charset=")[2].split(";")[0].strip().strip('"').lower()
    if charset not in ("", "utf-8", "utf8"):
        raise RequestError(415, f"the charset must be UTF-8, not {charset}", f"字符集须为 UTF-8，而不是 {charset}")
    body = await read_body(request, site_of(request).limits.query, site_of(request).limits.body)
    in_url = parse_fields(request.url.query)
    if kind == FORM:
        return _operation(in_url + parse_fields(body.decode("latin-1")))
    if any(name == "query" for name, _ in in_url):
        raise RequestError(
            400, "the query is given twice: in the body and in the address", "查询给出了两次：正文与地址中各一次"
        )
    return _operation([*in_url, ("query", _decoded(body))])


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(400, "the query is not UTF-8", "查询不是 UTF-8 编码") from None


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """The body of ``request``.

    Raises:
        RequestError: It is longer than ``limit`` bytes, or not there within ``seconds``.
    """
    close = {"Connection": "close"}
    too_large = RequestError(413, f"the body may have {limit} bytes at most", f"正文不得超过 {limit} 字节", close)
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limit:
        raise too_large
    if request.scope.get(COMPLETE, lambda: False)():  # it came with the head
        body = await request.body()
        if len(body) > limit:
            raise too_large
        return body
    pieces, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > limit:
                    raise too_large
                pieces.append(piece)
    except TimeoutError:
        raise RequestError(408, "the body took too long to come", "正文未在时限内送达", close) from None
    except ClientDisconnect:
        raise RequestError(400, "the body ended too early", "正文不完整", close) from None
    return b"".join(pieces)


def parse_fields(text: str) -> list[tuple[str, str]]:
    """Names and values of a query string or form.

    Raises:
        RequestError: It is not one, or not UTF-8.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise RequestError(
            400,
            "the parameters are not percent-encoded UTF-8 (at most 100)",
            "参数不是百分号编码的 UTF-8（至多 100 个）",
        ) from None


def _operation(fields: list[tuple[str, str]]) -> Operation:
    def values(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in fields if key == name)

    queries = values("query")
    if values("update") or values("using-graph-uri") or values("using-named-graph-uri"):
        raise _no_update()
    if len(queries) != 1:
        raise RequestError(
            400,
            f"exactly one query is needed, not {len(queries)}",
            f"须给出且只给出一个 query，而不是 {len(queries)} 个",
        )
    return Operation(queries[0], values("default-graph-uri"), values("named-graph-uri"))


def _no_update() -> QueryRefusedError:
    return QueryRefusedError(
        "updates are refused: this endpoint is read-only. Change the tables and run plangraph build",
        "拒绝更新：本端点为只读。请修改表格后运行 plangraph build",
    )
