"""A SPARQL 1.1 server that the user named, by the Query, Update and Graph Store protocols.

Only addresses below the one that was named are asked; redirects are not followed and no proxy is used. Name and
password come from ``PLANGRAPH_STORE_USER`` and ``PLANGRAPH_STORE_PASSWORD``, a token from ``PLANGRAPH_STORE_TOKEN``,
else both from the netrc file; they are sent when the server asks for them, and are in no message.
"""

from __future__ import annotations

import json
import netrc
import os
import ssl
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from plangraph.errors import InputError, QueryFailedError, QueryTimeoutError, ServerError

if TYPE_CHECKING:
    import httpx

#: Where servers keep query, update and graph store, below their address (Oxigraph, Fuseki, RDF4J, Virtuoso, one for all).
LAYOUTS = (
    ("query", "update", "store"),
    ("query", "update", "data"),
    ("sparql", "update", "data"),
    ("", "statements", "rdf-graphs/service"),
    ("sparql", "sparql-auth", "sparql-graph-crud-auth"),
    ("", "", ""),
)
JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples"
#: Seconds to make a connection; a server that is there takes far less.
CONNECT = 10.0


class SparqlServer:
    """A server, asked over one connection.

    Args:
        url: Address of the dataset: ``http://host:3030/dataset`` (Fuseki), ``http://host:7878`` (Oxigraph).
        timeout: Seconds that the server may be silent.

    Raises:
        InputError: No address, or one with a password in it; httpx is not installed.
    """

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        parts = _parts(url)
        if parts is None:
            raise InputError(
                "expected the address of a SPARQL server, such as http://localhost:3030/dataset, without a name and a "
                "password in it (PLANGRAPH_STORE_USER and PLANGRAPH_STORE_PASSWORD, or a netrc file, hold those)",
                "应为 SPARQL 服务器的地址，如 http://localhost:3030/dataset，其中不含用户名和密码"
                "（请用 PLANGRAPH_STORE_USER、PLANGRAPH_STORE_PASSWORD 或 netrc 文件）",
            )
        try:
            import httpx
        except ImportError:
            raise InputError(
                "a SPARQL server needs httpx: pip install 'plangraph[remote]'",
                "连接 SPARQL 服务器需要 httpx：pip install 'plangraph[remote]'",
            ) from None
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(CONNECT, timeout)),
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context() if parts.scheme == "https" else True,
            auth=_auth(str(parts.hostname)),
        )
        self._query: str | None = None
        self._update: str | None = None
        self._graphs: str | None = None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    # -- the protocols --------------------------------------------------------------------------------------

    def query(
        self, sparql: str, accept: str = JSON, timeout: float | None = None, dataset: Sequence[tuple[str, str]] = ()
    ) -> bytes:
        """The answer to a query, as the server wrote it.

        Args:
            sparql: Query text, sent as it is.
            accept: Media type of the answer.
            timeout: Seconds for the whole answer.
            dataset: ``default-graph-uri`` and ``named-graph-uri`` of the protocol, as pairs.

        Raises:
            QueryTimeoutError: The time was over.
            QueryFailedError: The server says that the query failed.
            ServerError: It cannot be reached, refuses, or answers with something else.
        """
        if self._query is None:
            self._query = self._find_query()
        return self._ask(self._query, sparql, accept, timeout, dataset)

    def rows(self, sparql: str, dataset: Sequence[tuple[str, str]] = ()) -> list[dict[str, str]]:
        """The values that a SELECT binds, one dict a row."""
        answer = json.loads(self.query(sparql, dataset=dataset))
        return [{k: v["value"] for k, v in row.items()} for row in answer["results"]["bindings"]]

    def holds(self, sparql: str) -> bool:
        """The answer to an ASK."""
        return bool(json.loads(self.query(sparql))["boolean"])

    def update(self, sparql: str) -> None:
        """Carry out an update: one request, which servers with transactions carry out whole or not at all.

        Raises:
            ServerError: It was refused or failed.
        """
        if self._update is None:
            self._update = self._find_update()
        self._good(self._send("POST", self._update, sparql.encode(), "application/sparql-update", "*/*"))

    def find_graph_store(self, graph: str) -> bool:
        """Whether the server has a Graph Store; ``graph`` is one that holds something."""
        if self._graphs is None:
            self.holds("ASK {}")
            for base in self._bases():
                for _, _, path in self._layouts():
                    answer = self._send("GET", _below(base, path), b"", "", TRIPLES, {"graph": graph})
                    kind = answer.headers.get("content-type", "")
                    if answer.status_code == 200 and kind.startswith((TRIPLES, "text/plain")) and graph in answer.text:
                        self._graphs = _below(base, path)
                        return True
        return self._graphs is not None

    def add(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a named graph: by the Graph Store protocol where there is one, else by an update."""
        if self._graphs is None:
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triples.decode()} }} }}")
        else:
            self._good(self._send("POST", self._graphs, triples, TRIPLES, "*/*", {"graph": graph}))

    # -- finding the addresses ------------------------------------------------------------------------------

    def _bases(self) -> list[str]:
        """The address, and the one above it if it is that of a query service."""
        head, _, tail = self.url.rpartition("/")
        return [head, self.url] if tail in ("query", "sparql") and "//" in head else [self.url]

    def _layouts(self) -> list[tuple[str, str, str]]:
        """The layouts whose query service is the one that was found, first of all."""
        return sorted(LAYOUTS, key=lambda paths: all(_below(b, paths[0]) != self._query for b in self._bases()))

    def _find_query(self) -> str:
        trouble: ServerError | None = None
        for url in dict.fromkeys(_below(b, paths[0]) for b in self._bases() for paths in LAYOUTS):
            try:
                answer = json.loads(self._ask(url, "ASK {}", JSON, None, ()))
                if isinstance(answer, dict) and answer.get("boolean") is True:
                    return url
            except ValueError:
                continue
            except QueryFailedError:
                continue
            except ServerError as error:
                if error.status in (0, 401, 403):
                    raise
                # What the address itself says is worth more than that something below it is not there.
                trouble = error if trouble is None or error.status not in (404, 405) else trouble
        raise trouble or self._error(
            "nothing there answers SPARQL; give the address of the dataset, such as http://localhost:3030/dataset",
            "该地址没有 SPARQL 服务；请给出数据集的地址，如 http://localhost:3030/dataset",
        )

    def _find_update(self) -> str:
        self.holds("ASK {}")
        refused: ServerError | None = None
        for url in dict.fromkeys(_below(b, paths[1]) for b in self._bases() for paths in self._layouts()):
            answer = self._send("POST", url, b"INSERT DATA {}", "application/sparql-update", "*/*")
            if answer.status_code in (200, 202, 204) and "html" not in answer.headers.get("content-type", ""):
                return url
            if answer.status_code in (401, 403):
                refused = refused or self._refusal(answer)
        raise refused or self._error(
            "it takes no updates; is the dataset read-only?", "该服务器不接受更新；数据集是否只读？"
        )

    # -- one request ----------------------------------------------------------------------------------------

    def _ask(
        self, url: str, sparql: str, accept: str, timeout: float | None, dataset: Sequence[tuple[str, str]]
    ) -> bytes:
        from urllib.parse import urlencode

        form = urlencode([("query", sparql), *dataset]).encode()
        answer = self._send("POST", url, form, "application/x-www-form-urlencoded", accept, limit=timeout)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status_code in (400, 500) and "html" not in kind:
            words = " ".join(answer.text.split())[:300]
            raise QueryFailedError(f"{self.url}: the query failed: {words}", f"{self.url}：查询失败：{words}")
        self._good(answer)
        if kind not in (accept, "application/json", "text/plain"):
            raise self._stranger(kind)
        return _standard(answer.content) if accept == JSON else answer.content

    def _send(
        self,
        method: str,
        url: str,
        body: bytes,
        kind: str,
        accept: str,
        params: dict[str, str] | None = None,
        limit: float | None = None,
    ) -> httpx.Response:
        import httpx

        headers = {"Accept": accept} | ({"Content-Type": kind} if kind else {})
        started = time.monotonic()
        seconds = limit or self.timeout
        try:
            with self._client.stream(
                method, url, content=body, headers=headers, params=params,
                timeout=httpx.Timeout(seconds, connect=min(CONNECT, seconds)),
            ) as answer:  # fmt: skip
                data = bytearray()
                for chunk in answer.iter_bytes():
                    data += chunk
                    # A server that sends a byte now and then never times out by itself.
                    if limit is not None and time.monotonic() - started > limit:
                        raise httpx.ReadTimeout("slow")
        except httpx.ConnectTimeout:
            raise self._error("no connection in time; is the server running?", "连接超时；服务器是否在运行？") from None
        except httpx.TimeoutException:
            if limit is not None:
                raise QueryTimeoutError(
                    f"the query was stopped after {limit:g} s; nothing was returned. "
                    "Make it narrower, add LIMIT, or allow more with --timeout",
                    f"查询在 {limit:g} 秒后被停止，没有返回结果。请缩小范围、加 LIMIT，或用 --timeout 放宽时限",
                ) from None
            raise self._error(
                f"no answer within {seconds:g} s; run again to go on", f"{seconds:g} 秒内没有应答；再次运行即可继续"
            ) from None
        except httpx.ConnectError:
            raise self._error(
                "no connection; is the server running, and is the address right?",
                "无法连接；服务器是否在运行，地址是否正确？",
            ) from None
        except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL, UnicodeError) as error:
            why = type(error).__name__
            raise self._error(
                f"the connection broke off ({why}); run again to go on", f"连接中断（{why}）；再次运行即可继续"
            ) from None
        headers_got = [
            (k, v) for k, v in answer.headers.items() if k.lower() not in ("content-encoding", "content-length")
        ]
        return httpx.Response(answer.status_code, headers=headers_got, content=bytes(data))

    def _good(self, answer: httpx.Response) -> None:
        """Refuse an answer that is no success."""
        if answer.status_code >= 300:
            raise self._refusal(answer)

    def _refusal(self, answer: httpx.Response) -> ServerError:
        code = answer.status_code
        words = {
            401: (
                "it asks for a name and a password (or they are wrong): set PLANGRAPH_STORE_USER and "
                "PLANGRAPH_STORE_PASSWORD, or write them into the netrc file",
                "服务器要求用户名和密码（或所给有误）：请设置 PLANGRAPH_STORE_USER 和 PLANGRAPH_STORE_PASSWORD，或写入 netrc 文件",
            ),
            403: ("it forbids this; has this user the right to write?", "服务器禁止此操作；该用户有写入权限吗？"),
            404: ("nothing there; is the name of the dataset right?", "该地址不存在；数据集的名称是否正确？"),
            413: (
                "it refuses requests of this size; use a smaller --chunk, or allow larger ones on the server",
                "服务器拒绝这么大的请求；请用更小的 --chunk，或在服务器上放宽限制",
            ),
            507: ("its disk is full", "服务器磁盘已满"),
        }
        if code in (301, 302, 303, 307, 308):
            words[code] = (
                "it sends on to another address, which is not followed; give that one",
                "它转向另一个地址，不予跟随；请直接给出那个地址",
            )
        en, zh = words.get(code, ("run again to go on", "再次运行即可继续"))
        kind = answer.headers.get("content-type", "")
        detail = "" if "html" in kind else " ".join(answer.text.split())[:200]
        more = f" ({detail})" if detail and code not in (401, 404) else ""
        return self._error(f"HTTP {code}: {en}{more}", f"HTTP {code}：{zh}{more}", code)

    def _stranger(self, kind: str) -> ServerError:
        what = "a web page" if "html" in kind else kind or "something without a type"
        return self._error(
            f"it answers with {what}, not with SPARQL results; give the address of the dataset, such as "
            "http://localhost:3030/dataset",
            f"它返回的是{'网页' if 'html' in kind else kind or '没有类型的内容'}，不是 SPARQL 结果；"
            "请给出数据集的地址，如 http://localhost:3030/dataset",
            200,
        )

    def _error(self, en: str, zh: str, status: int = 0) -> ServerError:
        return ServerError(f"{self.url}: {en}", f"{self.url}：{zh}", status)


def _parts(url: str) -> Any:
    """The parts of an address that can be asked, else None."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    if not good or parts.username is not None or parts.query or parts.fragment or not url.isprintable():
        return None
    return parts


def _below(base: str, path: str) -> str:
    if path:
        return f"{base}/{path}"
    return base if urlsplit(base).path else base + "/"


def _standard(data: bytes) -> bytes:
    """SPARQL JSON as the standard has it; Virtuoso writes truth values as tables, and an older word for literals."""
    if b"__ASK_RETVAL" in data[:200]:
        rows = json.loads(data)["results"]["bindings"]
        true = bool(rows) and rows[0]["__ASK_RETVAL"]["value"] not in ("0", "false")
        return json.dumps({"head": {}, "boolean": true}).encode()
    if b'"typed-literal"' not in data:
        return data
    answer = json.loads(data)
    for row in answer["results"]["bindings"]:
        for term in row.values():
            if term["type"] == "typed-literal":
                term["type"] = "literal"
    return json.dumps(answer, ensure_ascii=False).encode()


def _auth(host: str) -> httpx.Auth | None:
    """What to answer when the server asks who is there; None if nobody has told."""
    import httpx

    token = os.environ.get("PLANGRAPH_STORE_TOKEN")
    user, password = os.environ.get("PLANGRAPH_STORE_USER"), os.environ.get("PLANGRAPH_STORE_PASSWORD", "")
    if not token and user is None:
        user, password = _netrc(host)
    if not token and user is None:
        return None

    class WhenAsked(httpx.Auth):
        """Nothing goes out before the server has asked; a digest where it can take one."""

        def __init__(self) -> None:
            self.known: httpx.Auth | None = None

        def auth_flow(self, request: httpx.Request) -> Any:
            if self.known is None:
                answer = yield request
                if answer.status_code != 401:
                    return
                asked = answer.headers.get("www-authenticate", "").lower()
                if token:
                    self.known = _Bearer(token)
                elif "digest" in asked:
                    self.known = httpx.DigestAuth(user or "", password)
                else:
                    self.known = httpx.BasicAuth(user or "", password)
            yield from self.known.auth_flow(request)

    class _Bearer(httpx.Auth):
        def __init__(self, key: str) -> None:
            self.key = key

        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {self.key}"
            yield request

    return WhenAsked()


def _netrc(host: str) -> tuple[str | None, str]:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except FileNotFoundError:
        return None, ""
    except (OSError, netrc.NetrcParseError) as error:
        where = os.environ.get("NETRC") or "~/.netrc"
        line = f":{error.lineno}" if isinstance(error, netrc.NetrcParseError) and error.lineno else ""
        raise InputError(
            f"{where}{line}: this netrc file cannot be read; mend it, or name another with NETRC",
            f"{where}{line}：无法读取这个 netrc 文件；请改正，或用 NETRC 指定另一个",
        ) from None
    return (found[0], found[2] or "") if found else (None, "")
