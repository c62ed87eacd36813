"""The JSON interface: what the pages show, for programs. `plangraph.serve.openapi` describes it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from plangraph.errors import InputError, NotFoundError
from plangraph.model import Entity, Statement
from plangraph.ontology import load_ontology, prefixes
from plangraph.questions import all_questions, load_question
from plangraph.serve.asking import Table, as_sparql, ask
from plangraph.serve.catalogue import Catalogue
from plangraph.serve.front import TOKEN_COOKIE, Access
from plangraph.serve.openapi import document
from plangraph.serve.problems import NotAcceptableError
from plangraph.serve.respond import Whole, client_of, json_response, lang_of, site_of
from plangraph.tables import write_table
from plangraph.vocab import entity_iri, plan_iri

MOST = 500
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


async def health(request: Request) -> Response:
    """Whether the server is well; to those who may ask for more, how much is going on."""
    access: Access = request.scope["state"]["access"]
    told: dict[str, Any] = {"status": "ok"}
    if access.lets_in(request.headers.get("authorization", ""), request.cookies.get(TOKEN_COOKIE, "")):
        site = site_of(request)
        told |= {"build": site.name, **site.pool.figures}
    response = json_response(told)
    response.headers["Cache-Control"] = "no-store"
    return response


async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return json_response(document(lang_of(request), request.scope["state"]["base"]))


async def search(request: Request) -> Response:
    """Entities by name."""
    text = request.query_params.get("q", "").strip()
    if not text or len(text) > 200:
        raise InputError("q: expected a name of 1 to 200 characters", "q：应为 1 至 200 个字符的名称")
    _check_lang(request)
    hits = site_of(request).catalogue.search(text, _class(request), _number(request, "limit", 20))
    rows = [{**_entity(hit.entity, lang_of(request)), **({"also": hit.also} if hit.also else {})} for hit in hits]
    return json_response({"entities": rows})


async def entities(request: Request) -> Response:
    """The entities of a class, sorted by id."""
    _check_lang(request)
    catalogue, ontology, kind = site_of(request).catalogue, load_ontology(), _class(request) or "Entity"
    limit, offset = _number(request, "limit", 100), _number(request, "offset", 0, least=0, most=10**9)
    able = [e for _, e in sorted(catalogue.index.by_id.items()) if ontology.is_a(e.type, kind)]
    rows = [_entity(e, lang_of(request)) for e in able[offset : offset + limit]]
    return json_response({"total": len(able), "entities": rows})


async def entity(request: Request) -> Response:
    """One entity with all statements about it and their evidence."""
    _check_lang(request)
    catalogue, lang = site_of(request).catalogue, lang_of(request)
    id = f"{request.path_params['kind']}/{request.path_params['slug']}"
    found = catalogue.index.by_id.get(id)
    if found is None:
        raise NotFoundError(f"nothing in this build is called {id[:100]!r}", f"图谱中没有“{id[:100]}”")
    told = _entity(found, lang) | {"aliases": list(found.aliases), "note": found.note, "broader": found.broader}
    told["statements"] = [_statement(s, catalogue, lang) for s in catalogue.about.get(id, ())]
    return json_response(told)


async def questions(request: Request) -> Response:
    """The saved questions, each with its parameters and with a query to start from."""
    _check_lang(request)
    site, lang = site_of(request), lang_of(request)
    return json_response(
        {
            "questions": [
                {
                    "name": q.name,
                    "title": q.title(lang),
                    "parameters": [
                        {
                            "name": p.name,
                            "kind": p.kind,
                            "title": p.zh if lang == "zh" else p.en,
                            "default": p.default,
                        }
                        for p in q.parameters
                    ],
                    "sparql": as_sparql(q, site),
                }
                for q in all_questions()
            ]
        }
    )


async def question(request: Request) -> Response:
    """The answer to a saved question."""
    _check_lang(request)
    saved, form = load_question(request.path_params["name"][:100]), request.query_params.get("format", "json")
    if form not in ("json", "csv"):
        raise NotAcceptableError("format: expected json or csv", "format：应为 json 或 csv")
    given = {k: v for k, v in request.query_params.items() if k not in ("lang", "format")}
    table = await ask(site_of(request), saved, given, lang_of(request), client_of(request))
    if form == "csv":
        return _csv(table, saved.name)
    rows = [[cell and cell.data() for cell in row] for row in table.rows]
    return json_response({"columns": table.columns, "rows": rows})


def _csv(table: Table, name: str) -> Response:
    """For spreadsheet programs: with a byte order mark, and formulas disarmed."""
    rows = [["" if cell is None else cell.text for cell in row] for row in table.rows]
    body = _BYTE_ORDER_MARK + write_table(table.columns, rows)
    return Whole(body, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


async def vocabulary(request: Request) -> Response:
    """Prefixes, graphs and terms, for an editor to offer."""
    ontology, catalogue = load_ontology(), site_of(request).catalogue
    terms = [
        {
            "name": f"plan:{name}",
            "zh": t.label_zh,
            "en": t.label_en,
            "uses": catalogue.per_class[name] + catalogue.per_relation[name],
        }
        for name, t in sorted(ontology.terms.items())
        if t.label_zh
    ]
    return json_response({"prefixes": prefixes(), "graphs": sorted(catalogue.graphs), "terms": terms})


# -- pieces ---------------------------------------------------------------------------------------------------


def _entity(e: Entity, lang: str) -> dict[str, Any]:
    term = load_ontology().classes[e.type]
    return {
        "id": e.id,
        "iri": e.iri,
        "name": e.label(lang),
        "label_zh": e.label_zh,
        "label_en": e.label_en,
        "class": e.type,
        "class_name": term.label(lang),
    }


def _statement(s: Statement, catalogue: Catalogue, lang: str) -> dict[str, Any]:
    def end(id: str) -> dict[str, str]:
        return {"id": id, "iri": entity_iri(id), "name": catalogue.name(id, lang)}

    return {
        "iri": s.iri,
        "subject": end(s.subject),
        "relation": s.predicate,
        "relation_name": load_ontology().relations[s.predicate].label(lang),
        "object": end(s.object),
        "plan": plan_iri(s.plan),
        "status": s.status,
        "confidence": s.confidence,
        "evidence": [
            {
                "quote": e.quote,
                "start": e.start,
                "end": e.end,
                "paragraph": e.paragraph,
                "section": list(e.section),
                "method": e.method,
            }
            for e in s.evidence
        ],
    }


def _check_lang(request: Request) -> None:
    if request.query_params.get("lang", "zh") not in ("zh", "en"):
        raise InputError("lang: expected zh or en", "lang：应为 zh 或 en")


def _class(request: Request) -> str | None:
    kind = request.query_params.get("class")
    if kind is not None and kind not in load_ontology().classes:
        known = ", ".join(load_ontology().classes)
        raise InputError(f"class: expected one of {known}", f"class：应为 {known} 之一")
    return kind


def _number(request: Request, name: str, default: int, least: int = 1, most: int = MOST) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) < 11 and least <= int(text) <= most:
        return int(text)
    raise InputError(
        f"{name}: expected a whole number from {least} to {most}", f"{name}：应为 {least} 至 {most} 的整数"
    )
