"""What waits for a decision: which rows, in which order, and each in its sentence with the names marked."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plangraph.document import Document, Flow, fold_traditional, read_flow
from plangraph.extract.pairs import IMPLIED_METHOD
from plangraph.model import Entity, Evidence
from plangraph.ontology import load_ontology

#: Subject, relation, object, start, end: one row of ``statements.csv``.
Key = tuple[str, str, str, int, int]
ORDERS = ("doubt", "confidence", "text")
#: So much of a sentence is shown on each side of the quote.
_AROUND = 120
#: How far above a line a heading is looked for that names what the line does not, and what parts it from the line.
_LINES_ABOVE = 60
_GAP = " …… "


@dataclass(frozen=True, slots=True)
class Item:
    """One row: a statement with one evidence."""

    key: Key
    evidence: Evidence

    @property
    def id(self) -> str:
        """Eight hexadecimal digits by which the row is called; the same as long as its ends and place are."""
        data = json.dumps(self.key, ensure_ascii=False).encode("utf-8")
        return hashlib.sha256(data).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows; an empty part lets all through.

    Args:
        status: proposed, accepted or rejected; "" for any.
        relations: Names of relations.
        methods: Methods; one that ends with a colon (``model:``) takes all that begin with it.
        entities: Ids of entities that the row names.
        ids: Ids of rows.
        low: Lowest confidence.
        high: Highest confidence.
    """

    status: str = "proposed"
    relations: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0

    def takes(self, item: Item) -> bool:
        """Whether ``item`` passes."""
        (s, r, o, *_), e = item.key, item.evidence
        return (
            (not self.status or e.status == self.status)
            and (not self.relations or r in self.relations)
            and (not self.methods or any(e.method == m or (m[-1:] == ":" and e.method.startswith(m)) for m in self.methods))
            and (not self.entities or s in self.entities or o in self.entities)
            and (not self.ids or item.id in self.ids)
            and self.low <= e.confidence <= self.high
        )  # fmt: skip

    @property
    def narrows(self) -> bool:
        """Whether anything but the status is asked for."""
        return bool(self.relations or self.methods or self.entities or self.ids or self.low > 0 or self.high < 1)


def queue(rows: Mapping[Key, Evidence], wanted: Filter, order: str = "doubt") -> list[Item]:
    """The rows that ``wanted`` takes.

    Args:
        rows: All rows.
        wanted: Which of them.
        order: "doubt" (the most doubtful first, those first whose names stand in many other rows), "confidence" (the
            surest first) or "text".
    """
    items = [i for i in (Item(k, e) for k, e in rows.items()) if wanted.takes(i)]
    if order == "doubt":
        times = Counter(end for k in rows for end in (k[0], k[2]))

        def worth(item: Item) -> float:
            doubt = 1 - abs(2 * item.evidence.confidence - 1)
            return doubt * (1 + math.log(times[item.key[0]] + times[item.key[2]]))

        return sorted(items, key=lambda i: (-worth(i), i.evidence.start, i.key))
    if order == "confidence":
        return sorted(items, key=lambda i: (-i.evidence.confidence, i.evidence.start, i.key))
    return sorted(items, key=lambda i: (i.evidence.start, i.evidence.end, i.key))


@dataclass(frozen=True, slots=True)
class Context:
    """A quote in its sentence.

    Args:
        text: The sentence, cut where it is very long.
        marks: (start, end, role) of "subject", "object" and "quote" in ``text``; names never overlap.
        places: For each character its offset in the plan's text; empty where that is not known.
    """

    text: str
    marks: tuple[tuple[int, int, str], ...]
    places: tuple[int, ...] = ()


class Reader:
    """Shows quotes in the text that they stand in.

    Args:
        document: The plan's text; None where it was not given.
    """

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self._flow: Flow | None = read_flow(document) if document else None

    def context(self, item: Item, entities: Mapping[str, Entity]) -> Context:
        """``item`` in its sentence, or its quote alone where there is no text or the text is another.

        Where an end stands in an earlier sentence of the paragraph or in a heading above, that is shown before it.
        """
        e, flow = item.evidence, self._flow
        subject, object = (entities[i].names if i in entities else () for i in (item.key[0], item.key[2]))
        if flow is None or self.document is None or self.document.text[e.start : e.end] != e.quote:
            text, start, end = e.quote.replace("\n", " "), 0, len(e.quote)
            places: tuple[int, ...] = ()
        else:
            first, last = flow.offset(e.start), flow.offset(e.end - 1) + 1
            low, high = self._sentences(flow, first, last)
            low, high = max(low, first - _AROUND), min(high, last + _AROUND)
            text, start, end = flow.printed.text[low:high].replace("\n", " "), first - low, last - low
            places = tuple(flow.place(i) for i in range(low, high))
            for names in (subject, object):
                if (
                    e.method != IMPLIED_METHOD
                    and not _stands(names, text)
                    and (lead := self._lead(flow, names, first, low))
                ):
                    before = flow.printed.text[slice(*lead)].replace("\n", " ") + _GAP
                    text, start, end = before + text, start + len(before), end + len(before)
                    shown = (min(i, lead[1] - 1) for i in range(lead[0], lead[0] + len(before)))
                    places = (*map(flow.place, shown), *places)
        return Context(text, (*_names(text, subject, object, start, end), (start, end, "quote")), places)

    def _lead(self, flow: Flow, names: Sequence[str], first: int, low: int) -> tuple[int, int] | None:
        """The last sentence before ``low`` in the paragraph of ``first``, or the last heading above, that has a name."""
        document, number = flow.printed, flow.printed.paragraph_at(first)
        above = (n for n in range(number - 1, max(0, number - _LINES_ABOVE), -1) if document.kind(n) == "heading")
        for n in (number, *above):
            for a, b in reversed(document.sentences(n)):
                if a < low and _stands(names, document.text[a : min(b, low)]):
                    return a, min(b, low, a + _AROUND)
        return None

    def _sentences(self, flow: Flow, start: int, end: int) -> tuple[int, int]:
        document = flow.printed
        low, high = start, end
        for number in {document.paragraph_at(start), document.paragraph_at(max(start, end - 1))} - {0}:
            for a, b in document.sentences(number):
                if a < end and start < b:
                    low, high = min(low, a), max(high, b)
        return low, high


def _names(
    text: str, subject: Sequence[str], object: Sequence[str], start: int, end: int
) -> Iterable[tuple[int, int, str]]:
    """Where the two ends stand, each at most once: the longest name, nearest to the quote, over no other name."""
    folded = fold_traditional(text)
    taken: tuple[int, int] | None = None
    both = sorted(((subject, "subject"), (object, "object")), key=lambda p: -max(map(len, p[0]), default=0))
    for names, role in both:
        places = [
            (not (start <= at and at + len(name) <= end), -len(name), abs(at - start), at)
            for name in names
            for at in _all(folded, fold_traditional(name))
            if taken is None or at >= taken[1] or at + len(name) <= taken[0]
        ]
        if places:
            _, size, _, at = min(places)
            taken = (at, at - size)
            yield at, at - size, role


def _stands(names: Sequence[str], text: str) -> bool:
    folded = fold_traditional(text)
    return any(fold_traditional(name) in folded for name in names)


def _all(text: str, name: str) -> Iterable[int]:
    at = text.find(name) if name else -1
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def claim_words(key: Key, entities: Mapping[str, Entity], lang: str) -> str:
    """``subject (class) —relation→ object (class)`` in ``lang``."""
    ontology = load_ontology()

    def end(entity_id: str) -> str:
        e = entities.get(entity_id)
        kind = ontology.classes.get(e.type) if e else None
        return f"{e.label(lang)}（{kind.label(lang)}）" if e and kind else e.label(lang) if e else entity_id

    relation = ontology.relations.get(key[1])
    return f"{end(key[0])} —{relation.label(lang) if relation else key[1]}→ {end(key[2])}"
