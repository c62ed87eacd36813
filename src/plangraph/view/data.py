"""What the page knows besides the drawing: entities, statements, plans and the words of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.document import Document, read_document
from plangraph.errors import InputError
from plangraph.model import Entity, Evidence, Statement
from plangraph.ontology import load_ontology
from plangraph.vocab import DCTERMS, PLAN, entity_id, plan_iri

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph
    from plangraph.network import Projection

_SENTENCE_END = re.compile(r"[。！？；!?;\r\n]")
_CONTEXT = 160  # characters shown on either side of a quote at most
#: Property of a plan to its key on the page.
_PLAN_FACTS = {
    DCTERMS + "issuer": "issuer",
    DCTERMS + "issued": "published",
    DCTERMS + "publisher": "publisher",
    DCTERMS + "source": "url",
    PLAN + "documentNumber": "number",
    PLAN + "periodStart": "start",
    PLAN + "periodEnd": "end",
    PLAN + "textSha256": "sha256",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The entities and statements that the page shows, in a fixed order.

    Args:
        projection: What was asked for.
        entities: Sorted by id; a plan that states something of itself is one of them.
        statements: In the order of the text, plan by plan.
    """

    projection: Projection
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]


def select(kg: PlanGraph, projection: Projection) -> Selection:
    """Entities and statements that ``projection`` keeps; without kinds, goals and plans are kept as well.

    Entities without a statement stay, so that a search finds them, unless relations or a plan were chosen.

    Raises:
        InputError: There is no such plan, or nothing is left.
    """
    ontology = load_ontology()
    if projection.plan is not None and plan_iri(projection.plan) not in kg.plans:
        known = sorted(iri.rpartition("/")[2] for iri in kg.plans)
        raise InputError(
            f"no plan {projection.plan!r} in this build; its plans: {', '.join(known)}",
            f"构建中没有规划“{projection.plan}”；现有：{'、'.join(known)}",
        )
    kinds = projection.kinds or tuple(ontology.classes)
    plans = [_plan_entity(kg, iri) for iri in sorted(kg.plans)]
    chosen = {e.id: e for e in [*kg.entities(), *plans] if any(ontology.is_a(e.type, k) for k in kinds)}
    statements = tuple(
        s
        for s in kg.statements(plan=projection.plan)
        if s.subject in chosen
        and s.object in chosen
        and (not projection.relations or s.predicate in projection.relations)
    )
    used = {end for s in statements for end in (s.subject, s.object)}
    narrowed = bool(projection.relations or projection.plan)
    entities = tuple(e for i, e in sorted(chosen.items()) if i in used or not (narrowed or i.startswith("plan/")))
    if not entities:
        raise InputError(
            "nothing is left to show; choose other kinds or relations, or another plan",
            "没有可显示的内容；请另选类、关系或规划",
        )
    return Selection(projection, entities, statements)


def _plan_entity(kg: PlanGraph, iri: str) -> Entity:
    titles = kg.plans[iri]
    return Entity(entity_id(iri) or "", "Plan", titles.get("zh", ""), titles.get("en", ""))


def plan_facts(kg: PlanGraph) -> dict[str, dict[str, Any]]:
    """Each plan's id with its titles and what its title page says."""
    found: dict[str, dict[str, Any]] = {}
    for iri, titles in sorted(kg.plans.items()):
        facts: dict[str, Any] = {"zh": titles.get("zh", ""), "en": titles.get("en", "")}
        rows = kg.query(f"SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?o")
        for row in rows.rows:
            if row[0] in _PLAN_FACTS:
                facts.setdefault(_PLAN_FACTS[row[0]], row[1])
        found[iri.rpartition("/")[2]] = facts
    return found


def match_texts(texts: Iterable[Path | str], plans: Mapping[str, Mapping[str, Any]]) -> dict[str, Document]:
    """Each text under the id of the plan that it is the text of.

    Raises:
        InputError: A file that cannot be read, or that is no plan's text.
    """
    found = {}
    for path in texts:
        document = read_document(Path(path))
        same = [plan for plan, facts in plans.items() if facts.get("sha256") == document.sha256]
        if not same:
            raise InputError(
                f"{path}: none of the plans in this build has this text's SHA-256 ({document.sha256}); "
                "give the text that the offsets were taken from",
                f"{path}：构建中没有一份规划的 text_sha256 与之相符（{document.sha256}）；请给出取引文时的原文",
            )
        found.update(dict.fromkeys(same, document))
    return found


def vocabulary() -> dict[str, Any]:
    """Words of the classes and relations, from the ontology."""
    ontology = load_ontology()
    classes = {
        name: {
            "zh": term.label_zh,
            "en": term.label_en,
            "about": {"zh": term.definition_zh, "en": term.definition_en},
            "top": ontology.top_class(name) or name,
        }
        for name, term in ontology.classes.items()
    }
    relations = {}
    for name, relation in ontology.relations.items():
        words: dict[str, Any] = {
            "zh": relation.label_zh,
            "en": relation.label_en,
            "about": {"zh": relation.definition_zh, "en": relation.definition_en},
        }
        if relation.symmetric:
            words["symmetric"] = True
        elif relation.inverse:
            inverse = ontology.terms[relation.inverse]
            words["inverse"] = {"zh": inverse.label_zh, "en": inverse.label_en}
        relations[name] = words
    return {"classes": classes, "relations": relations}


def entity_rows(kg: PlanGraph, entities: Sequence[Entity]) -> list[dict[str, Any]]:
    """What the page says of each entity, in the order given; empty values are left out."""
    codes = {row[0]: row[1] for row in kg.query("SELECT ?e ?c WHERE { ?e plan:adminCode ?c } ORDER BY ?e ?c").rows}
    found = []
    for e in entities:
        row = {
            "id": e.id,
            "type": e.type,
            "zh": e.label_zh,
            "en": e.label_en,
            "aliases": list(e.aliases),
            "code": str(codes.get(e.iri, "")),
            "note": e.note,
            "pinyin": pinyin(e),
        }
        found.append({k: v for k, v in row.items() if v})
    return found


def pinyin(entity: Entity) -> str:
    """Initials and full pinyin of the Chinese names, for searching: ``zgxcg zhongguoxinchuanggu``."""
    from pypinyin import Style, lazy_pinyin

    words = []
    for name in (entity.label_zh, *entity.aliases):
        han = [c for c in name if c.isalnum()]
        for style in (Style.FIRST_LETTER, Style.NORMAL):
            words.append("".join(lazy_pinyin("".join(han), style=style)).lower())
    return " ".join(dict.fromkeys(w for w in words if w.isascii()))


def districts(kg: PlanGraph, entities: Iterable[Entity]) -> dict[str, tuple[str, ...]]:
    """For each entity the ids of the nearest districts that the plans put it in; a district is in itself.

    What holds a thing is what the ontology's transitive relations (located in, part of) lead to.
    """
    ontology = load_ontology()
    kinds = {e.id: e.type for e in [*kg.entities(), *entities]}
    holders: dict[str, set[str]] = {}
    for name, relation in ontology.relations.items():
        for s in kg.statements(predicate=name) if relation.transitive else ():
            holders.setdefault(s.subject, set()).add(s.object)

    def nearest(entity: str) -> tuple[str, ...]:
        level, seen = {entity}, {entity}
        while level:
            found = {e for e in level if e in kinds and ontology.is_a(kinds[e], "District")}
            if found:
                return tuple(sorted(found))
            level = {up for e in level for up in holders.get(e, ())} - seen
            seen |= level
        return ()

    return {e.id: nearest(e.id) for e in entities}


def statement_rows(
    selection: Selection, documents: Mapping[str, Document], places: Mapping[str, tuple[str, ...]]
) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """What the page says of each statement beyond its edge, and the section paths that the rows number.

    What most statements share (curated, accepted, certain, nowhere) is left out; the page puts it back.
    """
    paths = sorted({e.section for s in selection.statements for e in s.evidence})
    section = {path: n for n, path in enumerate(paths)}
    rows = [
        {
            "plan": s.plan,
            **({} if s.status == "accepted" else {"status": s.status}),
            **({} if s.confidence == 1 else {"confidence": s.confidence}),
            **({"districts": where} if (where := sorted({*places[s.subject], *places[s.object]})) else {}),
            "evidence": [_evidence_row(e, section[e.section], documents.get(s.plan)) for e in s.evidence],
        }
        for s in selection.statements
    ]
    return rows, [list(p) for p in paths]


def _evidence_row(e: Evidence, section: int, document: Document | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "quote": e.quote,
        "section": section,
        "paragraph": e.paragraph,
        "start": e.start,
        "end": e.end,
        "method": e.method if e.method != "curated" else "",
        "confidence": e.confidence if e.confidence != 1 else "",
        "status": e.status if e.status != "accepted" else "",
        "by": e.decided_by,
        "on": e.decided_on,
        "why": e.reason,
    }
    row = {k: v for k, v in row.items() if v != ""}
    if document is not None and document.text[e.start : e.end] == e.quote:
        row["before"], row["after"] = sentence_around(document.text, e.start, e.end)
    return row


def sentence_around(text: str, start: int, end: int) -> tuple[str, str]:
    """The sentence that holds ``text[start:end]``: what stands before the span and what after it."""
    before = text[max(0, start - _CONTEXT - 1) : start]
    stops = [m.end() for m in _SENTENCE_END.finditer(before)]
    if stops:
        before = before[stops[-1] :]
    elif len(before) > _CONTEXT:
        before = "…" + before[1:]
    after = text[end : end + _CONTEXT + 1]
    stop = None if _SENTENCE_END.match(text[end - 1]) else _SENTENCE_END.search(after)
    if stop:
        after = after[: stop.end()].rstrip("\r\n")
    elif _SENTENCE_END.match(text[end - 1]):
        after = ""
    elif len(after) > _CONTEXT:
        after = after[:-1] + "…"
    return before.lstrip(), after
