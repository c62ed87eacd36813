"""A plan's text → proposed entities and statements, each with its quote and position.

``propose`` runs the whole: names are tagged (`tagger`), cleaned and grouped (`names`), pairs of names judged
(`pairs`), and what is judged likely becomes a statement with the shortest quote that carries both ends and the cue.
Nothing here goes to the network, and the same text gives the same proposals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plangraph.document import Document
from plangraph.extract.names import Named, clean, find_place, group, place_names, to_entities
from plangraph.extract.pairs import NONE, Mention, Pair, candidate_pairs, cue_pattern, load_pair_model
from plangraph.extract.tagger import load_tagger
from plangraph.model import MAX_QUOTE, Entity, Evidence, Statement
from plangraph.ontology import load_ontology

__all__ = ["Proposal", "propose"]

#: Below this probability a pair is not proposed; chosen on the development provinces.
THRESHOLD = 0.4


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was drawn out of one text.

    Args:
        place: Full name of the division that the plan is for, or "".
        entities: In the order of their first mention.
        statements: In the order of the text, all with status "proposed".
    """

    place: str
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]


def propose(document: Document, plan_id: str, title: str = "", place: str | None = None) -> Proposal:
    """Draw entities and statements out of ``document``.

    Args:
        document: The text.
        plan_id: Id of the plan, for the statements.
        title: Title or file name; the place is looked for in it.
        place: Full name of the division that the plan is for, if known.
    """
    text = document.text
    place = find_place(title, text) if place is None else place
    mentions = _mentions(document)
    named = group(text, mentions)
    found: dict[tuple[str, str, str], dict[tuple[int, int], Evidence]] = {}
    by_start = {m.start: n for n in named for m in n.mentions}
    implied = next((n for n in named if n.type == "District" and not set(place_names(place)).isdisjoint([n.name, *n.aliases])), None)
    if implied is None and place:
        implied = Named("District", place, implied=True)
        named.append(implied)
    elif implied is not None and implied.name != place:
        implied.aliases.append(implied.name)
        implied.name = place
    ids = {id(n): i for i, (_, n) in to_entities(named).items()}
    judged = [p for p in candidate_pairs(text, _typed(mentions, by_start), cue_pattern()) if p.subject or implied]
    model = load_pair_model()
    for pair, odds in zip(judged, model.probabilities(judged).tolist(), strict=True):
        best = max(range(len(odds)), key=lambda k: odds[k])
        relation, sure = model.labels[best], odds[best]
        if relation == NONE or sure < THRESHOLD:
            continue
        a = implied if pair.subject is None else by_start[pair.subject.start]
        b = by_start[pair.object.start]
        if a is None or a is b or not load_ontology().allows(a.type, relation, b.type):
            continue
        s, o = ids[id(a)], ids[id(b)]
        if load_ontology().relations[relation].symmetric and s > o:
            s, o = o, s
        start, end = _quote(text, pair)
        method = "model:pairs" if pair.subject else "model:implied-place"
        probability = sure * min(pair.object.probability, pair.subject.probability if pair.subject else 1.0)
        evidence = Evidence.from_text(
            text, start, end, section=tuple(document.section_path(document.paragraph_at(start))),
            paragraph=document.paragraph_at(start), method=method, confidence=round(probability, 3), status="proposed",
        )
        claims = found.setdefault((s, relation, o), {})
        if claims.get((start, end), evidence).confidence <= evidence.confidence:
            claims[start, end] = evidence
    statements = [Statement(*claim, tuple(e for _, e in sorted(spans.items())), plan_id) for claim, spans in found.items()]
    used = {i for s in statements for i in (s.subject, s.object)}
    entities = [e for i, (e, n) in to_entities(named).items() if not n.implied or i in used]
    order = {i: n.mentions[0].start if n.mentions else -1 for i, (_, n) in to_entities(named).items()}
    entities.sort(key=lambda e: (order[e.id], e.id))
    statements.sort(key=lambda s: (s.evidence[0].start, s.subject, s.predicate, s.object))
    return Proposal(place, tuple(entities), tuple(statements))


def _mentions(document: Document) -> list[Mention]:
    """Names in the body of the document, in order."""
    tagger = load_tagger()
    text = document.text
    found = []
    for span in tagger.tag(text):
        mention = clean(text, Mention(span.start, span.end, span.type, span.probability))
        if mention is not None and document.kind(document.paragraph_at(mention.start)) != "chrome":
            found.append(mention)
    return found


def _typed(mentions: Sequence[Mention], by_start: dict[int, Named]) -> list[Mention]:
    """Mentions with the class that their entity got."""
    return [Mention(m.start, m.end, by_start[m.start].type, m.probability) for m in mentions]


def _quote(text: str, pair: Pair) -> tuple[int, int]:
    """The shortest stretch, at most 24 characters, that carries the pair: both ends if they fit, else the object
    with the words before it."""
    a, b = pair.subject, pair.object
    if a is not None:
        start, end = min(a.start, b.start), max(a.end, b.end)
        if end - start <= MAX_QUOTE:
            return start, end
    end = min(b.end, b.start + MAX_QUOTE)
    start = max(b.start - (MAX_QUOTE - (end - b.start)), 0)
    for stop in "。；！？\n，":
        at = text.rfind(stop, start, b.start)
        if at >= 0:
            start = at + 1
    return start, end
