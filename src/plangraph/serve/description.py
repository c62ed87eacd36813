"""The SPARQL 1.1 Service Description of ``/sparql``: what it can, and which graphs there are."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plangraph.ontology import prefixes
from plangraph.rdf import literal
from plangraph.serve.formats import GRAPHS, HTML, TABLES, choose, media_types
from plangraph.serve.problems import NotAcceptableError
from plangraph.serve.respond import Whole, site_of
from plangraph.vocab import RDF, XSD

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
}


def triples(endpoint: str, graphs: dict[str, int], default: int) -> list[str]:
    """The description as N-Triples without the final stops, sorted; no blank nodes.

    Args:
        endpoint: Address of the endpoint.
        graphs: Each named graph with its number of triples.
        default: Number of triples in the default graph.
    """

    def node(name: str) -> str:
        return f"<{endpoint}#{name}>"

    def size(name: str, count: int) -> str:
        return f"{node(name)} <{_VOID}triples> {literal(count, XSD + 'integer')}"

    def is_a(name: str, kind: str) -> str:
        return f"{node(name)} <{RDF}type> <{_SD}{kind}>"

    found = [
        is_a("service", "Service"),
        f"{node('service')} <{_SD}endpoint> <{endpoint}>",
        f"{node('service')} <{_SD}supportedLanguage> <{_SD}SPARQL11Query>",
        *(f"{node('service')} <{_SD}resultFormat> <{_FORMATS}{_FORMAT_NAMES[n]}>" for n in (*TABLES, *GRAPHS)),
        f"{node('service')} <{_SD}defaultDataset> {node('dataset')}",
        is_a("dataset", "Dataset"),
        f"{node('dataset')} <{_SD}defaultGraph> {node('default-graph')}",
        is_a("default-graph", "Graph"),
        size("default-graph", default),
    ]
    for number, (name, count) in enumerate(sorted(graphs.items()), 1):
        named, graph = f"named-graph-{number}", f"graph-{number}"
        found += [
            f"{node('dataset')} <{_SD}namedGraph> {node(named)}",
            is_a(named, "NamedGraph"),
            f"{node(named)} <{_SD}name> <{name}>",
            f"{node(named)} <{_SD}graph> {node(graph)}",
            is_a(graph, "Graph"),
            size(graph, count),
        ]
    return sorted(found)


async def description(request: Request) -> Response:
    """The service description in the format that the request likes; a browser is led to the editor."""
    import pyoxigraph as ox

    offered = media_types(GRAPHS)
    chosen = choose(request.headers.get("accept", ""), (*offered, HTML))
    if chosen is None:
        raise NotAcceptableError(
            f"the service description comes as one of {', '.join(offered)}",
            f"服务描述的可用格式：{'、'.join(offered)}",
        )
    if chosen == HTML:
        return RedirectResponse("/editor", 303)
    catalogue = site_of(request).catalogue
    endpoint = f"{request.scope['state']['base']}/sparql"
    lines = "".join(f"{t} .\n" for t in triples(endpoint, catalogue.graph_sizes, catalogue.default_size))
    form = GRAPHS[offered[chosen]]
    known: dict[str, Any] = (
        {"prefixes": {**prefixes(), "sd": _SD, "void": _VOID}} if form.name in ("ttl", "rdf") else {}
    )
    parsed = ox.parse(lines.encode("utf-8"), format=ox.RdfFormat.N_TRIPLES)
    body = ox.serialize(parsed, format=getattr(ox.RdfFormat, form.engine), **known)
    return Whole(body, media_type=chosen, headers={"Vary": "Accept"})
