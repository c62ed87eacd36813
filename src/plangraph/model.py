"""The values that everything else is made of: plan, section, entity, evidence, statement, stated count.

All are frozen and check themselves when they are made. Offsets are code points of the plan's text, counted
from 0, the end not included, as Python slices count.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field

from plangraph.vocab import entity_iri, is_entity_id, is_slug, statement_iri

MAX_QUOTE = 24
STATUSES = ("accepted", "proposed", "rejected")

#: Dashes, brackets and quotes, and what is there but not seen (zero-width spaces, byte order marks).
_DROPPED = {"Pd", "Ps", "Pe", "Pi", "Pf", "Cf"}
_DOTS_AND_QUOTES = set("·•‧∙⋅・.。'\"`´")


def fold(name: str) -> str:
    """A name as it is compared: NFKC, lower case, without white space, quotes, dashes, brackets and dots.

    >>> fold("滨海—中关村 科技园") == fold("滨海中关村科技园")
    True
    """
    # Before as well: NFKC makes two characters of an acute accent that stands alone.
    text = unicodedata.normalize("NFKC", "".join(c for c in name if c not in _DOTS_AND_QUOTES))
    return "".join(
        c for c in text if not c.isspace() and c not in _DOTS_AND_QUOTES and unicodedata.category(c) not in _DROPPED
    ).lower()


def decimal_text(value: float) -> str:
    """``value`` as a decimal without exponent, at most six places (``0.85``, ``1``): in tables and in RDF alike."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Entity:
    """Something a plan names.

    Args:
        id: Class word and slug, ``park/china-xinchuang-valley``.
        type: Local name of the narrowest class that the text allows.
        label_zh: Name as printed.
        label_en: English name (ours, not the plan's).
        aliases: Other names, as printed.
        broader: Id of the broader entity, where a statement says so.
        note: Free words; ``GB/T 2260 120116`` gives an administrative code.
    """

    id: str
    type: str
    label_zh: str
    label_en: str = ""
    aliases: tuple[str, ...] = ()
    broader: str = ""
    note: str = ""

    def label(self, lang: str) -> str:
        """Its name in ``lang`` ("zh" or "en"); the Chinese one where there is no English one."""
        return self.label_en if lang == "en" and self.label_en else self.label_zh

    def __post_init__(self) -> None:
        if not is_entity_id(self.id):
            raise ValueError(f"entity id {self.id!r} is not CLASS/SLUG in lower-case ASCII")
        if not self.label_zh:
            raise ValueError(f"entity {self.id} has no Chinese name")

    @property
    def iri(self) -> str:
        """Its IRI."""
        return entity_iri(self.id)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the Chinese one first."""
        return tuple(n for n in (self.label_zh, *self.aliases, self.label_en) if n)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place in the text that carries a statement.

    Args:
        start: First code point of the quote.
        end: Code point after the quote.
        quote: ``text[start:end]``, at most 24 characters.
        section: Headings from the outermost to the innermost.
        paragraph: Ordinal of the line among the text's non-blank lines, from 1.
        method: ``curated``, ``rule:NAME`` or ``model:NAME``.
        confidence: 0 to 1.
        status: accepted, proposed or rejected.
        decided_by: Who decided, if anybody has.
        decided_on: ISO date of the decision.
        reason: Why.
    """

    start: int
    end: int
    quote: str
    section: tuple[str, ...] = ()
    paragraph: int = 1
    method: str = "curated"
    confidence: float = 1.0
    status: str = "accepted"
    decided_by: str = ""
    decided_on: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"start {self.start} and end {self.end} are not a span (0 <= start < end)")
        if not self.quote:
            raise ValueError("the quote is empty")
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is not one of {', '.join(STATUSES)}")
        if not math.isfinite(self.confidence):
            raise ValueError(f"confidence {self.confidence} is not a finite number")

    @classmethod
    def from_text(cls, text: str, start: int, end: int, **details: object) -> Evidence:
        """Evidence whose quote is computed from ``text``.

        Raises:
            ValueError: The span is not within the text.
        """
        if not 0 <= start < end <= len(text):
            raise ValueError(f"span {start}-{end} is not within a text of {len(text)} characters")
        return cls(start=start, end=end, quote=text[start:end], **details)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Statement:
    """One relation that one plan states, with its evidence.

    Args:
        subject: Entity id, or ``plan/PLAN-ID``.
        predicate: Local name of a relation of the ontology.
        object: Entity id.
        evidence: At least one.
        plan: Id of the plan that states it.
    """

    subject: str
    predicate: str
    object: str
    evidence: tuple[Evidence, ...]
    plan: str

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a statement without evidence: {self.subject} {self.predicate} {self.object}")

    @property
    def iri(self) -> str:
        """Its IRI: a hash of plan, subject, predicate and object."""
        return statement_iri(self.plan, self.subject, self.predicate, self.object)

    @property
    def status(self) -> str:
        """The best status among the evidence: accepted before proposed before rejected."""
        if len(self.evidence) == 1:  # the usual case, asked for often
            return self.evidence[0].status
        found = {e.status for e in self.evidence}
        return next(status for status in STATUSES if status in found)

    @property
    def surest(self) -> Evidence:
        """The evidence to show where one is shown: the best status, then the highest confidence, then the first place."""
        if len(self.evidence) == 1:
            return self.evidence[0]
        return min(self.evidence, key=lambda e: (STATUSES.index(e.status), -e.confidence))

    @property
    def confidence(self) -> float:
        """The highest confidence among the evidence that is not rejected."""
        return max((e.confidence for e in self.evidence if e.status != "rejected"), default=0.0)


@dataclass(frozen=True, slots=True)
class StatedCount:
    """A number of things of one class that the plan says there are.

    Args:
        subject: Entity id or ``plan/PLAN-ID`` of whom it is said.
        counted: Local name of the counted class.
        count: The number in the text.
        named: Entity ids of those that the text names.
        unnamed: How many the text does not name (known and accepted).
        evidence: Where the text says the number.
    """

    subject: str
    counted: str
    count: int
    named: tuple[str, ...]
    unnamed: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a plan.

    Args:
        order: Place among the plan's sections, from 1.
        path: Headings from the outermost to its own.
        parent: ``order`` of the section around it, 0 for none.
    """

    order: int
    path: tuple[str, ...]
    parent: int

    @property
    def heading(self) -> str:
        """Its own heading."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan document: what its title page says, and the text it stands for.

    ``document_number``, ``published``, ``title_en``, ``publisher`` and ``url`` are world facts where the text
    itself does not print them; the graph keeps them in the plan's world graph.
    """

    id: str
    title: str
    jurisdiction: str
    text_sha256: str
    text_characters: int
    title_en: str = ""
    issuer: str = ""
    document_number: str = ""
    period_start: int | None = None
    period_end: int | None = None
    published: str = ""
    language: str = "zh"
    publisher: str = ""
    url: str = ""
    stated_counts: tuple[StatedCount, ...] = field(default=())

    def __post_init__(self) -> None:
        if not is_slug(self.id):
            raise ValueError(f"plan id {self.id!r} is not a slug of lower-case ASCII words joined by hyphens")
