"""The shapes of ``ontology/shapes.ttl`` put to a plan's tables as they lie in memory.

`plangraph.shapes.validate_with_pyshacl` is the standard's own reading; here each shape is one function under its name,
which gives the same verdicts some thousand times faster. A few shapes speak of what no table can hold, such as two
classes of one entity: they are listed in `IMPOSSIBLE`.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from plangraph.folder import PlanFolder
from plangraph.model import MAX_QUOTE, Entity, Evidence, StatedCount, Statement
from plangraph.ontology import Ontology, load_ontology
from plangraph.rdf import ADMIN_CODE
from plangraph.vocab import count_iri, entity_iri, evidence_iri, plan_iri, section_iri

MAX_LABEL = 120
MAX_GOAL = 24
MAX_HEADING = 60
_CODE = re.compile(r"[1-9][0-9]{5}")
_METHOD = re.compile(r"curated|rule:[a-z0-9-]+|model:[a-z0-9.-]+")
_DAY = re.compile(
    r"[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
#: Shapes that nothing read from tables can break: a table has one cell for each thing, and reading asks for the others.
IMPOSSIBLE = frozenset(
    {"entity-one-kind", "entity-label-unique-lang", "statement-evidence", "count-evidence", "plan-title"}
)


@dataclass(frozen=True)
class _Plan:
    """One plan as the rules see it, what was rejected left out."""

    folder: PlanFolder
    ontology: Ontology

    @functools.cached_property
    def kinds(self) -> dict[str, str]:
        """Class of each id that a statement can name."""
        return {f"plan/{self.folder.plan.id}": "Plan"} | {e.id: e.type for e in self.folder.entities}

    @functools.cached_property
    def entities(self) -> list[Entity]:
        """Those of a class of the ontology."""
        return [e for e in self.folder.entities if self.ontology.is_a(e.type, "Entity")]

    @functools.cached_property
    def tops(self) -> dict[str, str | None]:
        """Top class of each id."""
        return {id: self.ontology.top_class(kind) for id, kind in self.kinds.items()}

    @functools.cached_property
    def named(self) -> dict[tuple[str | None, str], set[str]]:
        """Ids by top class and Chinese name."""
        found: dict[tuple[str | None, str], set[str]] = defaultdict(set)
        for e in self.entities:
            found[self.tops[e.id], e.label_zh].add(e.id)
        return found

    @functools.cached_property
    def codes(self) -> list[tuple[Entity, str]]:
        """Administrative codes, each with the entity that has it."""
        return [(e, code) for e in self.folder.entities if e.note for code in dict.fromkeys(ADMIN_CODE.findall(e.note))]

    @functools.cached_property
    def statements(self) -> list[Statement]:
        return [s for s in self.folder.statements if s.status != "rejected"]

    @functools.cached_property
    def facts(self) -> dict[str, set[tuple[str, str]]]:
        """The two ends of each fact, by relation."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for s in self.statements:
            found[s.predicate].add((s.subject, s.object))
        return found

    @functools.cached_property
    def counts(self) -> list[tuple[str, StatedCount]]:
        """Stated counts with their IRIs."""
        plan = self.folder.plan
        return [(count_iri(plan.id, number), c) for number, c in enumerate(plan.stated_counts, 1)]

    @functools.cached_property
    def stated(self) -> list[tuple[Statement, Evidence]]:
        """Evidence of statements."""
        return [(s, e) for s in self.statements for e in s.evidence if e.status != "rejected"]

    def evidence(self, wrong: Callable[[Evidence], bool]) -> Iterator[str]:
        """IRIs of the evidence, that of counts too, of which ``wrong`` holds."""
        for s, e in self.stated:
            if wrong(e):
                yield evidence_iri(s.iri, e.start, e.end)
        for iri, c in self.counts:
            if wrong(c.evidence):
                yield evidence_iri(iri, c.evidence.start, c.evidence.end)


def violations(folder: PlanFolder) -> list[tuple[str, str]]:
    """Shape name and culprit's IRI of every violation, sorted."""
    plan = _Plan(folder, load_ontology())
    return sorted({(name, iri) for name, rule in RULES.items() for iri in rule(plan)})


# -- entities -------------------------------------------------------------------------------------------------------


def _entity_type(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.folder.entities if not plan.ontology.is_a(e.type, "Entity"))


def _entity_not_abstract(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.entities if e.type == "Entity")


def _entity_id_class(plan: _Plan) -> Iterator[str]:
    for e in plan.entities:
        top = plan.tops[e.id]
        if top and not e.id.startswith(top.lower() + "/"):
            yield e.iri


def _entity_label_length(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.entities if max(len(e.label_zh), len(e.label_en)) > MAX_LABEL)


def _goal_label_length(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.entities if len(e.label_zh) > MAX_GOAL and plan.ontology.is_a(e.type, "Goal"))


def _entity_label_en(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.entities if not e.label_en)


def _entity_name_twice(plan: _Plan) -> Iterator[str]:
    for (top, _), ids in plan.named.items():
        if top and len(ids) > 1:
            yield from map(entity_iri, ids)


def _entity_alias_is_name(plan: _Plan) -> Iterator[str]:
    return (e.iri for e in plan.entities if e.label_zh in e.aliases or (e.label_en and e.label_en in e.aliases))


def _entity_alias_taken(plan: _Plan) -> Iterator[str]:
    for e in plan.entities:
        top = plan.tops[e.id]
        if top and any(plan.named.get((top, alias), set()) - {e.id} for alias in e.aliases):
            yield e.iri


def _entity_broader_stated(plan: _Plan) -> Iterator[str]:
    wider = plan.facts["subDomainOf"] | plan.facts["partOf"]
    return (e.iri for e in plan.entities if e.broader and (e.id, e.broader) not in wider)


def _district_admin_code(plan: _Plan) -> Iterator[str]:
    coded = {e.id for e, _ in plan.codes}
    return (e.iri for e in plan.entities if e.type in plan.ontology.coded and e.id not in coded)


def _district_code_form(plan: _Plan) -> Iterator[str]:
    return (e.iri for e, code in plan.codes if _is_district(plan, e) and not _CODE.fullmatch(code))


def _district_code_once(plan: _Plan) -> Iterator[str]:
    many = Counter(e.id for e, _ in plan.codes)
    return (e.iri for e, _ in plan.codes if many[e.id] > 1 and _is_district(plan, e))


def _district_code_taken(plan: _Plan) -> Iterator[str]:
    many = Counter(code for _, code in plan.codes)
    return (e.iri for e, code in plan.codes if many[code] > 1 and _is_district(plan, e))


def _district_code_owner(plan: _Plan) -> Iterator[str]:
    return (e.iri for e, _ in plan.codes if not _is_district(plan, e))


def _is_district(plan: _Plan, entity: Entity) -> bool:
    return plan.ontology.is_a(entity.type, "District")


# -- statements -----------------------------------------------------------------------------------------------------


def _statement_predicate(plan: _Plan) -> Iterator[str]:
    return (s.iri for s in plan.statements if s.predicate not in plan.ontology.relations)


def _statement_subject_type(plan: _Plan) -> Iterator[str]:
    for s in plan.statements:
        relation = plan.ontology.relations.get(s.predicate)
        if relation and relation.domain and not _fits(plan, s.subject, relation.domain):
            yield s.iri


def _statement_object_type(plan: _Plan) -> Iterator[str]:
    for s in plan.statements:
        relation = plan.ontology.relations.get(s.predicate)
        if relation and relation.range and not _fits(plan, s.object, relation.range):
            yield s.iri


def _fits(plan: _Plan, id: str, classes: Iterable[str]) -> bool:
    return any(plan.ontology.is_a(plan.kinds[id], c) for c in classes)


def _statement_same_kind(plan: _Plan) -> Iterator[str]:
    for s in plan.statements:
        relation = plan.ontology.relations.get(s.predicate)
        top = plan.tops[s.subject]
        if relation and relation.same_kind and top and plan.tops[s.object] != top:
            yield s.iri


def _statement_loop(plan: _Plan) -> Iterator[str]:
    return (s.iri for s in plan.statements if s.subject == s.object)


def _cycle(relation: str) -> Callable[[_Plan], Iterator[str]]:
    """The rule that ``relation`` does not run in a circle; a loop of one is another rule's matter."""

    def rule(plan: _Plan) -> Iterator[str]:
        after: dict[str, set[str]] = defaultdict(set)
        for subject, object in plan.facts[relation]:
            after[subject].add(object)
        for s in plan.statements:
            if s.predicate == relation and s.subject != s.object and s.subject in reached(after, s.object):
                yield s.iri

    return rule


def reached(after: dict[str, set[str]], start: str) -> set[str]:
    """What can be reached from ``start`` in one step or more."""
    found: set[str] = set()
    queue = [start]
    while queue:
        new = after.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found


def _statement_both_ways(plan: _Plan) -> Iterator[str]:
    facts = plan.facts["collaboratesWith"]
    for s in plan.statements:
        written_twice = s.predicate == "collaboratesWith" and (s.object, s.subject) in facts
        if written_twice and entity_iri(s.subject) > entity_iri(s.object):
            yield s.iri


# -- evidence -------------------------------------------------------------------------------------------------------


def _quote_length(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: len(e.quote) > MAX_QUOTE)


def _quote_span(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: len(e.quote) != e.end - e.start)


def _quote_within_text(plan: _Plan) -> Iterator[str]:
    length = plan.folder.plan.text_characters
    return plan.evidence(lambda e: e.end > length)


def _evidence_paragraph(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: e.paragraph < 1)


def _evidence_method(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: _METHOD.fullmatch(e.method) is None)


def _evidence_confidence_low(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: round(e.confidence, 6) < 0)  # six places are what the graph has


def _evidence_confidence_high(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: round(e.confidence, 6) > 1)


def _evidence_decided_by(plan: _Plan) -> Iterator[str]:
    return _undecided(plan, lambda e: e.decided_by)


def _evidence_decided_on(plan: _Plan) -> Iterator[str]:
    return _undecided(plan, lambda e: e.decided_on)


def _undecided(plan: _Plan, field: Callable[[Evidence], str]) -> Iterator[str]:
    for s, e in plan.stated:
        if e.status == "accepted" and not field(e):
            yield evidence_iri(s.iri, e.start, e.end)


def _evidence_decided_on_form(plan: _Plan) -> Iterator[str]:
    return plan.evidence(lambda e: bool(e.decided_on) and _DAY.fullmatch(e.decided_on) is None)


# -- stated counts, plan and sections -------------------------------------------------------------------------------


def _count_unmet(plan: _Plan) -> Iterator[str]:
    return (iri for iri, c in plan.counts if len(set(c.named)) + c.unnamed != c.count)


def _count_named_class(plan: _Plan) -> Iterator[str]:
    for iri, c in plan.counts:
        if not all(plan.ontology.is_a(plan.kinds[id], c.counted) for id in c.named):
            yield iri


def _count_class(plan: _Plan) -> Iterator[str]:
    return (iri for iri, c in plan.counts if not plan.ontology.is_a(c.counted, "Entity"))


def _count_positive(plan: _Plan) -> Iterator[str]:
    return (iri for iri, c in plan.counts if c.count < 1)


def _count_unnamed_positive(plan: _Plan) -> Iterator[str]:
    return (iri for iri, c in plan.counts if c.unnamed < 0)


def _own(wrong: Callable[[PlanFolder], bool]) -> Callable[[_Plan], Iterator[str]]:
    """The rule that ``wrong`` does not hold of the plan itself."""

    def rule(plan: _Plan) -> Iterator[str]:
        if wrong(plan.folder):
            yield plan_iri(plan.folder.plan.id)

    return rule


def _ends_before_it_starts(folder: PlanFolder) -> bool:
    start, end = folder.plan.period_start, folder.plan.period_end
    return start is not None and end is not None and start > end


def _section_heading_length(plan: _Plan) -> Iterator[str]:
    folder = plan.folder
    return (section_iri(folder.plan.id, s.order) for s in folder.sections if len(s.heading) > MAX_HEADING)


#: Each shape's rule: the IRIs of what breaks it.
RULES: dict[str, Callable[[_Plan], Iterator[str]]] = {
    "entity-type": _entity_type,
    "entity-not-abstract": _entity_not_abstract,
    "entity-id-class": _entity_id_class,
    "entity-label-length": _entity_label_length,
    "goal-label-length": _goal_label_length,
    "entity-label-en": _entity_label_en,
    "entity-name-twice": _entity_name_twice,
    "entity-alias-is-name": _entity_alias_is_name,
    "entity-alias-taken": _entity_alias_taken,
    "entity-broader-stated": _entity_broader_stated,
    "district-admin-code": _district_admin_code,
    "district-code-form": _district_code_form,
    "district-code-once": _district_code_once,
    "district-code-taken": _district_code_taken,
    "district-code-owner": _district_code_owner,
    "statement-predicate": _statement_predicate,
    "statement-subject-type": _statement_subject_type,
    "statement-object-type": _statement_object_type,
    "statement-same-kind": _statement_same_kind,
    "statement-loop": _statement_loop,
    "subdomain-cycle": _cycle("subDomainOf"),
    "part-cycle": _cycle("partOf"),
    "location-cycle": _cycle("locatedIn"),
    "statement-both-ways": _statement_both_ways,
    "quote-length": _quote_length,
    "quote-span": _quote_span,
    "quote-within-text": _quote_within_text,
    "evidence-paragraph": _evidence_paragraph,
    "evidence-method": _evidence_method,
    "evidence-confidence-low": _evidence_confidence_low,
    "evidence-confidence-high": _evidence_confidence_high,
    "evidence-decided-by": _evidence_decided_by,
    "evidence-decided-on": _evidence_decided_on,
    "evidence-decided-on-form": _evidence_decided_on_form,
    "count-unmet": _count_unmet,
    "count-named-class": _count_named_class,
    "count-class": _count_class,
    "count-positive": _count_positive,
    "count-unnamed-positive": _count_unnamed_positive,
    "plan-text-sha256": _own(lambda f: _SHA256.fullmatch(f.plan.text_sha256) is None),
    "plan-text-characters": _own(lambda f: f.plan.text_characters < 1),
    "plan-period": _own(_ends_before_it_starts),
    "plan-language": _own(lambda f: bool(f.plan.language) and _LANGUAGE.fullmatch(f.plan.language) is None),
    "plan-published": _own(lambda f: bool(f.plan.published) and _DAY.fullmatch(f.plan.published) is None),
    "section-heading-length": _section_heading_length,
}
