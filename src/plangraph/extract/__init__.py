"""A plan's text → proposed entities and statements, each with its quote and position.

``propose`` runs the whole: stretches that may be names are tagged (`tagger`), cleaned and parted (`names`, `corrections`),
judged (`candidates`, `name_model`) and grouped, pairs of names judged
(`pairs`), and what is judged likely becomes a statement with the shortest quote that carries both ends and the cue.
Nothing here goes to the network, and the same text gives the same proposals.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plangraph.constraints import reached
from plangraph.document import Document, read_flow
from plangraph.extract.corrections import fill_lists, told_by_head
from plangraph.extract.lexicon import read_list
from plangraph.extract.name_model import find_names
from plangraph.extract.names import Named, find_place, full_name, group, place_names, to_entities
from plangraph.extract.pair_model import load_pair_model
from plangraph.extract.pairs import IMPLIED_IN_HEADING, IMPLIED_METHOD, Mention, Pair, candidate_pairs, matters
from plangraph.extract.printed import as_printed
from plangraph.extract.quotes import quote_clauses, shortest_quote
from plangraph.extract.rules import OWNER, apply_rules, short_names
from plangraph.model import MAX_QUOTE, Entity, Evidence, Statement
from plangraph.ontology import load_ontology

__all__ = ["Proposal", "propose"]

#: Below this probability (of the relation times that of the less sure name) a pair is not proposed; chosen on the
#: development provinces.
THRESHOLD = 0.4
#: The same for the plan's own place and a name in a heading: whether another heading stands above it, which decides who
#: is the subject, formats show better or worse.
HEADING_THRESHOLD = 0.8
#: Between the ends of a road or railway, and what makes a longer name of a place's.
_ROUTE = "至"
_NO_PLACE_BEFORE = (_ROUTE, "国际")
_RIVER = "河"
#: The country, of which every plan's places are.
_COUNTRY = "中国"
#: What an event, a survey, a title or a cost has of a field's name before it.
_NO_FIELD_BEFORE = ("大会", "博览会", "普查", "单项冠军", "成本")
#: A stretch of a river or road, works of transport and water: no park.
_NO_PARK = ("段", "机场", "灌区")
#: The relation of which a paragraph states one for each domain.
NESTING = "subDomainOf"
#: Economies told apart by where, not by what is made: no field is a part of them.
_NO_BROADER = frozenset({"县域经济", "园区经济"})


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
    flow = read_flow(document)
    proposal = as_printed(_propose(flow.document, plan_id, title, place), flow)
    return replace(proposal, statements=tuple(quote_clauses(proposal.statements, document.text)))


def _propose(document: Document, plan_id: str, title: str, place: str | None) -> Proposal:
    place = find_place(title, document.text) if place is None else place
    mentions = _mentions(document)
    starts = {m.start for m in mentions}
    mentions = [m for m in mentions if _is_name(document.text, m, place, starts)]
    named = group(document.text, mentions, short_names(document.text, mentions))
    by_start = {m.start: n for n in named for m in n.mentions}
    mentions = [replace(m, type=by_start[m.start].type) for m in mentions]
    ruled = list(apply_rules(document, mentions))
    goals = group(document.text, [r.object for r in ruled if r.object.type == "Goal"])
    goal_at = {m.start: n for n in goals for m in n.mentions}
    implied = _implied(named, place, document.text)
    found = to_entities([*named, *goals])
    ids = {id(n): i for i, (_, n) in found.items()}
    claims: dict[tuple[str, str, str], dict[tuple[int, int], Evidence]] = {}

    def claim(subject: Mention | None, relation: str, b: Named, evidence: Evidence) -> None:
        a = implied if subject is None else by_start[subject.start]
        if a is None or a is b or not load_ontology().allows(a.type, relation, b.type):
            return
        s, o = ids[id(a)], ids[id(b)]
        if load_ontology().relations[relation].symmetric and s > o:
            s, o = o, s
        spans = claims.setdefault((s, relation, o), {})
        if spans.get((evidence.start, evidence.end), evidence).confidence <= evidence.confidence:
            spans[evidence.start, evidence.end] = evidence

    owned = {r.object.start for r in ruled if r.rule == OWNER}
    for pair, relation, sure in _judged(document, mentions, implied is not None):
        if pair.subject is None and pair.object.start in owned:
            continue
        claim(pair.subject, relation, by_start[pair.object.start], _pair_evidence(document, pair, sure))
    for r in ruled:
        end = max(m.end for m in (r.subject, r.object) if m)
        start, end = r.cue, min(end, r.cue + MAX_QUOTE)
        sure = r.confidence * min(m.probability for m in (r.subject, r.object) if m)
        b = (goal_at if r.object.type == "Goal" else by_start)[r.object.start]
        claim(r.subject, r.relation, b, _evidence(document, start, end, f"rule:{r.rule}", sure))
    for circular in closing_circles(claims):
        del claims[circular]
    statements = [Statement(*c, tuple(e for _, e in sorted(spans.items())), plan_id) for c, spans in claims.items()]
    used = {i for s in statements for i in (s.subject, s.object)}
    entities = sorted(
        (n.mentions[0].start if n.mentions else -1, i)
        for i, (_, n) in found.items()
        if i in used or not (n.implied or n.type == "Goal")
    )
    return Proposal(place, tuple(found[i][0] for _, i in entities), tuple(statements))


def closing_circles(
    claims: Mapping[tuple[str, str, str], Mapping[tuple[int, int], Evidence]],
) -> list[tuple[str, str, str]]:
    """The claims that would close a circle of broader fields, or of a transitive relation, with surer ones."""
    above: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    found = []
    relations = load_ontology().relations
    ordered = [c for c in claims if c[1] == NESTING or relations[c[1]].transitive]
    for claim in sorted(ordered, key=lambda c: (-max(e.confidence for e in claims[c].values()), c)):
        s, relation, o = claim
        if s in reached(above[relation], o):
            found.append(claim)
        else:
            above[relation][s].add(o)
    return found


def _is_name(text: str, mention: Mention, place: str, starts: Container[int]) -> bool:
    """Whether ``mention`` names what its words name; ``starts`` is where names begin.

    A field in the name of an event or survey (农业普查) does not, nor does what parks and bodies are called in general
    (自贸试验区). Of places, the country, the ends of a road or railway (诸暨至嵊州), what stands before 国际 (兰州国际马拉松) or is
    a river's name (苏州河) and the plan's own place in the name of a campaign (平安浙江) do not, nor does another place by one
    character, which is mostly a part of the name of a railway or programme.
    """
    start, end = mention.start, mention.end
    if mention.type in matters():
        return not text.startswith(_NO_FIELD_BEFORE, end)
    if mention.type != "District":
        park = mention.type == "Park" and text.endswith(_NO_PARK, start, end)
        return not park and text[start:end] not in _general(mention.type)
    if text.startswith(_NO_PLACE_BEFORE, end) or text.endswith(_ROUTE, 0, start) or text[start:end] == _COUNTRY:
        return False
    if text.startswith(_RIVER, end) and end not in starts:
        return False
    if full_name(text[start:end]) == place:
        return not _in_campaign(text, start)
    return end - start > 1


@functools.cache
def _general(kind: str) -> frozenset[str]:
    """What names of a class end with."""
    return frozenset(read_list(f"{kind.lower()}-ending"))


def _in_campaign(text: str, start: int) -> bool:
    return text.endswith(_campaigns(), max(0, start - 4), start)


@functools.cache
def _campaigns() -> tuple[str, ...]:
    return tuple(read_list("campaign"))


def _implied(named: list[Named], place: str, text: str) -> Named | None:
    """The plan's own place among ``named``, added to them if the tagger did not mark it in ``text``."""
    if not place:
        return None
    for n in named:
        if n.type == "District" and place in map(full_name, [n.name, *n.aliases]):
            if n.name != place:
                n.aliases.append(n.name)
                n.name = place
            return n
    named.append(Named("District", place, implied=not _printed(named, place, text)))
    return named[-1]


def _printed(named: Sequence[Named], place: str, text: str) -> bool:
    """Whether ``text`` has a name of ``place`` that is no part of another name (云南 in 云南自由贸易试验区, 平安云南)."""
    mentions = sorted((m.start, m.end) for n in named for m in n.mentions)
    for name in place_names(place):
        for hit in re.finditer(re.escape(name), text):
            before = bisect.bisect_right(mentions, (hit.start(), len(text))) - 1
            alone = before < 0 or mentions[before][1] < hit.end()
            if alone and not _in_campaign(text, hit.start()):
                return True
    return False


def _judged(document: Document, mentions: Sequence[Mention], place: bool) -> Iterator[tuple[Pair, str, float]]:
    """Pairs that the model takes to be related, with the relation and its probability; in one paragraph a domain has
    one broader domain, the likeliest."""
    pairs = (p for p in candidate_pairs(document, mentions) if p.subject or place)
    judged = ((p, relation, sure * _names_sure(p)) for p, relation, sure in load_pair_model().likely(pairs, THRESHOLD))
    text = document.text
    found = []
    for p, relation, sure in judged:
        least = HEADING_THRESHOLD if p.features[0] == IMPLIED_IN_HEADING else THRESHOLD
        vague = relation == NESTING and text[p.object.start : p.object.end] in _NO_BROADER
        if sure >= least and not vague:
            # Without their features, which take kilobytes a pair.
            found.append((replace(p, features=()), relation, sure))
    best: dict[tuple[int, str], float] = {}

    def child(pair: Pair) -> tuple[int, str]:
        a = pair.subject or pair.object
        return document.paragraph_at(pair.last.start), text[a.start : a.end]

    for pair, relation, sure in found:
        if relation == NESTING:
            best[child(pair)] = max(best.get(child(pair), 0.0), sure)
    return (x for x in found if x[1] != NESTING or x[2] >= best[child(x[0])])


def _names_sure(pair: Pair) -> float:
    return min(pair.object.probability, pair.subject.probability if pair.subject else 1.0)


def _pair_evidence(document: Document, pair: Pair, sure: float) -> Evidence:
    method = "model:pairs" if pair.subject else IMPLIED_METHOD
    return _evidence(document, *shortest_quote(document.text, pair), method, load_pair_model().confidence(sure))


def _evidence(document: Document, start: int, end: int, method: str, confidence: float) -> Evidence:
    number = document.paragraph_at(start)
    return Evidence.from_text(
        document.text,
        start,
        end,
        section=document.section_path(number),
        paragraph=number,
        method=method,
        confidence=round(confidence, 3),
        status="proposed",
    )


def _mentions(document: Document) -> list[Mention]:
    """Names in the body of the document, in order."""
    text = document.text
    body = [m for m in find_names(text) if document.kind(document.paragraph_at(m.start)) != "chrome"]
    return told_by_head(text, fill_lists(text, body))
