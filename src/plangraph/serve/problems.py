"""What can go wrong with a request, as errors that know their HTTP status."""

from __future__ import annotations

from plangraph.errors import (
    BuildError,
    InputError,
    NotFoundError,
    PlangraphError,
    QueryFailedError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)


class RequestError(PlangraphError):
    """A request that is not as HTTP or the SPARQL protocol has it.

    Args:
        status: HTTP status.
        en: What is wrong and how to mend it, in English.
        zh: The same in Chinese.
        headers: Headers that belong to the answer.
    """

    def __init__(self, status: int, en: str, zh: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(en, zh)
        self.status = status
        self.headers = headers or {}


class BusyError(PlangraphError):
    """Too much is going on; the same request may be granted later."""


class OverLimitError(PlangraphError):
    """An answer that is larger than the server gives; nothing of it is given."""


class NotAcceptableError(PlangraphError):
    """An answer that none of the formats asked for can hold."""


#: Errors that a worker tells of, by name.
TOLD: dict[str, type[PlangraphError]] = {
    kind.__name__: kind
    for kind in (
        BuildError,
        BusyError,
        InputError,
        NotAcceptableError,
        NotFoundError,
        OverLimitError,
        QueryFailedError,
        QueryRefusedError,
        QueryTimeoutError,
    )
}
_STATUS: dict[type[PlangraphError], int] = {
    QuerySyntaxError: 400,
    InputError: 400,
    QueryRefusedError: 403,
    NotFoundError: 404,
    NotAcceptableError: 406,
    OverLimitError: 422,
    QueryFailedError: 500,
    BusyError: 503,
    QueryTimeoutError: 504,
}


def status_of(error: PlangraphError) -> int:
    """The HTTP status that tells of ``error``."""
    if isinstance(error, RequestError):
        return error.status
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def headers_of(error: PlangraphError) -> dict[str, str]:
    """Headers that go with ``error``."""
    if isinstance(error, RequestError):
        return error.headers
    return {"Retry-After": "5"} if isinstance(error, BusyError) else {}


def problem(error: PlangraphError, lang: str) -> dict[str, object]:
    """``error`` as the members of a problem document (RFC 9457), with the place where a query is wrong."""
    told: dict[str, object] = {
        "title": type(error).__name__.removesuffix("Error"),
        "status": status_of(error),
        "detail": error.words(lang),
    }
    if isinstance(error, QuerySyntaxError):
        told |= {"line": error.line, "column": error.column}
    return told
