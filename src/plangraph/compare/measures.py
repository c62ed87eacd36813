"""Numbers of a comparison: how alike two sides are, and which side leads in what."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plangraph.compare.rows import Citation, Rows
from plangraph.ontology import load_ontology

#: What is compared besides the classes of things.
FACTS = "relations"


@dataclass(frozen=True, slots=True)
class Similarity:
    """One matrix over the sides.

    Args:
        of: Top class of the things that are compared, or "relations".
        measure: "jaccard" (shared over all that either names) or "cosine" (of the evidence each thing has).
        values: Rows and columns in the order of the sides; None where neither side has any.
    """

    of: str
    measure: str
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """Which side gives most of its weight to one thing.

    A side's weight on a thing is its share: places of the text that name it in a statement, over all such places
    of things of that class. So a longer plan does not lead in everything.

    Args:
        kind: Top class of the thing.
        zh: Its Chinese name.
        en: Its English name.
        leader: Number of the side that leads; None where the two highest shares are equal.
        firm: Whether it would still lead with one piece of evidence less and the next side with one more.
        evidence: Places in the text, a side each.
        shares: Their share, a side each.
        actors: Parks and institutions (what can develop or focus) that a statement joins with it, a side each;
            their names in (zh, en).
        citations: The quotes, a side each.
    """

    kind: str
    zh: str
    en: str
    leader: int | None
    firm: bool
    evidence: tuple[int, ...]
    shares: tuple[float, ...]
    actors: tuple[tuple[tuple[str, str], ...], ...]
    citations: tuple[tuple[Citation, ...], ...]

    def name(self, lang: str) -> str:
        """The thing's name in ``lang``."""
        return self.zh if lang == "zh" else self.en


def similarities(rows: Rows) -> tuple[Similarity, ...]:
    """A Jaccard and a cosine matrix for each class of things, and a Jaccard matrix for the relations."""
    found = []
    sides = range(len(rows.sides))
    weights = _weights(rows)
    for kind in load_ontology().top_classes:
        vectors = [weights[kind, n] for n in sides]
        if any(vectors):
            found.append(Similarity(kind, "jaccard", _matrix([set(v) for v in vectors], _jaccard)))
            found.append(Similarity(kind, "cosine", _matrix(vectors, _cosine)))
    facts = [{fact for fact, by_side in rows.facts.items() if n in by_side} for n in sides]
    return (*found, Similarity(FACTS, "jaccard", _matrix(facts, _jaccard)))


def _weights(rows: Rows) -> dict[tuple[str, int], dict[int, int]]:
    """For each top class and side, the things that the side names with the number of places that carry them."""
    side_of = {plan: n for n, side in enumerate(rows.sides) for plan in side.plans}
    found: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for number, thing in enumerate(rows.things):
        for plan, e in thing.members:
            side = side_of[plan]
            found[load_ontology().top_class(e.type) or e.type, side][number] = _places(
                rows.of_thing[number].get(side, [])
            )
    return found


def _places(cited: Sequence[Citation]) -> int:
    return len({(c.plan, c.evidence.start, c.evidence.end) for c in cited})


def _matrix(parts: Sequence[object], measure: object) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(measure(a, b) for b in parts) for a in parts)  # type: ignore[operator]


def _jaccard(a: set[object], b: set[object]) -> float | None:
    return len(a & b) / len(a | b) if a | b else None


def _cosine(a: Mapping[int, int], b: Mapping[int, int]) -> float | None:
    lengths = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return sum(v * b.get(k, 0) for k, v in a.items()) / lengths if lengths else None


def leads(rows: Rows) -> tuple[Lead, ...]:
    """Who leads in each domain and technology that at least two sides name; firm leads first, those with most evidence before others."""
    ontology = load_ontology()
    # What one can work on: the classes at the far end of the relations that say so.
    kinds = dict.fromkeys((*ontology.relations["focusesOn"].range, *ontology.relations["develops"].range))
    weights = _weights(rows)
    sides = range(len(rows.sides))
    found = []
    for kind in kinds:
        totals = [sum(weights[kind, n].values()) for n in sides]
        for number in sorted({thing for n in sides for thing in weights[kind, n]}):
            evidence = tuple(weights[kind, n].get(number, 0) for n in sides)
            if sum(number in weights[kind, n] for n in sides) > 1 and any(evidence):
                found.append(_lead(rows, kind, number, evidence, totals))
    return tuple(sorted(found, key=lambda x: (not x.firm, x.leader is None, -max(x.evidence), x.kind, x.zh)))


def _lead(rows: Rows, kind: str, number: int, evidence: tuple[int, ...], totals: Sequence[int]) -> Lead:
    shares = tuple(n / total if total else 0.0 for n, total in zip(evidence, totals, strict=True))
    order = sorted(range(len(shares)), key=lambda n: (-shares[n], n))
    first, second = order[0], order[1]
    tie = math.isclose(shares[first], shares[second], rel_tol=1e-12)
    less = (evidence[first] - 1) / max(totals[first] - 1, 1)
    more = (evidence[second] + 1) / (totals[second] + 1)
    thing = rows.things[number].first
    return Lead(
        kind,
        thing.label_zh,
        thing.label("en"),
        None if tie else first,
        not tie and less > more,
        evidence,
        shares,
        tuple(_actors(rows, number, n) for n in range(len(shares))),
        tuple(_cited(rows, number, n) for n in range(len(shares))),
    )


def _actors(rows: Rows, number: int, side: int) -> tuple[tuple[str, str], ...]:
    ontology = load_ontology()
    acting = [c for c in ontology.relations["focusesOn"].domain if not ontology.is_a(c, "District")]
    found = [
        rows.things[other].first
        for other in rows.neighbours.get((number, side), ())
        if any(ontology.is_a(rows.things[other].first.type, c) for c in acting)
    ]
    return tuple((e.label_zh, e.label("en")) for e in sorted(found, key=lambda e: e.id))


def _cited(rows: Rows, number: int, side: int) -> tuple[Citation, ...]:
    cited = rows.of_thing[number].get(side, [])
    return tuple(sorted(cited, key=lambda c: (c.plan, c.evidence.start, c.evidence.end, c.zh)))
