"""The site's pages for people."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plangraph.errors import NotFoundError, PlangraphError
from plangraph.export import FORMATS
from plangraph.ontology import load_ontology
from plangraph.questions import all_questions, load_question, question_names
from plangraph.resources import resource_dir
from plangraph.serve.asking import ask, example, heading, options, shown
from plangraph.serve.front import TOKEN_COOKIE, Access
from plangraph.serve.problems import RequestError, status_of
from plangraph.serve.protocol import FORM, parse_fields, read_body
from plangraph.serve.render import page, static_files
from plangraph.serve.respond import Whole, client_of, lang_of, site_of

#: Questions that the home page offers, those of them that there are.
FEATURED = (
    "entity-statements", "parks-by-domain", "park-technologies", "hosted-in-district", "technologies-by-domain",
    "entity-aims",
)  # fmt: skip
_SHOWN_ROWS = 500
_PER_PAGE = 100
_META_POLICY = re.compile(r'<meta[^>]*http-equiv="Content-Security-Policy"[^>]*content="([^"]*)"', re.IGNORECASE)
_ENDINGS = {"graphml": "application/xml", "gexf": "application/xml", "trig": "application/trig"} | {
    "ttl": "text/turtle",
    "nq": "application/n-quads",
    "jsonld": "application/ld+json",
}


async def home(request: Request) -> Response:
    """What is in the build, a search, and questions to ask."""
    featured = [load_question(name) for name in FEATURED if name in question_names()]
    forms = [(q, _fields(q, {}, request)) for q in featured if example(q, site_of(request)) is not None]
    return page(request, "home.html", forms=forms, questions=len(question_names()))


async def search(request: Request) -> Response:
    """Entities by name; a single exact hit leads to its page at once."""
    text = request.query_params.get("q", "").strip()[:200]
    catalogue = site_of(request).catalogue
    found = catalogue.search(text)
    exact = [hit for hit in found if text in (*hit.entity.names, hit.entity.id)]
    if len(exact) == 1 and request.query_params.get("go"):
        return RedirectResponse(f"/plangraph/id/{exact[0].entity.id}", 303)
    return page(request, "search.html", text=text, found=found)


async def entities(request: Request) -> Response:
    """The entities of one class, page by page."""
    catalogue, ontology = site_of(request).catalogue, load_ontology()
    kind = request.query_params.get("class", "Entity")
    if kind not in ontology.classes:
        raise NotFoundError(f"no class {kind[:100]!r}", f"没有名为“{kind[:100]}”的类")
    able = catalogue.of_class(kind)
    number = request.query_params.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    last = max(1, -(-len(able) // _PER_PAGE))
    at = min(max(at, 1), last)
    listed = able[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    return page(request, "entities.html", kind=kind, shown=listed, total=len(able), at=at, last=last)


async def questions(request: Request) -> Response:
    """All saved questions."""
    listed = [(q, [f["hint"] for f in _fields(q, {}, request) if f["kind"]]) for q in all_questions()]
    return page(request, "questions.html", questions=listed)


async def question(request: Request) -> Response:
    """One saved question: its form, and the answer when the form is filled in."""
    site, lang = site_of(request), lang_of(request)
    saved = load_question(request.path_params["name"])
    given = {p.name: v for p in saved.parameters if (v := request.query_params.get(p.name, "").strip()[:300])}
    table, wrong, status = None, "", 200
    if given or not any(p.default is None for p in saved.parameters):
        try:
            table = await ask(site, saved, given, lang, client_of(request))
        except PlangraphError as error:
            wrong, status = error.words(lang), status_of(error)
    return page(
        request,
        "question.html",
        status,
        question=saved,
        fields=_fields(saved, given, request),
        table=table,
        shown=_SHOWN_ROWS,
        wrong=wrong,
        heading=lambda column: heading(column, lang),
        query=urlencode(given),
    )


def _fields(saved: Any, given: dict[str, str], request: Request) -> list[dict[str, Any]]:
    """What the form of a question shows of each parameter."""
    catalogue, lang = site_of(request).catalogue, lang_of(request)
    examples = example(saved, site_of(request)) or {}
    return [
        {
            "name": p.name,
            "words": p.zh if lang == "zh" else p.en,
            "value": given.get(p.name, p.default or ""),
            "hint": shown(p, examples.get(p.name, ""), catalogue, lang),
            "kind": p.kind if p.kind in load_ontology().classes else "",
            "options": options(p, catalogue, lang),
        }
        for p in saved.parameters
    ]


async def downloads(request: Request) -> Response:
    """What can be taken away, in which formats."""
    plans = sorted(site_of(request).catalogue.plans)
    return page(request, "downloads.html", formats=FORMATS, plans=plans)


async def download(request: Request) -> Response:
    """The build, or one plan of it, in one format."""
    form, plan = request.path_params["form"], request.query_params.get("plan")
    if form in ("ontology", "shapes"):
        name = {"ontology": "plangraph.ttl", "shapes": "shapes.ttl"}[form]
        return _attached((resource_dir("ontology") / name).read_bytes(), name, "text/turtle")
    if form not in FORMATS:
        raise NotFoundError(f"no format {form[:50]!r}", f"没有格式“{form[:50]}”", sorted(FORMATS))
    known = [iri.rpartition("/")[2] for iri in site_of(request).catalogue.plans]
    if plan is not None and plan not in known:
        raise NotFoundError(f"no plan {plan[:100]!r} in this build", f"图谱中没有规划“{plan[:100]}”")
    answer = await site_of(request).whole("export", client_of(request), form=form, plan=plan)
    folder = FORMATS[form].folder
    name = f"{plan or 'plangraph'}{f'-{form}.zip' if folder else f'.{form}'}"
    return _attached(answer.body, name, "application/zip" if folder else _ENDINGS.get(form, "application/octet-stream"))


def _attached(body: bytes, name: str, media_type: str) -> Response:
    return Whole(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def graph(request: Request) -> Response:
    """The page of the graph, which brings its own policy along."""
    answer = await site_of(request).whole("page", client_of(request), lang=lang_of(request))
    response = Whole(answer.body, media_type="text/html", headers={"Cache-Control": "no-cache", "Vary": "Cookie"})
    found = _META_POLICY.search(answer.body[:20_000].decode("utf-8", "replace"))
    if found:
        own = " ".join(html.unescape(found[1]).split())
        response.headers["Content-Security-Policy"] = f"{own}; frame-ancestors 'none'"
    return response


async def editor(request: Request) -> Response:
    """The SPARQL editor."""
    return page(request, "editor.html", text=request.query_params.get("query", "")[:50_000])


async def api(request: Request) -> Response:
    """The OpenAPI document as a page."""
    from plangraph.serve.openapi import document

    return page(request, "api.html", api=document(lang_of(request), request.scope["state"]["base"]))


async def static(request: Request) -> Response:
    """A script, style or picture out of memory."""
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise NotFoundError("no such file", "没有这个文件")
    return Whole(found[0], media_type=found[1], headers={"Cache-Control": "public, max-age=300"})


async def login(request: Request) -> Response:
    """Take the token from the form and remember it in a cookie."""
    access: Access = request.scope["state"]["access"]
    if not access.token:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        return page(request, "login.html")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RequestError(415, f"the form is sent as {FORM}", f"表单须以 {FORM} 提交")
    body = await read_body(request, 4096, site_of(request).limits.body)
    given = dict(parse_fields(body.decode("latin-1"))).get("token", "")
    if not access.lets_in(f"Bearer {given}", ""):
        return page(request, "login.html", 401, wrong=True)
    response = RedirectResponse("/", 303)
    secure = access.public.startswith("https:")
    response.set_cookie(TOKEN_COOKIE, access.cookie(), max_age=30 * 86400, httponly=True, samesite="lax", secure=secure)
    return response
