"""A build that was pushed to a SPARQL server, asked there: queries and saved questions."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import BuildError, InputError
from plangraph.graph import TITLES, PlanGraph
from plangraph.ontology import prefixes
from plangraph.query import Result, evaluate, failed, result_from_json
from plangraph.query_process import graph_bytes, table_bytes
from plangraph.sparql import guard, put_values, syntax_error
from plangraph.sparql_server import TRIPLES, SparqlServer
from plangraph.vocab import ID, PLAN, PUSH, PUSH_GRAPH

if TYPE_CHECKING:
    import pyoxigraph as ox

_NAMES = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  VALUES ?p {{ rdf:type rdfs:label skos:altLabel skos:note skos:broader plan:jurisdiction }}
  ?s ?p ?o . FILTER(STRSTARTS(STR(?s), "{ID}") || EXISTS {{ ?s a <{PLAN}Plan> }}) }}"""


def read_manifest(server: SparqlServer) -> list[tuple[str, str, str]]:
    """What a push wrote down on the server, as triples of texts; nothing if no push was there."""
    rows = server.rows(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{PUSH_GRAPH}> {{ ?s ?p ?o }} }}")
    return [(row["s"], row["p"].removeprefix(PUSH), row["o"]) for row in rows]


class RemoteGraph(PlanGraph):
    """The build on a SPARQL server; it answers queries and saved questions.

    Args:
        url: Address of the server, see `plangraph.sparql_server.SparqlServer`.

    Raises:
        ServerError: The server is not reached, or is none.
        BuildError: No build was pushed there, or a push is not finished.
    """

    def __init__(self, url: str) -> None:
        self.server = SparqlServer(url)
        facts = read_manifest(self.server)
        builds = [o for s, p, o in facts if (s, p) == (PUSH_GRAPH, "build")]
        if len(builds) != 1:
            if facts:
                raise BuildError(
                    f"{url}: a push to this server is not finished; run plangraph push {url} again",
                    f"{url}：向该服务器的推送尚未完成；请再次运行 plangraph push {url}",
                )
            raise BuildError(
                f"{url}: no build there; run plangraph push {url} first",
                f"{url}：那里没有构建；请先运行 plangraph push {url}",
            )
        self.path = Path(url)
        self.name = self.base = builds[0]
        self.graphs = frozenset(s for s, p, _ in facts if p == "sha256" and s != PUSH_GRAPH)
        merged = [o for s, p, o in facts if (s, p) == (PUSH_GRAPH, "merged")]
        self._dataset: list[tuple[str, str]] = []
        if merged:  # the server's default graph is the union of all graphs: the merged facts stand in one of their own
            self.graphs -= {merged[0]}
            named = [("named-graph-uri", g) for g in sorted(self.graphs)]
            self._dataset = [("default-graph-uri", merged[0]), *named]

    def __repr__(self) -> str:
        return f"RemoteGraph({self.server.url!r}: {len(self.plans)} plan(s), {len(self.index.by_id)} entities)"

    @property
    def store(self) -> ox.Store:
        """There is none: the graph is on the server.

        Raises:
            InputError: Always.
        """
        raise InputError(
            "a SPARQL server answers query and ask; for anything else open the build itself",
            "SPARQL 服务器只回答 query 和 ask；其他功能请打开构建本身",
        )

    def query(self, sparql: str, timeout: float | None = None, **values: Any) -> Result:
        """As `PlanGraph.query`, answered by the server."""
        bound = {name: self._term(value) for name, value in values.items()}
        return result_from_json(self.answer(sparql, "json", timeout, bound))

    def answer(
        self, sparql: str, output: str, timeout: float | None = None, values: dict[str, str] | None = None
    ) -> bytes:
        """As `PlanGraph.answer`, answered by the server."""
        import pyoxigraph as ox

        guard(sparql, lambda: self.graphs)
        sparql = put_values(sparql, values or {})
        try:
            form = ox.Store().query(sparql, prefixes=prefixes())
        except SyntaxError as error:
            raise syntax_error(sparql, str(error)) from None
        except (OSError, ValueError, RuntimeError) as error:
            raise failed(error) from None
        text = "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes().items()) + sparql
        if isinstance(form, ox.QueryTriples):
            data = self.server.query(text, TRIPLES, timeout, self._dataset)
            found = (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
            return graph_bytes(found, output)
        data = self.server.query(text, timeout=timeout, dataset=self._dataset)
        try:
            if output == "json":
                json.loads(data)
                return data
            return table_bytes(ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON), output)
        except (SyntaxError, ValueError) as error:
            raise failed(error) from None

    @functools.cached_property
    def _names(self) -> ox.Store:
        """Names and classes of entities and plans, fetched once."""
        import pyoxigraph as ox

        store = ox.Store()
        store.load(self.answer(_NAMES, "nt"), format=ox.RdfFormat.N_TRIPLES)
        return store

    @functools.cached_property
    def plans(self) -> dict[str, dict[str, str]]:
        """IRI of each plan, with its title by language."""
        return self._titles(evaluate(self._names, TITLES))

    def _quads(self, predicate: str) -> Iterable[Any]:
        import pyoxigraph as ox

        return self._names.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
