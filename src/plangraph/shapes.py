"""The shapes of ``ontology/shapes.ttl``: their words, and the standard's own reading of them by pyshacl.

`plangraph.constraints` says the same of a plan's tables, fast.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plangraph.resources import resource_dir
from plangraph.vocab import SH, SHAPES


@dataclass(frozen=True, slots=True)
class Shape:
    """The words of one shape.

    Args:
        name: Local name, such as ``quote-length``.
        column: Column of the table, or key of ``plan.toml``, that a violation is about.
        severity: "error" or "warning".
        message: What is wrong, by language.
        remedy: How to mend it, by language.
    """

    name: str
    column: str
    severity: str
    message: dict[str, str]
    remedy: dict[str, str]


@functools.cache
def load_shapes() -> tuple[Shape, ...]:
    """All shapes, sorted by name."""
    import pyoxigraph as ox

    facts: dict[str, dict[str, list[Any]]] = {}
    for quad in ox.parse(path=str(resource_dir("ontology") / "shapes.ttl")):
        facts.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return tuple(_shape(iri[len(SHAPES) :], facts[iri]) for iri in sorted(facts) if iri.startswith(SHAPES))


def _shape(name: str, own: dict[str, list[Any]]) -> Shape:
    severity = "warning" if own[SH + "severity"][0].value == SH + "Warning" else "error"
    words = {p: {o.language: o.value for o in own[p]} for p in (SH + "message", SHAPES + "remedy")}
    return Shape(name, own[SHAPES + "column"][0].value, severity, words[SH + "message"], words[SHAPES + "remedy"])


def validate_with_pyshacl(triples: Iterable[str]) -> list[tuple[str, str]]:
    """Shape name and culprit's IRI of every violation, sorted.

    Args:
        triples: N-Triples without their final stop: a plan's own graph, its world graph and the ontology.
    """
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
