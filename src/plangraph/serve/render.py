"""Pages from templates. Everything that is put in is escaped; the templates are read once, when the server starts."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import Response

from plangraph.ontology import load_ontology
from plangraph.serve.catalogue import path_of
from plangraph.serve.respond import Whole, lang_of
from plangraph.vocab import PLAN, entity_iri

_FOLDER = Path(__file__).resolve().parent
_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@functools.cache
def environment() -> jinja2.Environment:
    """The templates, with escaping always on."""
    sources = {p.name: p.read_text("utf-8") for p in sorted((_FOLDER / "templates").glob("*.html"))}
    made = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(href=href, thing=entity_iri, term=PLAN)
    return made


@functools.cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """Bytes and media type of each script, style and picture, by name."""
    files = sorted((_FOLDER / "static").iterdir())
    return {p.name: (p.read_bytes(), _STATIC_TYPES[p.suffix]) for p in files if p.suffix in _STATIC_TYPES}


def href(iri: str) -> str | None:
    """Where a link to ``iri`` leads: the site's page of what is ours, the address itself of what is on the web."""
    return path_of(iri) or (iri if iri.startswith(("http://", "https://")) else None)


def page(request: Request, template: str, status: int = 200, **content: Any) -> Response:
    """The page that ``template`` makes of ``content``."""
    lang = lang_of(request)
    catalogue = request.scope["state"]["site"].catalogue
    ontology = load_ontology()
    titles = list(catalogue.plans.values())
    several = {"zh": f"{len(titles)} 份规划的知识图谱", "en": f"Knowledge graph of {len(titles)} plans"}
    text = (
        environment()
        .get_template(template)
        .render(
            lang=lang,
            w=lambda zh, en: zh if lang == "zh" else en,
            plans_title=(titles[0] if len(titles) == 1 else several)[lang],
            label=lambda iri: catalogue.label(iri, lang),
            name=lambda id: catalogue.name(id, lang),
            cls=lambda name: ontology.classes[name].label(lang),
            rel=lambda name: ontology.terms[name].label(lang),
            ontology=ontology,
            catalogue=catalogue,
            path=request.url.path,
            others=_in_other_language(request, lang),
            **content,
        )
    )
    return Whole(
        text.encode("utf-8"),
        status,
        headers={"Cache-Control": "no-cache", "Vary": "Accept, Cookie"},
        media_type="text/html",
    )


def _in_other_language(request: Request, lang: str) -> str:
    try:
        fields = [(k, v) for k, v in parse_qsl(request.url.query, max_num_fields=100) if k != "lang"]
    except ValueError:
        fields = []
    return f"{request.url.path}?{urlencode([*fields, ('lang', 'en' if lang == 'zh' else 'zh')])}"
