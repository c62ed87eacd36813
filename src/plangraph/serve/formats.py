"""Formats of answers, by short name, and which of them an ``Accept`` header asks for."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def _json_rows(body: bytes) -> int:
    return len(json.loads(body)["results"]["bindings"])


def _csv_rows(body: bytes) -> int:
    return sum(1 for _ in csv.reader(body.decode("utf-8").splitlines(keepends=True))) - 1


@dataclass(frozen=True, slots=True)
class Form:
    """One format.

    Args:
        name: Its short name, also the ending of a file.
        media_type: What it is called in HTTP.
        engine: What the engine calls it.
        also: Other media types under which it is asked for.
        at_most: A quick count of a table's rows that is never too low.
        exactly: Their number.
    """

    name: str
    media_type: str
    engine: str
    also: tuple[str, ...] = ()
    at_most: Callable[[bytes], int] = len
    exactly: Callable[[bytes], int] = len

    @property
    def content_type(self) -> str:
        """The value of the header ``Content-Type``."""
        text = self.media_type.startswith("text/")
        return self.media_type + ("; charset=utf-8" if text else "")


def _separators(mark: bytes, more: int) -> Callable[[bytes], int]:
    return lambda body: body.count(mark) + more


#: Formats of SELECT and ASK.
TABLES = {
    form.name: form
    for form in (
        Form("json", "application/sparql-results+json", "JSON", ("application/json",), _separators(b"},{", 1), _json_rows),
        Form("xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"), *[_separators(b"<result>", 0)] * 2),
        Form("csv", "text/csv", "CSV", (), _separators(b"\n", -1), _csv_rows),
        Form("tsv", "text/tab-separated-values", "TSV", (), *[_separators(b"\n", -1)] * 2),
    )
}  # fmt: skip
#: Formats of CONSTRUCT, DESCRIBE and of what stands behind an IRI.
GRAPHS = {
    form.name: form
    for form in (
        Form("ttl", "text/turtle", "TURTLE", ("application/turtle", "application/x-turtle")),
        Form("nt", "application/n-triples", "N_TRIPLES", ("text/plain",)),
        Form("jsonld", "application/ld+json", "JSON_LD", ("application/json",)),
        Form("rdf", "application/rdf+xml", "RDF_XML", ("application/xml", "text/xml")),
    )
}
HTML = "text/html"


def media_types(forms: Mapping[str, Form]) -> dict[str, str]:
    """Each media type under which one of ``forms`` may be asked for, with its short name; the proper ones first."""
    proper = {form.media_type: name for name, form in forms.items()}
    return proper | {t: name for name, form in forms.items() for t in form.also if t not in proper}


@functools.lru_cache(64)
def choose(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type of ``offered`` that an ``Accept`` header likes best; among equals the first offered.

    Args:
        accept: The header; empty means anything.
        offered: Media types, the best first.

    Returns:
        One of them, or None if the header takes none.

    >>> choose("text/*;q=0.5, application/json", ("text/csv", "application/json"))
    'application/json'
    """
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*", "*", 1.0)]
    best: tuple[float, int, str] | None = None
    for place, media_type in enumerate(offered):
        kind, _, sub = media_type.partition("/")
        fitting = [(k != "*", s != "*", q) for k, s, q in ranges if k in ("*", kind) and s in ("*", sub)]
        quality = max(fitting)[2] if fitting else 0.0  # the most particular range that fits decides
        if quality > 0 and (best is None or (quality, -place) > (best[0], best[1])):
            best = (quality, -place, media_type)
    return best[2] if best else None


def _range(part: str) -> tuple[str, str, float]:
    name, *parameters = [piece.strip().lower() for piece in part.split(";")]
    kind, _, sub = name.partition("/")
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                quality = 0.0
    return kind, sub or "*", quality if quality == quality else 0.0
