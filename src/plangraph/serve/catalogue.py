"""What the pages are made of: the entities and statements of one build, by what a reader looks for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plangraph.graph import PlanGraph
from plangraph.model import Entity, Statement, fold
from plangraph.ontology import load_ontology
from plangraph.query import evaluate
from plangraph.vocab import DCTERMS, PLAN, ROOT, entity_id, entity_iri, plan_iri


@dataclass(frozen=True, slots=True)
class Found:
    """A hit of a search: the entity, and the name that fits if it is not the one shown."""

    entity: Entity
    also: str = ""


class Catalogue:
    """Entities and statements of one build, read once.

    Args:
        kg: The build.
    """

    def __init__(self, kg: PlanGraph) -> None:
        self.kg = kg
        self.index = kg.index
        self.plans = kg.plans
        self.plan_facts = {iri: _plan_facts(kg, iri) for iri in kg.plans}
        statements = kg.statements()
        self.statements = {s.iri: s for s in statements}
        self.about: dict[str, list[Statement]] = defaultdict(list)
        for s in statements:
            for end in dict.fromkeys((s.subject, s.object)):
                self.about[end].append(s)
        ontology = load_ontology()
        self.per_class: Counter[str] = Counter()
        for e in self.index.by_id.values():
            self.per_class.update(ontology.ancestors(e.type))
        self.per_relation = Counter(s.predicate for s in statements)
        self.graph_sizes = {iri: _size(kg, iri) for iri in sorted(g.value for g in kg.store.named_graphs())}
        self.graphs = frozenset(self.graph_sizes)
        self.default_size = _size(kg, None)
        self.sections = {iri: _sections(kg, iri) for iri in kg.plans}
        self._of_class: dict[str, list[Entity]] = {}
        self._named = [(e, name) for e in self.index.by_id.values() for name in e.names]
        self._folded = [fold(name) for _, name in self._named]
        self._keys = [(e, *_all_keys(e)) for e in self.index.by_id.values()]

    def label(self, iri: str, lang: str) -> str:
        """Name of an entity, plan, class or relation; anything else comes back as it is."""
        return self.kg.label(iri, lang)

    def name(self, id: str, lang: str) -> str:
        """Name of an entity id or of ``plan/PLAN-ID``."""
        return self.label(entity_iri(id), lang)

    def search(self, text: str, kind: str | None = None, limit: int = 50) -> list[Found]:
        """Entities that ``text`` may mean, the likeliest first: by name, alias, id, pinyin or its initials, or nearly."""
        wanted = fold(text)
        if not wanted:
            return []
        ontology = load_ontology()
        ranked: list[tuple[int, int, str, Found]] = []
        for e, everything, names in self._keys:
            if wanted not in everything or (kind is not None and not ontology.is_a(e.type, kind)):
                continue
            best = min(
                ((rank, len(name), name) for name, keys in names for rank in _ranks(wanted, keys)),
                default=(0, len(e.id), e.id) if wanted == fold(e.id) else None,
            )
            if best:
                also = best[2] if best[2] not in (e.label_zh, e.label_en, e.id) else ""
                ranked.append((best[0], best[1], e.id, Found(e, also)))
        found = [hit for *_, hit in sorted(ranked, key=lambda r: r[:3])]
        return (found or list(self._near(wanted[:100], kind)))[:limit]

    def _near(self, wanted: str, kind: str | None) -> Iterator[Found]:
        """What is nearly called so; compared are names that were folded once, so a search never takes long."""
        from rapidfuzz import fuzz, process

        ontology, seen = load_ontology(), set()
        for _, _, place in process.extract(wanted, self._folded, scorer=fuzz.ratio, limit=40, score_cutoff=55):
            e, name = self._named[place]
            if e.id not in seen and (kind is None or ontology.is_a(e.type, kind)):
                seen.add(e.id)
                yield Found(e, name if name not in (e.label_zh, e.label_en) else "")
            if len(seen) == 8:
                return

    def of_class(self, kind: str) -> list[Entity]:
        """The entities of class ``kind`` and its subclasses, those of which most is said first."""
        if kind not in self._of_class:
            ontology = load_ontology()
            able = [e for e in self.index.by_id.values() if ontology.is_a(e.type, kind)]
            self._of_class[kind] = sorted(able, key=lambda e: (-len(self.about.get(e.id, ())), e.id))
        return self._of_class[kind]

    def plan_of(self, statement: Statement) -> str:
        """IRI of the plan that states it."""
        return plan_iri(statement.plan)


def _all_keys(e: Entity) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
    """Everything that is compared with what is typed, as one text and name by name."""
    names = [(name, _keys(name)) for name in e.names]
    return "\n".join([fold(e.id), *(key for _, keys in names for key in keys)]), names


def _keys(name: str) -> tuple[str, ...]:
    """A name as it is compared: folded; if it is Chinese its pinyin and their initials as well."""
    from pypinyin import Style, lazy_pinyin

    keys = [fold(name)]
    if not name.isascii():
        letters = "".join(c for c in name if c.isalnum())
        keys += [fold("".join(lazy_pinyin(letters, style=style))) for style in (Style.NORMAL, Style.FIRST_LETTER)]
    return tuple(keys)


def _ranks(wanted: str, keys: tuple[str, ...]) -> Iterator[int]:
    for place, key in enumerate(keys):
        worse = 3 * bool(place)
        if key == wanted:
            yield worse
        elif key.startswith(wanted):
            yield worse + 1
        elif wanted in key and (not place or len(wanted) > 2):
            yield worse + 2


def _size(kg: PlanGraph, graph: str | None) -> int:
    where = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    row: Any = next(iter(evaluate(kg.store, f"SELECT (COUNT(*) AS ?n) {{ {where} }}")))  # type: ignore[arg-type]
    return int(row["n"].value)


#: What the page of a plan says of it, in this order.
_PLAN_FACTS = {
    DCTERMS + "issuer": ("发布机构", "Issuer"),
    PLAN + "documentNumber": ("文号", "Document number"),
    DCTERMS + "issued": ("发布日期", "Published"),
    PLAN + "jurisdiction": ("适用地区", "Jurisdiction"),
    PLAN + "periodStart": ("起始年份", "From"),
    PLAN + "periodEnd": ("截止年份", "To"),
    DCTERMS + "publisher": ("文本来源", "Source of the text"),
    DCTERMS + "source": ("网址", "Address"),
    PLAN + "textCharacters": ("文本字数", "Characters of the text"),
    PLAN + "textSha256": ("文本 SHA-256", "SHA-256 of the text"),
}


def _plan_facts(kg: PlanGraph, iri: str) -> list[tuple[str, str, str]]:
    """Facts of a plan: Chinese heading, English heading, value."""
    rows: Any = evaluate(kg.store, f"SELECT ?p ?o {{ <{iri}> ?p ?o }}")
    values = defaultdict(list)
    for row in rows:
        values[row["p"].value].append(row["o"].value)
    return [(*_PLAN_FACTS[p], ", ".join(sorted(values[p]))) for p in _PLAN_FACTS if p in values]


def _sections(kg: PlanGraph, iri: str) -> list[tuple[int, str, str]]:
    """Sections of a plan in their order: depth, heading, IRI."""
    rows: Any = evaluate(
        kg.store,
        "SELECT ?s ?order ?heading ?up { ?s plan:inPlan ?plan ; plan:order ?order ; plan:heading ?heading "
        f"VALUES ?plan {{ <{iri}> }} OPTIONAL {{ ?s plan:parentSection ?up }} }} ORDER BY ?order",
    )
    depth: dict[str, int] = {}
    found = []
    for row in rows:
        section, up = row["s"].value, row["up"]
        depth[section] = depth.get(up.value, -1) + 1 if up else 0
        found.append((depth[section], row["heading"].value, section))
    return found


def path_of(iri: str) -> str | None:
    """The path under which the site has the page of ``iri``, None for what is not ours."""
    if not iri.startswith(ROOT):
        return None
    return "/plangraph/" + iri[len(ROOT) :]


def id_of(iri: str) -> str | None:
    """Entity id of ``iri`` if it is an entity's."""
    found = entity_id(iri)
    return found if found and not found.startswith("plan/") else None
