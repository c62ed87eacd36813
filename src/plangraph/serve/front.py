"""What every request passes: who may ask, in which language, and what is written down of it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import hmac
import ipaddress
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plangraph.errors import InputError
from plangraph.serve.respond import AT_ONCE
from plangraph.serve.site import Sites

LANG_COOKIE = "plangraph_lang"
TOKEN_COOKIE = "plangraph_token"
#: Paths that are given without a token: they tell nothing of the build.
_OPEN = ("/health", "/login")
_OPEN_FOLDER = "/static/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Seconds after which a line of the log is written at the latest.
_LOG_EVERY = 0.1
_LANG = re.compile(rb"(?:^|&)lang=(zh|en)(?:&|$)")
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(), camera=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Args:
        host: Address that the server listens on.
        port: Port that it listens on.
        public: Address that readers use, if a proxy stands before the server.
        token: Word that must be known, or "".
        lang: Language of a reader who has chosen none.
    """

    host: str
    port: int
    public: str = ""
    token: str = ""
    lang: str = "zh"
    _public_host: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if self.public:
            scheme, _, name = self.public.rstrip("/").partition("://")
            if scheme not in ("http", "https") or not _name(name):
                raise InputError(
                    f"--public {self.public}: expected http(s)://NAME[:PORT] without a path",
                    f"--public {self.public}：应为 http(s)://主机名[:端口]，不带路径",
                )
            object.__setattr__(self, "_public_host", name.lower())
        if self.token and (len(self.token) < 16 or not self.token.isascii() or not self.token.isprintable()):
            raise InputError(
                "the token must have at least 16 ASCII characters: python -c 'import secrets; print(secrets.token_urlsafe())'",
                "口令须至少 16 个 ASCII 字符：python -c 'import secrets; print(secrets.token_urlsafe())'",
            )

    @property
    def loopback(self) -> bool:
        """Whether the server listens to its own machine only."""
        return self.host == "localhost" or _address(self.host, loopback=True)

    def knows_host(self, host: str) -> bool:
        """Whether a ``Host`` header names this server; a name that somebody else's DNS leads here does not."""
        if self._public_host and host.lower() == self._public_host:
            return True
        name = _name(host)
        return name == "localhost" or _address(name, loopback=self.loopback)

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may ask the server called ``host``."""
        scheme, _, name = origin.partition("://")
        return scheme in ("http", "https") and bool(_name(name)) and name.lower() == host.lower()

    def base(self, host: str) -> str:
        """The address of the server as the reader knows it."""
        return self.public.rstrip("/") if host.lower() == self._public_host and self.public else f"http://{host}"

    def cookie(self) -> str:
        """What the browser of a reader who gave the token shows from then on."""
        return hmac.new(self.token.encode(), b"plangraph cookie", hashlib.sha256).hexdigest()

    def lets_in(self, authorization: str, cookie: str) -> bool:
        """Whether the token was shown."""
        if not self.token:
            return True
        kind, _, word = authorization.partition(" ")
        bearer = kind.lower() == "bearer" and _same(word.strip(), self.token)
        return bearer or _same(cookie, self.cookie())


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


@functools.lru_cache(64)
def _name(host: str) -> str:
    """The name or address in ``NAME[:PORT]``, "" if it is anything else."""
    if not host.isascii() or not host.isprintable() or set(host) & set("/\\?#@ "):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "") if parts.port is None or parts.port >= 0 else ""
    except ValueError:
        return ""


@functools.lru_cache(64)
def _address(name: str, loopback: bool) -> bool:
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return False
    return found.is_loopback or not loopback


class Front:
    """The application around the application.

    Args:
        app: What answers in the end.
        sites: The build that is served.
        access: Who may ask.
        log: Called with a line for each request.
    """

    def __init__(self, app: ASGIApp, sites: Sites, access: Access, log: Callable[[str], None]) -> None:
        self.app, self.sites, self.access, self.log = app, sites, access, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge a request, have it answered, and write it down."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        seen = {"status": 500, "size": 0, "begun": 0}
        headers = _headers(scope)
        cookies = _cookies(headers.get("cookie", ""))
        asked = _asked_lang(scope["query_string"])

        start: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                seen["status"], seen["begun"] = message["status"], 1
                start = {**message, "headers": _secured(message["headers"], scope["state"])}
                return
            seen["size"] += len(message.get("body", b""))
            if start is not None:  # it waits for the body: a small answer goes out in one piece
                first, start = start, None
                if scope.get(AT_ONCE, _not_at_once)(first, message):
                    return
                await send(first)
            await send(message)

        with self.sites.use() as site:
            scope["state"] = {
                "site": site,
                "sites": self.sites,
                "room": self.sites.room,
                "limits": self.sites.limits,
                "access": self.access,
                "lang": asked or self._usual_lang(cookies),
                "asked_lang": asked,
                "client": self._client(scope, headers),
                "base": self.access.base(headers.get("host", "")),
            }
            refused = self._refused(scope, headers, cookies)
            try:
                if refused:
                    await _refuse(scope, receive, watched, *refused)
                else:
                    await self.app(scope, receive, watched)
            except asyncio.CancelledError:  # the server stops and has waited long enough
                if not seen["begun"]:
                    await _refuse(scope, receive, watched, 503, "the server is stopping", "服务正在停止")
            except Exception as error:  # it was told by the application's own handler, if it had not begun to answer
                self.log(f"fault {type(error).__name__}: {_printable(str(error))}")
                if not seen["begun"]:
                    raise
            finally:
                took = (time.perf_counter() - began) * 1000
                client, path = scope["state"]["client"], _printable(scope["path"])
                method, status, size = scope["method"], seen["status"], seen["size"]
                # Without the query string: it may hold what nobody else should read.
                self.log(f"{client} {method} {path} {status} {size} {took:.1f}ms")

    def _refused(self, scope: Scope, headers: dict[str, str], cookies: dict[str, str]) -> tuple[int, str, str] | None:
        """Status and words, in both languages, of a request that goes no further."""
        host = headers.get("host", "")
        if not self.access.knows_host(host):
            return (
                421,
                "this server is not called so; a name of its own is given with --public",
                "本服务没有这个主机名；可用 --public 指定",
            )
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        strange = origin is not None and not self.access.knows_origin(origin, host)
        if strange or (site == "cross-site" and headers.get("sec-fetch-mode") != "navigate"):
            return 403, "pages of another site may not ask here", "不允许其他网站的页面访问"
        path = scope["path"]
        if (
            path not in _OPEN
            and not path.startswith(_OPEN_FOLDER)
            and not self.access.lets_in(headers.get("authorization", ""), cookies.get(TOKEN_COOKIE, ""))
        ):
            return 401, "this server asks for its token", "本服务需要口令"
        return None

    def _usual_lang(self, cookies: dict[str, str]) -> str:
        kept = cookies.get(LANG_COOKIE, "")
        return kept if kept in ("zh", "en") else self.access.lang

    def _client(self, scope: Scope, headers: dict[str, str]) -> str:
        peer = scope["client"][0] if scope.get("client") else "-"
        if self.access.public and _address(peer, loopback=True):
            # The proxy's own word stands last; what stands before it anybody may have written.
            told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
            if _address(told, loopback=False):
                return told
        return str(peer)


def _not_at_once(start: Message, message: Message) -> bool:
    return False


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        # A second Host is an attempt to be two things at once: none is believed.
        found[key] = "" if key == "host" and key in found else value.decode("latin-1")
    return found


def _asked_lang(query: bytes) -> str:
    """The language that the address itself asks for, or ""."""
    found = _LANG.search(query)
    return found[1].decode() if found else ""


def _cookies(header: str) -> dict[str, str]:
    if not header:
        return {}
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _secured(headers: Any, state: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    found = [(bytes(k), bytes(v)) for k, v in headers]
    names = {k.lower() for k, _ in found}
    found += [(k, v) for k, v in _HEADERS.items() if k not in names]
    if b"content-security-policy" not in names:
        found.append((b"content-security-policy", POLICY.encode()))
    if state["asked_lang"]:
        cookie = f"{LANG_COOKIE}={state['lang']}; Path=/; Max-Age=31536000; SameSite=Lax"
        found.append((b"set-cookie", cookie.encode()))
    return found


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, en: str, zh: str) -> None:
    from starlette.requests import Request

    from plangraph.serve.problems import RequestError
    from plangraph.serve.render import page
    from plangraph.serve.respond import problem_response, wants_html

    request = Request(scope, receive)
    if status == 401 and wants_html(request):
        response = page(request, "login.html", 401)
    else:
        response = problem_response(request, RequestError(status, en, zh))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    await response(scope, receive, send)


def _printable(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii").replace(" ", "\\x20")[:300]


class AccessLog:
    """Lines on standard error, written together a few times a second."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __call__(self, line: str) -> None:
        """Add ``line``; to be called where an event loop runs."""
        if not self._lines:
            asyncio.get_running_loop().call_later(_LOG_EVERY, self.flush)
        self._lines.append(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n")

    def flush(self) -> None:
        """Write what is there."""
        lines, self._lines = self._lines, []
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
            sys.stderr.write("".join(lines))
            sys.stderr.flush()
