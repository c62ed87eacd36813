"""Responses: sent in pieces that a slow reader cannot make pile up, and problems in words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from plangraph.errors import PlangraphError
from plangraph.serve.formats import HTML, choose
from plangraph.serve.limits import Limits
from plangraph.serve.problems import headers_of, problem, status_of
from plangraph.serve.site import Room, Site

PIECE = 64 * 1024
#: In the scope of a request: cuts its connection.
ABORT = "plangraph.abort"
#: In the scope of a request: writes a small answer in one piece, if it can; says whether it did.
AT_ONCE = "plangraph.at_once"
#: In the scope of a request: whether all of its body is there.
COMPLETE = "plangraph.complete"
#: In the scope of a request: whether its reader has fallen behind.
PAUSED = "plangraph.paused"
PROBLEM = "application/problem+json"


class Whole(Response):
    """A response whose body is all there; who takes it too slowly is cut off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        room: Room = scope["state"]["room"]
        limits: Limits = scope["state"]["limits"]
        body = bytes(self.body)
        if len(body) <= PIECE and not scope.get(PAUSED, lambda: True)():  # it fits into the buffer of the connection
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            with room.hold(len(body)):
                async with asyncio.timeout(limits.send + len(body) / limits.slowest):
                    for start in range(0, len(body), PIECE):
                        await send(
                            {
                                "type": "http.response.body",
                                "body": body[start : start + PIECE],
                                "more_body": start + PIECE < len(body),
                            }
                        )
                    if not body:
                        await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            scope.get(ABORT, lambda: None)()


def site_of(request: Request) -> Site:
    """The site that serves ``request``."""
    site: Site = request.scope["state"]["site"]
    return site


def lang_of(request: Request) -> str:
    """The language of the answer."""
    return str(request.scope["state"]["lang"])


def client_of(request: Request) -> str:
    """Who asks."""
    return str(request.scope["state"]["client"])


def json_response(content: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """``content`` as JSON."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Whole(data, status, media_type=media_type)


def wants_html(request: Request) -> bool:
    """Whether who asks likes a page better than data."""
    best = choose(request.headers.get("accept", ""), ("application/json", PROBLEM, HTML))
    return best == HTML


def problem_response(request: Request, error: PlangraphError) -> Response:
    """``error`` in words: a page for a browser, a problem document for a program."""
    from plangraph.serve.render import page

    told = problem(error, lang_of(request))
    if wants_html(request):
        response = page(request, "problem.html", status_of(error), problem=told)
    else:
        response = json_response(told, status_of(error), PROBLEM)
    response.headers.update(headers_of(error))
    return response
