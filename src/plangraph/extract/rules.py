"""Relations that a fixed wording states: aims, benchmarks, places, partners, lists; and other names that
the text itself gives.

Each rule has a name, which the statements carry as method (``rule:NAME``), and an example.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plangraph.document import Document
from plangraph.document.outline import BODY
from plangraph.extract.lexicon import read_list
from plangraph.extract.pairs import Mention
from plangraph.model import MAX_QUOTE
from plangraph.ontology import load_ontology

_SENTENCE = re.compile(r"[^。；！？\n]{1,600}")
_AIM = re.compile(
    r"(?:打造成为?|建设成为|打造|争当|争创)(?P<goal>[^，。；：！？、\n“”‘’（）()《》]{4,24})(?=[，。；！？\n]|$)"
)
_BENCHMARK = re.compile(r"对标")
#: The other name that a bracket right after a name gives: （以下简称“…”）.
_SHORT = re.compile(r"[（(](?:以下)?简称[：:]?[“\"]?(?P<name>[^”\"）)，。]{2,12})[”\"]?[）)]")
#: A name within so many characters of a sentence's start begins it (支持…, 推动…).
_OPENING = 3
#: Words right before a partner, and how near a name before the word, in the same clause, is the partner's other side.
_WITH = ("与", "携手", "同")
_WITHIN = 14
#: The rule by which a name has a subject right before it, so that the plan's place is not its subject.
OWNER = "owner"
#: What stands between the names of a list.
_AND = ("、", "和", "及", "以及", "与")
#: What stands between a list and the field that its members belong to, and between such a field and the list.
_AND_OTHERS = re.compile(r"等(?:领域|重点|特色|优势|主导|支柱|细分|新型|的|[一二三四五六七八九十两\d]+[大个条]){0,2}")
_HAS = re.compile(r"(?:产业|领域)?(?:围绕|聚焦|包括|涵盖|主攻|重点发展|重点抓好)")
#: 35 of the 41 aims that the rule finds in ten training reports are right (read by hand).
AIM_CONFIDENCE = 0.85
#: How often each rule is right on the names that people marked in the training reports (both readings; of places none was
#: wrong there, and one is assumed to be).
PLACE_CONFIDENCE, PARTNER_CONFIDENCE = 71 / 72, 79 / 85
LISTED_CONFIDENCE, OWNER_CONFIDENCE = 510 / 524, 199 / 213
#: The training reports state no benchmark, so nothing is known of it: even odds.
BENCHMARK_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A relation that a rule found.

    Args:
        rule: Name of the rule.
        relation: Local name of the relation.
        subject: The mention before the wording, None for the plan's own place.
        object: A mention, or for an aim its span alone.
        cue: Offset where the wording begins.
        confidence: How sure the rule is.
    """

    rule: str
    relation: str
    subject: Mention | None
    object: Mention
    cue: int
    confidence: float


def apply_rules(document: Document, mentions: Sequence[Mention]) -> Iterator[Found]:
    """Relations by fixed wordings, in the order of the text; ``mentions`` are sorted."""
    starts = [m.start for m in mentions]
    for line, (start, end) in enumerate(document.paragraphs):
        if document.outline.kinds[line] == BODY:
            for sentence in _SENTENCE.finditer(document.text, start, end):
                first, last = (bisect.bisect_left(starts, p) for p in sentence.span())
                yield from _aims(document.text, sentence.span(), mentions[first:last])
                yield from _benchmarks(document.text, sentence.span(), mentions[first:last])
                yield from _places(document.text, mentions[first:last])
                yield from _partners(document.text, mentions[first:last])
                yield from _listed(document.text, mentions[first:last])
                yield from _owners(mentions[first:last])


def _aims(text: str, span: tuple[int, int], inside: Sequence[Mention]) -> Iterator[Found]:
    """支持天开园打造科技创新策源地。 → 天开园 aimsAt 科技创新策源地"""
    for m in _AIM.finditer(text, *span):
        start, end = m.span("goal")
        named = any((x.start <= start and x.end >= end) or (x.end == end and x.type != "Domain") for x in inside)
        if not named and text[start:end].endswith(_goal_endings()) and not text.startswith(_vague(), start):
            goal = Mention(start, end, "Goal")
            yield Found(
                "aim",
                "aimsAt",
                _before(text, span[0], inside, m.start(), "aimsAt", "Goal"),
                goal,
                m.start(),
                AIM_CONFIDENCE,
            )


def _benchmarks(text: str, span: tuple[int, int], inside: Sequence[Mention]) -> Iterator[Found]:
    """天河实验室对标国家实验室。 → 天河实验室 benchmarkedAgainst 国家实验室"""
    for m in _BENCHMARK.finditer(text, *span):
        after = next((x for x in inside if m.end() <= x.start <= m.end() + 2), None)
        if after is None:
            continue
        subject = _before(text, span[0], inside, m.start(), "benchmarkedAgainst", after.type)
        if subject is not None:
            yield Found("benchmark", "benchmarkedAgainst", subject, after, m.start(), BENCHMARK_CONFIDENCE)


def _places(text: str, inside: Sequence[Mention]) -> Iterator[Found]:
    """支持云汀远山产业园建设。 (云汀 a division) → 远山产业园 locatedIn 云汀"""
    for place, name in itertools.pairwise(inside):
        located = place.type == "District" and load_ontology().allows(name.type, "locatedIn", place.type)
        if located and place.end == name.start:
            yield Found("place", "locatedIn", name, place, place.start, PLACE_CONFIDENCE)


def _partners(text: str, inside: Sequence[Mention]) -> Iterator[Found]:
    """深化与云汀市、远山市合作。 → the plan's place collaboratesWith 云汀市, and 远山市"""
    partners = load_ontology().relations["collaboratesWith"].range
    cue = -1
    for n, name in enumerate(inside):
        word = next((w for w in _WITH if text.endswith(w, 0, name.start)), "")
        gap = text[inside[n - 1].end : name.start] if n else ""
        near = n and len(gap) <= _WITHIN and "，" not in gap and inside[n - 1].type in partners
        goes_on = cue >= 0 and n and text[inside[n - 1].end : name.start] in _AND
        if name.type not in partners:
            cue = -1
        elif word and not near:
            cue = name.start - len(word)
        elif not goes_on:
            cue = -1
        if cue >= 0:
            # Of a long list the quote is the name alone.
            start = cue if name.end - cue <= MAX_QUOTE else name.start
            yield Found("partner", "collaboratesWith", None, name, start, PARTNER_CONFIDENCE)


def _listed(text: str, inside: Sequence[Mention]) -> Iterator[Found]:
    """发展云织、山染等轻纺产业。 → 云织, 山染 subDomainOf 轻纺产业; 轻纺产业围绕云织、山染… → the same.

    A technology in place of a field is what the field develops.
    """
    for n, head in enumerate(inside):
        if head.type != "Domain":
            continue
        after = head.start
        for item in reversed(inside[:n]):
            between = text[item.end : after]
            joined = _AND_OTHERS.fullmatch(between) if after == head.start else between in _AND
            if not joined:
                break
            after = item.start
            yield from _member(text, head, item)
        verb = _HAS.match(text, head.end)
        before = verb.end() if verb else -1
        for item in inside[n + 1 :]:
            if item.start != before and text[before : item.start] not in _AND:
                break
            before = item.end
            yield from _member(text, head, item)


def _member(text: str, head: Mention, item: Mention) -> Iterator[Found]:
    start, end, last = min(head.start, item.start), max(head.end, item.end), max(head.start, item.start)
    # The quote has both, or of a long list whole items up to the later one.
    cue = start if end - start <= MAX_QUOTE else text.find("、", end - MAX_QUOTE - 1, last) + 1 or last
    if item.type == "Domain":
        yield Found("listed", "subDomainOf", item, head, cue, LISTED_CONFIDENCE)
    elif item.type == "Technology":
        yield Found("listed", "develops", head, item, cue, LISTED_CONFIDENCE)


def _owners(inside: Sequence[Mention]) -> Iterator[Found]:
    """支持云汀氢能做强。 (云汀 a division) → 云汀 focusesOn 氢能; 扩产云汀集团电解槽。 → 云汀集团 develops 电解槽"""
    allows = load_ontology().allows
    for owner, name in itertools.pairwise(inside):
        relation = "develops" if allows(owner.type, "develops", name.type) else "focusesOn"
        if owner.end == name.start and owner.type != "Domain" and allows(owner.type, relation, name.type):
            yield Found(OWNER, relation, owner, name, owner.start, OWNER_CONFIDENCE)


def _before(text: str, start: int, inside: Sequence[Mention], end: int, relation: str, kind: str) -> Mention | None:
    """The last name before ``end`` that ``relation`` may start from, if it stands in its clause or begins the sentence."""
    allows = load_ontology().allows
    for m in reversed(inside):
        near = "，" not in text[m.end : end] or (m.start - start <= _OPENING and m.type != "Domain")
        if m.end <= end and near and allows(m.type, relation, kind):
            return m
    return None


def short_names(text: str, mentions: Sequence[Mention]) -> dict[int, str]:
    """Other names by the start of the mention that they stand after: 国家超级计算天津中心（以下简称“超算中心”）."""
    found = {}
    for m in mentions:
        short = _SHORT.match(text, m.end)
        if short:
            found[m.start] = short["name"]
    return found


@functools.cache
def _goal_endings() -> tuple[str, ...]:
    return tuple(read_list("goal-ending"))


@functools.cache
def _vague() -> tuple[str, ...]:
    return tuple(read_list("goal-vague"))
