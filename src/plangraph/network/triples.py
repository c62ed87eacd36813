"""A result as RDF: an analysis with its projection, parameters and versions, and a line for each entity."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING

from plangraph.network.versions import LIBRARIES
from plangraph.rdf import literal
from plangraph.vocab import PLAN, RDF, XSD, analysis_iri, entity_iri

if TYPE_CHECKING:
    from plangraph.network.communities import Communities
    from plangraph.network.ranking import Ranking


def analysis_graph(outcome: Ranking | Communities, base: str) -> tuple[str, list[str]]:
    """The IRI and the sorted triples of the graph of a result on build ``base``."""
    from plangraph.network.ranking import Ranking

    named = outcome.measure if isinstance(outcome, Ranking) else "communities"
    parameters = json.dumps(_parameters(outcome), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    iri = analysis_iri(base, json.dumps([named, parameters], ensure_ascii=False))
    triples = [
        f"<{iri}> <{RDF}type> <{PLAN}Analysis>",
        f"<{iri}> <{PLAN}measure> {literal(named)}",
        f"<{iri}> <{PLAN}ofBuild> {literal(base)}",
        f"<{iri}> <{PLAN}parameters> {literal(parameters)}",
        *(f"<{iri}> <{PLAN}projection> {literal(outcome.projection.words(lang), '@' + lang)}" for lang in ("zh", "en")),
        *(f"<{iri}> <{PLAN}software> {literal(f'{name} {version(name)}')}" for name in LIBRARIES),
    ]
    for entity, facts in _lines(outcome):
        node = f"{iri}/{entity}"
        triples += [
            f"<{node}> <{RDF}type> <{PLAN}AnalysisResult>",
            f"<{node}> <{PLAN}resultOf> <{iri}>",
            f"<{node}> <{PLAN}resultFor> <{entity_iri(entity)}>",
            *(f"<{node}> <{PLAN}{name}> {_number(value)}" for name, value in facts.items() if value is not None),
        ]
    return iri, sorted(triples)


def _parameters(outcome: Ranking | Communities) -> dict[str, object]:
    from plangraph.network.ranking import Ranking

    common: dict[str, object] = {
        "projection": {f.name: getattr(outcome.projection, f.name) for f in dataclasses.fields(outcome.projection)},
        "resample": outcome.resample,
    }
    if isinstance(outcome, Ranking):
        return {**common, "random_state": outcome.random_state, "seeds": dict(outcome.seeds)}
    return {**common, "resolution": outcome.resolution, "seed": outcome.seed}


def _lines(outcome: Ranking | Communities) -> list[tuple[str, dict[str, float | None]]]:
    from plangraph.network.ranking import Ranking

    if isinstance(outcome, Ranking):
        return [
            (r.entity.id, {"value": float(r.value), "rank": r.rank, "bestRank": r.low, "worstRank": r.high})
            for r in outcome.rows
        ]
    return [
        (e.id, {"community": c.number, "stability": None if c.stability is None else float(c.stability)})
        for c in outcome.rows
        for e in c.members
    ]


def _number(value: float) -> str:
    """A whole number as xsd:integer, any other to nine significant digits as xsd:decimal: the last bits vary."""
    if isinstance(value, int):
        return literal(value, XSD + "integer")
    return literal(f"{Decimal(f'{value:.9g}'):f}", XSD + "decimal")
