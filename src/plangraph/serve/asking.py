"""Saved questions as forms: values from the request, the answer as rows that know what each cell is."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plangraph.errors import PlangraphError
from plangraph.model import Entity
from plangraph.ontology import load_ontology
from plangraph.questions import Parameter, Question, column_headings
from plangraph.rdf import literal
from plangraph.serve.catalogue import Catalogue
from plangraph.serve.site import Site
from plangraph.vocab import ROOT, XSD, plan_iri

_WHERE = re.compile(r"\bWHERE\s*\{")
#: Entities that are tried before a question's example is taken unanswered.
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of an answer: what is shown, and the IRI behind it if there is one."""

    text: str
    iri: str = ""
    number: bool = False

    def data(self) -> Any:
        """The cell as JSON."""
        if self.iri:
            return {"iri": self.iri, "label": self.text}
        return (
            float(self.text)
            if self.number and not self.text.lstrip("-").isdigit()
            else (int(self.text) if self.number else self.text)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """An answer.

    Args:
        columns: Variable names, without those of the parameters.
        rows: Cells; None where there is no value.
    """

    columns: list[str]
    rows: list[list[Cell | None]]


def heading(column: str, lang: str) -> str:
    """What a column is called."""
    return column_headings().get(column, column) if lang == "zh" else column.replace("_", " ").capitalize()


def term(value: Any) -> str:
    """A bound value as an N-Triples term."""
    if isinstance(value, Entity):
        return f"<{value.iri}>"
    return literal(value, f"{XSD}integer") if isinstance(value, int) else literal(value)


async def ask(site: Site, question: Question, given: Mapping[str, str], lang: str, client: str) -> Table:
    """The answer to ``question``.

    Raises:
        PlangraphError: A parameter that is missing or means nothing here, or as `Site.query`.
    """
    values = question.bind(site.catalogue.index, given, site.catalogue.plans)
    answer = await site.query(question.sparql, values={k: term(v) for k, v in values.items()}, client=client)
    found = json.loads(answer.body)
    own = {p.name for p in question.parameters}
    columns = [c for c in found["head"]["vars"] if c not in own]
    rows = [[_cell(row.get(c), site.catalogue, lang) for c in columns] for row in found["results"]["bindings"]]
    return Table(columns, rows)


def _cell(value: dict[str, Any] | None, catalogue: Catalogue, lang: str) -> Cell | None:
    if value is None:
        return None
    text = value["value"]
    if value["type"] == "uri":
        return Cell(catalogue.label(text, lang).removeprefix(ROOT), text)
    kind = value.get("datatype", "").removeprefix(XSD)
    return Cell(text, number=kind in ("integer", "decimal", "double") and text not in ("NaN", "INF", "-INF"))


def options(parameter: Parameter, catalogue: Catalogue, lang: str) -> list[str]:
    """Names that a parameter may have, for a form to offer."""
    ontology = load_ontology()
    if parameter.kind == "relation":
        return [r.label(lang) for r in ontology.relations.values()]
    if parameter.kind == "class":
        return [ontology.classes[c].label(lang) for c in ontology.classes if catalogue.per_class[c]]
    if parameter.kind == "plan":
        return [titles[lang] for _, titles in sorted(catalogue.plans.items())]
    if parameter.kind not in ontology.classes:
        return []
    return [e.label(lang) for e in catalogue.of_class(parameter.kind)[:400]]


def example(question: Question, site: Site) -> dict[str, str] | None:
    """Values with which ``question`` can be shown, as they are typed; None if the build has none."""
    return site.examples.get(question.name) or next(_examples(question, site.catalogue), None)


async def find_examples(site: Site) -> None:
    """Give ``site`` for each question values that have an answer, where some of the likeliest have one."""
    from plangraph.questions import all_questions

    for question in all_questions():
        for values in itertools.islice(_examples(question, site.catalogue), _TRIES if question.parameters else 0):
            try:
                table = await ask(site, question, values, "zh", "plangraph")
            except PlangraphError:
                break
            if table.rows:
                site.examples[question.name] = values
                break


def _examples(question: Question, catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """Values for the parameters of ``question``, those of which most is said first."""
    columns = [_candidates(p, catalogue) for p in question.parameters]
    if all(columns):
        # Two entities of one class are two different ones, as far as there are.
        ahead = [sum(p.kind == q.kind for q in question.parameters[:n]) for n, p in enumerate(question.parameters)]
        for n in range(max(map(len, columns), default=1)):
            yield {
                p.name: column[(n + skip) % len(column)]
                for p, column, skip in zip(question.parameters, columns, ahead, strict=True)
            }


def _candidates(p: Parameter, catalogue: Catalogue) -> list[str]:
    ontology = load_ontology()
    if p.kind in ontology.classes:
        return [e.id for e in catalogue.of_class(p.kind)[:_TRIES]]
    if p.default is not None:
        return [p.default]
    if p.kind == "relation":
        return [name for name, _ in catalogue.per_relation.most_common()]
    if p.kind == "class":
        return sorted(ontology.top_classes, key=lambda c: -catalogue.per_class[c])
    if p.kind == "plan":
        return [iri.rpartition("/")[2] for iri in sorted(catalogue.plans)]
    return ["2"] if p.kind == "integer" else ["科技"]


def shown(p: Parameter, value: str, catalogue: Catalogue, lang: str) -> str:
    """A typed value as a reader knows it: the name of an entity, plan, class or relation."""
    ontology = load_ontology()
    if p.kind == "plan":
        return catalogue.label(plan_iri(value), lang)
    if p.kind in ("relation", "class"):
        return ontology.terms[value].label(lang) if value in ontology.terms else value
    entity = catalogue.index.by_id.get(value)
    return entity.label(lang) if entity else value


def as_sparql(question: Question, site: Site) -> str | None:
    """``question`` as a query that stands by itself: its parameters bound by VALUES to an example."""
    values = example(question, site)
    if values is None:
        return None
    bound = question.bind(site.catalogue.index, values, site.catalogue.plans)
    lines = "".join(f"\n  VALUES ?{name} {{ {term(value)} }}" for name, value in bound.items())
    text = "\n".join(line for line in question.sparql.splitlines() if not line.startswith("#"))
    text = _WHERE.sub(lambda m: m[0] + lines, text, count=1) if lines else text
    return f"# {question.zh}\n# {question.en}\n{text.strip()}\n"
