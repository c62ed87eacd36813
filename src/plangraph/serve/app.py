"""The application: which path is answered by what."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from plangraph.errors import PlangraphError
from plangraph.serve import api, pages, resource
from plangraph.serve.front import Access, Front
from plangraph.serve.problems import RequestError
from plangraph.serve.protocol import sparql
from plangraph.serve.respond import problem_response
from plangraph.serve.site import Sites

ROUTES = [
    Route("/", pages.home),
    Route("/sparql", sparql, methods=["GET", "POST"]),
    Route("/search", pages.search),
    Route("/entities", pages.entities),
    Route("/questions", pages.questions),
    Route("/questions/{name}", pages.question),
    Route("/graph", pages.graph),
    Route("/editor", pages.editor),
    Route("/downloads", pages.downloads),
    Route("/downloads/{form}", pages.download),
    Route("/api", pages.api),
    Route("/api/search", api.search),
    Route("/api/entities", api.entities),
    Route("/api/entities/{kind}/{slug}", api.entity),
    Route("/api/questions", api.questions),
    Route("/api/questions/{name}", api.question),
    Route("/api/vocabulary", api.vocabulary),
    Route("/api/openapi.json", api.openapi),
    Route("/health", api.health),
    Route("/login", pages.login, methods=["GET", "POST"]),
    Route("/static/{name}", pages.static),
    Route("/ontology", resource.short),
    Route("/id/{path:path}", resource.short),
    Route("/plan/{path:path}", resource.short),
    Route("/statement/{path:path}", resource.short),
    Route("/plangraph/{path:path}", resource.resource),
]
_WORDS = {
    404: ("there is nothing at this address", "这个地址没有内容"),
    405: ("this address does not take that method", "这个地址不接受该方法"),
}


def make_app(sites: Sites, access: Access, log: Callable[[str], None]) -> ASGIApp:
    """The whole application.

    Args:
        sites: The build that is served.
        access: Who may ask.
        log: Called with a line for each request.
    """

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, PlangraphError)
        return problem_response(request, error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        en, zh = _WORDS.get(error.status_code, (error.detail, error.detail))
        return problem_response(request, RequestError(error.status_code, en, zh, dict(error.headers or {})))

    async def unknown(request: Request, error: Exception) -> Response:
        words = ("something is wrong inside the server; its log says what", "服务器内部出错，详见其日志")
        return problem_response(request, RequestError(500, *words))

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        # Queries are many and quickly answered: what the framework does for each request would cost them a third more.
        if scope["path"] != "/sparql" or scope["method"] not in ("GET", "POST"):
            await framework(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await sparql(request)
        except PlangraphError as error:
            response = await known(request, error)
        except Exception as error:
            await (await unknown(request, error))(scope, receive, send)
            raise
        await response(scope, receive, send)

    handlers = {PlangraphError: known, HTTPException: http, Exception: unknown}
    framework = Starlette(routes=ROUTES, exception_handlers=handlers)
    framework.router.redirect_slashes = False
    return Front(inner, sites, access, log)
