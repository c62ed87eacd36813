"""Is a plan folder valid, and does its evidence stand in the text?

Three things are looked at: the shapes of ``ontology/shapes.ttl``, the stated counts against what is named, and,
with the text at hand, each quote at its offset. A fault is a result, not an error: everything found is in the
`Report`, with file, line, column, the quote and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plangraph.constraints import violations
from plangraph.document import Document
from plangraph.document.marks import squeeze
from plangraph.errors import Fault
from plangraph.folder import Key, PlanFolder
from plangraph.model import MAX_QUOTE, Evidence, Statement
from plangraph.ontology import load_ontology
from plangraph.rdf import ontology_triples, plan_triples
from plangraph.shapes import Shape, load_shapes, validate_with_pyshacl
from plangraph.tables import one_line
from plangraph.vocab import count_iri, entity_iri, evidence_iri, plan_iri, section_iri


@dataclass(frozen=True, slots=True)
class CountLine:
    """A stated count beside what the graph has: "8 stated, 5 named"."""

    subject: str
    counted: str
    stated: int
    named: int
    quote: str

    def words(self, lang: str) -> str:
        """The line in ``lang``."""
        label = (
            load_ontology().classes[self.counted].label(lang)
            if self.counted in load_ontology().classes
            else self.counted
        )
        if lang == "zh":
            return f"“{one_line(self.quote)}”：{label} 文中称 {self.stated} 个，点名 {self.named} 个"
        return f"“{one_line(self.quote)}”: {label}: {self.stated} stated, {self.named} named"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Args:
        faults: Errors and warnings in the order of files and lines.
        counts: Each stated count.
        statements: Statements looked at, rejected ones left out.
        quotes_verified: Quotes found at their offsets; None where no text was given.
    """

    faults: tuple[Fault, ...]
    counts: tuple[CountLine, ...]
    statements: int
    quotes_verified: int | None

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that forbid a build."""
        return tuple(f for f in self.faults if f.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults that are worth a look."""
        return tuple(f for f in self.faults if f.severity == "warning")


def check_folders(
    folders: Sequence[PlanFolder],
    texts: dict[str, Document] | None = None,
    pyshacl: bool = False,
) -> Report:
    """Check plan folders that could be read.

    Args:
        folders: What `plangraph.folder.read_folders` gave.
        texts: Plan id to its text, for those whose evidence is to be verified.
        pyshacl: Let pyshacl judge by the shapes themselves; much slower, the same verdicts.
    """
    judge = _by_pyshacl if pyshacl else violations
    faults: list[Fault] = []
    verified: int | None = None
    for folder in folders:
        found = judge(folder)
        if found:
            faults += _shape_faults(folder, found)
        document = (texts or {}).get(folder.plan.id)
        if document is not None:
            wrong = list(_text_faults(folder, document))
            faults += wrong
            spans = list(_spans(folder))
            verified = (verified or 0) + sum(document.text[e.start : e.end] == e.quote for _, e in spans)
    counts = [
        CountLine(c.subject, c.counted, c.count, len(c.named), c.evidence.quote)
        for folder in folders
        for c in folder.plan.stated_counts
    ]
    ordered = sorted(faults, key=lambda f: (f.path, f.line, f.column, f.code))
    statements = sum(s.status != "rejected" for folder in folders for s in folder.statements)
    return Report(tuple(ordered), tuple(counts), statements, verified)


def _by_pyshacl(folder: PlanFolder) -> list[tuple[str, str]]:
    own, world = plan_triples(folder)
    return validate_with_pyshacl([*own, *world, *ontology_triples()])


def _shape_faults(folder: PlanFolder, found: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    shapes = {s.name: s for s in load_shapes()}
    entities = {entity_iri(e.id): (("entity", e.id), f"{e.id} {e.label_zh}") for e in folder.entities}
    others: dict[str, tuple[Key, str]] = {}
    for name, iri in found:
        shape = shapes[name]
        if iri not in entities and not others:
            others = _places(folder)
        key, what = entities.get(iri) or others[iri]
        yield folder.fault(
            key, shape.column, name, _sentence(shape, what, "en"), _sentence(shape, what, "zh"), shape.severity
        )


def _sentence(shape: Shape, what: str, lang: str) -> str:
    if lang == "zh":
        return f"{shape.message['zh']}：{what}。改法：{shape.remedy['zh']}"
    return f"{shape.message['en']}: {what}. To mend: {shape.remedy['en']}"


def _places(folder: PlanFolder) -> dict[str, tuple[Key, str]]:
    """For each IRI that a shape can point at, but for entities: the row it came from and what to call it."""
    plan = folder.plan.id
    names = {e.id: e.label_zh for e in folder.entities} | {f"plan/{plan}": folder.plan.title}
    places: dict[str, tuple[Key, str]] = {plan_iri(plan): (("plan",), folder.plan.title)}
    first_in: dict[tuple[str, ...], Key] = {}
    for s in folder.statements:
        if s.status == "rejected":
            continue
        claim = (s.subject, s.predicate, s.object)
        said = f"{names[s.subject]} —{s.predicate}→ {names[s.object]}"
        kept = [e for e in s.evidence if e.status != "rejected"]
        places[s.iri] = (("statement", *claim), f"{said} “{one_line(kept[0].quote)}”")
        for e in kept:
            key: Key = ("evidence", *claim, e.start, e.end)
            places[evidence_iri(s.iri, e.start, e.end)] = (key, f"{said} “{one_line(e.quote)}” {e.start}–{e.end}")
            for depth in range(1, len(e.section) + 1):
                first_in.setdefault(e.section[:depth], key)
    for number, c in enumerate(folder.plan.stated_counts, 1):
        node = count_iri(plan, number)
        places[node] = (("count", number), f"{c.counted} {c.count} “{one_line(c.evidence.quote)}”")
        span = evidence_iri(node, c.evidence.start, c.evidence.end)
        places[span] = (("count", number), f"“{one_line(c.evidence.quote)}”")
        for depth in range(1, len(c.evidence.section) + 1):
            first_in.setdefault(c.evidence.section[:depth], ("count", number))
    for section in folder.sections:
        places[section_iri(plan, section.order)] = (first_in.get(section.path, ("plan",)), section.heading)
    return places


def _spans(folder: PlanFolder) -> Iterator[tuple[tuple[Statement | None, Key], Evidence]]:
    for s in folder.statements:
        for e in s.evidence:
            yield (s, ("evidence", s.subject, s.predicate, s.object, e.start, e.end)), e
    for number, c in enumerate(folder.plan.stated_counts, 1):
        yield (None, ("count", number)), c.evidence


def _text_faults(folder: PlanFolder, document: Document) -> Iterator[Fault]:
    plan = folder.plan
    if document.sha256 != plan.text_sha256:
        yield folder.fault(
            ("plan",),
            "text_sha256",
            "text-sha256",
            f"the text given has SHA-256 {document.sha256}, not {plan.text_sha256}: it is another text. "
            "To mend: give the text that the offsets were taken from",
            f"所给文本的 SHA-256 是 {document.sha256}，不是 {plan.text_sha256}：不是同一文本。改法：给出取引文时的原文",
        )
    if len(document.text) != plan.text_characters:
        n = len(document.text)
        yield folder.fault(
            ("plan",),
            "text_characters",
            "text-characters",
            f"the text given has {n} characters, not {plan.text_characters}. To mend: set text_characters = {n}",
            f"所给文本有 {n} 个字符，不是 {plan.text_characters} 个。改法：text_characters = {n}",
        )
    squeezed = squeeze(document.text)
    for (_, key), e in _spans(folder):
        quote, there = one_line(e.quote), one_line(document.text[e.start : e.end][:MAX_QUOTE])
        if document.text[e.start : e.end] != e.quote:
            en, zh = _where_instead(document, e)
            yield folder.fault(
                key,
                "start",
                "quote-offset",
                f"the quote “{quote}” is not at {e.start}–{e.end}; there stands “{there}”. To mend: {en}",
                f"引文“{quote}”不在 {e.start}–{e.end}；那里是“{there}”。改法：{zh}",
            )
            continue
        paragraph = document.paragraph_at(e.start + len(e.quote) - len(e.quote.lstrip()))
        if paragraph != e.paragraph:
            yield folder.fault(
                key,
                "paragraph",
                "quote-paragraph",
                f"the quote “{quote}” stands in paragraph {paragraph}, not {e.paragraph}. To mend: write {paragraph}",
                f"引文“{quote}”在第 {paragraph} 段，不在第 {e.paragraph} 段。改法：写 {paragraph}",
            )
        for heading in e.section:
            if squeeze(heading) not in squeezed:
                yield folder.fault(
                    key,
                    "section",
                    "section-heading",
                    f"the heading “{heading}” is not in the text. To mend: copy it as printed",
                    f"标题“{heading}”不在原文中。改法：照原文抄写",
                )


def _where_instead(document: Document, e: Evidence) -> tuple[str, str]:
    places: list[int] = []
    at = document.text.find(e.quote)
    while at >= 0:
        places.append(at)
        at = document.text.find(e.quote, at + 1)
    if not places:
        return "the quote is nowhere in the text; copy it as printed", "原文中没有这段引文；请照原文抄写"
    listed = ", ".join(f"{p}–{p + len(e.quote)}" for p in sorted(places, key=lambda p: abs(p - e.start))[:3])
    return f"it stands at {listed}", f"它在 {listed}"
