"""What stands behind an IRI of the graph: at its path, as a page or as RDF."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plangraph.errors import NotFoundError
from plangraph.model import Statement
from plangraph.serve.catalogue import Catalogue
from plangraph.serve.formats import GRAPHS, HTML, choose, media_types
from plangraph.serve.problems import NotAcceptableError
from plangraph.serve.render import page
from plangraph.serve.respond import Whole, client_of, site_of
from plangraph.vocab import ID, ONTOLOGY_GRAPH, ROOT, entity_id

_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,5}")
_OFFERED = media_types(GRAPHS)


async def short(request: Request) -> Response:
    """A path without the first part of the IRI's leads to the one with it."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse("/plangraph" + request.url.path + query, 308)


async def resource(request: Request) -> Response:
    """The page or the RDF of the IRI whose path was asked for."""
    path = request.path_params["path"]
    if not _PATH.fullmatch(path) or len(path) > 300:
        raise _nothing(path)
    iri = ROOT + path
    form = request.query_params.get("format")
    chosen = choose(request.headers.get("accept", ""), (HTML, *_OFFERED))
    if form in GRAPHS:
        chosen = GRAPHS[form].media_type
    elif form is not None or chosen is None:
        raise NotAcceptableError(
            f"this comes as one of {HTML}, {', '.join(_OFFERED)} (format={', '.join(GRAPHS)})",
            f"可用格式：{HTML}、{'、'.join(_OFFERED)}（format={'、'.join(GRAPHS)}）",
        )
    response = await (_page(request, iri) if chosen == HTML else _rdf(request, iri, chosen))
    response.headers["Link"] = ", ".join(
        f'<{request.url.path}?format={f.name}>; rel="alternate"; type="{f.media_type}"' for f in GRAPHS.values()
    )
    response.headers["Vary"] = "Accept, Cookie"
    return response


async def _rdf(request: Request, iri: str, media_type: str) -> Response:
    site = site_of(request)
    answer = await site.query(_construct(iri, site.catalogue), None, _OFFERED[media_type], client=client_of(request))
    if not answer.rows:
        raise _nothing(iri[len(ROOT) :])
    return Whole(answer.body, media_type=media_type)


def _construct(iri: str, catalogue: Catalogue) -> str:
    if iri in catalogue.graphs and iri not in catalogue.plans:
        return f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
    if iri.startswith(ID):
        return f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?q <{iri}> }} }}"
    if iri in catalogue.statements:
        return (
            f"CONSTRUCT {{ <{iri}> ?p ?o . ?e ?q ?v }} {{ {{ <{iri}> ?p ?o }} "
            f"UNION {{ <{iri}> plan:evidence ?e . ?e ?q ?v }} }}"
        )
    return f"CONSTRUCT {{ <{iri}> ?p ?o }} {{ {{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }} }}"


async def _page(request: Request, iri: str) -> Response:
    catalogue = site_of(request).catalogue
    if iri == ONTOLOGY_GRAPH:
        return page(request, "ontology.html")
    id = entity_id(iri)
    entity = catalogue.index.by_id.get(id or "")
    if entity is not None:
        broader = _line_up(catalogue, entity.id)
        return page(request, "entity.html", entity=entity, groups=_groups(catalogue, entity.id), broader=broader)
    if iri in catalogue.plans:
        groups = _groups(catalogue, id or "")
        said = [s for s in catalogue.statements.values() if catalogue.plan_of(s) == iri]
        return page(request, "plan.html", iri=iri, groups=groups, said=len(said), sections=catalogue.sections[iri])
    if iri in catalogue.statements:
        return page(request, "statement.html", statement=catalogue.statements[iri])
    owner, evidence, _ = iri.partition("/evidence/")
    if evidence and owner in catalogue.statements:
        return RedirectResponse(f"/plangraph/{owner[len(ROOT) :]}", 303)
    return await _thing(request, iri)


async def _thing(request: Request, iri: str) -> Response:
    """A page with nothing but the facts: sections, counts, inferred facts, graphs."""
    site = site_of(request)
    if iri in site.catalogue.graphs:
        return page(request, "thing.html", iri=iri, size=site.catalogue.graph_sizes[iri], facts=[])
    query = f"SELECT DISTINCT ?p ?o {{ {{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }} }} ORDER BY ?p ?o"
    answer = await site.query(query, client=client_of(request))
    rows: list[dict[str, Any]] = json.loads(answer.body)["results"]["bindings"]
    if not rows:
        raise _nothing(iri[len(ROOT) :])
    return page(request, "thing.html", iri=iri, size=0, facts=[(r["p"]["value"], r["o"]) for r in rows])


def _groups(catalogue: Catalogue, id: str) -> list[tuple[str, bool, list[Statement]]]:
    """What is said of ``id``, by relation: the relation, whether ``id`` is its object, and the statements."""
    from plangraph.ontology import load_ontology

    grouped: dict[tuple[bool, int, str], list[Statement]] = {}
    relations = load_ontology().relations
    order = {name: place for place, name in enumerate(relations)}
    for s in catalogue.about.get(id, ()):
        backwards = s.subject != id and not relations[s.predicate].symmetric
        grouped.setdefault((backwards, order[s.predicate], s.predicate), []).append(s)
    return [(relation, backwards, found) for (backwards, _, relation), found in sorted(grouped.items(), key=_first)]


def _first(item: tuple[tuple[bool, int, str], list[Statement]]) -> tuple[bool, int, str]:
    return item[0]


def _line_up(catalogue: Catalogue, id: str) -> list[str]:
    """Ids of what ``id`` belongs to by its broader entities, the widest first."""
    line: list[str] = []
    entity = catalogue.index.by_id.get(id)
    while entity and entity.broader and entity.broader not in line and entity.broader != id:
        line.insert(0, entity.broader)
        entity = catalogue.index.by_id.get(entity.broader)
    return line


def _nothing(path: str) -> NotFoundError:
    shown = path[:100]
    return NotFoundError(f"nothing in this build is called {shown!r}", f"图谱中没有“{shown}”")
