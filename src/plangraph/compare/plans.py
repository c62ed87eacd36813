"""What is compared: the entities, statements and stated counts of each plan, from its tables or from a build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from plangraph.build_folder import CURRENT
from plangraph.errors import InputError
from plangraph.folder import PlanFolder, find_plan_folders, is_plan_folder, read_folders
from plangraph.graph import PlanGraph
from plangraph.model import Entity, Evidence, StatedCount, Statement, fold
from plangraph.ontology import load_ontology
from plangraph.vocab import OA, PLAN, RDF, RDFS, SKOS, entity_id, plan_iri

#: What a Chinese place name may leave off.
_PLACE_ENDINGS = ("市", "省", "县", "区")


@dataclass(frozen=True, slots=True)
class PlanContent:
    """One plan as it is compared; rejected evidence is not part of it.

    Args:
        id: Its id.
        name: The same; with a number where two of one id are compared.
        title_zh: Title.
        title_en: English title, or the Chinese one.
        jurisdiction: Whom it is for.
        period: ``2021–2025``, or "" where it is not known.
        entities: What it names.
        statements: What it states.
        counts: The numbers it states.
    """

    id: str
    name: str
    title_zh: str
    title_en: str
    jurisdiction: str
    period: str
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]
    counts: tuple[StatedCount, ...]

    def own_place(self) -> Entity | None:
        """The district that the plan is for, if the plan names it."""
        wanted = fold(self.jurisdiction)
        for e in self.entities:
            if load_ontology().is_a(e.type, "District"):
                for name in map(fold, (e.label_zh, *e.aliases)):
                    if wanted == name or wanted in {name + ending for ending in _PLACE_ENDINGS}:
                        return e
        return None


def read_plans(sources: Iterable[Any], build: PlanGraph | None = None) -> list[PlanContent]:
    """The plans of ``sources``, in their order; a plan id is looked for in ``build``.

    Args:
        sources: Opened builds, what `plangraph.read_folder` gave, or paths and ids: a plan folder, a folder of
            plan folders, a build folder, or the id of a plan of ``build``.
        build: The build that ids are looked for in.

    Raises:
        InputError: A source that is none of these.
        TablesError: Faults in a plan folder.
        NotFoundError: An id that ``build`` does not have.
    """
    found: list[PlanContent] = []
    for source in sources:
        found += _read(source, build)
    seen: dict[str, int] = defaultdict(int)
    for n, plan in enumerate(found):
        seen[plan.id] += 1
        if seen[plan.id] > 1:
            found[n] = replace(plan, name=f"{plan.id} ({seen[plan.id]})")
    return found


def _read(source: Any, build: PlanGraph | None) -> Iterator[PlanContent]:
    if isinstance(source, PlanGraph):
        yield from (_from_build(source, iri.rpartition("/")[2]) for iri in sorted(source.plans))
    elif isinstance(source, PlanFolder):
        yield _from_folder(source)
    else:
        path = Path(source)
        if is_plan_folder(path) or any(path.glob("*/plan.toml")):
            yield from map(_from_folder, read_folders(find_plan_folders([path])))
        elif (path / CURRENT).is_file():
            yield from _read(PlanGraph(path), None)
        elif build is not None and not path.exists():
            yield _from_build(build, build._known_plan(str(source)))
        else:
            raise InputError(
                f"{source}: neither a plan folder, nor a folder of plan folders, nor a build; "
                "give one of these, or the id of a plan of the build",
                f"{source}：既不是规划文件夹，也不是装有规划文件夹的文件夹或构建；请给出其一，或构建中某份规划的 id",
            )


def _period(start: object, end: object) -> str:
    return "–".join(str(year) for year in (start, end) if year is not None)


def _from_folder(folder: PlanFolder) -> PlanContent:
    plan = folder.plan
    statements = []
    for s in folder.statements:
        kept = tuple(e for e in s.evidence if e.status != "rejected")
        if kept:
            statements.append(replace(s, evidence=tuple(sorted(kept, key=lambda e: (e.start, e.end)))))
    return PlanContent(
        plan.id,
        plan.id,
        plan.title,
        plan.title_en or plan.title,
        plan.jurisdiction,
        _period(plan.period_start, plan.period_end),
        tuple(sorted(folder.entities, key=lambda e: e.id)),
        _ordered(statements),
        plan.stated_counts,
    )


def _ordered(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda s: (s.evidence[0].start, s.subject, s.predicate, s.object)))


def _from_build(kg: PlanGraph, plan: str) -> PlanContent:
    import pyoxigraph as ox

    iri = plan_iri(plan)
    facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    quad: Any
    for quad in kg.store.quads_for_pattern(None, None, None, ox.NamedNode(iri)):
        facts[quad.subject.value][quad.predicate.value].append(quad.object)
    head = kg.query(
        f"SELECT ?place ?start ?end WHERE {{ OPTIONAL {{ <{iri}> plan:jurisdiction ?place }} "
        f"OPTIONAL {{ <{iri}> plan:periodStart ?start }} OPTIONAL {{ <{iri}> plan:periodEnd ?end }} }}"
    )
    (place, start, end), *_ = head.rows
    titles = kg.plans[iri]
    return PlanContent(
        plan,
        plan,
        titles["zh"],
        titles["en"],
        place or "",
        _period(start, end),
        tuple(_entities(kg, facts)),
        _ordered(kg.statements(plan=plan)),
        tuple(_counts(kg, facts)),
    )


def _entities(kg: PlanGraph, facts: dict[str, dict[str, list[Any]]]) -> Iterator[Entity]:
    """The entities as this one plan types and names them; another plan may do otherwise."""
    classes = {PLAN + name: name for name in load_ontology().classes}
    for iri, known in sorted(facts.items()):
        name = entity_id(iri)
        types = [classes[t.value] for t in known[RDF + "type"] if t.value in classes]
        if name is None or name.startswith("plan/") or not types:
            continue
        labels, aliases = known[RDFS + "label"], sorted(a.value for a in known[SKOS + "altLabel"])
        yield Entity(name, types[0], labels[0].value, kg.index.by_id[name].label_en, tuple(aliases))


def _counts(kg: PlanGraph, facts: dict[str, dict[str, list[Any]]]) -> Iterator[StatedCount]:
    def one(node: str, prop: str) -> Any:
        return facts[node][prop][0].value

    for subject in sorted(facts):
        for count in sorted((n.value for n in facts[subject][PLAN + "statedCount"]), key=_natural):
            span = one(count, PLAN + "evidence")
            section = [s.value for s in facts[span][PLAN + "inSection"]]
            yield StatedCount(
                entity_id(subject) or subject,
                one(count, PLAN + "countedClass")[len(PLAN) :],
                int(one(count, PLAN + "count")),
                tuple(sorted(entity_id(n.value) or n.value for n in facts[count][PLAN + "named"])),
                int(one(count, PLAN + "unnamedCount")),
                Evidence(
                    int(one(span, OA + "start")),
                    int(one(span, OA + "end")),
                    one(span, OA + "exact"),
                    _headings(facts, section[0]) if section else (),
                    int(one(span, PLAN + "paragraph")),
                ),
            )


def _headings(facts: dict[str, dict[str, list[Any]]], section: str) -> tuple[str, ...]:
    above = [s.value for s in facts[section][PLAN + "parentSection"]]
    own: str = facts[section][PLAN + "heading"][0].value
    return (*(_headings(facts, above[0]) if above else ()), own)


def _natural(iri: str) -> tuple[int, str]:
    return len(iri), iri
