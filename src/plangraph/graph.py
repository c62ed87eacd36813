"""`PlanGraph`: one build, opened for reading, as an analyst uses it."""

from __future__ import annotations

import functools
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.build_folder import BUILD_NAME, STORE, SUMMARY, base_name, current_name, damaged
from plangraph.errors import NotFoundError
from plangraph.model import Entity, Evidence, Statement
from plangraph.names import NameIndex
from plangraph.ontology import load_ontology
from plangraph.query import Result, evaluate, open_store, result_from_json, run_isolated, terms, to_result
from plangraph.rdf import literal
from plangraph.vocab import OA, PLAN, RDF, RDFS, ROOT, SKOS, XSD, entity_id, entity_iri, plan_iri

if TYPE_CHECKING:
    import networkx
    import pyoxigraph as ox
    import rdflib

DEFAULT_BUILD = "plangraph-build"

_IRI = re.compile(r'[^<>"{}|^`\\\x00-\x20]+')

#: Titles of the plans, and the places that they are for.
TITLES = "SELECT ?plan ?t ?j WHERE { ?plan a plan:Plan ; rdfs:label ?t OPTIONAL { ?plan plan:jurisdiction ?j } }"
_STATEMENTS = """
SELECT ?st ?s ?p ?o ?plan ?exact ?start ?end ?paragraph ?method ?confidence ?status ?section ?by ?on ?why WHERE {
  ?st a plan:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; plan:statedIn ?plan ; plan:evidence ?e .
  ?e oa:exact ?exact ; oa:start ?start ; oa:end ?end ; plan:paragraph ?paragraph ; plan:method ?method ;
     plan:confidence ?confidence ; plan:status ?status .
  OPTIONAL { ?e plan:inSection ?section } OPTIONAL { ?e plan:decidedBy ?by }
  OPTIONAL { ?e plan:decidedOn ?on } OPTIONAL { ?e plan:reason ?why }
}"""
#: The same properties by the variables that they give.
_OF_STATEMENTS = {"s": RDF + "subject", "p": RDF + "predicate", "o": RDF + "object", "plan": PLAN + "statedIn"}
_OF_EVIDENCE = {
    "exact": OA + "exact", "start": OA + "start", "end": OA + "end", "section": PLAN + "inSection",
    "by": PLAN + "decidedBy", "on": PLAN + "decidedOn", "why": PLAN + "reason",
    **{key: PLAN + key for key in ("paragraph", "method", "confidence", "status")},
}  # fmt: skip


def open(path: Path | str | None = None) -> PlanGraph:
    """Open the build at ``path``, else at ``$PLANGRAPH_BUILD``, else at ``./plangraph-build``.

    Raises:
        BuildError: There is no build there, or it is damaged.
    """
    return PlanGraph(Path(path or os.environ.get("PLANGRAPH_BUILD") or DEFAULT_BUILD))


class PlanGraph:
    """One build, read only.

    Args:
        path: The build folder.
        name: Name of the build in it; without it the current one.

    Raises:
        BuildError: There is no build there, or it is damaged.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name = current_name(path) if name is None else name
        self.folder = path / "builds" / name
        if not BUILD_NAME.fullmatch(name) or not (self.folder / STORE).is_dir():
            raise damaged(path)
        self.base = base_name(self.folder)

    def __repr__(self) -> str:
        return f"PlanGraph({str(self.path)!r}: {len(self.plans)} plan(s), {len(self.index.by_id)} entities)"

    @functools.cached_property
    def store(self) -> ox.Store:
        """The Oxigraph store, opened read-only at first use."""
        return open_store(self.folder / STORE)

    # -- asking ---------------------------------------------------------------------------------------------

    def query(self, sparql: str, timeout: float | None = None, **values: Any) -> Result:
        """Answer a SPARQL 1.1 query.

        Args:
            sparql: SELECT, ASK, CONSTRUCT or DESCRIBE; the project's prefixes are known.
            timeout: Seconds after which the query is stopped; it then runs in a process of its own.
            **values: Values for variables that the query selects, as entities, their ids, texts or numbers.

        Raises:
            QuerySyntaxError: It does not parse.
            QueryRefusedError: It would leave the build or change it.
            QueryTimeoutError: It was stopped.
        """
        bound = {name: self._term(value) for name, value in values.items()}
        if timeout is not None:
            return result_from_json(self.answer(sparql, "json", timeout, bound))
        return to_result(evaluate(self.store, sparql, terms(bound)))

    def answer(
        self, sparql: str, output: str, timeout: float | None = None, values: dict[str, str] | None = None
    ) -> bytes:
        """The answer as bytes of a format, from a process of its own; see `plangraph.query.run_isolated`."""
        return run_isolated(self.folder / STORE, sparql, output, timeout, values)

    def _term(self, value: Any) -> str:
        if isinstance(value, Entity):
            return f"<{value.iri}>"
        for kind, datatype in ((bool, "boolean"), (int, "integer"), (float, "double")):
            if isinstance(value, kind):
                text = str(value).lower().replace("inf", "INF").replace("nan", "NaN")
                return literal(text, f"{XSD}{datatype}")
        text = str(value)
        if text.startswith(ROOT) and _IRI.fullmatch(text):
            return f"<{text}>"
        return f"<{entity_iri(text)}>" if text in self.index.by_id else literal(text)

    def ask(self, question: str, lang: str = "zh", timeout: float | None = None, **parameters: Any) -> Result:
        """Answer a saved question (`plangraph questions` lists them), with names in place of IRIs.

        Raises:
            NotFoundError: No such question, or a parameter that names nothing here.
        """
        from plangraph.questions import load_question

        saved = load_question(question)
        values = saved.bind(self.index, parameters, self.plans)
        return self.named(self.query(saved.sparql, timeout, **values), lang)

    def named(self, result: Result, lang: str = "zh") -> Result:
        """``result`` with the IRIs of entities, plans, classes and relations replaced by names in ``lang``."""
        rows = tuple(tuple(self.label(v, lang) if isinstance(v, str) else v for v in row) for row in result.rows)
        return Result(result.columns, rows)

    def label(self, iri: str, lang: str = "zh") -> str:
        """Name of an entity, plan, class or relation; anything else comes back as it is."""
        if not iri.startswith(ROOT):
            return iri
        entity = self.index.by_id.get(entity_id(iri) or "")
        if entity is not None:
            return entity.label(lang)
        if iri.startswith(PLAN):
            term = load_ontology().terms.get(iri[len(PLAN) :])
            return term.label(lang) if term else iri
        return self.plans.get(iri, {}).get(lang, iri)

    # -- what is in it --------------------------------------------------------------------------------------

    @functools.cached_property
    def index(self) -> NameIndex:
        """All entities by name."""
        return NameIndex(self._entities())

    @functools.cached_property
    def plans(self) -> dict[str, dict[str, str]]:
        """IRI of each plan, with its title by language."""
        return self._titles(evaluate(self.store, TITLES))

    @staticmethod
    def _titles(rows: Any) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        places: dict[str, str] = {}
        for plan, title, place in sorted(rows, key=str):
            found.setdefault(plan.value, {})[title.language] = title.value
            places[plan.value] = place.value if place else ""
        shared = Counter(titles["zh"] for titles in found.values())
        for plan, titles in found.items():
            titles.setdefault("en", titles["zh"])
            if shared[titles["zh"]] > 1 and places[plan]:  # 政府工作报告, of which each province has one
                titles["zh"], titles["en"] = f"{titles['zh']}（{places[plan]}）", f"{titles['en']} ({places[plan]})"
        return found

    def entity(self, name: str, kind: str | None = None) -> Entity:
        """The entity called ``name`` (id, Chinese or English name, alias), of class ``kind`` if given.

        Raises:
            NotFoundError: Nothing or several things are called so (near misses are suggested), or no such class.
        """
        return self.index.find(name, self._known_class(kind))

    def entities(self, kind: str | None = None) -> list[Entity]:
        """All entities, or those of class ``kind`` and its subclasses, sorted by id.

        Raises:
            NotFoundError: No such class.
        """
        wanted, is_a = self._known_class(kind), load_ontology().is_a
        return [e for e in self.index.by_id.values() if wanted is None or is_a(e.type, wanted)]

    def _entities(self) -> list[Entity]:
        import pyoxigraph as ox

        classes = {PLAN + name: name for name in load_ontology().classes}
        depth = {name: len(load_ontology().ancestors(name)) for name in classes.values()}
        types: dict[str, str] = {}
        for quad in self._quads(RDF + "type"):
            iri, name = quad.subject.value, classes.get(quad.object.value)
            if name and entity_id(iri) and "/plan/" not in iri and depth[name] >= depth.get(types.get(iri, ""), 0):
                types[iri] = max(name, types[iri]) if depth[name] == depth.get(types.get(iri, ""), 0) else name
        texts: dict[str, dict[str, list[str]]] = {iri: {} for iri in types}
        for prop, key in (
            (RDFS + "label", "label"),
            (SKOS + "altLabel", "alias"),
            (SKOS + "note", "note"),
            (SKOS + "broader", "broader"),
        ):
            for quad in self._quads(prop):
                if quad.subject.value in texts:
                    language = quad.object.language if isinstance(quad.object, ox.Literal) else ""
                    slot = f"{key}_{language}" if key == "label" else key
                    texts[quad.subject.value].setdefault(slot, []).append(quad.object.value)
        found = []
        for iri, t in sorted(texts.items()):
            labels = sorted(t.get("label_zh", [])) or [entity_id(iri) or iri]
            aliases = sorted({*labels[1:], *t.get("alias", [])})
            broader = entity_id(sorted(t.get("broader", [""]))[0]) or ""
            found.append(
                Entity(
                    entity_id(iri) or iri,
                    types[iri],
                    labels[0],
                    "".join(sorted(t.get("label_en", []))[:1]),
                    tuple(aliases),
                    broader,
                    "; ".join(sorted(t.get("note", []))),
                )
            )
        return found

    def _quads(self, predicate: str) -> Iterable[Any]:
        import pyoxigraph as ox

        return self.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())

    @functools.cached_property
    def _sections(self) -> dict[str, tuple[str, ...]]:
        rows = evaluate(
            self.store,
            "SELECT ?s ?h ?up WHERE { ?s a plan:Section ; plan:heading ?h OPTIONAL { ?s plan:parentSection ?up } }",
        )
        facts = {s.value: (h.value, up.value if up else None) for s, h, up in rows}  # type: ignore[union-attr]

        def path(iri: str) -> tuple[str, ...]:
            heading, up = facts[iri]
            return (*(path(up) if up else ()), heading)

        return {iri: path(iri) for iri in facts}

    def statements(
        self,
        subject: str | None = None,
        predicate: str | None = None,
        object: str | None = None,
        plan: str | None = None,
    ) -> list[Statement]:
        """Statements, each with its evidence, in the order of the text.

        Args:
            subject: Name or id of the subject, None for any.
            predicate: Local name of the relation, None for any.
            object: Name or id of the object, None for any.
            plan: Id of the plan, None for any.

        Raises:
            NotFoundError: A name, relation or plan that means nothing here.
        """
        import pyoxigraph as ox

        if subject is predicate is object is None:
            known_plan = plan if plan is None else self._known_plan(plan)
            return [s for s in self._all_statements if known_plan in (None, s.plan)]
        bound: dict[str, ox.NamedNode | ox.Literal] = {}
        for variable, name in (("s", subject), ("o", object)):
            if name is not None:
                known = name.startswith("plan/") or (entity_id(name) is not None and "/plan/" in name)
                bound[variable] = ox.NamedNode(entity_iri(entity_id(name) or name) if known else self.entity(name).iri)
        if predicate is not None:
            bound["p"] = ox.NamedNode(PLAN + self._known_relation(predicate))
        if plan is not None:
            bound["plan"] = ox.NamedNode(plan_iri(self._known_plan(plan)))
        return self._statements(bound)

    @functools.cached_property
    def _all_statements(self) -> list[Statement]:
        return self._made_of(self._all_rows())

    def _all_rows(self) -> Iterator[dict[str, Any]]:
        """Rows as `_STATEMENTS` gives them of all statements; reading each property once is faster than the joins."""

        def values(predicate: str) -> Iterator[tuple[str, Any]]:
            rows: Any = evaluate(self.store, f"SELECT ?x ?v {{ ?x <{predicate}> ?v }}")
            return ((x.value, v) for x, v in rows)

        claims = {key: dict(values(predicate)) for key, predicate in _OF_STATEMENTS.items()}
        found = {key: dict(values(predicate)) for key, predicate in _OF_EVIDENCE.items()}
        for statement, evidence in values(PLAN + "evidence"):
            if statement in claims["plan"]:  # else it is a stated count
                row = {key: column.get(evidence.value) for key, column in found.items()}
                yield row | {key: column[statement] for key, column in claims.items()}

    def _statements(self, bound: dict[str, Any]) -> list[Statement]:
        rows: Any = evaluate(self.store, _STATEMENTS, bound)
        return self._made_of(rows)

    def _made_of(self, rows: Iterable[Any]) -> list[Statement]:
        grouped: dict[tuple[str, str, str, str], list[Evidence]] = {}
        for row in rows:
            claim = (
                entity_id(row["s"].value) or row["s"].value,
                row["p"].value[len(PLAN) :],
                entity_id(row["o"].value) or row["o"].value,
                row["plan"].value.rpartition("/")[2],
            )
            grouped.setdefault(claim, []).append(self._evidence(row))
        found = [
            Statement(s, p, o, tuple(sorted(evidence, key=lambda e: (e.start, e.end))), stated_in)
            for (s, p, o, stated_in), evidence in grouped.items()
        ]
        return sorted(found, key=lambda s: (s.plan, s.evidence[0].start, s.subject, s.predicate, s.object))

    def _evidence(self, row: Any) -> Evidence:
        section, by, on, why = row["section"], row["by"], row["on"], row["why"]
        return Evidence(
            int(row["start"].value),
            int(row["end"].value),
            row["exact"].value,
            self._sections[section.value] if section else (),
            int(row["paragraph"].value),
            row["method"].value,
            float(row["confidence"].value),
            row["status"].value,
            by.value if by else "",
            on.value if on else "",
            why.value if why else "",
        )

    def _known_class(self, name: str | None) -> str | None:
        classes = load_ontology().classes
        if name is not None and name not in classes:
            raise NotFoundError(
                f"no class {name!r}; expected one of {', '.join(classes)}",
                f"没有名为“{name}”的类；可用：{'、'.join(classes)}",
            )
        return name

    def _known_relation(self, name: str) -> str:
        relations = load_ontology().relations
        if name not in relations:
            raise NotFoundError(
                f"no relation {name!r}; expected one of {', '.join(relations)}",
                f"没有名为“{name}”的关系；可用：{'、'.join(relations)}",
            )
        return name

    def _known_plan(self, plan: str) -> str:
        ids = [iri.rpartition("/")[2] for iri in self.plans]
        if plan not in ids:
            raise NotFoundError(
                f"no plan {plan!r} in this build; it has {', '.join(ids)}",
                f"图谱中没有规划“{plan}”；现有：{'、'.join(ids)}",
            )
        return plan

    # -- as other tools see it ------------------------------------------------------------------------------

    def network(self, **projection: Any) -> networkx.Graph:
        """The entity network as a networkx graph; see `plangraph.network.Projection` for the arguments."""
        from plangraph.network import Projection, to_networkx

        return to_networkx(self, Projection(**projection))

    def paths(
        self,
        source: str | Sequence[str],
        target: str | Sequence[str],
        k: int = 3,
        *,
        longest: int | None = None,
        through: Sequence[str] = (),
        avoiding: Sequence[str] = (),
        **projection: Any,
    ) -> Any:
        """Up to ``k`` shortest simple paths between entities or sets of them; see `plangraph.network.paths`."""
        from plangraph.network import Projection, paths

        chosen = Projection(**projection)
        return paths(self, source, target, k, chosen, longest=longest, through=through, avoiding=avoiding)

    def rank(
        self, measure: str = "degree", *, resample: int = 0, seeds: Any = None, random_state: int = 0, **projection: Any
    ) -> Any:
        """Entities ranked by a measure on a projection; see `plangraph.network.rank`."""
        from plangraph.network import Projection, rank

        chosen = Projection(**projection)
        return rank(self, measure, chosen, resample=resample, seeds=seeds, random_state=random_state)

    def communities(self, *, resolution: float = 1.0, seed: int = 0, resample: int = 50, **projection: Any) -> Any:
        """Communities of a projection, with their stability; see `plangraph.network.communities`."""
        from plangraph.network import Projection, communities

        return communities(self, Projection(**projection), resolution=resolution, seed=seed, resample=resample)

    def gaps(self) -> list[Any]:
        """What the plans leave open, as lists with the queries behind them; see `plangraph.network.gaps`."""
        from plangraph.network import gaps

        return gaps(self)

    def show(self, path: Path | str | None = None, lang: str = "zh", **options: Any) -> Any:
        """Write the page to ``path``, or show it inline in a notebook; see `plangraph.view.show`."""
        from plangraph.view import show

        return show(self, path, lang=lang, **options)

    def report(self, path: Path | str | None = None, lang: str = "zh", **options: Any) -> Any:
        """The report as one offline page, written to ``path`` if given; see `plangraph.report.report`."""
        from plangraph.report import report

        made = report(self, lang, **options)
        if path is not None:
            made.save(path)
        return made

    def to_rdflib(self) -> rdflib.Dataset:
        """The named graphs as an rdflib Dataset whose default graph is their union."""
        import pyoxigraph as ox
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        named = b"".join(
            (self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=g) or b"").replace(b" .\n", f" {g} .\n".encode())
            for g in sorted(self.store.named_graphs(), key=str)
        )
        dataset.parse(data=named, format="nquads")
        return dataset

    @functools.cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Entities and statements of each plan, by its id; kept by the build, so that nothing is counted."""
        found: dict[str, dict[str, int]] = json.loads((self.folder / SUMMARY).read_text("utf-8"))["counts"]
        return found
