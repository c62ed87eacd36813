"""The shapes of ``ontology/shapes.ttl``, run two ways that give the same verdicts.

`validate_with_pyshacl` is the standard's own reading. `validate` turns each shape into one SPARQL query and lets
Oxigraph run it over all focus nodes at once, which is some hundred times faster; it knows just the constraints
that the shapes use and refuses any other by name.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plangraph.resources import resource_dir
from plangraph.vocab import PREFIXES, RDF, SH, SHAPES

_TARGETS = {SH + "targetClass": "$this a/rdfs:subClassOf* <{0}> .", SH + "targetSubjectsOf": "$this <{0}> ?any_ ."}
_WORDS = {
    SH + "path", SH + "message", SH + "severity", SHAPES + "column", SHAPES + "remedy", RDF + "type", *_TARGETS,
}  # fmt: skip
#: For each constraint the pattern that finds what breaks it; {0} is its value, {path} the shape's path.
_BROKEN = {
    SH + "minCount": "FILTER NOT EXISTS {{ $this <{path}> ?v_ }}",
    SH + "maxCount": "$this <{path}> ?value, ?w_ . FILTER (STR(?value) < STR(?w_))",
    SH + "maxLength": "$this <{path}> ?value . FILTER (STRLEN(STR(?value)) > {0})",
    SH + "pattern": "$this <{path}> ?value . FILTER (!REGEX(STR(?value), {0}))",
    SH + "minInclusive": "$this <{path}> ?value . FILTER (!(?value >= {0}))",
    SH + "maxInclusive": "$this <{path}> ?value . FILTER (!(?value <= {0}))",
    SH + "uniqueLang": "$this <{path}> ?value, ?w_ . FILTER (LANG(?value) = LANG(?w_) && STR(?value) < STR(?w_))",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its rule as a SPARQL query, and its words.

    Args:
        name: Local name, such as ``quote-length``.
        column: Column of the table, or key of ``plan.toml``, that a violation is about.
        severity: "error" or "warning".
        message: What is wrong, by language.
        remedy: How to mend it, by language.
        query: Finds what breaks the rule; one column, the culprit.
    """

    name: str
    column: str
    severity: str
    message: dict[str, str]
    remedy: dict[str, str]
    query: str


@functools.cache
def load_shapes() -> tuple[Shape, ...]:
    """All shapes, sorted by name.

    Raises:
        ValueError: A shape uses a constraint that `validate` does not know.
    """
    import pyoxigraph as ox

    facts: dict[str, dict[str, list[Any]]] = {}
    for quad in ox.parse(path=str(resource_dir("ontology") / "shapes.ttl")):
        facts.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return tuple(_shape(iri[len(SHAPES) :], facts[iri], facts) for iri in sorted(facts) if iri.startswith(SHAPES))


def _shape(name: str, own: dict[str, list[Any]], facts: dict[str, dict[str, list[Any]]]) -> Shape:
    target = next(t.format(own[p][0].value) for p, t in _TARGETS.items() if p in own)
    rules = [p for p in own if p not in _WORDS]
    if len(rules) != 1:
        raise ValueError(f"shape {name}: expected one constraint, found {rules}")
    rule = rules[0]
    if rule == SH + "sparql":
        # $this is the plan, of which there is one; what breaks the rule is ?value.
        query = facts[own[rule][0].value][SH + "select"][0].value.replace("$this ?value", "?value", 1)
    elif rule in _BROKEN:
        broken = _BROKEN[rule].format(str(own[rule][0]), path=own[SH + "path"][0].value)
        query = f"SELECT DISTINCT $this WHERE {{ {target} {broken} }}"
    else:
        raise ValueError(f"shape {name}: constraint {rule} is not known")
    severity = "warning" if own[SH + "severity"][0].value == SH + "Warning" else "error"
    words = {p: {o.language: o.value for o in own[p]} for p in (SH + "message", SHAPES + "remedy")}
    return Shape(
        name, own[SHAPES + "column"][0].value, severity, words[SH + "message"], words[SHAPES + "remedy"], query
    )


def validate(triples: Iterable[str]) -> list[tuple[str, str]]:
    """Shape name and culprit's IRI of every violation, sorted.

    Args:
        triples: N-Triples without their final stop: a plan's own graph, its world graph and the ontology.
    """
    import pyoxigraph as ox

    store = ox.Store()
    store.load("".join(t + " .\n" for t in triples).encode("utf-8"), format=ox.RdfFormat.N_TRIPLES)
    return sorted(
        (shape.name, row[0].value)
        for shape in load_shapes()
        for row in store.query(shape.query, prefixes=PREFIXES)  # type: ignore[union-attr]
    )


def validate_with_pyshacl(triples: Iterable[str]) -> list[tuple[str, str]]:
    """The same as `validate`, by pyshacl."""
    import pyshacl
    import rdflib

    # Of a value that is not of its datatype the shapes speak; rdflib would log a traceback for it.
    log = logging.getLogger("rdflib.term")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        data = rdflib.Graph().parse(data="".join(t + " .\n" for t in triples), format="nt")
        shapes = rdflib.Graph().parse(resource_dir("ontology") / "shapes.ttl", format="turtle")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", allow_warnings=True)
    finally:
        log.setLevel(level)
    sh = rdflib.Namespace(SH)
    return sorted(
        {
            (str(report.value(r, sh.sourceShape))[len(SHAPES) :], str(_culprit(report, r, sh)))
            for r in report.subjects(rdflib.RDF.type, sh.ValidationResult)
        }
    )


def _culprit(report: Any, result: Any, sh: Any) -> Any:
    """What breaks the rule: the value where a SPARQL rule gave one, else the focus node."""
    by_sparql = report.value(result, sh.sourceConstraintComponent) == sh.SPARQLConstraintComponent
    return report.value(result, sh.value if by_sparql else sh.focusNode)
